package commerceengine

import (
	"maps"
	"slices"
	"time"

	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// currency is the only one: the published address type knows one country, India.
const currency = "INR"

var (
	carts    = world.Kind[*Cart]{Name: "cart"}
	orders   = world.Kind[*Order]{Name: "order"}
	attempts = world.Kind[*Attempt]{Name: "payment"}
	refunds  = world.Kind[*Refund]{Name: "refund"}
)

// Line is one product in a cart or an order, at the price of that moment. Prices include tax.
type Line struct {
	Product   Product `json:"product"`
	Variant   *string `json:"variant,omitempty"` // as the client named it; the catalogue has none
	Quantity  int64   `json:"quantity"`
	PlanMonth bool    `json:"plan_month,omitempty"` // bought as a monthly subscription
}

// gross is what the line costs, tax included.
func (l Line) gross() money.Amount { return times(l.Product.Price, l.Quantity) }

// net is what the line costs before tax: the unit's price before tax, times the quantity, so that unit and line agree.
func (l Line) net() money.Amount { return times(l.Product.net(), l.Quantity) }

// tax is what is between the two.
func (l Line) tax() money.Amount { return less(l.gross(), l.net()) }

// Cart is what somebody means to buy.
type Cart struct {
	ID       string            `json:"id"`
	User     string            `json:"user"`
	Lines    []Line            `json:"lines"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Expires  time.Time         `json:"expires"`
	Order    string            `json:"order,omitempty"` // the order that was made of it
}

// Clone copies the cart, deeply.
func (c *Cart) Clone() *Cart {
	d := *c
	d.Lines = slices.Clone(c.Lines)
	d.Metadata = maps.Clone(c.Metadata)
	return &d
}

// Order is what somebody bought, and what was paid of it.
type Order struct {
	Number       string            `json:"number"`
	User         string            `json:"user"`
	State        string            `json:"state"` // of the orders table
	Placed       time.Time         `json:"placed"`
	Modified     time.Time         `json:"modified"`
	Expires      time.Time         `json:"expires"`       // from then on it takes no more payments
	Paid         time.Time         `json:"paid,omitzero"` // when it was paid in full
	Lines        []Line            `json:"lines"`
	Total        money.Amount      `json:"total"`
	Ledger       money.Ledger      `json:"ledger"`
	Metadata     map[string]string `json:"metadata,omitempty"`
	Attempts     []string          `json:"attempts,omitempty"` // ids, oldest first
	Refunds      []string          `json:"refunds,omitempty"`  // ids, oldest first
	Cancellation *Cancellation     `json:"cancellation,omitempty"`
}

// Cancellation is how an order ended before its time.
type Cancellation struct {
	Reason   string  `json:"reason"`
	Mode     string  `json:"mode"` // original-payment-mode or bank-transfer
	Account  string  `json:"account,omitempty"`
	Feedback *string `json:"feedback,omitempty"`
}

// Clone copies the order. Lines, metadata and cancellation never change once they are there, so they are shared.
func (o *Order) Clone() *Order {
	d := *o
	d.Attempts = slices.Clone(o.Attempts)
	d.Refunds = slices.Clone(o.Refunds)
	return &d
}

// due is what is still to be paid, never less than nothing; of a cancelled order, nothing.
func (o *Order) due() money.Amount {
	left, err := o.Ledger.Outstanding(o.Total)
	if err != nil || left.Sign() < 0 || o.State == cancelled {
		return money.Zero(currency)
	}
	return left
}

// mandate tells whether paying sets up a mandate: something in the order is a subscription.
func (o *Order) mandate() bool {
	return slices.ContainsFunc(o.Lines, func(l Line) bool { return l.PlanMonth })
}

// Attempt is one payment request on an order.
type Attempt struct {
	ID        string       `json:"id"`
	Order     string       `json:"order"`
	Reference string       `json:"reference"` // the order as the payment provider knows it: one for each attempt
	State     string       `json:"state"`     // of the payments table
	Method    Method       `json:"method"`
	Amount    money.Amount `json:"amount"`
	Requested time.Time    `json:"requested"`
	Expires   time.Time    `json:"expires"`
	Settled   time.Time    `json:"settled,omitzero"`
	Receipt   string       `json:"receipt,omitempty"` // the bank's reference, once it is paid
	Request   string       `json:"request"`           // the SDK's request id
	Token     string       `json:"token"`             // the SDK's token for this attempt
	Txn       string       `json:"txn"`               // the transaction's short id
}

// Clone copies the attempt.
func (a *Attempt) Clone() *Attempt { d := *a; return &d }

// Method is how an attempt is to be paid. Of a card it holds what may be kept: the brand and the last four digits.
type Method struct {
	Variant   string `json:"variant"` // one of the variants in methods.go
	Provider  string `json:"provider"`
	Gateway   string `json:"gateway,omitempty"`
	ReturnURL string `json:"return_url"`
	Bank      string `json:"bank,omitempty"`
	VPA       string `json:"vpa,omitempty"`
	CardType  string `json:"card_type,omitempty"`
	LastFour  string `json:"last_four,omitempty"`
}

// Refund is money on its way back.
type Refund struct {
	ID      string       `json:"id"`
	Order   string       `json:"order"`
	State   string       `json:"state"` // of the refunds table
	Amount  money.Amount `json:"amount"`
	Mode    string       `json:"mode"`
	Changed time.Time    `json:"changed"`
}

// Clone copies the refund.
func (r *Refund) Clone() *Refund { d := *r; return &d }

// times is a price, so many times. Quantities are bounded where they come in, so there is always such an amount.
func times(a money.Amount, n int64) money.Amount {
	product, _ := a.Mul(n)
	return product
}

// less is a - b, of one currency and bounded likewise.
func less(a, b money.Amount) money.Amount {
	difference, _ := a.Sub(b)
	return difference
}

func sum(lines []Line, part func(Line) money.Amount) money.Amount {
	total := money.Zero(currency)
	for _, l := range lines {
		total, _ = total.Add(part(l))
	}
	return total
}
