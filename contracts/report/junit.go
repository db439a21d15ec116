package report

import (
	"fmt"
	"io"
	"strings"

	"understudy/contracts/harness"
	"understudy/fixtures/junit"
)

// JUnit writes one suite for each target, provider and kind. What keeps a worker from its end is an error in a suite of its own, as are findings about the run.
func JUnit(w io.Writer, r harness.Report) error {
	all := junit.Report{Name: "understudy contract", Time: junit.Seconds(r.Took)}
	for _, result := range r.Results {
		for _, kind := range harness.Kinds() {
			s := &junit.Suite{Name: fmt.Sprintf("%s.%s.%s", result.Target, result.Provider, kind), Timestamp: result.Started.UTC().Format("2006-01-02T15:04:05")}
			for _, e := range result.Entries {
				if e.Kind == kind {
					s.Add(caseOf(e))
				}
			}
			if len(s.Cases) > 0 {
				all.Add(s)
			}
		}
		if why := result.Trouble; why != "" || result.Away {
			s := &junit.Suite{Name: fmt.Sprintf("%s.%s", result.Target, result.Provider)}
			s.Add(junit.Case{Class: s.Name, Name: "comes to its end", Error: &junit.Fault{Type: "trouble", Message: why}})
			all.Add(s)
		}
	}
	if len(r.Findings) > 0 {
		s := &junit.Suite{Name: "run"}
		for _, f := range r.Findings {
			s.Add(junit.Case{Class: "run", Name: f.Rule, Failure: &junit.Fault{Type: f.Rule, Message: f.Message}})
		}
		all.Add(s)
	}
	return all.Write(w)
}

func caseOf(e harness.Entry) junit.Case {
	c := junit.Case{Class: fmt.Sprintf("%s.%s.%s", e.Target, e.Provider, e.Operation), Name: strings.TrimSpace(e.Operation + " " + e.Name), Time: junit.Seconds(e.Took)}
	switch e.Status {
	case harness.Skipped:
		c.Skipped = &junit.Skipped{Message: e.Reason}
	case harness.Failed:
		c.Failure = &junit.Fault{Type: "broken"}
		var text strings.Builder
		for i, f := range e.Broken() {
			if i == 0 {
				c.Failure.Type, c.Failure.Message = f.Rule, f.Message
			}
			fmt.Fprintf(&text, "%s: %s\n", f.Rule, f.Message)
			for _, line := range [][2]string{{"at", f.Pointer}, {"document", where(f)}, {"provenance", f.Provenance}, {"verdict", f.Verdict}} {
				if line[1] != "" {
					fmt.Fprintf(&text, "  %s: %s\n", line[0], line[1])
				}
			}
		}
		fmt.Fprintf(&text, "repeat: %s\n%s\n", e.Repeat.Command, e.Repeat.Curl)
		c.Failure.Text = text.String()
	}
	var told strings.Builder
	for _, f := range e.Findings {
		if f.Minor && f.Accepted == "" {
			fmt.Fprintf(&told, "told, not failing: %s\n", f)
		}
	}
	c.Output = told.String()
	return c
}
