package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// life is what happens to a request, in order. A stage that returns an error ends in that refusal; one that sets c.done has answered.
// Faults have their place twice: before validate, and after handle has committed ("paid, but the reply was lost").
var life = []struct {
	name string
	do   func(*Engine, *Call) error
}{
	{"match", (*Engine).match},
	{"admit", (*Engine).admit},
	{"receive", (*Engine).receive},
	{"force", (*Engine).force},
	{"recall", (*Engine).recall},
	{"authenticate", (*Engine).authenticate},
	{"validate", (*Engine).validate},
	{"handle", (*Engine).handle},
}

// Answer carries a request through its life. The answer is complete and in the journal; nothing has been sent.
func (e *Engine) Answer(r *http.Request) *Answer {
	c, err := e.address(r)
	if c == nil {
		return cmp.Or(e.front(r), e.astray(err))
	}
	for _, stage := range life {
		if err != nil || c.done {
			break
		}
		err = stage.do(e, c)
	}
	if err != nil {
		c.refusal = asRefusal(err)
		c.locate(c.refusal.Problems)
		c.reply = e.phrase(c, c.refusal)
	}
	a := e.encode(c)
	e.check(c, a)
	if c.room.Outside {
		e.complain(c, a)
	} else {
		e.record(c, a)
	}
	return a
}

// locate adds to what a room found wrong where the document speaks of it.
func (c *Call) locate(problems []openapi.Problem) {
	for i := range problems {
		if p := &problems[i]; p.Line == 0 && c.Operation != nil {
			p.Line = c.Operation.LineOf(*p)
		}
	}
}

// address finds the world and the room. Without a room there is nobody to answer: the call is nil.
func (e *Engine) address(r *http.Request) (*Call, error) {
	a := resolve(r, func(name string) bool { return e.rooms[name] != nil })
	room := e.rooms[a.room]
	if room == nil {
		return nil, Refuse(NotFound, "no path here begins with %q; these do: /%s", r.URL.Path, strings.Join(e.order, ", /"))
	}
	room.open()
	if room.failed != nil {
		return nil, &Error{Kind: Internal, Message: room.failed.Error(), cause: room.failed}
	}
	u, err := e.Universe(a.world)
	if refusal := (*Error)(nil); errors.As(err, &refusal) && refusal.Kind == Invalid {
		refusal.Message += "; the world is named by /w/{world} in the path, by the host, or by the header Understudy-World"
	}
	if err != nil {
		return nil, err
	}
	if room.Outside { // its document says where it is, from the host's root
		a.path = "/" + a.room + cmp.Or(a.path, "/")
	}
	c := &Call{
		room: room, world: u, request: r, Profile: room.profile, Header: r.Header, Path: a.path, label: a.tenant,
		Method: r.Method, Place: world.Place{Provider: room.Name}, base: e.Origin(r) + a.prefix(e.options.PublicURL != ""),
	}
	if c.Method == http.MethodHead {
		c.Method = http.MethodGet
	}
	return c, nil
}

// match finds the operation or page behind the path.
func (e *Engine) match(c *Call) error {
	t, vars, ok := c.room.find(c.Method, c.Path)
	if !ok {
		c.nearest = c.room.nearest(c.Method, c.Path)
		e.receive(c) // for the journal
		return Refuse(NotFound, "%s %s is not a path of this API; the nearest is %s", c.request.Method, c.Path, c.nearest)
	}
	c.Vars, c.page, c.Operation = vars, t.page, t.methods[c.Method]
	c.allow = t.allow()
	switch {
	case c.Method == http.MethodOptions:
		c.reply, c.done = NoContent().With("Allow", strings.Join(c.allow, ", ")), true
	case !slices.Contains(c.allow, c.request.Method):
		e.receive(c)
		return Refuse(MethodNotAllowed, "%s does not take %s; it takes %s", c.Path, c.request.Method, strings.Join(c.allow, ", "))
	}
	return nil
}

// admit turns callers away before anything of theirs is read.
func (e *Engine) admit(c *Call) error {
	if c.room.Admit == nil {
		return nil
	}
	return c.room.Admit(c)
}

// bound is how large a body may be.
func (e *Engine) bound(c *Call) int64 {
	if c.Operation != nil && c.room.MaxBody[c.Operation.ID] > 0 {
		return c.room.MaxBody[c.Operation.ID]
	}
	return e.options.MaxBody
}

// receive reads the body, once and bounded. What is beyond the bound is read off the wire, so that the sender hears the answer, and dropped.
func (e *Engine) receive(c *Call) error {
	body := c.request.Body
	if body == nil || body == http.NoBody {
		return nil
	}
	var kept bytes.Buffer
	bound := e.bound(c)
	n, err := io.Copy(&kept, io.LimitReader(body, bound+1))
	if err != nil {
		return Refuse(Invalid, "the body could not be read to its end: %v", err)
	}
	c.Body = kept.Bytes()
	if n > bound {
		c.oversized, c.Body = true, nil
		io.Copy(io.Discard, io.LimitReader(body, 64*bound))
	}
	return nil
}

// force answers from the document's examples if the caller asks for that. State is neither read nor changed.
func (e *Engine) force(c *Call) error {
	if c.page != nil {
		return nil
	}
	if err := c.readPreferences(); err != nil {
		return err
	}
	c.hold(c.prefer)
	if why, want := c.room.CannotPlay(c.Operation.ID, c.prefer.scenario); why != "" {
		return RefuseParameter("header", "Prefer", "has scenario="+string(c.prefer.scenario)+", which "+why, want)
	}
	if !c.prefer.forces() {
		return nil
	}
	reply, err := c.example(c.prefer)
	c.reply, c.done = reply, err == nil
	return err
}

// validate compares the request with the document, but for what the provider forgives.
func (e *Engine) validate(c *Call) error {
	c.Place.Tenant = e.tenant(c)
	if c.page != nil {
		return nil
	}
	takes, required := c.Operation.TakesBody()
	if c.oversized && takes {
		return Refuse(TooLarge, "the body is larger than %d bytes", e.bound(c))
	}
	if c.room.Negotiate != nil {
		if err := c.room.Negotiate(c); err != nil {
			return err
		}
	}
	problems := c.Operation.CheckParameters(c.request, c.Vars)
	if takes && len(c.Body) > 0 {
		value, broken, err := c.Operation.CheckBody(c.Header, c.Body)
		if errors.Is(err, openapi.ErrMediaType) {
			return Refuse(UnsupportedMedia, "the body's Content-Type is %q; %s is taken", c.Header.Get("Content-Type"), strings.Join(c.Operation.MediaTypes(), ", "))
		}
		c.value = value
		problems = append(problems, broken...)
	} else if required {
		problems = append(problems, openapi.Problem{In: "body", Keyword: "required", Message: "is missing", Want: "a body of " + strings.Join(c.Operation.MediaTypes(), " or ")})
	}
	if c.room.Forgive != nil {
		problems = slices.DeleteFunc(problems, func(p openapi.Problem) bool { return c.room.Forgive(c, p) })
	}
	if len(problems) > 0 {
		return refuseProblems(problems)
	}
	return checkTenant(c.Place.Tenant)
}

// tenant is whose state the request is about.
func (e *Engine) tenant(c *Call) string {
	tenant := c.label
	if c.room.Tenant != nil {
		tenant = c.room.Tenant(c)
	}
	if tenant == "" {
		tenant = c.room.DefaultTenant
	}
	return tenant
}

// Label is the tenant that the host or the Understudy-Tenant header names; "" if neither does.
func (c *Call) Label() string { return c.label }

// handle runs the handler, or the page, in one transaction. An armed rule is met here.
func (e *Engine) handle(c *Call) error {
	if c.page != nil {
		return e.handlePage(c)
	}
	if reason, declined := c.room.Declined[c.Operation.ID]; declined {
		return Refuse(NotFound, "%s is not simulated: %s", c.Operation.ID, reason)
	}
	handler, _ := c.room.handler(c.Operation.ID)
	if c.room.Outside {
		reply, err := handler(c)
		c.reply = reply
		return err
	}
	return c.transact(func() (Reply, error) { return c.carryOut(handler) })
}

func (c *Call) transact(f func() (Reply, error)) (err error) {
	c.commit, err = c.world.Update(c.Place, func(tx *world.Tx) error {
		c.Tx = tx
		defer func() { c.Tx = nil }()
		reply, err := f()
		tx.Witness(reply)
		c.reply = reply
		return err
	})
	return err
}

// phrase puts a refusal into the provider's words, or into a page's.
func (e *Engine) phrase(c *Call, refusal *Error) Reply {
	if c.page != nil {
		return e.refusalPage(c, refusal)
	}
	reply := c.room.Phrase(c, refusal)
	if refusal.Kind == MethodNotAllowed {
		reply = reply.With("Allow", strings.Join(c.allow, ", "))
	}
	return reply
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// encode makes the answer's bytes, once.
func (e *Engine) encode(c *Call) *Answer {
	a := &Answer{Status: c.reply.Status, Header: c.reply.Header.Clone(), Body: c.reply.Raw, delay: c.delay}
	if a.Header == nil {
		a.Header = http.Header{}
	}
	if c.reply.Body != nil {
		b := buffers.Get().(*bytes.Buffer)
		b.Reset()
		encoder := json.NewEncoder(b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(c.reply.Body); err != nil {
			c.refusal = &Error{Kind: Internal, Message: "the answer does not encode", cause: err}
			c.reply = e.phrase(c, c.refusal)
			return e.encode(c)
		}
		a.Body = bytes.Clone(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
		buffers.Put(b)
	}
	if len(a.Body) > 0 {
		a.Header.Set("Content-Type", c.mediaType())
	}
	if len(c.applied) > 0 {
		a.Header.Set("Preference-Applied", strings.Join(c.applied, ", "))
	}
	a.Header.Set("Date", c.world.Now().Format(http.TimeFormat))
	return a
}

func (c *Call) mediaType() string {
	switch {
	case c.reply.MediaType != "":
		return c.reply.MediaType
	case c.room.MediaType != "":
		return c.room.MediaType
	}
	return "application/json"
}

// check compares the answer's bytes with the document. A difference is our bug: it is in the journal, and tests fail on it.
func (e *Engine) check(c *Call, a *Answer) {
	if c.page != nil || c.Method == http.MethodOptions {
		return
	}
	a.violations = c.room.document.CheckAnswer(c.Operation, a.Status, a.Header, a.Body)
}
