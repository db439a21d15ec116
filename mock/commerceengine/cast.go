package commerceengine

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// originalMode is the refund to where the money came from.
const originalMode = "original-payment-mode"

// shopper is a customer whom the store knows.
type shopper struct{ ID, FirstName, LastName, Phone, Email string }

// theShopper owns the cast's orders and whatever is made with a credential that is not ours.
var theShopper = shopper{"01J8XK3V9QH5R2N7M4T6W1BZCE", "Asha", "Rao", "9876543210", "asha.rao@example.test"}

// customerOf is what is known of a user: of a guest, nothing but the id.
func customerOf(user string) shopper {
	if user == theShopper.ID {
		return theShopper
	}
	return shopper{ID: user}
}

// Product is something that every store sells. Its price includes tax.
type Product struct {
	ID      string       `json:"id"`
	SKU     string       `json:"sku"`
	Slug    string       `json:"slug"`
	Name    string       `json:"name"`
	Price   money.Amount `json:"price"`
	Monthly bool         `json:"monthly,omitempty"` // a subscription: paying for it sets up a mandate
}

// taxPercent is the tax in every price: GST of 18 %.
const taxPercent = 18

var netShare = decimal.NewFromInt(100).DivRound(decimal.NewFromInt(100+taxPercent), 20)

// net is the price before tax, rounded to the paisa.
func (p Product) net() money.Amount {
	net, _ := p.Price.Times(netShare)
	return net
}

func rupees(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: currency} }

// Products of the catalogue; the last digits of an id are the price.
const (
	freeSample   = "01J8XK3V9Q0000000000000000"
	teaTin       = "01J8XK3V9Q0000000000000299"
	subscription = "01J8XK3V9Q0000000000000499"
	teaPot       = "01J8XK3V9Q0000000000000599"
	teaSet       = "01J8XK3V9Q0000000000000899"
)

var catalogue = map[string]Product{
	freeSample:   {freeSample, "SAMPLE", "sample", "Sample", rupees(0), false},
	teaTin:       {teaTin, "TEA-TIN", "tea-tin", "Tea tin", rupees(299_00), false},
	subscription: {subscription, "TEA-CLUB", "tea-club", "Tea club, monthly", rupees(499_00), true},
	teaPot:       {teaPot, "TEA-POT", "tea-pot", "Tea pot", rupees(599_00), false},
	teaSet:       {teaSet, "TEA-SET", "tea-set", "Tea set", rupees(899_00), false},
}

func productList() string { return strings.Join(slices.Sorted(maps.Keys(catalogue)), ", ") }

// scene is one order of the cast: what it is there for and how it comes about.
type scene struct {
	engine.Role
	product string
	play    func(*world.Tx, *Order) error
}

// scenes are the cast's orders, in the order of their numbers. A scene without a number is made on request only.
var scenes = []scene{
	{engine.Role{Name: "failed", ID: "ORD-1001", Note: "a subscription (mandate) whose first attempt was declined: retry at once"}, subscription, playDeclined},
	{engine.Role{Name: "payable", ID: "ORD-1002", Note: "a payment page waits for the customer; retry after 15 minutes, or after cancel-payment-request"}, teaTin, playRequested},
	{engine.Role{Name: "attempt_expired", ID: "ORD-1003", Note: "nobody paid within 15 minutes: retry at once"}, teaPot, playLapsed},
	{engine.Role{Name: expired, ID: "ORD-1004", Note: "not paid within 7 days: no retry"}, teaTin, playExpired},
	{engine.Role{Name: "paid", ID: "ORD-1005", Note: "paid by UPI: no retry"}, teaTin, playPaid},
	{engine.Role{Name: cancelled, ID: "ORD-1006", Note: "paid, cancelled and refunded: no retry"}, teaSet, playCancelled},
	{engine.Role{Name: "partly_paid", ID: "ORD-1007", Note: "half of it is paid: retry for the rest after 15 minutes"}, teaSet, playPartlyPaid},
	{engine.Role{Name: "nothing_due", ID: "ORD-1008", Note: "free: confirmed without a payment"}, freeSample, playNothingDue},
	{engine.Role{Name: "unattempted", ID: "ORD-1009", Note: "no payment was requested yet"}, teaPot, func(*world.Tx, *Order) error { return nil }},
	{engine.Role{Name: "withdrawn", ID: "ORD 1/2", Note: "the request was cancelled: retry at once; a number to percent-encode (ORD%201%2F2)"}, teaTin, playWithdrawn},

	{engine.Role{Name: "expiring"}, teaTin, playExpiring},
	{engine.Role{Name: draft}, teaTin, playRequested},
	{engine.Role{Name: confirmed}, teaTin, playPaid},
	{engine.Role{Name: fresh}, teaTin, playRequested},
	{engine.Role{Name: pendingVBV}, teaTin, playStarted},
	{engine.Role{Name: authorizing}, teaTin, playHeld},
	{engine.Role{Name: charged}, teaTin, playPaid},
	{engine.Role{Name: partialCharged}, teaSet, playPartlyPaid},
	{engine.Role{Name: authenticationFailed}, teaTin, playUnauthenticated},
	{engine.Role{Name: authorizationFailed}, teaTin, playDeclined},
	{engine.Role{Name: withdrawn}, teaTin, playWithdrawn},
	{engine.Role{Name: lapsed}, teaTin, playLapsed},
}

// roles are the cast's, for people.
func roles() []engine.Role {
	var list []engine.Role
	for _, s := range scenes {
		if s.ID != "" {
			list = append(list, s.Role)
		}
	}
	return list
}

// readyCart is a cart of the shopper's from which an order can be made.
const readyCart = "01J8XK3V9QCART000000000299"

// cast makes what every store holds at first. The orders are as old as the world, but for the one that has expired.
func cast(tx *world.Tx) error {
	carts.Put(tx, readyCart, &Cart{ID: readyCart, User: theShopper.ID, Expires: tx.Now().Add(cartLife), Lines: []Line{{Product: catalogue[teaTin], Quantity: 1}}})
	for _, s := range scenes {
		if s.ID == "" {
			continue
		}
		if _, err := s.stage(tx, s.ID, catalogue[s.product]); err != nil {
			return err
		}
	}
	return nil
}

// stage makes the scene's order.
func (s scene) stage(tx *world.Tx, number string, p Product) (*Order, error) {
	now := tx.Now()
	o := placeOrder(tx, Order{
		Number: number, User: theShopper.ID, Placed: now, Expires: now.Add(orderLife), Lines: []Line{{Product: p, Quantity: 1, PlanMonth: p.Monthly}},
	})
	return o, s.play(tx, o)
}

// castMethod is how the cast's shopper pays: on the payment page.
var castMethod = Method{Variant: hyperCheckout, Provider: providerSlug, Gateway: sandboxGateway, ReturnURL: "https://shop.example.test/thanks"}

func playRequested(tx *world.Tx, o *Order) error {
	newAttempt(tx, o, castMethod)
	return nil
}

func playStarted(tx *world.Tx, o *Order) error { return newAttempt(tx, o, castMethod).start(tx) }

func playHeld(tx *world.Tx, o *Order) error { return hold(tx, newAttempt(tx, o, castMethod).ID) }

func playDeclined(tx *world.Tx, o *Order) error {
	return settle(tx, newAttempt(tx, o, castMethod).ID, checkout.Decline)
}

func playUnauthenticated(tx *world.Tx, o *Order) error {
	return settle(tx, newAttempt(tx, o, castMethod).ID, checkout.FailAuthentication)
}

func playLapsed(tx *world.Tx, o *Order) error { return lapse(tx, newAttempt(tx, o, castMethod).ID) }

func playWithdrawn(tx *world.Tx, o *Order) error {
	return withdraw(tx, newAttempt(tx, o, castMethod).ID)
}

func playPaid(tx *world.Tx, o *Order) error {
	m := Method{Variant: upiCollect, Provider: providerSlug, Gateway: sandboxGateway, ReturnURL: castMethod.ReturnURL, VPA: "asha@upi"}
	return settle(tx, newAttempt(tx, o, m).ID, checkout.Approve)
}

func playPartlyPaid(tx *world.Tx, o *Order) error {
	a := newAttempt(tx, o, castMethod)
	if err := a.start(tx); err != nil {
		return err
	}
	return applyToPayment(tx, a.ID, "approve_part")
}

func playNothingDue(tx *world.Tx, o *Order) error { return o.confirm(tx, "waive") }

// playExpired makes the order older than its life.
func playExpired(tx *world.Tx, o *Order) error {
	if err := playLapsed(tx, o); err != nil {
		return err
	}
	age := orderLife + 24*time.Hour
	o.Placed, o.Expires = o.Placed.Add(-age), o.Expires.Add(-age)
	a, _ := attempts.Edit(tx, o.Attempts[0])
	a.Requested, a.Expires, a.Settled = a.Requested.Add(-age), a.Expires.Add(-age), a.Settled.Add(-age)
	return o.move(tx, "expire")
}

// playExpiring leaves the order its last minutes, with nothing tried yet.
func playExpiring(tx *world.Tx, o *Order) error {
	o.Expires = tx.Now().Add(lastMinutes)
	tx.At(orderExpiry, o.Number, o.Expires)
	return nil
}

func playCancelled(tx *world.Tx, o *Order) error {
	if err := playPaid(tx, o); err != nil {
		return err
	}
	if err := o.move(tx, "cancel"); err != nil {
		return err
	}
	o.Cancellation = &Cancellation{Reason: "Ordered twice", Mode: originalMode}
	r := beginRefund(tx, o, o.Total, originalMode)
	tx.Cancel(refundProgress, r.ID)
	if err := r.move(tx, "approve"); err != nil {
		return err
	}
	return payOut(tx, r)
}

// given makes an order for a test to start from.
func given(tx *world.Tx, g engine.Given) (engine.Summary, error) {
	i := slices.IndexFunc(scenes, func(s scene) bool { return s.Name == g.Role })
	if i < 0 {
		return engine.Summary{}, engine.Refuse(engine.Invalid, "there is no role or state %q; these are: %s", g.Role, strings.Join(sceneNames(), ", "))
	}
	s := scenes[i]
	product := catalogue[s.product]
	if g.Total != nil {
		switch {
		case g.Total.Currency != currency:
			return engine.Summary{}, engine.Refuse(engine.Invalid, "the total is in %q; this provider has %s only", g.Total.Currency, currency)
		case g.Total.Sign() < 0 || g.Total.Minor > 1_000_000_000_00:
			return engine.Summary{}, engine.Refuse(engine.Invalid, "the total is %s; from 0 to 1000000000 would be right", g.Total)
		case g.Total.IsZero() != product.Price.IsZero():
			return engine.Summary{}, engine.Refuse(engine.Invalid, "the total is %s, with which no order is in %q", g.Total, g.Role)
		}
		product.Price = *g.Total
	}
	number := g.ID
	if number == "" {
		number = nextNumber(tx)
	}
	if _, taken := orders.Get(tx, number); taken {
		return engine.Summary{}, engine.Refuse(engine.Conflict, "there is an order %q already; another id would be right", number)
	}
	o, err := s.stage(tx, number, product)
	if err != nil {
		return engine.Summary{}, err
	}
	return o.summary(tx), nil
}

func sceneNames() []string {
	var names []string
	for _, s := range scenes {
		names = append(names, s.Name)
	}
	return names
}

// summaries sums up a store's orders.
func summaries(tx *world.Tx) []engine.Summary {
	list := []engine.Summary{}
	for _, o := range orders.All(tx, "") {
		list = append(list, o.summary(tx))
	}
	return list
}

func (o *Order) summary(tx *world.Tx) engine.Summary {
	s := engine.Summary{ID: o.Number, State: o.State, Payment: o.paymentStatus(o.latest(tx)), Total: o.Total, Due: o.due(), Ledger: o.Ledger, Payments: []engine.PaymentSummary{}}
	for _, id := range o.Attempts {
		a, _ := attempts.Get(tx, id)
		s.Payments = append(s.Payments, engine.PaymentSummary{ID: a.ID, State: a.State, Link: a.page(tx.Place.Tenant)})
	}
	for _, id := range o.Refunds {
		r, _ := refunds.Get(tx, id)
		s.Machines = map[string][]engine.Standing{refundStates.Machine: append(s.Machines[refundStates.Machine], engine.Standing{ID: r.ID, State: r.State})}
	}
	return s
}

// source names where Juspay's test values are published.
const source = "Juspay, test resources"

// triggers are the values that make something happen.
var triggers = []engine.Trigger{
	{Where: "payment_method.upi_vpa", Value: "success@upi", Effect: "paid by itself after 5 seconds", Provenance: "published", Source: source},
	{Where: "payment_method.upi_vpa", Value: "failure@upi", Effect: "declined by itself after 5 seconds", Provenance: "published", Source: source},
	{Where: "payment_method.upi_vpa", Value: "<scenario>@upi", Effect: "after 5 seconds goes the way of a scenario, such as insufficient_funds@upi", Provenance: "assumed"},
	{Where: "payment_method.gateway_reference_id", Value: dummyGateway, Effect: "a customer who pays leaves it to the amount: below 500 paid, below 700 declined, from 700 AUTHORIZING and paid after a minute", Provenance: "published", Source: source},
	{Where: "payment_method.card_number", Value: "4242424242424242, 4111111111111111, 5299920210000277", Effect: "test cards: the bank's page decides, as for any other card whose check digit holds", Provenance: "published", Source: source},
	{Where: "card", Value: "4242 4242 4242 4242", Effect: "on the payment page: approved, as is any other card whose check digit holds", Provenance: "published", Source: source},
	{Where: "card", Value: "4012 0000 0000 1097", Effect: "on the payment page: the bank asks for a code, 000000; 5204 7305 4100 0464 too", Provenance: "published", Source: source},
	{Where: "card", Value: "4000 0000 0000 0101", Effect: "on the payment page: the bank asks for a code, and none is right", Provenance: "assumed"},
	{Where: "card", Value: "4000 0000 0000 3220", Effect: "on the payment page: authenticated without a code, approved", Provenance: "assumed"},
	{Where: "card", Value: "4000 0000 0000 0002", Effect: "on the payment page: declined", Provenance: "assumed"},
	{Where: "card", Value: "4000 0000 0000 9995", Effect: "on the payment page: declined for want of money", Provenance: "assumed"},
	{Where: "card", Value: "4000 0000 0000 0077", Effect: "on the payment page: AUTHORIZING, approved after a minute", Provenance: "assumed"},
	{Where: "card", Value: "4000 0000 0000 0341", Effect: "on the payment page: AUTHORIZING, declined after a minute", Provenance: "assumed"},
	{Where: "upi", Value: "success@upi", Effect: "on the payment page: approved", Provenance: "published", Source: source},
	{Where: "upi", Value: "failure@upi", Effect: "on the payment page: declined", Provenance: "published", Source: source},
	{Where: "upi", Value: "expired@upi", Effect: "on the payment page: the time is up; every scenario has its address, such as abandoned@upi", Provenance: "assumed"},
	{Where: "return_url", Value: responseKey, Effect: "the response key: HMAC-SHA256 of the returned query, for the shop to verify; the same in every store and world", Provenance: "published", Source: "Juspay, payment response (the algorithm; the key is ours)"},
	{Where: "carts: metadata." + lifeKey, Value: "15m", Effect: "the order takes payments for that long, instead of 7 days; one that the control API gives in state expiring has 5 minutes left", Provenance: "assumed"},
	{Where: "carts: product_id", Value: subscription, Effect: "499.00 a month: the order carries a mandate", Provenance: "assumed"},
	{Where: "carts: product_id", Value: freeSample, Effect: "free: the order is confirmed without a payment", Provenance: "assumed"},
	{Where: "carts: product_id", Value: teaTin + ", " + teaPot + ", " + teaSet, Effect: "299.00, 599.00, 899.00: one for each habit of the dummy gateway", Provenance: "assumed"},
	{Where: "refresh_token", Value: "expired", Effect: "refused", Provenance: "assumed"},
}
