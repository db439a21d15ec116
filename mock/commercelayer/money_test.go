package commercelayer_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestCapturing(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := s.patch("authorizations", "AuthorizAA", attributes{"_capture": true, "_capture_amount_cents": 5000}).Want(200)
	for name, want := range map[string]any{"capture_amount_cents": 7000.0, "capture_balance_cents": 7000.0, "void_balance_cents": 7000.0, "formatted_capture_balance": "€70,00", "amount_cents": 12000.0} {
		if got := a.At(attributesOf + name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	s.orderIs("PlacedAuth", "approved", "partially_paid")
	s.paymentIs("xYZkjABcde", "Partially Captured")
	tooMuch := s.patch("authorizations", "AuthorizAA", attributes{"_capture": true, "_capture_amount_cents": 7001})
	errorIs(t, tooMuch, 422, "VALIDATION_ERROR", "/data/attributes/_capture_amount_cents")
	if tooMuch.Text("errors.0.meta.error") != "less_than_or_equal_to" || tooMuch.At("errors.0.meta.count") != 7000.0 || tooMuch.At("errors.0.meta.value") != 7001.0 {
		t.Errorf("the error's meta is %v", tooMuch.At("errors.0.meta"))
	}
	errorIs(t, s.patch("authorizations", "AuthorizAA", attributes{"_capture": true, "_capture_amount_cents": 0}), 422, "VALIDATION_ERROR", "/data/attributes/_capture_amount_cents")

	t.Run("the amount may be set beforehand", func(t *testing.T) {
		a := s.patch("authorizations", "AuthorizAA", attributes{"_capture_amount_cents": 1000}).Want(200)
		if a.At(attributesOf+"capture_amount_cents") != 1000.0 || a.At(attributesOf+"capture_balance_cents") != 7000.0 {
			t.Errorf("the authorization is %s", a.Body)
		}
		if a = s.patch("authorizations", "AuthorizAA", attributes{"_capture": true}).Want(200); a.At(attributesOf+"capture_amount_cents") != 6000.0 {
			t.Errorf("the authorization is %s", a.Body)
		}
	})
	s.patchOrder("PlacedAuth", attributes{"_capture": true}).Want(200)
	s.orderIs("PlacedAuth", "approved", "paid")
	s.paymentIs("xYZkjABcde", "Captured")
	list := s.get("/authorizations/AuthorizAA/captures")
	if list.At("meta.record_count") != 3.0 || list.At("data.2.attributes.amount_cents") != 6000.0 || list.Text("data.2.attributes.number") != "1003/T/004" {
		t.Errorf("the captures are %s", list.Body)
	}
	if got := s.get("/orders/PlacedAuth").Text(attributesOf + "fulfillment_status"); got != "in_progress" {
		t.Errorf("fulfillment is %s", got)
	}
}

func TestRefunding(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := s.patch("captures", "CapturedAA", attributes{"_refund": true, "_refund_amount_cents": 2000}).Want(200)
	if a.At(attributesOf+"refund_amount_cents") != 10000.0 || a.At(attributesOf+"refund_balance_cents") != 10000.0 {
		t.Errorf("the capture is %s", a.Body)
	}
	s.orderIs("ApprovPaid", "approved", "partially_refunded")
	errorIs(t, s.patch("captures", "CapturedAA", attributes{"_refund": true, "_refund_amount_cents": 10001}), 422, "VALIDATION_ERROR", "/data/attributes/_refund_amount_cents")
	s.patch("captures", "CapturedAA", attributes{"_refund_amount_cents": 500}).Want(200)
	s.patch("captures", "CapturedAA", attributes{"_refund": true}).Want(200)
	s.orderIs("ApprovPaid", "approved", "partially_refunded")
	s.patch("captures", "CapturedAA", attributes{"_refund": true}).Want(200)
	s.orderIs("ApprovPaid", "cancelled", "refunded")
	s.paymentIs("CapturedSr", "Refunded")
	errorIs(t, s.patch("captures", "CapturedAA", attributes{"_refund": true}), 422, "VALIDATION_ERROR", "/data/attributes/_refund")

	t.Run("all that was captured in part gives the rest of the promise back", func(t *testing.T) {
		s.patchOrder("PartlyPaid", attributes{"_refund": true}).Want(200)
		s.orderIs("PartlyPaid", "cancelled", "refunded")
		a := s.get("/authorizations/AuthorizCC")
		if a.At(attributesOf+"void_balance_cents") != 0.0 {
			t.Errorf("the authorization is %s", a.Body)
		}
		if n := s.get("/orders/PartlyPaid/voids").At("data.0.attributes.amount_cents"); n != 8000.0 {
			t.Errorf("%v was voided, want 8000", n)
		}
	})
}

func TestVoidingAndCancelling(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.patch("authorizations", "AuthorizAA", attributes{"_void": true}).Want(200)
	s.orderIs("PlacedAuth", "cancelled", "voided")
	s.paymentIs("xYZkjABcde", "Voided")
	if got := s.get("/voids/" + s.get("/orders/PlacedAuth/voids").Text("data.0.id") + "/reference_authorization").Text("data.id"); got != "AuthorizAA" {
		t.Errorf("the void is of %q", got)
	}
	t.Run("what is left after a capture does not cancel the order", func(t *testing.T) {
		s.patch("authorizations", "AuthorizCC", attributes{"_void": true}).Want(200)
		s.orderIs("PartlyPaid", "approved", "partially_voided")
	})
	t.Run("an authorization of a pending order leaves it unpaid", func(t *testing.T) {
		s.patch("authorizations", "AuthorizGG", attributes{"_cancel": true}).Want(200)
		s.orderIs("MismatchAm", "pending", "unpaid")
		errorIs(t, s.patch("authorizations", "AuthorizBB", attributes{"_cancel": true}), 422, "VALIDATION_ERROR", "/data/attributes/_cancel")
	})
	t.Run("a capture of a pending order leaves it unpaid", func(t *testing.T) {
		s := open(t)
		s.choose("ABCRtyUpBa", "CheckoutAu").Want(200)
		s.pay("tok_approved")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
		s.orderIs("ABCRtyUpBa", "pending", "paid")
		id := s.get("/orders/ABCRtyUpBa/captures").Text("data.0.id")
		errorIs(t, s.patch("captures", id, attributes{"_refund": true}), 422, "VALIDATION_ERROR", "/data/attributes/_refund")
		s.patch("captures", id, attributes{"_cancel": true}).Want(200)
		s.orderIs("ABCRtyUpBa", "pending", "unpaid")
		errorIs(t, s.patch("captures", "CapturedAA", attributes{"_cancel": true}), 422, "VALIDATION_ERROR", "/data/attributes/_cancel")
	})
	t.Run("an order that is being edited keeps its money", func(t *testing.T) {
		order, _ := s.given("editing")
		id := s.live(order)
		errorIs(t, s.patch("authorizations", id, attributes{"_capture": true}), 422, "VALIDATION_ERROR", "/data/attributes/_capture")
		errorIs(t, s.patch("authorizations", id, attributes{"_void": true}), 422, "VALIDATION_ERROR", "/data/attributes/_void")
	})
}

func TestAuthorizingAPart(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_approved")
	errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true, "_authorization_amount_cents": 12001}), 422, "VALIDATION_ERROR", "/data/attributes/_authorization_amount_cents")
	s.patchOrder("ABCRtyUpBa", attributes{"_authorization_amount_cents": 4000}).Want(200)
	s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
	s.orderIs("ABCRtyUpBa", "pending", "partially_authorized")
	if got := s.get("/checkout_com_payments/" + id).At(attributesOf + "mismatched_amounts"); got != true {
		t.Errorf("mismatched_amounts is %v", got)
	}
}

// TestTheLawsOfMoney moves money on an order at random, and looks after each move whether what the API tells can be true.
func TestTheLawsOfMoney(t *testing.T) {
	t.Parallel()
	s := open(t)
	rapid.Check(t, func(r *rapid.T) {
		order, _ := s.given("Authorized")
		s.patchOrder(order, attributes{"_place": true}).Want(200)
		authorization := s.live(order)
		for range rapid.IntRange(1, 8).Draw(r, "moves") {
			cents := rapid.Int64Range(1, 13000).Draw(r, "cents")
			switch rapid.SampledFrom([]string{"capture", "refund", "void", "order"}).Draw(r, "move") {
			case "capture":
				s.patch("authorizations", authorization, attributes{"_capture": true, "_capture_amount_cents": cents})
			case "refund":
				if list := s.get("/orders/" + order + "/captures?page[size]=25").At("data").([]any); len(list) > 0 {
					id := rapid.SampledFrom(list).Draw(r, "capture").(map[string]any)["id"].(string)
					s.patch("captures", id, attributes{"_refund": true, "_refund_amount_cents": cents})
				}
			case "void":
				s.patch("authorizations", authorization, attributes{"_void": true})
			case "order":
				s.patchOrder(order, attributes{rapid.SampledFrom([]string{"_capture", "_refund", "_cancel"}).Draw(r, "trigger"): true})
			}
			if told := s.ledger(order, authorization); told != "" {
				r.Fatal(told)
			}
		}
	})
}

// ledger adds up what the API tells of an order's money, and says what cannot be true.
func (s shop) ledger(order, authorization string) string {
	o := s.get("/orders/" + order + "?include=payment_source,authorizations,captures,voids,refunds")
	sum := map[string]float64{}
	var promised map[string]any
	payment := ""
	for _, one := range o.At("included").([]any) {
		r := one.(map[string]any)
		a := r["attributes"].(map[string]any)
		if cents, ok := a["amount_cents"].(float64); ok {
			sum[r["type"].(string)] += cents
		}
		switch {
		case r["id"] == authorization:
			promised = a
		case r["type"] == "checkout_com_payments":
			payment = a["payment_response"].(map[string]any)["status"].(string)
		}
	}
	captured, voided, refunded := sum["captures"], sum["voids"], sum["refunds"]
	status := o.Text(attributesOf+"status") + "/" + o.Text(attributesOf+"payment_status") + "/" + payment
	want := "approved/partially_paid/Partially Captured"
	switch {
	case captured == 0 && voided == 0:
		want = "placed/authorized/Authorized"
	case captured == 0:
		want = "cancelled/voided/Voided"
	case refunded == captured:
		want = "cancelled/refunded/Refunded"
	case refunded > 0:
		want = "approved/partially_refunded/Partially Refunded"
	case voided > 0:
		want = "approved/partially_voided/Partially Captured"
	case captured == 12000:
		want = "approved/paid/Captured"
	}
	switch {
	case captured+voided > 12000, refunded > captured:
		return fmt.Sprintf("captured %v, voided %v, refunded %v of 12000", captured, voided, refunded)
	case promised["capture_balance_cents"] != 12000-captured-voided:
		return fmt.Sprintf("captured %v, voided %v, but the authorization is %v", captured, voided, promised)
	case status != want:
		return fmt.Sprintf("the order is %s, want %s: captured %v, voided %v, refunded %v", status, want, captured, voided, refunded)
	}
	return ""
}
