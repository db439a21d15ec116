package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
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

// TestTheTriggerTableIsWhatTheProvidersSay looks every value of the README's table up in what `understudy triggers` prints of its column's provider,
// and wants a row for each scenario.
func TestTheTriggerTableIsWhatTheProvidersSay(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"", "commerceengine", "nextcommerce", "commercelayer"}
	_, table, _ := strings.Cut(string(readme), "\n| scenario | Commerce Engine")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := regexp.MustCompile("(?m)^[|] `([a-z_]+)` [|](.*)[|](.*)[|](.*)[|]$").FindAllStringSubmatch(table, -1)
	list := triggerLists(t)
	var scenarios, shared []string
	for _, row := range rows {
		scenarios = append(scenarios, row[1])
		for i, cell := range row[2:] {
			quoted := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1)
			if len(quoted) == 0 && !strings.Contains(cell, "on a wallet's page") {
				t.Errorf("%s has no value for %s", row[1], columns[i+1])
			}
			for _, value := range quoted {
				if provider := columns[i+1]; !list.knows(provider, value[1]) {
					t.Errorf("%s: %s knows no %q", row[1], provider, value[1])
				}
			}
		}
	}
	for _, s := range list.Shared {
		if s.Where == "scenario" {
			shared = append(shared, s.Value)
		}
	}
	if !slices.Equal(scenarios, shared) {
		t.Errorf("the table's scenarios are %v, want %v", scenarios, shared)
	}
}

func triggerLists(t *testing.T) (list triggerList) {
	t.Helper()
	var out, msg bytes.Buffer
	run([]string{"triggers", "--json"}, &out, &msg)
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		t.Fatal(err, msg.String())
	}
	return list
}

// knows tells whether a value is one of a provider's triggers, or named in what they do.
func (l triggerList) knows(provider, value string) bool {
	for _, p := range l.Providers {
		for _, t := range p.Triggers {
			words := strings.FieldsFunc(t.Effect, func(r rune) bool { return strings.ContainsRune(" ,;:", r) })
			if p.Provider == provider && (t.Value == value || slices.Contains(words, value)) {
				return true
			}
		}
	}
	return false
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
