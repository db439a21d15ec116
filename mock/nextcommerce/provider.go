// Package nextcommerce plays the Admin API of Next Commerce (29next): orders of a store, and collecting what is outstanding on them.
package nextcommerce

import (
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{
		Name:  "nextcommerce",
		Title: "Next Commerce",
		Dialect: engine.Dialect{
			Phrase:        phrase,
			DefaultTenant: defaultStore,
			Token:         token,
			Forgive:       forgive,
		},
		Behaviour: engine.Behaviour{
			Operations: operations,
			Scenarios:  scenarios,
			Timers: map[string]func(*world.Tx, world.Timer) error{
				timerNearExpiry: authorizationNearsExpiry,
				timerExpiry:     authorizationExpires,
				timerAttempt:    attemptExpires,
			},
			Settle: settlePayment,
			Apply:  apply,
		},
		Story: engine.Story{
			Kinds:    []world.AnyKind{orders, transactions, customers, emails, attempts},
			States:   []states.Table{orderStates, paymentStates, fulfillmentStates, attemptStates},
			Cast:     cast,
			Roles:    roles(),
			Triggers: triggers(),
			Orders:   summaries,
			Given:    given,
			Demos:    demos,
		},
		Outward: engine.Outward{
			Pages: pages(),
			Events: []string{
				"customer.created", "fulfillment.created", "order.created", "order.updated", "subscription.created", "transaction.created", "transaction.updated",
			},
		},
	}
}
