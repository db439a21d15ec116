package norce_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// caller serves the room without a socket. Every answer is checked: declared, no redirect, no failure, no bug in the journal.
func caller(f *testing.F) func(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	simulator, err := mock.New(mock.Options{Providers: []string{"norce"}, Clock: mocktest.Start, Twice: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(simulator.Close)
	return func(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Method, r.URL.Path, r.URL.RawPath = method, "/norce"+path, ""
		for name, value := range map[string]string{"Authorization": "Bearer key", "x-merchant": "norce", "x-channel": "1", "Content-Type": "application/json"} {
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

func FuzzUpdatePayment(f *testing.F) {
	for _, seed := range []string{proposal("1629"), proposal("1234"), `{}`, ``, `[]`, `null`, `{"total":null}`, proposal("1e400"), `{"id":"x"}`,
		`{"payments":[null],"total":{"includingVat":1}}`, `{"payments":[{"id":"` + documentPayment + `"}],"total":{"includingVat":-0.0}}`, proposal("1") + "x", "{\"id\":\"\xff\"}"} {
		f.Add(seed)
	}
	call := caller(f)
	f.Fuzz(func(t *testing.T, sent string) {
		w := call(t, "POST", "/api/checkout/v1/callback/orders/"+documentOrder+"/payments/"+documentPayment+"/update-payment", sent)
		switch {
		case w.Code == 200 && sent != "":
			applied(t, sent, w.Body.Bytes())
		case w.Code != 200 && w.Code != 400 && w.Code != 413:
			t.Fatalf("answered %d to %q\n%s", w.Code, sent, w.Body)
		}
	})
}

func FuzzRequests(f *testing.F) {
	for _, path := range []string{sessions(payable), session(documentOrder, documentPayment), session(documentOrder, voucher) + "/remove", session(payable, "") + "/complete",
		settlement("o_ReservedAndReadyForCapture", "p_ReservedAndReadyForCapture", "capture"), "/hosted/norce:1/payments/" + documentPayment, "/hosted/%zz/payments/\x00", "//api/../order"} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"} {
			f.Add(method, path, `{"selectedPaymentMethod":"invoice"}`)
		}
	}
	call := caller(f)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		call(t, method, path, body)
	})
}
