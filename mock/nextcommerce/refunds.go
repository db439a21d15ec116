package nextcommerce

import (
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// refundPlan is a refund before it is made: what leaves the order, and which payments are given back.
type refundPlan struct {
	lines    []RefundLine
	shipping price // what of the shipping
	payments []repayment
	note     *string
}

// repayment gives a part of one charge back.
type repayment struct {
	charge   *Transaction
	amount   money.Amount
	external bool // the money goes back by another way
}

// calculateRefund works a refund out and changes nothing.
func calculateRefund(c *engine.Call) (engine.Reply, error) {
	var in refundRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, ok := orders.Get(c.Tx, c.Vars["number"])
	if !ok {
		return engine.Reply{}, noOrder(c)
	}
	o = o.Clone() // the plan tries its lines out
	plan, err := o.planRefund(&in)
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(printCalculation(c.Tx, o, plan, c.Link)), nil
}

// refundOrder gives money back, and takes the items that it is given back for out of the order.
func refundOrder(c *engine.Call) (engine.Reply, error) {
	var in refundRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := o.refundableAtAll(); err != nil {
		return engine.Reply{}, err
	}
	plan, err := o.planRefund(&in)
	if err != nil {
		return engine.Reply{}, err
	}
	if plan.payments, err = o.planPayments(c.Tx, in.Transactions); err != nil {
		return engine.Reply{}, err
	}
	plan.note = in.Note
	now := c.Tx.Now()
	r, err := o.refund(c.Tx, plan, now)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := o.complete(); err != nil {
		return engine.Reply{}, err
	}
	if unlessOff(in.Notify) {
		notify(c, o, "refund")
	}
	o.settle(c.Tx, now)
	return engine.OK(printerOf(c.Tx, o, c.Link).refund(r)), nil
}

// refundableAtAll refuses what has not been paid.
func (o *Order) refundableAtAll() error {
	switch {
	case o.uncaptured():
		return engine.Refuse(engine.Conflict, "This order is only authorized; it must be captured before it can be refunded, or canceled instead.")
	case !slices.Contains([]string{paid, partiallyPaid, partiallyRefunded}, o.PaymentStatus):
		return engine.Refuse(engine.Conflict, "An order whose payment is %s cannot be refunded; it has to be paid, partially_paid or partially_refunded.", o.PaymentStatus)
	}
	return nil
}

// planRefund takes the items and the shipping out of the order, and says what they were worth.
func (o *Order) planRefund(in *refundRequest) (refundPlan, error) {
	plan := refundPlan{shipping: o.shippingPrice(money.Zero(o.Currency))}
	for i, asked := range in.Lines {
		l := o.line(asked.Line)
		if l == nil {
			return plan, engine.RefuseField(at("refund_lines", i, "line_id"), "is not a line of this order", idsOf(o.Lines, func(l Line) any { return l.ID }))
		}
		restock, err := o.restock(l, asked, i)
		if err != nil {
			return plan, err
		}
		before := o.price(l, l.current())
		if restock == "cancel" {
			l.Cancelled += asked.Quantity
		} else {
			l.Returned += asked.Quantity
		}
		after := o.price(l, l.current())
		plan.lines = append(plan.lines, RefundLine{
			Line: l.ID, Quantity: asked.Quantity, Restock: restock, Excl: minus(before.Excl, after.Excl), Incl: minus(before.Incl, after.Incl),
		})
	}
	excl := money.Zero(o.Currency)
	switch {
	case in.Shipping.Full:
		excl = o.Shipping.Price
	case in.Shipping.Amount != nil:
		asked, err := o.amount(*in.Shipping.Amount, "/refund_shipping/amount_excl_tax")
		if err != nil {
			return plan, err
		}
		if asked.Minor > o.Shipping.Price.Minor {
			return plan, engine.RefuseField("/refund_shipping/amount_excl_tax", "is more than the shipping that is left", "at most "+text(o.Shipping.Price))
		}
		excl = asked
	}
	before, after := o.shippingPrice(o.Shipping.Price), o.shippingPrice(minus(o.Shipping.Price, excl))
	plan.shipping = price{Excl: excl, Tax: minus(before.Tax, after.Tax), Incl: minus(before.Incl, after.Incl)}
	o.Shipping.Price = after.Excl
	return plan, nil
}

// restock says what becomes of the items: before fulfilment they are cancelled; after it they come back, or stay with the customer.
func (o *Order) restock(l *Line, asked refundLineRequest, i int) (string, error) {
	kept := l.Fulfilled - l.Returned
	restock := asked.Restock
	if restock == "" { // only when it is worked out
		switch {
		case l.unfulfilled() >= asked.Quantity:
			restock = "cancel"
		case l.Product.Shipped:
			restock = "return"
		default:
			restock = "no_restock"
		}
	}
	most, why := l.unfulfilled(), "wait for fulfillment"
	switch {
	case restock != "cancel":
		most, why = kept, "are fulfilled"
	case o.FulfillmentStatus == processing && asked.Quantity > 0:
		return "", engine.RefuseField(at("refund_lines", i, "line_id"), "is being processed; its fulfillment has to be canceled first", "a line that is not being processed")
	}
	switch {
	case restock == "return" && !l.Product.Shipped:
		return "", engine.RefuseField(at("refund_lines", i, "restock_type"), "cannot be used for a digital product", "no_restock")
	case asked.Quantity > most:
		return "", engine.RefuseField(at("refund_lines", i, "quantity"), "is more than the items that "+why+" ("+restock+")", "at most "+strconv.FormatInt(most, 10))
	}
	return restock, nil
}

// planPayments reads which charges are given back. The same charge may be named more than once.
func (o *Order) planPayments(tx *world.Tx, asked []refundTransactionRequest) ([]repayment, error) {
	var list []repayment
	left := map[int64]money.Amount{}
	for i, a := range asked {
		t, ok := transactions.Get(tx, key(a.ID))
		if !ok || t.Order != o.Number || t.Type != "debit" || t.Status != succeeded {
			return nil, engine.RefuseField(at("transactions", i, "id"), "is not a charge of this order that succeeded", "an id that refund/calculate lists")
		}
		if _, ok := left[t.ID]; !ok {
			left[t.ID] = t.refundable()
		}
		amount, err := o.amount(a.Amount, at("transactions", i, "amount"))
		if err != nil {
			return nil, err
		}
		if amount.IsZero() || amount.Minor > left[t.ID].Minor {
			return nil, engine.RefuseField(at("transactions", i, "amount"), "cannot be refunded", "an amount from 0.01 to "+text(left[t.ID]))
		}
		left[t.ID] = minus(left[t.ID], amount)
		list = append(list, repayment{t, amount, a.External || t.External})
	}
	return list, nil
}

// refund makes a planned refund, whose items have left the order already.
func (o *Order) refund(tx *world.Tx, plan refundPlan, at time.Time) (*Refund, error) {
	r := Refund{ID: number(tx, "refund", firstRefund), At: at, Note: plan.note, User: staff[0].ID, Lines: plan.lines}
	for i := range r.Lines {
		r.Lines[i].ID = number(tx, "refund line", firstRefund)
	}
	given, worth := money.Zero(o.Currency), plan.shipping.Incl
	for _, l := range plan.lines {
		worth = plus(worth, l.Incl)
	}
	for _, p := range plan.payments {
		r.Transactions = append(r.Transactions, o.repay(tx, p, at))
		given = plus(given, p.amount)
	}
	if !plan.shipping.Incl.IsZero() {
		r.adjust(tx, "refund_shipping", plan.shipping.Excl, plan.shipping.Incl)
	}
	if rest := o.discrepancy(given, worth); !rest.IsZero() {
		r.adjust(tx, "refund_discrepancy", rest, rest)
		o.Waived = plus(o.Waived, rest)
	}
	if err := o.Ledger.Refund(given); err != nil {
		return nil, engine.Refuse(engine.Conflict, "At most %s can still be refunded on this order.", o.Ledger.Refundable())
	}
	event := "refund_part"
	if o.Ledger.Refundable().IsZero() {
		event = "refund"
	}
	if err := move(paymentStates, &o.PaymentStatus, event); err != nil {
		return nil, err
	}
	o.Refunds = append(o.Refunds, r)
	return &o.Refunds[len(o.Refunds)-1], nil
}

// repay gives a part of a charge back.
func (o *Order) repay(tx *world.Tx, p repayment, at time.Time) int64 {
	charge, _ := transactions.Edit(tx, key(p.charge.ID))
	charge.Refunded = plus(charge.Refunded, p.amount)
	t := &Transaction{Type: "refund", Parent: charge.ID, Status: succeeded, Amount: p.amount, Code: approvedCode, Instrument: charge.Instrument, External: p.external}
	o.record(tx, t, at)
	tx.Emit("transaction.updated", count(charge.ID))
	return t.ID
}

// discrepancy is what is given back beside the worth of what left the order, and beside what the customer was owed already.
// It is not asked for again: less is due on the order then, or more if it is negative.
func (o *Order) discrepancy(given, worth money.Amount) money.Amount {
	beyond := minus(given, worth)
	if o.Outstanding.Sign() < 0 && beyond.Sign() > 0 {
		beyond = minus(beyond, lesser(beyond, o.Outstanding.Neg()))
	}
	return beyond
}

func (r *Refund) adjust(tx *world.Tx, kind string, excl, incl money.Amount) {
	r.Adjustments = append(r.Adjustments, Adjustment{ID: number(tx, "refund adjustment", firstRefund), Type: kind, Excl: excl, Incl: incl})
}

// returned is the worth of what a refund took out of the order, with its adjustments.
func (r *Refund) returned(currency string) price {
	p := price{Excl: money.Zero(currency), Incl: money.Zero(currency)}
	for _, l := range r.Lines {
		p.Excl, p.Incl = plus(p.Excl, l.Excl), plus(p.Incl, l.Incl)
	}
	for _, a := range r.Adjustments {
		p.Excl, p.Incl = plus(p.Excl, a.Excl), plus(p.Incl, a.Incl)
	}
	return p
}

// given is the money of a refund: of its transactions that succeeded.
func (r *Refund) given(tx *world.Tx, currency string) money.Amount {
	sum := money.Zero(currency)
	for _, id := range r.Transactions {
		if t, ok := transactions.Get(tx, key(id)); ok && t.Status == succeeded {
			sum = plus(sum, t.Amount)
		}
	}
	return sum
}

// refundAll gives everything back that was paid, for everything that the order holds.
func (o *Order) refundAll(tx *world.Tx, at time.Time) error {
	in := refundRequest{Shipping: refundShippingRequest{Full: true}}
	for i := range o.Lines {
		if n := o.Lines[i].unfulfilled(); n > 0 {
			in.Lines = append(in.Lines, refundLineRequest{Line: o.Lines[i].ID, Quantity: n, Restock: "cancel"})
		}
	}
	plan, err := o.planRefund(&in)
	if err != nil {
		return err
	}
	for _, id := range o.Transactions {
		if t, _ := transactions.Get(tx, key(id)); !t.refundable().IsZero() {
			plan.payments = append(plan.payments, repayment{t, t.refundable(), t.External})
		}
	}
	if len(plan.payments) == 0 {
		return engine.Refuse(engine.Conflict, "This is a test order without a transaction; there is nothing to refund.")
	}
	_, err = o.refund(tx, plan, at)
	return err
}

// complete archives an order of which every item is fulfilled or cancelled.
func (o *Order) complete() error {
	if o.Status != open || o.FulfillmentStatus == notRequired || o.unfulfilled() > 0 {
		return nil
	}
	if o.FulfillmentStatus == incomplete {
		if err := move(fulfillmentStates, &o.FulfillmentStatus, "finish"); err != nil {
			return err
		}
	}
	return move(orderStates, &o.Status, "complete")
}
