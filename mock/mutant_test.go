package mock_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/fixtures/jsonpointer"
)

// mutant is a body with one thing changed.
type mutant struct {
	at     []string // where
	what   string   // what was done to it
	body   []byte
	wrong  bool // the document says so
	pinned bool // and says so at exactly this place: a refusal has to name it
}

func (m mutant) String() string { return jsonpointer.Of(m.at...) + " " + m.what }

// raw is JSON text that Go's own numbers could not hold.
func raw(text string) json.RawMessage { return json.RawMessage(text) }

// kinds are one value of each JSON type.
var kinds = map[string]any{"string": "understudy none", "number": 12.5, "integer": 12, "boolean": true, "array": []any{}, "object": map[string]any{}, "null": nil}

// breeder walks a schema beside a body that satisfies it, and changes one thing at a time.
type breeder struct {
	root  any
	found []mutant
}

// mutants are the bodies that differ from a sample in one thing.
func mutants(schema *openapi3.Schema, sample []byte) []mutant {
	b := &breeder{root: parsed(sample)}
	b.visit(schema, nil, b.root, true, false)
	for i := range b.found {
		m := &b.found[i]
		valid := schema.VisitJSON(parsed(m.body), openapi3.VisitAsRequest(), openapi3.EnableFormatValidation()) == nil
		m.wrong = m.wrong && (m.pinned || !valid)
	}
	return b.found
}

func parsed(body []byte) any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// breaks adds a body that the document forbids. Within alternatives that is so only if no other alternative takes it.
func (b *breeder) breaks(at []string, what string, value any, oneOfSeveral bool) {
	b.add(mutant{at: at, what: what, body: written(put(b.root, at, value)), wrong: true, pinned: !oneOfSeveral})
}

// strains adds a body that is unusual but may well be permitted.
func (b *breeder) strains(at []string, what string, value any) {
	b.add(mutant{at: at, what: what, body: written(put(b.root, at, value))})
}

func (b *breeder) add(m mutant) {
	m.at = slices.Clone(m.at)
	b.found = append(b.found, m)
}

// visit changes what a schema says of the value at a place. The value need not be there: the places above it are made.
func (b *breeder) visit(s *openapi3.Schema, at []string, value any, there, several bool) {
	if s.ReadOnly || len(at) > 14 {
		return
	}
	for _, part := range s.AllOf {
		b.visit(part.Value, at, value, there, several)
	}
	for _, branch := range slices.Concat(s.OneOf, s.AnyOf) {
		b.visit(branch.Value, at, value, there, true)
	}
	b.types(s, at, several)
	b.values(s, at, several)
	if there || len(at) < 3 {
		b.oddities(s, at, value)
	}
	b.bounds(s, at, several)
	b.members(s, at, value, there, several)
	if s.Items != nil && s.Items.Value != nil {
		list, _ := value.([]any)
		if len(list) > 0 {
			b.visit(s.Items.Value, append(slices.Clone(at), "0"), list[0], there, several)
		} else if len(at) < 8 {
			b.visit(s.Items.Value, append(slices.Clone(at), "0"), nil, false, several)
		}
	}
}

// types puts every other JSON type where a schema names its types.
func (b *breeder) types(s *openapi3.Schema, at []string, several bool) {
	if s.Type == nil || len(*s.Type) == 0 {
		return
	}
	for kind, value := range inOrder(kinds) {
		fits := s.Type.Includes(kind) || (kind == "integer" && s.Type.Includes("number")) || (kind == "null" && s.Nullable)
		if !fits {
			b.breaks(at, "is "+kind, value, several)
		}
	}
}

// values breaks what a schema says of a value beyond its type.
func (b *breeder) values(s *openapi3.Schema, at []string, several bool) {
	if len(s.Enum) > 0 {
		b.breaks(at, "is no value of its enum", outside(s), several)
	}
	if broken, ok := breaksPattern(s.Pattern); ok {
		b.breaks(at, "breaks its pattern", broken, several)
	}
	if broken, ok := badForms[s.Format]; ok && s.Type.Is("string") {
		b.breaks(at, "breaks its format", broken, several)
	}
}

// oddities are values that the schema may well permit and code is often not ready for.
func (b *breeder) oddities(s *openapi3.Schema, at []string, value any) {
	switch {
	case s.Type.Is("string"):
		text, _ := value.(string)
		for what, v := range inOrder(map[string]string{
			"is empty": "", "is long": strings.Repeat("long ", 4000), "holds a NUL": "a\x00b", "is another of its shape": another(text),
			"is beyond the basic plane": "𝔘\u202e\u0301 <b>&amp;</b> %s ${x}", "holds a slash": "a/../b", "is a number in text": "-1e999",
		}) {
			b.strains(at, what, v)
		}
	case s.Type.Is("number"), s.Type.Is("integer"):
		for _, v := range []string{"0", "-0", "-1", "1e999", "-1e999", "1e-999", "0.000000000000000001", "9007199254740993", "1e15", strings.Repeat("9", 400)} {
			b.strains(at, "is "+v[:min(len(v), 20)], raw(v))
		}
	case s.Type.Is("array"):
		list, _ := value.([]any)
		if len(list) > 0 {
			b.strains(at, "is empty", []any{})
			b.strains(at, "has the same item 1000 times", slices.Repeat(list[:1], 1000))
		}
		b.strains(at, "holds null", []any{nil})
	case s.Type == nil || s.Type.Is("object") && len(s.Properties) == 0:
		b.strains(at, "is 5,000 deep", raw(strings.Repeat(`{"a":`, 5000)+"1"+strings.Repeat("}", 5000)))
		b.strains(at, "has odd keys", map[string]any{"": 1, "a/b~c": 2, "\x00": 3, "__proto__": 4, "a.b": nil})
	}
}

// bounds goes just beyond each bound of a schema.
func (b *breeder) bounds(s *openapi3.Schema, at []string, several bool) {
	if s.Min != nil {
		b.breaks(at, "is below its minimum", *s.Min-1, several)
	}
	if s.Max != nil {
		b.breaks(at, "is above its maximum", *s.Max+1, several)
	}
	if s.Type.Is("integer") && s.Format == "int32" {
		b.breaks(at, "is beyond int32", math.MaxInt32+1, several)
	}
	if s.Type.Is("integer") && s.Format == "int64" {
		b.breaks(at, "is beyond int64", raw("9223372036854775808"), several)
	}
	if s.MinLength > 0 {
		b.breaks(at, "is too short", strings.Repeat("x", int(s.MinLength-1)), several)
	}
	if s.MaxLength != nil {
		b.breaks(at, "is too long", strings.Repeat("x", int(*s.MaxLength+1)), several)
	}
	if s.MinItems > 0 {
		b.breaks(at, "has too few items", []any{}, several)
	}
	if s.MaxItems != nil {
		b.breaks(at, "has too many items", slices.Repeat([]any{nil}, int(*s.MaxItems+1)), several)
	}
	if s.MinProps > 0 {
		b.breaks(at, "has too few members", map[string]any{}, several)
	}
}

// members takes away what is required, adds what is not known, and goes on into each member.
func (b *breeder) members(s *openapi3.Schema, at []string, value any, there, several bool) {
	object, _ := value.(map[string]any)
	for _, name := range s.Required {
		if _, has := object[name]; has && there && !readOnly(s.Properties[name]) {
			b.add(mutant{at: append(at, name), what: "is missing", body: written(cut(b.root, append(at, name))), wrong: true, pinned: !several})
		}
	}
	if closed := s.AdditionalProperties.Has; closed != nil && !*closed {
		b.breaks(append(at, "understudy_none"), "is not declared", 1, several)
	} else if s.Type.Is("object") && there {
		b.strains(append(at, "understudy_none"), "is not declared", 1)
	}
	for name, property := range inOrder(s.Properties) {
		member, has := object[name]
		if has || len(at) < 8 {
			b.visit(property.Value, append(slices.Clone(at), name), member, there && has, several)
		}
	}
}

func readOnly(ref *openapi3.SchemaRef) bool { return ref != nil && ref.Value.ReadOnly }

// outside is a value of an enum's type that the enum does not list.
func outside(s *openapi3.Schema) any {
	if s.Type.Is("string") || s.Type == nil {
		return "understudy_none"
	}
	return 987654
}

// badForms break each string format.
var badForms = map[string]string{
	"date-time": "2026-13-45 25:61", "date": "31/01/2026", "uri": "not a uri", "email": "nobody", "uuid": "1234", "decimal": "twelve",
}

// breaksPattern finds a text that does not match.
func breaksPattern(pattern string) (string, bool) {
	if pattern == "" {
		return "", false
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", false
	}
	for _, text := range []string{"understudy none!", "!", "", strings.Repeat("x", 5000), "0"} {
		if !re.MatchString(text) {
			return text, true
		}
	}
	return "", false
}

// another is a text of the same shape: letters for letters, digits for digits.
func another(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '7'
		case r >= 'a' && r <= 'z':
			return 'q'
		case r >= 'A' && r <= 'Z':
			return 'Q'
		}
		return r
	}, text)
}

// put returns root with a value at a place; what is missing on the way is made.
func put(root any, at []string, value any) any {
	if len(at) == 0 {
		return value
	}
	if i, err := strconv.Atoi(at[0]); err == nil {
		list, _ := root.([]any)
		list = slices.Clone(list)
		for len(list) <= i {
			list = append(list, nil)
		}
		list[i] = put(list[i], at[1:], value)
		return list
	}
	object, _ := root.(map[string]any)
	object = maps.Clone(object)
	if object == nil {
		object = map[string]any{}
	}
	object[at[0]] = put(object[at[0]], at[1:], value)
	return object
}

// cut returns root without the member at a place.
func cut(root any, at []string) any {
	if list, ok := root.([]any); ok {
		i, _ := strconv.Atoi(at[0])
		list = slices.Clone(list)
		list[i] = cut(list[i], at[1:])
		return list
	}
	object := maps.Clone(root.(map[string]any))
	if len(at) == 1 {
		delete(object, at[0])
	} else {
		object[at[0]] = cut(object[at[0]], at[1:])
	}
	return object
}

func written(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("a mutant does not encode: %v", err))
	}
	return bytes.TrimSpace(b.Bytes())
}
