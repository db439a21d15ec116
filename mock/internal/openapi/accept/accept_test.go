package accept_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	_ "understudy/mock/internal/openapi" // tells kin-openapi what the formats are
	"understudy/mock/internal/openapi/accept"
	"understudy/specs"
)

// subject is a schema of a document that is served, in the direction in which it is used, and an example of it.
type subject struct {
	name    string
	accept  *accept.Direction
	option  openapi3.SchemaValidationOption
	schema  *openapi3.Schema
	example []byte
}

// subjects are the bodies of all documents, sorted, so that a number found by fuzzing stays what it is.
var subjects = sync.OnceValue(func() (all []subject) {
	requests, answers := accept.Requests(), accept.Answers()
	met := map[string]bool{} // operations share most of their refusals
	for _, name := range append(specs.Providers(), specs.Control) {
		text, _ := specs.Document(name)
		doc, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			panic(err)
		}
		add := func(name string, d *accept.Direction, o openapi3.SchemaValidationOption, media *openapi3.MediaType) {
			if media == nil || media.Schema == nil {
				return
			}
			examples := map[string]any{"": media.Example}
			for key, ref := range media.Examples {
				examples[key] = ref.Value.Value
			}
			for _, key := range slices.Sorted(maps.Keys(examples)) {
				text, err := json.Marshal(examples[key])
				if id := fmt.Sprintf("%p %s", media.Schema.Value, text); err == nil && examples[key] != nil && !met[id] {
					met[id] = true
					all = append(all, subject{name + " " + key, d, o, media.Schema.Value, text})
				}
			}
		}
		for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
			operations := doc.Paths.Value(path).Operations()
			for _, method := range slices.Sorted(maps.Keys(operations)) {
				op := operations[method]
				if op.RequestBody != nil {
					add(op.OperationID+" request", requests, openapi3.VisitAsRequest(), jsonOf(op.RequestBody.Value.Content))
				}
				for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
					add(op.OperationID+" "+status, answers, openapi3.VisitAsResponse(), jsonOf(op.Responses.Value(status).Value.Content))
				}
			}
		}
	}
	return all
})

func jsonOf(content openapi3.Content) *openapi3.MediaType {
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if strings.HasSuffix(name, "json") {
			return content[name]
		}
	}
	return nil
}

// kin is what kin-openapi says of bytes, read strictly.
func (s subject) kin(body []byte) error {
	value, err := read(body)
	if err != nil {
		return err
	}
	return s.schema.VisitJSON(value, s.option)
}

func read(body []byte) (value any, err error) {
	if !utf8.Valid(body) {
		return nil, fmt.Errorf("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("it goes on")
	}
	return value, nil
}

// hold fails if bytes are accepted that kin-openapi refuses, and tells what both say.
func (s subject) hold(t *testing.T, body []byte) (accepted, right bool) {
	t.Helper()
	accepted, exact := s.accept.Accepts(s.schema, body)
	err := s.kin(body)
	if accepted && err != nil {
		t.Errorf("%s: accepted, and kin-openapi says %v\n%s", s.name, err, body)
	}
	if exact && !accepted {
		t.Errorf("%s: exact, but not accepted\n%s", s.name, body)
	}
	return accepted, err == nil
}

func TestEveryExampleIsAccepted(t *testing.T) {
	t.Parallel()
	if len(subjects()) < 150 {
		t.Fatalf("only %d examples", len(subjects()))
	}
	for _, s := range subjects() {
		if accepted, right := s.hold(t, s.example); right && !accepted {
			t.Errorf("%s: kin-openapi takes it, but it is not accepted\n%s", s.name, s.example)
		}
	}
}

// Every example is broken in every place in several ways. What kin-openapi refuses is never accepted; of what it takes, nine tenths are.
func TestNothingIsAcceptedThatKinRefuses(t *testing.T) {
	t.Parallel()
	var taken, accepted, refused int
	for _, s := range subjects() {
		value, err := read(s.example)
		if err != nil {
			t.Fatal(err)
		}
		vary(value, func(v any) {
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			ok, right := s.hold(t, text)
			switch {
			case !right:
				refused++
			case ok:
				taken, accepted = taken+1, accepted+1
			default:
				taken++
			}
		})
	}
	t.Logf("kin-openapi refused %d and took %d, of which %d were accepted", refused, taken, accepted)
	if refused < 1000 || accepted < taken*90/100 {
		t.Errorf("kin-openapi refused %d and took %d, of which only %d were accepted", refused, taken, accepted)
	}
}

// others are what a value of a type is replaced by: the other types, and values of its own that a schema may forbid.
var others = map[string][]any{
	"<nil>":                   {true, "x", json.Number("1"), []any{}, map[string]any{}},
	"bool":                    {nil, "true"},
	"string":                  {nil, "", "x", "2026-01-31T09:30:00Z", json.Number("1")},
	"json.Number":             {nil, "1", json.Number("0"), json.Number("-1"), json.Number("1.5"), json.Number("1e3"), json.Number("99999999999999999999")},
	"[]interface {}":          {nil, []any{}, map[string]any{}},
	"map[string]interface {}": {nil, []any{}, map[string]any{}},
}

// vary calls f with a value as it is when one thing in it is different, for each thing in turn.
func vary(whole any, f func(any)) {
	var walk func(v any, put func(any))
	walk = func(v any, put func(any)) {
		for _, other := range others[fmt.Sprintf("%T", v)] {
			put(other)
			f(whole)
		}
		put(v)
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				was := v[name]
				delete(v, name)
				f(whole)
				v[name] = was
				walk(was, func(other any) { v[name] = other })
			}
			v["a stranger"] = json.Number("1")
			f(whole)
			delete(v, "a stranger")
		case []any:
			for i, was := range v {
				walk(was, func(other any) { v[i] = other })
			}
			put(append(slices.Clone(v), v...))
			f(whole)
			put(v)
		}
	}
	walk(whole, func(other any) { whole = other })
}

func schema(t *testing.T, text string) *openapi3.Schema {
	t.Helper()
	document := `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":{"S":` + text + `}}}`
	doc, err := openapi3.NewLoader().LoadFromData([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas["S"].Value
}

// JSON itself: what encoding/json does not read is never accepted, even where the schema takes anything.
func TestJSONIsReadStrictly(t *testing.T) {
	t.Parallel()
	anything := schema(t, `{"type":"object","nullable":true,"anyOf":[{"type":"object"},{"type":"array","items":{}},{"type":"string"},{"type":"number"},{"type":"boolean"}]}`)
	loose := schema(t, `{"type":"array","items":{}}`)
	texts := []string{
		``, ` `, `nul`, `null`, `nullx`, `true`, `tru`, `0`, `-0`, `01`, `-`, `1.`, `.5`, `1.5`, `1e`, `1e+`, `1e5`, `1E-5`, `+1`, `0x1`, `1_0`, `NaN`,
		`"`, `"a`, `"a"`, `"\n"`, "\"\n\"", `"\x"`, `"\u12"`, `"\u12G4"`, `"\u+123"`, `"\ud800"`, `"\`, `"\"`, "\"\xff\"", "\x00", "1\x00",
		`[`, `[]`, `[ ]`, `[,]`, `[1,]`, `[1 2]`, `[1]]`, `[1`, `{`, `{}`, `{ }`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a" 1}`, `{"a":1 "b":2}`, `{a:1}`, `{"a":1}}`, `{"a":1}{}`, "\ufeff1",
		strings.Repeat("[", 199) + strings.Repeat("]", 199), strings.Repeat("[", 20000) + strings.Repeat("]", 20000),
	}
	for _, text := range texts {
		for _, body := range []string{text, " \t\r\n" + text + "\n", "[" + text + "]"} {
			for _, s := range []*openapi3.Schema{anything, loose} {
				accepted, _ := accept.Answers().Accepts(s, []byte(body))
				if _, err := read([]byte(body)); accepted && err != nil {
					t.Errorf("%q is accepted, but it is %v", body, err)
				}
			}
		}
	}
	for _, body := range []string{` [ 1 , -0.5 , "\u00e9\n\/" , true , { "a" : [ ] } , "\ud800" ] `, `[]`, "[\t]"} {
		if accepted, _ := accept.Answers().Accepts(loose, []byte(body)); !accepted {
			t.Errorf("%q is not accepted", body)
		}
	}
}

func TestEachWordOfASchemaIsHeld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, yes, no string }{
		{`{}`, `{"a":1}`, `null`},
		{`{"type":"string"}`, `"x"`, `1`},
		{`{"type":"string","nullable":true}`, `null`, `true`},
		{`{"type":"string","enum":["a","b"]}`, `"b"`, `"c"`},
		{`{"type":"integer","nullable":true,"enum":["a"]}`, `null`, `1`},
		{`{"enum":["a"]}`, `"a"`, `1`},
		{`{"type":"string","enum":["é"]}`, `"\u00e9"`, `"e"`},
		{`{"type":"integer","enum":[1,2]}`, `2`, `3`},
		{`{"type":"string","minLength":2,"maxLength":3}`, `"äöü"`, `"äöüß"`},
		{`{"type":"string","minLength":2}`, `"\u00e4\u00f6"`, `"\u00e4"`},
		{`{"type":"string","pattern":"^a+$"}`, `"aa"`, `"ab"`},
		{`{"type":"string","pattern":"^\\u00E9$"}`, `"é"`, `"e"`},
		{`{"type":"string","pattern":"Z$","format":"date-time"}`, `"2026-01-31T09:30:00Z"`, `"Z"`},
		{`{"type":"string","enum":["a",null],"nullable":true}`, `null`, `"null"`},
		{`{"type":"string","enum":["a",null]}`, `"a"`, `null`},
		{`{"type":"integer","format":"int32","minimum":0}`, `0`, `-1`},
		{`{"type":"string","format":"date-time"}`, `"2026-01-31T09:30:00Z"`, `"2026-01-31"`},
		{`{"type":"string","format":"decimal"}`, `"19.99"`, `"19,99"`},
		{`{"type":"integer"}`, `7`, `7.5`},
		{`{"type":"integer","format":"int32"}`, `2147483647`, `2147483648`},
		{`{"type":"integer","format":"int64"}`, `2147483648`, `"1"`},
		{`{"type":"number","minimum":1,"maximum":2}`, `1.5`, `2.5`},
		{`{"type":"number","minimum":1,"exclusiveMinimum":true}`, `1.5`, `1`},
		{`{"type":"number","multipleOf":0.5}`, `1.5`, `1.2`},
		{`{"type":"boolean"}`, `true`, `"true"`},
		{`{"type":"array","items":{"type":"string"}}`, `["a"]`, `[1]`},
		{`{"type":"array","items":{},"minItems":1,"maxItems":2}`, `[1,2]`, `[1,2,3]`},
		{`{"type":"array","items":{},"minItems":1}`, `[1]`, `[]`},
		{`{"type":"array","items":{},"uniqueItems":true}`, `[1,2]`, `[1,1]`},
		{`{"type":"array","items":{}}`, `[1]`, `[null]`},
		{`{"type":"object","properties":{"a":{"type":"string"}}}`, `{"b":null}`, `{"a":null}`},
		{`{"type":"object","required":["a"]}`, `{"a":null}`, `{"b":1}`},
		{`{"type":"object","properties":{"a":{}},"required":["a"]}`, `{"a":1}`, `{}`},
		{`{"type":"object","properties":{"a":{}},"additionalProperties":false}`, `{"a":1}`, `{"a":1,"b":2}`},
		{`{"type":"object","required":["b"],"additionalProperties":{"type":"string"}}`, `{"b":"x","c":"y"}`, `{"b":1}`},
		{`{"type":"object","additionalProperties":{"type":"string"}}`, `{"b":"x"}`, `{"b":1}`},
		{`{"type":"object","minProperties":1}`, `{"a":1}`, `{}`},
		{`{"type":"object","maxProperties":1}`, `{"a":1}`, `{"a":1,"b":2}`},
		{`{"type":"object","properties":{"a":{"type":"string","writeOnly":true}}}`, `{}`, `{"a":"x"}`},
		{`{"allOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}`, `{"a":1,"b":2}`, `{"a":1}`},
		{`{"allOf":[{"type":"string","nullable":true}]}`, `null`, `1`},
		{`{"allOf":[{"type":"string"}],"nullable":true}`, `null`, `1`},
		{`{"allOf":[{"type":"object"}],"required":["a"]}`, `{"a":1}`, `{}`},
		{`{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `1`, `1.5`},
		{`{"anyOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}],"required":["c"]}`, `{"b":1,"c":1}`, `{"b":1}`},
		{`{"oneOf":[{"type":"string"},{"type":"integer"}]}`, `1`, `true`},
		{`{"oneOf":[{"type":"number"},{"type":"integer"}]}`, `1.5`, `1`},
		{`{"not":{"type":"string"}}`, `1`, `"x"`},
		{`{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"integer"}]}}}`, `{"a":"x"}`, `{"a":true}`},
		{`{"type":"object","properties":{"next":{"$ref":"#/components/schemas/S"},"n":{"type":"integer"}}}`, `{"next":{"next":{"n":1}}}`, `{"next":{"next":{"n":"1"}}}`},
	} {
		t.Run(c.schema, func(t *testing.T) {
			t.Parallel()
			s := subject{c.schema, accept.Answers(), openapi3.VisitAsResponse(), schema(t, c.schema), nil}
			if accepted, right := s.hold(t, []byte(c.yes)); !accepted || !right {
				t.Errorf("%s: accepted %t, by kin-openapi %t", c.yes, accepted, right)
			}
			if accepted, right := s.hold(t, []byte(c.no)); accepted || right {
				t.Errorf("%s: accepted %t, by kin-openapi %t", c.no, accepted, right)
			}
		})
	}
}

// A member that is named twice has one meaning for who reads the first and another for who reads the last, so it is left to kin-openapi.
func TestWhatIsExactHasOneMeaning(t *testing.T) {
	t.Parallel()
	s := schema(t, `{"type":"object","properties":{"a":{"type":"string"},
		"both":{"type":"object","properties":{"x":{}},"anyOf":[{"type":"object","required":["n"]},{"type":"object","properties":{"y":{"type":"object","properties":{"b":{}}}}}]},"or":{"anyOf":[{"type":"object","required":["x"]},{"type":"object","properties":{"y":{}}}]},"list":{"type":"array","items":{"type":"object","properties":{"b":{}}}}}}`)
	for body, want := range map[string][2]bool{
		`{"a":"x"}`:                {true, true},
		`{"list":[{"b":1}]}`:       {true, true},
		`{"A":"x"}`:                {true, false},
		`{"list":[{"c":1}]}`:       {true, false},
		`{"list":[{"b":{}}]}`:      {true, true},
		`{"a":"x","a":"y"}`:        {false, false},
		`{"\u0061":"x"}`:           {false, false},
		`{"list":[{"b":{"d":1}}]}`: {true, false},
	} {
		ok, exact := accept.Requests().Accepts(s, []byte(body))
		if got := [2]bool{ok, exact}; got != want {
			t.Errorf("%s: %v, wanted %v", body, got, want)
		}
	}
}

// FuzzAccept looks for what is accepted although kin-openapi refuses it.
func FuzzAccept(f *testing.F) {
	for i, s := range subjects() {
		f.Add(i, s.example)
	}
	for i, text := range []string{`{"a":1,"a":2}`, `[1e400]`, `"\ud800"`, `null`, strconv.Itoa(1 << 53)} {
		f.Add(i, []byte(text))
	}
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		s := subjects()[max(i%len(subjects()), -(i%len(subjects())))]
		s.hold(t, body)
	})
}
