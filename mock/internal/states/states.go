// Package states holds a state machine as data: a table of moves, each with where it is known from and who takes it.
package states

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The provenances of a move, as everywhere: what the vendor's document says, what the vendor has published elsewhere
// (with its source), what we assume.
const (
	Documented = "documented"
	Published  = "published"
	Assumed    = "assumed"
)

// Who takes a move when it is not an operation of the vendor's API.
const (
	ByTimer   = "timer"
	ByControl = "control"
)

// Move is one arrow of a state machine.
type Move struct {
	From       string `json:"from"`
	Event      string `json:"event"`
	To         string `json:"to"`
	Provenance string `json:"provenance"`       // documented, published, assumed
	Source     string `json:"source,omitempty"` // where a published move is published
	By         string `json:"by"`               // an operationId, ByTimer or ByControl
}

// Table is one state machine of a provider.
type Table struct {
	Machine string   `json:"machine"` // the machine's noun in the control API: "orders", "payments"
	Initial []string `json:"initial"` // the states in which a record may be born
	Moves   []Move   `json:"moves"`
}

// Illegal is the error of a move that the table does not have.
type Illegal struct {
	Machine string
	From    string
	Event   string
	Legal   []string // the events that From does have, in table order
}

func (e *Illegal) Error() string {
	legal := "none is"
	if len(e.Legal) > 0 {
		legal = "possible: " + strings.Join(e.Legal, ", ")
	}
	return fmt.Sprintf("%s: %q is not possible from %q (%s)", e.Machine, e.Event, e.From, legal)
}

// Next is the state to which an event leads; the error is an *Illegal.
func (t Table) Next(from, event string) (string, error) {
	for _, m := range t.Moves {
		if m.From == from && m.Event == event {
			return m.To, nil
		}
	}
	return "", &Illegal{t.Machine, from, event, t.Legal(from)}
}

// Legal lists the events that a state has, in table order.
func (t Table) Legal(from string) []string {
	var events []string
	for _, m := range t.Moves {
		if m.From == from {
			events = append(events, m.Event)
		}
	}
	return events
}

// Has says whether the machine has a state of that name.
func (t Table) Has(state string) bool { return slices.Contains(t.States(), state) }

// Final says whether a state of this machine is one that nothing leaves.
func (t Table) Final(state string) bool { return t.Has(state) && len(t.Legal(state)) == 0 }

// States lists every state: the initial ones, then the others as the table first names them.
func (t Table) States() []string {
	names := slices.Clone(t.Initial)
	for _, m := range t.Moves {
		names = append(names, m.From, m.To)
	}
	return distinct(names)
}

// Events lists every event, in the order in which the table first names it.
func (t Table) Events() []string {
	var names []string
	for _, m := range t.Moves {
		names = append(names, m.Event)
	}
	return distinct(names)
}

// Check reads the table critically and returns everything that is wrong with it, joined; nil when it is sound.
// It wants: names throughout, a known provenance, a source beside every published move, somebody who takes each move,
// no two moves for one event of one state, and every state within reach of an initial one.
func (t Table) Check() error {
	var problems []error
	wrong := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: "+format, append([]any{t.Machine}, args...)...))
	}
	if t.Machine == "" {
		wrong("the table has no machine name")
	}
	if len(t.Initial) == 0 {
		wrong("no initial state")
	}
	if len(distinct(t.Initial)) != len(t.Initial) || slices.Contains(t.Initial, "") {
		wrong("initial states %q: want distinct names", t.Initial)
	}
	type arrow struct{ from, event string }
	seen := map[arrow]bool{}
	for i, m := range t.Moves {
		where := fmt.Sprintf("move %d (%s --%s--> %s)", i+1, m.From, m.Event, m.To)
		for _, problem := range m.problems() {
			wrong("%s: %s", where, problem)
		}
		if seen[arrow{m.From, m.Event}] {
			wrong("%s: there is already a move for this state and event", where)
		}
		seen[arrow{m.From, m.Event}] = true
	}
	reached := t.reachable()
	for _, s := range t.States() {
		if !reached[s] {
			wrong("state %q is out of reach of the initial ones", s)
		}
	}
	return errors.Join(problems...)
}

func (m Move) problems() []string {
	var found []string
	if m.From == "" || m.Event == "" || m.To == "" {
		found = append(found, "from, event and to must be named")
	}
	switch m.Provenance {
	case Documented, Assumed:
	case Published:
		if m.Source == "" {
			found = append(found, "a published move names its source")
		}
	default:
		found = append(found, fmt.Sprintf("provenance %q, want documented, published or assumed", m.Provenance))
	}
	if m.By == "" {
		found = append(found, "nobody takes it: By is an operationId, timer or control")
	}
	return found
}

func (t Table) reachable() map[string]bool {
	reached := map[string]bool{}
	frontier := slices.Clone(t.Initial)
	for len(frontier) > 0 {
		state := frontier[0]
		frontier = frontier[1:]
		if reached[state] {
			continue
		}
		reached[state] = true
		for _, m := range t.Moves {
			if m.From == state {
				frontier = append(frontier, m.To)
			}
		}
	}
	return reached
}

// distinct returns the names without repetitions, in a slice of its own.
func distinct(names []string) []string {
	var kept []string
	for _, n := range names {
		if !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}
