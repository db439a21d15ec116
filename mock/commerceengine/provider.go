// Package commerceengine plays the payments of a Commerce Engine storefront: a session, a cart, an order, and as many payment attempts as it takes.
//
// What it imitates is documented on the page of retry-payment; the endpoints around it, the payment methods and the rule of when a retry is possible
// are published in the vendor's SDK types (0.15.0); the states of an attempt and the sandbox gateway's habits are Juspay's. What rests on neither is marked assumed
// where it stands.
package commerceengine

import (
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// Timers, by name.
const (
	attemptExpiry  = "attempt_expiry"
	attemptOutcome = "attempt_outcome"
	orderExpiry    = "order_expiry"
	refundProgress = "refund_progress"
)

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{
		Name:  "commerceengine",
		Title: "Commerce Engine",
		Dialect: engine.Dialect{
			Phrase:        phrase,
			Tenant:        store,
			DefaultTenant: "store_01", // the document's own
			Token:         readCredential,
			Secrets:       []string{"card_number", "card_security_code", "card_token"},
		},
		Behaviour: engine.Behaviour{
			Operations: operations,
			Scenarios:  scenarios,
			Timers: map[string]func(*world.Tx, world.Timer) error{
				attemptExpiry:  expireAttempt,
				attemptOutcome: concludeAttempt,
				orderExpiry:    expireOrder,
				refundProgress: advanceRefund,
			},
			Settle: settle,
			Apply:  apply,
		},
		Story: engine.Story{
			Kinds:    []world.AnyKind{carts, orders, attempts, refunds},
			States:   []states.Table{orderStates, paymentStates, refundStates},
			Cast:     cast,
			Roles:    roles(),
			Triggers: triggers,
			Orders:   summaries,
			Demos:    demos,
			Given:    given,
		},
		Outward: engine.Outward{
			Pages: pages,
			Events: []string{
				"order.cancelled", "order.confirmed", "order.created",
				"payment.failed", "payment.refund.initiated", "payment.refund.success", "payment.retried", "payment.success",
			},
		},
	}
}
