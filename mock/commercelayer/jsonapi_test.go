package commercelayer_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestContentNegotiation(t *testing.T) {
	t.Parallel()
	s := open(t)
	body := `{"data":{"type":"orders","id":"ABCRtyUpBa","attributes":{"_refresh":1},"relationships":{}}}`
	cases := []struct {
		name, method, body string
		headers            []string
		status             int
		code               string
	}{
		{"no Accept", "GET", "", []string{"Accept:"}, 200, ""},
		{"any Accept", "GET", "", []string{"Accept: */*"}, 200, ""},
		{"a browser's Accept", "GET", "", []string{"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}, 200, ""},
		{"a weighted Accept", "GET", "", []string{"Accept: application/vnd.api+json;q=0.5"}, 200, ""},
		{"another Accept", "GET", "", []string{"Accept: application/json"}, 406, "NOT_ACCEPTABLE"},
		{"an Accept with a parameter", "GET", "", []string{"Accept: application/vnd.api+json; charset=utf-8"}, 406, "NOT_ACCEPTABLE"},
		{"an Accept that forbids it", "GET", "", []string{"Accept: application/vnd.api+json;q=0"}, 406, "NOT_ACCEPTABLE"},
		{"Content-Type on GET", "GET", "", []string{"Content-Type: text/plain"}, 200, ""},
		{"the media type", "PATCH", body, []string{"Content-Type: application/vnd.api+json"}, 200, ""},
		{"plain JSON", "PATCH", body, []string{"Content-Type: application/json"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"a parameter", "PATCH", body, []string{"Content-Type: application/vnd.api+json; charset=utf-8"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"no Content-Type", "PATCH", body, []string{"Content-Type:"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var sent any
			if c.body != "" {
				sent = c.body
			}
			a := s.send(c.method, "/api/orders/ABCRtyUpBa", sent, c.headers...)
			if a.Status != c.status || a.Header.Get("Content-Type") != jsonAPI {
				t.Fatalf("answered %d %s %s", a.Status, a.Header.Get("Content-Type"), a.Body)
			}
			if c.code != "" {
				errorIs(t, a, c.status, c.code, "")
			}
		})
	}
}

func TestMalformedDocuments(t *testing.T) {
	t.Parallel()
	s := open(t)
	before := s.get("/orders/ABCRtyUpBa")
	for _, c := range []struct{ name, body, code, at string }{
		{"nothing", ``, "PARAM_MISSING", "/data"},
		{"no JSON", `{"data":`, "INVALID_DATA_FORMAT", ""},
		{"trailing bytes", `{"data":{"type":"orders","id":"ABCRtyUpBa"}} x`, "INVALID_DATA_FORMAT", ""},
		{"an array", `[]`, "INVALID_DATA_FORMAT", ""},
		{"no data", `{}`, "PARAM_MISSING", "/data"},
		{"data that is text", `{"data":"x"}`, "INVALID_DATA_FORMAT", "/data"},
		{"no type", `{"data":{"id":"ABCRtyUpBa"}}`, "PARAM_MISSING", "/data/type"},
		{"another type", `{"data":{"type":"checkout_payments","id":"ABCRtyUpBa"}}`, "TYPE_MISMATCH", "/data/type"},
		{"no id", `{"data":{"type":"orders"}}`, "KEY_ORDER_MISMATCH", "/data/id"},
		{"another id", `{"data":{"type":"orders","id":"ReadyPlace"}}`, "KEY_NOT_INCLUDED_IN_URL", "/data/id"},
		{"an unknown attribute", `{"data":{"type":"orders","id":"ABCRtyUpBa","attributes":{"total_amount_cents":1}}}`, "PARAM_NOT_ALLOWED", "/data/attributes/total_amount_cents"},
		{"an unknown relationship", `{"data":{"type":"orders","id":"ABCRtyUpBa","relationships":{"market":{}}}}`, "PARAM_NOT_ALLOWED", "/data/relationships/market"},
		{"attributes that are a list", `{"data":{"type":"orders","id":"ABCRtyUpBa","attributes":[]}}`, "INVALID_DATA_FORMAT", "/data/attributes"},
		{"a linkage of another type", `{"data":{"type":"orders","id":"ABCRtyUpBa","relationships":{"payment_method":{"data":{"type":"orders","id":"x"}}}}}`, "TYPE_MISMATCH", "/data/relationships/payment_method/data/type"},
		{"a linkage without id", `{"data":{"type":"orders","id":"ABCRtyUpBa","relationships":{"payment_method":{"data":{"type":"payment_methods"}}}}}`, "INVALID_LINKS_OBJECT", "/data/relationships/payment_method/data/id"},
		{"a malformed document is told before what is invalid in it", `{"data":{"type":"orders","id":"ABCRtyUpBa","attributes":{"guest":"x","zoo":1}}}`, "PARAM_NOT_ALLOWED", "/data/attributes/zoo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := s.send("PATCH", "/api/orders/ABCRtyUpBa", c.body)
			errorIs(t, a, 400, c.code, c.at)
			if n := len(a.At("errors").([]any)); n != 1 {
				t.Errorf("%d errors, want one: %s", n, a.Body)
			}
		})
	}
	for _, c := range []struct{ name, body, at string }{
		{"a trigger that is neither true nor false", `{"data":{"type":"orders","id":"ABCRtyUpBa","attributes":{"_place":"yes"}}}`, "/data/attributes/_place"},
		{"an amount beyond all numbers", `{"data":{"type":"orders","id":"ABCRtyUpBa","attributes":{"_authorization_amount_cents":1e400}}}`, "/data/attributes/_authorization_amount_cents"},
	} {
		t.Run(c.name, func(t *testing.T) {
			errorIs(t, s.send("PATCH", "/api/orders/ABCRtyUpBa", c.body), 422, "VALIDATION_ERROR", c.at)
		})
	}
	t.Run("an id for what is to be created", func(t *testing.T) {
		body := `{"data":{"type":"checkout_com_payments","id":"MyOwnIdABC","attributes":{"payment_type":"token","token":"t"},"relationships":{"order":{"data":{"type":"orders","id":"ABCRtyUpBa"}}}}}`
		errorIs(t, s.send("POST", "/api/checkout_com_payments", body), 400, "PARAM_NOT_ALLOWED", "/data/id")
	})
	for name, relationships := range map[string]string{"no relationships": ``, "no order": `,"relationships":{}`, "no linkage": `,"relationships":{"order":{}}`, "a null linkage": `,"relationships":{"order":{"data":null}}`} {
		t.Run("a payment with "+name, func(t *testing.T) {
			body := `{"data":{"type":"checkout_com_payments","attributes":{"payment_type":"token","token":"t"}` + relationships + `}}`
			a := s.send("POST", "/api/checkout_com_payments", body)
			if a.Status == 400 && a.Text("errors.0.code") == "INVALID_LINKS_OBJECT" {
				return // the linkage itself is malformed
			}
			errorIs(t, a, 422, "VALIDATION_ERROR", "/data/relationships/order")
		})
	}
	if after := s.get("/orders/ABCRtyUpBa"); string(after.Body) != string(before.Body) {
		t.Error("a refused request changed the order")
	}
}

func TestQueriesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	s := open(t)
	for query, code := range map[string]string{
		"include=customer": "INVALID_INCLUDE", "include=order.payments": "INVALID_INCLUDE", "include=" + strings.Repeat("order.payment_source.", 6) + "order": "INVALID_INCLUDE",
		"fields[orders]=price": "INVALID_FIELD", "fields[skus]=code": "INVALID_RESOURCE", "fields=token": "INVALID_FIELD_FORMAT",
		"page[number]=0": "INVALID_PAGE_VALUE", "page[number]=x": "INVALID_PAGE_VALUE", "page[size]=26": "INVALID_PAGE_VALUE", "page[offset]=3": "INVALID_PAGE_OBJECT",
		"sort=token": "INVALID_SORT_CRITERIA", "sort=-created_at,amount": "INVALID_SORT_CRITERIA", "filter[q][token_eq]=x": "FILTER_NOT_ALLOWED", "limit=3": "PARAM_NOT_ALLOWED",
	} {
		name, value, _ := strings.Cut(query, "=")
		errorIs(t, s.send("GET", "/api/checkout_com_payments?"+url.Values{name: {value}}.Encode(), nil), 400, code, name)
	}
	errorIs(t, s.send("GET", "/api/orders/ABCRtyUpBa/relationships/market", nil), 404, "RECORD_NOT_FOUND", "")
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	all := s.get("/checkout_com_payments?page[size]=25").At("data").([]any)
	total := len(all)
	if total < 10 {
		t.Fatalf("the cast has %d payments", total)
	}
	var ids []string
	visited := 0
	next := "/commercelayer/api/checkout_com_payments?page%5Bsize%5D=4&sort=id&fields%5Bcheckout_com_payments%5D=token"
	for next != "" {
		a := s.Call("GET", next, nil, "Authorization: Bearer x").Want(200)
		if a.At("meta.record_count") != float64(total) || a.At("meta.page_count") != float64((total+3)/4) {
			t.Fatalf("meta is %v", a.At("meta"))
		}
		for _, one := range a.At("data").([]any) {
			d := one.(map[string]any)
			ids = append(ids, d["id"].(string))
			if len(d["attributes"].(map[string]any)) != 1 || d["relationships"] != nil {
				t.Fatalf("the fields are %v", d)
			}
		}
		next = a.Text("links.next")
		visited++
	}
	if visited != (total+3)/4 || len(ids) != total || !slices.IsSorted(ids) {
		t.Errorf("the pages hold %v", ids)
	}
	a := s.get("/checkout_com_payments?page[number]=99")
	if len(a.At("data").([]any)) != 0 || a.Text("links.prev") == "" || a.Text("links.next") != "" {
		t.Errorf("a page beyond the last is %s", a.Body)
	}
	s.Call("GET", a.Text("links.prev"), nil, "Authorization: Bearer x").Want(200)
	first := s.get("/checkout_com_payments?sort=-reference,-created_at&page[size]=1").Text("data.0.id")
	if first != "xYZkjABcde" { // the only one with a reference
		t.Errorf("sorted by reference, %s is first", first)
	}
}

func TestSparseFieldsAndIncludes(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := s.get("/orders/PlacedAuth?include=payment_source.payment_gateway,authorizations&fields[orders]=status,payment_source&fields[authorizations]=number")
	if got := a.At("data.attributes"); !reflect.DeepEqual(got, map[string]any{"status": "placed"}) {
		t.Errorf("attributes are %v", got)
	}
	if got := a.At("data.relationships").(map[string]any); len(got) != 1 || a.Text("data.relationships.payment_source.data.id") != "xYZkjABcde" {
		t.Errorf("relationships are %v", got)
	}
	var types []string
	for _, one := range a.At("included").([]any) {
		types = append(types, one.(map[string]any)["type"].(string))
	}
	if want := []string{"checkout_com_payments", "payment_gateways", "authorizations"}; !slices.Equal(types, want) {
		t.Errorf("included are %v, want %v", types, want)
	}
	if a.Text("included.0.relationships.payment_gateway.data.id") != "CheckoutGw" {
		t.Errorf("the nested linkage is %v", a.At("included.0.relationships.payment_gateway"))
	}
	t.Run("each once, and never what is shown already", func(t *testing.T) {
		a := s.get("/orders/PlacedAuth?include=payment_source.order,authorizations.order,authorizations.payment_source")
		var ids []string
		for _, one := range a.At("included").([]any) {
			ids = append(ids, one.(map[string]any)["id"].(string))
		}
		if want := []string{"xYZkjABcde", "AuthorizAA"}; !slices.Equal(ids, want) {
			t.Errorf("included are %v, want %v", ids, want)
		}
	})
	t.Run("on creation and change too", func(t *testing.T) {
		body := `{"data":{"type":"checkout_com_payments","attributes":{"payment_type":"token","token":"t"},"relationships":{"order":{"data":{"type":"orders","id":"ABCRtyUpBa"}}}}}`
		a := s.send("POST", "/api/checkout_com_payments?include=order&fields[orders]=number", body).Want(201)
		if a.Text("included.0.id") != "ABCRtyUpBa" || a.Text("data.relationships.order.data.id") != "ABCRtyUpBa" {
			t.Errorf("answered %s", a.Body)
		}
		errorIs(t, s.send("POST", "/api/checkout_com_payments?include=market", body), 400, "INVALID_INCLUDE", "include")
		if n := len(s.get("/orders/ABCRtyUpBa?include=payment_source").At("included").([]any)); n != 1 {
			t.Errorf("%d payments", n)
		}
	})
	t.Run("no fields at all leave the resource bare", func(t *testing.T) {
		a := s.get("/orders/PlacedAuth?fields[orders]=")
		if a.At("data.attributes") != nil || a.At("data.relationships") != nil || a.Text("data.id") != "PlacedAuth" {
			t.Errorf("answered %s", a.Body)
		}
	})
}

// TestNoDeadLinks follows every URL in every answer, from the list of payments on.
func TestNoDeadLinks(t *testing.T) {
	t.Parallel()
	for _, reading := range []string{"", "current"} {
		t.Run("reading "+reading, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if reading != "" {
				s = open(t, current)
				s.create("ABCRtyUpBa", attributes{"success_url": "https://shop.example.com/", "failure_url": "https://shop.example.com/"}).Want(201)
			}
			seen := map[string]bool{}
			queue := []string{s.URL + "/commercelayer/api/checkout_com_payments?page%5Bsize%5D=25"}
			for _, id := range []string{"NothingDue", "WireMethod", "DraftEmpty"} {
				queue = append(queue, s.URL+"/commercelayer/api/orders/"+id)
			}
			for len(queue) > 0 {
				next := queue[0]
				queue = queue[1:]
				if seen[next] || !strings.HasPrefix(next, s.URL) {
					continue
				}
				seen[next] = true
				a := s.Call("GET", next, nil, "Authorization: Bearer x", "Accept: */*")
				if a.Status != 200 && a.Status != 410 {
					t.Errorf("%s answered %d %s", next, a.Status, a.Body)
				}
				if strings.Contains(a.Header.Get("Content-Type"), "json") {
					var v any
					a.Into(&v)
					queue = append(queue, urls(v)...)
				}
			}
			if len(seen) < 200 {
				t.Errorf("only %d URLs were met", len(seen))
			}
		})
	}
}

func urls(v any) (list []string) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "http") {
			list = append(list, v)
		}
	case map[string]any:
		for _, inner := range v {
			list = append(list, urls(inner)...)
		}
	case []any:
		for _, inner := range v {
			list = append(list, urls(inner)...)
		}
	}
	slices.Sort(list)
	return list
}

func TestWhatOfficialClientsSend(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_x")
	for _, value := range []string{`1`, `true`, `"true"`} {
		body := fmt.Sprintf(`{"data":{"type":"checkout_com_payments","id":%q,"attributes":{"_details":%s},"relationships":{}}}`, id, value)
		s.send("PATCH", "/api/checkout_com_payments/"+id, body, "User-Agent: SDK-core").Want(200)
	}
	s.send("DELETE", "/api/checkout_com_payments/"+id, nil, "Accept:").Want(204)
	a := s.Call("OPTIONS", "/commercelayer/api/checkout_com_payments", nil, "Origin: http://shop.test", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type").Want(204)
	if a.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("preflight headers are %v", a.Header)
	}
}

func TestTodaysReading(t *testing.T) {
	t.Parallel()
	s := open(t, current)
	urls := attributes{"success_url": "https://shop.example.com/?a=1", "failure_url": "https://shop.example.com/?a=1"}
	errorIs(t, s.create("ABCRtyUpBa", attributes{"token": "t"}), 422, "VALIDATION_ERROR", "/data/attributes/failure_url")
	errorIs(t, s.create("ABCRtyUpBa", attributes{"payment_type": "token", "success_url": "https://x.test/", "failure_url": "https://x.test/"}), 400, "PARAM_NOT_ALLOWED", "/data/attributes/payment_type")
	a := s.create("ABCRtyUpBa", urls).Want(201)
	id := a.Text("data.id")
	var d struct {
		Data struct {
			Attributes    map[string]json.RawMessage
			Relationships map[string]any
		}
	}
	a.Into(&d)
	for _, gone := range []string{"payment_type", "session_id"} {
		if _, ok := d.Data.Attributes[gone]; ok {
			t.Errorf("%s is still there", gone)
		}
	}
	if !strings.HasPrefix(a.Text(attributesOf+"payment_session.id"), "ps_") || a.Text(attributesOf+"payment_session.payment_session_secret") == "" {
		t.Errorf("payment_session is %s", d.Data.Attributes["payment_session"])
	}
	if d.Data.Relationships["versions"] != nil || d.Data.Relationships["event_stores"] == nil {
		t.Errorf("relationships are %v", d.Data.Relationships)
	}
	errorIs(t, s.patchPayment(id, attributes{"success_url": "https://shop.example.com/other"}), 400, "PARAM_NOT_ALLOWED", "/data/attributes/success_url")
	errorIs(t, s.patchPayment(id, attributes{"_authorize": true}), 422, "VALIDATION_ERROR", "/data/attributes/token")
	s.patchPayment(id, attributes{"token": "tok_x", "_authorize": true}).Want(200)
	if to := s.settle(id, "approve").Want(303).Header.Get("Location"); !strings.HasPrefix(to, "https://shop.example.com/?a=1&cko-session-id=sid_") {
		t.Errorf("sent back to %s", to)
	}
	if got := s.patchPayment(id, attributes{"_details": 1}).Want(200).Text(attributesOf + "payment_response.status"); got != "Authorized" {
		t.Errorf("status is %s", got)
	}
	stores := s.get("/checkout_com_payments/" + id + "/event_stores")
	if stores.Text("data.0.type") != "event_stores" || !reflect.DeepEqual(stores.At("data.1.attributes.payload.token"), []any{nil, "tok_x"}) {
		t.Errorf("event stores are %s", stores.Body)
	}
	s.get("/event_stores/" + stores.Text("data.0.id"))
	errorIs(t, s.send("GET", "/api/checkout_com_payments/"+id+"/versions", nil), 404, "RECORD_NOT_FOUND", "")
	errorIs(t, s.send("GET", "/api/checkout_com_payments/"+id+"?include=versions", nil), 400, "INVALID_INCLUDE", "include")
}
