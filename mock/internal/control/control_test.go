package control_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/internal/openapi"
	"understudy/mock/mocktest"
	"understudy/specs"
)

const api = "/_understudy"

// start runs a simulator; what it logs as an error (an answer of the control API that breaks its document, a bug) fails the test.
func start(t *testing.T, change ...func(*mock.Options)) *mocktest.Server {
	t.Helper()
	change = append(change, func(o *mock.Options) { o.Log = slog.New(alarm{t}) })
	return mocktest.Run(t, change...)
}

type alarm struct{ t *testing.T }

func (a alarm) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }
func (a alarm) WithAttrs([]slog.Attr) slog.Handler               { return a }
func (a alarm) WithGroup(string) slog.Handler                    { return a }
func (a alarm) Handle(_ context.Context, r slog.Record) error {
	var said []string
	r.Attrs(func(attr slog.Attr) bool { said = append(said, attr.String()); return true })
	a.t.Errorf("%s: %s", r.Message, strings.Join(said, ", "))
	return nil
}

func post(s *mocktest.Server, path string, body any) mocktest.Response {
	return s.Call("POST", path, body)
}

// collect is a call of a provider that succeeds in a fresh world.
func collect(s *mocktest.Server, prefix string) mocktest.Response {
	return s.Call("POST", prefix+"/nextcommerce/api/admin/orders/100001/collect-payment/", nil, "Authorization: Bearer any")
}

func document(t *testing.T) *openapi.Document {
	t.Helper()
	yaml, _ := specs.Document(specs.Control)
	d, err := openapi.Load(yaml)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// sample sends what the document's examples make of an operation.
func sample(s *mocktest.Server, op *openapi.Operation, headers ...string) mocktest.Response {
	example := op.Sample("")
	path := op.Path
	for name, value := range example.Path {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	if len(example.Query) > 0 {
		path += "?" + example.Query.Encode()
	}
	var body any
	if example.Media != "" {
		body, headers = example.Body, append([]string{"Content-Type: " + example.Media}, headers...)
	}
	return s.Call(op.Method, path, body, headers...)
}

// before are the operations whose examples need another's to have been sent: the examples tell one story.
var before = map[string]string{
	"getSnapshot": "createSnapshot", "deleteSnapshot": "createSnapshot", "restoreSnapshot": "createSnapshot", "getRequest": "createOrder",
	"getRule": "armRule", "deleteRule": "armRule",
}

const authority = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n"

func withAuthority(o *mock.Options) { o.Authority = []byte(authority) }

func TestTheAuthorityCanBeFetchedWhereThereIsOne(t *testing.T) {
	t.Parallel()
	r := start(t, withAuthority).Call("GET", api+"/ca.pem", nil).Want(200)
	if string(r.Body) != authority || r.Header.Get("Content-Type") != "application/x-x509-ca-cert" {
		t.Errorf("answered %s: %s", r.Header.Get("Content-Type"), r.Body)
	}
	if r := start(t).Call("GET", api+"/ca.pem", nil).Want(404); !strings.Contains(r.Text("detail"), "--tls") {
		t.Errorf("without https: %s", r.Body)
	}
}

func TestEveryExampleOfTheDocumentWorks(t *testing.T) {
	t.Parallel()
	d := document(t)
	for _, op := range d.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			s := start(t, withAuthority)
			if first := before[op.ID]; first != "" {
				sample(s, d.Operation(first)).Want(http.StatusCreated)
			}
			sample(s, op).Want(op.Success())
			sample(s, op, "Understudy-World: other") // nothing but its own world is taken for granted
		})
	}
}

func TestBadRequestsAreRefusedAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	d := document(t)
	s := start(t)
	refused := func(t *testing.T, r mocktest.Response, status int) {
		t.Helper()
		r.Want(status)
		var p struct {
			Status       int
			Detail, Kind string
		}
		r.Into(&p)
		if p.Status != status || p.Detail == "" || p.Kind == "" || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", r.Header.Get("Content-Type"), r.Body)
		}
	}
	for _, op := range d.Operations() {
		example := op.Sample("")
		path := op.Path
		for name, value := range example.Path {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		}
		t.Run(op.ID, func(t *testing.T) {
			refused(t, s.Call("TRACE", path, nil), http.StatusMethodNotAllowed)
			if !strings.HasSuffix(path, "/demo") { // to which customers come back with any query
				refused(t, s.Call(op.Method, path+"?nonsense=1", string(example.Body), "Content-Type: "+example.Media), http.StatusBadRequest)
			}
			refused(t, s.Call(op.Method, path, string(example.Body), "Content-Type: "+example.Media, "Understudy-World: No World"), http.StatusBadRequest)
			if example.Media != "application/json" {
				return
			}
			for name, body := range map[string]string{
				"no JSON": `{"`, "trailing bytes": string(example.Body) + "{}", "not UTF-8": "{\"\xff\":1}", "a list": `[]`, "a number": `7`, "null": `null`,
			} {
				t.Run(name, func(t *testing.T) {
					refused(t, s.Call(op.Method, path, body, "Content-Type: application/json"), http.StatusBadRequest)
				})
			}
			refused(t, s.Call(op.Method, path, string(example.Body), "Content-Type: text/plain"), http.StatusUnsupportedMediaType)
			if op.ID != "importWorld" {
				refused(t, s.Call(op.Method, path, strings.Repeat(" ", 2<<20), "Content-Type: application/json"), http.StatusRequestEntityTooLarge)
				refused(t, s.Call(op.Method, path, `{"nonsense": 1}`, "Content-Type: application/json"), http.StatusBadRequest)
			}
		})
	}
	refused(t, s.Call("GET", api+"/nowhere", nil), http.StatusNotFound)
	refused(t, s.Call("GET", api+"/providers/acme", nil), http.StatusNotFound)
	refused(t, s.Call("GET", api+"/acme/x/orders", nil), http.StatusNotFound)
	refused(t, s.Call("GET", "/w/No_World"+api+"/clock", nil), http.StatusBadRequest)
}

func TestAbout(t *testing.T) {
	t.Parallel()
	s := start(t)
	t.Run("every provider's call is answered as its page says, in any world", func(t *testing.T) {
		for _, world := range []string{"", "/w/other"} {
			var list struct {
				Providers []struct {
					Name, URL, Curl string
					Call            struct {
						Method, URL, Body string
						Headers           http.Header
						Status            int
					}
				}
			}
			s.Call("GET", world+api+"/providers", nil).Want(http.StatusOK).Into(&list)
			var names []string
			for _, p := range list.Providers {
				names = append(names, p.Name)
				var headers []string
				for name, values := range p.Call.Headers {
					headers = append(headers, name+": "+values[0])
				}
				s.Call(p.Call.Method, p.Call.URL, p.Call.Body, headers...).Want(p.Call.Status)
				if want := s.URL + world + "/" + p.Name; p.URL != want || !strings.HasPrefix(p.Call.URL, want+"/") {
					t.Errorf("%s stands at %s, its call at %s", p.Name, p.URL, p.Call.URL)
				}
				if !strings.Contains(p.Curl, p.Call.URL) || !strings.Contains(p.Curl, "-X "+p.Call.Method) {
					t.Errorf("curl: %s", p.Curl)
				}
			}
			if !slices.Equal(names, specs.Providers()) {
				t.Errorf("providers %q", names)
			}
		}
	})
	t.Run("the operations are the document's", func(t *testing.T) {
		for _, name := range specs.Providers() {
			yaml, _ := specs.Document(name)
			d, err := openapi.Load(yaml)
			if err != nil {
				t.Fatal(err)
			}
			var told struct {
				Operations []struct {
					ID, Path, Effect string
					Simulated        bool
					Reason           string
				}
			}
			s.Call("GET", api+"/providers/"+name+"/operations", nil).Want(http.StatusOK).Into(&told)
			if len(told.Operations) != len(d.Operations()) {
				t.Errorf("%s has %d operations, its document %d", name, len(told.Operations), len(d.Operations()))
			}
			for _, op := range told.Operations {
				if want := d.Operation(op.ID); want == nil || want.Path != op.Path || want.Effect != op.Effect || op.Simulated == (op.Reason != "") {
					t.Errorf("%s: %+v", name, op)
				}
			}
		}
	})
	t.Run("the states are the tables'", func(t *testing.T) {
		r := s.Call("GET", api+"/providers/norce/states", nil).Want(http.StatusOK)
		if r.Text("machines.0.machine") != "payments" || r.At("machines.0.states.0.initial") != true || r.Text("machines.0.moves.0.by") == "" {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("the triggers of all providers, and of one", func(t *testing.T) {
		type triggers struct {
			Shared    []struct{ Where, Value string }
			Providers []struct {
				Provider string
				Orders   []struct{ Name, ID string }
			}
		}
		var all, one triggers
		s.Call("GET", api+"/triggers", nil).Want(http.StatusOK).Into(&all)
		s.Call("GET", api+"/providers/fabric/triggers", nil).Want(http.StatusOK).Into(&one)
		if len(all.Providers) != 5 || len(one.Providers) != 1 || one.Providers[0].Provider != "fabric" || len(all.Shared) == 0 {
			t.Errorf("%d providers, %d providers, %d shared", len(all.Providers), len(one.Providers), len(all.Shared))
		}
		if !slices.ContainsFunc(one.Providers[0].Orders, func(o struct{ Name, ID string }) bool { return o.ID == "309019176" }) {
			t.Errorf("fabric's cast: %v", one.Providers[0].Orders)
		}
	})
	t.Run("every provider lists its events, sorted", func(t *testing.T) {
		for _, name := range specs.Providers() {
			var told struct{ Events []string }
			s.Call("GET", api+"/providers/"+name+"/events", nil).Want(http.StatusOK).Into(&told)
			if len(told.Events) == 0 || !slices.IsSorted(told.Events) || len(slices.Compact(slices.Clone(told.Events))) != len(told.Events) {
				t.Errorf("%s: %q", name, told.Events)
			}
		}
	})
	t.Run("health and version", func(t *testing.T) {
		if r := s.Call("GET", api+"/health", nil).Want(http.StatusOK); r.Text("providers.4") != "commercelayer" {
			t.Errorf("%s", r.Body)
		}
		named := start(t, func(o *mock.Options) { o.Version = "v1.2.3" })
		if r := named.Call("GET", api+"/version", nil).Want(http.StatusOK); r.Text("version") != "v1.2.3" {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("Prefer asks for the document's examples here too", func(t *testing.T) {
		s.Call("GET", api+"/health", nil, "Prefer: code=503").Want(http.StatusServiceUnavailable)
	})
}

func decode(t *testing.T, raw []byte) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
