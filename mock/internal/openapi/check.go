package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

var (
	asRequest  = []openapi3.SchemaValidationOption{openapi3.MultiErrors(), openapi3.VisitAsRequest(), openapi3.EnableFormatValidation()}
	asResponse = []openapi3.SchemaValidationOption{openapi3.MultiErrors(), openapi3.VisitAsResponse(), openapi3.EnableFormatValidation()}
	filter     = &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true, SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.EnableFormatValidation()}}
)

// CheckParameters compares path, query and header parameters with the document. vars are the path's, unescaped.
// Parameters that the document does not name pass, as they do at the vendors'.
func (op *Operation) CheckParameters(r *http.Request, vars map[string]string) []Problem {
	if len(op.params) == 0 {
		return nil
	}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Options: filter}
	if r.URL.RawQuery != "" {
		input.QueryParams = r.URL.Query()
	}
	var problems []Problem
	for _, p := range op.params {
		if err := openapi3filter.ValidateParameter(context.Background(), input, p); err != nil {
			problems = append(problems, explained(flatten(p.In, p.Name, err, asRequest), p.Schema, p.Origin)...)
		}
	}
	return sortProblems(problems)
}

// TakesBody tells whether the operation has a body to read, and whether it must be there.
func (op *Operation) TakesBody() (takes, required bool) {
	if op.spec.RequestBody == nil {
		return false, false
	}
	return true, op.spec.RequestBody.Value.Required
}

// MediaTypes lists what the operation's body may be, sorted.
func (op *Operation) MediaTypes() []string {
	if op.spec.RequestBody == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(op.spec.RequestBody.Value.Content))
}

// ErrMediaType is what CheckBody says of a body in a media type that the operation does not take.
var ErrMediaType = errors.New("unsupported media type")

// IsJSON tells whether a request's headers declare its body to be JSON.
func IsJSON(header http.Header) bool {
	name, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return isJSON(name)
}

// CheckBody compares a body that is not empty with the document, and returns the value that was read from it: a json.RawMessage if the document
// names all that is in it, once.
func (op *Operation) CheckBody(header http.Header, body []byte) (value any, problems []Problem, err error) {
	name, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	media := op.spec.RequestBody.Value.Content[name]
	if err != nil || media == nil {
		return nil, nil, ErrMediaType
	}
	accepted := false
	if isJSON(name) && media.Schema != nil {
		var exact bool
		if accepted, exact = op.requests.Accepts(media.Schema.Value, body); exact {
			return json.RawMessage(body), nil, nil
		}
	}
	if value, problems, err = read(name, header, body, media); accepted || err != nil || len(problems) > 0 || media.Schema == nil {
		return value, problems, err
	}
	return value, sortProblems(flatten("body", "", media.Schema.Value.VisitJSON(value, asRequest...), asRequest)), nil
}

// read parses a body of one media type: JSON, or a form as its schema describes it.
func read(name string, header http.Header, body []byte, media *openapi3.MediaType) (any, []Problem, error) {
	if isJSON(name) {
		value, problem := decode(body)
		if problem != nil {
			return nil, []Problem{*problem}, nil
		}
		return value, nil, nil
	}
	decoder := openapi3filter.RegisteredBodyDecoder(name)
	if decoder == nil {
		return nil, nil, ErrMediaType
	}
	encoding := func(member string) *openapi3.Encoding { return media.Encoding[member] }
	value, err := decoder(bytes.NewReader(body), header, media.Schema, encoding)
	if err != nil {
		return nil, []Problem{unread(name, err, media.Schema)}, nil
	}
	return value, nil, nil
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// decode reads exactly one JSON value of valid UTF-8. Numbers stay as they were written.
func decode(body []byte) (any, *Problem) {
	if !utf8.Valid(body) {
		return nil, &Problem{In: "body", Keyword: "json", Message: "is not valid UTF-8", Want: "JSON in UTF-8"}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		at := int64(len(body))
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) { // the decoder's own offset stays before a value that it could not read
			at = syntax.Offset
		} else if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			err = errors.New("it ends too soon")
		}
		return nil, &Problem{In: "body", Keyword: "json", Message: fmt.Sprintf("is not JSON, near byte %d: %v", at, err), Want: "one JSON value"}
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, &Problem{In: "body", Keyword: "json", Message: fmt.Sprintf("goes on after the JSON value, at byte %d", d.InputOffset()), Want: "one JSON value"}
	}
	return value, nil
}

// CheckAnswer compares an answer of ours with the document, down to its bytes. op is nil for a request that met no operation.
func (d *Document) CheckAnswer(op *Operation, status int, header http.Header, body []byte) []string {
	response := d.response(op, status)
	if response == nil {
		return []string{fmt.Sprintf("status %d is not declared", status)}
	}
	var broken []string
	for name, ref := range response.Headers {
		if ref.Value.Required && header.Get(name) == "" {
			broken = append(broken, "header "+name+" is missing")
		}
	}
	if len(response.Content) == 0 {
		if len(body) > 0 {
			broken = append(broken, fmt.Sprintf("status %d is declared without a body", status))
		}
		return broken
	}
	name, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	media := response.Content[name]
	if media == nil {
		return append(broken, fmt.Sprintf("content type %q is not declared for status %d", header.Get("Content-Type"), status))
	}
	if media.Schema == nil || !isJSON(name) {
		return broken
	}
	if ok, _ := d.answers.Accepts(media.Schema.Value, body); ok {
		return broken
	}
	value, problem := decode(body)
	if problem != nil {
		return append(broken, problem.String())
	}
	for _, p := range sortProblems(flatten("body", "", media.Schema.Value.VisitJSON(value, asResponse...), asResponse)) {
		broken = append(broken, p.String())
	}
	return broken
}

// response finds what is declared for a status; nil if nothing is.
func (d *Document) response(op *Operation, status int) *openapi3.Response {
	if op != nil && op.responses[status] != nil {
		return op.responses[status]
	}
	return d.refusals[status]
}
