package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
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
	medias := slices.Sorted(maps.Keys(response.Content))
	switch {
	case len(medias) > 0:
		media = medias[0]
	case name != "":
		return "", nil, fmt.Errorf("%s, status %d: no example is called %q, for it has no body", op.ID, status, name)
	default:
		return "", nil, nil
	}
	value, err := exampleOf(response.Content[media], name)
	if err != nil {
		return "", nil, fmt.Errorf("%s, status %d: %w", op.ID, status, err)
	}
	if text, ok := value.(string); ok && !isJSON(media) {
		return media, []byte(text), nil
	}
	body, err = json.Marshal(value)
	return media, body, err
}

func exampleOf(media *openapi3.MediaType, name string) (any, error) {
	names := slices.Sorted(maps.Keys(media.Examples))
	switch {
	case name != "" && len(names) == 0:
		return nil, fmt.Errorf("no example is called %q; none here has a name", name)
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
