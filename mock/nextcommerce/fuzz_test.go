package nextcommerce_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// caller serves the room without a socket, and a fresh cast after some calls. An answer must not fail, redirect or break its document.
func caller() func(t *testing.T, method, path, media, body string) *httptest.ResponseRecorder {
	var simulator *mock.Server
	calls := 0
	return func(t *testing.T, method, path, media, body string) *httptest.ResponseRecorder {
		t.Helper()
		if calls++; calls%200 == 1 {
			fresh, err := mock.New(mock.Options{Providers: []string{"nextcommerce"}, Clock: mocktest.Start, Twice: true, Journal: 10})
			if err != nil {
				t.Fatal(err)
			}
			simulator = fresh
		}
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		path, query, _ := strings.Cut(path, "?")
		r.Method, r.URL = method, &url.URL{Path: "/nextcommerce" + path, RawQuery: query}
		r.Header.Set("Authorization", "Bearer token")
		r.Header.Set("Content-Type", media)
		w := httptest.NewRecorder()
		simulator.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code/100 == 3 {
			t.Fatalf("%s %q (%s) with %q answered %d\n%s", method, path, media, body, w.Code, w.Body)
		}
		if bugs := simulator.Bugs(); len(bugs) > 0 {
			t.Fatal(bugs)
		}
		return w
	}
}

func FuzzCollectPayment(f *testing.F) {
	for _, media := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain", ""} {
		for _, body := range []string{"", "{}", "[]", "null", `{"send_payment_notification": true}`, `{"send_payment_notification": null}`, "send_payment_notification=on", "a=%zz",
			"--b\r\nContent-Disposition: form-data; name=\"send_payment_notification\"\r\n\r\ntrue\r\n--b--\r\n", "--b", "\xff", "{}x", strings.Repeat("[", 10_000)} {
			f.Add("100001", media, body)
		}
	}
	f.Add("100010", "application/json", "{}")
	f.Add("%2F", "application/json", "{}")
	call := caller()
	f.Fuzz(func(t *testing.T, number, media, body string) {
		w := call(t, "POST", "/api/admin/orders/"+number+"/collect-payment/", media, body)
		if w.Code == 200 {
			addsUp(t, w.Body.Bytes())
		}
	})
}

func FuzzCreateOrder(f *testing.F) {
	for _, body := range []string{
		`{"lines": [{"product_id": 101, "quantity": 1}]}`, `{"lines": [{"product_id": 104, "quantity": 3, "price": "0.01"}], "offers": [31, 32], "vouchers": ["WELCOME10", "THANKS8"]}`,
		`{"lines": [{"product_id": 101, "quantity": 999999, "price": "9999.99"}], "payment_method": "card_token", "payment_details": {"card_token": "decline_collect_2001", "payment_gateway": 2, "authorize_value": "1.00"}}`,
		`{"lines": [{"product_id": 105, "quantity": 1, "metadata": [1e400]}], "metadata": "x", "currency": "SEK", "payment_method": "paypal", "payment_details": {"payment_return_url": "https://x.test/"}}`,
		`{"lines": [{"product_id": 1e2, "quantity": 1.0}]}`, `{"lines": [null]}`, `{"lines": [{"product_id": 101, "quantity": 1, "subscription": {"interval": "day", "interval_count": 1e30}}]}`,
		`{"lines": [{"product_id": 101, "quantity": 1}], "user": {"id": -1}, "date_placed": "0000-01-01T00:00:00Z"}`, `{"lines": [{"product_id": 101, "quantity": 1}], "date_placed": "2026-01-01t00:00:00z"}`,
	} {
		f.Add(body)
	}
	call := caller()
	f.Fuzz(func(t *testing.T, body string) {
		w := call(t, "POST", "/api/admin/orders/", "application/json", body)
		if w.Code == 201 && strings.Contains(w.Body.String(), `"total_outstanding"`) {
			addsUp(t, w.Body.Bytes())
		}
	})
}

func FuzzRequests(f *testing.F) {
	for _, path := range []string{"/orders/", "/orders/?cursor=cD0x&status=open", "/orders/?cursor=cj0xJnA9eA%3D%3D", "/orders/100001/", "/orders/100002/lines/", "/orders/100002/lines/50004/",
		"/orders/100003/capture/", "/orders/100004/mark-as-paid/", "/orders/100002/cancel/", "/orders/100002/refund/", "/orders/100002/refund/calculate/", "/transactions/?amount_min=NaN", "/transactions/70003/"} {
		for method, body := range map[string]string{"GET": "", "HEAD": "", "OPTIONS": "", "POST": `{"product_id": 103, "quantity": 1, "cancel_reason": "x"}`, "PATCH": `{"quantity": 0, "tags": [null]}`, "DELETE": "{"} {
			f.Add(method, "/api/admin"+path, body)
		}
	}
	for _, path := range []string{"/payments/complete/x/", "/orders/100001/", "/products/x/", "/media/calm-serum.svg", "/tracking/%00/"} {
		f.Add("POST", path, "event=approve")
	}
	f.Add("POST", "/api/admin/orders/100002/refund/", `{"transactions": [{"id": 70003, "amount": "57.27"}], "refund_lines": [{"line_id": 50003, "quantity": 9223372036854775807, "restock_type": "cancel"}]}`)
	f.Add("POST", "/api/admin/orders/100002/refund/calculate/", `{"refund_lines": [{"line_id": 50003, "quantity": 1}, {"line_id": 50003, "quantity": 1}], "refund_shipping": {"amount_excl_tax": "."}}`)
	f.Add("PATCH", "/api/admin/orders/100001/", `{"metadata": 1e999, "shipping_address": null, "attribution": {"metadata": [], "agent": null}}`)
	call := caller()
	f.Fuzz(func(t *testing.T, method, path, body string) {
		call(t, method, path, "application/json", body)
	})
}
