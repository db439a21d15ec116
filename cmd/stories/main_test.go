package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"understudy/fixtures"
	"understudy/fixtures/redact"
	"understudy/specs"
)

func TestTheStoriesAreAsTheyAreGenerated(t *testing.T) {
	t.Parallel()
	folder, found := t.TempDir(), 0
	if err := write(folder); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		rel, _ := filepath.Rel(folder, name)
		want, _ := os.ReadFile(name)
		if got, err := fs.ReadFile(fixtures.Files(), filepath.ToSlash(rel)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("fixtures/%s is not what comes out now (%v); make stories writes it", rel, err)
		}
		return nil
	})
	if err != nil || found < 2*len(specs.Providers()) {
		t.Errorf("%d stories, %v", found, err)
	}
}

func TestEveryProviderHasStoriesAndNoneHoldsASecret(t *testing.T) {
	t.Parallel()
	for _, provider := range specs.Providers() {
		seen := map[fixtures.Provenance]bool{}
		for _, scenario := range fixtures.Stories(provider) {
			h, err := fixtures.Story(provider, scenario)
			if err != nil {
				t.Fatal(err)
			}
			seen[h.Log.Mark.Provenance] = true
			if h.Log.Mark.Provider != provider || h.Log.Mark.Scenario != scenario {
				t.Errorf("%s/%s says that it is %s/%s", provider, scenario, h.Log.Mark.Provider, h.Log.Mark.Scenario)
			}
			for _, suspect := range redact.Scan(h) {
				t.Errorf("%s/%s: %v", provider, scenario, suspect)
			}
		}
		if !seen[fixtures.Transcribed] || !seen[fixtures.Synthetic] {
			t.Errorf("%s has %v", provider, seen)
		}
	}
	if _, err := fixtures.Story("norce", "none"); err == nil {
		t.Error("a story that is not there was read")
	}
}
