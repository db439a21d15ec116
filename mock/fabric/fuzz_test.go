package fabric_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// FuzzRequests sends any body to both writing operations: whatever it is, the answer keeps to the document, and is never a 5xx.
func FuzzRequests(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `null`, `[]`, `{"status":"Success"}`, plainOrder,
		`{"paymentIdentifier":"` + pagePayment + `","type":"VISA","status":"Success","balances":` + everything123 + `,"connectorInfo":{"connectorName":"stripe"}}`,
		`{"balances":{"captured":1e300,"refunded":-0}}`, `{"balances":{"captured":0.005}}`, `{"status":"\u0000"}`, "{\"status\":\"\xff\"}",
		`{"Status":5,"balances":{"CAPTURED":"x"}}`, `{"status":"a","status":{}}`,
		`{"orderNumber":"/","orderDate":"9999-12-31T23:59:59-23:59","items":[{"sku":" ","orderedQuantity":1000000,"itemUnitPrice":92233720368.547758}]}`,
		`{"orderNumber":"x","currency":"KWD","attributes":{"a":{"b":[{}]}},"customer":{"name":{"first":"<&>"}},"items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":0.001}]}`,
		`{"orderNumber":"y","CartId":"zz","Customer":null,"items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1}],"discounts":[{"quantity":2147483647,"value":-1e308}]}`,
	} {
		f.Add(body, `{"account":"a"}`)
	}
	f.Add(`{}`, `{"account":"a","channel":"é"}`)
	f.Add(`{}`, `{"account":{}}`)
	f.Add(`{}`, "\x80")
	f.Fuzz(func(t *testing.T, body, context string) {
		for i := range context {
			if c := context[i]; c < ' ' || c == 0x7f {
				t.Skip("no header can hold it")
			}
		}
		server, err := mock.New(mock.Options{Clock: mocktest.Start, Providers: []string{"fabric"}, Twice: true})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		for _, path := range []string{"/order/payment-status/" + pageOrder, "/order/"} {
			r := httptest.NewRequest("POST", "/fabric/api/v2"+path, strings.NewReader(body))
			r.Header = http.Header{"Authorization": {"Bearer any"}, "Content-Type": {"application/json"}, "X-Site-Context": {context}}
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			if !slices.Contains([]int{200, 201, 400, 409, 413, 429}, w.Code) || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s answered %d %s", path, w.Code, w.Body)
			}
		}
		for _, bug := range server.Bugs() {
			t.Error(bug)
		}
	})
}
