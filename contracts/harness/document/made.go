package document

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// deepest is how far made values go: a schema may hold itself.
const deepest = 6

// Made is a value that satisfies the schema: its example if it has one, else the plainest there is, with what is required and no more.
func (s *Schema) Made() any { return s.made(0) }

func (s *Schema) made(depth int) any {
	switch {
	case s == nil:
		return "text"
	case s.HasExample:
		return s.Example
	case s.HasDefault:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.OneOf) > 0:
		return s.OneOf[0].made(depth + 1)
	case len(s.AnyOf) > 0:
		return s.AnyOf[0].made(depth + 1)
	case len(s.AllOf) == 1 && len(s.Properties) == 0:
		return s.AllOf[0].made(depth + 1)
	}
	switch s.Type {
	case "boolean":
		return true
	case "integer", "number":
		return s.madeNumber()
	case "array":
		return s.madeArray(depth)
	case "string":
		return s.madeText()
	case "object":
		return s.madeObject(depth)
	}
	if len(s.Properties)+len(s.AllOf) > 0 {
		return s.madeObject(depth)
	}
	return "text"
}

func (s *Schema) madeNumber() any {
	n := 1.0
	if s.Maximum != nil && n > *s.Maximum {
		n = *s.Maximum
	}
	if s.Minimum != nil && n < *s.Minimum {
		n = *s.Minimum
	}
	if s.MultipleOf != nil && *s.MultipleOf > 0 {
		n = *s.MultipleOf
	}
	return json.Number(strconv.FormatFloat(n, 'f', -1, 64))
}

func (s *Schema) madeArray(depth int) any {
	list := []any{}
	if s.MinItems == nil || s.Items == nil || depth > deepest {
		return list
	}
	for range *s.MinItems {
		list = append(list, s.Items.made(depth+1))
	}
	return list
}

// madeTexts satisfy each string format.
var madeTexts = map[string]string{
	"date-time": "2026-03-02T09:30:00Z", "date": "2026-03-02", "uri": "https://example.test/", "email": "robin@example.test",
	"uuid": "6f1b1f1e-3d0c-4a53-9a53-0d1c5f3a2b10", "decimal": "10.00", "byte": "dGV4dA==",
}

func (s *Schema) madeText() any {
	text := "text"
	if known, ok := madeTexts[s.Format]; ok {
		text = known
	}
	if s.MinLength != nil && int64(len(text)) < *s.MinLength {
		text += strings.Repeat("x", int(*s.MinLength)-len(text))
	}
	if s.MaxLength != nil && int64(len(text)) > *s.MaxLength {
		text = text[:*s.MaxLength]
	}
	return text
}

func (s *Schema) madeObject(depth int) any {
	members := map[string]any{}
	for _, part := range s.AllOf {
		inner, _ := part.made(depth + 1).(map[string]any)
		for name, v := range inner {
			members[name] = v
		}
	}
	for _, p := range s.Properties {
		if slices.Contains(s.Required, p.Name) && !p.Schema.ReadOnly && depth < deepest {
			members[p.Name] = p.Schema.made(depth + 1)
		}
	}
	return members
}
