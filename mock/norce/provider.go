// Package norce plays a payment adapter of Norce Checkout: the update-payment hook that the Order service calls with a proposed order,
// the payment session that the shop opens, and what is done with a payment once the order stands.
//
// Provenance: the hook's path, headers, body members and statuses are documented; bodies, states and error codes are published in the types
// of Norce's own front end (NorceTech/norce-checkout-angular); how a payment is recalculated and which moves its states allow are assumed.
//
// The files adapter_*.go are the adapter. The Order service, which calls hooks, is not here.
package norce

import (
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{
		Name:  "norce",
		Title: "Norce Checkout",
		Dialect: engine.Dialect{
			Phrase:        phrase,
			Tenant:        tenant,
			DefaultTenant: tenantOf(castMerchant, castChannel),
		},
		Behaviour: engine.Behaviour{
			Operations: operations,
			Scenarios:  scenarios,
			Timers:     timers,
			Settle:     settle,
			Apply:      apply,
		},
		Story: engine.Story{
			Kinds:    []world.AnyKind{orders, payments},
			States:   []states.Table{paymentStates},
			Cast:     cast,
			Roles:    roles(),
			Triggers: triggers,
			Orders:   summaries,
			Given:    given,
		},
		Outward: engine.Outward{Pages: pages, Events: append(paymentStates.Events(), opened)},
	}
}
