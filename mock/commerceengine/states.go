package commerceengine

import (
	"errors"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// How long things last.
const (
	// retryAfter is when a request that did not fail lets another follow. Published: SDK 0.15.0, retry-payment.
	retryAfter = 15 * time.Minute
	// pageLife is how long a payment page takes payments. Assumed, so that the retry rule and the page agree.
	pageLife = 15 * time.Minute
	// expressLife is how long an attempt without a page of its own waits for the customer. Published: SDK 0.15.0, cancel-payment-request ("about").
	expressLife = 3 * time.Minute
	// tokenLife is how long the payment provider's SDK may use an attempt's token. Published: a Juspay session example.
	tokenLife = 15 * time.Minute
	// orderLife is how long an order takes payments, unless its cart's metadata set another time. Assumed, after a Juspay session example.
	orderLife = 7 * 24 * time.Hour
	// lastMinutes is what an order that is given as expiring has left.
	lastMinutes = 5 * time.Minute
	// cartLife, accessLife and refreshLife are assumed.
	cartLife    = 30 * 24 * time.Hour
	accessLife  = time.Hour
	refreshLife = 30 * 24 * time.Hour
	// authorizingFor is how long a gateway thinks it over, upiAnswer how long a test address takes to answer. Assumed.
	authorizingFor = time.Minute
	upiAnswer      = 5 * time.Second
	// refundApproval and refundPayout are how long a refund takes to be approved, and then to be paid out. Assumed.
	refundApproval = time.Minute
	refundPayout   = time.Hour
)

// States of an order. `expired` is shown as `draft`: the vendor has no status of that name.
const (
	draft     = "draft"
	confirmed = "confirmed"
	cancelled = "cancelled"
	expired   = "expired"
)

var orderStates = states.Table{
	Machine: "orders",
	Initial: []string{draft},
	Moves: []states.Move{
		{From: draft, Event: "pay", To: confirmed, Provenance: states.Published, Source: "skills repository, orders", By: states.ByControl},
		{From: draft, Event: "waive", To: confirmed, Provenance: states.Published, Source: "skills repository, checkout flow", By: "createOrder"},
		{From: draft, Event: "cancel", To: cancelled, Provenance: states.Published, Source: "SDK types 0.15.0", By: "cancelOrder"},
		{From: draft, Event: "expire", To: expired, Provenance: states.Assumed, By: states.ByTimer},
		{From: confirmed, Event: "cancel", To: cancelled, Provenance: states.Published, Source: "SDK types 0.15.0", By: "cancelOrder"},
		{From: expired, Event: "cancel", To: cancelled, Provenance: states.Assumed, By: "cancelOrder"},
	},
}

// States of an attempt: Juspay's, and two of ours for what ends without the bank.
const (
	fresh                = "NEW"
	pendingVBV           = "PENDING_VBV"
	authorizing          = "AUTHORIZING"
	charged              = "CHARGED"
	partialCharged       = "PARTIAL_CHARGED"
	authenticationFailed = "AUTHENTICATION_FAILED"
	authorizationFailed  = "AUTHORIZATION_FAILED"
	withdrawn            = "CANCELLED"
	lapsed               = "EXPIRED"
)

// juspay is where the states of an attempt and the order in which they come are published.
const juspay = "Juspay, transaction status"

var paymentStates = states.Table{
	Machine: "payments",
	Initial: []string{fresh},
	Moves: []states.Move{
		{From: fresh, Event: "start", To: pendingVBV, Provenance: states.Published, Source: juspay, By: states.ByControl},
		{From: fresh, Event: "abandon", To: fresh, Provenance: states.Assumed, By: states.ByControl},
		{From: fresh, Event: "cancel", To: withdrawn, Provenance: states.Published, Source: "SDK types 0.15.0", By: "cancelPaymentRequest"},
		{From: fresh, Event: "expire", To: lapsed, Provenance: states.Published, Source: "SDK types 0.15.0", By: states.ByTimer},
		{From: pendingVBV, Event: "approve", To: charged, Provenance: states.Published, Source: juspay, By: states.ByControl},
		{From: pendingVBV, Event: "approve_part", To: partialCharged, Provenance: states.Assumed, By: states.ByControl},
		{From: pendingVBV, Event: "decline", To: authorizationFailed, Provenance: states.Published, Source: juspay, By: states.ByControl},
		{From: pendingVBV, Event: "fail_authentication", To: authenticationFailed, Provenance: states.Published, Source: juspay, By: states.ByControl},
		{From: pendingVBV, Event: "hold", To: authorizing, Provenance: states.Published, Source: juspay, By: states.ByControl},
		{From: pendingVBV, Event: "abandon", To: pendingVBV, Provenance: states.Assumed, By: states.ByControl},
		{From: pendingVBV, Event: "cancel", To: withdrawn, Provenance: states.Published, Source: "SDK types 0.15.0", By: "cancelPaymentRequest"},
		{From: pendingVBV, Event: "expire", To: lapsed, Provenance: states.Published, Source: "SDK types 0.15.0", By: states.ByTimer},
		{From: authorizing, Event: "approve", To: charged, Provenance: states.Published, Source: juspay, By: states.ByTimer},
		{From: authorizing, Event: "decline", To: authorizationFailed, Provenance: states.Published, Source: juspay, By: states.ByControl},
		{From: authorizing, Event: "cancel", To: withdrawn, Provenance: states.Assumed, By: "cancelPaymentRequest"},
	},
}

// States of a refund.
const (
	refundPending  = "pending"
	refundApproved = "approved"
	refundPaid     = "success"
)

// refundStates is how a refund goes. That it may fail is published too; nothing here makes it.
var refundStates = states.Table{
	Machine: "refunds",
	Initial: []string{refundPending},
	Moves: []states.Move{
		{From: refundPending, Event: "approve", To: refundApproved, Provenance: states.Published, Source: "SDK types 0.15.0", By: states.ByTimer},
		{From: refundApproved, Event: "pay_out", To: refundPaid, Provenance: states.Published, Source: "SDK types 0.15.0", By: states.ByTimer},
	},
}

// waits tells whether an attempt has no outcome yet.
func (a *Attempt) waits() bool {
	return a.State == fresh || a.State == pendingVBV || a.State == authorizing
}

// over tells whether an attempt ended without money, so that another may follow at once.
func (a *Attempt) over() bool {
	switch a.State {
	case authenticationFailed, authorizationFailed, withdrawn, lapsed:
		return true
	}
	return false
}

// move takes an arrow of the orders table.
func (o *Order) move(tx *world.Tx, event string) error {
	next, err := orderStates.Next(o.State, event)
	if err != nil {
		return illegal(err)
	}
	o.State, o.Modified = next, tx.Now()
	tx.Cancel(orderExpiry, o.Number) // no state but draft, to which nothing leads, has one
	return nil
}

// move takes an arrow of the payments table.
func (a *Attempt) move(tx *world.Tx, event string) error {
	next, err := paymentStates.Next(a.State, event)
	if err != nil {
		return illegal(err)
	}
	a.State = next
	if !a.waits() {
		a.Settled = tx.Now()
		tx.Cancel(attemptExpiry, a.ID)
		tx.Cancel(attemptOutcome, a.ID)
		tx.Cancel(checkout.Timer, a.ID) // a bank that was asked to say later has nothing left to say
		checkout.Journeys.Delete(tx, a.ID)
	}
	return nil
}

// move takes an arrow of the refunds table.
func (r *Refund) move(tx *world.Tx, event string) error {
	next, err := refundStates.Next(r.State, event)
	if err != nil {
		return illegal(err)
	}
	r.State, r.Changed = next, tx.Now()
	return nil
}

// illegal makes a refusal of a move that a table does not have.
func illegal(err error) error {
	var move *states.Illegal
	if errors.As(err, &move) {
		return engine.Refuse(engine.Conflict, "%s", move.Error())
	}
	return err
}
