package world_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"understudy/mock/internal/world"
)

func TestAClockOnlyMovesForward(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	laws := []struct {
		name string
		move func() (world.Clock, error)
		now  string // "" if it is refused
	}{
		{"back", func() (world.Clock, error) { return w.Set(start.Add(-time.Millisecond)) }, ""},
		{"back by a negative step", func() (world.Clock, error) { return w.Advance(-time.Second) }, ""},
		{"nowhere", func() (world.Clock, error) { return w.Set(start) }, "2026-01-01T00:00:00Z"},
		{"on", func() (world.Clock, error) { return w.Advance(90 * time.Minute) }, "2026-01-01T01:30:00Z"},
		{"to a time in another zone", func() (world.Clock, error) {
			return w.Set(time.Date(2026, 1, 1, 3, 0, 0, 0, time.FixedZone("", 3600)))
		}, "2026-01-01T02:00:00Z"},
		{"by less than it shows", func() (world.Clock, error) { return w.Advance(time.Microsecond) }, "2026-01-01T02:00:00Z"},
		{"to its end", func() (world.Clock, error) { return w.Set(time.Date(9900, 1, 1, 0, 0, 0, 0, time.UTC)) }, "9900-01-01T00:00:00Z"},
		{"beyond", func() (world.Clock, error) { return w.Advance(time.Millisecond) }, ""},
		{"beyond what time can tell", func() (world.Clock, error) { return w.Set(time.Unix(1<<60, 0)) }, ""},
	}
	for _, law := range laws {
		before := w.Now()
		clock, err := law.move()
		if law.now == "" {
			if err == nil || !w.Now().Equal(before) || !clock.Now.Equal(before) {
				t.Errorf("%s: %v, and the clock shows %s", law.name, err, w.Now())
			}
			continue
		}
		if got := clock.Now.Format(time.RFC3339Nano); err != nil || got != law.now || !w.Now().Equal(clock.Now) {
			t.Errorf("%s: %s, %v; want %s", law.name, got, err, law.now)
		}
	}
	if _, err := w.Set(start); !errors.Is(err, world.ErrBackwards) {
		t.Errorf("going back: %v", err)
	}
	if clock := w.Clock(); !clock.Frozen || clock.Real || !clock.Start.Equal(start) {
		t.Errorf("%+v", clock)
	}
}

func TestEveryPartOfATransactionSeesOneTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.Options{Name: "test"})
		defer w.Close()
		w.Update(shop, func(tx *world.Tx) error {
			before := tx.Now()
			<-time.After(time.Hour)
			tx.Emit("made", "")
			if !tx.Now().Equal(before) {
				t.Errorf("%s, then %s", before, tx.Now())
			}
			return nil
		})
	})
}

// In a synctest bubble time stands still until everybody waits, so that the running clock can be asserted to the millisecond.
func TestARunningClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shows := func(w *world.World, want time.Time, frozen, real bool) {
			t.Helper()
			c := w.Clock()
			if !c.Now.Equal(want) || c.Frozen != frozen || c.Real != real || c.Now.Location() != time.UTC {
				t.Errorf("the clock shows %+v, want %s", c, want)
			}
			w.Update(shop, func(tx *world.Tx) error {
				if !tx.Now().Equal(want) || tx.RealTime() != real {
					t.Errorf("a transaction sees %s, want %s", tx.Now(), want)
				}
				return nil
			})
		}
		begun := time.Now().UTC().Truncate(time.Millisecond)
		real := world.New(world.Options{Name: "real"})
		set := world.New(world.Options{Name: "set", Start: start})
		defer real.Close()
		defer set.Close()
		shows(real, begun, false, true)
		shows(set, start, false, false)

		<-time.After(90*time.Second + 1500*time.Microsecond)
		shows(real, begun.Add(90*time.Second+time.Millisecond), false, true)
		shows(set, start.Add(90*time.Second+time.Millisecond), false, false)

		stood := real.Freeze().Now
		<-time.After(time.Hour)
		shows(real, stood, true, false)
		real.Resume()
		<-time.After(time.Second)
		shows(real, stood.Add(time.Second), false, false)

		third := world.New(world.Options{Name: "third"})
		defer third.Close()
		third.Advance(time.Second)
		shows(third, time.Now().UTC().Add(time.Second).Truncate(time.Millisecond), false, false)

		if _, err := set.Advance(24 * time.Hour); err != nil {
			t.Error(err)
		}
		<-time.After(time.Second)
		if got := set.Now().Sub(start); got < 25*time.Hour || got > 25*time.Hour+2*time.Minute {
			t.Errorf("an advanced clock that runs shows %s since its start", got)
		}
	})
}

func TestResetBeginsAgain(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	fresh := export(t, w)
	live := func() {
		do(t, w, shop, func(tx *world.Tx) {
			orders.Put(tx, tx.ID("order", "").Hex(8), &order{})
			tx.At("note", "x", start.Add(time.Hour))
			tx.Emit("made", "")
		})
	}
	live()
	lived := export(t, w)
	if _, err := w.Save("kept"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.Reset("", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got := export(t, w); got != fresh {
		t.Errorf("a reset world is\n%s\na fresh one\n%s", got, fresh)
	}
	if live(); export(t, w) != lived {
		t.Error("its history does not repeat")
	}
	if len(w.Saved()) != 1 {
		t.Error("the snapshots are gone")
	}
	later := start.AddDate(1, 0, 0)
	if err := w.Reset("another", later); err != nil || w.Seed() != "another" || !w.Now().Equal(later) || !w.Clock().Frozen {
		t.Errorf("reset with seed and start: %v, %q, %+v", err, w.Seed(), w.Clock())
	}
	for _, bad := range []time.Time{time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)} {
		if err := w.Reset("third", bad); err == nil || w.Seed() != "another" || !w.Now().Equal(later) {
			t.Errorf("a start at %s: %v", bad, err)
		}
	}
}
