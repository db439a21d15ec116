package mutants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"time"

	"understudy/contracts"
	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/mock"
)

// seed decides the ids and tokens of a mock, and start where its clocks stand still: a clean run is the same every time.
const seed = "mutants"

var start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// Lab holds one provider's mock behind a proxy, the contracts that are played there, and what a clean run was answered.
type Lab struct {
	Clean   []harness.Entry // in the order of the contracts, with every exchange
	Mutants []Mutant        // those that change something of it
	Idle    int             // how many were bred that do not

	where     map[cell][]int // indexes of Clean
	stage     *harness.Stage
	contracts []harness.Contract
	known     harness.Accepted
	proxy     *Proxy
	close     func()
}

// NewLab plays every contract of a provider once, unbroken. It fails if one of them is not kept: nothing could be told from its failing then.
func NewLab(ctx context.Context, provider string) (*Lab, error) {
	d, err := document.Read(provider, "")
	if err != nil {
		return nil, err
	}
	simulator, err := mock.New(mock.Options{Seed: seed, Clock: start, Providers: []string{provider}, MaxWorlds: 100_000, Journal: 20})
	if err != nil {
		return nil, err
	}
	l := &Lab{proxy: &Proxy{Mock: simulator, Document: d}}
	server := httptest.NewServer(l.proxy)
	l.close = func() {
		server.Close()
		simulator.Close()
	}
	if err := l.open(ctx, server.URL, provider); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Close ends the mock.
func (l *Lab) Close() {
	if l.stage != nil {
		l.stage.Close()
	}
	l.close()
}

func (l *Lab) open(ctx context.Context, origin, provider string) error {
	target, err := harness.ReachMock(ctx, provider, origin, "")
	if err != nil {
		return err
	}
	target.Seed = seed // worlds are not kept, whatever became of them
	if l.stage, err = harness.NewStage(ctx, target); err != nil {
		return err
	}
	if l.known, err = contracts.Accepted(); err != nil {
		return err
	}
	l.stage.Accepted, l.stage.Keep = l.known, true
	l.contracts = contracts.List(l.stage)
	for _, c := range l.contracts {
		e := l.stage.Play(ctx, c)
		if e.Status == harness.Failed {
			err = errors.Join(err, fmt.Errorf("the clean run: %s: %s", e.Title(), harness.Account(e)))
		}
		l.Clean = append(l.Clean, e)
	}
	if err != nil {
		return err
	}
	l.stage.Keep = false
	l.stage.Result = harness.Result{}
	l.index()
	for _, m := range Breed(l.stage.Target.Document, l.Clean) {
		if len(l.broken(m, 1)) > 0 {
			l.Mutants = append(l.Mutants, m)
		} else {
			l.Idle++
		}
	}
	return nil
}

// scene is a contract of the clean run in which a mutant breaks something.
type scene struct {
	at   int                // in Clean
	told []harness.Exchange // as they would be, as far as the requests are still those of the clean run; the first broken one and what follows
	past []harness.Exchange // what was told before
}

// broken lists the scenes that a mutant reaches; at most the given number.
func (l *Lab) broken(m Mutant, most int) (list []scene) {
	for _, i := range l.where[cell{m.Operation, m.Status, m.Media}] {
		if told, first := l.retell(m, l.Clean[i]); first >= 0 {
			list = append(list, scene{i, told[first:], told[:first]})
		}
		if len(list) == most {
			break
		}
	}
	return list
}

// retell tells a scene again as a mutant breaks it, as far as the requests are still those of the clean run: to the first broken answer, or, where nothing follows from
// an answer but what it calls a thing, to the end. first is the first broken one; -1 if none is.
func (l *Lab) retell(m Mutant, e harness.Entry) (told []harness.Exchange, first int) {
	h, first := &history{}, -1
	fixed := e.Kind == harness.Conformance && m.Place != "" && !aboutID.MatchString(lastOf(m.Place)) && m.Kind != NoHeader && m.Kind != OddHeader
	for i, x := range e.Exchanges {
		if op := l.stage.Target.Document.Operation(x.Operation); op != nil {
			answer, changed := m.hear(h, op, x.Request.URL+"\n"+string(x.Request.Body), x.Response)
			x.Response = answer
			if changed && first < 0 {
				first = i
			}
		}
		told = append(told, x)
		if first >= 0 && !fixed {
			break
		}
	}
	return told, first
}

// index notes in which scenes each kind of answer was given.
func (l *Lab) index() {
	l.where = map[cell][]int{}
	for i, e := range l.Clean {
		for _, x := range e.Exchanges {
			c := cell{x.Operation, x.Response.Status, mediaOf(x.Response)}
			if list := l.where[c]; len(list) == 0 || list[len(list)-1] != i {
				l.where[c] = append(list, i)
			}
		}
	}
}

// Fate is what became of a mutant.
type Fate struct {
	Mutant
	Killed   bool
	By       string // the contract that saw it
	Finding  string // and what it said
	Replayed bool   // no answer by itself told it
}

// Looked bounds how many broken answers are put to the judge before contracts are played again, and replayed how many contracts of each kind are: beyond that they
// are the same thing over and over. A bound can let a mutant live, never kill one.
const (
	looked   = 6
	replayed = 12
)

// Try puts a mutant to the suites.
func (l *Lab) Try(ctx context.Context, m Mutant) Fate {
	scenes := l.broken(m, -1)
	for _, s := range append(spread(scenes, looked), spread(l.several(scenes), looked)...) {
		if f := l.object(s); f != nil {
			return Fate{Mutant: m, Killed: true, By: l.Clean[s.at].Title(), Finding: f.String()}
		}
	}
	return l.replay(ctx, m, scenes)
}

// object finds what there is to say against what a scene would be told; nil if nothing.
func (l *Lab) object(s scene) *harness.Finding {
	var memory harness.Memory
	remembers := l.remembers(s)
	for _, x := range s.past {
		if remembers {
			memory.Hear(l.stage.Target.Document, l.stage.Target.Path(x.World, x.Request.URL), x)
		}
	}
	for i, x := range s.told {
		var found []harness.Finding
		if i == 0 {
			found = l.stage.Judge.Judge(x, nil)
		}
		if remembers {
			found = append(found, memory.Hear(l.stage.Target.Document, l.stage.Target.Path(x.World, x.Request.URL), x)...)
		}
		for _, f := range found {
			if l.known.Excuse(l.Clean[s.at], f) == nil {
				return &f
			}
		}
	}
	return nil
}

// remembers tells whether nothing happens in a scene but what its exchanges tell of.
func (l *Lab) remembers(s scene) bool { return l.Clean[s.at].Kind == harness.Conformance }

// several keeps the scenes in which more than one answer tells of a thing.
func (l *Lab) several(scenes []scene) []scene {
	return slices.DeleteFunc(slices.Clone(scenes), func(s scene) bool { return !l.remembers(s) || l.successes(s) < 2 })
}

// successes counts them in a scene of the clean run.
func (l *Lab) successes(s scene) (n int) {
	for _, x := range l.Clean[s.at].Exchanges {
		if x.Response.Status < 300 {
			n++
		}
	}
	return n
}

// spread takes at most n of a list, from all over it.
func spread(list []scene, n int) (some []scene) {
	step := max(1, (len(list)+n-1)/n)
	for i := 0; i < len(list); i += step {
		some = append(some, list[i])
	}
	return some
}

// order is the order in which kinds of contracts are played again: those first that see most.
var order = []harness.Kind{harness.Workflows, harness.Conformance, harness.Transitions, harness.Refusals}

// replay plays the contracts that a mutant reaches.
func (l *Lab) replay(ctx context.Context, m Mutant, scenes []scene) Fate {
	l.proxy.Set(&m)
	defer l.proxy.Set(nil)
	slices.SortStableFunc(scenes, func(a, b scene) int {
		return cmp.Or(cmp.Compare(slices.Index(order, l.Clean[a.at].Kind), slices.Index(order, l.Clean[b.at].Kind)), cmp.Compare(l.successes(b), l.successes(a)))
	})
	played := map[harness.Kind]int{}
	for _, s := range scenes {
		c := l.contracts[s.at]
		if played[c.Kind]++; played[c.Kind] > replayed {
			continue
		}
		e := l.stage.Play(ctx, c)
		l.stage.Result = harness.Result{}
		if e.Status == harness.Failed {
			return Fate{Mutant: m, Killed: true, By: e.Title(), Finding: e.Broken()[0].String(), Replayed: true}
		}
	}
	return Fate{Mutant: m, Replayed: true}
}
