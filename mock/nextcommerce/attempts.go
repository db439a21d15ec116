package nextcommerce

import (
	"encoding/json"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// An attempt is an order that waits for its customer. It becomes an order when they pay on its page, and never does otherwise.

// attemptHolds is how long a customer may take; assumed.
const attemptHolds = time.Hour

const timerAttempt = "attempt_expiry"

// attempt keeps an order whose customer has to act first. Its page is at attemptPath(id).
func attempt(tx *world.Tx, in *orderRequest, o *Order, p payment, at time.Time) *Attempt {
	kept := *in
	if kept.PaymentDetails != nil {
		details := *kept.PaymentDetails
		details.CardToken = orNull(p.instrument.Token) // never a number
		kept.PaymentDetails = &details
	}
	request, err := json.Marshal(kept)
	if err != nil {
		panic(err) // it was read from JSON
	}
	a := &Attempt{
		ID: tx.ID("attempt", "").Hex(24), State: waiting, Request: request, Return: p.returnURL, Instrument: p.instrument, Test: p.test, Save: p.save,
		Total: o.totals().Sum.Incl, At: at,
	}
	attempts.Put(tx, a.ID, a)
	tx.At(timerAttempt, a.ID, at.Add(attemptHolds))
	return a
}

// settlePayment brings an attempt to what its customer did: approved, it becomes an order.
func settlePayment(tx *world.Tx, id string, outcome checkout.Outcome) error {
	a, ok := attempts.Edit(tx, id)
	if !ok {
		return engine.Refuse(engine.NotFound, "there is no attempt %q to pay; the orders of the control API list them", id)
	}
	if err := move(attemptStates, &a.State, string(outcome)); err != nil {
		return err
	}
	tx.Cancel(timerAttempt, id)
	if outcome == checkout.Abandon {
		return nil
	}
	var in orderRequest
	if err := json.Unmarshal(a.Request, &in); err != nil {
		return err
	}
	now := tx.Now()
	o, err := draft(tx, &in, now)
	if err != nil {
		return err
	}
	p := payment{instrument: a.Instrument, code: approvedCode, test: a.Test, save: a.Save}
	if d := in.PaymentDetails; d != nil {
		if err := p.readGateway(d, o); err != nil {
			return err
		}
	}
	switch outcome {
	case checkout.Decline:
		p.code = doNotHonor
	case checkout.FailAuthentication:
		p.code = failed3DS
	case checkout.Approve:
		if p.instrument.Method == "paypal" {
			p.instrument.PayPal = "ba_" + tx.ID("paypal", "").Hex(16)
		}
	}
	if failure := place(tx, o, p, now); failure == nil {
		a.Order = o.Number
	}
	return nil
}

// attemptExpires is what happens when the customer takes too long.
func attemptExpires(tx *world.Tx, t world.Timer) error {
	a, ok := attempts.Edit(tx, t.ID)
	if !ok {
		return nil
	}
	return move(attemptStates, &a.State, "expire")
}
