package nextcommerce

import (
	"errors"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
)

// The states of an order, of its payment, of its fulfilment and of an attempt to pay on a page, as the vendor names them;
// those of an attempt are ours.
const (
	open     = "open"
	archived = "archived"
	canceled = "canceled"

	pending           = "pending"
	authorized        = "authorized"
	expiring          = "expiring"
	expired           = "expired"
	paid              = "paid"
	voided            = "voided"
	refunded          = "refunded"
	partiallyPaid     = "partially_paid"
	partiallyRefunded = "partially_refunded"
	partiallyVoided   = "partially_voided"

	notRequired = "not_required"
	unfulfilled = "unfulfilled"
	onHold      = "on_hold"
	rejected    = "rejected"
	processing  = "processing"
	fulfilled   = "fulfilled"
	incomplete  = "incomplete"

	waiting   = "waiting"
	completed = "completed"
	declined  = "declined"
	failed    = "failed"
	abandoned = "abandoned"

	succeeded = "succeeded" // of a transaction, whose other end is failed
)

// Sources of published moves.
const (
	helpStatuses  = "vendor help on order statuses"
	helpCapture   = "vendor help on authorize and capture"
	helpExternal  = "vendor help on external payment methods"
	helpRefunds   = "vendor help on refunding items and orders"
	helpCollect   = "vendor help on collecting payments"
	vendorOpenAPI = "vendor OpenAPI 2024-04-01"
)

// orderStates is where an order stands as a whole.
var orderStates = states.Table{
	Machine: "orders",
	Initial: []string{open, archived, canceled},
	Moves: []states.Move{
		{From: open, Event: "cancel", To: canceled, Provenance: states.Published, Source: helpStatuses, By: "cancelOrder"},
		{From: open, Event: "archive", To: archived, Provenance: states.Published, Source: helpStatuses, By: "updateOrder"},
		{From: open, Event: "complete", To: archived, Provenance: states.Published, Source: helpStatuses, By: "refundOrder"},
		{From: archived, Event: "unarchive", To: open, Provenance: states.Published, Source: helpStatuses, By: "updateOrder"},
	},
}

// paymentStates is how far an order is paid. A published move's event is published; its target often is only inferred from the names.
var paymentStates = states.Table{
	Machine: "payments",
	Initial: []string{pending, authorized, paid},
	Moves: []states.Move{
		{From: pending, Event: "collect", To: paid, Provenance: states.Published, Source: helpCollect, By: "collectPayment"},
		{From: pending, Event: "mark_paid", To: paid, Provenance: states.Published, Source: helpExternal, By: "markOrderAsPaid"},

		{From: authorized, Event: "capture", To: paid, Provenance: states.Published, Source: helpCapture, By: "captureOrder"},
		{From: authorized, Event: "capture_part", To: partiallyPaid, Provenance: states.Assumed, By: "captureOrder"},
		{From: authorized, Event: "near_expiry", To: expiring, Provenance: states.Assumed, By: states.ByTimer},
		{From: authorized, Event: "void", To: voided, Provenance: states.Assumed, By: "cancelOrder"},
		{From: authorized, Event: "void_part", To: partiallyVoided, Provenance: states.Assumed, By: states.ByControl},
		{From: expiring, Event: "capture", To: paid, Provenance: states.Assumed, By: "captureOrder"},
		{From: expiring, Event: "capture_part", To: partiallyPaid, Provenance: states.Assumed, By: "captureOrder"},
		{From: expiring, Event: "expire", To: expired, Provenance: states.Published, Source: helpCapture, By: states.ByTimer},
		{From: expiring, Event: "void", To: voided, Provenance: states.Assumed, By: "cancelOrder"},
		{From: partiallyVoided, Event: "capture", To: paid, Provenance: states.Assumed, By: "captureOrder"},
		{From: partiallyVoided, Event: "capture_part", To: partiallyPaid, Provenance: states.Assumed, By: "captureOrder"},
		{From: partiallyVoided, Event: "expire", To: expired, Provenance: states.Assumed, By: states.ByTimer},
		{From: partiallyVoided, Event: "void", To: voided, Provenance: states.Assumed, By: "cancelOrder"},
		{From: expired, Event: "collect", To: paid, Provenance: states.Assumed, By: "collectPayment"},
		{From: expired, Event: "mark_paid", To: paid, Provenance: states.Assumed, By: "markOrderAsPaid"},

		{From: paid, Event: "raise", To: partiallyPaid, Provenance: states.Assumed, By: "addOrderLine"},
		{From: paid, Event: "refund_part", To: partiallyRefunded, Provenance: states.Published, Source: helpRefunds, By: "refundOrder"},
		{From: paid, Event: "refund", To: refunded, Provenance: states.Published, Source: helpRefunds, By: "refundOrder"},
		{From: partiallyPaid, Event: "collect", To: paid, Provenance: states.Published, Source: helpCollect, By: "collectPayment"},
		{From: partiallyPaid, Event: "mark_paid", To: paid, Provenance: states.Published, Source: vendorOpenAPI, By: "markOrderAsPaid"},
		{From: partiallyPaid, Event: "lower", To: paid, Provenance: states.Assumed, By: "removeOrderLine"},
		{From: partiallyPaid, Event: "refund_part", To: partiallyRefunded, Provenance: states.Published, Source: helpRefunds, By: "refundOrder"},
		{From: partiallyPaid, Event: "refund", To: refunded, Provenance: states.Published, Source: helpRefunds, By: "refundOrder"},
		{From: partiallyRefunded, Event: "raise", To: partiallyPaid, Provenance: states.Assumed, By: "addOrderLine"},
		{From: partiallyRefunded, Event: "collect", To: paid, Provenance: states.Assumed, By: "collectPayment"},
		{From: partiallyRefunded, Event: "mark_paid", To: paid, Provenance: states.Assumed, By: "markOrderAsPaid"},
		{From: partiallyRefunded, Event: "refund_part", To: partiallyRefunded, Provenance: states.Published, Source: helpRefunds, By: "refundOrder"},
		{From: partiallyRefunded, Event: "refund", To: refunded, Provenance: states.Published, Source: helpRefunds, By: "refundOrder"},
	},
}

// fulfillmentStates is how far an order is sent. The fulfilment operations are not simulated, so the control API takes these.
var fulfillmentStates = states.Table{
	Machine: "fulfillments",
	Initial: []string{unfulfilled, notRequired},
	Moves: []states.Move{
		{From: unfulfilled, Event: "hold", To: onHold, Provenance: states.Assumed, By: states.ByControl},
		{From: onHold, Event: "release", To: unfulfilled, Provenance: states.Assumed, By: states.ByControl},
		{From: unfulfilled, Event: "process", To: processing, Provenance: states.Assumed, By: states.ByControl},
		{From: processing, Event: "reject", To: rejected, Provenance: states.Assumed, By: states.ByControl},
		{From: processing, Event: "cancel_request", To: unfulfilled, Provenance: states.Published, Source: helpRefunds, By: states.ByControl},
		{From: rejected, Event: "process", To: processing, Provenance: states.Assumed, By: states.ByControl},
		{From: unfulfilled, Event: "fulfill", To: fulfilled, Provenance: states.Assumed, By: states.ByControl},
		{From: unfulfilled, Event: "fulfill_part", To: incomplete, Provenance: states.Assumed, By: states.ByControl},
		{From: processing, Event: "fulfill", To: fulfilled, Provenance: states.Assumed, By: states.ByControl},
		{From: processing, Event: "fulfill_part", To: incomplete, Provenance: states.Assumed, By: states.ByControl},
		{From: incomplete, Event: "fulfill", To: fulfilled, Provenance: states.Assumed, By: states.ByControl},
		{From: incomplete, Event: "finish", To: fulfilled, Provenance: states.Assumed, By: "removeOrderLine"},
		{From: fulfilled, Event: "add", To: incomplete, Provenance: states.Assumed, By: "addOrderLine"},
		{From: notRequired, Event: "add", To: unfulfilled, Provenance: states.Assumed, By: "addOrderLine"},
	},
}

// attemptStates is what becomes of a customer who was sent to a page. Its button, or the control API, takes the moves.
var attemptStates = states.Table{
	Machine: "attempts",
	Initial: []string{waiting},
	Moves: []states.Move{
		{From: waiting, Event: "approve", To: completed, Provenance: states.Published, Source: "vendor guide on 3DS2 and redirects", By: states.ByControl},
		{From: waiting, Event: "decline", To: declined, Provenance: states.Published, Source: "vendor guide on 3DS2 and redirects", By: states.ByControl},
		{From: waiting, Event: "fail_authentication", To: failed, Provenance: states.Assumed, By: states.ByControl},
		{From: waiting, Event: "abandon", To: abandoned, Provenance: states.Assumed, By: states.ByControl},
		{From: waiting, Event: "pend", To: pending, Provenance: states.Assumed, By: states.ByControl},
		{From: waiting, Event: "expire", To: expired, Provenance: states.Assumed, By: states.ByTimer},
		{From: pending, Event: "approve", To: completed, Provenance: states.Assumed, By: states.ByTimer},
		{From: pending, Event: "decline", To: declined, Provenance: states.Assumed, By: states.ByTimer},
	},
}

// move takes one arrow of a table, or refuses.
func move(t states.Table, state *string, event string) error {
	next, err := t.Next(*state, event)
	var illegal *states.Illegal
	if errors.As(err, &illegal) {
		return engine.Refuse(engine.Conflict, "%s is not possible while %s is %q.", event, t.Machine, *state)
	}
	*state = next
	return err
}
