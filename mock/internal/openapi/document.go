// Package openapi makes a provider's OpenAPI document executable: which operations there are and where, whether a request keeps to the
// document, and whether our own answer does. It reads with kin-openapi; the contract harness reads the same bytes with another library.
package openapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/mock/internal/openapi/accept"
)

// Document is one provider's contract, ready to serve. It does not change after Load.
type Document struct {
	Title       string
	Version     string
	Description string
	Paths       []Path
	operations  map[string]*Operation
	refusals    map[int]*openapi3.Response
	requests    *accept.Direction
	answers     *accept.Direction
}

// Path is one path of the document and what can be done there.
type Path struct {
	Template string // from the host's root, as in /api/v2/order/{orderNumber}
	Methods  map[string]*Operation
}

// Operation is one entry of the document.
type Operation struct {
	ID         string
	Method     string
	Path       string // the template, from the host's root
	Summary    string
	Effect     string // read, write, charge or destroy
	Provenance string // documented, published or assumed
	Line       int    // where it stands in the document

	Security  []Requirement
	spec      *openapi3.Operation
	params    []*openapi3.Parameter
	variables map[string]string // the server path's variables and their defaults
	refusals  map[int]*openapi3.Response
	responses map[int]*openapi3.Response
	requests  *accept.Direction
}

// Requirement is one way to be let in: every scheme of it has to be met.
type Requirement []Scheme

// Scheme is a kind of credential and what it must permit.
type Scheme struct {
	Name   string
	Type   string // "http" or "apiKey"
	Scheme string // of http: "bearer" or "basic"
	Header string // of apiKey: the header that carries it
	Scopes []string
}

// What our own x- members may say.
var (
	effects     = []string{"read", "write", "charge", "destroy"}
	provenances = []string{"documented", "published", "assumed"}
)

// Load reads a document, changed by overlays in order, and fails on anything in it that is not understood:
// unknown members, examples that break their schema, an operation without id or effect.
func Load(text []byte, overlays ...[]byte) (*Document, error) {
	root, err := overlaid(text, overlays)
	if err != nil {
		return nil, err
	}
	doc, err := build(root)
	if err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableSchemaFormatValidation()); err != nil {
		return nil, fmt.Errorf("checking the document: %w", err)
	}
	d := &Document{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description, operations: map[string]*Operation{}, requests: accept.Requests(), answers: accept.Answers()}
	if d.refusals, err = readRefusals(doc); err != nil {
		return nil, err
	}
	var problems []error
	for _, template := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		if err := d.addPath(doc, template, doc.Paths.Value(template)); err != nil {
			problems = append(problems, err)
		}
	}
	slices.SortStableFunc(d.Paths, func(a, b Path) int { return compareTemplates(a.Template, b.Template) })
	return d, errors.Join(problems...)
}

func (d *Document) addPath(doc *openapi3.T, template string, item *openapi3.PathItem) error {
	prefix, variables, err := basePath(doc, item)
	if err != nil {
		return fmt.Errorf("%s: %w", template, err)
	}
	path := Path{Template: prefix + template, Methods: map[string]*Operation{}}
	for method, spec := range item.Operations() {
		op := &Operation{
			ID: spec.OperationID, Method: method, Path: path.Template, Summary: spec.Summary, spec: spec, refusals: d.refusals, variables: variables,
			Effect: text(spec.Extensions["x-effect"]), Provenance: text(spec.Extensions["x-provenance"]),
			responses: map[int]*openapi3.Response{}, requests: d.requests,
		}
		if spec.Origin != nil && spec.Origin.Key != nil {
			op.Line = spec.Origin.Key.Line
		}
		if err := op.complete(doc, item); err != nil {
			return fmt.Errorf("%s %s: %w", method, template, err)
		}
		if d.operations[op.ID] != nil {
			return fmt.Errorf("%s %s: operationId %q stands twice", method, template, op.ID)
		}
		d.operations[op.ID] = op
		path.Methods[method] = op
	}
	d.Paths = append(d.Paths, path)
	return nil
}

func (op *Operation) complete(doc *openapi3.T, item *openapi3.PathItem) error {
	if op.ID == "" {
		return errors.New("operationId is missing")
	}
	if op.Effect == "" {
		return fmt.Errorf("x-effect is missing; it is one of %s", strings.Join(effects, ", "))
	}
	if op.Provenance == "" {
		return fmt.Errorf("x-provenance is missing; it is one of %s", strings.Join(provenances, ", "))
	}
	if op.spec.Servers != nil {
		return errors.New("an operation has no servers of its own; its path may have one")
	}
	for _, ref := range item.Parameters {
		if op.spec.Parameters.GetByInAndName(ref.Value.In, ref.Value.Name) == nil {
			op.params = append(op.params, ref.Value)
		}
	}
	for _, ref := range op.spec.Parameters {
		op.params = append(op.params, ref.Value)
	}
	for code, ref := range op.spec.Responses.Map() {
		status, err := readStatus(code)
		if err != nil {
			return fmt.Errorf("response %q: %w", code, err)
		}
		if err := checkHeaderExamples(ref.Value); err != nil {
			return fmt.Errorf("response %q: %w", code, err)
		}
		op.responses[status] = ref.Value
	}
	return op.readSecurity(doc)
}

func (op *Operation) readSecurity(doc *openapi3.T) error {
	wanted := doc.Security
	if op.spec.Security != nil {
		wanted = *op.spec.Security
	}
	for _, alternative := range wanted {
		var r Requirement
		for _, name := range slices.Sorted(maps.Keys(alternative)) {
			ref := doc.Components.SecuritySchemes[name]
			if ref == nil {
				return fmt.Errorf("security scheme %q is not declared", name)
			}
			r = append(r, Scheme{Name: name, Type: ref.Value.Type, Scheme: strings.ToLower(ref.Value.Scheme), Header: ref.Value.Name, Scopes: alternative[name]})
		}
		op.Security = append(op.Security, r)
	}
	return nil
}

// basePath is the path of the server that serves a path item, and its variables with their defaults.
func basePath(doc *openapi3.T, item *openapi3.PathItem) (string, map[string]string, error) {
	servers := doc.Servers
	if len(item.Servers) > 0 {
		servers = item.Servers
	}
	if len(servers) != 1 || !strings.HasPrefix(servers[0].URL, "/") {
		return "", nil, errors.New("give one server, relative to the host's root")
	}
	variables := map[string]string{}
	for name, v := range servers[0].Variables {
		variables[name] = v.Default
	}
	return strings.TrimSuffix(servers[0].URL, "/"), variables, nil
}

// readRefusals reads what the document says of requests that meet no operation.
func readRefusals(doc *openapi3.T) (map[int]*openapi3.Response, error) {
	refusals := map[int]*openapi3.Response{}
	declared, _ := doc.Extensions["x-refusals"].(map[string]any)
	for code, v := range declared {
		ref, _ := v.(map[string]any)
		name := strings.TrimPrefix(text(ref["$ref"]), "#/components/responses/")
		response := doc.Components.Responses[name]
		status, err := readStatus(code)
		if err != nil || response == nil {
			return nil, fmt.Errorf("x-refusals: %q is to be a status with a $ref to one of #/components/responses", code)
		}
		refusals[status] = response.Value
	}
	for _, must := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		if refusals[must] == nil {
			return nil, fmt.Errorf("x-refusals: %d is missing", must)
		}
	}
	return refusals, nil
}

// checkHeaderExamples does for headers what kin-openapi does for all other examples.
func checkHeaderExamples(r *openapi3.Response) error {
	for name, ref := range r.Headers {
		if h := ref.Value; h.Example != nil && h.Schema != nil {
			if err := h.Schema.Value.VisitJSON(h.Example, asResponse...); err != nil {
				return fmt.Errorf("header %s: invalid example: %w", name, err)
			}
		}
	}
	return nil
}

// readStatus refuses "default" and "4XX": every status stands for itself.
func readStatus(code string) (int, error) {
	status, err := strconv.Atoi(code)
	if err != nil || status < 100 || status > 599 {
		return 0, errors.New("give each status by its number")
	}
	return status, nil
}

// Operation finds an entry by its id; nil if there is none.
func (d *Document) Operation(id string) *Operation { return d.operations[id] }

// Operations lists all entries, by path and method.
func (d *Document) Operations() []*Operation {
	var list []*Operation
	for _, p := range d.Paths {
		for _, m := range slices.Sorted(maps.Keys(p.Methods)) {
			list = append(list, p.Methods[m])
		}
	}
	return list
}

// compareTemplates puts literal segments before variable ones, so that /orders/search is met before /orders/{number}.
func compareTemplates(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(as), len(bs)) {
		av, bv := strings.HasPrefix(as[i], "{"), strings.HasPrefix(bs[i], "{")
		switch {
		case av != bv && av:
			return 1
		case av != bv:
			return -1
		case as[i] != bs[i]:
			return strings.Compare(as[i], bs[i])
		}
	}
	return len(as) - len(bs)
}

func text(v any) string { s, _ := v.(string); return s }
