package engine

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Answer is a complete answer, not yet sent.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	delay      time.Duration
	violations []string
}

// enact sends the answer. It is the only place that writes to the wire.
func (a *Answer) enact(w http.ResponseWriter, r *http.Request) {
	if a.delay > 0 {
		wait := time.NewTimer(a.delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
			return
		}
	}
	header := w.Header()
	for name, values := range a.Header {
		header[name] = values
	}
	if a.Status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if r.Method != http.MethodHead {
		w.Write(a.Body)
	}
}

// front sends people who look at the bare address in a browser to the page that shows what is here. It is nil for everybody else.
func (e *Engine) front(r *http.Request) *Answer {
	a := resolve(r, func(name string) bool { return e.rooms[name] != nil })
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if a.room != "" || strings.Trim(a.path, "/") != "" || !reads || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return nil
	}
	for _, name := range e.order {
		if e.rooms[name].Outside {
			a.room = name
			to := e.Origin(r) + a.prefix(e.options.PublicURL != "") + "/"
			return &Answer{Status: http.StatusFound, Header: http.Header{"Location": {to}, "Vary": {"Accept"}}}
		}
	}
	return nil
}

// astray answers a request that belongs to no room, as a problem of RFC 9457.
func (e *Engine) astray(err error) *Answer {
	refusal := asRefusal(err)
	body, _ := json.Marshal(map[string]any{"type": "about:blank", "title": http.StatusText(refusal.Status()), "status": refusal.Status(), "detail": refusal.Message, "kind": string(refusal.Kind)})
	a := &Answer{Status: refusal.Status(), Header: http.Header{"Content-Type": {"application/problem+json"}}, Body: body}
	if e.options.Frozen {
		a.Header.Set("Date", e.options.Start.Format(http.TimeFormat))
	}
	return a
}
