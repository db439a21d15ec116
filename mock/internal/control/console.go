package control

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"

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
	More     []consoleLink // to tenants that are not shown
}

// consoleTenant is a part of a tenant's orders: a screenful, of however many.
type consoleTenant struct {
	Name        string
	Anchor      string
	Orders      []engine.Summary
	First, Last int // of those that are shown, counted from 1
	All         int
	Further     []consoleLink // to the other parts
}

// consoleLink leads to another view of the console.
type consoleLink struct{ Label, URL string }

// consolePart is what a link of the console asks for: further orders of the tenants that it is about. Those of others are shown from their first.
type consolePart struct {
	about world.Place // an empty provider or tenant is any
	from  int         // the first order that is shown, counted from 1
}

// consolePart reads what the query asks for.
func (c *control) consolePart(call *engine.Call) (consolePart, error) {
	query := call.Query()
	part := consolePart{about: world.Place{Provider: query.Get("provider"), Tenant: query.Get("tenant")}, from: 1}
	if query.Has("from") {
		part.from, _ = strconv.Atoi(query.Get("from")) // the document has seen that it is a number
	}
	if part.about.Provider != "" {
		if _, err := c.room(part.about.Provider); err != nil {
			return part, err
		}
	}
	there := slices.Clone(call.Universe().Tenants())
	for _, r := range c.engine.Rooms() {
		there = append(there, world.Place{Provider: r.Name, Tenant: r.DefaultTenant})
	}
	if part.about.Tenant != "" && !slices.ContainsFunc(there, part.isAbout) {
		return part, engine.Refuse(engine.NotFound, "there is no tenant %q in this world: a tenant comes into being with the first call for it", part.about.Tenant)
	}
	return part, nil
}

func (p consolePart) isAbout(place world.Place) bool {
	return (p.about.Provider == "" || p.about.Provider == place.Provider) && (p.about.Tenant == "" || p.about.Tenant == place.Tenant)
}

func (c *control) showConsole(call *engine.Call) (engine.Reply, error) {
	v := consoleView{
		Control: c.worldURL(call, call.World()) + "/" + Slug,
		Shared:  engine.SharedTriggers(),
		Links:   []string{"/worlds", "/providers", "/triggers", "/timers", "/rules", "/requests", "/snapshots", "/export"},
	}
	part, err := c.consolePart(call)
	if err != nil {
		return engine.Reply{}, err
	}
	for _, r := range c.engine.Rooms() {
		p, err := c.consoleProvider(call, r, part)
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
func (c *control) consoleProvider(call *engine.Call, r engine.ServedRoom, part consolePart) (consoleProvider, error) {
	p, err := c.provider(call, r)
	if err != nil {
		return consoleProvider{}, err
	}
	shown := consoleProvider{provider: p, Triggers: r.Triggers}
	places := []world.Place{{Provider: r.Name, Tenant: r.DefaultTenant}}
	for _, place := range call.Universe().Tenants() {
		switch {
		case place.Provider != r.Name, place.Tenant == r.DefaultTenant:
		case len(places) < consoleTenants, part.about.Tenant == place.Tenant && part.isAbout(place):
			places = append(places, place)
		default:
			shown.More = append(shown.More, consoleLink{place.Tenant, c.consoleURL(call, place, 1)})
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
		from := 1
		if part.isAbout(place) {
			from = part.from
		}
		shown.Tenants = append(shown.Tenants, c.consoleTenant(call, place, from, list))
	}
	return shown, nil
}

// consoleTenant cuts a part out of a tenant's orders, and links to what stands before and after it. A part beyond the last order is the last one.
func (c *control) consoleTenant(call *engine.Call, place world.Place, from int, list []engine.Summary) consoleTenant {
	from = max(1, min(from, len(list)))
	t := consoleTenant{Name: place.Tenant, Anchor: anchor(place), First: from, Last: min(from+consoleOrders-1, len(list)), All: len(list)}
	t.Orders = list[min(t.First-1, len(list)):t.Last]
	further := func(label string, from int) {
		t.Further = append(t.Further, consoleLink{label, c.consoleURL(call, place, from)})
	}
	if t.First > 1 {
		further("those before", max(1, t.First-consoleOrders))
	}
	if t.Last < t.All {
		further("those after", t.Last+1)
		further("the last", (t.All-1)/consoleOrders*consoleOrders+1)
	}
	return t
}

// anchor is where a tenant's orders stand on the page.
func anchor(place world.Place) string { return place.Provider + "-" + place.Tenant }

func (c *control) consoleURL(call *engine.Call, place world.Place, from int) string {
	query := url.Values{"provider": {place.Provider}, "tenant": {place.Tenant}, "from": {strconv.Itoa(from)}}
	to := url.URL{RawQuery: query.Encode(), Fragment: anchor(place)}
	return c.worldURL(call, call.World()) + "/" + Slug + "/" + to.String()
}
