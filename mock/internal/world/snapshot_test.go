package world_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"understudy/mock/internal/world"
)

func TestARestoredSnapshotIsTheStateAsItWas(t *testing.T) {
	t.Parallel()
	w := lived(t)
	was := export(t, w)
	s := w.Snapshot()
	ruin := func() {
		do(t, w, shop, func(tx *world.Tx) {
			for id := range orders.All(tx, "") {
				o, _ := orders.Edit(tx, id)
				o.N, o.Tags = -1, append(o.Tags, "ruined")
				if o.Parts != nil {
					o.Parts["ruined"] = 1
				}
			}
			orders.Put(tx, "new", &order{})
			notes.Delete(tx, "001")
			tx.Next("invoice")
			tx.Emit("ruined", "")
			tx.Cancel("note", "later")
		})
		do(t, w, world.Place{Provider: "shop", Tenant: "latecomer"}, func(*world.Tx) {})
		if _, err := w.Advance(24 * time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // a snapshot can be restored again and again
		ruin()
		if export(t, w) == was {
			t.Fatal("nothing was ruined")
		}
		w.Restore(s)
		if got := export(t, w); got != was {
			t.Fatalf("restored\n%s\nwas\n%s", got, was)
		}
	}
	if err := w.Reset("another", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if w.Restore(s); export(t, w) != was || w.Seed() != "seed" {
		t.Error("a snapshot does not outlive a reset with another seed")
	}
	// And it can be restored into another world.
	twin := frozen(t)
	if twin.Restore(s); export(t, twin) != was {
		t.Error("another world restores it differently")
	}
	do(t, twin, shop, func(tx *world.Tx) { orders.Put(tx, "twin's", &order{}) })
	if export(t, w) != was {
		t.Error("what the twin does afterwards is seen here")
	}
}

func TestSnapshotsByName(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	if _, err := w.Save("one"); err != nil {
		t.Fatal(err)
	}
	do(t, w, shop, func(tx *world.Tx) { orders.Put(tx, "a", &order{}) })
	for range 2 { // the second replaces the first
		if _, err := w.Save("two"); err != nil {
			t.Fatal(err)
		}
	}
	saved := w.Saved()
	if len(saved) != 2 {
		t.Fatalf("saved: %v", saved)
	}
	delete(saved, "one")
	w.Restore(saved["two"])
	if got := ordersOf(t, w, shop); got != "[a=0 0 cast=7 1]" {
		t.Errorf("orders: %s", got)
	}
	if !w.Forget("one") || w.Forget("one") || w.Forget("never") || len(w.Saved()) != 1 {
		t.Errorf("forgetting: %v", w.Saved())
	}
	for i := range 99 {
		if _, err := w.Save(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Save("one too many"); err == nil {
		t.Error("a hundred and first snapshot is kept")
	}
	if _, err := w.Save("two"); err != nil {
		t.Errorf("replacing one when they are full: %v", err)
	}
}

func TestARestoredClockRunsOnFromTheSnapshot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := frozen(t, func(o *world.Options) { o.Frozen = false })
		<-time.After(time.Minute)
		s := w.Snapshot()
		<-time.After(time.Hour)
		w.Restore(s)
		if got := w.Now().Sub(start); got != time.Minute {
			t.Errorf("it shows %s after the start", got)
		}
		<-time.After(time.Second)
		if got := w.Clock(); got.Now.Sub(start) != 61*time.Second || got.Frozen {
			t.Errorf("a second later %+v", got)
		}
	})
}

// fill makes a tenant with n orders of about a kilobyte.
func fill(t testing.TB, w *world.World, n int) {
	_, err := w.Update(shop, func(tx *world.Tx) error {
		for i := range n {
			orders.Put(tx, fmt.Sprintf("%07d", i), &order{N: i, Tags: []string{"x"}, Parts: map[string]int{"p": i}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotsOfManyRecordsCopyNothing(t *testing.T) { // not parallel: AllocsPerRun counts the whole process
	const n = 100_000
	w := frozen(t)
	fill(t, w, n)
	var s *world.Snapshot
	// Counted, not timed: a copy of the tree would take at least an allocation for each of its thousands of nodes.
	if allocations := testing.AllocsPerRun(5, func() { s = w.Snapshot() }); allocations > 100 {
		t.Errorf("a snapshot of %d records takes %.0f allocations", n, allocations)
	}
	if allocations := testing.AllocsPerRun(5, func() { w.Restore(s) }); allocations > 100 {
		t.Errorf("restoring %d records takes %.0f allocations", n, allocations)
	}
	edit := func() {
		do(t, w, shop, func(tx *world.Tx) {
			o, _ := orders.Edit(tx, "0050000")
			o.N++
			orders.Delete(tx, "0000000")
			orders.Put(tx, "0100000", &order{})
		})
	}
	if allocations := testing.AllocsPerRun(5, func() { w.Restore(s); edit() }); allocations > 200 {
		t.Errorf("a change after a snapshot takes %.0f allocations", allocations)
	}
	w.Restore(s)
	do(t, w, shop, func(tx *world.Tx) {
		o, _ := orders.Get(tx, "0050000")
		if _, ok := orders.Get(tx, "0000000"); !ok || o.N != 50_000 || orders.Len(tx) != n+1 {
			t.Errorf("after the restore there are %d orders, the middle one with %d", orders.Len(tx), o.N)
		}
	})
}

// Snapshots share nodes with the living tree; the race detector watches that nobody writes to a shared one.
func TestSnapshotsAreReadWhileTheWorldGoesOn(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	fill(t, w, 2000)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 20 {
				switch {
				case i < 2:
					do(t, w, shop, func(tx *world.Tx) {
						o, _ := orders.Edit(tx, fmt.Sprintf("%07d", (i*1000+j*37)%2000))
						o.N++
					})
				case i == 2:
					w.Restore(w.Snapshot())
				default:
					if e, err := w.Export(); err != nil || len(e.Records) < 2000 {
						t.Errorf("%d records, %v", len(e.Records), err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkSnapshotOf100000(b *testing.B) {
	w := world.New(world.Options{Name: "bench", Start: start, Frozen: true})
	fill(b, w, 100_000)
	for b.Loop() {
		w.Snapshot()
	}
}

func BenchmarkUpdate(b *testing.B) {
	w := world.New(world.Options{Name: "bench", Start: start, Frozen: true})
	fill(b, w, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		w.Update(shop, func(tx *world.Tx) error {
			o, _ := orders.Edit(tx, "0050000")
			o.N++
			tx.ID("payment", "0050000")
			return nil
		})
	}
}
