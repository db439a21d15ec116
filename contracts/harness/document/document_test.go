package document

import (
	"fmt"
	"strings"
	"testing"

	"understudy/specs"
)

func read(t *testing.T, provider, profile string) *Document {
	t.Helper()
	d, err := Read(provider, profile)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryDocumentIsReadWhole(t *testing.T) {
	t.Parallel()
	for _, name := range append(specs.Providers(), specs.Control) {
		for _, profile := range append([]string{""}, specs.Profiles(name)...) {
			d := read(t, name, profile)
			raw, _ := specs.Document(name)
			if want := strings.Count(string(raw), "operationId: "); len(d.Operations) != want {
				t.Errorf("%s: %d operations of %d", name, len(d.Operations), want)
			}
			for _, op := range d.Operations {
				if op.Line == 0 || op.Provenance == "" || len(op.Responses) < 2 || !strings.HasPrefix(op.Path, "/") {
					t.Errorf("%s: %+v", name, op)
				}
				for _, r := range op.Responses {
					for _, m := range r.Media {
						checkSchema(t, fmt.Sprintf("%s %d", op.ID, r.Status), m.Schema, map[*Schema]bool{})
					}
				}
			}
		}
	}
}

func checkSchema(t *testing.T, at string, s *Schema, seen map[*Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	if s.Line == 0 || s.Provenance == "" {
		t.Errorf("%s: a schema without line or mark: %+v", at, s)
	}
	for _, p := range s.Properties {
		checkSchema(t, at+"/"+p.Name, p.Schema, seen)
	}
	checkSchema(t, at+"/*", s.Items, seen)
}
