package document

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// optional is a document whose properties are nearly all optional, in every place where a property can stand.
const optional = `
openapi: 3.0.3
info: {title: Optional, version: '1'}
servers: [{url: /}]
paths:
  /x:
    get:
      operationId: x
      x-effect: read
      x-provenance: assumed
      parameters:
        - {name: fields, in: query, x-absent: what it does not list, style: deepObject, schema: {type: object, additionalProperties: {type: string}}}
        - {name: page, in: query, schema: {type: integer}}
      responses:
        '200':
          description: All of it.
          content:
            application/json:
              schema:
                type: object
                required: [id]
                properties:
                  id: {type: string}
                  note: {type: string, nullable: true}
                  secret: {type: string, writeOnly: true}
                  paid: {type: string, x-absent: until it is paid}
                  list: {type: array, items: {$ref: '#/components/schemas/Line'}}
                  map: {type: object, additionalProperties: {$ref: '#/components/schemas/Line'}}
                  whole: {allOf: [{$ref: '#/components/schemas/Line'}, {type: object, properties: {total: {type: string}}}]}
                  either:
                    oneOf:
                      - {$ref: '#/components/schemas/Line'}
                      - {type: object, required: [url], properties: {url: {type: string}, until: {type: string}}}
                      - {type: array, items: {$ref: '#/components/schemas/Line'}}
components:
  schemas:
    Line: {type: object, x-provenance: published, x-source: a test, properties: {sku: {type: string}, line: {$ref: '#/components/schemas/Line'}}}
`

func TestWhatAnObjectLacks(t *testing.T) {
	t.Parallel()
	d, err := Parse([]byte(optional))
	if err != nil {
		t.Fatal(err)
	}
	schema := d.Operation("x").Response(200).Media[0].Schema
	const rest = `"id":"a","note":null,"paid":"now","list":[],"map":{},"whole":null`
	for name, c := range map[string]struct{ body, want string }{
		"nothing at all":                {`{` + rest + `,"either":null}`, ""},
		"every optional member":         {`{"id":"a"}`, "/note /paid /list /map /whole /either"},
		"not the required":              {`{"note":"n","paid":"now","list":[],"map":{},"whole":null,"either":null}`, ""},
		"of the items of a list":        {`{` + strings.Replace(rest, "[]", `[{"sku":"s","line":null},{"line":null},{}]`, 1) + `,"either":null}`, "/list/1/sku /list/2/sku /list/2/line"},
		"of the members of a map":       {`{` + strings.Replace(rest, "{}", `{"k/":{"sku":"s","line":{"sku":"s"}}}`, 1) + `,"either":null}`, "/map/k~1/line/line"},
		"of all that a whole is":        {`{` + strings.Replace(rest, `"whole":null`, `"whole":{"sku":"s"}`, 1) + `,"either":null}`, "/whole/line /whole/total"},
		"of one alternative":            {`{` + rest + `,"either":{"sku":"s"}}`, "/either/line"},
		"of another alternative":        {`{` + rest + `,"either":{"url":"u"}}`, "/either/until"},
		"of an alternative that's less": {`{` + rest + `,"either":{"line":null}}`, "/either/sku"},
		"of an alternative's items":     {`{` + rest + `,"either":[{"sku":"s"}]}`, "/either/0/line"},
		"of no alternative":             {`{` + rest + `,"either":"text"}`, ""},
		"nothing where the type is off": {`[1]`, ""},
	} {
		var value any
		if err := json.Unmarshal([]byte(c.body), &value); err != nil {
			t.Fatal(name, err)
		}
		var found []string
		for _, l := range schema.Lacks(value) {
			found = append(found, l.Pointer)
		}
		if want := strings.Fields(c.want); !slices.Equal(found, want) {
			t.Errorf("%s: it lacks %v, not %v", name, found, want)
		}
	}
}

func TestADocumentSaysWhenSomethingIsAbsent(t *testing.T) {
	t.Parallel()
	d, err := Parse([]byte(optional))
	if err != nil {
		t.Fatal(err)
	}
	op := d.Operation("x")
	if paid := op.Response(200).Media[0].Schema.Property("paid"); paid.Absent != "until it is paid" {
		t.Errorf("paid is absent %q", paid.Absent)
	}
	for query, want := range map[string]bool{"": false, "page=1": false, "fields[lines]=sku": true, "fields=sku": true, "fieldset=1": false} {
		asked, _ := url.ParseQuery(query)
		if got := op.Narrowed(asked); got != want {
			t.Errorf("?%s asks for less: %t", query, got)
		}
	}
}
