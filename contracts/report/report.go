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
		s.Kept = s.Kept && result.Trouble == "" && !result.Away
	}
	s.Kept = s.Kept && s.Tally.Failed == 0
	return s
}

// counts tells whether nothing excuses a finding.
func counts(f harness.Finding) bool { return f.Accepted == "" }

// Headline is the run in one sentence.
func (s summary) Headline() string {
	run := s.Tally.Passed + s.Tally.Failed
	switch {
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
