package document

import (
	"fmt"
	"strings"
	"testing"

	"understudy/specs"
)

func read(t *testing.T, provider, profile string) *Document {
	t.Helper()
	d, err := Read(provider, profile)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryDocumentIsReadWhole(t *testing.T) {
	t.Parallel()
	for _, name := range append(specs.Providers(), specs.Control) {
		for _, profile := range append([]string{""}, specs.Profiles(name)...) {
			d := read(t, name, profile)
			raw, _ := specs.Document(name)
			if want := strings.Count(string(raw), "operationId: "); len(d.Operations) != want {
				t.Errorf("%s: %d operations of %d", name, len(d.Operations), want)
			}
			for _, op := range d.Operations {
				if op.Line == 0 || op.Provenance == "" || len(op.Responses) < 2 || !strings.HasPrefix(op.Path, "/") {
					t.Errorf("%s: %+v", name, op)
				}
				for _, r := range op.Responses {
					for _, m := range r.Media {
						checkSchema(t, fmt.Sprintf("%s %d", op.ID, r.Status), m.Schema, map[*Schema]bool{})
					}
				}
			}
		}
	}
}

func checkSchema(t *testing.T, at string, s *Schema, seen map[*Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	if s.Line == 0 || s.Provenance == "" {
		t.Errorf("%s: a schema without line or mark: %+v", at, s)
	}
	for _, p := range s.Properties {
		checkSchema(t, at+"/"+p.Name, p.Schema, seen)
	}
	checkSchema(t, at+"/*", s.Items, seen)
}

// shared is a document in which two places of different marks share a schema that has none.
const shared = `
openapi: 3.0.3
info: {title: Shared, version: '1'}
servers: [{url: /}]
paths:
  /x:
    get:
      operationId: x
      x-effect: read
      x-provenance: assumed
      responses:
        '200':
          description: Both.
          content:
            application/json:
              schema:
                type: object
                properties:
                  sure: {type: object, x-provenance: documented, properties: {money: {$ref: '#/components/schemas/Money'}}}
                  told: {type: object, x-provenance: published, properties: {money: {$ref: '#/components/schemas/Money'}}}
                  list: {type: array, items: {allOf: [{type: object, x-provenance: published, properties: {money: {$ref: '#/components/schemas/Money'}}}]}}
                  money: {$ref: '#/components/schemas/Money'}
components:
  schemas:
    Money: {type: object, properties: {amount: {type: string}}}
`

func TestASharedSchemaHasTheMarkOfThePlaceThatUsesIt(t *testing.T) {
	t.Parallel()
	d, err := Parse([]byte(shared))
	if err != nil {
		t.Fatal(err)
	}
	schema := d.Operation("x").Response(200).Media[0].Schema
	for pointer, want := range map[string]string{
		"/sure/money/amount": "documented", "/told/money/amount": "published", "/list/3/money": "published", "/money/amount": "assumed", "/told/none/such": "published", "": "assumed",
	} {
		if got := schema.MarkAt(pointer, "assumed"); got != want {
			t.Errorf("%s is %s, not %s", pointer, got, want)
		}
	}
}

func TestTheFirstThingIsWhatAnAnswerIsAbout(t *testing.T) {
	t.Parallel()
	for provider, operations := range map[string]map[string]string{
		"commercelayer": {"getAuthorizationOrder": "Order IncludedResource", "listOrderVoids": "Void IncludedResource", "getCheckoutComPayment": "CheckoutComPayment IncludedResource"},
		"nextcommerce":  {"getOrder": "Order"},
	} {
		d := read(t, provider, "")
		for id, want := range operations {
			if told := strings.Join(d.Operation(id).Things(), " "); told != want && !strings.HasPrefix(told, want+" ") {
				t.Errorf("%s %s tells of %s; %s is what it is about", provider, id, told, want)
			}
		}
	}
}
