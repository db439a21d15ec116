// Package flow carries out workflows: several calls, told as an Arazzo document, with what each of them must bring about.
//
// libopenapi's engine decides which step is next and whether its criteria hold; what it leaves to its host is here: which request a step is, who
// sends it, what time is, and what becomes of a step that only a simulator can do. The engine also has habits that let a workflow pass
// which says nothing; Lint finds them, and a document that it complains about is not run.
package flow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pb33f/libopenapi/arazzo"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
	"go.yaml.in/yaml/v4"

	"understudy/specs"
)

// Doer sends a request and returns its answer, whose body the caller closes. It should not follow redirects: a workflow speaks of what is answered.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Options say where a workflow is carried out.
type Options struct {
	// Bases are the URLs below which each source's paths are found, by the source's name: a provider's slug, or "control". A run without a base
	// for "control" is a run on a sandbox: nobody can move its clock or press its customer's buttons.
	Bases map[string]string
	// Tenant replaces the default of a server's variable, and of the workflow's input `tenant`. Empty: as the documents have it.
	Tenant string
	// Inputs replace the defaults of the workflow's inputs, by name.
	Inputs map[string]any
	// Header is sent with every call of a provider, as credentials are; the control API gets none of it.
	Header http.Header
	// Observe is handed every exchange as it ends; nil: nobody looks.
	Observe func(Exchange)
	// Sleep waits before a step is tried again on a sandbox; nil: in real time. On a simulator its clock is moved on instead.
	Sleep func(context.Context, time.Duration) error
	// Ask has a person do what a simulator would have done, and returns when they have; nil: nobody is there, so the workflow ends at such a step.
	Ask func(context.Context, Request) error
}

// OnMock are the bases of a running simulator, in a world of its own.
func OnMock(origin, world string) map[string]string {
	root := strings.TrimSuffix(origin, "/")
	if world != "" {
		root += "/w/" + world
	}
	bases := map[string]string{specs.Control: root}
	for _, provider := range specs.Providers() {
		bases[provider] = root + "/" + provider
	}
	return bases
}

// Request is what a person is asked to do on a sandbox.
type Request struct {
	Workflow, Step string
	Why            string         // why no call can do it
	Show           any            // what they need for it, such as the link of a page; nil: nothing
	Parameters     map[string]any // of the step, by name
}

// Run carries out one workflow of the documents. An error means that it could not be told or begun, as when the documents do not hold it or
// Lint complains of its document; what the calls brought about, and a target that does not answer, are in the Outcome.
func Run(ctx context.Context, doer Doer, documents []*Document, workflow string, o Options) (Outcome, error) {
	d, err := holding(documents, workflow)
	if err != nil {
		return Outcome{}, err
	}
	if problems := Lint(d); len(problems) > 0 {
		return Outcome{}, fmt.Errorf("%s: %w", d.Name, errors.Join(asErrors(problems)...))
	}
	model, err := parse(d.Name, d.yaml) // a model of its own: it is cut to what the target can do
	if err != nil {
		return Outcome{}, err
	}
	i := slices.IndexFunc(model.Workflows, func(w *high.Workflow) bool { return w.WorkflowId == workflow })
	flow := model.Workflows[i]
	inputs, err := inputs(flow, o)
	if err != nil {
		return Outcome{}, fmt.Errorf("workflow %s: %w", workflow, err)
	}
	cast := d.cast(model, flow, inputs, o)
	out := Outcome{Workflow: workflow, Document: d.Name, Skipped: cast.skipped, Ended: cast.ended}
	if cast.skipped != "" {
		out.Steps = cast.tell(nil, nil, inputs)
		return out, nil
	}
	e := &executor{doer: doer, options: o, cast: cast, documents: d, workflow: workflow}
	engine := arazzo.NewEngineWithConfig(model, e, nil, &arazzo.EngineConfig{SleepFunc: e.sleep})
	result, err := engine.RunWorkflow(ctx, workflow, inputs)
	if err != nil {
		return out, fmt.Errorf("workflow %s: %w", workflow, err)
	}
	out.Passed, out.Outputs, out.Took = result.Success, result.Outputs, result.Duration
	out.Steps = cast.tell(result, e.attempts, inputs)
	out.Passed = out.Passed && !slices.ContainsFunc(out.Steps, func(s Step) bool { return s.State == Failed })
	if result.Error != nil {
		out.Trouble = result.Error.Error()
	}
	return out, nil
}

func holding(documents []*Document, workflow string) (*Document, error) {
	var known []string
	for _, d := range documents {
		for _, w := range d.Workflows() {
			if w.ID == workflow {
				return d, nil
			}
			known = append(known, w.ID)
		}
	}
	return nil, fmt.Errorf("there is no workflow %q; there are %s", workflow, strings.Join(known, ", "))
}

// inputs are the given ones and, for the rest, the defaults of the workflow's schema, which the engine does not look at.
func inputs(flow *high.Workflow, o Options) (map[string]any, error) {
	all := map[string]any{}
	declared, err := inputSchema(flow.Inputs)
	if err != nil {
		return nil, err
	}
	for name, property := range declared.Properties {
		if property.Default != nil {
			all[name] = property.Default
		}
	}
	if _, takes := declared.Properties["tenant"]; takes && o.Tenant != "" {
		all["tenant"] = o.Tenant
	}
	for name, value := range o.Inputs {
		if _, ok := declared.Properties[name]; !ok {
			return nil, fmt.Errorf("there is no input %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(declared.Properties)), ", "))
		}
		all[name] = value
	}
	for _, name := range declared.Required {
		if _, ok := all[name]; !ok {
			return nil, fmt.Errorf("the input %q is missing", name)
		}
	}
	return all, nil
}

// schema is as much of a workflow's inputs as matters here.
type schema struct {
	Required   []string
	Properties map[string]struct {
		Default any
	}
}

func inputSchema(n *yaml.Node) (s schema, err error) {
	if n != nil {
		err = n.Decode(&s)
	}
	return s, err
}
