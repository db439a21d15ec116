package harness

import (
	"net/http"
	"strings"
	"testing"

	"understudy/contracts/harness/document"
)

const echoAPI = `
openapi: 3.0.3
info: {title: Echo, version: "1"}
servers: [{url: /}]
paths:
  /orders:
    post:
      operationId: createOrder
      x-effect: write
      x-provenance: documented
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {'201': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
components:
  schemas:
    Order:
      type: object
      properties:
        currency: {type: string}
        amount: {type: number}
        payer: {type: object, properties: {name: {type: string}, mail: {type: string, nullable: true}}}
`

func TestWhatIsSentComesBack(t *testing.T) {
	t.Parallel()
	d, err := document.Parse([]byte(echoAPI))
	if err != nil {
		t.Fatal(err)
	}
	j, err := NewJudge(d)
	if err != nil {
		t.Fatal(err)
	}
	const sent = `{"currency":"SEK","amount":10,"payer":{"name":"Ada","mail":"a@example.test"}}`
	for told, want := range map[string]string{
		`{"currency":"SEK","amount":10.00,"payer":{"name":"Ada","mail":"a@example.test"}}`: "",
		`{"currency":"EUR","amount":10,"payer":{"name":"Ada","mail":"a@example.test"}}`:    "/currency",
		`{"currency":"SEK","amount":11,"payer":{"name":"Eve","mail":null}}`:                "/amount /payer/name",
		`{"currency":"SEK","amount":10,"payer":{"name":"Ada"}}`:                            "",
		`{"currency":"EUR"}`: "", // it is of something else
	} {
		x := Exchange{Operation: "createOrder", Request: Request{Method: "POST", URL: "http://x/orders", Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: []byte(sent)},
			Response: Response{Status: 201, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(told)}}
		var found []string
		for _, f := range j.Judge(x, nil) {
			if f.Rule != RuleEcho || f.Provenance != "assumed" {
				t.Errorf("%s: %+v", told, f)
			}
			found = append(found, f.Pointer)
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%s: it finds %q, not %q", told, got, want)
		}
	}
}
