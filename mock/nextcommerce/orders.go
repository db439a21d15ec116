package nextcommerce

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/fixtures/jsonpointer"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// getOrder reads an order.
func getOrder(c *engine.Call) (engine.Reply, error) {
	o, ok := orders.Get(c.Tx, c.Vars["number"])
	if !ok {
		return engine.Reply{}, noOrder(c)
	}
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

// editOrder is the order of the path, to be changed.
func editOrder(c *engine.Call) (*Order, error) {
	o, ok := orders.Edit(c.Tx, c.Vars["number"])
	if !ok {
		return nil, noOrder(c)
	}
	return o, nil
}

func noOrder(c *engine.Call) error {
	return engine.Refuse(engine.NotFound, "the store %s has no order %q", c.Place.Tenant, c.Vars["number"])
}

// listOrders answers a page of the orders that meet every filter.
func listOrders(c *engine.Call) (engine.Reply, error) {
	keep, err := orderFilter(c)
	if err != nil {
		return engine.Reply{}, err
	}
	page, err := paginate(c, orders, keep, func(o *Order) orderSummary { return printSummary(c.Tx, o, c.Link) })
	return engine.OK(page), err
}

func orderFilter(c *engine.Call) (func(*Order) bool, error) {
	q := c.Query()
	days, err := readDays(q.Get("date_placed_from"), q.Get("date_placed_to"))
	if err != nil {
		return nil, err
	}
	any := func(name, value string) bool { return !q.Has(name) || slices.Contains(q[name], value) }
	flag := flags(q)
	return func(o *Order) bool {
		fulfillment := o.FulfillmentStatus
		if fulfillment == incomplete && slices.Contains(q["fulfillment_status"], "partially_fulfilled") {
			fulfillment = "partially_fulfilled" // the filter's name for it
		}
		return any("order_number", o.Number) && any("status", o.Status) && any("payment_status", o.PaymentStatus) && any("fulfillment_status", fulfillment) &&
			any("sources", o.Source) && any("currency", o.Currency) && any("subscription_lifecycle", o.lifecycle()) &&
			flag("has_outstanding_balance", !o.Outstanding.IsZero()) && flag("is_test", o.Test) &&
			(!q.Has("is_disputed") || flag("is_disputed", o.disputed(c.Tx))) && days.hold(o.PlacedAt)
	}, nil
}

// flags compares switches of a query, which have been compared with the document, with what a record says; an absent one is always met.
func flags(q url.Values) func(name string, value bool) bool {
	return func(name string, value bool) bool {
		asked, _ := strconv.ParseBool(q.Get(name))
		return !q.Has(name) || asked == value
	}
}

// days is a span of whole days in UTC; an end that is zero is open.
type days struct{ from, to time.Time }

// readDays takes days that have been compared with the document.
func readDays(from, to string) (d days, err error) {
	if from != "" {
		if d.from, err = time.Parse(time.DateOnly, from); err != nil {
			return d, engine.Refuse(engine.Invalid, "the first day is no date: %v", err)
		}
	}
	if to != "" {
		if d.to, err = time.Parse(time.DateOnly, to); err != nil {
			return d, engine.Refuse(engine.Invalid, "the last day is no date: %v", err)
		}
		d.to = d.to.AddDate(0, 0, 1)
	}
	return d, nil
}

func (d days) hold(t time.Time) bool {
	return !t.Before(d.from) && (d.to.IsZero() || t.Before(d.to))
}

func (o *Order) disputed(tx *world.Tx) bool {
	return slices.ContainsFunc(o.Transactions, func(id int64) bool {
		t, _ := transactions.Get(tx, key(id))
		return t.Disputed
	})
}

// lifecycle tells whether the order belongs to a subscription.
func (o *Order) lifecycle() string {
	if len(o.Subscriptions) > 0 {
		return "recurring"
	}
	return "non-recurring"
}

// updateOrder changes what is present in the body.
func updateOrder(c *engine.Call) (engine.Reply, error) {
	var in updateRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if o.ShippingAddress, err = newAddress(c.Tx, o.ShippingAddress, in.ShippingAddress, "/shipping_address"); err != nil {
		return engine.Reply{}, err
	}
	if o.BillingAddress, err = newAddress(c.Tx, o.BillingAddress, in.BillingAddress, "/billing_address"); err != nil {
		return engine.Reply{}, err
	}
	if in.Attribution != nil {
		if o.Attribution, err = in.Attribution.read(o.Attribution); err != nil {
			return engine.Reply{}, err
		}
	}
	if in.Metadata != nil {
		o.Metadata = compact(in.Metadata)
	}
	if in.Tags != nil {
		o.Tags = *in.Tags
	}
	if in.Status != nil {
		if err := o.become(*in.Status); err != nil {
			return engine.Reply{}, err
		}
	}
	o.settle(c.Tx, c.Tx.Now())
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

// newAddress is what an address becomes: the same if the body does not name it, none if it is null there.
// The tax of an order is that of where it was placed to; a later address does not change it.
func newAddress(tx *world.Tx, old *Address, raw json.RawMessage, pointer string) (*Address, error) {
	if raw == nil {
		return old, nil
	}
	var a *Address
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, engine.RefuseField(pointer, "does not read: "+err.Error(), "an address")
	}
	return a.checked(tx, pointer)
}

// checked gives an address that a client sent its id, and refuses an unknown country.
func (a *Address) checked(tx *world.Tx, pointer string) (*Address, error) {
	if a == nil {
		return nil, nil
	}
	if len(a.Country) != 2 || strings.ToUpper(a.Country) != a.Country {
		return nil, engine.RefuseField(pointer+"/country", "is no country code", "two capital letters of ISO 3166-1, such as US")
	}
	b := *a
	b.ID = number(tx, "address", firstAddress)
	return &b, nil
}

// become changes the order's status by hand.
func (o *Order) become(status string) error {
	switch status {
	case o.Status:
		return nil
	case archived:
		return move(orderStates, &o.Status, "archive")
	case open:
		return move(orderStates, &o.Status, "unarchive")
	case canceled:
		return engine.RefuseField("/status", "cannot be set here", "the operation /orders/{number}/cancel/")
	}
	return engine.RefuseField("/status", "is not one of the values that are allowed", "one of open, archived")
}

// cancelOrder cancels an order before any of its items went to fulfilment.
func cancelOrder(c *engine.Call) (engine.Reply, error) {
	var in cancelRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := o.cancel(c.Tx, in.Reason, in.FullRefund, c.Tx.Now()); err != nil {
		return engine.Reply{}, err
	}
	if unlessOff(in.Notify) {
		notify(c, o, "cancellation")
	}
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

func (o *Order) cancel(tx *world.Tx, reason string, fullRefund bool, at time.Time) error {
	if err := move(orderStates, &o.Status, "cancel"); err != nil {
		return engine.Refuse(engine.Conflict, "Only open orders can be canceled; this order is %s.", o.Status)
	}
	if o.FulfillmentStatus == processing || slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Fulfilled > 0 }) {
		return engine.Refuse(engine.Conflict, "Items of this order are in fulfillment (%s); it cannot be canceled any more.", o.FulfillmentStatus)
	}
	if fullRefund && !o.Ledger.Refundable().IsZero() {
		if err := o.refundAll(tx, at); err != nil {
			return err
		}
	}
	if o.uncaptured() {
		if err := o.void(tx, o.Ledger.Capturable(), "void", at); err != nil {
			return err
		}
		o.forgetAuthorization(tx)
	}
	o.CancelReason = reason
	o.settle(tx, at)
	return nil
}

// settle ends every change of an order: it works out what is outstanding and tells of the change.
func (o *Order) settle(tx *world.Tx, at time.Time) {
	o.Outstanding, o.UpdatedAt = o.balance(o.totals().Sum.Incl), at
	tx.Emit("order.updated", o.Number)
}

// notify notes in the journal that the platform would mail the customer.
func notify(c *engine.Call, o *Order, about string) {
	to := "the customer"
	if customer, ok := customers.Get(c.Tx, key(o.Customer)); ok && customer.Email != nil {
		to = *customer.Email
	}
	c.Note("a mail about the " + about + " of order " + o.Number + " would go to " + to)
}

// read takes what a client says of where a customer came from; what it does not say stays.
func (in *attributionRequest) read(a Attribution) (Attribution, error) {
	for _, field := range []struct {
		from *string
		to   **string
	}{
		{in.Affiliate, &a.Affiliate}, {in.Funnel, &a.Funnel}, {in.GCLID, &a.GCLID}, {in.Sub1, &a.Sub[0]}, {in.Sub2, &a.Sub[1]}, {in.Sub3, &a.Sub[2]},
		{in.Sub4, &a.Sub[3]}, {in.Sub5, &a.Sub[4]}, {in.UTMCampaign, &a.UTMCampaign}, {in.UTMContent, &a.UTMContent}, {in.UTMMedium, &a.UTMMedium},
		{in.UTMSource, &a.UTMSource}, {in.UTMTerm, &a.UTMTerm},
	} {
		if field.from != nil {
			*field.to = field.from
		}
	}
	if in.Metadata != nil {
		a.Metadata = compact(in.Metadata)
	}
	if in.Agent != nil {
		if printAgent(*in.Agent) == nil {
			return a, engine.RefuseField("/attribution/agent", "is nobody of the staff", idsOf(staff, func(s agent) any { return s.ID }))
		}
		a.Agent = *in.Agent
	}
	return a, nil
}

// compact is JSON that a client sent, without its blanks; null is kept as nothing.
func compact(raw json.RawMessage) json.RawMessage {
	if raw == nil || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil // it has been read before
	}
	return b.Bytes()
}

// at is the JSON pointer of a list's item and its member.
func at(list string, i int, member ...string) string {
	return jsonpointer.Of(append([]string{list, strconv.Itoa(i)}, member...)...)
}
