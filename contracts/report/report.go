// Package report tells what a run of the contracts found: to programs as JSON and JUnit's XML, to people as Markdown for a summary and as one page of HTML.
package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"understudy/contracts/harness"
)

// Format writes a report.
type Format func(w io.Writer, r harness.Report) error

// Formats are all formats, by the ending of a file's name.
var Formats = map[string]Format{"json": JSON, "xml": JUnit, "md": Markdown, "html": HTML}

// Of picks a format by a file's name.
func Of(file string) (Format, error) {
	ending := file[strings.LastIndexByte(file, '.')+1:]
	if f := Formats[ending]; f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("%s: a report is written as .json, .xml (JUnit), .md or .html", file)
}

// JSON writes the report as it is; its shape is harness.Report.
func JSON(w io.Writer, r harness.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// summary is a report in figures.
type summary struct {
	Tally harness.Tally
	Rows  []row
	Kept  bool // no contract is broken and nothing was in the way
	Cut   bool // something kept a worker from its end
}

// row is what one worker found, in figures.
type row struct {
	harness.Result
	Tally                            harness.Tally
	Answers, Properties, Transitions harness.Share
}

func summarise(r harness.Report) summary {
	s := summary{Tally: harness.Count(r.Entries()), Kept: !slices.ContainsFunc(r.Findings, counts)}
	for _, result := range r.Results {
		one := row{Result: result, Tally: harness.Count(result.Entries)}
		one.Answers, one.Properties, one.Transitions = result.Coverage.Shares()
		s.Rows = append(s.Rows, one)
		s.Cut = s.Cut || result.Trouble != "" || result.Away
	}
	s.Kept = s.Kept && !s.Cut && s.Tally.Failed == 0
	return s
}

// counts tells whether a finding is a failure.
func counts(f harness.Finding) bool { return f.Counts() }

// Headline is the run in one sentence.
func (s summary) Headline() string {
	run := s.Tally.Passed + s.Tally.Failed
	switch {
	case s.Tally.Failed > 0 && s.Cut:
		return fmt.Sprintf("%d of %s broken, and the run did not come to its end", s.Tally.Failed, plural(run, "contract"))
	case s.Tally.Failed > 0:
		return fmt.Sprintf("%d of %s broken", s.Tally.Failed, plural(run, "contract"))
	case !s.Kept:
		return "The run did not come to its end"
	case run == 0:
		return "No contract was run"
	}
	return fmt.Sprintf("All %s kept", plural(run, "contract"))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// failures lists the broken contracts, worst provenance first: what a document promises weighs more than what we assume.
func failures(r harness.Report) []harness.Entry {
	var list []harness.Entry
	for _, e := range r.Entries() {
		if e.Status == harness.Failed {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b harness.Entry) int {
		return cmp.Or(cmp.Compare(weight(a), weight(b)), strings.Compare(a.Target, b.Target), strings.Compare(a.Title(), b.Title()))
	})
	return list
}

func weight(e harness.Entry) int {
	least := len(provenances)
	for _, f := range e.Broken() {
		if i := slices.Index(provenances, f.Provenance); i >= 0 {
			least = min(least, i)
		}
	}
	return least
}

var provenances = []string{"documented", "published", "assumed"}

// where is the place in a document that a finding is about: "specs/norce.yaml:120".
func where(f harness.Finding) string {
	switch {
	case f.File == "":
		return ""
	case f.Line == 0:
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// skipped groups what was not run by the reason, most frequent first.
func skipped(r harness.Report) (reasons []reason) {
	for _, e := range r.Entries() {
		if e.Status != harness.Skipped {
			continue
		}
		i := slices.IndexFunc(reasons, func(x reason) bool { return x.Text == e.Reason })
		if i < 0 {
			i, reasons = len(reasons), append(reasons, reason{Text: e.Reason})
		}
		reasons[i].Count++
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return cmp.Compare(b.Count, a.Count) })
	return reasons
}

type reason struct {
	Text  string
	Count int
}

// judged is how often one verdict was given, by the mark of what was broken.
type judged struct {
	Verdict string
	Marks   []marked // in the order of harness.Provenances
	Counts  int      // of them, failures
}

// marked is a number of findings about places of one mark.
type marked struct {
	Provenance string
	Findings   int
}

// verdicts tallies who is wrong, over all that nothing excuses; empty if no verdict was given.
func verdicts(r harness.Report) (list []judged) {
	for _, verdict := range harness.Verdicts() {
		one := judged{Verdict: verdict}
		for _, provenance := range harness.Provenances() {
			one.Marks = append(one.Marks, marked{Provenance: provenance})
		}
		all := 0
		for _, e := range r.Entries() {
			for _, f := range e.Disputes() {
				if f.Verdict != verdict {
					continue
				}
				all++
				if at := slices.Index(harness.Provenances(), f.Provenance); at >= 0 {
					one.Marks[at].Findings++
				}
				if f.Counts() {
					one.Counts++
				}
			}
		}
		if all > 0 {
			list = append(list, one)
		}
	}
	return list
}

// String is a verdict's row in a sentence: "the sandbox drifted: 3 documented; 3 of them count".
func (j judged) String() string {
	var parts []string
	for _, m := range j.Marks {
		if m.Findings > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", m.Findings, m.Provenance))
		}
	}
	return fmt.Sprintf("%s: %s; %d fail the run", j.Verdict, cmp.Or(strings.Join(parts, ", "), "no mark"), j.Counts)
}

// told is a finding with the contract that it is about.
type told struct {
	Entry   harness.Entry
	Finding harness.Finding
	More    int // how often the same was found in other places
}

// minor lists what is told and does not fail the run, because the document is not sure enough of it: each thing once, with the first contract that met it.
func minor(r harness.Report) (list []told) {
	for _, e := range r.Entries() {
		for _, f := range e.Findings {
			if !f.Minor || f.Accepted != "" {
				continue
			}
			if i := slices.IndexFunc(list, func(t told) bool {
				return t.Entry.Provider == e.Provider && t.Entry.Target == e.Target && t.Finding.String() == f.String()
			}); i >= 0 {
				list[i].More++
				continue
			}
			list = append(list, told{Entry: e, Finding: f})
		}
	}
	return list
}

// Often is how often it was met, if more than once: ", and 3 times more".
func (t told) Often() string {
	switch t.More {
	case 0:
		return ""
	case 1:
		return ", and once more"
	}
	return fmt.Sprintf(", and %d times more", t.More)
}

// compared is what came of putting the same requests to the mock; "" if none were.
func compared(c harness.Compared) string {
	if c == (harness.Compared{}) {
		return ""
	}
	return fmt.Sprintf("%s put to the mock too: %d answered alike, %d not; %d about what the mock does not hold", plural(c.Alike+c.Differing+c.Apart, "request"), c.Alike, c.Differing, c.Apart)
}
