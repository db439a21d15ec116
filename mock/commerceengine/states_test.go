package commerceengine

import (
	"slices"
	"testing"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// TestTables holds the tables to their form, and to what else is said of states.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, table := range []states.Table{orderStates, paymentStates, refundStates} {
		if err := table.Check(); err != nil {
			t.Error(err)
		}
		for _, m := range table.Moves {
			if _, simulated := operations[m.By]; !simulated && m.By != states.ByControl && m.By != states.ByTimer {
				t.Errorf("%s: %s is taken by %q", table.Machine, m.Event, m.By)
			}
		}
	}
	for _, state := range paymentStates.States() {
		a := Attempt{State: state}
		if a.waits() == paymentStates.Final(state) {
			t.Errorf("an attempt in %s: waits %v, final %v", state, a.waits(), paymentStates.Final(state))
		}
		if a.waits() && a.over() {
			t.Errorf("an attempt in %s both waits and is over", state)
		}
		if notes[state] == "" && paymentStates.Final(state) {
			t.Errorf("the page has nothing to say about %s", state)
		}
	}
}

// TestEveryMove takes each arrow of the three tables once, in a world of its own, and sees where it leads.
func TestEveryMove(t *testing.T) {
	t.Parallel()
	for _, m := range orderStates.Moves {
		t.Run("orders: "+m.From+" "+m.Event, func(t *testing.T) {
			t.Parallel()
			role := map[string]string{draft: draft, confirmed: confirmed, expired: expired}[m.From]
			if m.Event == "waive" {
				role = "unattempted"
			}
			inWorld(t, func(tx *world.Tx) error {
				s, err := given(tx, engine.Given{Role: role})
				if err != nil {
					return err
				}
				o, _ := orders.Edit(tx, s.ID)
				err = o.move(tx, m.Event)
				if o.State != m.To {
					t.Errorf("led to %s, want %s", o.State, m.To)
				}
				return err
			})
		})
	}
	for _, m := range paymentStates.Moves {
		t.Run("payments: "+m.From+" "+m.Event, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(tx *world.Tx) error {
				s, err := given(tx, engine.Given{Role: m.From})
				if err != nil {
					return err
				}
				a, _ := attempts.Edit(tx, s.Payments[0].ID)
				if a.State != m.From {
					t.Errorf("given in %s, want %s", a.State, m.From)
				}
				err = a.move(tx, m.Event)
				if a.State != m.To {
					t.Errorf("led to %s, want %s", a.State, m.To)
				}
				return err
			})
		})
	}
	t.Run("what is no arrow is refused", func(t *testing.T) {
		t.Parallel()
		for _, table := range []states.Table{orderStates, paymentStates, refundStates} {
			for _, from := range table.States() {
				for _, event := range table.Events() {
					if slices.Contains(table.Legal(from), event) {
						continue
					}
					var err error
					inWorld(t, func(tx *world.Tx) error {
						switch table.Machine {
						case orderStates.Machine:
							err = (&Order{State: from}).move(tx, event)
						case paymentStates.Machine:
							err = (&Attempt{State: from}).move(tx, event)
						default:
							err = (&Refund{State: from}).move(tx, event)
						}
						return nil
					})
					if refused, ok := err.(*engine.Error); !ok || refused.Kind != engine.Conflict {
						t.Errorf("%s: %s from %s: %v", table.Machine, event, from, err)
					}
				}
			}
		}
	})
}

// TestTimers lists what is still to happen to a fresh store: nothing to what is over.
func TestTimers(t *testing.T) {
	t.Parallel()
	p := New()
	w := world.New(world.Options{
		Name: world.Default, Seed: "seed", Start: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Frozen: true,
		Rooms: map[string]world.Room{p.Name: {Cast: p.Cast, Timers: p.Timers, Kinds: p.Kinds}},
	})
	defer w.Close()
	if _, err := w.Update(world.Place{Provider: p.Name, Tenant: "store_01"}, func(tx *world.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var due []string
	for _, timer := range w.Timers() {
		if timer.Name == orderExpiry {
			due = append(due, timer.ID)
		} else if timer.Name != attemptExpiry || !timer.Due.Equal(w.Now().Add(pageLife)) {
			t.Errorf("a timer %+v", timer)
		}
	}
	if want := []string{"ORD 1/2", "ORD-1001", "ORD-1002", "ORD-1003", "ORD-1007", "ORD-1009"}; !slices.Equal(due, want) || len(w.Timers()) != len(want)+1 {
		t.Errorf("orders %q are to expire, want %q", due, want)
	}
}

// TestGiven makes orders for tests, and refuses what cannot be made.
func TestGiven(t *testing.T) {
	t.Parallel()
	rupees := func(minor int64) *money.Amount { return &money.Amount{Minor: minor, Currency: currency} }
	t.Run("in every role of the cast, alike", func(t *testing.T) {
		t.Parallel()
		inWorld(t, func(tx *world.Tx) error {
			all := summaries(tx)
			for _, r := range roles() {
				i := slices.IndexFunc(all, func(s engine.Summary) bool { return s.ID == r.ID })
				s, err := given(tx, engine.Given{Role: r.Name})
				if err != nil {
					return err
				}
				if cast := all[i]; s.State != cast.State || s.Payment != cast.Payment || s.Total != cast.Total || s.Due != cast.Due || len(s.Payments) != len(cast.Payments) {
					t.Errorf("%s: given %+v, the cast has %+v", r.Name, s, cast)
				}
			}
			return nil
		})
	})
	t.Run("of a number and a total of the test's own", func(t *testing.T) {
		t.Parallel()
		inWorld(t, func(tx *world.Tx) error {
			s, err := given(tx, engine.Given{Role: "payable", ID: "A/1", Total: rupees(1)})
			if err == nil && (s.ID != "A/1" || s.Total.Minor != 1 || s.Due.Minor != 1) {
				t.Errorf("%+v", s)
			}
			return err
		})
	})
	t.Run("numbers that a test took are passed over", func(t *testing.T) {
		t.Parallel()
		inWorld(t, func(tx *world.Tx) error {
			if _, err := given(tx, engine.Given{Role: "paid", ID: "ORD-1011"}); err != nil {
				return err
			}
			s, err := given(tx, engine.Given{Role: "paid"})
			if s.ID != "ORD-1012" {
				t.Errorf("the next is %q", s.ID)
			}
			return err
		})
	})
	for name, g := range map[string]engine.Given{
		"an unknown role":          {Role: "shipped"},
		"a number that is taken":   {Role: "paid", ID: "ORD-1001"},
		"another currency":         {Role: "paid", Total: &money.Amount{Minor: 1, Currency: "EUR"}},
		"less than nothing":        {Role: "paid", Total: rupees(-1)},
		"more than can be":         {Role: "paid", Total: rupees(1 << 62)},
		"something for a free one": {Role: "nothing_due", Total: rupees(1)},
		"nothing for a paid one":   {Role: "paid", Total: rupees(0)},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(tx *world.Tx) error {
				if s, err := given(tx, g); err == nil {
					t.Errorf("made %+v", s)
				}
				return nil
			})
		})
	}
}

// TestRecordsAreOnesOwn changes a clone in every way and looks at the original.
func TestRecordsAreOnesOwn(t *testing.T) {
	t.Parallel()
	cart := &Cart{Lines: []Line{{Quantity: 1}}, Metadata: map[string]string{"a": "b"}}
	copied := cart.Clone()
	copied.Lines[0].Quantity, copied.Metadata["a"], copied.Order = 2, "c", "x"
	if cart.Lines[0].Quantity != 1 || cart.Metadata["a"] != "b" || cart.Order != "" {
		t.Error("a cart shares with its clone")
	}
	o := &Order{Attempts: append(make([]string, 0, 4), "one"), Refunds: append(make([]string, 0, 4), "one")}
	other := o.Clone()
	other.Attempts, other.Refunds = append(other.Attempts, "two"), append(other.Refunds, "two")
	other.Attempts[0], other.Refunds[0], other.State = "x", "x", "y"
	if o.Attempts[0] != "one" || o.Refunds[0] != "one" || o.State != "" {
		t.Error("an order shares with its clone")
	}
}

// inWorld runs a transaction in a fresh store.
func inWorld(t *testing.T, f func(*world.Tx) error) {
	t.Helper()
	p := New()
	w := world.New(world.Options{
		Name: world.Default, Seed: "seed", Start: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Frozen: true, Twice: true,
		Rooms: map[string]world.Room{p.Name: {Cast: p.Cast, Timers: p.Timers, Kinds: p.Kinds}},
	})
	defer w.Close()
	if _, err := w.Update(world.Place{Provider: p.Name, Tenant: "store_01"}, f); err != nil {
		t.Error(err)
	}
}
