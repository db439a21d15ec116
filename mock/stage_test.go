package mock_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"understudy/mock"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
	"understudy/mock/mocktest"
	"understudy/specs"
)

// The suites of this package are generated from the documents: whatever a document declares is called, rightly and wrongly.

// control is the path prefix of the control API, which is a platform like the others here.
const control = "_understudy"

// platforms are the names of what the suites cover.
func platforms() []string { return append(slices.Clone(specs.Providers()), control) }

// platform is a provider, or the control API, served on a loopback port.
type platform struct {
	name     string
	document *openapi.Document
	declined map[string]string // operations that are not simulated, with the reason
	mock     *mock.Server
	engine   *engine.Engine
	origin   string
	wire     *http.Transport
	worlds   atomic.Int64 // how many fresh ones were made
}

// stage serves one platform for a test, with every check on. It fails the test if the platform's document does not load.
func stage(t testing.TB, name string, change ...func(*mock.Options)) *platform {
	t.Helper()
	if name == control {
		return ensemble(t, change...)[name]
	}
	return ensemble(t, append(change, func(o *mock.Options) { o.Providers = []string{name} })...)[name]
}

// ensemble serves every platform of the options on one port.
func ensemble(t testing.TB, change ...func(*mock.Options)) map[string]*platform {
	t.Helper()
	o := mock.Options{Clock: mocktest.Start, Twice: true, MaxWorlds: 100_000, Journal: 64, Authority: []byte("-----BEGIN CERTIFICATE-----\n")}
	for _, f := range change {
		f(&o)
	}
	m, err := mock.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Ready(t.Context()); err != nil {
		t.Fatalf("not covered: %v", err)
	}
	listener := httptest.NewServer(m)
	all := map[string]*platform{}
	served := o.Providers
	if served == nil {
		served = specs.Providers()
	}
	for _, name := range append(slices.Clone(served), control) {
		p := &platform{name: name, mock: m, engine: m.Engine(), origin: listener.URL, wire: wire()}
		if err := p.read(); err != nil {
			t.Fatalf("%s is not covered: %v", name, err)
		}
		all[name] = p
	}
	t.Cleanup(func() {
		for _, p := range all {
			p.wire.CloseIdleConnections()
		}
		listener.Close()
		for _, bug := range append(m.Bugs(), m.DeadLinks(listener.URL)...) {
			t.Errorf("the simulator broke its word: %s", bug)
		}
		m.Close()
	})
	return all
}

// wire sends requests as they are, and follows no redirects.
func wire() *http.Transport {
	return &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}
}

// read finds the platform's document, and what it declines.
func (p *platform) read() (err error) {
	for _, room := range p.engine.Rooms() {
		if room.Name == p.name {
			p.document, p.declined = room.Document, room.Declined
		}
	}
	if p.name == control {
		yaml, _ := specs.Document(specs.Control)
		p.document, err = openapi.Load(yaml)
	}
	if p.document == nil && err == nil {
		err = errors.New("it is not served")
	}
	return err
}

// request is one request to a platform, as it goes over the wire.
type request struct {
	method string
	path   string // the vendor's path, escaped
	query  string // escaped
	header http.Header
	body   []byte
}

// copy lets a copy be changed without changing r.
func (r request) copy() request {
	r.header = r.header.Clone()
	return r
}

func (r request) with(name, value string) request {
	r = r.copy()
	r.header.Set(name, value)
	return r
}

func (r request) without(name string) request {
	r = r.copy()
	r.header.Del(name)
	return r
}

func (r request) carrying(body []byte) request {
	r.body = body
	return r
}

func (r request) String() string {
	body := string(r.body)
	if len(body) > 400 {
		body = fmt.Sprintf("%s… (%d bytes)", body[:400], len(body))
	}
	var lines []string
	for name, values := range inOrder(r.header) {
		for _, value := range values {
			lines = append(lines, fmt.Sprintf("%s: %.100s", name, value))
		}
	}
	return fmt.Sprintf("%s %.300s?%.200s %q %s", r.method, r.path, r.query, lines, body)
}

// sample is the request made of the document's examples, with a credential.
func sample(op *openapi.Operation, media string) request {
	s := op.Sample(media)
	r := request{method: op.Method, path: expand(op.Path, s.Path), query: s.Query.Encode(), header: s.Header, body: s.Body}
	if s.Media != "" {
		r.header.Set("Content-Type", s.Media)
	}
	if len(op.Security) > 0 {
		for _, scheme := range op.Security[0] {
			name, value := credential(scheme)
			r.header.Set(name, value)
		}
	}
	return r
}

// expand fills a path's variables in.
func expand(template string, values map[string]string) string {
	for name, value := range values {
		template = strings.ReplaceAll(template, "{"+name+"}", url.PathEscape(value))
	}
	return template
}

// credential is the header that carries a credential of a scheme, and one that is accepted.
func credential(s openapi.Scheme) (name, value string) {
	switch {
	case s.Type == "apiKey" && !strings.EqualFold(s.Header, "Authorization"):
		return s.Header, "suite-credential"
	case s.Scheme == "basic":
		return "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("suite:credential"))
	}
	return "Authorization", "Bearer suite-credential"
}

// answer is what came back, with the journal's entry if there is one.
type answer struct {
	status   int
	header   http.Header
	body     []byte
	exchange *journal.Exchange
}

func (a answer) String() string { return fmt.Sprintf("%d %.350s", a.status, a.body) }

// base is what stands before the vendor's path. The control API's document begins at the host's root.
func (p *platform) base(worldName string) string {
	prefix := ""
	if worldName != world.Default {
		prefix = "/w/" + worldName
	}
	if p.name != control {
		prefix += "/" + p.name
	}
	return prefix
}

// send sends a request to the platform in a world. Redirects are not followed.
func (p *platform) send(worldName string, r request) (answer, error) {
	target := p.origin + p.base(worldName) + r.path
	if r.query != "" {
		target += "?" + r.query
	}
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	q, err := http.NewRequest(r.method, target, body)
	if err != nil {
		return answer{}, err
	}
	q.Header = r.header.Clone()
	response, err := p.wire.RoundTrip(q)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	a := answer{status: response.StatusCode, header: response.Header}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		return a, err
	}
	if u, ok := p.engine.Known(worldName); ok {
		a.exchange, _ = u.Journal.Get(a.header.Get("Understudy-Exchange"))
	}
	return a, nil
}

// must is send where the request is known to be sendable.
func (p *platform) must(t testing.TB, world string, r request) answer {
	t.Helper()
	a, err := p.send(world, r)
	if err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	return a
}

// world is a world of the platform's, deleted when the test ends.
func (p *platform) world(t testing.TB, name string) *engine.Universe {
	t.Helper()
	u, err := p.engine.Universe(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.engine.Delete(name) })
	return u
}

// fresh names a world in which nothing has happened yet but what the examples need to have happened.
func (p *platform) fresh(t testing.TB) string {
	t.Helper()
	if p.name == control {
		p.tellStory(t)
		return world.Default
	}
	name := fmt.Sprintf("fresh-%d", p.worlds.Add(1))
	p.world(t, name)
	return name
}

// inOrder walks a map in the order of its keys, so that every run is the same.
func inOrder[M ~map[string]V, V any](m M) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
