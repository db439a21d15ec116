// Package fabric plays fabric's order management system, version 2: the order endpoints around payment-status.
//
// POST /order/payment-status/{orderNumber} is titled as a read on the vendor's page. It writes (published for its successor, Orders v3): the
// payment's status and balances go into the order, and the whole order is answered.
//
// What the published material leaves open, and how it is here (assumed):
//   - paymentStatus is the word that the platform sent, whatever it is. Which state the payment is in, and so which reports are refused with a
//     409, follows from the balances, and from words for failure and void while nothing is captured.
//   - type names a payment and is not written. A payment that is not named is the order's only one.
//   - A report leaves statusCode, processName and the order's totals alone. Orders move by time (the release) and by the control API.
//   - Balances keep to their laws in the profile "strict" only; amounts finer than the currency's smallest unit are refused in both.
//   - The invoice service is not simulated: invoiceTotal is what the order was placed with, null if a third party had charged by then.
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
			Operations: operations, Scenarios: scenarios, Timers: timers, Settle: settle, Outcomes: outcomes, Apply: apply,
		},
		Story: engine.Story{
			Kinds: []world.AnyKind{orders, holdings}, States: []states.Table{orderStates, paymentStates},
			Cast: cast, Roles: roles(), Triggers: triggers, Orders: summaries, Given: given,
		},
		Outward: engine.Outward{Events: events()},
	}
}
