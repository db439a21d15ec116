// Package commercelayer plays Commerce Layer: a Checkout.com payment source, its order, and the money that moves between the two.
package commercelayer

import (
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{
		Name: "commercelayer", Title: "Commerce Layer",
		Dialect: engine.Dialect{
			MediaType: mediaType, DefaultTenant: defaultOrganization, Tenant: organization,
			Token: readToken, Negotiate: negotiate, Phrase: phrase,
			Secrets: []string{"client_secret", "password", "refresh_token", "access_token", "assertion"},
		},
		Behaviour: engine.Behaviour{
			Operations: operations(), Profiles: map[string]map[string]engine.Handler{currentProfile: currentOperations()},
			Scenarios: scenarios,
			Timers:    map[string]func(*world.Tx, world.Timer) error{challengeTimer: lapse},
			Settle:    settle,
		},
		Story: engine.Story{
			Kinds: kinds(), States: []states.Table{paymentStates, orderStates, fulfillmentStates},
			Cast: cast, Roles: roles(), Triggers: triggers(), Orders: summaries, Given: given, Demos: demos,
		},
		Outward: engine.Outward{Pages: pages(), Events: events},
	}
}

// events are what happens here, as the vendor's webhooks name it: resource, then event.
var events = []string{
	"authorizations.create",
	"captures.create",
	"checkout_com_payments.create",
	"checkout_com_payments.destroy",
	"orders.approve",
	"orders.authorize",
	"orders.cancel",
	"orders.pay",
	"orders.place",
	"orders.refund",
	"orders.void",
	"refunds.create",
	"voids.create",
}
