package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"understudy/fixtures"
	"understudy/fixtures/compare"
	"understudy/fixtures/replay"
	"understudy/specs"
)

type retell struct {
	Story     string            `arg:"" type:"path" help:"The recorded story, a HAR file."`
	URL       string            `name:"url" placeholder:"URL" help:"Where to replay it: an Understudy server's origin, or what stands before the vendor's own paths at a sandbox; default is a simulator of its own."`
	Provider  string            `placeholder:"NAME" help:"Whose story it is, if the file does not say so."`
	AuthEnv   []string          `sep:"none" placeholder:"[FIELD=]NAME" help:"Send the credential in this environment variable as Authorization, or as this header, form field or JSON member. Repeatable."`
	Set       map[string]string `mapsep:"none" placeholder:"RECORDED=NOW" help:"What a recorded value is here, as an order's number at a sandbox. Repeatable."`
	Rules     string            `type:"path" placeholder:"FILE" help:"Rules of comparison, in YAML."`
	JUnit     string            `name:"junit" type:"path" placeholder:"FILE" help:"Write a JUnit report too."`
	JSON      bool              `name:"json" help:"Report as JSON, an object a line: each entry, then the summary."`
	KeepGoing bool              `help:"Replay the good entries of a file in which some are not."`
	Live      bool              `help:"Mean it, if the URL's host is one where real money moves."`
}

// Help ends the command's help.
func (*retell) Help() string {
	return `Each answer is compared with the recorded one: ids, times, tokens and the server's address may change, everything else may not.

  understudy replay fixtures/commercelayer/challenged.har
  understudy replay paid.har --url https://demo.example.test --auth-env SANDBOX_TOKEN --set 100042=200077

It ends with 0 if nothing differs, 1 if something does, 2 if it was asked for wrongly, 3 if nobody answers at the URL.`
}

// Run replays the story.
func (r *retell) Run(out output, msg messages) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	story, err := r.open(msg)
	if err != nil {
		return err
	}
	options, err := r.options(story)
	if err != nil {
		return err
	}
	if r.URL == "" {
		return withServer(ctx, "", func(c control) error { return r.tell(ctx, story, c.origin, options, out, msg) })
	}
	u, err := httpURL("--url", r.URL, "http://127.0.0.1:4242")
	if err != nil {
		return err
	}
	if specs.ProductionHost(u.Hostname()) && !r.Live {
		return usage("--url: real money moves at %s; say --live if that is meant", u.Host)
	}
	return r.tell(ctx, story, strings.TrimSuffix(r.URL, "/"), options, out, msg)
}

// open reads the story through once, so that what is wrong with it is known before anything is sent.
func (r *retell) open(msg io.Writer) (fixtures.Mark, error) {
	var first time.Time
	providers := map[string]int{}
	log, err := r.each(msg, func(number int, e *fixtures.Entry) error {
		if first.IsZero() {
			first = e.StartedDateTime
		}
		if p := e.Mark.Provider; p != "" && providers[p] == 0 {
			providers[p] = number
		}
		return nil
	})
	if err != nil {
		return fixtures.Mark{}, err
	}
	mark := log.Mark
	if slices.Contains(specs.Providers(), r.Provider) && mark.Provider != "" && r.Provider != mark.Provider {
		return mark, usage("--provider %s: %s is a story of %s", r.Provider, r.Story, mark.Provider)
	}
	if r.Provider != "" {
		mark.Provider = r.Provider
	}
	if folder := filepath.Base(filepath.Dir(r.Story)); mark.Provider == "" && slices.Contains(specs.Providers(), folder) {
		mark.Provider = folder
	}
	for p, number := range providers {
		if mark.Provider == "" {
			mark.Provider = p
		}
		if p != mark.Provider {
			return mark, usage("%s: entry %d, _understudy.provider: it is of %s, and the story is of %s; a story is of one provider", r.Story, number, p, mark.Provider)
		}
	}
	if first.IsZero() {
		return mark, usage("%s holds no entry", r.Story)
	}
	if mark.Provider != "" && !slices.Contains(specs.Providers(), mark.Provider) {
		return mark, usage("there is no provider %q; these are: %s", mark.Provider, strings.Join(specs.Providers(), ", "))
	}
	if mark.Clock.IsZero() {
		mark.Clock = first
	}
	return mark, nil
}

// each reads the file's entries. What is wrong with it is said with the file's name.
func (r *retell) each(msg io.Writer, f func(int, *fixtures.Entry) error) (log *fixtures.Log, err error) {
	err = withFile(r.Story, func(in io.Reader) (err error) {
		log, err = fixtures.Each(in, reading(r.KeepGoing, r.Story, msg), f)
		return err
	})
	return log, err
}

func (r *retell) options(story fixtures.Mark) (o replay.Options, err error) {
	o.Set = r.Set
	if r.Rules != "" {
		text, err := os.ReadFile(r.Rules)
		if err != nil {
			return o, usage("--rules: %w", err)
		}
		if o.Rules, err = compare.ReadRules(text); err != nil {
			return o, usage("%s: %w", r.Rules, err)
		}
	}
	for _, given := range r.AuthEnv {
		where, name, ok := strings.Cut(given, "=")
		if !ok {
			where, name = "Authorization", given
		}
		value := os.Getenv(name)
		if value == "" {
			return o, usage("--auth-env %s: the environment variable %s is empty; export the credential in it", given, name)
		}
		o.Secrets = append(o.Secrets, replay.Secret{Where: where, Name: name, Value: value})
	}
	if document, ok := specs.Document(story.Provider); ok {
		if o.Document, err = compare.ReadDocument(document); err != nil {
			return o, err
		}
	}
	if o.Rules != nil && o.Document != nil {
		if err := o.Rules.Fits(o.Document); err != nil {
			return o, usage("%s: %w", r.Rules, err)
		}
	}
	return o, nil
}

// tell replays the story at an origin, and reports.
func (r *retell) tell(ctx context.Context, story fixtures.Mark, origin string, o replay.Options, out, msg io.Writer) (err error) {
	stage, err := r.stage(ctx, story, origin)
	if err != nil {
		return err
	}
	reporters := []replay.Reporter{replay.Text(out)}
	if r.JSON {
		reporters[0] = replay.JSON(out)
	}
	if r.JUnit != "" {
		file, err := os.Create(r.JUnit)
		if err != nil {
			return usage("--junit: %w", err)
		}
		defer file.Close()
		reporters = append(reporters, replay.JUnit(file))
	}
	player := replay.New(stage, story, o)
	summary := replay.Summary{Story: r.Story, Target: stage.Base}
	_, err = r.each(io.Discard, func(number int, e *fixtures.Entry) error {
		step, err := player.Play(ctx, number, e)
		if err != nil {
			return err
		}
		summary.Count(step)
		for _, reporter := range reporters {
			err = errors.Join(err, reporter.Step(step))
		}
		return err
	})
	if err != nil {
		return unreachable(err)
	}
	for _, reporter := range reporters {
		err = errors.Join(err, reporter.End(summary))
	}
	if stage.Simulator != nil && summary.Clean() {
		err = errors.Join(err, stage.Simulator.Close(ctx))
	} else if stage.Simulator != nil && r.URL != "" {
		fmt.Fprintf(msg, "the world %s at %s keeps what happened\n", stage.Simulator.World, origin)
	}
	if err == nil && !summary.Clean() {
		err = fmt.Errorf("%s does not go as it was recorded", r.Story)
	}
	return err
}

// stage finds out what stands at an origin: a simulator, in which the story gets a world of its own, or another server.
func (r *retell) stage(ctx context.Context, story fixtures.Mark, origin string) (replay.Stage, error) {
	if u, err := url.Parse(origin); err == nil && strings.Trim(u.Path, "/") != "" {
		return replay.Stage{Base: origin}, nil
	}
	simulator, err := replay.Find(ctx, origin, nil)
	if err != nil {
		return replay.Stage{}, unreachable(&replay.Unreachable{URL: origin, Entry: 1, Cause: err})
	}
	if simulator == nil {
		return replay.Stage{Base: origin}, nil
	}
	if story.Provider == "" {
		return replay.Stage{}, usage("%s does not say whose story it is: give --provider, one of %s", r.Story, strings.Join(specs.Providers(), ", "))
	}
	if err := simulator.Open(ctx, "replay", story.Seed, story.Clock); err != nil {
		return replay.Stage{}, err
	}
	return replay.Stage{Base: simulator.Base(story.Provider), Simulator: simulator}, nil
}

// unreachable gives the error of a server that does not answer its exit code.
func unreachable(err error) error {
	if errors.As(err, new(*replay.Unreachable)) || errors.As(err, new(*noServer)) {
		return &exitError{err, exitUnreachable}
	}
	return err
}
