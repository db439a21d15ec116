package nextcommerce

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// What is kept. Orders stand under their number, customers and transactions under their id; `attempt`s are orders whose customer has not finished paying.
var (
	orders       = world.Kind[*Order]{Name: "order"}
	transactions = world.Kind[*Transaction]{Name: "transaction"}
	customers    = world.Kind[*Customer]{Name: "customer"}
	emails       = world.Kind[*Email]{Name: "customer_email"}
	attempts     = world.Kind[*Attempt]{Name: "attempt"}
)

// Order is an order of a store. Amounts are in its currency; what its totals come to is worked out from its lines (prices.go).
type Order struct {
	Number            string          `json:"number"`
	Status            string          `json:"status"`
	PaymentStatus     string          `json:"payment_status"`
	FulfillmentStatus string          `json:"fulfillment_status"`
	Source            string          `json:"source"`
	Currency          string          `json:"currency"`
	CreatedAt         time.Time       `json:"created_at"`
	UpdatedAt         time.Time       `json:"updated_at"`
	PlacedAt          time.Time       `json:"placed_at"`
	Test              bool            `json:"test"`
	Customer          int64           `json:"customer"`
	ShippingAddress   *Address        `json:"shipping_address,omitempty"`
	BillingAddress    *Address        `json:"billing_address,omitempty"`
	Attribution       Attribution     `json:"attribution"`
	Metadata          json.RawMessage `json:"metadata,omitempty"`
	Tags              []*string       `json:"tags"`
	Tax               *Tax            `json:"tax,omitempty"`
	Shipping          Shipping        `json:"shipping"`
	Lines             []Line          `json:"lines"`
	Discounts         []Discount      `json:"discounts"`
	Subscriptions     []Subscription  `json:"subscriptions"`
	Fulfillments      []Fulfillment   `json:"fulfillments"`
	Refunds           []Refund        `json:"refunds"`

	Instrument   Instrument   `json:"instrument"`    // the original payment method
	Transactions []int64      `json:"transactions"`  // oldest first
	Ledger       money.Ledger `json:"ledger"`        // what was authorized, captured, refunded and voided
	Waived       money.Amount `json:"waived"`        // refunded beyond what left the order: no longer asked for
	Outstanding  money.Amount `json:"outstanding"`   // kept so that lists need not work it out
	CancelReason string       `json:"cancel_reason"` // "" unless it is canceled
}

// Clone copies the order deeply.
func (o *Order) Clone() *Order {
	c := *o
	c.ShippingAddress = o.ShippingAddress.clone()
	c.BillingAddress = o.BillingAddress.clone()
	c.Attribution = o.Attribution.clone()
	c.Metadata = bytes.Clone(o.Metadata)
	c.Tags = slices.Clone(o.Tags)
	if o.Tax != nil {
		tax := *o.Tax
		c.Tax = &tax
	}
	c.Lines = slices.Clone(o.Lines)
	for i := range c.Lines {
		c.Lines[i].Shares = slices.Clone(c.Lines[i].Shares)
		c.Lines[i].Metadata = bytes.Clone(c.Lines[i].Metadata)
		c.Lines[i].Recurs = c.Lines[i].Recurs.clone()
	}
	c.Discounts = slices.Clone(o.Discounts)
	c.Subscriptions = slices.Clone(o.Subscriptions)
	c.Fulfillments = slices.Clone(o.Fulfillments)
	for i := range c.Fulfillments {
		c.Fulfillments[i].Items = slices.Clone(c.Fulfillments[i].Items)
	}
	c.Refunds = slices.Clone(o.Refunds)
	for i := range c.Refunds {
		r := &c.Refunds[i]
		r.Lines, r.Adjustments, r.Transactions = slices.Clone(r.Lines), slices.Clone(r.Adjustments), slices.Clone(r.Transactions)
	}
	c.Transactions = slices.Clone(o.Transactions)
	return &c
}

// line finds a line of the order by its id.
func (o *Order) line(id int64) *Line {
	i := slices.IndexFunc(o.Lines, func(l Line) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return &o.Lines[i]
}

// Line is a product on an order. Its quantities only grow: what the order holds is what was added less what left.
type Line struct {
	ID        int64           `json:"id"`
	Product   Product         `json:"product"` // as it was ordered: priced in the order's currency, or as the client priced it
	Placed    int64           `json:"placed"`  // how many were on the order when it was placed; 0 for a line added later
	Added     int64           `json:"added"`   // how many were ever added
	Cancelled int64           `json:"cancelled"`
	Fulfilled int64           `json:"fulfilled"`
	Returned  int64           `json:"returned"` // of those that were fulfilled
	Shares    []money.Amount  `json:"shares"`   // of the order's discounts, in their order, on the items placed
	Upsell    bool            `json:"upsell"`
	Recurs    *Recurrence     `json:"recurs,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

// current is how many items the order holds.
func (l *Line) current() int64 { return l.Added - l.Cancelled - l.Returned }

// unfulfilled is how many of them still wait for fulfilment.
func (l *Line) unfulfilled() int64 { return l.Added - l.Cancelled - l.Fulfilled }

// Product is what the store sells (store.go).
type Product struct {
	ID       int64        `json:"id"`
	Variant  int64        `json:"variant"`
	Title    string       `json:"title"`
	Option   string       `json:"option"` // the variant's title
	SKU      string       `json:"sku"`
	Slug     string       `json:"slug"`
	Shipped  bool         `json:"shipped"` // false for a download
	GiftCard bool         `json:"gift_card"`
	Price    money.Amount `json:"price"` // of one, without tax
	Cost     money.Amount `json:"cost"`  // of one, to the store
}

// Discount is an offer or a voucher on an order; what it takes off is on the lines.
type Discount struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Code        string    `json:"code"` // of a voucher; "" for an offer
	From        time.Time `json:"from"`
	Until       time.Time `json:"until"`
}

// Tax is the one tax of an order's destination.
type Tax struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
	PPM   int64  `json:"ppm"` // the rate in millionths: 72500 is 7.25 %
}

// Shipping is how an order is sent and what that costs, without tax. Refunds take from Price.
type Shipping struct {
	Code   string       `json:"code"`
	Method string       `json:"method"`
	Price  money.Amount `json:"price"`
	Placed money.Amount `json:"placed"`
}

// Recurrence makes a line the first of a subscription.
type Recurrence struct {
	Interval string        `json:"interval"` // day, week, month, year
	Count    int           `json:"count"`
	Price    *money.Amount `json:"price,omitempty"` // of the renewals
}

func (r *Recurrence) clone() *Recurrence {
	if r == nil {
		return nil
	}
	c := *r
	if r.Price != nil {
		price := *r.Price
		c.Price = &price
	}
	return &c
}

// Subscription is one that an order belongs to.
type Subscription struct {
	ID    int64 `json:"id"`
	Cycle int   `json:"cycle"` // 1 for its first order
}

// Fulfillment is one shipment.
type Fulfillment struct {
	ID       int64             `json:"id"`
	At       time.Time         `json:"at"`
	Status   string            `json:"status"`   // success, canceled
	Delivery string            `json:"delivery"` // "" for none
	LastSeen time.Time         `json:"last_seen"`
	Tracking string            `json:"tracking"`
	Items    []FulfillmentItem `json:"items"`
}

// FulfillmentItem is how many of a line are in a shipment.
type FulfillmentItem struct {
	ID       int64 `json:"id"`
	Line     int64 `json:"line"`
	Quantity int64 `json:"quantity"`
}

// Refund is money given back and what left the order for it.
type Refund struct {
	ID           int64        `json:"id"`
	At           time.Time    `json:"at"`
	Note         *string      `json:"note,omitempty"`
	User         int64        `json:"user"`
	Lines        []RefundLine `json:"lines"`
	Adjustments  []Adjustment `json:"adjustments"`
	Transactions []int64      `json:"transactions"`
}

// RefundLine is how many of a line left the order, and what they were worth.
type RefundLine struct {
	ID       int64        `json:"id"`
	Line     int64        `json:"line"`
	Quantity int64        `json:"quantity"`
	Restock  string       `json:"restock"` // cancel, no_restock, return
	Excl     money.Amount `json:"excl"`
	Incl     money.Amount `json:"incl"`
}

// Adjustment is what a refund holds beside items.
type Adjustment struct {
	ID   int64        `json:"id"`
	Type string       `json:"type"` // refund_shipping, refund_discrepancy
	Excl money.Amount `json:"excl"`
	Incl money.Amount `json:"incl"`
}

// Instrument is what a charge is made to.
type Instrument struct {
	Method     string `json:"method"` // card_token, paypal, …; "" for none
	External   string `json:"external"`
	Token      string `json:"token"`
	FirstSix   string `json:"first_six"`
	LastFour   string `json:"last_four"`
	Gateway    int64  `json:"gateway"`
	PayPal     string `json:"paypal"` // the vaulted account
	Descriptor string `json:"descriptor"`
	ThreeDS    bool   `json:"three_ds"`
	SCA        string `json:"sca"`     // frictionless, challenge or ""
	Decline    int    `json:"decline"` // the code with which charges without the customer are declined; 0 for none
}

// Transaction is one message to a gateway, or a payment that was made elsewhere.
type Transaction struct {
	ID          int64        `json:"id"`
	Order       string       `json:"order"`  // "" when its order was never made
	Parent      int64        `json:"parent"` // 0 for none
	Type        string       `json:"type"`   // authorize, debit, refund, void
	Status      string       `json:"status"` // succeeded, failed
	Amount      money.Amount `json:"amount"`
	Refunded    money.Amount `json:"refunded"`
	Code        int          `json:"code"`
	At          time.Time    `json:"at"`
	External    bool         `json:"external"`
	Disputed    bool         `json:"disputed"`
	AuthCode    string       `json:"auth_code"`
	ExternalID  string       `json:"external_id"`
	NetworkID   string       `json:"network_id"`
	Instrument  Instrument   `json:"instrument"`
	Customer    int64        `json:"customer"`
	Attribution *Attribution `json:"attribution,omitempty"` // of a charge without an order
}

// Clone copies the transaction.
func (t *Transaction) Clone() *Transaction {
	c := *t
	if t.Attribution != nil {
		a := t.Attribution.clone()
		c.Attribution = &a
	}
	return &c
}

// refundable is what can still be given back of it.
func (t *Transaction) refundable() money.Amount {
	if t.Type != "debit" || t.Status != succeeded {
		return money.Zero(t.Amount.Currency)
	}
	return minus(t.Amount, t.Refunded)
}

// Attribution is where a customer came from. Agent is a member of the staff by id, 0 for nobody.
type Attribution struct {
	Affiliate   *string         `json:"affiliate,omitempty"`
	Agent       int64           `json:"agent"`
	Funnel      *string         `json:"funnel,omitempty"`
	GCLID       *string         `json:"gclid,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Sub         [5]*string      `json:"sub"`
	UTMCampaign *string         `json:"utm_campaign,omitempty"`
	UTMContent  *string         `json:"utm_content,omitempty"`
	UTMMedium   *string         `json:"utm_medium,omitempty"`
	UTMSource   *string         `json:"utm_source,omitempty"`
	UTMTerm     *string         `json:"utm_term,omitempty"`
}

// clone copies what could be changed; strings behind pointers never are.
func (a Attribution) clone() Attribution {
	a.Metadata = bytes.Clone(a.Metadata)
	return a
}

// Address is a place to ship to or to bill.
type Address struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Line1     string `json:"line1"`
	Line2     string `json:"line2"`
	Line3     string `json:"line3"`
	City      string `json:"line4"`
	State     string `json:"state"`
	Postcode  string `json:"postcode"`
	Country   string `json:"country"`
	Phone     string `json:"phone_number"`
	Notes     string `json:"notes"`
}

func (a *Address) clone() *Address {
	if a == nil {
		return nil
	}
	c := *a
	return &c
}

// Customer is who orders. The addresses are those of the last order; Card is a card that was kept.
type Customer struct {
	ID               int64       `json:"id"`
	Email            *string     `json:"email,omitempty"`
	FirstName        string      `json:"first_name"`
	LastName         string      `json:"last_name"`
	Phone            *string     `json:"phone_number,omitempty"`
	Language         *string     `json:"language,omitempty"`
	IP               *string     `json:"ip,omitempty"`
	UserAgent        *string     `json:"user_agent,omitempty"`
	AcceptsMarketing bool        `json:"accepts_marketing"`
	ShippingAddress  *Address    `json:"shipping_address,omitempty"`
	BillingAddress   *Address    `json:"billing_address,omitempty"`
	Card             *Instrument `json:"card,omitempty"`
}

// Clone copies the customer.
func (c *Customer) Clone() *Customer {
	d := *c
	d.ShippingAddress, d.BillingAddress = c.ShippingAddress.clone(), c.BillingAddress.clone()
	if c.Card != nil {
		card := *c.Card
		d.Card = &card
	}
	return &d
}

// Email finds a customer by address.
type Email struct {
	Customer int64 `json:"customer"`
}

// Clone copies the entry.
func (e *Email) Clone() *Email { c := *e; return &c }

// Attempt is an order whose customer is sent to a page to pay; it becomes an order when they do.
type Attempt struct {
	ID         string          `json:"id"`
	State      string          `json:"state"`
	Request    json.RawMessage `json:"request"` // the order, as the client sent it, with nothing left open
	Return     string          `json:"return"`  // the shop's URL; "" for none
	Instrument Instrument      `json:"instrument"`
	Test       bool            `json:"test"`
	Save       bool            `json:"save"`   // the card is to be kept with the customer
	Amount     money.Amount    `json:"amount"` // what the customer is asked for
	At         time.Time       `json:"at"`
	Ends       time.Time       `json:"ends"`  // when the customer is late; of one that is pending, when the bank answers
	Order      string          `json:"order"` // once it was made
}

// Clone copies the attempt.
func (a *Attempt) Clone() *Attempt {
	c := *a
	c.Request = bytes.Clone(a.Request)
	return &c
}

// The vendor's integers count on from here, so that ids of different things differ.
const (
	firstOrder       = 100_000
	firstLine        = 50_000
	firstTransaction = 70_000
	firstRefund      = 3_000
	firstFulfillment = 8_000
	firstCustomer    = 2_000
	firstAddress     = 4_000
	firstSub         = 600
)

// number is the next integer of a kind at the transaction's store.
func number(tx *world.Tx, kind string, first int64) int64 { return first + tx.Next(kind) }

// key is an integer id as a record's key: padded, so that keys sort as the numbers do.
func key(id int64) string {
	const width = 12
	digits := strconv.FormatInt(id, 10)
	if len(digits) >= width {
		return digits
	}
	return "000000000000"[:width-len(digits)] + digits
}
