package mock_test

import (
	"testing"

	"understudy/mock/internal/world"
)

// tellStory empties the simulator and brings about what the control API's examples tell of: an exchange in the journal, an order, a snapshot and a rule.
// It returns everything there is then.
func (p *platform) tellStory(t testing.TB) map[string]string {
	t.Helper()
	for _, u := range p.engine.Universes() {
		p.engine.Delete(u.Name())
	}
	for _, room := range p.engine.Rooms() {
		if room.Name == "norce" {
			norce := &platform{name: room.Name, engine: p.engine, origin: p.origin, wire: p.wire}
			norce.must(t, world.Default, sample(room.Document.Operation("updatePayment"), ""))
		}
	}
	for _, id := range []string{"createOrder", "createSnapshot", "armRule"} {
		if op := p.document.Operation(id); op != nil {
			p.must(t, world.Default, sample(op, ""))
		}
	}
	return p.everything(t)
}

// everything is what all worlds hold, and what they would do with it: their clocks, seeds, snapshots and journals. A world that was only ever
// named holds nothing.
func (p *platform) everything(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, u := range p.engine.Universes() {
		held := records(t, u, nil)
		if len(held)+len(u.Saved())+len(u.Journal.Find(nil)) == 0 {
			continue
		}
		for key, value := range held {
			all[u.Name()+" "+key] = value
		}
		for name := range u.Saved() {
			all[u.Name()+" snapshot "+name] = ""
		}
		for _, x := range u.Journal.Find(nil) {
			all[u.Name()+" exchange "+x.ID] = x.Operation
		}
		all[u.Name()+" clock"] = string(written([]any{u.Clock(), u.Seed()}))
	}
	return all
}
