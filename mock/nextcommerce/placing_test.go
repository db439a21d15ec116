package nextcommerce_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"understudy/mock/mocktest"
)

// place sends an order of one cream, with more members.
func (s store) place(members string, headers ...string) mocktest.Response {
	s.t.Helper()
	body := `{"lines": [{"product_id": 102, "quantity": 1}]` + members + `}`
	return s.ask("POST", "/orders/", body, append([]string{jsonBody}, headers...)...)
}

func card(token string) string {
	return fmt.Sprintf(`, "payment_method": "card_token", "payment_details": {"card_token": %q}`, token)
}

func TestCreateOrder(t *testing.T) {
	t.Parallel()

	t.Run("a card is charged and the order is there", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.place(card("tok_visa_4242") + `, "user": {"email": "kim@example.com", "first_name": "Kim"}, "tags": ["a", null], "metadata": {"big": 12345678901234567890, "url": "https://x.test/?a=1&b=<2>"},
			"shipping_address": {"country": "GB", "first_name": "Kim", "last_name": "Oh", "line1": "1 High Street", "line4": "Leeds", "notes": "ring twice"}`).Want(201)
		want(t, r, map[string]any{
			"number": "100016", "status": "open", "payment_status": "paid", "total_excl_tax": "33.50", "total_tax": "6.70", "total_incl_tax": "40.20", "total_outstanding": "0.00",
			"tax_lines.0.rate": 0.2, "user.email": "kim@example.com", "tags.1": nil, "transactions.0.payment_details.bankcard_last_four": "4242",
			"source": "admin_api", "shipping_address.notes": "ring twice", "billing_address": nil, "attribution.agent": nil, "is_test": false,
		})
		if !strings.Contains(string(r.Body), `"metadata":{"big":12345678901234567890,"url":"https://x.test/?a=1&b=<2>"}`) {
			t.Errorf("the metadata did not come back as it was sent: %s", r.Body)
		}
		again := s.order("100016")
		if string(again.Body) != string(r.Body) {
			t.Errorf("read %s\ncreated %s", again.Body, r.Body)
		}
		second := s.place(card("tok_visa_4242") + `, "user": {"email": "KIM@example.com"}, "use_default_shipping_address": true`).Want(201)
		want(t, second, map[string]any{"user.id": r.At("user.id"), "shipping_address.line4": "Leeds"})
		want(t, s.place(`, "user": {"email": "kim@example.com"}, "payment_method": "saved_card"`).Want(201), map[string]any{"transactions.0.payment_details.card_token": "tok_visa_4242"})
	})

	t.Run("offers and vouchers are spread over the lines", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.ask("POST", "/orders/", `{"lines": [{"product_id": 101, "quantity": 3}, {"product_id": 102, "quantity": 1}, {"product_id": 104, "quantity": 1, "price": "0.01"}],
			"offers": [31, 32], "vouchers": ["welcome10", "THANKS8"]`+card("tok_1")+`}`, jsonBody).Want(201)
		want(t, r, map[string]any{"offer_discounts.0.amount": "5.00", "voucher_discounts.1.amount": "8.00", "voucher_discounts.1.voucher.code": "THANKS8"})
		free := s.ask("POST", "/orders/", `{"lines": [{"product_id": 104, "quantity": 1, "price": "3.00"}], "vouchers": ["THANKS8"]`+card("tok_1")+`}`, jsonBody).Want(201)
		want(t, free, map[string]any{"total_incl_tax": "0.00", "voucher_discounts.0.amount": "3.00", "payment_status": "paid", "transactions.0": nil, "fulfillment_status": "not_required"})
	})

	t.Run("another currency is priced in it and reported in the store's", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.place(`, "currency": "EUR"` + card("tok_1")).Want(201)
		want(t, r, map[string]any{"currency": "EUR", "lines.0.price_excl_tax": "26.39", "lines.0.report_values.price_excl_tax": "28.50", "report_values.currency": "USD"})
		s.act(r.Text("number"), "lines", `{"product_id": 103, "quantity": 7}`, jsonBody).Want(201)
		s.act(r.Text("number"), "collect-payment", nil).Want(200)
	})

	t.Run("a declined charge makes no order, and keeps its transaction", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.place(card("decline_3006")).Want(400)
		want(t, r, map[string]any{"payment_response_code": "3006", "payment_details": "Payment declined: expired card.", "payment_method.card_token": "decline_3006"})
		s.ask("GET", "/orders/100016/", nil).Want(404)
		failed := s.ask("GET", "/transactions/?status=failed&currency=USD&amount_min=33&amount_max=34", nil).Want(200)
		want(t, failed, map[string]any{"results.0.order": nil, "results.0.response_code": 3006.0, "results.0.amount": "33.50", "results.1": nil})
		want(t, s.place(card("tok_1")).Want(201), map[string]any{"number": "100016"})
	})

	t.Run("test cards of the vendor", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, token := range []string{"test_card", "6011111111111117", "6011 1111 1111 1117"} {
			want(t, s.place(card(token)).Want(201), map[string]any{"is_test": true, "payment_status": "paid", "total_outstanding": "0.00", "transactions.0": nil})
		}
		r := s.place(card("4111111111111111")).Want(201)
		want(t, r, map[string]any{"is_test": false, "transactions.0.payment_details.bankcard_first_six": "411111", "transactions.0.status": "succeeded"})
		if strings.Contains(string(r.Body), "4111111111111111") || strings.Contains(s.Mock.Dump(), "4111111111111111") {
			t.Error("a card's number was kept")
		}
		want(t, s.place(card("4012888888881881")).Want(400), map[string]any{"payment_response_code": "2000"})
		refused(t, s.place(card("4242424242424242")), `"card_token":["This value is a card's number`)
		refused(t, s.place(card("decline_9999")), `names no response code`)
	})

	t.Run("an external payment is pending until it is marked as paid", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.place(`, "payment_method": "external", "payment_details": {"external_payment_method": "cheque"}`).Want(201)
		want(t, r, map[string]any{"payment_status": "pending", "total_outstanding": "33.50", "supports_post_purchase_upsells": false, "transactions.0": nil})
		number := r.Text("number")
		marked := s.act(number, "mark-as-paid", "external_payment_method=cheque", "Content-Type: application/x-www-form-urlencoded").Want(200)
		want(t, marked, map[string]any{
			"payment_status": "paid", "total_outstanding": "0.00", "transactions.0.is_external": true, "transactions.0.payment_method": "cheque", "transactions.0.external_id": nil,
		})
		refused(t, s.act(number, "mark-as-paid", nil), "already fully paid")
	})

	t.Run("a subscription makes a recurring order that has to cost something", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		line := `{"product_id": 101, "quantity": 1, "price": %q, "subscription": {"interval": "month", "interval_count": 1}}`
		r := s.ask("POST", "/orders/", `{"lines": [`+fmt.Sprintf(line, "9.00")+`]`+card("tok_1")+`}`, jsonBody).Want(201)
		want(t, r, map[string]any{"subscription_lifecycle": "recurring", "subscriptions.0.billing_cycle": 1.0})
		got := s.ask("GET", fmt.Sprintf("/transactions/%.0f/", r.At("transactions.0.id")), nil).Want(200)
		want(t, got, map[string]any{"subscription.id": r.At("subscriptions.0.id"), "subscription.billing_cycle": 1.0})
		refused(t, s.ask("POST", "/orders/", `{"lines": [`+fmt.Sprintf(line, "0.00")+`], "shipping_code": "free"`+card("tok_1")+`}`, jsonBody), "initial total above 0.00")
	})

	t.Run("what is wrong is named by its field, with what would be right", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, c := range []struct{ members, says string }{
			{`, "currency": "XYZ"`, `{"currency":["This value is not a currency that the store sells in. Want one of CAD, EUR, GBP, SEK, USD."]}`},
			{`, "shipping_code": "pigeon"`, `"shipping_code":["This value is not a shipping method`},
			{`, "shipping_price": "-1.00"`, `"shipping_price"`},
			{`, "vouchers": ["NOPE"]`, `{"vouchers":{"0":["This value is not a voucher`},
			{`, "offers": [31, 99]`, `{"offers":{"1":[`},
			{`, "attribution": {"agent": 99}`, `{"attribution":{"agent":["This value is nobody of the staff. Want one of 7, 8."]}}`},
			{`, "user": {"id": 1}`, `{"user":{"id":[`},
			{`, "user": {"phone_number": "12"}`, `E.164`},
			{`, "use_default_billing_address": true`, `has no address yet`},
			{`, "shipping_address": {"country": "Sweden", "first_name": "A", "last_name": "B", "line1": "C", "line4": "D"}`, `{"shipping_address":{"country":[`},
			{`, "payment_method": "saved_card"`, `no saved card`},
			{`, "payment_method": "card_token"`, `{"payment_details":{"card_token":[`},
			{`, "payment_method": "card_token", "payment_details": {"card_token": "t", "payment_gateway": 99}`, `"payment_gateway":["This value is not a gateway`},
			{`, "payment_method": "klarna"`, `"payment_return_url":[`},
			{`, "payment_method": "cash"`, `"payment_method":["`},
			{`, "lines": [{"product_id": 1, "quantity": 1}]`, `{"lines":{"0":{"product_id":[`},
			{`, "lines": []`, `"lines":["Ensure this is at least 1 items."]`},
			{`, "lines": [{"product_id": 101, "quantity": 0}]`, `{"lines":{"0":{"quantity":["Ensure this is at least 1."]}}}`},
			{`, "lines": [{"product_id": 101, "quantity": 2000000}]`, `{"lines":{"0":{"quantity":[`},
			{`, "lines": [{"product_id": 101, "quantity": 1000000, "price": "9999999999.99"}]`, `{"lines":{"0":{"quantity":[`},
			{`, "lines": [{"product_id": 101, "quantity": 1, "price": "9999999999.99"}, {"product_id": 101, "quantity": 1, "price": "9999999999.99"}]`, `{"lines":["This value come`},
			{`, "lines": [{"product_id": 101, "quantity": 1, "price": "-3"}]`, `{"lines":{"0":{"price":[`},
			{`, "lines": [{"product_id": 101, "quantity": 1, "price": ""}]`, `{"lines":{"0":{"price":[`},
			{`, "lines": [{"product_id": 101, "quantity": 9223372036854775808}]`, ``},
		} {
			refused(t, s.place(c.members), c.says)
		}
		want(t, s.place("").Want(201), map[string]any{"number": "100016", "payment_status": "pending"})
	})
}

func TestEveryURLResolves(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, headers := range [][]string{nil, {"Understudy-Tenant: other"}, {"Understudy-World: another"}} {
		r := s.ask("GET", "/orders/100001/", nil, headers...).Want(200)
		found := regexp.MustCompile(`"(http://127[^"]*)"`).FindAllSubmatch(r.Body, -1)
		if len(found) < 5 {
			t.Fatalf("only %d URLs in %s", len(found), r.Body)
		}
		for _, u := range found {
			if strings.HasSuffix(string(u[1]), ".svg") {
				if got := s.Call("GET", string(u[1]), nil, headers...).Want(200).Header.Get("Content-Type"); got != "image/svg+xml" {
					t.Errorf("the image is %s", got)
				}
				continue
			}
			s.Call("GET", string(u[1]), nil, headers[:min(len(headers), 0)]...).Want(200)
		}
	}
}
