package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pb33f/libopenapi/arazzo"
	"github.com/pb33f/libopenapi/arazzo/expression"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
)

// State is how a step ended.
type State string

// The ends of a step.
const (
	Passed    State = "passed"
	Failed    State = "failed"
	Retried   State = "retried"   // it did not hold yet, and was tried again
	Skipped   State = "skipped"   // Step.Reason tells why
	Unreached State = "unreached" // the workflow ended before it
)

// Outcome is what a workflow brought about.
type Outcome struct {
	Workflow, Document string
	Passed             bool
	Skipped            string // why nothing was sent at all
	Ended              string // why it went no further than it did on this target, although nothing was wrong
	Trouble            string // why it did not pass, in the engine's words
	Steps              []Step // in the document's order; a step that was tried twice is there twice
	Outputs            map[string]any
	Took               time.Duration
}

// Step is one attempt at a step.
type Step struct {
	ID, Description   string
	Line              int    // in the document, counted from 1
	Source, Operation string // what it called
	State             State
	Reason            string    // of a step that was skipped, or failed before there was an answer
	Exchange          *Exchange // nil: nothing was sent
	Failed            []Criterion
	Outputs           map[string]any
}

// Criterion is an expectation that did not hold.
type Criterion struct {
	Line       int
	Condition  string
	Context    string // empty: the condition names what it compares
	Actual     string // what its expressions came to
	Provenance string // its own mark; empty: that of what it speaks of
}

// Broken lists, in words, what did not hold: one line a criterion, each naming its step.
func (o Outcome) Broken() []string {
	var lines []string
	for _, s := range o.Steps {
		if s.State != Failed {
			continue
		}
		for _, c := range s.Failed {
			lines = append(lines, fmt.Sprintf("%s:%d step %s (%s): %s does not hold: %s", o.Document, c.Line, s.ID, s.Operation, c.Condition, c.Actual))
		}
		if len(s.Failed) == 0 {
			lines = append(lines, fmt.Sprintf("%s:%d step %s (%s): %s", o.Document, s.Line, s.ID, s.Operation, s.Reason))
		}
	}
	if len(lines) == 0 && o.Trouble != "" {
		lines = append(lines, o.Document+": "+o.Trouble)
	}
	return lines
}

// tell makes the steps' story out of what the engine says and what was sent. result is nil if nothing was done.
func (c *cast) tell(result *arazzo.WorkflowResult, attempts []*attempt, inputs map[string]any) []Step {
	told := map[string][]Step{}
	if result != nil {
		told = stories(c, result, attempts, inputs)
	}
	var list []Step
	for _, p := range c.parts {
		if done := told[p.step.StepId]; len(done) > 0 {
			list = append(list, done...)
			continue
		}
		s := p.begin()
		s.State, s.Reason = Unreached, "the workflow ended before it"
		if p.skipped != "" || c.skipped != "" {
			s.State, s.Reason = Skipped, p.skipped
			if s.Reason == "" {
				s.Reason = c.skipped
			}
		}
		list = append(list, s)
	}
	return list
}

func (p *part) begin() Step {
	s := Step{ID: p.step.StepId, Description: p.step.Description, Line: p.line}
	if p.operation != nil {
		s.Source, s.Operation = p.source.name, p.operation.ID
	}
	return s
}

// stories tells every attempt, by step.
func stories(c *cast, result *arazzo.WorkflowResult, attempts []*attempt, inputs map[string]any) map[string][]Step {
	told := map[string][]Step{}
	known := &expression.Context{Inputs: inputs, Steps: map[string]*expression.StepContext{}}
	parts := map[string]*part{}
	for _, p := range c.parts {
		parts[p.step.StepId] = p
	}
	for i, r := range result.Steps {
		p := parts[r.StepId]
		s := p.begin()
		s.State, s.Outputs = Passed, r.Outputs
		var a *attempt // a step whose request could not be made has none
		if len(attempts) > 0 && attempts[0].part == p {
			a, attempts = attempts[0], attempts[1:]
			s.Exchange = a.exchange
		}
		if p.given || p.byPerson {
			s.State, s.Reason = Skipped, p.skipped
			if p.byPerson {
				s.Reason = "done by a person: " + p.mockOnly.Why
			}
		}
		if !r.Success {
			s.State, s.Reason = Failed, r.Error.Error()
			if i+1 < len(result.Steps) && result.Steps[i+1].StepId == r.StepId {
				s.State = Retried
			}
			var unmet *arazzo.StepFailureError
			if errors.As(r.Error, &unmet) && a != nil {
				s.Failed = p.unmet(a.context(known))
			}
		} else if s.State == Passed && a != nil && len(p.criteria) > len(p.step.SuccessCriteria) {
			if s.Failed = p.unmet(a.context(known)); len(s.Failed) > 0 {
				s.State = Failed
			}
		}
		known.Steps[r.StepId] = &expression.StepContext{Outputs: r.Outputs}
		told[r.StepId] = append(told[r.StepId], s)
	}
	return told
}

// context is what the engine knew when it judged an attempt; it keeps that to itself.
func (a *attempt) context(known *expression.Context) *expression.Context {
	c := *known
	if x := a.exchange; x != nil {
		c.StatusCode, c.URL, c.Method = x.Status, x.URL, x.Method
		c.ResponseHeaders = map[string]string{}
		for name, values := range spelled(x.AnswerHeader) {
			c.ResponseHeaders[name] = values[0]
		}
		c.ResponseBody = a.answer
		if a.answer == nil && len(x.AnswerBody) > 0 {
			c.ResponseBody = scalar("!!str", string(x.AnswerBody))
		}
	}
	c.RequestBody = a.sent
	places := map[string]map[string]string{"path": {}, "query": {}, "header": {}}
	for name, value := range a.params {
		if in, ok := places[a.part.places[name]]; ok {
			in[name] = text(value)
		}
	}
	c.RequestPath, c.RequestQuery, c.RequestHeaders = places["path"], places["query"], places["header"]
	return &c
}

// unmet judges every criterion again: the engine stops at the first that does not hold.
func (p *part) unmet(c *expression.Context) (list []Criterion) {
	for i, criterion := range p.criteria {
		ok, err := holds(criterion, c)
		if ok && err == nil {
			continue
		}
		list = append(list, Criterion{Line: p.criterionLine(i), Condition: criterion.Condition, Context: criterion.Context, Actual: actual(criterion, c, err), Provenance: extensionOf(criterion, provenanceKey)})
	}
	return list
}

// criterionLine is where the step's i-th criterion stands.
func (p *part) criterionLine(i int) int {
	if low := p.criteria[i].GoLow(); low != nil && low.Condition.KeyNode != nil {
		return low.Condition.KeyNode.Line
	}
	return p.line
}

// actual says what a criterion's expressions came to.
func actual(criterion *high.Criterion, c *expression.Context, err error) string {
	var parts []string
	for _, e := range expressions(criterion) {
		value, problem := expression.EvaluateString(e, c)
		if problem != nil {
			parts = append(parts, fmt.Sprintf("%s: %v", e, problem))
			continue
		}
		parts = append(parts, e+" is "+shown(value))
	}
	if len(parts) == 0 && err != nil {
		parts = append(parts, err.Error())
	}
	return strings.Join(parts, "; ")
}

// expressions lists the runtime expressions of a criterion.
func expressions(criterion *high.Criterion) (list []string) {
	if criterion.Context != "" {
		return []string{criterion.Context}
	}
	condition := strings.TrimSpace(criterion.Condition)
	left, _, right, found := expression.SplitSimpleCondition(condition)
	if !found {
		left = condition
	}
	for _, operand := range []string{left, right} {
		if strings.HasPrefix(operand, "$") {
			list = append(list, operand)
		}
	}
	return list
}

// shown is a value as JSON, short enough to read.
func shown(value any) string {
	value, err := plain(value)
	if err != nil {
		return err.Error()
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	const enough = 400
	if len(raw) > enough {
		return string(raw[:enough]) + " …"
	}
	return string(raw)
}
