package world

import (
	"fmt"
	"time"
)

// Timer is something that will happen by itself: when, where, which of the room's timers, and to what.
type Timer struct {
	Place
	Due  time.Time `json:"due"`
	Name string    `json:"name"`
	ID   string    `json:"id"` // what it happens to
}

// Clone copies the timer.
func (t *Timer) Clone() *Timer { c := *t; return &c }

var (
	// timers hold each timer by name and id, at its place.
	timers = Kind[*Timer]{"timer"}
	// dues holds the same timers for the whole world, in the order in which they fall due.
	dues = shelf{Kind: "due"}
)

// key is the timer's id at its place. A name holds no slash (Room.Check), so no two timers share a key.
func (t *Timer) key() string { return t.Name + "/" + t.ID }

// dueKey sorts by time, then place, name and id, so that timers due at once fire in one order in every run.
// Tenants and ids are quoted: clients may choose them, and spaces in them must not make two timers one.
func (t *Timer) dueKey() string {
	return fmt.Sprintf("%s %s %q %q %q", t.Due.UTC().Format("20060102150405.000000000"), t.Provider, t.Tenant, t.Name, t.ID)
}

// never is later than any clock goes.
var never = latest.AddDate(90, 0, 0)

// At has the room's timer `name` fire for id when the world's clock reaches due, or at once if it has.
// A timer has one due time: a later call moves it.
func (tx *Tx) At(name, id string, due time.Time) {
	tx.Cancel(name, id)
	switch {
	case due.Before(tx.now):
		due = tx.now // what follows from this transaction does not come before it
	case due.After(never):
		due = never
	}
	t := &Timer{Place: tx.Place, Due: due.UTC(), Name: name, ID: id}
	timers.Put(tx, t.key(), t)
	tx.put(address{dues, t.dueKey()}, t)
	tx.timers = true
}

// Cancel takes a timer back, if it has not fired.
func (tx *Tx) Cancel(name, id string) {
	key := (&Timer{Name: name, ID: id}).key()
	if t, ok := timers.Get(tx, key); ok {
		timers.Delete(tx, key)
		tx.delete(address{dues, t.dueKey()})
		tx.timers = true
	}
}

// Timers lists what will happen by itself, soonest first.
func (w *World) Timers() []Timer {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := []Timer{}
	w.shelf(dues).Scan(func(_ string, v any) bool {
		list = append(list, *v.(*Timer))
		return true
	})
	return list
}

func (w *World) nextDue() (time.Time, bool) {
	_, v, ok := w.shelf(dues).Min()
	if !ok {
		return time.Time{}, false
	}
	return v.(*Timer).Due, true
}

// fireDue fires every timer that is due by now, in order, each in a transaction of its own at its own time.
// A timer that fails is gone all the same: it would fail again.
func (w *World) fireDue(now time.Time) {
	for {
		_, v, ok := w.shelf(dues).Min()
		if !ok || v.(*Timer).Due.After(now) {
			return
		}
		t := *v.(*Timer)
		if _, _, err := w.transact(t.Place, t.Due, "timer:"+t.Name, func(tx *Tx) error { return tx.fire(t) }); err != nil {
			w.transact(t.Place, t.Due, "timer:"+t.Name, func(tx *Tx) error { tx.Cancel(t.Name, t.ID); return nil })
			w.complain(t, err)
		}
	}
}

func (tx *Tx) fire(t Timer) error {
	tx.Cancel(t.Name, t.ID)
	does := tx.world.options.Rooms[t.Provider].Timers[t.Name]
	if does == nil {
		return fmt.Errorf("no timer is called %q", t.Name)
	}
	if err := does(tx, t); err != nil {
		return err
	}
	if again, ok := timers.Get(tx, t.key()); ok && !again.Due.After(t.Due) {
		return fmt.Errorf("it set itself again for the time at which it fires, and so would never end")
	}
	return nil
}

// complain tells the observer of a timer that failed; that is a bug of the room.
func (w *World) complain(t Timer, err error) {
	if w.options.Failed != nil {
		w.options.Failed(t, err)
	}
}
