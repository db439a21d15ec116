package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"understudy/contracts/harness"
	"understudy/specs"
)

//go:embed report.css
var style string

//go:embed report.html
var layout string

var document = template.Must(template.New("report").Funcs(template.FuncMap{
	"style":    func() template.CSS { return template.CSS(style) },
	"where":    where,
	"excerpt":  excerpt,
	"body":     bodyOf,
	"header":   headerLines,
	"share":    share,
	"compared": compared,
	"differs": func(findings []harness.Finding, exchange int) bool {
		return slices.ContainsFunc(findings, func(f harness.Finding) bool { return f.Exchange == exchange && f.Rule == harness.RuleDiffers })
	},
	"real":    func(s harness.Share) string { return percent(s.Real, s.All) },
	"shape":   func(s harness.Share) string { return percent(s.Shape, s.All) },
	"seconds": func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) },
}).Parse(layout))

// HTML writes one page that needs nothing else: no script, no file beside it, nothing from elsewhere.
func HTML(w io.Writer, r harness.Report) error {
	return document.Execute(w, struct {
		harness.Report
		Summary  summary
		Failures []harness.Entry
		Skips    []reason
		Verdicts []judged
		Marks    []string
		Minor    []told
		Excuses  []excuse
	}{r, summarise(r), failures(r), skipped(r), verdicts(r), harness.Provenances(), minor(r), excuses(r)})
}

// excuse is a reason why findings do not count, and the findings.
type excuse struct {
	Reason  string
	Excused []told
}

// excuses groups what does not count by the reason.
func excuses(r harness.Report) (list []excuse) {
	for _, e := range r.Entries() {
		for _, f := range e.Findings {
			if f.Accepted == "" {
				continue
			}
			i := slices.IndexFunc(list, func(x excuse) bool { return x.Reason == f.Accepted })
			if i < 0 {
				i, list = len(list), append(list, excuse{Reason: f.Accepted})
			}
			list[i].Excused = append(list[i].Excused, told{Entry: e, Finding: f})
		}
	}
	return list
}

// Untouched lists what the documents declare and behaviour did not bring about.
func (r row) Untouched() (list []string) {
	for _, c := range r.Coverage.Rows() {
		if c.Real > 0 {
			continue
		}
		what := fmt.Sprintf("%s %d %s", c.Operation, c.Status, c.Media)
		switch {
		case c.Transition != "":
			what = c.Transition
		case c.Property != "":
			what += " " + c.Property
		}
		if c.Shape > 0 {
			what += " (shape only)"
		}
		list = append(list, what)
	}
	return list
}

func percent(part, all int) string {
	if all == 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", 100*float64(part)/float64(all))
}

// aroundLine is how many lines of a document are shown on each side of the one that a finding is about.
const aroundLine = 2

// excerpt is the part of a document that a finding is about.
func excerpt(f harness.Finding) (lines []line) {
	name, _ := strings.CutPrefix(f.File, "specs/")
	yaml, ok := specs.Document(strings.TrimSuffix(name, ".yaml"))
	if !ok || f.Line == 0 {
		return nil
	}
	all := strings.Split(string(yaml), "\n")
	for n := max(1, f.Line-aroundLine); n <= min(len(all), f.Line+aroundLine); n++ {
		lines = append(lines, line{fmt.Sprintf("%5d  %s", n, all[n-1]), n == f.Line})
	}
	return lines
}

// headerLines are headers as they stand on the wire, in order.
func headerLines(h map[string][]string) string {
	var lines []string
	for name, values := range h {
		for _, value := range values {
			lines = append(lines, name+": "+value)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// bodyOf is a body for people: JSON in lines, those marked that findings of the exchange point at; other text as it is.
func bodyOf(body []byte, findings []harness.Finding, exchange int) []line {
	var pointers []string
	for _, f := range findings {
		if f.Exchange == exchange && f.In != "header" && f.Pointer != "" {
			pointers = append(pointers, f.Pointer)
		}
	}
	if lines, ok := indent(body, pointers); ok {
		return shorten(lines)
	}
	if bytes.ContainsRune(body, 0) {
		return []line{{fmt.Sprintf("%d bytes that are no text", len(body)), false}}
	}
	var lines []line
	for _, text := range strings.Split(strings.ToValidUTF8(string(body), "�"), "\n") {
		lines = append(lines, line{text, false})
	}
	return shorten(lines)
}
