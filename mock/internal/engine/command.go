package engine

import (
	"slices"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/world"
)

// Settle brings a payment to its customer's outcome, as a button of its page would.
func (e *Engine) Settle(worldName string, p world.Place, payment string, outcome checkout.Outcome) error {
	if !slices.Contains(checkout.Outcomes(), outcome) {
		return Refuse(Invalid, "%q is no outcome of a payment; these are: %v", outcome, checkout.Outcomes())
	}
	return e.command(worldName, p, "control:"+string(outcome), func(r *room, tx *world.Tx) error {
		if r.Settle == nil {
			return Refuse(NotFound, "%s has no payments that a customer settles", p.Provider)
		}
		if r.Outcomes != nil && !slices.Contains(r.Outcomes, outcome) {
			return Refuse(Conflict, "a payment of %s cannot end in %s; it can in %v", p.Provider, outcome, r.Outcomes)
		}
		if outcome != checkout.Pend { // from there its page, or the bank, goes on
			checkout.Forget(tx, payment)
		}
		return r.Settle(tx, payment, outcome)
	})
}

// Apply takes an arrow of a provider's state table that none of its operations takes.
func (e *Engine) Apply(worldName string, p world.Place, machine, id, event string) error {
	return e.command(worldName, p, "control:"+event, func(r *room, tx *world.Tx) error {
		if r.Apply == nil {
			return Refuse(NotFound, "%s has no events that only the control API brings about", p.Provider)
		}
		return r.Apply(tx, machine, id, event)
	})
}

// Orders sums up a tenant's orders.
func (e *Engine) Orders(worldName string, p world.Place) (list []Summary, err error) {
	err = e.command(worldName, p, "", func(r *room, tx *world.Tx) error {
		list = r.Orders(tx)
		return nil
	})
	return list, err
}

// Given makes an order in the state that a test starts from.
func (e *Engine) Given(worldName string, p world.Place, g Given) (s Summary, err error) {
	err = e.command(worldName, p, "control:given", func(r *room, tx *world.Tx) error {
		s, err = r.Given(tx, g)
		return err
	})
	return s, err
}

// command runs f as a transaction of a room, as its requests do.
func (e *Engine) command(worldName string, p world.Place, cause string, f func(*room, *world.Tx) error) error {
	r := e.rooms[p.Provider]
	if r == nil || r.Outside {
		return Refuse(NotFound, "there is no provider %q", p.Provider)
	}
	if err := checkTenant(p.Tenant); err != nil {
		return err
	}
	u, err := e.Universe(worldName)
	if err != nil {
		return err
	}
	_, err = u.Act(p, cause, func(tx *world.Tx) error { return f(r, tx) })
	if err != nil {
		return asRefusal(err)
	}
	return nil
}
