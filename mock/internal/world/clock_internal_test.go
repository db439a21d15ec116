package world

import (
	"testing"
	"time"
)

func TestAClockFollowsTheWallAndNeverTurnsBack(t *testing.T) {
	t.Parallel()
	c := startClock(time.Time{}, false)
	first := c.now()
	if c.anchor != c.anchor.Round(0) {
		t.Error("the anchor has a monotonic reading, which stands still while the machine sleeps")
	}
	// Eight hours pass by the wall: the machine slept.
	c.anchor = c.anchor.Add(-8 * time.Hour)
	slept := c.now()
	if d := slept.Sub(first); d < 8*time.Hour || d > 9*time.Hour {
		t.Errorf("after eight hours of sleep the clock went on by %s", d)
	}
	// Somebody sets the wall clock back by an hour.
	c.anchor = c.anchor.Add(time.Hour)
	if back := c.now(); back.Before(slept) {
		t.Errorf("the clock went back from %s to %s", slept, back)
	}
	// A clock that is turned goes on from there, even to an earlier time, as a restored snapshot wants it.
	c.turn(first)
	if c.anchor != c.anchor.Round(0) {
		t.Error("turned, the anchor has a monotonic reading")
	}
	if now := c.now(); now.Before(first) || now.After(first.Add(time.Hour)) {
		t.Errorf("turned to %s it shows %s", first, now)
	}
}

// A server that has idled is as fresh as a new one, whichever of its tenants comes first. A clock that tests have turned keeps the world's start.
func TestTheCastOfARunningWorldBeginsAtItsFirstUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		turn func(*World)
		idle time.Duration // between the world's start and its cast's
	}{
		"with the real time":      {func(*World) {}, time.Hour},
		"advanced":                {func(w *World) { w.Advance(time.Minute) }, 0},
		"restored":                {func(w *World) { w.Restore(w.Snapshot()) }, 0},
		"frozen since its making": {func(w *World) { w.Freeze() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var at []time.Time
			w := New(Options{Name: "idle", Seed: "s", Rooms: map[string]Room{"shop": {Cast: func(tx *Tx) error {
				at = append(at, tx.Now())
				return nil
			}}}})
			defer w.Close()
			w.clock.anchor = w.clock.anchor.Add(-time.Hour)
			c.turn(w)
			for _, tenant := range []string{"first", "second"} {
				w.Update(Place{"shop", tenant}, func(*Tx) error { return nil })
				w.clock.anchor = w.clock.anchor.Add(-c.idle)
			}
			for i, got := range at {
				want := time.Duration(i+1) * c.idle
				if idled := got.Sub(w.clock.start); idled < want || idled > want+time.Minute {
					t.Errorf("the cast of tenant %d began %s after the world, want %s", i+1, idled, want)
				}
			}
			if len(at) != 2 {
				t.Errorf("%d casts", len(at))
			}
		})
	}
}
