package harness

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// Memory is what a scene was told of each thing since anything last happened: whatever answers, the thing is the same. The zero value is empty.
type Memory struct{ things map[string]Thing }

// Thing is an object that an answer tells of: one with a schema that has a name, and with an id.
type Thing struct {
	Name    string // what kind of thing it is: see document.Schema.Thing
	Members map[string]any
	Schema  *document.Schema
	pointer string // into the answer's body
	by      string // operationId
	within  string // the thing that it was told as a part of; empty: none
}

// Forget is called when something happened.
func (m *Memory) Forget() { m.things = nil }

// passing are members that say how long something still takes, and differ by themselves.
var passing = regexp.MustCompile(`(?i)(_in|remaining|countdown)$`)

// asked finds that an answer tells of something else than its path named: of its outermost thing, the member that is called as a variable is, or its id, where the path
// ends with the variable.
func asked(op *document.Operation, vars map[string]string, told map[string]Thing) (list []Finding) {
	outermost := 1 << 10
	for _, t := range told {
		outermost = min(outermost, strings.Count(t.pointer, "/"))
	}
	for name, wanted := range vars {
		ends := strings.HasSuffix(strings.TrimSuffix(op.Path, "/"), "{"+name+"}")
		for _, t := range told {
			if strings.Count(t.pointer, "/") > outermost || strings.ContainsAny(t.pointer, "0123456789") || name == "id" && !ends {
				continue
			}
			member := name
			if _, own := t.Members[name]; !own && ends {
				member = "id"
			}
			is := t.Members[member]
			if is != nil && fmt.Sprint(is) != wanted {
				list = append(list, Finding{Rule: RuleUnlike, In: "body", Pointer: t.pointer + jsonpointer.Of(member), Exchange: -1, Readers: []string{readerOwn},
					Message: fmt.Sprintf("the path asks for %s %q, and the answer tells of %v", name, wanted, is)})
			}
		}
	}
	return list
}

// Hear compares what a read tells with what was told before, and with what it was asked for: path is the vendor's, without what stands before it. After whatever may change something, only what that answered itself is remembered.
func (m *Memory) Hear(d *document.Document, path string, x Exchange) (list []Finding) {
	op := d.Operation(x.Operation)
	if op == nil || x.Shape {
		return nil
	}
	if op.Effect != "read" {
		m.Forget()
	}
	if x.Response.Status >= 300 {
		return nil
	}
	told := Things(op, x.Response)
	if met, vars := d.Match(x.Request.Method, path); met == op {
		list = append(list, asked(op, vars, told)...)
	}
	for _, key := range slices.Sorted(maps.Keys(told)) {
		now := told[key]
		if before, known := m.things[key]; known && before.same(now) {
			list = append(list, unlike(d, before, now)...)
		}
		if m.things == nil {
			m.things = map[string]Thing{}
		}
		m.things[key] = now
	}
	return list
}

// unlike finds the members in which two tellings of one thing differ.
func unlike(d *document.Document, before, now Thing) (list []Finding) {
	for _, name := range slices.Sorted(maps.Keys(maps.Collect(both(before.Members, now.Members)))) {
		was, is := before.Members[name], now.Members[name]
		_, had := before.Members[name]
		_, has := now.Members[name]
		partial := had != has && (before.silent(name, had) || now.silent(name, has))
		if passing.MatchString(name) || partial || reflect.DeepEqual(was, is) {
			continue
		}
		f := Finding{Rule: RuleUnlike, In: "body", Pointer: now.pointer + jsonpointer.Of(name), File: d.File, Exchange: -1, Readers: []string{readerOwn},
			Message: fmt.Sprintf("%s told %s here, and nothing has happened since; now it is %s", before.by, brief(was), brief(is))}
		if p := now.Schema.Property(name); p != nil {
			f.Line, f.Provenance = p.Line, p.Provenance
		}
		list = append(list, f)
	}
	return list
}

// same tells whether two tellings that go by one name are of one thing. A part may be called by what it refers to, as a tax by its rate: it is another in each whole.
func (t Thing) same(other Thing) bool {
	return t.within == "" || other.within == "" || t.within == other.within
}

// silent tells whether a telling may leave a member out: its schema does not name it, or it is one of a list, which tells less.
func (t Thing) silent(name string, told bool) bool {
	return !told && (t.Schema.Property(name) == nil || strings.ContainsAny(t.pointer, "0123456789"))
}

// both lists the members of two objects.
func both(a, b map[string]any) func(func(string, any) bool) {
	return func(yield func(string, any) bool) {
		for _, members := range []map[string]any{a, b} {
			for name, v := range members {
				if !yield(name, v) {
					return
				}
			}
		}
	}
}

func brief(v any) string {
	if v == nil {
		return "nothing"
	}
	raw, err := json.Marshal(v)
	if err != nil || len(raw) > 80 {
		return fmt.Sprintf("something of %d bytes", len(raw))
	}
	return string(raw)
}

// Things lists what an answer tells of, by schema and id.
func Things(op *document.Operation, r Response) map[string]Thing {
	list := map[string]Thing{}
	response := op.Response(r.Status)
	if response == nil {
		return list
	}
	media := response.Content(r.Header.Get("Content-Type"))
	if media == nil || media.Schema == nil || !document.IsJSON(media.Type) {
		return list
	}
	value, _, err := decoded(r.Body)
	if err != nil {
		return list
	}
	var ambiguous []string
	add := func(pointer string, s *document.Schema, v any) {
		eachObject(pointer, s, v, func(pointer string, s *document.Schema, members map[string]any) {
			name := s.Thing()
			id := document.Identity(name, members)
			if name != "" && id != "" {
				key := key(media, name, id, members)
				if other, twice := list[key]; twice && !reflect.DeepEqual(other.Members, members) {
					ambiguous = append(ambiguous, key) // an id of something else, as a tax rate's in each of its lines
				}
				list[key] = Thing{name, members, s, pointer, op.ID, around(list, pointer)}
			}
		})
	}
	add("", media.Schema, value)
	document.Visit{Declared: func(pointer, _ string, s *document.Schema, v any) { add(pointer, s, v) }}.Walk(media.Schema, value)
	for _, key := range ambiguous {
		delete(list, key)
	}
	return list
}

// around is the key of the innermost thing of a list that a pointer leads into; empty: there is none.
func around(list map[string]Thing, pointer string) (key string) {
	for k, t := range list {
		if strings.HasPrefix(pointer, t.pointer+"/") && (key == "" || len(t.pointer) > len(list[key].pointer)) {
			key = k
		}
	}
	return key
}

// eachObject calls f with a value that is an object, or with each item of a list of objects.
func eachObject(pointer string, s *document.Schema, v any, f func(string, *document.Schema, map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(pointer, s, v)
	case []any:
		for i, item := range v {
			if members, ok := item.(map[string]any); ok && s.Items != nil {
				f(pointer+"/"+strconv.Itoa(i), s.Items, members)
			}
		}
	}
}
