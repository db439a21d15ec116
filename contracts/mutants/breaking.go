package mutants

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// history is what was said in one world so far. The zero value is empty.
type history struct {
	text   strings.Builder // addresses and bodies, one after another
	states map[string]any  // by property name: what was told last
}

// learn adds a request, or the true answer to one.
func (h *history) learn(texts ...string) {
	for _, t := range texts {
		h.text.WriteString(t)
		h.text.WriteByte('\n')
	}
}

// remember keeps the states of a true answer.
func (h *history) remember(body []byte) {
	if h.states == nil {
		h.states = map[string]any{}
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) { // in order: states of one name overwrite each other
				inner := v[name]
				if _, text := inner.(string); text && aboutState.MatchString(name) {
					h.states[name] = inner
				}
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(decoded(body))
}

// meets tells whether the mutant breaks answers of this sort.
func (m Mutant) meets(operation string, r harness.Response, shape bool) bool {
	return m.Operation == operation && m.Status == r.Status && m.Media == mediaOf(r) && (m.Shape || !shape)
}

// Break breaks an answer. It tells whether that changed anything.
func (m Mutant) Break(op *document.Operation, r harness.Response, h *history) (harness.Response, bool) {
	r.Header = r.Header.Clone()
	switch m.Kind {
	case Undeclared, OtherCode:
		r.Status, _ = strconv.Atoi(m.To)
		return r, true
	case NoMedia:
		r.Header.Set("Content-Type", m.To)
		return r, true
	case Trailing:
		r.Body = append(slices.Clone(r.Body), "{}"...)
		return r, true
	case NoHeader, OddHeader:
		return m.breakHeader(r)
	}
	value := decoded(r.Body)
	value, changed := m.at(jsonpointer.Parts(m.Place), value, op, h)
	if !changed {
		return r, false
	}
	r.Body = written(value)
	return r, true
}

func (m Mutant) breakHeader(r harness.Response) (harness.Response, bool) {
	if len(r.Header.Values(m.Place)) == 0 {
		return r, false
	}
	r.Header.Del(m.Place)
	if m.Kind == OddHeader {
		r.Header.Set(m.Place, "understudy none")
	}
	return r, true
}

func written(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // it was JSON
	return bytes.TrimSpace(b.Bytes())
}

// at breaks what stands at a place below a value.
func (m Mutant) at(parts []string, v any, op *document.Operation, h *history) (any, bool) {
	switch holder := v.(type) {
	case []any:
		changed := false
		for i := range holder {
			if len(parts) == 0 || parts[0] != "*" {
				break
			}
			var c bool
			holder[i], c = m.at(parts[1:], holder[i], op, h)
			changed = changed || c
		}
		return holder, changed
	case map[string]any:
		return holder, m.within(parts, holder, op, h)
	}
	return v, false
}

func (m Mutant) within(parts []string, members map[string]any, op *document.Operation, h *history) (changed bool) {
	if len(parts) == 0 {
		return false
	}
	for name, inner := range members {
		if name != parts[0] && parts[0] != "*" {
			continue
		}
		if len(parts) > 1 {
			next, c := m.at(parts[1:], inner, op, h)
			members[name], changed = next, changed || c
			continue
		}
		changed = m.member(members, name, inner, op, h) || changed
	}
	return changed
}

// member breaks one member of an object.
func (m Mutant) member(members map[string]any, name string, v any, op *document.Operation, h *history) bool {
	switch m.Kind {
	case Drop:
		delete(members, name)
		return true
	case Rename:
		delete(members, name)
		members[name+"_understudy"] = v
		return true
	case Null:
		members[name] = nil
		return v != nil
	case Retype:
		members[name] = retyped(v)
		return v != nil
	}
	other, ok := m.value(name, v, op, h)
	if ok {
		members[name] = other
	}
	return ok
}

func retyped(v any) any {
	switch v.(type) {
	case nil:
		return nil
	case string, []any:
		return map[string]any{"understudy": true}
	case map[string]any:
		return []any{}
	case bool:
		return json.Number("7")
	}
	return "understudy"
}

// value finds a wrong value in place of a right one; ok is false if there is none.
func (m Mutant) value(name string, v any, op *document.Operation, h *history) (other any, ok bool) {
	switch m.Kind {
	case NoEnum:
		return "understudy_none", v != nil
	case OtherEnum:
		return m.another(v, op)
	case MoneyForm:
		return reformatted(v)
	case MoneyValue:
		return more(v)
	case Unstable:
		text := fmt.Sprint(v)
		if v == nil || len(text) < 2 || !strings.Contains(h.text.String(), text) {
			return nil, false
		}
		return nudged(v)
	case OldState:
		old := h.states[name]
		return old, old != nil && v != nil && old != v
	case Signature:
		text, is := v.(string)
		if !is || text == "" {
			return nil, false
		}
		i := len(text) - min(len(text), 6) // not the last ones, whose bits may not count
		return text[:i] + string(turned(rune(text[i]))) + text[i+1:], true
	case Expiry:
		return later(v)
	}
	return nil, false
}

// another is the next value of an enum.
func (m Mutant) another(v any, op *document.Operation) (any, bool) {
	schema := op.Response(m.Status).Content(m.Media).Schema.At(strings.ReplaceAll(m.Place, "*", "0"))
	for i, one := range schema.Enum {
		if fmt.Sprint(one) == fmt.Sprint(v) {
			return schema.Enum[(i+1)%len(schema.Enum)], true
		}
	}
	return nil, false
}

// reformatted writes an amount otherwise: without its fraction, in hundredths or in whole units.
func reformatted(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		if !decimal.MatchString(v) {
			return nil, false
		}
		if whole, _, fraction := strings.Cut(v, "."); fraction {
			return whole, true
		}
		return v + ".00", true
	case json.Number:
		f, err := v.Float64()
		if err != nil || f == 0 {
			return nil, false
		}
		if strings.Contains(string(v), ".") {
			return json.Number(strconv.FormatFloat(f*100, 'f', 0, 64)), true
		}
		return json.Number(strconv.FormatFloat(f/100, 'f', 2, 64)), true
	}
	return nil, false
}

// more is an amount and one more.
func more(v any) (any, bool) {
	text := fmt.Sprint(v)
	if !decimal.MatchString(text) {
		return nil, false
	}
	_, fraction, _ := strings.Cut(text, ".")
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, false
	}
	sum := strconv.FormatFloat(f+1, 'f', len(fraction), 64)
	if _, number := v.(json.Number); number {
		return json.Number(sum), true
	}
	return sum, true
}

// nudged is another id of the same shape.
func nudged(v any) (any, bool) {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Int64()
		return json.Number(strconv.FormatInt(n+1, 10)), err == nil
	case string:
		if i := strings.LastIndexAny(v, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"); i >= 0 {
			return v[:i] + string(turned(rune(v[i]))) + v[i+1:], true
		}
	}
	return nil, false
}

// turned is another character of the same class.
func turned(r rune) rune {
	switch {
	case r >= '0' && r < '9', r >= 'a' && r < 'f', r >= 'A' && r < 'F', r > 'f' && r < 'z', r > 'F' && r < 'Z':
		return r + 1
	case r == '9':
		return '0'
	case r == 'f' || r == 'z':
		return 'a'
	}
	return 'A'
}

// later moves the end of a time away.
func later(v any) (any, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return json.Number(strconv.FormatFloat(f*2+60, 'f', -1, 64)), err == nil
	case string:
		for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05"} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.AddDate(1, 0, 0).Format(layout), true
			}
		}
	}
	return nil, false
}

// headerOf is a copy without what a changed body makes untrue.
func headerOf(h http.Header) http.Header {
	own := h.Clone()
	own.Del("Content-Length")
	return own
}
