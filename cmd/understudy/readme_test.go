package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestTheReadmeIsTrue runs every command that the README shows with its output, in order, against one fresh server, and compares. An ellipsis stands
// for anything.
func TestTheReadmeIsTrue(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	a, stop := startServe(t, serve{})
	defer stop()
	text := strings.ReplaceAll(string(readme), "http://127.0.0.1:4242", a.URL)
	shown := 0
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(text, -1) {
		for _, part := range regexp.MustCompile(`(?m)^\$ `).Split(block[1], -1)[1:] {
			command, want, _ := strings.Cut(part, "\n")
			shown++
			if got := carryOut(t, command); !like(want).MatchString(got) {
				t.Errorf("$ %s\nsays\n%s\nthe README has\n%s", command, got, want)
			}
		}
	}
	if shown < 5 {
		t.Errorf("only %d commands were found", shown)
	}
}

// carryOut runs one command line: ours in this process, any other in a shell.
func carryOut(t *testing.T, command string) string {
	t.Helper()
	if line, ours := strings.CutPrefix(command, "understudy "); ours {
		var out, msg bytes.Buffer
		run(strings.Fields(line), &out, &msg)
		return out.String() + msg.String()
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput()
	if err != nil {
		t.Errorf("$ %s: %v", command, err)
	}
	return string(out)
}

// like matches a text in which … stands for anything.
func like(shown string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(strings.TrimSpace(shown))
	return regexp.MustCompile(`(?s)^\s*` + strings.ReplaceAll(quoted, "…", ".*") + `\s*$`)
}
