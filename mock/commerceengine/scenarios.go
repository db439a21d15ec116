package commerceengine

import (
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// scenarios are what the operations play that ask for a payment: all of them, however it is to be paid.
var scenarios = map[string][]checkout.Scenario{"createOrder": checkout.Scenarios(), "retryPayment": checkout.Scenarios()}

// cards are the test cards of the payment page that do not simply pay. Published by Juspay (test resources) are the first two; the others are assumed.
var cards = map[string]checkout.Scenario{
	"4012000000001097": checkout.Challenge,
	"5204730541000464": checkout.Challenge,
	"4000000000000002": checkout.Declined,
	"4000000000009995": checkout.NoFunds,
	"4000000000000101": checkout.ChallengeFailed,
	"4000000000003220": checkout.Frictionless,
	"4000000000000077": checkout.PendingThenApproved,
	"4000000000000341": checkout.PendingThenDeclined,
}

// upiScenario is what a test address brings about: success@upi and failure@upi (published by Juspay, test resources), and every scenario at
// the same bank, such as insufficient_funds@upi (assumed). "" is an address that stands for nothing.
func upiScenario(address string) checkout.Scenario {
	switch address {
	case "success@upi":
		return checkout.Approved
	case "failure@upi":
		return checkout.Declined
	}
	name, found := strings.CutSuffix(address, "@upi")
	if scenario := checkout.Scenario(name); found && slices.Contains(checkout.Scenarios(), scenario) {
		return scenario
	}
	return ""
}

// The bounds of what the dummy gateway does, in rupees: below the first it takes the money, from there to below the second it refuses, above it
// thinks it over and takes it. Published: Juspay, test resources.
var (
	dummyRefuses = money.Amount{Minor: 500_00, Currency: currency}
	dummyHolds   = money.Amount{Minor: 700_00, Currency: currency}
)

// choose tells what an instrument brings about on the payment page. The dummy gateway goes by the amount, whatever the instrument.
func choose(tx *world.Tx, payment string, with checkout.Instrument) checkout.Scenario {
	a, found := attempts.Get(tx, payment)
	if dummy := found && a.Method.Gateway == dummyGateway; dummy {
		switch {
		case a.Amount.Minor >= dummyHolds.Minor:
			return checkout.PendingThenApproved
		case a.Amount.Minor >= dummyRefuses.Minor:
			return checkout.Declined
		}
		return checkout.Approved
	}
	for _, scenario := range []checkout.Scenario{upiScenario(with.UPI), cards[with.Card]} {
		if scenario != "" {
			return scenario
		}
	}
	return checkout.Approved
}
