package nextcommerce_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"understudy/mock/mocktest"
)

// redirect places an order that its customer has to finish on a page, and returns the page.
func (s store) redirect(members string, headers ...string) (link string) {
	s.t.Helper()
	r := s.place(members, headers...).Want(201)
	if string(r.Body) != fmt.Sprintf(`{"reference_transaction_id":null,"payment_complete_url":%q}`, r.Text("payment_complete_url")) {
		s.t.Errorf("answered %s", r.Body)
	}
	return r.Text("payment_complete_url")
}

const home = "https://shop.test/back?x=1&y=%20z"

const ideal = `, "payment_method": "ideal", "payment_details": {"payment_return_url": "` + home + `"}`

// by3DS is a card whose customer is asked for a code, with a way back.
const by3DS = `, "payment_method": "card_token", "payment_details": {"card_token": "3ds_4444", "payment_return_url": "` + home + `"}`

var (
	hidden  = regexp.MustCompile(`name="response" value="([^"]*)"`)
	status  = regexp.MustCompile(`data-testid="status">([^<]*)<`)
	control = regexp.MustCompile(`<(?:button|input|select)[^>]* data-testid="([^"]*)"`)
)

// tell posts a form to a page.
func (s store) tell(link, form string) mocktest.Response {
	s.t.Helper()
	return s.Call("POST", link, form, "Content-Type: application/x-www-form-urlencoded")
}

// press pushes a button of a page, and returns the page after it and what a browser would then post to the shop.
func (s store) press(link, form string) (page mocktest.Response, posted string) {
	s.t.Helper()
	page = s.tell(link, form)
	if page.Status == 303 { // what cannot be pressed again leads to the page itself
		if to := page.Header.Get("Location"); to != link {
			s.t.Errorf("the press leads to %q, want the page itself", to)
		}
		page = s.Call("GET", link, nil)
	}
	return page.Want(200), responseIn(page)
}

// responseIn is what a page would post to the shop; "" if it would not.
func responseIn(page mocktest.Response) string {
	if found := hidden.FindSubmatch(page.Body); found != nil {
		return html.UnescapeString(string(found[1]))
	}
	return ""
}

// stands is the state that a page shows.
func stands(page mocktest.Response) string {
	if found := status.FindSubmatch(page.Body); found != nil {
		return string(found[1])
	}
	return ""
}

// controls are the test ids of what can be pressed and filled in on a page.
func controls(page mocktest.Response) string {
	var names []string
	for _, found := range control.FindAllSubmatch(page.Body, -1) {
		names = append(names, string(found[1]))
	}
	return strings.Join(names, " ")
}

// failures lists the response codes of the store's failed transactions that no order has.
func (s store) failures() string {
	s.t.Helper()
	var list struct {
		Results []struct {
			Order *string `json:"order"`
			Code  int     `json:"response_code"`
		}
	}
	s.ask("GET", "/transactions/?status=failed", nil).Want(200).Into(&list)
	var codes []string
	for _, r := range list.Results {
		if r.Order == nil {
			codes = append(codes, fmt.Sprint(r.Code))
		}
	}
	return strings.Join(codes, " ")
}

// TestEnds takes a customer to every end, by each button of both pages, by the page's scenarios, by Prefer, and by the control API.
func TestEnds(t *testing.T) {
	t.Parallel()
	const pressed, preferred, commanded = "pressed", "preferred", "commanded"
	type end struct {
		name, members, how, what string
		state, codes             string // of the attempt; of the failed transactions
		answer                   int    // of the page
	}
	cases := []end{
		{"pay at the wallet", ideal, pressed, "event=pay", "completed", "", 200},
		{"decline at the wallet", ideal, pressed, "event=decline", "declined", "2000", 200},
		{"leave the wallet", ideal, pressed, "event=abandon", "abandoned", "", 200},
		{"the right code", by3DS, pressed, "event=authenticate&otp=123456", "completed", "", 200},
		{"fail at the bank", by3DS, pressed, "event=fail_authentication", "failed", "3016", 200},
		{"cancel at the bank", by3DS, pressed, "event=cancel", "abandoned", "", 200},
		{"a decline asked for at the bank", by3DS, pressed, "event=authenticate&scenario=declined", "declined", "2000", 200},
	}
	ends := map[string][]string{ // by scenario and outcome: state, codes, how the page answers
		"approved": {"completed", "", "200"}, "frictionless": {"completed", "", "200"}, "declined": {"declined", "2000", "200"},
		"insufficient_funds": {"declined", "2001", "200"}, "abandoned": {"abandoned", "", "200"}, "expired": {"expired", "", "410"},
		"approve": {"completed", "", "200"}, "decline": {"declined", "2000", "200"}, "fail_authentication": {"failed", "3016", "200"},
		"abandon": {"abandoned", "", "200"}, "expire": {"expired", "", "410"},
	}
	for what, e := range ends {
		answer := 200
		if e[2] == "410" {
			answer = 410
		}
		if strings.HasSuffix(what, "ed") || what == "frictionless" || what == "insufficient_funds" {
			cases = append(cases, end{"the page's scenario " + what, ideal, pressed, "event=pay&scenario=" + what, e[0], e[1], answer},
				end{"the caller's scenario " + what, ideal, preferred, what, e[0], e[1], answer})
		}
		if what != "approved" && what != "declined" && !strings.HasSuffix(what, "oned") && what != "expired" && what != "frictionless" {
			cases = append(cases, end{"the command " + what, ideal, commanded, what, e[0], e[1], answer},
				end{"the command " + what + " at the bank", by3DS, commanded, what, e[0], e[1], answer})
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			var link string
			switch c.how {
			case preferred:
				link = s.redirect(c.members, "Prefer: scenario="+c.what)
			case pressed:
				link = s.redirect(c.members)
				s.tell(link, c.what).Want(303)
			case commanded:
				link = s.redirect(c.members)
				parts := strings.Split(strings.Trim(link, "/"), "/")
				if err := s.Settle("nextcommerce", "example", parts[len(parts)-1], c.what); err != nil {
					t.Fatal(err)
				}
			}
			page := s.Call("GET", link, nil).Want(c.answer)
			if got := stands(page); got != c.state {
				t.Errorf("the page says %q, want %q", got, c.state)
			}
			if !strings.Contains(string(page.Body), `action="https://shop.test/back?x=1&amp;y=%20z"`) || controls(page) != "return" {
				t.Errorf("the page does not lead back to the shop and nowhere else: %s\n%s", controls(page), page.Body)
			}
			if got := s.failures(); got != c.codes {
				t.Errorf("the failed transactions have the codes %q, want %q", got, c.codes)
			}
			made := s.ask("GET", "/orders/100016/", nil)
			if c.state != "completed" {
				made.Want(404)
				if got := responseIn(page); got != "{}" {
					t.Errorf("the shop is posted %q", got)
				}
			} else if want(t, made.Want(200), map[string]any{"payment_status": "paid", "transactions.0.amount": "33.50"}); !strings.Contains(responseIn(page), `"number":"100016"`) {
				t.Errorf("the shop is posted %q", responseIn(page))
			}
			for _, late := range []string{"event=pay", "event=authenticate&otp=123456", "event=decline", "event=abandon"} {
				s.tell(link, late).Want(max(c.answer, 400)) // 410 where the time was up: the page itself
			}
			s.Advance(2 * time.Hour)
			if again := s.Call("GET", link, nil).Want(c.answer); stands(again) != c.state {
				t.Errorf("later the page says %q", stands(again))
			}
		})
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()

	t.Run("approved, it becomes an order that the browser posts to the shop", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(ideal)
		s.ask("GET", "/orders/100016/", nil).Want(404)
		shown := s.Call("GET", link, nil).Want(200)
		if !strings.Contains(string(shown.Body), "33.50 USD") || !strings.Contains(string(shown.Body), "Pay with iDEAL") || controls(shown) != "scenario pay decline leave" {
			t.Errorf("the page has %s:\n%s", controls(shown), shown.Body)
		}
		_, posted := s.press(link, "event=pay")
		order := s.order("100016")
		var a, b any
		if err := json.Unmarshal([]byte(posted), &a); err != nil {
			t.Fatalf("posted %q: %v", posted, err)
		}
		order.Into(&b)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("posted %v\nthe order is %v", a, b)
		}
		want(t, order, map[string]any{"payment_status": "paid", "transactions.0.payment_method": "ideal", "supports_post_purchase_upsells": false})
	})

	t.Run("a second press is refused, and the page still leads back", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(by3DS)
		s.press(link, "event=authenticate&otp=123456")
		again := s.tell(link, "event=authenticate&otp=123456").Want(400)
		if !strings.Contains(string(again.Body), `href="`+link+`" data-testid="again"`) {
			t.Errorf("the refusal is a dead end: %s", again.Body)
		}
		if page := s.Call("GET", link, nil).Want(200); !strings.Contains(responseIn(page), `"number":"100016"`) {
			t.Errorf("the page leads back with %q", responseIn(page))
		}
		want(t, s.order("100016"), map[string]any{"transactions.0.amount": "33.50", "transactions.1": nil})
		s.ask("GET", "/orders/100017/", nil).Want(404)
	})

	t.Run("after its order was canceled a press does nothing", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(ideal)
		s.press(link, "event=pay")
		canceled := s.act("100016", "cancel", `{"cancel_reason": "test", "full_refund": true}`, jsonBody).Want(200)
		s.tell(link, "event=pay").Want(400)
		if after := s.order("100016"); string(after.Body) != string(canceled.Body) {
			t.Errorf("the press changed the order:\n%s\n%s", canceled.Body, after.Body)
		}
		if posted := responseIn(s.Call("GET", link, nil).Want(200)); !strings.Contains(posted, `"status":"canceled"`) {
			t.Errorf("the shop is posted %s", posted)
		}
	})

	t.Run("another store's page is found without a header", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.Call("GET", s.redirect(ideal, "Understudy-Tenant: other"), nil).Want(200)
	})

	t.Run("PayPal is vaulted by its page, and can be charged again", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.press(s.redirect(strings.Replace(ideal, "ideal", "paypal", 1)), "event=pay")
		s.act("100016", "lines", `{"product_id": 103, "quantity": 1}`, jsonBody).Want(201)
		r := s.act("100016", "collect-payment", nil).Want(200)
		if vault := r.Text("transactions.1.payment_details.paypal_vault_id"); vault == "" || vault != r.Text("transactions.0.payment_details.paypal_vault_id") {
			t.Errorf("charged the vault %q", vault)
		}
	})

	t.Run("what the page asks for is what is authorized", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(`, "payment_method": "card_token", "payment_details": {"card_token": "3ds_1", "payment_gateway": 2, "authorize_value": "12.00"}`)
		if page := s.Call("GET", link, nil).Want(200); !strings.Contains(string(page.Body), "12.00 USD") {
			t.Errorf("the page asks for\n%s", page.Body)
		}
		s.press(link, "event=authenticate&otp=123456")
		want(t, s.order("100016"), map[string]any{"payment_status": "authorized", "transactions.0.amount": "12.00"})
	})

	t.Run("an address that changes meanwhile does not change what is paid", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		address := func(country string) string {
			return `, "user": {"email": "kim@example.com"}, "shipping_address": {"country": "` + country + `", "first_name": "K", "last_name": "O", "line1": "1", "line4": "L", "notes": "<b>"}`
		}
		s.place(card("tok_1") + address("US")).Want(201)
		link := s.redirect(ideal + `, "user": {"email": "kim@example.com"}, "use_default_shipping_address": true`)
		s.place(card("tok_1") + address("GB")).Want(201)
		page, _ := s.press(link, "event=pay")
		order := s.order("100018")
		want(t, order, map[string]any{"shipping_address.country": "US", "total_outstanding": "0.00"})
		if !strings.Contains(string(page.Body), `data-testid="amount">`+order.Text("transactions.0.amount")+" USD<") {
			t.Errorf("%s was paid; the page says\n%s", order.Text("transactions.0.amount"), page.Body)
		}
	})

	t.Run("its customer is one, known by an e-mail address or not", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		before := s.place("").Want(201).At("user.id").(float64)
		s.press(s.redirect(ideal), "event=pay")
		if customer := s.order("100017").At("user.id"); customer != before+1 {
			t.Errorf("the customer is %v, want %v", customer, before+1)
		}
	})
}

func TestChallenge(t *testing.T) {
	t.Parallel()

	t.Run("it is the bank's page, with what a bank's page has", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		page := s.Call("GET", s.redirect(by3DS), nil).Want(200)
		if got := controls(page); got != "otp scenario authenticate resend fail cancel" {
			t.Errorf("it has %s", got)
		}
		for _, text := range []string{"Example Bank", "33.50 USD", "the card that ends in 4444", `data-testid="code">123456<`, `data-testid="countdown"`, "15:00", "3ds_failed_"} {
			if !strings.Contains(string(page.Body), text) {
				t.Errorf("it does not show %q:\n%s", text, page.Body)
			}
		}
	})

	t.Run("a wrong code is said so, and three are the end", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(by3DS)
		for _, left := range []string{"2 more", "1 more"} {
			if page, _ := s.press(link, "event=authenticate&otp=000000"); !strings.Contains(string(page.Body), left) {
				t.Errorf("the page does not say %q:\n%s", left, page.Body)
			}
		}
		page, posted := s.press(link, "event=authenticate&otp=000000")
		if stands(page) != "failed" || posted != "{}" || s.failures() != "3016" {
			t.Errorf("%s, posted %s, codes %s", stands(page), posted, s.failures())
		}
	})

	t.Run("a code is sent again", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(by3DS)
		if page, _ := s.press(link, "event=resend"); !strings.Contains(string(page.Body), "sent 2 times") {
			t.Errorf("the page does not say so:\n%s", page.Body)
		}
		s.press(link, "event=authenticate&otp=+123456+")
		want(t, s.order("100016"), map[string]any{"payment_status": "paid"})
	})

	t.Run("no code is right where the challenge is to fail", func(t *testing.T) {
		t.Parallel()
		for _, way := range []struct{ members, header string }{
			{card("3ds_failed_1"), ""}, {card("tok_1"), "Prefer: scenario=challenge_failed"}, {card("test_card"), "Prefer: scenario=challenge_failed"},
			{ideal, "Prefer: scenario=challenge_failed"},
		} {
			s := open(t)
			var headers []string
			if way.header != "" {
				headers = []string{way.header}
			}
			link := s.redirect(way.members, headers...)
			for range 3 {
				s.press(link, "event=authenticate&otp=123456")
			}
			if page := s.Call("GET", link, nil).Want(200); stands(page) != "failed" {
				t.Errorf("%s %s: the page says %q", way.members, way.header, stands(page))
			}
			s.ask("GET", "/orders/100016/", nil).Want(404)
			wanted := "3016"
			if strings.Contains(way.members, "test_card") {
				wanted = "" // it meets no gateway
			}
			if got := s.failures(); got != wanted {
				t.Errorf("%s: the failed transactions have the codes %q, want %q", way.members, got, wanted)
			}
		}
	})

	t.Run("a wallet may ask for a code as well, and cancelling leads back to it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(ideal, "Prefer: scenario=challenge")
		if page := s.Call("GET", link, nil); !strings.Contains(controls(page), "otp") {
			t.Fatalf("no code is asked for: %s", page.Body)
		}
		if page, _ := s.press(link, "event=cancel"); controls(page) != "scenario pay decline leave" {
			t.Errorf("cancelling leads to %s", controls(page))
		}
		s.press(link, "event=pay&scenario=challenge")
		s.press(link, "event=authenticate&otp=123456")
		want(t, s.order("100016"), map[string]any{"payment_status": "paid", "transactions.0.payment_details.is_3ds": false})
	})

	t.Run("the charge says that there was one, and collecting later that there was none", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for i, token := range []string{"3ds_x", "5555555555554444", "test_3ds_card", "6011000990139424"} {
			s.press(s.redirect(card(token)), "event=authenticate&otp=123456")
			r := s.order(fmt.Sprint(100016 + i))
			if isTest := i >= 2; isTest {
				want(t, r, map[string]any{"is_test": true, "payment_status": "paid", "transactions.0": nil})
				continue
			}
			want(t, r, map[string]any{"transactions.0.payment_details.is_3ds": true, "transactions.0.payment_details.sca_flow": "challenge"})
			s.act(r.Text("number"), "lines", `{"product_id": 103, "quantity": 1}`, jsonBody).Want(201)
			want(t, s.act(r.Text("number"), "collect-payment", nil).Want(200), map[string]any{"transactions.1.payment_details.is_3ds": false})
		}
	})

	t.Run("a saved card that was asked once is not said to be asked again", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		user := `, "user": {"email": "kim@example.com"}`
		s.press(s.redirect(by3DS+user), "event=authenticate&otp=123456")
		want(t, s.place(`, "payment_method": "saved_card"`+user).Want(201), map[string]any{"transactions.0.payment_details.is_3ds": false, "transactions.0.payment_details.sca_flow": ""})
		link := s.redirect(`, "payment_method": "saved_card"`+user, "Prefer: scenario=challenge")
		s.press(link, "event=authenticate&otp=123456")
		want(t, s.order("100018"), map[string]any{"transactions.0.payment_details.is_3ds": true, "transactions.0.payment_details.bankcard_last_four": "4444"})
	})

	t.Run("without a return URL the page shows what became of it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		page, posted := s.press(s.redirect(card("3ds_1")), "event=authenticate&otp=123456")
		if stands(page) != "completed" || posted != "" || controls(page) != "" || strings.Contains(string(page.Body), "<form") {
			t.Errorf("the page says %q with %s, and would post %q", stands(page), controls(page), posted)
		}
	})
}

func TestAttemptsExpire(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		members string
		holds   time.Duration
	}{"a wallet waits an hour": {ideal, time.Hour}, "a bank waits a quarter of an hour": {by3DS, 15 * time.Minute}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			link := s.redirect(c.members)
			s.Advance(c.holds - time.Second)
			if page := s.Call("GET", link, nil).Want(200); !strings.Contains(string(page.Body), `data-deadline="1"`) {
				t.Errorf("a second before its end the page shows\n%s", page.Body)
			}
			s.Advance(time.Second)
			page := s.Call("GET", link, nil).Want(http.StatusGone)
			if stands(page) != "expired" || responseIn(page) != "{}" || !strings.Contains(string(page.Body), "Continue") || strings.Contains(string(page.Body), "form.submit") {
				t.Errorf("the page says %q, would post %q:\n%s", stands(page), responseIn(page), page.Body)
			}
			s.tell(link, "event=authenticate&otp=123456").Want(http.StatusGone)
			if late := s.tell(link, "event=pay").Want(http.StatusGone); string(late.Body) != string(page.Body) {
				t.Errorf("who presses too late sees another page:\n%s", late.Body)
			}
			if s.ask("GET", "/orders/100016/", nil).Want(404); s.failures() != "" {
				t.Errorf("a gateway heard of it: %s", s.failures())
			}
		})
	}
}

func TestTheBankSaysLater(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, members, prefer, form, later, codes string }{
		{"and approves", ideal, "pending_then_approved", "", "completed", ""},
		{"and declines", ideal, "pending_then_declined", "", "declined", "2000"},
		{"as the page was asked, and approves", ideal, "", "event=pay&scenario=pending_then_approved", "completed", ""},
		{"as the bank's page was asked, and declines", by3DS, "", "event=authenticate&scenario=pending_then_declined", "declined", "2000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			var link string
			if c.prefer != "" {
				link = s.redirect(c.members, "Prefer: scenario="+c.prefer)
			} else {
				link = s.redirect(c.members)
				s.press(link, c.form)
			}
			page := s.Call("GET", link, nil).Want(200)
			if stands(page) != "pending" || responseIn(page) != "" || controls(page) != "" || !strings.Contains(string(page.Body), "01:00") {
				t.Errorf("meanwhile the page says %q, would post %q:\n%s", stands(page), responseIn(page), page.Body)
			}
			s.tell(link, "event=pay").Want(400)
			s.ask("GET", "/orders/100016/", nil).Want(404)
			s.Advance(time.Minute)
			if page := s.Call("GET", link, nil).Want(200); stands(page) != c.later || responseIn(page) == "" || s.failures() != c.codes {
				t.Errorf("later the page says %q, would post %q; codes %s", stands(page), responseIn(page), s.failures())
			}
		})
	}
	t.Run("unless somebody else says it first", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(ideal, "Prefer: scenario=pending_then_approved")
		parts := strings.Split(strings.Trim(link, "/"), "/")
		if err := s.Settle("nextcommerce", "example", parts[len(parts)-1], "decline"); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Hour)
		if page := s.Call("GET", link, nil).Want(200); stands(page) != "declined" {
			t.Errorf("the page says %q", stands(page))
		}
	})
	t.Run("or somebody has to, where a command said so", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := s.redirect(ideal)
		parts := strings.Split(strings.Trim(link, "/"), "/")
		id := parts[len(parts)-1]
		if err := s.Settle("nextcommerce", "example", id, "pend"); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Hour)
		if page := s.Call("GET", link, nil).Want(200); stands(page) != "pending" || strings.Contains(string(page.Body), "data-deadline") {
			t.Errorf("the page says %q\n%s", stands(page), page.Body)
		}
		if err := s.Settle("nextcommerce", "example", id, "approve"); err != nil {
			t.Fatal(err)
		}
		want(t, s.order("100016"), map[string]any{"payment_status": "paid"})
	})
}

// TestScenarios asks every charging operation for every scenario: it is played, or refused with what can be.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, members string
		plays         map[string]any // by scenario: the response code of a decline, "order", "page" or "state of the attempt"
	}{
		{"a card", card("tok_1"), map[string]any{
			"approved": "order", "frictionless": "order", "declined": "2000", "insufficient_funds": "2001", "expired": "3006",
			"challenge": "", "challenge_failed": "", "abandoned": "abandoned",
		}},
		{"a card that would be declined", card("decline_2001"), map[string]any{
			"approved": "order", "frictionless": "order", "declined": "2000", "insufficient_funds": "2001", "expired": "3006",
			"challenge": "", "challenge_failed": "", "abandoned": "abandoned",
		}},
		{"a test card", card("test_3ds_card"), map[string]any{"approved": "order", "frictionless": "order", "challenge": "", "challenge_failed": "", "abandoned": "abandoned"}},
		{"a wallet", ideal, map[string]any{
			"approved": "completed", "frictionless": "completed", "declined": "declined", "insufficient_funds": "declined", "expired": "expired",
			"challenge": "", "challenge_failed": "", "abandoned": "abandoned", "pending_then_approved": "pending", "pending_then_declined": "pending",
		}},
		{"what is paid elsewhere", `, "payment_method": "external"`, nil},
		{"no method", ``, nil},
		{"what costs nothing", card("tok_1") + `, "shipping_code": "free", "vouchers": ["THANKS8"], "lines": [{"product_id": 104, "quantity": 1, "price": "3.00"}]`, nil},
	} {
		for _, scenario := range scenarioNames {
			t.Run(c.name+" asked for "+scenario, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				body := `{"lines": [{"product_id": 102, "quantity": 1}]` + c.members + `}`
				if strings.Contains(c.members, `"lines"`) {
					body = `{` + strings.TrimPrefix(c.members, ", ") + `}`
				}
				r := s.ask("POST", "/orders/", body, jsonBody, "Prefer: scenario="+scenario)
				plays, can := c.plays[scenario]
				switch {
				case !can:
					refused(t, r, `{"Prefer":["This value has scenario=`+scenario+`, which cannot be played`)
				case plays == "order":
					r.Want(201)
					if !strings.Contains(c.members, "test_") {
						want(t, r, map[string]any{"payment_status": "paid", "transactions.0.payment_details.is_3ds": scenario == "frictionless"})
					}
				case len(plays.(string)) == 4:
					want(t, r.Want(400), map[string]any{"payment_response_code": plays})
				default:
					page := s.Call("GET", r.Want(201).Text("payment_complete_url"), nil)
					if stands(page) != plays {
						t.Errorf("the page says %q, want %q", stands(page), plays)
					}
				}
				if can && r.Header.Get("Preference-Applied") != "scenario="+scenario {
					t.Errorf("applied %q", r.Header.Get("Preference-Applied"))
				}
			})
		}
	}
	for _, c := range []struct {
		operation, number string
		plays             map[string]string
	}{
		{"collect-payment", "100001", map[string]string{"approved": "", "declined": "2000", "insufficient_funds": "2001", "challenge": "2004", "expired": "3006"}},
		{"collect-payment", "100010", map[string]string{"approved": "", "declined": "2000", "insufficient_funds": "2001", "challenge": "2004", "expired": "3006"}},
		{"capture", "100003", map[string]string{"approved": "", "declined": "2000"}},
	} {
		for _, scenario := range scenarioNames {
			t.Run(c.operation+" of "+c.number+" asked for "+scenario, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				before := s.order(c.number)
				r := s.act(c.number, c.operation, nil, "Prefer: scenario="+scenario)
				code, can := c.plays[scenario]
				after := s.order(c.number)
				switch {
				case !can:
					if refused(t, r, "scenario="+scenario+", which "+map[string]string{"collect-payment": "collectPayment", "capture": "captureOrder"}[c.operation]+" cannot play. Want one of approved, declined"); string(after.Body) != string(before.Body) {
						t.Error("the refusal changed the order")
					}
				case code == "":
					want(t, r.Want(200), map[string]any{"payment_status": "paid", "total_outstanding": "0.00"})
				default:
					want(t, r.Want(400), map[string]any{"payment_response_code": code})
					want(t, after, map[string]any{"payment_status": before.At("payment_status"), "total_outstanding": before.At("total_outstanding")})
					again := s.act(c.number, c.operation, nil, "Prefer: scenario=approved").Want(200)
					if list := again.At("transactions").([]any); fmt.Sprint(list[len(list)-2].(map[string]any)["response_code"]) != code {
						t.Errorf("no failed transaction was kept: %v", list)
					}
				}
			})
		}
	}
}

var scenarioNames = []string{
	"approved", "declined", "insufficient_funds", "challenge", "challenge_failed", "frictionless", "pending_then_approved", "pending_then_declined", "abandoned", "expired",
}

// TestAGivenAttempt waits at the bank's page, and can be brought to every outcome by the control API.
func TestAGivenAttempt(t *testing.T) {
	t.Parallel()
	const path = "/_understudy/nextcommerce/example/"
	for outcome, state := range map[string]string{
		"approve": "completed", "decline": "declined", "insufficient_funds": "declined", "fail_authentication": "failed", "abandon": "abandoned", "pend": "pending", "expire": "expired",
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			made := s.Call("POST", path+"orders", map[string]any{"state": "waiting", "total": "12.34", "currency": "EUR"}).Want(201)
			want(t, made, map[string]any{"state": "waiting", "total.minor": 1234.0, "total.currency": "EUR"})
			link := made.Text("payments.0.link")
			if page := s.Call("GET", link, nil).Want(200); !strings.Contains(controls(page), "authenticate") {
				t.Fatalf("the page has %s", controls(page))
			}
			s.Call("POST", path+"payments/"+made.Text("payments.0.id")+"/"+outcome, nil).Want(200)
			if all := s.Call("GET", path+"orders", nil).Want(200); !strings.Contains(string(all.Body), `"attempts":[{"id":"`+made.Text("payments.0.id")+`","state":"`+state+`"}]`) {
				t.Errorf("no order tells of the attempt: %s", all.Body)
			}
			if page := s.Call("GET", link, nil); stands(page) != state {
				t.Errorf("the page says %q, want %q", stands(page), state)
			}
		})
	}
	t.Run("has no number yet", func(t *testing.T) {
		t.Parallel()
		r := open(t).Call("POST", path+"orders", map[string]any{"state": "waiting", "id": "100200"}).Want(400)
		if !strings.Contains(string(r.Body), "leave the id out") {
			t.Errorf("answered %s", r.Body)
		}
	})
}

// TestReturnURLs takes URLs that a form can be posted to, as they are, and refuses all others.
func TestReturnURLs(t *testing.T) {
	t.Parallel()
	details := func(back string) string {
		raw, _ := json.Marshal(map[string]string{"card_token": "3ds_1", "payment_return_url": back})
		return `, "payment_method": "card_token", "payment_details": ` + string(raw)
	}
	for _, back := range []string{
		"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "myshop://back", "//shop.test/back", "/back", "https:///back", "https:back",
		"https://x;script-src/", "https://a,b/", "https://a'b/", "https://*/",
	} {
		t.Run("refuses "+back, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			refused(t, s.place(details(back)), `"payment_return_url"`)
			refused(t, s.place(strings.Replace(details(back), "card_token", "ideal", 1)), `"payment_return_url"`)
		})
	}
	for back, origin := range map[string]string{
		"http://127.0.0.1:8080/a?b=c&d=%22%3E":         "http://127.0.0.1:8080",
		"https://Shop.Test/x/../y?q=1#top":             "https://shop.test",
		"https://shop.test:8443":                       "https://shop.test:8443",
		"http://[::1]:3000/back?cb='};alert(1);//":     "http://[::1]:3000",
		"https://shop.test/?response=%7B%7D&evil=%3C/": "https://shop.test",
	} {
		t.Run("takes "+back, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			link := s.redirect(details(back))
			page, _ := s.press(link, "event=fail_authentication")
			found := regexp.MustCompile(`<form method="post" action="([^"]*)" id="return">`).FindSubmatch(page.Body)
			if found == nil {
				t.Fatalf("the page leads nowhere: %s", page.Body)
			}
			if got := html.UnescapeString(string(found[1])); got != back {
				t.Errorf("the page leads to %q, want %q", got, back)
			}
			if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' "+origin+";") {
				t.Errorf("the policy is %s", policy)
			}
			open := s.Call("POST", link, "event=pay&payment_return_url=https://evil.test/&Return=https://evil.test/", "Content-Type: application/x-www-form-urlencoded")
			if strings.Contains(string(open.Body), "evil.test") {
				t.Errorf("a press chose another way back: %s", open.Body)
			}
		})
	}
}

// TestPagesEscape shows what a client chose as text.
func TestPagesEscape(t *testing.T) {
	t.Parallel()
	s := open(t)
	const hostile = `</script><script>alert(1)</script>"'><img src=x>`
	user, _ := json.Marshal(map[string]any{"email": "kim@example.com", "first_name": hostile})
	link := s.redirect(ideal + `, "user": ` + string(user) + `, "metadata": ` + string(user))
	page, posted := s.press(link, "event=pay")
	if strings.Contains(string(page.Body), "<img src=x>") || strings.Contains(string(page.Body), "<script>alert") {
		t.Errorf("the page holds it as it is: %s", page.Body)
	}
	if !json.Valid([]byte(posted)) || !strings.Contains(posted, `<img src=x>`) {
		t.Errorf("the shop would get %s", posted)
	}
	s.tell(link, "event="+hostile).Want(400)
	other := s.redirect(ideal)
	if page, _ := s.press(other, "event=pay&scenario=%3Cimg%20src%3Dx%3E"); strings.Contains(string(page.Body), "<img") || !strings.Contains(string(page.Body), "is no scenario") {
		t.Errorf("the page shows %s", page.Body)
	}
}
