package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"understudy/contracts"
	"understudy/contracts/harness"
	"understudy/contracts/mend"
	"understudy/contracts/report"
	"understudy/fixtures/shell"
	"understudy/specs"
)

type contract struct {
	Run  contractRun  `cmd:"" default:"withargs" help:"Hold the mock, a sandbox or recordings to the documents."`
	List contractList `cmd:"" help:"Show what would be run, without running it."`
	Work contractWork `cmd:"" hidden:"" help:"Carry out one plan, read from standard input."`
}

// Help is shown below the flags.
func (contract) Help() string {
	return `
"understudy contract run --help" lists the flags; the word run may be left out.

Examples:
  understudy contract                                                       the mock, every provider
  understudy contract --url http://127.0.0.1:4242 --provider nextcommerce   a mock that runs already
  understudy contract --target sandbox --provider nextcommerce --effects read,write
  understudy contract --target sandbox --provider norce --fail-on assumed --propose overlay.yaml
  understudy contract --focus collectPayment --report contract.html
  understudy contract list --labels 'kind:refusals && effect:charge'

Exit codes: 0 every contract is kept, 1 one is broken, 2 it was asked wrongly, 3 a target cannot be reached, or went away, or, with --require, has no credentials,
130 it was interrupted.`
}

// contractFlags say what is run.
type contractFlags struct {
	Provider     []string          `placeholder:"NAME,…" help:"Of these providers only."`
	Target       []string          `default:"mock" placeholder:"NAME,…" help:"Before these: mock, sandbox, recordings (${default})."`
	URL          string            `name:"url" placeholder:"URL" help:"The mock that runs here, instead of one of its own."`
	ControlToken string            `placeholder:"TOKEN" help:"The control token of the mock at --url, if it has one."`
	Profile      map[string]string `placeholder:"PROVIDER=NAME" help:"Another reading of a provider's document, of a mock of its own."`
	Config       string            `type:"path" placeholder:"FILE" help:"Settings of sandboxes and recordings; default is understudy.yaml, if it is there."`
	Effects      []string          `placeholder:"EFFECT,…" help:"What may be sent to a sandbox: read, write, charge, destroy; default is what the settings say, or read."`
	Recordings   string            `type:"path" placeholder:"DIR" help:"A folder of HAR files, for --target recordings."`
	Focus        []string          `sep:"none" placeholder:"TEXT" help:"Only contracts whose title holds this; repeatable."`
	Labels       string            `placeholder:"FILTER" help:"Only contracts with these labels, as 'kind:refusals && !effect:destroy'."`
	Seed         string            `default:"understudy" help:"Decides ids, tokens and keys of a mock of its own (${default})."`
	Live         bool              `help:"Ask a host although it is known to move real money."`
}

// contractRun is understudy contract.
type contractRun struct {
	contractFlags
	Require     bool     `help:"A target without credentials is a failure (exit 3), not a skip."`
	Order       int64    `placeholder:"N" help:"Play the contracts in an order that this number decides; --order=-1 draws one. Default is the documents' own."`
	Workers     int      `placeholder:"N" help:"How many providers to play at the same time; default is the number of processors."`
	Report      []string `type:"path" placeholder:"FILE" help:"Write a report: .json, .xml (JUnit), .md or .html; repeatable."`
	FailOn      string   `default:"documented" enum:"documented,published,assumed" placeholder:"MARK" help:"The weakest mark of a document whose break before a sandbox or recordings is a failure: documented, published or assumed (${default}). The mock is held to all."`
	Propose     string   `type:"path" placeholder:"FILE" help:"Write an OpenAPI Overlay that mends what our document claimed too much; of several providers, one each, as NAME.FILE."`
	MinCoverage []string `placeholder:"[KIND=]PERCENT,…" help:"Fail if behaviour brought about less than this of any provider's answers, properties or transitions: answers=60,transitions=90; a bare number is for answers."`
	Keep        bool     `help:"Keep every exchange in the report, not only those that a finding speaks of."`
}

// Run plays contracts and tells what came of them.
func (c *contractRun) Run(out output, msg messages) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	formats := map[string]report.Format{}
	for _, file := range c.Report {
		format, err := report.Of(file)
		if err != nil {
			return usage("--report %w", err)
		}
		formats[file] = format
	}
	floors, err := floorsOf(c.MinCoverage)
	if err != nil {
		return usage("--min-coverage %w", err)
	}
	if c.Workers < 0 {
		return usage("--workers %d: 1 or more, or 0 for the number of processors", c.Workers)
	}
	if c.Order == -1 {
		c.Order = time.Now().UnixNano() & 0x7fffffff
	}
	plans, err := c.plans()
	if err != nil {
		return err
	}
	for i := range plans {
		plans[i].Keep, plans[i].Order, plans[i].FailOn = c.Keep, c.Order, c.FailOn
		if plans[i].Target != harness.TargetMock && c.FailOn != "documented" {
			plans[i].Command += " --fail-on " + c.FailOn
		}
	}
	results := newCompany(c.Workers, c.ControlToken, msg).play(ctx, plans)
	r := harness.Merge(results...)
	r.Version, r.Command = buildVersion(), os.Args
	if r.Findings, err = contracts.Stale(results); err != nil {
		return err
	}
	for file, format := range formats {
		if err := writeReport(file, format, r); err != nil {
			return err
		}
	}
	report.Terminal(out, r)
	if c.Propose != "" {
		if err := propose(out, c.Propose, r); err != nil {
			return err
		}
	}
	return c.verdict(ctx, r, floors)
}

// propose writes the overlays that mend what a document claimed too much, and tells what they mend and what is left.
func propose(out io.Writer, file string, r harness.Report) error {
	proposals, err := mend.Propose(r)
	if err != nil {
		return err
	}
	made := slices.DeleteFunc(slices.Clone(proposals), func(p mend.Proposal) bool { return len(p.Actions) == 0 })
	for _, p := range proposals {
		for _, f := range p.Left {
			fmt.Fprintf(out, "no overlay is known that mends: %s\n", f)
		}
	}
	for _, p := range made {
		text, err := p.Overlay(r.Started)
		if err != nil {
			return err
		}
		name := file
		if len(made) > 1 {
			name = filepath.Join(filepath.Dir(file), p.Provider+"."+filepath.Base(file))
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return usage("--propose %w", err)
		}
		fmt.Fprintf(out, "%s: %d of %d findings about %s are gone with it\n", name, len(p.Mended), len(p.Mended)+len(p.Left), p.Provider)
	}
	if len(proposals) == 0 {
		fmt.Fprintf(out, "nothing to propose: no document claimed too much\n")
	}
	return nil
}

func writeReport(file string, format report.Format, r harness.Report) error {
	f, err := os.Create(file)
	if err != nil {
		return usage("--report %w", err)
	}
	err = format(f, r)
	return errors.Join(err, f.Close())
}

// verdict turns a report into how the command ends.
func (c *contractRun) verdict(ctx context.Context, r harness.Report, floors floors) error {
	var away, trouble []string
	for _, one := range r.Results {
		switch {
		case one.Away, one.Missing != "" && c.Require:
			away = append(away, fmt.Sprintf("%s %s: %s", one.Target, one.Provider, one.Trouble+one.Missing))
		case one.Trouble != "":
			trouble = append(trouble, fmt.Sprintf("%s %s: %s", one.Target, one.Provider, one.Trouble))
		}
	}
	tally := harness.Count(r.Entries())
	switch {
	case ctx.Err() != nil:
		return &exitError{code: exitInterrupted, error: errors.New("it was interrupted")}
	case len(trouble) > 0:
		return errors.New(strings.Join(trouble, "\n"))
	case tally.Failed > 0:
		return fmt.Errorf("%d of %d contracts are broken", tally.Failed, tally.Failed+tally.Passed)
	case len(r.Findings) > 0:
		return fmt.Errorf("%s", r.Findings[0])
	case len(away) > 0:
		return &exitError{code: exitAway, error: errors.New(strings.Join(away, "\n"))}
	case len(r.Entries()) == 0 && len(c.Focus)+len(c.Labels) > 0:
		return usage("no contract meets %s; understudy contract list shows what there is", strings.Join(c.narrowed(), " "))
	}
	return floors.hold(r.Results)
}

// exitAway is the exit code for a target that cannot be reached.
const exitAway = exitUnreachable

// exitInterrupted is the exit code of a run that a signal ended, as shells have it for Ctrl-C.
const exitInterrupted = 130

// contractList is understudy contract list.
type contractList struct {
	contractFlags
	JSON bool `name:"json" help:"One JSON object a line."`
}

// Run shows the contracts.
func (c *contractList) Run(out output) error {
	plans, err := c.plans()
	if err != nil {
		return err
	}
	shown := 0
	for _, p := range plans {
		programme, err := contracts.Prepare(context.Background(), p)
		if missing := (*harness.MissingError)(nil); errors.As(err, &missing) {
			fmt.Fprintf(out, "%s %s would be skipped: %s\n", p.Target, p.Provider, missing.Reason)
			shown++
			continue
		}
		if err != nil {
			return opened(err)
		}
		shown += len(programme.Contracts)
		for _, one := range programme.Contracts {
			if c.JSON {
				json.NewEncoder(out).Encode(one.Entry)
			} else {
				fmt.Fprintf(out, "%-11s %-11s %-7s %s\n", one.Target, one.Kind, one.Effect, one.Title())
			}
		}
		programme.Stage.Close()
	}
	if shown == 0 {
		return usage("no contract meets %s", strings.Join(c.narrowed(), " "))
	}
	return nil
}

// opened gives an error of opening a target its exit code.
func opened(err error) error {
	if errors.Is(err, harness.ErrAway) {
		return &exitError{code: exitAway, error: err}
	}
	return usage("%w", err)
}

// contractWork is what understudy runs itself as, once for each provider and target.
type contractWork struct {
	Result string `required:"" type:"path" help:"Where the result goes."`
}

// step is a line of a worker's standard error: one contract was played.
type step struct {
	Done, Of, Failed int
	Title            string
}

// Run carries one plan out.
func (w *contractWork) Run(msg messages) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var plan harness.Plan
	if err := json.NewDecoder(bufio.NewReader(os.Stdin)).Decode(&plan); err != nil {
		return usage("a plan is read from standard input: %w", err)
	}
	lines, now := json.NewEncoder(msg), step{}
	result := contracts.Work(ctx, plan, func(e harness.Entry, of int) {
		now.Done, now.Of, now.Title = now.Done+1, of, e.Title()
		if e.Status == harness.Failed {
			now.Failed++
		}
		lines.Encode(now)
	})
	raw, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return os.WriteFile(w.Result, raw, 0o600)
}

// plans makes a plan for each provider and target that was asked for.
func (c *contractFlags) plans() ([]harness.Plan, error) {
	providers := specs.Providers()
	for _, name := range c.Provider {
		if !slices.Contains(providers, name) {
			return nil, usage("--provider %q is none; these are: %s", name, strings.Join(providers, ", "))
		}
	}
	if len(c.Provider) > 0 {
		providers = slices.DeleteFunc(providers, func(name string) bool { return !slices.Contains(c.Provider, name) })
	}
	for provider, profile := range c.Profile {
		if !slices.Contains(specs.Providers(), provider) {
			return nil, usage("--profile: there is no provider %q; these are: %s", provider, strings.Join(specs.Providers(), ", "))
		}
		if names := specs.Profiles(provider); profile != "" && !slices.Contains(names, profile) {
			return nil, usage("--profile: %s has no profile %q; it has: %s", provider, profile, cmp.Or(strings.Join(names, ", "), "none"))
		}
	}
	if u, err := url.Parse(c.URL); c.URL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return nil, usage("--url %q is no http or https URL, as http://127.0.0.1:4242", c.URL)
	}
	if c.URL != "" && len(c.Profile) > 0 {
		return nil, usage("--profile: the mock at --url serves the profiles that it was started with; they are asked for")
	}
	if err := harness.CheckEffects(c.Effects); err != nil {
		return nil, usage("--effects: %w", err)
	}
	if _, err := (contracts.Selection{Focus: c.Focus, Labels: c.Labels}).Pick(nil); err != nil {
		return nil, usage("--labels: %w", err)
	}
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	if c.Recordings != "" {
		if info, err := os.Stat(c.Recordings); err != nil || !info.IsDir() {
			return nil, usage("--recordings %s is no folder", c.Recordings)
		}
	}
	var plans []harness.Plan
	slices.Sort(c.Target)
	for _, target := range slices.Compact(c.Target) {
		if !slices.Contains(harness.Targets(), target) {
			return nil, usage("--target %q is none; these are: %s", target, strings.Join(harness.Targets(), ", "))
		}
		for _, provider := range providers {
			plans = append(plans, c.plan(target, provider, config))
		}
	}
	return plans, nil
}

func (c *contractFlags) plan(target, provider string, config *harness.Config) harness.Plan {
	p := harness.Plan{Provider: provider, Target: target, Focus: c.Focus, Labels: c.Labels, Command: "understudy contract --provider " + provider}
	switch target {
	case harness.TargetMock:
		p.URL, p.Profile, p.Seed = c.URL, c.Profile[provider], c.Seed
		if c.URL != "" {
			p.Command += " --url " + c.URL
			p.Seed = ""
		} else if c.Seed != "understudy" {
			p.Command += " --seed " + c.Seed
		}
		if p.Profile != "" {
			p.Command += " --profile " + provider + "=" + p.Profile
		}
	case harness.TargetSandbox:
		p.Live = c.Live
		if s := config.Sandbox[provider]; s != nil {
			own := *s
			if len(c.Effects) > 0 {
				own.Effects = c.Effects
			}
			p.Sandbox = &own
		}
		p.Command += " --target sandbox" + c.settings()
		if c.Live {
			p.Command += " --live"
		}
		if len(c.Effects) > 0 {
			p.Command += " --effects " + strings.Join(c.Effects, ",")
		}
	case harness.TargetRecordings:
		p.Recordings = config.Recordings
		p.Command += " --target recordings" + c.settings()
		if c.Recordings != "" {
			p.Recordings = c.Recordings
			p.Command += " --recordings " + word(c.Recordings)
		}
	}
	return p
}

// settings is the flag that names the settings again; empty if they were found by themselves.
func (c *contractFlags) settings() string {
	if c.Config == "" {
		return ""
	}
	return " --config " + word(c.Config)
}

// narrowed is the flags that leave contracts out.
func (c *contractFlags) narrowed() (flags []string) {
	for _, text := range c.Focus {
		flags = append(flags, "--focus "+word(text))
	}
	if c.Labels != "" {
		flags = append(flags, "--labels "+word(c.Labels))
	}
	return flags
}

// word is text as one word of a shell.
func word(text string) string {
	if plain.MatchString(text) {
		return text
	}
	return shell.Quoted(text)
}

var plain = regexp.MustCompile(`^[\w./:@%+=,-]+$`)

// config reads the settings: the named file, or understudy.yaml if it is there.
func (c *contractFlags) config() (*harness.Config, error) {
	file := c.Config
	if file == "" {
		file = "understudy.yaml"
	}
	raw, err := os.ReadFile(file)
	switch {
	case errors.Is(err, os.ErrNotExist) && c.Config == "":
		return &harness.Config{}, nil
	case err != nil:
		return nil, usage("--config %w", err)
	}
	config, err := harness.ReadConfig(raw)
	if err != nil {
		return nil, usage("%s: %w", file, err)
	}
	return config, nil
}
