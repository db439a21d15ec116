package harness

import (
	"fmt"
	"strings"
)

// shown is how many findings of one entry an account tells in full.
const shown = 5

// Account tells a failed entry in a few lines: what was broken and where the document says so, and how to see it again.
func Account(e Entry) string {
	var b strings.Builder
	broken := e.Broken()
	for i, f := range broken {
		if i == shown {
			fmt.Fprintf(&b, "  and %d more\n", len(broken)-shown)
			break
		}
		fmt.Fprintf(&b, "  %s\n", f)
		if f.Exchange >= 0 && f.Exchange < len(e.Exchanges) {
			x := e.Exchanges[f.Exchange]
			fmt.Fprintf(&b, "    %s %s %s → %d %.200s\n", x.Note, x.Request.Method, x.Request.URL, x.Response.Status, oneLine(string(x.Response.Body)))
		}
	}
	fmt.Fprintf(&b, "  again: %s\n", e.Repeat.Command)
	if len(e.Repeat.Curl) > 0 && len(e.Repeat.Curl) < 2000 {
		fmt.Fprintf(&b, "  curl:  %s\n", strings.TrimPrefix(e.Repeat.Curl, "curl "))
	}
	return b.String()
}

// String tells a finding in one line.
func (f Finding) String() string {
	var where, says []string
	if f.In != "" {
		where = append(where, f.In)
	}
	if f.Pointer != "" {
		where = append(where, f.Pointer)
	}
	if f.File != "" {
		says = append(says, fmt.Sprintf("%s:%d", f.File, f.Line))
	}
	if f.Provenance != "" {
		says = append(says, f.Provenance)
	}
	if f.Verdict != "" {
		says = append(says, f.Verdict)
	}
	says = append(says, strings.Join(f.Readers, ", "))
	return strings.TrimSpace(fmt.Sprintf("%s %s", f.Rule, strings.Join(where, " "))) + ": " + f.Message + " (" + strings.Join(says, "; ") + ")"
}
