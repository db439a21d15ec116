// Package document reads an OpenAPI document with libopenapi, for the contract suites: what can be asked, what may be answered, and where each word of that stands.
// The simulator reads the same bytes with another library and by other code; neither knows of the other.
package document

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
	"go.yaml.in/yaml/v4"

	"understudy/specs"
)

// Document is an API as its OpenAPI document describes it.
type Document struct {
	Provider   string
	Profile    string // another reading of the same API; empty: as the vendor's page has it
	File       string // as a reader of the repository finds it: specs/norce.yaml
	Title      string
	Version    string
	Operations []*Operation // by path and method
	Refusals   []*Response  // x-refusals: what answers a request that meets no operation
	Model      *v3.Document // as libopenapi has it
	Bytes      []byte       // with the overlay applied
}

// Operation is one thing that the API can be asked.
type Operation struct {
	Provider   string
	ID         string
	Method     string
	Path       string // the vendor's whole path, server path included, with {variables}
	Summary    string
	Effect     string // read, write, charge or destroy
	Provenance string
	Line       int
	Parameters []*Parameter
	Body       *Body // nil: it takes none
	Responses  []*Response
	Security   []Requirement // alternatives; none: it needs no credential
	Item       *v3.PathItem  // as libopenapi has it
	Model      *v3.Operation
	Template   string // Path without the server's part

	once   sync.Once
	things []string // see Things
}

// Requirement is the schemes of which all are needed; empty: no credential is fine too.
type Requirement []Scheme

// Scheme is how a credential is sent.
type Scheme struct {
	Name   string // in the document
	Type   string // http or apiKey
	Scheme string // of http: bearer or basic
	In     string // of apiKey: header or query
	Key    string // of apiKey: the header's or the parameter's name
	Scopes []string
}

// Parameter is a part of the request outside of its body.
type Parameter struct {
	In, Name   string
	Required   bool
	Schema     *Schema // nil for a variable of the server's path
	Media      string  // its value is text of this media type; empty if it is written plainly
	Style      string
	Explode    bool
	Example    any    // nil if there is none
	Absent     string // x-absent: what of an answer is not told because of it
	Provenance string
	Line       int
}

// Body is what an operation takes.
type Body struct {
	Required   bool
	Media      []*Media
	Provenance string
	Line       int
}

// Media is a body in one media type.
type Media struct {
	Type     string
	Schema   *Schema // nil: anything
	Examples []Example
}

// Example is a body that the document shows. A single one has no name.
type Example struct {
	Name  string
	Value any
}

// Response is one declared answer.
type Response struct {
	Status     int // 0: default
	Headers    []*Header
	Media      []*Media
	Provenance string
	Line       int
	Model      *v3.Response
}

// Header is a declared header of an answer.
type Header struct {
	Name       string
	Required   bool
	Absent     string // x-absent: when it is not sent; empty: it always is
	Schema     *Schema
	Provenance string
	Line       int
}

// Read reads a provider's document, in a profile's reading if that is not empty.
func Read(provider, profile string) (*Document, error) {
	raw, ok := specs.Document(provider)
	if !ok {
		return nil, fmt.Errorf("there is no document of %q; there are: %s", provider, strings.Join(specs.Providers(), ", "))
	}
	if profile != "" {
		overlay, ok := specs.Overlay(provider, profile)
		if !ok {
			return nil, fmt.Errorf("%s has no profile %q; it has: %s", provider, profile, cmp.Or(strings.Join(specs.Profiles(provider), ", "), "none"))
		}
		result, err := applyOverlay(raw, overlay)
		if err != nil {
			return nil, fmt.Errorf("%s.%s.overlay.yaml: %w", provider, profile, err)
		}
		raw = result.Bytes
	}
	d, err := of(provider, raw)
	if err == nil {
		d.Profile = profile
	}
	return d, err
}

// Amended reads a provider's document as an overlay changes it. An action that changes nothing is an error.
func Amended(provider string, overlay []byte) (*Document, error) {
	raw, ok := specs.Document(provider)
	if !ok {
		return nil, fmt.Errorf("there is no document of %q; there are: %s", provider, strings.Join(specs.Providers(), ", "))
	}
	result, err := applyOverlay(raw, overlay)
	if err != nil {
		return nil, fmt.Errorf("the overlay of %s: %w", provider, err)
	}
	for _, w := range result.Warnings {
		return nil, fmt.Errorf("the overlay of %s: %s: %s", provider, w.Target, w.Message)
	}
	return of(provider, result.Bytes)
}

// of reads a provider's document from what its bytes have become.
func of(provider string, raw []byte) (*Document, error) {
	d, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("specs/%s.yaml: %w", provider, err)
	}
	d.Provider, d.File = provider, "specs/"+provider+".yaml"
	for _, op := range d.Operations {
		op.Provider = provider
	}
	return d, nil
}

func applyOverlay(raw, overlay []byte) (*libopenapi.OverlayResult, error) {
	parsed, err := libopenapi.NewOverlayDocument(overlay)
	if err != nil {
		return nil, err
	}
	return libopenapi.ApplyOverlayToSpecBytes(raw, parsed)
}

// Parse reads a document.
func Parse(raw []byte) (*Document, error) {
	quiet := &datamodel.DocumentConfiguration{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	doc, err := libopenapi.NewDocumentWithConfiguration(raw, quiet)
	if err != nil {
		return nil, err
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		return nil, err
	}
	r := &reader{model: &model.Model, schemas: schemas{map[string]*Schema{}}}
	d := &Document{Model: &model.Model, Bytes: raw}
	if info := model.Model.Info; info != nil {
		d.Title, d.Version = info.Title, info.Version
	}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, op := range item.GetOperations().FromOldest() {
			read, err := r.operation(path, strings.ToUpper(method), item, op)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", strings.ToUpper(method), path, err)
			}
			d.Operations = append(d.Operations, read)
		}
	}
	if d.Refusals, err = r.refusals(); err != nil {
		return nil, fmt.Errorf("x-refusals: %w", err)
	}
	return d, nil
}

// Operation finds an operation by its operationId; nil if there is none.
func (d *Document) Operation(id string) *Operation {
	if i := slices.IndexFunc(d.Operations, func(op *Operation) bool { return op.ID == id }); i >= 0 {
		return d.Operations[i]
	}
	return nil
}

// Match finds the operation that a request meets, and the variables of its path; nil if it meets none. path is escaped, as on the wire. A literal segment is
// preferred to a variable.
func (d *Document) Match(method, path string) (op *Operation, vars map[string]string) {
	best := -1
	for _, o := range d.Operations {
		if o.Method != method {
			continue
		}
		if found, literal, ok := matchPath(o.Path, path); ok && literal > best {
			op, vars, best = o, found, literal
		}
	}
	return op, vars
}

// matchPath compares segment by segment; literal counts the segments that are equal.
func matchPath(template, path string) (vars map[string]string, literal int, ok bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, 0, false
	}
	vars = map[string]string{}
	for i, w := range want {
		name, variable := strings.CutPrefix(w, "{")
		switch {
		case !variable && w == got[i]:
			literal++
		case variable && got[i] != "":
			text, err := url.PathUnescape(got[i])
			if err != nil {
				return nil, 0, false
			}
			vars[strings.TrimSuffix(name, "}")] = text
		default:
			return nil, 0, false
		}
	}
	return vars, literal, true
}

// Response finds what the operation declares for a status; nil if it declares nothing.
func (op *Operation) Response(status int) *Response { return responseOf(op.Responses, status) }

// Refusal finds what the document declares for requests that meet no operation; nil if nothing.
func (d *Document) Refusal(status int) *Response { return responseOf(d.Refusals, status) }

func responseOf(list []*Response, status int) *Response {
	for _, wanted := range []int{status, 0} {
		if i := slices.IndexFunc(list, func(r *Response) bool { return r.Status == wanted }); i >= 0 {
			return list[i]
		}
	}
	return nil
}

// Content finds the response's body in a media type, given as a header has it; nil if it is not declared.
func (r *Response) Content(contentType string) *Media {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	for _, m := range r.Media {
		if strings.EqualFold(m.Type, media) {
			return m
		}
	}
	return nil
}

// Narrowed tells whether a query asks for less than all that there is to tell.
func (op *Operation) Narrowed(query url.Values) bool {
	return slices.ContainsFunc(op.Parameters, func(p *Parameter) bool {
		return p.In == "query" && p.Absent != "" && slices.ContainsFunc(slices.Collect(maps.Keys(query)), func(key string) bool {
			return key == p.Name || strings.HasPrefix(key, p.Name+"[")
		})
	})
}

// Defaulted tells whether the document says what holds where a parameter is left out. Nobody promises then that leaving it out is refused, though it may be required too.
func (p *Parameter) Defaulted() bool { return p.Schema != nil && p.Schema.HasDefault }

// Optional tells whether the operation answers without a credential.
func (op *Operation) Optional() bool {
	return len(op.Security) == 0 || slices.ContainsFunc(op.Security, func(r Requirement) bool { return len(r) == 0 })
}

// reader turns libopenapi's model into ours.
type reader struct {
	model *v3.Document
	schemas
}

func (r *reader) operation(path, method string, item *v3.PathItem, o *v3.Operation) (*Operation, error) {
	op := &Operation{
		ID: o.OperationId, Method: method, Template: path, Summary: o.Summary, Item: item, Model: o,
		Effect: extension(o.Extensions, "x-effect"), Provenance: mark(o.Extensions, ""),
	}
	if low := o.GoLow(); low != nil && low.KeyNode != nil {
		op.Line = low.KeyNode.Line
	}
	if op.ID == "" || op.Effect == "" {
		return nil, errors.New("operationId and x-effect are needed")
	}
	server, err := r.server(item, o)
	if err != nil {
		return nil, err
	}
	op.Path = strings.TrimSuffix(serverPath(server.URL), "/") + path
	for name, v := range server.Variables.FromOldest() {
		if strings.Contains(op.Path, "{"+name+"}") {
			op.Parameters = append(op.Parameters, &Parameter{In: "path", Name: name, Required: true, Example: v.Default, Provenance: op.Provenance})
		}
	}
	op.Parameters = append(op.Parameters, r.parameters(item, o, op.Provenance)...)
	op.Body = r.body(o.RequestBody, op.Provenance)
	op.Security, err = r.security(o)
	if err != nil {
		return nil, err
	}
	op.Responses, err = r.responses(o.Responses, op.Provenance)
	return op, err
}

func (r *reader) server(item *v3.PathItem, o *v3.Operation) (*v3.Server, error) {
	for _, list := range [][]*v3.Server{o.Servers, item.Servers, r.model.Servers} {
		if len(list) > 0 {
			return list[0], nil
		}
	}
	return nil, errors.New("there is no server")
}

// serverPath is the path of a server's URL, which may hold {variables}.
func serverPath(raw string) string {
	if _, rest, absolute := strings.Cut(raw, "://"); absolute {
		_, path, _ := strings.Cut(rest, "/")
		return "/" + path
	}
	return raw
}

func (r *reader) parameters(item *v3.PathItem, o *v3.Operation, inherited string) (list []*Parameter) {
	for _, p := range slices.Concat(item.Parameters, o.Parameters) {
		q := r.parameter(p, inherited)
		same := func(other *Parameter) bool { return other.In == q.In && other.Name == q.Name }
		if i := slices.IndexFunc(list, same); i >= 0 {
			list[i] = q // the operation's own takes the place of the path's
			continue
		}
		list = append(list, q)
	}
	return list
}

func (r *reader) parameter(p *v3.Parameter, inherited string) *Parameter {
	q := &Parameter{
		In: p.In, Name: p.Name, Required: truth(p.Required), Style: cmp.Or(p.Style, map[string]string{"query": "form", "cookie": "form"}[p.In], "simple"),
		Example: value(p.Example), Absent: extension(p.Extensions, "x-absent"), Provenance: mark(p.Extensions, inherited), Line: lineOf(p.GoLow().GetRootNode()),
	}
	q.Explode = q.Style == "form"
	if p.Explode != nil {
		q.Explode = *p.Explode
	}
	q.Schema = r.schemas.read(p.Schema, q.Provenance)
	for media, content := range p.Content.FromOldest() {
		q.Media, q.Schema = media, r.schemas.read(content.Schema, q.Provenance)
		if examples := examplesOf(content); q.Example == nil && len(examples) > 0 {
			q.Example = examples[0].Value
		}
	}
	for _, e := range p.Examples.FromOldest() {
		if q.Example == nil {
			q.Example = value(e.Value)
		}
	}
	if q.Example == nil && q.Schema != nil && q.Required {
		q.Example = q.Schema.Made()
	}
	return q
}

func (r *reader) body(b *v3.RequestBody, inherited string) *Body {
	if b == nil {
		return nil
	}
	body := &Body{Required: truth(b.Required), Provenance: mark(b.Extensions, inherited)}
	if low := b.GoLow(); low != nil {
		body.Line = lineOf(low.GetRootNode())
	}
	body.Media = r.media(b.Content, body.Provenance)
	return body
}

func (r *reader) media(content *orderedmap.Map[string, *v3.MediaType], inherited string) (list []*Media) {
	for name, m := range content.FromOldest() {
		list = append(list, &Media{Type: name, Schema: r.schemas.read(m.Schema, mark(m.Extensions, inherited)), Examples: examplesOf(m)})
	}
	return list
}

func examplesOf(m *v3.MediaType) (list []Example) {
	if m.Example != nil {
		list = append(list, Example{Value: value(m.Example)})
	}
	for name, e := range m.Examples.FromOldest() {
		list = append(list, Example{Name: name, Value: value(e.Value)})
	}
	return list
}

func (r *reader) security(o *v3.Operation) ([]Requirement, error) {
	wanted := r.model.Security
	if o.Security != nil {
		wanted = o.Security
	}
	var list []Requirement
	for _, way := range wanted {
		var all Requirement
		for name, scopes := range way.Requirements.FromOldest() {
			if name == "" {
				continue
			}
			s, err := r.scheme(name)
			if err != nil {
				return nil, err
			}
			s.Scopes = scopes
			all = append(all, s)
		}
		list = append(list, all)
	}
	return list, nil
}

func (r *reader) scheme(name string) (Scheme, error) {
	if r.model.Components == nil || r.model.Components.SecuritySchemes.GetOrZero(name) == nil {
		return Scheme{}, fmt.Errorf("there is no security scheme %q", name)
	}
	s := r.model.Components.SecuritySchemes.GetOrZero(name)
	return Scheme{Name: name, Type: s.Type, Scheme: strings.ToLower(s.Scheme), In: s.In, Key: s.Name}, nil
}

func (r *reader) responses(o *v3.Responses, inherited string) (list []*Response, err error) {
	if o == nil {
		return nil, nil
	}
	for code, response := range o.Codes.FromOldest() {
		status, err := strconv.Atoi(code)
		if err != nil {
			return nil, fmt.Errorf("the status %q is no number", code)
		}
		list = append(list, r.response(status, response, inherited))
	}
	if o.Default != nil {
		list = append(list, r.response(0, o.Default, inherited))
	}
	slices.SortFunc(list, func(a, b *Response) int { return a.Status - b.Status })
	return list, nil
}

func (r *reader) response(status int, o *v3.Response, inherited string) *Response {
	own := &Response{Status: status, Provenance: mark(o.Extensions, inherited), Model: o}
	if low := o.GoLow(); low != nil {
		own.Line = lineOf(low.GetRootNode())
	}
	for name, h := range o.Headers.FromOldest() {
		header := &Header{Name: http.CanonicalHeaderKey(name), Required: h.Required, Absent: extension(h.Extensions, "x-absent"), Provenance: mark(h.Extensions, own.Provenance)}
		header.Schema = r.schemas.read(h.Schema, header.Provenance)
		if low := h.GoLow(); low != nil {
			header.Line = lineOf(low.GetRootNode())
		}
		own.Headers = append(own.Headers, header)
	}
	own.Media = r.media(o.Content, own.Provenance)
	return own
}

// refusals reads x-refusals, which refer to responses by status.
func (r *reader) refusals() (list []*Response, err error) {
	if r.model.Extensions == nil || r.model.Components == nil {
		return nil, nil
	}
	byStatus, _ := value(r.model.Extensions.GetOrZero("x-refusals")).(map[string]any)
	for code, v := range byStatus {
		ref, _ := v.(map[string]any)
		name, _ := ref["$ref"].(string)
		response := r.model.Components.Responses.GetOrZero(lastPart(name))
		status, err := strconv.Atoi(code)
		if err != nil || response == nil {
			return nil, fmt.Errorf("%s: %q leads to no response", code, name)
		}
		list = append(list, r.response(status, response, ""))
	}
	slices.SortFunc(list, func(a, b *Response) int { return a.Status - b.Status })
	return list, nil
}

func lineOf(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	return n.Line
}

func lastPart(ref string) string { return ref[strings.LastIndex(ref, "/")+1:] }
