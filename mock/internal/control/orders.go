package control

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// place is the tenant that the path names.
func (c *control) place(call *engine.Call) (engine.ServedRoom, world.Place, error) {
	r, err := c.room(call.Vars["provider"])
	return r, world.Place{Provider: r.Name, Tenant: call.Vars["tenant"]}, err
}

// orders sums up a tenant's orders, their links as the caller reaches them.
func (c *control) orders(call *engine.Call, worldName string, r engine.ServedRoom, p world.Place) ([]engine.Summary, error) {
	list, err := c.engine.Orders(worldName, p)
	if err != nil {
		return nil, err
	}
	shown := make([]engine.Summary, len(list))
	for i, s := range list {
		shown[i] = c.shown(call, worldName, r, p, s)
	}
	return shown, nil
}

// shown makes URLs of an order's links, which name the tenant where their own path does not.
func (c *control) shown(call *engine.Call, worldName string, r engine.ServedRoom, p world.Place, s engine.Summary) engine.Summary {
	base, tenant := c.worldURL(call, worldName), "/"+url.PathEscape(p.Tenant)
	s.Payments = append([]engine.PaymentSummary{}, s.Payments...)
	for i := range s.Payments {
		link := s.Payments[i].Link
		switch {
		case link == "":
		case p.Tenant == r.DefaultTenant, strings.Contains(link, tenant+"/"):
			s.Payments[i].Link = base + "/" + p.Provider + link
		default:
			s.Payments[i].Link = base + "/t" + tenant + "/" + p.Provider + link
		}
	}
	return s
}

func (c *control) listOrders(call *engine.Call) (engine.Reply, error) {
	r, p, err := c.place(call)
	if err != nil {
		return engine.Reply{}, err
	}
	list, err := c.orders(call, call.World(), r, p)
	return engine.OK(struct {
		Orders []engine.Summary `json:"orders"`
	}{list}), err
}

func (c *control) getOrder(call *engine.Call) (engine.Reply, error) {
	r, p, err := c.place(call)
	if err != nil {
		return engine.Reply{}, err
	}
	list, err := c.orders(call, call.World(), r, p)
	if err != nil {
		return engine.Reply{}, err
	}
	id := call.Vars["id"]
	i := slices.IndexFunc(list, func(s engine.Summary) bool { return s.ID == id })
	if i < 0 {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "%s has no order %q at %s", p.Tenant, id, p.Provider)
	}
	return engine.OK(list[i]), nil
}

func (c *control) createOrder(call *engine.Call) (engine.Reply, error) {
	r, p, err := c.place(call)
	if err != nil {
		return engine.Reply{}, err
	}
	given, err := readGiven(call)
	if err != nil {
		return engine.Reply{}, err
	}
	s, err := c.engine.Given(call.World(), p, given)
	if err != nil {
		return engine.Reply{}, err
	}
	path := fmt.Sprintf("/%s/%s/orders/%s", p.Provider, url.PathEscape(p.Tenant), url.PathEscape(s.ID))
	return c.created(call, path, c.shown(call, call.World(), r, p, s)), nil
}

func readGiven(call *engine.Call) (engine.Given, error) {
	var asked struct {
		Role     string `json:"role"`
		State    string `json:"state"`
		ID       string `json:"id"`
		Total    string `json:"total"`
		Currency string `json:"currency"`
	}
	if err := call.Into(&asked); err != nil {
		return engine.Given{}, err
	}
	given := engine.Given{Role: asked.Role + asked.State, ID: asked.ID}
	switch {
	case asked.Role != "" && asked.State != "":
		return given, engine.RefuseField("/state", "stands beside role", "one of the two")
	case given.Role == "":
		return given, engine.RefuseField("/role", "is missing, and state too", "one of the two")
	case asked.Total == "" && asked.Currency == "":
		return given, nil
	case asked.Currency == "":
		return given, engine.RefuseField("/currency", "is missing beside total", "a currency such as EUR")
	case asked.Total == "":
		return given, engine.RefuseField("/total", "is missing beside currency", "an amount such as 19.99")
	}
	total, err := money.Parse(asked.Total, asked.Currency)
	if err != nil {
		return given, engine.RefuseField("/total", "is not an amount: "+err.Error(), "an amount such as 19.99")
	}
	given.Total = &total
	return given, nil
}

// payments is the machine whose events a customer brings about too.
const payments = "payments"

// happening is what applyEvent answers.
type happening struct {
	world.Place
	Machine string          `json:"machine"`
	ID      string          `json:"id"`
	Event   string          `json:"event"`
	Order   *engine.Summary `json:"order,omitempty"`
}

func (c *control) applyEvent(call *engine.Call) (engine.Reply, error) {
	r, p, err := c.place(call)
	if err != nil {
		return engine.Reply{}, err
	}
	h := happening{Place: p, Machine: call.Vars["machine"], ID: call.Vars["id"], Event: call.Vars["event"]}
	if outcome := checkout.Outcome(h.Event); h.Machine == payments && slices.Contains(checkout.Outcomes(), outcome) {
		err = c.engine.Settle(call.World(), p, h.ID, outcome)
	} else if err = forControl(r, h.Machine, h.Event); err == nil {
		err = c.engine.Apply(call.World(), p, h.Machine, h.ID, h.Event)
	}
	if err != nil {
		return engine.Reply{}, err
	}
	list, err := c.orders(call, call.World(), r, p)
	if i := slices.IndexFunc(list, h.isOf); i >= 0 {
		h.Order = &list[i]
	}
	return engine.OK(h), err
}

// isOf tells whether it happened to this order or one of its payments.
func (h happening) isOf(s engine.Summary) bool {
	return s.ID == h.ID || slices.ContainsFunc(s.Payments, func(p engine.PaymentSummary) bool { return p.ID == h.ID })
}

// forControl refuses an event that the provider does not give to the control API, and lists those that it does.
func forControl(r engine.ServedRoom, machine, event string) error {
	var machines, taken []string
	for _, table := range r.States {
		machines = append(machines, table.Machine)
		for _, m := range table.Moves {
			if table.Machine == machine && m.Event == event && !slices.Contains(taken, m.By) {
				taken = append(taken, m.By)
			}
		}
	}
	these := cmp.Or(strings.Join(eventsOf(r, machine), ", "), "none")
	switch {
	case !slices.Contains(machines, machine):
		return engine.Refuse(engine.NotFound, "%s has no machine %q; these are: %s", r.Name, machine, strings.Join(machines, ", "))
	case len(taken) == 0:
		return engine.Refuse(engine.NotFound, "%s has no event %q of %s; the control API takes: %s", r.Name, event, machine, these)
	case !slices.Contains(taken, states.ByControl):
		return engine.Refuse(engine.Conflict, "%s of %s is brought about by %s, not by the control API, which takes: %s", event, machine, strings.Join(taken, ", "), these)
	}
	return nil
}

// eventsOf are those that the control API takes for a machine: what a customer can make of a payment, and the arrows that the table gives it.
func eventsOf(r engine.ServedRoom, machine string) []string {
	var events []string
	if machine == payments && r.Settle != nil {
		outcomes := r.Outcomes
		if outcomes == nil {
			outcomes = checkout.Outcomes()
		}
		for _, o := range outcomes {
			events = append(events, string(o))
		}
	}
	for _, table := range r.States {
		for _, m := range table.Moves {
			if table.Machine == machine && m.By == states.ByControl && !slices.Contains(events, m.Event) {
				events = append(events, m.Event)
			}
		}
	}
	return events
}
