package specs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	validation "github.com/pb33f/libopenapi-validator/errors"
	"go.yaml.in/yaml/v4"

	"understudy/fixtures/jsonpointer"
	"understudy/specs"
)

// call is the table that makes a page's call runnable.
type call struct {
	Operation string            `yaml:"operation"`
	Status    int               `yaml:"status"`
	Path      map[string]string `yaml:"path"`
	Header    map[string]string `yaml:"header"`
	Request   map[string]any    `yaml:"request"`
	Response  map[string]any    `yaml:"response"`
}

func readCall(t *testing.T, provider string) call {
	t.Helper()
	raw, ok := specs.Call(provider)
	if !ok {
		t.Fatalf("specs/calls/%s.yaml is missing", provider)
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	var c call
	if err := d.Decode(&c); err != nil {
		t.Fatalf("specs/calls/%s.yaml: %v", provider, err)
	}
	return c
}

// filled is a sample with the table's values in the places of its placeholders; nil if the page has none.
func filled(t *testing.T, provider, part string, values map[string]any) []byte {
	t.Helper()
	sample, ok := readSample(t, provider, part)
	if !ok {
		return nil
	}
	for pointer, value := range values {
		if err := put(&sample, jsonpointer.Parts(pointer), value); err != nil {
			t.Errorf("specs/calls/%s.yaml, %s %s: %v", provider, part, pointer, err)
		}
	}
	raw, err := json.Marshal(sample)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func put(at *any, parts []string, value any) error {
	if len(parts) == 0 {
		*at = value
		return nil
	}
	name := parts[0]
	switch v := (*at).(type) {
	case map[string]any:
		member := v[name]
		if err := put(&member, parts[1:], value); err != nil {
			return err
		}
		v[name] = member
		return nil
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i > len(v) {
			return fmt.Errorf("there is no item %s", name)
		}
		if i == len(v) {
			v = append(v, nil)
			*at = v
		}
		return put(&v[i], parts[1:], value)
	}
	return fmt.Errorf("there is nothing below %s", name)
}

var placeholder = regexp.MustCompile(`^(string|<.*>|\{.*\})$`)

func TestNoPlaceholderIsLeft(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, _ *openapi3.T, _ call, _ string, body []byte) {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatal(err)
		}
		var walk func(at string, v any)
		walk = func(at string, v any) {
			switch v := v.(type) {
			case map[string]any:
				for name, member := range v {
					walk(at+"/"+name, member)
				}
			case []any:
				for i, item := range v {
					walk(fmt.Sprintf("%s/%d", at, i), item)
				}
			case string:
				if placeholder.MatchString(v) {
					t.Errorf("%s is still %q", at, v)
				}
			}
		}
		walk("", v)
	})
}

func TestSamplesKeepToTheDocumentForKin(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, doc *openapi3.T, c call, part string, body []byte) {
		op, _ := find(doc, c.Operation)
		options := []openapi3.SchemaValidationOption{openapi3.MultiErrors(), openapi3.EnableFormatValidation()}
		var content openapi3.Content
		if part == "request" {
			content = openapi3.Content{"": op.RequestBody.Value.Content.Get(c.Header["Content-Type"])}
			options = append(options, openapi3.VisitAsRequest())
		} else {
			content = op.Responses.Status(c.Status).Value.Content
			options = append(options, openapi3.VisitAsResponse())
		}
		var value any
		if err := json.Unmarshal(body, &value); err != nil {
			t.Fatal(err)
		}
		if len(content) == 0 {
			t.Fatal("nothing is declared to compare it with")
		}
		for name, media := range content {
			if media == nil {
				t.Fatalf("a body as %q is not declared", c.Header["Content-Type"])
			}
			if err := media.Schema.Value.VisitJSON(value, options...); err != nil {
				t.Errorf("as %s: %v", name, err)
			}
		}
	})
}

func TestSamplesKeepToTheDocumentForLibopenapi(t *testing.T) {
	t.Parallel()
	for _, provider := range specs.Providers() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			c := readCall(t, provider)
			v := strict(t, provider, c)
			request := request(t, provider, c)
			if ok, wrong := v.ValidateHttpRequest(request); !ok {
				report(t, "request", wrong)
			}
			op, _ := find(load(t, provider), c.Operation)
			for media := range op.Responses.Status(c.Status).Value.Content {
				response := &http.Response{
					StatusCode: c.Status, Header: http.Header{"Content-Type": {media}},
					Body: io.NopCloser(bytes.NewReader(filled(t, provider, "response", c.Response))),
				}
				if ok, wrong := v.ValidateHttpResponse(request, response); !ok {
					report(t, "response as "+media, wrong)
				}
			}
		})
	}
}

// strict is libopenapi-validator with every check on, over the document with the call's value in its server's path.
func strict(t *testing.T, provider string, c call) validator.Validator {
	t.Helper()
	doc, _ := specs.Document(provider)
	for name, value := range c.Path {
		server := regexp.MustCompile(`(?m)^(  - url: .*)\{` + name + `\}`)
		doc = server.ReplaceAll(doc, []byte("${1}"+value))
	}
	options := []config.Option{config.WithFormatAssertions(), config.WithContentAssertions(), config.WithContentParameterValidation()}
	for name, check := range formats {
		options = append(options, config.WithCustomFormat(name, func(v any) error {
			if text, ok := v.(string); ok {
				return check(text)
			}
			return nil
		}))
	}
	v, problems := validator.NewValidator(model(t, doc), options...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return v
}

// request is the page's call.
func request(t *testing.T, provider string, c call) *http.Request {
	t.Helper()
	doc := load(t, provider)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID != c.Operation {
				continue
			}
			target := serverOf(doc, item).URL + path
			for name, value := range c.Path {
				target = strings.ReplaceAll(target, "{"+name+"}", url.PathEscape(value))
			}
			if strings.Contains(target, "{") {
				t.Errorf("specs/calls/%s.yaml leaves a variable of the path %s open", provider, target)
			}
			r, err := http.NewRequest(method, "http://127.0.0.1"+strings.Replace(target, "//", "/", 1), bytes.NewReader(filled(t, provider, "request", c.Request)))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range c.Header {
				r.Header.Set(name, value)
			}
			return r
		}
	}
	t.Fatalf("specs/calls/%s.yaml: there is no operation %q", provider, c.Operation)
	return nil
}

func report(t *testing.T, what string, wrong []*validation.ValidationError) {
	t.Helper()
	for _, e := range wrong {
		t.Errorf("%s: %s: %s", what, e.Message, e.Reason)
		for _, s := range e.SchemaValidationErrors {
			t.Errorf("%s: %s: %s", what, s.FieldPath, s.Reason)
		}
	}
}

// eachSample runs a test for the request and the response sample of every page, filled in.
func eachSample(t *testing.T, test func(t *testing.T, doc *openapi3.T, c call, part string, body []byte)) {
	t.Helper()
	for _, provider := range specs.Providers() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			c := readCall(t, provider)
			doc := load(t, provider)
			if op, _ := find(doc, c.Operation); op == nil {
				t.Fatalf("specs/calls/%s.yaml: there is no operation %q", provider, c.Operation)
			}
			samples := 0
			for part, values := range map[string]map[string]any{"request": c.Request, "response": c.Response} {
				body := filled(t, provider, part, values)
				if body == nil {
					continue
				}
				samples++
				t.Run(part, func(t *testing.T) { test(t, doc, c, part, body) })
			}
			if samples == 0 {
				t.Error("the page has no sample")
			}
		})
	}
}

// TestEveryHeaderOfTheCallsIsDeclared: what the page's call sends is a parameter, a credential or a media type of the document.
func TestEveryHeaderOfTheCallsIsDeclared(t *testing.T) {
	t.Parallel()
	for _, provider := range specs.Providers() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			c, doc := readCall(t, provider), load(t, provider)
			op, item := find(doc, c.Operation)
			for name := range c.Header {
				if err := declaredParameter(doc, item, op, entry{c.Operation, "header", name, "any"}); err != nil {
					t.Errorf("header %s: %v", name, err)
				}
			}
			if len(c.Header) == 0 || !slices.ContainsFunc([]string{"Authorization"}, func(n string) bool { return c.Header[n] != "" }) {
				t.Error("the call carries no credential")
			}
		})
	}
}
