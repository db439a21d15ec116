package contracts

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
)

// relations make a contract of each read below a resource of JSON:API that leads along one of its relationships: it leads to what the resource names there, and that is
// told alike wherever it is told.
func relations(s *harness.Stage) (list []harness.Contract) {
	if s.Target.Name == harness.TargetRecordings {
		return nil
	}
	reads := slices.DeleteFunc(simulated(s), func(op *document.Operation) bool { return !isRead(op) || !harness.IsJSONAPI(op) })
	for _, parent := range reads {
		include := slices.IndexFunc(parent.Parameters, func(p *document.Parameter) bool { return p.In == "query" && p.Name == "include" })
		if include < 0 {
			continue
		}
		for _, op := range reads {
			if name := relationship(s, parent, op); name != "" {
				list = append(list, contract(harness.Conformance, op, fmt.Sprintf("leads to what %s names as %s", parent.ID, name), func(scene *harness.Scene) {
					lead(scene, parent, parent.Parameters[include], name, op)
				}))
			}
		}
	}
	return list
}

// relationship is the one of a parent's resource along which an operation leads: the last part of its path. Empty: none.
func relationship(s *harness.Stage, parent, op *document.Operation) string {
	rest, below := strings.CutPrefix(op.Path, parent.Path+"/")
	rest, link := strings.CutPrefix(rest, "relationships/")
	name, variable := strings.CutPrefix(rest, "{")
	switch {
	case !below, strings.Contains(rest, "/"), variable && !link: // further down, or a resource of its own
		return ""
	case variable:
		return s.Target.Sample(op, "").Path[strings.TrimSuffix(name, "}")]
	}
	return rest
}

// lead asks for a resource with what it names in a relationship, and then goes there.
func lead(s *harness.Scene, parent *document.Operation, include *document.Parameter, name string, op *document.Operation) {
	sample := s.Target.Sample(parent, "").With(include, name)
	told := s.Send(sample, parent.ID+" with "+name)
	named, says := harness.Linkage(told.Response.Body, name)
	if told.Response.Status >= http.StatusMultipleChoices || !says {
		s.Skip("%s answers %d and does not say what its %s is", parent.ID, told.Response.Status, name)
	}
	r := s.Target.Sample(op, "")
	maps.Copy(r.Path, sample.Path)
	led := s.Send(r, "along "+name)
	found, _ := harness.Linkage(led.Response.Body, "")
	if led.Response.Status >= http.StatusMultipleChoices {
		found = nil
	}
	for _, ref := range found {
		if !slices.Contains(named, ref) {
			s.Find(led, harness.Finding{Rule: harness.RuleLinkage, In: "body", Pointer: "/data", Message: fmt.Sprintf("it leads to %s, which %s does not name as its %s", ref, parent.ID, name)})
		}
	}
	if len(found) == 0 && len(named) > 0 { // of several, a page may hold some
		s.Find(led, harness.Finding{Rule: harness.RuleLinkage, In: "body", Pointer: "/data", Message: fmt.Sprintf("it leads nowhere, and %s names %s as its %s", parent.ID, named[0], name)})
	}
}
