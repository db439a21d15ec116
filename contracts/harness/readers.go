package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	validation "github.com/pb33f/libopenapi-validator/config"
	problems "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi-validator/requests"
	"github.com/pb33f/libopenapi-validator/responses"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	lowv3 "github.com/pb33f/libopenapi/datamodel/low/v3"
	"github.com/pb33f/libopenapi/orderedmap"

	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// The readers of the documents, by name. Two libraries judge each answer; what neither looks at is judged here.
const (
	readerKin        = "kin-openapi"
	readerLibopenapi = "libopenapi-validator"
	readerOwn        = "understudy"
)

// objection is what one reader has against an answer.
type objection struct {
	in, pointer, message string
}

// question is an answer as it is put to a reader.
type question struct {
	op       *document.Operation // nil: the request met none
	status   int
	header   http.Header
	body     []byte
	request  *http.Request
	response *document.Response
}

// reader is a library that reads the document by itself.
type reader interface {
	name() string
	object(q question) []objection
}

// formats are the string formats that the documents use beyond what a reader knows by itself, or knows differently: both readers are told the same.
var formats = map[string]func(string) error{
	"date-time": func(s string) error {
		_, err := time.Parse(time.RFC3339Nano, s)
		return err
	},
	"date": func(s string) error {
		_, err := time.Parse(time.DateOnly, s)
		return err
	},
	"uri": func(s string) error {
		u, err := url.Parse(s)
		if err == nil && (u.Scheme == "" || u.Host == "" && u.Opaque == "") {
			err = errors.New("it is not absolute")
		}
		return err
	},
	"email": func(s string) error {
		a, err := mail.ParseAddress(s)
		if err == nil && a.Address != s {
			err = errors.New("it is more than an address")
		}
		return err
	},
	"uuid": func(s string) error {
		if len(s) != 36 || strings.Count(s, "-") != 4 || strings.Trim(strings.ToLower(s), "0123456789abcdef-") != "" {
			return errors.New("it is not 8-4-4-4-12 hexadecimal digits")
		}
		return nil
	},
	"decimal": func(s string) error {
		digits := strings.TrimPrefix(s, "-")
		whole, fraction, dot := strings.Cut(digits, ".")
		if whole == "" || strings.Trim(whole+fraction, "0123456789") != "" || dot && fraction == "" {
			return errors.New("it is no decimal, as 19.99")
		}
		return nil
	},
}

// kin reads with kin-openapi.
type kin struct {
	document *openapi3.T
	byID     map[string]*openapi3.Operation
	refusals *openapi3.Operation // a stand-in that answers with x-refusals
	options  *openapi3filter.Options
}

func newKin(d *document.Document) (*kin, error) {
	doc, err := openapi3.NewLoader().LoadFromData(d.Bytes)
	if err != nil {
		return nil, fmt.Errorf("kin-openapi: %w", err)
	}
	k := &kin{document: doc, byID: map[string]*openapi3.Operation{}, refusals: &openapi3.Operation{Responses: openapi3.NewResponsesWithCapacity(8)}}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			k.byID[op.OperationID] = op
		}
	}
	for code, v := range extensionMap(doc.Extensions["x-refusals"]) {
		ref, _ := v.(map[string]any)
		name, _ := ref["$ref"].(string)
		if r := doc.Components.Responses[name[strings.LastIndex(name, "/")+1:]]; r != nil {
			k.refusals.Responses.Set(code, r)
		}
	}
	own := map[string]openapi3.StringFormatValidator{}
	for name, check := range formats {
		own[name] = openapi3.NewCallbackValidator(check)
	}
	k.options = &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, SchemaValidationOptions: []openapi3.SchemaValidationOption{
		openapi3.EnableFormatValidation(), openapi3.WithStringFormatValidators(own), openapi3.DisableSchemaErrorDetails(),
	}}
	return k, nil
}

func extensionMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func (k *kin) name() string { return readerKin }

func (k *kin) object(q question) []objection {
	op := k.refusals
	if q.op != nil {
		op = k.byID[q.op.ID]
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: q.request, Route: &routers.Route{Spec: k.document, Operation: op}},
		Status:                 q.status, Header: q.header, Options: k.options,
	}
	input.SetBodyBytes(q.body)
	return flatten("body", openapi3filter.ValidateResponse(context.Background(), input))
}

// flatten turns kin-openapi's errors, which hold each other, into a list.
func flatten(in string, err error) (list []objection) {
	var multi openapi3.MultiError
	var schema *openapi3.SchemaError
	var response *openapi3filter.ResponseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &response) && response.Err != nil && response.Err != err:
		if strings.Contains(response.Reason, "header") {
			return []objection{{"header", headerIn(response.Reason), oneLine(response.Error())}}
		}
		return flatten(in, response.Err)
	case errors.As(err, &response):
		return []objection{{"header", "Content-Type", oneLine(response.Reason)}}
	case asMulti(err, &multi):
		for _, e := range multi {
			list = append(list, flatten(in, e)...)
		}
		return list
	case errors.As(err, &schema):
		return []objection{{in, jsonpointer.Of(schema.JSONPointer()...), oneLine(schema.Reason)}}
	}
	return []objection{{in, "", oneLine(err.Error())}}
}

// headerIn finds the header that kin-openapi's sentence is about.
func headerIn(reason string) string {
	if _, rest, ok := strings.Cut(reason, `"`); ok {
		name, _, _ := strings.Cut(rest, `"`)
		return name
	}
	return ""
}

func asMulti(err error, multi *openapi3.MultiError) (ok bool) {
	if *multi, ok = err.(openapi3.MultiError); !ok {
		*multi, ok = errors.Unwrap(err).(openapi3.MultiError)
	}
	return ok
}

func oneLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return strings.TrimSpace(text)
}

// libopenapi reads with libopenapi and libopenapi-validator.
type libopenapi struct {
	responses responses.ResponseBodyValidator
	refusals  *v3.Operation
	options   []validation.Option // shared, so that a schema is compiled once
}

func newLibopenapi(d *document.Document) *libopenapi {
	options := []validation.Option{validation.WithFormatAssertions(), validation.WithRegexCache(new(regexCache))}
	for name, check := range formats {
		options = append(options, validation.WithCustomFormat(name, func(v any) error {
			if text, ok := v.(string); ok {
				return check(text)
			}
			return nil
		}))
	}
	l := &libopenapi{responses: responses.NewResponseBodyValidator(d.Model, options...), options: []validation.Option{validation.WithExistingOpts(validation.NewValidationOptions(options...))}}
	codes := orderedmap.New[string, *v3.Response]()
	for _, r := range d.Refusals {
		codes.Set(fmt.Sprint(r.Status), r.Model)
	}
	l.refusals = &v3.Operation{Responses: &v3.Responses{Codes: codes}}
	return l
}

func (l *libopenapi) name() string { return readerLibopenapi }

func (l *libopenapi) object(q question) (list []objection) {
	item, template := l.place(q)
	response := &http.Response{StatusCode: q.status, Header: q.header, Body: io.NopCloser(bytes.NewReader(q.body)), Request: q.request}
	_, found := l.responses.ValidateResponseBodyWithPathItem(q.request, response, item, template)
	for _, e := range append(found, l.optionalHeaders(q, response, template)...) {
		list = append(list, fromLibopenapi(e)...)
	}
	return list
}

// optionalHeaders puts those that were sent to the validator as if they had to be: it looks at the values of no others.
func (l *libopenapi) optionalHeaders(q question, response *http.Response, template string) []*problems.ValidationError {
	sent := orderedmap.New[string, *v3.Header]()
	for name, h := range q.response.Model.Headers.FromOldest() {
		if !h.Required && len(q.header.Values(name)) > 0 {
			own := *h
			own.Required = true
			sent.Set(name, &own)
		}
	}
	if sent.Len() == 0 {
		return nil
	}
	_, found := responses.ValidateResponseHeaders(q.request, response, sent, template, fmt.Sprint(q.status), l.options...)
	return found
}

// place is where the validator finds the operation. A request that met none is put to a stand-in that answers with x-refusals.
func (l *libopenapi) place(q question) (*v3.PathItem, string) {
	if q.op != nil {
		return q.op.Item, q.op.Template
	}
	o := l.refusals
	return &v3.PathItem{Get: o, Put: o, Post: o, Delete: o, Patch: o, Head: o, Options: o, Trace: o}, "/"
}

// quotedName is a member's name as libopenapi-validator quotes it.
var quotedName = regexp.MustCompile(`'((?:[^'\\]|\\.)*)'`)

func fromLibopenapi(e *problems.ValidationError) (list []objection) {
	for _, s := range e.SchemaValidationErrors {
		at := jsonpointer.Of(s.InstancePath...)
		if _, names, missing := strings.Cut(s.Reason, "missing propert"); missing { // it points at the object, where the other reader points at the member
			for _, name := range quotedName.FindAllStringSubmatch(names, -1) {
				list = append(list, objection{"body", at + jsonpointer.Of(name[1]), fmt.Sprintf("property %q is missing", name[1])})
			}
			continue
		}
		if e.ValidationSubType == lowv3.HeadersLabel { // the value of one, which is named outside
			return []objection{{"header", e.ParameterName, oneLine(s.Reason)}}
		}
		list = append(list, objection{"body", at, oneLine(s.Reason)})
	}
	if list != nil {
		return list
	}
	in := "body"
	if strings.Contains(strings.ToLower(e.ValidationSubType+e.Message), "header") || strings.Contains(e.Message, "content type") {
		in = "header"
	}
	return []objection{{in, e.ParameterName, oneLine(e.Message + ": " + e.Reason)}}
}

// Forbids tells whether both readers find a request's body against the document. What stands among alternatives cannot be told by looking at one of them.
func (j *Judge) Forbids(op *document.Operation, r document.Request) bool {
	media := op.Model.RequestBody
	if media == nil || r.Value == nil {
		return false
	}
	return j.kin.forbids(op, r) && j.libopenapi.forbids(op, r)
}

// Forbidden tells whether the document forbids the body that an exchange sent; known is false where that cannot be told of it.
func (j *Judge) Forbidden(x Exchange) (forbidden, known bool) {
	op, media := j.Document.Operation(x.Operation), x.Request.Header.Get("Content-Type")
	value, _, err := decoded(x.Request.Body)
	if op == nil || op.Body == nil || err != nil || !document.IsJSON(media) {
		return false, false
	}
	if !slices.ContainsFunc(op.Body.Media, func(m *document.Media) bool { return m.Type == media }) {
		return false, false
	}
	return j.Forbids(op, document.Request{Operation: op, Method: op.Method, Media: media, Value: value, Body: x.Request.Body}), true
}

func (k *kin) forbids(op *document.Operation, r document.Request) bool {
	media := k.byID[op.ID].RequestBody.Value.Content.Get(r.Media)
	if media == nil || media.Schema == nil {
		return false
	}
	value, _, err := decoded(document.Written(r.Value))
	if err != nil {
		return true
	}
	options := append([]openapi3.SchemaValidationOption{openapi3.VisitAsRequest(), openapi3.FailFast()}, k.options.SchemaValidationOptions...)
	return media.Schema.Value.VisitJSON(value, options...) != nil
}

func (l *libopenapi) forbids(op *document.Operation, r document.Request) bool {
	q, err := r.Writing("application/json", r.Value).HTTP("http://localhost")
	media := op.Model.RequestBody.Content.GetOrZero(r.Media)
	if err != nil || media == nil || media.Schema == nil {
		return false
	}
	ok, _ := requests.ValidateRequestSchema(&requests.ValidateRequestSchemaInput{Request: q, Schema: media.Schema.Schema(), Version: 3.0, Options: l.options})
	return !ok
}
