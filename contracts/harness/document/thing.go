package document

import (
	"cmp"
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

// Identity finds what an object of a kind is called: by a name of its own, or by the first of its members that is named as an id or a number of anything. Empty: it has no name.
func Identity(kind string, members map[string]any) string {
	if own := called(members, names(kind)); own != "" {
		return own
	}
	return called(members, slices.DeleteFunc(slices.Sorted(maps.Keys(members)), func(name string) bool { return !identifies(name) }))
}

// names are those that an object of a kind has for itself: an id, a number, or one that says of what kind, as orderNumber of an Order.
func names(kind string) []string {
	if kind == "" {
		return []string{"id", "number"}
	}
	kind = strings.ToLower(kind[:1]) + kind[1:]
	return []string{"id", "number", kind + "Number", kind + "_number", kind + "Id", kind + "_id"}
}

// called is the value of the first of these members that there is.
func called(members map[string]any, names []string) string {
	for _, name := range names {
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

// Thing is the name of the schema that says what kind of thing an object is: its own, the one that it names (x-thing), or that of what it extends or may be. Empty: it stands for no thing.
func (s *Schema) Thing() string {
	if s == nil {
		return ""
	}
	if s.Name != "" && len(s.Properties) >= fewest && slices.ContainsFunc(s.Properties, func(p Property) bool { return identifies(p.Name) }) {
		return cmp.Or(s.Kind, s.Name)
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
