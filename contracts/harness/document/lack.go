package document

import (
	"maps"
	"slices"
	"strconv"

	"understudy/fixtures/jsonpointer"
)

// Lack is a property that a schema names and an object has no member for.
type Lack struct {
	Pointer string // into the value, to where the member would stand
	Schema  *Schema
}

// Lacks lists what the objects within a value lack of the optional properties that their schemas name, in order. A member that is null is there. Of alternatives, what the
// value's own one names counts; what is only ever written does not.
func (s *Schema) Lacks(value any) []Lack { return lacks("", []*Schema{s}, value) }

// lacks holds several schemas for one place, as Visit does.
func lacks(pointer string, here []*Schema, value any) (list []Lack) {
	var all []*Schema
	for _, s := range here {
		all = s.of(value, all)
	}
	switch value := value.(type) {
	case map[string]any:
		list = missing(pointer, all, value)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			list = append(list, lacks(pointer+jsonpointer.Of(name), step(all, name), value[name])...)
		}
	case []any:
		for i, item := range value {
			part := strconv.Itoa(i)
			list = append(list, lacks(pointer+"/"+part, step(all, part), item)...)
		}
	}
	return list
}

// missing lists what one object has no member for, each name once. That a required one is missing is for the document's readers to say.
func missing(pointer string, all []*Schema, members map[string]any) (list []Lack) {
	known := map[string]bool{}
	for name := range members {
		known[name] = true
	}
	for _, s := range all {
		for _, name := range s.Required {
			known[name] = true
		}
	}
	for _, s := range all {
		for _, p := range s.Properties {
			if !known[p.Name] && p.Schema != nil && !p.Schema.WriteOnly {
				known[p.Name] = true
				list = append(list, Lack{pointer + jsonpointer.Of(p.Name), p.Schema})
			}
		}
	}
	return list
}

// step goes on to a member or an item.
func step(all []*Schema, part string) (next []*Schema) {
	for _, s := range all {
		if found := s.step(part); found != nil {
			next = append(next, found)
		}
	}
	return next
}

// of adds a schema to those known, with what it is composed of as far as a value is that.
func (s *Schema) of(value any, known []*Schema) []*Schema {
	if s == nil || slices.Contains(known, s) {
		return known
	}
	known = append(known, s)
	for _, part := range append(slices.Clone(s.AllOf), closest(s.OneOf, value), closest(s.AnyOf, value)) {
		known = part.of(value, known)
	}
	return known
}

// closest is the alternative that a value is: of those that it can be, the one that names most of its members. nil: it can be none.
func closest(alternatives []*Schema, value any) (found *Schema) {
	best := -1
	for _, s := range alternatives {
		if named := s.named(value); s.can(value) && named > best {
			found, best = s, named
		}
	}
	return found
}

// named counts the members of an object that a schema names.
func (s *Schema) named(value any) (n int) {
	members, _ := value.(map[string]any)
	for name := range members {
		if s.Property(name) != nil {
			n++
		}
	}
	return n
}

// can tells whether a value may be of a schema, as far as its type and what it requires tell.
func (s *Schema) can(value any) bool {
	members, object := value.(map[string]any)
	if _, list := value.([]any); s.Type != "" && (object != (s.Type == "object") || list != (s.Type == "array")) {
		return false
	}
	return !slices.ContainsFunc(s.Required, func(name string) bool { _, has := members[name]; return object && !has })
}
