package mock_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"understudy/fixtures/jsonpointer"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
	"understudy/mock/mocktest"
)

// leniency is where a provider lets pass what its document forbids, and why that is so. One that is no longer met fails the suite.
type leniency struct {
	operation string // operationId; "*" for all
	probe     string // how the probe's name begins
	why       string
}

// TestBadInput sends whatever is wrong to every operation of every platform. Each request has to get a refusal that the document declares, in
// the provider's own words, or its declared success where the provider is lenient; and what is refused changes nothing.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, name := range platforms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stage(t, name)
			excuses := &excuses{list: leniencies[name], used: map[leniency]bool{}}
			for _, op := range p.document.Operations() {
				t.Run(op.ID, func(t *testing.T) {
					if name != control {
						t.Parallel()
					}
					i := &inquiry{t: t, platform: p, op: op, excuses: excuses, failures: map[string]int{}}
					i.run()
				})
			}
			excuses.finish(t, len(p.document.Operations()))
		})
	}
}

// excuses are a platform's leniencies, and which were met.
type excuses struct {
	list []leniency

	mu   sync.Mutex
	used map[leniency]bool
	runs int
}

// cover tells whether a probe of an operation may pass although the document forbids it.
func (e *excuses) cover(operation, probe string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.list {
		if (l.operation == "*" || l.operation == operation) && strings.HasPrefix(probe, l.probe) {
			e.used[l] = true
			return true
		}
	}
	return false
}

// finish fails the test on stale excuses, if every operation was run.
func (e *excuses) finish(t *testing.T, operations int) {
	t.Cleanup(func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, l := range e.list {
			if e.runs == operations && !e.used[l] {
				t.Errorf("a stale excuse: %s is as strict as its document about %q (%s)", l.operation, l.probe, l.why)
			}
		}
	})
}

// inquiry puts one operation to its probes, in a world of its own that is put back after each success.
type inquiry struct {
	t        *testing.T
	platform *platform
	op       *openapi.Operation
	excuses  *excuses

	worldName string
	universe  *engine.Universe
	before    *world.Snapshot
	known     map[world.Place]bool
	state     map[string]string
	failures  map[string]int // by sort
}

// enough failures of one sort are printed of an operation.
const enough = 3

func (i *inquiry) run() {
	i.worldName = "bad-" + strings.ToLower(i.op.ID)
	if i.platform.name == control {
		i.worldName = world.Default // which its examples are about
	}
	i.universe = i.platform.world(i.t, i.worldName)
	i.begin()
	for _, p := range probes(i.op) {
		i.judge(p)
	}
	for sort, n := range i.failures {
		if n > enough {
			i.t.Errorf("and %d more like %q", n-enough, sort)
		}
	}
	i.excuses.mu.Lock()
	i.excuses.runs++
	i.excuses.mu.Unlock()
}

// begin puts the tenant's cast on stage, untouched, and takes note of it.
func (i *inquiry) begin() {
	if i.platform.name == control {
		i.state = i.platform.tellStory(i.t)
		return
	}
	a := i.platform.must(i.t, i.worldName, sample(i.op, ""))
	i.universe.Reset("", mocktest.Start)
	if a.exchange != nil {
		i.platform.engine.Orders(i.worldName, world.Place{Provider: i.platform.name, Tenant: a.exchange.Tenant})
	}
	i.before, i.known = i.universe.Snapshot(), map[world.Place]bool{{}: true}
	for _, place := range i.universe.Tenants() {
		i.known[place] = true
	}
	i.state = records(i.t, i.universe, i.known)
}

// renew puts everything back.
func (i *inquiry) renew() {
	if i.platform.name == control {
		i.state = i.platform.tellStory(i.t)
		return
	}
	i.universe.Restore(i.before)
}

// fail reports what is wrong with an answer.
func (i *inquiry) fail(p probe, a answer, format string, args ...any) {
	i.t.Helper()
	if i.failures[format]++; i.failures[format] <= enough {
		i.t.Errorf("%s: %s\n\trequest: %s\n\tanswer:  %s", p.name, fmt.Sprintf(format, args...), p.request, a)
	}
}

// judge sends a probe and holds the answer to all that is promised.
func (i *inquiry) judge(p probe) {
	a, err := i.platform.send(i.worldName, p.request)
	if err != nil {
		i.fail(p, a, "no answer: %v", err)
		return
	}
	i.declared(p, a)
	switch {
	case a.status >= 500:
		i.fail(p, a, "a client's request is answered %d", a.status)
	case a.status >= 300 && a.status < 400:
		i.fail(p, a, "a redirect to %s", a.header.Get("Location"))
	case a.status >= 400:
		i.refusal(p, a)
	case p.refused && !i.excuses.cover(i.op.ID, p.name):
		i.fail(p, a, "the document forbids it, and it is answered %d", a.status)
	}
	if p.statuses != nil && !slices.Contains(p.statuses, a.status) && !i.excuses.cover(i.op.ID, p.name) {
		i.fail(p, a, "want %v", p.statuses)
	}
	if a.status < 400 || !i.unchanged(p, a) {
		i.renew()
	}
}

// declared holds an answer to the document: its status, its media type, and its body down to the bytes.
func (i *inquiry) declared(p probe, a answer) {
	if p.request.method == "HEAD" || p.request.method == "OPTIONS" {
		return
	}
	candidates := []*openapi.Operation{i.op}
	if a.exchange != nil {
		candidates[0] = i.platform.document.Operation(a.exchange.Operation)
	} else if strings.HasPrefix(p.name, "path") || strings.HasPrefix(p.name, "method") { // may have met another one
		candidates = append(i.platform.document.Operations(), nil)
	}
	var broken []string
	for _, op := range candidates {
		if broken = i.platform.document.CheckAnswer(op, a.status, a.header, a.body); len(broken) == 0 {
			break
		}
	}
	if len(broken) > 0 {
		i.fail(p, a, "the answer is not declared: %s", strings.Join(broken, "; "))
	}
	if a.exchange != nil && len(a.exchange.Violations) > 0 {
		i.fail(p, a, "the journal holds violations: %q", a.exchange.Violations)
	}
}

// refusal holds a refusal to what it owes its reader: which part of the request was wrong, in the answer; and in the journal also where, what
// would have been right, and the line of the document that says so.
func (i *inquiry) refusal(p probe, a answer) {
	if p.request.method == "HEAD" {
		return
	}
	if len(a.body) == 0 {
		i.fail(p, a, "a refusal without a word")
	}
	if i.platform.name != control {
		if a.exchange == nil {
			i.fail(p, a, "the answer names no exchange")
			return
		}
		if a.exchange.Reason == nil {
			if p.refused {
				i.fail(p, a, "a decline, where a refusal is wanted")
			}
			return
		}
		if a.exchange.Operation == "" && a.status == 404 && a.exchange.Nearest == "" {
			i.fail(p, a, "an unknown path, and the journal names no nearest operation")
		}
		if a.exchange.Reason.Message == "" {
			i.fail(p, a, "the journal gives no reason")
		}
	}
	if p.refused && p.at != nil && !i.excuses.cover(i.op.ID, p.name) {
		i.named(p, a)
	}
}

// named wants the place that is wrong in the refusal, and all about it in the journal.
func (i *inquiry) named(p probe, a answer) {
	if name := lastName(p.at); !bytes.Contains(bytes.ToLower(a.body), []byte(strings.ToLower(name))) {
		i.fail(p, a, "the refusal does not name %q", name)
	}
	if a.exchange == nil || p.at[0] == "Prefer" {
		return
	}
	pointer := p.at[0]
	if p.in == "body" {
		pointer = jsonpointer.Of(p.at...)
	}
	k := slices.IndexFunc(a.exchange.Reason.Problems, func(x journal.Problem) bool { return x.In == p.in && strings.EqualFold(x.Pointer, pointer) })
	if k < 0 {
		i.fail(p, a, "the journal does not say that %s %s is wrong: %+v", p.in, pointer, a.exchange.Reason)
		return
	}
	if x := a.exchange.Reason.Problems[k]; x.Message == "" || x.Want == "" || x.Line == 0 {
		i.fail(p, a, "the journal does not say what was wrong, what would be right and which line says so: %+v", x)
	}
}

// lastName is the last part of a place that is a name.
func lastName(at []string) string {
	for _, part := range slices.Backward(at) {
		if _, err := strconv.Atoi(part); err != nil {
			return part
		}
	}
	return ""
}

// unchanged compares the records with what they were, but for tenants that have come into being since.
func (i *inquiry) unchanged(p probe, a answer) bool {
	var now map[string]string
	if i.platform.name == control {
		now = i.platform.everything(i.t)
	} else {
		now = records(i.t, i.universe, i.known)
	}
	for key := range now {
		if now[key] != i.state[key] {
			i.fail(p, a, "a refusal changed %s from %s to %s", key, cmp.Or(i.state[key], "nothing"), now[key])
			return false
		}
	}
	if len(now) != len(i.state) {
		i.fail(p, a, "a refusal removed records: %d are left of %d", len(now), len(i.state))
		return false
	}
	return true
}

// records are a world's records as JSON, of the places that are known, or of all.
func records(t testing.TB, u *engine.Universe, known map[world.Place]bool) map[string]string {
	t.Helper()
	export, err := u.Export()
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, r := range export.Records {
		if known == nil || known[r.Place] {
			list[strings.Join([]string{r.Provider, r.Tenant, r.Kind, r.ID}, " ")] = string(r.Value)
		}
	}
	return list
}
