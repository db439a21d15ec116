package harness

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"understudy/specs"
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
	file string
	line int // in the file, counted from 1
}

// String names the excuse.
func (e *Excuse) String() string {
	return strings.Join(strings.Fields(strings.Join([]string{e.Provider, e.Operation, e.Target, e.Rule, e.Path}, " ")), " ")
}

// Accepted lists the excuses of a run.
type Accepted []*Excuse

// ReadAccepted reads accepted.yaml. What an excuse cannot mean, and one without a reason or a date, are errors that name the file and the line.
func ReadAccepted(file string, raw []byte) (Accepted, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	items := root.Content[0]
	if items.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("%s:%d: it is no list of excuses (- provider: … each)", file, items.Line)
	}
	var list Accepted
	var wrong []error
	for _, n := range items.Content {
		e, err := readExcuse(n)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%w", file, err))
			continue
		}
		if same := slices.IndexFunc(list, func(x *Excuse) bool { return x.String() == e.String() }); same >= 0 {
			wrong = append(wrong, fmt.Errorf("%s:%d: %s is excused in line %d already", file, n.Line, e, list[same].line))
		}
		e.file = file
		list = append(list, e)
	}
	return list, errors.Join(wrong...)
}

// excuseKeys are the members of an excuse.
var excuseKeys = []string{"provider", "operation", "target", "rule", "path", "reason", "date"}

// readExcuse reads one excuse; errors begin with the line.
func readExcuse(n *yaml.Node) (*Excuse, error) {
	if n.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%d: an excuse has these members: %s", n.Line, strings.Join(excuseKeys, ", "))
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(excuseKeys, key.Value) {
			return nil, fmt.Errorf("%d: there is no key %q here; these are: %s", key.Line, key.Value, strings.Join(excuseKeys, ", "))
		}
	}
	e := &Excuse{line: n.Line}
	if err := n.Decode(e); err != nil {
		return nil, fmt.Errorf("%d: %s", n.Line, strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n"))
	}
	return e, e.check()
}

func (x *Excuse) check() error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%d: "+format, append([]any{x.line}, args...)...)
	}
	for _, needed := range [][2]string{{"provider", x.Provider}, {"operation", x.Operation}, {"path", x.Path}, {"reason", strings.TrimSpace(x.Reason)}, {"date", x.Date}} {
		if needed[1] == "" {
			return refuse("an excuse needs %s", needed[0])
		}
	}
	if !slices.Contains(specs.Providers(), x.Provider) {
		return refuse("provider %q is none; these are: %s", x.Provider, strings.Join(specs.Providers(), ", "))
	}
	if x.Target != "" && !slices.Contains(Targets(), x.Target) {
		return refuse("target %q is none; these are: %s", x.Target, strings.Join(Targets(), ", "))
	}
	if x.Rule != "" && !slices.Contains(Rules(), x.Rule) {
		return refuse("rule %q is none; these are: %s", x.Rule, strings.Join(Rules(), ", "))
	}
	if _, err := time.Parse(time.DateOnly, x.Date); err != nil {
		return refuse("date %q is not a day, as 2026-03-02", x.Date)
	}
	for _, pattern := range []string{x.Operation, x.Path} {
		if _, err := path.Match(pattern, ""); err != nil {
			return refuse("%q: %v", pattern, err)
		}
	}
	return nil
}

// Check refuses excuses of a provider before a target that are for nothing of what there is: names are the operations, workflows and machines that contracts are about.
func (a Accepted) Check(provider, target string, names []string) error {
	for _, x := range a {
		if x.Provider != provider || x.Target != target && (x.Target != "" || target != TargetMock) { // what holds everywhere is checked where there is everything
			continue
		}
		if !slices.ContainsFunc(names, func(name string) bool { ok, _ := path.Match(x.Operation, name); return ok }) {
			return fmt.Errorf("%s:%d: %s has no operation, workflow or machine %q", x.file, x.line, provider, x.Operation)
		}
	}
	return nil
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
			list = append(list, Finding{Rule: RuleStale, File: x.file, Line: x.line, Pointer: x.Path, Exchange: -1, Readers: []string{readerOwn},
				Message: fmt.Sprintf("the excuse %q of %s excuses nothing; remove it", x, x.Date)})
		}
	}
	return list
}
