package mock_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/mock"
	"understudy/mock/internal/openapi"
	"understudy/specs"
)

// TestExamplesWork sends what the documents' own examples make to a world that knows nothing yet: it is answered with the operation's success.
// Each media type of a body is tried, and each optional parameter.
func TestExamplesWork(t *testing.T) {
	t.Parallel()
	for _, name := range platforms() {
		for _, profile := range append([]string{""}, specs.Profiles(name)...) {
			t.Run(strings.TrimSuffix(name+"."+profile, "."), func(t *testing.T) {
				t.Parallel()
				p := stage(t, name, func(o *mock.Options) {
					if profile != "" {
						o.Profiles = map[string]string{name: profile}
					}
				})
				for _, op := range p.document.Operations() {
					t.Run(op.ID, func(t *testing.T) { examplesWork(t, p, op) })
				}
			})
		}
	}
}

func examplesWork(t *testing.T, p *platform, op *openapi.Operation) {
	requests := map[string]request{"": sample(op, "")}
	for _, media := range op.MediaTypes() {
		requests[media] = sample(op, media)
	}
	for _, parameter := range op.Parameters() {
		if !parameter.Required && parameter.Example != nil {
			requests[parameter.In+" "+parameter.Name] = addParameter(sample(op, ""), parameter)
		}
	}
	if _, required := op.TakesBody(); !required && len(op.MediaTypes()) > 0 {
		requests["no body"] = sample(op, "").without("Content-Type").carrying(nil)
	}
	want := op.Success()
	if p.declined[op.ID] != "" {
		want = http.StatusNotFound
	}
	for _, with := range slices.Sorted(maps.Keys(requests)) {
		world := p.fresh(t)
		a := p.must(t, world, requests[with])
		if a.status != want && (with != "no body" || a.status/100 != 2 && a.status/100 != 4) {
			t.Errorf("%s: want %d\n\trequest: %s\n\tanswer:  %s", with, want, requests[with], a)
		}
		if broken := p.document.CheckAnswer(op, a.status, a.header, a.body); len(broken) > 0 {
			t.Errorf("%s: the answer is not declared: %q\n\tanswer:  %s", with, broken, a)
		}
	}
}

// addParameter sends an optional parameter's example along.
func addParameter(r request, p openapi.Parameter) request {
	if p.In == openapi3.ParameterInHeader {
		return r.with(p.Name, p.Text())
	}
	query, _ := url.ParseQuery(r.query)
	maps.Copy(query, p.Query())
	r.query = query.Encode()
	return r
}
