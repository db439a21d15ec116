package spec

import (
	"strings"
	"testing"

	"understudy/specs"
)

const shop = `openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: /api}]
security: [{k: []}]
paths:
  /a/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    post:
      operationId: doA
      x-effect: write
      parameters:
        - {name: q, in: query, schema: {type: string, maxLength: 10}}
        - $ref: "#/components/parameters/P"
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/In"}
      responses:
        "200":
          description: ok
          headers:
            H: {required: true, schema: {type: string}}
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Out"}
        "400": {$ref: "#/components/responses/Bad"}
components:
  securitySchemes:
    k: {type: http, scheme: bearer}
  parameters:
    P: {name: p, in: query, schema: {type: integer}}
  responses:
    Bad:
      description: bad
      content:
        application/json:
          schema: {type: object, properties: {message: {type: string}}}
  schemas:
    In:
      type: object
      required: [x]
      properties:
        x: {type: string, enum: [a, b]}
        y: {type: integer, minimum: 0}
        both: {$ref: "#/components/schemas/Shared"}
    Out:
      type: object
      required: [s, t]
      properties:
        s: {type: string, enum: [a, b]}
        t: {type: string, format: date-time}
        u: {type: array, items: {type: string}}
        w: {type: string, nullable: false}
        n: {type: integer, maximum: 9}
        both: {$ref: "#/components/schemas/Shared"}
    Shared:
      type: string
      enum: [c, d]
`

// TestWhatBreaks changes one thing at a time, there and back: what breaks one way need not break the other.
func TestWhatBreaks(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, was, is, there, back string }{
		{"a request's member is required", "required: [x]", "required: [x, y]", refusedNow, ""},
		{"an answer's member may be absent", "required: [s, t]", "required: [s]", missed, ""},
		{"a request's value is not taken any more", "x: {type: string, enum: [a, b]}", "x: {type: string, enum: [a]}", refusedNow, ""},
		{"an answer has a new value", "s: {type: string, enum: [a, b]}", "s: {type: string, enum: [a, b, c]}", unexpected, ""},
		{"a value of both", "enum: [c, d]", "enum: [c, d, e]", unexpected, refusedNow},
		{"a request's member is gone", "        y: {type: integer, minimum: 0}\n", "", refusedNow, ""},
		{"an answer's member is gone", "        u: {type: array, items: {type: string}}\n", "", missed, ""},
		{"an answer's items are of another type", "items: {type: string}", "items: {type: integer}", unexpected, unexpected},
		{"an answer may be null", "nullable: false", "nullable: true", unexpected, ""},
		{"an answer may be greater", "maximum: 9", "maximum: 10", unexpected, ""},
		{"a parameter must be shorter", "maxLength: 10", "maxLength: 5", refusedNow, ""},
		{"a bound of a request", "minimum: 0", "minimum: 1", refusedNow, ""},
		{"a parameter is gone", "        - $ref: \"#/components/parameters/P\"\n", "", refusedNow, ""},
		{"a parameter is required", "{name: p, in: query, schema", "{name: p, in: query, required: true, schema", refusedNow, ""},
		{"a body is required", "      requestBody:\n", "      requestBody:\n        required: true\n", refusedNow, ""},
		{"an operation has another name", "operationId: doA", "operationId: doB", unnamed, unnamed},
		{"a refusal is not declared any more", "        \"400\": {$ref: \"#/components/responses/Bad\"}\n", "", "", ""},
		{"a success is not declared any more", "        \"200\":", "        \"201\":", missed, missed},
		{"a refusal's member is of another type", "message: {type: string}", "message: {type: integer}", unexpected, unexpected},
		{"a header may be absent", "            H: {required: true, schema", "            H: {schema", missed, ""},
		{"an answer's format", "format: date-time", "format: date", unexpected, unexpected},
		{"no credential is needed", "security: [{k: []}]\n", "", "", refusedNow},
		{"a method", "    post:", "    put:", notThere, notThere},
		{"a path", "/a/{id}", "/b/{id}", notThere, notThere},
		{"a server", "url: /api", "url: /apis", notThere, notThere},
		{"a request's media type", "        content:\n          application/json:\n            schema: {$ref: \"#/components/schemas/In\"}",
			"        content:\n          text/json:\n            schema: {$ref: \"#/components/schemas/In\"}", refusedNow, refusedNow},
		{"another schema", "schema: {$ref: \"#/components/schemas/Out\"}", "schema: {$ref: \"#/components/schemas/In\"}", unclear, unclear},
		{"a mark", "x-effect: write", "x-effect: charge", "", ""},
		{"a description", "type: string, nullable", "type: string, description: words, nullable", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(shop, c.was, c.is, 1)
			if changed == shop {
				t.Fatalf("%q is not in the document", c.was)
			}
			for _, way := range []struct{ name, before, after, want string }{{"there", shop, changed, c.there}, {"back", changed, shop, c.back}} {
				changes, err := Diff([]byte(way.before), []byte(way.after))
				if err != nil {
					t.Fatal(err)
				}
				if len(changes) == 0 {
					t.Fatalf("%s: no change is seen", way.name)
				}
				if got := changes[0].Why; got != way.want || changes[0].Breaking != (way.want != "") {
					t.Errorf("%s: %q, want %q: %+v", way.name, got, way.want, changes)
				}
				if slicesOfSame(changes) {
					t.Errorf("%s: one thing is told twice: %+v", way.name, changes)
				}
			}
		})
	}
}

func slicesOfSame(changes []Change) bool {
	seen := map[string]bool{}
	for _, c := range changes {
		if seen[c.Where+c.What] {
			return true
		}
		seen[c.Where+c.What] = true
	}
	return false
}

func TestNoChangeIsNone(t *testing.T) {
	t.Parallel()
	for _, name := range append(specs.Providers(), specs.Control) {
		document, _ := specs.Document(name)
		if changes, err := Diff(document, document); err != nil || len(changes) > 0 {
			t.Errorf("%s: %v, %+v", name, err, changes)
		}
	}
}

func TestDiffNamesWhichDocumentDoesNotRead(t *testing.T) {
	t.Parallel()
	if _, err := Diff([]byte(shop), []byte("nonsense: [")); err == nil || !strings.HasPrefix(err.Error(), "the newer document: ") {
		t.Error(err)
	}
}
