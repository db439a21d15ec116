package nextcommerce_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestLinesCreateTheBalance(t *testing.T) {
	t.Parallel()

	t.Run("an added line is owed, and collected", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.act("100002", "lines", `{"product_id": 103, "quantity": 2, "price": "10.00", "metadata": {"why": "gift"}, "reason": "asked"}`, jsonBody).Want(201)
		want(t, r, map[string]any{
			"payment_status": "partially_paid", "total_outstanding": "21.45", "lines.2.price_excl_tax": "20.00", "lines.2.original_price_excl_tax": "0.00",
			"lines.2.quantity": 2.0, "lines.2.current_quantity": 2.0, "lines.2.metadata.why": "gift", "original_total_incl_tax": r.At("original_total_incl_tax"),
		})
		want(t, s.act("100002", "collect-payment", nil).Want(200), map[string]any{"total_outstanding": "0.00", "transactions.1.amount": "21.45"})
	})

	t.Run("a quantity can grow and shrink, and a removed line is owed to the customer", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		line := "/orders/100002/lines/50004/"
		want(t, s.ask("PATCH", line, `{"quantity": 3}`, jsonBody).Want(200), map[string]any{
			"payment_status": "partially_paid", "total_outstanding": "42.69", "lines.1.quantity": 3.0, "lines.1.current_quantity": 3.0, "lines.1.editable_quantity": 3.0,
		})
		want(t, s.ask("PATCH", line, `{"quantity": 1}`, jsonBody).Want(200), map[string]any{
			"payment_status": "paid", "total_outstanding": "0.00", "lines.1.quantity": 3.0, "lines.1.current_quantity": 1.0,
		})
		want(t, s.ask("PATCH", line, `{"metadata": {"a": 1}}`, jsonBody).Want(200), map[string]any{"lines.1.metadata.a": 1.0, "total_outstanding": "0.00"})
		want(t, s.ask("DELETE", line, nil).Want(200), map[string]any{
			"payment_status": "paid", "total_outstanding": "-21.34", "lines.1.current_quantity": 0.0, "lines.1.price_incl_tax": "0.00", "total_cost": "7.25",
		})
		s.ask("DELETE", line, nil).Want(404)
		refused(t, s.act("100002", "collect-payment", nil), "negative")
	})

	t.Run("what is fulfilled or being processed is locked", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		line := func(number string) string {
			return fmt.Sprintf("/orders/%s/lines/%.0f/", number, s.order(number).At("lines.0.id"))
		}
		want(t, s.order("100015"), map[string]any{"lines.0.editable_quantity": 0.0, "lines.0.fulfillable_quantity": 1.0})
		refused(t, s.ask("PATCH", line("100015"), `{"quantity": 2}`, jsonBody), `{"quantity":["This value cannot be changed`)
		refused(t, s.ask("DELETE", line("100015"), nil), "being processed")
		refused(t, s.ask("DELETE", line("100001"), nil), "fulfilled")
		refused(t, s.ask("DELETE", line("100014"), nil), "Only open orders")
		refused(t, s.act("100009", "lines", `{"product_id": 103, "quantity": 1}`, jsonBody), "this order is canceled")
	})

	t.Run("unknown lines and products are named", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.ask("DELETE", "/orders/100002/lines/1/", nil).Want(404)
		s.ask("DELETE", "/orders/100002/lines/x/", nil).Want(404)
		s.ask("DELETE", "/orders/100002/lines/50001/", nil).Want(404) // another order's
		refused(t, s.act("100002", "lines", `{"product_id": 1, "quantity": 1}`, jsonBody), `{"product_id":["This value is not a product of this store. Want one of 101, 102, 103, 104, 105."]}`)
		refused(t, s.act("100002", "lines", `{"product_id": 101, "quantity": -1}`, jsonBody), `"quantity"`)
		refused(t, s.act("100002", "lines", `{"product_id": 101, "quantity": 1000000, "price": "9999.99"}`, jsonBody), `"quantity"`)
	})
}

func TestRefunds(t *testing.T) {
	t.Parallel()

	t.Run("what is worked out can be refunded as it is", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		asked := `"refund_lines": [{"line_id": 50004, "quantity": 1, "restock_type": "cancel"}], "refund_shipping": {"full_refund": true}`
		sum := s.act("100002", "refund/calculate", "{"+asked+"}", jsonBody).Want(200)
		want(t, sum, map[string]any{
			"amount_incl_tax": "26.70", "amount_excl_tax": "24.90", "total_tax": "1.80", "currency": "USD", "refund_lines.0.restock_type": "cancel",
			"refund_lines.0.refundable_quantity": 1.0, "refund_shipping.refundable_amount": "5.00", "transactions.0.amount": "26.70", "transactions.0.refundable_amount": "57.27",
		})
		want(t, s.order("100002"), map[string]any{"payment_status": "paid", "lines.1.current_quantity": 1.0})
		r := s.act("100002", "refund", `{"transactions": [{"id": 70003, "amount": "26.70"}], "note": "broken", `+asked+`}`, jsonBody).Want(200)
		want(t, r, map[string]any{
			"order_number": "100002", "note": "broken", "total_refund_amount": "26.70", "total_return_incl_tax": "26.70", "total_return_excl_tax": "24.90",
			"adjustments.0.type": "refund_shipping", "adjustments.1": nil, "refund_line_items.0.line_item_id": 50004.0, "transactions.0.parent_id": 70003.0, "user_id": 7.0,
		})
		want(t, s.order("100002"), map[string]any{
			"payment_status": "partially_refunded", "total_outstanding": "0.00", "shipping_incl_tax": "0.00", "original_shipping_incl_tax": "5.36", "lines.1.current_quantity": 0.0,
			"refunds.0.id": r.At("id"), "transactions.1.type": "refund", "status": "open",
		})
		want(t, s.ask("GET", "/transactions/70003/", nil).Want(200), map[string]any{"amount_available_for_refund": "30.57"})
	})

	t.Run("an amount alone is a discrepancy that is not asked for again", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.act("100002", "refund", `{"transactions": [{"id": 70003, "amount": "10.00"}]}`, jsonBody).Want(200)
		want(t, r, map[string]any{"adjustments.0.type": "refund_discrepancy", "adjustments.0.amount_incl_tax": "10.00", "note": nil})
		want(t, s.order("100002"), map[string]any{"total_outstanding": "0.00", "total_incl_tax": "57.27"})
	})

	t.Run("what the customer is owed is settled first", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		charge := fmt.Sprintf("%.0f", s.order("100007").At("transactions.0.id"))
		r := s.act("100007", "refund", `{"transactions": [{"id": `+charge+`, "amount": "22.34"}]}`, jsonBody).Want(200)
		want(t, r, map[string]any{"adjustments.0.type": "refund_discrepancy", "adjustments.0.amount_incl_tax": "1.00"})
		want(t, s.order("100007"), map[string]any{"total_outstanding": "0.00"})
	})

	t.Run("everything refunded is refunded, and the order is archived", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.act("100002", "refund", `{"transactions": [{"id": 70003, "amount": "50.00"}, {"id": 70003, "amount": "7.27", "is_external": true}], "refund_shipping": {"full_refund": true},
			"refund_lines": [{"line_id": 50003, "quantity": 1, "restock_type": "cancel"}, {"line_id": 50004, "quantity": 1, "restock_type": "cancel"}]}`, jsonBody).Want(200)
		want(t, s.order("100002"), map[string]any{
			"payment_status": "refunded", "status": "archived", "total_incl_tax": "0.00", "total_outstanding": "0.00", "transactions.2.is_external": true, "refunds.0.adjustments.1": nil,
		})
		refused(t, s.act("100002", "refund", `{"transactions": [{"id": 70003, "amount": "1.00"}]}`, jsonBody), "cannot be refunded")
	})

	t.Run("what cannot be refunded is refused by its field", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, c := range []struct{ number, body, says string }{
			{"100002", `{"transactions": [{"id": 70003, "amount": "57.28"}]}`, `{"transactions":{"0":{"amount":["This value cannot be refunded. Want an amount from 0.01 to 57.27."]}}}`},
			{"100002", `{"transactions": [{"id": 70003, "amount": "50.00"}, {"id": 70003, "amount": "7.28"}]}`, `to 7.27`},
			{"100002", `{"transactions": [{"id": 70003, "amount": "0.00"}]}`, `0.01`},
			{"100002", `{"transactions": [{"id": 70001, "amount": "1.00"}]}`, `{"transactions":{"0":{"id":[`},
			{"100002", `{"transactions": []}`, `"transactions":["Ensure this is at least 1 items."]`},
			{"100002", `{"transactions": [{"id": 70003, "amount": "1.00"}], "refund_lines": [{"line_id": 1, "quantity": 1, "restock_type": "cancel"}]}`, `"line_id"`},
			{"100002", `{"transactions": [{"id": 70003, "amount": "1.00"}], "refund_lines": [{"line_id": 50003, "quantity": 2, "restock_type": "cancel"}]}`, `at most 1`},
			{"100002", `{"transactions": [{"id": 70003, "amount": "1.00"}], "refund_lines": [{"line_id": 50003, "quantity": 1, "restock_type": "return"}]}`, `are fulfilled (return)`},
			{"100002", `{"transactions": [{"id": 70003, "amount": "1.00"}], "refund_lines": [{"line_id": 50003, "quantity": 1}]}`, `"restock_type":["This field is required."]`},
			{"100002", `{"transactions": [{"id": 70003, "amount": "1.00"}], "refund_shipping": {"amount_excl_tax": "5.01"}}`, `at most 5.00`},
			{"100003", `{"transactions": [{"id": 70004, "amount": "1.00"}]}`, `must be captured`},
			{"100004", `{"transactions": [{"id": 70004, "amount": "1.00"}]}`, `payment is pending`},
		} {
			refused(t, s.act(c.number, "refund", c.body, jsonBody), c.says)
		}
		number := s.given("processing")
		line := s.order(number)
		refused(t, s.act(number, "refund", fmt.Sprintf(`{"transactions": [{"id": %.0f, "amount": "1.00"}], "refund_lines": [{"line_id": %.0f, "quantity": 1, "restock_type": "cancel"}]}`,
			line.At("transactions.0.id"), line.At("lines.0.id")), jsonBody), "being processed")
	})

	t.Run("what was sent comes back, and what is digital does not", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		o := s.order("100014")
		body := `{"transactions": [{"id": %.0f, "amount": "48.26"}], "refund_shipping": {"full_refund": true}, "refund_lines": [{"line_id": %.0f, "quantity": 1, "restock_type": %q}]}`
		charge, line := o.At("transactions.0.id"), o.At("lines.0.id")
		refused(t, s.act("100014", "refund", fmt.Sprintf(body, charge, line, "cancel"), jsonBody), "wait for fulfillment (cancel)")
		want(t, s.act("100014", "refund", fmt.Sprintf(body, charge, line, "return"), jsonBody).Want(200), map[string]any{"refund_line_items.0.restock_type": "return"})
		want(t, s.order("100014"), map[string]any{"payment_status": "refunded", "fulfillments.0.line_items.0.returned_quantity": "1", "fulfillments.0.line_items.0.returnable_quantity": "0"})
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()

	t.Run("a paid order can be refunded with it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.act("100002", "cancel", `{"cancel_reason": "twice", "full_refund": true}`, jsonBody).Want(200)
		want(t, r, map[string]any{"status": "canceled", "payment_status": "refunded", "total_incl_tax": "0.00", "refunds.0.total_refund_amount": "57.27", "total_outstanding": "0.00"})
		refused(t, s.act("100002", "cancel", `{"cancel_reason": "again"}`, jsonBody), "this order is canceled")
		refused(t, s.act("100002", "mark-as-paid", nil), "canceled")
	})

	t.Run("without a refund the money stays, and nothing is due", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		want(t, s.act("100002", "cancel", "cancel_reason=twice", "Content-Type: application/x-www-form-urlencoded").Want(200), map[string]any{
			"status": "canceled", "payment_status": "paid", "total_outstanding": "0.00", "refunds.0": nil,
		})
	})

	t.Run("an authorization is voided", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.act("100003", "cancel", `{"cancel_reason": "x"}`, jsonBody).Want(200)
		want(t, r, map[string]any{"payment_status": "voided", "transactions.1.type": "void", "transactions.1.parent_id": r.At("transactions.0.id"), "transactions.1.amount": "48.26"})
	})

	t.Run("what went to fulfillment cannot be canceled", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		refused(t, s.act("100001", "cancel", `{"cancel_reason": "x"}`, jsonBody), "in fulfillment")
		refused(t, s.act("100015", "cancel", `{"cancel_reason": "x"}`, jsonBody), "in fulfillment (processing)")
		refused(t, s.act("100014", "cancel", `{"cancel_reason": "x"}`, jsonBody), "Only open orders")
		refused(t, s.act("100002", "cancel", `{}`, jsonBody), `{"cancel_reason":["This field is required."]}`)
	})
}

func TestUpdateOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.ask("PATCH", "/orders/100001/", `{"tags": [], "metadata": null, "billing_address": null, "attribution": {"funnel": "autumn"},
		"shipping_address": {"country": "DE", "first_name": "A", "last_name": "B", "line1": "C", "line4": "D"}}`, jsonBody).Want(200)
	want(t, r, map[string]any{
		"tags.0": nil, "metadata": nil, "billing_address": nil, "attribution.funnel": "autumn", "attribution.affiliate": "partner-12", "shipping_address.line4": "D",
		"total_outstanding": "21.34", "tax_lines.0.tax_title": "California sales tax",
	})
	want(t, s.ask("PATCH", "/orders/100001/", nil).Want(200), map[string]any{"attribution.funnel": "autumn"})
	want(t, s.ask("PATCH", "/orders/100001/", `{"status": "archived"}`, jsonBody).Want(200), map[string]any{"status": "archived"})
	refused(t, s.ask("PATCH", "/orders/100001/", `{"status": "canceled"}`, jsonBody), `/cancel/`)
	refused(t, s.ask("PATCH", "/orders/100001/", `{"status": "lost"}`, jsonBody), `one of open, archived`)
	refused(t, s.ask("PATCH", "/orders/100001/", `{"shipping_address": {"country": "DE"}}`, jsonBody), `{"shipping_address":{"first_name":["This field is required."]`)
}

// Whatever is done to an order, its sums add up and nothing breaks.
func TestAnySequenceAddsUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	stores := 0
	rapid.Check(t, func(r *rapid.T) {
		stores++
		tenant := fmt.Sprintf("Understudy-Tenant: store-%d", stores)
		number := rapid.SampledFrom([]string{"100001", "100002", "100003", "100005", "100007", "100010", "100012", "100013"}).Draw(r, "order")
		ask := func(method, path string, body any) {
			answer := s.Call(method, base+"/orders/"+number+path, body, bearer, jsonBody, tenant)
			if answer.Status >= 500 {
				r.Fatalf("%s %s answered %d %s", method, path, answer.Status, answer.Body)
			}
		}
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			order := s.Call("GET", base+"/orders/"+number+"/", nil, bearer, tenant).Want(200)
			lines, charges := order.At("lines").([]any), order.At("transactions").([]any)
			line := fmt.Sprintf("%.0f", lines[rapid.IntRange(0, len(lines)-1).Draw(r, "line")].(map[string]any)["id"])
			switch rapid.SampledFrom([]string{"add", "set", "remove", "collect", "capture", "mark", "refund", "cancel"}).Draw(r, "step") {
			case "add":
				ask("POST", "/lines/", fmt.Sprintf(`{"product_id": %d, "quantity": %d}`, rapid.IntRange(101, 105).Draw(r, "product"), rapid.IntRange(0, 4).Draw(r, "quantity")))
			case "set":
				ask("PATCH", "/lines/"+line+"/", fmt.Sprintf(`{"quantity": %d}`, rapid.IntRange(0, 4).Draw(r, "quantity")))
			case "remove":
				ask("DELETE", "/lines/"+line+"/", nil)
			case "collect":
				ask("POST", "/collect-payment/", nil)
			case "capture":
				ask("POST", "/capture/", nil)
			case "mark":
				ask("POST", "/mark-as-paid/", nil)
			case "refund":
				charge := charges[rapid.IntRange(0, len(charges)-1).Draw(r, "charge")].(map[string]any)["id"]
				cents := rapid.IntRange(1, 6000).Draw(r, "cents")
				ask("POST", "/refund/", fmt.Sprintf(`{"transactions": [{"id": %.0f, "amount": "%d.%02d"}], "refund_lines": [{"line_id": %s, "quantity": %d, "restock_type": %q}]}`,
					charge, cents/100, cents%100, line, rapid.IntRange(0, 2).Draw(r, "items"), rapid.SampledFrom([]string{"cancel", "return"}).Draw(r, "restock")))
			case "cancel":
				ask("POST", "/cancel/", fmt.Sprintf(`{"cancel_reason": "x", "full_refund": %v}`, rapid.Bool().Draw(r, "refund")))
			}
			addsUp(t, s.Call("GET", base+"/orders/"+number+"/", nil, bearer, tenant).Want(200).Body)
		}
	})
}
