package control

import (
	"runtime"
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
)

func (c *control) getHealth(call *engine.Call) (engine.Reply, error) {
	if err := c.engine.Ready(call.Request().Context()); err != nil {
		return problem{Status: 503, Detail: err.Error(), Kind: "unavailable"}.reply(), nil
	}
	health := struct {
		Status    string   `json:"status"`
		Providers []string `json:"providers"`
	}{"healthy", []string{}}
	for _, r := range c.engine.Rooms() {
		health.Providers = append(health.Providers, r.Name)
	}
	return engine.OK(health), nil
}

func (c *control) getVersion(*engine.Call) (engine.Reply, error) {
	return engine.OK(struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		Go      string `json:"go"`
	}{"understudy", c.options.Version, runtime.Version()}), nil
}

// getAuthority answers the certificate to trust. Its media type is the one by which browsers and phones offer to import it.
func (c *control) getAuthority(*engine.Call) (engine.Reply, error) {
	if c.options.Authority == nil {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "this server speaks no https, so there is no certificate to trust; start it with --tls")
	}
	return engine.Reply{Status: 200, Raw: c.options.Authority, MediaType: "application/x-x509-ca-cert"}, nil
}

// room finds the provider that the path names.
func (c *control) room(name string) (engine.ServedRoom, error) {
	for _, r := range c.engine.Rooms() {
		if r.Name == name {
			return r, nil
		}
	}
	return engine.ServedRoom{}, engine.Refuse(engine.NotFound, "there is no provider %q; these are: %s", name, c.names())
}

// names lists the providers for a refusal.
func (c *control) names() string {
	var known []string
	for _, r := range c.engine.Rooms() {
		known = append(known, r.Name)
	}
	return strings.Join(known, ", ")
}

type provider struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	URL      string `json:"url"`
	Profile  string `json:"profile"`
	Document struct {
		Title   string `json:"title"`
		Version string `json:"version"`
	} `json:"document"`
	DefaultTenant string        `json:"default_tenant"`
	Call          *providerCall `json:"call,omitempty"`
	Curl          string        `json:"curl,omitempty"`
}

func (c *control) provider(call *engine.Call, r engine.ServedRoom) (provider, error) {
	p := provider{
		Name: r.Name, Title: r.Title, Profile: r.Profile, DefaultTenant: r.DefaultTenant,
		URL: c.engine.Base(c.engine.Origin(call.Request()), call.World(), r.Name),
	}
	p.Document.Title, p.Document.Version = r.Document.Title, r.Document.Version
	page, err := pageCall(r, p.URL)
	if page != nil {
		p.Call, p.Curl = page, page.curl()
	}
	return p, err
}

func (c *control) listProviders(call *engine.Call) (engine.Reply, error) {
	list := []provider{}
	for _, r := range c.engine.Rooms() {
		p, err := c.provider(call, r)
		if err != nil {
			return engine.Reply{}, err
		}
		list = append(list, p)
	}
	return engine.OK(struct {
		Providers []provider `json:"providers"`
	}{list}), nil
}

func (c *control) getProvider(call *engine.Call) (engine.Reply, error) {
	r, err := c.room(call.Vars["provider"])
	if err != nil {
		return engine.Reply{}, err
	}
	p, err := c.provider(call, r)
	return engine.OK(p), err
}

type operation struct {
	ID         string `json:"id"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Summary    string `json:"summary,omitempty"`
	Effect     string `json:"effect"`
	Provenance string `json:"provenance"`
	Statuses   []int  `json:"statuses"`
	Simulated  bool   `json:"simulated"`
	Reason     string `json:"reason,omitempty"`

	Scenarios []checkout.Scenario `json:"scenarios,omitempty"`
}

func (c *control) listOperations(call *engine.Call) (engine.Reply, error) {
	r, err := c.room(call.Vars["provider"])
	if err != nil {
		return engine.Reply{}, err
	}
	list := []operation{}
	for _, op := range r.Document.Operations() {
		reason, declined := r.Declined[op.ID]
		list = append(list, operation{
			ID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Effect: op.Effect, Provenance: op.Provenance,
			Statuses: op.Statuses(), Simulated: !declined, Reason: reason, Scenarios: r.Scenarios[op.ID],
		})
	}
	return engine.OK(struct {
		Operations []operation `json:"operations"`
	}{list}), nil
}

type machine struct {
	Machine string        `json:"machine"`
	States  []state       `json:"states"`
	Moves   []states.Move `json:"moves"`
}

type state struct {
	Name    string `json:"name"`
	Initial bool   `json:"initial"`
	Final   bool   `json:"final"`
}

func (c *control) listStates(call *engine.Call) (engine.Reply, error) {
	r, err := c.room(call.Vars["provider"])
	if err != nil {
		return engine.Reply{}, err
	}
	list := []machine{}
	for _, table := range r.States {
		m := machine{Machine: table.Machine, States: []state{}, Moves: append([]states.Move{}, table.Moves...)}
		for _, name := range table.States() {
			m.States = append(m.States, state{name, slices.Contains(table.Initial, name), table.Final(name)})
		}
		list = append(list, m)
	}
	return engine.OK(struct {
		Machines []machine `json:"machines"`
	}{list}), nil
}

func (c *control) listEvents(call *engine.Call) (engine.Reply, error) {
	r, err := c.room(call.Vars["provider"])
	if err != nil {
		return engine.Reply{}, err
	}
	names := append([]string{}, r.Events...)
	slices.Sort(names)
	return engine.OK(struct {
		Events []string `json:"events"`
	}{names}), nil
}

// story is a provider's cast and triggers.
type story struct {
	Provider      string           `json:"provider"`
	Title         string           `json:"title"`
	DefaultTenant string           `json:"default_tenant"`
	Orders        []engine.Role    `json:"orders"`
	Triggers      []engine.Trigger `json:"triggers"`
}

type stories struct {
	Shared    []engine.Trigger `json:"shared"`
	Providers []story          `json:"providers"`
}

func tell(rooms ...engine.ServedRoom) stories {
	told := stories{Shared: engine.SharedTriggers(), Providers: []story{}}
	for _, r := range rooms {
		told.Providers = append(told.Providers, story{
			Provider: r.Name, Title: r.Title, DefaultTenant: r.DefaultTenant,
			Orders: append([]engine.Role{}, r.Roles...), Triggers: append([]engine.Trigger{}, r.Triggers...),
		})
	}
	return told
}

func (c *control) listTriggers(*engine.Call) (engine.Reply, error) {
	return engine.OK(tell(c.engine.Rooms()...)), nil
}

func (c *control) listProviderTriggers(call *engine.Call) (engine.Reply, error) {
	r, err := c.room(call.Vars["provider"])
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(tell(r)), nil
}
