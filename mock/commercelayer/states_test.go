package commercelayer_test

import (
	"slices"
	"testing"
	"time"

	"understudy/mock/commercelayer"
	"understudy/mock/mocktest"
)

// takers take the arrows of the payments' table by event, from a payment that is in the arrow's first state. ABCRtyUpBa's amounts: 120.00 EUR.
var takers = map[string]func(s shop, order, payment string){
	"challenge": func(s shop, order, payment string) {
		s.patchOrder(order, attributes{"_authorize": true}, "Prefer: scenario=challenge").Want(200)
	},
	"authorize": func(s shop, order, payment string) {
		s.patchOrder(order, attributes{"_authorize": true}, "Prefer: scenario=approved").Want(200)
	},
	"refuse": func(s shop, order, payment string) {
		s.patchOrder(order, attributes{"_authorize": true}, "Prefer: scenario=declined").Want(200)
	},
	"pend": func(s shop, order, payment string) {
		if s.link(payment) != "" {
			press("pend")(s, order, payment)
			return
		}
		s.patchOrder(order, attributes{"_authorize": true}, "Prefer: scenario=pending_then_approved").Want(200)
	},
	"approve":             press("approve"),
	"decline":             press("decline"),
	"fail_authentication": press("fail_authentication"),
	"abandon":             press("abandon"),
	"lapse":               func(s shop, _, _ string) { s.Advance(31 * 24 * time.Hour) },
	"read":                func(s shop, _, payment string) { s.patchPayment(payment, attributes{"_refresh": true}).Want(200) },
	"retry":               func(s shop, _, payment string) { s.patchPayment(payment, attributes{"token": "tok_another"}).Want(200) },
	"capture":             capture(nil),
	"capture_part":        capture(1000),
	"void": func(s shop, order, _ string) {
		s.patch("authorizations", s.live(order), attributes{"_void": true}).Want(200)
	},
	"refund":      func(s shop, order, _ string) { s.refund(order, nil) },
	"refund_part": func(s shop, order, _ string) { s.refund(order, 100) },
}

func press(outcome string) func(shop, string, string) {
	return func(s shop, _, payment string) {
		if err := s.Settle("commercelayer", "yourdomain", payment, outcome); err != nil {
			s.t.Fatal(err)
		}
	}
}

func capture(cents any) func(shop, string, string) {
	return func(s shop, order, _ string) {
		a := attributes{"_capture": true}
		if cents != nil {
			a["_capture_amount_cents"] = cents
		}
		s.patch("authorizations", s.live(order), a).Want(200)
	}
}

// live is the last authorization of an order.
func (s shop) live(order string) string {
	s.t.Helper()
	list := s.get("/orders/" + order + "/relationships/authorizations").At("data").([]any)
	return list[len(list)-1].(map[string]any)["id"].(string)
}

// refund refunds an amount of the last capture, or all of every capture.
func (s shop) refund(order string, cents any) {
	s.t.Helper()
	if cents == nil {
		s.patchOrder(order, attributes{"_refund": true}).Want(200)
		return
	}
	list := s.get("/orders/" + order + "/relationships/captures").At("data").([]any)
	id := list[len(list)-1].(map[string]any)["id"].(string)
	s.patch("captures", id, attributes{"_refund": true, "_refund_amount_cents": cents}).Want(200)
}

// seen is what Commerce Layer shows of a state, and what it shows once it has read the outcome.
var seen = map[string][2]string{"New": {"", ""}, "Deciding": {"Pending", "Pending"}, "Passed": {"Pending", "Authorized"}, "Refused": {"Pending", "Declined"}, "Abandoned": {"Pending", "Pending"}, "Lapsed": {"Pending", "Expired"}}

func TestEveryArrowOfAPaymentIsTaken(t *testing.T) {
	t.Parallel()
	for _, m := range commercelayer.New().States[0].Moves {
		t.Run(m.From+" "+m.Event, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			order, payment := s.given(m.From)
			take := takers[m.Event]
			if take == nil {
				t.Fatalf("nobody takes %s", m.Event)
			}
			if m.From == "Partially Refunded" && m.Event != "refund" && m.Event != "refund_part" {
				order, payment = s.given("Partially Captured") // with something left to capture or void
				s.refund(order, 100)
			}
			take(s, order, payment)
			want, ok := seen[m.To]
			if !ok {
				want = [2]string{m.To, m.To}
			}
			s.paymentIs(payment, want[0])
			s.patchPayment(payment, attributes{"_refresh": true})
			s.paymentIs(payment, want[1])
		})
	}
}

// TestAMoveThatATableLacksIsRefused takes every event from every state in which the table does not have it.
func TestAMoveThatATableLacksIsRefused(t *testing.T) {
	t.Parallel()
	table := commercelayer.New().States[0]
	for _, state := range table.States() {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			for _, outcome := range []string{"approve", "decline", "insufficient_funds", "fail_authentication", "abandon", "pend", "expire"} {
				event := outcome
				switch outcome {
				case "insufficient_funds":
					event = "decline"
				case "expire":
					event = "lapse"
				}
				if outcome == "pend" && state == "New" || slices.Contains(table.Legal(state), event) {
					continue
				}
				_, payment := s.given(state)
				if err := s.Settle("commercelayer", "yourdomain", payment, outcome); err == nil {
					t.Errorf("%s took %s", state, outcome)
				}
			}
			order, payment := s.given(state)
			if !slices.Contains(table.Legal(state), "retry") && state != "New" {
				errorIs(t, s.patchPayment(payment, attributes{"token": "tok_another"}), 422, "VALIDATION_ERROR", "/data/attributes/token")
			}
			held := len(s.get("/orders/" + order + "/authorizations").At("data").([]any))
			if held == 0 {
				return
			}
			id := s.live(order)
			if !slices.Contains(table.Legal(state), "capture") || state == "Partially Refunded" { // which has nothing left
				errorIs(t, s.patch("authorizations", id, attributes{"_capture": true}), 422, "VALIDATION_ERROR", "/data/attributes/_capture")
				errorIs(t, s.patch("authorizations", id, attributes{"_void": true}), 422, "VALIDATION_ERROR", "/data/attributes/_void")
			}
			if !slices.Contains(table.Legal(state), "refund") {
				errorIs(t, s.patchOrder(order, attributes{"_refund": true}), 422, "VALIDATION_ERROR", "/data/attributes/_refund")
			}
		})
	}
}

// orderTakers take the arrows of the orders' table, from a role that is in the arrow's first state.
var orderTakers = map[string]struct {
	role string
	take func(s shop, order string)
}{
	"draft pend":           {"draft", pull("_pending")},
	"pending place":        {"ready", pull("_place")},
	"placed start_editing": {"placed", pull("_start_editing")},
	"editing stop_editing": {"editing", pull("_stop_editing")},
	"placed approve":       {"placed", pull("_approve")},
	"placed capture":       {"placed", func(s shop, order string) { capture(nil)(s, order, "") }},
	"placed cancel":        {"placed", pull("_cancel")},
	"placed void":          {"placed", func(s shop, order string) { takers["void"](s, order, "") }},
	"approved void":        {"approved", func(s shop, order string) { takers["void"](s, order, "") }},
	"approved refund":      {"paid", pull("_refund")},
	"placed refund":        {"pending", placeAutoCaptured},
	"unfulfilled capture":  {"placed", pull("_approve_and_capture")},
	"unfulfilled fulfill":  {"approved", pull("_fulfill")},
	"in_progress fulfill":  {"paid", pull("_fulfill")},
}

func pull(trigger string) func(shop, string) {
	return func(s shop, order string) { s.patchOrder(order, attributes{trigger: true}).Want(200) }
}

// placeAutoCaptured refunds an order that was paid before it was placed, so that nobody had approved it.
func placeAutoCaptured(s shop, order string) {
	s.choose(order, "CheckoutAu").Want(200)
	s.create(order, attributes{"payment_type": "token", "token": "tok_approved"}).Want(201)
	s.patchOrder(order, attributes{"_place": true}).Want(200)
	s.orderIs(order, "placed", "paid")
	s.patchOrder(order, attributes{"_refund": true}).Want(200)
}

// choose gives an order another payment method; "" takes it away.
func (s shop) choose(order, method string) mocktest.Response {
	s.t.Helper()
	var data any
	if method != "" {
		data = map[string]any{"type": "payment_methods", "id": method}
	}
	return s.send("PATCH", "/api/orders/"+order, map[string]any{"data": map[string]any{
		"type": "orders", "id": order, "relationships": map[string]any{"payment_method": map[string]any{"data": data}},
	}})
}

func TestEveryArrowOfAnOrderIsTaken(t *testing.T) {
	t.Parallel()
	tables := commercelayer.New().States
	for i, attribute := range map[int]string{1: "status", 2: "fulfillment_status"} {
		for _, m := range tables[i].Moves {
			t.Run(m.From+" "+m.Event, func(t *testing.T) {
				t.Parallel()
				taker, ok := orderTakers[m.From+" "+m.Event]
				if !ok {
					t.Fatal("nobody takes this arrow")
				}
				s := open(t)
				order, _ := s.given(taker.role)
				if taker.role != "pending" {
					if is := s.get("/orders/" + order).Text("data.attributes." + attribute); is != m.From {
						t.Fatalf("the role %s is %s, want %s", taker.role, is, m.From)
					}
				}
				taker.take(s, order)
				if is := s.get("/orders/" + order).Text("data.attributes." + attribute); is != m.To {
					t.Errorf("the order is %s, want %s", is, m.To)
				}
			})
		}
	}
}

func TestAnOrderRefusesTriggersThatItsStatusDoesNotHave(t *testing.T) {
	t.Parallel()
	s := open(t)
	has := map[string][]string{
		"draft":     {"_pending"},
		"pending":   {},
		"ready":     {"_place"},
		"placed":    {"_start_editing", "_approve", "_approve_and_capture", "_cancel", "_capture"},
		"editing":   {"_stop_editing"},
		"approved":  {"_capture", "_fulfill"},
		"paid":      {"_refund", "_fulfill"},
		"cancelled": {},
		"refunded":  {},
	}
	for role, legal := range has {
		order, _ := s.given(role)
		before := s.get("/orders/" + order)
		for _, trigger := range []string{"_pending", "_place", "_cancel", "_approve", "_approve_and_capture", "_capture", "_refund", "_fulfill", "_start_editing", "_stop_editing"} {
			if slices.Contains(legal, trigger) {
				continue
			}
			a := s.patchOrder(order, attributes{trigger: true})
			if a.Status != 422 {
				t.Errorf("%s: %s answered %d %s", role, trigger, a.Status, a.Body)
			}
		}
		if after := s.get("/orders/" + order); string(after.Body) != string(before.Body) {
			t.Errorf("%s: a refused trigger changed the order", role)
		}
	}
}

func TestTheTablesAreSound(t *testing.T) {
	t.Parallel()
	for _, table := range commercelayer.New().States {
		if err := table.Check(); err != nil {
			t.Error(err)
		}
	}
}
