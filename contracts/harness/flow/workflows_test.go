package flow_test

import (
	"net/http"
	"strings"
	"testing"

	"understudy/contracts/harness/flow"
	"understudy/mock"
	"understudy/mock/mocktest"
)

// client sends as a client of a vendor would, without following redirects.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// credentials are what every call carries.
var credentials = http.Header{"Authorization": {"Bearer x"}, "X-Api-Key": {"x"}}

func documents(t *testing.T) []*flow.Document {
	t.Helper()
	list, err := flow.Documents()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestTheDocumentsAreClean holds what we wrote to what we demand.
func TestTheDocumentsAreClean(t *testing.T) {
	t.Parallel()
	for _, d := range documents(t) {
		for _, p := range flow.Lint(d) {
			t.Error(p.Error())
		}
	}
}

// TestWorkflowsHoldOnTheMock carries every workflow out, each in a world of its own.
func TestWorkflowsHoldOnTheMock(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t, func(o *mock.Options) { o.Twice = true })
	all := documents(t)
	for _, d := range all {
		for _, w := range d.Workflows() {
			t.Run(w.ID, func(t *testing.T) {
				t.Parallel()
				out, err := flow.Run(t.Context(), client, all, w.ID, flow.Options{Bases: flow.OnMock(s.URL, w.ID), Header: credentials})
				if err != nil {
					t.Fatal(err)
				}
				if !out.Passed {
					t.Errorf("%s\n%s", w.Summary, strings.Join(out.Broken(), "\n"))
				}
				for _, step := range out.Steps {
					if step.State != flow.Passed && step.State != flow.Retried {
						t.Errorf("step %s is %s: %s", step.ID, step.State, step.Reason)
					}
				}
			})
		}
	}
}
