package commercelayer_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const attributesOf = "data.attributes."

func TestAPaymentThatIsApprovedAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_approved")
	a := s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
	s.orderIs("ABCRtyUpBa", "pending", "authorized")
	if a.Text(attributesOf+"payment_updated_at") == "" {
		t.Error("payment_updated_at is null")
	}
	p := s.get("/checkout_com_payments/" + id)
	for path, want := range map[string]any{
		"payment_response.status": "Authorized", "payment_response.approved": true, "payment_response.amount": 12000.0,
		"payment_response.source.last4": "4242", "payment_response.3ds.enrolled": "N", "payment_response.eci": "07", "redirect_uri": nil, "session_id": nil,
	} {
		if got := p.At(attributesOf + path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if got := p.Text(attributesOf + "source_id"); !strings.HasPrefix(got, "src_") {
		t.Errorf("source_id is %q", got)
	}
	authorization := s.get("/orders/ABCRtyUpBa/authorizations")
	for path, want := range map[string]any{"amount_cents": 12000.0, "succeeded": true, "number": "1001/T/001", "formatted_capture_balance": "€120,00", "error_code": nil} {
		if got := authorization.At("data.0.attributes." + path); got != want {
			t.Errorf("the authorization's %s is %v, want %v", path, got, want)
		}
	}
	errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}), 422, "VALIDATION_ERROR", "/data/attributes/_authorize")
}

func TestAChallenge(t *testing.T) {
	t.Parallel()
	s := open(t)
	const back = "https://shop.example.com/checkout?paymentReturn=true&x=%20y#step-3"
	id := s.create("ABCRtyUpBa", attributes{"payment_type": "token", "token": "tok_4gzeau5o2uqubbk6fufs3m7p54", "success_url": back, "failure_url": "http://other.example.com/failed"}).Want(201).Text("data.id")
	p := s.patchPayment(id, attributes{"_authorize": 1}).Want(200)

	t.Run("is pending, with a redirect and no more than the guide shows", func(t *testing.T) {
		got := p.At(attributesOf + "payment_response").(map[string]any)
		links := got["_links"].(map[string]any)
		if got["status"] != "Pending" || got["reference"] != "1001" || got["approved"] != nil || got["source"] != nil || len(links) != 2 ||
			!reflect.DeepEqual(got["3ds"], map[string]any{"downgraded": false, "enrolled": "Y"}) {
			t.Errorf("payment_response is %v", got)
		}
		if uri := p.Text(attributesOf + "redirect_uri"); uri == "" || links["redirect"].(map[string]any)["href"] != uri {
			t.Errorf("redirect_uri is %q, the link %v", uri, links["redirect"])
		}
		if p.Text(attributesOf+"customer_token") == "" || p.At(attributesOf+"session_id") != nil || p.At(attributesOf+"source_id") != nil {
			t.Errorf("attributes are %s", p.Body)
		}
		s.orderIs("ABCRtyUpBa", "pending", "unpaid")
	})
	t.Run("asked for twice is asked for once", func(t *testing.T) {
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": "true"}).Want(200)
		if got := s.get("/checkout_com_payments/" + id).Text(attributesOf + "payment_response.id"); got != p.Text(attributesOf+"payment_response.id") {
			t.Error("a second payment was started")
		}
	})
	t.Run("keeps the order from being placed", func(t *testing.T) {
		errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_place": true}), 422, "PAYMENT_NOT_APPROVED_FOR_EXECUTION", "/data/relationships/payment_source")
	})
	t.Run("reads nothing new before the customer acted", func(t *testing.T) {
		if got := s.patchPayment(id, attributes{"_details": 1}).Want(200).Text(attributesOf + "payment_response.status"); got != "Pending" {
			t.Errorf("status is %s", got)
		}
	})
	page := s.Call("GET", p.Text(attributesOf+"redirect_uri"), nil).Want(200)
	for _, want := range []string{`data-testid="otp"`, `data-testid="authenticate"`, `data-testid="fail"`, `data-testid="cancel"`, `data-testid="resend"`, `data-testid="countdown"`, ">15:00<", "120.00 EUR", "1001", "ends in 4242", "tok_lost_card", "…51 cents"} {
		if !strings.Contains(string(page.Body), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	sent := s.settle(id, "approve").Want(303).Header.Get("Location")
	before, session, _ := strings.Cut(sent, "&cko-session-id=")
	session, fragment, _ := strings.Cut(session, "#")
	if before != "https://shop.example.com/checkout?paymentReturn=true&x=%20y" || !strings.HasPrefix(session, "sid_") || fragment != "step-3" {
		t.Fatalf("sent back to %s", sent)
	}
	s.paymentIs(id, "Pending") // until it is read
	errorIs(t, s.patchPayment(id, attributes{"_details": true, "session_id": "sid_other"}), 422, "VALIDATION_ERROR", "/data/attributes/session_id")

	t.Run("is read by its session, in full", func(t *testing.T) {
		a := s.patchPayment(id, attributes{"_details": true, "session_id": session}).Want(200)
		for path, want := range map[string]any{
			"session_id": session, "payment_response.status": "Authorized", "payment_response.approved": true, "payment_response.currency": "EUR",
			"payment_response.payment_type": "Regular", "payment_response.risk.flagged": false, "payment_response.source.type": "card",
			"payment_response.source.expiry_month": 12.0, "payment_response.3ds.authentication_response": "Y", "payment_response.eci": "05",
			"payment_response.actions.0.type": "Authorization", "payment_response.actions.0.response_code": "10000",
		} {
			if got := a.At(attributesOf + path); got != want {
				t.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		if a.Text(attributesOf+"source_id") != a.Text(attributesOf+"payment_response.source.id") {
			t.Error("source_id is not the response's")
		}
		s.orderIs("ABCRtyUpBa", "pending", "authorized")
	})
	t.Run("then places the order", func(t *testing.T) {
		s.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
		s.orderIs("ABCRtyUpBa", "placed", "authorized")
	})
	t.Run("shows its page once more, without buttons", func(t *testing.T) {
		page := s.Call("GET", p.Text(attributesOf+"redirect_uri"), nil).Want(200)
		if strings.Contains(string(page.Body), "<button") || !strings.Contains(string(page.Body), "cko-session-id="+session) {
			t.Errorf("the page is %s", page.Body)
		}
		s.settle(id, "decline").Want(400)
	})
}

func TestAChallengeThatFails(t *testing.T) {
	t.Parallel()
	for button, code := range map[string]string{"decline": "20005", "fail_authentication": "20154"} {
		t.Run(button, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			id := s.create("ABCRtyUpBa", attributes{"payment_type": "token", "token": "tok_x", "failure_url": "https://shop.example.com/failed?"}).Want(201).Text("data.id")
			s.patchPayment(id, attributes{"_authorize": true}).Want(200)
			if to := s.settle(id, button).Want(303).Header.Get("Location"); !strings.HasPrefix(to, "https://shop.example.com/failed?cko-session-id=sid_") {
				t.Errorf("sent back to %s", to)
			}
			a := s.patchPayment(id, attributes{"_details": 1}).Want(200)
			if a.Text(attributesOf+"payment_response.status") != "Declined" || a.At(attributesOf+"payment_response.approved") != false || a.Text(attributesOf+"payment_response.response_code") != code {
				t.Errorf("payment_response is %v", a.At(attributesOf+"payment_response"))
			}
			failed := s.get("/orders/ABCRtyUpBa/authorizations")
			if failed.At("data.0.attributes.succeeded") != false || failed.Text("data.0.attributes.error_code") != code {
				t.Errorf("the authorization is %s", failed.Body)
			}
			if n := s.get("/orders/ABCRtyUpBa").At(attributesOf + "errors_count"); n != 1.0 {
				t.Errorf("errors_count is %v", n)
			}
			s.orderIs("ABCRtyUpBa", "pending", "unpaid")

			again := s.patchPayment(id, attributes{"token": "tok_approved", "_authorize": true}).Want(200)
			if again.Text(attributesOf+"payment_response.status") != "Authorized" || again.At(attributesOf+"redirect_uri") != nil {
				t.Errorf("a retry on the same payment answered %s", again.Body)
			}
			s.orderIs("ABCRtyUpBa", "pending", "authorized")
		})
	}
}

func TestAChallengeThatIsAbandoned(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.create("ABCRtyUpBa", attributes{"payment_type": "token", "token": "tok_x", "failure_url": "https://shop.example.com/failed#top"}).Want(201).Text("data.id")
	s.patchPayment(id, attributes{"_authorize": true}).Want(200)
	to := s.settle(id, "abandon").Want(303).Header.Get("Location")
	if !strings.HasPrefix(to, "https://shop.example.com/failed?cko-session-id=sid_") || !strings.HasSuffix(to, "#top") {
		t.Errorf("sent back to %s", to)
	}
	s.patchPayment(id, attributes{"_details": true}).Want(200)
	s.paymentIs(id, "Pending")
	s.Advance(15 * time.Minute)
	s.patchPayment(id, attributes{"_refresh": true}).Want(200)
	s.paymentIs(id, "Expired")
	s.orderIs("ABCRtyUpBa", "pending", "unpaid")
}

func TestTheChallengesTime(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_x")
	s.patchPayment(id, attributes{"_authorize": true}).Want(200)
	uri := s.get("/checkout_com_payments/" + id).Text(attributesOf + "redirect_uri")

	t.Run("a session that has expired is refused by name, and the payment is read without it", func(t *testing.T) {
		s := open(t)
		id := s.pay("tok_x")
		s.patchPayment(id, attributes{"_authorize": true, "success_url": "https://shop.example.com/"}).Want(200)
		_, session, _ := strings.Cut(s.settle(id, "approve").Want(303).Header.Get("Location"), "cko-session-id=")
		s.Advance(15 * time.Minute)
		a := s.patchPayment(id, attributes{"_details": true, "session_id": session})
		errorIs(t, a, 422, "VALIDATION_ERROR", "/data/attributes/session_id")
		if a.Text("errors.0.meta.error") != "expired" {
			t.Errorf("meta is %v", a.At("errors.0.meta"))
		}
		s.paymentIs(id, "Pending")
		a = s.patchPayment(id, attributes{"_details": true}).Want(200)
		s.paymentIs(id, "Authorized")
		if a.At(attributesOf+"payment_response.actions") != nil || a.At(attributesOf+"session_id") != nil {
			t.Errorf("what only a session tells is told: %s", a.Body)
		}
	})
	s.Advance(15*time.Minute - time.Second)
	s.Call("GET", uri, nil).Want(200)
	s.Advance(time.Second)
	s.Call("GET", uri, nil).Want(410)
	s.paymentIs(id, "Pending")
	t.Run("one that has lapsed is read as expired, by _details as by _refresh", func(t *testing.T) {
		for _, reads := range []string{"_details", "_refresh"} {
			s := open(t)
			id := s.pay("tok_x")
			s.patchPayment(id, attributes{"_authorize": true}).Want(200)
			s.Advance(15 * time.Minute)
			s.patchPayment(id, attributes{reads: true}).Want(200)
			s.paymentIs(id, "Expired")
		}
	})
	s.patchPayment(id, attributes{"_details": true}).Want(200)
	s.paymentIs(id, "Expired")
	s.Call("GET", uri, nil).Want(410)
	t.Run("an expired payment is tried again with the token it has", func(t *testing.T) {
		a := s.patchPayment(id, attributes{"_authorize": true}).Want(200)
		if a.Text(attributesOf+"payment_response.status") != "Pending" || a.Text(attributesOf+"redirect_uri") == uri {
			t.Errorf("answered %s", a.Body)
		}
		s.Call("GET", uri, nil).Want(410)
	})
}

func TestTokenTriggers(t *testing.T) {
	t.Parallel()
	for token, code := range map[string]string{
		"tok_declined": "20005", "tok_insufficient_funds": "20051", "tok_expired_card": "20054", "tok_suspected_fraud": "20059", "tok_limit_exceeded": "20061", "tok_restricted_card": "20062", "tok_security_violation": "20063", "tok_3ds_required": "20154", "tok_lost_card": "30041",
	} {
		s := open(t)
		id := s.pay(token)
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
		if got := s.get("/checkout_com_payments/" + id).Text(attributesOf + "payment_response.response_code"); got != code {
			t.Errorf("%s: response code %s, want %s", token, got, code)
		}
		s.orderIs("ABCRtyUpBa", "pending", "unpaid")
	}
}

func TestDeleting(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_x")
	s.send("DELETE", "/api/checkout_com_payments/"+id, nil).Want(204)
	errorIs(t, s.send("GET", "/api/checkout_com_payments/"+id, nil), 404, "RECORD_NOT_FOUND", "")
	if got := s.get("/orders/ABCRtyUpBa/payment_source").At("data"); got != nil {
		t.Errorf("the order's payment source is %v", got)
	}
	for _, role := range []string{"Authorized", "Captured", "Partially Captured", "Voided", "Refunded", "Passed"} {
		_, held := s.given(role)
		errorIs(t, s.send("DELETE", "/api/checkout_com_payments/"+held, nil), 423, "LOCKED", "")
	}
	order, declined := s.given("Declined")
	s.send("DELETE", "/api/checkout_com_payments/"+declined, nil).Want(204)
	failed := "/authorizations/" + s.live(order) // stays, and leads to no payment any more
	for _, path := range []string{failed + "/payment_source", failed + "/relationships/payment_source", failed + "?include=payment_source&fields[authorizations]=payment_source"} {
		a := s.get(path)
		if strings.Contains(string(a.Body), declined) {
			t.Errorf("%s answered %s", path, a.Body)
		}
	}
}

func TestWhatAPaymentRefuses(t *testing.T) {
	t.Parallel()
	s := open(t)
	full := attributes{"payment_type": "token", "token": "tok_x"}
	cases := []struct {
		name, order string
		a           attributes
		at, reason  string
	}{
		{"no token", "ABCRtyUpBa", attributes{"payment_type": "token"}, "/data/attributes/token", "blank"},
		{"an empty token", "ABCRtyUpBa", attributes{"payment_type": "token", "token": ""}, "/data/attributes/token", "blank"},
		{"a token of spaces", "ABCRtyUpBa", attributes{"payment_type": "token", "token": " "}, "/data/attributes/token", "blank"},
		{"a null token", "ABCRtyUpBa", attributes{"payment_type": "token", "token": nil}, "/data/attributes/token", "blank"},
		{"no payment_type", "ABCRtyUpBa", attributes{"token": "tok_x"}, "/data/attributes/payment_type", "blank"},
		{"a token of another type", "ABCRtyUpBa", attributes{"payment_type": "token", "token": 7}, "/data/attributes/token", "invalid"},
		{"a URL without a scheme", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "success_url": "/back"}, "/data/attributes/success_url", "invalid"},
		{"a script for a URL", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "failure_url": "javascript:alert(1)"}, "/data/attributes/failure_url", "invalid"},
		{"a script that looks like the web", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "failure_url": "javascript://shop.example.com/%0aalert(1)"}, "/data/attributes/failure_url", "invalid"},
		{"an application for a URL", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "success_url": "myshop://done"}, "/data/attributes/success_url", "invalid"},
		{"data for a URL", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "success_url": "data:text/html,x"}, "/data/attributes/success_url", "invalid"},
		{"another host without a scheme", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "success_url": "//shop.example.com/"}, "/data/attributes/success_url", "invalid"},
		{"the web without a host", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "success_url": "https:/shop"}, "/data/attributes/success_url", "invalid"},
		{"a URL that would begin another header", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "success_url": "https://shop.example.com/\r\nSet-Cookie: a=b"}, "/data/attributes/success_url", "invalid"},
		{"metadata that is no object", "ABCRtyUpBa", attributes{"payment_type": "token", "token": "t", "metadata": "x"}, "/data/attributes/metadata", "invalid"},
		{"an unknown order", "NoSuchOrdr", full, "/data/relationships/order", "blank"},
		{"a placed order", "PlacedAuth", full, "/data/relationships/order", "invalid"},
		{"a cancelled order", "CancelVoid", full, "/data/relationships/order", "invalid"},
		{"an order with another kind of payment method", "WireMethod", full, "/data/relationships/order", "invalid"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := s.create(c.order, c.a)
			errorIs(t, a, 422, "VALIDATION_ERROR", c.at)
			if a.Text("errors.0.meta.error") != c.reason || !strings.Contains(a.Text("errors.0.detail"), a.Text("errors.0.title")) {
				t.Errorf("the error is %s", a.Body)
			}
		})
	}
	t.Run("two things wrong are both told", func(t *testing.T) {
		a := s.create("ABCRtyUpBa", attributes{}).Want(422)
		if len(a.At("errors").([]any)) != 2 {
			t.Errorf("answered %s", a.Body)
		}
	})
	t.Run("an authorization of a payment that is no longer its order's source", func(t *testing.T) {
		first := s.pay("tok_approved")
		s.pay("tok_approved")
		errorIs(t, s.patchPayment(first, attributes{"_authorize": true}), 422, "VALIDATION_ERROR", "/data/attributes/_authorize")
	})
	t.Run("another order", func(t *testing.T) {
		id := s.pay("tok_x")
		a := s.send("PATCH", "/api/checkout_com_payments/"+id, map[string]any{"data": map[string]any{"type": "checkout_com_payments", "id": id, "relationships": map[string]any{
			"order": map[string]any{"data": map[string]any{"type": "orders", "id": "ReadyPlace"}}}}})
		errorIs(t, a, 422, "VALIDATION_ERROR", "/data/relationships/order")
	})
	t.Run("a token once money stands on the old one", func(t *testing.T) {
		errorIs(t, s.patchPayment("xYZkjABcde", attributes{"token": "tok_other"}), 422, "VALIDATION_ERROR", "/data/attributes/token")
		s.patchPayment("xYZkjABcde", attributes{"token": "tok_4gzeau5o2uqubbk6fufs3m7p54"}).Want(200)
	})
}

func TestAPaymentsHistory(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_x")
	s.patchPayment(id, attributes{"reference": "R-1", "metadata": attributes{"gift": true}}).Want(200)
	s.patchPayment(id, attributes{"reference": "R-1"}).Want(200) // changes nothing
	list := s.get("/checkout_com_payments/" + id + "/versions")
	if n := list.At("meta.record_count"); n != 2.0 {
		t.Fatalf("there are %v versions: %s", n, list.Body)
	}
	if list.Text("data.0.attributes.event") != "create" || list.Text("data.1.attributes.event") != "update" || list.Text("data.1.attributes.resource_id") != id ||
		!reflect.DeepEqual(list.At("data.1.attributes.changes.reference"), []any{nil, "R-1"}) ||
		!reflect.DeepEqual(list.At("data.1.attributes.changes.metadata"), []any{map[string]any{}, map[string]any{"gift": true}}) {
		t.Errorf("versions are %s", list.Body)
	}
	s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
	if last := s.get("/checkout_com_payments/" + id + "/versions"); last.At("meta.record_count") != 3.0 || last.At("data.2.attributes.changes.customer_token") == nil {
		t.Errorf("an authorization by the order left %s", last.Body)
	}
	one := s.get("/versions/" + list.Text("data.1.id"))
	if one.Text("data.attributes.who.application.kind") != "integration" {
		t.Errorf("the version is %s", one.Body)
	}
}
