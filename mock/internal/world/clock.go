package world

import (
	"errors"
	"fmt"
	"time"
)

// This file is the only place in the simulator that asks what the real time is.

// clock tells a world's time: it stands still, or runs beside the real one from an anchor.
type clock struct {
	start  time.Time // when the world began, in its own time
	at     time.Time // its time at the anchor
	anchor time.Time // the real time then
	shown  time.Time // the latest time that it told while running
	frozen bool
	moved  bool // no longer the real time: started elsewhere, frozen, set or advanced
}

// wall is the real time, without Go's monotonic reading: that one stands still while the machine sleeps, and a world that runs with the
// real time would wake up late. The wall clock may be set back; then a world waits for it.
func wall() time.Time { return time.Now().Round(0) }

func startClock(start time.Time, frozen bool) clock {
	real := wall()
	c := clock{start: start.UTC(), anchor: real, frozen: frozen, moved: frozen || !start.IsZero()}
	if start.IsZero() {
		c.start = real.UTC()
	}
	c.start = c.start.Truncate(time.Millisecond)
	c.at, c.shown = c.start, c.start
	return c
}

func (c *clock) now() time.Time {
	if c.frozen {
		return c.at
	}
	if t := c.at.Add(wall().Sub(c.anchor)).Truncate(time.Millisecond); t.After(c.shown) {
		c.shown = t
	}
	return c.shown
}

// turn makes t the present without changing whether the clock runs.
func (c *clock) turn(t time.Time) {
	c.at, c.anchor = t.UTC().Truncate(time.Millisecond), wall()
	c.shown = c.at
}

// Clock is what a world's clock shows.
type Clock struct {
	Now    time.Time `json:"now"`
	Start  time.Time `json:"start"`
	Frozen bool      `json:"frozen"`
	Real   bool      `json:"real"` // it still shows the real time
}

// Clock reads the clock.
func (w *World) Clock() Clock {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.readClock()
}

func (w *World) readClock() Clock {
	return Clock{Now: w.clock.now(), Start: w.clock.start, Frozen: w.clock.frozen, Real: !w.clock.moved}
}

// Now is the present of the world, to the millisecond, in UTC.
func (w *World) Now() time.Time { return w.Clock().Now }

// Freeze stops the clock where it is.
func (w *World) Freeze() Clock {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock.now()
	w.fireDue(now)
	w.clock.turn(now)
	w.clock.frozen, w.clock.moved = true, true
	w.rearm()
	return w.readClock()
}

// Resume lets the clock run on from where it stands.
func (w *World) Resume() Clock {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock.turn(w.clock.now())
	w.clock.frozen = false
	w.rearm()
	return w.readClock()
}

// ErrBackwards is the refusal to turn a clock back: what has happened cannot be undone by it.
var ErrBackwards = errors.New("a world's clock only moves forward; reset the world with another start, or restore a snapshot, to go back")

// A clock shows times between these: every format has four digits for a year, and what is scheduled from there still fits.
var (
	earliest = time.Unix(0, 0).UTC()
	latest   = time.Date(9900, 1, 1, 0, 0, 0, 0, time.UTC)
)

// CheckTime tells what is wrong with t as a time for a world's clock to show.
func CheckTime(t time.Time) error {
	if t.Before(earliest) || t.After(latest) {
		return fmt.Errorf("a world's clock goes from %s to %s", earliest.Format(time.RFC3339), latest.Format(time.RFC3339))
	}
	return nil
}

// Set moves the clock to t. Every timer that falls due on the way fires, in order, each at its own time.
func (w *World) Set(t time.Time) (Clock, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moveTo(t)
}

// Advance moves the clock on by d, as Set does.
func (w *World) Advance(d time.Duration) (Clock, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moveTo(w.clock.now().Add(d))
}

func (w *World) moveTo(t time.Time) (Clock, error) {
	if t.Before(w.clock.now()) {
		return w.readClock(), ErrBackwards
	}
	if err := CheckTime(t); err != nil {
		return w.readClock(), err
	}
	w.clock.turn(t)
	w.clock.moved = true
	w.fireDue(w.clock.now())
	w.rearm()
	return w.readClock(), nil
}

// wake lets timers fire by themselves while the clock runs.
type wake struct{ timer *time.Timer }

func (k *wake) stop() {
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
}

// longestNap bounds how long a wake waits: while it does, the machine may sleep and the real clock be set.
const longestNap = time.Minute

// rearm sets the wake for the next timer due. A frozen clock needs none.
func (w *World) rearm() {
	w.wake.stop()
	next, ok := w.nextDue()
	if !ok || w.clock.frozen || w.closed {
		return
	}
	// A millisecond more, because now() cuts to milliseconds.
	wait := min(max(next.Sub(w.clock.now()), 0), longestNap) + time.Millisecond
	w.wake.timer = time.AfterFunc(wait, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.closed {
			return
		}
		w.fireDue(w.clock.now())
		w.rearm()
	})
}
