package fabric

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// role is an order with a story: how long ago it was placed, what it was then, and what has happened to it since.
type role struct {
	engine.Role
	age   time.Duration
	order func(*NewOrder) // changes the order that all roles begin with; nil leaves it
	story func(*stage)    // nil if nothing has happened
}

// documentOrder and documentPayment are the ids of the vendor's page.
const (
	documentOrder   = "309019176"
	documentPayment = "62272e917b12209e68751d94"
	documentOrderID = "5349b4ddd2781d08c09890f4"
	documentCart    = "b03b72dc-78d8-4ea4-90fc-2fe6a1fe6569"
)

const day = 24 * time.Hour

// players is the cast, in the order of its numbers.
var players = []role{
	{engine.Role{Name: "allocated", ID: documentOrder, Note: "the page's own order: allocated, one item cancelled, authorised payment " + documentPayment}, 2 * day, authorized, func(s *stage) {
		s.take("release", "allocate", "cancel_part")
		s.order.Notes = []Note{{CreatedAt: millis(s.at), Text: "The customer does not want the scarf any more.", User: "csr-43278"}}
		s.report("AUTHORIZED", func(b *Balances) { b.Capturable = s.total() })
	}},
	{engine.Role{Name: "payable", ID: "309019177", Note: "just placed, on hold for a minute; its payment is not authorised yet"}, 20 * time.Second, nil, nil},
	{engine.Role{Name: "authorized", ID: "309019178", Note: "released, its payment authorised"}, time.Hour, authorized, func(s *stage) { s.take("release") }},
	{engine.Role{Name: "failed", ID: "309019179", Note: "held, because its payment was declined"}, time.Hour, nil, func(s *stage) {
		s.report("Declined", nil)
		s.take("hold")
	}},
	{engine.Role{Name: "expired", ID: "309019180", Note: "released, but its authorisation has lapsed"}, 10 * day, authorized, func(s *stage) {
		s.take("release")
		s.keep(s.order.expire(s.tx, s.payment(), s.payment().Expires))
	}},
	{engine.Role{Name: "partly_paid", ID: "309019181", Note: "shipped in part and captured in part"}, 3 * day, authorized, func(s *stage) {
		s.take("release", "allocate", "ship_part")
		s.report("Partially Paid", capture(1, 2))
	}},
	{engine.Role{Name: "paid", ID: "309019182", Note: "shipped and captured in full by the invoice service"}, 4 * day, authorized, func(s *stage) {
		s.take("release", "allocate", "ship")
		s.report("Paid", capture(1, 1))
		s.order.Invoiced = s.total()
	}},
	{engine.Role{Name: "cancelled", ID: "309019183", Note: "cancelled while on hold, its payment voided"}, 5 * day, authorized, func(s *stage) {
		s.take("cancel")
		s.report("Voided", func(b *Balances) { b.Capturable = money.Zero(b.Captured.Currency) })
	}},
	{engine.Role{Name: "nothing_due", ID: "309019184", Note: "captured at checkout by a third party: nothing is due, and nothing invoiced here"}, 2 * time.Hour, charged, func(s *stage) {
		s.take("release", "allocate")
	}},
	{engine.Role{Name: "partly_refunded", ID: "309019185", Note: "delivered late; a part was given back as an appeasement"}, 8 * day, charged, func(s *stage) {
		s.take("release", "allocate", "ship", "deliver")
		s.appease()
	}},
	{engine.Role{Name: "returned", ID: "309019186", Note: "returned and refunded"}, 12 * day, charged, func(s *stage) {
		s.take("release", "allocate", "ship", "deliver", "return")
		s.report("Refunded", func(b *Balances) { b.Refunded, b.Refundable = b.Captured, money.Zero(b.Captured.Currency) })
	}},
	{engine.Role{Name: "split", ID: "309019187", Note: "two payments, a gift card (captured) and a credit card (authorised)"}, time.Hour, split, func(s *stage) { s.take("release") }},
}

// triggers are the values that make something happen.
var triggers = []engine.Trigger{
	{Where: "status", Value: "Error, Failed, Failure, Declined", Effect: "a payment of which nothing was captured becomes ERROR", Provenance: states.Assumed},
	{Where: "status", Value: "Void, Voided, Cancelled, Canceled", Effect: "a payment of which nothing was captured becomes VOIDED", Provenance: states.Assumed},
	{Where: "scenario", Value: "approved, frictionless", Effect: "createOrder: its payments are authorised", Provenance: states.Assumed},
	{Where: "scenario", Value: "declined, insufficient_funds, challenge_failed", Effect: "createOrder: its payments are refused", Provenance: states.Assumed},
	{Where: "scenario", Value: "challenge", Effect: "createOrder: its payments are left pending", Provenance: states.Assumed},
	{Where: "scenario", Value: "expired", Effect: "createOrder: its payments' authorisations have lapsed", Provenance: states.Assumed},
	{Where: "x-site-context", Value: `{"account":"…"}`, Effect: "every account is a tenant with a cast of its own", Provenance: states.Published, Source: "Orders v1 reference"},
}

func roles() []engine.Role {
	var list []engine.Role
	for _, p := range players {
		list = append(list, p.Role)
	}
	return list
}

// cast makes what every account holds at first.
func cast(tx *world.Tx) error {
	for i, p := range players {
		in := script(p.ID, strconv.Itoa(i+1))
		if p.ID == documentOrder {
			in.CartID, in.Payments[0].Identifier.PaymentID = documentCart, documentPayment
		}
		o, err := perform(tx, p, in)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		if p.ID == documentOrder {
			o.ID = documentOrderID
		}
	}
	return nil
}

// given makes an order in a role, or in a state of the orders' table with an authorised payment.
func given(tx *world.Tx, g engine.Given) (engine.Summary, error) {
	p := role{Role: engine.Role{Name: g.Role}, order: authorized}
	if i := slices.IndexFunc(players, func(p role) bool { return p.Name == g.Role }); i >= 0 {
		p = players[i]
	} else if events, ok := pathTo(g.Role); ok {
		p.age, p.story = day, func(s *stage) { s.take(events...) }
		if len(events) == 0 {
			p.age = 0
		}
	} else {
		return engine.Summary{}, engine.Refuse(engine.Invalid, "there is no role or state %q; roles: %v; states: %v", g.Role, names(players), orderStates.States())
	}
	n := tx.Next("order number")
	in := script(or(g.ID, strconv.FormatInt(309_020_000+n, 10)), strconv.FormatInt(n, 10))
	if g.Total != nil {
		if g.Total.Sign() < 0 {
			return engine.Summary{}, engine.Refuse(engine.Invalid, "total is %s; an order costs nothing or more", g.Total)
		}
		in.cost(*g.Total)
	}
	o, err := perform(tx, p, in)
	if err != nil {
		return engine.Summary{}, err
	}
	return o.summary(), nil
}

func names(players []role) []string {
	var list []string
	for _, p := range players {
		list = append(list, p.Name)
	}
	return list
}

// pathTo finds the shortest way from a new order to a state.
func pathTo(state string) ([]string, bool) {
	type way struct {
		state  string
		events []string
	}
	seen := map[string]bool{}
	for frontier := []way{{state: orderCreated}}; len(frontier) > 0; frontier = frontier[1:] {
		w := frontier[0]
		if w.state == state {
			return w.events, true
		}
		for _, m := range orderStates.Moves {
			if m.From == w.state && !seen[m.To] {
				seen[m.To] = true
				frontier = append(frontier, way{m.To, append(slices.Clone(w.events), m.Event)})
			}
		}
	}
	return nil, false
}

// perform places an order and has its story happen.
func perform(tx *world.Tx, p role, in NewOrder) (*Order, error) {
	if p.order != nil {
		p.order(&in)
	}
	if in.CartID == "" {
		in.CartID = tx.ID("cart", in.OrderNumber).UUID()
	}
	at := tx.Now().Add(-p.age)
	o, err := place(tx, in, at, false)
	if err != nil {
		return nil, err
	}
	s := &stage{tx: tx, order: o, at: at}
	if p.story != nil {
		p.story(s)
	}
	return o, s.err
}

// stage is where a story happens: one thing a minute.
type stage struct {
	tx    *world.Tx
	order *Order
	at    time.Time
	err   error
}

func (s *stage) keep(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *stage) payment() *Payment { return &s.order.Payments[0] }

// total is what the order costs now.
func (s *stage) total() money.Amount {
	totals, err := s.order.totals()
	s.keep(err)
	return totals.Total
}

func (s *stage) take(events ...string) {
	for _, event := range events {
		s.at = s.at.Add(time.Minute)
		s.keep(s.order.take(s.tx, event, "CSR", s.at))
	}
}

// report has the first payment's platform report a status and, unless change is nil, balances.
func (s *stage) report(status string, change func(*Balances)) {
	s.at = s.at.Add(time.Minute)
	r := reported{balances: s.payment().Balances, status: status, source: "stripe"}
	if change != nil {
		change(&r.balances)
	}
	s.order.write(s.tx, s.payment(), s.payment().next(r), r, s.at)
}

// appease gives up to five units of money back.
func (s *stage) appease() {
	p := s.payment()
	back, err := money.Parse("5", s.order.Currency)
	s.keep(err)
	if back.Minor > p.Balances.Captured.Minor {
		back = p.Balances.Captured
	}
	s.order.Appeased = back
	s.order.Appeasements = []Appeasement{{
		Counter: 1, ReasonCode: "LATE", SubReasonCode: "CARRIER", Value: back.Number(), Notes: "The parcel came late.",
		Payments: []AppeasementRefund{{PaymentCounter: p.Counter, RefundAmount: back.Number()}},
	}}
	s.report("Partially Refunded", func(b *Balances) {
		b.Refunded = back
		b.Refundable, err = b.Captured.Sub(back)
		s.keep(err)
	})
}

// capture takes a share of what can be captured.
func capture(part, of int) func(*Balances) {
	return func(b *Balances) {
		arithmetic := sums{}
		b.Captured = arithmetic.share(b.Capturable, part, of)
		b.Capturable, b.Refundable = arithmetic.sub(b.Capturable, b.Captured), b.Captured
	}
}

// The ways in which an order of the cast is paid when it is placed.
func authorized(in *NewOrder) {
	in.Payments[0].AuthAmount, in.Payments[0].Status = in.total(), "AUTHORIZED"
}

func charged(in *NewOrder) {
	in.Payments[0].AuthAmount, in.Payments[0].ChargedAmount, in.Payments[0].Status = in.total(), in.total(), "Paid"
}

func split(in *NewOrder) {
	whole, _ := money.Parse(in.total().String(), in.Currency)
	arithmetic := sums{}
	half := arithmetic.share(whole, 1, 2)
	gift := NewPayment{
		Provider: "gift-card", Method: "GIFT_CARD", Token: PaymentToken{Token: "gc_4711", PaymentType: "GIFT_CARD"}, Status: "Paid",
		AuthAmount: half.Number(), ChargedAmount: half.Number(),
	}
	card := in.Payments[0]
	card.AuthAmount, card.Status = arithmetic.sub(whole, half).Number(), "AUTHORIZED"
	in.Payments = []NewPayment{gift, card}
}

// total is what a scripted order costs, before it is placed. Scripts have no fees and discounts of single items.
func (in *NewOrder) total() json.Number {
	o := Order{Currency: in.Currency}
	r := reader{currency: in.Currency}
	_, o.Fee = r.fees("", in.Fees)
	_, o.Discount = r.discounts("", in.Discounts)
	_, o.ShippingTax = r.shipInfo(in.ShipInfo)
	for _, item := range in.Items {
		o.Lines = append(o.Lines, Line{
			Ordered: item.Quantity, Price: r.amount("", item.UnitPrice), Tax: r.amount("", item.TaxTotal), Fee: money.Zero(in.Currency), Discount: money.Zero(in.Currency),
		})
	}
	totals, _ := o.totals()
	return totals.Total.Number()
}

// cost makes the order cost a total: two items, nothing on top.
func (in *NewOrder) cost(total money.Amount) {
	arithmetic := sums{}
	half := arithmetic.share(total, 1, 2)
	in.Currency, in.Fees, in.Discounts, in.ShipInfo[0].Price, in.ShipInfo[0].TaxTotal = total.Currency, nil, nil, "", ""
	for i, price := range []money.Amount{arithmetic.sub(total, half), half} {
		in.Items[i].Quantity, in.Items[i].UnitPrice, in.Items[i].TaxTotal = 1, price.Number(), ""
	}
}

// script is the order that every role begins with: three shirts and a scarf, 173.61 USD, a credit card that nobody has asked yet.
func script(number, cashier string) NewOrder {
	const home = "3f1a2b4c-5d6e-4f70-8a9b-0c1d2e3f4a5b"
	return NewOrder{
		OrderNumber: number, ChannelID: defaultChannel, Type: "WEB", SubType: "International", EmployeeID: "43278", Currency: defaultCurrency,
		Retail:     json.RawMessage(`{"locationNum":123,"cashierId":"` + cashier + `","registerId":"6","transactionId":"4321"}`),
		Attributes: json.RawMessage(`{"fraudCheckStatus":"UPDATED","purchaseOrder":"PO-4711"}`),
		Customer: json.RawMessage(`{"name":{"first":"Ada","middle":"M","last":"Byron"},"email":"ada@example.com",` +
			`"phone":{"number":"2065550100","type":"MOBILE"},"userId":"61f2a4c0d3b1e60009a1b2c3"}`),
		Fees: []Fee{{Type: "shipping", Value: "12.34"}},
		Discounts: []Discount{{
			Quantity: 1, Amount: "1.47", Unit: "AMOUNT_OFF", Value: "1.47", PromoID: "SPRING", PromoCode: "SPRING", PromoTitle: "Spring sale", Type: "promotion",
		}},
		Items: []NewItem{
			{ItemID: "1234", SKU: "P1234", Title: "Linen shirt", Type: "WEB_SHIP", Quantity: 3, UnitPrice: "41.15", TaxTotal: "11.11", TaxCode: "FR01"},
			{ItemID: "1235", SKU: "S2345", Title: "Silk scarf", Type: "WEB_SHIP", Quantity: 1, UnitPrice: "24.5", TaxTotal: "2.45", TaxCode: "FR01"},
		},
		ShipInfo: []ShipInfo{{
			ID: home, Type: "SHIP_TO_ADDRESS", Method: "STANDARD", Price: "12.34", TaxTotal: "1.23",
			Address: json.RawMessage(`{"name":{"first":"Ada","last":"Byron"},"address1":"12 Analytical Way","city":"Seattle","state":"WA","country":"US","zipCode":"98101"}`),
		}},
		Payments: []NewPayment{{
			Identifier: Reference{CardIdentifier: "4242", ExpirationYear: "2031", ExpirationMonth: "12"}, Provider: "stripe", Method: "CREDIT_CARD",
			Token: PaymentToken{Token: "pm_1NG8Du2eZvKYlo2CUI79vXWy", PaymentType: "VISA"},
		}},
	}
}
