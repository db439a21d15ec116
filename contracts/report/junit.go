package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"understudy/contracts/harness"
)

// The elements of JUnit's XML, as continuous integration servers read it.
type (
	suites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Skipped  int      `xml:"skipped,attr"`
		Time     string   `xml:"time,attr"`
		Suites   []*suite `xml:"testsuite"`
	}
	suite struct {
		Name      string     `xml:"name,attr"`
		Tests     int        `xml:"tests,attr"`
		Failures  int        `xml:"failures,attr"`
		Errors    int        `xml:"errors,attr"`
		Skipped   int        `xml:"skipped,attr"`
		Time      string     `xml:"time,attr"`
		Timestamp string     `xml:"timestamp,attr"`
		Cases     []testcase `xml:"testcase"`
	}
	testcase struct {
		Class   string `xml:"classname,attr"`
		Name    string `xml:"name,attr"`
		Time    string `xml:"time,attr"`
		Failure *fault `xml:"failure,omitempty"`
		Error   *fault `xml:"error,omitempty"`
		Skipped *skip  `xml:"skipped,omitempty"`
		Output  string `xml:"system-out,omitempty"`
	}
	fault struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	skip struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes one suite for each target, provider and kind. What keeps a worker from its end is an error in a suite of its own, as are findings about the run.
func JUnit(w io.Writer, r harness.Report) error {
	all := suites{Name: "understudy contract", Time: fmt.Sprintf("%.3f", r.Took.Seconds())}
	for _, result := range r.Results {
		for _, kind := range harness.Kinds() {
			s := suite{Name: fmt.Sprintf("%s.%s.%s", result.Target, result.Provider, kind), Timestamp: result.Started.UTC().Format("2006-01-02T15:04:05")}
			took := 0.0
			for _, e := range result.Entries {
				if e.Kind == kind {
					s.add(caseOf(e))
					took += e.Took.Seconds()
				}
			}
			if s.Time = fmt.Sprintf("%.3f", took); len(s.Cases) > 0 {
				all.add(&s)
			}
		}
		if why := result.Trouble; why != "" || result.Away {
			s := suite{Name: fmt.Sprintf("%s.%s", result.Target, result.Provider), Time: "0"}
			s.add(testcase{Class: s.Name, Name: "comes to its end", Time: "0", Error: &fault{Type: "trouble", Message: why}})
			all.add(&s)
		}
	}
	if len(r.Findings) > 0 {
		s := suite{Name: "run", Time: "0"}
		for _, f := range r.Findings {
			s.add(testcase{Class: "run", Name: f.Rule, Time: "0", Failure: &fault{Type: f.Rule, Message: f.Message}})
		}
		all.add(&s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (all *suites) add(s *suite) {
	all.Suites = append(all.Suites, s)
	all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
}

func (s *suite) add(c testcase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func caseOf(e harness.Entry) testcase {
	c := testcase{Class: fmt.Sprintf("%s.%s.%s", e.Target, e.Provider, e.Operation), Name: strings.TrimSpace(e.Operation + " " + e.Name), Time: fmt.Sprintf("%.3f", e.Took.Seconds())}
	switch e.Status {
	case harness.Skipped:
		c.Skipped = &skip{e.Reason}
	case harness.Failed:
		c.Failure = &fault{Type: "broken"}
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
