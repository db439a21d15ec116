package fabric

import (
	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
)

// operations are the handlers; none is declined.
var operations = map[string]engine.Handler{
	"updatePaymentStatus": updatePaymentStatus,
	"getOrder":            getOrder,
	"createOrder":         createOrder,
}

// scenarios: what becomes of a payment is decided elsewhere and reported here, so only an order that comes with payments can be told how they go.
var scenarios = map[string][]checkout.Scenario{"createOrder": {
	checkout.Approved, checkout.Frictionless, checkout.Declined, checkout.NoFunds, checkout.Challenge, checkout.ChallengeFailed, checkout.Expired,
}}

// outcomes are what a payment can come to by the control API. A bank that is still thinking is what PENDING says already.
var outcomes = []checkout.Outcome{
	checkout.Approve, checkout.Decline, checkout.InsufficientFunds, checkout.FailAuthentication, checkout.Abandon, checkout.Expire,
}
