package commercelayer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/mock/mocktest"
)

const (
	passedURL = "https://shop.example.com/passed?paymentReturn=true&x=%20y"
	failedURL = "https://other.example.com/failed"
	rightCode = "event=authenticate&otp=Checkout1!"
)

// challenge makes a payment whose customer is being challenged, and returns it and where.
func (s shop) challenge() (id, link string) {
	s.t.Helper()
	id = s.create("ABCRtyUpBa", attributes{"payment_type": "token", "token": "tok_x", "success_url": passedURL, "failure_url": failedURL}).Want(201).Text("data.id")
	return id, s.patchPayment(id, attributes{"_authorize": true}).Want(200).Text(attributesOf + "redirect_uri")
}

// told is what Commerce Layer tells of a payment: status, response code, what the bank said of the customer.
func (s shop) told(id string) string {
	s.t.Helper()
	p := s.get("/checkout_com_payments/" + id)
	text := func(name string) any {
		if v := p.At(attributesOf + "payment_response." + name); v != nil {
			return v
		}
		return "-"
	}
	return fmt.Sprintf("%v %v %v", text("status"), text("response_code"), text("3ds.authentication_response"))
}

// TestJourneys presses the buttons of the challenge page, and looks where that leads, what becomes of the payment once it is read, and of the order.
func TestJourneys(t *testing.T) {
	t.Parallel()
	wrong := "event=authenticate&otp=nope"
	stay := "the page"
	authorized, noProof := "Authorized 10000 Y", "Declined 20154 N"
	cases := []struct {
		name    string
		presses []string
		to      string
		told    string
		later   string // a minute later
	}{
		{"the right code", []string{rightCode}, passedURL, authorized, ""},
		{"the right code with spaces around it", []string{"event=authenticate&otp=+Checkout1!+"}, passedURL, authorized, ""},
		{"a wrong code", []string{wrong}, stay, "Pending - -", ""},
		{"no code", []string{"event=authenticate"}, stay, "Pending - -", ""},
		{"wrong codes, then the right one", []string{wrong, wrong, rightCode}, passedURL, authorized, ""},
		{"three wrong codes", []string{wrong, wrong, wrong}, failedURL, noProof, ""},
		{"resend", []string{"event=resend"}, stay, "Pending - -", ""},
		{"resend, then the right code", []string{"event=resend", rightCode}, passedURL, authorized, ""},
		{"fail", []string{"event=fail_authentication"}, failedURL, noProof, ""},
		{"cancel", []string{"event=cancel"}, failedURL, "Pending - -", ""},
		{"approved", []string{"event=authenticate&scenario=approved"}, passedURL, authorized, ""},
		{"declined", []string{"event=authenticate&scenario=declined"}, failedURL, "Declined 20005 Y", ""},
		{"no funds", []string{"event=authenticate&scenario=insufficient_funds"}, failedURL, "Declined 20051 Y", ""},
		{"challenge failed", []string{"event=authenticate&scenario=challenge_failed"}, failedURL, noProof, ""},
		{"pending, then approved", []string{"event=authenticate&scenario=pending_then_approved"}, passedURL, "Pending - -", authorized},
		{"pending, then declined", []string{"event=authenticate&scenario=pending_then_declined"}, passedURL, "Pending - -", "Declined 20005 Y"},
		{"abandoned", []string{"event=authenticate&scenario=abandoned"}, failedURL, "Pending - -", ""},
		{"expired", []string{"event=authenticate&scenario=expired"}, failedURL, "Expired - -", ""},
		{"a way that a challenge cannot end", []string{rightCode + "&scenario=frictionless"}, stay, "Pending - -", ""},
		{"no scenario", []string{rightCode + "&scenario=theft"}, stay, "Pending - -", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			id, link := s.challenge()
			to := ""
			for _, form := range c.presses {
				a := s.post(link, form)
				if to = a.Header.Get("Location"); a.Status == 200 || to == strings.TrimPrefix(link, s.URL) || to == link {
					to = stay
				}
			}
			to, session, _ := strings.Cut(to, "cko-session-id=")
			if to = strings.TrimRight(to, "&?"); to != c.to || (c.to == stay) == strings.HasPrefix(session, "sid_") {
				t.Errorf("the customer is at %q with the session %q, want %s", to, session, c.to)
			}
			s.patchPayment(id, attributes{"_refresh": true}).Want(200)
			if told := s.told(id); told != c.told {
				t.Errorf("Commerce Layer tells %q, want %q", told, c.told)
			}
			want := c.told
			if c.later != "" {
				s.Advance(time.Minute)
				s.patchPayment(id, attributes{"_details": true}).Want(200)
				if told := s.told(id); told != c.later {
					t.Errorf("a minute later Commerce Layer tells %q, want %q", told, c.later)
				}
				want = c.later
			}
			s.orderIs("ABCRtyUpBa", "pending", map[bool]string{true: "authorized", false: "unpaid"}[want == authorized])
			again := s.post(link, rightCode)
			if over := again.Status >= 400; over != (c.to != stay) {
				t.Errorf("one more press answers %d", again.Status)
			}
			if told := s.told(id); again.Status >= 400 && told != want {
				t.Errorf("a late press made %q of %q", told, want)
			}
		})
	}
}

// scenarios are what each comes to: what Commerce Layer tells at once, and a minute later once it has read; and what the challenge page answers, 0 for none.
var scenarios = map[string]struct {
	now, later string
	page       int
}{
	"approved":              {"Authorized 10000 -", "Authorized 10000 -", 0},
	"declined":              {"Declined 20005 -", "Declined 20005 -", 0},
	"insufficient_funds":    {"Declined 20051 -", "Declined 20051 -", 0},
	"challenge":             {"Pending - -", "Pending - -", 200},
	"challenge_failed":      {"Pending - -", "Pending - -", 200},
	"frictionless":          {"Authorized 10000 Y", "Authorized 10000 Y", 0},
	"pending_then_approved": {"Pending - -", "Authorized 10000 -", 0},
	"pending_then_declined": {"Pending - -", "Declined 20005 -", 0},
	"abandoned":             {"Pending - -", "Pending - -", 200},
	"expired":               {"Pending - -", "Expired - -", 410},
}

// TestEveryOutcome brings the cast's challenge to each by the control API.
func TestEveryOutcome(t *testing.T) {
	t.Parallel()
	for outcome, told := range map[string]string{
		"approve": "Authorized 10000 Y", "decline": "Declined 20005 Y", "insufficient_funds": "Declined 20051 Y", "fail_authentication": "Declined 20154 N",
		"abandon": "Pending - -", "pend": "Pending - -", "expire": "Expired - -",
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.Call("POST", "/_understudy/commercelayer/yourdomain/payments/PendingSrc/"+outcome, nil).Want(200)
			s.patchPayment("PendingSrc", attributes{"_refresh": true}).Want(200)
			if got := s.told("PendingSrc"); got != told {
				t.Errorf("Commerce Layer tells %q, want %q", got, told)
			}
		})
	}
}

// TestScenarios asks for every scenario by the Prefer header on everything that authorizes, and by its token.
func TestScenarios(t *testing.T) {
	t.Parallel()
	prefer := func(scenario string) string { return "Prefer: scenario=" + scenario }
	ways := map[string]func(s shop, id, scenario string){
		"by Prefer on the source's _authorize": func(s shop, id, scenario string) {
			a := s.patchPayment(id, attributes{"_authorize": true}, prefer(scenario)).Want(200)
			if got := a.Header.Get("Preference-Applied"); got != "scenario="+scenario {
				s.t.Errorf("applied is %q", got)
			}
		},
		"by Prefer on the order's _authorize": func(s shop, _, scenario string) {
			s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}, prefer(scenario)).Want(200)
		},
		"by Prefer on _place": func(s shop, _, scenario string) {
			a := s.patchOrder("ABCRtyUpBa", attributes{"_place": true}, prefer(scenario))
			if refused := a.Status == 422; refused != strings.HasPrefix(scenarios[scenario].now, "Declined") || !refused && a.Status != 200 {
				s.t.Errorf("answered %d %s", a.Status, a.Body)
			}
			s.orderIs("ABCRtyUpBa", standing(scenarios[scenario].now, "placed"), standing(scenarios[scenario].now, "authorized"))
		},
		"by its token": func(s shop, id, scenario string) {
			s.patchPayment(id, attributes{"token": "tok_" + scenario, "_authorize": true}).Want(200)
		},
	}
	for scenario, want := range scenarios {
		for way, ask := range ways {
			t.Run(scenario+" "+way, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				id := s.pay("tok_lost_card")
				ask(s, id, scenario)
				if told := s.told(id); told != want.now {
					t.Errorf("Commerce Layer tells %q, want %q", told, want.now)
				}
				if link := s.link(id); link == "" {
					if want.page != 0 {
						t.Error("there is no challenge page")
					}
				} else if page := s.Call("GET", link, nil); page.Status != want.page {
					t.Errorf("the challenge page answers %d, want %d", page.Status, want.page)
				}
				s.Advance(time.Minute)
				s.patchPayment(id, attributes{"_refresh": true}).Want(200)
				if told := s.told(id); told != want.later {
					t.Errorf("a minute later Commerce Layer tells %q, want %q", told, want.later)
				}
				if s.get("/orders/ABCRtyUpBa").Text(attributesOf+"status") == "pending" {
					s.orderIs("ABCRtyUpBa", "pending", standing(want.later, "authorized"))
				}
			})
		}
	}
}

// TestAScenarioThatMeansNothingIsRefused asks for one where nothing is authorized. Nothing is changed by that.
func TestAScenarioThatMeansNothingIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	const declined = "Prefer: scenario=declined"
	id, _ := s.challenge()
	create := map[string]any{"data": map[string]any{"type": "checkout_com_payments", "attributes": attributes{"payment_type": "token", "token": "tok_x"},
		"relationships": map[string]any{"order": map[string]any{"data": map[string]any{"type": "orders", "id": "ABCRtyUpBa"}}}}}
	for name, a := range map[string]mocktest.Response{
		"a new payment":                        s.send("POST", "/api/checkout_com_payments", create, declined),
		"a read":                               s.send("GET", "/api/orders/ABCRtyUpBa", nil, declined),
		"a capture":                            s.patch("authorizations", "AuthorizAA", attributes{"_capture": true}, declined),
		"an update":                            s.patchPayment(id, attributes{"reference": "R-1"}, declined),
		"details":                              s.patchPayment(id, attributes{"_details": true}, declined),
		"an authorization that waits already":  s.patchPayment(id, attributes{"_authorize": true}, declined),
		"an order's that waits already":        s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}, declined),
		"an order's update":                    s.patchOrder("ABCRtyUpBa", attributes{"_refresh": true}, declined),
		"the placement of a free order":        s.patchOrder("NothingDue", attributes{"_place": true}, declined),
		"the placement of an authorized order": s.patchOrder(s.Given("commercelayer", "yourdomain", "Authorized"), attributes{"_place": true}, declined),
	} {
		if a.Status != 400 || !strings.Contains(a.Text("errors.0.detail"), "scenario=declined") {
			t.Errorf("%s answered %d %s", name, a.Status, a.Body)
		}
	}
	if p := s.get("/checkout_com_payments/" + id); p.At(attributesOf+"reference") != nil || s.get("/orders/NothingDue").Text(attributesOf+"status") != "pending" {
		t.Error("what was refused was done")
	}
	s.patchOrder("ReadyPlace", attributes{"_place": true}, "Prefer: scenario=theft").Want(400)
}

// standing is how an order stands whose payment is told so: as said where it is authorized.
func standing(told, authorized string) string {
	switch {
	case strings.HasPrefix(told, "Authorized"):
		return authorized
	case authorized == "placed":
		return "pending"
	}
	return "unpaid"
}

func TestAChallengeThatNoCodePasses(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_challenge_failed")
	link := s.patchPayment(id, attributes{"_authorize": true, "failure_url": failedURL}).Want(200).Text(attributesOf + "redirect_uri")
	for range 2 {
		s.post(link, rightCode).Want(303)
		for range 4 { // looking at the page again tries no code again
			if page := string(s.Call("GET", link, nil).Want(200).Body); !strings.Contains(page, "That code is not right.") {
				t.Errorf("the page does not say what is wrong: %s", page)
			}
		}
	}
	if to := s.post(link, rightCode).Want(303).Header.Get("Location"); !strings.HasPrefix(to, failedURL+"?cko-session-id=sid_") {
		t.Errorf("sent back to %s", to)
	}
	s.patchPayment(id, attributes{"_refresh": true}).Want(200)
	if told := s.told(id); told != "Declined 20154 N" {
		t.Errorf("Commerce Layer tells %q", told)
	}
	t.Run("a retry is challenged anew, with all its tries", func(t *testing.T) {
		link := s.patchPayment(id, attributes{"token": "tok_y", "_authorize": true}).Want(200).Text(attributesOf + "redirect_uri")
		if page := s.post(link, rightCode).Want(200); !strings.Contains(string(page.Body), ">Authorized<") {
			t.Errorf("the page is %s", page.Body)
		}
	})
}

// TestABankThatSaysLater reads a payment before and after its bank has said, and asks for it again meanwhile: it is charged once.
func TestABankThatSaysLater(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.pay("tok_pending_then_approved")
	s.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
	before := s.get("/checkout_com_payments/" + id)
	if before.At(attributesOf+"redirect_uri") != nil || before.At(attributesOf+"payment_response._links.redirect") != nil {
		t.Errorf("there is somewhere to go: %s", before.Body)
	}
	s.patchPayment(id, attributes{"_authorize": true}).Want(200)
	errorIs(t, s.patchOrder("ABCRtyUpBa", attributes{"_place": true}), 422, "PAYMENT_NOT_APPROVED_FOR_EXECUTION", "/data/relationships/payment_source")
	errorIs(t, s.patchPayment(id, attributes{"token": "tok_other"}), 422, "VALIDATION_ERROR", "/data/attributes/token")
	errorIs(t, s.send("DELETE", "/api/checkout_com_payments/"+id, nil), 423, "LOCKED", "")
	s.Advance(time.Minute - time.Second)
	s.patchPayment(id, attributes{"_details": true}).Want(200)
	s.paymentIs(id, "Pending")
	s.Advance(time.Second)
	s.paymentIs(id, "Pending") // until it is read
	a := s.patchPayment(id, attributes{"_details": true}).Want(200)
	if a.Text(attributesOf+"payment_response.actions.0.response_code") != "10000" || a.Text(attributesOf+"session_id") == "" {
		t.Errorf("by its session it is %s", a.Body)
	}
	s.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
	s.orderIs("ABCRtyUpBa", "placed", "authorized")
	if n := s.get("/orders/ABCRtyUpBa/authorizations").At("meta.record_count"); n != 1.0 {
		t.Errorf("there are %v authorizations", n)
	}
}

func TestAmountTriggers(t *testing.T) {
	t.Parallel()
	for cents, want := range map[int]string{
		4005: "20005", 4012: "20012", 4014: "20014", 4051: "20051", 4054: "20087", 4062: "20062", 4063: "20063", 4033: "30033",
		6510: "20154", 9998: "20068", 4001: "40101", 4008: "40108", 4000: "", 10998: "", 5: "", 51: "20051",
	} {
		s := open(t)
		id := s.pay("tok_x")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true, "_authorization_amount_cents": cents}).Want(200)
		p := s.get("/checkout_com_payments/" + id)
		if got := p.Text(attributesOf + "payment_response.response_code"); got != want || p.Text(attributesOf+"payment_response.status") != map[bool]string{true: "Pending", false: "Declined"}[want == ""] {
			t.Errorf("%d cents: %s, want %q", cents, p.At(attributesOf+"payment_response"), want)
		}
	}
	t.Run("an amount that is meant whole is not one that ends so", func(t *testing.T) {
		s := open(t)
		order := s.Call("POST", "/_understudy/commercelayer/yourdomain/orders", map[string]any{"role": "pending", "total": "165.10", "currency": "EUR"}).Want(201).Text("id")
		id := s.create(order, attributes{"payment_type": "token", "token": "tok_x"}).Want(201).Text("data.id")
		s.patchOrder(order, attributes{"_authorize": true}).Want(200)
		s.paymentIs(id, "Pending")
	})
	t.Run("a token says more than an amount, and a scenario more than a token", func(t *testing.T) {
		s := open(t)
		id := s.pay("tok_approved")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true, "_authorization_amount_cents": 4051}).Want(200)
		s.paymentIs(id, "Authorized")
		s = open(t)
		id = s.pay("tok_approved")
		s.patchOrder("ABCRtyUpBa", attributes{"_authorize": true, "_authorization_amount_cents": 4051}, "Prefer: scenario=challenge").Want(200)
		s.paymentIs(id, "Pending")
	})
}

// TestLatePresses presses the buttons of a page whose payment has gone on without it. Nothing is paid by that.
func TestLatePresses(t *testing.T) {
	t.Parallel()
	t.Run("after its time", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id, link := s.challenge()
		s.post(link, "event=resend").Want(303)
		s.Advance(15 * time.Minute)
		page := s.Call("GET", link, nil).Want(410)
		if text := string(page.Body); !strings.Contains(text, `href="`+failedURL+`?cko-session-id=sid_`) || !strings.Contains(text, ">Expired<") || strings.Contains(text, "<button") {
			t.Errorf("the page is %s", text)
		}
		s.post(link, rightCode).Want(410)
		s.patchPayment(id, attributes{"_refresh": true}).Want(200)
		s.paymentIs(id, "Expired")
		s.orderIs("ABCRtyUpBa", "pending", "unpaid")
	})
	t.Run("after another attempt was started", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id, link := s.challenge()
		s.post(link, "event=authenticate&otp=nope").Want(303)
		next := s.patchPayment(id, attributes{"token": "tok_y", "_authorize": true}).Want(200).Text(attributesOf + "redirect_uri")
		if page := s.Call("GET", link, nil).Want(410); !strings.Contains(string(page.Body), "another payment") {
			t.Errorf("the old page is %s", page.Body)
		}
		s.post(link, rightCode).Want(410)
		s.paymentIs(id, "Pending")
		if page := s.Call("GET", next, nil).Want(200); strings.Contains(string(page.Body), "not right") {
			t.Error("the new page remembers the wrong code of the old")
		}
		s.post(next, rightCode).Want(303)
	})
	t.Run("after the order was placed with another payment, and cancelled", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		first, link := s.challenge()
		s.pay("tok_approved")
		s.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
		s.patchOrder("ABCRtyUpBa", attributes{"_cancel": true}).Want(200)
		s.post(link, rightCode).Want(303) // Checkout.com does not know of orders
		s.patchPayment(first, attributes{"_refresh": true}).Want(200)
		s.paymentIs(first, "Voided")
		s.orderIs("ABCRtyUpBa", "cancelled", "voided")
	})
	t.Run("after the payment was deleted", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id, link := s.challenge()
		s.post(link, "event=resend").Want(303)
		s.send("DELETE", "/api/checkout_com_payments/"+id, nil).Want(204)
		s.post(link, rightCode).Want(404)
	})
	t.Run("after a control call", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id, link := s.challenge()
		if err := s.Settle("commercelayer", "yourdomain", id, "insufficient_funds"); err != nil {
			t.Fatal(err)
		}
		s.post(link, rightCode).Want(400)
		if err := s.Settle("commercelayer", "yourdomain", id, "approve"); err == nil {
			t.Error("a declined payment was approved")
		}
		s.patchPayment(id, attributes{"_refresh": true}).Want(200)
		if told := s.told(id); told != "Declined 20051 Y" {
			t.Errorf("Commerce Layer tells %q", told)
		}
	})
	t.Run("a bank that was made to think takes its time, and its customer's is not up meanwhile", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id, _ := s.challenge()
		if err := s.Settle("commercelayer", "yourdomain", id, "pend"); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Hour)
		s.patchPayment(id, attributes{"_refresh": true}).Want(200)
		s.paymentIs(id, "Pending")
		if err := s.Settle("commercelayer", "yourdomain", id, "approve"); err != nil {
			t.Fatal(err)
		}
		s.patchPayment(id, attributes{"_refresh": true}).Want(200)
		s.paymentIs(id, "Authorized")
	})
	t.Run("after its session was made to expire", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id, link := s.challenge()
		_, session, _ := strings.Cut(s.post(link, "event=authenticate&scenario=expired").Want(303).Header.Get("Location"), "cko-session-id=")
		a := s.patchPayment(id, attributes{"_details": true, "session_id": session})
		errorIs(t, a, 422, "VALIDATION_ERROR", "/data/attributes/session_id")
		s.post(link, rightCode).Want(410)
	})
	t.Run("a bank that keeps a customer waiting can be made to say", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id, link := s.challenge()
		s.post(link, "event=authenticate&scenario=pending_then_approved").Want(303)
		if page := s.Call("GET", link, nil).Want(200); !strings.Contains(string(page.Body), "thinking it over") || strings.Contains(string(page.Body), "<button") {
			t.Errorf("the page is %s", page.Body)
		}
		if err := s.Settle("commercelayer", "yourdomain", id, "decline"); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Hour)
		s.patchPayment(id, attributes{"_refresh": true}).Want(200)
		s.paymentIs(id, "Declined")
	})
}

// TestTheWayBack returns to a shop with an odd URL, and shows the outcome where there is none.
func TestTheWayBack(t *testing.T) {
	t.Parallel()
	t.Run("an odd URL is kept byte for byte, and escaped where it is shown", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		const odd = `https://shop.example.com//a/../b?q="><script>alert(1)</script>&cko-session-id=mine&&e=%zz'`
		id := s.create("ABCRtyUpBa", attributes{"payment_type": "token", "token": "tok_x", "success_url": odd}).Want(201).Text("data.id")
		link := s.patchPayment(id, attributes{"_authorize": true}).Want(200).Text(attributesOf + "redirect_uri")
		to := s.post(link, rightCode).Want(303).Header.Get("Location")
		if !strings.HasPrefix(to, odd+"&cko-session-id=sid_") {
			t.Errorf("sent back to %s", to)
		}
		if page := string(s.Call("GET", link, nil).Want(200).Body); strings.Contains(page, "<script>alert") || !strings.Contains(page, `data-testid="return"`) {
			t.Errorf("the page is %s", page)
		}
	})
	t.Run("forms may lead to either URL of this payment", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		_, link := s.challenge()
		policy := s.Call("GET", link, nil).Want(200).Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "form-action 'self' https://shop.example.com https://other.example.com;") {
			t.Errorf("the policy is %s", policy)
		}
	})
	for form, want := range map[string]string{
		rightCode:                                           "Authorized|approved the payment|verdict good",
		"event=fail_authentication":                         "Declined|could not tell who you are|verdict bad",
		"event=authenticate&scenario=declined":              "Declined|Do not honour|verdict bad",
		"event=cancel":                                      "Pending|left|verdict wait",
		"event=authenticate&scenario=expired":               "Expired|has expired|verdict bad",
		"event=authenticate&scenario=pending_then_approved": "Pending|thinking|verdict wait",
	} {
		t.Run("no URL: the page shows what "+form+" came to", func(t *testing.T) {
			t.Parallel()
			s := open(t)
			id := s.pay("tok_x")
			link := s.patchPayment(id, attributes{"_authorize": true}).Want(200).Text(attributesOf + "redirect_uri")
			a := s.post(link, form)
			for _, text := range append(strings.Split(want, "|"), "no URL to return to", "sid_", "120.00 EUR") {
				if !strings.Contains(string(a.Body), text) {
					t.Errorf("the page lacks %q: %d %s", text, a.Status, a.Body)
				}
			}
		})
	}
}

// final are the statuses from which no customer and no bank takes a payment away.
var final = []string{"Authorized", "Captured", "Partially Captured", "Voided", "Refunded", "Partially Refunded"}

// TestAnOrderIsPaidOnce has customers, shops and banks act in any order: no more is promised than one payment, and what has come to an end stays so.
func TestAnOrderIsPaidOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	rapid.Check(t, func(r *rapid.T) {
		order, _ := s.given("pending")
		var ids []string
		links := map[string]bool{}
		was := map[string]string{}
		draw := func(of ...string) string { return rapid.SampledFrom(of).Draw(r, "what") }
		for range rapid.IntRange(3, 12).Draw(r, "steps") {
			step := draw("new", "authorize", "authorize order", "place", "press", "press", "advance", "read", "read", "token", "capture", "cancel", "nullify")
			id := ""
			if len(ids) > 0 {
				id = draw(ids...)
			}
			switch {
			case step == "new" || id == "":
				a := s.create(order, attributes{"payment_type": "token", "token": "tok_" + draw("x", "approved", "pending_then_approved", "challenge_failed", "declined", "expired", "abandoned"), "success_url": passedURL})
				if a.Status == 201 {
					ids = append(ids, a.Text("data.id"))
				}
			case step == "authorize":
				s.patchPayment(id, attributes{"_authorize": true})
			case step == "authorize order":
				s.patchOrder(order, attributes{"_authorize": true})
			case step == "place", step == "capture", step == "cancel":
				s.patchOrder(order, attributes{"_" + step: true})
			case step == "nullify":
				s.patchOrder(order, attributes{"_nullify_payment_source": true})
			case step == "press" && len(links) > 0:
				var all []string
				for link := range links {
					all = append(all, link)
				}
				slices.Sort(all)
				s.post(draw(all...), draw(rightCode, "event=authenticate&otp=x", "event=cancel", "event=fail_authentication", "event=resend",
					"event=authenticate&scenario=pending_then_approved", "event=authenticate&scenario=pending_then_declined"))
			case step == "advance":
				s.Advance(time.Duration(rapid.SampledFrom([]int{1, 60, 900}).Draw(r, "seconds")) * time.Second)
			case step == "read":
				s.patchPayment(id, attributes{draw("_details", "_refresh"): true})
			case step == "token":
				s.patchPayment(id, attributes{"token": "tok_" + draw("x", "y", "approved")})
			}
			for _, id := range ids {
				p := s.get("/checkout_com_payments/" + id)
				if link := p.Text(attributesOf + "redirect_uri"); link != "" {
					links[link] = true
				}
				is := p.Text(attributesOf + "payment_response.status")
				if slices.Contains(final, was[id]) && !slices.Contains(final, is) {
					r.Fatalf("after %s payment %s went from %s to %s", step, id, was[id], is)
				}
				was[id] = is
			}
			if told := s.promised(order); told > 12000 {
				r.Fatalf("after %s %v cents are promised or taken for an order of 12000", step, told)
			}
		}
	})
}

// promised adds up what an order's authorizations promise or have taken.
func (s shop) promised(order string) (cents float64) {
	s.t.Helper()
	list := s.get("/orders/" + order + "?include=authorizations,captures")
	included, _ := list.At("included").([]any)
	for _, one := range included {
		a := one.(map[string]any)["attributes"].(map[string]any)
		if balance, ok := a["capture_balance_cents"].(float64); ok {
			cents += balance
		} else {
			cents += a["amount_cents"].(float64)
		}
	}
	return cents
}
