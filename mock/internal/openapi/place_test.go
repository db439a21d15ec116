package openapi_test

import (
	"net/http"
	"strings"
	"testing"

	"understudy/mock/internal/openapi"
)

const alternatives = `
openapi: 3.0.3
info: {title: Alternatives, version: "1"}
servers: [{url: /}]
x-refusals:
  "404": {$ref: '#/components/responses/Refusal'}
  "405": {$ref: '#/components/responses/Refusal'}
paths:
  /things:
    post:
      operationId: makeThing
      x-effect: write
      x-provenance: assumed
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {list: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}
            example: {list: []}
      responses:
        "200": {$ref: '#/components/responses/Refusal'}
components:
  schemas:
    Thing:
      allOf:
        - {type: object, required: [a], properties: {a: {type: integer}}}
        - {type: object, properties: {"b/c": {allOf: [{type: object, properties: {d: {type: string}}}]}}}
  responses:
    Refusal: {description: Why not., content: {application/json: {schema: {type: object}, example: {}}}}
`

func TestEveryPartOfAnAllOfIsBlamedAtItsOwnPlace(t *testing.T) {
	t.Parallel()
	d, err := openapi.Load([]byte(alternatives))
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err := d.Operation("makeThing").CheckBody(http.Header{"Content-Type": {"application/json"}}, []byte(`{"list":[{"b/c":{"d":1}}]}`))
	if err != nil || len(problems) != 2 || problems[0].Pointer != "/list/0/a" || problems[1].Pointer != "/list/0/b~1c/d" {
		t.Errorf("%+v, %v", problems, err)
	}
}

func TestAPlaceIsFoundInTheDocument(t *testing.T) {
	t.Parallel()
	d, err := openapi.Load([]byte(alternatives))
	if err != nil {
		t.Fatal(err)
	}
	op := d.Operation("makeThing")
	for pointer, want := range map[string]int{"/list/0/a": 25, "/list/7/b~1c/d": 26, "/list/0/unknown": 23, "/unknown": 17} {
		if got := op.LineOf(openapi.Problem{In: "body", Pointer: pointer}); got != want {
			t.Errorf("%s: line %d, want %d", pointer, got, want)
		}
	}
}

func TestASyntaxErrorIsToldByItsByte(t *testing.T) {
	t.Parallel()
	d, err := openapi.Load([]byte(alternatives))
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		`{"list": [{"a": 1, "b/c": }]}`: "near byte 27: invalid character '}'",
		`nul`:                           "near byte 3: it ends too soon",
		`{"list": [`:                    "near byte 10: it ends too soon",
		`{} {}`:                         "after the JSON value",
	} {
		_, problems, _ := d.Operation("makeThing").CheckBody(http.Header{"Content-Type": {"application/json"}}, []byte(body))
		if len(problems) != 1 || !strings.Contains(problems[0].Message, want) {
			t.Errorf("%s: %+v, want %q", body, problems, want)
		}
	}
}
