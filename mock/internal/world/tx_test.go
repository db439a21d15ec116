package world_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/world"
)

// nowhere is a map that cannot be written to.
func nowhere() map[string]int { return nil }

func TestARefusedTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	endings := map[string]func(){
		"an error":                   nil,
		"a panic":                    func() { panic("boom") },
		"a panic with an error":      func() { panic(errRefused) },
		"a nil map":                  func() { nowhere()["x"] = 1 },
		"a panic in a panicking way": func() { defer func() { panic("again") }(); panic("boom") },
	}
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, mode := range []func(*world.Options){func(*world.Options) {}, twice} {
				var observed int
				w := frozen(t, mode, func(o *world.Options) { o.Observe = func(c world.Commit) { observed++ } })
				do(t, w, shop, func(tx *world.Tx) {
					orders.Put(tx, "a", &order{N: 1, Tags: []string{"x"}, Parts: map[string]int{"p": 1}})
					orders.Put(tx, "b", &order{N: 2})
					tx.At("note", "a", start.Add(time.Hour))
				})
				before, commits, seen := export(t, w), w.Commits(), observed
				c, err := w.Update(shop, func(tx *world.Tx) error {
					a, _ := orders.Edit(tx, "a")
					a.N, a.Tags[0], a.Parts["p"] = 99, "y", 99
					orders.Delete(tx, "b")
					orders.Put(tx, "b", &order{N: 98})
					orders.Put(tx, "c", &order{N: 97})
					orders.Delete(tx, "cast")
					orders.Edit(tx, "none")
					notes.Put(tx, "n", &note{"new"})
					tx.Next("number")
					tx.ID("order", "")
					tx.Emit("made", "c")
					tx.Cancel("note", "a")
					tx.At("note", "b", start.Add(time.Minute))
					if end != nil {
						end()
					}
					return errRefused
				})
				var panicked *world.Panic
				if end == nil && !errors.Is(err, errRefused) || end != nil && !errors.As(err, &panicked) {
					t.Fatalf("the error is %v", err)
				}
				if panicked != nil && !strings.Contains(string(panicked.Stack), "tx_test.go") {
					t.Errorf("the panic's stack does not lead here:\n%s", panicked.Stack)
				}
				if after := export(t, w); after != before {
					t.Errorf("state changed from\n%s\nto\n%s", before, after)
				}
				if w.Commits() != commits || c.Number != commits || len(c.Changes)+len(c.Events) != 0 || observed != seen {
					t.Errorf("the refused transaction counts as commit %d with %d changes; the observer heard of %d", c.Number, len(c.Changes), observed-seen)
				}
				if got := do(t, w, shop, func(tx *world.Tx) { tx.Emit("next", "") }).Events[0].Number; got != 1 {
					t.Errorf("the next event has number %d: the refused one was counted", got)
				}
			}
		})
	}
}

func TestKindsWithinATransaction(t *testing.T) {
	t.Parallel()
	steps := map[string]func(tx *world.Tx, is func(what string, ok bool)){
		"Edit gives a private deep copy": func(tx *world.Tx, is func(string, bool)) {
			before, _ := orders.Get(tx, "a")
			mine, ok := orders.Edit(tx, "a")
			mine.N, mine.Tags[0], mine.Parts["p"] = 5, "mine", 5
			is("found", ok)
			is("what Get gave earlier is untouched", before.N == 1 && before.Tags[0] == "x" && before.Parts["p"] == 1)
			now, _ := orders.Get(tx, "a")
			is("Get sees the edit", now == mine)
		},
		"nested edits give one copy": func(tx *world.Tx, is func(string, bool)) {
			first, _ := orders.Edit(tx, "a")
			first.N = 2
			second, _ := orders.Edit(tx, "a")
			is("the same", first == second)
			is("with what was changed", second.N == 2)
		},
		"Edit of what Put kept gives that": func(tx *world.Tx, is func(string, bool)) {
			put := &order{N: 3}
			orders.Put(tx, "new", put)
			got, ok := orders.Edit(tx, "new")
			is("the same", ok && got == put)
		},
		"Edit after Delete finds nothing": func(tx *world.Tx, is func(string, bool)) {
			orders.Edit(tx, "a")
			orders.Delete(tx, "a")
			_, edited := orders.Edit(tx, "a")
			_, got := orders.Get(tx, "a")
			is("gone", !edited && !got && orders.Len(tx) == 2)
			orders.Delete(tx, "a")
			orders.Put(tx, "a", &order{N: 9})
			again, ok := orders.Edit(tx, "a")
			is("and back", ok && again.N == 9 && orders.Len(tx) == 3)
		},
		"what is not there": func(tx *world.Tx, is func(string, bool)) {
			v, ok := orders.Get(tx, "none")
			e, edited := orders.Edit(tx, "none")
			is("nil and false", v == nil && !ok && e == nil && !edited)
			orders.Delete(tx, "none")
			is("deleting it is nothing", orders.Len(tx) == 3)
		},
		"a kind nobody has used": func(tx *world.Tx, is func(string, bool)) {
			n := 0
			for range notes.All(tx, "") {
				n++
			}
			is("empty", n == 0 && notes.Len(tx) == 0)
		},
		"All walks in id order, after a given one": func(tx *world.Tx, is func(string, bool)) {
			walk := func(after string) (ids []string) {
				for id := range orders.All(tx, after) {
					ids = append(ids, id)
				}
				return ids
			}
			is("all", slices.Equal(walk(""), []string{"a", "b", "cast"}))
			is("after one", slices.Equal(walk("a"), []string{"b", "cast"}))
			is("after what is not there", slices.Equal(walk("aa"), []string{"b", "cast"}))
			is("after the last", walk("cast") == nil)
			for id := range orders.All(tx, "") {
				is("stops when told", id == "a")
				break
			}
		},
		"All sees the state as it was when it began": func(tx *world.Tx, is func(string, bool)) {
			var seen []string
			for id, v := range orders.All(tx, "") {
				seen = append(seen, fmt.Sprint(id, v.N))
				if id == "a" {
					b, _ := orders.Edit(tx, "b")
					b.N = 50
					orders.Delete(tx, "cast")
					orders.Put(tx, "aa", &order{})
					orders.Put(tx, "z", &order{})
				}
			}
			is("unmoved", slices.Equal(seen, []string{"a1", "b2", "cast7"}))
			is("and the changes stand", orders.Len(tx) == 4)
		},
		"a tenant knows nothing of another": func(tx *world.Tx, is func(string, bool)) {
			is("its place", tx.Place == shop)
			is("only its own", orders.Len(tx) == 3)
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := frozen(t, twice)
			do(t, w, other, func(tx *world.Tx) { orders.Put(tx, "theirs", &order{N: 1}) })
			do(t, w, shop, func(tx *world.Tx) {
				orders.Put(tx, "b", &order{N: 2})
				orders.Put(tx, "a", &order{N: 1, Tags: []string{"x"}, Parts: map[string]int{"p": 1}})
			})
			do(t, w, shop, func(tx *world.Tx) {
				step(tx, func(what string, ok bool) {
					if !ok {
						t.Errorf("not so: %s", what)
					}
				})
			})
		})
	}
}

func TestACommitTellsWhatChanged(t *testing.T) {
	t.Parallel()
	w := frozen(t, twice)
	do(t, w, shop, func(tx *world.Tx) {
		orders.Put(tx, "a", &order{N: 1})
		orders.Put(tx, "b", &order{N: 1})
	})
	c := do(t, w, shop, func(tx *world.Tx) {
		a, _ := orders.Edit(tx, "a")
		a.N = 2
		orders.Put(tx, "a", &order{N: 3})
		orders.Delete(tx, "b")
		orders.Put(tx, "c", &order{N: 4})
		orders.Put(tx, "gone", &order{N: 5})
		orders.Delete(tx, "gone")
		tx.Emit("first", "a")
		tx.Emit("second", "b")
	})
	var got []string
	for _, change := range c.Changes {
		n := func(v any) string {
			if v == nil {
				return "-"
			}
			return fmt.Sprint(v.(*order).N)
		}
		got = append(got, change.Kind+" "+change.ID+" "+n(change.Before)+">"+n(change.After))
	}
	if want := []string{"order a 1>3", "order b 1>-", "order c ->4"}; !slices.Equal(got, want) {
		t.Errorf("changes are %q, want %q", got, want)
	}
	if len(c.Events) != 2 || c.Events[0].Number != 1 || c.Events[1].Number != 2 || c.Events[1].Name != "second" || c.Events[1].Place != shop || !c.Events[1].At.Equal(start) {
		t.Errorf("events are %+v", c.Events)
	}
	if read := do(t, w, shop, func(tx *world.Tx) { orders.Get(tx, "a") }); read.Number != c.Number || len(read.Changes) != 0 {
		t.Errorf("a transaction that changed nothing is commit %d after %d", read.Number, c.Number)
	}
}

func TestIDsAreDecidedBySeedPlaceKindParentAndCount(t *testing.T) {
	t.Parallel()
	ids := func(w *world.World, p world.Place) (list []string) {
		do(t, w, p, func(tx *world.Tx) {
			list = nil
			for _, of := range [][2]string{{"order", ""}, {"order", ""}, {"payment", "o1"}, {"payment", "o2"}, {"payment", "o1"}, {"refund", "o1"}} {
				list = append(list, tx.ID(of[0], of[1]).Hex(32))
			}
		})
		return list
	}
	w := frozen(t, twice)
	first := ids(w, shop)
	if again := ids(frozen(t), shop); !slices.Equal(first, again) {
		t.Errorf("another world of the same seed has %q, not %q", again, first)
	}
	seen := map[string]bool{}
	for _, list := range [][]string{first, ids(w, shop), ids(w, other), ids(frozen(t, func(o *world.Options) { o.Seed = "another" }), shop)} {
		for _, id := range list {
			if seen[id] {
				t.Errorf("id %s was given twice", id)
			}
			seen[id] = true
		}
	}
	// A payment's id depends on its own order only: the other order's payments do not move it.
	alone := frozen(t)
	do(t, alone, shop, func(tx *world.Tx) {
		tx.ID("payment", "o1")
		if id := tx.ID("payment", "o1").Hex(32); id != first[4] {
			t.Errorf("the second payment of o1 is %s, or %s if another order has payments too", id, first[4])
		}
	})
}

func TestAnOnlyIDIsTheFirstAndCountsNothing(t *testing.T) {
	t.Parallel()
	w := frozen(t, twice)
	var only, again, first, another string
	c := do(t, w, shop, func(tx *world.Tx) {
		only, again, another = tx.OnlyID("receipt", "p1").Hex(32), tx.OnlyID("receipt", "p1").Hex(32), tx.OnlyID("receipt", "p2").Hex(32)
	})
	if len(c.Changes) > 0 {
		t.Errorf("it changed %v", c.Changes)
	}
	do(t, w, shop, func(tx *world.Tx) { first = tx.ID("receipt", "p1").Hex(32) })
	if only != again || only != first || only == another {
		t.Errorf("only %s, again %s, the first of all %s, another parent's %s", only, again, first, another)
	}
}

func TestARefusedTransactionGivesItsNumbersBack(t *testing.T) {
	t.Parallel()
	w := frozen(t, twice)
	take := func(end error) (id string, n int64) {
		w.Update(shop, func(tx *world.Tx) error {
			id, n = tx.ID("order", "").Hex(32), tx.Next("invoice")
			return end
		})
		return id, n
	}
	refusedID, refused := take(errRefused)
	keptID, kept := take(nil)
	nextID, next := take(nil)
	if refusedID != keptID || refused != 1 || kept != 1 || next != 2 || nextID == keptID {
		t.Errorf("numbers %d, %d, %d; ids %s, %s, %s", refused, kept, next, refusedID, keptID, nextID)
	}
}

func TestIDsArePrintedAsVendorsPrint(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	do(t, w, shop, func(tx *world.Tx) {
		id := tx.ID("x", "")
		if u := id.UUID(); len(u) != 36 || u[14] != '4' || !strings.ContainsRune("89ab", rune(u[19])) || strings.Count(u, "-") != 4 {
			t.Errorf("UUID: %s", u)
		}
		if s := id.Spell(32, world.Digits); len(s) != 32 || strings.Trim(s, world.Digits) != "" {
			t.Errorf("digits: %s", s)
		}
		if h := id.Hex(64); len(h) != 64 || !strings.HasPrefix(h, id.Hex(7)) {
			t.Errorf("hex: %s", h)
		}
		if b := id.Base64(); len(b) != 43 || strings.ContainsAny(b, "+/=") {
			t.Errorf("base64: %s", b)
		}
	})
}

func TestSecretsDependOnSeedPlaceAndPurpose(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	seen := map[string]string{}
	for name, key := range map[string][]byte{
		"one":             w.Secret(shop, "token"),
		"another purpose": w.Secret(shop, "webhook"),
		"another tenant":  w.Secret(other, "token"),
		"another seed":    frozen(t, func(o *world.Options) { o.Seed = "another" }).Secret(shop, "token"),
		// Words are kept apart: moving a letter from one to the next makes another key.
		"shifted": w.Secret(world.Place{Provider: "shopm", Tenant: "ain"}, "token"),
	} {
		if twin := seen[string(key)]; twin != "" || len(key) != 32 {
			t.Errorf("%s: %d bytes, the same as %s", name, len(key), twin)
		}
		seen[string(key)] = name
	}
	do(t, w, shop, func(tx *world.Tx) {
		if string(tx.Secret("token")) != string(w.Secret(shop, "token")) {
			t.Error("inside a transaction it is another")
		}
	})
}

func TestRunningTwiceFindsWhatIsHidden(t *testing.T) {
	t.Parallel()
	calls := 0
	hidden := map[string]func(tx *world.Tx) error{
		"a counter of its own in a record": func(tx *world.Tx) error {
			calls++
			orders.Put(tx, "a", &order{N: calls})
			return nil
		},
		"a counter of its own in the answer": func(tx *world.Tx) error {
			calls++
			tx.Witness(calls)
			return nil
		},
		"a counter of its own in an event": func(tx *world.Tx) error {
			calls++
			tx.Emit("made", fmt.Sprint(calls))
			return nil
		},
		"an error now and then": func(tx *world.Tx) error {
			if calls++; calls%2 == 0 {
				return errRefused
			}
			return nil
		},
		"a record changed without Edit": func(tx *world.Tx) error {
			o, _ := orders.Get(tx, "cast")
			o.Tags[0] = "changed"
			return nil
		},
		"a record changed while walking": func(tx *world.Tx) error {
			for _, o := range orders.All(tx, "") {
				o.Tags[0] = "changed"
			}
			return nil
		},
	}
	for name, f := range hidden {
		w := frozen(t, twice)
		do(t, w, shop, func(*world.Tx) {})
		before := w.Commits()
		if c, err := w.Update(shop, f); err == nil || w.Commits() != before || len(c.Changes) != 0 {
			t.Errorf("%s: kept, %v", name, err)
		}
	}
	var unrepeatable *world.Unrepeatable
	if _, err := frozen(t, twice).Update(shop, hidden["a counter of its own in a record"]); !errors.As(err, &unrepeatable) || !strings.Contains(err.Error(), `"n":`) {
		t.Errorf("the error does not show the two runs: %v", err)
	}
	if _, err := frozen(t, twice).Update(shop, func(tx *world.Tx) error {
		seen, _ := orders.Get(tx, "cast")
		o, _ := orders.Edit(tx, "cast")
		o.N += seen.N
		tx.Witness(o.N)
		return nil
	}); err != nil {
		t.Errorf("an honest transaction: %v", err)
	}
}

func TestObserveHearsOfCommitsInOrder(t *testing.T) {
	t.Parallel()
	var heard []string
	w := frozen(t, twice, func(o *world.Options) {
		o.Observe = func(c world.Commit) {
			heard = append(heard, fmt.Sprintf("%d %s %s %d", c.Number, c.Cause, c.At.Format("15:04"), len(c.Changes)))
		}
	})
	do(t, w, shop, func(tx *world.Tx) {
		tx.At("note", "b", start.Add(2*time.Minute))
		tx.At("note", "a", start.Add(time.Minute))
	})
	w.Act(shop, "control:given", func(tx *world.Tx) error { orders.Put(tx, "x", &order{}); return nil })
	w.Update(shop, func(tx *world.Tx) error { orders.Put(tx, "y", &order{}); return errRefused })
	if _, err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 cast 00:00 3", // tenant, order, the order's id counter
		"2  00:00 4",     // two timers, each also by its due time
		"3 control:given 00:00 1",
		"4 timer:note 00:01 4", // the timer twice gone, the note, its counter
		"5 timer:note 00:02 4",
	}
	if !slices.Equal(heard, want) {
		t.Errorf("heard\n%s\nwant\n%s", strings.Join(heard, "\n"), strings.Join(want, "\n"))
	}
}

func TestATenantComesIntoBeingOnce(t *testing.T) {
	t.Parallel()
	casts := 0
	w := frozen(t, func(o *world.Options) {
		room := o.Rooms["shop"]
		room.Cast = func(tx *world.Tx) error {
			casts++
			if !tx.Now().Equal(start) {
				t.Errorf("the cast is made at %s, not at the world's start", tx.Now())
			}
			orders.Put(tx, "cast", &order{})
			tx.At("note", "cast", tx.Now().Add(time.Minute))
			return nil
		}
		o.Rooms["shop"] = room
		o.MaxTenants = 2
	})
	do(t, w, shop, func(*world.Tx) {})
	w.Update(shop, func(*world.Tx) error { return errRefused })
	if _, err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	// A tenant that comes late lives through what its cast would have lived through.
	if got := notesOf(t, w, other); got != "[001=cast at 2026-01-01T00:01:00Z]" {
		t.Errorf("the late tenant's notes: %s", got)
	}
	if casts != 2 {
		t.Errorf("%d casts for two tenants", casts)
	}
	_, err := w.Update(world.Place{Provider: "shop", Tenant: "third"}, func(*world.Tx) error { t.Error("ran"); return nil })
	var crowded *world.TooManyTenants
	if !errors.As(err, &crowded) || crowded.Max != 2 || !strings.Contains(err.Error(), "2 tenants") {
		t.Errorf("a third tenant: %v", err)
	}
	if got := fmt.Sprint(w.Tenants()); got != "[{shop main} {shop other}]" {
		t.Errorf("tenants: %s", got)
	}
	if got := fmt.Sprint(w.Count()); got != "map[note:2 order:2]" {
		t.Errorf("count: %s", got)
	}
}

func TestACastThatFailsIsTold(t *testing.T) {
	t.Parallel()
	w := frozen(t, func(o *world.Options) {
		o.Rooms["shop"] = world.Room{Cast: func(tx *world.Tx) error { orders.Put(tx, "a", &order{}); return errRefused }}
	})
	if _, err := w.Update(shop, func(*world.Tx) error { return nil }); !errors.Is(err, errRefused) || !strings.Contains(err.Error(), "shop/main") {
		t.Errorf("the error is %v", err)
	}
	if len(w.Tenants()) != 0 || w.Commits() != 0 {
		t.Error("half a cast was kept")
	}
}

func TestRoomsAreChecked(t *testing.T) {
	t.Parallel()
	timers := func(name string) map[string]func(*world.Tx, world.Timer) error {
		return map[string]func(*world.Tx, world.Timer) error{name: nil}
	}
	for want, room := range map[string]world.Room{
		"":          {Kinds: []world.AnyKind{orders, notes}, Timers: timers("expire link")},
		`"order"`:   {Kinds: []world.AnyKind{orders, orders}},
		`"timer"`:   {Kinds: []world.AnyKind{world.Kind[*note]{Name: "timer"}}},
		`"counter"`: {Kinds: []world.AnyKind{world.Kind[*note]{Name: "counter"}}},
		`"tenant"`:  {Kinds: []world.AnyKind{world.Kind[*note]{Name: "tenant"}}},
		`"due"`:     {Kinds: []world.AnyKind{world.Kind[*note]{Name: "due"}}},
		`""`:        {Kinds: []world.AnyKind{world.Kind[*note]{}}},
		`"a/b"`:     {Timers: timers("a/b")},
	} {
		err := room.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestNamesOfWorlds(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"default": true, "a": true, "a-1": true, strings.Repeat("a", 63): true,
		"": false, "A": false, "-a": false, "a-": false, "a.b": false, "a_b": false, "ä": false, "a\n": false, strings.Repeat("a", 64): false,
	} {
		if err := world.CheckName(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}
