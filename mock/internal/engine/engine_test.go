package engine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/page"
	"understudy/mock/internal/world"
)

// toyDocument is the smallest API with state: a counter that can be raised to three, and whose fourth raise is declined.
const toyDocument = `
openapi: 3.0.3
info: {title: Toy, version: "1"}
servers: [{url: /api}]
x-refusals:
  "404": {$ref: '#/components/responses/Refusal'}
  "405": {$ref: '#/components/responses/Refusal'}
  "429": {$ref: '#/components/responses/Refusal'}
security: [{key: []}]
paths:
  /counters/{name}:
    parameters:
      - {name: name, in: path, required: true, schema: {type: string}, example: a}
    get:
      operationId: getCounter
      x-effect: read
      x-provenance: assumed
      responses:
        "200": {$ref: '#/components/responses/Counter'}
        "401": {$ref: '#/components/responses/Refusal'}
        "403": {$ref: '#/components/responses/Refusal'}
        "500": {$ref: '#/components/responses/Refusal'}
    post:
      operationId: raiseCounter
      x-effect: write
      x-provenance: assumed
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [by], properties: {by: {type: integer, minimum: 1}, explode: {type: boolean}}}
            example: {by: 1}
      responses:
        "200": {$ref: '#/components/responses/Counter'}
        "400": {$ref: '#/components/responses/Refusal'}
        "401": {$ref: '#/components/responses/Refusal'}
        "403": {$ref: '#/components/responses/Refusal'}
        "409": {$ref: '#/components/responses/Refusal'}
        "413": {$ref: '#/components/responses/Refusal'}
        "415": {$ref: '#/components/responses/Refusal'}
        "422": {$ref: '#/components/responses/Refusal'}
        "500": {$ref: '#/components/responses/Refusal'}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  responses:
    Counter:
      description: The counter.
      content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer, maximum: 50}, link: {type: string}}}, example: {n: 7}}}
    Refusal:
      description: Why not.
      content: {application/json: {schema: {type: object, required: [error], properties: {error: {type: string}}}, example: {error: no}}}
`

type tally struct {
	N    int    `json:"n"`
	Link string `json:"link"`
}

func (t *tally) Clone() *tally { c := *t; return &c }

var tallies = world.Kind[*tally]{Name: "tally"}

func toy() engine.Provider {
	get := func(c *engine.Call) (engine.Reply, error) {
		t, ok := tallies.Get(c.Tx, c.Vars["name"])
		if !ok {
			return engine.Reply{}, engine.Refuse(engine.NotFound, "there is no counter %q", c.Vars["name"])
		}
		return engine.OK(tally{t.N, c.Link("/page/" + c.Vars["name"])}), nil
	}
	raise := func(c *engine.Call) (engine.Reply, error) {
		var in struct {
			By      int
			Explode bool
		}
		if err := c.Into(&in); err != nil {
			return engine.Reply{}, err
		}
		t, ok := tallies.Edit(c.Tx, c.Vars["name"])
		if !ok {
			t = &tally{}
			tallies.Put(c.Tx, c.Vars["name"], t)
		}
		t.N += in.By
		if c.Scenario() == checkout.Declined {
			t.N = 4
		}
		switch {
		case in.Explode:
			panic("boom")
		case in.By == 13:
			return engine.Reply{}, engine.Refuse(engine.Conflict, "not thirteen")
		case t.N > 3:
			t.N = 99
			return engine.Reply{Status: 422, Body: map[string]string{"error": "declined"}}, nil
		}
		c.Tx.At("clear", c.Vars["name"], c.Tx.Now().Add(2*time.Minute))
		return get(c)
	}
	settle := func(tx *world.Tx, payment string, outcome checkout.Outcome) error {
		t, _ := tallies.Edit(tx, payment)
		t.N = map[checkout.Outcome]int{checkout.Approve: 50, checkout.Pend: 3}[outcome] // 0 otherwise
		if t.N == 0 {
			t.N = 20
		}
		return nil
	}
	return engine.Provider{
		Name: "toy", Title: "Toy",
		Dialect: engine.Dialect{DefaultTenant: "main", Phrase: func(c *engine.Call, e *engine.Error) engine.Reply {
			return engine.Reply{Status: e.Status(), Body: map[string]string{"error": e.Message}}
		}},
		Behaviour: engine.Behaviour{
			Operations: map[string]engine.Handler{"getCounter": get, "raiseCounter": raise},
			Timers: map[string]func(*world.Tx, world.Timer) error{"clear": func(tx *world.Tx, t world.Timer) error {
				tallies.Delete(tx, t.ID)
				return nil
			}},
			Settle: settle,
		},
		Story: engine.Story{Kinds: []world.AnyKind{tallies}},
		Outward: engine.Outward{Pages: []engine.Page{{Name: "payment", Path: "/page/{name}", View: func(c *engine.Call) (page.View, error) {
			t, ok := tallies.Get(c.Tx, c.Vars["name"])
			if !ok {
				return page.View{}, engine.Refuse(engine.NotFound, "no such link")
			}
			v := page.View{Title: "Pay <now>", Payment: c.Vars["name"], Return: "https://shop.test/back?x=1", Card: true, Status: strconv.Itoa(t.N)}
			if t.N < 10 {
				v.Stage = page.Pay
			}
			return v, nil
		}, Script: &checkout.Script{
			Code: "123456", Settle: settle,
			Choose: func(_ *world.Tx, _ string, with checkout.Instrument) checkout.Scenario {
				if with.Card == "4000000000000002" {
					return checkout.Declined
				}
				return checkout.Challenge
			},
		}}}},
	}
}

// start serves the toy and returns a caller: method, path, body, then "Name: value" headers; it answers status, body and the header.
func start(t *testing.T, o engine.Options) (*engine.Engine, func(method, path, body string, headers ...string) (int, string, http.Header)) {
	t.Helper()
	o.Seed, o.Start, o.Frozen = "seed", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), true
	e := engine.New(o)
	e.Serve(engine.Room{Provider: toy(), Load: func() (*openapi.Document, error) { return openapi.Load([]byte(toyDocument)) }})
	if err := e.Ready(context.Background()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	t.Cleanup(func() { server.Close(); e.Close() })
	return e, func(method, path, body string, headers ...string) (int, string, http.Header) {
		t.Helper()
		r, _ := http.NewRequest(method, server.URL+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("Content-Type", "application/json")
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			if r.Header.Set(name, value); name == "Host" {
				r.Host = value
			}
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(text), answer.Header
	}
}

func TestLifeOfARequest(t *testing.T) {
	t.Parallel()
	const raise = "/toy/api/counters/a"
	cases := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		text                     string
	}{
		{"a call is answered and changes the world", "POST", raise, `{"by":1}`, nil, 200, `"n":1`},
		{"a later call sees the change", "GET", raise, ``, nil, 200, `"n":1`},
		{"a refusal keeps nothing", "POST", raise, `{"by":13}`, nil, 409, `not thirteen`},
		{"so the state is as before", "GET", raise, ``, nil, 200, `"n":1`},
		{"a panic keeps nothing and is answered", "POST", raise, `{"by":1,"explode":true}`, nil, 500, `broke`},
		{"so the state is as before", "GET", raise, ``, nil, 200, `"n":1`},
		{"double slashes fold", "GET", "//toy//api/counters/a", ``, nil, 200, `"n":1`},
		{"HEAD runs GET", "HEAD", raise, ``, nil, 200, ``},
		{"another world knows nothing of it", "GET", "/w/other" + raise, ``, nil, 404, `no counter`},
		{"a header names a world too", "GET", raise, ``, []string{"Understudy-World: other"}, 404, `no counter`},
		{"so does the host", "GET", "/api/counters/a", ``, []string{"Host: shop.other.toy.localhost:80"}, 404, `no counter`},
		{"a host names a tenant", "GET", "/api/counters/a", ``, []string{"Host: main.toy.localhost"}, 200, `http://main.toy.localhost/page/a`},
		{"so does the path, and its links keep it", "GET", "/t/main/toy/api/counters/a", ``, nil, 200, `/t/main/toy/page/a`},
		{"another tenant knows nothing of it", "GET", "/toy/api/counters/a", ``, []string{"Understudy-Tenant: other"}, 404, `no counter`},
		{"a bad world's name is refused", "GET", "/w/Bad_Name" + raise, ``, nil, 400, `lower-case`},
		{"an unknown path names the nearest operation", "GET", "/toy/api/countersz/a", ``, nil, 404, `nearest is getCounter`},
		{"an unknown room is a problem", "GET", "/nowhere", ``, nil, 404, `/toy`},
		{"a wrong method is told which are right", "PUT", raise, ``, nil, 405, `POST`},
		{"no credential", "GET", raise, ``, []string{"Authorization: "}, 401, `missing`},
		{"another scheme", "GET", raise, ``, []string{"Authorization: Token x"}, 401, `Bearer`},
		{"the expired credential", "GET", raise, ``, []string{"Authorization: Bearer expired"}, 401, `expired`},
		{"the credential without scope", "GET", raise, ``, []string{"Authorization: Bearer no-scope"}, 403, `permit`},
		{"a missing member is named", "POST", raise, `{}`, nil, 400, `/by is missing`},
		{"a wrong type is named, and what is right", "POST", raise, `{"by":"1"}`, nil, 400, `an integer would be right`},
		{"a number beyond its bound", "POST", raise, `{"by":0}`, nil, 400, `/by`},
		{"no JSON", "POST", raise, `{"by":`, nil, 400, `not JSON`},
		{"trailing bytes", "POST", raise, `{"by":1} x`, nil, 400, `not JSON|goes on`},
		{"invalid UTF-8", "POST", raise, "{\"by\":1,\"x\":\"\xff\"}", nil, 400, `UTF-8`},
		{"a huge number", "POST", raise, `{"by":1e999}`, nil, 400, `/by`},
		{"no body", "POST", raise, ``, nil, 400, `body is missing`},
		{"another media type", "POST", raise, `by=1`, []string{"Content-Type: text/plain"}, 415, `application/json`},
		{"a body beyond the bound", "POST", raise, strings.Repeat(" ", 3<<20), nil, 413, `larger`},
		{"a forced answer", "POST", raise, ``, []string{"Prefer: code=409"}, 409, `"error":"no"`},
		{"a forced answer by query", "GET", raise + "?__code=200", ``, nil, 200, `"n":7`},
		{"a forced answer that is not declared", "GET", raise, ``, []string{"Prefer: code=418"}, 400, `not declared`},
		{"a decline is an outcome", "POST", raise, `{"by":9}`, nil, 422, `declined`},
		{"and is kept, so our answer breaks the document", "GET", raise, ``, nil, 200, `"n":99`},
		{"options", "OPTIONS", raise, ``, nil, 204, ``},
	}
	for _, twice := range []bool{false, true} {
		e, call := start(t, engine.Options{Twice: twice})
		for _, c := range cases {
			status, text, header := call(c.method, c.path, c.body, c.headers...)
			found := false
			for _, want := range strings.Split(c.text, "|") {
				found = found || strings.Contains(text, want)
			}
			if status != c.status || !found {
				t.Errorf("%s: answered %d %s, want %d with %s", c.name, status, text, c.status, c.text)
			}
			if header.Get("Understudy-Exchange") == "" && !strings.Contains(c.name, "room") && !strings.Contains(c.name, "bad world") {
				t.Errorf("%s: the answer names no exchange", c.name)
			}
		}
		u, _ := e.Known("default")
		exchanges := u.Journal.Find(nil)
		if last := exchanges[len(exchanges)-2]; len(last.Violations) != 1 || !strings.Contains(last.Violations[0], "/n") {
			t.Errorf("the journal does not hold the violation: %q", last.Violations)
		}
	}
}

// TestJourneys walks a customer through a page: each step is what they press and what the page then says or where it sends them.
func TestJourneys(t *testing.T) {
	t.Parallel()
	const back = "→ https://shop.test/back?x=1"
	type step struct{ form, want string }
	code := func(c string) string { return "event=authenticate&otp=" + c }
	const pay = "event=pay&card-number=4242-4242+42424242"
	journeys := map[string][]step{
		"a challenge, passed":          {{pay, "ends in 4242"}, {code("123456"), back}},
		"a wrong code, then the right": {{pay, "one-time"}, {code("000000"), "2 more"}, {code("123456"), back}},
		"three wrong codes":            {{pay, "one-time"}, {code("1"), "2 more"}, {code("2"), "1 more"}, {code("3"), back}},
		"a code sent again":            {{pay, "one-time"}, {"event=resend", "sent 2 times"}},
		"a challenge that fails":       {{pay, "one-time"}, {"event=fail_authentication", back}},
		"back from the challenge":      {{pay, "one-time"}, {"event=cancel", "Card number"}},
		"a challenge no code passes":   {{pay + "&scenario=challenge_failed", "one-time"}, {code("123456"), "2 more"}},
		"another end of a challenge":   {{pay, "one-time"}, {"event=authenticate&scenario=declined", back}},
		"a challenge asked to fail":    {{pay, "one-time"}, {"event=authenticate&scenario=challenge_failed", back}},
		"a challenge that hangs":       {{pay, "one-time"}, {"event=authenticate&scenario=pending_then_declined", back}, {code("123456"), "400|nothing more"}},
		"no end of a challenge":        {{pay, "one-time"}, {"event=authenticate&otp=123456&scenario=frictionless", "no way for a challenge"}},
		"a card that is declined":      {{"event=pay&card-number=4000000000000002", back}},
		"no card at all":               {{"event=pay&card-number=1234", "not a card number"}},
		"no UPI id":                    {{"event=pay&method=upi&upi=nobody", "not a UPI id"}},
		"a scenario without a card":    {{"event=pay&scenario=frictionless", back}},
		"a bank that says later":       {{pay + "&scenario=pending_then_approved", back}, {"event=pay", "400|nothing more"}},
		"declined":                     {{"event=decline", back}, {"event=decline", "400|nothing more"}},
		"left":                         {{"event=abandon", back}},
		"a button of another page":     {{"event=authenticate", "400|no button"}},
		"no button":                    {{"event=steal", "400|no button"}},
		"an unknown scenario":          {{pay + "&scenario=theft", "no scenario"}},
	}
	for name, steps := range journeys {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, call := start(t, engine.Options{Twice: true})
			call("POST", "/toy/api/counters/a", `{"by":1}`)
			for i, s := range steps {
				status, text, header := call("POST", "/toy/page/a", s.form)
				if to := header.Get("Location"); strings.HasSuffix(to, "/toy/page/a") {
					status, text, _ = call("GET", "/toy/page/a", "")
				} else if to != "" {
					text = "→ " + to
				}
				if status >= 400 {
					text = strconv.Itoa(status) + " " + text
				}
				for _, want := range strings.Split(s.want, "|") {
					if !strings.Contains(text, want) {
						t.Fatalf("step %d, %s: %s; want %s", i+1, s.form, text, s.want)
					}
				}
			}
		})
	}
}

func TestABankThatSaysLater(t *testing.T) {
	t.Parallel()
	e, call := start(t, engine.Options{Twice: true})
	call("POST", "/toy/api/counters/a", `{"by":1}`)
	call("POST", "/toy/page/a", "event=pay&scenario=pending_then_approved")
	u, _ := e.Known("default")
	if _, err := u.Advance(time.Minute - time.Second); err != nil {
		t.Fatal(err)
	}
	if _, text, _ := call("GET", "/toy/page/a", ""); !strings.Contains(text, `data-testid="status">3<`) {
		t.Errorf("before the bank says: %s", text)
	}
	u.Advance(time.Second)
	if _, text, _ := call("GET", "/toy/page/a", ""); !strings.Contains(text, `data-testid="status">50<`) {
		t.Errorf("once it has said: %s", text)
	}
}

func TestPagesKeepBrowsersSafe(t *testing.T) {
	t.Parallel()
	_, call := start(t, engine.Options{DenyFraming: true})
	call("POST", "/toy/api/counters/a", `{"by":1}`)
	status, text, header := call("GET", "/toy/page/a", "")
	if status != 200 || !strings.Contains(text, "Pay &lt;now&gt;") {
		t.Errorf("the page: %d %s", status, text)
	}
	for _, want := range []string{"default-src 'none'", "form-action 'self' https://shop.test;", "frame-ancestors 'none'"} {
		if !strings.Contains(header.Get("Content-Security-Policy"), want) {
			t.Errorf("the policy lacks %s: %s", want, header.Get("Content-Security-Policy"))
		}
	}
	if status, _, _ := call("GET", "/toy/page/none", ""); status != 404 {
		t.Errorf("a dead link: %d", status)
	}
}

func TestTimersFireWhenTimeMoves(t *testing.T) {
	t.Parallel()
	e, call := start(t, engine.Options{})
	call("POST", "/toy/api/counters/a", `{"by":1}`)
	u, _ := e.Known("default")
	if _, err := u.Advance(119 * time.Second); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := call("GET", "/toy/api/counters/a", ""); status != 200 {
		t.Errorf("before it is due: %d", status)
	}
	if _, err := u.Advance(time.Second); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := call("GET", "/toy/api/counters/a", ""); status != 404 {
		t.Errorf("once it is due: %d", status)
	}
}

func TestAHandlerNeedsAnOperation(t *testing.T) {
	t.Parallel()
	p := toy()
	p.Operations["noSuchThing"] = p.Operations["getCounter"]
	delete(p.Operations, "getCounter")
	e := engine.New(engine.Options{})
	e.Serve(engine.Room{Provider: p, Load: func() (*openapi.Document, error) { return openapi.Load([]byte(toyDocument)) }})
	err := e.Ready(context.Background())
	if err == nil || !strings.Contains(err.Error(), "noSuchThing") || !strings.Contains(err.Error(), "getCounter") {
		t.Errorf("Ready: %v", err)
	}
}

func TestWorldsAreMadeWithinBounds(t *testing.T) {
	t.Parallel()
	e, _ := start(t, engine.Options{MaxWorlds: 2})
	at := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	steps := []struct {
		name  string
		start time.Time
		kind  engine.Kind // of the refusal; "" if it is made
	}{
		{"Bad_Name", time.Time{}, engine.Invalid},
		{"a", at(12026), engine.Invalid},
		{"a", at(1969), engine.Invalid},
		{"a", at(2030), ""},
		{"a", at(2031), engine.Conflict},
		{"b", time.Time{}, ""},
		{"c", time.Time{}, engine.Throttled},
	}
	for _, s := range steps {
		u, err := e.Create(s.name, "", s.start, false)
		var refusal *engine.Error
		switch {
		case s.kind != "" && (!errors.As(err, &refusal) || refusal.Kind != s.kind):
			t.Errorf("%s from %s: %v, want %s", s.name, s.start, err, s.kind)
		case s.kind == "" && (err != nil || u.Seed() != "seed/"+s.name):
			t.Errorf("%s from %s: %v", s.name, s.start, err)
		}
	}
	a, _ := e.Known("a")
	b, _ := e.Known("b")
	if ac, bc := a.Clock(), b.Clock(); !ac.Start.Equal(at(2030)) || ac.Frozen || !bc.Start.Equal(at(2026)) || !bc.Frozen {
		t.Errorf("clocks: %+v, %+v", ac, bc)
	}
	if !e.Delete("a") || e.Delete("a") {
		t.Error("deleting")
	}
	if _, err := e.Universe("c"); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	if _, ok := e.Known("a"); ok || len(e.Universes()) != 2 {
		t.Error("a is still known")
	}
}

func TestWhoeverSettlesAPaymentEndsItsJourney(t *testing.T) {
	t.Parallel()
	e, call := start(t, engine.Options{Twice: true})
	call("POST", "/toy/api/counters/a", `{"by":1}`)
	call("POST", "/toy/page/a", "event=pay&scenario=pending_then_approved")
	if err := e.Settle("default", world.Place{Provider: "toy", Tenant: "main"}, "a", checkout.Decline); err != nil {
		t.Fatal(err)
	}
	u, _ := e.Known("default")
	if u.Advance(time.Minute); u.Count()["journey"] != 0 {
		t.Error("the journey goes on")
	}
	if _, text, _ := call("GET", "/toy/page/a", ""); !strings.Contains(text, `data-testid="status">20<`) {
		t.Errorf("the bank answered after all: %s", text)
	}
}
