package commercelayer

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// The payment methods and the gateway of every organization.
const (
	methodCard        = "CheckoutCa"
	methodAutoCapture = "CheckoutAu"
	methodExpress     = "CheckoutEx"
	methodWire        = "WireTransf"
	theGateway        = "CheckoutGw"
)

// names are the ids that a role gives to what it makes; empty ones are made up.
type names struct{ payment, authorization, transaction string }

// member is an order of the cast: how it comes about, from a pending order that costs 120.00 EUR.
type member struct {
	role, id, note string
	names
	play func(tx *world.Tx, o *Order, n names) error
}

// castList are the orders of the cast and, after those, the further roles that can be asked for.
var castList = []member{
	{"payable", "ABCRtyUpBa", "pending and unpaid, without a payment source: the documentation's order", names{}, nil},
	{"ready", "ReadyPlace", "pending, its payment source has an approved token: place it", names{payment: "TokenReady"}, withToken("tok_approved")},
	{"authorized", "PlacedAuth", "placed and authorized, by the documentation's payment", names{payment: "xYZkjABcde", authorization: "AuthorizAA"}, playDocumented},
	{"challenged", "PendingSCA", "pending, the customer is being challenged", names{payment: "PendingSrc"}, playChallenge},
	{"declined", "DeclinedTk", "pending, its payment source was declined", names{payment: "DeclineSrc"}, playDecline},
	{"expired", "ExpiredSid", "pending, the challenge was not passed in time", names{payment: "ExpiredSrc"}, playExpiry},
	{"paid", "ApprovPaid", "approved and paid", names{payment: "CapturedSr", authorization: "AuthorizBB", transaction: "CapturedAA"}, playCapture(1)},
	{"partly_paid", "PartlyPaid", "approved and partially paid", names{payment: "PartlySrcc", authorization: "AuthorizCC", transaction: "CapturedBB"}, playCapture(3)},
	{"cancelled", "CancelVoid", "cancelled and voided", names{payment: "VoidedSrcc", authorization: "AuthorizDD", transaction: "VoidedTxAA"}, playVoid},
	{"refunded", "RefundFull", "cancelled and refunded", names{payment: "RefundSrcc", authorization: "AuthorizEE", transaction: "RefundedAA"}, playRefund(1)},
	{"partly_refunded", "RefundPart", "approved and partially refunded", names{payment: "RefundPrtS", authorization: "AuthorizFF", transaction: "RefundedBB"}, playRefund(3)},
	{"mismatched", "MismatchAm", "pending, authorized for more than it costs since a coupon", names{payment: "MismatchSr", authorization: "AuthorizGG"}, playMismatch},
	{"draft", "DraftEmpty", "draft: not yet an order that can be placed", names{}, playDraft},
	{"free", "NothingDue", "pending and free: nothing to pay", names{}, playFree},
	{"wire", "WireMethod", "pending, its payment method takes no Checkout.com payment", names{}, playWire},
}

// furtherRoles are states that the cast has no order of its own for.
var furtherRoles = []member{
	{role: orderPending},
	{role: orderPlaced, play: playPlaced},
	{role: orderEditing, play: then(playPlaced, startEditing)},
	{role: orderApproved, play: then(playPlaced, approveOrder)},
	{role: stateNew, play: withToken("tok_approved")},
	{role: statePending, play: playChallenge},
	{role: statePassed, play: playOutcome(checkout.Approve)},
	{role: stateRefused, play: playOutcome(checkout.Decline)},
	{role: stateDeciding, play: playOutcome(checkout.Pend)},
	{role: stateAbandoned, play: playOutcome(checkout.Abandon)},
	{role: stateLapsed, play: playLapse},
	{role: stateAuthorized, play: playAuthorize},
	{role: stateDeclined, play: playDecline},
	{role: stateExpired, play: playExpiry},
	{role: stateCaptured, play: playCapture(1)},
	{role: statePartiallyCaptured, play: playCapture(3)},
	{role: stateVoided, play: playVoid},
	{role: stateRefunded, play: playRefund(1)},
	{role: statePartiallyRefunded, play: playRefund(3)},
}

func roles() []engine.Role {
	var list []engine.Role
	for _, m := range castList {
		list = append(list, engine.Role{Name: m.role, ID: m.id, Note: m.note})
	}
	return list
}

func triggers() []engine.Trigger {
	list := []engine.Trigger{{Where: "token", Value: "any other tok_…", Effect: "challenged: Pending with a redirect_uri", Provenance: "published", Source: "3-D Secure is on by default (processor reference)"}}
	for _, s := range checkout.Scenarios() {
		list = append(list, engine.Trigger{Where: "token", Value: "tok_" + string(s), Effect: effects[s], Provenance: "assumed"})
	}
	for _, t := range cardTriggers {
		list = append(list, engine.Trigger{Where: "token", Value: t.token, Effect: t.effect(), Provenance: "assumed", Source: "the code: processor test cards"})
	}
	for _, t := range amountTriggers {
		value := t.digits + " cents"
		if !t.whole {
			value = "…" + value
		}
		list = append(list, engine.Trigger{Where: "amount", Value: value, Effect: t.effect(), Provenance: "published", Source: "processor response code testing"})
	}
	return append(list,
		engine.Trigger{Where: "coupon_code", Value: "SAVE10", Effect: "takes 10 % off the goods, so that an authorized order no longer costs what was authorized", Provenance: "assumed"},
		engine.Trigger{Where: "payment method", Value: methodAutoCapture, Effect: "an authorization is captured at once", Provenance: "assumed"},
		engine.Trigger{Where: "payment method", Value: methodExpress, Effect: "an authorization places the order; costs 2.50 EUR", Provenance: "assumed"},
		engine.Trigger{Where: "payment method", Value: methodWire, Effect: "takes no Checkout.com payment", Provenance: "assumed"},
		engine.Trigger{Where: "client_secret", Value: wrongSecret, Effect: "the token request is refused: INVALID_CLIENT", Provenance: "assumed"},
		engine.Trigger{Where: "password", Value: wrongSecret, Effect: "the token request is refused: INVALID_GRANT", Provenance: "assumed"},
	)
}

// effects are what scenarios come to, in Checkout.com's words.
var effects = map[checkout.Scenario]string{
	checkout.Approved:            "authorized without 3-D Secure",
	checkout.Declined:            doNotHonor.effect(),
	checkout.NoFunds:             noFunds.effect(),
	checkout.Challenge:           "challenged: the right code, Checkout1!, is authorized, whatever the amount",
	checkout.ChallengeFailed:     "challenged, and no code is right: declined, " + noProof.code,
	checkout.Frictionless:        "authenticated without a challenge, and authorized",
	checkout.PendingThenApproved: "Pending without a challenge; authorized a minute later",
	checkout.PendingThenDeclined: "Pending without a challenge; declined a minute later",
	checkout.Abandoned:           "challenged, and the customer left: Pending until the session is over",
	checkout.Expired:             "challenged, and the session is over already",
}

func (v verdict) effect() string { return "declined: " + v.code + " " + v.summary }

// cast makes what an organization holds at first.
func cast(tx *world.Tx) error {
	gateways.Put(tx, theGateway, &Gateway{
		Common: born(tx, "gateway", theGateway), Name: "Checkout.com", PublicKey: "pk_test_" + tx.ID("public_key", "").UUID(),
		WebhookID: "wh_" + tx.ID("webhook", "").Hex(32), WebhookSecret: tx.ID("webhook_secret", "").Hex(32),
	})
	for _, m := range []*PaymentMethod{
		{Common: Common{ID: methodCard}, Name: "Credit card", SourceType: paymentType, Gateway: theGateway},
		{Common: Common{ID: methodAutoCapture}, Name: "Credit card, captured at once", SourceType: paymentType, Gateway: theGateway, AutoCapture: true},
		{Common: Common{ID: methodExpress}, Name: "Express checkout", SourceType: paymentType, Gateway: theGateway, AutoPlace: true, Fee: money.Amount{Minor: 250}},
		{Common: Common{ID: methodWire}, Name: "Wire transfer", SourceType: "wire_transfers"},
	} {
		m.Common, m.Currency = born(tx, "payment_method", m.ID), "EUR"
		m.Fee.Currency = m.Currency
		paymentMethods.Put(tx, m.ID, m)
	}
	for _, m := range castList {
		if err := m.enter(tx, m.id, nil); err != nil {
			return fmt.Errorf("%s: %w", m.role, err)
		}
	}
	return nil
}

// enter makes the member's order, under an id.
func (m member) enter(tx *world.Tx, id string, total *money.Amount) error {
	o := &Order{
		Common: born(tx, "order", id), Number: fmt.Sprint(1000 + tx.Next("order number")), Status: orderDraft, Fulfillment: unfulfilled,
		Token: tx.ID("order token", "").Hex(32), Currency: "EUR", Country: "IT", Guest: true, Autorefresh: true, SKUs: 2, Method: methodCard,
		Subtotal: money.Amount{Minor: 11000, Currency: "EUR"}, Shipping: money.Amount{Minor: 1000, Currency: "EUR"},
		Fee: money.Zero("EUR"), Discount: money.Zero("EUR"), Placed: money.Zero("EUR"),
	}
	if total != nil {
		o.Subtotal, o.Shipping = *total, money.Zero("EUR")
	}
	email, language := "customer@example.com", "en"
	o.CustomerEmail, o.LanguageCode = &email, &language
	if err := o.move(tx, "pend"); err != nil {
		return err
	}
	orders.Put(tx, o.ID, o)
	if m.play == nil {
		return nil
	}
	return m.play(tx, o, m.names)
}

// withToken gives the order a payment with a token.
func withToken(token string) func(*world.Tx, *Order, names) error {
	return func(tx *world.Tx, o *Order, n names) error {
		p := newPayment(tx, o, n.payment)
		kind := "token"
		p.PaymentType, p.Token = &kind, &token
		return nil
	}
}

// source is the order's payment, for the rest of a play.
func source(tx *world.Tx, o *Order) *Payment {
	p, _ := payments.Edit(tx, o.Source)
	return p
}

// openChallenge lasts long: a world's cast is as old as the world.
const openChallenge = 30 * 24 * time.Hour

func playChallenge(tx *world.Tx, o *Order, n names) error {
	if err := withToken("tok_challenge")(tx, o, n); err != nil {
		return err
	}
	p := source(tx, o)
	if err := authorizeSource(tx, o, p, noWish); err != nil {
		return err
	}
	p.Attempt.SessionEnds = tx.Now().Add(openChallenge)
	tx.At(challengeTimer, p.ID, p.Attempt.SessionEnds)
	return nil
}

func playOutcome(outcome checkout.Outcome) func(*world.Tx, *Order, names) error {
	return func(tx *world.Tx, o *Order, n names) error {
		if err := playChallenge(tx, o, n); err != nil {
			return err
		}
		return settle(tx, o.Source, outcome)
	}
}

func playLapse(tx *world.Tx, o *Order, n names) error {
	if err := playChallenge(tx, o, n); err != nil {
		return err
	}
	p := source(tx, o)
	p.Attempt.SessionEnds = tx.Now()
	tx.Cancel(challengeTimer, p.ID)
	return p.move("lapse")
}

func playExpiry(tx *world.Tx, o *Order, n names) error {
	if err := playLapse(tx, o, n); err != nil {
		return err
	}
	return read(tx, o, source(tx, o))
}

func playDecline(tx *world.Tx, o *Order, n names) error {
	if err := withToken("tok_insufficient_funds")(tx, o, n); err != nil {
		return err
	}
	return authorizeSource(tx, o, source(tx, o), noWish)
}

// playAuthorize has the order's payment authorized, under the ids that the role gives.
func playAuthorize(tx *world.Tx, o *Order, n names) error {
	if err := withToken("tok_approved")(tx, o, n); err != nil {
		return err
	}
	p := source(tx, o)
	attempt(tx, p, o.total()).decide(approved)
	return conclude(tx, o, p, "authorize", n.authorization)
}

func playPlaced(tx *world.Tx, o *Order, n names) error {
	if err := playAuthorize(tx, o, n); err != nil {
		return err
	}
	return o.place(tx)
}

// then pulls a trigger after a play.
func then(play func(*world.Tx, *Order, names) error, pull func(*world.Tx, *Order, pulled) error) func(*world.Tx, *Order, names) error {
	return func(tx *world.Tx, o *Order, n names) error {
		if err := play(tx, o, n); err != nil {
			return err
		}
		return pull(tx, o, pulled{wish: noWish})
	}
}

// playDocumented makes the documentation's payment: every attribute filled, its challenge passed.
func playDocumented(tx *world.Tx, o *Order, n names) error {
	p := newPayment(tx, o, n.payment)
	value := func(s string) *string { return &s }
	p.PaymentType, p.Token = value("token"), value("tok_4gzeau5o2uqubbk6fufs3m7p54")
	p.SuccessURL, p.FailureURL = value("http://commercelayer.dev/checkout_com/success"), value("http://commercelayer.dev/checkout_com/failure")
	p.Reference, p.ReferenceOrigin = value("ANY-EXTERNAL-REFEFERNCE"), value("ANY-EXTERNAL-REFEFERNCE-ORIGIN")
	p.Metadata = json.RawMessage(`{"foo":"bar"}`)
	h := &Change{
		Common: born(tx, "change", "VersioniAA"), Resource: p.ID, Event: "create", Who: Who{Application: Application{ID: "AppliAABcd", Kind: integration}},
		Attributes: map[string][2]json.RawMessage{"reference": {json.RawMessage("null"), json.RawMessage(`"ANY-EXTERNAL-REFEFERNCE"`)}},
	}
	changes.Put(tx, h.ID, h)
	p.Changes = []string{h.ID}
	p.Attempt = &Attempt{
		ID: "pay_mbabizu24mvu3mela5njyhpit4", Session: "sid_y3oqhf46pyzuxjbcn2giaqnb44", SessionEnds: tx.Now().Add(sessionLifetime),
		Source: "src_nwd3m4in3hkuddfpjsaevunhdy", Customer: "cus_udst2tfldj6upmye2reztkmm4i", Action: processorID(tx, "act", p.ID),
		Amount: o.total(), Requested: tx.Now(), Challenged: true, Proof: proven,
	}
	p.SessionID, p.CustomerID, p.BySession = &p.Attempt.Session, &p.Attempt.Customer, true
	charges.Put(tx, p.Attempt.ID, &Charge{Payment: p.ID})
	p.Attempt.decide(approved)
	if err := conclude(tx, o, p, "authorize", n.authorization); err != nil {
		return err
	}
	return o.place(tx)
}

// playCapture captures a share of a placed order: all of it, or one part in so many.
func playCapture(parts int64) func(*world.Tx, *Order, names) error {
	return func(tx *world.Tx, o *Order, n names) error {
		if err := playPlaced(tx, o, n); err != nil {
			return err
		}
		a, _ := authorizations.Edit(tx, o.Live)
		return capture(tx, a, money.Amount{Minor: a.Amount.Minor / parts, Currency: o.Currency}, n.transaction)
	}
}

func playVoid(tx *world.Tx, o *Order, n names) error {
	if err := playPlaced(tx, o, n); err != nil {
		return err
	}
	a, _ := authorizations.Edit(tx, o.Live)
	if err := void(tx, a, n.transaction); err != nil {
		return err
	}
	return o.cancel(tx, "cancel")
}

// playRefund refunds a share of a paid order.
func playRefund(parts int64) func(*world.Tx, *Order, names) error {
	return func(tx *world.Tx, o *Order, n names) error {
		if err := playCapture(1)(tx, o, names{n.payment, n.authorization, ""}); err != nil {
			return err
		}
		k, _ := captures.Edit(tx, o.Captures[0])
		if err := refund(tx, k, money.Amount{Minor: k.Amount.Minor / parts, Currency: o.Currency}, n.transaction); err != nil {
			return err
		}
		if parts > 1 {
			return nil
		}
		return o.cancel(tx, "refund")
	}
}

func playMismatch(tx *world.Tx, o *Order, n names) error {
	if err := playAuthorize(tx, o, n); err != nil {
		return err
	}
	code := "SAVE10"
	o.CouponCode = &code
	return o.reckon()
}

func playDraft(_ *world.Tx, o *Order, _ names) error {
	o.Status = orderDraft
	return nil
}

func playFree(_ *world.Tx, o *Order, _ names) error {
	o.Subtotal, o.Shipping = money.Zero(o.Currency), money.Zero(o.Currency)
	return nil
}

func playWire(_ *world.Tx, o *Order, _ names) error {
	o.Method = methodWire
	return nil
}

// mostExpensive bounds what an order of a test may cost, so that fees and taxes never overflow.
const mostExpensive = 1_000_000_000_000

var idText = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// given makes an order in a role of the cast or a state.
func given(tx *world.Tx, g engine.Given) (engine.Summary, error) {
	all := append(slices.Clone(castList), furtherRoles...)
	i := slices.IndexFunc(all, func(m member) bool { return m.role == g.Role })
	if g.Role == "" {
		i = 0
	}
	switch {
	case i < 0:
		var known []string
		for _, m := range all {
			known = append(known, m.role)
		}
		return engine.Summary{}, engine.RefuseField("/role", fmt.Sprintf("is %q, which is no role or state", g.Role), fmt.Sprintf("one of %q", known))
	case g.ID != "" && !idText.MatchString(g.ID):
		return engine.Summary{}, engine.RefuseField("/id", "is not an id", "up to 64 letters, digits, _ and -")
	case g.Total != nil && (g.Total.Currency != "EUR" || g.Total.Minor < 3 || g.Total.Minor > mostExpensive):
		return engine.Summary{}, engine.RefuseField("/total", "is "+g.Total.String(), "0.03 to 10000000000.00 EUR")
	}
	if _, taken := orders.Get(tx, g.ID); taken {
		return engine.Summary{}, engine.Refuse(engine.Conflict, "there is an order %q already", g.ID)
	}
	id := g.ID
	if id == "" {
		id = tx.ID("order", "").Spell(10, world.Letters)
	}
	m := all[i]
	m.names = names{}
	if err := m.enter(tx, id, g.Total); err != nil {
		return engine.Summary{}, err
	}
	o, _ := orders.Get(tx, id)
	return summary(tx, o), nil
}

// summaries are the orders as the control API shows them, oldest first.
func summaries(tx *world.Tx) []engine.Summary {
	var all []*Order
	for _, o := range orders.All(tx, "") {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *Order) int { return int(a.Serial - b.Serial) })
	list := []engine.Summary{}
	for _, o := range all {
		list = append(list, summary(tx, o))
	}
	return list
}

func summary(tx *world.Tx, o *Order) engine.Summary {
	s := engine.Summary{ID: o.ID, State: o.Status, Payment: o.paymentStatus(tx), Total: o.total(), Due: o.total(), Ledger: money.NewLedger(o.Currency), Payments: []engine.PaymentSummary{}}
	if l := o.ledger(tx); l != nil {
		if due, err := l.Outstanding(s.Total); err == nil {
			s.Due = due
		}
	}
	for _, id := range o.Authorizations {
		a, _ := authorizations.Get(tx, id)
		if sum, err := s.Ledger.Plus(a.Ledger); err == nil {
			s.Ledger = sum
		}
	}
	for _, id := range o.Payments {
		p, _ := payments.Get(tx, id)
		shown := engine.PaymentSummary{ID: p.ID, State: p.State}
		if p.Attempt != nil && p.Attempt.Challenged {
			shown.Link = challengePath(p.Attempt.ID)
		}
		s.Payments = append(s.Payments, shown)
	}
	s.Machines = map[string][]engine.Standing{fulfillmentStates.Machine: {{ID: o.ID, State: o.Fulfillment}}}
	return s
}
