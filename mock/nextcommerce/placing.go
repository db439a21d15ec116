package nextcommerce

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// createOrder places an order and takes its payment; or, where the customer has to act first, answers where to send them.
func createOrder(c *engine.Call) (engine.Reply, error) {
	var in orderRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	now := c.Tx.Now()
	o, err := draft(c.Tx, &in, now)
	if err != nil {
		return engine.Reply{}, err
	}
	payment, err := in.payment(c.Tx, o)
	if err != nil {
		return engine.Reply{}, err
	}
	total := o.totals().Sum.Incl
	if err := payment.follow(c.Scenario(), total); err != nil {
		return engine.Reply{}, err
	}
	if payment.asks && !total.IsZero() {
		a, err := attempt(c.Tx, &in, o, payment, now)
		if err != nil {
			return engine.Reply{}, err
		}
		return engine.Created(redirectBody{PaymentCompleteURL: c.Link(attemptPath(a.ID))}), nil
	}
	if failure := place(c.Tx, o, payment, now); failure != nil {
		return printDecline(failure), nil
	}
	if unlessOff(in.SendReceipt) {
		notify(c, o, "receipt")
	}
	return engine.Reply{Status: http.StatusCreated, Body: printOrder(c.Tx, o, c.Link)}, nil
}

// redirectBody is where the customer finishes paying.
type redirectBody struct {
	ReferenceTransactionID *string `json:"reference_transaction_id"`
	PaymentCompleteURL     string  `json:"payment_complete_url"`
}

// place takes the payment and makes the order. A declined charge makes none: its failed transaction is returned, and kept
// unless the card is a test card, which meets no gateway.
func place(tx *world.Tx, o *Order, p payment, at time.Time) (failure *Transaction) {
	total := o.totals().Sum.Incl
	o.Test = p.test
	if p.code != approvedCode {
		t := &Transaction{Type: p.kind(), Status: failed, Amount: p.amount(total), Code: p.code, Instrument: p.instrument, Customer: o.Customer, Attribution: &o.Attribution}
		if !p.test {
			t.keep(tx, at)
		}
		return t
	}
	o.begin(tx, p, at)
	switch {
	case p.instrument.Method == "" || p.instrument.Method == "external":
		o.PaymentStatus = pending
	case total.IsZero():
		o.PaymentStatus = paid
	default:
		o.charge(tx, p.kind(), p.amount(total), p.instrument, approvedCode, at)
		o.PaymentStatus = paid
		if p.kind() == "authorize" {
			o.PaymentStatus = authorized
			o.watchAuthorization(tx, at)
		}
	}
	o.finish(tx, at)
	return nil
}

// begin gives the order and what is on it their numbers, and keeps it.
func (o *Order) begin(tx *world.Tx, p payment, at time.Time) {
	if o.Number == "" {
		o.Number = nextNumber(tx)
	}
	o.Instrument = p.instrument
	for i := range o.Lines {
		l := &o.Lines[i]
		l.ID, l.CreatedAt, l.UpdatedAt = number(tx, "line", firstLine), at, at
		if l.Recurs != nil {
			o.Subscriptions = append(o.Subscriptions, Subscription{ID: number(tx, "subscription", firstSub), Cycle: 1})
			tx.Emit("subscription.created", count(o.Subscriptions[len(o.Subscriptions)-1].ID))
		}
	}
	orders.Put(tx, o.Number, o)
	tx.Emit("order.created", o.Number)
	if customer, ok := customers.Edit(tx, key(o.Customer)); ok {
		customer.ShippingAddress, customer.BillingAddress = o.ShippingAddress.clone(), o.BillingAddress.clone()
		if p.save {
			card := p.instrument
			customer.Card = &card
		}
	}
}

// nextNumber is the next number that no order has; a test may have taken some.
func nextNumber(tx *world.Tx) string {
	for {
		n := count(number(tx, "order", firstOrder))
		if _, taken := orders.Get(tx, n); !taken {
			return n
		}
	}
}

// finish works out what is outstanding. A new order is told of by order.created alone.
func (o *Order) finish(tx *world.Tx, at time.Time) {
	o.Outstanding, o.UpdatedAt = o.balance(o.totals().Sum.Incl), at
}

// draft reads an order as a client describes it: everything but its payment and its numbers.
func draft(tx *world.Tx, in *orderRequest, at time.Time) (*Order, error) {
	o := &Order{
		Status: open, Source: "admin_api", Currency: storeCurrency, CreatedAt: at, UpdatedAt: at, PlacedAt: at, Metadata: compact(in.Metadata), Tags: in.Tags,
		FulfillmentStatus: notRequired,
	}
	if in.Currency != "" {
		o.Currency = in.Currency
	}
	if _, ok := currencies[o.Currency]; !ok {
		return nil, engine.RefuseField("/currency", "is not a currency that the store sells in", keysOf(currencies))
	}
	o.Ledger, o.Waived, o.Outstanding = money.NewLedger(o.Currency), money.Zero(o.Currency), money.Zero(o.Currency)
	if in.DatePlaced != nil {
		o.PlacedAt = in.DatePlaced.UTC()
	}
	if in.Status != nil {
		o.Status = *in.Status
	}
	var err error
	if in.Attribution != nil {
		if o.Attribution, err = in.Attribution.read(o.Attribution); err != nil {
			return nil, err
		}
	}
	for _, step := range []func(*world.Tx, *orderRequest) error{o.readCustomer, o.readAddresses, o.readLines, o.readShipping, o.readDiscounts} {
		if err := step(tx, in); err != nil {
			return nil, err
		}
	}
	if o.totals().Sum.Incl.Minor > maxAmount {
		return nil, engine.RefuseField("/lines", "come to more than an amount can hold", "at most 9999999999.99 altogether")
	}
	return o, nil
}

var e164 = regexp.MustCompile(`^\+[1-9]\d{5,14}$`)

// readCustomer finds the customer by id or e-mail, or makes a new one.
func (o *Order) readCustomer(tx *world.Tx, in *orderRequest) error {
	u := in.User
	if u == nil {
		u = &userRequest{}
	}
	if u.PhoneNumber != nil && *u.PhoneNumber != "" && !e164.MatchString(*u.PhoneNumber) {
		return engine.RefuseField("/user/phone_number", "is no phone number of E.164", "a number such as +15105550123")
	}
	var customer *Customer
	switch {
	case u.ID != nil:
		known, ok := customers.Edit(tx, key(*u.ID))
		if !ok {
			return engine.RefuseField("/user/id", "is nobody's id", "the id of a customer of this store, or none")
		}
		customer = known
	case u.Email != nil && *u.Email != "":
		if e, ok := emails.Get(tx, strings.ToLower(*u.Email)); ok {
			customer, _ = customers.Edit(tx, key(e.Customer))
		}
	}
	if customer == nil {
		customer = &Customer{ID: number(tx, "customer", firstCustomer)}
		customers.Put(tx, key(customer.ID), customer)
		tx.Emit("customer.created", count(customer.ID))
	}
	for _, field := range []struct {
		from *string
		to   **string
	}{{u.PhoneNumber, &customer.Phone}, {u.Language, &customer.Language}, {u.IP, &customer.IP}, {u.UserAgent, &customer.UserAgent}} {
		if field.from != nil {
			*field.to = field.from
		}
	}
	if u.FirstName != nil {
		customer.FirstName = *u.FirstName
	}
	if u.LastName != nil {
		customer.LastName = *u.LastName
	}
	if u.AcceptsMarketing != nil {
		customer.AcceptsMarketing = *u.AcceptsMarketing
	}
	if u.Email != nil && *u.Email != "" {
		customer.Email = u.Email
		emails.Put(tx, strings.ToLower(*u.Email), &Email{Customer: customer.ID})
	}
	o.Customer = customer.ID
	return nil
}

// readAddresses takes the addresses of the body, or those that the customer used last where it asks for them.
func (o *Order) readAddresses(tx *world.Tx, in *orderRequest) (err error) {
	customer, _ := customers.Get(tx, key(o.Customer))
	if o.ShippingAddress, err = in.ShippingAddress.checked(tx, "/shipping_address"); err != nil {
		return err
	}
	if o.BillingAddress, err = in.BillingAddress.checked(tx, "/billing_address"); err != nil {
		return err
	}
	if in.UseDefaultShipping {
		if customer.ShippingAddress == nil {
			return engine.RefuseField("/use_default_shipping_address", "cannot be met: the customer has no address yet", "a shipping_address")
		}
		o.ShippingAddress = customer.ShippingAddress.clone()
	}
	if in.UseDefaultBilling {
		if customer.BillingAddress == nil {
			return engine.RefuseField("/use_default_billing_address", "cannot be met: the customer has no address yet", "a billing_address")
		}
		o.BillingAddress = customer.BillingAddress.clone()
	}
	if in.BillingIsShipping {
		o.BillingAddress = o.ShippingAddress.clone()
	}
	o.Tax = taxOf(o.ShippingAddress)
	return nil
}

func (o *Order) readLines(_ *world.Tx, in *orderRequest) error {
	for i, asked := range in.Lines {
		l, err := o.newLine(at("lines", i), asked)
		if err != nil {
			return err
		}
		l.Placed, l.Added = asked.Quantity, asked.Quantity
		o.Lines = append(o.Lines, l)
		if l.Product.Shipped {
			o.FulfillmentStatus = unfulfilled
		}
	}
	return nil
}

// newLine reads a line; pointer is where the body has it ("" for the body itself).
func (o *Order) newLine(pointer string, asked lineRequest) (Line, error) {
	p, ok := product(asked.Product, o.Currency)
	if !ok {
		return Line{}, engine.RefuseField(pointer+"/product_id", "is not a product of this store", idsOf(catalog, func(p Product) any { return p.ID }))
	}
	if asked.Price != nil {
		price, err := o.amount(*asked.Price, pointer+"/price")
		if err != nil {
			return Line{}, err
		}
		p.Price = price
	}
	if err := affordable(p, asked.Quantity, pointer+"/quantity"); err != nil {
		return Line{}, err
	}
	l := Line{Product: p, Upsell: asked.Upsell, Metadata: compact(asked.Metadata)}
	if s := asked.Subscription; s != nil {
		l.Recurs = &Recurrence{Interval: s.Interval, Count: s.Count}
		if s.Price != nil {
			price, err := o.amount(*s.Price, pointer+"/subscription/price")
			if err != nil {
				return Line{}, err
			}
			l.Recurs.Price = &price
		}
	}
	return l, nil
}

// affordable bounds a line, so that no sum leaves 64 bits.
func affordable(p Product, quantity int64, pointer string) error {
	sum, err := p.Price.Mul(quantity)
	if quantity > maxQuantity || err != nil || sum.Minor > maxAmount {
		return engine.RefuseField(pointer, "is more than an order can hold", "at most 1000000, and a line of at most 9999999999.99")
	}
	return nil
}

// amount reads an amount that must not be negative.
func (o *Order) amount(text, pointer string) (money.Amount, error) {
	a, err := money.Parse(text, o.Currency)
	if err != nil || a.Minor < 0 || a.Minor > maxAmount {
		return money.Amount{}, engine.RefuseField(pointer, "is not an amount that can be used here", "an amount such as 19.99, not negative")
	}
	return a, nil
}

func (o *Order) readShipping(_ *world.Tx, in *orderRequest) error {
	o.Shipping = Shipping{Price: money.Zero(o.Currency), Placed: money.Zero(o.Currency)}
	if o.FulfillmentStatus == notRequired {
		return nil
	}
	chosen := shippingMethods[0]
	if in.ShippingCode != nil {
		i := slices.IndexFunc(shippingMethods, func(s Shipping) bool { return s.Code == *in.ShippingCode })
		if i < 0 {
			return engine.RefuseField("/shipping_code", "is not a shipping method of this store", idsOf(shippingMethods, func(s Shipping) any { return s.Code }))
		}
		chosen = shippingMethods[i]
	}
	o.Shipping.Code, o.Shipping.Method, o.Shipping.Price = chosen.Code, chosen.Method, fromStore(chosen.Price, o.Currency)
	if in.ShippingPrice != nil {
		price, err := o.amount(*in.ShippingPrice, "/shipping_price")
		if err != nil {
			return err
		}
		o.Shipping.Price = price
	}
	o.Shipping.Placed = o.Shipping.Price
	return nil
}

// readDiscounts applies offers and vouchers, in that order, and spreads each over the lines by what they cost.
func (o *Order) readDiscounts(_ *world.Tx, in *orderRequest) error {
	for i, id := range in.Offers {
		n := slices.IndexFunc(offers, func(f offer) bool { return f.id == id })
		if n < 0 {
			return engine.RefuseField(at("offers", i), "is not an offer of this store", idsOf(offers, func(f offer) any { return f.id }))
		}
		o.discount(offers[n])
	}
	for i, code := range in.Vouchers {
		n := slices.IndexFunc(vouchers, func(f offer) bool { return strings.EqualFold(f.Code, code) })
		if n < 0 {
			return engine.RefuseField(at("vouchers", i), "is not a voucher of this store", idsOf(vouchers, func(f offer) any { return f.Code }))
		}
		o.discount(vouchers[n])
	}
	return nil
}

// discount takes an offer off the lines as they are. No line falls below zero.
func (o *Order) discount(f offer) {
	left := make([]money.Amount, len(o.Lines)) // what the lines cost after the discounts before
	sum := money.Zero(o.Currency)
	for i := range o.Lines {
		left[i] = o.price(&o.Lines[i], o.Lines[i].Placed).Excl
		sum = plus(sum, left[i])
	}
	off := lesser(fromStore(f.off, o.Currency), sum)
	if f.percent > 0 {
		off = part(sum, f.percent, 100)
	}
	for i := range o.Lines {
		share := money.Zero(o.Currency)
		if !sum.IsZero() { // what is left is spread over what is left, so that the last line takes the rest
			share = spread(off, left[i], sum)
		}
		off, sum = minus(off, share), minus(sum, left[i])
		o.Lines[i].Shares = append(o.Lines[i].Shares, share)
	}
	f.From, f.Until = o.CreatedAt.AddDate(0, -1, 0), o.CreatedAt.AddDate(1, 0, 0)
	o.Discounts = append(o.Discounts, f.Discount)
}
