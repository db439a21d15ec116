package spec

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// readable asks kin-openapi, by which the simulator reads documents, for whatever else OpenAPI forbids: members that there are not, examples that
// break their schema, patterns that are none.
func (l *linter) readable(document []byte) {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	doc, err := loader.LoadFromData(document)
	if err != nil {
		l.found = append(l.found, Problem{1, "document", reason(err)})
		return
	}
	told := map[Problem]bool{} // a component is looked at again wherever it is used
	for _, p := range l.leaves(doc.Validate(context.Background(), openapi3.EnableMultiError()), Problem{Line: 1, Where: "document"}) {
		seen := Problem{Line: p.Line, Message: p.Message}
		if !told[seen] {
			l.found = append(l.found, p)
		}
		told[seen] = true
	}
}

// leaves are the errors at the ends of a tree of them, each at the most precise place that is told of on the way.
func (l *linter) leaves(err error, at Problem) []Problem {
	if err == nil {
		return nil
	}
	if many, ok := err.(openapi3.MultiError); ok {
		var all []Problem
		for _, e := range many {
			all = append(all, l.leaves(e, at)...)
		}
		return all
	}
	cause := errors.Unwrap(err)
	switch e := err.(type) {
	case *openapi3.SectionValidationError:
		at.Where = e.Section
		at.Line = max(at.Line, l.root.at(e.Section).line())
		return l.leaves(cause, at)
	case *openapi3.PathValidationError:
		at.Where = e.Path
		at.Line = max(at.Line, l.root.at("paths", e.Path).line())
		return l.leaves(cause, at)
	case *openapi3.OperationValidationError:
		method := strings.ToLower(e.Method)
		at.Line = max(at.Line, l.root.at("paths", at.Where, method).line())
		at.Where = method + " " + at.Where
		return l.leaves(cause, at)
	case *openapi3.ComponentValidationError:
		at.Where += " " + e.Section + " " + e.Name
		return l.leaves(cause, at)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if origin := originOf(e); origin != nil && origin.Key != nil {
			at.Line = origin.Key.Line
		}
	}
	at.Message = reason(err)
	return []Problem{at}
}

// originOf is the place that an error of kin-openapi carries. Nearly each of its kinds has one, in a field of the same name, and no method gives it.
func originOf(err error) *openapi3.Origin {
	v := reflect.Indirect(reflect.ValueOf(err))
	if v.Kind() != reflect.Struct {
		return nil
	}
	field, ok := v.Type().FieldByName("Origin")
	if !ok || field.Type != reflect.TypeFor[*openapi3.Origin]() {
		return nil
	}
	return v.FieldByIndex(field.Index).Interface().(*openapi3.Origin)
}

// reason is what an error says in one line: kin-openapi prints schema and value below it.
func reason(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
