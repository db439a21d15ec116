package engine

import (
	"errors"

	"understudy/mock/internal/journal"
	"understudy/mock/internal/world"
)

// record writes the exchange down, before its answer is sent, and names the entry in the answer.
func (e *Engine) record(c *Call, a *Answer) {
	if c.commit.At.IsZero() { // it did not come to a transaction
		c.commit.Number = c.world.Commits()
	}
	x := &journal.Exchange{
		At: c.world.Now(), Provider: c.Place.Provider, Tenant: c.Place.Tenant, Nearest: c.nearest,
		Method: c.request.Method, Path: c.Path, URL: c.request.URL.String(),
		Request:  journal.Message{Header: c.request.Header.Clone(), Body: string(c.Body), Truncated: c.oversized},
		Response: journal.Message{Status: a.Status, Header: a.Header.Clone(), Body: string(a.Body)},
		Forced:   c.forced, Recording: c.recording, Applied: c.applied, Notes: c.notes, Violations: a.violations,
		Commit: c.commit.Number, Changes: summarize(c.commit), Events: c.commit.Events,
	}
	switch {
	case c.page != nil:
		x.Operation = "page:" + c.page.Name
	case c.Operation != nil:
		x.Operation = c.Operation.ID
	}
	if c.met != nil {
		x.Rule = c.met.ID
	}
	if c.refusal != nil {
		x.Reason = c.refusal.reason()
	}
	c.world.Journal.Add(x, c.room.Secrets)
	a.Header.Set("Understudy-Exchange", x.ID)
	for _, v := range a.violations {
		e.options.Log.Error("our answer breaks the document", "exchange", x.ID, "operation", x.Operation, "status", a.Status, "violation", v)
	}
	if x.Reason != nil && x.Reason.Kind == string(Internal) {
		e.options.Log.Error("a bug of the simulator", "exchange", x.ID, "operation", x.Operation, "detail", x.Reason.Detail)
	}
	e.options.Log.Info(c.request.Method+" "+x.URL, "exchange", x.ID, "status", a.Status, "operation", x.Operation)
}

// complain tells the log of what breaks our word in a room that is in no journal.
func (e *Engine) complain(c *Call, a *Answer) {
	for _, v := range a.violations {
		e.options.Log.Error("our answer breaks the document", "room", c.room.Name, "path", c.Path, "status", a.Status, "violation", v)
	}
	if c.refusal != nil && c.refusal.Kind == Internal {
		e.options.Log.Error("a bug of the simulator", "room", c.room.Name, "path", c.Path, "detail", c.refusal.reason().Detail)
	}
}

// observe writes down what happened without a request: timers and control commands.
func observe(j *journal.Journal, c world.Commit) {
	if c.Cause == "" || c.Cause == "cast" {
		return
	}
	j.Add(&journal.Exchange{
		At: c.At, Provider: c.Place.Provider, Tenant: c.Place.Tenant, Operation: c.Cause,
		Commit: c.Number, Changes: summarize(c), Events: c.Events,
	}, nil)
}

// timerFailed writes down a timer that could not do its work.
func (e *Engine) timerFailed(j *journal.Journal, t world.Timer, err error) {
	var panicked *world.Panic
	detail := err.Error()
	if errors.As(err, &panicked) {
		detail += "\n" + string(panicked.Stack)
	}
	j.Add(&journal.Exchange{
		At: t.Due, Provider: t.Provider, Tenant: t.Tenant, Operation: "timer:" + t.Name,
		Reason: &journal.Reason{Kind: string(Internal), Message: "the timer failed", Detail: detail},
	}, nil)
	e.options.Log.Error("a timer failed", "timer", t.Name, "id", t.ID, "detail", detail)
}

func summarize(c world.Commit) []string {
	var list []string
	for _, change := range c.Changes {
		if change.Kind == "counter" || change.Kind == "due" {
			continue
		}
		verb := "changed"
		switch {
		case change.Before == nil:
			verb = "made"
		case change.After == nil:
			verb = "removed"
		}
		list = append(list, verb+" "+change.Kind+" "+change.ID)
	}
	return list
}
