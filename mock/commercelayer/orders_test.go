package commercelayer_test

import (
	"testing"

	"understudy/mock/mocktest"
)

func TestPlacing(t *testing.T) {
	t.Parallel()
	t.Run("authorizes first", func(t *testing.T) {
		s := open(t)
		s.patchOrder("ReadyPlace", attributes{"_place": true}).Want(200)
		s.orderIs("ReadyPlace", "placed", "authorized")
		s.paymentIs("TokenReady", "Authorized")
	})
	t.Run("with a decline is refused, and the failed authorization stays", func(t *testing.T) {
		s := open(t)
		s.pay("tok_insufficient_funds")
		a := s.patchOrder("ABCRtyUpBa", attributes{"_place": true})
		errorIs(t, a, 422, "PAYMENT_NOT_APPROVED_FOR_EXECUTION", "/data/relationships/payment_source")
		s.orderIs("ABCRtyUpBa", "pending", "unpaid")
		if n := s.get("/orders/ABCRtyUpBa/authorizations").At("meta.record_count"); n != 1.0 {
			t.Errorf("there are %v authorizations, want the failed one", n)
		}
		errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_place": true}), 422, "PAYMENT_NOT_APPROVED_FOR_EXECUTION", "/data/relationships/payment_source")
	})
	t.Run("asking for both at once declines once and is kept too", func(t *testing.T) {
		s := open(t)
		s.pay("tok_declined")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true, "_place": true}).Want(422)
		if n := s.get("/orders/ABCRtyUpBa/authorizations").At("meta.record_count"); n != 1.0 {
			t.Errorf("there are %v authorizations, want the failed one", n)
		}
	})
	t.Run("with a challenge leaves the order pending", func(t *testing.T) {
		s := open(t)
		id := s.pay("tok_x")
		s.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
		s.orderIs("ABCRtyUpBa", "pending", "unpaid")
		s.settle(id, "approve")
		s.patchPayment(id, attributes{"_refresh": true}).Want(200)
		s.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
		s.orderIs("ABCRtyUpBa", "placed", "authorized")
	})
	t.Run("is free for a free order", func(t *testing.T) {
		s := open(t)
		s.orderIs("NothingDue", "pending", "free")
		s.patchOrder("NothingDue", attributes{"_place": true}).Want(200)
		s.orderIs("NothingDue", "placed", "free")
	})
	t.Run("needs a payment source, and a method that is simulated", func(t *testing.T) {
		s := open(t)
		errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_place": true}), 422, "VALIDATION_ERROR", "/data/relationships/payment_source")
		errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}), 422, "VALIDATION_ERROR", "/data/relationships/payment_source")
		errorIs(t, s.patchOrder("WireMethod", attributes{"_place": true}), 422, "VALIDATION_ERROR", "/data/attributes/_place")
		s.choose("ABCRtyUpBa", "").Want(200)
		errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_place": true}), 422, "VALIDATION_ERROR", "/data/relationships/payment_method")
	})
}

func TestAnOrderThatCostsSomethingElseNow(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_approved")
	s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
	a := s.patchOrder("ABCRtyUpBa", attributes{"coupon_code": "SAVE10"}).Want(200)
	if a.At(attributesOf+"total_amount_with_taxes_cents") != 10900.0 || a.At(attributesOf+"discount_amount_cents") != -1100.0 || a.Text(attributesOf+"formatted_discount_amount") != "-€11,00" {
		t.Errorf("the order is %s", a.Body)
	}
	if got := s.get("/checkout_com_payments/" + id).At(attributesOf + "mismatched_amounts"); got != true {
		t.Errorf("mismatched_amounts is %v", got)
	}
	errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_place": true}), 422, "VALIDATION_ERROR", "/data/relationships/payment_source")

	second := s.pay("tok_approved")
	s.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
	s.orderIs("ABCRtyUpBa", "placed", "authorized")
	if got := s.get("/checkout_com_payments/" + second).At(attributesOf + "mismatched_amounts"); got != false {
		t.Errorf("mismatched_amounts of the second payment is %v", got)
	}
	s.paymentIs(id, "Voided") // its promise was given back
	for cents, coupon := range map[float64]any{12000: nil, 10900: "SAVE10"} {
		s := open(t)
		s.patchOrder("ABCRtyUpBa", attributes{"coupon_code": "SAVE10"}).Want(200)
		if got := s.patchOrder("ABCRtyUpBa", attributes{"coupon_code": coupon}).Want(200).At(attributesOf + "total_amount_cents"); got != cents {
			t.Errorf("with the coupon %v it costs %v, want %v", coupon, got, cents)
		}
	}
	errorIs(t, s.patchOrder("DraftEmpty", attributes{"coupon_code": "FREE"}), 422, "VALIDATION_ERROR", "/data/attributes/coupon_code")
	errorIs(t, s.patchOrder("PlacedAuth", attributes{"coupon_code": "SAVE10"}), 422, "VALIDATION_ERROR", "/data/attributes/coupon_code")
}

func TestAnOutcomeThatComesTooLate(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := s.pay("tok_x")
	s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
	second := s.pay("tok_approved")
	s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
	s.settle(first, "approve")
	s.patchPayment(first, attributes{"_refresh": true}).Want(200)
	s.paymentIs(first, "Voided")
	s.paymentIs(second, "Authorized")
	s.orderIs("ABCRtyUpBa", "pending", "authorized")
}

func TestPaymentMethods(t *testing.T) {
	t.Parallel()
	t.Run("one that captures at once", func(t *testing.T) {
		s := open(t)
		s.choose("ABCRtyUpBa", "CheckoutAu").Want(200)
		id := s.pay("tok_x")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
		s.settle(id, "approve")
		s.patchPayment(id, attributes{"_details": true}).Want(200)
		s.paymentIs(id, "Captured")
		s.orderIs("ABCRtyUpBa", "pending", "paid")
		errorIs(t, s.patchPayment(s.pay("tok_approved"), attributes{"_authorize": true}), 422, "VALIDATION_ERROR", "/data/attributes/_authorize")
	})
	t.Run("one that places at once, for a fee", func(t *testing.T) {
		s := open(t)
		a := s.choose("ABCRtyUpBa", "CheckoutEx").Want(200)
		if a.At(attributesOf+"total_amount_cents") != 12250.0 || a.At(attributesOf+"payment_method_amount_cents") != 250.0 {
			t.Errorf("the order is %s", a.Body)
		}
		s.pay("tok_approved")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
		s.orderIs("ABCRtyUpBa", "placed", "authorized")
	})
	t.Run("one of another kind takes the payment source away", func(t *testing.T) {
		s := open(t)
		id := s.pay("tok_approved")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
		s.choose("ABCRtyUpBa", "WireTransf").Want(200)
		s.paymentIs(id, "Voided")
		s.orderIs("ABCRtyUpBa", "pending", "unpaid")
	})
	t.Run("an unknown one is refused, and so is any for a placed order", func(t *testing.T) {
		s := open(t)
		errorIs(t, s.choose("ABCRtyUpBa", "NoSuchMeth"), 422, "VALIDATION_ERROR", "/data/relationships/payment_method")
		errorIs(t, s.choose("PlacedAuth", "CheckoutAu"), 422, "VALIDATION_ERROR", "/data/relationships/payment_method")
	})
}

func TestThePaymentSourceOfAnOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	choose := func(id any) mocktest.Response {
		var data any
		if id != nil {
			data = map[string]any{"type": "checkout_com_payments", "id": id}
		}
		return s.send("PATCH", "/api/orders/ABCRtyUpBa?include=payment_source", map[string]any{"data": map[string]any{"type": "orders", "id": "ABCRtyUpBa",
			"relationships": map[string]any{"payment_source": map[string]any{"data": data}}}})
	}
	first, second := s.pay("tok_x"), s.pay("tok_x")
	if got := choose(first).Want(200).Text("data.relationships.payment_source.data.id"); got != first {
		t.Errorf("the source is %s, want %s", got, first)
	}
	errorIs(t, choose("xYZkjABcde"), 422, "VALIDATION_ERROR", "/data/relationships/payment_source")
	choose(second).Want(200)
	a := choose(nil).Want(200)
	if a.At("data.relationships.payment_source.data") != nil {
		t.Errorf("answered %s", a.Body)
	}
	choose(second).Want(200)
	s.patchOrder("ABCRtyUpBa", attributes{"_nullify_payment_source": true}).Want(200)
	if got := s.get("/orders/ABCRtyUpBa/relationships/payment_source").At("data"); got != nil {
		t.Errorf("the source is %v", got)
	}
	errorIs(t, s.patchOrder("PlacedAuth", attributes{"_nullify_payment_source": true}), 422, "VALIDATION_ERROR", "/data/attributes/_nullify_payment_source")
}

func TestWhatAClientKeepsWithAnOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	const odd = "https://shop.example.com//cart?a=1&a=2#%41"
	a := s.patchOrder("ABCRtyUpBa", attributes{"cart_url": odd, "guest": false, "customer_email": nil, "reference": "WEB-1", "metadata": attributes{"a": []any{1.5, nil}}, "_refresh": true}).Want(200)
	for path, want := range map[string]any{"cart_url": odd, "guest": false, "customer_email": nil, "reference": "WEB-1", "metadata.a.0": 1.5, "refreshed_at": "2026-03-02T09:30:00.000Z"} {
		if got := a.At(attributesOf + path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func TestTotalsAddUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.choose("ABCRtyUpBa", "CheckoutEx").Want(200)
	a := s.patchOrder("ABCRtyUpBa", attributes{"coupon_code": "SAVE10"}).Want(200)
	cents := func(name string) float64 { return a.At(attributesOf + name + "_cents").(float64) }
	sum := cents("subtotal_amount") + cents("shipping_amount") + cents("payment_method_amount") + cents("discount_amount")
	if sum != cents("total_amount") || cents("total_amount") != cents("total_amount_with_taxes") || cents("total_taxable_amount")+cents("total_tax_amount") != cents("total_amount") {
		t.Errorf("the totals do not add up: %s", a.Body)
	}
	if a.At(attributesOf+"total_amount_float") != sum/100 {
		t.Errorf("total_amount_float is %v", a.At(attributesOf+"total_amount_float"))
	}
}
