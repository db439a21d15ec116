package commerceengine

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/world"
)

// probe sends whatever it is given, and holds every answer to this: no failure and no redirect but a page's; a refusal is the vendor's
// envelope and changes nothing.
func probe(t *testing.T, e *engine.Engine, method, path, body string) {
	t.Helper()
	u, err := e.Universe(world.Default)
	if err != nil {
		t.Fatal(err)
	}
	const room = "/commerceengine/"
	r := httptest.NewRequest("POST", "http://localhost/", strings.NewReader(body))
	r.Method, r.URL.Path, r.URL.RawPath = method, room+path, ""
	for name, value := range map[string]string{"Authorization": "Bearer x", "X-Api-Key": "x", "Content-Type": "application/json"} {
		r.Header.Set(name, value)
	}
	before := u.Commits()
	a := e.Answer(r)
	page := strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Status == 303
	switch {
	case a.Status >= 500, a.Status/100 == 3 && !page:
		t.Fatalf("%s %q with %q answered %d\n%s", method, path, body, a.Status, a.Body)
	case a.Status >= 400 && !page:
		var refused refusal
		if err := json.Unmarshal(a.Body, &refused); err != nil || refused.Code == "" || refused.Message == "" || refused.Success {
			t.Fatalf("%s %q with %q: no envelope (%v): %d %s", method, path, body, err, a.Status, a.Body)
		}
		if u.Commits() != before {
			t.Fatalf("%s %q with %q was refused with %d, and changed something", method, path, body, a.Status)
		}
	}
	bugs := u.Journal.Find(func(x *journal.Exchange) bool {
		return len(x.Violations) > 0 || x.Reason != nil && x.Reason.Kind == string(engine.Internal)
	})
	for _, x := range bugs {
		t.Fatalf("%s %q with %q: %v %+v", method, path, body, x.Violations, x.Reason)
	}
}

const base = "api/v1/store_01/storefront/"

// warm brings a store into being, so that making its cast does not count as a change.
func warm(t testing.TB, e *engine.Engine) {
	r := httptest.NewRequest("GET", "http://localhost/commerceengine/"+base+"orders/ORD-1001", nil)
	r.Header.Set("Authorization", "Bearer x")
	if a := e.Answer(r); a.Status != 200 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
}

// FuzzRetryPayment varies the body of a retry on an order that takes one at once.
func FuzzRetryPayment(f *testing.F) {
	for _, method := range []string{
		`{"payment_provider_slug":"juspay","integration_type":"hyper-checkout","return_url":"https://shop.example.test/","action":"paymentPage"}`,
		`{"payment_provider_slug":"juspay","integration_type":"express-checkout","return_url":"a:b","payment_method_type":"CARD","save_to_locker":true,"card_number":"4111111111111111","card_exp_month":"12","card_exp_year":"9999","name_on_card":"","card_security_code":"123"}`,
		`{"payment_provider_slug":"juspay","integration_type":"express-checkout","return_url":"a:b","payment_method_type":"UPI","payment_method":"UPI_COLLECT","upi_vpa":"success@upi"}`,
		`{"payment_provider_slug":"icici-ecollection","payment_method_type":"bank-transfer"}`, `{}`, `null`, `[]`, `1e400`, `"\ud800"`,
	} {
		f.Add(`{"payment_method":` + method + `}`)
	}
	for _, body := range []string{``, `{}`, `null`, `{}x`, `{"payment_method":`, "{\"payment_method\":\"\xff\"}", strings.Repeat(`[`, 300)} {
		f.Add(body)
	}
	e := serve(f)
	u, _ := e.Universe(world.Default)
	warm(f, e)
	start := u.Snapshot()
	f.Fuzz(func(t *testing.T, body string) {
		u.Restore(start)
		probe(t, e, "POST", base+"orders/ORD-1001/retry-payment", body)
	})
}

// FuzzRequests varies method, path and body.
func FuzzRequests(f *testing.F) {
	for _, path := range []string{
		"auth/anonymous", "auth/refresh-token", "carts", "carts/" + readyCart, "orders", "orders/ORD 1/2", "orders/ORD-1001/retry-payment",
		"orders/ORD-1002/cancel-payment-request", "orders/ORD-1005/cancel", "orders/\x00/payments", "payments/payment-methods", "//orders/../orders", "orders/%zz",
	} {
		for _, method := range []string{"GET", "POST", "DELETE", "HEAD", "OPTIONS"} {
			f.Add(method, base+path, `{"cart_id":"`+readyCart+`","refresh_token":"x","items":[{"product_id":"`+teaTin+`","variant_id":null,"quantity":1}]}`)
		}
	}
	f.Add("POST", "payment-page/store_01/order/ordeh_0", "event=approve")
	e := serve(f)
	u, _ := e.Universe(world.Default)
	warm(f, e)
	start := u.Snapshot()
	f.Fuzz(func(t *testing.T, method, path, body string) {
		u.Restore(start)
		probe(t, e, method, path, body)
	})
}
