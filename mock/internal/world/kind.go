package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
)

// Record is a value that can be kept: a pointer to a struct that survives JSON. Clone is deep.
type Record[T any] interface{ Clone() T }

// Kind names the records of one Go type at a place: var orders = world.Kind[*Order]{"order"}.
type Kind[T Record[T]] struct{ Name string }

// AnyKind is a kind of whatever type, as snapshots and imports need it.
type AnyKind interface {
	KindName() string
	decode(raw json.RawMessage) (any, error)
}

// KindName is the kind's name, unique within a provider.
func (k Kind[T]) KindName() string { return k.Name }

func (k Kind[T]) decode(raw json.RawMessage) (any, error) {
	var v T
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&v); err != nil {
		return nil, fmt.Errorf("value: it does not read as a %s: %w", k.Name, err)
	}
	return v, nil
}

func (k Kind[T]) at(tx *Tx, id string) address { return address{shelf{tx.Place, k.Name}, id} }

// Get returns the record as it stands: to be read only, and safe to read after the transaction.
func (k Kind[T]) Get(tx *Tx, id string) (T, bool) {
	a := k.at(tx, id)
	v, ok := tx.get(a)
	if !ok {
		var none T
		return none, false
	}
	tx.lend(a, v)
	return v.(T), true
}

// Edit returns the transaction's own deep copy, which takes the record's place when the transaction commits.
func (k Kind[T]) Edit(tx *Tx, id string) (T, bool) {
	v, ok := k.Get(tx, id)
	if a := k.at(tx, id); ok && !tx.private[a] {
		v = v.Clone()
		tx.put(a, v)
	}
	return v, ok
}

// Put keeps v under id, new or in place of what stood there. v belongs to the world from then on.
func (k Kind[T]) Put(tx *Tx, id string, v T) { tx.put(k.at(tx, id), v) }

// Delete removes the record, if there is one.
func (k Kind[T]) Delete(tx *Tx, id string) { tx.delete(k.at(tx, id)) }

// All walks the records in the order of their ids, from the first that comes after `after` ("" for all).
// The walk sees the state as it was when it began; each value is to be read only.
func (k Kind[T]) All(tx *Tx, after string) iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		t := tx.world.shelves[shelf{tx.Place, k.Name}]
		if t == nil {
			return
		}
		t.Copy().Ascend(after, func(id string, v any) bool {
			if id == after && after != "" {
				return true
			}
			tx.lend(k.at(tx, id), v)
			return yield(id, v.(T))
		})
	}
}

// Len counts the records.
func (k Kind[T]) Len(tx *Tx) int {
	if t := tx.world.shelves[shelf{tx.Place, k.Name}]; t != nil {
		return t.Len()
	}
	return 0
}

// counters hold the last number given out under each name.
var counters = Kind[*counter]{"counter"}

type counter struct {
	N int64 `json:"n"`
}

func (c *counter) Clone() *counter { d := *c; return &d }
