package fabric

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

var (
	orders   = world.Kind[*Order]{Name: "order"}     // by order number
	holdings = world.Kind[*Holding]{Name: "payment"} // by payment id
)

// Order is what is kept of an order. Parts that the order system only stores are kept as they were sent.
type Order struct {
	Number   string `json:"number"` // the merchant's
	ID       string `json:"id"`     // 24 hexadecimal digits
	Version  int    `json:"version"`
	State    string `json:"state"`   // the statusCode
	Process  string `json:"process"` // what last ran on the order
	Currency string `json:"currency"`
	Channel  string `json:"channel"`
	Cart     string `json:"cart,omitempty"`
	Type     string `json:"type,omitempty"`
	SubType  string `json:"sub_type,omitempty"`
	Employee string `json:"employee,omitempty"`

	Ordered   time.Time `json:"ordered"`
	Release   time.Time `json:"release"` // when the hold after placement ends
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
	Allocated time.Time `json:"allocated,omitzero"` // zero until it happens
	Cancelled time.Time `json:"cancelled,omitzero"` // zero until it happens

	Fee          money.Amount    `json:"fee"`          // the order's own fees, as placed
	Discount     money.Amount    `json:"discount"`     // the order's own discounts, as placed
	ShippingTax  money.Amount    `json:"shipping_tax"` // as placed
	Appeased     money.Amount    `json:"appeased"`
	Invoiced     money.Amount    `json:"invoiced"`    // captured by the invoice service
	ThirdParty   bool            `json:"third_party"` // a third party captures, and nothing is invoiced here
	Placed       Totals          `json:"placed"`      // as placed; never changes
	Retail       json.RawMessage `json:"retail,omitempty"`
	Attributes   json.RawMessage `json:"attributes"`
	Customer     json.RawMessage `json:"customer"`
	Fees         []Fee           `json:"fees"`
	Discounts    []Discount      `json:"discounts"`
	Appeasements []Appeasement   `json:"appeasements"`
	Lines        []Line          `json:"lines"`
	ShipTo       []ShipInfo      `json:"ship_to"`
	Payments     []Payment       `json:"payments"`
	Audit        []AuditLog      `json:"audit"`
	Notes        []Note          `json:"notes"`
}

// Line is one item of an order. Its amounts but the unit price are for all that was ordered.
type Line struct {
	ID       string       `json:"id"`
	Number   int          `json:"number"`
	Item     string       `json:"item,omitempty"`
	SKU      string       `json:"sku"`
	Title    string       `json:"title,omitempty"`
	Type     string       `json:"type,omitempty"`
	ShipTo   string       `json:"ship_to,omitempty"`
	Channel  string       `json:"channel"`
	Unit     string       `json:"unit"` // of measure
	TaxCode  string       `json:"tax_code,omitempty"`
	Price    money.Amount `json:"price"`
	Fee      money.Amount `json:"fee"`
	Discount money.Amount `json:"discount"`
	Tax      money.Amount `json:"tax"`

	Ordered   int `json:"ordered"`
	Cancelled int `json:"cancelled"`
	Shipped   int `json:"shipped"`
	Delivered int `json:"delivered"`
	Returned  int `json:"returned"`

	Fees      []Fee      `json:"fees,omitempty"`
	Taxes     []Tax      `json:"taxes,omitempty"`
	Discounts []Discount `json:"discounts,omitempty"`
}

// Payment is one payment of an order.
type Payment struct {
	Counter   int          `json:"counter"` // its place in the order
	ID        string       `json:"id"`
	State     string       `json:"state"`  // in the payments' machine
	Status    string       `json:"status"` // the word last reported, as it was sent
	Date      time.Time    `json:"date"`
	Expires   time.Time    `json:"expires"` // when the authorisation lapses
	Reference Reference    `json:"reference"`
	Token     PaymentToken `json:"token"`
	Provider  string       `json:"provider,omitempty"`
	Method    string       `json:"method,omitempty"`
	BillTo    string       `json:"bill_to,omitempty"`
	Balances  Balances     `json:"balances"`
	Logs      []PaymentLog `json:"logs"`
}

// Balances are a payment's amounts as its platform reports them; each is what it says, whatever the others are.
type Balances struct {
	Authorized money.Amount `json:"authorized"`
	Capturable money.Amount `json:"capturable"`
	Captured   money.Amount `json:"captured"`
	Refundable money.Amount `json:"refundable"`
	Refunded   money.Amount `json:"refunded"`
}

// Holding tells which order holds a payment.
type Holding struct {
	Order string `json:"order"`
}

// Clone copies the order, all the way down.
func (o *Order) Clone() *Order {
	c := *o
	c.Retail, c.Attributes, c.Customer = bytes.Clone(o.Retail), bytes.Clone(o.Attributes), bytes.Clone(o.Customer)
	c.Fees, c.Discounts, c.Notes = slices.Clone(o.Fees), slices.Clone(o.Discounts), slices.Clone(o.Notes)
	c.Lines = cloneEach(o.Lines, func(l *Line) {
		l.Fees, l.Taxes, l.Discounts = slices.Clone(l.Fees), slices.Clone(l.Taxes), slices.Clone(l.Discounts)
	})
	c.Appeasements = cloneEach(o.Appeasements, func(a *Appeasement) { a.Payments = slices.Clone(a.Payments) })
	c.ShipTo = cloneEach(o.ShipTo, func(s *ShipInfo) { s.Address = bytes.Clone(s.Address) })
	c.Audit = cloneEach(o.Audit, func(a *AuditLog) { a.Fields = slices.Clone(a.Fields) })
	c.Payments = cloneEach(o.Payments, func(p *Payment) {
		p.Logs = cloneEach(p.Logs, func(l *PaymentLog) {
			l.Attributes, l.Data.Body.Errors = bytes.Clone(l.Attributes), slices.Clone(l.Data.Body.Errors)
		})
	})
	return &c
}

func cloneEach[T any](list []T, deepen func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		deepen(&list[i])
	}
	return list
}

// Clone copies the holding.
func (h *Holding) Clone() *Holding { c := *h; return &c }

// payment finds a payment of the order by its id; nil if there is none.
func (o *Order) payment(id string) *Payment {
	for i := range o.Payments {
		if o.Payments[i].ID == id {
			return &o.Payments[i]
		}
	}
	return nil
}

// touch counts an update of the order.
func (o *Order) touch(at time.Time) {
	o.Version++
	o.Updated = at
}

// ledger reads the balances as a ledger: what is neither captured nor capturable any more was voided.
func (b Balances) ledger() money.Ledger {
	l := money.Ledger{Authorized: b.Authorized, Captured: b.Captured, Refunded: b.Refunded, Voided: money.Zero(b.Authorized.Currency)}
	if rest, err := l.Capturable().Sub(b.Capturable); err == nil {
		l.Voided = rest
	}
	return l
}
