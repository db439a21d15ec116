package nextcommerce

import (
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
)

// scenarios are what each operation can play of what its caller asks for. What placing an order can play depends on the method besides.
var scenarios = map[string][]checkout.Scenario{
	"createOrder":    checkout.Scenarios(),
	"collectPayment": {checkout.Approved, checkout.Declined, checkout.NoFunds, checkout.Challenge, checkout.Expired},
	"captureOrder":   {checkout.Approved, checkout.Declined},
}

// cardAnswers are what a gateway says to a card by scenario. A card that has expired is the nearest to `expired` that a charge without a page has.
var cardAnswers = map[checkout.Scenario]int{
	checkout.Approved: approvedCode, checkout.Frictionless: approvedCode, checkout.Declined: doNotHonor, checkout.NoFunds: noFunds, checkout.Expired: expiredCard,
}

// byCard are those that a card can play which the customer pays with: it is answered at once but for its challenge.
var byCard = append([]checkout.Scenario{checkout.Approved, checkout.Frictionless, checkout.Declined, checkout.NoFunds, checkout.Expired}, onPage...)

// byTestCard are those of a test order, which always succeeds; its customer may still fail to prove who they are.
var byTestCard = append([]checkout.Scenario{checkout.Approved, checkout.Frictionless}, onPage...)

// onPage are the scenarios of a card that lead its customer to the 3-D Secure page.
var onPage = []checkout.Scenario{checkout.Challenge, checkout.ChallengeFailed, checkout.Abandoned}

// follow has the payment of a new order go as the caller's scenario says. A method with a page of its own can go every way, there.
func (p *payment) follow(s checkout.Scenario, total money.Amount) error {
	switch {
	case s == "":
		return nil
	case p.instrument.Method == "", p.instrument.Method == "external":
		return cannotPlay(s, "an order that is paid elsewhere is not charged", nil)
	case total.IsZero():
		return cannotPlay(s, "this order costs nothing", nil)
	case methods[p.instrument.Method].redirects:
		p.plays = s
		return nil
	}
	return p.followByCard(s)
}

// followByCard does it for a card. That a test order always succeeds is published (vendor help on test orders).
func (p *payment) followByCard(s checkout.Scenario) error {
	switch {
	case p.test && !slices.Contains(byTestCard, s):
		return cannotPlay(s, "a test order always succeeds", byTestCard)
	case !slices.Contains(byCard, s):
		return cannotPlay(s, "a card is answered at once", byCard)
	}
	code, atOnce := cardAnswers[s]
	p.asks, p.code, p.plays = !atOnce, code, ""
	if p.asks {
		p.code, p.plays = approvedCode, s
		p.instrument.ThreeDS, p.instrument.SCA = true, "challenge"
	}
	if s == checkout.Frictionless {
		p.instrument.ThreeDS, p.instrument.SCA = true, "frictionless"
	}
	return nil
}

// collectCode is how a charge without the customer goes: as the caller's scenario says, one of those listed, else as the instrument's trigger does.
func collectCode(s checkout.Scenario, i Instrument) int {
	switch {
	case s == "" && i.Decline != 0:
		return i.Decline
	case s == "":
		return approvedCode
	case s == checkout.Challenge: // nobody is there to answer one
		return authorizationCode
	}
	return cardAnswers[s]
}

// captureCode is how taking an authorized sum goes.
func captureCode(s checkout.Scenario) int {
	if s == checkout.Declined {
		return doNotHonor
	}
	return approvedCode
}

// cannotPlay refuses a scenario that has no meaning where it is asked for.
func cannotPlay(s checkout.Scenario, why string, can []checkout.Scenario) error {
	want := "no scenario here"
	if len(can) > 0 {
		var names []string
		for _, one := range can {
			names = append(names, string(one))
		}
		want = "one of " + strings.Join(names, ", ")
	}
	return engine.RefuseParameter("header", "Prefer", "has scenario="+string(s)+", which cannot be played: "+why, want)
}
