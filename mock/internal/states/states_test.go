package states_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/states"
)

var payments = states.Table{
	Machine: "payments",
	Initial: []string{"new"},
	Moves: []states.Move{
		{From: "new", Event: "approve", To: "authorized", Provenance: states.Documented, By: "authorizePayment"},
		{From: "new", Event: "decline", To: "failed", Provenance: states.Published, Source: "SDK types 1.0", By: states.ByControl},
		{From: "authorized", Event: "capture", To: "paid", Provenance: states.Assumed, By: "capturePayment"},
		{From: "authorized", Event: "expire", To: "failed", Provenance: states.Assumed, By: states.ByTimer},
		{From: "failed", Event: "retry", To: "new", Provenance: states.Documented, By: "retryPayment"},
	},
}

func TestNext(t *testing.T) {
	t.Parallel()
	t.Run("every move of the table can be taken", func(t *testing.T) {
		t.Parallel()
		for _, m := range payments.Moves {
			if to, err := payments.Next(m.From, m.Event); err != nil || to != m.To {
				t.Errorf("Next(%q, %q) = %q, %v; want %q", m.From, m.Event, to, err, m.To)
			}
		}
	})
	t.Run("an event that the state does not have is illegal", func(t *testing.T) {
		t.Parallel()
		to, err := payments.Next("authorized", "approve")
		var illegal *states.Illegal
		if !errors.As(err, &illegal) || to != "" {
			t.Fatalf("Next = %q, %v; want an *Illegal", to, err)
		}
		if illegal.Machine != "payments" || illegal.From != "authorized" || illegal.Event != "approve" ||
			!slices.Equal(illegal.Legal, []string{"capture", "expire"}) {
			t.Errorf("got %+v", illegal)
		}
		want := `payments: "approve" is not possible from "authorized" (possible: capture, expire)`
		if err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	})
	t.Run("nothing leaves a final state", func(t *testing.T) {
		t.Parallel()
		_, err := payments.Next("paid", "capture")
		if err == nil || !strings.Contains(err.Error(), "none is") {
			t.Errorf("error %v, want one that says that no event is possible", err)
		}
	})
	t.Run("an unknown state has no events", func(t *testing.T) {
		t.Parallel()
		if _, err := payments.Next("lost", "capture"); err == nil {
			t.Error("no error")
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	if got, want := payments.States(), []string{"new", "authorized", "failed", "paid"}; !slices.Equal(got, want) {
		t.Errorf("States() = %q, want %q", got, want)
	}
	if got, want := payments.Events(), []string{"approve", "decline", "capture", "expire", "retry"}; !slices.Equal(got, want) {
		t.Errorf("Events() = %q, want %q", got, want)
	}
	for state, final := range map[string]bool{"new": false, "authorized": false, "failed": false, "paid": true, "lost": false} {
		if payments.Final(state) != final {
			t.Errorf("Final(%q) = %v", state, !final)
		}
	}
	if !payments.Has("new") || payments.Has("lost") {
		t.Error("Has does not know the states")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := payments.Check(); err != nil {
		t.Fatalf("a sound table: %v", err)
	}
	move := func(edit func(*states.Move)) states.Table {
		table := payments
		table.Moves = slices.Clone(payments.Moves)
		edit(&table.Moves[0])
		return table
	}
	for name, c := range map[string]struct {
		table states.Table
		want  string
	}{
		"no machine":               {states.Table{Initial: []string{"a"}}, "no machine name"},
		"no initial state":         {states.Table{Machine: "m"}, "no initial state"},
		"an initial state twice":   {states.Table{Machine: "m", Initial: []string{"a", "a"}}, "want distinct names"},
		"an unnamed initial state": {states.Table{Machine: "m", Initial: []string{""}}, "want distinct names"},
		"an unnamed state":         {move(func(m *states.Move) { m.To = "" }), "must be named"},
		"an unknown provenance":    {move(func(m *states.Move) { m.Provenance = "guessed" }), `provenance "guessed", want`},
		"a source that is missing": {move(func(m *states.Move) { m.Provenance = states.Published }), "names its source"},
		"nobody who takes a move":  {move(func(m *states.Move) { m.By = "" }), "nobody takes it"},
		"one event with two moves": {move(func(m *states.Move) { m.Event = "decline" }), "already a move"},
		"a state out of reach":     {move(func(m *states.Move) { m.To = "new" }), `state "authorized" is out of reach`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := c.table.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Check() = %v, want %q in it", err, c.want)
			}
		})
	}
	t.Run("reading a table does not change it", func(t *testing.T) {
		t.Parallel()
		table := states.Table{Machine: "m", Initial: []string{"a", "a", "b"}}
		_ = table.Check()
		_ = table.States()
		if !slices.Equal(table.Initial, []string{"a", "a", "b"}) {
			t.Errorf("Initial is now %q", table.Initial)
		}
	})
}
