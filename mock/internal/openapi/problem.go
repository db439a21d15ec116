package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"understudy/fixtures/jsonpointer"
)

// Problem is one thing in which a message differs from the document.
type Problem struct {
	In      string // body, path, query or header
	Pointer string // JSON pointer within the body, or the parameter's name
	Keyword string // what was broken: required, type, enum, format, pattern, … ; "json" if the body does not parse
	Message string // what is wrong, as a sentence's end: "is missing", "is not one of …"
	Want    string // what would be right
	Line    int    // where the document says so
}

// Name is the last part of the pointer: the member's or the parameter's name.
func (p Problem) Name() string {
	parts := p.Path()
	if len(parts) == 0 {
		return ""
	}
	return parts[len(parts)-1]
}

// Path is the pointer's parts, unescaped; a parameter's is its name.
func (p Problem) Path() []string {
	if p.In != "body" {
		return []string{p.Pointer}
	}
	return jsonpointer.Parts(p.Pointer)
}

// String says it all in one line.
func (p Problem) String() string {
	where := p.In
	if p.Pointer != "" {
		where += " " + p.Pointer
	}
	s := where + " " + p.Message
	if p.Want != "" {
		s += "; " + p.Want + " would be right"
	}
	return s
}

// flatten turns an error of kin-openapi into problems, one for each thing that is wrong.
// kin-openapi's own flattening loses some and does not escape pointers.
func flatten(in, at string, err error, validation []openapi3.SchemaValidationOption) []Problem {
	if err == nil {
		return nil
	}
	var multi openapi3.MultiError
	var schema *openapi3.SchemaError
	var request *openapi3filter.RequestError
	switch {
	case asMulti(err, &multi):
		var all []Problem
		for _, e := range multi {
			all = append(all, flatten(in, at, e, validation)...)
		}
		return all
	case errors.As(err, &request) && request.Err != nil && request.Err != err:
		if errors.Is(request.Err, openapi3filter.ErrInvalidRequired) {
			return []Problem{{In: in, Pointer: at, Keyword: "required", Message: "is missing", Want: wantOf(request.Parameter.Schema), Line: lineOf(request.Parameter.Origin)}}
		}
		return flatten(in, at, request.Err, validation)
	case errors.As(err, &schema):
		return fromSchema(in, at, schema, validation)
	}
	return []Problem{{In: in, Pointer: at, Keyword: "type", Message: "is not readable: " + firstLine(err)}}
}

// explained adds what would be right, and where the document says so, to problems that kin-openapi found before it came to a schema.
func explained(problems []Problem, schema *openapi3.SchemaRef, origin *openapi3.Origin) []Problem {
	for i := range problems {
		if p := &problems[i]; p.Line == 0 {
			p.Line = lineOf(origin)
			if p.Want == "" {
				p.Want = wantOf(schema)
			}
		}
	}
	return problems
}

// unread explains a form that does not read, by its member if kin-openapi says which.
func unread(media string, err error, schema *openapi3.SchemaRef) Problem {
	p := Problem{In: "body", Keyword: "type", Message: "does not read as " + media + ": " + firstLine(err), Want: "a form that the document describes"}
	var parse *openapi3filter.ParseError
	if !errors.As(err, &parse) {
		return p
	}
	for _, part := range parse.Path() {
		p.Pointer += jsonpointer.Of(fmt.Sprint(part))
	}
	if schema != nil && len(parse.Path()) == 1 {
		if member := schema.Value.Properties[fmt.Sprint(parse.Path()[0])]; member != nil {
			p.Want, p.Line = wantOf(member), lineOf(member.Value.Origin)
		}
	}
	return p
}

// asMulti sees through the wrapping that kin-openapi puts around the errors of an allOf.
func asMulti(err error, multi *openapi3.MultiError) (ok bool) {
	if *multi, ok = err.(openapi3.MultiError); !ok {
		*multi, ok = errors.Unwrap(err).(openapi3.MultiError)
	}
	return ok
}

func fromSchema(in, at string, e *openapi3.SchemaError, validation []openapi3.SchemaValidationOption) []Problem {
	pointer := at
	if in == "body" {
		pointer = at + jsonpointer.Of(e.JSONPointer()...)
	}
	if e.SchemaField == "oneOf" || e.SchemaField == "anyOf" {
		if closest := closestBranch(in, pointer, e, validation); closest != nil {
			return closest
		}
	}
	if e.SchemaField == "allOf" && e.Origin != nil {
		if inner := flatten(in, at, errors.Unwrap(e.Origin), validation); len(inner) > 0 { // whose paths are whole already
			return inner
		}
	}
	p := Problem{In: in, Pointer: pointer, Keyword: e.SchemaField, Want: want(e.Schema, e.SchemaField)}
	if e.Schema != nil {
		p.Line = lineOf(e.Schema.Origin)
	}
	p.Message = say(e)
	if name, ok := unknownMember(e); ok {
		p.Pointer = pointer + jsonpointer.Of(name)
		if in != "body" {
			p.Pointer = pointer
		}
	}
	if e.SchemaField == "required" {
		p.Want = ""
		if parts := e.JSONPointer(); len(parts) > 0 && e.Schema != nil {
			p.Want = wantOf(e.Schema.Properties[parts[len(parts)-1]])
		}
	}
	return []Problem{p}
}

// unknownMember names the member that an object may not have; kin-openapi says it in words only, and points at the object.
func unknownMember(e *openapi3.SchemaError) (string, bool) {
	quoted, ok := strings.CutPrefix(e.Reason, "property ")
	if !ok || e.SchemaField != "properties" {
		return "", false
	}
	name, err := strconv.Unquote(strings.TrimSuffix(quoted, " is unsupported"))
	return name, err == nil
}

// closestBranch explains a failed oneOf or anyOf by the branch that the value fits best, the first of several: most likely it is the one that was meant.
func closestBranch(in, pointer string, e *openapi3.SchemaError, validation []openapi3.SchemaValidationOption) []Problem {
	branches := e.Schema.OneOf
	if e.SchemaField == "anyOf" {
		branches = e.Schema.AnyOf
	}
	var best []Problem
	most := 0
	for _, branch := range branches {
		found := flatten(in, pointer, branch.Value.VisitJSON(e.Value, validation...), validation)
		if fits := fit(branch.Value, e.Value, pointer, found); len(found) > 0 && (best == nil || fits > most) {
			best, most = found, fits
		}
	}
	return best
}

// fit ranks branches by what speaks for them, not by how little is wrong: a branch that wants two members would else explain everything.
// A right member speaks for a branch, more so if only one value would have been right, as with a tag; a wrong value of an enum speaks
// against it, and a member that it does not know does so more.
func fit(branch *openapi3.Schema, value any, pointer string, problems []Problem) int {
	object, ok := value.(map[string]any)
	if !ok {
		return -len(problems)
	}
	n := 0
	for name := range object {
		member, at := memberOf(branch, name), pointer+jsonpointer.Of(name)
		wrong := slices.IndexFunc(problems, func(p Problem) bool { return p.Pointer == at || strings.HasPrefix(p.Pointer, at+"/") })
		switch {
		case member == nil:
			n -= 2
		case wrong >= 0 && problems[wrong].Keyword == "enum":
			n--
		case wrong >= 0:
		case len(member.Enum) == 1:
			n += 2
		default:
			n++
		}
	}
	return n
}

// memberOf finds a member's schema, in the parts of an allOf too; nil if the schema does not name it.
func memberOf(s *openapi3.Schema, name string) *openapi3.Schema {
	if ref := s.Properties[name]; ref != nil {
		return ref.Value
	}
	for _, part := range s.AllOf {
		if found := memberOf(part.Value, name); found != nil {
			return found
		}
	}
	return nil
}

func say(e *openapi3.SchemaError) string {
	switch e.SchemaField {
	case "required":
		return "is missing"
	case "type":
		return "is " + article(kindOf(e.Value))
	case "enum":
		return "is not one of the values that are allowed"
	case "nullable":
		return "is null"
	case "format", "pattern":
		return "does not have the right form"
	case "properties", "additionalProperties":
		return "is not a member that is known here"
	}
	return strings.TrimSpace(e.Reason)
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64, int, int64, json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

func article(kind string) string {
	switch kind {
	case "null":
		return kind
	case "array", "object", "integer":
		return "an " + kind
	}
	return "a " + kind
}

func wantOf(ref *openapi3.SchemaRef) string {
	if ref == nil {
		return ""
	}
	return want(ref.Value, "type")
}

// want says what would have satisfied a schema.
func want(s *openapi3.Schema, keyword string) string {
	if s == nil {
		return ""
	}
	if len(s.Enum) > 0 && (keyword == "enum" || keyword == "type" || keyword == "nullable") {
		var values []string
		for _, v := range s.Enum {
			raw, _ := json.Marshal(v)
			values = append(values, string(raw))
		}
		if len(values) == 1 {
			return values[0]
		}
		return "one of " + strings.Join(values, ", ")
	}
	switch keyword {
	case "properties", "additionalProperties":
		if names := slices.Sorted(maps.Keys(s.Properties)); len(names) > 0 {
			return "one of " + strings.Join(names, ", ")
		}
		return "an object without members"
	case "pattern":
		return "text that matches " + s.Pattern
	case "maximum":
		return "at most " + number(s.Max)
	case "minimum":
		return "at least " + number(s.Min)
	case "minLength":
		return fmt.Sprintf("at least %d characters", s.MinLength)
	case "maxLength":
		return fmt.Sprintf("at most %d characters", *s.MaxLength)
	case "minItems":
		return fmt.Sprintf("at least %d items", s.MinItems)
	case "maxItems":
		return fmt.Sprintf("at most %d items", *s.MaxItems)
	}
	if s.Type == nil || len(*s.Type) == 0 {
		return ""
	}
	w := article((*s.Type)[0])
	if s.Format != "" {
		w += " (" + s.Format + ")"
	}
	return w
}

func number(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'g', -1, 64)
}

func lineOf(o *openapi3.Origin) int {
	if o == nil || o.Key == nil {
		return 0
	}
	return o.Key.Line
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// sortProblems puts them in the order of their places, so that a refusal reads the same each time.
func sortProblems(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return strings.Compare(a.In+a.Pointer+a.Keyword, b.In+b.Pointer+b.Keyword)
	})
	return slices.CompactFunc(list, func(a, b Problem) bool { return a.In == b.In && a.Pointer == b.Pointer && a.Keyword == b.Keyword })
}
