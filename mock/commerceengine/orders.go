package commerceengine

import (
	"fmt"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// createOrder makes an order of a cart, with its first attempt if a payment method is named and something is to be paid.
func createOrder(c *engine.Call) (engine.Reply, error) {
	var body struct {
		CartID string         `json:"cart_id"`
		Method *methodPayload `json:"payment_method"`
	}
	if err := c.Into(&body); err != nil {
		return engine.Reply{}, err
	}
	now := c.Tx.Now()
	cart, found := carts.Edit(c.Tx, body.CartID)
	if !found || !may(c, cart.User) {
		return engine.Reply{}, engine.RefuseField("/cart_id", fmt.Sprintf("names no cart: %q", body.CartID), "the id of a cart of this session").Coded("cart_not_found")
	}
	if why := cart.unready(now); why != "" {
		return engine.Reply{}, engine.RefuseField("/cart_id", "names a cart that is not ready for payment: "+why, "").Coded("cart_not_ready")
	}
	life, err := lifeOf(cart.Metadata)
	if err != nil {
		return engine.Reply{}, err
	}
	order := placeOrder(c.Tx, Order{Number: nextNumber(c.Tx), User: buyer(c), Lines: cart.Lines, Metadata: cart.Metadata, Placed: now, Expires: now.Add(life)})
	cart.Order = order.Number
	c.Tx.Emit("order.created", order.Number)

	content := createdContent{Required: order.due().Sign() > 0}
	switch {
	case !content.Required:
		if err := order.confirm(c.Tx, "waive"); err != nil {
			return engine.Reply{}, err
		}
	case body.Method != nil:
		method, err := body.Method.method(now)
		if err != nil {
			return engine.Reply{}, err
		}
		attempt, err := request(c, order, method)
		if err != nil {
			return engine.Reply{}, err
		}
		content.Info = attempt.info(c, order)
	}
	content.Order = order.body(c.Tx)
	return ok("order created", content)
}

// placeOrder keeps a new draft: its lines priced, its expiry set.
func placeOrder(tx *world.Tx, o Order) *Order {
	o.State, o.Modified = draft, o.Placed
	o.Total = sum(o.Lines, Line.gross)
	o.Ledger = money.NewLedger(currency)
	orders.Put(tx, o.Number, &o)
	if o.Expires.After(tx.Now()) {
		tx.At(orderExpiry, o.Number, o.Expires)
	}
	return &o
}

// nextNumber is the next order's, by count, past those that a test has taken.
func nextNumber(tx *world.Tx) string {
	for {
		number := fmt.Sprintf("ORD-%d", 1010+tx.Next("order"))
		if _, taken := orders.Get(tx, number); !taken {
			return number
		}
	}
}

// confirm sends a paid order on its way.
func (o *Order) confirm(tx *world.Tx, event string) error {
	if err := o.move(tx, event); err != nil {
		return err
	}
	o.Paid = tx.Now()
	tx.Emit("order.confirmed", o.Number)
	return nil
}

// findOrder reads the order that the path names.
func findOrder(c *engine.Call) (*Order, error) {
	number := c.Vars["order_number"]
	order, found := orders.Get(c.Tx, number)
	if !found || !may(c, order.User) {
		return nil, engine.Refuse(engine.NotFound, "there is no order %q", number)
	}
	return order, nil
}

// editOrder is findOrder for a change.
func editOrder(c *engine.Call) (*Order, error) {
	if _, err := findOrder(c); err != nil {
		return nil, err
	}
	order, _ := orders.Edit(c.Tx, c.Vars["order_number"])
	return order, nil
}

// getOrder reads an order.
func getOrder(c *engine.Call) (engine.Reply, error) {
	order, err := findOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	return ok("order details", orderContent{order.detail(c.Tx)})
}

// cancelOrder ends an order. An attempt that waits is given up, and what was paid goes back.
func cancelOrder(c *engine.Call) (engine.Reply, error) {
	var body struct {
		Reason   string  `json:"cancellation_reason"`
		Mode     string  `json:"refund_mode"`
		Account  string  `json:"bank_account_id"`
		Feedback *string `json:"feedback"`
	}
	if err := c.Into(&body); err != nil {
		return engine.Reply{}, err
	}
	order, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	switch {
	case order.State == cancelled:
		return engine.Reply{}, engine.Refuse(engine.Conflict, "order %s is cancelled already", order.Number).Coded("order_already_cancelled")
	case body.Mode == bankTransfer && body.Account == "":
		return engine.Reply{}, engine.RefuseField("/bank_account_id", "is missing", "the customer's verified bank account, since the refund goes by bank-transfer")
	}
	if err := order.move(c.Tx, "cancel"); err != nil {
		return engine.Reply{}, err
	}
	order.Cancellation = &Cancellation{Reason: body.Reason, Mode: body.Mode, Account: body.Account, Feedback: body.Feedback}
	if attempt := order.latest(c.Tx); attempt != nil && attempt.waits() {
		if err := withdraw(c.Tx, attempt.ID); err != nil {
			return engine.Reply{}, err
		}
	}
	if paid := order.Ledger.Refundable(); paid.Sign() > 0 {
		beginRefund(c.Tx, order, paid, body.Mode)
	}
	c.Tx.Emit("order.cancelled", order.Number)
	return ok("order cancelled", orderContent{order.detail(c.Tx)})
}

// beginRefund sends money back; timers do the rest.
func beginRefund(tx *world.Tx, o *Order, amount money.Amount, mode string) *Refund {
	r := &Refund{ID: "rfnd_" + tx.ID("refund", o.Number).Hex(32), Order: o.Number, State: refundPending, Amount: amount, Mode: mode, Changed: tx.Now()}
	refunds.Put(tx, r.ID, r)
	o.Refunds = append(o.Refunds, r.ID)
	tx.At(refundProgress, r.ID, tx.Now().Add(refundApproval))
	tx.Emit("payment.refund.initiated", o.Number)
	return r
}

// advanceRefund approves a refund, and then pays it out.
func advanceRefund(tx *world.Tx, t world.Timer) error {
	r, found := refunds.Edit(tx, t.ID)
	if !found {
		return nil
	}
	if r.State == refundPending {
		tx.At(refundProgress, r.ID, tx.Now().Add(refundPayout))
		return r.move(tx, "approve")
	}
	return payOut(tx, r)
}

// payOut ends a refund: the customer has the money.
func payOut(tx *world.Tx, r *Refund) error {
	if err := r.move(tx, "pay_out"); err != nil {
		return err
	}
	order, _ := orders.Edit(tx, r.Order)
	if err := order.Ledger.Refund(r.Amount); err != nil {
		return err
	}
	order.Modified = tx.Now()
	tx.Emit("payment.refund.success", order.Number)
	return nil
}

// expireOrder closes an order to payments. No attempt of it waits any more: none lasts longer than its order.
func expireOrder(tx *world.Tx, t world.Timer) error {
	order, found := orders.Edit(tx, t.ID)
	if !found || order.State != draft {
		return nil
	}
	return order.move(tx, "expire")
}

// latest is the order's last attempt, to be read; nil if there was none.
func (o *Order) latest(tx *world.Tx) *Attempt {
	if len(o.Attempts) == 0 {
		return nil
	}
	a, _ := attempts.Get(tx, o.Attempts[len(o.Attempts)-1])
	return a
}

// open tells whether the order still takes payments.
func (o *Order) open(now time.Time) bool { return o.State == draft && now.Before(o.Expires) }
