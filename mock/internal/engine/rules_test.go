package engine_test

import (
	"strings"
	"testing"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
)

// The toy keeps no list of what its operations play: whether a scenario meant something, only the handler knows.
func TestAScenarioIsUsedUpByTheHandlerThatPlaysIt(t *testing.T) {
	t.Parallel()
	e, call := start(t, engine.Options{Twice: true})
	u, _ := e.Universe("default")
	toy := "toy"
	if _, err := u.Arm(engine.Rule{Match: journal.Match{Provider: &toy}, Prefer: engine.Preference{Scenario: checkout.Declined}, Times: 1}); err != nil {
		t.Fatal(err)
	}
	armed := func() int { list, _ := u.Rules(); return len(list) }
	call("POST", "/toy/api/counters/b", `{"by":1}`, "Prefer: scenario=approved")
	if status, _, _ := call("GET", "/toy/api/counters/b", ""); status != 200 || armed() != 1 {
		t.Errorf("a read answered %d, and %d rules are armed", status, armed())
	}
	if status, _, header := call("POST", "/toy/api/counters/b", `{"by":13}`); status != 409 || header.Get("Preference-Applied") != "" {
		t.Errorf("a refused call answered %d, applied %q", status, header.Get("Preference-Applied"))
	}
	if armed() != 1 {
		t.Fatal("a refused call used the rule up")
	}
	status, text, header := call("POST", "/toy/api/counters/b", `{"by":1}`)
	if status != 422 || header.Get("Preference-Applied") != "scenario=declined" || armed() != 0 {
		t.Errorf("answered %d %s, applied %q; %d armed", status, text, header.Get("Preference-Applied"), armed())
	}
}

func TestAWorldHoldsSoManyRules(t *testing.T) {
	t.Parallel()
	e, _ := start(t, engine.Options{})
	u, _ := e.Universe("default")
	var err error
	for i := 0; err == nil && i < 2000; i++ {
		_, err = u.Arm(engine.Rule{Times: 1})
	}
	if list, _ := u.Rules(); err == nil || !strings.Contains(err.Error(), "delete some") || len(list) != 1000 {
		t.Errorf("%d are armed: %v", len(list), err)
	}
}
