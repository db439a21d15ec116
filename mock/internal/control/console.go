package control

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/world"
)

//go:embed console.html
var consoleHTML string

var console = template.Must(template.New("console").Parse(consoleHTML))

// The console shows so many exchanges, tenants of a provider, and orders of a tenant; the API itself shows all.
const (
	consoleRequests = 50
	consoleTenants  = 10
	consoleOrders   = 50
)

// consoleView is what the console shows.
type consoleView struct {
	Control   string // what the API's own paths begin with
	World     worldView
	Worlds    []worldView
	Providers []consoleProvider
	Shared    []engine.Trigger
	Rules     []*engine.Rule
	Requests  []*journal.Exchange
	Links     []string
}

type consoleProvider struct {
	provider
	Triggers []engine.Trigger
	Tenants  []consoleTenant
}

type consoleTenant struct {
	Name   string
	Orders []engine.Summary
}

func (c *control) showConsole(call *engine.Call) (engine.Reply, error) {
	v := consoleView{
		Control: c.worldURL(call, call.World()) + "/" + Slug,
		Shared:  engine.SharedTriggers(),
		Links:   []string{"/worlds", "/providers", "/triggers", "/timers", "/rules", "/requests", "/snapshots", "/export"},
	}
	for _, r := range c.engine.Rooms() {
		p, err := c.consoleProvider(call, r)
		if err != nil {
			return engine.Reply{}, err
		}
		v.Providers = append(v.Providers, p)
	}
	rules, err := call.Universe().Rules()
	if err != nil {
		return engine.Reply{}, err
	}
	v.Rules, v.World = rules, c.view(call, call.Universe())
	for _, u := range c.engine.Universes() {
		v.Worlds = append(v.Worlds, c.view(call, u))
	}
	v.Requests = call.Universe().Journal.Find(nil)
	v.Requests = slices.Clone(v.Requests[max(0, len(v.Requests)-consoleRequests):])
	slices.Reverse(v.Requests) // people read the latest first
	var page bytes.Buffer
	if err := console.Execute(&page, v); err != nil {
		return engine.Reply{}, err
	}
	reply := engine.Reply{Status: http.StatusOK, Raw: page.Bytes(), MediaType: "text/html; charset=utf-8"}
	return reply.With("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'").
		With("Cache-Control", "no-store").With("Referrer-Policy", "no-referrer").With("X-Content-Type-Options", "nosniff"), nil
}

// consoleProvider gathers a provider's tenants, its default one in any case: so a fresh world has something to show.
func (c *control) consoleProvider(call *engine.Call, r engine.ServedRoom) (consoleProvider, error) {
	p, err := c.provider(call, r)
	if err != nil {
		return consoleProvider{}, err
	}
	shown := consoleProvider{provider: p, Triggers: r.Triggers}
	places := []world.Place{{Provider: r.Name, Tenant: r.DefaultTenant}}
	for _, place := range call.Universe().Tenants() {
		if place.Provider == r.Name && place.Tenant != r.DefaultTenant && len(places) < consoleTenants {
			places = append(places, place)
		}
	}
	for _, place := range places {
		if place.Tenant == "" {
			continue
		}
		list, err := c.orders(call, call.World(), r, place)
		if err != nil {
			return consoleProvider{}, err
		}
		shown.Tenants = append(shown.Tenants, consoleTenant{place.Tenant, list[:min(len(list), consoleOrders)]})
	}
	return shown, nil
}
