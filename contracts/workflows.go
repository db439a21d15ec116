package contracts

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"understudy/contracts/harness"
	"understudy/contracts/harness/flow"
	"understudy/specs"
)

// workflows makes a contract of every workflow about the target's provider. Its steps' answers are judged like all others.
func workflows(s *harness.Stage) (list []harness.Contract) {
	if s.Target.Name == harness.TargetRecordings {
		return nil // nobody answers there
	}
	documents, err := flow.Documents()
	if err != nil {
		panic(err) // they are part of this program, and a test reads them
	}
	for _, d := range documents {
		for _, w := range d.Workflows() {
			if w.Provider != s.Target.Provider {
				continue
			}
			list = append(list, harness.Contract{
				Entry: harness.Entry{Provider: w.Provider, Operation: w.ID, Kind: harness.Workflows, Effect: w.Effect, Name: w.Summary},
				Play:  func(scene *harness.Scene) { carryOut(scene, documents, w) },
			})
		}
	}
	return list
}

// carryOut runs one workflow in the scene's world, and finds what did not hold.
func carryOut(s *harness.Scene, documents []*flow.Document, w flow.Workflow) {
	if !s.Target.Allows(w.Effect) {
		s.Skip("its effect is %s, which is not among those that are allowed", w.Effect)
	}
	var last harness.Told
	answers := map[string]harness.Told{} // by step: the last one
	out, err := flow.Run(s, s.Doer(func(t harness.Told) { last = t }), documents, w.ID, flow.Options{
		Bases: bases(s), Inputs: given(s.Target.Inputs(), w),
		Observe: func(x flow.Exchange) {
			if x.Source != specs.Control && x.Status != 0 {
				answers[x.Step] = last
				if s.Target.Mock() {
					askAgain(s, last)
				}
			}
		},
	})
	switch {
	case err != nil:
		s.Note(harness.Finding{Rule: harness.RuleWorkflow, Message: err.Error()})
	case out.Skipped != "":
		s.Skip("%s", out.Skipped)
	default:
		judge(s, out, answers)
	}
}

// bases are where the workflow's sources are found. Without one for the control API, nobody does what only a mock can do.
func bases(s *harness.Scene) map[string]string {
	found := map[string]string{s.Target.Provider: s.Target.Base(s.World)}
	if s.Target.Mock() {
		found[specs.Control] = strings.TrimSuffix(s.Target.ControlBase(s.World), "/_understudy") // which is part of its document's paths
	}
	return found
}

// given keeps the inputs that a workflow takes.
func given(inputs map[string]any, w flow.Workflow) map[string]any {
	kept := maps.Clone(inputs)
	maps.DeleteFunc(kept, func(name string, _ any) bool { return !slices.Contains(w.Inputs, name) })
	return kept
}

// judge makes findings of what did not hold, and a reason of what was not done.
func judge(s *harness.Scene, out flow.Outcome, answers map[string]harness.Told) {
	done := 0
	for _, step := range out.Steps {
		if step.State == flow.Passed {
			done++
		}
		if step.State != flow.Failed {
			continue
		}
		var forbidden *harness.ForbiddenError
		if step.Exchange != nil && errors.As(step.Exchange.Err, &forbidden) {
			s.Skip("step %s was %v", step.ID, forbidden)
		}
		failed(s, out, step, answers)
	}
	if out.Passed && out.Ended != "" { // what was not seen is not kept
		s.Skip("%d of %d steps held, and it went no further: %s", done, len(out.Steps), out.Ended)
	}
}

func failed(s *harness.Scene, out flow.Outcome, step flow.Step, answers map[string]harness.Told) {
	find := s.Note
	if answer, ok := answers[step.ID]; ok {
		if s.Untaken(answer) {
			s.Skip("the profile %s does not take what step %s sends", s.Target.Document.Profile, step.ID)
		}
		find = func(f harness.Finding) { s.Find(answer, f) }
	}
	file := "contracts/workflows/" + out.Document
	for _, c := range step.Failed {
		f := spoken(s, step, c)
		f.Rule, f.File, f.Line, f.Message = harness.RuleWorkflow, file, c.Line, fmt.Sprintf("step %s: %s does not hold: %s", step.ID, c.Condition, c.Actual)
		find(f)
	}
	if len(step.Failed) == 0 {
		find(harness.Finding{Rule: harness.RuleWorkflow, File: file, Line: step.Line, Message: fmt.Sprintf("step %s: %s", step.ID, step.Reason)})
	}
}

// expectedStatus and bodyPlace are what a criterion speaks of.
var (
	expectedStatus = regexp.MustCompile(`^\$statusCode == '?(\d+)'?$`)
	bodyPlace      = regexp.MustCompile(`^\$response\.body#(/\S*)`)
)

// spoken is a finding about what of an answer a criterion speaks of: it is as sure as the document is there, unless the criterion says otherwise.
func spoken(s *harness.Scene, step flow.Step, c flow.Criterion) harness.Finding {
	f := harness.Finding{Provenance: c.Provenance}
	op := s.Target.Document.Operation(step.Operation)
	if m := expectedStatus.FindStringSubmatch(c.Condition); m != nil && op != nil {
		status, _ := strconv.Atoi(m[1])
		if r := op.Response(status); r != nil {
			f.In, f.Provenance = "status", cmp.Or(f.Provenance, r.Provenance)
		}
	}
	for _, text := range []string{c.Condition, c.Context} {
		if m := bodyPlace.FindStringSubmatch(text); m != nil {
			f.In, f.Pointer = "body", m[1]
		}
	}
	return f
}
