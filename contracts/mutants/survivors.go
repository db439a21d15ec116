package mutants

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed survivors.yaml
var reviewed []byte

// Survivor is a reason why some mutants live.
type Survivor struct {
	Mutants []string `yaml:"mutants"` // by name; * stands for anything
	Reason  string   `yaml:"reason"`

	met []bool // by pattern
}

// Survivors is the reviewed list.
type Survivors []*Survivor

// ReadSurvivors reads survivors.yaml.
func ReadSurvivors() (Survivors, error) {
	d := yaml.NewDecoder(bytes.NewReader(reviewed))
	d.KnownFields(true)
	var list Survivors
	if err := d.Decode(&list); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("contracts/mutants/survivors.yaml: %w", err)
	}
	for i, s := range list {
		if s == nil || len(s.Mutants) == 0 || s.Reason == "" {
			return nil, fmt.Errorf("contracts/mutants/survivors.yaml: entry %d: mutants and a reason are needed", i+1)
		}
		s.met = make([]bool, len(s.Mutants))
	}
	return list, nil
}

// Reason finds why a mutant may live; empty if nobody knows.
func (l Survivors) Reason(m Mutant) (reason string) {
	for _, s := range l {
		for i, p := range s.Mutants {
			if matches(p, m.String()) {
				s.met[i] = true
				if reason == "" {
					reason = s.Reason
				}
			}
		}
	}
	return reason
}

// Unmet lists what stands in the file although no such mutant lives.
func (l Survivors) Unmet() (patterns []string) {
	for _, s := range l {
		for i, met := range s.met {
			if !met {
				patterns = append(patterns, s.Mutants[i])
			}
		}
	}
	slices.Sort(patterns)
	return patterns
}

// matches compares a mutant's name with a pattern, whose * stands for anything.
func matches(pattern, name string) bool {
	expression := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
	return regexp.MustCompile(expression).MatchString(name)
}
