package world

import (
	"fmt"
	"maps"
	"time"
)

// Snapshot is a world's whole state at one moment. Taking one costs next to nothing, whatever the world holds.
type Snapshot struct {
	At      time.Time
	seed    string
	clock   clock
	shelves map[shelf]*tree
	commits int64
	events  int64
}

// Snapshot takes the state as it is.
func (w *World) Snapshot() *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.snapshot()
}

func (w *World) snapshot() *Snapshot {
	now := w.clock.now()
	w.fireDue(now)
	s := &Snapshot{At: now, seed: w.Seed(), clock: w.clock, shelves: copyShelves(w.shelves), commits: w.commits, events: w.events}
	s.clock.turn(s.At)
	return s
}

// Restore puts the state back, the clock with it: a clock that ran when the snapshot was taken runs on from that time.
func (w *World) Restore(s *Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.restore(s)
}

func (w *World) restore(s *Snapshot) {
	w.seed.Store(s.seed)
	w.clock, w.commits, w.events = s.clock, s.commits, s.events
	w.shelves = copyShelves(s.shelves)
	w.clock.turn(s.At)
	w.clock.moved = true
	w.rearm()
}

func copyShelves(from map[shelf]*tree) map[shelf]*tree {
	to := make(map[shelf]*tree, len(from))
	for s, t := range from {
		to[s] = t.Copy()
	}
	return to
}

// maxSnapshots bounds how many a world keeps by name.
const maxSnapshots = 100

// Save keeps a snapshot under a name, in place of an earlier one of that name.
func (w *World) Save(name string) (*Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.snapshots[name]; !known && len(w.snapshots) >= maxSnapshots {
		return nil, fmt.Errorf("this world already keeps %d snapshots, its most; DELETE /_understudy/snapshots/{name} takes one away", maxSnapshots)
	}
	s := w.snapshot()
	w.snapshots[name] = s
	return s, nil
}

// Saved returns the snapshots kept by name.
func (w *World) Saved() map[string]*Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.snapshots)
}

// Forget drops a snapshot; false if there is none of that name.
func (w *World) Forget(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.snapshots[name]
	delete(w.snapshots, name)
	return ok
}
