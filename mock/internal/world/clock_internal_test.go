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
