package world_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"understudy/mock/internal/world"
)

func TestTimersFireInOrderAtTheirOwnTime(t *testing.T) {
	t.Parallel()
	ways := map[string]func(w *world.World) error{
		"advance": func(w *world.World) error { _, err := w.Advance(time.Hour); return err },
		"set":     func(w *world.World) error { _, err := w.Set(start.Add(time.Hour)); return err },
		"in steps": func(w *world.World) error {
			for range 60 {
				if _, err := w.Advance(time.Minute); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for name, move := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := frozen(t, twice)
			do(t, w, other, func(tx *world.Tx) { tx.At("note", "theirs", start.Add(10*time.Minute)) })
			do(t, w, shop, func(tx *world.Tx) {
				tx.At("note", "third", start.Add(20*time.Minute))
				tx.At("note", "second", start.Add(10*time.Minute+time.Nanosecond))
				tx.At("note", "first", start.Add(10*time.Minute))
				tx.At("note", "never", start.Add(10*time.Minute))
				tx.At("note", "later", start.Add(time.Hour+time.Millisecond))
				tx.At("note", "moved", start.Add(time.Minute))
				tx.At("note", "moved", start.Add(time.Hour))
				tx.Cancel("note", "never")
				tx.Cancel("note", "no such")
			})
			var ids []string
			for _, timer := range w.Timers() {
				ids = append(ids, timer.ID)
			}
			if want := []string{"first", "theirs", "second", "third", "moved", "later"}; !slices.Equal(ids, want) {
				t.Errorf("timers are %q, want %q", ids, want)
			}
			if err := move(w); err != nil {
				t.Fatal(err)
			}
			want := "[001=first at 2026-01-01T00:10:00Z 002=second at 2026-01-01T00:10:00.000000001Z 003=third at 2026-01-01T00:20:00Z 004=moved at 2026-01-01T01:00:00Z]"
			if got := notesOf(t, w, shop); got != want {
				t.Errorf("fired %s, want %s", got, want)
			}
			if got := notesOf(t, w, other); got != "[001=theirs at 2026-01-01T00:10:00Z]" {
				t.Errorf("the other tenant: %s", got)
			}
			if left := w.Timers(); len(left) != 1 || left[0].ID != "later" {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// chained has timers that set others: "chain" sets one a minute later, five times; "past" sets one for long ago.
func chained(o *world.Options) {
	room := o.Rooms["shop"]
	note := room.Timers["note"]
	room.Timers = map[string]func(*world.Tx, world.Timer) error{
		"note": note,
		"chain": func(tx *world.Tx, timer world.Timer) error {
			if len(timer.ID) < 5 {
				tx.At("chain", timer.ID+"x", tx.Now().Add(time.Minute))
			}
			return note(tx, timer)
		},
		"past":    func(tx *world.Tx, timer world.Timer) error { tx.At("note", timer.ID, time.Time{}); return nil },
		"endless": func(tx *world.Tx, timer world.Timer) error { tx.At("endless", timer.ID, tx.Now()); return nil },
		"fails":   func(tx *world.Tx, timer world.Timer) error { tx.Next("note"); return errRefused },
		"panics":  func(tx *world.Tx, timer world.Timer) error { panic("boom") },
	}
	o.Rooms["shop"] = room
}

func TestTimersSetTimers(t *testing.T) {
	t.Parallel()
	w := frozen(t, chained)
	do(t, w, shop, func(tx *world.Tx) {
		tx.At("chain", "x", start.Add(time.Minute))
		tx.At("past", "p", start.Add(90*time.Second))
	})
	if _, err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	// What a timer sets for long ago happens at the timer's own time, in its place in the order.
	want := "[001=x at 2026-01-01T00:01:00Z 002=p at 2026-01-01T00:01:30Z 003=xx at 2026-01-01T00:02:00Z 004=xxx at 2026-01-01T00:03:00Z 005=xxxx at 2026-01-01T00:04:00Z 006=xxxxx at 2026-01-01T00:05:00Z]"
	if got := notesOf(t, w, shop); got != want {
		t.Errorf("fired %s, want %s", got, want)
	}
}

func TestATimerThatIsDueWhenItIsSetFiresAtOnce(t *testing.T) {
	t.Parallel()
	for _, due := range []time.Time{start, start.Add(-time.Hour), {}} {
		w := frozen(t)
		do(t, w, shop, func(tx *world.Tx) { tx.At("note", "x", due) })
		if left := w.Timers(); len(left) != 0 {
			t.Errorf("due %s: left %v", due, left)
		}
		if got := notesOf(t, w, shop); got != "[001=x at 2026-01-01T00:00:00Z]" {
			t.Errorf("due %s: fired %s", due, got)
		}
	}
}

func TestATimerBeyondAllClocksWaits(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	do(t, w, shop, func(tx *world.Tx) {
		tx.At("note", "beyond", time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC))
		tx.At("note", "soon", start.Add(time.Minute))
	})
	if _, err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := notesOf(t, w, shop); got != "[001=soon at 2026-01-01T00:01:00Z]" {
		t.Errorf("fired %s", got)
	}
	if err := imported(t, frozen(t), export(t, w)); err != nil {
		t.Errorf("its export does not read: %v", err)
	}
}

func TestATimerThatFailsIsGoneAndTold(t *testing.T) {
	t.Parallel()
	told := map[string]error{}
	w := frozen(t, chained, func(o *world.Options) {
		o.Failed = func(timer world.Timer, err error) { told[timer.Name] = err }
	})
	do(t, w, shop, func(tx *world.Tx) {
		for _, name := range []string{"fails", "panics", "endless", "unknown"} {
			tx.At(name, "x", start.Add(time.Minute))
		}
		tx.At("note", "after", start.Add(2*time.Minute))
	})
	if _, err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := notesOf(t, w, shop); got != "[001=after at 2026-01-01T00:02:00Z]" {
		t.Errorf("the next timer, or what a failed one counted: %s", got)
	}
	var panicked *world.Panic
	if len(told) != 4 || !errors.Is(told["fails"], errRefused) || !errors.As(told["panics"], &panicked) ||
		!strings.Contains(fmt.Sprint(told["unknown"]), `"unknown"`) || !strings.Contains(fmt.Sprint(told["endless"]), "itself") {
		t.Errorf("told of %v", told)
	}
	if left := w.Timers(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestTimersOfStrangeTenantsAndIDsAreKeptApart(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	due := start.Add(time.Minute)
	for _, tenant := range []string{"a", `a" "note`, "a/note", "a\x00"} {
		for _, id := range []string{"b", `note" "b`, "note/b", ""} {
			do(t, w, world.Place{Provider: "shop", Tenant: tenant}, func(tx *world.Tx) { tx.At("note", id, due) })
		}
	}
	if n := len(w.Timers()); n != 16 {
		t.Errorf("%d timers of 16", n)
	}
	if _, err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := w.Count()["note"]; n != 16 || len(w.Timers()) != 0 {
		t.Errorf("%d of 16 fired, %d left", n, len(w.Timers()))
	}
}

func TestFreezingAndSnapshotsFireWhatIsDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, look := range map[string]func(w *world.World){
			"freeze":   func(w *world.World) { w.Freeze() },
			"snapshot": func(w *world.World) { w.Restore(w.Snapshot()) },
			"save":     func(w *world.World) { w.Save("x"); w.Restore(w.Saved()["x"]) },
		} {
			w := frozen(t, func(o *world.Options) { o.Frozen = false })
			do(t, w, shop, func(tx *world.Tx) { tx.At("note", "x", start.Add(time.Second)) })
			<-time.After(time.Second) // a millisecond before the world wakes
			look(w)
			if left := w.Timers(); len(left) != 0 {
				t.Errorf("%s: what was due did not fire", name)
			}
		}
	})
}

func TestTimersFireByThemselvesWhileTheClockRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var list []string
		w := frozen(t, func(o *world.Options) {
			o.Frozen = false
			o.Observe = func(c world.Commit) {
				mu.Lock()
				defer mu.Unlock()
				if c.Cause == "timer:note" {
					list = append(list, c.At.Sub(start).String())
				}
			}
		})
		fired := func(after time.Duration) []string {
			<-time.After(after)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(list)
		}
		expect := func(after time.Duration, want ...string) {
			t.Helper()
			if got := fired(after + 2*time.Millisecond); !slices.Equal(got, want) {
				t.Errorf("after %s fired %q, want %q", w.Now().Sub(start), got, want)
			}
		}
		do(t, w, shop, func(tx *world.Tx) {
			tx.At("note", "second", start.Add(10*time.Minute))
			tx.At("note", "first", start.Add(time.Second))
			tx.At("note", "cancelled", start.Add(2*time.Second))
			tx.At("note", "far", start.AddDate(4000, 0, 0))
		})
		do(t, w, shop, func(tx *world.Tx) { tx.Cancel("note", "cancelled") })
		expect(0)
		expect(time.Second, "1s")
		expect(time.Minute, "1s")

		w.Freeze()
		expect(time.Hour, "1s")
		w.Resume()
		expect(10*time.Minute, "1s", "10m0s")

		// A transaction that sets an earlier timer wakes the world earlier.
		soon := w.Now().Add(5 * time.Second)
		do(t, w, shop, func(tx *world.Tx) { tx.At("note", "soon", soon) })
		expect(5*time.Second, "1s", "10m0s", soon.Sub(start).String())

		// Restoring wakes as the snapshot's timers want it.
		do(t, w, shop, func(tx *world.Tx) { tx.At("note", "again", tx.Now().Add(time.Second)) })
		s := w.Snapshot()
		do(t, w, shop, func(tx *world.Tx) { tx.Cancel("note", "again") })
		w.Restore(s)
		n := len(fired(0))
		if got := fired(1100 * time.Millisecond); len(got) != n+1 {
			t.Errorf("after a restore fired %q", got[n:])
		}

		do(t, w, shop, func(tx *world.Tx) { tx.At("note", "closed", tx.Now().Add(time.Second)) })
		w.Close()
		n = len(fired(0))
		if got := fired(time.Hour); len(got) != n {
			t.Errorf("a closed world's timers fire by themselves: %q", got[n:])
		}
		do(t, w, other, func(tx *world.Tx) { tx.At("note", "set when closed", tx.Now().Add(time.Second)) })
		if got := fired(time.Hour); len(got) != n+1 {
			t.Errorf("a timer set in a closed world: %q", got[n:])
		}
		n++
		// It still answers, and what is due has happened by then.
		do(t, w, shop, func(*world.Tx) {})
		if got := fired(0); len(got) != n+1 {
			t.Error("a closed world's transaction did not fire what was due")
		}
	})
}

func TestATimerFiresInRealTime(t *testing.T) {
	t.Parallel()
	fired := make(chan struct{})
	w := world.New(world.Options{Name: "real", Rooms: map[string]world.Room{"shop": {
		Timers: map[string]func(*world.Tx, world.Timer) error{"ring": func(*world.Tx, world.Timer) error { close(fired); return nil }},
	}}})
	defer w.Close()
	do(t, w, shop, func(tx *world.Tx) { tx.At("ring", "", tx.Now().Add(5*time.Millisecond)) })
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	select {
	case <-fired:
	case <-ctx.Done():
		t.Fatal("the timer did not fire by itself")
	}
}
