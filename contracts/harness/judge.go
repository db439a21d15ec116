package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"understudy/contracts/harness/document"
)

// regexCache keeps compiled patterns for libopenapi-validator.
type regexCache struct{ sync.Map }

// Judge holds answers to a document. It is safe for use by several goroutines at once.
type Judge struct {
	Document *document.Document
	Strict   bool // members that the document does not name are findings
	Whole    bool // and so are those that it names and an answer leaves out, required or not; its headers too

	kin        *kin
	libopenapi *libopenapi
	readers    []reader // both
	mu         sync.Mutex
	known      map[string]int           // disagreements that were met, by name
	needed     map[int]bool             // lines of the properties and headers whose x-absent was needed
	ending     map[*document.Media]bool // whether a body tells an end that has a lifetime
}

// NewJudge makes a judge of a document. It fails if one of the readers cannot read it.
func NewJudge(d *document.Document) (*Judge, error) {
	k, err := newKin(d)
	if err != nil {
		return nil, err
	}
	l := newLibopenapi(d)
	return &Judge{Document: d, kin: k, libopenapi: l, readers: []reader{k, l}, known: map[string]int{}, needed: map[int]bool{}, ending: map[*document.Media]bool{}}, nil
}

// Judge lists what is wrong with an exchange's answer, by the document alone. Exchange.Operation says what it is held to; if it is empty, it is held to what
// the document says of requests that meet no operation.
func (j *Judge) Judge(x Exchange, cover *Coverage) []Finding {
	if x.Response.Status == 0 {
		return []Finding{{Rule: RuleNoAnswer, Message: "no answer came: " + x.Error, Exchange: -1}}
	}
	c := &trial{judge: j, exchange: x}
	if x.Operation != "" {
		if c.op = j.Document.Operation(x.Operation); c.op == nil {
			return []Finding{{Rule: RuleStatus, Message: fmt.Sprintf("the document has no operation %q", x.Operation), Exchange: -1}}
		}
	}
	c.hear()
	if cover != nil && c.op != nil && c.response != nil {
		c.touch(cover)
	}
	for i := range c.findings {
		c.place(&c.findings[i])
	}
	return c.findings
}

// trial is one exchange before the judge.
type trial struct {
	judge    *Judge
	exchange Exchange
	op       *document.Operation
	response *document.Response
	media    *document.Media
	value    any
	findings []Finding
}

func (c *trial) find(rule, in, pointer, format string, args ...any) {
	c.findings = append(c.findings, Finding{Rule: rule, In: in, Pointer: pointer, Message: fmt.Sprintf(format, args...), Readers: []string{readerOwn}, Exchange: -1})
}

func (c *trial) hear() {
	status, list := c.exchange.Response.Status, c.judge.Document.Refusals
	if c.op != nil {
		list = c.op.Responses
	}
	if c.op != nil {
		c.response = c.op.Response(status)
	} else {
		c.response = c.judge.Document.Refusal(status)
	}
	if c.response == nil {
		c.find(RuleStatus, "status", "", "it answers %d; declared are %s", status, statuses(list))
		return
	}
	c.headers()
	if c.body() {
		c.ask()
	}
}

func statuses(list []*document.Response) string {
	var codes []string
	for _, r := range list {
		codes = append(codes, fmt.Sprint(r.Status))
	}
	return strings.Join(codes, ", ")
}

// headers looks for what is declared, and for what a redirect needs.
func (c *trial) headers() {
	header := c.exchange.Response.Header
	for _, h := range c.response.Headers {
		if len(header.Values(h.Name)) > 0 {
			continue
		}
		if h.Required {
			c.find(RuleHeader, "header", h.Name, "the header %s is required and missing", h.Name)
		} else if c.judge.Whole {
			c.unsent(h)
		}
	}
	if status := c.exchange.Response.Status; status >= 300 && status < 400 && status != http.StatusNotModified {
		if u, err := url.Parse(header.Get("Location")); err != nil || header.Get("Location") == "" || u.Scheme != "" && u.Host == "" {
			c.find(RuleLocation, "header", "Location", "a redirect to %q leads nowhere", header.Get("Location"))
		}
	}
}

// body looks at the bytes; it tells whether they can be put to the readers.
func (c *trial) body() bool {
	answer := c.exchange.Response
	if c.exchange.Request.Method == http.MethodHead || answer.Status == http.StatusNoContent || answer.Status == http.StatusNotModified || len(c.response.Media) == 0 {
		if len(answer.Body) > 0 {
			c.find(RuleUnwanted, "body", "", "there must be no body, and there are %d bytes", len(answer.Body))
		}
		return false
	}
	contentType := answer.Header.Get("Content-Type")
	if c.media = c.response.Content(contentType); c.media == nil {
		c.find(RuleMedia, "header", "Content-Type", "it is of type %q; declared is %s", contentType, mediaOf(c.response))
		return false
	}
	if !document.IsJSON(c.media.Type) {
		return true
	}
	value, rest, err := decoded(answer.Body)
	switch {
	case err != nil:
		c.find(RuleBody, "body", "", "it is no JSON: %v", err)
		return false
	case rest > 0:
		c.find(RuleTrailing, "body", "", "%d bytes follow the JSON value", rest)
		c.exchange.Response.Body = document.Written(value) // the readers differ about what follows; it has been judged
	}
	c.value = value
	c.linkage()
	c.echoes()
	if c.judge.Strict {
		c.undeclared()
	}
	if c.judge.Whole {
		c.absent()
	}
	return true
}

func mediaOf(r *document.Response) string {
	var names []string
	for _, m := range r.Media {
		names = append(names, m.Type)
	}
	return strings.Join(names, ", ")
}

// decoded reads one JSON value and counts what follows it, other than white space.
func decoded(body []byte) (value any, rest int, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		return nil, 0, err
	}
	return value, len(bytes.TrimSpace(body[d.InputOffset():])), nil
}

func (c *trial) undeclared() {
	document.Visit{Undeclared: func(pointer string, within *document.Schema) {
		c.find(RuleUndeclared, "body", pointer, "the document does not name %s", pointer)
	}}.Walk(c.media.Schema, c.value)
}

// ask puts the answer to both readers. What both object to is a finding; what only one objects to is a disagreement.
func (c *trial) ask() {
	method := c.exchange.Request.Method
	if c.op == nil {
		method = http.MethodGet // the stand-in for requests that meet no operation has no methods of people's own invention
	}
	request, err := http.NewRequest(method, c.exchange.Request.URL, nil)
	if err != nil { // a recording's URL may be anything
		request, _ = http.NewRequest(http.MethodGet, "http://localhost/", nil)
		request.Method = method
	}
	a := c.exchange.Response
	q := question{op: c.op, status: a.Status, header: a.Header, body: a.Body, request: request, response: c.response}
	var said [2][]objection
	for i, r := range c.judge.readers {
		said[i] = r.object(q)
	}
	if (len(said[0]) == 0) == (len(said[1]) == 0) {
		c.agree(said)
		return
	}
	for i, objections := range said {
		for _, o := range objections {
			if !c.judge.excused(c, c.judge.readers[i].name(), o) {
				c.findings = append(c.findings, Finding{Rule: RuleDisagreement, In: o.in, Pointer: o.pointer, Exchange: -1, Readers: []string{c.judge.readers[i].name()},
					Message: fmt.Sprintf("%s says: %s; %s passes it", c.judge.readers[i].name(), o.message, c.judge.readers[1-i].name())})
			}
		}
	}
}

// agree keeps each place to which somebody objects once, in the words of who speaks first.
func (c *trial) agree(said [2][]objection) {
	for i, objections := range said {
		name := c.judge.readers[i].name()
		for _, o := range objections {
			rule := RuleBody
			if o.in == "header" {
				rule = RuleHeader
			}
			same := func(f Finding) bool { return f.Rule == rule && f.In == o.in && strings.EqualFold(f.Pointer, o.pointer) }
			if at := slices.IndexFunc(c.findings, same); at >= 0 {
				if f := &c.findings[at]; !slices.Contains(f.Readers, name) {
					f.Readers = append(f.Readers, name)
				}
				continue
			}
			c.findings = append(c.findings, Finding{Rule: rule, In: o.in, Pointer: o.pointer, Message: o.message, Readers: []string{name}, Exchange: -1})
		}
	}
}

// touch counts what the answer shows.
func (c *trial) touch(cover *Coverage) {
	cell := Cell{Provider: c.judge.Document.Provider, Operation: c.op.ID, Status: c.exchange.Response.Status}
	if c.media != nil {
		cell.Media = c.media.Type
	}
	cover.Touch(cell, c.exchange.Shape)
	if c.value == nil || c.media.Schema == nil {
		return
	}
	seen := map[string]bool{}
	document.Visit{Declared: func(_, property string, _ *document.Schema, _ any) {
		if !seen[property] {
			seen[property] = true
			cell.Property = property
			cover.Touch(cell, c.exchange.Shape)
		}
	}}.Walk(c.media.Schema, c.value)
}

// Expect names all answers, and all their properties, that the document declares.
func (j *Judge) Expect(cover *Coverage) {
	for _, op := range j.Document.Operations {
		for _, r := range op.Responses {
			cell := Cell{Provider: j.Document.Provider, Operation: op.ID, Status: r.Status}
			if len(r.Media) == 0 {
				cover.Expect(cell, r.Provenance)
			}
			for _, m := range r.Media {
				cell.Media, cell.Property = m.Type, ""
				cover.Expect(cell, r.Provenance)
				m.Schema.EachProperty(func(pointer string, p *document.Schema) {
					cell.Property = pointer
					cover.Expect(cell, p.Provenance)
				})
			}
		}
	}
}
