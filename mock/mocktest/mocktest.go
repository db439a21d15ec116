// Package mocktest starts a simulator for one test. It listens on a port of its own, checks every answer against the documents, runs every
// transaction twice, and fails the test on a violation or a bug; the journal is printed when the test fails.
package mocktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/internal/engine"
)

// Start is where the clock of a test's worlds stands.
var Start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// Server is a running simulator.
type Server struct {
	URL  string // its origin
	Mock *mock.Server

	t        testing.TB
	tolerate bool
}

// Run starts a simulator with the clock frozen at Start. change may set other options.
func Run(t testing.TB, change ...func(*mock.Options)) *Server {
	t.Helper()
	o := mock.Options{Clock: Start, Twice: true}
	for _, f := range change {
		f(&o)
	}
	m, err := mock.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(m)
	s := &Server{URL: listener.URL, Mock: m, t: t}
	t.Cleanup(func() {
		listener.Close()
		s.inspect()
		m.Close()
	})
	return s
}

// inspect fails the test on what must never happen, and shows a failed test's journal.
func (s *Server) inspect() {
	if !s.tolerate {
		for _, bug := range append(s.Mock.Bugs(), s.Mock.DeadLinks(s.URL)...) {
			s.t.Errorf("the simulator broke its word: %s", bug)
		}
	}
	if s.t.Failed() {
		s.t.Logf("journal:\n%s", s.Mock.Dump())
	}
}

// TolerateBugs lets a test bring about what would otherwise fail it.
func (s *Server) TolerateBugs() { s.tolerate = true }

// Response is an answer, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	t testing.TB
}

// Call sends one request to a path below the origin. body is sent as it is if it is a string or []byte, as JSON otherwise, not at all if nil.
// headers are "Name: value" lines. Redirects are not followed.
func (s *Server) Call(method, path string, body any, headers ...string) Response {
	s.t.Helper()
	var reader io.Reader
	media := ""
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case []byte:
		reader = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		reader, media = bytes.NewReader(raw), "application/json"
	}
	target := path
	if strings.HasPrefix(path, "/") {
		target = s.URL + path
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, target, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ":")
		r.Header.Set(name, strings.TrimSpace(value))
		if strings.EqualFold(name, "Host") {
			r.Host = strings.TrimSpace(value)
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return Response{Status: answer.StatusCode, Header: answer.Header, Body: read, t: s.t}
}

// Want fails the test unless the answer has this status.
func (r Response) Want(status int) Response {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("answered %d, want %d\n%s", r.Status, status, r.Body)
	}
	return r
}

// Into reads the answer's JSON into v.
func (r Response) Into(v any) Response {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("the answer is no JSON: %v\n%s", err, r.Body)
	}
	return r
}

// At returns the JSON value at a path of members and indices, such as "content.payment_info.status" or "lines.0.sku"; nil if there is none.
func (r Response) At(path string) any {
	r.t.Helper()
	var value any
	r.Into(&value)
	for _, part := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			var i int
			if _, err := fmt.Sscanf(part, "%d", &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// Text is At as text; "" if there is nothing.
func (r Response) Text(path string) string {
	r.t.Helper()
	v := r.At(path)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Advance moves a world's clock on; its timers fire on the way.
func (s *Server) Advance(d time.Duration, worldName ...string) {
	s.t.Helper()
	if err := s.Mock.Advance(name(worldName), d); err != nil {
		s.t.Fatal(err)
	}
}

// Given makes an order in a role of the provider's cast, or in a state, as the control API does, and returns its number.
func (s *Server) Given(provider, tenant, role string, worldName ...string) string {
	s.t.Helper()
	id, err := s.Mock.Given(name(worldName), provider, tenant, role)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// Settle brings a payment to an outcome (approve, decline, fail_authentication, abandon), as the control API does.
func (s *Server) Settle(provider, tenant, payment, outcome string, worldName ...string) error {
	return s.Mock.Settle(name(worldName), provider, tenant, payment, outcome)
}

// Apply takes an arrow of a state table, as the control API does.
func (s *Server) Apply(provider, tenant, machine, id, event string, worldName ...string) error {
	return s.Mock.Apply(name(worldName), provider, tenant, machine, id, event)
}

// Orders sums up a tenant's orders, as the control API does.
func (s *Server) Orders(provider, tenant string, worldName ...string) []engine.Summary {
	s.t.Helper()
	list, err := s.Mock.Orders(name(worldName), provider, tenant)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func name(given []string) string {
	if len(given) > 0 {
		return given[0]
	}
	return "default"
}
