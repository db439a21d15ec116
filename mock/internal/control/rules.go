package control

import (
	"fmt"
	"net/url"
	"slices"

	"understudy/mock/internal/engine"
)

// armRule keeps a preference for calls to come. What can be known to be wrong with it is refused now.
func (c *control) armRule(call *engine.Call) (engine.Reply, error) {
	asked := engine.Rule{Times: 1}
	if err := call.Into(&asked); err != nil {
		return engine.Reply{}, err
	}
	if err := c.checkRule(asked); err != nil {
		return engine.Reply{}, err
	}
	armed, err := call.Universe().Arm(asked)
	if err != nil {
		return engine.Reply{}, err
	}
	return c.created(call, "/rules/"+url.PathEscape(armed.ID), armed), nil
}

// checkRule refuses a rule that no call could ever meet.
func (c *control) checkRule(r engine.Rule) error {
	if _, err := compile(&r.Match, "/match"); err != nil {
		return err
	}
	if err := r.Prefer.Check(); err != nil {
		return engine.RefuseField("/prefer", err.Error(), "a preference as the README lists them")
	}
	forces := r.Prefer.Code != 0 || r.Prefer.Example != ""
	if forces && r.Prefer.Scenario != "" {
		return engine.RefuseField("/prefer/scenario", "stands beside code or example, with which nothing is played", "one or the other")
	}
	room, err := c.room(*r.Match.Provider) // the document has seen that it is there
	if err != nil {
		return engine.RefuseField("/match/provider", "is "+fmt.Sprintf("%q", *r.Match.Provider)+", which is no provider here", "one of "+c.names())
	}
	if r.Match.Operation == nil {
		return nil
	}
	id := *r.Match.Operation
	op := room.Document.Operation(id)
	if op == nil {
		return engine.RefuseField("/match/operation", fmt.Sprintf("is %q, which is no operation of %s", id, room.Name), "an operationId as /_understudy/providers/"+room.Name+"/operations lists them")
	}
	if reason, declined := room.Declined[id]; declined {
		return engine.RefuseField("/match/operation", "is not simulated: "+reason, "an operation that is")
	}
	if why, want := room.CannotPlay(id, r.Prefer.Scenario); why != "" {
		return engine.RefuseField("/prefer/scenario", fmt.Sprintf("is %s, which %s", r.Prefer.Scenario, why), want)
	}
	if !forces {
		return nil
	}
	status := r.Prefer.Code
	if status == 0 {
		status = op.Success()
	}
	if _, _, err := op.Example(status, r.Prefer.Example); err != nil {
		return engine.RefuseField("/prefer", "cannot be met: "+err.Error(), "a declared status or example")
	}
	return nil
}

func (c *control) listRules(call *engine.Call) (engine.Reply, error) {
	list, err := call.Universe().Rules()
	return engine.OK(struct {
		Rules []*engine.Rule `json:"rules"`
	}{list}), err
}

func (c *control) getRule(call *engine.Call) (engine.Reply, error) {
	list, err := call.Universe().Rules()
	if err != nil {
		return engine.Reply{}, err
	}
	id := call.Vars["id"]
	i := slices.IndexFunc(list, func(r *engine.Rule) bool { return r.ID == id })
	if i < 0 {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "no rule %q is armed in the world %s; it may have been met", id, call.World())
	}
	return engine.OK(list[i]), nil
}

func (c *control) deleteRule(call *engine.Call) (engine.Reply, error) {
	return engine.NoContent(), call.Universe().Disarm(call.Vars["id"])
}

func (c *control) deleteRules(call *engine.Call) (engine.Reply, error) {
	return engine.NoContent(), call.Universe().DisarmAll()
}
