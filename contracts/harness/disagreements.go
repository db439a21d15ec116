package harness

import (
	"fmt"

	"understudy/specs"
)

// disagreement is where one reader is known to be wrong, and why.
type disagreement struct {
	Name   string // as it is reported
	Reader string // which objects wrongly
	Reason string
	holds  func(c *trial, o objection) bool
}

// disagreements are the known differences between the readers. One that is not met in a whole run of the mock is stale.
var disagreements = []disagreement{}

// excused tells whether an objection that only one reader has is a known mistake of it.
func (j *Judge) excused(c *trial, reader string, o objection) bool {
	for _, d := range disagreements {
		if d.Reader == reader && d.holds(c, o) {
			j.mu.Lock()
			j.known[d.Name]++
			j.mu.Unlock()
			return true
		}
	}
	return false
}

// Disagreements counts how often each known difference between the readers was met, by name.
func (j *Judge) Disagreements() map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	met := map[string]int{}
	for _, d := range disagreements {
		met[d.Name] = j.known[d.Name]
	}
	return met
}

// StaleDisagreements finds the known differences between the readers that no whole run of the mock met.
func StaleDisagreements(results []Result) (list []Finding) {
	whole := map[string]bool{}
	for _, r := range results {
		if r.Target == TargetMock && r.Whole && r.Trouble == "" {
			whole[r.Provider] = true
		}
	}
	for _, d := range disagreements {
		met := 0
		for _, r := range results {
			met += r.Disagreements[d.Name]
		}
		if met == 0 && len(whole) == len(specs.Providers()) {
			list = append(list, Finding{Rule: RuleStale, File: "contracts/harness/disagreements.go", Exchange: -1, Readers: []string{d.Reader},
				Message: fmt.Sprintf("the known mistake %q of %s was not met; remove it", d.Name, d.Reader)})
		}
	}
	return list
}
