package document

import (
	"slices"
	"strconv"

	"understudy/fixtures/jsonpointer"
)

// EachProperty calls f with every property that the schema can have, however deep, by its pointer, with * for the items of a list and the members of a map. Where a schema
// holds itself, its inside is told once.
func (s *Schema) EachProperty(f func(pointer string, p *Schema)) { s.properties("", nil, f) }

func (s *Schema) properties(at string, above []*Schema, f func(string, *Schema)) {
	if s == nil || slices.Contains(above, s) {
		return
	}
	above = append(above[:len(above):len(above)], s)
	for _, part := range s.parts() {
		part.properties(at, above, f)
	}
	for _, p := range s.Properties {
		pointer := at + jsonpointer.Of(p.Name)
		f(pointer, p.Schema)
		p.Schema.properties(pointer, above, f)
	}
	s.Items.properties(at+"/*", above, f)
	s.Additional.properties(at+"/*", above, f)
}

// parts are the schemas that a schema is composed of.
func (s *Schema) parts() []*Schema { return slices.Concat(s.AllOf, s.OneOf, s.AnyOf) }

// Visit walks a value beside its schema. declared is called with each member that the schema names, undeclared with each that it does not name where the
// schema names members at all and allows no others explicitly. Pointers into the value come with the property's pointer, as EachProperty tells it.
type Visit struct {
	Declared   func(pointer, property string, s *Schema, v any)
	Undeclared func(pointer string, within *Schema)
}

// Walk visits a value.
func (v Visit) Walk(s *Schema, value any) { v.walk("", "", []*Schema{s}, nil, value) }

// walk holds several schemas for one place: those of all parts that the place's schema is composed of.
func (v Visit) walk(pointer, property string, schemas, above []*Schema, value any) {
	all := flat(schemas, nil)
	circle := slices.ContainsFunc(schemas, func(s *Schema) bool { return slices.Contains(above, s) })
	above = append(above[:len(above):len(above)], schemas...)
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			v.member(pointer, property, name, member, all, above, circle)
		}
	case []any:
		var items []*Schema
		for _, s := range all {
			if s.Items != nil {
				items = append(items, s.Items)
			}
		}
		for i, item := range value {
			if len(items) > 0 {
				v.walk(pointer+"/"+strconv.Itoa(i), property+"/*", items, above, item)
			}
		}
	}
}

func (v Visit) member(pointer, property, name string, member any, all, above []*Schema, circle bool) {
	at, as := pointer+jsonpointer.Of(name), property+jsonpointer.Of(name)
	var own, more []*Schema
	open := false
	for _, s := range all {
		named := false
		for _, p := range s.Properties {
			if p.Name == name {
				own, named = append(own, p.Schema), true
			}
		}
		if s.Additional != nil && !named { // one alternative may name the member where another takes any
			more = append(more, s.Additional)
		}
		open = open || s.Additional != nil || (s.Type == "object" || s.Type == "") && len(s.Properties)+len(s.parts()) == 0
	}
	switch {
	case len(own) > 0:
		if v.Declared != nil && !circle {
			v.Declared(at, as, own[0], member)
		}
		v.walk(at, as, append(own, more...), above, member)
	case len(more) > 0:
		v.walk(at, property+"/*", more, above, member)
	case !open && v.Undeclared != nil:
		v.Undeclared(at, all[0])
	}
}

// flat lists schemas with all that they are composed of.
func flat(schemas, known []*Schema) []*Schema {
	for _, s := range schemas {
		if s == nil || slices.Contains(known, s) {
			continue
		}
		known = flat(s.parts(), append(known, s))
	}
	return known
}

// At finds the schema that says what stands at a pointer into a value; the nearest one above it if none does.
func (s *Schema) At(pointer string) *Schema {
	here := []*Schema{s}
	for _, part := range jsonpointer.Parts(pointer) {
		var next []*Schema
		for _, h := range flat(here, nil) {
			if _, err := strconv.Atoi(part); err == nil && h.Items != nil {
				next = append(next, h.Items)
			}
			for _, p := range h.Properties {
				if p.Name == part {
					next = append(next, p.Schema)
				}
			}
			if h.Additional != nil {
				next = append(next, h.Additional)
			}
		}
		if len(next) == 0 {
			break
		}
		here = next
	}
	return here[0]
}

// marked is a schema with the mark of the nearest place that has one, on the way that led to it.
type marked struct {
	*Schema
	mark string
}

// MarkAt is the mark of the nearest marked place above what stands at a pointer into a value, the schema there included. A schema without a mark of its own, which
// several places may share, has that of the place through which the pointer leads. inherited is the mark of what holds the whole.
func (s *Schema) MarkAt(pointer, inherited string) string {
	here := withParts([]marked{{s, inherited}}, nil)
	for _, part := range jsonpointer.Parts(pointer) {
		var next []marked
		for _, h := range here {
			if found := h.step(part); found != nil {
				next = append(next, marked{found, h.mark})
			}
		}
		if len(next) == 0 {
			break
		}
		here = withParts(next, nil)
	}
	return here[0].mark
}

// step is the schema of a member or an item; nil if nothing is said of it.
func (s *Schema) step(part string) *Schema {
	for _, p := range s.Properties {
		if p.Name == part {
			return p.Schema
		}
	}
	if _, err := strconv.Atoi(part); err == nil && s.Items != nil {
		return s.Items
	}
	return s.Additional
}

// withParts lists schemas with all that they are composed of, each with its mark.
func withParts(list, known []marked) []marked {
	for _, m := range list {
		if m.Schema == nil || slices.ContainsFunc(known, func(k marked) bool { return k.Schema == m.Schema }) {
			continue
		}
		if m.Marked {
			m.mark = m.Provenance
		}
		known = append(known, m)
		for _, part := range m.parts() {
			known = withParts([]marked{{part, m.mark}}, known)
		}
	}
	return known
}
