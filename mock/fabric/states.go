package fabric

import (
	"strings"
	"time"

	"understudy/mock/internal/states"
)

// The statuses of an order (statusCode). fabric calls the code an open string; these are the ones it has published.
const (
	orderCreated            = "ORDER_CREATED"
	orderHeld               = "ORDER_HOLD_EXTERNAL"
	orderConfirmed          = "ORDER_CONFIRMED"
	orderAllocated          = "ORDER_ALLOCATED"
	orderPartiallyShipped   = "ORDER_PARTIALLY_SHIPPED"
	orderShipped            = "ORDER_SHIPPED"
	orderPartiallyPickedUp  = "ORDER_PARTIALLY_PICKED_UP"
	orderPickedUp           = "ORDER_PICKED_UP"
	orderPartiallyDelivered = "ORDER_PARTIALLY_DELIVERED"
	orderDelivered          = "ORDER_DELIVERED"
	orderPartiallyReturned  = "ORDER_PARTIALLY_RETURNED"
	orderReturned           = "ORDER_RETURNED"
	orderCancelled          = "ORDER_CANCELLED"
)

// The states of a payment. paymentStatus itself is the word that the platform sent; the state follows from the balances.
const (
	paymentPending           = "PENDING"
	paymentAuthorized        = "AUTHORIZED"
	paymentPartiallyPaid     = "PARTIALLY_PAID"
	paymentPaid              = "PAID"
	paymentPartiallyRefunded = "PARTIALLY_REFUNDED"
	paymentRefunded          = "REFUNDED"
	paymentVoided            = "VOIDED"
	paymentError             = "ERROR"
	paymentExpired           = "EXPIRED"
)

const (
	// holdTime is how long a new order waits before it is released: "about a minute" (published, Orders v3).
	holdTime = time.Minute
	// authorizationTime is how long an authorisation lasts if the client does not say (assumed).
	authorizationTime = 7 * 24 * time.Hour
)

const (
	ordersV3 = "Orders v3 OpenAPI"
	guide    = "order management guide, v3"
)

// orderStates is how an order moves. The statuses are published; most arrows are inferred from the texts around them.
var orderStates = states.Table{Machine: "orders", Initial: []string{orderCreated}, Moves: []states.Move{
	published(orderCreated, "release", orderConfirmed, ordersV3, states.ByTimer),
	published(orderCreated, "cancel", orderCancelled, guide, states.ByControl),
	control(orderCreated, "hold", orderHeld),
	control(orderCreated, "cancel_part", orderCreated),
	control(orderHeld, "release", orderConfirmed),
	published(orderHeld, "cancel", orderCancelled, guide, states.ByControl),
	control(orderHeld, "cancel_part", orderHeld),
	control(orderConfirmed, "allocate", orderAllocated),
	control(orderConfirmed, "cancel", orderCancelled),
	control(orderConfirmed, "cancel_part", orderConfirmed),
	control(orderAllocated, "cancel", orderCancelled),
	control(orderAllocated, "cancel_part", orderAllocated),
	control(orderAllocated, "ship_part", orderPartiallyShipped),
	control(orderAllocated, "ship", orderShipped),
	control(orderAllocated, "pick_up_part", orderPartiallyPickedUp),
	control(orderAllocated, "pick_up", orderPickedUp),
	control(orderPartiallyShipped, "ship", orderShipped),
	control(orderPartiallyPickedUp, "pick_up", orderPickedUp),
	control(orderShipped, "deliver_part", orderPartiallyDelivered),
	control(orderShipped, "deliver", orderDelivered),
	control(orderPartiallyDelivered, "deliver", orderDelivered),
	control(orderDelivered, "return_part", orderPartiallyReturned),
	control(orderDelivered, "return", orderReturned),
	control(orderPickedUp, "return_part", orderPartiallyReturned),
	control(orderPickedUp, "return", orderReturned),
	control(orderPartiallyReturned, "return", orderReturned),
}}

// paymentStates is how a payment moves. A report may skip states that were never reported; what cannot be is going back.
var paymentStates = states.Table{Machine: "payments", Initial: []string{paymentPending, paymentAuthorized, paymentPartiallyPaid, paymentPaid, paymentError}, Moves: []states.Move{
	report(paymentPending, "authorize", paymentAuthorized),
	report(paymentPending, "capture_part", paymentPartiallyPaid),
	report(paymentPending, "capture", paymentPaid),
	report(paymentPending, "refund_part", paymentPartiallyRefunded),
	report(paymentPending, "refund", paymentRefunded),
	report(paymentPending, "void", paymentVoided),
	report(paymentPending, "fail", paymentError),
	report(paymentAuthorized, "capture_part", paymentPartiallyPaid),
	report(paymentAuthorized, "capture", paymentPaid),
	report(paymentAuthorized, "refund_part", paymentPartiallyRefunded),
	report(paymentAuthorized, "refund", paymentRefunded),
	report(paymentAuthorized, "void", paymentVoided),
	report(paymentAuthorized, "fail", paymentError),
	{From: paymentAuthorized, Event: "expire", To: paymentExpired, Provenance: states.Assumed, By: states.ByTimer},
	report(paymentExpired, "authorize", paymentAuthorized),
	report(paymentExpired, "void", paymentVoided),
	report(paymentExpired, "fail", paymentError),
	report(paymentError, "authorize", paymentAuthorized),
	report(paymentError, "capture_part", paymentPartiallyPaid),
	report(paymentError, "capture", paymentPaid),
	report(paymentError, "void", paymentVoided),
	report(paymentPartiallyPaid, "capture", paymentPaid),
	report(paymentPartiallyPaid, "refund_part", paymentPartiallyRefunded),
	report(paymentPartiallyPaid, "refund", paymentRefunded),
	report(paymentPaid, "refund_part", paymentPartiallyRefunded),
	report(paymentPaid, "refund", paymentRefunded),
	report(paymentPartiallyRefunded, "refund", paymentRefunded),
}}

func published(from, event, to, source, by string) states.Move {
	return states.Move{From: from, Event: event, To: to, Provenance: states.Published, Source: source, By: by}
}

func control(from, event, to string) states.Move {
	return states.Move{From: from, Event: event, To: to, Provenance: states.Assumed, By: states.ByControl}
}

// report is an arrow that a payment takes because its platform says so.
func report(from, event, to string) states.Move {
	return states.Move{From: from, Event: event, To: to, Provenance: states.Assumed, By: "updatePaymentStatus"}
}

// paymentEvents names the event that leads to a state.
var paymentEvents = map[string]string{
	paymentAuthorized: "authorize", paymentPartiallyPaid: "capture_part", paymentPaid: "capture", paymentPartiallyRefunded: "refund_part",
	paymentRefunded: "refund", paymentVoided: "void", paymentError: "fail", paymentExpired: "expire",
}

// The words by which a platform says that nothing came of a payment, in lower case (assumed).
var (
	failureWords = []string{"error", "failed", "failure", "declined"}
	voidWords    = []string{"void", "voided", "cancelled", "canceled"}
)

// inWords is a statusCode in plain language: "Order Created" of ORDER_CREATED.
func inWords(code string) string {
	words := strings.Split(strings.ToLower(code), "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}
