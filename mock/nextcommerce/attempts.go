package nextcommerce

import (
	"encoding/json"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// An attempt is an order that waits for its customer. It becomes an order when they pay on its page, and never does otherwise.

// How long a customer may take: at a wallet or bank of their own, and at the challenge of a card. Both are assumed.
const (
	redirectHolds  = time.Hour
	challengeHolds = 15 * time.Minute
)

const timerAttempt = "attempt_expiry"

// attempt keeps an order whose customer has to act first, and lets it go as the payment's scenario says. Its page is at attemptPath(id).
func attempt(tx *world.Tx, in *orderRequest, o *Order, p payment, at time.Time) (*Attempt, error) {
	request, err := json.Marshal(in.settled(o, p))
	if err != nil {
		panic(err) // it was read from JSON
	}
	holds := redirectHolds
	if p.instrument.ThreeDS {
		holds = challengeHolds
	}
	a := &Attempt{
		ID: tx.ID("attempt", "").Hex(24), State: waiting, Request: request, Return: p.returnURL, Instrument: p.instrument, Test: p.test, Save: p.save,
		Amount: p.amount(o.totals().Sum.Incl), At: at, Ends: at.Add(holds),
	}
	attempts.Put(tx, a.ID, a)
	tx.At(timerAttempt, a.ID, a.Ends)
	if p.plays == "" {
		return a, nil
	}
	return a, script.Play(tx, a.ID, p.plays)
}

// settled is the request with nothing open that may have changed when the customer pays, so that they pay what their page says.
// A card's number is never in it.
func (in *orderRequest) settled(o *Order, p payment) orderRequest {
	kept := *in
	if kept.PaymentDetails != nil {
		details := *kept.PaymentDetails
		details.CardToken = orNull(p.instrument.Token)
		kept.PaymentDetails = &details
	}
	user := userRequest{}
	if kept.User != nil {
		user = *kept.User
	}
	user.ID = &o.Customer
	kept.User, kept.ShippingAddress, kept.BillingAddress = &user, o.ShippingAddress, o.BillingAddress
	kept.UseDefaultShipping, kept.UseDefaultBilling, kept.BillingIsShipping = false, false, false
	return kept
}

// attemptCodes are what a gateway says when an attempt ends in an outcome; of the others it never hears.
var attemptCodes = map[checkout.Outcome]int{
	checkout.Approve: approvedCode, checkout.Decline: doNotHonor, checkout.InsufficientFunds: noFunds, checkout.FailAuthentication: failed3DS,
}

// settlePayment brings an attempt to what its customer did: approved, it becomes an order.
func settlePayment(tx *world.Tx, id string, outcome checkout.Outcome) error {
	a, ok := attempts.Edit(tx, id)
	if !ok {
		return engine.Refuse(engine.NotFound, "there is no attempt %q to pay; the orders of the control API list them", id)
	}
	event := string(outcome)
	if outcome == checkout.InsufficientFunds {
		event = string(checkout.Decline)
	}
	if err := move(attemptStates, &a.State, event); err != nil {
		return err
	}
	tx.Cancel(timerAttempt, id)
	if outcome == checkout.Pend {
		a.Ends = tx.Now().Add(checkout.AnswersAfter)
		return nil
	}
	checkout.Forget(tx, id)
	if code, charged := attemptCodes[outcome]; charged {
		return a.conclude(tx, code)
	}
	return nil
}

// conclude places the order of an attempt, unless the gateway's answer is a decline: then its failed transaction is all that is kept.
func (a *Attempt) conclude(tx *world.Tx, code int) error {
	var in orderRequest
	if err := json.Unmarshal(a.Request, &in); err != nil {
		return err
	}
	now := tx.Now()
	o, err := draft(tx, &in, now)
	if err != nil {
		return err
	}
	p := payment{instrument: a.Instrument, code: code, test: a.Test, save: a.Save}
	if d := in.PaymentDetails; d != nil {
		if err := p.readGateway(d, o); err != nil {
			return err
		}
	}
	if code == approvedCode && p.instrument.Method == "paypal" {
		p.instrument.PayPal = "ba_" + tx.ID("paypal", "").Hex(16)
	}
	if failure := place(tx, o, p, now); failure == nil {
		a.Order = o.Number
	}
	return nil
}

// attemptExpires is what happens when the customer takes too long.
func attemptExpires(tx *world.Tx, t world.Timer) error {
	return settlePayment(tx, t.ID, checkout.Expire)
}
