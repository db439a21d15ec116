package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// routed opens a room whose document has the given paths, "METHODS template", and pages.
func routed(t *testing.T, pages []Page, paths ...string) *room {
	t.Helper()
	var b strings.Builder
	b.WriteString("openapi: 3.0.3\ninfo: {title: Routed, version: '1'}\nservers: [{url: /api}]\n" +
		"x-refusals: {'404': {$ref: '#/components/responses/No'}, '405': {$ref: '#/components/responses/No'}}\n" +
		"components: {responses: {No: {description: No.}}}\npaths:\n")
	operations := map[string]Handler{}
	for _, path := range paths {
		methods, template, _ := strings.Cut(path, " ")
		fmt.Fprintf(&b, "  %s:\n", template)
		for _, method := range strings.Split(methods, ",") {
			id := strings.ToLower(method) + " " + template
			operations[id] = func(*Call) (Reply, error) { return NoContent(), nil }
			fmt.Fprintf(&b, "    %s: {operationId: '%s', x-effect: read, x-provenance: assumed, responses: {'204': {description: Done.}}", strings.ToLower(method), id)
			if parts := strings.Split(template, "{"); len(parts) > 1 {
				b.WriteString(", parameters: [")
				for _, part := range parts[1:] {
					fmt.Fprintf(&b, "{name: %s, in: path, required: true, schema: {type: string}},", part[:strings.Index(part, "}")])
				}
				b.WriteString("]")
			}
			b.WriteString("}\n")
		}
	}
	r := &room{Provider: Provider{Name: "routed", Behaviour: Behaviour{Operations: operations}, Outward: Outward{Pages: pages}},
		load: func() (*openapi.Document, error) { return openapi.Load([]byte(b.String())) }}
	r.open()
	if r.failed != nil {
		t.Fatal(r.failed)
	}
	return r
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	r := routed(t, []Page{{Name: "payment", Path: "/pay/{id}"}},
		"GET,PATCH /orders/{number}", "GET /orders/search", "GET,POST /orders", "POST /orders/{number}/collect/", "GET /orders/{number}/lines/{line}",
		"GET /orders/special/{number}", "DELETE /files/{name}.json")
	cases := []struct {
		path  string
		want  string // the template and its variables; "" if there is nothing
		allow string
	}{
		{"/api/orders", "/api/orders", "GET,HEAD,OPTIONS,POST"},
		{"/api/orders/", "", ""},
		{"/api/orders/7", "/api/orders/{number} number=7", "GET,HEAD,OPTIONS,PATCH"},
		{"/api/orders/search", "/api/orders/search", "GET,HEAD,OPTIONS"},
		{"/api/orders/searching", "/api/orders/{number} number=searching", "GET,HEAD,OPTIONS,PATCH"},
		{"/api/orders/a%2Fb%20c", "/api/orders/{number} number=a/b c", "GET,HEAD,OPTIONS,PATCH"},
		{"/api/orders/%252F", "/api/orders/{number} number=%2F", "GET,HEAD,OPTIONS,PATCH"},
		{"/api/orders/a+b", "/api/orders/{number} number=a+b", "GET,HEAD,OPTIONS,PATCH"},
		{"/api/orders/..", "/api/orders/{number} number=..", "GET,HEAD,OPTIONS,PATCH"},
		{"/api/orders/%E2%82%AC", "/api/orders/{number} number=€", "GET,HEAD,OPTIONS,PATCH"},
		{"/api/orders/7/collect/", "/api/orders/{number}/collect/ number=7", "OPTIONS,POST"},
		{"/api/orders/7/collect", "", ""},
		{"/api/orders/7/lines/8", "/api/orders/{number}/lines/{line} line=8 number=7", "GET,HEAD,OPTIONS"},
		{"/api/orders/special/8", "/api/orders/special/{number} number=8", "GET,HEAD,OPTIONS"},
		{"/api/files/a.json", "/api/files/{name}.json name=a", "DELETE,OPTIONS"},
		{"/api/files/a.jso", "", ""},
		{"/pay/x", "page payment id=x", "GET,HEAD,OPTIONS,POST"},
		{"/orders/7", "", ""},
		{"/API/orders", "", ""},
		{"/", "", ""},
		{"", "", ""},
	}
	for _, c := range cases {
		for _, method := range []string{"GET", "BREW"} { // the method has no say in which path it is
			target, vars, ok := r.find(method, c.path)
			got := ""
			if ok {
				switch {
				case target.page != nil:
					got = "page " + target.page.Name
				default:
					for _, op := range target.methods {
						got = op.Path
					}
				}
				for _, name := range slices.Sorted(maps.Keys(vars)) {
					got += " " + name + "=" + vars[name]
				}
			}
			if got != c.want {
				t.Errorf("%s %s leads to %q, want %q", method, c.path, got, c.want)
			}
			if allow := strings.Join(target.allow(), ","); ok && allow != c.allow {
				t.Errorf("%s allows %s, want %s", c.path, allow, c.allow)
			}
		}
	}
}

func TestTheNearestOperation(t *testing.T) {
	t.Parallel()
	r := routed(t, nil, "GET,PATCH /orders/{number}", "GET,POST /orders", "POST /orders/{number}/collect/", "GET /payments/{id}")
	for request, want := range map[string]string{
		"GET /api/order/7":                    "get /orders/{number} (GET /api/orders/{number})",
		"PATCH /api/order/7":                  "patch /orders/{number} (PATCH /api/orders/{number})",
		"POST /api/orders/7/collect":          "post /orders/{number}/collect/ (POST /api/orders/{number}/collect/)",
		"POST /api/orders/":                   "post /orders (POST /api/orders)",
		"GET /orders":                         "get /orders (GET /api/orders)",
		"GET /api/payment/7":                  "get /payments/{id} (GET /api/payments/{id})",
		"DELETE /":                            "get /orders (GET /api/orders)",
		"GET /api" + strings.Repeat("/x", 99): "",
		"GET /" + strings.Repeat("x", 9999):   "",
	} {
		method, path, _ := strings.Cut(request, " ")
		if got := r.nearest(method, path); got != want && want != "" || got == "" { // whatever is sent, something is nearest
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
}

func TestDocumentAndRoomHaveToAgree(t *testing.T) {
	t.Parallel()
	handler := func(*Call) (Reply, error) { return NoContent(), nil }
	type handlers = map[string]Handler
	cases := map[string]struct {
		profile string
		do      Behaviour
		says    []string
	}{
		"agreed":                               {"", Behaviour{Operations: handlers{"get /a": handler}, Declined: map[string]string{"get /b": "why"}}, nil},
		"an operation without a handler":       {"", Behaviour{Operations: handlers{"get /a": handler}}, []string{"get /b"}},
		"both a handler and a reason":          {"", Behaviour{Operations: handlers{"get /a": handler, "get /b": handler}, Declined: map[string]string{"get /b": "why"}}, []string{"get /b"}},
		"a handler without an operation":       {"", Behaviour{Operations: handlers{"get /a": handler, "get /b": handler, "get /c": handler}}, []string{"get /c"}},
		"a reason without an operation":        {"", Behaviour{Operations: handlers{"get /a": handler, "get /b": handler}, Declined: map[string]string{"get /d": "why"}}, []string{"get /d"}},
		"all of it at once":                    {"", Behaviour{Operations: handlers{"get /c": handler}}, []string{"get /a", "get /b", "get /c"}},
		"a profile's own handler":              {"p", Behaviour{Operations: handlers{"get /a": handler, "get /z": handler}, Profiles: map[string]handlers{"p": {"get /b": handler}}}, nil},
		"a profile's handler without its like": {"p", Behaviour{Operations: handlers{"get /a": handler, "get /b": handler}, Profiles: map[string]handlers{"p": {"get /z": handler}}}, []string{"get /z"}},
	}
	document := routed(t, nil, "GET /a", "GET /b").document
	badTimer := cases["agreed"]
	badTimer.do.Timers, badTimer.says = map[string]func(*world.Tx, world.Timer) error{"a/slash": nil}, []string{"a/slash"}
	cases["a timer that a world does not take"] = badTimer
	for name, c := range cases {
		r := &room{Provider: Provider{Name: "r", Behaviour: c.do}, profile: c.profile, load: func() (*openapi.Document, error) { return document, nil }}
		r.open()
		if (len(c.says) == 0) != (r.failed == nil) {
			t.Errorf("%s: %v", name, r.failed)
		}
		for _, say := range c.says {
			if !strings.Contains(fmt.Sprint(r.failed), say) {
				t.Errorf("%s: the failure does not say %q: %v", name, say, r.failed)
			}
		}
	}
}
