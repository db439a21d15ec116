package norce

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// adapterID is the adapter that the room's own payments belong to; the name is the published example's.
const adapterID = "klarna-checkout"

// createPayment opens a session for what is left of the order. An open one is answered again (assumed: Norce's guide looks for one in intent
// first; Norce's types have a 409 too, which is kept for a payment that is under way and for an order that is no longer in checkout).
func createPayment(c *engine.Call) (engine.Reply, error) {
	o, ok := orders.Get(c.Tx, c.Vars["order_id"])
	if !ok {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "There is no order %s.", c.Vars["order_id"]).Coded("order-not-found")
	}
	if o.Status != "checkout" {
		return engine.Reply{}, engine.Refuse(engine.Conflict, "Order %s is %s: payments are opened in checkout.", o.ID, o.Status).Coded("order-conflict")
	}
	p, err := openPayment(c.Tx, o)
	if err != nil {
		return engine.Reply{}, err
	}
	if p == nil {
		p = newPayment(spellID("p", c.Tx.ID("payment", o.ID)), o, "default", c.Tx.ID("reference", o.ID).UUID())
		payments.Put(c.Tx, p.ID, p)
		o, _ = orders.Edit(c.Tx, o.ID)
		o.Payments = append(o.Payments, p.ID)
		c.Tx.Emit(opened, p.ID)
	}
	if p.Amount, err = o.rest(c.Tx, p); err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(p.wire(c)), nil
}

// openPayment is the order's default payment in intent; nil if there is none. One that is further on stands in the way of another.
func openPayment(tx *world.Tx, o *order) (*payment, error) {
	for _, id := range o.Payments {
		p, ok := payments.Get(tx, id)
		if !ok || p.Type != "default" || !counts(p.State) {
			continue
		}
		if p.State != intent {
			return nil, engine.Refuse(engine.Conflict, "Order %s is being paid by payment %s, which is %s.", o.ID, id, p.State).Coded("payment-conflict")
		}
		p, _ = payments.Edit(tx, id)
		return p, nil
	}
	return nil, nil
}

func newPayment(id string, o *order, kind, reference string) *payment {
	currency := o.Total.Currency
	p := &payment{
		ID: id, Order: o.ID, Adapter: adapterID, Type: kind, State: intent, Reference: reference,
		Amount: money.Zero(currency), Ledger: money.NewLedger(currency),
	}
	p.Method = p.methods()[0]
	return p
}

// getPayment reads a session, in every state.
func getPayment(c *engine.Call) (engine.Reply, error) {
	_, p, err := find(c.Tx, c.Vars, false)
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(p.wire(c)), nil
}

// putPayment maps the order onto the session again, and selects a payment method if the body names one.
func putPayment(c *engine.Call) (engine.Reply, error) {
	o, p, err := find(c.Tx, c.Vars, true)
	if err != nil {
		return engine.Reply{}, err
	}
	var update sessionUpdate
	if err := c.Into(&update); err != nil {
		return engine.Reply{}, err
	}
	if p.State != intent {
		return engine.Reply{}, engine.Refuse(engine.Invalid, "Payment %s is %s: it can be updated in intent only.", p.ID, p.State).Coded("payment-conflict")
	}
	if update.Method != nil {
		if !slices.Contains(p.methods(), *update.Method) {
			return engine.Reply{}, engine.RefuseField("/selectedPaymentMethod", fmt.Sprintf("is %q, which the payment does not offer", *update.Method), strings.Join(p.methods(), " or "))
		}
		p.Method = *update.Method
	}
	if p.Amount, err = o.rest(c.Tx, p); err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(p.wire(c)), nil
}

// removePayment removes a payment softly: it stays readable and covers nothing any more.
func removePayment(c *engine.Call) (engine.Reply, error) {
	_, p, err := find(c.Tx, c.Vars, true)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := p.take(c.Tx, "remove"); err != nil {
		return engine.Reply{}, refuseMove(engine.Invalid, p, err)
	}
	return engine.OK(nil), nil
}

// completePayment confirms a payment that covers what is left of the order. A scenario may have it end badly, or wait for the
// customer or the bank: outcomes, and so kept.
func completePayment(c *engine.Call) (engine.Reply, error) {
	o, p, err := find(c.Tx, c.Vars, true)
	if err != nil {
		return engine.Reply{}, err
	}
	if _, err := paymentStates.Next(p.State, "confirm"); err != nil {
		return engine.Reply{}, refuseMove(engine.Invalid, p, err)
	}
	rest, err := o.rest(c.Tx, p)
	if err != nil {
		return engine.Reply{}, err
	}
	if rest != p.Amount {
		return engine.Reply{}, engine.Refuse(engine.Invalid, "Payment %s covers %s, but %s is left of order %s: update it first.", p.ID, p.Amount, rest, o.ID).Coded("nonpsp-validation")
	}
	scenario := c.Scenario()
	if end, ok := badEnds[scenario]; ok {
		return endInstead(c, p, end.event, end.message)
	}
	switch scenario {
	case checkout.PendingThenApproved, checkout.PendingThenDeclined:
		err = p.review(c.Tx, bankTimers[scenario])
	case checkout.Challenge:
		if p.State == processing {
			return engine.OK(nil), nil // the customer is being asked already
		}
		err = p.take(c.Tx, "process")
	default:
		err = p.take(c.Tx, "confirm")
	}
	if err != nil {
		return engine.Reply{}, refuseMove(engine.Invalid, p, err)
	}
	return engine.OK(nil), nil
}

// badEnds are the scenarios in which a payment ends badly where it was to be confirmed (assumed).
var badEnds = map[checkout.Scenario]struct{ event, message string }{
	checkout.Declined:        {"decline", "The payment was declined."},
	checkout.NoFunds:         {"decline", "The payment was declined: insufficient funds."},
	checkout.ChallengeFailed: {"fail", "The customer could not be authenticated."},
	checkout.Abandoned:       {"reopen", "The customer left the payment."},
	checkout.Expired:         {"fail", "The payment provider's session has expired."},
}

// bankAnswersAfter is how long a bank takes that says later (assumed).
const bankAnswersAfter = time.Minute

// bankTimers are the timers by which a bank says later what it makes of a payment, and timers what they do.
var (
	bankTimers = map[checkout.Scenario]string{checkout.PendingThenApproved: "bank_approves", checkout.PendingThenDeclined: "bank_declines"}
	timers     = map[string]func(*world.Tx, world.Timer) error{"bank_approves": bankSays("reserve"), "bank_declines": bankSays("decline")}
)

// review has the bank think about a payment until a timer answers.
func (p *payment) review(tx *world.Tx, timer string) error {
	if p.State == intent {
		if err := p.take(tx, "process"); err != nil {
			return err
		}
	}
	tx.At(timer, p.ID, tx.Now().Add(bankAnswersAfter))
	return p.take(tx, "review")
}

// bankSays takes a payment that is still pending on.
func bankSays(event string) func(*world.Tx, world.Timer) error {
	return func(tx *world.Tx, t world.Timer) error {
		p, ok := payments.Edit(tx, t.ID)
		if !ok || p.State != pending {
			return nil
		}
		return p.take(tx, event)
	}
}

// endInstead lets a payment end badly where it was to be confirmed.
func endInstead(c *engine.Call, p *payment, event, message string) (engine.Reply, error) {
	if p.State == intent {
		if err := p.take(c.Tx, "process"); err != nil {
			return engine.Reply{}, err
		}
	}
	if err := p.take(c.Tx, event); err != nil {
		return engine.Reply{}, err
	}
	return engine.Reply{Status: 400, Body: errorBody{"payment-error", message}}, nil
}
