package mock_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
	"understudy/specs"
)

// racers is how many identical calls race.
const racers = 8

// TestRacingCallsHaveASerialOrder makes calls at once, and then the same calls one after another in the same state: what was answered and what is
// left must be what some order gives. So an outstanding balance that eight callers collect is charged once.
func TestRacingCallsHaveASerialOrder(t *testing.T) {
	t.Parallel()
	for _, name := range specs.Providers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stage(t, name)
			var changing []*openapi.Operation
			for _, op := range p.document.Operations() {
				if op.Effect != "read" && p.declined[op.ID] == "" {
					changing = append(changing, op)
				}
			}
			for i, op := range changing {
				t.Run(op.ID, func(t *testing.T) {
					t.Parallel()
					r := newRace(t, p, op)
					r.explain(slices.Repeat([]request{sample(op, "")}, racers), [][]int{inTurn(racers)})
					for _, other := range changing[i+1:] {
						r.explain([]request{sample(op, ""), sample(other, "")}, [][]int{{0, 1}, {1, 0}})
					}
				})
			}
		})
	}
}

// race is a world that can be put back to its beginning.
type race struct {
	t        *testing.T
	platform *platform
	name     string
	universe *engine.Universe
	before   *world.Snapshot
}

func newRace(t *testing.T, p *platform, op *openapi.Operation) *race {
	r := &race{t: t, platform: p, name: p.fresh(t)}
	r.universe, _ = p.engine.Known(r.name)
	a := p.must(t, r.name, sample(op, ""))
	r.universe.Reset("", r.universe.Clock().Start)
	if _, err := p.engine.Orders(r.name, world.Place{Provider: p.name, Tenant: a.exchange.Tenant}); err != nil {
		t.Fatal(err)
	}
	r.before = r.universe.Snapshot()
	return r
}

// outcome is what calls were answered, in the order of the calls, and what the world holds afterwards.
type outcome struct {
	answers []string
	records map[string]string
}

// explain runs requests at once, and fails the test unless one of the orders gives the same. Identical requests are told apart by nothing, so
// their answers are compared as a heap.
func (r *race) explain(requests []request, orders [][]int) {
	r.t.Helper()
	raced := r.run(func(answers []string) {
		var all sync.WaitGroup
		start := make(chan struct{})
		for i := range requests {
			all.Go(func() {
				<-start
				answers[i] = r.call(requests[i])
			})
		}
		close(start)
		all.Wait()
	}, len(requests))
	var serial outcome
	for _, order := range orders {
		serial = r.run(func(answers []string) {
			for _, i := range order {
				answers[i] = r.call(requests[i])
			}
		}, len(requests))
		if len(orders) == 1 {
			slices.Sort(serial.answers)
			slices.Sort(raced.answers)
		}
		if slices.Equal(serial.answers, raced.answers) && maps.Equal(serial.records, raced.records) {
			return
		}
	}
	r.t.Errorf("no order of these calls explains what they were answered when they raced:\n%s\n%s\nraced  %.300q\nserial %.300q\nrecords raced, not serial: %q",
		requests[0], requests[len(requests)-1], raced.answers, serial.answers, unlike(raced.records, serial.records))
}

func (r *race) run(play func(answers []string), calls int) outcome {
	r.universe.Restore(r.before)
	o := outcome{answers: make([]string, calls)}
	play(o.answers)
	o.records = records(r.t, r.universe, nil)
	return o
}

func (r *race) call(q request) string {
	a, err := r.platform.send(r.name, q)
	if err != nil {
		r.t.Error(err)
	}
	return fmt.Sprintf("%d %s", a.status, a.body)
}

// inTurn is 0, 1, … n-1.
func inTurn(n int) (order []int) {
	for i := range n {
		order = append(order, i)
	}
	return order
}

// unlike lists what is in one and not in the other.
func unlike(a, b map[string]string) (list []string) {
	for key, value := range inOrder(a) {
		if b[key] != value {
			list = append(list, key+" "+value)
		}
	}
	return list
}
