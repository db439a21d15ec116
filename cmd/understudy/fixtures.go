package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"understudy/fixtures"
	"understudy/fixtures/record"
	"understudy/fixtures/redact"
)

type stories struct {
	Import  importing  `cmd:"" help:"Make a story of what a browser, Postman, Insomnia or another tool exported as HAR."`
	Redact  redacting  `cmd:"" help:"Take the secrets out of a HAR file."`
	Scan    scanning   `cmd:"" help:"Find what looks like a secret in stories; ends with 1 if there is any."`
	Recover recovering `cmd:"" help:"Make a story of what a recording that was killed has kept."`
}

type importing struct {
	File      string `arg:"" type:"existingfile" help:"The export, a HAR file."`
	Provider  string `required:"" placeholder:"NAME" help:"Whose API it is: ${providers}."`
	Out       string `required:"" type:"path" placeholder:"FILE" help:"The story, a HAR file."`
	Base      string `placeholder:"URL" help:"What stands before the vendor's own paths; default is where the provider's operations are met."`
	Rules     string `type:"path" placeholder:"FILE" help:"More rules of what is secret, in YAML."`
	KeepGoing bool   `help:"Keep the good entries of a file in which some are not."`
}

// Help ends the command's help.
func (*importing) Help() string {
	return `What goes to other hosts, and what no server answered, is left out, and secrets are taken out before anything is stored.

  understudy fixtures import checkout.har --provider commercelayer --out fixtures/commercelayer/checkout.har`
}

// Run imports.
func (i *importing) Run(msg messages) error {
	if i.Base != "" {
		if _, err := httpURL("--base", i.Base, "https://demo.example.test"); err != nil {
			return err
		}
	}
	rules, err := redactionRules(i.Rules)
	if err != nil {
		return err
	}
	if _, err := record.OperationsOf(i.Provider); err != nil {
		return usage("--provider: %w", err)
	}
	strays := 0
	first := record.Import{Provider: i.Provider, Base: i.Base, Read: reading(i.KeepGoing, i.File, msg)}
	first.Read.Stray = func(int, *fixtures.Entry) { strays++ }
	var base string
	var mark fixtures.Mark
	if err := withFile(i.File, func(r io.Reader) (err error) { base, mark, err = first.Survey(r); return err }); err != nil {
		return err
	}
	mark.Scenario, mark.Base = scenarioOf(i.Out), base
	if mark.Date == "" {
		mark.Date = time.Now().UTC().Format(time.DateOnly)
	}
	story, err := record.Begin(i.Out, mark, redact.New(rules, nil))
	if err != nil {
		return usage("--out: %w", err)
	}
	tellStrays(msg, strays)
	second := record.Import{Provider: i.Provider, Read: reading(i.KeepGoing, i.File, io.Discard)}
	second.Read.Stray = func(int, *fixtures.Entry) {}
	err = withFile(i.File, func(r io.Reader) error {
		left, err := second.Into(story, r, base, func(record.Told) {})
		if left > 0 {
			fmt.Fprintf(msg, "%s left out: they do not go to %s\n", counted(left, "exchange"), base)
		}
		return err
	})
	if err != nil {
		return errors.Join(err, story.Drop())
	}
	return finish(story, i.Out, msg)
}

// tellStrays tells of what an export holds beside its exchanges.
func tellStrays(msg io.Writer, n int) {
	if n > 0 {
		fmt.Fprintf(msg, "%s left out: no server answered over HTTP (data:, blob:, WebSockets, calls that were broken off)\n", counted(n, "exchange"))
	}
}

// reading says how a file is read; with keepGoing what is wrong with it is told and left out.
func reading(keepGoing bool, file string, msg io.Writer) (o fixtures.ReadOptions) {
	if keepGoing {
		o.KeepGoing = func(p *fixtures.Problem) { fmt.Fprintf(msg, "%s: %v (left out)\n", file, p) }
	}
	return o
}

// withFile opens a file for f. What f finds wrong is said with the file's name; a file that is no story was given wrongly.
func withFile(name string, f func(io.Reader) error) error {
	file, err := os.Open(name)
	if err != nil {
		return usage("%w", err)
	}
	defer file.Close()
	err = f(file)
	var problem *fixtures.Problem
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &problem):
		return fmt.Errorf("%s: %w", name, err)
	case problem.Entry > 0 && !problem.Fatal:
		return usage("%s: %w; --keep-going leaves it out", name, err)
	}
	return usage("%s: %w", name, err)
}

type redacting struct {
	File      string `arg:"" type:"existingfile" help:"A HAR file."`
	Out       string `required:"" type:"path" placeholder:"FILE" help:"Where it goes."`
	Rules     string `type:"path" placeholder:"FILE" help:"More rules of what is secret, in YAML."`
	KeepGoing bool   `help:"Keep the good entries of a file in which some are not."`
}

// Help ends the command's help.
func (*redacting) Help() string {
	return `The same secret has the same alias through the whole file; another run gives others.

  understudy fixtures redact checkout.har --out shareable.har`
}

// Run takes the secrets out.
func (r *redacting) Run(msg messages) error {
	rules, err := redactionRules(r.Rules)
	if err != nil {
		return err
	}
	if err := record.Vacant(r.Out); err != nil {
		return usage("--out: %w", err)
	}
	redactor := redact.New(rules, nil)
	// Twice: what the end of a story shows to be secret may stand at its beginning too.
	var l *fixtures.Log
	strays := 0
	err = withFile(r.File, func(in io.Reader) (err error) {
		options := reading(r.KeepGoing, r.File, msg)
		options.Stray = func(int, *fixtures.Entry) { strays++ }
		l, err = fixtures.Each(in, options, func(_ int, e *fixtures.Entry) error { redactor.Entry(e); return nil })
		return err
	})
	if err != nil {
		return err
	}
	tellStrays(msg, strays)
	entries := 0
	err = record.Aside(r.Out, func(w io.Writer) error {
		out, err := fixtures.NewWriter(w, redactor.Log(*l))
		if err != nil {
			return err
		}
		err = withFile(r.File, func(in io.Reader) error {
			options := reading(r.KeepGoing, r.File, io.Discard)
			options.Stray = func(int, *fixtures.Entry) {}
			_, err := fixtures.Each(in, options, func(_ int, e *fixtures.Entry) error {
				clean := redactor.Entry(e)
				entries++
				return out.Entry(&clean)
			})
			return err
		})
		return errors.Join(err, out.Close())
	})
	if err != nil {
		return err
	}
	written(msg, r.Out, entries)
	return nil
}

type scanning struct {
	Paths     []string `arg:"" help:"HAR files, and folders of them."`
	Rules     string   `type:"path" placeholder:"FILE" help:"More rules of what is secret, in YAML."`
	KeepGoing bool     `help:"Look at the good files and entries where some cannot be read."`
	JSON      bool     `name:"json" help:"Print a JSON object for each finding."`
}

// Help ends the command's help.
func (*scanning) Help() string {
	return `Aliases, published test cards and placeholders are known and pass.

  understudy fixtures scan fixtures/

It ends with 0 if nothing looks like a secret, 1 if something does, 2 if it was asked for wrongly or a file cannot be read; with --keep-going the others are looked at all the same.`
}

// Run looks for secrets.
func (s *scanning) Run(out output, msg messages) error {
	rules, err := redactionRules(s.Rules)
	if err != nil {
		return err
	}
	files, err := harFiles(s.Paths)
	if err != nil {
		return err
	}
	entries, found, unread := 0, 0, 0
	for _, name := range files {
		seen, suspects, err := s.file(name, rules, out, msg)
		entries, found = entries+seen, found+suspects
		if err != nil && !s.KeepGoing {
			return err
		}
		if err != nil {
			unread++
			fmt.Fprintf(msg, "%v (left out)\n", err)
		}
	}
	switch looked := len(files) - unread; {
	case found > 0:
		return fmt.Errorf("%s in %s of %s; understudy fixtures redact takes out secrets, --rules says what is none", counted(found, "suspect"), counted(entries, "exchange"), counted(looked, "file"))
	case unread > 0:
		return usage("%d of %d files cannot be read; nothing looks like a secret in %s of the others", unread, len(files), counted(entries, "exchange"))
	}
	fmt.Fprintf(msg, "nothing looks like a secret in %s of %s\n", counted(entries, "exchange"), counted(len(files), "file"))
	return nil
}

// file looks for secrets in one file, and tells of each. It goes through it twice: what the end of a story shows to be an id may stand in a text at its beginning.
func (s *scanning) file(name string, rules *redact.Rules, out, msg io.Writer) (entries, found int, err error) {
	scanner := redact.NewScanner(rules)
	err = withFile(name, func(r io.Reader) error {
		options := reading(s.KeepGoing, name, msg)
		options.Stray = func(_ int, e *fixtures.Entry) { scanner.Survey(e) } // what nobody answered can hold a secret as well
		_, err := fixtures.Each(r, options, func(_ int, e *fixtures.Entry) error { scanner.Survey(e); return nil })
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	err = withFile(name, func(r io.Reader) error {
		look := func(number int, e *fixtures.Entry) {
			entries++
			found += s.tell(name, scanner.Entry(number, e), out)
		}
		options := reading(s.KeepGoing, name, io.Discard)
		options.Stray = look
		l, err := fixtures.Each(r, options, func(number int, e *fixtures.Entry) error { look(number, e); return nil })
		if err == nil {
			found += s.tell(name, scanner.Log(*l), out)
		}
		return err
	})
	return entries, found, err
}

func (s *scanning) tell(file string, list []redact.Suspect, out io.Writer) int {
	for _, suspect := range list {
		if s.JSON {
			json.NewEncoder(out).Encode(struct {
				File string `json:"file"`
				redact.Suspect
			}{file, suspect})
		} else {
			fmt.Fprintf(out, "%s: %v\n", file, suspect)
		}
	}
	return len(list)
}

// harFiles lists the HAR files that are named, and those in the folders that are.
func harFiles(paths []string) (files []string, err error) {
	for _, name := range paths {
		found := 0
		err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !d.IsDir() && (path == name || strings.HasSuffix(path, ".har")) {
				files = append(files, path)
				found++
			}
			return nil
		})
		if err != nil {
			return nil, usage("%w", err)
		}
		if found == 0 {
			return nil, usage("there is no .har file in %s", name)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

type recovering struct {
	Story string `arg:"" type:"path" help:"The story that was to be written; its .part is read."`
}

// Help ends the command's help.
func (*recovering) Help() string {
	return `A recording keeps each exchange in story.har.part until its end.

  understudy fixtures recover fixtures/norce/hooks.har`
}

// Run makes the story whole.
func (r *recovering) Run(msg messages) error {
	out := strings.TrimSuffix(r.Story, ".part")
	entries, cut, err := record.Recover(out)
	if errors.Is(err, fs.ErrNotExist) {
		return usage("there is no %s; nothing was cut off", record.PartOf(out))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(msg, "%s holds %s\n", out, counted(entries, "exchange"))
	if cut {
		fmt.Fprintln(msg, "one more was cut off in the middle and is lost")
	}
	return nil
}
