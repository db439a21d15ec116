// Package contracts holds the contract suites: what the mock and a vendor's sandbox are held to, made from the OpenAPI documents, from workflows and from the tables of states. One
// set of suites is played before every target.
//
// This is the only package that imports ginkgo, which runs once in a process: `go test ./contracts/...` plays everything before the mock, and the command plays
// one provider and target in each of its workers.
package contracts

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"understudy/contracts/harness"
)

//go:embed accepted.yaml
var accepted []byte

// Accepted reads the differences that are known.
func Accepted() (harness.Accepted, error) {
	return harness.ReadAccepted("contracts/accepted.yaml", accepted)
}

// suites make the contracts of each kind.
var suites = []func(*harness.Stage) []harness.Contract{
	conformance,
	refusals,
	workflows,
	transitions,
	agreements,
	relations,
}

// List makes all contracts of a stage, in order.
func List(s *harness.Stage) (all []harness.Contract) {
	for _, suite := range suites {
		all = append(all, suite(s)...)
	}
	for i := range all {
		all[i].Target = s.Target.Name
	}
	return all
}

// Selection narrows a run.
type Selection struct {
	Focus  []string // parts of an entry's title; any of them
	Labels string   // a ginkgo label filter, as "kind:refusals && !effect:destroy"
}

// Whole tells whether nothing is left out.
func (s Selection) Whole() bool { return len(s.Focus) == 0 && s.Labels == "" }

// Pick keeps the contracts that are selected. A label filter that does not read is an error.
func (s Selection) Pick(all []harness.Contract) ([]harness.Contract, error) {
	meets := func([]string) bool { return true }
	if s.Labels != "" {
		filter, err := types.ParseLabelFilter(s.Labels)
		if err != nil {
			return nil, fmt.Errorf("%q does not read: %s", s.Labels, plainly(err))
		}
		meets = filter
	}
	return slices.DeleteFunc(all, func(c harness.Contract) bool {
		focused := len(s.Focus) == 0 || slices.ContainsFunc(s.Focus, func(part string) bool { return strings.Contains(c.Title(), part) })
		return !focused || !meets(c.Labels())
	}), nil
}

// plainly is ginkgo's error about a filter without colours, links and what was given.
func plainly(err error) string {
	if said := (types.GinkgoError{}); errors.As(err, &said) {
		return strings.TrimSpace(said.Message[strings.LastIndexByte(said.Message, '\n')+1:])
	}
	return err.Error()
}

// Programme is what is played before one stage.
type Programme struct {
	Stage     *harness.Stage
	Contracts []harness.Contract
}

// Register makes a ginkgo container of each programme, with one spec for each contract. told is called after each; it may be nil.
func Register(ctx context.Context, told func(harness.Entry), programmes ...Programme) {
	gomega.RegisterFailHandler(ginkgo.Fail)
	for _, p := range programmes {
		ginkgo.Describe(p.Stage.Target.Provider+" before "+p.Stage.Target.Name, func() {
			for _, c := range p.Contracts {
				ginkgo.It(c.Operation+" "+c.Name, ginkgo.Label(c.Labels()...), func() {
					e := p.Stage.Play(ctx, c)
					if told != nil {
						told(e)
					}
					settle(e)
				})
			}
		})
	}
}

// settle tells ginkgo how an entry ended.
func settle(e harness.Entry) {
	switch e.Status {
	case harness.Skipped:
		ginkgo.Skip(e.Reason)
	case harness.Failed:
		ginkgo.Fail(harness.Account(e))
	}
}

// Run plays contracts before one stage, in an order that the number decides; 0 is the documents' own. It tells whether all was kept, and can be called once in a process.
func Run(ctx context.Context, stage *harness.Stage, list []harness.Contract, order int64, told func(harness.Entry)) bool {
	Register(ctx, told, Programme{stage, list})
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.FailOnEmpty, suite.RandomizeAllSpecs = true, order != 0
	if order != 0 {
		suite.RandomSeed = order
	}
	reporter.Succinct, reporter.NoColor = true, true
	verdict := &verdict{}
	return ginkgo.RunSpecs(verdict, stage.Target.Provider, suite, reporter) && !verdict.failed
}

// verdict is told by ginkgo that something failed.
type verdict struct{ failed bool }

func (v *verdict) Fail() { v.failed = true }
