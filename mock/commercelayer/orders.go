package commercelayer

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

var (
	getOrder                         = show(orderType)
	getOrderPaymentMethod            = related(orderType, "payment_method")
	getOrderPaymentSource            = related(orderType, "payment_source")
	listOrderAvailablePaymentMethods = related(orderType, "available_payment_methods")
	listOrderAuthorizations          = related(orderType, "authorizations")
	listOrderCaptures                = related(orderType, "captures")
	listOrderVoids                   = related(orderType, "voids")
	listOrderRefunds                 = related(orderType, "refunds")
	getOrderLinks                    = linkage(orderType, "")
)

// coupons are the codes that an order takes, and the share of the goods that each takes off.
var coupons = map[string]decimal.Decimal{"SAVE10": decimal.RequireFromString("0.1")}

// orderInput is the body of an update.
type orderInput struct {
	Data struct {
		ID            *string         `json:"id"`
		Attributes    orderAttributes `json:"attributes"`
		Relationships struct {
			PaymentMethod *linkInput `json:"payment_method"`
			PaymentSource *linkInput `json:"payment_source"`
		} `json:"relationships"`
	} `json:"data"`
}

type orderAttributes struct {
	Autorefresh   *bool `json:"autorefresh"`
	Guest         *bool `json:"guest"`
	CustomerEmail text  `json:"customer_email"`
	LanguageCode  text  `json:"language_code"`
	CartURL       text  `json:"cart_url"`
	ReturnURL     text  `json:"return_url"`
	TermsURL      text  `json:"terms_url"`
	PrivacyURL    text  `json:"privacy_url"`
	CouponCode    text  `json:"coupon_code"`
	referenceInput

	AuthorizationAmount  *int64  `json:"_authorization_amount_cents"`
	Pending              trigger `json:"_pending"`
	Place                trigger `json:"_place"`
	Cancel               trigger `json:"_cancel"`
	Approve              trigger `json:"_approve"`
	ApproveAndCapture    trigger `json:"_approve_and_capture"`
	Authorize            trigger `json:"_authorize"`
	Capture              trigger `json:"_capture"`
	Refund               trigger `json:"_refund"`
	Fulfill              trigger `json:"_fulfill"`
	Refresh              trigger `json:"_refresh"`
	NullifyPaymentSource trigger `json:"_nullify_payment_source"`
	StartEditing         trigger `json:"_start_editing"`
	StopEditing          trigger `json:"_stop_editing"`
}

// orderTriggers are what an order's trigger attributes do, in the order in which they are pulled when several are sent.
var orderTriggers = []struct {
	name        string
	sent        func(*orderAttributes) trigger
	integration bool // published: cannot be passed by sales channels
	pull        func(tx *world.Tx, o *Order, pull pulled) error
}{
	{"_nullify_payment_source", func(a *orderAttributes) trigger { return a.NullifyPaymentSource }, false, nullifyPaymentSource},
	{"_pending", func(a *orderAttributes) trigger { return a.Pending }, true, pendOrder},
	{"_refresh", func(a *orderAttributes) trigger { return a.Refresh }, false, refreshOrder},
	{"_authorize", func(a *orderAttributes) trigger { return a.Authorize }, false, authorizeOrder},
	{"_place", func(a *orderAttributes) trigger { return a.Place }, false, placeOrder},
	{"_start_editing", func(a *orderAttributes) trigger { return a.StartEditing }, true, startEditing},
	{"_stop_editing", func(a *orderAttributes) trigger { return a.StopEditing }, true, stopEditing},
	{"_approve", func(a *orderAttributes) trigger { return a.Approve }, true, approveOrder},
	{"_approve_and_capture", func(a *orderAttributes) trigger { return a.ApproveAndCapture }, true, approveAndCapture},
	{"_capture", func(a *orderAttributes) trigger { return a.Capture }, true, captureOrder},
	{"_refund", func(a *orderAttributes) trigger { return a.Refund }, true, refundOrder},
	{"_cancel", func(a *orderAttributes) trigger { return a.Cancel }, false, cancelOrder},
	{"_fulfill", func(a *orderAttributes) trigger { return a.Fulfill }, true, fulfillOrder},
}

// pulled is a trigger with what goes with it.
type pulled struct {
	name     string
	scenario checkout.Scenario
}

// refuse is a refusal of the trigger itself.
func (t pulled) refuse(format string, args ...any) error {
	return invalid("/data/attributes/"+t.name, "invalid", fmt.Sprintf(format, args...))
}

// updateOrder changes an order: attributes first, then relationships, then triggers.
func updateOrder(c *engine.Call) (engine.Reply, error) {
	var in orderInput
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, ok := orders.Edit(c.Tx, c.Vars["id"])
	if !ok {
		return engine.Reply{}, unknown(c.Vars["id"])
	}
	if err := sameID(in.Data.ID, o.ID); err != nil {
		return engine.Reply{}, err
	}
	if o.Status != orderDraft && o.Status != orderPending {
		if err := restrictedBut(c, &in); err != nil {
			return engine.Reply{}, err
		}
	}
	before := sourcesOf(c.Tx, o)
	o.Updated = c.Tx.Now()
	if err := o.take(c.Tx, &in); err != nil {
		return engine.Reply{}, err
	}
	if err := o.pull(c, &in.Data.Attributes); err != nil {
		return engine.Reply{}, err
	}
	for _, p := range before {
		record(c, p.ID, p)
	}
	if bool(in.Data.Attributes.Place) && o.Status == orderPending && o.declinedIn(c.Tx) {
		return decline(c, o), nil
	}
	return answer(c, orderType, o.ID, 200)
}

// sourcesOf are the order's payments as they were before the call.
func sourcesOf(tx *world.Tx, o *Order) []*Payment {
	var list []*Payment
	for _, id := range o.Payments {
		p, _ := payments.Get(tx, id)
		list = append(list, p)
	}
	return list
}

// pull does what the triggers say.
func (o *Order) pull(c *engine.Call, a *orderAttributes) error {
	for _, t := range orderTriggers {
		if !bool(t.sent(a)) || t.name == "_authorize" && bool(a.Place) { // placing authorizes
			continue
		}
		if t.integration {
			if err := restricted(c); err != nil {
				return err
			}
		}
		if err := t.pull(c.Tx, o, pulled{t.name, c.Scenario()}); err != nil {
			return err
		}
	}
	return nil
}

// restrictedBut lets a sales channel do to an order after its placement what it may: cancel it.
func restrictedBut(c *engine.Call, in *orderInput) error {
	if in.Data.Attributes.Cancel {
		return nil
	}
	return restricted(c)
}

// take puts what a body sets into the order.
func (o *Order) take(tx *world.Tx, in *orderInput) error {
	a := &in.Data.Attributes
	for _, flag := range []struct{ sent, kept *bool }{{a.Autorefresh, &o.Autorefresh}, {a.Guest, &o.Guest}} {
		if flag.sent != nil {
			*flag.kept = *flag.sent
		}
	}
	a.CustomerEmail.into(&o.CustomerEmail)
	a.LanguageCode.into(&o.LanguageCode)
	a.CartURL.into(&o.CartURL)
	a.ReturnURL.into(&o.ReturnURL)
	a.TermsURL.into(&o.TermsURL)
	a.PrivacyURL.into(&o.PrivacyURL)
	a.referenceInput.into(&o.Common)
	if cents := a.AuthorizationAmount; cents != nil {
		if most := o.total().Minor; *cents > most {
			return limited("/data/attributes/_authorization_amount_cents", "less_than_or_equal_to", most)
		}
		o.AuthorizationAmount = cents
	}
	if err := o.takeCoupon(a.CouponCode); err != nil {
		return err
	}
	if err := o.takeMethod(tx, in.Data.Relationships.PaymentMethod); err != nil {
		return err
	}
	return o.takeSource(tx, in.Data.Relationships.PaymentSource)
}

func (o *Order) editable() bool {
	return o.Status == orderDraft || o.Status == orderPending || o.Status == orderEditing
}

func (o *Order) takeCoupon(code text) error {
	const at = "/data/attributes/coupon_code"
	if !code.sent || code.blank() && o.CouponCode == nil {
		return nil
	}
	if !o.editable() {
		return invalid(at, "invalid", "needs an order that can be edited; it is "+o.Status)
	}
	o.CouponCode = nil
	if !code.blank() {
		if _, ok := coupons[*code.value]; !ok {
			return invalid(at, "invalid", "is not a coupon; SAVE10 is one")
		}
		o.CouponCode = code.value
	}
	if err := o.reckon(); err != nil {
		return err
	}
	if o.Status == orderEditing && o.total().Minor > o.Placed.Minor {
		return invalid(at, "invalid", "would make the order dearer than "+formatted(o.Placed)+", with which it was placed")
	}
	return nil
}

// takeMethod chooses another payment method. A payment source of another kind goes with the old one.
func (o *Order) takeMethod(tx *world.Tx, link *linkInput) error {
	const at = "/data/relationships/payment_method"
	if link == nil || link.id() == o.Method {
		return nil
	}
	if o.Status != orderDraft && o.Status != orderPending {
		return invalid(at, "invalid", "can't be changed: the order is "+o.Status)
	}
	m, ok := paymentMethods.Get(tx, link.id())
	if link.Data != nil && !ok {
		return invalid(at, "blank", "must exist")
	}
	o.Method, o.Fee = link.id(), money.Zero(o.Currency)
	if ok {
		o.Fee = m.Fee
	}
	if !ok || m.SourceType != paymentType {
		if err := dropSource(tx, o); err != nil {
			return err
		}
	}
	return o.reckon()
}

func (o *Order) takeSource(tx *world.Tx, link *linkInput) error {
	const at = "/data/relationships/payment_source"
	switch {
	case link == nil || link.id() == o.Source:
		return nil
	case o.Status != orderDraft && o.Status != orderPending:
		return invalid(at, "invalid", "can't be changed: the order is "+o.Status)
	case link.Data == nil:
		return dropSource(tx, o)
	case !slices.Contains(o.Payments, link.id()):
		return invalid(at, "invalid", "must be a payment that was made for this order")
	}
	o.Source = link.id()
	return nil
}

// dropSource leaves the order without a payment source; what its payment promises is given back (assumed).
func dropSource(tx *world.Tx, o *Order) error {
	o.Source = ""
	return release(tx, o)
}

// total is what the order costs.
func (o *Order) total() money.Amount {
	t, err := money.Sum(o.Currency, o.Subtotal, o.Shipping, o.Fee, o.Discount)
	if err != nil {
		return money.Zero(o.Currency) // out of reach: reckon refuses such an order
	}
	return t
}

// reckon works the order's discount out anew.
func (o *Order) reckon() error {
	o.Discount = money.Zero(o.Currency)
	if o.CouponCode != nil {
		off, err := o.Subtotal.Times(coupons[*o.CouponCode])
		if err != nil {
			return err
		}
		o.Discount = off.Neg()
	}
	_, err := money.Sum(o.Currency, o.Subtotal, o.Shipping, o.Fee, o.Discount)
	return err
}

// move takes an arrow of the order's table, and stamps the time of it.
func (o *Order) move(tx *world.Tx, event string) error {
	next, err := orderStates.Next(o.Status, event)
	if err != nil {
		return err
	}
	o.Status = next
	stamps := map[string]**time.Time{"place": &o.PlacedAt, "approve": &o.ApprovedAt, "capture": &o.ApprovedAt, "cancel": &o.CancelledAt, "void": &o.CancelledAt, "refund": &o.CancelledAt}
	if at := stamps[event]; at != nil {
		*at = now(tx)
	}
	return nil
}

func pendOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "pend") != nil {
		return t.refuse("needs a draft; the order is %s", o.Status)
	}
	return nil
}

func refreshOrder(tx *world.Tx, o *Order, _ pulled) error {
	o.RefreshedAt = now(tx)
	return o.reckon()
}

func nullifyPaymentSource(tx *world.Tx, o *Order, t pulled) error {
	if o.Status != orderDraft && o.Status != orderPending {
		return t.refuse("needs a draft or pending order; it is %s", o.Status)
	}
	return dropSource(tx, o)
}

// authorizeOrder authorizes the order's payment source, for the total or the amount that was set to be authorized.
func authorizeOrder(tx *world.Tx, o *Order, t pulled) error {
	p, ok := payments.Edit(tx, o.Source)
	if !ok {
		return invalid("/data/relationships/payment_source", "blank", "can't be blank")
	}
	amount := o.total()
	if o.AuthorizationAmount != nil && *o.AuthorizationAmount < amount.Minor {
		amount.Minor = *o.AuthorizationAmount
	}
	return authorize(tx, o, p, amount, t.scenario)
}

// placeOrder places an order whose money is promised, or asks for the money first. An order that waits for its customer's challenge stays pending.
func placeOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.Status != orderPending {
		return t.refuse("needs a pending order; it is %s", o.Status)
	}
	if o.total().IsZero() {
		return o.place(tx)
	}
	if o.Method == "" {
		return invalid("/data/relationships/payment_method", "blank", "can't be blank")
	}
	if m, ok := paymentMethods.Get(tx, o.Method); ok && m.SourceType != paymentType {
		return t.refuse("needs a payment method that takes checkout_com_payments; the others are not simulated")
	}
	p, ok := payments.Edit(tx, o.Source)
	if !ok {
		return invalid("/data/relationships/payment_source", "blank", "can't be blank")
	}
	if p.State == stateNew {
		if err := authorize(tx, o, p, o.total(), t.scenario); err != nil {
			return err
		}
		if p.State == statePending || p.State == stateDeclined || o.Status == orderPlaced {
			return nil
		}
	}
	switch {
	case p.State != stateAuthorized && p.State != stateCaptured && p.State != statePartiallyCaptured:
		return refuse("PAYMENT_NOT_APPROVED_FOR_EXECUTION", "/data/relationships/payment_source", "payment_source - is "+p.status()+": it must be authorized before the order is placed")
	case p.mismatched(o):
		return invalid("/data/relationships/payment_source", "invalid", "is for "+formatted(p.Attempt.Amount)+", but the order costs "+formatted(o.total())+": make another payment")
	}
	return o.place(tx)
}

// declinedIn tells whether the order's payment source is declined.
func (o *Order) declinedIn(tx *world.Tx) bool {
	p, ok := payments.Get(tx, o.Source)
	return ok && p.State == stateDeclined
}

func (o *Order) place(tx *world.Tx) error {
	if err := o.move(tx, "place"); err != nil {
		return err
	}
	o.Placed = o.total()
	tx.Emit("orders.place", o.ID)
	return nil
}

// cancel ends the order and gives back what its authorization still promises. event is what ended it.
func (o *Order) cancel(tx *world.Tx, event string) error {
	if err := giveBack(tx, o); err != nil {
		return err
	}
	if err := o.move(tx, event); err != nil {
		return engine.Refuse(engine.Conflict, "%s", err)
	}
	tx.Emit("orders.cancel", o.ID)
	return nil
}

func cancelOrder(tx *world.Tx, o *Order, t pulled) error {
	if a, ok := authorizations.Get(tx, o.Live); ok && !a.Ledger.Net().IsZero() {
		return t.refuse("needs an order of which nothing is paid; refund its captures")
	}
	if o.Status != orderPlaced {
		return t.refuse("needs a placed order; it is %s", o.Status)
	}
	return o.cancel(tx, "cancel")
}

func startEditing(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "start_editing") != nil {
		return t.refuse("needs a placed order; it is %s", o.Status)
	}
	return nil
}

func stopEditing(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "stop_editing") != nil {
		return t.refuse("needs an order that is being edited; it is %s", o.Status)
	}
	return nil
}

func approveOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.move(tx, "approve") != nil {
		return t.refuse("needs a placed order; it is %s", o.Status)
	}
	tx.Emit("orders.approve", o.ID)
	return nil
}

func approveAndCapture(tx *world.Tx, o *Order, t pulled) error {
	if err := approveOrder(tx, o, t); err != nil {
		return err
	}
	return captureOrder(tx, o, t)
}

// captureOrder captures what the order costs, or as much of it as is promised.
func captureOrder(tx *world.Tx, o *Order, t pulled) error {
	a, ok := authorizations.Edit(tx, o.Live)
	if !ok || a.Ledger.Capturable().IsZero() || o.Status != orderPlaced && o.Status != orderApproved {
		return t.refuse("needs a placed or approved order with an authorization; it is %s and %s", o.Status, o.paymentStatus(tx))
	}
	rest := a.Ledger.Capturable()
	if open, err := a.Ledger.Outstanding(o.total()); err == nil && open.Sign() > 0 && open.Minor < rest.Minor {
		rest = open
	}
	return capture(tx, a, rest, "")
}

// refundOrder refunds every capture of the order.
func refundOrder(tx *world.Tx, o *Order, t pulled) error {
	a, ok := authorizations.Get(tx, o.Live)
	if !ok || a.Ledger.Refundable().IsZero() || o.Status != orderPlaced && o.Status != orderApproved {
		return t.refuse("needs a paid order; it is %s and %s", o.Status, o.paymentStatus(tx))
	}
	for _, id := range a.Captures {
		k, _ := captures.Edit(tx, id)
		if k.rest().IsZero() {
			continue
		}
		k.Next = nil
		if err := refundCapture(tx, k); err != nil {
			return err
		}
	}
	return nil
}

func fulfillOrder(tx *world.Tx, o *Order, t pulled) error {
	if o.Status != orderApproved || o.fulfill(tx, "fulfill") != nil {
		return t.refuse("needs an approved order that is not fulfilled; it is %s and %s", o.Status, o.Fulfillment)
	}
	return nil
}

func (o *Order) fulfill(tx *world.Tx, event string) error {
	next, err := fulfillmentStates.Next(o.Fulfillment, event)
	if err != nil {
		return err
	}
	o.Fulfillment, o.FulfillmentUpdatedAt = next, now(tx)
	return nil
}

// captured takes the order along when money was captured: a placed one is approved, and fulfillment begins.
func (o *Order) captured(tx *world.Tx) error {
	if o.Status == orderPlaced {
		if err := o.move(tx, "capture"); err != nil {
			return err
		}
	}
	if o.Status == orderApproved && o.Fulfillment == unfulfilled {
		return o.fulfill(tx, "capture")
	}
	return nil
}

// paymentStatus is where the order's money is.
func (o *Order) paymentStatus(tx *world.Tx) string { return paymentStatus(o.total(), o.ledger(tx)) }

func (o *Order) ledger(tx *world.Tx) *money.Ledger {
	if a, ok := authorizations.Get(tx, o.Live); ok {
		return &a.Ledger
	}
	return nil
}
