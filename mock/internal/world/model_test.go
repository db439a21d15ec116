package world_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/mock/internal/world"
)

// model is what a world ought to be, in plain maps that are copied whole. It has no transactions: a refused one is never applied to it.
type model struct {
	now     time.Time
	cast    map[string]bool
	orders  map[string]map[string]int // tenant → id → n
	notes   map[string][]string
	counts  map[string]int64
	timers  map[[2]string]time.Time // tenant and id → due
	commits int64
	events  int64
}

func (m *model) clone() *model {
	c := *m
	c.cast, c.counts, c.timers = maps.Clone(m.cast), maps.Clone(m.counts), maps.Clone(m.timers)
	c.orders, c.notes = map[string]map[string]int{}, map[string][]string{}
	for tenant, orders := range m.orders {
		c.orders[tenant] = maps.Clone(orders)
	}
	for tenant, notes := range m.notes {
		c.notes[tenant] = slices.Clone(notes)
	}
	return &c
}

func emptyModel() *model {
	return &model{now: start, cast: map[string]bool{}, orders: map[string]map[string]int{}, notes: map[string][]string{},
		counts: map[string]int64{}, timers: map[[2]string]time.Time{}}
}

func (m *model) welcome(tenant string) {
	if !m.cast[tenant] {
		m.cast[tenant], m.orders[tenant] = true, map[string]int{"cast": 7}
		m.commits++
	}
}

// fire lets every timer that is due happen, soonest first.
func (m *model) fire() {
	for {
		var next [2]string
		found := false
		for key, due := range m.timers {
			if !due.After(m.now) && (!found || due.Before(m.timers[next]) || due.Equal(m.timers[next]) && slices.Compare(key[:], next[:]) < 0) {
				next, found = key, true
			}
		}
		if !found {
			return
		}
		tenant, id := next[0], next[1]
		m.notes[tenant] = append(m.notes[tenant], id+" at "+m.timers[next].Format(time.RFC3339Nano))
		delete(m.timers, next)
		m.commits++
	}
}

// step is one thing that a transaction does, to a world and to the model alike.
type step struct {
	name  string
	world func(tx *world.Tx)
	model func(m *model, tenant string) (changed bool)
}

func drawStep(t *rapid.T) step {
	id := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "id")
	n := rapid.IntRange(0, 9).Draw(t, "n")
	edit := func(tx *world.Tx) {
		if o, ok := orders.Edit(tx, id); ok {
			o.N += n
			o.Tags = append(o.Tags, "edited")
		}
	}
	plus := func(m *model, tenant string) bool {
		if _, ok := m.orders[tenant][id]; !ok {
			return false
		}
		m.orders[tenant][id] += n
		return true
	}
	due := start.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "minute")) * time.Minute)
	return rapid.SampledFrom([]step{
		{"put", func(tx *world.Tx) { orders.Put(tx, id, &order{N: n}) }, func(m *model, tenant string) bool { m.orders[tenant][id] = n; return true }},
		{"edit", edit, plus},
		{"edit every", func(tx *world.Tx) {
			for id := range orders.All(tx, "") {
				o, _ := orders.Edit(tx, id)
				o.N += n
			}
		}, func(m *model, tenant string) bool {
			for id := range m.orders[tenant] {
				m.orders[tenant][id] += n
			}
			return len(m.orders[tenant]) > 0
		}},
		{"delete", func(tx *world.Tx) { orders.Delete(tx, id) }, func(m *model, tenant string) bool {
			_, ok := m.orders[tenant][id]
			delete(m.orders[tenant], id)
			return ok
		}},
		{"read", func(tx *world.Tx) { orders.Get(tx, id); orders.Len(tx) }, func(*model, string) bool { return false }},
		{"count", func(tx *world.Tx) { tx.Next("n") }, func(m *model, tenant string) bool { m.counts[tenant]++; return true }},
		{"emit", func(tx *world.Tx) { tx.Emit("e", id) }, func(m *model, tenant string) bool { m.events++; return true }},
		{"at", func(tx *world.Tx) { tx.At("note", id, due) }, func(m *model, tenant string) bool {
			m.timers[[2]string{tenant, id}] = due
			if due.Before(m.now) {
				m.timers[[2]string{tenant, id}] = m.now
			}
			return true
		}},
		{"cancel", func(tx *world.Tx) { tx.Cancel("note", id) }, func(m *model, tenant string) bool {
			_, ok := m.timers[[2]string{tenant, id}]
			delete(m.timers, [2]string{tenant, id})
			return ok
		}},
	}).Draw(t, "step")
}

// differs tells whether a transaction made a difference, leaving out what it made and removed again.
func (m *model) differs(from *model) bool {
	return fmt.Sprint(m.orders, m.counts, m.timers, m.events, m.cast) != fmt.Sprint(from.orders, from.counts, from.timers, from.events, from.cast)
}

func TestAWorldBehavesLikeAPlainModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		both := &pair{m: emptyModel(), w: world.New(world.Options{
			Name: "test", Seed: "seed", Start: start, Frozen: true, Twice: rapid.Bool().Draw(t, "twice"), Rooms: modelRooms,
		})}
		defer both.w.Close()
		t.Repeat(map[string]func(*rapid.T){
			"":         both.compare,
			"transact": both.transact,
			"advance":  both.advance,
			"snapshot": both.snapshot,
			"restore":  both.restore,
			"copy":     both.copy,
			"reset": func(t *rapid.T) {
				both.w.Reset("", time.Time{})
				both.m = emptyModel()
			},
		})
	})
}

var modelRooms = map[string]world.Room{"shop": {
	Cast: func(tx *world.Tx) error { orders.Put(tx, "cast", &order{N: 7}); return nil },
	Timers: map[string]func(*world.Tx, world.Timer) error{"note": func(tx *world.Tx, timer world.Timer) error {
		notes.Put(tx, fmt.Sprintf("%06d", notes.Len(tx)), &note{timer.ID + " at " + tx.Now().Format(time.RFC3339Nano)})
		return nil
	}},
	Kinds: []world.AnyKind{orders, notes},
}}

type pair struct {
	w      *world.World
	m      *model
	wSaved []*world.Snapshot
	mSaved []*model
}

func drawTenant(t *rapid.T) string {
	return rapid.SampledFrom([]string{"one", "two"}).Draw(t, "tenant")
}

func (p *pair) transact(t *rapid.T) {
	tenant := drawTenant(t)
	steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 8).Draw(t, "steps")
	end := rapid.SampledFrom([]string{"commit", "commit", "refuse", "panic"}).Draw(t, "end")
	commit, err := p.w.Update(world.Place{Provider: "shop", Tenant: tenant}, func(tx *world.Tx) error {
		for _, s := range steps {
			s.world(tx)
		}
		switch end {
		case "refuse":
			return errRefused
		case "panic":
			panic(errRefused)
		}
		return nil
	})
	if (err == nil) != (end == "commit") {
		t.Fatalf("%s: %v", end, err)
	}
	p.m.fire()
	p.m.welcome(tenant)
	if end != "commit" {
		return
	}
	after, changed := p.m.clone(), false
	for _, s := range steps {
		changed = s.model(after, tenant) || changed
	}
	// Whether something that was made and removed again counts is the commit's own business; that it tells every difference is not.
	if after.differs(p.m) && len(commit.Changes)+len(commit.Events) == 0 || !changed && len(commit.Changes)+len(commit.Events) > 0 {
		t.Fatalf("the commit tells of %d changes and %d events", len(commit.Changes), len(commit.Events))
	}
	if len(commit.Changes)+len(commit.Events) > 0 {
		after.commits++
	}
	p.m = after
	p.m.fire()
}

func (p *pair) advance(t *rapid.T) {
	d := time.Duration(rapid.IntRange(-1, 20).Draw(t, "minutes")) * time.Minute
	_, err := p.w.Advance(d)
	if (err != nil) != (d < 0) {
		t.Fatalf("advance by %s: %v", d, err)
	}
	if d >= 0 {
		p.m.now = p.m.now.Add(d)
		p.m.fire()
	}
}

func (p *pair) snapshot(t *rapid.T) {
	p.m.fire()
	p.wSaved, p.mSaved = append(p.wSaved, p.w.Snapshot()), append(p.mSaved, p.m.clone())
}

func (p *pair) restore(t *rapid.T) {
	if len(p.wSaved) == 0 {
		t.Skip("there is no snapshot")
	}
	i := rapid.IntRange(0, len(p.wSaved)-1).Draw(t, "which")
	p.w.Restore(p.wSaved[i])
	p.m = p.mSaved[i].clone()
}

// copy goes on with another world, into which this one was exported.
func (p *pair) copy(t *rapid.T) {
	e, err := p.w.Export()
	if err != nil {
		t.Fatal(err)
	}
	fresh := world.New(world.Options{Name: "copy", Seed: "another", Start: start, Frozen: true, Rooms: modelRooms})
	if err := fresh.Import(e); err != nil {
		t.Fatal(err)
	}
	p.w.Close()
	p.w = fresh
}

func (p *pair) compare(t *rapid.T) {
	if !p.w.Now().Equal(p.m.now) {
		t.Fatalf("the world's clock shows %s, the model's %s", p.w.Now(), p.m.now)
	}
	if got := p.w.Commits(); got != p.m.commits {
		t.Fatalf("%d commits, the model has %d", got, p.m.commits)
	}
	var timers []string
	for _, timer := range p.w.Timers() {
		timers = append(timers, timer.Tenant+" "+timer.ID+" "+timer.Due.Format(time.RFC3339))
	}
	var want []string
	for key, due := range p.m.timers {
		want = append(want, key[0]+" "+key[1]+" "+due.Format(time.RFC3339))
	}
	if slices.Sort(timers); !slices.Equal(timers, slices.Sorted(slices.Values(want))) {
		t.Fatalf("timers are %q, the model's %q", timers, want)
	}
	for _, place := range p.w.Tenants() {
		got := map[string]int{}
		var texts []string
		var count int64
		p.w.Update(place, func(tx *world.Tx) error {
			clear(got)
			texts = nil
			for id, o := range orders.All(tx, "") {
				got[id] = o.N
			}
			for _, n := range notes.All(tx, "") {
				texts = append(texts, n.Text)
			}
			count = tx.Next("n") - 1
			return errRefused
		})
		if !maps.Equal(got, p.m.orders[place.Tenant]) || !slices.Equal(texts, p.m.notes[place.Tenant]) || count != p.m.counts[place.Tenant] {
			t.Fatalf("%s holds %v, %s, %d; the model %v, %s, %d", place.Tenant, got, strings.Join(texts, ", "), count,
				p.m.orders[place.Tenant], strings.Join(p.m.notes[place.Tenant], ", "), p.m.counts[place.Tenant])
		}
	}
	if len(p.w.Tenants()) != len(p.m.cast) {
		t.Fatalf("tenants: %v, the model's %v", p.w.Tenants(), p.m.cast)
	}
}
