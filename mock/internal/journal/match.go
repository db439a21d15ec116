package journal

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
)

// The causes of an exchange.
const (
	causeRequest = "request"
	causeTimer   = "timer"
	causeControl = "control"
	causeAny     = "any"
)

// Match is what an exchange has to be like; what is not given does not matter, but for the cause, which is a request then.
type Match struct {
	Provider     *string           `json:"provider,omitempty"`
	Tenant       *string           `json:"tenant,omitempty"`
	Operation    *string           `json:"operation,omitempty"`
	Method       *string           `json:"method,omitempty"`
	Path         *string           `json:"path,omitempty"`
	PathPattern  *string           `json:"path_pattern,omitempty"`
	Status       *int              `json:"status,omitempty"`
	Headers      map[string]string `json:"headers,omitempty"`
	Body         json.RawMessage   `json:"body,omitempty"`
	BodyContains *string           `json:"body_contains,omitempty"`
	Event        *string           `json:"event,omitempty"`
	Forced       *bool             `json:"forced,omitempty"`
	Unmatched    *bool             `json:"unmatched,omitempty"`
	Cause        *string           `json:"cause,omitempty"`
	After        *int64            `json:"after,omitempty"`
}

// condition is one thing that an exchange has to be.
type condition func(x *Exchange) bool

// BadPattern is the refusal of a path_pattern that does not compile.
type BadPattern struct{ Err error }

func (e *BadPattern) Error() string { return "path_pattern is no regular expression: " + e.Err.Error() }

// Compile makes a function of a match. Its one error is a *BadPattern.
func (m *Match) Compile() (func(*Exchange) bool, error) {
	all := []condition{m.byCause()}
	equal := func(want *string, of func(*Exchange) string) {
		if want != nil {
			all = append(all, func(x *Exchange) bool { return of(x) == *want })
		}
	}
	equal(m.Provider, func(x *Exchange) string { return x.Provider })
	equal(m.Tenant, func(x *Exchange) string { return x.Tenant })
	equal(m.Operation, func(x *Exchange) string { return x.Operation })
	equal(m.Path, func(x *Exchange) string { return x.Path })
	if m.Method != nil {
		all = append(all, func(x *Exchange) bool { return strings.EqualFold(x.Method, *m.Method) })
	}
	if m.PathPattern != nil {
		pattern, err := regexp.Compile(`^(?:` + *m.PathPattern + `)$`)
		if err != nil {
			return nil, &BadPattern{err}
		}
		all = append(all, func(x *Exchange) bool { return pattern.MatchString(x.Path) })
	}
	if m.Status != nil {
		all = append(all, func(x *Exchange) bool { return x.Response.Status == *m.Status })
	}
	if m.Forced != nil {
		all = append(all, func(x *Exchange) bool { return x.Forced == *m.Forced })
	}
	if m.Unmatched != nil {
		all = append(all, func(x *Exchange) bool { return Unmatched(x) == *m.Unmatched })
	}
	if m.After != nil {
		all = append(all, func(x *Exchange) bool { return x.Number > *m.After })
	}
	all = append(all, m.content()...)
	return func(x *Exchange) bool {
		for _, holds := range all {
			if !holds(x) {
				return false
			}
		}
		return true
	}, nil
}

// content is what the match says of headers, body and events.
func (m *Match) content() []condition {
	var all []condition
	for name, value := range m.Headers {
		all = append(all, func(x *Exchange) bool {
			for _, sent := range x.Request.Header.Values(name) {
				if sent == value {
					return true
				}
			}
			return false
		})
	}
	if m.BodyContains != nil {
		all = append(all, func(x *Exchange) bool { return strings.Contains(x.Request.Body, *m.BodyContains) })
	}
	if m.Body != nil {
		want, _ := decode(string(m.Body))
		all = append(all, func(x *Exchange) bool {
			got, ok := decode(x.Request.Body)
			return ok && contains(got, want)
		})
	}
	if m.Event != nil {
		all = append(all, func(x *Exchange) bool {
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

func (m *Match) byCause() condition {
	want := causeRequest
	if m.Cause != nil {
		want = *m.Cause
	}
	return func(x *Exchange) bool { return want == causeAny || causeOf(x) == want }
}

func causeOf(x *Exchange) string {
	switch {
	case x.Method != "":
		return causeRequest
	case strings.HasPrefix(x.Operation, "timer:"):
		return causeTimer
	}
	return causeControl
}

// Unmatched tells whether a request met no operation.
func Unmatched(x *Exchange) bool { return x.Method != "" && x.Operation == "" }

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
