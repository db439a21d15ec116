package nextcommerce_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/states"
	"understudy/mock/mocktest"
	"understudy/mock/nextcommerce"
)

const jsonBody = "Content-Type: application/json"

// member is where an order shows the state of a machine.
var member = map[string]string{"orders": "status", "payments": "payment_status", "fulfillments": "fulfillment_status"}

// begin makes an order in a state of a machine; machines that the vendor has no operation for are led there by the control API.
func (s store) begin(machine, state string) string {
	s.t.Helper()
	lead := func(role string, events ...string) string {
		number := s.given(role)
		for _, event := range events {
			if err := s.Apply("nextcommerce", "example", machine, number, event); err != nil {
				s.t.Fatal(err)
			}
		}
		return number
	}
	switch machine + " " + state {
	case "fulfillments unfulfilled":
		return lead("paid")
	case "fulfillments on_hold":
		return lead("paid", "hold")
	case "fulfillments processing":
		return lead("processing")
	case "fulfillments rejected":
		return lead("processing", "reject")
	case "fulfillments incomplete":
		return lead("paid", "fulfill_part")
	case "fulfillments fulfilled":
		number := lead("paid", "fulfill")
		s.ask("PATCH", "/orders/"+number+"/", `{"status": "open"}`, jsonBody).Want(200)
		return number
	case "fulfillments not_required":
		r := s.ask("POST", "/orders/", `{"lines": [{"product_id": 104, "quantity": 1}], "payment_method": "card_token", "payment_details": {"card_token": "tok_1"}}`, jsonBody)
		return r.Want(201).Text("number")
	}
	return lead(state)
}

// take brings an event about: by the operation that the table names, by time, or by the control API.
func (s store) take(m states.Move, machine, number string) mocktest.Response {
	s.t.Helper()
	charge := func() (id, amount string) {
		r := s.ask("POST", "/orders/"+number+"/refund/calculate/", nil).Want(200)
		return fmt.Sprintf("%.0f", r.At("transactions.0.id")), r.Text("transactions.0.refundable_amount")
	}
	switch m.By {
	case states.ByTimer:
		s.Advance(5 * 24 * time.Hour) // of an authorization that is a day old
		if m.Event == "expire" {
			s.Advance(24 * time.Hour)
		}
		return mocktest.Response{Status: 200}
	case states.ByControl:
		if err := s.Apply("nextcommerce", "example", machine, number, m.Event); err != nil {
			s.t.Fatal(err)
		}
		return mocktest.Response{Status: 200}
	case "collectPayment":
		return s.act(number, "collect-payment", nil)
	case "markOrderAsPaid":
		return s.act(number, "mark-as-paid", nil)
	case "captureOrder":
		return s.act(number, "capture", nil)
	case "cancelOrder":
		return s.act(number, "cancel", `{"cancel_reason": "test"}`, jsonBody)
	case "updateOrder":
		status := map[string]string{"archive": "archived", "unarchive": "open"}[m.Event]
		return s.ask("PATCH", "/orders/"+number+"/", fmt.Sprintf(`{"status": %q}`, status), jsonBody)
	case "addOrderLine":
		return s.act(number, "lines", `{"product_id": 103, "quantity": 1}`, jsonBody)
	case "removeOrderLine":
		last := s.order(number).At("lines").([]any)
		id := fmt.Sprintf("%.0f", last[len(last)-1].(map[string]any)["id"])
		return s.ask("DELETE", "/orders/"+number+"/lines/"+id+"/", nil)
	case "refundOrder":
		id, amount := charge()
		if m.Event == "refund_part" {
			amount = "0.01"
		}
		lines := ""
		if m.Event == "complete" {
			lines = fmt.Sprintf(`, "refund_lines": [{"line_id": %.0f, "quantity": 1, "restock_type": "cancel"}, {"line_id": %.0f, "quantity": 1, "restock_type": "cancel"}]`,
				s.order(number).At("lines.0.id"), s.order(number).At("lines.1.id"))
		}
		return s.act(number, "refund", fmt.Sprintf(`{"transactions": [{"id": %s, "amount": %q}]%s}`, id, amount, lines), jsonBody)
	}
	s.t.Fatalf("nobody takes %s of %s", m.Event, machine)
	return mocktest.Response{}
}

// before prepares what an arrow needs beside its state.
func (s store) before(m states.Move, number string) {
	s.t.Helper()
	switch {
	case m.Event == "capture_part" && m.From != "partially_voided": // the order has come to cost more than was authorized
		s.act(number, "lines", `{"product_id": 103, "quantity": 1}`, jsonBody).Want(201)
	case m.Event == "capture" && m.From == "partially_voided": // it has come to cost no more than is left
		last := fmt.Sprintf("%.0f", s.order(number).At("lines.0.id"))
		s.ask("DELETE", "/orders/"+number+"/lines/"+last+"/", nil).Want(200)
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	for _, table := range nextcommerce.New().States {
		if err := table.Check(); err != nil {
			t.Error(err)
		}
		if table.Machine == "attempts" {
			continue // TestAttempts walks them
		}
		for _, m := range table.Moves {
			t.Run(fmt.Sprintf("%s: %s of an order that is %s", table.Machine, m.Event, m.From), func(t *testing.T) {
				t.Parallel()
				s := open(t)
				number := s.begin(table.Machine, m.From)
				switch owes := m.Event == "collect" || m.Event == "mark_paid"; {
				case owes && m.From == "partially_refunded":
					number = s.owingAfterRefund()
				case owes && m.From == "pending": // on a card
					number = s.given("failed_attempt")
				}
				s.before(m, number)
				want(t, s.order(number), map[string]any{member[table.Machine]: m.From})
				if r := s.take(m, table.Machine, number); r.Status >= 300 {
					t.Fatalf("answered %d %s", r.Status, r.Body)
				}
				want(t, s.order(number), map[string]any{member[table.Machine]: m.To})
			})
		}
	}
}

// owingAfterRefund is an order that was refunded in part while something was still to be paid on it.
func (s store) owingAfterRefund() string {
	s.t.Helper()
	number := s.given("payable")
	r := s.ask("POST", "/orders/"+number+"/refund/calculate/", nil).Want(200)
	s.act(number, "refund", fmt.Sprintf(`{"transactions": [{"id": %.0f, "amount": "1.00"}]}`, r.At("transactions.0.id")), jsonBody).Want(200)
	return number
}

// The payment's arrows that have an operation, by the operation and the event's happening.
func TestIllegalMovesAreRefused(t *testing.T) {
	t.Parallel()
	var payments states.Table
	for _, table := range nextcommerce.New().States {
		if table.Machine == "payments" {
			payments = table
		}
	}
	for _, op := range []struct {
		name   string
		events []string
		call   func(s store, number string) mocktest.Response
	}{
		{"captureOrder", []string{"capture"}, func(s store, n string) mocktest.Response { return s.act(n, "capture", nil) }},
		{"refundOrder", []string{"refund", "refund_part"}, func(s store, n string) mocktest.Response {
			return s.act(n, "refund", `{"transactions": [{"id": 70001, "amount": "1.00"}]}`, jsonBody)
		}},
		{"markOrderAsPaid", []string{"mark_paid"}, func(s store, n string) mocktest.Response { return s.act(n, "mark-as-paid", nil) }},
		{"collectPayment", []string{"collect"}, func(s store, n string) mocktest.Response { return s.act(n, "collect-payment", nil) }},
	} {
		for _, state := range payments.States() {
			legal := false
			for _, event := range op.events {
				_, err := payments.Next(state, event)
				legal = legal || err == nil
			}
			if legal {
				continue
			}
			t.Run(fmt.Sprintf("%s of an order that is %s", op.name, state), func(t *testing.T) {
				t.Parallel()
				s := open(t)
				number := s.begin("payments", state)
				before := s.order(number)
				r := op.call(s, number).Want(400)
				if !strings.HasPrefix(string(r.Body), `{"detail":"`) {
					t.Errorf("refused with %s, want a detail", r.Body)
				}
				if after := s.order(number); string(after.Body) != string(before.Body) {
					t.Errorf("the refusal changed the order")
				}
			})
		}
	}
}

func TestAuthorizationExpiresByItself(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.ask("POST", "/orders/", `{"lines": [{"product_id": 101, "quantity": 1}], "payment_method": "card_token",
		"payment_details": {"card_token": "tok_1", "payment_gateway": 2}}`, jsonBody).Want(201)
	want(t, r, map[string]any{"payment_status": "authorized", "total_outstanding": "45.00", "transactions.0.type": "authorize", "transactions.1": nil})
	number := r.Text("number")
	for _, step := range []struct {
		by     time.Duration
		status string
	}{{6*24*time.Hour - time.Minute, "authorized"}, {time.Minute, "expiring"}, {24*time.Hour - time.Minute, "expiring"}, {time.Minute, "expired"}} {
		s.Advance(step.by)
		want(t, s.order(number), map[string]any{"payment_status": step.status})
	}
	refused(t, s.act(number, "capture", nil), "no authorization to capture")
	want(t, s.act(number, "collect-payment", nil).Want(200), map[string]any{"payment_status": "paid", "transactions.1.type": "debit", "transactions.1.parent_id": nil})
}

func TestCaptureStopsTheClock(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.act("100003", "capture", nil).Want(200)
	want(t, r, map[string]any{
		"payment_status": "paid", "total_outstanding": "0.00", "transactions.1.type": "debit", "transactions.1.parent_id": r.At("transactions.0.id"),
		"transactions.1.amount": r.At("transactions.0.amount"),
	})
	s.Advance(30 * 24 * time.Hour)
	want(t, s.order("100003"), map[string]any{"payment_status": "paid"})
	refused(t, s.act("100003", "capture", nil), "its payment is paid")
}
