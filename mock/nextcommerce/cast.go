package nextcommerce

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// role is an order of the cast: what it is there for, and how it came to be.
type role struct {
	name  string
	note  string
	story func(s scene) (*Order, error)
}

// stage lists the cast in the order of their numbers, which count from 100001.
var stage = []role{
	{"payable", "an upsell was added after it was paid: collect charges the rest", payable},
	{"paid", "nothing is due: collect is refused", paidOrder},
	{"authorized", "its authorization is not captured: collect is refused, capture works", authorizedOrder},
	{"pending", "paid elsewhere, not yet: mark-as-paid works, collect is refused", pendingOrder},
	{"failed_attempt", "a renewal whose charge failed: collect charges it again", failedAttempt},
	{"not_chargeable", "paid with iDEAL, which cannot be charged again: collect is refused", notChargeable},
	{"overpaid", "a line was removed: the customer is owed, collect is refused", overpaid},
	{"test", "a test order has no transaction to charge again: collect is refused", testOrder},
	{"canceled", "canceled, its authorization voided: collect is refused", canceledOrder},
	{"declining", "its card declines later charges with 2001: collect is declined", declining},
	{"refunded", "everything was given back", refundedOrder},
	{"partially_refunded", "a part was given back", partlyRefunded},
	{"expired", "its authorization ran out: collect charges it anew", expiredOrder},
	{"archived", "fulfilled and archived: it cannot be edited", archivedOrder},
	{"processing", "its items are being processed: they can be neither edited nor refunded", processingOrder},
}

// further states are made for tests only, beside the cast.
var further = []role{
	{"expiring", "its authorization ends within a day", expiringOrder},
	{"partially_voided", "a part of its authorization was given back", partlyVoided},
	{"voided", "canceled, its authorization voided", canceledOrder},
	{"partially_paid", "paid but for a line that was added", payable},
	{"open", "paid, nothing sent yet", paidOrder},
	{"fulfilled", "all of it was sent", archivedOrder},
	{"unfulfilled", "paid, nothing sent yet", paidOrder},
	{"not_required", "nothing of it is sent: a download", downloadedOrder},
}

// cast makes what a store holds at first.
func cast(tx *world.Tx) error {
	for _, r := range stage {
		if _, err := r.story(scene{tx: tx, rich: r.name == "payable"}); err != nil {
			return err
		}
	}
	return nil
}

func roles() []engine.Role {
	var list []engine.Role
	for i, r := range stage {
		list = append(list, engine.Role{Name: r.name, ID: count(firstOrder + 1 + int64(i)), Note: r.note})
	}
	return list
}

// given makes an order in a role of the cast, or in a state of a payment or an order; or one that waits for its customer.
func given(tx *world.Tx, g engine.Given) (engine.Summary, error) {
	all := slices.Concat(stage, further, []role{{name: waiting}})
	i := slices.IndexFunc(all, func(r role) bool { return r.name == g.Role })
	if i < 0 {
		return engine.Summary{}, engine.Refuse(engine.Invalid, "%q is no role and no state here; want %s", g.Role, idsOf(all, func(r role) any { return r.name }))
	}
	if g.Role == waiting && g.ID != "" {
		return engine.Summary{}, engine.Refuse(engine.Invalid, "what waits for its customer has no number before it is paid; leave the id out")
	}
	if _, taken := orders.Get(tx, g.ID); taken {
		return engine.Summary{}, engine.Refuse(engine.Conflict, "there is an order %q already", g.ID)
	}
	if strings.ContainsAny(g.ID, "/?#%") {
		return engine.Summary{}, engine.Refuse(engine.Invalid, "%q is no order number", g.ID)
	}
	if t := g.Total; t != nil {
		if _, sold := currencies[t.Currency]; !sold || t.Minor < 2 || t.Minor > maxAmount {
			return engine.Summary{}, engine.Refuse(engine.Invalid, "the total %s is none that an order can have; want at least 0.02, in %s", t, keysOf(currencies))
		}
	}
	s := scene{tx: tx, number: g.ID, total: g.Total, rich: g.Total == nil}
	if g.Role == waiting {
		a, err := waitingAttempt(s)
		if err != nil {
			return engine.Summary{}, err
		}
		return a.summary(), nil
	}
	o, err := all[i].story(s)
	if err != nil {
		return engine.Summary{}, err
	}
	return summary(o), nil
}

// summaries are the tenant's orders, and the attempts that led to none, or to none yet.
func summaries(tx *world.Tx) []engine.Summary {
	made, waits := []engine.Summary{}, []engine.Summary{}
	ways := map[string][]engine.Standing{} // by order, of those that became one
	for _, a := range attempts.All(tx, "") {
		if a.Order == "" {
			waits = append(waits, a.summary())
		} else {
			ways[a.Order] = append(ways[a.Order], engine.Standing{ID: a.ID, State: a.State})
		}
	}
	for _, o := range orders.All(tx, "") {
		s := summary(o)
		if way := ways[o.Number]; way != nil {
			s.Machines[attemptStates.Machine] = way
		}
		made = append(made, s)
	}
	return append(made, waits...)
}

func (a *Attempt) summary() engine.Summary {
	return engine.Summary{
		ID: a.ID, State: a.State, Total: a.Amount, Due: a.Amount, Ledger: money.NewLedger(a.Amount.Currency),
		Payments: []engine.PaymentSummary{{ID: a.ID, State: a.State, Link: attemptPath(a.ID)}},
		Machines: map[string][]engine.Standing{attemptStates.Machine: {{ID: a.ID, State: a.State}}},
	}
}

func summary(o *Order) engine.Summary {
	return engine.Summary{
		ID: o.Number, State: o.Status, Payment: o.PaymentStatus, Total: o.totals().Sum.Incl, Due: o.Outstanding, Ledger: o.Ledger, Payments: []engine.PaymentSummary{},
		Machines: map[string][]engine.Standing{fulfillmentStates.Machine: {{ID: o.Number, State: o.FulfillmentStatus}}},
	}
}

// triggers are the values that make something happen, and on what each rests.
func triggers() []engine.Trigger {
	const guide = "vendor guide on testing"
	published := func(value, effect string) engine.Trigger {
		return engine.Trigger{Where: "card_token", Value: value, Effect: effect, Provenance: "published", Source: guide}
	}
	assumed := func(value, effect string) engine.Trigger {
		return engine.Trigger{Where: "card_token", Value: value, Effect: effect, Provenance: "assumed"}
	}
	return []engine.Trigger{
		published(testCard, "a test order: paid at once, without a transaction"),
		published(test3DSCard, "a test order after a 3-D Secure page"),
		published("6011111111111117", "as test_card"),
		published("6011000990139424", "as test_3ds_card"),
		published("4111111111111111", "approved by the test gateway"),
		published("5555555555554444", "approved after a 3-D Secure page; the code is 123456 (ours)"),
		published("4012888888881881", "declined with 2000: no order, a failed transaction"),
		assumed(declines+"2001", "declined with that response code; any of the vendor's codes"),
		assumed(declinesLater+"2001", "approved, but collect-payment is declined with that code"),
		assumed(challenges+"…", "approved after a 3-D Secure page"),
		assumed(failsIt+"…", "a 3-D Secure page on which no code is right"),
		assumed(leavesIt+"…", "a 3-D Secure page that the customer has left"),
		assumed(frictionless+"…", "approved, with 3-D Secure that asks nothing"),
		assumed("any other", "approved"),
		{Where: "payment_gateway", Value: "2", Effect: "authorizes only: the order is authorized until it is captured", Provenance: "assumed"},
		{Where: "voucher", Value: "WELCOME10", Effect: "ten percent off; THANKS8 takes 8.00 off", Provenance: "assumed"},
		{Where: "offer", Value: "31", Effect: "5.00 off; 32 takes five percent off", Provenance: "assumed"},
		{Where: "credential", Value: "scope=orders:read", Effect: "holds these scopes only, separated by +", Provenance: "assumed"},
	}
}

// scene is where a story plays.
type scene struct {
	tx     *world.Tx
	number string        // of the order; "" for the next
	total  *money.Amount // what it costs; nil for the story's own
	rich   bool          // the order of the cast on which everything is to be seen
}

const day = 24 * time.Hour

// ago is a time before the present.
func (s scene) ago(d time.Duration) time.Time { return s.tx.Now().Add(-d) }

// request is an order of a few things, or of one that costs what the scene says, less what is added later.
func (s scene) request(later int64, products ...int64) orderRequest {
	no := false
	in := orderRequest{
		User: &robin, ShippingAddress: &harbor, BillingIsShipping: true, ShippingCode: new("standard"), SendReceipt: &no,
		PaymentMethod: new("card_token"), PaymentDetails: &paymentRequest{CardToken: new("tok_visa_1111")},
	}
	for _, p := range products {
		in.Lines = append(in.Lines, lineRequest{Product: p, Quantity: 1, Metadata: json.RawMessage(`{}`)})
	}
	if s.total != nil {
		price := text(money.Amount{Minor: s.total.Minor - later, Currency: s.total.Currency})
		in.Currency, in.ShippingCode, in.ShippingAddress, in.BillingIsShipping = s.total.Currency, new("free"), nil, false
		in.Lines = []lineRequest{{Product: 101, Quantity: 1, Price: &price, Metadata: json.RawMessage(`{}`)}}
	}
	return in
}

// later is what of the scene's total is added after the order was paid: half of it.
func (s scene) later() int64 {
	if s.total == nil {
		return 0
	}
	return s.total.Minor / 2
}

// place plays a request some time ago.
func (s scene) place(in orderRequest, before time.Duration) (*Order, error) {
	at := s.ago(before)
	o, err := draft(s.tx, &in, at)
	if err != nil {
		return nil, err
	}
	p, err := in.payment(s.tx, o)
	if err != nil {
		return nil, err
	}
	o.Number, o.Source = s.number, "checkout"
	if failure := place(s.tx, o, p, at); failure != nil {
		return nil, engine.Refuse(engine.Internal, "the cast's payment was declined")
	}
	return o, nil
}

// add adds a product to the order some time ago.
func (s scene) add(o *Order, before time.Duration) error {
	in := lineRequest{Product: 103, Quantity: 1, Upsell: true, Metadata: json.RawMessage(`{}`)}
	if s.total != nil {
		in.Price = new(text(money.Amount{Minor: s.later(), Currency: s.total.Currency}))
	}
	return o.addLine(s.tx, in, s.ago(before))
}

// giveBack refunds some time ago: items of the first line and shipping, or an amount alone.
func (s scene) giveBack(o *Order, in refundRequest, amount money.Amount, before time.Duration) error {
	plan, err := o.planRefund(&in)
	if err != nil {
		return err
	}
	for _, l := range plan.lines {
		amount = plus(amount, l.Incl)
	}
	charge, _ := transactions.Get(s.tx, key(o.Transactions[0]))
	plan.payments, plan.note = []repayment{{charge: charge, amount: plus(amount, plan.shipping.Incl)}}, in.Note
	if _, err := o.refund(s.tx, plan, s.ago(before)); err != nil {
		return err
	}
	o.settle(s.tx, s.ago(before))
	return nil
}

// payable is the order of the vendor's page, on which everything is to be seen: shipped in part, returned in part, discounted, subscribed.
func payable(s scene) (*Order, error) {
	in := s.request(s.later(), 101)
	if s.rich {
		in.Lines[0].Quantity, in.Lines[0].Subscription = 2, &subscriptionRequest{Interval: "month", Count: 1}
		in.Offers, in.Vouchers, in.Tags = []int64{31}, []string{"WELCOME10"}, []*string{new("vip"), new("spring")}
		in.Metadata, in.Attribution = json.RawMessage(`{"gift":true}`), &spring
		in.BillingIsShipping, in.BillingAddress = false, &office
	}
	o, err := s.place(in, 9*day)
	if err != nil {
		return nil, err
	}
	if s.rich {
		at := s.ago(7 * day)
		if err := o.dispatch(s.tx, "fulfill_part", at); err != nil {
			return nil, err
		}
		o.Fulfillments[0].Delivery = "" // the page shows none
		back := refundRequest{
			Note: new("One bottle arrived broken"), Shipping: refundShippingRequest{Amount: new("2.50")},
			Lines: []refundLineRequest{{Line: o.Lines[0].ID, Quantity: 1, Restock: "return"}},
		}
		if err := s.giveBack(o, back, money.Zero(o.Currency), 4*day); err != nil {
			return nil, err
		}
	}
	return o, s.add(o, 2*time.Hour)
}

func paidOrder(s scene) (*Order, error) { return s.place(s.request(0, 102, 103), day) }

func downloadedOrder(s scene) (*Order, error) {
	in := s.request(0, 104)
	in.Lines[0].Product = 104
	return s.place(in, day)
}

func authorizedOrder(s scene) (*Order, error) { return s.authorize(day) }

func (s scene) authorize(before time.Duration) (*Order, error) {
	in := s.request(0, 101)
	in.PaymentDetails.Gateway = new(int64(2))
	return s.place(in, before)
}

// waitingAttempt is a card's customer at the bank's page. Only when they have paid is there an order.
func waitingAttempt(s scene) (*Attempt, error) {
	in, now := s.request(0, 102), s.tx.Now()
	in.PaymentDetails.CardToken, in.PaymentDetails.ReturnURL = new(challenges+"visa_1111"), new("https://shop.example.com/return")
	o, err := draft(s.tx, &in, now)
	if err != nil {
		return nil, err
	}
	p, err := in.payment(s.tx, o)
	if err != nil {
		return nil, err
	}
	return attempt(s.tx, &in, o, p, now)
}

func pendingOrder(s scene) (*Order, error) {
	in := s.request(0, 102)
	in.User, in.PaymentMethod, in.PaymentDetails = &sam, new("external"), &paymentRequest{ExternalPaymentMethod: new("bank_transfer")}
	return s.place(in, 2*day)
}

// failedAttempt is a renewal: its order is made before it is charged, so that a declined charge leaves it pending.
func failedAttempt(s scene) (*Order, error) {
	in := s.request(0, 101)
	in.Lines[0].Subscription = &subscriptionRequest{Interval: "month", Count: 1}
	card := in.PaymentDetails
	in.PaymentMethod, in.PaymentDetails = nil, nil
	o, err := s.place(in, 5*time.Hour)
	if err != nil {
		return nil, err
	}
	in.PaymentMethod, in.PaymentDetails = new("card_token"), card
	p, err := in.payment(s.tx, o)
	if err != nil {
		return nil, err
	}
	o.Source, o.Instrument, o.Subscriptions[0].Cycle = "subscription", p.instrument, 2
	o.charge(s.tx, "debit", o.Outstanding, p.instrument, 2001, s.ago(5*time.Hour))
	return o, nil
}

func notChargeable(s scene) (*Order, error) {
	in := s.request(s.later(), 102)
	in.User, in.PaymentMethod, in.PaymentDetails = &sam, new("ideal"), &paymentRequest{ReturnURL: new("https://shop.example.com/return")}
	o, err := s.place(in, 3*day)
	if err != nil {
		return nil, err
	}
	return o, s.add(o, 3*time.Hour)
}

func overpaid(s scene) (*Order, error) {
	in := s.request(s.later(), 101)
	extra := lineRequest{Product: 103, Quantity: 1}
	if s.total != nil {
		extra.Price = new(text(money.Amount{Minor: s.later(), Currency: s.total.Currency}))
	}
	in.Lines = append(in.Lines, extra)
	o, err := s.place(in, 2*day)
	if err != nil {
		return nil, err
	}
	if err := o.setQuantity(&o.Lines[1], 0, s.ago(day)); err != nil {
		return nil, err
	}
	return o, o.rebalance(s.tx, s.ago(day), "")
}

func testOrder(s scene) (*Order, error) {
	in := s.request(s.later(), 102)
	in.PaymentDetails.CardToken = new(testCard)
	o, err := s.place(in, day)
	if err != nil {
		return nil, err
	}
	return o, s.add(o, 4*time.Hour)
}

func canceledOrder(s scene) (*Order, error) {
	o, err := s.authorize(4 * day)
	if err != nil {
		return nil, err
	}
	return o, o.cancel(s.tx, "ordered twice", false, s.ago(3*day))
}

func declining(s scene) (*Order, error) {
	in := s.request(s.later(), 102)
	in.PaymentDetails.CardToken = new(declinesLater + "2001")
	o, err := s.place(in, 2*day)
	if err != nil {
		return nil, err
	}
	return o, s.add(o, 5*time.Hour)
}

func refundedOrder(s scene) (*Order, error) {
	o, err := s.place(s.request(0, 101), 6*day)
	if err != nil {
		return nil, err
	}
	at := s.ago(5 * day)
	if err := o.refundAll(s.tx, at); err != nil {
		return nil, err
	}
	if err := o.complete(); err != nil {
		return nil, err
	}
	o.settle(s.tx, at)
	return o, nil
}

func partlyRefunded(s scene) (*Order, error) {
	o, err := s.place(s.request(0, 101, 103), 6*day)
	if err != nil {
		return nil, err
	}
	part := money.Amount{Minor: min(5_00, o.Ledger.Refundable().Minor/2), Currency: o.Currency}
	return o, s.giveBack(o, refundRequest{Note: new("for the delay")}, part, 5*day)
}

func expiredOrder(s scene) (*Order, error) {
	o, err := s.nearExpiry(authorizationHolds + day)
	if err != nil {
		return nil, err
	}
	s.tx.Cancel(timerExpiry, o.Number)
	return o, authorizationExpires(s.tx, world.Timer{ID: o.Number})
}

func expiringOrder(s scene) (*Order, error) { return s.nearExpiry(authorizationEnds + day/2) }

func (s scene) nearExpiry(before time.Duration) (*Order, error) {
	o, err := s.authorize(before)
	if err != nil {
		return nil, err
	}
	s.tx.Cancel(timerNearExpiry, o.Number)
	return o, authorizationNearsExpiry(s.tx, world.Timer{ID: o.Number})
}

func partlyVoided(s scene) (*Order, error) {
	o, err := s.authorize(day)
	if err != nil {
		return nil, err
	}
	return o, apply(s.tx, paymentStates.Machine, o.Number, "void_part")
}

func archivedOrder(s scene) (*Order, error) {
	o, err := s.place(s.request(0, 101), 20*day)
	if err != nil {
		return nil, err
	}
	err = o.dispatch(s.tx, "fulfill", s.ago(18*day))
	if err == nil {
		o.Fulfillments[0].Delivery, o.Fulfillments[0].LastSeen = "delivered", s.ago(16*day)
		o.settle(s.tx, s.ago(16*day))
	}
	return o, err
}

func processingOrder(s scene) (*Order, error) {
	o, err := s.place(s.request(0, 101, 103), day)
	if err != nil {
		return nil, err
	}
	if err := o.dispatch(s.tx, "process", s.ago(2*time.Hour)); err != nil {
		return nil, err
	}
	o.settle(s.tx, s.ago(2*time.Hour))
	return o, nil
}

// The customers of the cast.
var (
	robin = userRequest{
		Email: new("robin@example.com"), FirstName: new("Robin"), LastName: new("Vale"), PhoneNumber: new("+15105550123"), Language: new("en"),
		IP: new("203.0.113.7"), UserAgent: new("Mozilla/5.0"), AcceptsMarketing: new(true),
	}
	sam = userRequest{
		Email: new("sam@example.com"), FirstName: new("Sam"), LastName: new("Okafor"), PhoneNumber: new("+15105550147"), Language: new("en"),
		IP: new("203.0.113.21"), UserAgent: new("Mozilla/5.0"),
	}
	harbor = Address{
		FirstName: "Robin", LastName: "Vale", Line1: "12 Harbor Street", Line2: "Apartment 3", City: "Oakland", State: "CA", Postcode: "94607", Country: "US",
		Phone: "+15105550123", Notes: "Leave it at the door",
	}
	office = Address{
		FirstName: "Robin", LastName: "Vale", Line1: "900 Broadway", Line2: "Floor 4", City: "Oakland", State: "CA", Postcode: "94607", Country: "US", Phone: "+15105550123",
	}
	spring = attributionRequest{
		Affiliate: new("partner-12"), Agent: &staff[0].ID, Funnel: new("spring"), GCLID: new("EAIaIQobChMI"), Sub1: new("a1"), Sub2: new("b2"), Sub3: new("c3"),
		Sub4: new("d4"), Sub5: new("e5"), UTMCampaign: new("spring"), UTMContent: new("banner"), UTMMedium: new("email"), UTMSource: new("newsletter"), UTMTerm: new("serum"),
	}
)
