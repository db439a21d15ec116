package norce

import (
	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// capturePayment takes what was reserved, in full: the published operation has no body.
func capturePayment(c *engine.Call) (engine.Reply, error) { return afterwards(c, "capture") }

// refundPayment gives back what was captured, in full.
func refundPayment(c *engine.Call) (engine.Reply, error) { return afterwards(c, "refund") }

// cancelPayment gives a reservation back.
func cancelPayment(c *engine.Call) (engine.Reply, error) { return afterwards(c, "cancel") }

func afterwards(c *engine.Call, event string) (engine.Reply, error) {
	_, p, err := find(c.Tx, c.Vars, true)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := p.take(c.Tx, event); err != nil {
		return engine.Reply{}, refuseMove(engine.Conflict, p, err)
	}
	return engine.OK(p.wire(c)), nil
}

// outcomes are the events of what a customer, or the customer's bank, may do.
var outcomes = map[checkout.Outcome]string{
	checkout.Approve:            "reserve",
	checkout.Decline:            "decline",
	checkout.InsufficientFunds:  "decline",
	checkout.FailAuthentication: "fail",
	checkout.Abandon:            "reopen",
	checkout.Pend:               "review",
	checkout.Expire:             "fail",
}

// settle brings a payment to its customer's outcome. Paying starts in intent; a customer who leaves there leaves everything as it was.
func settle(tx *world.Tx, id string, outcome checkout.Outcome) error {
	p, err := named(tx, id)
	if err != nil {
		return err
	}
	if p.State == intent {
		if outcome == checkout.Abandon {
			return nil
		}
		if err := p.take(tx, "process"); err != nil {
			return refuseMove(engine.Conflict, p, err)
		}
	}
	if err := p.take(tx, outcomes[outcome]); err != nil {
		return refuseMove(engine.Conflict, p, err)
	}
	return nil
}

// apply takes an arrow of a payment's table.
func apply(tx *world.Tx, machine, id, event string) error {
	if machine != paymentStates.Machine {
		return engine.Refuse(engine.NotFound, "There is no machine %s; there is: %s.", machine, paymentStates.Machine)
	}
	p, err := named(tx, id)
	if err != nil {
		return err
	}
	if err := p.take(tx, event); err != nil {
		return refuseMove(engine.Conflict, p, err)
	}
	return nil
}

func named(tx *world.Tx, id string) (*payment, error) {
	p, ok := payments.Edit(tx, id)
	if !ok {
		return nil, engine.Refuse(engine.NotFound, "There is no payment %s.", id).Coded("payment-not-found")
	}
	return p, nil
}
