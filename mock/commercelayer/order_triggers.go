package commercelayer

import (
	"fmt"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// orderTriggers are what an order's trigger attributes do, in the order in which they are pulled when several are sent.
var orderTriggers = []struct {
	name        string
	sent        func(*orderSettings) trigger
	integration bool // published: cannot be passed by sales channels
	pull        func(tx *world.Tx, o *Order, pull pulled) error
}{
	{"_nullify_payment_source", func(a *orderSettings) trigger { return a.NullifyPaymentSource }, false, nullifyPaymentSource},
	{"_pending", func(a *orderSettings) trigger { return a.Pending }, true, pendOrder},
	{"_refresh", func(a *orderSettings) trigger { return a.Refresh }, false, refreshOrder},
	{"_authorize", func(a *orderSettings) trigger { return a.Authorize }, false, authorizeOrder},
	{"_place", func(a *orderSettings) trigger { return a.Place }, false, placeOrder},
	{"_start_editing", func(a *orderSettings) trigger { return a.StartEditing }, true, startEditing},
	{"_stop_editing", func(a *orderSettings) trigger { return a.StopEditing }, true, stopEditing},
	{"_approve", func(a *orderSettings) trigger { return a.Approve }, true, approveOrder},
	{"_approve_and_capture", func(a *orderSettings) trigger { return a.ApproveAndCapture }, true, approveAndCapture},
	{"_capture", func(a *orderSettings) trigger { return a.Capture }, true, captureOrder},
	{"_refund", func(a *orderSettings) trigger { return a.Refund }, true, refundOrder},
	{"_cancel", func(a *orderSettings) trigger { return a.Cancel }, false, cancelOrder},
	{"_fulfill", func(a *orderSettings) trigger { return a.Fulfill }, true, fulfillOrder},
}

// pulled is a trigger with what goes with it.
type pulled struct {
	name string
	wish wish
}

// refuse is a refusal of the trigger itself.
func (t pulled) refuse(format string, args ...any) error {
	return invalid("/data/attributes/"+t.name, "invalid", fmt.Sprintf(format, args...))
}

// pull does what the triggers say.
func (o *Order) pull(c *engine.Call, a *orderSettings) error {
	for _, t := range orderTriggers {
		if !bool(t.sent(a)) || t.name == "_authorize" && bool(a.Place) { // placing authorizes
			continue
		}
		if t.integration {
			if err := restricted(c); err != nil {
				return err
			}
		}
		if err := t.pull(c.Tx, o, pulled{t.name, c.Scenario}); err != nil {
			return err
		}
	}
	return nil
}

func pendOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "pend") != nil {
		return t.refuse("needs a draft; the order is %s", o.Status)
	}
	return nil
}

func refreshOrder(tx *world.Tx, o *Order, _ pulled) error {
	o.RefreshedAt = now(tx)
	return o.reckon()
}

func nullifyPaymentSource(tx *world.Tx, o *Order, t pulled) error {
	if o.Status != orderDraft && o.Status != orderPending {
		return t.refuse("needs a draft or pending order; it is %s", o.Status)
	}
	return dropSource(tx, o)
}

// authorizeOrder authorizes the order's payment source, for the total or the amount that was set to be authorized.
func authorizeOrder(tx *world.Tx, o *Order, t pulled) error {
	p, ok := payments.Edit(tx, o.Source)
	if !ok {
		return invalid("/data/relationships/payment_source", "blank", "can't be blank")
	}
	amount := o.total()
	if o.AuthorizationAmount != nil && *o.AuthorizationAmount < amount.Minor {
		amount.Minor = *o.AuthorizationAmount
	}
	return authorize(tx, o, p, amount, t.wish)
}

// placeOrder places an order whose money is promised, or asks for the money first. An order that waits for its customer's challenge stays pending.
func placeOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.Status != orderPending {
		return t.refuse("needs a pending order; it is %s", o.Status)
	}
	if o.total().IsZero() {
		return o.place(tx)
	}
	if o.Method == "" {
		return invalid("/data/relationships/payment_method", "blank", "can't be blank")
	}
	if m, ok := paymentMethods.Get(tx, o.Method); ok && m.SourceType != paymentType {
		return t.refuse("needs a payment method that takes checkout_com_payments; the others are not simulated")
	}
	p, ok := payments.Edit(tx, o.Source)
	if !ok {
		return invalid("/data/relationships/payment_source", "blank", "can't be blank")
	}
	if p.State == stateNew {
		if err := authorize(tx, o, p, o.total(), t.wish); err != nil {
			return err
		}
		if !p.promised() || o.Status == orderPlaced {
			return nil
		}
	}
	switch {
	case !p.promised():
		return refuse("PAYMENT_NOT_APPROVED_FOR_EXECUTION", "/data/relationships/payment_source", "payment_source - is "+p.status()+": it must be authorized before the order is placed")
	case p.mismatched(o):
		return invalid("/data/relationships/payment_source", "invalid", "is for "+formatted(p.Attempt.Amount)+", but the order costs "+formatted(o.total())+": make another payment")
	}
	return o.place(tx)
}

// declinedIn tells whether the order's payment source is declined.
func (o *Order) declinedIn(tx *world.Tx) bool {
	p, ok := payments.Get(tx, o.Source)
	return ok && p.State == stateDeclined
}

func (o *Order) place(tx *world.Tx) error {
	if err := o.move(tx, "place"); err != nil {
		return err
	}
	o.Placed = o.total()
	tx.Emit("orders.place", o.ID)
	return nil
}

// cancel ends the order and gives back what its authorization still promises. event is what ended it.
func (o *Order) cancel(tx *world.Tx, event string) error {
	if err := giveBack(tx, o); err != nil {
		return err
	}
	if err := o.move(tx, event); err != nil {
		return engine.Refuse(engine.Conflict, "%s", err)
	}
	tx.Emit("orders.cancel", o.ID)
	return nil
}

func cancelOrder(tx *world.Tx, o *Order, t pulled) error {
	if a, ok := authorizations.Get(tx, o.Live); ok && !a.Ledger.Net().IsZero() {
		return t.refuse("needs an order of which nothing is paid; refund its captures")
	}
	if o.Status != orderPlaced {
		return t.refuse("needs a placed order; it is %s", o.Status)
	}
	return o.cancel(tx, "cancel")
}

func startEditing(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "start_editing") != nil {
		return t.refuse("needs a placed order; it is %s", o.Status)
	}
	return nil
}

func stopEditing(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "stop_editing") != nil {
		return t.refuse("needs an order that is being edited; it is %s", o.Status)
	}
	return nil
}

func approveOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "approve") != nil {
		return t.refuse("needs a placed order; it is %s", o.Status)
	}
	tx.Emit("orders.approve", o.ID)
	return nil
}

func approveAndCapture(tx *world.Tx, o *Order, t pulled) error {
	if err := approveOrder(tx, o, t); err != nil {
		return err
	}
	return captureOrder(tx, o, t)
}

// captureOrder captures what the order costs, or as much of it as is promised.
func captureOrder(tx *world.Tx, o *Order, t pulled) error {
	a, ok := authorizations.Edit(tx, o.Live)
	if !ok || a.Ledger.Capturable().IsZero() || o.Status != orderPlaced && o.Status != orderApproved {
		return t.refuse("needs a placed or approved order with an authorization; it is %s and %s", o.Status, o.paymentStatus(tx))
	}
	rest := a.Ledger.Capturable()
	if open, err := a.Ledger.Outstanding(o.total()); err == nil && open.Sign() > 0 && open.Minor < rest.Minor {
		rest = open
	}
	return capture(tx, a, rest, "")
}

// refundOrder refunds every capture of the order.
func refundOrder(tx *world.Tx, o *Order, t pulled) error {
	a, ok := authorizations.Get(tx, o.Live)
	if !ok || a.Ledger.Refundable().IsZero() || o.Status != orderPlaced && o.Status != orderApproved {
		return t.refuse("needs a paid order; it is %s and %s", o.Status, o.paymentStatus(tx))
	}
	for _, id := range a.Captures {
		k, _ := captures.Edit(tx, id)
		if k.rest().IsZero() {
			continue
		}
		k.Next = nil
		if err := refundCapture(tx, k); err != nil {
			return err
		}
	}
	return nil
}

func fulfillOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.Status != orderApproved || o.fulfill(tx, "fulfill") != nil {
		return t.refuse("needs an approved order that is not fulfilled; it is %s and %s", o.Status, o.Fulfillment)
	}
	return nil
}

func (o *Order) fulfill(tx *world.Tx, event string) error {
	next, err := fulfillmentStates.Next(o.Fulfillment, event)
	if err != nil {
		return err
	}
	o.Fulfillment, o.FulfillmentUpdatedAt = next, now(tx)
	return nil
}

// captured takes the order along when money was captured: a placed one is approved, and fulfillment begins.
func (o *Order) captured(tx *world.Tx) error {
	if o.Status == orderPlaced {
		if err := o.move(tx, "capture"); err != nil {
			return err
		}
	}
	if o.Status == orderApproved && o.Fulfillment == unfulfilled {
		return o.fulfill(tx, "capture")
	}
	return nil
}

// paymentStatus is where the order's money is.
func (o *Order) paymentStatus(tx *world.Tx) string { return paymentStatus(o.total(), o.ledger(tx)) }

func (o *Order) ledger(tx *world.Tx) *money.Ledger {
	if a, ok := authorizations.Get(tx, o.Live); ok {
		return &a.Ledger
	}
	return nil
}
