package control

import (
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/engine"
)

// problem is a refusal as RFC 9457 has it, with the kind that all providers share and everything that was wrong.
type problem struct {
	Type     string  `json:"type"`
	Title    string  `json:"title"`
	Status   int     `json:"status"`
	Detail   string  `json:"detail"`
	Kind     string  `json:"kind"`
	Problems []fault `json:"problems,omitempty"`
}

type fault struct {
	In      string `json:"in"`
	Pointer string `json:"pointer"`
	Message string `json:"message"`
	Want    string `json:"want,omitempty"`
	Line    int    `json:"line,omitempty"`
}

func phrase(_ *engine.Call, e *engine.Error) engine.Reply {
	p := problem{Status: e.Status(), Detail: e.Message, Kind: string(e.Kind)}
	for _, f := range e.Problems {
		p.Problems = append(p.Problems, fault{In: f.In, Pointer: f.Pointer, Message: f.Message, Want: f.Want, Line: f.Line})
	}
	reply := p.reply()
	if e.Kind == engine.Unauthenticated {
		reply = reply.With("WWW-Authenticate", "Bearer")
	}
	return reply
}

func (p problem) reply() engine.Reply {
	p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	return engine.Reply{Status: p.Status, Body: p, MediaType: "application/problem+json"}
}

// takesReturns are the operations to which customers come back, with whatever a provider adds to the shop's URL.
var takesReturns = map[string]bool{"showDemo": true, "returnToDemo": true}

// knownQuery refuses a query parameter that the operation does not have: misspelt, it would filter nothing.
func knownQuery(c *engine.Call) error {
	if takesReturns[c.Operation.ID] {
		return nil
	}
	var known []string
	for _, p := range c.Operation.Parameters() {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	for name := range c.Query() {
		if slices.Contains(known, name) || strings.HasPrefix(name, "__") {
			continue
		}
		want := "none"
		if len(known) > 0 {
			want = "one of " + strings.Join(known, ", ")
		}
		return engine.RefuseParameter("query", name, "is not a parameter of this operation", want)
	}
	return nil
}
