// Package mend proposes how a document would have to be changed where a sandbox shows that it claims too much: as OpenAPI Overlays, each action of which was applied and
// judged before it is proposed.
package mend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// Action is one change of a document, as OpenAPI Overlay 1.0 has it.
type Action struct {
	Target      string `yaml:"target"` // JSONPath
	Description string `yaml:"description,omitempty"`
	Update      any    `yaml:"update,omitempty"`
	Remove      bool   `yaml:"remove,omitempty"`
}

// Proposal is what would mend one provider's document.
type Proposal struct {
	Provider string
	Actions  []Action
	Mended   []harness.Finding // they are gone once the actions are applied
	Left     []harness.Finding // nothing is known that would mend them
}

// Overlay writes the actions as an overlay; day is told in its title.
func (p Proposal) Overlay(day time.Time) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := e.Encode(struct {
		Overlay string            `yaml:"overlay"`
		Info    map[string]string `yaml:"info"`
		Actions []Action          `yaml:"actions"`
	}{"1.0.0", map[string]string{"title": fmt.Sprintf("%s, as the sandbox was on %s", p.Provider, day.Format(time.DateOnly)), "version": "1.0.0"}, p.Actions})
	return b.Bytes(), err
}

// Propose makes a proposal for each provider whose document claimed too much in a report, in the report's order.
func Propose(r harness.Report) (list []Proposal, err error) {
	for _, result := range r.Results {
		i := slices.IndexFunc(list, func(p Proposal) bool { return p.Provider == result.Provider })
		if i < 0 {
			i, list = len(list), append(list, Proposal{Provider: result.Provider})
		}
		for _, e := range result.Entries {
			for _, f := range e.Disputes() {
				if f.Verdict == harness.VerdictClaimed {
					if err := list[i].add(e, f); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	return slices.DeleteFunc(list, func(p Proposal) bool { return len(p.Mended)+len(p.Left) == 0 }), nil
}

// judgeable are the rules of which a judge can say whether an exchange still breaks them.
var judgeable = []string{harness.RuleStatus, harness.RuleMedia, harness.RuleBody, harness.RuleHeader, harness.RuleUnwanted, harness.RuleUndeclared, harness.RuleAccepted}

// add mends one finding more.
func (p *Proposal) add(e harness.Entry, f harness.Finding) error {
	if f.Exchange < 0 || f.Exchange >= len(e.Exchanges) || !slices.Contains(judgeable, f.Rule) {
		p.Left = append(p.Left, f)
		return nil
	}
	x := e.Exchanges[f.Exchange]
	now, err := p.amended(nil)
	if err != nil {
		return err
	}
	if gone(now, x, f, nil) {
		p.Mended = append(p.Mended, f)
		return nil
	}
	known := objections(now, x, f)
	s, err := read(now.Document.Bytes)
	if err != nil {
		return err
	}
	for _, try := range s.mends(x, f) {
		for i := range try {
			try[i].Description = fmt.Sprintf("%s: %s", x.Operation, f.Message)
		}
		then, err := p.amended(try)
		if err == nil && gone(then, x, f, known) { // what cannot be applied does not mend
			p.Actions, p.Mended = append(p.Actions, try...), append(p.Mended, f)
			return nil
		}
	}
	p.Left = append(p.Left, f)
	return nil
}

// amended is a judge who reads the document as it would be with some actions more.
func (p *Proposal) amended(more []Action) (*harness.Judge, error) {
	after := Proposal{Provider: p.Provider, Actions: slices.Concat(p.Actions, more)}
	var d *document.Document
	var err error
	if len(after.Actions) == 0 {
		d, err = document.Read(p.Provider, "")
	} else {
		var overlay []byte
		if overlay, err = after.Overlay(time.Time{}); err != nil {
			return nil, err
		}
		d, err = document.Amended(p.Provider, overlay)
	}
	if err != nil {
		return nil, err
	}
	return harness.NewJudge(d)
}

// objections are what a judge has against an exchange.
func objections(j *harness.Judge, x harness.Exchange, f harness.Finding) []harness.Finding {
	j.Strict = f.Rule == harness.RuleUndeclared
	return j.Judge(x, nil)
}

// gone tells whether a finding is made no more, and no other one that was not known.
func gone(j *harness.Judge, x harness.Exchange, f harness.Finding, known []harness.Finding) bool {
	if f.In == "request" {
		forbidden, known := j.Forbidden(x) // what else of a request is forbidden is not known, and stays so
		return known && !forbidden
	}
	now := objections(j, x, f)
	if slices.ContainsFunc(now, sameAs(f)) {
		return false
	}
	return known == nil || !slices.ContainsFunc(now, func(n harness.Finding) bool { return !slices.ContainsFunc(known, sameAs(n)) })
}

func sameAs(f harness.Finding) func(harness.Finding) bool {
	return func(g harness.Finding) bool { return f.Rule == g.Rule && f.In == g.In && f.Pointer == g.Pointer }
}

func parsed(body []byte) (value any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return value, d.Decode(&value) == nil
}

// valueAt finds what stands at a pointer.
func valueAt(value any, pointer string) (any, bool) {
	for _, part := range jsonpointer.Parts(pointer) {
		switch v := value.(type) {
		case map[string]any:
			member, ok := v[part]
			if !ok {
				return nil, false
			}
			value = member
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
