package document

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// identifying are members by which things are told apart, by name.
var identifying = regexp.MustCompile(`(_number|Number|_id|Id)$`)

func identifies(name string) bool {
	return name == "id" || name == "number" || identifying.MatchString(name)
}

// Identity finds what an object is called: its id, its number, or the first of its members that are named so. Empty: it has no name.
func Identity(members map[string]any) string {
	for _, name := range append([]string{"id", "number"}, slices.Sorted(maps.Keys(members))...) {
		if !identifies(name) {
			continue
		}
		switch v := members[name].(type) {
		case string:
			return v
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// fewest is how many members the schema of a thing has at least; what has fewer is a reference to one.
const fewest = 4

// Thing is the name of the schema that says what kind of thing an object is: its own, or that of what it extends or may be. Empty: it stands for no thing.
func (s *Schema) Thing() string {
	if s == nil {
		return ""
	}
	if s.Name != "" && len(s.Properties) >= fewest && slices.ContainsFunc(s.Properties, func(p Property) bool { return identifies(p.Name) }) {
		return s.Name
	}
	for _, part := range s.parts() {
		if name := part.Thing(); name != "" {
			return name
		}
	}
	return ""
}

// Things are the kinds of things that a success of the operation tells of, the outermost first.
func (op *Operation) Things() []string {
	op.once.Do(func() { op.things = op.tellsOf() })
	return op.things
}

// tellsOf lists them. Of two at the same depth, the one that the document names first is the first: what is sent along (JSON:API's included) follows what it is sent along with.
func (op *Operation) tellsOf() []string {
	var names []string
	depths := map[string]int{}
	add := func(depth int, s *Schema) {
		name := s.Thing()
		before, known := depths[name]
		if name == "" || known && before <= depth {
			return
		}
		if !known {
			names = append(names, name)
		}
		depths[name] = depth
	}
	for _, r := range op.Responses {
		if r.Status < 200 || r.Status >= 300 {
			continue
		}
		for _, m := range r.Media {
			add(0, m.Schema)
			m.Schema.EachProperty(func(pointer string, p *Schema) {
				add(strings.Count(pointer, "/"), p)
				if p != nil {
					add(strings.Count(pointer, "/"), p.Items)
				}
			})
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return depths[a] - depths[b] })
	return names
}
