package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

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

// Import replaces the state by an exported one. Nothing changes unless all of it reads; the error names what does not.
func (w *World) Import(e Export) error {
	if e.Understudy != exportFormat {
		return fmt.Errorf("understudy: format %d is not known; this version reads format %d", e.Understudy, exportFormat)
	}
	if err := e.Clock.check(); err != nil {
		return err
	}
	if e.Commits < 0 || e.Events < 0 {
		return fmt.Errorf("commits and events: %d and %d, where counts are wanted", e.Commits, e.Events)
	}
	in := imported{}
	for i, r := range e.Records {
		if err := w.read(in, r); err != nil {
			return fmt.Errorf("records[%d] (%s %q of %s/%s): %w", i, r.Kind, r.ID, r.Provider, r.Tenant, err)
		}
	}
	for _, place := range slices.SortedFunc(maps.Keys(in), compareShelves) {
		t := tenant{place.Place}
		if _, ok := in.shelf(tenants).Get(t.key()); !ok && place.Place != (Place{}) {
			return fmt.Errorf("records: there are some of %s, and none of kind %q that brings it into being", t.key(), tenants.Kind)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c := startClock(e.Clock.Start, e.Clock.Frozen)
	w.restore(&Snapshot{At: e.Clock.Now.UTC(), seed: e.Seed, clock: c, shelves: in, commits: e.Commits, events: e.Events})
	return nil
}

func (c Clock) check() error {
	if err := CheckTime(c.Start); err != nil {
		return fmt.Errorf("clock.start: %w", err)
	}
	if err := CheckTime(c.Now); err != nil {
		return fmt.Errorf("clock.now: %w", err)
	}
	if c.Now.Before(c.Start) {
		return fmt.Errorf("clock.now: it is before clock.start")
	}
	return nil
}

// imported are the records of an export while they are read.
type imported map[shelf]*tree

func (in imported) shelf(s shelf) *tree {
	if in[s] == nil {
		in[s] = new(tree)
	}
	return in[s]
}

// read puts one record where it belongs. What the world itself relies on has to hold: a timer or tenant under its own key, nothing twice.
func (w *World) read(in imported, r RecordJSON) error {
	v, err := w.decode(r)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case *Timer:
		if v.Place != r.Place || v.key() != r.ID {
			return fmt.Errorf("the timer in it is %q of %s/%s", v.key(), v.Provider, v.Tenant)
		}
		if v.Due.Before(earliest) || v.Due.After(never) {
			return fmt.Errorf("due: %w", CheckTime(v.Due))
		}
		in.shelf(dues).Set(v.dueKey(), v)
	case *tenant:
		if r.Place != (Place{}) || v.key() != r.ID {
			return fmt.Errorf("the tenant in it is %q, of no place itself", v.key())
		}
	case *counter:
		if v.N < 0 {
			return fmt.Errorf("n: %d, where a count is wanted", v.N)
		}
	}
	if _, twice := in.shelf(shelf{r.Place, r.Kind}).Set(r.ID, v); twice {
		return fmt.Errorf("it stands twice")
	}
	return nil
}

func (w *World) decode(r RecordJSON) (any, error) {
	if len(r.Value) == 0 || string(r.Value) == "null" {
		return nil, fmt.Errorf("value: there is none, where a record is wanted")
	}
	kinds := []AnyKind{timers, counters, Kind[*tenant]{tenants.Kind}}
	for _, kind := range append(kinds, w.options.Rooms[r.Provider].Kinds...) {
		if kind.KindName() == r.Kind {
			return kind.decode(r.Value)
		}
	}
	return nil, fmt.Errorf("kind: %q is not known", r.Kind)
}
