package commercelayer

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// The kinds of record of an organization. The first eight are resources of the API under these ids.
var (
	orders         = world.Kind[*Order]{Name: "order"}
	payments       = world.Kind[*Payment]{Name: "payment"}
	authorizations = world.Kind[*Authorization]{Name: "authorization"}
	captures       = world.Kind[*Capture]{Name: "capture"}
	voids          = world.Kind[*Void]{Name: "void"}
	refunds        = world.Kind[*Refund]{Name: "refund"}
	paymentMethods = world.Kind[*PaymentMethod]{Name: "payment_method"}
	gateways       = world.Kind[*Gateway]{Name: "gateway"}
	changes        = world.Kind[*Change]{Name: "change"}
	charges        = world.Kind[*Charge]{Name: "charge"}
	grants         = world.Kind[*Grant]{Name: "grant"}
	customers      = world.Kind[*Customer]{Name: "customer"}
)

func kinds() []world.AnyKind {
	return []world.AnyKind{orders, payments, authorizations, captures, voids, refunds, paymentMethods, gateways, changes, charges, grants, customers}
}

// Common is what every resource carries.
type Common struct {
	ID              string          `json:"id"`
	Serial          int64           `json:"serial"` // the order of creation, where times are equal
	Created         time.Time       `json:"created"`
	Updated         time.Time       `json:"updated"`
	Reference       *string         `json:"reference"`
	ReferenceOrigin *string         `json:"reference_origin"`
	Metadata        json.RawMessage `json:"metadata"` // a JSON object
}

func (c *Common) common() *Common { return c }

// apart makes what is shared with another copy its own.
func (c *Common) apart() { c.Metadata = slices.Clone(c.Metadata) }

// born starts a resource. An empty id is made up: ten letters.
func born(tx *world.Tx, kind, id string) Common {
	if id == "" {
		id = tx.ID(kind, "").Spell(10, world.Letters)
	}
	return Common{ID: id, Serial: tx.Next("serial"), Created: tx.Now(), Updated: tx.Now(), Metadata: json.RawMessage(`{}`)}
}

// Order is what is paid for. Amounts are in its currency, taxes included.
type Order struct {
	Common
	Number      string `json:"number"`
	Status      string `json:"status"`      // orderStates
	Fulfillment string `json:"fulfillment"` // fulfillmentStates
	Token       string `json:"token"`
	Currency    string `json:"currency"`
	Country     string `json:"country"`
	Guest       bool   `json:"guest"`
	Autorefresh bool   `json:"autorefresh"`

	CustomerEmail *string `json:"customer_email"`
	LanguageCode  *string `json:"language_code"`
	CouponCode    *string `json:"coupon_code"`
	CartURL       *string `json:"cart_url"`
	ReturnURL     *string `json:"return_url"`
	TermsURL      *string `json:"terms_url"`
	PrivacyURL    *string `json:"privacy_url"`

	Subtotal money.Amount `json:"subtotal"`
	Shipping money.Amount `json:"shipping"`
	Fee      money.Amount `json:"fee"`      // of the payment method
	Discount money.Amount `json:"discount"` // zero or less
	Placed   money.Amount `json:"placed"`   // the total it was placed with: editing may not pass it
	SKUs     int          `json:"skus"`

	Method string `json:"method"` // the payment method's id, "" for none
	Source string `json:"source"` // the payment source's id, "" for none
	Live   string `json:"live"`   // the authorization that its money stands on, "" for none

	Payments       []string `json:"payments"` // ids of all it ever had, oldest first
	Authorizations []string `json:"authorizations"`
	Captures       []string `json:"captures"`
	Voids          []string `json:"voids"`
	Refunds        []string `json:"refunds"`
	Errors         int      `json:"errors"` // failed authorizations

	AuthorizationAmount *int64 `json:"authorization_amount"` // cents to authorize instead of the total

	PlacedAt             *time.Time `json:"placed_at"`
	ApprovedAt           *time.Time `json:"approved_at"`
	CancelledAt          *time.Time `json:"cancelled_at"`
	PaymentUpdatedAt     *time.Time `json:"payment_updated_at"`
	FulfillmentUpdatedAt *time.Time `json:"fulfillment_updated_at"`
	RefreshedAt          *time.Time `json:"refreshed_at"`
}

// Clone is deep, but for text, numbers and times behind pointers, which are replaced and never changed.
func (o *Order) Clone() *Order {
	c := *o
	c.apart()
	for _, list := range []*[]string{&c.Payments, &c.Authorizations, &c.Captures, &c.Voids, &c.Refunds} {
		*list = slices.Clone(*list)
	}
	return &c
}

// Payment is a Checkout.com payment source.
type Payment struct {
	Common
	Order   string `json:"order"`
	Gateway string `json:"gateway"`
	State   string `json:"state"` // paymentStates

	PaymentType *string `json:"payment_type"`
	Token       *string `json:"token"`
	SessionID   *string `json:"session_id"`
	SuccessURL  *string `json:"success_url"`
	FailureURL  *string `json:"failure_url"`
	SourceID    *string `json:"source_id"`
	CustomerID  *string `json:"customer_id"` // at Checkout.com

	FlowSession string   `json:"flow_session,omitempty"` // ps_…, where the reading of the API has payment sessions
	BySession   bool     `json:"by_session,omitempty"`   // its outcome was read by session, which shows the actions
	Attempt     *Attempt `json:"attempt"`                // the last authorization; nil before the first
	Changes     []string `json:"changes"`
}

// Attempt is an authorization as Checkout.com sees it. A retry makes another one.
type Attempt struct {
	ID            string       `json:"id"`      // pay_…
	Session       string       `json:"session"` // sid_…
	SessionEnds   time.Time    `json:"session_ends"`
	Source        string       `json:"source"`   // src_…
	Customer      string       `json:"customer"` // cus_…
	Action        string       `json:"action"`   // act_…
	Amount        money.Amount `json:"amount"`
	Requested     time.Time    `json:"requested"`
	Challenged    bool         `json:"challenged"`
	Proof         string       `json:"proof,omitempty"` // what the bank says of who the customer is: proven or unproven, "" while not asked
	Code          string       `json:"code"`            // response code, "" until decided
	Summary       string       `json:"summary"`
	Authorization string       `json:"authorization"` // the id of the resource, "" until it was read
}

// What a bank says of who a customer is (published: payment guide 2021, authentication_response).
const (
	proven   = "Y"
	unproven = "N"
)

// Clone is deep.
func (p *Payment) Clone() *Payment {
	c := *p
	c.apart()
	c.Changes = slices.Clone(p.Changes)
	if p.Attempt != nil {
		a := *p.Attempt
		c.Attempt = &a
	}
	return &c
}

// Transaction is what authorizations, captures, voids and refunds have in common.
type Transaction struct {
	Common
	Number  string       `json:"number"`
	Order   string       `json:"order"`
	Amount  money.Amount `json:"amount"`
	Failed  bool         `json:"failed"`
	Code    string       `json:"code"` // of a failure
	Message string       `json:"message"`
	Charge  string       `json:"charge"` // pay_…
	Action  string       `json:"action"` // act_…
}

// Authorization is a promise of money, with what became of it.
type Authorization struct {
	Transaction
	Payment  string       `json:"payment"`
	Ledger   money.Ledger `json:"ledger"`
	Next     *int64       `json:"next"` // cents that the next capture is to take instead of what is left
	Captures []string     `json:"captures"`
	Voids    []string     `json:"voids"`
}

// Clone is deep.
func (a *Authorization) Clone() *Authorization {
	c := *a
	c.apart()
	c.Captures, c.Voids = slices.Clone(a.Captures), slices.Clone(a.Voids)
	return &c
}

// Capture is money taken.
type Capture struct {
	Transaction
	Authorization string       `json:"authorization"`
	Refunded      money.Amount `json:"refunded"`
	Next          *int64       `json:"next"` // cents that the next refund is to give back instead of what is left
	Refunds       []string     `json:"refunds"`
}

// Clone is deep.
func (r *Capture) Clone() *Capture {
	c := *r
	c.apart()
	c.Refunds = slices.Clone(r.Refunds)
	return &c
}

// Void is a promise given back.
type Void struct {
	Transaction
	Authorization string `json:"authorization"`
}

// Clone is deep.
func (v *Void) Clone() *Void {
	c := *v
	c.apart()
	return &c
}

// Refund is money given back.
type Refund struct {
	Transaction
	Capture string `json:"capture"`
}

// Clone is deep.
func (r *Refund) Clone() *Refund {
	c := *r
	c.apart()
	return &c
}

// PaymentMethod is a way to pay that an order can choose.
type PaymentMethod struct {
	Common
	Name        string       `json:"name"`
	SourceType  string       `json:"source_type"` // the resource type that pays
	Currency    string       `json:"currency"`
	Fee         money.Amount `json:"fee"`
	AutoPlace   bool         `json:"auto_place"`
	AutoCapture bool         `json:"auto_capture"`
	Gateway     string       `json:"gateway"` // "" where nothing is charged online
}

// Clone is deep.
func (m *PaymentMethod) Clone() *PaymentMethod {
	c := *m
	c.apart()
	return &c
}

// Gateway is the organization's account at Checkout.com.
type Gateway struct {
	Common
	Name          string `json:"name"`
	PublicKey     string `json:"public_key"`
	WebhookID     string `json:"webhook_id"`
	WebhookSecret string `json:"webhook_secret"`
}

// Clone is deep.
func (g *Gateway) Clone() *Gateway {
	c := *g
	c.apart()
	return &c
}

// Change is one entry of a payment's history: a version, or an event store in today's words.
type Change struct {
	Common
	Resource   string                        `json:"resource"` // the payment's id
	Event      string                        `json:"event"`    // create or update
	Attributes map[string][2]json.RawMessage `json:"attributes"`
	Who        Who                           `json:"who"`
}

// Clone is deep, but for the values in the map, which are never changed.
func (h *Change) Clone() *Change {
	c := *h
	c.apart()
	c.Attributes = maps.Clone(h.Attributes)
	if h.Who.Owner != nil {
		owner := *h.Who.Owner
		c.Who.Owner = &owner
	}
	return &c
}

// Who did something: an application, perhaps for a customer or user.
type Who struct {
	Application Application `json:"application"`
	Owner       *Owner      `json:"owner,omitempty"`
}

// Charge finds the payment behind an id of Checkout.com's: a payment (pay_…) or a payment session (ps_…).
type Charge struct {
	Payment string `json:"payment"`
}

// Clone copies it.
func (c *Charge) Clone() *Charge { d := *c; return &d }

// Grant is a refresh token, kept under its own text.
type Grant struct {
	Application Application `json:"application"`
	Client      string      `json:"client"` // the client id
	Owner       *Owner      `json:"owner"`
	Scope       string      `json:"scope"`
	Expires     time.Time   `json:"expires"`
}

// Clone is deep.
func (g *Grant) Clone() *Grant {
	c := *g
	if g.Owner != nil {
		owner := *g.Owner
		c.Owner = &owner
	}
	return &c
}

// Customer is somebody who has logged in, kept under the e-mail address in lower case.
type Customer struct {
	ID string `json:"id"`
}

// Clone copies it.
func (c *Customer) Clone() *Customer { d := *c; return &d }
