package document

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"understudy/fixtures/jsonpointer"
)

// Probe is a request with one thing in it that the document forbids.
type Probe struct {
	Place   string // where it is wrong: "query status", "body /lines/0/quantity"
	What    string // what was done: "is missing"
	Request Request
	Certain bool // false: it stands among alternatives, one of which may permit it
}

// Probes breaks each thing that the document says of a request's parameters and body, one at a time.
func (op *Operation) Probes(sample Request) (list []Probe) {
	for _, p := range op.Parameters {
		list = append(list, p.probes(sample)...)
	}
	return append(list, bodyProbes(op, sample)...)
}

func (p *Parameter) probes(sample Request) (list []Probe) {
	place := p.In + " " + p.Name
	if p.Required && p.In != "path" && !p.Defaulted() {
		list = append(list, Probe{place, "is missing", sample.Without(p), true})
	}
	if p.Media != "" && IsJSON(p.Media) {
		list = append(list, Probe{place, "is no JSON", sample.With(p, "{understudy"), true})
		b := &breeder{place: place, write: func(v any) Request { return sample.With(p, string(Written(v))) }}
		b.visit(p.Schema, nil, p.Example, p.Example, true, nil)
		return append(list, b.found...)
	}
	if p.Schema == nil {
		return list
	}
	s := p.Schema
	if s.Type == "array" && s.Items != nil {
		s = s.Items
	}
	for _, w := range s.wrongTexts() {
		if p.In == "path" && w.text == "" {
			continue // that is another path
		}
		list = append(list, Probe{place, w.what, sample.With(p, w.text), true})
	}
	return list
}

// wrong is a text that a schema forbids.
type wrong struct{ what, text string }

// wrongTexts are what a schema forbids where everything is text.
func (s *Schema) wrongTexts() (list []wrong) {
	add := func(what, text string) { list = append(list, wrong{what, text}) }
	switch s.Type {
	case "integer", "number":
		add("is no number", "understudy-none")
		if s.Type == "integer" {
			add("is no whole number", "1.5")
		}
		if s.Minimum != nil {
			add("is below its minimum", strconv.FormatFloat(*s.Minimum-1, 'f', -1, 64))
		}
		if s.Maximum != nil {
			add("is above its maximum", strconv.FormatFloat(*s.Maximum+1, 'f', -1, 64))
		}
	case "boolean":
		add("is neither true nor false", "understudy-none")
	case "string":
		for _, v := range s.wrongStrings() {
			text, _ := v.value.(string)
			add(v.what, text)
		}
	}
	return list
}

// change is a value that a schema forbids.
type change struct {
	what  string
	value any
}

func (s *Schema) wrongStrings() (list []change) {
	add := func(what, text string) { list = append(list, change{what, text}) }
	if len(s.Enum) > 0 {
		add("is no value of its enum", "understudy_none")
	}
	if broken, ok := breaksPattern(s.Pattern); ok {
		add("breaks its pattern", broken)
	}
	if broken, ok := badForms[s.Format]; ok {
		add("breaks its format", broken)
	}
	if s.MinLength != nil && *s.MinLength > 0 {
		add("is too short", strings.Repeat("x", int(*s.MinLength-1)))
	}
	if s.MaxLength != nil && *s.MaxLength < 1<<16 {
		add("is too long", strings.Repeat("x", int(*s.MaxLength+1)))
	}
	return list
}

// badForms break each string format.
var badForms = map[string]string{
	"date-time": "2026-13-45 25:61", "date": "31/01/2026", "uri": "not a uri", "email": "nobody", "uuid": "1234", "decimal": "twelve",
}

func breaksPattern(pattern string) (string, bool) {
	re, err := regexp.Compile(pattern)
	if pattern == "" || err != nil {
		return "", false
	}
	for _, text := range []string{"understudy none!", "!", "", strings.Repeat("x", 5000), "0"} {
		if !re.MatchString(text) {
			return text, true
		}
	}
	return "", false
}

func bodyProbes(op *Operation, sample Request) (list []Probe) {
	if op.Body == nil || sample.Body == nil {
		return nil
	}
	if op.Body.Required {
		list = append(list, Probe{"body", "is missing", sample.Sending(nil), true})
	}
	media := op.Body.media(sample.Media)
	if !IsJSON(sample.Media) {
		return append(list, formProbes(media, sample)...)
	}
	for _, bad := range []wrong{{"is no JSON", "{"}, {"is prose", "understudy"}, {"is followed by more", string(sample.Body) + "]"}, {"is followed by another", string(sample.Body) + " {}"}} {
		list = append(list, Probe{"body", bad.what, sample.Sending([]byte(bad.text)), true})
	}
	b := &breeder{place: "body", write: func(v any) Request {
		r := sample.Sending(Written(v))
		r.Value = v
		return r
	}}
	b.visit(media.Schema, nil, sample.Value, sample.Value, true, nil)
	return append(list, b.found...)
}

// formProbes break a form, whose members are all text.
func formProbes(m *Media, sample Request) (list []Probe) {
	members, _ := sample.Value.(map[string]any)
	for _, s := range flat([]*Schema{m.Schema}, nil) {
		for _, name := range s.Required {
			if _, has := members[name]; has {
				list = append(list, Probe{"body /" + name, "is missing", sample.Writing(m.Type, without(members, name)), true})
			}
		}
		for _, p := range s.Properties {
			for _, w := range p.Schema.wrongTexts() {
				broken := copied(members)
				broken[p.Name] = w.text
				list = append(list, Probe{"body " + jsonpointer.Of(p.Name), w.what, sample.Writing(m.Type, broken), len(m.Schema.parts()) == 0})
			}
		}
	}
	if m.Type == "application/x-www-form-urlencoded" {
		list = append(list, Probe{"body", "is no form", sample.Sending([]byte("%zz=" + url.QueryEscape("x"))), true})
	}
	return list
}

// copied is a copy of an object; never nil.
func copied(members map[string]any) map[string]any {
	c := map[string]any{}
	for name, v := range members {
		c[name] = v
	}
	return c
}

func without(members map[string]any, name string) map[string]any {
	c := copied(members)
	delete(c, name)
	return c
}

// breeder walks a schema beside a value that satisfies it, and changes one thing at a time.
type breeder struct {
	place string
	write func(any) Request
	found []Probe
}

// kinds are one value of each JSON type.
var kinds = []struct {
	name  string
	value any
}{
	{"string", "understudy none"}, {"number", json.Number("12.5")}, {"integer", json.Number("12")}, {"boolean", true}, {"array", []any{}}, {"object", map[string]any{}}, {"null", nil},
}

func (b *breeder) add(root any, at []string, what string, v any, certain bool) {
	place := b.place
	if len(at) > 0 {
		place += " " + jsonpointer.Of(at...)
	}
	b.found = append(b.found, Probe{place, what, b.write(put(root, at, v)), certain})
}

// visit breaks what a schema says of the value at a place. The value need not be there: the places above it are made.
func (b *breeder) visit(s *Schema, at []string, root, v any, certain bool, above []*Schema) {
	if s == nil || s.ReadOnly || slices.Contains(above, s) || len(at) > 10 {
		return
	}
	above = append(above[:len(above):len(above)], s)
	for _, part := range s.AllOf {
		b.visit(part, at, root, v, certain, above)
	}
	for _, branch := range slices.Concat(s.OneOf, s.AnyOf) {
		b.visit(branch, at, root, v, false, above)
	}
	for _, c := range s.wrongValues() {
		b.add(root, at, c.what, c.value, certain)
	}
	b.members(s, at, root, v, certain, above)
	if s.Items != nil {
		list, _ := v.([]any)
		var first any
		if len(list) > 0 {
			first = list[0]
		} else if v != nil || len(at) > 0 && len(list) == 0 {
			first = s.Items.Made()
			root = put(root, at, []any{first})
		}
		b.visit(s.Items, append(slices.Clone(at), "0"), root, first, certain, above)
	}
}

// wrongValues are what a schema forbids by itself.
func (s *Schema) wrongValues() (list []change) {
	add := func(what string, v any) { list = append(list, change{what, v}) }
	for _, k := range kinds {
		fits := s.Type == "" || s.Type == k.name || k.name == "integer" && s.Type == "number" || k.name == "null" && s.Nullable
		if !fits {
			add("is "+k.name, k.value)
		}
	}
	switch s.Type {
	case "string":
		list = append(list, s.wrongStrings()...)
	case "integer", "number":
		if s.Minimum != nil {
			add("is below its minimum", json.Number(strconv.FormatFloat(*s.Minimum-1, 'f', -1, 64)))
		}
		if s.Maximum != nil {
			add("is above its maximum", json.Number(strconv.FormatFloat(*s.Maximum+1, 'f', -1, 64)))
		}
		if len(s.Enum) > 0 {
			add("is no value of its enum", json.Number("987654"))
		}
		if s.Format == "int32" {
			add("is beyond int32", json.Number(strconv.Itoa(math.MaxInt32+1)))
		}
	case "array":
		if s.MinItems != nil && *s.MinItems > 0 {
			add("has too few items", []any{})
		}
		if s.MaxItems != nil && *s.MaxItems < 10_000 {
			add("has too many items", slices.Repeat([]any{s.Items.Made()}, int(*s.MaxItems+1)))
		}
	}
	return list
}

// members takes away what is required, adds what is forbidden, and goes on into each member.
func (b *breeder) members(s *Schema, at []string, root, v any, certain bool, above []*Schema) {
	object, there := v.(map[string]any)
	for _, name := range s.Required {
		p := s.Property(name)
		if _, has := object[name]; has && (p == nil || !p.ReadOnly) {
			place := append(slices.Clone(at), name)
			b.found = append(b.found, Probe{b.place + " " + jsonpointer.Of(place...), "is missing", b.write(put(root, at, without(object, name))), certain})
		}
	}
	if s.Closed && there {
		b.add(root, append(slices.Clone(at), "understudy_none"), "is not declared", json.Number("1"), certain)
	}
	for _, p := range s.Properties {
		member, has := object[p.Name]
		if has || len(at) < 3 {
			inner := root
			if !there { // a place that is not in the sample is made whole first, so that it is wrong in one thing only
				made, _ := s.Made().(map[string]any)
				inner, member = put(root, at, made), made[p.Name]
			}
			b.visit(p.Schema, append(slices.Clone(at), p.Name), inner, member, certain, above)
		}
	}
}

// put returns root with a value at a place; what is missing on the way is made.
func put(root any, at []string, v any) any {
	if len(at) == 0 {
		return v
	}
	if list, ok := root.([]any); ok || root == nil && isIndex(at[0]) {
		i, _ := strconv.Atoi(at[0])
		list = slices.Clone(list)
		for len(list) <= i {
			list = append(list, nil)
		}
		list[i] = put(list[i], at[1:], v)
		return list
	}
	object, _ := root.(map[string]any)
	object = copied(object)
	object[at[0]] = put(object[at[0]], at[1:], v)
	return object
}

func isIndex(part string) bool {
	_, err := strconv.Atoi(part)
	return err == nil
}
