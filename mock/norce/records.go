package norce

import (
	"fmt"
	"slices"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

var (
	orders   = world.Kind[*order]{Name: "order"}
	payments = world.Kind[*payment]{Name: "payment"}
)

// order is what the adapter knows of an order: the part that prices its payments, as it last saw it. A hook that it approved is such a sight.
type order struct {
	ID       string       `json:"id"`
	Status   string       `json:"status"` // OrderStatus: checkout, processing, accepted, completed, declined, removed
	Total    money.Amount `json:"total"`  // including VAT and shipping
	Payments []string     `json:"payments"`
}

// Clone copies the order.
func (o *order) Clone() *order {
	c := *o
	c.Payments = slices.Clone(o.Payments)
	return &c
}

// payment is a payment of an order.
type payment struct {
	ID        string        `json:"id"`
	Order     string        `json:"order"`
	Adapter   string        `json:"adapter"`
	Type      string        `json:"type"` // PaymentType: default, prepaid, voucher
	State     string        `json:"state"`
	Reference string        `json:"reference"`       // the payment provider's
	Amount    money.Amount  `json:"amount"`          // what it has to cover
	Limit     *money.Amount `json:"limit,omitempty"` // the most that it may cover
	Method    string        `json:"method"`
	Ledger    money.Ledger  `json:"ledger"`
}

// Clone copies the payment.
func (p *payment) Clone() *payment {
	c := *p
	if p.Limit != nil {
		limit := *p.Limit
		c.Limit = &limit
	}
	return &c
}

// methods are the payment methods that a payment offers; the first is selected until another is.
func (p *payment) methods() []string {
	if p.Type == "voucher" {
		return []string{"voucher"}
	}
	return []string{"card", "invoice"}
}

// cover is what a payment has to cover of a total beside others: what they leave, never more than its limit, never less than nothing.
func cover(total money.Amount, limit *money.Amount, others []money.Amount) (money.Amount, error) {
	covered, err := money.Sum(total.Currency, others...)
	if err != nil {
		return money.Amount{}, err
	}
	rest, err := total.Sub(covered)
	if err != nil {
		return money.Amount{}, err
	}
	if limit != nil {
		order, err := rest.Cmp(*limit)
		if err != nil {
			return money.Amount{}, err
		}
		if order > 0 {
			rest = *limit
		}
	}
	if rest.Sign() < 0 {
		rest = money.Zero(total.Currency)
	}
	return rest, nil
}

// rest is what a payment has to cover of the order as the adapter knows it. p need not be kept yet.
func (o *order) rest(tx *world.Tx, p *payment) (money.Amount, error) {
	var others []money.Amount
	for _, id := range o.Payments {
		if other, ok := payments.Get(tx, id); ok && id != p.ID && counts(other.State) {
			others = append(others, other.Amount)
		}
	}
	return cover(o.Total, p.Limit, others)
}

// take moves a payment and tells of it. The error is a *states.Illegal or a *money.LawError.
func (p *payment) take(tx *world.Tx, event string) error {
	if err := p.move(event); err != nil {
		return err
	}
	tx.Emit(event, p.ID)
	return nil
}

// move takes an arrow of the payment's table and keeps its ledger in step.
func (p *payment) move(event string) error {
	next, err := paymentStates.Next(p.State, event)
	if err != nil {
		return err
	}
	switch next {
	case reserved, confirmed:
		err = p.Ledger.Authorize(p.Amount)
	case captured:
		if event == "charge" {
			err = p.Ledger.Authorize(p.Amount)
		}
		if err == nil {
			err = p.Ledger.Capture(p.Ledger.Capturable())
		}
	case cancelled:
		err = p.Ledger.Void(p.Ledger.Capturable())
	case refunded, credited:
		err = p.Ledger.Refund(p.Ledger.Refundable())
	}
	if err != nil {
		return err
	}
	p.State = next
	return nil
}

// find reads the order and the payment that a path names. edit tells whether the payment is to be changed.
func find(tx *world.Tx, vars map[string]string, edit bool) (*order, *payment, error) {
	o, ok := orders.Get(tx, vars["order_id"])
	if !ok {
		return nil, nil, engine.Refuse(engine.NotFound, "There is no order %s.", vars["order_id"]).Coded("order-not-found")
	}
	id := vars["payment_id"]
	if !slices.Contains(o.Payments, id) {
		return nil, nil, engine.Refuse(engine.NotFound, "Order %s has no payment %s.", o.ID, id).Coded("payment-not-found")
	}
	read := payments.Get
	if edit {
		read = payments.Edit
	}
	p, ok := read(tx, id)
	if !ok {
		return nil, nil, fmt.Errorf("order %s lists payment %s, which is not kept", o.ID, id)
	}
	return o, p, nil
}
