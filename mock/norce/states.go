package norce

import "understudy/mock/internal/states"

// The states of a payment, as published (PaymentState of NorceTech/norce-checkout-angular, src/openapi/order.ts).
const (
	intent     = "intent"
	processing = "processing"
	pending    = "pending"
	reserved   = "reserved"
	confirmed  = "confirmed"
	captured   = "captured"
	refunded   = "refunded"
	credited   = "credited"
	removed    = "removed"
	failed     = "failed"
	declined   = "declined"
	cancelled  = "cancelled"
)

// opened is the event of a payment's birth; its others are those of its table.
const opened = "open"

const adapterTypes = "NorceTech/norce-checkout-angular, src/openapi/klarna-adapter.ts"

// paymentStates is the life of a payment. State names are published; so are the events process, confirm, reopen, cancel, capture and refund
// (PaymentEvent), but not their arrows. No state expires by itself: no lifetime is published.
var paymentStates = states.Table{
	Machine: "payments",
	Initial: []string{intent},
	Moves: []states.Move{
		{From: intent, Event: "process", To: processing, Provenance: states.Assumed, By: states.ByControl}, // the customer is sent to the payment provider
		{From: intent, Event: "confirm", To: confirmed, Provenance: states.Assumed, By: "completePayment"},
		{From: intent, Event: "remove", To: removed, Provenance: states.Published, Source: adapterTypes, By: "removePayment"},

		{From: processing, Event: "reopen", To: intent, Provenance: states.Assumed, By: states.ByControl}, // the customer came back
		{From: processing, Event: "confirm", To: confirmed, Provenance: states.Assumed, By: "completePayment"},
		{From: processing, Event: "remove", To: removed, Provenance: states.Assumed, By: "removePayment"},
		{From: processing, Event: "reserve", To: reserved, Provenance: states.Assumed, By: states.ByControl},
		{From: processing, Event: "review", To: pending, Provenance: states.Assumed, By: states.ByControl},
		{From: processing, Event: "charge", To: captured, Provenance: states.Assumed, By: states.ByControl}, // methods that take the money at once
		{From: processing, Event: "decline", To: declined, Provenance: states.Assumed, By: states.ByControl},
		{From: processing, Event: "fail", To: failed, Provenance: states.Assumed, By: states.ByControl},

		{From: pending, Event: "reserve", To: reserved, Provenance: states.Assumed, By: states.ByControl},
		{From: pending, Event: "decline", To: declined, Provenance: states.Assumed, By: states.ByControl},
		{From: pending, Event: "fail", To: failed, Provenance: states.Assumed, By: states.ByControl},

		{From: reserved, Event: "capture", To: captured, Provenance: states.Assumed, By: "capturePayment"},
		{From: reserved, Event: "cancel", To: cancelled, Provenance: states.Assumed, By: "cancelPayment"},

		{From: captured, Event: "refund", To: refunded, Provenance: states.Assumed, By: "refundPayment"},
		{From: captured, Event: "credit", To: credited, Provenance: states.Assumed, By: states.ByControl}, // the goods were credited instead
	},
}

// counts tells whether a payment in this state covers part of its order (assumed).
func counts(state string) bool {
	switch state {
	case removed, failed, declined, cancelled:
		return false
	}
	return true
}

// holds tells whether a payment in this state has secured its amount, whatever was done with it later.
func holds(state string) bool {
	switch state {
	case reserved, confirmed, captured, refunded, credited:
		return true
	}
	return false
}
