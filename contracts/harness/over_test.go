package harness_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"understudy/contracts/harness"
	"understudy/mock"
)

// standing puts a stage before a mock's server; what a request does first is up to the test.
func standing(t *testing.T, first func(http.ResponseWriter, *http.Request)) (*harness.Stage, *httptest.Server) {
	t.Helper()
	simulator, err := mock.New(mock.Options{Providers: []string{"norce"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first(w, r)
		simulator.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { server.Close(); simulator.Close() })
	target, err := harness.ReachMock(t.Context(), "norce", server.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	stage, err := harness.NewStage(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return stage, server
}

// asked is a contract that a target keeps by answering. before happens first.
func asked(stage *harness.Stage, before func()) harness.Contract {
	op := stage.Target.Document.Operation("getPayment")
	return harness.Contract{Entry: harness.Entry{Provider: "norce", Operation: op.ID, Kind: harness.Conformance}, Play: func(s *harness.Scene) {
		before()
		s.Send(s.Target.Sample(op, ""), "the example")
	}}
}

func TestATargetThatWentAwayBreaksNothing(t *testing.T) {
	t.Parallel()
	g := NewWithT(t)
	stage, server := standing(t, func(http.ResponseWriter, *http.Request) {})
	g.Expect(stage.Play(t.Context(), asked(stage, func() {})).Status).To(Equal(harness.Passed))
	e := stage.Play(t.Context(), asked(stage, server.Close))
	g.Expect(e.Status).To(Equal(harness.Skipped), "%v", e.Findings)
	g.Expect(e.Reason).To(ContainSubstring("went away"))
	e = stage.Play(t.Context(), asked(stage, func() { t.Error("it is played all the same") }))
	g.Expect(e.Status).To(Equal(harness.Skipped))
	g.Expect(stage.Away()).To(BeTrue())
}

func TestAConnectionThatBreaksIsAFinding(t *testing.T) {
	t.Parallel()
	g := NewWithT(t)
	stage, _ := standing(t, func(_ http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/payments/") {
			panic(http.ErrAbortHandler)
		}
	})
	e := stage.Play(t.Context(), asked(stage, func() {}))
	g.Expect(e.Status).To(Equal(harness.Failed))
	g.Expect(e.Findings[0].Rule).To(Equal(harness.RuleNoAnswer))
	g.Expect(stage.Away()).To(BeFalse())
}

func TestARunThatIsEndedBreaksNothing(t *testing.T) {
	t.Parallel()
	g := NewWithT(t)
	stage, _ := standing(t, func(http.ResponseWriter, *http.Request) {})
	ctx, end := context.WithCancel(t.Context())
	e := stage.Play(ctx, asked(stage, end))
	g.Expect(e.Status).To(Equal(harness.Skipped), "%v", e.Findings)
	g.Expect(e.Reason).To(ContainSubstring("ended"))
	e = stage.Play(ctx, asked(stage, func() { t.Error("it is played all the same") }))
	g.Expect(e.Status).To(Equal(harness.Skipped))
}

func TestAMistakeOfTheSuitesIsTold(t *testing.T) {
	t.Parallel()
	g := NewWithT(t)
	stage, _ := standing(t, func(http.ResponseWriter, *http.Request) {})
	g.Expect(func() { stage.Play(t.Context(), asked(stage, func() { panic("a slip") })) }).To(PanicWith("a slip"))
	g.Expect(stage.Result.Trouble).To(And(ContainSubstring("a mistake of the suites"), ContainSubstring("a slip"), ContainSubstring("over_test.go")))
}
