package control

import (
	"strings"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// worldView is a world as the control API shows it.
type worldView struct {
	Name     string         `json:"name"`
	URL      string         `json:"url"`
	Seed     string         `json:"seed"`
	Clock    world.Clock    `json:"clock"`
	Commits  int64          `json:"commits"`
	Requests int            `json:"requests"`
	Tenants  []world.Place  `json:"tenants"`
	Records  map[string]int `json:"records"`
}

func (c *control) view(call *engine.Call, u *engine.Universe) worldView {
	return worldView{
		Name: u.Name(), URL: c.worldURL(call, u.Name()), Seed: u.Seed(), Clock: u.Clock(), Commits: u.Commits(),
		Requests: len(u.Journal.Find(nil)), Tenants: append([]world.Place{}, u.Tenants()...), Records: u.Count(),
	}
}

// worldURL is what stands before a provider's slug in a world.
func (c *control) worldURL(call *engine.Call, name string) string {
	return strings.TrimSuffix(c.engine.Base(c.engine.Origin(call.Request()), name, ""), "/")
}

func (c *control) listWorlds(call *engine.Call) (engine.Reply, error) {
	list := []worldView{}
	for _, u := range c.engine.Universes() {
		list = append(list, c.view(call, u))
	}
	return engine.OK(struct {
		Worlds []worldView `json:"worlds"`
	}{list}), nil
}

func (c *control) createWorld(call *engine.Call) (engine.Reply, error) {
	var asked struct {
		Name   string     `json:"name"`
		Seed   string     `json:"seed"`
		Start  *time.Time `json:"start"`
		Frozen bool       `json:"frozen"`
	}
	if err := call.Into(&asked); err != nil {
		return engine.Reply{}, err
	}
	start, err := checkStart(asked.Start)
	if err != nil {
		return engine.Reply{}, err
	}
	u, err := c.engine.Create(asked.Name, asked.Seed, start, asked.Frozen)
	if err != nil {
		return engine.Reply{}, err
	}
	return c.created(call, "/worlds/"+u.Name(), c.view(call, u)), nil
}

// checkStart refuses a start outside of the time that worlds know. None is the zero time.
func checkStart(start *time.Time) (time.Time, error) {
	if start == nil {
		return time.Time{}, nil
	}
	if err := world.CheckTime(*start); err != nil {
		return time.Time{}, engine.RefuseField("/start", "is no time of a world: "+err.Error(), "another time")
	}
	return *start, nil
}

// named finds the world that the path names. The call's own world is another matter.
func (c *control) named(call *engine.Call) (*engine.Universe, error) {
	name := call.Vars["world"]
	if u, ok := c.engine.Known(name); ok {
		return u, nil
	}
	var known []string
	for _, u := range c.engine.Universes() {
		known = append(known, u.Name())
	}
	return nil, engine.Refuse(engine.NotFound, "there is no world %q; these are: %s", name, strings.Join(known, ", "))
}

func (c *control) getWorld(call *engine.Call) (engine.Reply, error) {
	u, err := c.named(call)
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(c.view(call, u)), nil
}

func (c *control) deleteWorld(call *engine.Call) (engine.Reply, error) {
	u, err := c.named(call)
	if err == nil {
		c.engine.Delete(u.Name())
	}
	return engine.NoContent(), err
}

func (c *control) resetWorld(call *engine.Call) (engine.Reply, error) {
	u, err := c.named(call)
	if err != nil {
		return engine.Reply{}, err
	}
	var asked struct {
		Seed  string     `json:"seed"`
		Start *time.Time `json:"start"`
	}
	if err := call.Into(&asked); err != nil {
		return engine.Reply{}, err
	}
	start, err := checkStart(asked.Start)
	if err != nil {
		return engine.Reply{}, err
	}
	u.Reset(asked.Seed, start)
	u.Journal.Restart()
	return engine.OK(c.view(call, u)), nil
}
