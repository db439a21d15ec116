package mock_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/mock"
	"understudy/specs"
)

// worldsAtOnce is how many worlds live side by side in the test.
const worldsAtOnce = 100

// TestAHundredWorldsNeverMeet makes the pages' calls, and others that change something, in a hundred worlds at once. Each world answers and
// ends up as one that is alone on its server, and its journal holds what was said to it and nothing else.
func TestAHundredWorldsNeverMeet(t *testing.T) {
	t.Parallel()
	apart := func(o *mock.Options) { o.PublicURL, o.Journal, o.Twice = "https://understudy.test", 1000, false }
	crowd, alone := ensemble(t, apart), ensemble(t, apart)
	var all sync.WaitGroup
	for i := range worldsAtOnce {
		all.Go(func() {
			name, script := fmt.Sprintf("world-%d", i), play(t, crowd, i)
			life := live(t, crowd, name, script)
			if i%10 == 0 {
				compareLives(t, name, life, live(t, alone, name, script))
			}
		})
	}
	all.Wait()
}

// line is one call of a script.
type line struct {
	provider string
	request  request
}

// play is the script of a world: each page's call, and a quarter of the samples of operations that are more than a reading.
func play(t *testing.T, all map[string]*platform, world int) (script []line) {
	n := world
	for _, name := range specs.Providers() {
		p := all[name]
		script = append(script, line{name, readPage(t, p).request})
		for _, op := range p.document.Operations() {
			if op.Effect == "read" {
				continue
			}
			if n++; n%4 == 0 {
				script = append(script, line{name, sample(op, "")})
			}
		}
	}
	return script
}

// life is what became of a world: what it answered, and what it holds in the end.
type life struct {
	answers []string
	records map[string]string
}

var worldInURL = regexp.MustCompile(`/w/([a-z0-9-]+)/`)

// live plays a script in a world.
func live(t *testing.T, all map[string]*platform, name string, script []line) (l life) {
	for _, call := range script {
		p := all[call.provider]
		a, err := p.send(name, call.request.with("Suite-World", name))
		if err != nil {
			t.Error(err)
			return l
		}
		for _, found := range worldInURL.FindAllSubmatch(a.body, -1) {
			if string(found[1]) != name {
				t.Errorf("%s answers %s %s with a link into %s", name, call.request.method, call.request.path, found[1])
			}
		}
		l.answers = append(l.answers, fmt.Sprintf("%d %s", a.status, a.body))
	}
	u, ok := all[script[0].provider].engine.Known(name)
	if !ok {
		t.Errorf("there is no %s", name)
		return l
	}
	exchanges := u.Journal.Find(nil)
	if len(exchanges) != len(script) {
		t.Errorf("%s: the journal holds %d exchanges of %d", name, len(exchanges), len(script))
	}
	for _, x := range exchanges {
		if x.World != name || x.Request.Header.Get("Suite-World") != name || !strings.HasPrefix(x.ID, name+"-") {
			t.Errorf("%s: the journal holds %s, which was said to %s", name, x.ID, x.Request.Header.Get("Suite-World"))
		}
	}
	l.records = records(t, u, nil)
	return l
}

func compareLives(t *testing.T, name string, crowded, alone life) {
	for i := range crowded.answers {
		if i < len(alone.answers) && crowded.answers[i] != alone.answers[i] {
			t.Errorf("%s: answer %d is %.300s among others, and alone %.300s", name, i, crowded.answers[i], alone.answers[i])
		}
	}
	if !maps.Equal(crowded.records, alone.records) {
		t.Errorf("%s holds %d records among others, and alone %d, or other ones: %q", name, len(crowded.records), len(alone.records), slices.Sorted(maps.Keys(crowded.records)))
	}
}
