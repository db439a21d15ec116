package world_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/world"
)

// A hundred worlds live the same life at once, by several goroutines each, half of them from the same seed.
// Each has to end as if it were alone.
func TestAHundredWorldsNeverSeeEachOther(t *testing.T) {
	t.Parallel()
	live := func(w *world.World, n int) {
		var callers sync.WaitGroup
		for caller := range 3 {
			callers.Go(func() {
				place := world.Place{Provider: "shop", Tenant: fmt.Sprint("tenant-", caller)} // its own, so that the order of callers does not show
				for i := range 8 {
					_, err := w.Update(place, func(tx *world.Tx) error {
						orders.Put(tx, tx.ID("order", "").Hex(16), &order{N: n, Tags: []string{fmt.Sprint(n)}})
						tx.At("note", fmt.Sprint(n), start.Add(time.Duration(i)*time.Second))
						for id, o := range orders.All(tx, "") {
							if o.N != n && id != "cast" {
								return fmt.Errorf("world %d sees an order of world %d", n, o.N)
							}
						}
						if i%4 == 3 {
							return errRefused
						}
						return nil
					})
					if err != nil && i%4 != 3 {
						t.Error(err)
					}
				}
				w.Secret(place, "token")
			})
		}
		callers.Wait()
		w.Restore(w.Snapshot()) // of a world that nobody is changing meanwhile: what is done between the two is lost
		if _, err := w.Advance(time.Duration(n) * time.Minute); err != nil {
			t.Error(err)
		}
	}
	seeded := func(n int) func(*world.Options) {
		return func(o *world.Options) { o.Seed = fmt.Sprint(n % 50) }
	}
	worlds := make([]*world.World, 100)
	var all sync.WaitGroup
	for n := range worlds {
		worlds[n] = frozen(t, seeded(n))
		all.Go(func() { live(worlds[n], n) })
	}
	all.Wait()
	for n, w := range worlds {
		for caller := range 3 {
			place := world.Place{Provider: "shop", Tenant: fmt.Sprint("tenant-", caller)}
			if got := len(list(t, w, place, orders, func(*order) string { return "" })); got != 7 {
				t.Errorf("world %d: %d orders, want the cast's and six", n, got)
			}
			for _, line := range list(t, w, place, notes, func(n *note) string { return n.Text }) {
				var of int
				if fmt.Sscanf(line[4:], "%d at ", &of); of != n {
					t.Errorf("world %d has a note of world %d", n, of)
				}
			}
		}
	}
	// The same life alone: state, ids and numbers are the same to the byte, but for the order in which the callers came.
	for _, n := range []int{0, 49, 50, 99} {
		alone := frozen(t, seeded(n))
		live(alone, n)
		for caller := range 3 {
			place := world.Place{Provider: "shop", Tenant: fmt.Sprint("tenant-", caller)}
			if got, want := ordersOf(t, worlds[n], place), ordersOf(t, alone, place); got != want {
				t.Errorf("world %d among others has %s, alone %s", n, got, want)
			}
		}
	}
}

// Racing transactions on one world are carried out one after another.
func TestRacingTransactionsAreSerial(t *testing.T) {
	t.Parallel()
	w := frozen(t, twice)
	do(t, w, shop, func(tx *world.Tx) { orders.Put(tx, "a", &order{}) })
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for i := range 10 {
				w.Update(shop, func(tx *world.Tx) error {
					o, _ := orders.Edit(tx, "a")
					if o.N++; i%2 == 1 {
						return errRefused
					}
					return nil
				})
			}
		})
	}
	wg.Wait()
	if got := ordersOf(t, w, shop); got != "[a=250 0 cast=7 1]" {
		t.Errorf("orders: %s", got)
	}
	if w.Commits() != 252 {
		t.Errorf("%d commits of 252", w.Commits())
	}
}
