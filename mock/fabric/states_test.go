package fabric_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock/fabric"
	"understudy/mock/internal/states"
)

func table(t *testing.T, machine string) states.Table {
	t.Helper()
	for _, table := range fabric.New().States {
		if table.Machine == machine {
			return table
		}
	}
	t.Fatalf("there is no machine %q", machine)
	return states.Table{}
}

func TestTheTablesAreSound(t *testing.T) {
	t.Parallel()
	for _, table := range fabric.New().States {
		if err := table.Check(); err != nil {
			t.Error(err)
		}
	}
	for machine, want := range map[string][]string{
		"orders": {"ORDER_CANCELLED", "ORDER_RETURNED"}, "payments": {"VOIDED", "REFUNDED"},
	} {
		var final []string
		for _, s := range table(t, machine).States() {
			if table(t, machine).Final(s) {
				final = append(final, s)
			}
		}
		slices.Sort(final)
		slices.Sort(want)
		if !slices.Equal(final, want) {
			t.Errorf("%s ends in %v, want %v", machine, final, want)
		}
	}
}

// walk takes an order to a state, by time and by the control API.
func walk(t *testing.T, a account, number, to string) {
	t.Helper()
	type way struct {
		state string
		moves []states.Move
	}
	orders := table(t, "orders")
	seen := map[string]bool{}
	for frontier := []way{{state: "ORDER_CREATED"}}; len(frontier) > 0; frontier = frontier[1:] {
		w := frontier[0]
		if w.state == to {
			for _, m := range w.moves {
				take(t, a, number, m)
			}
			return
		}
		for _, m := range orders.Moves {
			if m.From == w.state && !seen[m.To] {
				seen[m.To] = true
				frontier = append(frontier, way{m.To, append(slices.Clone(w.moves), m)})
			}
		}
	}
	t.Fatalf("no way to %s", to)
}

func take(t *testing.T, a account, number string, m states.Move) {
	t.Helper()
	switch m.By {
	case states.ByTimer:
		a.Advance(time.Minute)
	case states.ByControl:
		if err := a.control(number, m.Event); err != nil {
			t.Fatalf("%s from %s: %v", m.Event, m.From, err)
		}
	default:
		t.Fatalf("%s is taken by %s", m.Event, m.By)
	}
}

func TestEveryArrowOfAnOrder(t *testing.T) {
	t.Parallel()
	for _, m := range table(t, "orders").Moves {
		t.Run(fmt.Sprintf("%s %s", m.From, m.Event), func(t *testing.T) {
			t.Parallel()
			a := open(t, "")
			a.create(strings.Replace(plainOrder, `"orderedQuantity":2`, `"orderedQuantity":5`, 1)).Want(201)
			walk(t, a, "A-1", m.From)
			before := a.get("A-1")
			if got := before.Text("statusCode"); got != m.From {
				t.Fatalf("walked to %s", got)
			}
			take(t, a, "A-1", m)
			after := a.get("A-1")
			if got := after.Text("statusCode"); got != m.To {
				t.Errorf("came to %s, want %s", got, m.To)
			}
			if after.At("version") != before.At("version").(float64)+1 || len(after.At("auditLogs").([]any)) != len(before.At("auditLogs").([]any))+1 {
				t.Errorf("version %v after %v, audit log %v", after.At("version"), before.At("version"), after.At("auditLogs"))
			}
			for date, event := range map[string]string{"allocationDate": "allocate", "cancellationDate": "cancel"} {
				if happened := strings.HasPrefix(m.Event, event); before.At(date) == nil && happened != (after.At(date) != nil) {
					t.Errorf("%s is %v after %s", date, after.At(date), m.Event)
				}
			}
			addsUp(t, after)
			counts(t, after)
		})
	}
}

// counts checks that each unit of each item is in one place.
func counts(t *testing.T, r interface{ At(string) any }) {
	t.Helper()
	for _, item := range r.At("items").([]any) {
		sum, i := 0.0, item.(map[string]any)
		for _, n := range i["quantityInStatus"].(map[string]any) {
			if n.(float64) < 0 {
				t.Errorf("below zero: %v", i)
			}
			sum += n.(float64)
		}
		if sum != i["orderedQuantity"] {
			t.Errorf("%v units in all, of %v ordered: %v", sum, i["orderedQuantity"], i)
		}
	}
}

func TestIllegalEventsOfAnOrderAreRefused(t *testing.T) {
	t.Parallel()
	orders := table(t, "orders")
	for _, state := range orders.States() {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			a := open(t, "")
			a.create(strings.Replace(plainOrder, `"orderedQuantity":2`, `"orderedQuantity":5`, 1)).Want(201)
			walk(t, a, "A-1", state)
			before := a.get("A-1")
			for _, event := range orders.Events() {
				if slices.Contains(orders.Legal(state), event) {
					continue
				}
				if err := a.control("A-1", event); err == nil || !strings.Contains(err.Error(), event) {
					t.Errorf("%s: %v", event, err)
				}
			}
			if got := a.get("A-1"); !bytes.Equal(got.Body, before.Body) {
				t.Errorf("refused events made of it %s", got.Body)
			}
		})
	}
	t.Run("a part needs two units, an order must be there, and payments have no events of their own", func(t *testing.T) {
		t.Parallel()
		a := open(t, "")
		a.create(strings.Replace(plainOrder, `"orderedQuantity":2`, `"orderedQuantity":1`, 1)).Want(201)
		if err := a.control("A-1", "cancel_part"); err == nil || !strings.Contains(err.Error(), "two") {
			t.Errorf("a part of one: %v", err)
		}
		if err := a.control("A-9", "cancel"); err == nil || !strings.Contains(err.Error(), "A-9") {
			t.Errorf("of no order: %v", err)
		}
		if err := a.Apply("fabric", a.name, "payments", "pay-1", "void"); err == nil {
			t.Error("a payment took an event by hand")
		}
	})
}

// reports are bodies that say in full what an event of the payments' machine stands for, of a payment of 100.
var reports = map[string]string{
	"authorize":    `{"status":"Authorized","balances":{"authorized":100,"captured":0,"capturable":100,"refunded":0,"refundable":0}}`,
	"capture_part": `{"status":"Captured","balances":{"authorized":100,"captured":40,"capturable":60,"refunded":0,"refundable":40}}`,
	"capture":      `{"status":"Captured","balances":{"authorized":100,"captured":100,"capturable":0,"refunded":0,"refundable":100}}`,
	"refund_part":  `{"status":"Refunded","balances":{"authorized":100,"captured":100,"capturable":0,"refunded":40,"refundable":60}}`,
	"refund":       `{"status":"Refunded","balances":{"authorized":100,"captured":100,"capturable":0,"refunded":100,"refundable":0}}`,
	"void":         `{"status":"Voided","balances":{"authorized":100,"captured":0,"capturable":0,"refunded":0,"refundable":0}}`,
	"fail":         `{"status":"Failed","balances":{"authorized":0,"captured":0,"capturable":0,"refunded":0,"refundable":0}}`,
}

// reach brings an order's payment of 100 into a state.
func reach(t *testing.T, a account, state string) {
	t.Helper()
	a.create(`{"orderNumber":"A-1","items":[{"sku":"P1","orderedQuantity":1,"itemUnitPrice":100}],"payments":[{"paymentIdentifier":{"paymentId":"pay-1"}}]}`).Want(201)
	ways := map[string][]string{
		"PENDING": nil, "AUTHORIZED": {"authorize"}, "PARTIALLY_PAID": {"capture_part"}, "PAID": {"capture"}, "PARTIALLY_REFUNDED": {"refund_part"},
		"REFUNDED": {"refund"}, "VOIDED": {"authorize", "void"}, "ERROR": {"fail"}, "EXPIRED": {"authorize", "expire"},
	}
	way, known := ways[state]
	if !known {
		t.Fatalf("no way to %s", state)
	}
	for _, event := range way {
		if event == "expire" {
			a.Advance(7 * 24 * time.Hour)
			continue
		}
		a.report("A-1", reports[event]).Want(200)
	}
}

func TestEveryArrowOfAPayment(t *testing.T) {
	t.Parallel()
	payments := table(t, "payments")
	for _, from := range payments.States() {
		for _, event := range payments.Events() {
			t.Run(from+" "+event, func(t *testing.T) {
				t.Parallel()
				a := open(t, "")
				reach(t, a, from)
				before := a.get("A-1")
				to, err := payments.Next(from, event)
				if event == "expire" {
					a.Advance(7 * 24 * time.Hour)
					if expired := a.get("A-1").Text("payments.0.paymentStatus") == "EXPIRED"; from != "EXPIRED" && expired != (err == nil) {
						t.Errorf("expired: %v", expired)
					}
					return
				}
				r := a.report("A-1", reports[event])
				switch {
				case err == nil:
					r.Want(200)
					if got := stateOf(t, a); got != to {
						t.Errorf("came to %s, want %s", got, to)
					}
					if r.At("version") != before.At("version").(float64)+1 {
						t.Errorf("version %v", r.At("version"))
					}
				case stays[from] == event:
					r.Want(200)
					if got := stateOf(t, a); got != from {
						t.Errorf("came to %s", got)
					}
				default:
					refused(t, r, 409, "CONFLICT", "")
					if !strings.Contains(string(r.Body), from) {
						t.Errorf("the refusal does not say that the payment is %s: %s", from, r.Body)
					}
					if got := a.get("A-1"); !bytes.Equal(got.Body, before.Body) {
						t.Errorf("the refusal changed it to %s", got.Body)
					}
				}
			})
		}
	}
}

// stays are the events that say again what a payment already is: a platform may repeat itself.
var stays = map[string]string{
	"AUTHORIZED": "authorize", "PARTIALLY_PAID": "capture_part", "PAID": "capture", "PARTIALLY_REFUNDED": "refund_part", "REFUNDED": "refund",
	"VOIDED": "void", "ERROR": "fail",
}

// stateOf is the state of the payment of order A-1.
func stateOf(t *testing.T, a account) string {
	t.Helper()
	for _, o := range a.Orders("fabric", a.name) {
		if o.ID == "A-1" {
			return o.Payments[0].State
		}
	}
	t.Fatal("the order is gone")
	return ""
}

func TestAPaymentIsSettledByHand(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	for state, want := range map[string]map[string]string{
		"PENDING":            {"approve": "AUTHORIZED", "decline": "ERROR", "fail_authentication": "ERROR", "abandon": "VOIDED"},
		"AUTHORIZED":         {"approve": "PAID", "decline": "ERROR", "fail_authentication": "ERROR", "abandon": "VOIDED"},
		"PARTIALLY_PAID":     {"approve": "PAID", "decline": "", "fail_authentication": "", "abandon": ""},
		"PAID":               {"approve": "", "decline": "", "abandon": ""},
		"ERROR":              {"approve": "AUTHORIZED", "abandon": "VOIDED"},
		"EXPIRED":            {"approve": "AUTHORIZED", "decline": "ERROR", "abandon": "VOIDED"},
		"VOIDED":             {"approve": "", "decline": ""},
		"PARTIALLY_REFUNDED": {"approve": "", "decline": ""},
		"REFUNDED":           {"approve": "", "abandon": ""},
	} {
		for outcome, to := range want {
			t.Run(state+" "+outcome, func(t *testing.T) {
				t.Parallel()
				a := open(t, "")
				reach(t, a, state)
				before := a.get("A-1")
				err := a.Settle("fabric", a.name, "pay-1", outcome)
				after := a.get("A-1")
				switch {
				case to == "":
					if err == nil || !strings.Contains(err.Error(), state) || !bytes.Equal(after.Body, before.Body) {
						t.Errorf("%v; it became %s", err, after.Body)
					}
				case err != nil:
					t.Error(err)
				case stateOf(t, a) != to:
					t.Errorf("it became %s, want %s", stateOf(t, a), to)
				}
			})
		}
	}
	if err := a.Settle("fabric", a.name, "nobody", "approve"); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("of no payment: %v", err)
	}
}
