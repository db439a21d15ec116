package engine

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// Call is one request on its way through the pipeline. Handlers read it, and act through Tx alone.
type Call struct {
	Tx        *world.Tx
	Operation *openapi.Operation
	Place     world.Place
	Principal Principal
	Profile   string            // which reading of the provider's document is served; "" is the document itself
	Method    string            // HEAD runs as GET
	Path      string            // the vendor's path, as sent but with // folded
	Vars      map[string]string // the path's variables, unescaped
	Header    http.Header
	Body      []byte

	request *http.Request
	room    *room
	world   *Universe
	page    *Page
	base    string // what a minted URL begins with
	label   string // the tenant, if the host or a header names it
	prefer  prefer
	met     *Rule // the armed rule that the call met
	played  bool  // the handler asked how the payment is to go
	query   url.Values
	value   any // the body as it was compared with the document

	oversized bool
	allow     []string
	nearest   string
	done      bool
	reply     Reply
	refusal   *Error
	commit    world.Commit
	forced    bool
	recording string // the recording that answered
	delay     time.Duration
	applied   []string
	notes     []string
}

// Principal is whom a credential stands for.
type Principal struct {
	Credential string   // as it was sent
	Subject    string   // a customer's or user's id
	Kind       string   // sales_channel, anonymous, …
	Tenant     string   // whose it is, if it says so
	Scopes     []string // what it permits; nil is everything
	Claims     any      // what else the room read from it
}

// Reply is what a handler answers. Body is encoded as JSON, once, outside the transaction; Raw is sent as it is.
type Reply struct {
	Status    int
	Header    http.Header
	Body      any
	Raw       []byte
	MediaType string // default: the dialect's
}

// OK answers 200.
func OK(body any) Reply { return Reply{Status: http.StatusOK, Body: body} }

// Created answers 201.
func Created(body any) Reply { return Reply{Status: http.StatusCreated, Body: body} }

// NoContent answers 204.
func NoContent() Reply { return Reply{Status: http.StatusNoContent} }

// With adds a header.
func (r Reply) With(name, value string) Reply {
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set(name, value)
	r.Header = header
	return r
}

// Link makes a URL of a path below the provider, as the caller reaches it. State keeps paths only.
func (c *Call) Link(path string) string { return c.base + path }

// LinkHere is Link for a provider whose requests name their tenant where a link cannot carry it, as a token does: the link's path names it then.
func (c *Call) LinkHere(path string) string {
	if c.label != "" || c.Place.Tenant == "" || c.Place.Tenant == c.room.DefaultTenant {
		return c.Link(path)
	}
	return strings.TrimSuffix(c.base, "/"+c.room.Name) + "/t/" + url.PathEscape(c.Place.Tenant) + "/" + c.room.Name + path
}

// Query is the request's query.
func (c *Call) Query() url.Values {
	if c.query == nil {
		c.query = c.request.URL.Query()
	}
	return c.query
}

// Into reads the body, which has been compared with the document, into v. An absent body leaves v as it is.
// What is read is the value that was compared, not the bytes again: of members named twice, the one that was seen; none under another case.
func (c *Call) Into(v any) error {
	if len(c.Body) == 0 {
		return nil
	}
	body, ok := c.value.(json.RawMessage)
	if !ok {
		exact(c.value, reflect.TypeOf(v))
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(c.value); err != nil {
			return unreadable(nil, err)
		}
		body = text.Bytes()
	}
	if err := json.Unmarshal(body, v); err != nil {
		return unreadable(body, err)
	}
	return nil
}

// Now is the present of the call's world.
func (c *Call) Now() time.Time {
	if c.Tx != nil {
		return c.Tx.Now()
	}
	return c.world.Now()
}

// World is the name of the call's world.
func (c *Call) World() string { return c.world.Name() }

// Universe is the call's world itself, for handlers that act on worlds.
func (c *Call) Universe() *Universe { return c.world }

// Request is the request as net/http read it; its body has been read.
func (c *Call) Request() *http.Request { return c.request }

// Secret is a key for one purpose at the provider, the same for all its tenants, decided by the world's seed.
func (c *Call) Secret(purpose string) []byte {
	return c.world.Secret(world.Place{Provider: c.Place.Provider}, purpose)
}

// Scenario is the way that `Prefer: scenario=` or an armed rule asks this payment to go; "" if neither does. Reading it counts as applying it.
func (c *Call) Scenario() checkout.Scenario {
	scenario := c.prefer.scenario
	if scenario == "" && c.met != nil {
		scenario = c.met.Prefer.Scenario
	}
	c.played = true
	if scenario != "" {
		c.apply("scenario=" + string(scenario))
	}
	return scenario
}

func (c *Call) apply(preference string) {
	if !slices.Contains(c.applied, preference) {
		c.applied = append(c.applied, preference)
	}
}

// Note leaves a remark in the journal.
func (c *Call) Note(text string) {
	if !slices.Contains(c.notes, text) {
		c.notes = append(c.notes, text)
	}
}

// Universe is a world and what was said in it.
type Universe struct {
	*world.World
	Journal *journal.Journal
}
