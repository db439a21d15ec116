package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pb33f/libopenapi/arazzo"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
	"go.yaml.in/yaml/v4"

	"understudy/specs"
)

// Problem is something in a document that the engine would pass over, or take for something else.
type Problem struct {
	File           string
	Line           int
	Workflow, Step string // as far as it is inside one
	Message        string // what is, and what would be right
}

// Error is the problem in one line.
func (p Problem) Error() string {
	at := ""
	if p.Workflow != "" {
		at += " workflow " + p.Workflow + ":"
	}
	if p.Step != "" {
		at += " step " + p.Step + ":"
	}
	return fmt.Sprintf("%s:%d:%s %s", p.File, p.Line, at, p.Message)
}

func asErrors(problems []Problem) (list []error) {
	for _, p := range problems {
		list = append(list, p)
	}
	return list
}

// Lint finds what makes a workflow say less than it seems to: what Arazzo forbids, and what libopenapi's engine passes over in silence. nil is clean.
func Lint(d *Document) []Problem {
	l := &linter{d: d}
	if result := arazzo.Validate(d.model); result != nil { // nil when clean
		for _, e := range result.Errors {
			l.tell(e.Line, "%s: %v", e.Path, e.Cause)
		}
	}
	l.members()
	for i, flow := range d.model.Workflows {
		l.flow, l.step = flow.WorkflowId, ""
		l.workflow(flow, l.way("workflows", i))
	}
	return l.problems
}

// linter goes through a document from top to bottom, and knows at each step what the steps before it have brought.
type linter struct {
	d          *Document
	problems   []Problem
	flow, step string
	inputs     schema
	outputs    map[string][]string // of the steps so far
}

// way leads to something in the document.
type way struct {
	l     *linter
	parts []any
}

func (l *linter) way(parts ...any) way { return way{l, parts} }

func (w way) to(parts ...any) way { return way{w.l, slices.Concat(w.parts, parts)} }

// tell notes a problem at the way's end.
func (w way) tell(format string, a ...any) { w.l.tell(w.l.d.line(w.parts...), format, a...) }

func (l *linter) tell(line int, format string, a ...any) {
	l.problems = append(l.problems, Problem{l.d.Name, line, l.flow, l.step, fmt.Sprintf(format, a...)})
}

func (l *linter) workflow(flow *high.Workflow, at way) {
	l.outputs = map[string][]string{}
	var err error
	if l.inputs, err = inputSchema(flow.Inputs); err != nil {
		at.to("inputs").tell("the inputs are no schema: %v", err)
	}
	if len(flow.DependsOn) > 0 {
		at.to("dependsOn").tell("dependsOn is not looked at when one workflow is run; make its steps this workflow's own")
	}
	if len(flow.Parameters) > 0 {
		at.to("parameters").tell("a workflow's parameters are never sent; give them to each step, by reference to components")
	}
	for i, step := range flow.Steps {
		l.step = step.StepId
		l.oneStep(step, at.to("steps", i))
		l.outputs[step.StepId] = slices.Collect(step.Outputs.KeysFromOldest())
	}
	l.step = ""
	for name, output := range flow.Outputs.FromOldest() {
		e, _ := output.GetExpression()
		l.expressions(e, at.to("outputs", name))
	}
	l.failureActions(flow.FailureActions, at.to("failureActions"))
	l.successActions(flow.SuccessActions, at.to("successActions"))
}

func (l *linter) oneStep(step *high.Step, at way) {
	if step.OperationId == "" {
		at.tell("a step here names an operationId: a workflow called by a step keeps its own steps' outcomes to itself, and a path is no name")
		return
	}
	s, o := l.d.find(step.OperationId)
	if o == nil {
		at.to("operationId").tell("%s is an operation of none of the sources, or of two: $sourceDescriptions.SOURCE.OPERATION would be right", step.OperationId)
		return
	}
	l.mockOnly(step, s, at)
	l.parameters(step, o, at)
	if step.RequestBody != nil {
		l.values(step.RequestBody.Payload, at.to("requestBody", "payload"))
		for i, r := range step.RequestBody.Replacements {
			l.values(r.Value, at.to("requestBody", "replacements", i, "value"))
		}
	}
	l.judged(step, at)
	l.failureActions(step.OnFailure, at.to("onFailure"))
	l.successActions(step.OnSuccess, at.to("onSuccess"))
	for name, output := range step.Outputs.FromOldest() {
		e, _ := output.GetExpression()
		l.expressions(e, at.to("outputs", name))
	}
}

// judged wants a step to say which status it takes: without a criterion it would pass on a 500.
func (l *linter) judged(step *high.Step, at way) {
	named := false
	for i, c := range step.SuccessCriteria {
		l.criterion(c, at.to("successCriteria", i))
		named = named || c.Context == "" && strings.HasPrefix(strings.TrimSpace(c.Condition), "$statusCode ") || c.Context == "$statusCode"
	}
	switch {
	case len(step.SuccessCriteria) == 0:
		at.tell("has no successCriteria, so it passes whatever is answered, a 500 too; say at least which $statusCode is right")
	case !named:
		at.to("successCriteria").tell("no criterion is about $statusCode, so it passes whatever the status is; add one such as $statusCode == 200")
	}
}

// mockOnly wants the steps that only a simulator can do to say so, and no others.
func (l *linter) mockOnly(step *high.Step, s *source, at way) {
	m, err := mockOnlyOf(step)
	needed := s.name == specs.Control || slices.ContainsFunc(step.Parameters, func(p *high.Parameter) bool { return p.Name == "Prefer" })
	at = at.to(mockOnlyKey)
	switch {
	case err != nil:
		at.tell("%s: %v", mockOnlyKey, err)
	case m == nil && needed:
		at.tell("only a simulator can do this; say what takes its place: %s: {why: …, sandbox: one of %s}", mockOnlyKey, strings.Join(ways, ", "))
	case m == nil:
	case !needed:
		at.tell("%s is for the operations of %q and for calls with a Prefer header", mockOnlyKey, specs.Control)
	case m.Why == "" || !slices.Contains(ways, m.Sandbox):
		at.tell("%s wants a why, and as sandbox one of %s; sandbox is %q", mockOnlyKey, strings.Join(ways, ", "), m.Sandbox)
	case m.Sandbox == bySkipping && step.Outputs.Len() > 0:
		at.tell("a step with outputs cannot be skipped: what follows may need them; stop or input would be right")
	case m.Sandbox == byInput:
		for name := range step.Outputs.KeysFromOldest() {
			if p, ok := l.inputs.Properties[name]; !ok || p.Default != nil || slices.Contains(l.inputs.Required, name) {
				at.tell("on a sandbox the output %q is an input of that name; declare it, without a default and not required", name)
			}
		}
	}
	if m != nil {
		l.expressions(m.Show, at.to("show"))
	}
}

// parameters wants what the operation declares, each once.
func (l *linter) parameters(step *high.Step, o *operation, at way) {
	seen := map[string]bool{}
	in := places(l.d.model, step)
	for i, p := range step.Parameters {
		at := at.to("parameters", i)
		name := p.Name
		if shared, ok := strings.CutPrefix(p.Reference, "$components.parameters."); ok {
			c, found := l.d.model.Components.Parameters.Get(shared)
			if !found {
				continue // Validate tells
			}
			name = c.Name
			l.values(c.Value, l.way("components", "parameters", shared, "value"))
		}
		if seen[name] {
			at.tell("there are two parameters named %q; the engine keeps one", name)
		}
		seen[name] = true
		if name != "Prefer" && !o.accepts(name, in[name]) {
			at.tell("%s has no %s parameter %q", o.ID, in[name], name)
		}
		l.values(p.Value, at.to("value"))
	}
	for _, p := range o.Parameters {
		if p.Required && in[p.Name] != p.In {
			at.tell("the %s parameter %q of %s is missing", p.In, p.Name, o.ID)
		}
	}
}

// values looks at every piece of text in what is sent, and at dates.
func (l *linter) values(n *yaml.Node, at way) {
	if n == nil {
		return
	}
	n = meant(n)
	if n.Kind == yaml.ScalarNode {
		if n.ShortTag() == "!!timestamp" {
			l.tell(n.Line, "%s is a point in time to a YAML reader, and is sent as one: quote it", n.Value)
		}
		if n.ShortTag() == "!!str" {
			l.expressionsAt(n.Value, n.Line)
		}
		return
	}
	for i, item := range n.Content {
		if n.Kind == yaml.SequenceNode || i%2 == 1 {
			l.values(item, at)
		}
	}
}

func (l *linter) failureActions(actions []*high.FailureAction, at way) {
	for i, a := range actions {
		at := at.to(i)
		for k, c := range a.Criteria {
			l.criterion(c, at.to("criteria", k))
		}
		l.elsewhere(a.WorkflowId, at)
		if a.Type != "retry" {
			continue
		}
		if a.RetryLimit == nil || *a.RetryLimit < 1 {
			at.tell("a retry without a retryLimit is tried once more, whatever Arazzo says; set one")
		}
		if a.RetryAfter == nil || *a.RetryAfter <= 0 {
			at.tell("a retry without a retryAfter comes at once, and on a simulator nothing has happened meanwhile; set one, in seconds")
		}
	}
}

func (l *linter) successActions(actions []*high.SuccessAction, at way) {
	for i, a := range actions {
		for k, c := range a.Criteria {
			l.criterion(c, at.to(i, "criteria", k))
		}
		l.elsewhere(a.WorkflowId, at.to(i))
	}
}

func (l *linter) elsewhere(workflow string, at way) {
	if workflow != "" {
		at.tell("an action that goes to another workflow keeps that workflow's steps to itself; go to a step")
	}
}
