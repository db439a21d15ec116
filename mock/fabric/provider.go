// Package fabric plays fabric's order management system, version 2: the order endpoints around payment-status.
//
// POST /order/payment-status/{orderNumber} is titled as a read on the vendor's page. It writes (published for its successor, Orders v3): the
// payment's status and balances go into the order, and the whole order is answered.
package fabric

import (
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{
		Name:  "fabric",
		Title: "fabric OMS, version 2",
		Dialect: engine.Dialect{
			Phrase: phrase, Tenant: account, DefaultTenant: defaultAccount, Negotiate: readableContext, Secrets: []string{"token"},
		},
		Behaviour: engine.Behaviour{
			Operations: operations, Timers: timers, Settle: settle, Apply: apply,
		},
		Story: engine.Story{
			Kinds: []world.AnyKind{orders, holdings}, States: []states.Table{orderStates, paymentStates},
			Cast: cast, Roles: roles(), Triggers: triggers, Orders: summaries, Given: given,
		},
	}
}
