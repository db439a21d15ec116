// Package world keeps isolated universes: each has its own state, clock, seed and randomness, and none ever waits for another.
//
// State is records in ordered copy-on-write trees, one per provider, tenant and kind. It changes only in transactions, which are kept whole or
// not at all. Timers and counters are records too, so that rollback, snapshot and export treat everything alike.
package world

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/btree"
)

// Place names whose state a transaction works on: a provider's slug and a tenant of that provider.
// The zero Place holds what belongs to the world itself.
type Place struct {
	Provider string `json:"provider"`
	Tenant   string `json:"tenant"`
}

// Room is what a world must know of a provider: what a tenant holds at first, what its timers do, and how its records are read back.
type Room struct {
	Cast   func(*Tx) error                   // fills a new tenant; its clock stands at the world's start, or with the real time at the tenant's first use
	Timers map[string]func(*Tx, Timer) error // by timer name
	Kinds  []AnyKind
}

// Check tells what is wrong with a room: a kind named twice or as the world names its own, a timer whose name holds a slash.
func (r Room) Check() error {
	taken := map[string]bool{timers.Name: true, counters.Name: true, tenants.Kind: true, dues.Kind: true}
	for _, kind := range r.Kinds {
		if name := kind.KindName(); name == "" || taken[name] {
			return fmt.Errorf("a kind cannot be called %q: the name is empty, taken twice, or the world's own", name)
		}
		taken[kind.KindName()] = true
	}
	for name := range r.Timers {
		if name == "" || strings.Contains(name, "/") {
			return fmt.Errorf("a timer cannot be called %q: a name without a slash would be right", name)
		}
	}
	return nil
}

// Options make a world.
type Options struct {
	Name   string
	Seed   string          // decides every id and key; the same seed gives the same world
	Start  time.Time       // when its history begins, a time that CheckTime accepts; zero means the real time of its making
	Frozen bool            // the clock stands still until told otherwise
	Rooms  map[string]Room // by provider slug

	// MaxTenants bounds how many tenants requests may bring into being; zero means 1000.
	MaxTenants int
	// Twice runs every transaction twice, rolling the first run back, and refuses one whose runs differ, or that changes a record which was
	// given to it to be read only. For tests.
	Twice bool
	// Observe hears of every commit, in order, with the world locked: it must be quick and must not call the world.
	Observe func(Commit)
	// Failed hears of a timer that could not do its work, as Observe does.
	Failed func(Timer, error)
}

// World is one isolated universe. Its methods may be called from any goroutine.
type World struct {
	options Options
	seed    atomic.Value // string; read without the lock, by Secret

	mu        sync.Mutex
	clock     clock
	wake      wake
	shelves   map[shelf]*tree
	commits   int64
	events    int64
	snapshots map[string]*Snapshot
	closed    bool
}

// tree holds the records of one kind, in the order of their ids.
type tree = btree.Map[string, any]

// shelf names a tree.
type shelf struct {
	Place
	Kind string
}

// New makes a world whose tenants do not exist until their first transaction.
func New(o Options) *World {
	if o.MaxTenants == 0 {
		o.MaxTenants = 1000
	}
	w := &World{options: o}
	w.seed.Store(o.Seed)
	w.begin()
	return w
}

// begin puts the world at the start of its history.
func (w *World) begin() {
	w.clock = startClock(w.options.Start, w.options.Frozen)
	w.shelves = map[shelf]*tree{}
	w.snapshots = map[string]*Snapshot{}
	w.commits, w.events = 0, 0
}

// Name is the world's name, unique within its server.
func (w *World) Name() string { return w.options.Name }

// Seed is what decides the world's ids and keys.
func (w *World) Seed() string { return w.seed.Load().(string) }

// Commits counts the transactions that changed something since the world began.
func (w *World) Commits() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.commits
}

// Reset puts the world back to the start of its history; snapshots kept by name stay. A new seed or start replaces the old one; empty
// keeps it. A start that a clock cannot show is refused.
func (w *World) Reset(seed string, start time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !start.IsZero() {
		if err := CheckTime(start); err != nil {
			return err
		}
		w.options.Start = start.UTC()
	}
	if seed != "" {
		w.seed.Store(seed)
	}
	snapshots := w.snapshots
	w.begin()
	w.snapshots = snapshots
	w.rearm()
	return nil
}

// Close stops the world's timers. Requests that still hold it are served from the state as it is.
func (w *World) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.wake.stop()
}

// Tenants lists the places that have come into being, in order.
func (w *World) Tenants() []Place {
	w.mu.Lock()
	defer w.mu.Unlock()
	var places []Place
	w.shelf(tenants).Scan(func(_ string, v any) bool {
		places = append(places, v.(*tenant).Place)
		return true
	})
	return places
}

// Count tells how many records the world holds, by kind.
func (w *World) Count() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := map[string]int{}
	for s, t := range w.shelves {
		if s.Provider != "" && s.Kind != counters.Name && t.Len() > 0 {
			n[s.Kind] += t.Len()
		}
	}
	return n
}

func (w *World) shelf(s shelf) *tree {
	t := w.shelves[s]
	if t == nil {
		t = new(tree)
		w.shelves[s] = t
	}
	return t
}

// tenants lists which tenants have their cast.
var tenants = shelf{Kind: "tenant"}

type tenant struct{ Place }

func (t *tenant) Clone() *tenant { c := *t; return &c }

// key is the tenant's id. A provider's slug holds no slash, so no two tenants share one.
func (t *tenant) key() string { return t.Provider + "/" + t.Tenant }

// TooManyTenants is the refusal to bring one more tenant into being.
type TooManyTenants struct{ Max int }

func (e *TooManyTenants) Error() string {
	return fmt.Sprintf("this world already holds %d tenants, its most; use one of them, or another world", e.Max)
}
