package contracts

import (
	"context"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"understudy/contracts/harness"
	"understudy/specs"
)

// TestContracts plays every contract before the mock.
func TestContracts(t *testing.T) {
	known, err := Accepted()
	if err != nil {
		t.Fatal(err)
	}
	var programmes []Programme
	for _, provider := range specs.Providers() {
		target, err := harness.StartMock(t.Context(), provider, "", "understudy")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(target.Close)
		stage, err := harness.NewStage(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
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
