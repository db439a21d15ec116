package mock

import (
	"slices"
	"testing"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// TestStateTables holds every room's tables to their form, and takes every arrow that only the control API takes.
func TestStateTables(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Clock: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Twice: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, room := range s.engine.Rooms() {
		t.Run(room.Name, func(t *testing.T) {
			for _, table := range room.States {
				if err := table.Check(); err != nil {
					t.Error(err)
				}
				for _, m := range table.Moves {
					switch {
					case m.By == states.ByControl && (table.Machine == "orders" || table.Machine == "payments"):
						takeByControl(t, s.engine, room.Name, table.Machine, m)
					case m.By == states.ByControl || m.By == states.ByTimer: // a machine of the room's own, or time: its tests take them
					case room.Document.Operation(m.By) == nil:
						t.Errorf("%s: %s from %s is taken by %q, which is no operation", table.Machine, m.Event, m.From, m.By)
					}
				}
			}
		})
	}
	for _, bug := range s.Bugs() {
		t.Error(bug)
	}
}

// takeByControl puts an order into the state that an arrow starts from, takes the arrow, and looks where it led.
func takeByControl(t *testing.T, e *engine.Engine, provider, machine string, m states.Move) {
	t.Helper()
	place := world.Place{Provider: provider, Tenant: "arrows"}
	given, err := e.Given(world.Default, place, engine.Given{Role: m.From})
	if err != nil {
		t.Errorf("%s: no order can be given in %s: %v", machine, m.From, err)
		return
	}
	id := given.ID
	if i := slices.IndexFunc(given.Payments, func(p engine.PaymentSummary) bool { return p.State == m.From }); machine == "payments" && i >= 0 {
		id = given.Payments[i].ID // else the order itself carries the payment's state
	}
	if outcome := checkout.Outcome(m.Event); machine == "payments" && slices.Contains(checkout.Outcomes(), outcome) {
		err = e.Settle(world.Default, place, id, outcome)
	} else {
		err = e.Apply(world.Default, place, machine, id, m.Event)
	}
	if err != nil {
		t.Errorf("%s: %s from %s: %v", machine, m.Event, m.From, err)
		return
	}
	orders, _ := e.Orders(world.Default, place)
	if at := stateOf(orders, machine, id); at != m.To {
		t.Errorf("%s: %s from %s led to %s, want %s", machine, m.Event, m.From, at, m.To)
	}
}

func stateOf(orders []engine.Summary, machine, id string) string {
	for _, o := range orders {
		switch {
		case machine == "orders" && o.ID == id:
			return o.State
		case machine == "payments" && o.ID == id:
			return o.Payment
		}
		for _, p := range o.Payments {
			if machine == "payments" && p.ID == id {
				return p.State
			}
		}
	}
	return "nowhere"
}
