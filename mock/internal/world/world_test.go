package world_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"understudy/mock/internal/world"
)

// order is a record with everything that a shallow copy would share.
type order struct {
	N     int            `json:"n"`
	Tags  []string       `json:"tags"`
	Parts map[string]int `json:"parts,omitempty"`
}

func (o *order) Clone() *order {
	c := *o
	c.Tags = append([]string(nil), o.Tags...)
	if o.Parts != nil {
		c.Parts = map[string]int{}
		for k, v := range o.Parts {
			c.Parts[k] = v
		}
	}
	return &c
}

type note struct {
	Text string `json:"text"`
}

func (n *note) Clone() *note { c := *n; return &c }

var (
	orders = world.Kind[*order]{Name: "order"}
	notes  = world.Kind[*note]{Name: "note"}
)

var (
	start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	shop  = world.Place{Provider: "shop", Tenant: "main"}
	other = world.Place{Provider: "shop", Tenant: "other"}
)

// frozen makes a world whose clock stands at start, with one room: its cast is one order, its timer writes a note.
func frozen(t *testing.T, change ...func(*world.Options)) *world.World {
	t.Helper()
	o := world.Options{Name: "test", Seed: "seed", Start: start, Frozen: true, Rooms: map[string]world.Room{"shop": {
		Cast: func(tx *world.Tx) error {
			orders.Put(tx, "cast", &order{N: 7, Tags: []string{tx.ID("order", "").Hex(8)}})
			return nil
		},
		Timers: map[string]func(*world.Tx, world.Timer) error{"note": func(tx *world.Tx, timer world.Timer) error {
			notes.Put(tx, fmt.Sprintf("%03d", tx.Next("note")), &note{timer.ID + " at " + tx.Now().Format(time.RFC3339Nano)})
			return nil
		}},
		Kinds: []world.AnyKind{orders, notes},
	}}}
	for _, f := range change {
		f(&o)
	}
	w := world.New(o)
	t.Cleanup(w.Close)
	return w
}

func twice(o *world.Options) { o.Twice = true }

// do runs a transaction that has to be kept.
func do(t *testing.T, w *world.World, p world.Place, f func(tx *world.Tx)) world.Commit {
	t.Helper()
	c, err := w.Update(p, func(tx *world.Tx) error { f(tx); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// list reads a kind as text, in the order in which it is walked.
func list[T world.Record[T]](t *testing.T, w *world.World, p world.Place, kind world.Kind[T], print func(T) string) []string {
	t.Helper()
	var lines []string
	do(t, w, p, func(tx *world.Tx) {
		lines = nil
		for id, v := range kind.All(tx, "") {
			lines = append(lines, id+"="+print(v))
		}
		if len(lines) != kind.Len(tx) {
			t.Errorf("Len is %d, and %d were walked", kind.Len(tx), len(lines))
		}
	})
	return lines
}

func ordersOf(t *testing.T, w *world.World, p world.Place) string {
	t.Helper()
	return fmt.Sprint(list(t, w, p, orders, func(o *order) string { return fmt.Sprint(o.N, len(o.Tags)) }))
}

func notesOf(t *testing.T, w *world.World, p world.Place) string {
	t.Helper()
	return fmt.Sprint(list(t, w, p, notes, func(n *note) string { return n.Text }))
}

var errRefused = errors.New("refused")
