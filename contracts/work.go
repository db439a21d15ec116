package contracts

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"understudy/contracts/harness"
)

// Prepare opens a plan's target and picks its contracts. The caller closes the stage's target.
func Prepare(ctx context.Context, p harness.Plan) (Programme, error) {
	known, err := Accepted()
	if err != nil {
		return Programme{}, err
	}
	if p.Target == harness.TargetRecordings {
		return recordings(ctx, p, known)
	}
	token := ""
	if p.Token != "" {
		token = os.Getenv(p.Token)
	}
	target, err := p.Open(ctx, token)
	if err != nil {
		return Programme{}, err
	}
	stage, err := harness.NewStage(ctx, target)
	if err != nil {
		target.Close()
		return Programme{}, err
	}
	stage.Accepted, stage.Command, stage.Keep, stage.FailOn = known, p.Command, p.Keep, p.FailOn
	stage.Result.Order = p.Order
	programme, err := prepared(ctx, stage, p, List(stage))
	if err != nil {
		stage.Close()
	}
	return programme, err
}

// prepared picks among a stage's contracts, and puts the mock beside a target that is another.
func prepared(ctx context.Context, stage *harness.Stage, p harness.Plan, all []harness.Contract) (Programme, error) {
	if err := stage.Accepted.Check(p.Provider, p.Target, subjects(stage, all)); err != nil {
		return Programme{}, err
	}
	if p.Target != harness.TargetMock {
		if err := stage.Face(ctx); err != nil {
			return Programme{}, err
		}
	}
	list, err := Selection{p.Focus, p.Labels}.Pick(all)
	return Programme{stage, list}, err
}

// subjects are what contracts can be about: operations, workflows and machines.
func subjects(s *harness.Stage, all []harness.Contract) (names []string) {
	for _, op := range s.Target.Document.Operations {
		names = append(names, op.ID)
	}
	for _, c := range all {
		names = append(names, c.Operation)
	}
	return names
}

// Work carries a plan out. What stood in the way is part of the result. It can be called once in a process.
func Work(ctx context.Context, p harness.Plan, told func(e harness.Entry, of int)) harness.Result {
	started := time.Now().UTC()
	programme, err := Prepare(ctx, p)
	if err != nil {
		return hindered(p, started, err)
	}
	defer programme.Stage.Close()
	if len(programme.Contracts) > 0 {
		Run(ctx, programme.Stage, programme.Contracts, p.Order, func(e harness.Entry) { told(e, len(programme.Contracts)) })
	}
	result := programme.Stage.Result
	result.Started, result.Took = started, time.Since(started)
	result.Excused = programme.Stage.Accepted.Used()
	result.Disagreements = programme.Stage.Judge.Disagreements()
	result.Whole = Selection{p.Focus, p.Labels}.Whole() && programme.Stage.Target.Document.Profile == ""
	result.Trouble, result.Away = cmp.Or(programme.Stage.Over(ctx), result.Trouble), programme.Stage.Away()
	if result.Whole && programme.Stage.Judge.Whole {
		result.Needless = programme.Stage.Judge.Needless()
	}
	return result
}

// hindered is the result of a worker that could not begin.
func hindered(p harness.Plan, started time.Time, err error) harness.Result {
	r := harness.Result{Provider: p.Provider, Target: p.Target, URL: p.URL, Seed: p.Seed, Started: started, Took: time.Since(started)}
	if p.Sandbox != nil {
		r.URL = p.Sandbox.URL
	}
	missing := (*harness.MissingError)(nil)
	if errors.As(err, &missing) {
		r.Missing = missing.Reason
		return r
	}
	r.Trouble, r.Away = err.Error(), errors.Is(err, harness.ErrAway)
	return r
}

// Stale lists what is excused and did not happen in any of the results: excuses of accepted.yaml for providers and targets that were played whole, and x-absent of their documents.
func Stale(results []harness.Result) ([]harness.Finding, error) {
	known, err := Accepted()
	if err != nil {
		return nil, err
	}
	list := append(known.Stale(results), harness.StaleDisagreements(results)...)
	for _, r := range results {
		if r.Trouble == "" {
			list = append(list, r.Needless...)
		}
	}
	return list, nil
}
