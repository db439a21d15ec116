package contracts

import (
	"context"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"understudy/contracts/harness"
	"understudy/specs"
)

// staged is a stage before a mock of its own.
func staged(t *testing.T, provider, profile string) *harness.Stage {
	t.Helper()
	target, err := harness.StartMock(t.Context(), provider, profile, "understudy")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	stage, err := harness.NewStage(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

// TestContracts plays every contract before the mock.
func TestContracts(t *testing.T) {
	known, err := Accepted()
	if err != nil {
		t.Fatal(err)
	}
	var programmes []Programme
	for _, provider := range specs.Providers() {
		stage := staged(t, provider, "")
		stage.Accepted, stage.Command = known, "understudy contract --provider "+provider
		programmes = append(programmes, Programme{stage, List(stage)})
	}
	Register(context.WithoutCancel(t.Context()), nil, programmes...)
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.FailOnEmpty, reporter.Succinct = true, true
	ginkgo.RunSpecs(t, "Contracts", suite, reporter)
}

func TestTheMovesAreRead(t *testing.T) {
	t.Parallel()
	table, err := moveTable()
	if err != nil || len(table) != len(specs.Providers()) {
		t.Errorf("%d providers, %v", len(table), err)
	}
}

// TestEveryProfileIsKept plays before the other readings of the documents what is not made from the document that is read: workflows, moves, and the pages' own calls.
func TestEveryProfileIsKept(t *testing.T) {
	t.Parallel()
	for _, provider := range specs.Providers() {
		for _, profile := range specs.Profiles(provider) {
			t.Run(provider+" "+profile, func(t *testing.T) {
				t.Parallel()
				stage := staged(t, provider, profile)
				for _, c := range List(stage) {
					if c.Kind != harness.Workflows && c.Kind != harness.Transitions && !strings.Contains(c.Name, "the page's own call") {
						continue
					}
					e := stage.Play(t.Context(), c)
					if e.Status == harness.Failed {
						t.Errorf("%s\n%s", e.Title(), harness.Account(e))
					}
				}
				if tally := harness.Count(stage.Result.Entries); tally.Passed < 10 {
					t.Errorf("%+v", tally)
				}
			})
		}
	}
}
