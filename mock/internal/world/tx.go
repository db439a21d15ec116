package world

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"
)

// Tx is one transaction: all it does is kept together, or nothing of it.
// It is the only way to read or change state, and is not to be used after its function returns.
type Tx struct {
	Place Place

	world   *World
	now     time.Time
	undo    []undo
	private map[address]bool // values that are this transaction's own copies
	events  []Event
	witness any
	timers  bool
	lent    []loan // in the run-twice mode
}

// loan is a record that was given out to be read only, and how it looked then.
type loan struct {
	address
	value any
	print []byte
}

// address is where a record stands.
type address struct {
	shelf
	id string
}

type undo struct {
	address
	before any
	had    bool
}

// Now is the time of the transaction: every part of it sees the same.
func (tx *Tx) Now() time.Time { return tx.now }

// Start is when the world began.
func (tx *Tx) Start() time.Time { return tx.world.clock.start }

// Within runs f with the transaction at another place. What f does there is part of the same transaction.
func (tx *Tx) Within(p Place, f func()) {
	here := tx.Place
	tx.Place = p
	defer func() { tx.Place = here }()
	f()
}

// World is the name of the transaction's world.
func (tx *Tx) World() string { return tx.world.options.Name }

// RealTime tells whether the world's clock still shows the real time. Where it does not, a client that compares
// a time with its own clock has to be given one far in the future.
func (tx *Tx) RealTime() bool { return !tx.world.clock.moved }

// Frozen tells whether the world's clock stands still.
func (tx *Tx) Frozen() bool { return tx.world.clock.frozen }

// Secret is a key for one purpose at the transaction's place, decided by the seed.
func (tx *Tx) Secret(purpose string) []byte { return tx.world.Secret(tx.Place, purpose) }

// Secret is a key for one purpose at a place, decided by the seed. It may be asked for inside of transactions and outside.
func (w *World) Secret(p Place, purpose string) []byte {
	id := derive(w.Seed(), "secret", p.Provider, p.Tenant, purpose)
	return id[:]
}

// ID makes the next id of a kind below a parent (an order's payments; "" for none), decided by seed, place and count.
func (tx *Tx) ID(kind, parent string) ID {
	return tx.id(kind, parent, tx.Next("id "+kind+" "+parent))
}

// OnlyID makes the id of a kind of which a parent has one: the same each time. It is the first that ID would make, but there is nothing to count.
func (tx *Tx) OnlyID(kind, parent string) ID { return tx.id(kind, parent, 1) }

func (tx *Tx) id(kind, parent string, n int64) ID {
	return derive(tx.world.Seed(), "id", tx.Place.Provider, tx.Place.Tenant, kind, parent, strconv.FormatInt(n, 10))
}

// Next counts: 1 at the first call for a name at this place, one more at each. A refused transaction gives its numbers back.
func (tx *Tx) Next(name string) int64 {
	c, ok := counters.Edit(tx, name)
	if !ok {
		c = &counter{}
		counters.Put(tx, name, c)
	}
	c.N++
	return c.N
}

// Emit tells that something happened. Events are numbered when the transaction commits.
func (tx *Tx) Emit(name, subject string) {
	tx.events = append(tx.events, Event{Place: tx.Place, Name: name, Subject: subject, At: tx.now})
}

// Witness takes note of what the transaction will answer, so that running it twice can compare that too.
func (tx *Tx) Witness(v any) { tx.witness = v }

// Event is something that happened, as the provider names it.
type Event struct {
	Place
	Number  int64     `json:"number"`
	Name    string    `json:"name"`
	Subject string    `json:"subject"` // the id of what it happened to
	At      time.Time `json:"at"`
}

// Change is one record as it was and as it became; nil where it did not exist.
type Change struct {
	Place
	Kind   string
	ID     string
	Before any
	After  any
}

// Commit is what a transaction did.
type Commit struct {
	Number  int64 // counts the commits of a world; of a transaction that changed nothing, the last before it
	At      time.Time
	Place   Place
	Cause   string // what ran it when no request did: "cast", "timer:NAME" or what Act was told
	Changes []Change
	Events  []Event
}

// Update runs f as one transaction at p, after every timer that is due. Whatever f did is kept if it returns nil, and undone if it
// returns an error or panics (then the error is a *Panic). f may run more than once.
func (w *World) Update(p Place, f func(*Tx) error) (Commit, error) { return w.Act(p, "", f) }

// Act is Update with a cause, for what no request to a provider does: the observer is told of it.
func (w *World) Act(p Place, cause string, f func(*Tx) error) (Commit, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock.now() // read once: no timer may fall due between those that fired before and f
	w.fireDue(now)
	if err := w.welcome(p, now); err != nil {
		return Commit{Number: w.commits, At: now, Place: p, Cause: cause}, err
	}
	commit, timers, err := w.transact(p, now, cause, f)
	if timers {
		w.fireDue(now)
		w.rearm()
	}
	return commit, err
}

// welcome makes a tenant's cast before its first transaction: at the world's start, or, while its clock has only ever shown the real time, which
// repeats in no run, at this moment.
func (w *World) welcome(p Place, now time.Time) error {
	room, ok := w.options.Rooms[p.Provider]
	if !ok || p == (Place{}) {
		return nil
	}
	key := (&tenant{p}).key()
	known := w.shelf(tenants)
	if _, ok := known.Get(key); ok {
		return nil
	}
	if known.Len() >= w.options.MaxTenants {
		return &TooManyTenants{Max: w.options.MaxTenants}
	}
	begin := w.clock.start
	if !w.clock.moved {
		begin = now // nobody waits for the cast of a server that has idled: it is as fresh as in a new one
	}
	_, timers, err := w.transact(p, begin, "cast", func(tx *Tx) error {
		tx.put(address{tenants, key}, &tenant{p})
		if room.Cast == nil {
			return nil
		}
		return room.Cast(tx)
	})
	if err != nil {
		return fmt.Errorf("making the cast of %s: %w", key, err)
	}
	if timers {
		w.fireDue(now)
		w.rearm()
	}
	return nil
}

// transact runs f with the world locked.
func (w *World) transact(p Place, now time.Time, cause string, f func(*Tx) error) (Commit, bool, error) {
	run := func() (*Tx, error) {
		tx := &Tx{Place: p, world: w, now: now}
		return tx, guard(tx, f)
	}
	tx, err := run()
	if w.options.Twice {
		first, spoilt := tx.fingerprint(err), tx.spoilt()
		tx.rollback()
		tx, err = run()
		if second := tx.fingerprint(err); first != second && !isPanic(err) {
			err = &Unrepeatable{First: first, Second: second}
		}
		if spoilt = cmp.Or(spoilt, tx.spoilt()); spoilt != nil {
			err = spoilt
		}
	}
	if err != nil {
		tx.rollback()
		return Commit{Number: w.commits, At: now, Place: p, Cause: cause}, false, err
	}
	return tx.commit(cause), tx.timers, nil
}

func guard(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{Value: v, Stack: debug.Stack()}
		}
	}()
	return f(tx)
}

func isPanic(err error) bool { _, ok := err.(*Panic); return ok }

// Panic is the error of a transaction whose function panicked.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Unrepeatable is the error of a transaction that did not do the same when it was run twice.
type Unrepeatable struct{ First, Second string }

func (e *Unrepeatable) Error() string {
	return fmt.Sprintf("a transaction run twice differed:\nfirst  %s\nsecond %s", e.First, e.Second)
}

func (tx *Tx) commit(cause string) Commit {
	w := tx.world
	changes := tx.changes()
	if len(changes) > 0 || len(tx.events) > 0 {
		w.commits++
	}
	for i := range tx.events {
		w.events++
		tx.events[i].Number = w.events
	}
	c := Commit{Number: w.commits, At: tx.now, Place: tx.Place, Cause: cause, Changes: changes, Events: tx.events}
	if w.options.Observe != nil {
		w.options.Observe(c)
	}
	return c
}

func (tx *Tx) rollback() {
	for i := len(tx.undo) - 1; i >= 0; i-- {
		u := tx.undo[i]
		if u.had {
			tx.world.shelf(u.shelf).Set(u.id, u.before)
		} else {
			tx.world.shelf(u.shelf).Delete(u.id)
		}
	}
	tx.undo = nil
}

// changes lists each record touched once: as it was before the transaction and as it is now.
func (tx *Tx) changes() []Change {
	var list []Change
	seen := make(map[address]bool, len(tx.undo))
	for _, u := range tx.undo {
		if seen[u.address] {
			continue
		}
		seen[u.address] = true
		after, has := tx.world.shelf(u.shelf).Get(u.id)
		if !u.had && !has {
			continue // made and removed again
		}
		list = append(list, Change{Place: u.Place, Kind: u.Kind, ID: u.id, Before: u.before, After: after})
	}
	return list
}

func (tx *Tx) fingerprint(err error) string {
	text := ""
	if err != nil {
		text = err.Error()
	}
	print, failed := json.Marshal(struct {
		Changes []Change
		Events  []Event
		Answer  any
		Error   string
	}{tx.changes(), tx.events, tx.witness, text})
	if failed != nil {
		return failed.Error()
	}
	return string(print)
}

// lend takes note of a record that is given out to be read only.
func (tx *Tx) lend(a address, v any) {
	if tx.world.options.Twice && !tx.private[a] {
		print, _ := json.Marshal(v)
		tx.lent = append(tx.lent, loan{a, v, print})
	}
}

// spoilt finds a record that was changed although it was to be read only: no rollback would have undone that.
func (tx *Tx) spoilt() error {
	for _, l := range tx.lent {
		if now, _ := json.Marshal(l.value); !bytes.Equal(now, l.print) {
			return fmt.Errorf("the %s %q was changed without Edit:\nbefore %s\nafter  %s", l.Kind, l.id, l.print, now)
		}
	}
	return nil
}

func (tx *Tx) get(a address) (any, bool) {
	t := tx.world.shelves[a.shelf]
	if t == nil {
		return nil, false
	}
	return t.Get(a.id)
}

func (tx *Tx) put(a address, v any) {
	before, had := tx.world.shelf(a.shelf).Set(a.id, v)
	tx.undo = append(tx.undo, undo{a, before, had})
	tx.own(a)
}

func (tx *Tx) delete(a address) {
	if before, had := tx.world.shelf(a.shelf).Delete(a.id); had {
		tx.undo = append(tx.undo, undo{a, before, had})
	}
}

func (tx *Tx) own(a address) {
	if tx.private == nil {
		tx.private = map[address]bool{}
	}
	tx.private[a] = true
}

// derive makes bytes that depend on the seed and on every word, in order.
func derive(seed string, words ...string) ID {
	mac := hmac.New(sha256.New, []byte(seed))
	for _, word := range words {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(word)))
		mac.Write(n[:])
		mac.Write([]byte(word))
	}
	return ID(mac.Sum(nil))
}
