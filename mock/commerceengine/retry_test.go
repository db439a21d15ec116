package commerceengine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"understudy/mock/mocktest"
	"understudy/specs"
)

// TestPageCall makes the page's own call, its placeholders replaced from the one table, and compares the answer with the page's sample.
func TestPageCall(t *testing.T) {
	t.Parallel()
	s := open(t)
	var call struct {
		Status  int
		Path    map[string]string
		Header  map[string]string
		Request map[string]any
	}
	table, _ := specs.Call("commerceengine")
	if err := yaml.Unmarshal(table, &call); err != nil {
		t.Fatal(err)
	}
	var body map[string]map[string]any
	request, _ := specs.Sample("commerceengine", "request")
	if err := json.Unmarshal(request, &body); err != nil {
		t.Fatal(err)
	}
	for pointer, value := range call.Request {
		body["payment_method"][strings.TrimPrefix(pointer, "/payment_method/")] = value
	}
	headers := []string{}
	for name, value := range call.Header {
		headers = append(headers, name+": "+value)
	}
	path := fmt.Sprintf("/commerceengine/api/v1/%s/storefront/orders/%s/retry-payment", call.Path["store_id"], call.Path["order_number"])
	answer := s.Call("POST", path, body, headers...).Want(call.Status)

	var sample, got any
	shown, _ := specs.Sample("commerceengine", "response")
	if err := json.Unmarshal(shown, &sample); err != nil {
		t.Fatal(err)
	}
	answer.Into(&got)
	compareShape(t, "", sample, got)

	t.Run("the keys that end in a space do so on the wire", func(t *testing.T) {
		for _, key := range []string{`"mandate.start_date ":"`, `"mandate.end_date ":"`, `"mandate.rule_value ":"1-31"`} {
			if !strings.Contains(string(answer.Body), key) {
				t.Errorf("no %s in %s", key, answer.Body)
			}
		}
	})
	t.Run("and what it says is so", func(t *testing.T) {
		want := map[string]string{
			"status": "NEW", "order_id": "ORD-1001-2", "payment_links.expiry": "2026-03-02T09:45:00Z", "order_expiry": "2026-03-09T09:30:00Z",
			"sdk_payload.service": "in.juspay.hyperpay", "sdk_payload.payload.clientAuthTokenExpiry": "2026-03-02T09:45:00Z",
			"sdk_payload.payload.amount": "499.00", "sdk_payload.payload.returnUrl": "https://shop.example.test/thanks", "sdk_payload.payload.currency": "INR",
		}
		for at, value := range want {
			if got := answer.Text("content.payment_info." + at); got != value {
				t.Errorf("%s is %q, want %q", at, got, value)
			}
		}
		s.wantStanding("ORD-1001", "pending, 0 paid, 499 unpaid, retry false")
	})
	t.Run("an order without a subscription has no mandate", func(t *testing.T) {
		plain := s.retry("ORD 1/2", onPage).Want(200)
		if n := len(plain.At("content.payment_info.sdk_payload.payload").(map[string]any)); n != 16 || strings.Contains(string(plain.Body), "mandate") {
			t.Errorf("%d members in the payload of an order without a mandate, want 16: %s", n, plain.Body)
		}
	})
}

// compareShape wants the same members at every level, with values of the same types.
func compareShape(t *testing.T, at string, want, got any) {
	t.Helper()
	w, isObject := want.(map[string]any)
	g, _ := got.(map[string]any)
	if !isObject {
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
			t.Errorf("%s is %T, the page shows %T", at, got, want)
		}
		return
	}
	if have, show := slices.Sorted(maps.Keys(g)), slices.Sorted(maps.Keys(w)); !slices.Equal(have, show) {
		t.Errorf("%s has members\n%q, the page shows\n%q", at, have, show)
	}
	for name := range w {
		compareShape(t, at+"/"+name, w[name], g[name])
	}
}

func TestRetryRule(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, number string
		before       func(s store)
		code, says   string // "" if the retry is accepted
	}{
		{"after a decline, at once", "ORD-1001", nil, "", ""},
		{"after an expired attempt, at once", "ORD-1003", nil, "", ""},
		{"after a cancelled request, at once, and its number decodes once", "ORD 1/2", nil, "", ""},
		{"an order without an attempt, at once", "ORD-1009", nil, "", ""},
		{"a request that waits refuses", "ORD-1002", nil, "payment_retry_not_allowed", "2026-03-02T09:45:00Z"},
		{"it still does a millisecond before 15 minutes", "ORD-1002", func(s store) { s.Advance(15*time.Minute - time.Millisecond) }, "payment_retry_not_allowed", "09:45:00Z"},
		{"and no longer at 15 minutes", "ORD-1002", func(s store) { s.Advance(15 * time.Minute) }, "", ""},
		{"nor after it was cancelled", "ORD-1002", func(s store) { s.call("POST", order("ORD-1002", "cancel-payment-request"), "").Want(200) }, "", ""},
		{"a part payment did not fail, so it has to be 15 minutes old", "ORD-1007", nil, "payment_retry_not_allowed", "09:45:00Z"},
		{"which it then is", "ORD-1007", func(s store) { s.Advance(15 * time.Minute) }, "", ""},
		{"a paid order refuses", "ORD-1005", nil, "order_already_paid", "ORD-1005 is paid"},
		{"a free order refuses", "ORD-1008", nil, "order_already_paid", "nothing is left to pay"},
		{"a cancelled order refuses", "ORD-1006", nil, "order_cancelled", "ORD-1006 is cancelled"},
		{"an order past its expiry refuses", "ORD-1004", nil, "order_expired", "took payments until 2026-03-01T09:30:00Z"},
		{"so does one whose expiry comes", "ORD-1001", func(s store) { s.Advance(7 * 24 * time.Hour) }, "order_expired", "2026-03-09T09:30:00Z"},
		{"but not just before", "ORD-1001", func(s store) { s.Advance(7*24*time.Hour - time.Millisecond) }, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.get(order(c.number)).Want(200) // the store comes into being now
			if c.before != nil {
				c.before(s)
			}
			available := s.get(order(c.number, "payment-status")).Want(200).At("content.is_retry_available")
			answer := s.retry(c.number, onPage)
			if available != (c.code == "") {
				t.Errorf("payment-status said is_retry_available %v", available)
			}
			if c.code != "" {
				refused(t, answer, 400, c.code, c.says)
				return
			}
			if answer.Want(200).Text("content.payment_info.status") != "NEW" {
				t.Errorf("the new attempt is not NEW: %s", answer.Body)
			}
			refused(t, s.retry(c.number, onPage), 400, "payment_retry_not_allowed", "has not failed")
		})
	}
	t.Run("an unknown order is not found", func(t *testing.T) {
		t.Parallel()
		refused(t, open(t).retry("ORD-9999", onPage), 404, "not_found", "ORD-9999")
	})
}

func TestRetryAmountAndMethod(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.get("/orders?user_id=" + shopper).Want(200)
	s.Advance(15 * time.Minute)
	t.Run("a partly paid order's retry is for the rest", func(t *testing.T) {
		rest := s.retry("ORD-1007", onPage).Want(200)
		if rest.Text("content.payment_info.sdk_payload.payload.amount") != "449.50" {
			t.Errorf("it is for %s", rest.Body)
		}
	})
	t.Run("no method means the last one", func(t *testing.T) {
		again := s.call("POST", order("ORD-1001", "retry-payment"), `{}`).Want(200)
		if again.Text("content.payment_info.sdk_payload.payload.returnUrl") != "https://shop.example.test/thanks" {
			t.Errorf("it does not go on as before: %s", again.Body)
		}
	})
	t.Run("no method and no last one is refused", func(t *testing.T) {
		refused(t, s.call("POST", order("ORD-1009", "retry-payment"), `{}`), 400, "invalid_payment_method", "payment_method is missing")
	})
	t.Run("a card cannot be used again, since nothing of it is kept", func(t *testing.T) {
		number := s.buy(teaTin, paying(byCard)).Text("content.order.order_number")
		s.call("POST", order(number, "cancel-payment-request"), "").Want(200)
		refused(t, s.call("POST", order(number, "retry-payment"), `{}`), 400, "invalid_payment_method", "nothing is kept")
	})
	t.Run("each attempt has ids of its own", func(t *testing.T) {
		first := s.buy(teaTin, paying(onPage))
		number := first.Text("content.order.order_number")
		s.call("POST", order(number, "cancel-payment-request"), "").Want(200)
		second := s.retry(number, onPage).Want(200)
		for _, at := range []string{"id", "order_id", "sdk_payload.requestId", "sdk_payload.payload.clientAuthToken", "payment_links.web"} {
			if a, b := first.Text("content.payment_info."+at), second.Text("content.payment_info."+at); a == b || a == "" {
				t.Errorf("%s is %q, and was %q", at, b, a)
			}
		}
	})
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	t.Run("an attempt that nobody pays fails after 15 minutes", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.retry("ORD-1001", onPage).Want(200).Text("content.payment_info.payment_links.web")
		s.Advance(15*time.Minute - time.Millisecond)
		s.wantStanding("ORD-1001", "pending, 0 paid, 499 unpaid, retry false")
		s.Advance(time.Millisecond)
		s.wantStanding("ORD-1001", "failed, 0 paid, 499 unpaid, retry true")
		s.Call("GET", link, nil).Want(410)
	})
	t.Run("one without a page fails after 3", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.retry("ORD-1001", byUPI("asha@upi")).Want(200)
		s.Advance(3*time.Minute - time.Millisecond)
		s.wantStanding("ORD-1001", "pending, 0 paid, 499 unpaid, retry false")
		s.Advance(time.Millisecond)
		s.wantStanding("ORD-1001", "failed, 0 paid, 499 unpaid, retry true")
	})
	t.Run("an order's expiry takes its open attempt with it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.get(order("ORD-1001")).Want(200)
		s.Advance(7*24*time.Hour - time.Minute)
		link := s.retry("ORD-1001", onPage).Want(200).Text("content.payment_info.payment_links.web")
		s.Advance(time.Minute)
		s.wantStanding("ORD-1001", "failed, 0 paid, 499 unpaid, retry false")
		s.Call("GET", link, nil).Want(410)
		if status := s.get(order("ORD-1001")).Text("content.order.status"); status != "draft" {
			t.Errorf("the order is %q; the vendor has no status for an expired one", status)
		}
	})
	t.Run("a cart's metadata sets the order's life", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		body := `{"items":[{"product_id":"` + teaTin + `","variant_id":null,"quantity":2}],"metadata":{"understudy_order_expiry":"%s"}}`
		cart := s.call("POST", "/carts", fmt.Sprintf(body, "20m")).Want(200).Text("content.cart.id")
		made := s.call("POST", "/orders", `{"cart_id":"`+cart+`","payment_method":`+onPage+`}`).Want(200)
		if expiry := made.Text("content.payment_info.order_expiry"); expiry != "2026-03-02T09:50:00Z" {
			t.Errorf("order_expiry is %s", expiry)
		}
		s.Advance(20 * time.Minute)
		s.wantStanding(made.Text("content.order.order_number"), "failed, 0 paid, 598 unpaid, retry false")
		refused(t, s.call("POST", "/carts", fmt.Sprintf(body, "soon")), 400, "bad_request", "metadata.understudy_order_expiry")
	})
}

func TestPaymentMethods(t *testing.T) {
	t.Parallel()
	accepted := []struct{ name, method, status, history string }{
		{"the payment page", onPage, "NEW", `"payment_method":null`},
		{"a new card", byCard, "PENDING_VBV", `"payment_method":"card","icon_url":null,"card_number":"************4242","card_type":"Visa"`},
		{"a saved card", bySaved, "PENDING_VBV", `"payment_method":"card","icon_url":null,"card_type":"Rupay"`},
		{"net banking", byBank, "PENDING_VBV", `"payment_method":"netbanking","icon_url":null,"bank_name":"NB_FIRST"`},
		{"UPI collect", byUPI("asha@upi"), "PENDING_VBV", `"payment_method":"upi","icon_url":null,"upi_id":"asha@upi"`},
		{"UPI intent", byIntent, "PENDING_VBV", `"payment_method":"upi"`},
	}
	for _, c := range accepted {
		t.Run(c.name+" is accepted", func(t *testing.T) {
			t.Parallel()
			s := open(t)
			answer := s.retry("ORD-1001", c.method).Want(200)
			if status := answer.Text("content.payment_info.status"); status != c.status {
				t.Errorf("the attempt is %q, want %q", status, c.status)
			}
			if rows := s.get(order("ORD-1001", "payments")).Want(200); !strings.Contains(string(rows.Body), c.history) {
				t.Errorf("the history lacks %s: %s", c.history, rows.Body)
			}
			if link := answer.Text("content.payment_info.payment.authentication.url"); link != "" {
				s.Call("GET", link, nil).Want(200)
			}
			if intent := answer.Text("content.payment_info.payment.sdk_params.pg_intent_url"); c.method == byIntent && !strings.HasPrefix(intent, "upi://pay?am=499.00&cu=INR&") {
				t.Errorf("the intent is %q", intent)
			}
		})
	}
	t.Run("cards show their brand and last digits", func(t *testing.T) {
		t.Parallel()
		for number, want := range map[string]string{
			"5299920210000277": `"************0277","card_type":"Master Card"`, "378282246310005": `"************0005","card_type":"American Express"`,
			"6521111111111110": `"************1110","card_type":"Rupay"`, "3530111333300000": `"************0000"}`,
		} {
			s := open(t)
			s.retry("ORD-1001", strings.Replace(byCard, "4242 4242 4242 4242", number, 1)).Want(200)
			if rows := s.get(order("ORD-1001", "payments")).Want(200); !strings.Contains(string(rows.Body), want) {
				t.Errorf("%s: no %s in %s", number, want, rows.Body)
			}
		}
	})
	t.Run("a guest pays with a name that is not known", func(t *testing.T) {
		t.Parallel()
		guest, _, user := open(t).begin()
		payload := guest.buy(teaTin, paying(onPage)).At("content.payment_info.sdk_payload.payload").(map[string]any)
		if payload["customerId"] != user || payload["firstName"] != "" || payload["customerPhone"] != "" {
			t.Errorf("%v", payload)
		}
	})
	declined := []struct{ name, method, says string }{
		{"a bank transfer", byTransfer, `payment_method.payment_method_type is "bank-transfer", which is not simulated`},
		{"a NACH debit", byNACH, `payment_method.payment_method_type is "NACH", which is not simulated`},
		{"another payment provider", strings.Replace(onPage, "juspay", "payu", 1), `payment_method.payment_provider_slug names no payment provider of this store: "payu"; "juspay" would be right`},
		{"no UPI address", byUPI("asha"), "payment_method.upi_vpa is no UPI address"},
		{"a card whose check digit is wrong", strings.Replace(byCard, "4242 4242 4242 4242", "4242424242424241", 1), "payment_method.card_number is no card number"},
		{"a card that has expired", strings.Replace(byCard, `"12","card_exp_year":"30"`, `"02","card_exp_year":"2026"`, 1), "payment_method.card_exp_year is past"},
		{"a thirteenth month", strings.Replace(byCard, `"12"`, `"13"`, 1), "payment_method.card_exp_month is no month"},
		{"a year of three digits", strings.Replace(byCard, `"30"`, `"203"`, 1), "payment_method.card_exp_year is no year"},
		{"a security code of two digits", strings.Replace(byCard, `"123"`, `"12"`, 1), "payment_method.card_security_code is no security code"},
	}
	for _, c := range declined {
		t.Run(c.name+" is declined by name", func(t *testing.T) {
			t.Parallel()
			s := open(t)
			refused(t, s.retry("ORD-1001", c.method), 400, "invalid_payment_method", c.says)
			s.wantStanding("ORD-1001", "failed, 0 paid, 499 unpaid, retry true")
		})
	}
	malformed := []struct{ name, method, says string }{
		{"no return_url", strings.Replace(onPage, `"return_url":"https://shop.example.test/thanks",`, "", 1), "payment_method.return_url is missing"},
		{"a relative return_url", strings.Replace(onPage, `https://shop.example.test`, "", 1), "payment_method.return_url does not have the right form"},
		{"another action", strings.Replace(onPage, "paymentPage", "pay", 1), `payment_method.action is not one of the values that are allowed; "paymentPage" would be right`},
		{"another integration_type", strings.Replace(onPage, "hyper-checkout", "iframe", 1), `payment_method.integration_type is not one of`},
		{"nothing in it", `{}`, "payment_method.action is missing"},
		{"null", `null`, "payment_method is null"},
	}
	for _, c := range malformed {
		t.Run(c.name+" is refused, the field named", func(t *testing.T) {
			t.Parallel()
			refused(t, open(t).retry("ORD-1001", c.method), 400, "bad_request", c.says)
		})
	}
	t.Run("they are listed, and filtered", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for query, want := range map[string]int{
			"": 3, "?payment_method_type=upi": 1, "?payment_method_type=wallet": 0, "?emandate_payment_methods=true": 2,
			"?emandate_payment_methods=false": 3, "?payment_provider_slug=juspay": 3, "?payment_provider_slug=payu": 0,
		} {
			if list := s.get("/payments/payment-methods" + query).Want(200).At("content.payment_methods").([]any); len(list) != want {
				t.Errorf("%q lists %d methods, want %d", query, len(list), want)
			}
		}
		refused(t, s.get("/payments/payment-methods?payment_method_type=cash"), 400, "bad_request", "payment_method_type is not one of")
	})
}

// TestWhatPlaysNoScenario asks for one where nothing is paid: it is refused, and says which operations play some.
func TestWhatPlaysNoScenario(t *testing.T) {
	t.Parallel()
	s := open(t)
	refused(t, s.call("GET", order("ORD-1001", "payment-status"), "", "Prefer: scenario=declined"), 400, "bad_request", "getPaymentStatus cannot play: it plays none")
	cart := s.call("POST", "/carts", `{"items":[{"product_id":"01J8XK3V9Q0000000000000000","variant_id":null,"quantity":1}]}`).Want(200).Text("content.cart.id")
	free := s.call("POST", "/orders", `{"cart_id":"`+cart+`"`+paying(onPage)+`}`, "Prefer: scenario=declined")
	refused(t, free, 400, "bad_request", "nothing in this call could go one way or another")
	s.call("POST", "/orders", `{"cart_id":"`+cart+`"}`).Want(200) // the refusal has made no order of it
	var told struct {
		Operations []struct {
			ID        string
			Scenarios []string
		}
	}
	if err := json.Unmarshal(s.Call("GET", "/_understudy/providers/commerceengine/operations", nil).Want(200).Body, &told); err != nil {
		t.Fatal(err)
	}
	for _, op := range told.Operations {
		if plays := op.ID == "retryPayment" || op.ID == "createOrder"; plays != (len(op.Scenarios) == 10) {
			t.Errorf("%s lists the scenarios %v", op.ID, op.Scenarios)
		}
	}
	rule := `{"match": {"provider": "commerceengine", "operation": "getOrder"}, "prefer": {"scenario": "declined"}}`
	if r := s.Call("POST", "/_understudy/rules", json.RawMessage(rule)).Want(400); !strings.Contains(string(r.Body), "no scenario, or a call of createOrder or retryPayment would be right") {
		t.Errorf("the rule is refused without what would be right: %s", r.Body)
	}
}

// TestAnExpiringOrder has five minutes left, and its payment page no more than that.
func TestAnExpiringOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	number := s.Given("commerceengine", "store_01", "expiring")
	link := s.retry(number, onPage).Want(200).Text("content.payment_info.payment_links.web")
	s.Advance(5*time.Minute - time.Second)
	s.Call("GET", link, nil).Want(200)
	s.Advance(time.Second)
	s.Call("GET", link, nil).Want(410)
	refused(t, s.retry(number, onPage), 400, "order_expired", "took payments until 2026")
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	cases := []struct {
		scenario, method, status, standing string
	}{
		{"approved", onPage, "CHARGED", "success, 299 paid, 0 unpaid, retry false"},
		{"approved", onDummy, "CHARGED", "success, 299 paid, 0 unpaid, retry false"},
		{"declined", onPage, "AUTHORIZATION_FAILED", "failed, 0 paid, 299 unpaid, retry true"},
		{"declined", byCard, "AUTHORIZATION_FAILED", "failed, 0 paid, 299 unpaid, retry true"},
		{"challenge", onPage, "PENDING_VBV", "pending, 0 paid, 299 unpaid, retry false"},
		{"challenge", byUPI("success@upi"), "PENDING_VBV", "pending, 0 paid, 299 unpaid, retry false"},
		{"expired", onPage, "EXPIRED", "failed, 0 paid, 299 unpaid, retry true"},
	}
	for _, c := range cases {
		t.Run(c.scenario+" by "+c.method, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			check := func(answer mocktest.Response, number string) {
				t.Helper()
				if status := answer.Text("content.payment_info.status") + answer.Text("content.payment_info.payment.status"); status != c.status {
					t.Errorf("the attempt is %q, want %q", status, c.status)
				}
				if answer.Header.Get("Preference-Applied") != "scenario="+c.scenario {
					t.Errorf("Preference-Applied is %q", answer.Header.Get("Preference-Applied"))
				}
				s.Advance(10 * time.Second) // a test address would have answered by then
				s.wantStanding(number, c.standing)
			}
			check(s.retry("ORD 1/2", c.method, "Prefer: scenario="+c.scenario).Want(200), "ORD 1/2")
			made := s.buy(teaTin, paying(c.method), "Prefer: scenario="+c.scenario)
			check(made, made.Text("content.order.order_number"))
		})
	}
}
