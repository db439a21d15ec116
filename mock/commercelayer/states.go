package commercelayer

import (
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
)

// What a payment source can be. Those up to lapsed are Pending to a reader: the customer's outcome is known at Checkout.com, and comes to
// Commerce Layer only when it is read. The others are Checkout.com's words for a payment, as payment_response has them.
const (
	stateNew               = "New"       // nothing was asked of Checkout.com yet
	statePending           = "Pending"   // the customer is being challenged
	statePassed            = "Passed"    // the challenge was passed, and nobody has read that yet
	stateRefused           = "Refused"   // the challenge or the bank said no, and nobody has read that yet
	stateDeciding          = "Deciding"  // the bank will say later
	stateAbandoned         = "Abandoned" // the customer left
	stateLapsed            = "Lapsed"    // the challenge was not passed in time, and nobody has read that yet
	stateAuthorized        = "Authorized"
	stateDeclined          = "Declined"
	stateExpired           = "Expired"
	stateCaptured          = "Captured"
	statePartiallyCaptured = "Partially Captured"
	stateVoided            = "Voided"
	stateRefunded          = "Refunded"
	statePartiallyRefunded = "Partially Refunded"
)

const (
	updateOrderID         = "updateOrder"
	updatePaymentID       = "updateCheckoutComPayment"
	updateAuthorizationID = "updateAuthorization"
	updateCaptureID       = "updateCapture"

	guide    = "payment guide 2021"
	sdkTypes = "SDK types 7.12.1"
)

// paymentStates is what can become of a payment source. An authorization starts from the order (_authorize, _place) or from the source
// (_authorize); all of these take the same arrows.
var paymentStates = states.Table{
	Machine: "payments",
	Initial: []string{stateNew},
	Moves: []states.Move{
		{From: stateNew, Event: "challenge", To: statePending, Provenance: states.Published, Source: guide, By: updateOrderID},
		{From: stateNew, Event: "authorize", To: stateAuthorized, Provenance: states.Published, Source: guide, By: updateOrderID},
		{From: stateNew, Event: "refuse", To: stateDeclined, Provenance: states.Published, Source: "front end components", By: updateOrderID},
		{From: stateNew, Event: "pend", To: stateDeciding, Provenance: states.Assumed, By: updateOrderID},

		{From: statePending, Event: "approve", To: statePassed, Provenance: states.Published, Source: guide, By: states.ByControl},
		{From: statePending, Event: "decline", To: stateRefused, Provenance: states.Published, Source: guide, By: states.ByControl},
		{From: statePending, Event: "fail_authentication", To: stateRefused, Provenance: states.Published, Source: guide, By: states.ByControl},
		{From: statePending, Event: "pend", To: stateDeciding, Provenance: states.Assumed, By: states.ByControl},
		{From: stateDeciding, Event: "approve", To: statePassed, Provenance: states.Assumed, By: states.ByControl},
		{From: stateDeciding, Event: "decline", To: stateRefused, Provenance: states.Assumed, By: states.ByControl},
		{From: statePending, Event: "abandon", To: stateAbandoned, Provenance: states.Assumed, By: states.ByControl},
		{From: statePending, Event: "lapse", To: stateLapsed, Provenance: states.Assumed, By: states.ByTimer},
		{From: stateAbandoned, Event: "lapse", To: stateLapsed, Provenance: states.Assumed, By: states.ByTimer},

		{From: statePassed, Event: "read", To: stateAuthorized, Provenance: states.Published, Source: guide, By: updatePaymentID},
		{From: stateRefused, Event: "read", To: stateDeclined, Provenance: states.Published, Source: guide, By: updatePaymentID},
		{From: stateLapsed, Event: "read", To: stateExpired, Provenance: states.Assumed, By: updatePaymentID},

		{From: stateDeclined, Event: "retry", To: stateNew, Provenance: states.Published, Source: "front end components", By: updatePaymentID},
		{From: stateExpired, Event: "retry", To: stateNew, Provenance: states.Assumed, By: updatePaymentID},
		{From: statePending, Event: "retry", To: stateNew, Provenance: states.Assumed, By: updatePaymentID},
		{From: stateRefused, Event: "retry", To: stateNew, Provenance: states.Assumed, By: updatePaymentID},
		{From: stateAbandoned, Event: "retry", To: stateNew, Provenance: states.Assumed, By: updatePaymentID},
		{From: stateLapsed, Event: "retry", To: stateNew, Provenance: states.Assumed, By: updatePaymentID},

		{From: stateAuthorized, Event: "capture", To: stateCaptured, Provenance: states.Published, Source: sdkTypes, By: updateAuthorizationID},
		{From: stateAuthorized, Event: "capture_part", To: statePartiallyCaptured, Provenance: states.Published, Source: sdkTypes, By: updateAuthorizationID},
		{From: stateAuthorized, Event: "void", To: stateVoided, Provenance: states.Published, Source: sdkTypes, By: updateAuthorizationID},
		{From: statePartiallyCaptured, Event: "capture_part", To: statePartiallyCaptured, Provenance: states.Assumed, By: updateAuthorizationID},
		{From: statePartiallyCaptured, Event: "capture", To: stateCaptured, Provenance: states.Assumed, By: updateAuthorizationID},
		{From: statePartiallyCaptured, Event: "void", To: statePartiallyCaptured, Provenance: states.Assumed, By: updateAuthorizationID},
		{From: statePartiallyCaptured, Event: "refund_part", To: statePartiallyRefunded, Provenance: states.Assumed, By: updateCaptureID},
		{From: statePartiallyCaptured, Event: "refund", To: stateRefunded, Provenance: states.Assumed, By: updateCaptureID},
		{From: stateCaptured, Event: "refund", To: stateRefunded, Provenance: states.Published, Source: sdkTypes, By: updateCaptureID},
		{From: stateCaptured, Event: "refund_part", To: statePartiallyRefunded, Provenance: states.Published, Source: sdkTypes, By: updateCaptureID},
		{From: statePartiallyRefunded, Event: "refund_part", To: statePartiallyRefunded, Provenance: states.Assumed, By: updateCaptureID},
		{From: statePartiallyRefunded, Event: "refund", To: stateRefunded, Provenance: states.Assumed, By: updateCaptureID},
		{From: statePartiallyRefunded, Event: "capture", To: statePartiallyRefunded, Provenance: states.Assumed, By: updateAuthorizationID},
		{From: statePartiallyRefunded, Event: "capture_part", To: statePartiallyRefunded, Provenance: states.Assumed, By: updateAuthorizationID},
		{From: statePartiallyRefunded, Event: "void", To: statePartiallyRefunded, Provenance: states.Assumed, By: updateAuthorizationID},
	},
}

// The statuses of an order. The vendor's `placing` (asynchronous placement) is not simulated.
const (
	orderDraft     = "draft"
	orderPending   = "pending"
	orderPlaced    = "placed"
	orderEditing   = "editing"
	orderApproved  = "approved"
	orderCancelled = "cancelled"

	ordersPage = "orders page"
)

var orderStates = states.Table{
	Machine: "orders",
	Initial: []string{orderDraft},
	Moves: []states.Move{
		{From: orderDraft, Event: "pend", To: orderPending, Provenance: states.Published, Source: sdkTypes, By: updateOrderID},
		{From: orderPending, Event: "place", To: orderPlaced, Provenance: states.Published, Source: ordersPage, By: updateOrderID},
		{From: orderPlaced, Event: "start_editing", To: orderEditing, Provenance: states.Published, Source: ordersPage, By: updateOrderID},
		{From: orderEditing, Event: "stop_editing", To: orderPlaced, Provenance: states.Published, Source: sdkTypes, By: updateOrderID},
		{From: orderPlaced, Event: "approve", To: orderApproved, Provenance: states.Published, Source: ordersPage, By: updateOrderID},
		{From: orderPlaced, Event: "capture", To: orderApproved, Provenance: states.Published, Source: ordersPage, By: updateAuthorizationID},
		{From: orderPlaced, Event: "cancel", To: orderCancelled, Provenance: states.Published, Source: ordersPage, By: updateOrderID},
		{From: orderPlaced, Event: "void", To: orderCancelled, Provenance: states.Assumed, By: updateAuthorizationID},
		{From: orderApproved, Event: "void", To: orderCancelled, Provenance: states.Assumed, By: updateAuthorizationID},
		{From: orderPlaced, Event: "refund", To: orderCancelled, Provenance: states.Assumed, By: updateCaptureID},
		{From: orderApproved, Event: "refund", To: orderCancelled, Provenance: states.Published, Source: ordersPage, By: updateCaptureID},
	},
}

// The fulfillment statuses of an order. Shipments are not simulated: _fulfill stands for them.
const (
	unfulfilled = "unfulfilled"
	inProgress  = "in_progress"
	fulfilled   = "fulfilled"
)

var fulfillmentStates = states.Table{
	Machine: "fulfillments",
	Initial: []string{unfulfilled},
	Moves: []states.Move{
		{From: unfulfilled, Event: "capture", To: inProgress, Provenance: states.Published, Source: ordersPage, By: updateAuthorizationID},
		{From: unfulfilled, Event: "fulfill", To: fulfilled, Provenance: states.Published, Source: sdkTypes, By: updateOrderID},
		{From: inProgress, Event: "fulfill", To: fulfilled, Provenance: states.Published, Source: ordersPage, By: updateOrderID},
	},
}

// paymentStatus is an order's payment_status: what its total and the ledger of its live authorization say. A nil ledger is none.
// The names are published (orders page); where a part of the money is void and a part captured, the name is assumed.
func paymentStatus(total money.Amount, l *money.Ledger) string {
	switch {
	case l == nil && total.IsZero():
		return "free"
	case l == nil:
		return "unpaid"
	case !l.Refunded.IsZero() && l.Refunded == l.Captured:
		return "refunded"
	case !l.Refunded.IsZero():
		return "partially_refunded"
	case l.Voided == l.Authorized:
		return "voided"
	case !l.Voided.IsZero():
		return "partially_voided"
	case !l.Captured.IsZero() && l.Captured.Minor >= total.Minor:
		return "paid"
	case !l.Captured.IsZero():
		return "partially_paid"
	case l.Authorized.Minor >= total.Minor:
		return "authorized"
	}
	return "partially_authorized"
}
