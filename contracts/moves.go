package contracts

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
)

//go:embed moves.yaml
var moves []byte

// move is how an operation is asked to take an arrow: what differs from the document's example. Names that begin with $ stand for what is known of the order at hand.
type move struct {
	Operation string            `yaml:"operation"` // another one than the table names
	Role      string            `yaml:"role"`      // of the cast: an order that is ready for it
	First     []string          `yaml:"first"`     // moves that are asked before, by name
	Path      map[string]string `yaml:"path"`
	Prefer    string            `yaml:"prefer"` // the header
	Body      any               `yaml:"body"`
	Makes     string            `yaml:"makes"` // pointer into the answer: what moved is made by the request itself, and this is its id
	At        string            `yaml:"at"`    // pointer into the answer: what a name that begins with $ stands for
	Skip      string            `yaml:"skip"`  // why no request takes it
}

// moveBook holds one provider's moves by name: "machine event", "machine from event" where one state differs, "machine in state" for how to begin there, and $names.
type moveBook map[string]move

// moveTable holds the books by provider.
func moveTable() (table map[string]moveBook, err error) {
	d := yaml.NewDecoder(bytes.NewReader(moves))
	d.KnownFields(true)
	return table, d.Decode(&table)
}

// of finds what is written for an arrow. What differs in one state takes the request from what is written for the event, unless it has its own.
func (b moveBook) of(machine string, a harness.Move) (move, bool) {
	event, written := b[machine+" "+a.Event]
	m, own := b[machine+" "+a.From+" "+a.Event]
	switch {
	case !own:
		return event, written
	case m.Path == nil && m.Skip == "":
		m.Operation, m.Path, m.Prefer, m.Body = cmp.Or(m.Operation, event.Operation), event.Path, cmp.Or(m.Prefer, event.Prefer), event.Body
	}
	return m, true
}

// request fills a move in; it fails where a name stands for nothing.
func (p *stageplay) request(m move, by string, s subject) (r document.Request, err error) {
	op := p.Target.Document.Operation(cmp.Or(m.Operation, by))
	if op == nil {
		return r, fmt.Errorf("there is no operation %q", cmp.Or(m.Operation, by))
	}
	r = p.Target.Sample(op, "")
	for _, param := range op.Parameters {
		if v := m.Path[param.Name]; v != "" {
			text, err := p.filled(v, s)
			if err != nil {
				return r, err
			}
			r = r.With(param, text)
		}
	}
	if m.Body != nil {
		body, err := p.filled(m.Body, s)
		if err != nil {
			return r, err
		}
		r = r.Writing(r.Media, body)
	}
	if m.Prefer != "" {
		r.Header.Set("Prefer", m.Prefer)
	}
	return r, nil
}

// filled puts what is known of the order at hand into a value.
func (p *stageplay) filled(v any, s subject) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		members := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) { // in order: a name may have to be asked for
			value, err := p.filled(v[name], s)
			if err != nil {
				return nil, err
			}
			members[name] = value
		}
		return members, nil
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			value, err := p.filled(item, s)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case string:
		if strings.HasPrefix(v, "$") {
			return p.known(v, s)
		}
	}
	return v, nil
}

// known is what a name stands for: what the summary tells, or what the provider's own API answers.
func (p *stageplay) known(name string, s subject) (any, error) {
	switch name {
	case "$order":
		return s.order.ID, nil
	case "$payment":
		return s.payment, nil
	case "$total":
		return major(s.order.Total.Minor), nil
	case "$half":
		return major(s.order.Total.Minor / 2), nil
	case "$rest":
		return major(s.order.Total.Minor - s.order.Total.Minor/2), nil
	}
	m, ok := p.moves[name]
	if !ok {
		return nil, fmt.Errorf("nothing is written for %s", name)
	}
	r, err := p.request(m, "", s)
	if err != nil {
		return nil, err
	}
	return pointed(p.Send(r, "what "+name+" is").Response.Body, m.At)
}

// pointed reads what a pointer leads to in a body; "-" is the last of a list.
func pointed(body []byte, pointer string) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch within := v.(type) {
		case map[string]any:
			v = within[part]
		case []any:
			i, err := strconv.Atoi(part)
			if part == "-" {
				i, err = len(within)-1, nil
			}
			if err != nil || i < 0 || i >= len(within) {
				return nil, fmt.Errorf("%s leads nowhere", pointer)
			}
			v = within[i]
		default:
			return nil, fmt.Errorf("%s leads nowhere", pointer)
		}
	}
	if v == nil {
		return nil, fmt.Errorf("%s leads nowhere", pointer)
	}
	return v, nil
}

// major prints minor units as a number; the currencies of every cast have two places.
func major(minor int64) json.Number { return json.Number(fmt.Sprintf("%d.%02d", minor/100, minor%100)) }

// errUnwritten says that no request is written for an arrow.
var errUnwritten = errors.New("no request is written")

// ask sends the request that is written for an arrow.
func (p *stageplay) ask(s subject, a harness.Move) (harness.Told, error) {
	m, written := p.moves.of(p.machine.Name, a)
	if !written {
		return harness.Told{}, fmt.Errorf("%w for %s %s", errUnwritten, p.machine.Name, a.Event)
	}
	r, err := p.request(m, a.By, s)
	if err != nil {
		return harness.Told{}, err
	}
	told := p.Send(r, fmt.Sprintf("%s by %s", a.From, a.Event))
	askAgain(p.Scene, told)
	return told, nil
}

// prepare asks moves by name, one after another. It tells what went wrong.
func (p *stageplay) prepare(s subject, names []string) error {
	for _, name := range names {
		m, written := p.moves[name]
		if !written {
			return fmt.Errorf("%w for %s", errUnwritten, name)
		}
		r, err := p.request(m, p.by(name), s)
		if err != nil {
			return err
		}
		if told := p.Send(r, "first "+name); told.Response.Status >= http.StatusBadRequest {
			return fmt.Errorf("%s is answered %d", name, told.Response.Status)
		}
	}
	return nil
}

// by is the operation that the table names for "machine event".
func (p *stageplay) by(name string) string {
	machine, event, _ := strings.Cut(name, " ")
	for _, m := range p.About.Machines {
		for _, a := range m.Moves {
			if m.Name == machine && a.Event == event {
				return a.By
			}
		}
	}
	return ""
}
