package contracts

import (
	"cmp"
	"fmt"
	"net/url"

	"understudy/contracts/harness"
)

// order is the control API's summary.
type order struct {
	ID       string                `json:"id"`
	State    string                `json:"state"`
	Payment  string                `json:"payment_state"`
	Total    amount                `json:"total"`
	Payments []standing            `json:"payments"`
	Machines map[string][]standing `json:"machines"`
}

type standing struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

type amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// subject is what moves: an order, a payment of it, or what else of it has states of its own.
type subject struct {
	order   order
	id      string // of what moves
	payment string
}

// things lists what of an order is of a machine. A provider whose payments have no ids of their own has the order's.
func (o order) things(machine string) []standing {
	switch {
	case machine == "orders":
		return []standing{{o.ID, o.State}}
	case machine == "payments" && len(o.Payments) == 0:
		return []standing{{o.ID, o.Payment}}
	case machine == "payments":
		return o.Payments
	}
	return o.Machines[machine]
}

// subject is one thing of an order.
func (o order) subject(id string) subject {
	s := subject{order: o, id: id}
	for i, p := range o.Payments {
		if i == 0 || p.ID == id {
			s.payment = p.ID
		}
	}
	return s
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

// in finds or makes a subject that is in a state and ready for a move, or says why there is none.
func (p *stageplay) in(state string, m move) subject {
	s, ok, err := p.seek(state, m, map[string]bool{})
	if err != nil {
		p.Skip("nothing of %s can be brought to %s: %v", p.machine.Name, state, err)
	}
	if !ok {
		p.Skip("nothing of %s can be brought to %s", p.machine.Name, state)
	}
	return s
}

// seek brings a subject to a state: as the move says, as the book says of the state, by what the control API gives, by what the cast has, or by the arrows that lead there.
// tried are the states that are being sought already.
func (p *stageplay) seek(state string, m move, tried map[string]bool) (subject, bool, error) {
	begin := p.moves[p.machine.Name+" in "+state]
	switch {
	case m.Role != "":
		return p.begin(state, m)
	case len(m.First) > 0:
		s, ok, err := p.seek(state, move{}, tried)
		if !ok {
			return s, ok, err
		}
		return p.readied(s, state, m)
	case begin.Role != "":
		return p.begin(state, begin)
	}
	if s, ok := p.given(state, state); ok {
		return s, true, nil
	}
	if s, ok := p.found(state, ""); ok {
		return s, true, nil
	}
	tried[state] = true
	for _, a := range p.machine.Moves {
		if a.To != state || tried[a.From] {
			continue
		}
		way, _ := p.moves.of(p.machine.Name, a)
		if s, ok, _ := p.seek(a.From, way, tried); ok && p.led(s, a) {
			s, ok = p.after(state, s)
			return s, ok, nil
		}
	}
	return subject{}, false, nil
}

// begin has the control API give an order, and asks what comes before.
func (p *stageplay) begin(state string, m move) (subject, bool, error) {
	s, ok := p.given(m.Role, state)
	if len(m.First) == 0 || s.order.ID == "" {
		return s, ok, nil
	}
	return p.readied(s, state, m)
}

// readied asks what comes before a move, and looks where that led.
func (p *stageplay) readied(s subject, state string, m move) (subject, bool, error) {
	if err := p.prepare(s, m.First); err != nil {
		return s, false, err
	}
	after, ok := p.after(state, s)
	return after, ok, nil
}

// after looks for what is in a state now: of the same order, or of one that came of it.
func (p *stageplay) after(state string, s subject) (subject, bool) {
	if same, ok := p.found(state, s.order.ID); ok {
		return same, true
	}
	return p.found(state, "")
}

// given has the control API make an order, and tells whether something of it is in a state.
func (p *stageplay) given(role, state string) (subject, bool) {
	var o order
	if err := p.Control("POST", p.tenant()+"/orders", map[string]string{"role": role}, &o); err != nil {
		return subject{}, false
	}
	return p.within(o, state)
}

// found looks for what is in a state: of one order, or of any.
func (p *stageplay) found(state, order string) (subject, bool) {
	for _, o := range p.orders() {
		if order != "" && o.ID != order {
			continue
		}
		if s, ok := p.within(o, state); ok {
			return s, true
		}
	}
	return subject{}, false
}

func (p *stageplay) within(o order, state string) (subject, bool) {
	for _, x := range o.things(p.machine.Name) {
		if x.State == state {
			return o.subject(x.ID), true
		}
	}
	return o.subject(o.ID), false
}

// led takes an arrow on the way to a state that nothing gives, and tells whether it was taken.
func (p *stageplay) led(s subject, a harness.Move) bool {
	switch a.By {
	case "control":
		if p.apply(s, a.Event) != nil {
			return false
		}
	case "timer":
		if p.wait(s, a.From) != nil {
			return false
		}
	default:
		if _, err := p.ask(s, a); err != nil {
			return false
		}
	}
	return p.state(s) == a.To
}

// state looks where a subject is now.
func (p *stageplay) state(s subject) string {
	for _, o := range p.orders() {
		for _, x := range o.things(p.machine.Name) {
			if x.ID == s.id {
				return x.State
			}
		}
	}
	return "nowhere"
}

// made is what a request made.
func (p *stageplay) made(told harness.Told, pointer string) subject {
	id, err := pointed(told.Response.Body, pointer)
	if err != nil {
		p.Skip("what was made is not told: %v", err)
	}
	return subject{id: cmp.Or(fmt.Sprint(id), "nobody")}
}
