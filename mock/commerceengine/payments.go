package commerceengine

import (
	"fmt"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// retryPayment makes a new attempt on an order, with the last attempt's method if none is named.
func retryPayment(c *engine.Call) (engine.Reply, error) {
	var body struct {
		Method *methodPayload `json:"payment_method"`
	}
	if err := c.Into(&body); err != nil {
		return engine.Reply{}, err
	}
	order, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	last := order.latest(c.Tx)
	if refused := order.refusesRetry(last, c.Tx.Now()); refused != nil {
		return engine.Reply{}, refused
	}
	method, err := chooseMethod(body.Method, last, c.Tx.Now())
	if err != nil {
		return engine.Reply{}, err
	}
	attempt, err := request(c, order, method)
	if err != nil {
		return engine.Reply{}, err
	}
	if last != nil {
		c.Tx.Emit("payment.retried", order.Number)
	}
	return ok("payment retried", retriedContent{attempt.info(c, order)})
}

func chooseMethod(named *methodPayload, last *Attempt, now time.Time) (Method, error) {
	switch {
	case named != nil:
		return named.method(now)
	case last != nil:
		return last.Method.again()
	}
	return Method{}, engine.RefuseField("/payment_method", "is missing, and the order has no earlier attempt whose method could be used again", "a payment method").Coded("invalid_payment_method")
}

// refusesRetry says why no new attempt can be made now; nil if one can. The rule is published: at once after the last request failed or
// was cancelled, otherwise 15 minutes after it. That paid, cancelled and expired orders refuse is assumed.
func (o *Order) refusesRetry(last *Attempt, now time.Time) *engine.Error {
	switch {
	case o.State == cancelled:
		return engine.Refuse(engine.Conflict, "order %s is cancelled; a new order would be right", o.Number).Coded("order_cancelled")
	case o.State == confirmed, o.due().Sign() <= 0:
		return engine.Refuse(engine.Conflict, "order %s is paid; nothing is left to pay", o.Number).Coded("order_already_paid")
	case !o.open(now):
		return engine.Refuse(engine.Expired, "order %s took payments until %s; a new order would be right", o.Number, stamp(o.Expires)).Coded("order_expired")
	case last == nil, last.over():
		return nil
	}
	if from := last.Requested.Add(retryAfter); now.Before(from) {
		return engine.Refuse(engine.Conflict, "the last payment request of order %s has not failed; retry after cancel-payment-request, or from %s", o.Number, stamp(from)).Coded("payment_retry_not_allowed")
	}
	return nil
}

// request makes an attempt for all that is due, and lets it go the way that the caller's scenario asks for.
func request(c *engine.Call, o *Order, m Method) (*Attempt, error) {
	a := newAttempt(c.Tx, o, m)
	scenario := c.Scenario()
	if scenario == "" {
		return a, nil
	}
	c.Tx.Cancel(attemptOutcome, a.ID)
	return a, a.play(c.Tx, scenario)
}

// play takes an attempt the way of a scenario. Whoever is asked for a code has chosen a method before.
func (a *Attempt) play(tx *world.Tx, scenario checkout.Scenario) error {
	if scenario == checkout.Challenge || scenario == checkout.ChallengeFailed {
		if err := a.start(tx); err != nil {
			return err
		}
	}
	return script.Play(tx, a.ID, scenario)
}

// newAttempt keeps a new attempt and starts its clocks. One with a method of the shop's choosing is with the bank at once.
func newAttempt(tx *world.Tx, o *Order, m Method) *Attempt {
	id := "ordeh_" + tx.ID("payment", o.Number).Hex(32)
	now, life := tx.Now(), pageLife
	if m.Variant != hyperCheckout {
		life = expressLife
	}
	a := &Attempt{
		ID: id, Order: o.Number, Reference: fmt.Sprintf("%s-%d", o.Number, len(o.Attempts)+1), State: fresh, Method: m, Amount: o.due(),
		Requested: now, Expires: earlier(now.Add(life), o.Expires),
		Request: tx.OnlyID("request", id).Hex(32), Token: "tkn_" + tx.OnlyID("token", id).Hex(32), Txn: "txn" + tx.OnlyID("transaction", id).Hex(16),
	}
	if m.Variant != hyperCheckout {
		a.State = pendingVBV
	}
	attempts.Put(tx, id, a)
	o.Attempts = append(o.Attempts, id)
	o.Modified = now
	tx.At(attemptExpiry, id, a.Expires)
	if upiScenario(m.VPA) != "" {
		tx.At(attemptOutcome, id, now.Add(upiAnswer))
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// settle brings an attempt to its customer's outcome, and its order along.
func settle(tx *world.Tx, payment string, outcome checkout.Outcome) error {
	a, found := attempts.Edit(tx, payment)
	if !found {
		return engine.Refuse(engine.NotFound, "there is no payment %q", payment)
	}
	switch outcome {
	case checkout.Abandon:
		return a.move(tx, "abandon")
	case checkout.Expire:
		return lapse(tx, payment)
	case checkout.Pend:
		return pend(tx, a)
	case checkout.InsufficientFunds:
		outcome = checkout.Decline
	}
	if err := a.start(tx); err != nil {
		return err
	}
	if err := a.move(tx, string(outcome)); err != nil {
		return err
	}
	if outcome == checkout.Approve {
		return take(tx, a, a.Amount)
	}
	return fail(tx, a)
}

// start is the customer's choice of a method on the payment page: from then on the bank is asked.
func (a *Attempt) start(tx *world.Tx) error {
	if a.State != fresh {
		return nil
	}
	return a.move(tx, "start")
}

// hold leaves the outcome to the gateway, which decides a little later.
func hold(tx *world.Tx, payment string) error {
	a, found := attempts.Edit(tx, payment)
	if !found {
		return engine.Refuse(engine.NotFound, "there is no payment %q", payment)
	}
	if err := a.start(tx); err != nil {
		return err
	}
	if err := a.move(tx, "hold"); err != nil {
		return err
	}
	tx.Cancel(attemptExpiry, a.ID)
	tx.At(attemptOutcome, a.ID, tx.Now().Add(authorizingFor))
	return nil
}

// pend leaves the outcome to a bank that will say later: the customer's journey brings it.
func pend(tx *world.Tx, a *Attempt) error {
	if err := a.start(tx); err != nil {
		return err
	}
	tx.Cancel(attemptExpiry, a.ID)
	return a.move(tx, "hold")
}

// take books money that an attempt brought. Money that comes after the order was closed goes back at once (assumed, after Juspay's AUTO_REFUNDED).
func take(tx *world.Tx, a *Attempt, amount money.Amount) error {
	o, _ := orders.Edit(tx, a.Order)
	if err := o.Ledger.Authorize(amount); err != nil {
		return err
	}
	if err := o.Ledger.Capture(amount); err != nil {
		return err
	}
	a.Receipt = tx.OnlyID("receipt", a.ID).Spell(12, world.Digits)
	o.Modified = tx.Now()
	tx.Emit("payment.success", o.Number)
	switch {
	case o.State != draft:
		beginRefund(tx, o, amount, originalMode)
	case o.due().IsZero():
		return o.confirm(tx, "pay")
	}
	return nil
}

// fail tells of an attempt that ended without money.
func fail(tx *world.Tx, a *Attempt) error {
	o, _ := orders.Edit(tx, a.Order)
	o.Modified = tx.Now()
	tx.Emit("payment.failed", o.Number)
	return nil
}

// lapse ends an attempt whose time is up, withdraw one that was given up.
func lapse(tx *world.Tx, payment string) error    { return end(tx, payment, "expire") }
func withdraw(tx *world.Tx, payment string) error { return end(tx, payment, "cancel") }

func end(tx *world.Tx, payment, event string) error {
	a, found := attempts.Edit(tx, payment)
	if !found {
		return engine.Refuse(engine.NotFound, "there is no payment %q", payment)
	}
	if err := a.move(tx, event); err != nil {
		return err
	}
	return fail(tx, a)
}

// expireAttempt makes a payment that nobody made a failed one, so that a retry is possible.
func expireAttempt(tx *world.Tx, t world.Timer) error { return lapse(tx, t.ID) }

// concludeAttempt is the gateway's answer, or the test address's.
func concludeAttempt(tx *world.Tx, t world.Timer) error {
	a, found := attempts.Get(tx, t.ID)
	switch {
	case !found:
		return nil
	case a.State == authorizing:
		return settle(tx, a.ID, checkout.Approve)
	}
	a, _ = attempts.Edit(tx, t.ID)
	return a.play(tx, upiScenario(a.Method.VPA))
}

// apply takes the arrows that only the control API takes.
func apply(tx *world.Tx, machine, id, event string) error {
	switch {
	case machine == paymentStates.Machine:
		return applyToPayment(tx, id, event)
	case machine == orderStates.Machine && event == "pay":
		return payOrder(tx, id)
	}
	return engine.Refuse(engine.NotFound, "no event %q of %s is brought about from outside", event, machine)
}

func applyToPayment(tx *world.Tx, id, event string) error {
	a, found := attempts.Edit(tx, id)
	if !found {
		return engine.Refuse(engine.NotFound, "there is no payment %q", id)
	}
	switch event {
	case "start":
		return a.move(tx, event)
	case "hold":
		return hold(tx, id)
	case "approve_part":
		if err := a.move(tx, event); err != nil {
			return err
		}
		return take(tx, a, money.Amount{Minor: a.Amount.Minor / 2, Currency: currency})
	}
	return engine.Refuse(engine.NotFound, "no event %q of payments is brought about from outside", event)
}

// payOrder pays an order with the attempt that waits, or with one made for it.
func payOrder(tx *world.Tx, number string) error {
	o, found := orders.Edit(tx, number)
	if !found {
		return engine.Refuse(engine.NotFound, "there is no order %q", number)
	}
	if o.State != draft {
		return o.move(tx, "pay")
	}
	a := o.latest(tx)
	if a == nil || !a.waits() {
		a = newAttempt(tx, o, Method{Variant: hyperCheckout, Provider: providerSlug, Gateway: sandboxGateway})
	}
	return settle(tx, a.ID, checkout.Approve)
}

// getPaymentStatus tells where the payment stands.
func getPaymentStatus(c *engine.Call) (engine.Reply, error) {
	order, err := findOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	last := order.latest(c.Tx)
	return ok("payment status", statusContent{
		Status: order.paymentStatus(last), Paid: order.Ledger.Net().Number(), Unpaid: order.due().Number(),
		Retry: order.refusesRetry(last, c.Tx.Now()) == nil,
	})
}

// listOrderPayments lists the order's payments and refunds.
func listOrderPayments(c *engine.Call) (engine.Reply, error) {
	order, err := findOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	return ok("order payments", historyContent{order.history(c.Tx)})
}

// cancelPaymentRequest gives up the attempt that waits.
func cancelPaymentRequest(c *engine.Call) (engine.Reply, error) {
	order, err := findOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	last := order.latest(c.Tx)
	if last == nil || !last.waits() {
		return engine.Reply{}, engine.Refuse(engine.Conflict, "no payment request of order %s waits for the customer", order.Number).Coded("no_pending_payment_request")
	}
	if err := withdraw(c.Tx, last.ID); err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(done{"payment request cancelled", true}), nil
}
