package commercelayer

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

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
		ID            *string       `json:"id"`
		Attributes    orderSettings `json:"attributes"`
		Relationships struct {
			PaymentMethod *linkInput `json:"payment_method"`
			PaymentSource *linkInput `json:"payment_source"`
		} `json:"relationships"`
	} `json:"data"`
}

// orderSettings are what an update may set, and the triggers it may pull.
type orderSettings struct {
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
