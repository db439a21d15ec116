package mock_test

import (
	"maps"
	"testing"
)

// tellStory empties the simulator and brings about what the control API's examples tell of. It returns everything there is then.
func (p *platform) tellStory(t testing.TB) map[string]string {
	for _, u := range p.engine.Universes() {
		p.engine.Delete(u.Name())
	}
	return p.everything(t)
}

// everything is what all worlds hold.
func (p *platform) everything(t testing.TB) map[string]string {
	all := map[string]string{}
	for _, u := range p.engine.Universes() {
		for key, value := range records(t, u, nil) {
			all[u.Name()+" "+key] = value
		}
	}
	maps.DeleteFunc(all, func(string, string) bool { return false })
	return all
}
