package harness

import (
	"net/http"
	"strings"
	"testing"

	"understudy/contracts/harness/document"
)

const linkedAPI = `
openapi: 3.0.3
info: {title: Linked, version: "1"}
servers: [{url: /}]
paths:
  /captures/{id}:
    get:
      operationId: getCapture
      x-effect: read
      x-provenance: published
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: include, in: query, schema: {type: string}}
        - {name: fields, in: query, x-absent: what it does not list, schema: {type: string}}
      responses: {'200': {description: it, content: {application/vnd.api+json: {schema: {type: object}}}}}
`

func TestResourcesOfJSONAPILeadToEachOther(t *testing.T) {
	t.Parallel()
	d, err := document.Parse([]byte(linkedAPI))
	if err != nil {
		t.Fatal(err)
	}
	j, err := NewJudge(d)
	if err != nil {
		t.Fatal(err)
	}
	const sound = `{"data":{"id":"C","type":"captures","links":{"self":"http://x/captures/C"},"relationships":{"order":{"data":{"type":"orders","id":"O"}},"refunds":{"links":{}}}},` +
		`"included":[{"id":"O","type":"orders","links":{"self":"http://x/orders/O"},"attributes":{}}]}`
	for name, c := range map[string]struct{ query, old, new, want string }{
		"nothing":                      {"?include=order", "", "", ""},
		"another id":                   {"?include=order", `{"id":"C"`, `{"id":"D"`, "/data/id"},
		"another id of what is sent":   {"?include=order", `[{"id":"O"`, `[{"id":"P"`, "/included/0/id /included/0/id /data/relationships/order/data"},
		"another type of what is sent": {"?include=order", `"type":"orders","links"`, `"type":"carts","links"`, "/included/0/id /data/relationships/order/data"},
		"nothing named":                {"?include=order", `"data":{"type":"orders","id":"O"}`, `"links":{}`, "/included/0/id /data/relationships/order/data"},
		"named as nothing":             {"?include=order", `{"type":"orders","id":"O"}`, `null`, "/included/0/id"},
		"nothing sent along":           {"?include=order.market", `"included"`, `"more"`, "/data/relationships/order/data"},
		"what nobody asked for":        {"?include=refunds", `[{"id":"O"`, `[{"id":"P"`, "/included/0/id /included/0/id /data/relationships/refunds/data"},
		"less, as was asked":           {"?include=order&fields=id", `"data":{"type":"orders","id":"O"}`, `"links":{}`, ""},
	} {
		x := Exchange{Operation: "getCapture", Request: Request{Method: "GET", URL: "http://x/captures/C" + c.query},
			Response: Response{Status: 200, Header: http.Header{"Content-Type": {jsonAPI}}, Body: []byte(strings.Replace(sound, c.old, c.new, 1))}}
		var found []string
		for _, f := range j.Judge(x, nil) {
			if f.Rule != RuleLinkage || f.Provenance != "published" {
				t.Errorf("%s: %+v", name, f)
			}
			found = append(found, f.Pointer)
		}
		if got := strings.Join(found, " "); got != c.want {
			t.Errorf("%s: it finds %q, not %q", name, got, c.want)
		}
	}
}
