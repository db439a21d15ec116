package harness

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// echoes finds what a success tells otherwise than the request said it: a member that both bodies have at the same place, and of which the document says the same on both sides,
// comes back as it was sent. That is how every API here works and none promises, so before a sandbox it is never surer than assumed.
func (c *trial) echoes() {
	if c.op == nil || c.op.Body == nil || c.exchange.Shape || c.exchange.Response.Status >= 300 {
		return
	}
	sent, _, err := decoded(c.exchange.Request.Body)
	at := slices.IndexFunc(c.op.Body.Media, func(m *document.Media) bool {
		return document.IsJSON(m.Type) && strings.EqualFold(m.Type, strings.TrimSpace(strings.Split(c.exchange.Request.Header.Get("Content-Type"), ";")[0]))
	})
	if err != nil || at < 0 || c.op.Body.Media[at].Schema == nil || c.media.Schema == nil {
		return
	}
	c.echo("", c.op.Body.Media[at].Schema, sent, c.value)
}

// echo compares what was sent at a place with what came back there.
func (c *trial) echo(pointer string, asked *document.Schema, sent, told any) {
	switch sent := sent.(type) {
	case map[string]any:
		members, _ := told.(map[string]any)
		both := slices.DeleteFunc(slices.Sorted(maps.Keys(sent)), func(name string) bool { _, there := members[name]; return !there })
		if 2*len(both) <= len(sent) {
			return // it is of something else, which has a name in common by chance
		}
		for _, name := range both {
			c.echo(pointer+jsonpointer.Of(name), asked, sent[name], members[name])
		}
	case nil, []any: // what nobody chose, and what may be put in another order
	default:
		here, there := asked.At(pointer), c.media.Schema.At(pointer)
		if told == nil || !there.Alike(here) || equal(sent, told) {
			return
		}
		c.find(RuleEcho, "body", pointer, "the request says %s, and it comes back as %s", brief(sent), brief(told))
	}
}

// equal compares numbers by their worth.
func equal(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, isToo := b.(json.Number)
	if isNumber && isToo {
		left, ok := new(big.Rat).SetString(x.String())
		right, too := new(big.Rat).SetString(y.String())
		return ok && too && left.Cmp(right) == 0
	}
	return fmt.Sprintf("%T %v", a, a) == fmt.Sprintf("%T %v", b, b)
}
