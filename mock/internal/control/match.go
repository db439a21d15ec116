package control

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
)

// The causes of an exchange.
const (
	causeRequest = "request"
	causeTimer   = "timer"
	causeControl = "control"
	causeAny     = "any"
)

// match is what an exchange has to be like; what is not given does not matter, but for the cause, which is a request then.
type match struct {
	Provider     *string           `json:"provider"`
	Tenant       *string           `json:"tenant"`
	Operation    *string           `json:"operation"`
	Method       *string           `json:"method"`
	Path         *string           `json:"path"`
	PathPattern  *string           `json:"path_pattern"`
	Status       *int              `json:"status"`
	Headers      map[string]string `json:"headers"`
	Body         json.RawMessage   `json:"body"`
	BodyContains *string           `json:"body_contains"`
	Event        *string           `json:"event"`
	Forced       *bool             `json:"forced"`
	Unmatched    *bool             `json:"unmatched"`
	Cause        *string           `json:"cause"`
	After        *int64            `json:"after"`
}

// condition is one thing that an exchange has to be.
type condition func(x *journal.Exchange) bool

// compile makes a function of a match. at is where it stands in the body, for a refusal.
func (m *match) compile(at string) (condition, error) {
	all := []condition{m.byCause()}
	equal := func(want *string, of func(*journal.Exchange) string) {
		if want != nil {
			all = append(all, func(x *journal.Exchange) bool { return of(x) == *want })
		}
	}
	equal(m.Provider, func(x *journal.Exchange) string { return x.Provider })
	equal(m.Tenant, func(x *journal.Exchange) string { return x.Tenant })
	equal(m.Operation, func(x *journal.Exchange) string { return x.Operation })
	equal(m.Path, func(x *journal.Exchange) string { return x.Path })
	if m.Method != nil {
		all = append(all, func(x *journal.Exchange) bool { return strings.EqualFold(x.Method, *m.Method) })
	}
	if m.PathPattern != nil {
		pattern, err := regexp.Compile(`^(?:` + *m.PathPattern + `)$`)
		if err != nil {
			return nil, engine.RefuseField(at+"/path_pattern", "is no regular expression: "+err.Error(), "one in RE2 syntax")
		}
		all = append(all, func(x *journal.Exchange) bool { return pattern.MatchString(x.Path) })
	}
	if m.Status != nil {
		all = append(all, func(x *journal.Exchange) bool { return x.Response.Status == *m.Status })
	}
	if m.Forced != nil {
		all = append(all, func(x *journal.Exchange) bool { return x.Forced == *m.Forced })
	}
	if m.Unmatched != nil {
		all = append(all, func(x *journal.Exchange) bool { return unmatched(x) == *m.Unmatched })
	}
	if m.After != nil {
		all = append(all, func(x *journal.Exchange) bool { return x.Number > *m.After })
	}
	all = append(all, m.content()...)
	return func(x *journal.Exchange) bool {
		for _, holds := range all {
			if !holds(x) {
				return false
			}
		}
		return true
	}, nil
}

// content is what the match says of headers, body and events.
func (m *match) content() []condition {
	var all []condition
	for name, value := range m.Headers {
		all = append(all, func(x *journal.Exchange) bool {
			for _, sent := range x.Request.Header.Values(name) {
				if sent == value {
					return true
				}
			}
			return false
		})
	}
	if m.BodyContains != nil {
		all = append(all, func(x *journal.Exchange) bool { return strings.Contains(x.Request.Body, *m.BodyContains) })
	}
	if m.Body != nil {
		want, _ := decode(string(m.Body))
		all = append(all, func(x *journal.Exchange) bool {
			got, ok := decode(x.Request.Body)
			return ok && contains(got, want)
		})
	}
	if m.Event != nil {
		all = append(all, func(x *journal.Exchange) bool {
			for _, e := range x.Events {
				if e.Name == *m.Event {
					return true
				}
			}
			return false
		})
	}
	return all
}

func (m *match) byCause() condition {
	want := causeRequest
	if m.Cause != nil {
		want = *m.Cause
	}
	return func(x *journal.Exchange) bool { return want == causeAny || causeOf(x) == want }
}

func causeOf(x *journal.Exchange) string {
	switch {
	case x.Method != "":
		return causeRequest
	case strings.HasPrefix(x.Operation, "timer:"):
		return causeTimer
	}
	return causeControl
}

// unmatched tells whether a request met no operation.
func unmatched(x *journal.Exchange) bool { return x.Method != "" && x.Operation == "" }

func decode(text string) (any, bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	return v, d.Decode(&v) == nil
}

// contains tells whether got is want, or an object with at least want's members, at every depth.
func contains(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return false
		}
		for name, member := range want {
			if value, there := object[name]; !there || !contains(value, member) {
				return false
			}
		}
		return true
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !contains(list[i], want[i]) {
				return false
			}
		}
		return true
	case json.Number:
		n, ok := got.(json.Number)
		return ok && sameNumber(n, want)
	}
	return got == want
}

// sameNumber compares numbers however they are written, 1 and 1.0 alike.
func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, err := a.Float64()
	y, problem := b.Float64()
	return err == nil && problem == nil && x == y && math.Abs(x) < 1<<53 // beyond, a float no longer tells neighbours apart
}
