package nextcommerce

import (
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// apply takes the arrows that no operation takes: what a warehouse does to an order, a partial void, and what a customer does on a page.
func apply(tx *world.Tx, machine, id, event string) error {
	if machine == attemptStates.Machine {
		return settlePayment(tx, id, checkout.Outcome(event))
	}
	o, ok := orders.Edit(tx, id)
	if !ok {
		return engine.Refuse(engine.NotFound, "there is no order %q", id)
	}
	at := tx.Now()
	switch {
	case machine == fulfillmentStates.Machine:
		if err := o.dispatch(tx, event, at); err != nil {
			return err
		}
	case machine == paymentStates.Machine && event == "void_part":
		half := money.Amount{Minor: o.Ledger.Capturable().Minor / 2, Currency: o.Currency}
		if err := o.void(tx, half, event, at); err != nil {
			return err
		}
	default:
		return engine.Refuse(engine.Invalid, "%s of %s is no arrow that the control API takes; an operation or a timer does", event, machine)
	}
	o.settle(tx, at)
	return nil
}

// dispatch is what the warehouse does: it holds an order, works on it, sends all or a part of what waits, or will not.
func (o *Order) dispatch(tx *world.Tx, event string, at time.Time) error {
	if o.Status != open {
		return engine.Refuse(engine.Conflict, "Only open orders are fulfilled; this order is %s.", o.Status)
	}
	if event == "add" || event == "finish" {
		return engine.Refuse(engine.Invalid, "%s is an arrow that editing an order takes", event)
	}
	if err := move(fulfillmentStates, &o.FulfillmentStatus, event); err != nil {
		return err
	}
	switch event {
	case "fulfill":
		o.ship(tx, len(o.Lines), "in_transit", at)
		return o.complete()
	case "fulfill_part":
		o.ship(tx, 1, "in_transit", at)
	}
	return nil
}

// ship sends all that waits of the first lines that are shipped, at most so many.
func (o *Order) ship(tx *world.Tx, lines int, delivery string, at time.Time) {
	var items []FulfillmentItem
	for i := range o.Lines {
		l := &o.Lines[i]
		if n := l.unfulfilled(); n > 0 && l.Product.Shipped && len(items) < lines {
			items = append(items, FulfillmentItem{ID: number(tx, "fulfillment item", firstFulfillment), Line: l.ID, Quantity: n})
			l.Fulfilled += n
		}
	}
	id := number(tx, "fulfillment", firstFulfillment)
	o.Fulfillments = append(o.Fulfillments, Fulfillment{
		ID: id, At: at, Status: "success", Delivery: delivery, LastSeen: at, Tracking: "1Z" + tx.ID("tracking", o.Number).Spell(16, world.Digits), Items: items,
	})
	tx.Emit("fulfillment.created", count(id))
}
