package commercelayer

import (
	"fmt"

	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// newTransaction starts an authorization, capture, void or refund of an order.
func newTransaction(tx *world.Tx, o *Order, kind, id string, amount money.Amount, p *Payment) Transaction {
	number := tx.Next("transactions of " + o.ID)
	o.PaymentUpdatedAt = now(tx)
	return Transaction{
		Common: born(tx, kind, id), Number: fmt.Sprintf("%s/T/%03d", o.Number, number), Order: o.ID, Amount: amount,
		Message: approved.summary, Charge: p.Attempt.ID, Action: processorID(tx, "act", p.ID),
	}
}

// authorized makes the authorization of a payment that was approved. An order's money stands on one authorization (assumed): what an earlier
// payment of the order still promises is given back, and so is what comes too late because the order has gone on to another payment.
// The payment method may have the money captured, and the order placed, at once.
func authorized(tx *world.Tx, order string, p *Payment, id string) error {
	o, _ := orders.Edit(tx, order)
	late := o.Source != p.ID || o.Status != orderPending
	if !late {
		if err := release(tx, o); err != nil {
			return err
		}
	}
	a := &Authorization{
		Transaction: newTransaction(tx, o, "authorization", id, p.Attempt.Amount, p),
		Payment:     p.ID, Ledger: money.NewLedger(o.Currency),
	}
	a.Action = p.Attempt.Action
	if err := a.Ledger.Authorize(a.Amount); err != nil {
		return err
	}
	p.Attempt.Authorization = a.ID
	authorizations.Put(tx, a.ID, a)
	o.Authorizations = append(o.Authorizations, a.ID)
	tx.Emit("authorizations.create", a.ID)
	if late {
		return void(tx, a, "")
	}
	o.Live = a.ID
	tx.Emit("orders.authorize", o.ID)
	m, ok := paymentMethods.Get(tx, o.Method)
	if ok && m.AutoCapture {
		if err := capture(tx, a, a.Amount, ""); err != nil {
			return err
		}
	}
	if ok && m.AutoPlace && !p.mismatched(o) {
		return o.place(tx)
	}
	return nil
}

// declined makes the failed authorization of a payment that was refused.
func declined(tx *world.Tx, order string, p *Payment, id string) error {
	o, _ := orders.Edit(tx, order)
	a := &Authorization{
		Transaction: newTransaction(tx, o, "authorization", id, p.Attempt.Amount, p),
		Payment:     p.ID, Ledger: money.NewLedger(o.Currency),
	}
	a.Action, a.Failed, a.Code, a.Message = p.Attempt.Action, true, p.Attempt.Code, p.Attempt.Summary
	p.Attempt.Authorization = a.ID
	authorizations.Put(tx, a.ID, a)
	o.Authorizations = append(o.Authorizations, a.ID)
	o.Errors++
	tx.Emit("authorizations.create", a.ID)
	return nil
}

// capture takes promised money. It approves a placed order and begins its fulfillment.
func capture(tx *world.Tx, a *Authorization, amount money.Amount, id string) error {
	if err := a.Ledger.Capture(amount); err != nil {
		return err
	}
	o, _ := orders.Edit(tx, a.Order)
	p, err := moveMoney(tx, a, "capture")
	if err != nil {
		return err
	}
	k := &Capture{Transaction: newTransaction(tx, o, "capture", id, amount, p), Authorization: a.ID, Refunded: money.Zero(o.Currency)}
	captures.Put(tx, k.ID, k)
	a.Next = nil
	o.Captures, a.Captures = append(o.Captures, k.ID), append(a.Captures, k.ID)
	tx.Emit("captures.create", k.ID)
	if paymentStatus(o.total(), &a.Ledger) == "paid" {
		tx.Emit("orders.pay", o.ID)
	}
	return o.captured(tx)
}

// giveBack voids what the order's live authorization still promises.
func giveBack(tx *world.Tx, o *Order) error {
	a, ok := authorizations.Edit(tx, o.Live)
	if !ok || a.Ledger.Capturable().IsZero() {
		return nil
	}
	return void(tx, a, "")
}

// release gives back what the order's live authorization still promises and lets the order go from it, if nothing was captured.
func release(tx *world.Tx, o *Order) error {
	if a, ok := authorizations.Get(tx, o.Live); !ok || !a.Ledger.Captured.IsZero() {
		return nil
	}
	if err := giveBack(tx, o); err != nil {
		return err
	}
	o.Live = ""
	return nil
}

// void gives back what an authorization still promises.
func void(tx *world.Tx, a *Authorization, id string) error {
	rest := a.Ledger.Capturable()
	if err := a.Ledger.Void(rest); err != nil {
		return err
	}
	o, _ := orders.Edit(tx, a.Order)
	p, err := moveMoney(tx, a, "void")
	if err != nil {
		return err
	}
	v := &Void{Transaction: newTransaction(tx, o, "void", id, rest, p), Authorization: a.ID}
	voids.Put(tx, v.ID, v)
	o.Voids, a.Voids = append(o.Voids, v.ID), append(a.Voids, v.ID)
	tx.Emit("voids.create", v.ID)
	tx.Emit("orders.void", o.ID)
	return nil
}

// refund gives captured money back. With the last of it, what the authorization still promises is given back too (assumed).
func refund(tx *world.Tx, k *Capture, amount money.Amount, id string) error {
	a, _ := authorizations.Edit(tx, k.Authorization)
	if amount == a.Ledger.Refundable() && !a.Ledger.Capturable().IsZero() {
		if err := void(tx, a, ""); err != nil {
			return err
		}
	}
	if err := a.Ledger.Refund(amount); err != nil {
		return err
	}
	refunded, err := k.Refunded.Add(amount)
	if err != nil {
		return err
	}
	k.Refunded, k.Next = refunded, nil
	o, _ := orders.Edit(tx, k.Order)
	p, err := moveMoney(tx, a, "refund")
	if err != nil {
		return err
	}
	r := &Refund{Transaction: newTransaction(tx, o, "refund", id, amount, p), Capture: k.ID}
	refunds.Put(tx, r.ID, r)
	o.Refunds, k.Refunds = append(o.Refunds, r.ID), append(k.Refunds, r.ID)
	tx.Emit("refunds.create", r.ID)
	tx.Emit("orders.refund", o.ID)
	return nil
}

// moveMoney takes the payment of an authorization along to the state that the ledger now says. A verb that leaves a part behind is an event of its own.
// A payment that was deleted or that has gone on to another attempt cannot be: only one without money can.
func moveMoney(tx *world.Tx, a *Authorization, verb string) (*Payment, error) {
	p, _ := payments.Edit(tx, a.Payment)
	event := verb
	switch {
	case verb == "capture" && a.Ledger.Captured != a.Ledger.Authorized,
		verb == "refund" && a.Ledger.Refunded != a.Ledger.Captured:
		event += "_part"
	}
	if err := p.move(event); err != nil {
		return nil, err
	}
	p.Updated, a.Updated = tx.Now(), tx.Now()
	return p, nil
}
