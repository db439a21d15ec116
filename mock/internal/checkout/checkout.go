// Package checkout knows a customer's way through a payment: the page where they pay, the bank's challenge, and how it ends.
// It is shared by the rooms whose customers come to a page; what the end means for an order, the room alone knows (Script.Settle).
package checkout

// Outcome is what became of a payment at the customer's hands.
type Outcome string

// The outcomes that a page's button, a control command or a trigger can bring about.
const (
	Approve            Outcome = "approve"             // the customer paid
	Decline            Outcome = "decline"             // the bank refused
	InsufficientFunds  Outcome = "insufficient_funds"  // the bank refused, for want of money
	FailAuthentication Outcome = "fail_authentication" // the customer could not prove who they are
	Abandon            Outcome = "abandon"             // the customer left
	Pend               Outcome = "pend"                // the bank will say later
	Expire             Outcome = "expire"              // the time for it is up
)

// Outcomes lists them all.
func Outcomes() []Outcome {
	return []Outcome{Approve, Decline, InsufficientFunds, FailAuthentication, Abandon, Pend, Expire}
}

// Scenario is a way for a payment to go that is asked for beforehand: by a test card, a token or an amount, in a Prefer header, by a rule, or on the page.
type Scenario string

// The scenarios: one vocabulary for all providers where they have a meaning.
const (
	Approved            Scenario = "approved"
	Declined            Scenario = "declined"
	NoFunds             Scenario = "insufficient_funds"
	Challenge           Scenario = "challenge"        // the bank asks for a code; the right one is approved
	ChallengeFailed     Scenario = "challenge_failed" // the bank asks for a code, and no code is right
	Frictionless        Scenario = "frictionless"     // authenticated without a challenge, then approved
	PendingThenApproved Scenario = "pending_then_approved"
	PendingThenDeclined Scenario = "pending_then_declined"
	Abandoned           Scenario = "abandoned"
	Expired             Scenario = "expired"
)

// Scenarios lists them all.
func Scenarios() []Scenario {
	return []Scenario{Approved, Declined, NoFunds, Challenge, ChallengeFailed, Frictionless, PendingThenApproved, PendingThenDeclined, Abandoned, Expired}
}

// Effect says for people what happens in a scenario.
func (s Scenario) Effect() string { return effects[s] }

var effects = map[Scenario]string{
	Approved:            "the payment is approved",
	Declined:            "the bank declines",
	NoFunds:             "the bank declines, for want of money",
	Challenge:           "the bank asks the customer for a code, and approves the right one",
	ChallengeFailed:     "the bank asks the customer for a code, and takes none",
	Frictionless:        "the customer is authenticated without being asked, and the payment approved",
	PendingThenApproved: "the bank answers later, and approves",
	PendingThenDeclined: "the bank answers later, and declines",
	Abandoned:           "the customer leaves",
	Expired:             "the time to pay is up",
}
