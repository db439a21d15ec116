package control

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

type snapshot struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

func (c *control) listSnapshots(call *engine.Call) (engine.Reply, error) {
	saved := call.Universe().Saved()
	list := []snapshot{}
	for _, name := range slices.Sorted(maps.Keys(saved)) {
		list = append(list, snapshot{name, saved[name].At})
	}
	return engine.OK(struct {
		Snapshots []snapshot `json:"snapshots"`
	}{list}), nil
}

func (c *control) createSnapshot(call *engine.Call) (engine.Reply, error) {
	var asked struct {
		Name string `json:"name"`
	}
	if err := call.Into(&asked); err != nil {
		return engine.Reply{}, err
	}
	s, err := call.Universe().Save(asked.Name)
	if err != nil {
		return engine.Reply{}, engine.Refuse(engine.Conflict, "%s", err)
	}
	return c.created(call, "/snapshots/"+url.PathEscape(asked.Name), snapshot{asked.Name, s.At}), nil
}

// saved finds the snapshot that the path names.
func saved(call *engine.Call) (name string, s *world.Snapshot, err error) {
	name = call.Vars["name"]
	all := call.Universe().Saved()
	if s = all[name]; s == nil {
		these := "there are none"
		if len(all) > 0 {
			these = "these are: " + strings.Join(slices.Sorted(maps.Keys(all)), ", ")
		}
		err = engine.Refuse(engine.NotFound, "the world %s has no snapshot %q; %s", call.World(), name, these)
	}
	return name, s, err
}

func (c *control) getSnapshot(call *engine.Call) (engine.Reply, error) {
	name, s, err := saved(call)
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(snapshot{name, s.At}), nil
}

func (c *control) deleteSnapshot(call *engine.Call) (engine.Reply, error) {
	name, _, err := saved(call)
	if err != nil {
		return engine.Reply{}, err
	}
	call.Universe().Forget(name)
	return engine.NoContent(), nil
}

func (c *control) restoreSnapshot(call *engine.Call) (engine.Reply, error) {
	_, s, err := saved(call)
	if err != nil {
		return engine.Reply{}, err
	}
	call.Universe().Restore(s)
	return engine.OK(c.view(call, call.Universe())), nil
}

func (c *control) exportWorld(call *engine.Call) (engine.Reply, error) {
	e, err := call.Universe().Export()
	return engine.OK(e), err
}

func (c *control) importWorld(call *engine.Call) (engine.Reply, error) {
	var e world.Export
	// The bytes themselves: what a record keeps as it was sent has to stay in its order.
	if err := json.Unmarshal(call.Body, &e); err != nil {
		return engine.Reply{}, engine.Refuse(engine.Invalid, "the body does not read: %s", err)
	}
	if err := call.Universe().Import(e); err != nil {
		return engine.Reply{}, engine.Refuse(engine.Invalid, "%s", err)
	}
	return engine.OK(c.view(call, call.Universe())), nil
}
