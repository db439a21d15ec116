package report

import (
	"fmt"
	"io"
	"strings"

	"understudy/contracts/harness"
)

// shownFailures is how many broken contracts a summary tells in full; what comes after is counted.
const shownFailures = 25

// Markdown writes a summary that fits where continuous integration servers show one.
func Markdown(w io.Writer, r harness.Report) error {
	s := summarise(r)
	var b strings.Builder
	fmt.Fprintf(&b, "## Contracts: %s\n\n", s.Headline())
	fmt.Fprintf(&b, "%d passed, %d failed, %d skipped in %.1f s.\n\n", s.Tally.Passed, s.Tally.Failed, s.Tally.Skipped, r.Took.Seconds())
	b.WriteString("| target | provider | passed | failed | skipped | answers | properties | transitions |\n|---|---|--:|--:|--:|--:|--:|--:|\n")
	for _, row := range s.Rows {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %s | %s | %s |\n", row.Target, row.Provider, row.Tally.Passed, row.Tally.Failed, row.Tally.Skipped,
			share(row.Answers), share(row.Properties), share(row.Transitions))
	}
	b.WriteString("\nCoverage counts what behaviour brought about; what only `Prefer: code=` brought is *shape only* and added in brackets.\n")
	for _, row := range s.Rows {
		for _, why := range []string{row.Trouble, row.Missing} {
			if why != "" {
				fmt.Fprintf(&b, "\n**%s before %s:** %s\n", row.Provider, row.Target, cell(why))
			}
		}
	}
	for _, row := range s.Rows {
		if text := compared(row.Compared); text != "" {
			fmt.Fprintf(&b, "\n%s before %s: %s.\n", row.Provider, row.Target, text)
		}
	}
	verdictTable(&b, verdicts(r))
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n**%s:** %s\n", f.Rule, cell(f.Message))
	}
	broken := failures(r)
	if len(broken) > 0 {
		b.WriteString("\n### Broken\n")
	}
	for i, e := range broken {
		if i == shownFailures {
			fmt.Fprintf(&b, "\n… and %d more.\n", len(broken)-i)
			break
		}
		fmt.Fprintf(&b, "\n<details><summary><b>%s</b> %s (%s, %s)</summary>\n\n", escape(e.Provider+" "+e.Operation), escape(e.Name), e.Target, e.Kind)
		for _, f := range e.Broken() {
			fmt.Fprintf(&b, "- **%s** %s%s\n", f.Rule, cell(f.Message), aside(f))
		}
		fmt.Fprintf(&b, "\n```sh\n%s\n```\n</details>\n", strings.TrimSpace(e.Repeat.Command+"\n"+e.Repeat.Curl))
	}
	minorFindings(&b, minor(r))
	if reasons := skipped(r); len(reasons) > 0 {
		b.WriteString("\n### Skipped\n\n")
		for _, why := range reasons {
			fmt.Fprintf(&b, "- %d × %s\n", why.Count, cell(why.Text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func verdictTable(b *strings.Builder, list []judged) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### Who is wrong\n\n| verdict | %s | fail the run |\n|---|--:|--:|--:|--:|\n", strings.Join(harness.Provenances(), " | "))
	for _, one := range list {
		fmt.Fprintf(b, "| %s |", one.Verdict)
		for _, m := range one.Marks {
			fmt.Fprintf(b, " %d |", m.Findings)
		}
		fmt.Fprintf(b, " %d |\n", one.Counts)
	}
}

// minorFindings tells what is weaker than the run asks for; a summary tells as many as it tells failures.
func minorFindings(b *strings.Builder, list []told) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n### Told, not failing\n\n")
	for i, one := range list {
		if i == shownFailures {
			fmt.Fprintf(b, "\n… and %d more.\n", len(list)-i)
			return
		}
		fmt.Fprintf(b, "- %s%s: %s%s\n", cell(one.Entry.Title()), one.Often(), cell(one.Finding.Message), aside(one.Finding))
	}
}

// aside is where a finding stands and what it rests on, in brackets.
func aside(f harness.Finding) string {
	var parts []string
	for _, part := range []string{f.Pointer, where(f), f.Provenance, f.Verdict} {
		if part != "" {
			parts = append(parts, "`"+strings.ReplaceAll(part, "`", "'")+"`")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// share is "94 % of 51 (+3)".
func share(s harness.Share) string {
	if s.All == 0 {
		return "–"
	}
	text := fmt.Sprintf("%.0f %% of %d", s.Percent(), s.All)
	if s.Shape > 0 {
		text += fmt.Sprintf(" (+%d)", s.Shape)
	}
	return text
}

// cell keeps text from what came over the wire within one line of Markdown, as text.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "\r", " ", "`", "'", "*", "\\*", "_", "\\_").Replace(escape(text))
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
