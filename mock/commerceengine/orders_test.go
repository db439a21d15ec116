package commerceengine_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCarts(t *testing.T) {
	t.Parallel()
	s := open(t)
	items := func(list string) string { return `{"items":[` + list + `],"metadata":{"note":"gift"}}` }
	t.Run("totals add up, tax is in the price", func(t *testing.T) {
		made := s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","variant_id":null,"quantity":3},{"product_id":"`+teaPot+`","variant_id":null,"quantity":1}`)).Want(200)
		for at, want := range map[string]string{
			"grand_total": "1496", "subtotal": "1267.8", "total_tax": "228.2", "cart_items.0.tax_amount": "136.83", "cart_items.0.selling_price_excluding_tax": "253.39",
			"cart_items_count": "2", "status": "ready-for-payment", "metadata.note": "gift", "expires_at": "2026-04-01T09:30:00Z",
		} {
			if got := made.Text("content.cart." + at); got != want {
				t.Errorf("%s is %s, want %s", at, got, want)
			}
		}
		again := s.get("/carts/" + made.Text("content.cart.id")).Want(200)
		if again.Text("content.cart.grand_total") != "1496" {
			t.Errorf("read again: %s", again.Body)
		}
	})
	t.Run("an empty one is not ready, and makes no order", func(t *testing.T) {
		empty := s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","variant_id":null,"quantity":0}`)).Want(200)
		if empty.Text("content.cart.status") != "not-ready-for-payment" || empty.Text("content.cart.status_error_message") != "the cart is empty" {
			t.Errorf("%s", empty.Body)
		}
		refused(t, s.call("POST", "/orders", `{"cart_id":"`+empty.Text("content.cart.id")+`"}`), 400, "cart_not_ready", "the cart is empty")
	})
	t.Run("a cart makes one order", func(t *testing.T) {
		cart := s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","variant_id":null,"quantity":1}`)).Want(200).Text("content.cart.id")
		number := s.call("POST", "/orders", `{"cart_id":"`+cart+`"}`).Want(200).Text("content.order.order_number")
		refused(t, s.call("POST", "/orders", `{"cart_id":"`+cart+`"}`), 400, "cart_not_ready", "order "+number+" was made of this cart already")
		if s.get("/carts/"+cart).Want(200).At("content.cart.active") != false {
			t.Error("the cart is still active")
		}
	})
	t.Run("bad input is named", func(t *testing.T) {
		refused(t, s.call("POST", "/carts", items(`{"product_id":"nope","variant_id":null,"quantity":1}`)), 404, "not_found", `items.0.product_id: there is no product "nope"`)
		refused(t, s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","variant_id":"v","quantity":1}`)), 400, "bad_request", "items.0.variant_id names a variant")
		refused(t, s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","variant_id":null,"quantity":1.5}`)), 400, "bad_request", "items.0.quantity")
		refused(t, s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","variant_id":null,"quantity":1001}`)), 400, "bad_request", "items.0.quantity")
		refused(t, s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","quantity":1}`)), 400, "bad_request", "items.0.variant_id is missing")
		refused(t, s.get("/carts/nope"), 404, "not_found", `no cart "nope"`)
		refused(t, s.call("POST", "/orders", `{"cart_id":"nope"}`), 400, "cart_not_found", `cart_id names no cart: "nope"`)
	})
	t.Run("a cart expires", func(t *testing.T) {
		cart := s.call("POST", "/carts", items(`{"product_id":"`+teaTin+`","variant_id":null,"quantity":1}`)).Want(200).Text("content.cart.id")
		s.Advance(30 * 24 * time.Hour)
		refused(t, s.call("POST", "/orders", `{"cart_id":"`+cart+`"}`), 400, "cart_not_ready", "the cart has expired")
	})
}

func TestCreateOrder(t *testing.T) {
	t.Parallel()
	t.Run("with a method it has its first attempt", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		made := s.buy(teaTin, paying(onPage))
		number := made.Text("content.order.order_number")
		if number != "ORD-1011" || made.At("content.payment_required") != true || made.Text("content.payment_info.status") != "NEW" || made.Text("content.order.status") != "draft" {
			t.Errorf("%s", made.Body)
		}
		s.wantStanding(number, "pending, 0 paid, 299 unpaid, retry false")
	})
	t.Run("without one it has none yet", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		made := s.buy(teaTin, "")
		if made.At("content.payment_info") != nil || made.At("content.payment_required") != true {
			t.Errorf("%s", made.Body)
		}
		s.wantStanding(made.Text("content.order.order_number"), "pending, 0 paid, 299 unpaid, retry true")
	})
	t.Run("with nothing to pay it is confirmed", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		made := s.buy(freeSample, paying(onPage))
		if made.At("content.payment_info") != nil || made.At("content.payment_required") != false || made.Text("content.order.status") != "confirmed" {
			t.Errorf("%s", made.Body)
		}
		s.wantStanding(made.Text("content.order.order_number"), "success, 0 paid, 0 unpaid, retry false")
	})
	t.Run("a subscription asks for a mandate", func(t *testing.T) {
		t.Parallel()
		made := open(t).buy(subscription, paying(onPage))
		payload := made.At("content.payment_info.sdk_payload.payload").(map[string]any)
		if len(payload) != 22 || payload["mandate.maxAmount"] != "499.00" || payload["mandate.start_date "] != "1772443800" || payload["mandate.end_date "] != "1803979800" {
			t.Errorf("%d members: %v", len(payload), payload)
		}
	})
	t.Run("a refused method makes no order and leaves the cart as it was", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		cart := s.call("POST", "/carts", `{"items":[{"product_id":"`+teaTin+`","variant_id":null,"quantity":1}]}`).Want(200).Text("content.cart.id")
		refused(t, s.call("POST", "/orders", `{"cart_id":"`+cart+`","payment_method":`+byNACH+`}`), 400, "invalid_payment_method", "NACH")
		if made := s.call("POST", "/orders", `{"cart_id":"`+cart+`"}`).Want(200); made.Text("content.order.order_number") != "ORD-1011" {
			t.Errorf("a number was lost: %s", made.Body)
		}
	})
}

func TestListOrders(t *testing.T) {
	t.Parallel()
	s := open(t)
	list := func(query string) []string {
		t.Helper()
		var numbers []string
		for _, o := range s.get("/orders?user_id=" + shopper + query).Want(200).At("content.orders").([]any) {
			numbers = append(numbers, fmt.Sprint(o.(map[string]any)["order_number"]))
		}
		return numbers
	}
	s.get(order("ORD-1001")).Want(200)
	s.Advance(time.Minute)
	newest := s.buy(teaTin, "").Text("content.order.order_number")
	sorted := func(text string) string { return "&sort_by=" + url.QueryEscape(text) }
	cases := []struct {
		name, query string
		want        []string
	}{
		{"the latest first", "&limit=2", []string{newest, "ORD-1009"}},
		{"statuses are repeated", "&status=confirmed&status=cancelled", []string{"ORD-1008", "ORD-1006", "ORD-1005"}},
		{"the second page", "&status=confirmed&status=cancelled&limit=2&page=2", []string{"ORD-1005"}},
		{"a page beyond the last", "&page=2147483647", nil},
		{"by total, then number", "&limit=4" + sorted(`{"grand_total":"desc","order_number":"asc"}`), []string{"ORD-1006", "ORD-1007", "ORD-1003", "ORD-1009"}},
		{"oldest first", "&limit=1" + sorted(`{"order_date":"asc"}`), []string{"ORD-1004"}},
		{"by what is to be paid", "&limit=2" + sorted(`{"to_be_paid":"desc","order_number":"desc"}`), []string{"ORD-1009", "ORD-1003"}},
		{"in no given order, the highest number first", "&limit=2" + sorted(`{}`), []string{newest, "ORD-1009"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := list(c.query); !slices.Equal(got, c.want) {
				t.Errorf("%s lists %q, want %q", c.query, got, c.want)
			}
		})
	}
	t.Run("pages know their neighbours", func(t *testing.T) {
		p := s.get("/orders?user_id=" + shopper + "&limit=4&page=2").Want(200)
		for at, want := range map[string]string{"total_records": "11", "total_pages": "3", "previous_page": "1", "next_page": "3", "limit": "4"} {
			if got := p.Text("content.pagination." + at); got != want {
				t.Errorf("%s is %q, want %s", at, got, want)
			}
		}
	})
	t.Run("an unknown user has none", func(t *testing.T) {
		if n := s.get("/orders?user_id=nobody").Want(200).Text("content.pagination.total_records"); n != "0" {
			t.Errorf("%s orders", n)
		}
	})
	for query, says := range map[string]string{
		"":                                   "user_id is missing",
		"?user_id=x&status=processing":       "status",
		"?user_id=x&page=0":                  "page",
		"?user_id=x&limit=101":               "limit",
		"?user_id=x&limit=many":              "limit",
		"?user_id=x&sort_by=order_date":      "sort_by is not a JSON object",
		"?user_id=x&sort_by={}x":             "sort_by is not a JSON object",
		`?user_id=x&sort_by={"a":"asc"}`:     "order_date, order_number",
		`?user_id=x&sort_by={"status":"up"}`: "sort_by",
		`?user_id=x&sort_by={"status":`:      "sort_by",
		`?user_id=x&sort_by=[`:               "sort_by",
	} {
		t.Run("refused: "+query, func(t *testing.T) {
			refused(t, s.get("/orders"+strings.NewReplacer(`"`, "%22", "{", "%7B", "}", "%7D", "[", "%5B").Replace(query)), 400, "bad_request", says)
		})
	}
}

func TestCancelOrder(t *testing.T) {
	t.Parallel()
	const byOriginalMode = `{"cancellation_reason":"Ordered twice","refund_mode":"original-payment-mode","feedback":"Nice tea"}`
	t.Run("a paid order's money goes back, step by step", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		if details := s.get(order("ORD-1005")); details.Text("content.order.cancellation_refund_details.refundable_amount") != "299" {
			t.Errorf("the outlook: %s", details.Body)
		}
		answer := s.call("POST", order("ORD-1005", "cancel"), byOriginalMode).Want(200)
		for at, want := range map[string]string{
			"status": "cancelled", "payment_status": "success", "is_cancellation_allowed": "false", "feedback": "Nice tea", "to_be_paid": "0",
			"payments.0.transaction_type": "refund", "payments.0.payment_status": "refund_initiated", "payments.0.amount": "299", "payments.1.payment_status": "success",
		} {
			if got := answer.Text("content.order." + at); got != want {
				t.Errorf("%s is %q, want %q", at, got, want)
			}
		}
		s.wantStanding("ORD-1005", "success, 299 paid, 0 unpaid, retry false")
		s.Advance(time.Minute)
		if status := s.get(order("ORD-1005", "payments")).Text("content.payments.0.payment_status"); status != "refund_initiated" {
			t.Errorf("an approved refund shows as %q", status)
		}
		s.Advance(time.Hour)
		if status := s.get(order("ORD-1005", "payments")).Text("content.payments.0.payment_status"); status != "success" {
			t.Errorf("a paid refund shows as %q", status)
		}
		s.wantStanding("ORD-1005", "success, 0 paid, 0 unpaid, retry false")
	})
	t.Run("a request that waits is given up", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.call("POST", order("ORD-1002", "cancel"), byOriginalMode).Want(200)
		s.wantStanding("ORD-1002", "failed, 0 paid, 0 unpaid, retry false")
		refused(t, s.retry("ORD-1002", onPage), 400, "order_cancelled", "a new order would be right")
		s.Advance(8 * 24 * time.Hour) // no timer of it is left that would fail
	})
	t.Run("half a payment goes back too", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		answer := s.call("POST", order("ORD-1007", "cancel"), byOriginalMode).Want(200)
		if answer.Text("content.order.payments.0.amount") != "449.5" || answer.Text("content.order.payment_status") != "partially_paid" {
			t.Errorf("%s", answer.Body)
		}
	})
	t.Run("an expired order can be cancelled, a cancelled one not", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.call("POST", order("ORD-1004", "cancel"), byOriginalMode).Want(200)
		refused(t, s.call("POST", order("ORD-1004", "cancel"), byOriginalMode), 400, "order_already_cancelled", "ORD-1004")
	})
	t.Run("bad input is named", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		refused(t, s.call("POST", order("ORD-1005", "cancel"), `{"cancellation_reason":"x","refund_mode":"bank-transfer"}`), 400, "bad_request", "bank_account_id is missing")
		refused(t, s.call("POST", order("ORD-1005", "cancel"), `{"cancellation_reason":"x","refund_mode":"bank_transfer"}`), 400, "bad_request", "refund_mode is not one of")
		refused(t, s.call("POST", order("ORD-1005", "cancel"), ``), 400, "bad_request", "body is missing")
		s.call("POST", order("ORD-1005", "cancel"), `{"cancellation_reason":"x","refund_mode":"bank-transfer","bank_account_id":"b1"}`).Want(200)
	})
}

func TestCancelPaymentRequest(t *testing.T) {
	t.Parallel()
	s := open(t)
	answer := s.call("POST", order("ORD-1002", "cancel-payment-request"), "").Want(200)
	if string(answer.Body) != `{"message":"payment request cancelled","success":true}` {
		t.Errorf("the envelope alone is wanted: %s", answer.Body)
	}
	s.wantStanding("ORD-1002", "failed, 0 paid, 299 unpaid, retry true")
	for _, number := range []string{"ORD-1002", "ORD-1005", "ORD-1009"} {
		refused(t, s.call("POST", order(number, "cancel-payment-request"), ""), 400, "no_pending_payment_request", "no payment request of order "+number+" waits")
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	s := open(t)
	t.Run("a number with a space and a slash decodes once", func(t *testing.T) {
		if number := s.get("/orders/ORD%201%2F2").Want(200).Text("content.order.order_number"); number != "ORD 1/2" {
			t.Errorf("order %q", number)
		}
		refused(t, s.get("/orders/ORD%25201%252F2"), 404, "not_found", "ORD%201%2F2")
	})
	t.Run("stores do not see each other's orders", func(t *testing.T) {
		number := s.buy(teaTin, "").Text("content.order.order_number")
		other := strings.Replace(s.path(order(number)), "store_01", "store%2F2", 1)
		refused(t, s.Call("GET", other, nil, "Authorization: Bearer x"), 404, "not_found", number)
	})
	t.Run("a store's name is escaped in its links", func(t *testing.T) {
		path := strings.Replace(s.path(order("ORD-1001", "retry-payment")), "store_01", "a%20b%2Fc", 1)
		answer := s.Call("POST", path, `{"payment_method":`+onPage+`}`, "Authorization: Bearer x", "Content-Type: application/json").Want(200)
		s.Call("GET", answer.Text("content.payment_info.payment_links.web"), nil).Want(200)
	})
	t.Run("double slashes fold, as the client's bootstrap call may have them", func(t *testing.T) {
		s.Call("POST", s.path("//auth/anonymous"), nil, "X-Api-Key: k").Want(200)
	})
	t.Run("an unknown path and a wrong method are refused in the envelope", func(t *testing.T) {
		refused(t, s.get("/wishlist"), 404, "not_found", "nearest")
		refused(t, s.call("DELETE", order("ORD-1001"), ""), 405, "method_not_allowed", "GET")
	})
}
