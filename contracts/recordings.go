package contracts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/fixtures"
)

// defaultRecordings is where recordings lie unless somebody says otherwise.
const defaultRecordings = "fixtures"

// recordings makes a contract of each recorded exchange of a provider: nothing is sent, and what was answered then is judged now.
func recordings(ctx context.Context, p harness.Plan, known harness.Accepted) (Programme, error) {
	folder := p.Recordings
	if folder == "" {
		folder = defaultRecordings
	}
	files, err := archives(folder)
	if errors.Is(err, fs.ErrNotExist) && p.Recordings == "" {
		return Programme{}, &harness.MissingError{Reason: fmt.Sprintf("there is no folder %s here; --recordings names another", folder)}
	}
	if err != nil {
		return Programme{}, err
	}
	target, err := harness.OpenRecordings(p.Provider)
	if err != nil {
		return Programme{}, err
	}
	stage, err := harness.NewStage(ctx, target)
	if err != nil {
		return Programme{}, err
	}
	stage.Accepted, stage.Command, stage.Keep, stage.FailOn, stage.Result.URL = known, p.Command, p.Keep, p.FailOn, folder
	var list []harness.Contract
	for _, file := range files {
		name, _ := filepath.Rel(folder, file)
		one, err := archive(target, file, filepath.ToSlash(name))
		if err != nil {
			return Programme{}, fmt.Errorf("%s: %w", file, err)
		}
		list = append(list, one...)
	}
	if len(list) == 0 {
		return Programme{}, &harness.MissingError{Reason: fmt.Sprintf("no recording in %s is of %s", folder, p.Provider)}
	}
	return prepared(ctx, stage, p, list)
}

// archives lists the HAR files below a folder.
func archives(folder string) (files []string, err error) {
	err = filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if err == nil && !d.IsDir() && strings.HasSuffix(file, ".har") {
			files = append(files, file)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}

// archive makes the contracts of one file's entries that are of the target's provider.
func archive(t *harness.Target, file, name string) (list []harness.Contract, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	story, err := fixtures.Read(f, fixtures.ReadOptions{})
	if err != nil {
		return nil, err
	}
	var earlier []harness.Exchange // of the story: what the mock is told first, so that it holds what the recorded server held
	for i, e := range story.Log.Entries {
		mark := e.Mark.Over(story.Log.Mark)
		if mark.Provider != t.Provider {
			continue
		}
		x, op, err := told(t, e, mark)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		if op == nil || e.Request.LeftOut() || e.Response.Content.LeftOut() {
			continue // a customer's page, a call to somebody else, or what cannot be judged, since its body was not kept
		}
		x.Source = fmt.Sprintf("%s#%d", name, i+1)
		before := slices.Clone(earlier)
		earlier = append(earlier, x)
		c := contract(harness.Conformance, op, fmt.Sprintf("was answered %d as declared (%s)", x.Response.Status, x.Source), func(s *harness.Scene) {
			s.Lead(before)
			s.Tell(x)
		})
		c.Target = t.Name
		list = append(list, c)
	}
	return list, nil
}

// told turns a recorded entry into an exchange. The operation is nil if it met none of the document.
func told(t *harness.Target, e fixtures.Entry, mark fixtures.Mark) (x harness.Exchange, op *document.Operation, err error) {
	if op = t.Document.Operation(mark.Operation); op == nil {
		path := strings.TrimPrefix(e.Request.URL, strings.TrimSuffix(mark.Base, "/"))
		if u, err := url.Parse(path); err == nil {
			op, _ = t.Document.Match(e.Request.Method, u.EscapedPath())
		}
	}
	if op == nil {
		return x, nil, nil
	}
	x = harness.Exchange{Provider: t.Provider, Operation: op.ID, Target: t.Name, At: e.StartedDateTime}
	x.Request = harness.Request{Method: e.Request.Method, URL: e.Request.URL, Header: e.Request.Header()}
	x.Response = harness.Response{Status: e.Response.Status, Header: e.Response.Header()}
	if e.Response.Status == 0 {
		x.Error = "the recording holds no answer"
	}
	if x.Request.Body, err = e.Request.Body(); err != nil {
		return x, op, err
	}
	x.Response.Body, err = e.Response.Body()
	return x, op, err
}
