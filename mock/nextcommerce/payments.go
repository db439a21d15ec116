package nextcommerce

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// An authorization holds for seven days (vendor help on authorize and capture); that it is `expiring` on its last day is assumed.
const (
	authorizationHolds = 7 * 24 * time.Hour
	authorizationEnds  = authorizationHolds - 24*time.Hour
)

// Codes of responses that are not read off a trigger.
const (
	approvedCode      = 1000
	doNotHonor        = 2000
	noFunds           = 2001
	authorizationCode = 2004
	expiredCard       = 3006
	failed3DS         = 3016
)

// collectPayment charges all that is outstanding to the original payment method, once. A decline is an outcome: its transaction is kept.
func collectPayment(c *engine.Call) (engine.Reply, error) {
	var in collectRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := o.collectable(); err != nil {
		return engine.Reply{}, err
	}
	now, instrument := c.Tx.Now(), o.Instrument
	instrument.ThreeDS, instrument.SCA = false, "" // the customer is not there to be asked
	t := o.charge(c.Tx, "debit", o.Outstanding, instrument, collectCode(c.Scenario(), o.Instrument), now)
	if t.Status != succeeded {
		return printDecline(t), nil
	}
	if err := move(paymentStates, &o.PaymentStatus, "collect"); err != nil {
		return engine.Reply{}, err
	}
	if in.Notify {
		notify(c, o, "payment")
	}
	o.settle(c.Tx, now)
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

// collectable refuses what cannot be collected, each for its own reason.
func (o *Order) collectable() error {
	switch {
	case o.Status == canceled:
		return engine.Refuse(engine.Conflict, "This order is canceled; nothing can be collected on it.")
	case o.uncaptured():
		return engine.Refuse(engine.Conflict, "This order has an authorization that is not captured; capture it before collecting more.")
	case o.Outstanding.IsZero():
		return engine.Refuse(engine.Conflict, "There is no outstanding balance to collect on this order.")
	case o.Outstanding.Sign() < 0:
		return engine.Refuse(engine.Conflict, "The outstanding balance of this order is negative (%s): the customer is owed a refund.", o.Outstanding)
	case o.Test:
		return engine.Refuse(engine.Conflict, "This is a test order without a transaction; there is no payment method to charge.")
	case !o.chargeable():
		return engine.Refuse(engine.Conflict, "The original payment method (%s) does not support merchant initiated transactions.", orNone(o.Instrument.name()))
	}
	return nil
}

// uncaptured tells whether the order's money is only promised.
func (o *Order) uncaptured() bool {
	return slices.Contains([]string{authorized, expiring, partiallyVoided}, o.PaymentStatus)
}

// chargeable tells whether the original method can be charged without the customer. PayPal can with a vaulted account only.
func (o *Order) chargeable() bool {
	if o.Instrument.Method == "paypal" && o.Instrument.PayPal == "" {
		return false
	}
	return methods[o.Instrument.Method].again
}

// captureOrder takes the whole sum that was authorized. That a capture may be declined, and leaves the authorization as it is, is assumed.
func captureOrder(c *engine.Call) (engine.Reply, error) {
	o, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	t, err := o.capture(c.Tx, captureCode(c.Scenario()), c.Tx.Now())
	switch {
	case err != nil:
		return engine.Reply{}, err
	case t.Status != succeeded:
		return printDecline(t), nil
	}
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

// capture asks the gateway for what was authorized, and books what it says.
func (o *Order) capture(tx *world.Tx, code int, at time.Time) (*Transaction, error) {
	amount := o.Ledger.Capturable()
	if !o.uncaptured() || amount.IsZero() {
		return nil, engine.Refuse(engine.Conflict, "There is no authorization to capture on this order; its payment is %s.", o.PaymentStatus)
	}
	authorization := o.authorization(tx)
	t := &Transaction{Type: "debit", Parent: authorization.ID, Status: succeeded, Amount: amount, Code: code, Instrument: authorization.Instrument}
	if code != approvedCode {
		t.Status = failed
	}
	o.record(tx, t, at)
	if t.Status != succeeded {
		return t, nil
	}
	o.Ledger.Capture(amount) // the law holds: it is what is capturable
	event := "capture"
	if o.balance(o.totals().Sum.Incl).Sign() > 0 {
		event = "capture_part"
	}
	o.forgetAuthorization(tx)
	if err := move(paymentStates, &o.PaymentStatus, event); err != nil {
		return nil, err
	}
	o.settle(tx, at)
	return t, nil
}

// void gives an authorization, or a part of it, back.
func (o *Order) void(tx *world.Tx, amount money.Amount, event string, at time.Time) error {
	if err := move(paymentStates, &o.PaymentStatus, event); err != nil {
		return err
	}
	authorization := o.authorization(tx)
	o.record(tx, &Transaction{Type: "void", Parent: authorization.ID, Status: succeeded, Amount: amount, Code: approvedCode, Instrument: authorization.Instrument}, at)
	return o.Ledger.Void(amount)
}

// authorization is the order's transaction that was authorized.
func (o *Order) authorization(tx *world.Tx) *Transaction {
	for _, id := range o.Transactions {
		if t, _ := transactions.Get(tx, key(id)); t.Type == "authorize" && t.Status == succeeded {
			return t
		}
	}
	return &Transaction{Instrument: o.Instrument}
}

// watchAuthorization has an authorization near its end and end.
func (o *Order) watchAuthorization(tx *world.Tx, from time.Time) {
	tx.At(timerNearExpiry, o.Number, from.Add(authorizationEnds))
	tx.At(timerExpiry, o.Number, from.Add(authorizationHolds))
}

func (o *Order) forgetAuthorization(tx *world.Tx) {
	tx.Cancel(timerNearExpiry, o.Number)
	tx.Cancel(timerExpiry, o.Number)
}

// The timers of an authorization.
const (
	timerNearExpiry = "authorization_near_expiry"
	timerExpiry     = "authorization_expiry"
)

// authorizationNearsExpiry and authorizationExpires are what those timers do.
func authorizationNearsExpiry(tx *world.Tx, t world.Timer) error {
	return onTimer(tx, t.ID, func(o *Order) error {
		if o.PaymentStatus != authorized {
			return nil // a part of it was voided: it keeps that name
		}
		return move(paymentStates, &o.PaymentStatus, "near_expiry")
	})
}

func authorizationExpires(tx *world.Tx, t world.Timer) error {
	return onTimer(tx, t.ID, func(o *Order) error {
		if err := move(paymentStates, &o.PaymentStatus, "expire"); err != nil {
			return err
		}
		return o.Ledger.Void(o.Ledger.Capturable()) // the issuer lets go of it; no transaction says so
	})
}

func onTimer(tx *world.Tx, number string, f func(*Order) error) error {
	o, ok := orders.Edit(tx, number)
	if !ok {
		return nil
	}
	if err := f(o); err != nil {
		return err
	}
	o.settle(tx, tx.Now())
	return nil
}

// markOrderAsPaid records that what was outstanding has been paid elsewhere.
func markOrderAsPaid(c *engine.Call) (engine.Reply, error) {
	var in markPaidRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	name := "external"
	if in.External != nil && *in.External != "" {
		name = *in.External
	}
	if err := o.markPaid(c.Tx, name, c.Tx.Now()); err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

func (o *Order) markPaid(tx *world.Tx, external string, at time.Time) error {
	switch {
	case o.Status == canceled:
		return engine.Refuse(engine.Conflict, "This order is canceled; it cannot be marked as paid.")
	case o.uncaptured():
		return engine.Refuse(engine.Conflict, "This order has an authorization that is not captured; capture it instead.")
	case o.Outstanding.Sign() <= 0:
		return engine.Refuse(engine.Conflict, "This order is already fully paid.")
	}
	if err := move(paymentStates, &o.PaymentStatus, "mark_paid"); err != nil {
		return err
	}
	o.charge(tx, "debit", o.Outstanding, Instrument{Method: "external", External: external}, approvedCode, at)
	o.settle(tx, at)
	return nil
}

// charge sends an amount to a gateway and books what it says. A test order never meets one: it is booked without a transaction.
func (o *Order) charge(tx *world.Tx, kind string, amount money.Amount, i Instrument, code int, at time.Time) *Transaction {
	t := &Transaction{Type: kind, Status: succeeded, Amount: amount, Code: code, Instrument: i, External: i.Method == "external"}
	if code != approvedCode {
		t.Status = failed
	}
	if !o.Test || t.External {
		o.record(tx, t, at)
	}
	if t.Status != succeeded {
		return t
	}
	// The amounts are within range and of the order's currency, so that the ledger's laws hold.
	o.Ledger.Authorize(amount)
	if kind == "debit" {
		o.Ledger.Capture(amount)
	}
	return t
}

// record keeps a transaction of the order.
func (o *Order) record(tx *world.Tx, t *Transaction, at time.Time) {
	t.Order, t.Customer = o.Number, o.Customer
	t.keep(tx, at)
	o.Transactions = append(o.Transactions, t.ID)
}

// keep gives a transaction its ids and keeps it.
func (t *Transaction) keep(tx *world.Tx, at time.Time) {
	t.ID, t.At, t.Refunded = number(tx, "transaction", firstTransaction), at, money.Zero(t.Amount.Currency)
	if !t.External {
		id := tx.ID("transaction", "")
		t.ExternalID = "gw_" + id.Hex(20)
		if t.Status == succeeded {
			t.AuthCode = id.Spell(6, world.Digits+"ABCDEF")
			if t.Instrument.LastFour != "" {
				t.NetworkID = id.Spell(15, world.Digits)
			}
		}
	}
	transactions.Put(tx, key(t.ID), t)
	tx.Emit("transaction.created", strconv.FormatInt(t.ID, 10))
}

// declineBody is a declined payment: the code is text here, and a number on the transaction.
type declineBody struct {
	PaymentDetails      string        `json:"payment_details"`
	PaymentResponseCode string        `json:"payment_response_code"`
	PaymentMethod       declineMethod `json:"payment_method"`
}

type declineMethod struct {
	CardToken string `json:"card_token"`
}

// printDecline answers a charge that the gateway declined. It is no refusal: what happened is kept.
func printDecline(t *Transaction) engine.Reply {
	return engine.Reply{Status: http.StatusBadRequest, Body: declineBody{
		PaymentDetails: "Payment declined: " + responseCodes[t.Code] + ".", PaymentResponseCode: strconv.Itoa(t.Code), PaymentMethod: declineMethod{t.Instrument.Token},
	}}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
