package openapi

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/specs"
)

// names are the documents that are served.
func names() []string { return append(specs.Providers(), specs.Control) }

// document reads a document that is served.
func document(t testing.TB, name string) []byte {
	t.Helper()
	text, ok := specs.Document(name)
	if !ok {
		t.Fatalf("there is no document %s", name)
	}
	return text
}

// kin-openapi's own loader has to read the same of every document that is served, down to the line of each object.
func TestDocumentsAreReadAsKinReadsThem(t *testing.T) {
	t.Parallel()
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := document(t, name)
			loader := openapi3.NewLoader()
			loader.IncludeOrigin = true
			theirs, err := loader.LoadFromData(text)
			if err != nil {
				t.Fatal(err)
			}
			root, err := parse(text)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := build(root)
			if err != nil {
				t.Fatal(err)
			}
			c := comparison{t: t, seen: map[any]bool{}}
			c.compare("", reflect.ValueOf(theirs), reflect.ValueOf(ours))
			if c.lines < 100 {
				t.Errorf("only %d lines were compared", c.lines)
			}
		})
	}
}

type comparison struct {
	t     *testing.T
	seen  map[any]bool
	lines int
	told  int
}

func (c *comparison) differ(at, format string, args ...any) {
	c.t.Helper()
	if c.told++; c.told <= 20 {
		c.t.Errorf("%s: %s", at, fmt.Sprintf(format, args...))
	}
}

// compare walks two values of one type, kin's and ours.
func (c *comparison) compare(at string, theirs, ours reflect.Value) {
	switch theirs.Kind() {
	case reflect.Pointer, reflect.Interface:
		if theirs.IsNil() || ours.IsNil() {
			if theirs.IsNil() != ours.IsNil() {
				c.differ(at, "theirs is %v, ours %v", theirs, ours)
			}
			return
		}
		if theirs.Kind() == reflect.Pointer {
			if c.seen[theirs.Pointer()] {
				return
			}
			c.seen[theirs.Pointer()] = true
		}
		if theirs.Elem().Type() != ours.Elem().Type() {
			c.differ(at, "theirs is of type %s, ours %s", theirs.Elem().Type(), ours.Elem().Type())
			return
		}
		c.compare(at, theirs.Elem(), ours.Elem())
	case reflect.Struct:
		c.compareStruct(at, theirs, ours)
	case reflect.Map:
		if theirs.Len() != ours.Len() {
			c.differ(at, "theirs has %v, ours %v", theirs.MapKeys(), ours.MapKeys())
			return
		}
		for _, key := range theirs.MapKeys() {
			other := ours.MapIndex(key)
			if !other.IsValid() {
				c.differ(at, "ours lacks %v", key)
				continue
			}
			c.compare(fmt.Sprint(at, "/", key), theirs.MapIndex(key), other)
		}
	case reflect.Slice:
		if theirs.Len() != ours.Len() {
			c.differ(at, "theirs has %d, ours %d", theirs.Len(), ours.Len())
			return
		}
		for i := range theirs.Len() {
			c.compare(fmt.Sprint(at, "/", i), theirs.Index(i), ours.Index(i))
		}
	default:
		if !theirs.Equal(ours) {
			c.differ(at, "theirs is %v, ours %v", theirs, ours)
		}
	}
}

func (c *comparison) compareStruct(at string, theirs, ours reflect.Value) {
	switch t := theirs.Interface().(type) {
	case openapi3.Paths:
		o := ours.Interface().(openapi3.Paths)
		c.compare(at, reflect.ValueOf(t.Map()), reflect.ValueOf(o.Map()))
		return
	case openapi3.Responses:
		o := ours.Interface().(openapi3.Responses)
		c.compare(at, reflect.ValueOf(t.Map()), reflect.ValueOf(o.Map()))
		return
	}
	_, isRef := theirs.Type().FieldByName("Ref")
	for _, f := range reflect.VisibleFields(theirs.Type()) {
		if !f.IsExported() || f.Anonymous {
			continue
		}
		a, b := theirs.FieldByIndex(f.Index), ours.FieldByIndex(f.Index)
		switch origin, isOrigin := a.Interface().(*openapi3.Origin); {
		case isOrigin && !isRef && origin != nil:
			c.lines++
			if mine, _ := b.Interface().(*openapi3.Origin); mine == nil || mine.Key.Line != origin.Key.Line {
				c.differ(at, "theirs stands at line %d, ours at %+v", origin.Key.Line, mine)
			}
		case isOrigin:
		case f.Name == "Extensions" && a.Len()+b.Len() == 0: // empty or nil
		default:
			c.compare(at+"/"+f.Name, a, b)
		}
	}
}

// minimal is a sound document, for changes that make it unsound.
const minimal = `openapi: 3.0.3
info: {title: Minimal, version: "1"}
servers: [{url: '/{shop}/api', variables: {shop: {default: main}}}]
x-refusals:
  "404": {$ref: '#/components/responses/No'}
  "405": {$ref: '#/components/responses/No'}
security: [{key: []}]
tags: [{name: Things}]
paths:
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}, example: a}
    post:
      operationId: makeThing
      x-effect: write
      x-provenance: assumed
      parameters:
        - {name: n, in: query, schema: {type: integer}, example: 7}
        - {name: X-Note, in: header, content: {application/json: {schema: {type: object}}}}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
            examples: {one: {value: {name: a}}}
          application/x-www-form-urlencoded:
            schema: {$ref: '#/components/schemas/Thing'}
            encoding: {name: {style: form}}
      responses:
        "200":
          description: Made.
          headers: {X-Left: {schema: {type: integer}, example: 3}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}, example: {name: a, n: 1}}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        name: {type: string, format: email, example: ada@example.test}
        n: {type: integer, minimum: 1, default: 1, enum: [1, 2]}
        more: {type: array, items: {type: string, nullable: true}}
        any: {oneOf: [{type: string}, {type: number}]}
      example: {name: ada@example.test}
  responses:
    No: {description: No., content: {application/json: {schema: {type: object}, example: {}}}}
`

func TestDocumentsThatAreNotUnderstoodDoNotLoad(t *testing.T) {
	t.Parallel()
	sound := strings.NewReplacer("{value: {name: a}}", "{value: {name: a@b.test}}", "example: {name: a, n: 1}", "example: {name: a@b.test, n: 1}").Replace(minimal)
	if _, err := Load([]byte(sound)); err != nil {
		t.Fatalf("the sound document: %v", err)
	}
	at := func(text string) string { // the line of a text in the sound document
		return fmt.Sprintf("line %d:", 1+strings.Count(sound[:strings.Index(sound, text)], "\n"))
	}
	cases := map[string]struct {
		old, new string
		says     []string
	}{
		// unknown members, wherever they stand
		"of the document":        {"tags: [{name: Things}]", "tag: [{name: Things}]", []string{at("tags:"), `"tag"`}},
		"of info":                {"{title: Minimal,", "{titel: x, title: Minimal,", []string{at("info:"), `"titel"`}},
		"of a server":            {"[{url:", "[{uri: x, url:", []string{at("servers:"), `"uri"`}},
		"of a server's variable": {"{default: main}", "{default: main, defaults: x}", []string{`"defaults"`}},
		"of a tag":               {"[{name: Things}]", "[{name: Things, title: x}]", []string{`"title"`}},
		"of a path":              {"    post:\n", "    posts: {}\n    post:\n", []string{`"posts"`}},
		"of an operation":        {"      requestBody:\n", "      request: {}\n      requestBody:\n", []string{`"request"`}},
		"of a parameter":         {"{name: n, in: query,", "{name: n, in: query, requird: true,", []string{at("{name: n, in"), `"requird"`}},
		"of a body":              {"      requestBody:\n", "      requestBody:\n        require: true\n", []string{`"require"`}},
		"of a media type":        {"            examples: {one", "            exampels: {}\n            examples: {one", []string{`"exampels"`}},
		"of an example":          {"{value: {name: a@b.test}}", "{value: {name: a@b.test}, sumary: x}", []string{`"sumary"`}},
		"of an encoding":         {"{style: form}", "{styl: form}", []string{`"styl"`}},
		"of a response":          {"description: Made.", "describtion: Made.", []string{at("description: Made."), `"describtion"`}},
		"of a header":            {"{X-Left: {schema", "{X-Left: {shema: x, schema", []string{`"shema"`}},
		"of a security scheme":   {"{type: http, scheme", "{type: http, schema: x, scheme", []string{`"schema"`}},
		"of the components":      {"  schemas:\n", "  schema: {}\n  schemas:\n", []string{`"schema"`}},
		"of a schema":            {"format: email", "fromat: email", []string{at("format: email"), `"fromat"`}},
		"of a schema's items":    {"nullable: true", "nulable: true", []string{`"nulable"`}},
		"of a branch":            {"[{type: string}, {type: number}]", "[{type: string}, {type: number, max: 1}]", []string{`"max"`}},
		"beside a reference":     {"schema: {$ref: '#/components/schemas/Thing'}\n            examples", "schema: {$ref: '#/components/schemas/Thing', nullable: true}\n            examples", []string{`"nullable"`}},
		"a keyword of 3.1":       {"format: email", "const: a", []string{"const"}},
		"a type of 3.1":          {"{type: array, items", "{type: [array, 'null'], items", []string{"one type"}},
		"a bound of 3.1":         {"minimum: 1", "exclusiveMinimum: 1", []string{"line 41:", "bool"}},
		"a schema of 3.1":        {"{type: string, nullable: true}", "true", []string{"members are wanted"}},

		// extensions that nobody knows, and known ones out of place or with another value
		"x- of the document":      {"tags:", "x-tags: a\ntags:", []string{"x-tags"}},
		"x- of info":              {"{title: Minimal,", "{x-logo: a, title: Minimal,", []string{"x-logo"}},
		"x- of a path":            {"    post:\n", "    x-post: {}\n    post:\n", []string{"x-post"}},
		"x- of an operation":      {"x-effect: write", "x-efect: read\n      x-effect: write", []string{"x-efect"}},
		"x- of a parameter":       {"{name: n, in: query,", "{name: n, x-in: query, in: query,", []string{"x-in"}},
		"x- of a response":        {"description: Made.", "description: Made.\n          x-made: 1", []string{"x-made"}},
		"x- of a schema":          {"format: email", "format: email, x-format: mail", []string{at("format: email"), "x-format"}},
		"x- of a security scheme": {"{type: http,", "{type: http, x-type: a,", []string{"x-type"}},
		"x- beside a reference":   {"{$ref: '#/components/schemas/Thing'}\n            examples", "{$ref: '#/components/schemas/Thing', x-nullable: true}\n            examples", []string{"x-nullable"}},
		"x-effect of a schema":    {"format: email", "format: email, x-effect: read", []string{"x-effect"}},
		"x-refusals of a path":    {"    post:\n", "    x-refusals: {}\n    post:\n", []string{"x-refusals"}},
		"another effect":          {"x-effect: write", "x-effect: rite", []string{"rite", "read, write, charge, destroy"}},
		"another provenance":      {"x-provenance: assumed", "x-provenance: guessed", []string{"guessed", "documented, published, assumed"}},
		"a schema's provenance":   {"format: email", "format: email, x-provenance: guessed", []string{"guessed"}},
		"no effect":               {"      x-effect: write\n", "", []string{"POST /things/{id}", "x-effect"}},
		"no provenance":           {"      x-provenance: assumed\n", "", []string{"POST /things/{id}", "x-provenance"}},
		"no operationId":          {"      operationId: makeThing\n", "", []string{"operationId"}},

		// examples and defaults that break their schema
		"a body's example":        {"{value: {name: a@b.test}}", "{value: {name: a}}", []string{"email"}},
		"a body's incomplete one": {"{value: {name: a@b.test}}", "{value: {}}", []string{"name"}},
		"an answer's example":     {"example: {name: a@b.test, n: 1}", "example: {name: a@b.test, n: 3}", []string{"enum"}},
		"a parameter's example":   {"example: 7}", "example: seven}", []string{"integer"}},
		"a header's example":      {"example: 3}", "example: three}", []string{"integer"}},
		"a schema's example":      {"example: {name: ada@example.test}", "example: {name: 7}", []string{"string"}},
		"a property's example":    {"example: ada@example.test}", "example: ada}", []string{"email"}},
		"a default":               {"default: 1", "default: 0", []string{"n"}},

		// what makes no sense
		"two servers":              {"servers: [", "servers: [{url: /other}, ", []string{"one server"}},
		"an absolute server":       {"url: '/{shop}/api', variables: {shop: {default: main}}", "url: 'https://shop.test/api'", []string{"one server"}},
		"an operation's server":    {"      operationId", "      servers: [{url: /}]\n      operationId", []string{"POST /things/{id}", "servers"}},
		"an operation twice":       {"components:\n", "  /more:\n    get: {operationId: makeThing, x-effect: read, x-provenance: assumed, responses: {'200': {description: x}}}\ncomponents:\n", []string{"makeThing"}},
		"a status by its class":    {`"200":`, `"2XX":`, []string{"2XX", "number"}},
		"a default answer":         {`"200":`, `default:`, []string{"default", "number"}},
		"a status with a tail":     {`"200":`, `"200x":`, []string{"200x"}},
		"a security scheme's name": {"security: [{key: []}]", "security: [{kee: []}]", []string{"kee"}},
		"a reference to nothing":   {"'#/components/schemas/Thing'", "'#/components/schemas/Thin'", []string{"Thin"}},
		"a reference to a file":    {"'#/components/schemas/Thing'", "'other.yaml#/Thing'", []string{"other.yaml"}},
		"no refusals":              {"x-refusals:\n  \"404\": {$ref: '#/components/responses/No'}\n  \"405\": {$ref: '#/components/responses/No'}\n", "", []string{"x-refusals", "404"}},
		"no refusal of methods":    {"  \"405\": {$ref: '#/components/responses/No'}\n", "", []string{"x-refusals", "405"}},
		"a refusal to nowhere":     {"\"405\": {$ref: '#/components/responses/No'}", "\"405\": {$ref: '#/components/responses/Nope'}", []string{"x-refusals", "405"}},
		"a path's lost parameter":  {"/things/{id}:", "/things/{other}:", []string{"other"}},
		"a wrong pattern":          {"format: email,", "pattern: '(', ", []string{"("}},
		"a required member twice":  {"required: [name]", "required: [name, name]", []string{"name"}},

		// what is no document
		"a member twice":           {"operationId: makeThing", "operationId: makeThing\n      operationId: makeThing", []string{"operationId", "twice"}},
		"a path twice":             {"components:\n", "  /things/{id}: {}\ncomponents:\n", []string{"/things/{id}", "twice"}},
		"a list for members":       {"info: {title: Minimal, version: \"1\"}", "info: []", []string{"line 2:", "members"}},
		"members for a list":       {"required: [name]", "required: {name: true}", []string{"list"}},
		"a number for text":        {"title: Minimal", "title: 7", []string{"line 2:", "7"}},
		"text for a number":        {"minimum: 1", "minimum: one", []string{"one"}},
		"text for a truth":         {"nullable: true", "nullable: 'true'", []string{"true"}},
		"nothing":                  {"title: Minimal", "title:", []string{"line 2:"}},
		"a number of another kind": {"example: 7}", "example: 0x7}", []string{"0x7"}},
		"an old octal":             {"example: 7}", "example: 010}", []string{"010"}},
		"a merge":                  {"tags: [{name: Things}]", "tags: [{<<: {name: x}}]", []string{"name is wanted"}},
		"broken YAML":              {"info: {", "info: {{", []string{"yaml"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(sound, c.old) {
				t.Fatalf("the document has no %q", c.old)
			}
			_, err := Load([]byte(strings.Replace(sound, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("it loads")
			}
			for _, say := range c.says {
				if !strings.Contains(err.Error(), say) {
					t.Errorf("the error does not say %q: %v", say, err)
				}
			}
		})
	}
	for name, text := range map[string]string{"nothing": "", "a word": "word", "a list": "[]", "no paths": "openapi: 3.0.3\ninfo: {title: x, version: '1'}\n", "no info": "openapi: 3.0.3\npaths: {}\n"} {
		if _, err := Load([]byte(text)); err == nil {
			t.Errorf("%s loads", name)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, name := range names() {
		text := document(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
