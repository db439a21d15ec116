package engine

import (
	"bytes"
	"fmt"
	"maps"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/world"
)

// Preference is what is asked of the simulator itself, in the words of the Prefer header.
type Preference struct {
	Scenario checkout.Scenario `json:"scenario,omitempty"` // how the payment goes
	Code     int               `json:"code,omitempty"`     // the status to answer, from the document's examples
	Example  string            `json:"example,omitempty"`  // which of them
	Delay    string            `json:"delay,omitempty"`    // how long the answer is held back, as 250ms
}

// Rule is a preference armed for calls to come, for clients that cannot send a header.
//
// It is met by a call that would come to its handler (it is authenticated and as the document wants it), matches, brings no preference of its own,
// and can do what the rule prefers. Meeting a rule uses it up in the call's own transaction: a call that is refused leaves it armed.
type Rule struct {
	ID     string        `json:"id"`
	Match  journal.Match `json:"match"`
	Prefer Preference    `json:"prefer"`
	Times  int           `json:"times"` // for how many calls it is still armed
}

// Clone copies the rule.
func (r *Rule) Clone() *Rule {
	c := *r
	c.Match.Headers, c.Match.Body = maps.Clone(r.Match.Headers), bytes.Clone(r.Match.Body)
	return &c
}

// rules are the world's own, in the order in which they were armed.
var rules = world.Kind[*Rule]{Name: "rule"}

// maxRules bounds how many are armed in a world.
const maxRules = 1000

// Arm keeps a rule, which gets its id.
func (u *Universe) Arm(r Rule) (armed *Rule, err error) {
	_, err = u.Act(world.Place{}, "control:arm", func(tx *world.Tx) error {
		if rules.Len(tx) >= maxRules {
			return Refuse(Conflict, "%d rules are armed already, the most that a world holds; delete some first", maxRules)
		}
		armed = r.Clone()
		armed.ID = fmt.Sprintf("rule-%06d", tx.Next("rule"))
		rules.Put(tx, armed.ID, armed)
		return nil
	})
	return armed, err
}

// Rules lists what is armed, oldest first.
func (u *Universe) Rules() (list []*Rule, err error) {
	list = []*Rule{}
	_, err = u.Act(world.Place{}, "", func(tx *world.Tx) error {
		list = list[:0]
		for _, r := range rules.All(tx, "") {
			list = append(list, r)
		}
		return nil
	})
	return list, err
}

// Disarm drops a rule.
func (u *Universe) Disarm(id string) error {
	_, err := u.Act(world.Place{}, "control:disarm", func(tx *world.Tx) error {
		if _, armed := rules.Get(tx, id); !armed {
			return Refuse(NotFound, "no rule %q is armed in the world %s; it may have been met", id, u.Name())
		}
		rules.Delete(tx, id)
		return nil
	})
	return err
}

// DisarmAll drops every rule.
func (u *Universe) DisarmAll() error {
	_, err := u.Act(world.Place{}, "control:disarm", func(tx *world.Tx) error {
		for id := range rules.All(tx, "") {
			rules.Delete(tx, id)
		}
		return nil
	})
	return err
}

// carryOut runs a handler as the caller or an armed rule prefers.
func (c *Call) carryOut(handler Handler) (Reply, error) {
	c.met, c.played = nil, false // a transaction may run again
	if c.prefer == (prefer{}) {
		c.Tx.Within(world.Place{}, func() { c.met = c.meets() })
	}
	if c.met != nil {
		return c.underRule(handler)
	}
	reply, err := handler(c)
	if s := c.prefer.scenario; err == nil && s != "" && !c.played && c.room.Scenarios != nil {
		err = RefuseParameter("header", "Prefer", "has scenario="+string(s)+", and nothing in this call could go one way or another", "a call that pays, or no scenario")
	}
	return reply, err
}

// underRule runs a handler, or does in its place what the rule that was met prefers, and uses the rule up.
func (c *Call) underRule(handler Handler) (reply Reply, err error) {
	wish, _ := c.met.Prefer.read()
	if wish.forces() {
		reply, err = c.example(wish)
	} else {
		reply, err = handler(c)
	}
	switch {
	case err != nil:
		c.applied = nil
		c.Note(c.met.ID + " would have been met by this call, which was refused; it is still armed")
		c.met = nil
	case wish.scenario != "" && !c.played:
		c.met = nil // nothing was there to go one way or another
	default:
		c.hold(wish)
		c.Tx.Within(world.Place{}, func() { c.met.use(c.Tx) })
	}
	return reply, err
}

// meets finds the oldest armed rule that the call meets.
func (c *Call) meets() *Rule {
	if rules.Len(c.Tx) == 0 {
		return nil
	}
	x := &journal.Exchange{
		Provider: c.Place.Provider, Tenant: c.Place.Tenant, Operation: c.Operation.ID, Method: c.request.Method, Path: c.Path,
		Request: journal.Message{Header: c.request.Header, Body: string(c.Body)},
	}
	for _, r := range rules.All(c.Tx, "") {
		matches, err := r.Match.Compile()
		if err == nil && matches(x) && c.can(r.Prefer) {
			return r
		}
	}
	return nil
}

// can tells whether the call's operation can do what is preferred.
func (c *Call) can(p Preference) bool {
	wish, err := p.read()
	if err != nil {
		return false
	}
	if wish.forces() {
		_, _, err := c.Operation.Example(wish.status(c.Operation), wish.example)
		return err == nil
	}
	why, _ := c.room.CannotPlay(c.Operation.ID, wish.scenario)
	return why == ""
}

// use counts a rule down. The last time it is gone.
func (r *Rule) use(tx *world.Tx) {
	left, ok := rules.Edit(tx, r.ID)
	if !ok {
		return
	}
	if left.Times--; left.Times <= 0 {
		rules.Delete(tx, r.ID)
	}
}
