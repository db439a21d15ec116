package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
	w.fireDue()
	return w.snapshot()
}

func (w *World) snapshot() *Snapshot {
	s := &Snapshot{At: w.clock.now(), seed: w.options.Seed, clock: w.clock, shelves: copyShelves(w.shelves), commits: w.commits, events: w.events}
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
	w.options.Seed, w.clock, w.commits, w.events = s.seed, s.clock, s.commits, s.events
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
		return nil, fmt.Errorf("this world already keeps %d snapshots, its most; delete one first", maxSnapshots)
	}
	w.fireDue()
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

// exportFormat is the version of the JSON that Export writes.
const exportFormat = 1

// Export is a world's whole state as JSON.
type Export struct {
	Understudy int          `json:"understudy"` // format version
	World      string       `json:"world"`
	Seed       string       `json:"seed"`
	Clock      Clock        `json:"clock"`
	Commits    int64        `json:"commits"`
	Events     int64        `json:"events"`
	Records    []RecordJSON `json:"records"`
}

// RecordJSON is one record of an export.
type RecordJSON struct {
	Place
	Kind  string          `json:"kind"`
	ID    string          `json:"id"`
	Value json.RawMessage `json:"value"`
}

// Export writes down the state, sorted, so that equal states give equal bytes.
func (w *World) Export() (Export, error) {
	s := w.Snapshot()
	frozen := s.clock.frozen
	e := Export{
		Understudy: exportFormat, World: w.Name(), Seed: s.seed, Commits: s.commits, Events: s.events, Records: []RecordJSON{},
		Clock: Clock{Now: s.At, Start: s.clock.start, Frozen: frozen, Real: !s.clock.moved},
	}
	for _, place := range slices.SortedFunc(maps.Keys(s.shelves), compareShelves) {
		if place == dues { // follows from the timers
			continue
		}
		var failed error
		s.shelves[place].Scan(func(id string, v any) bool {
			raw, err := json.Marshal(v)
			failed = err
			e.Records = append(e.Records, RecordJSON{Place: place.Place, Kind: place.Kind, ID: id, Value: raw})
			return err == nil
		})
		if failed != nil {
			return Export{}, fmt.Errorf("exporting %s: %w", place.Kind, failed)
		}
	}
	return e, nil
}

func compareShelves(a, b shelf) int {
	return slices.Compare([]string{a.Provider, a.Tenant, a.Kind}, []string{b.Provider, b.Tenant, b.Kind})
}

// Import replaces the state by an exported one. Nothing changes unless all of it reads.
func (w *World) Import(e Export) error {
	if e.Understudy != exportFormat {
		return fmt.Errorf("understudy: format %d is not known; this version reads format %d", e.Understudy, exportFormat)
	}
	shelves := map[shelf]*tree{}
	add := func(s shelf, id string, v any) {
		if shelves[s] == nil {
			shelves[s] = new(tree)
		}
		shelves[s].Set(id, v)
	}
	for i, r := range e.Records {
		v, err := w.decode(r)
		if err != nil {
			return fmt.Errorf("records[%d] (%s %s/%s): %w", i, r.Kind, r.Provider, r.Tenant, err)
		}
		add(shelf{r.Place, r.Kind}, r.ID, v)
		if t, ok := v.(*Timer); ok {
			add(dues, t.dueKey(), t)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c := startClock(e.Clock.Start, e.Clock.Frozen)
	c.turn(e.Clock.Now)
	c.moved = true
	w.restore(&Snapshot{At: e.Clock.Now.UTC(), seed: e.Seed, clock: c, shelves: shelves, commits: e.Commits, events: e.Events})
	return nil
}

func (w *World) decode(r RecordJSON) (any, error) {
	for _, own := range []AnyKind{timers, counters, Kind[*tenant]{tenants.Kind}} {
		if own.KindName() == r.Kind {
			return checked(own.decode(r.Value))
		}
	}
	for _, kind := range w.options.Rooms[r.Provider].Kinds {
		if kind.KindName() == r.Kind {
			return checked(kind.decode(r.Value))
		}
	}
	return nil, fmt.Errorf("kind %q is not known", r.Kind)
}

// checked refuses a JSON null, which reads into a nil pointer without complaint.
func checked(v any, err error) (any, error) {
	if err == nil {
		if raw, _ := json.Marshal(v); string(raw) == "null" {
			return nil, fmt.Errorf("value is null, where a record is wanted")
		}
	}
	return v, err
}
