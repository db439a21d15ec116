package openapi

import (
	"net/http"
	"slices"
	"testing"
)

// variants is a document whose body is a union told apart by tags, as payment methods are.
const variants = `
openapi: 3.0.3
info: {title: Union, version: "1"}
servers: [{url: /}]
x-refusals: {"404": {$ref: '#/components/responses/No'}, "405": {$ref: '#/components/responses/No'}}
paths:
  /pay:
    post:
      operationId: pay
      x-effect: write
      x-provenance: assumed
      requestBody:
        content:
          application/json:
            schema:
              anyOf:
                - type: object
                  required: [by, kind, url, action]
                  properties: {by: {type: string}, kind: {type: string, enum: [page]}, url: {type: string, format: uri}, action: {type: string, enum: [show]}}
                - allOf:
                  - {type: object, required: [by, kind, url], properties: {by: {type: string}, kind: {type: string, enum: [card]}, url: {type: string, format: uri}}}
                  - {type: object, required: [number], properties: {number: {type: string}}}
                - type: object
                  required: [by, transfer]
                  properties: {by: {type: string, enum: [bank]}, transfer: {type: string, enum: [now]}}
      responses: {"204": {description: Done.}}
components:
  responses: {No: {description: No.}}
`

func TestProblemsOfAUnion(t *testing.T) {
	t.Parallel()
	d, err := Load([]byte(variants))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, body string
		want       []string
	}{
		{"nothing known is explained by the first branch", `{}`, []string{"/action", "/by", "/kind", "/url"}},
		{"a tag tells the branch, however much is wrong with it", `{"by":"x","kind":"page","url":"/relative","action":"hide"}`, []string{"/action", "/url"}},
		{"a tag within an allOf does so too", `{"by":"x","kind":"card","url":"https://shop.test/"}`, []string{"/number"}},
		{"an unknown tag is explained by the first branch", `{"by":"bank","kind":"cash"}`, []string{"/action", "/kind", "/url"}},
		{"the smallest branch, when it is meant", `{"by":"bank","transfer":"later"}`, []string{"/transfer"}},
		{"a value of another type", `7`, []string{""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, problems, err := d.Operation("pay").CheckBody(http.Header{"Content-Type": {"application/json"}}, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			var at []string
			for _, p := range problems {
				at = append(at, p.Pointer)
			}
			if !slices.Equal(at, c.want) {
				t.Errorf("%s: problems at %q, want %q: %v", c.body, at, c.want, problems)
			}
		})
	}
}

func TestAnUnknownMemberIsNamed(t *testing.T) {
	t.Parallel()
	d, err := Load([]byte(`
openapi: 3.0.3
info: {title: Closed, version: "1"}
servers: [{url: /}]
x-refusals: {"404": {$ref: '#/components/responses/No'}, "405": {$ref: '#/components/responses/No'}}
paths:
  /pay:
    post:
      operationId: pay
      x-effect: write
      x-provenance: assumed
      requestBody: {content: {application/json: {schema: {type: object, properties: {inner: {type: object, additionalProperties: false, properties: {a: {type: string}}}}}}}}
      responses: {"204": {description: Done.}}
components:
  responses: {No: {description: No.}}
`))
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err := d.Operation("pay").CheckBody(http.Header{"Content-Type": {"application/json"}}, []byte(`{"inner":{"a":"x","b/\"c":1}}`))
	if err != nil || len(problems) != 1 || problems[0].String() != `body /inner/b~1"c is not a member that is known here; one of a would be right` {
		t.Errorf("problems: %v, %v", problems, err)
	}
}
