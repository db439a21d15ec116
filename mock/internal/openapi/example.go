package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Statuses lists the statuses declared for the operation, sorted.
func (op *Operation) Statuses() []int { return slices.Sorted(maps.Keys(op.responses)) }

// Success is the lowest 2xx that the operation declares; 0 if none.
func (op *Operation) Success() int {
	for _, status := range op.Statuses() {
		if status/100 == 2 {
			return status
		}
	}
	return 0
}

// Example returns a declared answer: its media type and body. An empty name takes the first example in alphabetical order.
// A response without examples gets one made from its schema. The error says what is declared instead.
func (op *Operation) Example(status int, name string) (media string, body []byte, err error) {
	response := op.responses[status]
	if response == nil {
		return "", nil, fmt.Errorf("status %d is not declared for %s; these are: %s", status, op.ID, strings.Trim(fmt.Sprint(op.Statuses()), "[]"))
	}
	for _, media := range slices.Sorted(maps.Keys(response.Content)) {
		value, err := exampleOf(response.Content[media], name)
		if err != nil {
			return "", nil, fmt.Errorf("%s, status %d: %w", op.ID, status, err)
		}
		if text, ok := value.(string); ok && !isJSON(media) {
			return media, []byte(text), nil
		}
		body, err := json.Marshal(value)
		return media, body, err
	}
	return "", nil, nil
}

func exampleOf(media *openapi3.MediaType, name string) (any, error) {
	names := slices.Sorted(maps.Keys(media.Examples))
	switch {
	case name != "" && media.Examples[name] == nil:
		return nil, fmt.Errorf("no example is called %q; these are: %s", name, strings.Join(names, ", "))
	case name != "":
		return media.Examples[name].Value.Value, nil
	case media.Example != nil:
		return media.Example, nil
	case len(names) > 0:
		return media.Examples[names[0]].Value.Value, nil
	}
	return made(media.Schema, 0), nil
}

// made invents a value that fits a schema: its example, default or first allowed value, else one after its type.
func made(ref *openapi3.SchemaRef, depth int) any {
	if ref == nil || ref.Value == nil || depth > 12 {
		return nil
	}
	s := ref.Value
	switch {
	case s.Example != nil:
		return s.Example
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.OneOf) > 0:
		return made(s.OneOf[0], depth+1)
	case len(s.AnyOf) > 0:
		return made(s.AnyOf[0], depth+1)
	case s.Nullable && depth > 3:
		return nil
	}
	object := map[string]any{}
	for _, part := range s.AllOf {
		if fields, ok := made(part, depth+1).(map[string]any); ok {
			maps.Copy(object, fields)
		}
	}
	switch {
	case s.Type.Is("string"):
		return madeText(s.Format)
	case s.Type.Is("integer"), s.Type.Is("number"):
		if s.Min != nil {
			return *s.Min
		}
		return 1
	case s.Type.Is("boolean"):
		return true
	case s.Type.Is("array"):
		if s.MinItems == 0 {
			return []any{}
		}
		return []any{made(s.Items, depth+1)}
	}
	for name, property := range s.Properties {
		object[name] = made(property, depth+1)
	}
	return object
}

func madeText(format string) string {
	switch format {
	case "date-time":
		return "2026-01-31T09:30:00Z"
	case "date":
		return "2026-01-31"
	case "uri":
		return "https://example.test/"
	case "email":
		return "ada@example.test"
	case "uuid":
		return "5f0c3b52-4c1e-4b8e-9a53-0a9d6f1c2b3d"
	}
	return "text"
}

// Sample is a request made of the document's examples, which a fresh world answers with the operation's success.
type Sample struct {
	Path   map[string]string
	Query  map[string]string
	Header http.Header
	Media  string // of the body; empty if there is none
	Body   []byte
}

// Sample puts the examples together. Optional parameters are left out; `media` chooses among the body's media types, "" the JSON one.
func (op *Operation) Sample(media string) Sample {
	s := Sample{Path: map[string]string{}, Query: map[string]string{}, Header: http.Header{}}
	for _, p := range op.params {
		value := parameterExample(p)
		switch {
		case p.In == openapi3.ParameterInPath:
			s.Path[p.Name] = value
		case !p.Required:
		case p.In == openapi3.ParameterInQuery:
			s.Query[p.Name] = value
		case p.In == openapi3.ParameterInHeader:
			s.Header.Set(p.Name, value)
		}
	}
	if op.spec.RequestBody == nil {
		return s
	}
	content := op.spec.RequestBody.Value.Content
	names := slices.Sorted(maps.Keys(content))
	slices.SortStableFunc(names, func(a, b string) int { return boolOrder(isJSON(b)) - boolOrder(isJSON(a)) })
	for _, name := range names {
		if media == "" || media == name {
			value, _ := exampleOf(content[name], "")
			s.Media = name
			s.Body, _ = json.Marshal(value)
			break
		}
	}
	return s
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

func parameterExample(p *openapi3.Parameter) string {
	value := p.Example
	if value == nil && p.Schema != nil {
		value = made(p.Schema, 0)
	}
	for _, media := range p.Content {
		if value == nil {
			value, _ = exampleOf(media, "")
		}
		if _, isText := value.(string); !isText {
			raw, _ := json.Marshal(value)
			return string(raw)
		}
	}
	return fmt.Sprint(value)
}

// Parameter is what a generated suite has to know of a parameter.
type Parameter struct {
	In, Name string
	Required bool
	Schema   *openapi3.Schema
}

// Parameters lists the operation's parameters.
func (op *Operation) Parameters() []Parameter {
	var list []Parameter
	for _, p := range op.params {
		q := Parameter{In: p.In, Name: p.Name, Required: p.Required}
		if p.Schema != nil {
			q.Schema = p.Schema.Value
		}
		list = append(list, q)
	}
	return list
}

// BodySchema is the schema of the body in a media type; nil if there is none.
func (op *Operation) BodySchema(media string) *openapi3.Schema {
	if op.spec.RequestBody == nil {
		return nil
	}
	if m := op.spec.RequestBody.Value.Content[media]; m != nil && m.Schema != nil {
		return m.Schema.Value
	}
	return nil
}
