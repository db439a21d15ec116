package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/contracts/harness"
)

// hostile is what a server could answer to hurt whoever reads the report.
const hostile = "<script>alert(1)</script> `code` | ]]> \x00 & \xff"

// story is a run in which one contract was kept, one is broken, one excused and one skipped, and one worker did not come to its end.
func story() harness.Report {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	broken := harness.Entry{
		Provider: "norce", Operation: "updatePayment", Target: "sandbox", Kind: harness.Conformance, Effect: "write", Name: "answers 200 as application/json", Status: harness.Failed, Took: time.Second,
		Findings: []harness.Finding{
			{Rule: harness.RuleBody, Message: "the amount is a string, a number would be right " + hostile, In: "body", Pointer: "/0/value", File: "specs/norce.yaml", Line: 30,
				Provenance: "documented", Readers: []string{"kin-openapi", "libopenapi-validator"}, Verdict: "the sandbox drifted"},
			{Rule: harness.RuleHeader, Message: "known", Accepted: "since 2024", Exchange: -1},
		},
		Exchanges: []harness.Exchange{{Request: harness.Request{Method: "POST", URL: "http://127.0.0.1:1/x", Header: map[string][]string{"Accept": {"*/*"}}, Body: []byte(`{"a":1}`)},
			Response: harness.Response{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: []byte(`[{"op":"replace","value":"1"}] ` + hostile)}, At: at}},
		Repeat: harness.Repeat{Command: "understudy contract --focus x", Curl: "curl http://127.0.0.1:1/x", Seed: "s", World: "w"},
	}
	milder := broken
	milder.Operation, milder.Findings = "another", []harness.Finding{{Rule: harness.RuleStatus, Message: "503 is not declared", Provenance: "assumed", Exchange: -1}}
	r := harness.Merge(
		harness.Result{Provider: "norce", Target: "sandbox", Started: at, Took: 3 * time.Second, Entries: []harness.Entry{
			milder, broken,
			{Provider: "norce", Operation: "createSession", Target: "sandbox", Kind: harness.Refusals, Name: "refuses", Status: harness.Passed},
			{Provider: "norce", Operation: "capture", Target: "sandbox", Kind: harness.Refusals, Name: "refuses", Status: harness.Skipped, Reason: "effect charge is not allowed"},
		}},
		harness.Result{Provider: "fabric", Target: "sandbox", Started: at, Trouble: "the worker ended at entry 3"},
	)
	answer := harness.Cell{Provider: "norce", Operation: "updatePayment", Status: 200, Media: "application/json"}
	missing := harness.Cell{Provider: "norce", Operation: "updatePayment", Status: 409, Media: "application/json"}
	c := &r.Results[1].Coverage
	c.Expect(answer, "documented")
	c.Expect(missing, "assumed")
	c.Touch(answer, false)
	c.Touch(missing, true)
	r.Version, r.Command = "1.2.3", []string{"understudy", "contract"}
	r.Findings = []harness.Finding{{Rule: harness.RuleStale, Message: "accepted.yaml excuses what does not happen", Exchange: -1}}
	return r
}

func write(t *testing.T, f Format, r harness.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestJSONIsTheReport(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(write(t, JSON, story()), `\ufffd`, "\uFFFD")
	var read harness.Report
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	if again := write(t, JSON, read); again != text {
		t.Errorf("read and written again it is\n%s", again)
	}
}

func TestJUnitCountsAndTells(t *testing.T) {
	t.Parallel()
	text := write(t, JUnit, story())
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	if err := xml.Unmarshal([]byte(text), &read); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if read.Tests != 6 || read.Failures != 3 || read.Errors != 1 || read.Skipped != 1 {
		t.Errorf("%d tests, %d failures, %d errors, %d skipped", read.Tests, read.Failures, read.Errors, read.Skipped)
	}
	for _, want := range []string{"specs/norce.yaml:30", "at: /0/value", "provenance: documented", "verdict: the sandbox drifted", "understudy contract --focus x", "curl http", "effect charge is not allowed", "the worker ended at entry 3"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not tell %q", want)
		}
	}
}

func TestMarkdownFitsASummary(t *testing.T) {
	t.Parallel()
	r := story()
	text := write(t, Markdown, r)
	for _, want := range []string{"2 of 3 contracts broken", "| sandbox | norce | 1 | 2 | 1 | 50 % of 2 (+1) |", "`specs/norce.yaml:30`", "understudy contract --focus x", "1 × effect charge", "the worker ended"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not tell %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "<script>") {
		t.Error("an answer's text is taken for markup")
	}
	if strings.Index(text, "norce updatePayment") > strings.Index(text, "norce another") {
		t.Error("what a document promises does not come first")
	}
	for range 100 {
		r.Results[1].Entries = append(r.Results[1].Entries, r.Results[1].Entries[0])
	}
	if text := write(t, Markdown, r); strings.Count(text, "<details>") != shownFailures || !strings.Contains(text, fmt.Sprintf("and %d more", 102-shownFailures)) {
		t.Error("a long list is not cut")
	}
}

func TestHTMLStandsAlone(t *testing.T) {
	t.Parallel()
	text := write(t, HTML, story())
	for _, want := range []string{
		"2 of 3 contracts broken", "<mark>    &#34;value&#34;: &#34;1&#34;</mark>", "after the JSON value", "the sandbox drifted", "curl http://127.0.0.1:1/x", "since 2024",
		"effect charge is not allowed", "the worker ended", "updatePayment 409 application/json (shape only)", "kin-openapi, libopenapi-validator", "   30  ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not tell %q", want)
		}
	}
	for _, no := range []string{"<script", "src=", "href=", "@import", "url("} {
		if strings.Contains(text, no) {
			t.Errorf("it has %q", no)
		}
	}
	os.WriteFile(filepath.Join(t.ArtifactDir(), "report.html"), []byte(text), 0o644)
}

func TestALongBodyIsCutAroundWhatIsMarked(t *testing.T) {
	t.Parallel()
	items := make([]int, 1000)
	body, _ := json.Marshal(map[string]any{"items": items})
	lines := bodyOf(body, []harness.Finding{{Pointer: "/items/700"}}, 0)
	marked := 0
	for _, l := range lines {
		if l.Marked {
			marked++
		}
	}
	if len(lines) > mostLines || marked != 1 {
		t.Errorf("%d lines, %d marked", len(lines), marked)
	}
}

func TestAllKept(t *testing.T) {
	t.Parallel()
	r := harness.Merge(harness.Result{Provider: "norce", Target: "mock", Entries: []harness.Entry{{Status: harness.Passed}, {Status: harness.Passed}}})
	if text := write(t, Markdown, r); !strings.Contains(text, "All 2 contracts kept") {
		t.Error(text)
	}
	r.Results[0].Away = true
	if text := write(t, Markdown, r); !strings.Contains(text, "did not come to its end") {
		t.Error(text)
	}
}

func TestOfPicksByEnding(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.json", "b/junit.xml", "summary.md", "report.html"} {
		if _, err := Of(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := Of(filepath.Join("x", "report.pdf")); err == nil || !strings.Contains(err.Error(), ".html") {
		t.Errorf("a wrong ending: %v", err)
	}
}

func TestReportsTellWhoIsWrong(t *testing.T) {
	t.Parallel()
	claimed := harness.Finding{Rule: harness.RuleBody, Message: "the note is null", In: "body", Pointer: "/note", Provenance: "assumed", Verdict: harness.VerdictClaimed, Minor: true, Exchange: 0}
	differs := harness.Finding{Rule: harness.RuleDiffers, Message: "the sandbox gives 1, and the mock leaves it out", In: "body", Pointer: "/total", Provenance: "documented", Verdict: harness.VerdictMock, Exchange: 0}
	exchange := harness.Exchange{Request: harness.Request{Method: "GET", URL: "http://127.0.0.1:1/x"}, Response: harness.Response{Status: 200, Body: []byte(`{"total": 1}`)}, Mock: &harness.Response{Status: 200, Body: []byte(`{"of the mock": 2}`)}}
	kept := harness.Entry{Provider: "norce", Operation: "getOrder", Target: "sandbox", Kind: harness.Conformance, Name: "answers 200", Status: harness.Passed, Findings: []harness.Finding{claimed, claimed, claimed}, Exchanges: []harness.Exchange{exchange}}
	broken := kept
	broken.Name, broken.Status, broken.Findings = "answers 201", harness.Failed, []harness.Finding{differs}
	r := harness.Merge(harness.Result{Provider: "norce", Target: "sandbox", Entries: []harness.Entry{kept, broken}, Compared: harness.Compared{Alike: 7, Differing: 1, Apart: 2}})
	terminal := func(w io.Writer, r harness.Report) error {
		Terminal(w, r)
		return nil
	}
	want := map[string]struct {
		format Format
		tells  []string
	}{
		"terminal": {terminal, []string{"our spec claimed too much: 3 assumed; 0 fail the run", "the mock is wrong: 1 documented; 1 fail the run", "and 2 times more", "10 requests put to the mock too: 7 answered alike, 1 not; 2 about"}},
		"markdown": {Markdown, []string{"| our spec claimed too much | 0 | 0 | 3 | 0 |", "| the mock is wrong | 1 | 0 | 0 | 1 |", "Told, not failing", "and 2 times more", "7 answered alike"}},
		"html":     {HTML, []string{"Who is wrong", "Told, not failing", "and 2 times more", "The mock answered 200", "of the mock", "7 answered alike"}},
		"junit":    {JUnit, []string{"told, not failing: body body /note", "verdict: the mock is wrong"}},
	}
	for name, c := range want {
		text := write(t, c.format, r)
		for _, part := range c.tells {
			if !strings.Contains(text, part) {
				t.Errorf("%s does not tell %q:\n%s", name, part, text)
			}
		}
	}
	for name, f := range Formats {
		if text := write(t, f, story()); strings.Contains(text, "Told, not failing") {
			t.Errorf("%s tells of what is not there", name)
		}
	}
}
