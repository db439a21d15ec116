package harness

import (
	"net/http"
	"strings"
	"testing"

	"understudy/contracts/harness/document"
)

const shopAPI = `
openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: /}]
paths:
  /orders: {get: {operationId: listOrders, x-effect: read, x-provenance: assumed, responses: {'200': {description: some, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Row'}}}}}}}}
  /orders/{orderNumber}:
    get:
      operationId: getOrder
      x-effect: read
      x-provenance: assumed
      parameters: [{name: orderNumber, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
components:
  schemas:
    Order: {type: object, properties: {cartId: {type: string}, orderNumber: {type: string}, total: {type: string}, taxes: {type: array, items: {$ref: '#/components/schemas/Tax'}}}}
    Row: {type: object, x-thing: Order, properties: {orderNumber: {type: string}, total: {type: string}, state: {type: string}, at: {type: string}}}
    Tax: {type: object, properties: {id: {type: integer}, title: {type: string}, rate: {type: number}, amount: {type: string}}}
`

// heard is what a memory finds in answers of the shop, one after another.
func heard(t *testing.T, answers ...string) (pointers []string) {
	t.Helper()
	d, err := document.Parse([]byte(shopAPI))
	if err != nil {
		t.Fatal(err)
	}
	var m Memory
	for _, a := range answers {
		path, body, _ := strings.Cut(a, " ")
		op, _ := d.Match("GET", path)
		x := Exchange{Operation: op.ID, Request: Request{Method: "GET"}, Response: Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}}
		for _, f := range m.Hear(d, path, x) {
			pointers = append(pointers, f.Pointer)
		}
	}
	return pointers
}

func TestAThingIsTheSameWhereverItIsToldOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []string
		want    string
	}{
		"a list tells another total": {[]string{`/orders [{"orderNumber":"A","total":"2.00"}]`, `/orders/A {"cartId":"c","orderNumber":"A","total":"1.00"}`}, "/total"},
		"a list tells less":          {[]string{`/orders [{"orderNumber":"A"}]`, `/orders/A {"cartId":"c","orderNumber":"A","total":"1.00"}`}, ""},
		"a cart is not the order":    {[]string{`/orders/A {"cartId":"c","orderNumber":"A","total":"1.00"}`, `/orders/A {"cartId":"d","orderNumber":"A","total":"1.00"}`}, "/cartId"},
		"a tax is each order's own":  {[]string{`/orders/A {"orderNumber":"A","taxes":[{"id":1,"amount":"1.00"}]}`, `/orders/B {"orderNumber":"B","taxes":[{"id":1,"amount":"2.00"}]}`}, ""},
		"and the same order's":       {[]string{`/orders/A {"orderNumber":"A","taxes":[{"id":1,"amount":"1.00"}]}`, `/orders/A {"orderNumber":"A","taxes":[{"id":1,"amount":"2.00"}]}`}, "/taxes /taxes/0/amount"},
	} {
		if got := strings.Join(heard(t, c.answers...), " "); got != c.want {
			t.Errorf("%s: it finds %q, not %q", name, got, c.want)
		}
	}
}
