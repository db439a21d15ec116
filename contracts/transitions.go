package contracts

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"understudy/contracts/harness"
)

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
func lacking(m harness.Machine, state string, book moveBook) (missing []harness.Move) {
	has := func(event string) bool {
		return slices.ContainsFunc(m.Moves, func(a harness.Move) bool { return a.From == state && a.Event == event })
	}
	for _, a := range m.Moves {
		event, written := book[m.Name+" "+a.Event]
		known := slices.ContainsFunc(missing, func(b harness.Move) bool { return b.Event == a.Event })
		if !has(a.Event) && !known && (a.By == "control" || written && event.Makes == "") {
			missing = append(missing, a)
		}
	}
	return missing
}

// stageplay is one machine in one scene.
type stageplay struct {
	*harness.Scene
	machine harness.Machine
	moves   moveBook
}

// take takes an arrow, and looks where it led.
func take(p *stageplay, a harness.Move) {
	m, _ := p.moves.of(p.machine.Name, a)
	if m.Skip != "" {
		p.Skip("%s", m.Skip)
	}
	var s subject
	if m.Makes == "" {
		s = p.in(a.From, m)
	}
	var told *harness.Told
	switch a.By {
	case "control":
		if err := p.apply(s, a.Event); err != nil {
			p.Note(p.broken(a, "the control API refuses it: "+err.Error()))
			return
		}
	case "timer":
		if err := p.wait(s, a.From); err != nil {
			p.Note(p.broken(a, err.Error()))
			return
		}
	default:
		one, err := p.ask(s, a)
		if err != nil {
			p.Skip("%v", err)
		}
		if m.Makes != "" {
			s = p.made(one, m.Makes)
		}
		told = &one
	}
	p.arrived(a, told, p.state(s))
}

// arrived compares where an arrow led with where it ought to.
func (p *stageplay) arrived(a harness.Move, told *harness.Told, at string) {
	var finding harness.Finding
	switch {
	case at != a.To:
		finding = p.broken(a, fmt.Sprintf("%s by %s led to %s, not to %s", a.From, a.Event, at, a.To))
	case told != nil && a.From == a.To && told.Response.Status >= http.StatusBadRequest: // standing still proves nothing
		finding = p.broken(a, fmt.Sprintf("%s in %s is refused with %d", a.Event, a.From, told.Response.Status))
	default:
		p.Result.Coverage.Touch(transition(p.Stage, p.machine, a), false)
		return
	}
	if told != nil {
		p.Find(*told, finding)
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

// wait moves the clock from timer to timer until one moves the subject from where it is.
func (p *stageplay) wait(s subject, from string) error {
	for range longest {
		var list struct{ Timers []struct{ Due time.Time } }
		if err := p.Control("GET", "/timers", nil, &list); err != nil {
			return err
		}
		if len(list.Timers) == 0 {
			break
		}
		if err := p.Control("POST", "/clock/set", map[string]any{"to": list.Timers[0].Due}, nil); err != nil {
			return err
		}
		if p.state(s) != from {
			return nil
		}
	}
	return fmt.Errorf("no timer moves %s from %s", s.id, from)
}

// stay asks for arrows that a state lacks: each is refused or changes nothing.
func stay(p *stageplay, state string, missing []harness.Move) {
	s := p.in(state, move{})
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
		s = p.in(state, move{})
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
