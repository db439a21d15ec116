package norce_test

import (
	"strings"
	"testing"
	"time"
)

func TestCreatePayment(t *testing.T) {
	t.Parallel()
	s := open(t)
	t.Run("opens a session for the order's total", func(t *testing.T) {
		r := s.send("POST", sessions(payable), nil).Want(200)
		if id := r.Text("id"); len(id) != 28 || !strings.HasPrefix(id, "p_") || id != r.Text("paymentId") {
			t.Errorf("id %q, paymentId %q; want p_ and 26 letters", id, r.Text("paymentId"))
		}
		if r.Text("amount.value") != "49900" || r.Text("amount.currency") != "SEK" || r.Text("status") != "CHECKOUT_INCOMPLETE" {
			t.Errorf("answered %s", r.Body)
		}
	})
	t.Run("answers an open session again", func(t *testing.T) {
		first := s.send("POST", sessions(payable), nil).Want(200)
		if again := s.send("POST", sessions(payable), nil).Want(200); string(again.Body) != string(first.Body) {
			t.Errorf("answered %s, then %s", first.Body, again.Body)
		}
		if again := s.send("POST", sessions(documentOrder), nil).Want(200); again.Text("id") != documentPayment {
			t.Errorf("answered %s, want %s", again.Text("id"), documentPayment)
		}
	})
	t.Run("opens another one after the first was removed, failed or declined", func(t *testing.T) {
		first := s.send("POST", sessions(payable), nil).Want(200).Text("id")
		s.send("POST", session(payable, first)+"/remove", nil).Want(200)
		if second := s.send("POST", sessions(payable), nil).Want(200).Text("id"); second == first {
			t.Error("the removed payment is opened again")
		}
		for _, order := range []string{"o_FailedAuthenticationOfCard", "o_DeclinedByTheirBankAccount"} {
			if r := s.send("POST", sessions(order), nil).Want(200); r.Text("amount.value") != "75000" {
				t.Errorf("%s: %s", order, r.Body)
			}
		}
	})
	t.Run("covers what a voucher leaves", func(t *testing.T) {
		if r := s.send("POST", sessions("o_NothingDueVoucherCoversAll"), nil).Want(200); r.Text("amount.value") != "0" {
			t.Errorf("answered %s", r.Body)
		}
	})
	t.Run("refuses an order that is being paid, or is no longer in checkout, or is unknown", func(t *testing.T) {
		s := s.at("conflicts")
		s.send("POST", sessions(payable), nil).Want(200)
		payment := s.send("POST", sessions(payable), nil).Text("id")
		if err := s.Settle("norce", s.tenant(), payment, "approve"); err != nil {
			t.Fatal(err)
		}
		refused(t, s.send("POST", sessions(payable), nil), 409, "payment-conflict", payment, "reserved")
		refused(t, s.send("POST", sessions("o_CapturedAndReadyForRefunds"), nil), 409, "order-conflict", "completed")
		refused(t, s.send("POST", sessions("o_unknown"), nil), 404, "order-not-found", "o_unknown")
	})
	t.Run("is the order's own at each merchant and channel", func(t *testing.T) {
		a := s.at("a").send("POST", sessions(payable), nil).Want(200).Text("id")
		refused(t, s.at("b").send("GET", session(payable, a), nil), 404, "payment-not-found")
		refused(t, s.at("a").send("GET", session(payable, a), nil, "x-channel: 2"), 404, "payment-not-found")
		refused(t, s.at("a:1").send("GET", session(payable, a), nil, "x-channel: "), 400, "order-bad-request", "x-channel")
	})
}

func TestPutPayment(t *testing.T) {
	t.Parallel()
	s := open(t)
	t.Run("selects a payment method", func(t *testing.T) {
		r := s.send("PUT", session(documentOrder, documentPayment), map[string]string{"selectedPaymentMethod": "invoice"}).Want(200)
		if r.Text("selectedPaymentMethod") != "invoice" || s.send("GET", session(documentOrder, documentPayment), nil).Text("selectedPaymentMethod") != "invoice" {
			t.Errorf("answered %s", r.Body)
		}
	})
	t.Run("refuses a method that the payment does not offer", func(t *testing.T) {
		refused(t, s.send("PUT", session(documentOrder, documentPayment), map[string]string{"selectedPaymentMethod": "gold"}), 400, "order-bad-request", "selectedPaymentMethod", "gold", "invoice")
	})
	t.Run("maps the order again", func(t *testing.T) {
		s := s.at("maps")
		// The voucher's hook shows the adapter a larger order; the session's own has not been called.
		s.hook(documentOrder, voucher, proposal("1500")).Want(200)
		if got := s.value(documentOrder, documentPayment); got != "113400" {
			t.Fatalf("the session covers %s öre before", got)
		}
		if r := s.send("PUT", session(documentOrder, documentPayment), nil).Want(200); r.Text("amount.value") != "140000" {
			t.Errorf("answered %s", r.Body)
		}
	})
	t.Run("is refused past intent", func(t *testing.T) {
		refused(t, s.send("PUT", session("o_ProcessingAwaitingCustomer", "p_ProcessingAwaitingCustomer"), nil), 400, "payment-conflict", "processing")
	})
}

func TestCompletePayment(t *testing.T) {
	t.Parallel()
	s := open(t)
	complete := session(documentOrder, documentPayment) + "/complete"
	t.Run("confirms without a body", func(t *testing.T) {
		s := s.at("confirms")
		if r := s.send("POST", complete, nil).Want(200); len(r.Body) != 0 {
			t.Errorf("answered %q", r.Body)
		}
		if got := s.state(documentOrder, documentPayment); got != "confirmed" {
			t.Errorf("it is %s", got)
		}
	})
	t.Run("is refused when the payment does not cover what is left", func(t *testing.T) {
		s := s.at("uncovered")
		s.hook(documentOrder, voucher, proposal("1500")).Want(200)
		refused(t, s.send("POST", complete, nil), 400, "nonpsp-validation", "1134.00 SEK", "1400.00 SEK")
		s.send("PUT", session(documentOrder, documentPayment), nil).Want(200)
		s.send("POST", complete, nil).Want(200)
	})
	for _, c := range []struct{ scenario, state string }{
		{"declined", "declined"}, {"insufficient_funds", "declined"}, {"expired", "failed"}, {"challenge_failed", "failed"}, {"abandoned", "intent"},
	} {
		t.Run("with the scenario "+c.scenario+" ends "+c.state+", and that stays", func(t *testing.T) {
			s := s.at(c.scenario)
			r := s.send("POST", complete, nil, "Prefer: scenario="+c.scenario)
			refused(t, r, 400, "payment-error")
			if r.Header.Get("Preference-Applied") != "scenario="+c.scenario {
				t.Errorf("Preference-Applied: %s", r.Header.Get("Preference-Applied"))
			}
			if got := s.state(documentOrder, documentPayment); got != c.state {
				t.Errorf("it is %s, want %s", got, c.state)
			}
		})
	}
	for _, scenario := range []string{"approved", "frictionless"} {
		t.Run("with the scenario "+scenario+" confirms", func(t *testing.T) {
			s := s.at(scenario)
			s.send("POST", complete, nil, "Prefer: scenario="+scenario).Want(200)
			if got := s.state(documentOrder, documentPayment); got != "confirmed" {
				t.Errorf("it is %s", got)
			}
		})
	}
	for scenario, end := range map[string]string{"pending_then_approved": "reserved", "pending_then_declined": "declined"} {
		t.Run("with the scenario "+scenario+" is pending until the bank answers", func(t *testing.T) {
			s := s.at(strings.ReplaceAll(scenario, "_", "-"))
			s.send("POST", complete, nil, "Prefer: scenario="+scenario).Want(200)
			s.Advance(59 * time.Second)
			if got := s.state(documentOrder, documentPayment); got != "pending" {
				t.Errorf("before the bank answers it is %s", got)
			}
			s.Advance(time.Second)
			if got := s.state(documentOrder, documentPayment); got != end {
				t.Errorf("then it is %s, want %s", got, end)
			}
		})
	}
	t.Run("is the only operation that plays scenarios", func(t *testing.T) {
		r := s.send("GET", session(documentOrder, documentPayment), nil, "Prefer: scenario=declined").Want(400)
		if !strings.Contains(string(r.Body), "getPayment cannot play") {
			t.Errorf("answered %s", r.Body)
		}
	})
	t.Run("with the scenario challenge waits for the customer at the page", func(t *testing.T) {
		s := s.at("challenge")
		s.send("POST", complete, nil, "Prefer: scenario=challenge").Want(200)
		if got := s.state(documentOrder, documentPayment); got != "processing" {
			t.Fatalf("it is %s", got)
		}
		page := s.page(documentOrder, documentPayment)
		s.Call("POST", page, "event=approve", "Content-Type: application/x-www-form-urlencoded").Want(200)
		if got := s.state(documentOrder, documentPayment); got != "reserved" {
			t.Errorf("it is %s", got)
		}
		s.Call("POST", page, "event=approve", "Content-Type: application/x-www-form-urlencoded").Want(400)
	})
}

func TestSettlement(t *testing.T) {
	t.Parallel()
	s := open(t)
	const reserved, captured = "ReservedAndReadyForCapture", "CapturedAndReadyForRefunds"
	for _, c := range []struct{ letters, verb, status string }{
		{reserved, "capture", "CAPTURED"}, {reserved, "cancel", "CANCELLED"}, {captured, "refund", "REFUNDED"},
	} {
		t.Run("a "+strings.ToLower(c.letters[:8])+" payment takes one "+c.verb, func(t *testing.T) {
			s := s.at(c.verb)
			path := settlement("o_"+c.letters, "p_"+c.letters, c.verb)
			if r := s.send("POST", path, nil).Want(200); r.Text("status") != c.status || r.Text("amount.value") != "75000" {
				t.Errorf("answered %s", r.Body)
			}
			refused(t, s.send("POST", path, nil), 409, "payment-conflict", c.verb, "p_"+c.letters)
		})
	}
}

func TestTheDialect(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := "/norce" + session(documentOrder, documentPayment)
	t.Run("wants Bearer and a key", func(t *testing.T) {
		for _, header := range []string{"Authorization:", "Authorization: key", "Authorization: Basic a2V5", "Authorization: Bearer", "Authorization: Bearer expired"} {
			refused(t, s.Call("GET", path, nil, "x-merchant: norce", "x-channel: 1", header), 401, "unauthorized")
		}
		refused(t, s.send("GET", session(documentOrder, documentPayment), nil, "Authorization: Bearer no-scope"), 403, "unauthorized")
	})
	t.Run("names every header that is missing", func(t *testing.T) {
		refused(t, s.Call("GET", path, nil, "Authorization: Bearer key"), 400, "order-bad-request", "x-merchant", "x-channel")
	})
	t.Run("answers as the web framework does where no adapter is reached", func(t *testing.T) {
		for _, c := range []struct {
			method, path string
			status       string
		}{{"GET", "/api/checkout/v2/orders", "404"}, {"DELETE", session(documentOrder, documentPayment), "405"}} {
			r := s.send(c.method, c.path, nil)
			if r.Text("status") != c.status || r.Text("title") == "" || r.Text("detail") == "" {
				t.Errorf("%s %s answered %d %s", c.method, c.path, r.Status, r.Body)
			}
		}
		r := s.hook(documentOrder, documentPayment, "<order/>", "Content-Type: text/xml")
		if r.Want(415).Text("status") != "415" {
			t.Errorf("answered %s", r.Body)
		}
	})
	t.Run("has a page for every payment, and none for others", func(t *testing.T) {
		s.Call("GET", s.page(documentOrder, documentPayment), nil).Want(200)
		s.Call("GET", strings.Replace(s.page(documentOrder, documentPayment), documentPayment, "p_unknown", 1), nil).Want(404)
	})
	t.Run("finds the page of a merchant with an awkward name", func(t *testing.T) {
		s := s.at("å/b:c&d")
		s.Call("GET", s.page(documentOrder, documentPayment), nil).Want(200)
	})
	t.Run("shows a merchant's page whoever asks for it", func(t *testing.T) {
		s := s.at("own")
		payment := s.send("POST", sessions(payable), nil).Want(200).Text("id")
		s.Call("GET", s.page(payable, payment), nil, "x-merchant: other", "x-channel: 7").Want(200)
	})
}
