// Package checkout names the ways in which a customer's part of a payment can end.
package checkout

// Outcome is what became of a payment at the customer's hands.
type Outcome string

// The outcomes that a page's button, a control command or a trigger can bring about.
const (
	Approve            Outcome = "approve"             // the customer paid
	Decline            Outcome = "decline"             // the bank refused
	FailAuthentication Outcome = "fail_authentication" // the customer could not prove who they are
	Abandon            Outcome = "abandon"             // the customer left
)

// Outcomes lists them all.
func Outcomes() []Outcome { return []Outcome{Approve, Decline, FailAuthentication, Abandon} }

// Scenario is a way for a payment to go that a caller asks for beforehand.
type Scenario string

// The scenarios that every provider understands where they have a meaning.
const (
	Approved  Scenario = "approved"
	Declined  Scenario = "declined"
	Challenge Scenario = "challenge"
	Expired   Scenario = "expired"
)

// Scenarios lists them all.
func Scenarios() []Scenario { return []Scenario{Approved, Declined, Challenge, Expired} }
