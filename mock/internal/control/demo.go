package control

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
)

// The demo shop is a page that pays at the providers as a shop's page would: its script makes the calls that the rooms tell of (engine.Demo), sends the
// customer away, and is where they come back to. It changes nothing by itself, and asks the control API for a fresh order like anybody else.

//go:embed demo.html
var demoHTML string

//go:embed demo.css
var demoStyle string

//go:embed demo.js
var demoScript string

var demoPage = template.Must(template.New("demo").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(demoStyle) },
	"script": func() template.JS { return template.JS(demoScript) },
}).Parse(demoHTML))

// demoView is what the demo shop shows.
type demoView struct {
	World     string
	Ways      []demoWay
	Chosen    demoWay
	Scenario  checkout.Scenario // that was chosen, if Chosen can play it
	Back      bool              // a customer came back
	Returned  []returned
	Signature string // verified, or what is wrong with it; "" where there is none to verify
	Signed    bool
	Story     demoStory
}

// demoStory is what the script is told.
type demoStory struct {
	Control  string            `json:"control"` // what the control API's paths begin with
	Home     string            `json:"home"`    // the demo shop's own path
	Ways     []demoWay         `json:"ways"`
	Way      string            `json:"way"`
	Back     bool              `json:"back"`
	Returned map[string]string `json:"returned"` // what the browser brought, by name
}

// own are the parameters that the shop's own links carry: the way to pay, and the scenario.
var own = []string{"way", "scenario"}

// demoWay is a provider's demo with its calls made ready: paths instead of operations.
type demoWay struct {
	ID       string `json:"id"`
	Provider string `json:"provider"`
	Platform string `json:"platform"` // for people
	Tenant   string `json:"tenant"`
	engine.Demo
	Calls     []demoCall          `json:"calls"`
	After     []demoCall          `json:"after"`
	Scenarios []checkout.Scenario `json:"scenarios"` // what may be asked of it: what one of its calls plays
}

type demoCall struct {
	engine.DemoCall
	Method string `json:"method"`
	URL    string `json:"url"` // a path of this host, its {values} still to be put in
}

// returned is one parameter or field that the customer's browser brought along.
type returned struct{ Name, Value string }

// shownAtMost bounds how much of a value that came back is shown.
const shownAtMost = 300

func (c *control) showDemo(call *engine.Call) (engine.Reply, error) {
	return c.demo(call, call.Query(), call.Request().URL.RawQuery)
}

// returnToDemo is showDemo for a customer whose browser posts what the shop has to know. It changes nothing.
func (c *control) returnToDemo(call *engine.Call) (engine.Reply, error) {
	form, err := url.ParseQuery(string(call.Body))
	if err != nil {
		return engine.Reply{}, engine.RefuseField("", "does not read as a form: "+err.Error(), "name=value, joined by &")
	}
	maps.Copy(form, call.Query())
	return c.demo(call, form, "")
}

func (c *control) demo(call *engine.Call, brought url.Values, query string) (engine.Reply, error) {
	v := demoView{World: call.World()}
	for _, r := range c.engine.Rooms() {
		for _, d := range r.Demos {
			if way, ok := readyWay(r, d, c.engine.Base("", call.World(), r.Name)); ok {
				v.Ways = append(v.Ways, way)
			}
		}
	}
	for i, way := range v.Ways {
		if i == 0 || way.ID == brought.Get("way") {
			v.Chosen = way
		}
	}
	if s := checkout.Scenario(brought.Get("scenario")); slices.Contains(v.Chosen.Scenarios, s) {
		v.Scenario = s
	}
	v.comeBack(brought, query)
	base := c.engine.Base("", call.World(), Slug)
	v.Story = demoStory{base, base + "/demo", v.Ways, v.Chosen.ID, v.Back, map[string]string{}}
	for name := range brought {
		v.Story.Returned[name] = brought.Get(name)
	}
	var b bytes.Buffer
	if err := demoPage.Execute(&b, v); err != nil {
		return engine.Reply{}, err
	}
	reply := engine.Reply{Status: http.StatusOK, Raw: b.Bytes(), MediaType: "text/html; charset=utf-8"}
	return reply.With("Content-Security-Policy", demoPolicy).With("Cache-Control", "no-store").
		With("Referrer-Policy", "no-referrer").With("X-Content-Type-Options", "nosniff"), nil
}

// comeBack takes down what a customer brought along, if one came: more than what the shop's own links carry.
func (v *demoView) comeBack(brought url.Values, query string) {
	for _, name := range slices.Sorted(maps.Keys(brought)) {
		for _, value := range brought[name] {
			if len(value) > shownAtMost {
				value = strings.ToValidUTF8(value[:shownAtMost], "") + " …"
			}
			v.Returned = append(v.Returned, returned{name, value})
		}
		v.Back = v.Back || !slices.Contains(own, name)
	}
	if !v.Back || v.Chosen.Verify == nil {
		return
	}
	v.Signature, v.Signed = "verified", true
	if err := v.Chosen.Verify(query); err != nil {
		v.Signature, v.Signed = err.Error(), false
	}
}

var variable = regexp.MustCompile(`\{\w+\}`)

// readyWay finds the paths of a demo's operations; false if the profile that is served does without one of them.
func readyWay(r engine.ServedRoom, d engine.Demo, base string) (way demoWay, ok bool) {
	way = demoWay{ID: r.Name + "-" + d.Name, Provider: r.Name, Platform: r.Title, Tenant: r.DefaultTenant, Demo: d}
	ready := func(calls []engine.DemoCall) (list []demoCall) {
		for _, call := range calls {
			op := r.Document.Operation(call.Operation)
			if op == nil {
				ok = false
				continue
			}
			path := variable.ReplaceAllStringFunc(op.Path, func(name string) string { return call.Vars[strings.Trim(name, "{}")] })
			list = append(list, demoCall{call, op.Method, base + path})
			way.Scenarios = append(way.Scenarios, call.Scenarios...)
		}
		return list
	}
	ok = true
	way.Calls, way.After = ready(d.Calls), ready(d.After)
	if d.SDK != nil {
		sdk := *d.SDK
		sdk.Script = base + sdk.Script
		way.SDK = &sdk
	}
	return way, ok
}

// demoPolicy lets the page run its own script and those of this host, where the providers' stand, speak to this host, and frame its pages.
var demoPolicy = "default-src 'none'; style-src " + page.Hash(demoStyle) + "; script-src 'self' " + page.Hash(demoScript) +
	"; connect-src 'self'; frame-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
