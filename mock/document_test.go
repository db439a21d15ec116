package mock_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"understudy/fixtures/jsonpointer"
	"understudy/mock/internal/openapi"
	"understudy/specs"
)

// pageCall is a page's own call, as specs/calls makes it runnable.
type pageCall struct {
	op      *openapi.Operation
	request request
	status  int
	shown   any // the page's answer, placeholders and all
	filled  any // with the table's values in their places
}

// table is a file of specs/calls.
type table struct {
	Operation         string
	Status            int
	Path              map[string]string
	Header            map[string]string
	Request, Response map[string]any
}

// readPage puts a provider's page together: its sample, and the table that replaces the placeholders.
func readPage(t testing.TB, p *platform) pageCall {
	t.Helper()
	raw, _ := specs.Call(p.name)
	var c table
	if err := yaml.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	op := p.document.Operation(c.Operation)
	if op == nil {
		t.Fatalf("%s has no operation %q", p.name, c.Operation)
	}
	call := pageCall{op: op, status: c.Status, request: request{method: op.Method, path: expand(op.Path, c.Path), header: map[string][]string{}}}
	for name, value := range c.Header {
		call.request.header.Set(name, value)
	}
	if body, ok := specs.Sample(p.name, "request"); ok {
		call.request.body = written(fill(parsed(body), c.Request))
	}
	body, _ := specs.Sample(p.name, "response")
	call.shown = parsed(body)
	call.filled = fill(call.shown, c.Response)
	return call
}

// fill replaces what stands at JSON pointers.
func fill(v any, values map[string]any) any {
	for pointer, value := range values {
		v = put(v, openapi.Problem{In: "body", Pointer: pointer}.Path(), value)
	}
	return v
}

// TestEveryPrintedCallWorks makes each page's own call in a world where nothing has happened, and finds in the answer what the page shows:
// the status, every key at every level, no other, and values of the types that the page shows.
func TestEveryPrintedCallWorks(t *testing.T) {
	t.Parallel()
	for _, name := range specs.Providers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stage(t, name)
			call := readPage(t, p)
			a := p.must(t, p.fresh(t), call.request)
			if a.status != call.status {
				t.Fatalf("want %d\n\trequest: %s\n\tanswer:  %s", call.status, call.request, a)
			}
			if broken := p.document.CheckAnswer(call.op, a.status, a.header, a.body); len(broken) > 0 {
				t.Errorf("the answer is not as documented: %q", broken)
			}
			for _, difference := range differences("", call.shown, call.filled, parsed(a.body)) {
				t.Error(difference)
			}
		})
	}
}

// differences compares an answer with what a page shows. What the page or the table leaves empty is free; so is what the page shows as null or
// unknown. A null in the answer is right where the document allows it, which the check of the answer has seen to.
func differences(at string, shown, filled, got any) (list []string) {
	if got == nil || shown == nil || shown == "<unknown>" {
		return nil
	}
	switch shown := shown.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		free, _ := filled.(map[string]any)
		switch {
		case !ok:
			return []string{fmt.Sprintf("%s is %s, and an object on the page", at, written(got))}
		case len(shown) == 0 || len(free) == 0:
			return nil
		}
		want, have := slices.Sorted(maps.Keys(shown)), slices.Sorted(maps.Keys(object))
		if !slices.Equal(want, have) {
			list = append(list, fmt.Sprintf("%s has the keys %q, and on the page %q", at, have, want))
		}
		for name, member := range inOrder(shown) {
			list = append(list, differences(at+jsonpointer.Of(name), member, free[name], object[name])...)
		}
	case []any:
		items, ok := got.([]any)
		free, _ := filled.([]any)
		switch {
		case !ok:
			return []string{fmt.Sprintf("%s is %s, and a list on the page", at, written(got))}
		case len(shown) == 0 || len(free) == 0:
			return nil
		case len(items) == 0:
			return []string{fmt.Sprintf("%s is empty, and not so on the page", at)}
		}
		for i, item := range items {
			list = append(list, differences(at+"/"+strconv.Itoa(i), shown[0], free[0], item)...)
		}
	default:
		if a, b := fmt.Sprintf("%T", shown), fmt.Sprintf("%T", got); a != b {
			list = append(list, fmt.Sprintf("%s is %s, and %s on the page", at, written(got), written(shown)))
		}
	}
	return list
}

// TestOddKeysAreOnTheWire looks at raw bytes: decoders forgive what a careful client would trip over.
func TestOddKeysAreOnTheWire(t *testing.T) {
	t.Parallel()
	p := stage(t, "commerceengine")
	a := p.must(t, p.fresh(t), readPage(t, p).request)
	for _, key := range []string{`"options.createMandate":`, `"mandate.start_date ":`, `"mandate.end_date ":`, `"mandate.rule_value ":`} {
		if !bytes.Contains(a.body, []byte(key)) {
			t.Errorf("%s is not in %s", key, a.body)
		}
	}
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil || strings.Contains(string(a.body), `\u003c`) {
		t.Errorf("%v: %s", err, a.body)
	}
}
