package commercelayer_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// caller serves the room without a socket. Every answer is checked: declared, no redirect, no failure, no bug in the journal.
func caller(f *testing.F) func(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	simulator, err := mock.New(mock.Options{Providers: []string{"commercelayer"}, Clock: mocktest.Start, Twice: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(simulator.Close)
	return func(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		path, query, _ := strings.Cut(path, "?")
		r.Method, r.URL.Path, r.URL.RawPath, r.URL.RawQuery = method, "/commercelayer"+path, "", query
		for name, value := range map[string]string{"Authorization": "Bearer token", "Content-Type": jsonAPI} {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		simulator.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code/100 == 3 {
			t.Fatalf("%s %q with %q answered %d\n%s", method, path, body, w.Code, w.Body)
		}
		if bugs := simulator.Bugs(); len(bugs) > 0 {
			t.Fatal(bugs)
		}
		return w
	}
}

func FuzzCreatePayment(f *testing.F) {
	const full = `{"data":{"type":"checkout_com_payments","attributes":{"payment_type":"token","token":"tok_x","success_url":"https://x.test/?a#b","metadata":{"a":[1]}},"relationships":{"order":{"data":{"type":"orders","id":"ABCRtyUpBa"}}}}}`
	for _, seed := range []string{full, full + "x", ``, `null`, `[]`, `{"data":null}`, `{"data":{"attributes":[]}}`, strings.Replace(full, "tok_x", "\xff", 1),
		strings.Replace(full, `"ABCRtyUpBa"`, `1e400`, 1), strings.Replace(full, "https://x.test/", "%zz://", 1)} {
		f.Add(seed)
	}
	call := caller(f)
	f.Fuzz(func(t *testing.T, body string) {
		switch w := call(t, "POST", "/api/checkout_com_payments", body); w.Code {
		case 201, 400, 413, 422:
		default:
			t.Fatalf("answered %d to %q\n%s", w.Code, body, w.Body)
		}
	})
}

func FuzzRequests(f *testing.F) {
	for _, path := range []string{"/api/checkout_com_payments?sort=-id,reference&page[size]=3&fields[orders]=number", "/api/checkout_com_payments/xYZkjABcde?include=order.payment_source",
		"/api/orders/PlacedAuth/relationships/voids", "/api/orders/ReadyPlace", "/api/authorizations/AuthorizAA", "/api/captures/CapturedAA", "/3ds/pay_mbabizu24mvu3mela5njyhpit4", "/oauth/token", "//api/../%zz\x00"} {
		for _, method := range []string{"GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"} {
			f.Add(method, path, `{"data":{"type":"orders","id":"ReadyPlace","attributes":{"_place":1,"_refund":"true"},"relationships":{}}}`)
		}
	}
	call := caller(f)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		call(t, method, path, body)
	})
}
