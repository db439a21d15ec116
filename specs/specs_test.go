package specs_test

import (
	"bytes"
	"context"
	"errors"
	"net/mail"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/shopspring/decimal"

	"understudy/specs"
)

// These tests hold the documents to what the README says of them, with both libraries that read them. Subtests are named after the
// document, so that one that is wrong says so by itself.

// formats are the formats that our documents may use besides date and int32, int64, float and double, with what they mean.
var formats = map[string]func(string) error{
	"date-time": func(s string) error { _, err := time.Parse(time.RFC3339Nano, s); return err },
	"uri": func(s string) error {
		u, err := url.Parse(s)
		if err == nil && (u.Scheme == "" || u.Host == "" && u.Opaque == "") {
			err = errors.New("it is not absolute")
		}
		return err
	},
	"email":   func(s string) error { _, err := mail.ParseAddress(s); return err },
	"decimal": func(s string) error { _, err := decimal.NewFromString(s); return err },
	"uuid": func(s string) error {
		if !regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString(s) {
			return errors.New("it is no UUID")
		}
		return nil
	},
}

func init() {
	for name, check := range formats {
		openapi3.DefineStringFormatValidator(name, openapi3.NewCallbackValidator(check))
	}
}

// document is one document as it is served: a provider's, one of its profiles, or the control API's.
type document struct {
	name string // norce, fabric.strict, control
	yaml []byte
}

// documents lists every document, each profile applied to its provider's.
func documents(t *testing.T) []document {
	t.Helper()
	var list []document
	for _, name := range append(specs.Providers(), specs.Control) {
		yaml, ok := specs.Document(name)
		if !ok {
			t.Errorf("specs/%s.yaml is missing", name)
			continue
		}
		list = append(list, document{name, yaml})
		for _, profile := range specs.Profiles(name) {
			overlay, _ := specs.Overlay(name, profile)
			result, err := libopenapi.ApplyOverlayFromBytesToSpecBytes(yaml, overlay)
			if err != nil {
				t.Errorf("%s.%s: %v", name, profile, err)
				continue
			}
			for _, w := range result.Warnings {
				t.Errorf("%s.%s: an action changes nothing: %v", name, profile, w)
			}
			list = append(list, document{name + "." + profile, result.Bytes})
		}
	}
	return list
}

// each runs a test for every document, as kin-openapi reads it.
func each(t *testing.T, test func(t *testing.T, doc *openapi3.T)) {
	t.Helper()
	for _, d := range documents(t) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			doc, err := openapi3.NewLoader().LoadFromData(d.yaml)
			if err != nil {
				t.Fatal(err)
			}
			test(t, doc)
		})
	}
}

func TestDocumentsAreValid(t *testing.T) {
	t.Parallel()
	for _, d := range documents(t) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			t.Run("for kin-openapi, examples and formats included", func(t *testing.T) {
				doc, err := openapi3.NewLoader().LoadFromData(d.yaml)
				if err != nil {
					t.Fatal(err)
				}
				if err := doc.Validate(context.Background(), openapi3.EnableSchemaFormatValidation(), openapi3.EnableMultiError()); err != nil {
					t.Error(err)
				}
				if doc.OpenAPI != "3.0.3" {
					t.Errorf("openapi is %q, want 3.0.3", doc.OpenAPI)
				}
				if len(doc.Servers) != 1 || !strings.HasPrefix(doc.Servers[0].URL, "/") {
					t.Error("want one server, relative to the host's root")
				}
			})
			t.Run("for libopenapi, by the schema of OpenAPI itself", func(t *testing.T) {
				doc := model(t, d.yaml)
				v, problems := validator.NewValidator(doc)
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				if ok, wrong := v.ValidateDocument(); !ok {
					for _, e := range wrong {
						t.Error(e)
						for _, s := range e.SchemaValidationErrors {
							t.Errorf("%s: %s", s.FieldPath, s.Reason)
						}
					}
				}
			})
		})
	}
}

func TestNoProfileIsOfNobody(t *testing.T) {
	t.Parallel()
	for _, name := range specs.Profiles("*") {
		if provider, _, _ := strings.Cut(name, "."); !slices.Contains(specs.Providers(), provider) {
			t.Errorf("%s is the overlay of no provider", name)
		}
	}
}

// model builds a document with libopenapi.
func model(t *testing.T, yaml []byte) libopenapi.Document {
	t.Helper()
	doc, err := libopenapi.NewDocument(bytes.Clone(yaml))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := doc.BuildV3Model(); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestExtensionsAreOurs(t *testing.T) {
	t.Parallel()
	allowed := []string{"x-provenance", "x-source", "x-effect", "x-refusals", "x-absent", "x-lifetime", "x-thing"}
	each(t, func(t *testing.T, doc *openapi3.T) {
		found := 0
		extensions(reflect.ValueOf(doc), "#", map[uintptr]bool{}, func(where string, x map[string]any) {
			for name := range x {
				found++
				if !slices.Contains(allowed, name) {
					t.Errorf("%s: %s is not a member that we know", where, name)
				}
			}
			mark, marked := x["x-provenance"].(string)
			source, _ := x["x-source"].(string)
			if marked && !slices.Contains([]string{"documented", "published", "assumed"}, mark) {
				t.Errorf("%s: x-provenance is %q", where, mark)
			}
			if mark == "published" && strings.TrimSpace(source) == "" {
				t.Errorf("%s: published without x-source", where)
			}
			if mark != "published" && source != "" {
				t.Errorf("%s: x-source beside x-provenance %q", where, mark)
			}
		})
		if found < 10 {
			t.Errorf("only %d extensions were met", found)
		}
	})
}

// extensions visits the Extensions of everything below v, once. Lists and maps of kin-openapi that hide their content show it by Map.
func extensions(v reflect.Value, where string, seen map[uintptr]bool, visit func(string, map[string]any)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		if hidden := v.MethodByName("Map"); hidden.IsValid() {
			extensions(hidden.Call(nil)[0], where, seen, visit)
		}
		extensions(v.Elem(), where, seen, visit)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			if x, ok := v.Field(i).Interface().(map[string]any); ok && field.Name == "Extensions" {
				visit(where, x)
				continue
			}
			extensions(v.Field(i), where+"/"+field.Name, seen, visit)
		}
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.Interface { // an example, not a part of the document
			return
		}
		for _, key := range v.MapKeys() {
			extensions(v.MapIndex(key), where+"/"+key.String(), seen, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			extensions(v.Index(i), where, seen, visit)
		}
	}
}
