package mutants

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
)

// Proxy stands before a mock and breaks its answers.
type Proxy struct {
	Mock     http.Handler
	Document *document.Document

	mu     sync.Mutex
	mutant *Mutant             // nil: nothing is broken
	worlds map[string]*history // by name
	broken int
}

// Set has one thing broken from now on; nil: nothing. What was said before is forgotten.
func (p *Proxy) Set(m *Mutant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mutant, p.worlds, p.broken = m, map[string]*history{}, 0
}

// Broken counts the answers that were changed since Set.
func (p *Proxy) Broken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken
}

// ServeHTTP lets the mock answer, and breaks that answer if it is the mutant's.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(asked))
	recorder := httptest.NewRecorder()
	p.Mock.ServeHTTP(recorder, r)
	answer := harness.Response{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.Bytes()}
	if world, op := p.meets(r); op != nil {
		answer = p.pass(world, op, r.URL.String()+"\n"+string(asked), answer)
	}
	header := w.Header()
	for name, values := range headerOf(answer.Header) {
		header[name] = values
	}
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // a client that went away needs no answer
}

// meets finds the world and the operation that a request is for; nil if it meets none of the document's.
func (p *Proxy) meets(r *http.Request) (world string, op *document.Operation) {
	path := r.URL.EscapedPath()
	if rest, ok := strings.CutPrefix(path, "/w/"); ok {
		world, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	path, ok := strings.CutPrefix(path, "/"+p.Document.Provider)
	if !ok {
		return "", nil
	}
	op, _ = p.Document.Match(r.Method, path)
	return world, op
}

func (p *Proxy) pass(world string, op *document.Operation, request string, answer harness.Response) harness.Response {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mutant == nil {
		return answer
	}
	if p.worlds[world] == nil {
		p.worlds[world] = &history{}
	}
	broken, changed := p.mutant.hear(p.worlds[world], op, request, answer)
	if changed {
		p.broken++
	}
	return broken
}

// hear takes the next exchange of a world: its answer is broken if it is the mutant's, and the true one is remembered where that matters.
func (m Mutant) hear(h *history, op *document.Operation, request string, answer harness.Response) (harness.Response, bool) {
	broken, changed := answer, false
	if m.Kind == Unstable {
		h.learn(request)
	}
	if shape := answer.Header.Get("Preference-Applied"); m.meets(op.ID, answer, strings.Contains(shape, "code=")) {
		broken, changed = m.Break(op, answer, h)
	}
	switch m.Kind {
	case Unstable:
		h.learn(string(answer.Body))
	case OldState:
		h.remember(answer.Body)
	}
	return broken, changed
}
