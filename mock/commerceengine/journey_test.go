package commerceengine_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestJourneys takes a customer to every end that there is, by the page's buttons and by the control API.
func TestJourneys(t *testing.T) {
	t.Parallel()
	cases := []struct{ outcome, standing, status, back string }{
		{"approve", "success, 299 paid, 0 unpaid, retry false", "confirmed", "&status=CHARGED&status_id=21"},
		{"decline", "failed, 0 paid, 299 unpaid, retry true", "draft", "&status=AUTHORIZATION_FAILED&status_id=27"},
		{"fail_authentication", "failed, 0 paid, 299 unpaid, retry true", "draft", "&status=AUTHENTICATION_FAILED&status_id=26"},
		{"abandon", "pending, 0 paid, 299 unpaid, retry false", "draft", "&status=NEW&status_id=10"},
	}
	const home = "https://shop.example.test/thanks?a=%20b&c#top"
	method := strings.Replace(onPage, "https://shop.example.test/thanks", home, 1)
	for _, c := range cases {
		t.Run("on the page: "+c.outcome, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			info := s.retry("ORD 1/2", method).Want(200)
			link := info.Text("content.payment_info.payment_links.web")
			back := s.press(link, c.outcome).Want(303).Header.Get("Location")
			want := "https://shop.example.test/thanks?a=%20b&c&order_id=ORD%201%2F2-2" + c.back + "&signature="
			signature, cut := strings.CutSuffix(strings.TrimPrefix(back, want), "&signature_algorithm=HMAC-SHA256#top")
			if !strings.HasPrefix(back, want) || !cut {
				t.Errorf("the customer is sent to\n%s, want\n%s…", back, want)
			}
			// Signed are the parameters by name, encoded twice, under the documented key.
			signed := strings.NewReplacer("%", "%25", "&", "%26", "=", "%3D").Replace("a=%20b&c=&order_id=ORD%201%2F2-2" + c.back)
			mac := hmac.New(sha256.New, []byte("understudy-response-key"))
			mac.Write([]byte(signed))
			if want := url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil))); signature != want {
				t.Errorf("the signature is %s, want %s", signature, want)
			}
			s.wantStanding("ORD 1/2", c.standing)
			if status := s.get(order("ORD 1/2")).Text("content.order.status"); status != c.status {
				t.Errorf("the order is %q, want %q", status, c.status)
			}
			page := s.Call("GET", link, nil).Want(200)
			if again := strings.Contains(string(page.Body), "<button"); again != (c.outcome == "abandon") {
				t.Errorf("buttons afterwards: %v\n%s", again, page.Body)
			}
		})
		t.Run("by the control API: "+c.outcome, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			id := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.id")
			if err := s.Settle("commerceengine", "store_01", id, c.outcome); err != nil {
				t.Fatal(err)
			}
			s.wantStanding("ORD 1/2", c.standing)
			err := s.Settle("commerceengine", "store_01", id, "decline")
			if over := err != nil; over != (c.outcome != "abandon") {
				t.Errorf("a second outcome: %v", err)
			}
		})
	}
	t.Run("who leaves may come back and pay", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
		s.press(link, "abandon").Want(303)
		s.press(link, "approve").Want(303)
		s.wantStanding("ORD 1/2", "success, 299 paid, 0 unpaid, retry false")
	})
	t.Run("or does not, and a retry is possible after 15 minutes", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
		s.press(link, "abandon").Want(303)
		s.Advance(15 * time.Minute)
		s.wantStanding("ORD 1/2", "failed, 0 paid, 299 unpaid, retry true")
	})
	t.Run("a page of a cancelled request is gone", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
		s.call("POST", order("ORD 1/2", "cancel-payment-request"), "").Want(200)
		s.Call("GET", link, nil).Want(410)
		s.Call("POST", link, "event=pay&card-number=4242424242424242").Want(410)
		s.wantStanding("ORD 1/2", "failed, 0 paid, 299 unpaid, retry true")
	})
	scenarios := []struct{ form, standing, later string }{
		{"scenario=insufficient_funds", "failed, 0 paid, 299 unpaid, retry true", ""},
		{"scenario=frictionless", "success, 299 paid, 0 unpaid, retry false", ""},
		{"scenario=expired", "failed, 0 paid, 299 unpaid, retry true", ""},
		{"scenario=abandoned", "pending, 0 paid, 299 unpaid, retry false", ""},
		{"scenario=pending_then_approved", "pending, 0 paid, 299 unpaid, retry false", "success, 299 paid, 0 unpaid, retry false"},
		{"scenario=pending_then_declined", "pending, 0 paid, 299 unpaid, retry false", "failed, 0 paid, 299 unpaid, retry true"},
		{"method=upi&upi=success@upi", "success, 299 paid, 0 unpaid, retry false", ""},
		{"method=upi&upi=failure@upi", "failed, 0 paid, 299 unpaid, retry true", ""},
	}
	for _, c := range scenarios {
		t.Run("on the page: "+c.form, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
			s.Call("POST", link, "event=pay&"+c.form).Want(303)
			s.wantStanding("ORD 1/2", c.standing)
			if c.later != "" {
				s.Advance(time.Minute)
				s.wantStanding("ORD 1/2", c.later)
			}
		})
	}
	t.Run("a challenge is passed with the code", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
		s.Call("POST", link, "event=pay&card-number=5204+7305+4100+0464").Want(303)
		if page := s.Call("GET", link, nil).Want(200); !strings.Contains(string(page.Body), "ends in 0464") || strings.Contains(string(page.Body), "520473") {
			t.Errorf("the challenge shows\n%s", page.Body)
		}
		s.wantStanding("ORD 1/2", "pending, 0 paid, 299 unpaid, retry false")
		s.Call("POST", link, "event=authenticate&otp=000000").Want(303)
		s.wantStanding("ORD 1/2", "success, 299 paid, 0 unpaid, retry false")
	})
	t.Run("an unknown link is not found", func(t *testing.T) {
		t.Parallel()
		open(t).Call("GET", "/commerceengine/payment-page/store_01/order/ordeh_0", nil).Want(404)
	})
	t.Run("the bank's page of a card does the same", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.retry("ORD 1/2", byCard).Want(200).Text("content.payment_info.payment.authentication.url")
		s.press(link, "fail_authentication").Want(303)
		s.wantStanding("ORD 1/2", "failed, 0 paid, 299 unpaid, retry true")
	})
}

// TestEveryScenario asks for every scenario, by each way of asking: a Prefer header, a test address of UPI, a test card, and the page's own list.
func TestEveryScenario(t *testing.T) {
	t.Parallel()
	const (
		paid     = "success, 299 paid, 0 unpaid, retry false"
		failed   = "failed, 0 paid, 299 unpaid, retry true"
		waiting  = "pending, 0 paid, 299 unpaid, retry false"
		withCode = "event=authenticate&otp=000000"
	)
	cases := []struct{ scenario, card, at, press, later string }{
		{"approved", "4111 1111 1111 1111", paid, "", paid},
		{"declined", "4000 0000 0000 0002", failed, "", failed},
		{"insufficient_funds", "4000-0000-0000-9995", failed, "", failed},
		{"challenge", "4012000000001097", waiting, withCode, paid},
		{"challenge_failed", "4000000000000101", waiting, withCode, failed},
		{"frictionless", "4000000000003220", paid, "", paid},
		{"pending_then_approved", "4000000000000077", waiting, "", paid},
		{"pending_then_declined", "4000000000000341", waiting, "", failed},
		{"abandoned", "", waiting, "", waiting},
		{"expired", "", failed, "", failed},
	}
	for _, c := range cases {
		// follow looks at an order whose payment was asked to go this way, and at what the customer and the time then make of it.
		follow := func(s store, number, link string) {
			s.t.Helper()
			s.wantStanding(number, c.at)
			if c.press != "" {
				for range 3 { // wrong codes are taken that often
					s.Call("POST", link, c.press)
				}
			}
			s.Advance(time.Minute)
			s.wantStanding(number, c.later)
		}
		prefer := "Prefer: scenario=" + c.scenario
		t.Run("asked for with the order: "+c.scenario, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			made := s.buy(teaTin, paying(onPage), prefer)
			if applied := made.Header.Get("Preference-Applied"); applied != "scenario="+c.scenario {
				t.Errorf("applied %q", applied)
			}
			follow(s, made.Text("content.order.order_number"), made.Text("content.payment_info.payment_links.web"))
		})
		t.Run("asked for with a retry: "+c.scenario, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			info := s.retry("ORD 1/2", onPage, prefer).Want(200)
			follow(s, "ORD 1/2", info.Text("content.payment_info.payment_links.web"))
		})
		t.Run("asked for with a card of the shop's own form: "+c.scenario, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			made := s.buy(teaTin, paying(byCard), prefer)
			follow(s, made.Text("content.order.order_number"), made.Text("content.payment_info.payment.authentication.url"))
		})
		t.Run("by a UPI address of the shop's own form: "+c.scenario, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			made := s.buy(teaTin, paying(byUPI(c.scenario+"@upi")))
			number := made.Text("content.order.order_number")
			s.wantStanding(number, waiting)
			s.Advance(5 * time.Second)
			for _, o := range s.Orders("commerceengine", "store_01") {
				if o.ID == number {
					follow(s, number, "/commerceengine"+o.Payments[0].Link)
				}
			}
		})
		t.Run("on the page, by a UPI id: "+c.scenario, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
			s.Call("POST", link, "event=pay&method=upi&upi="+c.scenario+"@upi").Want(303)
			follow(s, "ORD 1/2", link)
		})
		if c.card == "" {
			continue
		}
		t.Run("on the page, by a card: "+c.scenario, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
			s.Call("POST", link, "event=pay&card-number="+url.QueryEscape(c.card)).Want(303)
			follow(s, "ORD 1/2", link)
		})
	}
	t.Run("a bank that was asked to say later says nothing of a request that was cancelled", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.retry("ORD 1/2", onPage, "Prefer: scenario=pending_then_approved").Want(200)
		s.call("POST", order("ORD 1/2", "cancel-payment-request"), "").Want(200)
		s.Advance(time.Hour)
		s.wantStanding("ORD 1/2", failed)
	})
	t.Run("a customer is sent to http and https only", func(t *testing.T) {
		t.Parallel()
		for _, to := range []string{"javascript:alert(1)", "data:text/html,x", "shop://thanks", "file:///etc/hosts"} {
			for _, method := range []string{onPage, byCard} {
				r := open(t).retry("ORD 1/2", strings.Replace(method, "https://shop.example.test/thanks", to, 1))
				if r.Want(400); !strings.Contains(r.Text("message"), "return_url") {
					t.Errorf("%s is refused with %s", to, r.Body)
				}
			}
		}
	})
	t.Run("an expired link says so and leads back to the shop", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.retry("ORD 1/2", onPage).Want(200).Text("content.payment_info.payment_links.web")
		s.Advance(15 * time.Minute)
		page := string(s.Call("GET", link, nil).Want(410).Body)
		if !strings.Contains(page, "has expired") || !strings.Contains(page, `data-testid="return"`) || !strings.Contains(page, "https://shop.example.test/thanks?order_id=") {
			t.Errorf("the page says\n%s", page)
		}
		if late := s.Call("POST", link, "event=pay&card-number=4242+4242+4242+4242").Want(410); string(late.Body) != page {
			t.Errorf("who pressed Pay too late sees\n%s", late.Body)
		}
	})
}

func TestDummyGateway(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, product string
		at, later     string
	}{
		{"below 500 it takes the money", teaTin, "success, 299 paid, 0 unpaid, retry false", "success, 299 paid, 0 unpaid, retry false"},
		{"from 500 it refuses", teaPot, "failed, 0 paid, 599 unpaid, retry true", "failed, 0 paid, 599 unpaid, retry true"},
		{"from 700 it takes its time", teaSet, "pending, 0 paid, 899 unpaid, retry false", "success, 899 paid, 0 unpaid, retry false"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			made := s.buy(c.product, paying(onDummy))
			number := made.Text("content.order.order_number")
			s.press(made.Text("content.payment_info.payment_links.web"), "approve")
			s.wantStanding(number, c.at)
			s.Advance(time.Minute)
			s.wantStanding(number, c.later)
		})
		t.Run("another gateway leaves it to the customer: "+c.product, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			made := s.buy(c.product, paying(onPage))
			s.press(made.Text("content.payment_info.payment_links.web"), "approve")
			s.wantStanding(made.Text("content.order.order_number"), "success, "+made.Text("content.order.grand_total")+" paid, 0 unpaid, retry false")
		})
	}
	t.Run("a customer may still be declined", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		made := s.buy(teaTin, paying(onDummy))
		s.press(made.Text("content.payment_info.payment_links.web"), "decline")
		s.wantStanding(made.Text("content.order.order_number"), "failed, 0 paid, 299 unpaid, retry true")
	})
}

func TestUPIAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"success@upi": "success, 299 paid, 0 unpaid, retry false",
		"failure@upi": "failed, 0 paid, 299 unpaid, retry true",
		"asha@upi":    "pending, 0 paid, 299 unpaid, retry false",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			number := s.buy(teaTin, paying(byUPI(address))).Text("content.order.order_number")
			s.wantStanding(number, "pending, 0 paid, 299 unpaid, retry false")
			s.Advance(5 * time.Second)
			s.wantStanding(number, want)
		})
	}
}

// TestAuthorizing walks the one state that ends by itself, by a decline from outside, and by a cancellation.
func TestAuthorizing(t *testing.T) {
	t.Parallel()
	held := func(t *testing.T) (s store, number, id string) {
		s = open(t)
		made := s.buy(teaSet, paying(onPage))
		number, id = made.Text("content.order.order_number"), made.Text("content.payment_info.id")
		if err := s.Apply("commerceengine", "store_01", "payments", id, "start"); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply("commerceengine", "store_01", "payments", id, "hold"); err != nil {
			t.Fatal(err)
		}
		return s, number, id
	}
	t.Run("the gateway takes the money in the end", func(t *testing.T) {
		t.Parallel()
		s, number, _ := held(t)
		s.Advance(time.Minute)
		s.wantStanding(number, "success, 899 paid, 0 unpaid, retry false")
	})
	t.Run("or refuses it", func(t *testing.T) {
		t.Parallel()
		s, number, id := held(t)
		if err := s.Settle("commerceengine", "store_01", id, "decline"); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Minute)
		s.wantStanding(number, "failed, 0 paid, 899 unpaid, retry true")
	})
	t.Run("or is not asked any more", func(t *testing.T) {
		t.Parallel()
		s, number, _ := held(t)
		s.call("POST", order(number, "cancel-payment-request"), "").Want(200)
		s.Advance(time.Minute)
		s.wantStanding(number, "failed, 0 paid, 899 unpaid, retry true")
	})
	t.Run("money that comes after the order's expiry goes back", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		cart := s.call("POST", "/carts", `{"items":[{"product_id":"`+teaTin+`","variant_id":null,"quantity":1}],"metadata":{"understudy_order_expiry":"1m"}}`).Want(200).Text("content.cart.id")
		made := s.call("POST", "/orders", `{"cart_id":"`+cart+`","payment_method":`+onPage+`}`).Want(200)
		s.Advance(45 * time.Second)
		if err := s.Apply("commerceengine", "store_01", "payments", made.Text("content.payment_info.id"), "start"); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply("commerceengine", "store_01", "payments", made.Text("content.payment_info.id"), "hold"); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Hour + 2*time.Minute)
		rows := s.get(order(made.Text("content.order.order_number"), "payments")).Want(200)
		if rows.Text("content.payments.0.transaction_type") != "refund" || rows.Text("content.payments.0.payment_status") != "success" || rows.Text("content.payments.1.payment_status") != "success" {
			t.Errorf("no payment and its refund: %s", rows.Body)
		}
	})
}

// TestControlMoves refuses what is no arrow, in words.
func TestControlMoves(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.buy(teaTin, paying(onPage)).Text("content.payment_info.id")
	for _, c := range []struct{ machine, id, event, says string }{
		{"payments", id, "approve_part", `"approve_part" is not possible from "NEW" (possible: start, abandon, cancel, expire)`},
		{"payments", id, "explode", `no event "explode"`},
		{"payments", "ordeh_0", "start", `no payment "ordeh_0"`},
		{"orders", "ORD-1005", "pay", `"pay" is not possible from "confirmed"`},
		{"orders", "ORD-0", "pay", `no order "ORD-0"`},
		{"refunds", "x", "approve", `no event "approve" of refunds`},
	} {
		if err := s.Apply("commerceengine", "store_01", c.machine, c.id, c.event); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s: %v, want %q", c.machine, c.event, err, c.says)
		}
	}
	t.Run("an order without an attempt can be paid from outside", func(t *testing.T) {
		if err := s.Apply("commerceengine", "store_01", "orders", "ORD-1009", "pay"); err != nil {
			t.Fatal(err)
		}
		s.wantStanding("ORD-1009", "success, 599 paid, 0 unpaid, retry false")
	})
}
