package harness

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"understudy/contracts/harness/document"
)

// Sandbox says how a vendor's sandbox is reached, and what may be sent to it.
type Sandbox struct {
	URL         string               `json:"url" yaml:"url"`                 // what stands before the vendor's path; the document's server path is part of that path
	Credentials map[string]string    `json:"credentials" yaml:"credentials"` // by the document's security scheme: ${NAME} of the variable that holds it
	Headers     map[string]string    `json:"headers" yaml:"headers"`         // sent with every request; a secret as ${NAME}
	IDs         map[string][]string  `json:"ids" yaml:"ids"`                 // by path variable: the ids that may be touched; the first is used in requests
	Operations  map[string]Requested `json:"operations" yaml:"operations"`   // by operationId: allowed although it names no id, and with which body
	Inputs      map[string]any       `json:"inputs" yaml:"inputs"`           // what workflows are given, by name, as the number of an order that waits to be paid
	Rate        float64              `json:"rate" yaml:"rate"`               // requests in a second; 0: 2
	Effects     []string             `json:"effects" yaml:"effects"`         // of read, write, charge, destroy; none: read
	Strict      bool                 `json:"strict" yaml:"strict"`           // members that the document does not name are findings

	resolved map[string]string // credentials as they are sent
	header   map[string]string
}

// Requested is a request of somebody's own to an operation.
type Requested struct {
	Body any `json:"body" yaml:"body"` // instead of the document's example
}

// Effects lists what operations can do, from the mildest.
func Effects() []string { return []string{"read", "write", "charge", "destroy"} }

// Permit tells whether an operation may be sent with these path variables. Reads are always allowed; everything else has to be among the effects, and has to name its ids
// from the list, or be listed itself where its path names none.
func (s *Sandbox) Permit(op *document.Operation, vars map[string]string) error {
	if op.Effect == "read" {
		return nil
	}
	if !slices.Contains(s.Effects, op.Effect) {
		return &ForbiddenError{fmt.Sprintf("%s is a %s, and the effects that are allowed are %s", op.ID, op.Effect, strings.Join(s.effects(), ", "))}
	}
	named := false
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		named = true
		if !slices.Contains(s.IDs[name], vars[name]) {
			return &ForbiddenError{fmt.Sprintf("%s would touch %s %q, which is not among the listed ids (%s)", op.ID, name, vars[name], strings.Join(s.IDs[name], ", "))}
		}
	}
	if _, listed := s.Operations[op.ID]; !named && !listed {
		return &ForbiddenError{fmt.Sprintf("%s is a %s whose path names no id, and it is not listed under operations", op.ID, op.Effect)}
	}
	return nil
}

// Allows tells whether an effect may be had on the target at all.
func (t *Target) Allows(effect string) bool {
	return t.sandbox == nil || effect == "read" || slices.Contains(t.sandbox.Effects, effect)
}

// Inputs are what workflows are given on a sandbox; a mock makes what they need.
func (t *Target) Inputs() map[string]any {
	if t.sandbox == nil {
		return nil
	}
	return t.sandbox.Inputs
}

// Lists tells whether ids of the target's own are known for a path variable. A mock has the document's.
func (t *Target) Lists(variable string) bool {
	return t.sandbox == nil || len(t.sandbox.IDs[variable]) > 0
}

func (s *Sandbox) effects() []string {
	if len(s.Effects) == 0 {
		return []string{"read"}
	}
	return s.Effects
}

// adapt puts the sandbox's credentials, headers, ids and bodies into a request made of examples.
func (s *Sandbox) adapt(r document.Request) document.Request {
	for _, way := range r.Operation.Security {
		if !slices.ContainsFunc(way, func(x document.Scheme) bool { return s.resolved[x.Name] == "" }) {
			r = r.Bare()
			for _, scheme := range way {
				r = r.Carrying(scheme, s.resolved[scheme.Name])
			}
			break
		}
	}
	for _, p := range r.Operation.Parameters {
		if ids := s.IDs[p.Name]; p.In == "path" && len(ids) > 0 {
			r = r.With(p, ids[0])
		}
	}
	for name, v := range s.header {
		r.Header.Set(name, v)
	}
	if own, ok := s.Operations[r.Operation.ID]; ok && own.Body != nil && r.Media != "" {
		r = r.Writing(r.Media, own.Body)
	}
	return r
}

// gap is how far requests are apart.
func (s *Sandbox) gap() time.Duration {
	rate := s.Rate
	if rate <= 0 {
		rate = 2
	}
	return time.Duration(float64(time.Second) / rate)
}
