package openapi_test

import (
	"strings"
	"testing"

	"understudy/mock/internal/openapi"
)

const sampled = `
openapi: 3.0.3
info: {title: Sampled, version: "1"}
servers: [{url: '/{shop}/api', variables: {shop: {default: main}}}]
x-refusals:
  "404": {$ref: '#/components/responses/Refusal'}
  "405": {$ref: '#/components/responses/Refusal'}
paths:
  /things/{id}:
    post:
      operationId: makeThing
      x-effect: write
      x-provenance: assumed
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}, example: 7}
        - {name: status, in: query, required: true, schema: {type: array, items: {type: string}}, example: [new, old]}
        - {name: sort, in: query, required: true, explode: false, schema: {type: array, items: {type: string}}, example: [a, -b]}
        - {name: fields, in: query, required: true, style: deepObject, schema: {type: object}, example: {things: "a,b"}}
        - {name: page, in: query, schema: {type: integer}, example: 2}
        - {name: X-Context, in: header, required: true, content: {application/json: {schema: {type: object}, example: {account: a}}}}
      requestBody:
        content:
          application/json: {schema: {type: object}, example: {n: 1, tags: [x, y]}}
          application/x-www-form-urlencoded: {schema: {type: object}, example: {n: 1, tags: [x, y]}}
          multipart/form-data: {schema: {type: object}, example: {n: 1}}
      responses:
        "200": {$ref: '#/components/responses/Refusal'}
components:
  responses:
    Refusal: {description: Why not., content: {application/json: {schema: {type: object}, example: {}}}}
`

func TestASampleIsWrittenAsItsParametersSay(t *testing.T) {
	t.Parallel()
	d, err := openapi.Load([]byte(sampled))
	if err != nil {
		t.Fatal(err)
	}
	op := d.Operation("makeThing")
	s := op.Sample("")
	if s.Path["shop"] != "main" || s.Path["id"] != "7" {
		t.Errorf("path: %v", s.Path)
	}
	if got := s.Query.Encode(); got != "fields%5Bthings%5D=a%2Cb&sort=a%2C-b&status=new&status=old" {
		t.Errorf("query: %s", got)
	}
	if got := s.Header.Get("X-Context"); got != `{"account":"a"}` {
		t.Errorf("header: %s", got)
	}
	for media, want := range map[string]string{"": `{"n":1,"tags":["x","y"]}`, "application/x-www-form-urlencoded": "n=1&tags=x&tags=y", "multipart/form-data": `name="n"`} {
		if s := op.Sample(media); !strings.Contains(string(s.Body), want) || !strings.HasPrefix(s.Media, media) {
			t.Errorf("%s: %s %s", media, s.Media, s.Body)
		}
	}
}
