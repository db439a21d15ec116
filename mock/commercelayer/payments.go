package commercelayer

import (
	"encoding/json"
	"slices"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/page"
	"understudy/mock/internal/world"
)

var (
	getCheckoutComPayment            = show(paymentType)
	getCheckoutComPaymentOrder       = related(paymentType, "order")
	getCheckoutComPaymentOrderLink   = linkage(paymentType, "order")
	getCheckoutComPaymentGateway     = related(paymentType, "payment_gateway")
	getCheckoutComPaymentGatewayLink = linkage(paymentType, "payment_gateway")
)

// listCheckoutComPayments answers one page of the organization's payments.
func listCheckoutComPayments(c *engine.Call) (engine.Reply, error) {
	var ids []string
	for id := range payments.All(c.Tx, "") {
		ids = append(ids, id)
	}
	return list(c, paymentType, ids)
}

// paymentInput is the body of a create or an update.
type paymentInput struct {
	Data struct {
		ID         *string `json:"id"`
		Attributes struct {
			PaymentType text    `json:"payment_type"`
			Token       text    `json:"token"`
			SessionID   text    `json:"session_id"`
			SuccessURL  text    `json:"success_url"`
			FailureURL  text    `json:"failure_url"`
			Authorize   trigger `json:"_authorize"`
			Details     trigger `json:"_details"`
			Refresh     trigger `json:"_refresh"`
			referenceInput
		} `json:"attributes"`
		Relationships struct {
			Order *linkInput `json:"order"`
		} `json:"relationships"`
	} `json:"data"`
}

// createCheckoutComPayment makes a payment and the payment source of its order. Nothing is asked of Checkout.com yet.
func createCheckoutComPayment(c *engine.Call) (engine.Reply, error) {
	var in paymentInput
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	if in.Data.ID != nil {
		return engine.Reply{}, refuse("PARAM_NOT_ALLOWED", "/data/id", "id is not allowed: the server makes it up")
	}
	o, ok := orders.Edit(c.Tx, in.Data.Relationships.Order.id())
	if !ok {
		return engine.Reply{}, invalid("/data/relationships/order", "blank", "must exist")
	}
	if err := payable(c, o); err != nil {
		return engine.Reply{}, err
	}
	p := newPayment(c.Tx, o, "")
	if c.Profile == currentProfile {
		p.FlowSession = processorID(c.Tx, "ps", p.ID)
		charges.Put(c.Tx, p.FlowSession, &Charge{Payment: p.ID})
	}
	if err := p.take(c.Tx, &in); err != nil {
		return engine.Reply{}, err
	}
	record(c, p.ID, nil)
	c.Tx.Emit("checkout_com_payments.create", p.ID)
	return answer(c, paymentType, p.ID, 201)
}

// payable refuses an order that cannot get a Checkout.com payment.
func payable(c *engine.Call, o *Order) error {
	const at = "/data/relationships/order"
	if o.Status != orderDraft && o.Status != orderPending {
		if err := restricted(c); err != nil {
			return err
		}
		return invalid(at, "invalid", "must be draft or pending; it is "+o.Status)
	}
	m, ok := paymentMethods.Get(c.Tx, o.Method)
	if !ok {
		return invalid(at, "invalid", "must have a payment method")
	}
	if m.SourceType != paymentType {
		return invalid(at, "invalid", "must have a payment method that takes checkout_com_payments; its own takes "+m.SourceType)
	}
	return nil
}

// newPayment makes a payment for an order and puts it in the place of the one before.
func newPayment(tx *world.Tx, o *Order, id string) *Payment {
	p := &Payment{Common: born(tx, "payment", id), Order: o.ID, State: stateNew}
	if m, ok := paymentMethods.Get(tx, o.Method); ok {
		p.Gateway = m.Gateway
	}
	payments.Put(tx, p.ID, p)
	o.Payments = append(o.Payments, p.ID)
	o.Source = p.ID
	return p
}

// take puts what a body sets into the payment.
func (p *Payment) take(tx *world.Tx, in *paymentInput) error {
	a := &in.Data.Attributes
	if a.PaymentType.sent {
		if a.PaymentType.blank() {
			return invalid("/data/attributes/payment_type", "blank", "can't be blank")
		}
		p.PaymentType = a.PaymentType.value
	}
	if err := p.takeToken(tx, a.Token); err != nil {
		return err
	}
	a.SessionID.into(&p.SessionID)
	for _, u := range []struct {
		name string
		sent text
		kept **string
	}{{"success_url", a.SuccessURL, &p.SuccessURL}, {"failure_url", a.FailureURL, &p.FailureURL}} {
		if u.sent.sent && u.sent.value != nil && !page.Leads(*u.sent.value) {
			return invalid("/data/attributes/"+u.name, "invalid", "must be a URL that begins with http:// or https://, such as https://shop.example.com/return")
		}
		u.sent.into(u.kept)
	}
	a.referenceInput.into(&p.Common)
	return nil
}

// takeToken sets the token. Another one starts the payment anew, unless money stands on the old one.
func (p *Payment) takeToken(tx *world.Tx, token text) error {
	const at = "/data/attributes/token"
	switch {
	case !token.sent || p.Token != nil && token.value != nil && *p.Token == *token.value:
		return nil
	case token.blank():
		return invalid(at, "blank", "can't be blank")
	case p.State != stateNew:
		if err := p.move("retry"); err != nil {
			return invalid(at, "invalid", "can't be changed: the payment is "+p.State)
		}
		p.forget(tx)
	}
	p.Token = token.value
	return nil
}

// forget takes back what the last authorization left in the payment.
func (p *Payment) forget(tx *world.Tx) {
	tx.Cancel(challengeTimer, p.ID)
	checkout.Forget(tx, p.ID)
	p.Attempt, p.SessionID, p.SourceID, p.BySession = nil, nil, nil, false
}

// updateCheckoutComPayment changes a payment, starts its authorization or reads its outcome.
func updateCheckoutComPayment(c *engine.Call) (engine.Reply, error) {
	var in paymentInput
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	p, o, err := editablePayment(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := sameID(in.Data.ID, p.ID); err != nil {
		return engine.Reply{}, err
	}
	before := p.Clone()
	if err := p.take(c.Tx, &in); err != nil {
		return engine.Reply{}, err
	}
	if link := in.Data.Relationships.Order; link != nil && link.id() != p.Order {
		return engine.Reply{}, invalid("/data/relationships/order", "invalid", "can't be changed: make a payment for the other order")
	}
	a := &in.Data.Attributes
	if a.Authorize {
		err = authorizeSource(c.Tx, o, p, c.Scenario)
	}
	if err == nil && bool(a.Details) {
		err = details(c.Tx, o, p, a.SessionID)
	}
	if err == nil && bool(a.Refresh) {
		err = read(c.Tx, o, p)
	}
	if err != nil {
		return engine.Reply{}, err
	}
	record(c, p.ID, before)
	return answer(c, paymentType, p.ID, 200)
}

// editablePayment finds the payment of the path and its order, for somebody who may change it.
func editablePayment(c *engine.Call) (*Payment, *Order, error) {
	p, ok := payments.Edit(c.Tx, c.Vars["id"])
	if !ok {
		return nil, nil, unknown(c.Vars["id"])
	}
	o, _ := orders.Get(c.Tx, p.Order)
	if o.Status != orderDraft && o.Status != orderPending {
		if err := restricted(c); err != nil {
			return nil, nil, err
		}
	}
	return p, o, nil
}

// deleteCheckoutComPayment removes a payment that holds no money. Its order is left without a payment source.
func deleteCheckoutComPayment(c *engine.Call) (engine.Reply, error) {
	p, o, err := editablePayment(c)
	if err != nil {
		return engine.Reply{}, err
	}
	switch p.State {
	case stateNew, statePending, stateAbandoned, stateLapsed, stateRefused, stateDeclined, stateExpired:
	default:
		return engine.Reply{}, engine.Refuse(engine.Conflict, "the payment is %s: it cannot be deleted", p.State).Coded("LOCKED")
	}
	o, _ = orders.Edit(c.Tx, o.ID)
	if o.Source == p.ID {
		o.Source = ""
	}
	o.Payments = slices.DeleteFunc(o.Payments, func(id string) bool { return id == p.ID })
	p.forget(c.Tx)
	for _, id := range p.Changes {
		changes.Delete(c.Tx, id)
	}
	payments.Delete(c.Tx, p.ID)
	c.Tx.Emit("checkout_com_payments.destroy", p.ID)
	return engine.NoContent(), nil
}

// authorizeSource starts the authorization of an order's total on its payment source. Where one waits for the customer already, nothing happens:
// asking twice must not charge twice.
func authorizeSource(tx *world.Tx, o *Order, p *Payment, wish wish) error {
	if o.Source != p.ID {
		return invalid("/data/attributes/_authorize", "invalid", "is for the payment source of the order, which this payment no longer is")
	}
	return authorize(tx, o, p, o.total(), wish)
}

// wish tells how an authorization is asked to go; "" where nobody asks. It is asked only once there is one: a wish that meets none is refused.
type wish func() checkout.Scenario

func noWish() checkout.Scenario { return "" }

// authorize asks Checkout.com for an order's money, and takes note of the answer.
func authorize(tx *world.Tx, o *Order, p *Payment, amount money.Amount, wish wish) error {
	switch p.State {
	case statePending, stateDeciding, stateAbandoned, statePassed, stateRefused:
		return nil
	case stateLapsed, stateDeclined, stateExpired:
		if err := p.move("retry"); err != nil {
			return err
		}
		p.forget(tx)
	case stateNew:
	default:
		return invalid("/data/attributes/_authorize", "invalid", "can't be done twice: the payment is "+p.State)
	}
	if o.Status != orderPending {
		return invalid("/data/attributes/_authorize", "invalid", "needs a pending order; it is "+o.Status)
	}
	if p.Token == nil {
		return invalid("/data/attributes/token", "blank", "can't be blank")
	}
	if amount.Sign() <= 0 {
		return invalid("/data/attributes/_authorize", "invalid", "needs an order that costs something")
	}
	if a, ok := authorizations.Get(tx, o.Live); ok && !a.Ledger.Net().IsZero() {
		return invalid("/data/attributes/_authorize", "invalid", "needs an order of which nothing is paid yet; cancel its capture first")
	}
	v := judge(wish(), *p.Token, amount)
	a := attempt(tx, p, amount)
	switch {
	case v.code == "":
		return p.play(tx, v)
	case v.scenario == checkout.Frictionless:
		a.Proof = proven
	}
	a.decide(v)
	return conclude(tx, o, p, map[bool]string{true: "authorize", false: "refuse"}[v.code == approvedCode], "")
}

// details reads the outcome, by the payment's session while that lives: then the answer shows the actions too (published: processor payment reference).
// A session that was named must be the payment's and alive. Where none was, and it is over, the payment itself is read as _refresh does, so that a shop
// whose customer comes late learns what became of the payment (assumed: nobody publishes what is answered then).
func details(tx *world.Tx, o *Order, p *Payment, session text) error {
	const at = "/data/attributes/session_id"
	a := p.Attempt
	if a == nil {
		return nil
	}
	if named := session.value; named != nil && *named != a.Session {
		return invalid(at, "invalid", "is not a session of this payment")
	}
	if !tx.Now().Before(a.SessionEnds) {
		if session.value != nil {
			return invalid(at, "expired", "has expired: Checkout.com forgets a session after 15 minutes")
		}
		return read(tx, o, p)
	}
	p.BySession = true
	if err := read(tx, o, p); err != nil {
		return err
	}
	if p.status() != statePending {
		p.SessionID = &a.Session
	}
	return nil
}

// read takes note of what became of a payment at Checkout.com since it was last looked at.
func read(tx *world.Tx, o *Order, p *Payment) error {
	switch p.State {
	case statePassed, stateRefused, stateLapsed:
		return conclude(tx, o, p, "read", "")
	}
	return nil
}

// conclude moves a payment to its outcome and makes the authorization that stands for it, under a given id or the next.
func conclude(tx *world.Tx, o *Order, p *Payment, event, id string) error {
	if err := p.move(event); err != nil {
		return err
	}
	p.Updated = tx.Now()
	switch p.State {
	case stateAuthorized:
		p.SourceID = &p.Attempt.Source
		return authorized(tx, o.ID, p, id)
	case stateDeclined:
		return declined(tx, o.ID, p, id)
	}
	return nil
}

// move takes an arrow of the payment's table.
func (p *Payment) move(event string) error {
	next, err := paymentStates.Next(p.State, event)
	if err != nil {
		return engine.Refuse(engine.Conflict, "%s", err)
	}
	p.State = next
	return nil
}

// status is the payment's state as Checkout.com last told it to Commerce Layer.
func (p *Payment) status() string {
	switch p.State {
	case stateDeciding, statePassed, stateRefused, stateAbandoned, stateLapsed:
		return statePending
	}
	return p.State
}

// promised tells whether an order can be placed on the payment.
func (p *Payment) promised() bool {
	return p.State == stateAuthorized || p.State == stateCaptured || p.State == statePartiallyCaptured
}

// mismatched tells whether the payment stands for another amount than its order now costs.
func (p *Payment) mismatched(o *Order) bool {
	switch {
	case p.Attempt == nil, p.State == stateDeclined, p.State == stateExpired, p.State == stateVoided:
		return false
	}
	return p.Attempt.Amount != o.total()
}

// history is what a change of a payment is told by: its attributes as they are kept. URLs that are minted when they are
// read, and what Checkout.com tells, are not part of it.
func (p *Payment) history() map[string]json.RawMessage {
	kept := map[string]json.RawMessage{"metadata": p.Metadata}
	for name, v := range map[string]*string{
		"payment_type": p.PaymentType, "token": p.Token, "session_id": p.SessionID, "success_url": p.SuccessURL, "failure_url": p.FailureURL,
		"source_id": p.SourceID, "customer_token": p.CustomerID, "reference": p.Reference, "reference_origin": p.ReferenceOrigin,
	} {
		raw, _ := json.Marshal(v)
		kept[name] = raw
	}
	return kept
}
