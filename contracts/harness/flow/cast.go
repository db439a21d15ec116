package flow

import (
	"fmt"
	"slices"
	"strings"

	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
	"github.com/pb33f/libopenapi/orderedmap"

	"understudy/specs"
)

// mockOnlyKey is the extension on a step that only a simulator can do.
const mockOnlyKey = "x-mock-only"

// mockOnly says why a step is a simulator's, and what takes its place on a sandbox.
type mockOnly struct {
	Why     string // in words that a report can print
	Sandbox string // one of the ways below
	Show    string // for a person: a runtime expression of what they need, such as a link
}

// What takes a step's place on a sandbox.
const (
	bySkipping = "skip"   // nothing: the workflow goes on without it
	byStopping = "stop"   // nothing, and what follows rests on it: the workflow ends here
	byPerson   = "person" // somebody does it; if nobody is there, as byStopping
	byInput    = "input"  // each of its outputs is an input of the same name; if one is missing, the workflow is skipped
)

var ways = []string{bySkipping, byStopping, byPerson, byInput}

// showParameter carries what Show evaluates to: the engine evaluates parameters and nothing else before a step.
const showParameter = mockOnlyKey

// mockOnlyOf reads the extension; nil if there is none. It reads the tree by hand: a YAML writer would leave its marks in it, and documents are shared.
func mockOnlyOf(step *high.Step) (*mockOnly, error) {
	n, ok := step.Extensions.Get(mockOnlyKey)
	if !ok {
		return nil, nil
	}
	m := &mockOnly{}
	members := map[string]*string{"why": &m.Why, "sandbox": &m.Sandbox, "show": &m.Show}
	n = meant(n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		member, ok := members[n.Content[i].Value]
		if !ok {
			return m, fmt.Errorf("it has no member %q; it has why, sandbox, show", n.Content[i].Value)
		}
		*member = meant(n.Content[i+1]).Value
	}
	return m, nil
}

// part is one step as it is going to be done.
type part struct {
	step      *high.Step
	criteria  []*high.Criterion // as the document has them
	source    *source
	operation *operation
	line      int
	places    map[string]string // parameter → where it goes: path, query, header
	mockOnly  *mockOnly
	given     bool   // its outputs are inputs
	byPerson  bool   // somebody does it
	skipped   string // why it is not done
}

// cast is who does what in one run of a workflow.
type cast struct {
	parts   []*part
	skipped string // why nothing is done at all
	ended   string // why it ends before its last step
}

// cast deals out the steps of a workflow, and takes those out of the model that the target cannot do.
func (d *Document) cast(model *high.Arazzo, flow *high.Workflow, inputs map[string]any, o Options) *cast {
	at := slices.IndexFunc(d.model.Workflows, func(w *high.Workflow) bool { return w.WorkflowId == flow.WorkflowId })
	c := &cast{}
	_, onMock := o.Bases[specs.Control]
	var kept []*high.Step
	stopped := ""
	for i, step := range flow.Steps {
		p := &part{step: step, criteria: step.SuccessCriteria, line: d.line("workflows", at, "steps", i), places: places(model, step)}
		p.source, p.operation = d.find(step.OperationId)
		p.mockOnly, _ = mockOnlyOf(step)
		step.SuccessCriteria = ofEngine(step.SuccessCriteria)
		c.parts = append(c.parts, p)
		if stopped == "" && p.mockOnly != nil && !onMock {
			stopped = c.onSandbox(p, inputs, o)
		}
		if stopped != "" && p.skipped == "" {
			p.skipped = stopped
		}
		if p.skipped != "" && !p.given {
			continue
		}
		step.OperationId = step.StepId // the engine tells its host which operation, not which step: so the step's name is made the operation's
		kept = append(kept, step)
	}
	flow.Steps = kept
	if stopped != "" {
		c.ended = stopped
		flow.Outputs = orderedmap.New[string, *high.OutputValue]() // they may rest on what was not done
	}
	if len(kept) == 0 && c.skipped == "" {
		c.skipped = stopped
	}
	return c
}

// onSandbox decides what takes the place of a simulator's step, and returns why the workflow ends there if it does.
func (c *cast) onSandbox(p *part, inputs map[string]any, o Options) (stopped string) {
	switch m := p.mockOnly; m.Sandbox {
	case bySkipping:
		p.skipped = m.Why
	case byPerson:
		if o.Ask == nil {
			return fmt.Sprintf("step %s needs a person: %s", p.step.StepId, m.Why)
		}
		p.byPerson = true
		p.step.SuccessCriteria, p.step.OnFailure, p.step.Outputs = nil, nil, orderedmap.New[string, *high.OutputValue]()
		if m.Show != "" {
			p.step.Parameters = append(p.step.Parameters, &high.Parameter{Name: showParameter, In: "query", Value: scalar("!!str", m.Show)})
		}
	case byInput:
		return c.byInput(p, inputs)
	default:
		return fmt.Sprintf("step %s: %s", p.step.StepId, m.Why)
	}
	return ""
}

func (c *cast) byInput(p *part, inputs map[string]any) (stopped string) {
	var names []string
	for name, output := range p.step.Outputs.FromOldest() {
		if _, ok := inputs[name]; !ok {
			c.skipped = fmt.Sprintf("step %s needs the input %q: %s", p.step.StepId, name, p.mockOnly.Why)
			return c.skipped
		}
		output.SetExpression("$inputs." + name)
		names = append(names, name)
	}
	p.given, p.skipped = true, "given by the input "+strings.Join(names, ", ")
	p.step.SuccessCriteria, p.step.OnFailure, p.step.Parameters, p.step.RequestBody = nil, nil, nil, nil
	return ""
}

// places tells where each of a step's parameters goes; the engine hands over names and values only.
func places(model *high.Arazzo, step *high.Step) map[string]string {
	in := map[string]string{}
	for _, p := range step.Parameters {
		if name, shared := strings.CutPrefix(p.Reference, "$components.parameters."); shared && model.Components != nil {
			p, _ = model.Components.Parameters.Get(name)
		}
		if p != nil {
			in[p.Name] = p.In
		}
	}
	return in
}
