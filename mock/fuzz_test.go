package mock_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
	"understudy/mock/mocktest"
)

// Each target takes whole requests as they come off the wire, to one provider: method, path with query, header lines, body. Whatever they are,
// nothing fails or panics, every answer is one that the document declares, and a refusal changes nothing.

func FuzzCommerceengine(f *testing.F) { fuzz(f, "commerceengine") }
func FuzzFabric(f *testing.F)         { fuzz(f, "fabric") }
func FuzzNorce(f *testing.F)          { fuzz(f, "norce") }
func FuzzNextcommerce(f *testing.F)   { fuzz(f, "nextcommerce") }
func FuzzCommercelayer(f *testing.F)  { fuzz(f, "commercelayer") }

func fuzz(f *testing.F, name string) {
	m, err := mock.New(mock.Options{Providers: []string{name}, Clock: mocktest.Start, Twice: true, Journal: 8})
	if err != nil {
		f.Fatal(err)
	}
	if err := m.Ready(f.Context()); err != nil {
		f.Fatal(err)
	}
	p := &platform{name: name, mock: m, engine: m.Engine()}
	if err := p.read(); err != nil {
		f.Fatal(err)
	}
	for _, op := range p.document.Operations() {
		for _, media := range append(op.MediaTypes(), "") {
			plant(f, sample(op, media))
		}
		for _, p := range parameterProbes(op, sample(op, "")) {
			if p.refused {
				plant(f, p.request)
			}
		}
	}
	plant(f, readPage(f, p).request)
	u, err := p.engine.Universe(world.Default)
	if err != nil {
		f.Fatal(err)
	}
	before := u.Snapshot()
	f.Fuzz(func(t *testing.T, method, target, headers string, body []byte) {
		r, err := readRequest(name, method, target, headers, body)
		if err != nil {
			t.Skip(err)
		}
		u.Restore(before)
		for _, other := range p.engine.Universes() {
			if other.Name() != world.Default {
				p.engine.Delete(other.Name())
			}
		}
		recorder := httptest.NewRecorder()
		m.ServeHTTP(recorder, r)
		inspect(t, p.document, u, recorder)
	})
}

// plant adds a request to the corpus.
func plant(f *testing.F, r request) {
	target := r.path
	if r.query != "" {
		target += "?" + r.query
	}
	var headers strings.Builder
	r.header.Write(&headers)
	f.Add(r.method, target, headers.String(), r.body)
}

// readRequest reads a request as net/http does. Its context is over, so that a delay that it asks for is not waited for.
func readRequest(provider, method, target, headers string, body []byte) (*http.Request, error) {
	text := fmt.Sprintf("%s /%s%s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s", method, provider, target, headers, len(body), body)
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewBufferString(text)))
	if err != nil {
		return nil, err
	}
	r.RemoteAddr = "127.0.0.1:4321"
	over, cancel := context.WithCancel(context.Background())
	cancel()
	return r.WithContext(over), nil
}

// inspect holds an answer to what is promised of every one.
func inspect(t *testing.T, document *openapi.Document, u *engine.Universe, recorder *httptest.ResponseRecorder) {
	var x *journal.Exchange
	if exchanges := u.Journal.Find(nil); len(exchanges) > 0 {
		x = exchanges[len(exchanges)-1]
	}
	if x == nil || x.ID != recorder.Header().Get("Understudy-Exchange") { // not answered by the room: another world, another path, a delay
		if recorder.Code >= 500 {
			t.Fatalf("answered %d %s", recorder.Code, recorder.Body)
		}
		return
	}
	if len(x.Violations) > 0 {
		t.Fatalf("answered %d %s, which breaks the document: %q", recorder.Code, recorder.Body, x.Violations)
	}
	if (recorder.Code >= 500 || recorder.Code/100 == 3) && !x.Forced && !strings.HasPrefix(x.Operation, "page:") {
		t.Fatalf("answered %d %s", recorder.Code, recorder.Body)
	}
	if x.Reason != nil && (x.Reason.Kind == string(engine.Internal) || len(x.Changes) > 0) {
		t.Fatalf("refused for %+v, with the changes %q", x.Reason, x.Changes)
	}
	head := x.Method == http.MethodHead || x.Method == http.MethodOptions || strings.HasPrefix(x.Operation, "page:")
	if broken := document.CheckAnswer(document.Operation(x.Operation), recorder.Code, recorder.Header(), recorder.Body.Bytes()); !head && len(broken) > 0 {
		t.Fatalf("answered %d %s, which is not declared: %q", recorder.Code, recorder.Body, broken)
	}
}
