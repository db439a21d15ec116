package contracts

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
)

//go:embed moves.yaml
var moves []byte

// move is how an operation is asked to take an arrow: what differs from the document's example. $order, $payment, $total and $half stand for the order at hand.
type move struct {
	Operation string            `yaml:"operation"` // another one than the table names
	Role      string            `yaml:"role"`      // of the cast: an order that is ready for it
	Path      map[string]string `yaml:"path"`
	Body      any               `yaml:"body"`
	Skip      string            `yaml:"skip"` // why no single request takes it
}

// moveTable holds the moves by provider and by "machine event", or "machine from event" where one state differs.
func moveTable() (table map[string]map[string]move, err error) {
	d := yaml.NewDecoder(bytes.NewReader(moves))
	d.KnownFields(true)
	return table, d.Decode(&table)
}

// transitions makes a contract of each arrow of each state table of the mock's provider, and one of each state about the arrows that it lacks. The control API tells the tables, and what became of an order.
func transitions(s *harness.Stage) (list []harness.Contract) {
	if !s.Target.Mock() || s.Target.Name != harness.TargetMock {
		return nil
	}
	table, err := moveTable()
	if err != nil {
		panic(err) // it is part of this program, and a test reads it
	}
	for _, m := range s.About.Machines {
		for _, arrow := range m.Moves {
			s.Result.Coverage.Expect(transition(s, m, arrow), arrow.Provenance)
			list = append(list, machineContract(s, m, fmt.Sprintf("goes from %s by %s to %s", arrow.From, arrow.Event, arrow.To), func(scene *harness.Scene) {
				take(&stageplay{scene, m, table[s.Target.Provider]}, arrow)
			}))
		}
		for _, state := range m.States {
			if missing := lacking(m, state.Name, table[s.Target.Provider]); len(missing) > 0 {
				list = append(list, machineContract(s, m, fmt.Sprintf("stays in %s whatever else is asked", state.Name), func(scene *harness.Scene) {
					stay(&stageplay{scene, m, table[s.Target.Provider]}, state.Name, missing)
				}))
			}
		}
	}
	return list
}

func machineContract(s *harness.Stage, m harness.Machine, name string, play func(*harness.Scene)) harness.Contract {
	return harness.Contract{Play: play, Entry: harness.Entry{Provider: s.Target.Provider, Operation: m.Name, Kind: harness.Transitions, Effect: "destroy", Name: name}}
}

func transition(s *harness.Stage, m harness.Machine, a harness.Move) harness.Cell {
	return harness.Cell{Provider: s.Target.Provider, Transition: fmt.Sprintf("%s: %s %s %s", m.Name, a.From, a.Event, a.To)}
}

// lacking lists arrows of a machine that can be asked for here and do not leave a state.
func lacking(m harness.Machine, state string, table map[string]move) (missing []harness.Move) {
	has := func(event string) bool {
		return slices.ContainsFunc(m.Moves, func(a harness.Move) bool { return a.From == state && a.Event == event })
	}
	for _, a := range m.Moves {
		_, written := table[m.Name+" "+a.Event]
		known := slices.ContainsFunc(missing, func(b harness.Move) bool { return b.Event == a.Event })
		if !has(a.Event) && !known && (a.By == "control" || written) {
			missing = append(missing, a)
		}
	}
	return missing
}

// stageplay is one machine in one scene.
type stageplay struct {
	*harness.Scene
	machine harness.Machine
	moves   map[string]move
}

// order is the control API's summary.
type order struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Payment  string `json:"payment_state"`
	Total    amount `json:"total"`
	Payments []struct {
		ID    string `json:"id"`
		State string `json:"state"`
	} `json:"payments"`
}

type amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// subject is what moves: an order, or a payment of it.
type subject struct {
	order   order
	id      string // of what moves
	payment string
}

func (p *stageplay) tenant() string {
	return "/" + p.Target.Provider + "/" + url.PathEscape(p.About.DefaultTenant)
}

func (p *stageplay) orders() []order {
	var all struct{ Orders []order }
	if err := p.Control("GET", p.tenant()+"/orders", nil, &all); err != nil {
		p.Note(harness.Finding{Rule: harness.RuleTransition, Message: err.Error()})
		p.Skip("%v", err)
	}
	return all.Orders
}

// in finds or makes an order whose subject is in a state; role may name one of the cast that is ready.
func (p *stageplay) in(state, role string) subject {
	if p.machine.Name != "orders" && p.machine.Name != "payments" {
		p.Skip("the control API does not tell the state of %s", p.machine.Name)
	}
	var given order
	if err := p.Control("POST", p.tenant()+"/orders", map[string]string{"role": cmp.Or(role, state)}, &given); err == nil {
		if s, ok := p.within(given, state); ok {
			return s
		}
	}
	for _, o := range p.orders() {
		if s, ok := p.within(o, state); ok {
			return s
		}
	}
	p.Skip("no order can be given in %s, and the cast has none", state)
	return subject{}
}

func (p *stageplay) within(o order, state string) (subject, bool) {
	if p.machine.Name == "orders" {
		s := subject{order: o, id: o.ID}
		if len(o.Payments) > 0 {
			s.payment = o.Payments[0].ID
		}
		return s, o.State == state
	}
	for _, x := range o.Payments {
		if x.State == state {
			return subject{o, x.ID, x.ID}, true
		}
	}
	return subject{order: o, id: o.ID}, len(o.Payments) == 0 && o.Payment == state
}

// state looks where a subject is now.
func (p *stageplay) state(s subject) string {
	for _, o := range p.orders() {
		if o.ID != s.order.ID {
			continue
		}
		if p.machine.Name == "orders" {
			return o.State
		}
		for _, x := range o.Payments {
			if x.ID == s.id {
				return x.State
			}
		}
		if s.payment == "" {
			return o.Payment
		}
	}
	return "nowhere"
}

// take takes an arrow, and looks where it led.
func take(p *stageplay, a harness.Move) {
	m := p.move(a)
	if m.Skip != "" {
		p.Skip("%s", m.Skip)
	}
	s := p.in(a.From, m.Role)
	var told harness.Told
	about := false
	switch a.By {
	case "control":
		if err := p.apply(s, a.Event); err != nil {
			p.Note(p.broken(a, "the control API refuses it: "+err.Error()))
			return
		}
	case "timer":
		if !p.wait(s, a) {
			return
		}
	default:
		var ok bool
		if told, ok = p.ask(s, a); !ok {
			p.Skip("no request is written for %s %s", p.machine.Name, a.Event)
		}
		about = true
	}
	at := p.state(s)
	if at == a.To {
		p.Result.Coverage.Touch(transition(p.Stage, p.machine, a), false)
		return
	}
	finding := p.broken(a, fmt.Sprintf("%s by %s led to %s, not to %s", a.From, a.Event, at, a.To))
	if about {
		p.Find(told, finding)
	} else {
		p.Note(finding)
	}
}

func (p *stageplay) broken(a harness.Move, message string) harness.Finding {
	return harness.Finding{Rule: harness.RuleTransition, In: "state", Pointer: p.machine.Name + " " + a.From + " " + a.Event, Message: message, Provenance: a.Provenance}
}

func (p *stageplay) apply(s subject, event string) error {
	return p.Control("POST", p.tenant()+"/"+p.machine.Name+"/"+url.PathEscape(s.id)+"/"+event, nil, nil)
}

// longest is how many timers are waited for until one moves the subject.
const longest = 12

// wait moves the clock from timer to timer until one moves the subject. It tells whether one did.
func (p *stageplay) wait(s subject, a harness.Move) bool {
	for range longest {
		var list struct {
			Timers []struct {
				Due time.Time
				ID  string
			}
		}
		if err := p.Control("GET", "/timers", nil, &list); err != nil || len(list.Timers) == 0 {
			break
		}
		if err := p.Control("POST", "/clock/set", map[string]any{"to": list.Timers[0].Due}, nil); err != nil {
			p.Note(p.broken(a, err.Error()))
			return false
		}
		if p.state(s) != a.From {
			return true
		}
	}
	p.Note(p.broken(a, fmt.Sprintf("no timer moves %s from %s", s.id, a.From)))
	return false
}

// move finds what is written for an arrow.
func (p *stageplay) move(a harness.Move) move {
	if m, own := p.moves[p.machine.Name+" "+a.From+" "+a.Event]; own {
		return m
	}
	return p.moves[p.machine.Name+" "+a.Event]
}

// ask sends the request that is written for an arrow.
func (p *stageplay) ask(s subject, a harness.Move) (harness.Told, bool) {
	m := p.move(a)
	op := p.Target.Document.Operation(cmp.Or(m.Operation, a.By))
	if m.Path == nil || op == nil {
		return harness.Told{}, false
	}
	told := p.Send(m.request(p.Target.Sample(op, ""), s), fmt.Sprintf("%s by %s", a.From, a.Event))
	askAgain(p.Scene, told)
	return told, true
}

// request fills a move in.
func (m move) request(r document.Request, s subject) document.Request {
	for _, param := range r.Operation.Parameters {
		if v := m.Path[param.Name]; v != "" {
			r = r.With(param, filled(v, s))
		}
	}
	if m.Body != nil {
		r = r.Writing(r.Media, filled(m.Body, s))
	}
	return r
}

// filled puts the order at hand into a value.
func filled(v any, s subject) any {
	switch v := v.(type) {
	case map[string]any:
		members := map[string]any{}
		for name, member := range v {
			members[name] = filled(member, s)
		}
		return members
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = filled(item, s)
		}
		return list
	case string:
		switch v {
		case "$order":
			return s.order.ID
		case "$payment":
			return s.payment
		case "$total":
			return major(s.order.Total.Minor)
		case "$half":
			return major(s.order.Total.Minor / 2)
		}
	}
	return v
}

// major prints minor units as a number; the currencies of every cast have two places.
func major(minor int64) json.Number { return json.Number(fmt.Sprintf("%d.%02d", minor/100, minor%100)) }

// stay asks for arrows that a state lacks: each is refused or changes nothing.
func stay(p *stageplay, state string, missing []harness.Move) {
	s := p.in(state, "")
	for _, a := range missing {
		if a.By == "control" {
			if refused := (*harness.ControlError)(nil); errors.As(p.apply(s, a.Event), &refused) && refused.Status >= 500 {
				p.Note(p.broken(harness.Move{From: state, Event: a.Event}, refused.Error()))
			}
		} else {
			p.ask(s, a)
		}
		if at := p.state(s); at != state && !reaches(p.machine, state, a.Event, at) {
			p.Note(p.broken(harness.Move{From: state, Event: a.Event, Provenance: a.Provenance}, fmt.Sprintf("%s is taken from %s, where the table has no such arrow; it led to %s", a.Event, state, at)))
		}
		s = p.in(state, "")
	}
}

// reaches tells whether a command that stands for a customer's whole way goes from a state to another by arrows of the table, the last of them this event.
func reaches(m harness.Machine, from, event, to string) bool {
	here := []string{from}
	for i := 0; i < len(here); i++ {
		for _, a := range m.Moves {
			if a.From != here[i] || a.By != "control" {
				continue
			}
			if a.Event == event && a.To == to {
				return true
			}
			if !slices.Contains(here, a.To) {
				here = append(here, a.To)
			}
		}
	}
	return false
}
