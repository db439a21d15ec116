package mock

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"understudy/fixtures"
	"understudy/fixtures/shelf"
	"understudy/mock/internal/engine"
	"understudy/specs"
)

// recordings reads every .har file of a folder and of the folders in it, but for testdata and hidden ones, in the order of their names. A story that does not say which provider's it is, is of the
// one that its folder is named after. All that is wrong is told at once.
func recordings(folder fs.FS) (list []engine.Recording, err error) {
	if folder == nil {
		return nil, nil
	}
	err = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".har"):
			return nil
		}
		read, err := readRecordings(folder, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, read...)
		return nil
	})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("there is no recording in it; it is to hold .har files, as %s/paid.har", specs.Providers()[0])
	}
	return list, err
}

func readRecordings(folder fs.FS, name string) (list []engine.Recording, err error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	story, err := fixtures.Read(file, fixtures.ReadOptions{})
	if err != nil {
		return nil, err
	}
	for i, e := range story.Log.Entries {
		mark := e.Mark.Over(story.Log.Mark)
		provider := cmp.Or(mark.Provider, strings.Split(path.Dir(name), "/")[0])
		if !slices.Contains(specs.Providers(), provider) {
			return nil, fmt.Errorf("entry %d, _understudy.provider: %q is no provider; these are: %s", i+1, mark.Provider, strings.Join(specs.Providers(), ", "))
		}
		if e.Request.LeftOut() || e.Response.Content.LeftOut() {
			continue // its body was not kept, and without it this is another answer
		}
		asked, err := e.Request.Body()
		if err != nil {
			return nil, fmt.Errorf("entry %d, %w", i+1, err)
		}
		body, err := e.Response.Body()
		if err != nil {
			return nil, fmt.Errorf("entry %d, %w", i+1, err)
		}
		list = append(list, engine.Recording{Provider: provider, URL: e.Request.URL, Recording: shelf.Recording{
			File: name, Entry: i + 1, Base: mark.Base, Status: e.Response.Status, Header: e.Response.Header(), Body: body,
			Request: shelf.Request{Operation: mark.Operation, Method: e.Request.Method, Header: e.Request.Header(), Body: asked},
		}})
	}
	return list, nil
}
