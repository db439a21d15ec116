package mutants

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"understudy/specs"
)

var sample = flag.Int("sample", 50, "how many mutants of each provider are tried, always the same; 0: every one")

// large is how many of each provider make a sample that is held to survivors.yaml. Of every mutant, the file is held to what lives too.
const large = 400

// enough is how many of a hundred mutants have to be killed.
const enough = 95

// TestTheSuitesKillMutants breaks the mock in one thing at a time. Of a large sample, a mutant that lives has to stand in survivors.yaml, with the reason.
func TestTheSuitesKillMutants(t *testing.T) {
	var mu sync.Mutex
	var score Score
	bred := 0
	t.Run("providers", func(t *testing.T) {
		for _, provider := range specs.Providers() {
			t.Run(provider, func(t *testing.T) {
				t.Parallel()
				fates, all, idle := try(t, provider)
				mu.Lock()
				defer mu.Unlock()
				score.Fates, score.Idle, bred = append(score.Fates, fates...), score.Idle+idle, bred+all
			})
		}
	})
	if t.Failed() {
		return
	}
	score.Write(os.Stdout)
	fmt.Printf("%d mutants of %d were tried\n", len(score.Fates), bred)
	reviewed := *sample == 0 || *sample >= large
	survivors, err := ReadSurvivors()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range score.Survivors() {
		switch reason := survivors.Reason(f.Mutant); {
		case reason != "":
			t.Logf("lives: %s (%s)", f, reason)
		case reviewed:
			t.Errorf("lives, and nobody knows why: %s", f)
		default:
			t.Logf("lives: %s", f)
		}
	}
	if all := score.All(); all.Percent() < enough {
		t.Errorf("%.1f %% of the mutants are killed; %d would be right", all.Percent(), enough)
	}
	if *sample != 0 {
		return
	}
	for _, pattern := range survivors.Unmet() {
		t.Errorf("survivors.yaml: nothing that lives is called %q; remove it", pattern)
	}
}

// try plays a provider's clean run, and puts its mutants, or a sample of them that is always the same, to the suites.
func try(t *testing.T, provider string) (fates []Fate, bred, idle int) {
	l, err := NewLab(t.Context(), provider)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	list := l.Mutants
	if *sample != 0 {
		chance := rand.New(rand.NewPCG(7, 7))
		chance.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		list = list[:min(*sample, len(list))]
	}
	for _, m := range list {
		fates = append(fates, l.Try(t.Context(), m))
	}
	return fates, len(l.Mutants), l.Idle
}
