package norce_test

import (
	"fmt"
	"strings"
	"testing"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
	"understudy/mock/mocktest"
	"understudy/mock/norce"
)

var table = norce.New().States[0]

// route is a shortest way from intent to a state.
func route(to string) []states.Move {
	type way []states.Move
	ways := map[string]way{"intent": {}}
	for frontier := []string{"intent"}; len(frontier) > 0; frontier = frontier[1:] {
		for _, m := range table.Moves {
			if _, known := ways[m.To]; m.From == frontier[0] && !known {
				ways[m.To] = append(append(way{}, ways[m.From]...), m)
				frontier = append(frontier, m.To)
			}
		}
	}
	return ways[to]
}

// take takes an arrow as its table says: by the operation, or by the control API. It tells whether the move was refused, and how.
func (s shop) take(order, payment string, m states.Move) (refusal string) {
	s.t.Helper()
	path := map[string]string{
		"removePayment":   session(order, payment) + "/remove",
		"completePayment": session(order, payment) + "/complete",
		"capturePayment":  settlement(order, payment, "capture"),
		"refundPayment":   settlement(order, payment, "refund"),
		"cancelPayment":   settlement(order, payment, "cancel"),
	}[m.By]
	if path == "" {
		if err := s.Apply("norce", s.tenant(), "payments", payment, m.Event); err != nil {
			return err.Error()
		}
		return ""
	}
	r := s.send("POST", path, nil)
	if r.Status == 200 {
		return ""
	}
	refused(s.t, r, map[bool]int{true: 409, false: 400}[strings.HasPrefix(path, "/api/order/")], "payment-conflict", payment, m.From)
	return r.Text("message")
}

// begin opens a payment and brings it to a state.
func (s shop) begin(to string) (payment string) {
	s.t.Helper()
	payment = s.send("POST", sessions(payable), nil).Want(200).Text("id")
	for _, m := range route(to) {
		if refusal := s.take(payable, payment, m); refusal != "" {
			s.t.Fatalf("%s from %s: %s", m.Event, m.From, refusal)
		}
		if got := s.state(payable, payment); got != m.To {
			s.t.Fatalf("%s from %s leads to %s, want %s", m.Event, m.From, got, m.To)
		}
	}
	return payment
}

func TestThePaymentsTable(t *testing.T) {
	t.Parallel()
	if err := table.Check(); err != nil {
		t.Error(err)
	}
	published := strings.Fields("intent removed processing failed confirmed pending declined reserved credited captured cancelled refunded")
	for _, state := range published {
		if !table.Has(state) {
			t.Errorf("the published state %s is missing", state)
		}
	}
	if got := len(table.States()); got != len(published) {
		t.Errorf("%d states, %d are published", got, len(published))
	}
}

func TestEveryStateOfAPayment(t *testing.T) {
	t.Parallel()
	s := open(t)
	by := map[string]string{}
	for _, m := range table.Moves {
		by[m.Event] = m.By
	}
	n := 0
	for _, state := range table.States() {
		kind := "is reached"
		if table.Final(state) {
			kind = "is reached and final"
		}
		t.Run(state+" "+kind, func(t *testing.T) {
			for _, event := range table.Events() {
				n++
				s := s.at(fmt.Sprint("m", n))
				s.t = t
				payment := s.begin(state)
				want, err := table.Next(state, event)
				refusal := s.take(payable, payment, states.Move{From: state, Event: event, By: by[event]})
				switch {
				case err == nil && refusal != "":
					t.Errorf("%s is refused: %s", event, refusal)
				case err != nil && refusal == "":
					t.Errorf("%s is taken, although the table has no such arrow", event)
				case err != nil:
					want = state
				}
				if got := s.state(payable, payment); got != want {
					t.Errorf("after %s it is %s, want %s", event, got, want)
				}
			}
		})
	}
}

func TestTheCustomersOutcomes(t *testing.T) {
	t.Parallel()
	s := open(t)
	n := 0
	for _, c := range []struct{ from, outcome, to string }{
		{"intent", "approve", "reserved"}, {"intent", "decline", "declined"}, {"intent", "fail_authentication", "failed"}, {"intent", "abandon", "intent"},
		{"processing", "approve", "reserved"}, {"processing", "decline", "declined"}, {"processing", "fail_authentication", "failed"}, {"processing", "abandon", "intent"},
		{"pending", "approve", "reserved"}, {"pending", "decline", "declined"}, {"pending", "fail_authentication", "failed"}, {"pending", "abandon", ""},
		{"captured", "approve", ""}, {"removed", "decline", ""},
	} {
		t.Run(c.outcome+" from "+c.from, func(t *testing.T) {
			n++
			s := s.at(fmt.Sprint("m", n))
			s.t = t
			payment := s.begin(c.from)
			want := c.to
			if want == "" {
				want = c.from
			}
			if err := s.Settle("norce", s.tenant(), payment, c.outcome); (err != nil) != (c.to == "") {
				t.Errorf("settling answers %v", err)
			}
			if got := s.state(payable, payment); got != want {
				t.Errorf("it is %s, want %s", got, want)
			}
		})
	}
	t.Run("an unknown payment", func(t *testing.T) {
		if err := s.Settle("norce", "norce:1", "p_unknown", "approve"); err == nil {
			t.Error("is settled")
		}
	})
}

// stage runs f on a tenant of its own, without HTTP.
func stage(t *testing.T, f func(*world.Tx)) *world.World {
	t.Helper()
	p := norce.New()
	w := world.New(world.Options{Name: "w", Seed: "s", Start: mocktest.Start, Frozen: true, Twice: true, Rooms: map[string]world.Room{"norce": {Cast: p.Cast, Kinds: p.Kinds}}})
	t.Cleanup(w.Close)
	if _, err := w.Update(world.Place{Provider: "norce", Tenant: "norce:1"}, func(tx *world.Tx) error { f(tx); return nil }); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTheCast(t *testing.T) {
	t.Parallel()
	p := norce.New()
	stage(t, func(tx *world.Tx) {
		shown := map[string]engine.Summary{}
		for _, o := range p.Orders(tx) {
			shown[o.ID] = o
		}
		roles := map[string]engine.Summary{}
		for _, r := range p.Roles {
			o, ok := shown[r.ID]
			if !ok {
				t.Errorf("role %s: no order %s", r.Name, r.ID)
			}
			roles[r.Name] = o
		}
		for role, due := range map[string]int64{"open": 113400, "payable": 49900, "partly_paid": 70000, "nothing_due": 0, "processing": 75000, "failed": 75000, "captured": 0} {
			if got := roles[role].Due.Minor; got != due {
				t.Errorf("%s: due %d, want %d", role, got, due)
			}
		}
		if o := roles["open"]; o.Payment != "reserved" || len(o.Payments) != 3 || o.State != "checkout" {
			t.Errorf("the document's order is %+v", o)
		}
	})
}

func TestGivenOrders(t *testing.T) {
	t.Parallel()
	p := norce.New()
	for _, state := range table.States() {
		t.Run("with a payment that is "+state, func(t *testing.T) {
			stage(t, func(tx *world.Tx) {
				o, err := p.Given(tx, engine.Given{Role: state, Total: &money.Amount{Minor: 1250, Currency: "EUR"}})
				if err != nil {
					t.Fatal(err)
				}
				if len(o.Payments) != 1 || o.Payments[0].State != state || o.Total != (money.Amount{Minor: 1250, Currency: "EUR"}) {
					t.Errorf("made %+v", o)
				}
			})
		})
	}
	t.Run("under an id of the caller's", func(t *testing.T) {
		stage(t, func(tx *world.Tx) {
			o, err := p.Given(tx, engine.Given{Role: "partly_paid", ID: "o_mine"})
			if err != nil || o.ID != "o_mine" || o.Due.Minor != 70000 {
				t.Errorf("made %+v, %v", o, err)
			}
			if _, err := p.Given(tx, engine.Given{Role: "payable", ID: "o_mine"}); err == nil {
				t.Error("made twice")
			}
		})
	})
	t.Run("cheaper than the voucher of its role", func(t *testing.T) {
		stage(t, func(tx *world.Tx) {
			o, err := p.Given(tx, engine.Given{Role: "partly_paid", Total: &money.Amount{Minor: 100, Currency: "SEK"}})
			if err != nil || o.Due.Minor != 0 {
				t.Errorf("made %+v, %v", o, err)
			}
		})
	})
	t.Run("but not in a state that there is not, nor at less than nothing", func(t *testing.T) {
		stage(t, func(tx *world.Tx) {
			for _, g := range []engine.Given{{Role: "paid-ish"}, {Role: "payable", Total: &money.Amount{Minor: -1, Currency: "SEK"}}} {
				if _, err := p.Given(tx, g); err == nil {
					t.Errorf("%+v is made", g)
				}
			}
		})
	})
}

func TestRecordsSurviveExport(t *testing.T) {
	t.Parallel()
	w := stage(t, func(*world.Tx) {})
	e, err := w.Export()
	if err != nil {
		t.Fatal(err)
	}
	other := stage(t, func(tx *world.Tx) { norce.New().Given(tx, engine.Given{Role: "payable"}) })
	if err := other.Import(e); err != nil {
		t.Fatal(err)
	}
	again, err := other.Export()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%s", e.Records), fmt.Sprintf("%s", again.Records); a != b || len(e.Records) < 30 {
		t.Errorf("exported\n%s\nand after import\n%s", a, b)
	}
}
