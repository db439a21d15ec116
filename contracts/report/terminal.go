package report

import (
	"fmt"
	"io"
	"time"

	"understudy/contracts/harness"
)

// Terminal tells a run to whoever sits before a terminal: what is broken and how to see it again, then a line for each provider and target, then one sentence.
func Terminal(w io.Writer, r harness.Report) {
	for _, e := range r.Entries() {
		if e.Status == harness.Failed {
			fmt.Fprintf(w, "broken: %s (%s)\n%s\n", e.Title(), e.Target, harness.Account(e))
		}
	}
	list := minor(r)
	for i, one := range list {
		if i == shownFailures {
			fmt.Fprintf(w, "told: %d things more, which a report lists (--report)\n", len(list)-i)
			break
		}
		fmt.Fprintf(w, "told: %s (%s)%s\n  %s\n", one.Entry.Title(), one.Entry.Target, one.Often(), one.Finding)
	}
	if len(list) > 0 {
		fmt.Fprintln(w)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "broken: %s\n\n", f)
	}
	s := summarise(r)
	for _, one := range s.Rows {
		switch {
		case one.Missing != "":
			fmt.Fprintf(w, "%-10s %-15s skipped: %s\n", one.Target, one.Provider, one.Missing)
			continue
		case one.Trouble != "" && len(one.Entries) == 0:
			fmt.Fprintf(w, "%-10s %-15s did not run: %s\n", one.Target, one.Provider, one.Trouble)
			continue
		}
		fmt.Fprintf(w, "%-10s %-15s %5d kept %3d broken %3d skipped   %s   %s\n", one.Target, one.Provider, one.Tally.Passed, one.Tally.Failed, one.Tally.Skipped,
			touched("answers", one.Answers), one.Result.Took.Round(10*time.Millisecond))
		if one.Trouble != "" {
			fmt.Fprintf(w, "%-26s did not come to its end: %s\n", "", one.Trouble)
		}
		if text := compared(one.Compared); text != "" {
			fmt.Fprintf(w, "%-26s %s\n", "", text)
		}
	}
	for _, one := range verdicts(r) {
		fmt.Fprintln(w, one)
	}
	fmt.Fprintf(w, "%s, in %s\n", s.Headline(), r.Took.Round(10*time.Millisecond))
}

// touched tells how much was touched by behaviour, and how much in shape only.
func touched(noun string, s harness.Share) string {
	text := fmt.Sprintf("%d of %d %s", s.Real, s.All, noun)
	if s.Shape > 0 {
		text += fmt.Sprintf(", %d in shape only", s.Shape)
	}
	return text
}
