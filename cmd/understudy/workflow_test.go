package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestTheReadmesWorkflowWorks runs the commands of the workflow that the README shows for continuous integration, as they stand there.
func TestTheReadmesWorkflowWorks(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs every contract")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(name: contracts\n.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatal("the README shows no workflow")
	}
	var workflow struct {
		Name string
		On   []string
		Jobs map[string]struct {
			RunsOn string `yaml:"runs-on"`
			Steps  []struct {
				Uses, Run, If string
				With          map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(block[1])))
	decoder.KnownFields(true)
	if err := decoder.Decode(&workflow); err != nil {
		t.Fatal(err)
	}
	summary := filepath.Join(t.TempDir(), "summary.md")
	ran := 0
	for _, step := range workflow.Jobs["contracts"].Steps {
		if step.Run == "" {
			continue
		}
		ran++
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", step.Run)
		command.Dir = "../.."
		command.Env = append(os.Environ(), "GITHUB_STEP_SUMMARY="+summary)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", step.Run, err, out)
		}
	}
	if ran < 3 {
		t.Errorf("only %d steps run something", ran)
	}
	if shown, _ := os.ReadFile(summary); !strings.Contains(string(shown), "contracts kept") {
		t.Errorf("the summary says\n%s", shown)
	}
}
