package mutants

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Tally counts mutants of one sort.
type Tally struct{ All, Killed, Replayed int } // Replayed: killed only when contracts were played again

// Percent is how many of a hundred were killed; 100 if there were none.
func (t Tally) Percent() float64 {
	if t.All == 0 {
		return 100
	}
	return 100 * float64(t.Killed) / float64(t.All)
}

// Score is what became of all mutants.
type Score struct {
	Fates []Fate
	Idle  int // were bred, and change nothing of the clean run: no mutants
}

// Of tallies the mutants that meet a condition.
func (s Score) Of(meets func(Fate) bool) (t Tally) {
	for _, f := range s.Fates {
		if !meets(f) {
			continue
		}
		t.All++
		if f.Killed {
			t.Killed++
			if f.Replayed {
				t.Replayed++
			}
		}
	}
	return t
}

// All tallies every mutant.
func (s Score) All() Tally { return s.Of(func(Fate) bool { return true }) }

// Survivors lists the mutants that nobody saw, by name.
func (s Score) Survivors() (list []Fate) {
	for _, f := range s.Fates {
		if !f.Killed {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b Fate) int { return strings.Compare(a.String(), b.String()) })
	return list
}

// Write prints the score by provider and by kind.
func (s Score) Write(w io.Writer) {
	var providers []string
	for _, f := range s.Fates {
		if !slices.Contains(providers, f.Provider) {
			providers = append(providers, f.Provider)
		}
	}
	slices.Sort(providers)
	fmt.Fprintf(w, "%-16s %6s %7s %7s   %s\n", "", "bred", "killed", "", "of these only by playing contracts again")
	line := func(name string, t Tally) {
		if t.All > 0 {
			fmt.Fprintf(w, "%-16s %6d %7d %6.1f%% %8d\n", name, t.All, t.Killed, t.Percent(), t.Replayed)
		}
	}
	for _, k := range Kinds() {
		line(string(k), s.Of(func(f Fate) bool { return f.Kind == k }))
	}
	for _, p := range providers {
		line(p, s.Of(func(f Fate) bool { return f.Provider == p }))
	}
	line("all", s.All())
	fmt.Fprintf(w, "%d more change no byte of any answer of the clean run, and count as none\n", s.Idle)
}
