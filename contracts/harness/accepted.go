package harness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Excuse is a known difference that does not count.
type Excuse struct {
	Provider  string `yaml:"provider"`
	Operation string `yaml:"operation"` // operationId, workflow or machine; * stands for any run of letters
	Target    string `yaml:"target"`    // empty: every target
	Rule      string `yaml:"rule"`      // of the finding; empty: any
	Path      string `yaml:"path"`      // the finding's pointer; * stands for any one part of it
	Reason    string `yaml:"reason"`
	Date      string `yaml:"date"` // when it was accepted, as 2026-03-02

	used int
}

// String names the excuse.
func (e *Excuse) String() string {
	return strings.Join(strings.Fields(strings.Join([]string{e.Provider, e.Operation, e.Target, e.Rule, e.Path}, " ")), " ")
}

// Accepted lists the excuses of a run.
type Accepted []*Excuse

// ReadAccepted reads accepted.yaml. Unknown keys, and an excuse without a reason or a date, are errors that name the line or the entry.
func ReadAccepted(raw []byte) (Accepted, error) {
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	var list Accepted
	if err := d.Decode(&list); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for i, e := range list {
		if e == nil || e.Provider == "" || e.Operation == "" || e.Path == "" || e.Reason == "" {
			return nil, fmt.Errorf("entry %d: provider, operation, path and reason are needed", i+1)
		}
		if _, err := time.Parse(time.DateOnly, e.Date); err != nil {
			return nil, fmt.Errorf("entry %d (%s): date %q is not a day, as in 2026-03-02", i+1, e, e.Date)
		}
		for _, pattern := range []string{e.Operation, e.Path} {
			if _, err := path.Match(pattern, ""); err != nil {
				return nil, fmt.Errorf("entry %d (%s): %q: %w", i+1, e, pattern, err)
			}
		}
	}
	return list, nil
}

// Excuse finds what excuses a finding, and counts it as used; nil if nothing does.
func (a Accepted) Excuse(e Entry, f Finding) *Excuse {
	i := slices.IndexFunc(a, func(x *Excuse) bool { return x.covers(e, f) })
	if i < 0 {
		return nil
	}
	a[i].used++
	return a[i]
}

func (x *Excuse) covers(e Entry, f Finding) bool {
	operation, _ := path.Match(x.Operation, e.Operation)
	pointer, _ := path.Match(x.Path, f.Pointer)
	return x.Provider == e.Provider && operation && pointer && (x.Target == "" || x.Target == e.Target) && (x.Rule == "" || x.Rule == f.Rule)
}

// Used lists the excuses that excused something, by name.
func (a Accepted) Used() (names []string) {
	for _, x := range a {
		if x.used > 0 {
			names = append(names, x.String())
		}
	}
	return names
}

// Stale finds the excuses that excused nothing although all that they speak of was played, whole.
func (a Accepted) Stale(results []Result) (list []Finding) {
	for _, x := range a {
		played, used := false, false
		for _, r := range results {
			if r.Provider != x.Provider || x.Target != "" && x.Target != r.Target {
				continue
			}
			used = used || slices.Contains(r.Excused, x.String())
			played = played || r.Whole && r.Trouble == ""
		}
		if played && !used {
			list = append(list, Finding{Rule: RuleStale, File: "contracts/accepted.yaml", Pointer: x.Path, Exchange: -1, Readers: []string{readerOwn},
				Message: fmt.Sprintf("the excuse %q of %s excuses nothing; remove it", x, x.Date)})
		}
	}
	return list
}
