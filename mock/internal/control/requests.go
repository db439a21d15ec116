package control

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
)

const (
	defaultLimit   = 100
	defaultTimeout = 5 * time.Second
	maxTimeout     = time.Minute
)

// found answers exchanges, oldest first; of more than limit the latest, 0 being no limit.
func found(list []*journal.Exchange, limit int) engine.Reply {
	total := len(list)
	if limit > 0 && total > limit {
		list = list[total-limit:]
	}
	if list == nil {
		list = []*journal.Exchange{}
	}
	type meta struct {
		Total int `json:"total"`
	}
	return engine.OK(struct {
		Requests []*journal.Exchange `json:"requests"`
		Meta     meta                `json:"meta"`
	}{list, meta{total}})
}

func (c *control) listRequests(call *engine.Call) (engine.Reply, error) {
	query := call.Query()
	matches, err := compile(fromQuery(query), "")
	if err != nil {
		return engine.Reply{}, err
	}
	limit := defaultLimit
	if query.Has("limit") {
		limit, _ = strconv.Atoi(query.Get("limit")) // the document has seen that it is a number
	}
	return found(call.Universe().Journal.Find(matches), limit), nil
}

// compile makes a function of a match. at is where it stands in the body, for a refusal.
func compile(m *journal.Match, at string) (func(*journal.Exchange) bool, error) {
	matches, err := m.Compile()
	var pattern *journal.BadPattern
	if errors.As(err, &pattern) {
		return nil, engine.RefuseField(at+"/path_pattern", "is no regular expression: "+pattern.Err.Error(), "one in RE2 syntax")
	}
	return matches, err
}

// fromQuery reads a match off query parameters, whose types the document has seen to.
func fromQuery(query url.Values) *journal.Match {
	text := func(name string) *string {
		if !query.Has(name) {
			return nil
		}
		value := query.Get(name)
		return &value
	}
	m := &journal.Match{
		Provider: text("provider"), Tenant: text("tenant"), Operation: text("operation"), Method: text("method"), Path: text("path"), Cause: text("cause"),
	}
	if status, err := strconv.Atoi(query.Get("status")); err == nil {
		m.Status = &status
	}
	if after, err := strconv.ParseInt(query.Get("after"), 10, 64); err == nil {
		m.After = &after
	}
	return m
}

func (c *control) deleteRequests(call *engine.Call) (engine.Reply, error) {
	call.Universe().Journal.Clear()
	return engine.NoContent(), nil
}

// getRequest also finds an exchange of another world than the call's: its id says which, and Understudy-Exchange is all that a caller has.
func (c *control) getRequest(call *engine.Call) (engine.Reply, error) {
	id := call.Vars["id"]
	if x, ok := call.Universe().Journal.Get(id); ok {
		return engine.OK(x), nil
	}
	if i := strings.LastIndex(id, "-"); i > 0 {
		if u, ok := c.engine.Known(id[:i]); ok {
			if x, ok := u.Journal.Get(id); ok {
				return engine.OK(x), nil
			}
		}
	}
	return engine.Reply{}, engine.Refuse(engine.NotFound, "no journal has an exchange %q; it may have been dropped for later ones", id)
}

func (c *control) matching(call *engine.Call) ([]*journal.Exchange, error) {
	var m journal.Match
	if err := call.Into(&m); err != nil {
		return nil, err
	}
	matches, err := compile(&m, "")
	if err != nil {
		return nil, err
	}
	return call.Universe().Journal.Find(matches), nil
}

func (c *control) findRequests(call *engine.Call) (engine.Reply, error) {
	list, err := c.matching(call)
	return found(list, 0), err
}

func (c *control) countRequests(call *engine.Call) (engine.Reply, error) {
	list, err := c.matching(call)
	return engine.OK(struct {
		Count int `json:"count"`
	}{len(list)}), err
}

func (c *control) waitForRequests(call *engine.Call) (engine.Reply, error) {
	asked := struct {
		Match   journal.Match `json:"match"`
		Count   int           `json:"count"`
		Timeout string        `json:"timeout"`
	}{Count: 1, Timeout: defaultTimeout.String()}
	if err := call.Into(&asked); err != nil {
		return engine.Reply{}, err
	}
	matches, err := compile(&asked.Match, "/match")
	if err != nil {
		return engine.Reply{}, err
	}
	timeout, err := duration("/timeout", asked.Timeout)
	if err == nil && timeout > maxTimeout {
		err = engine.RefuseField("/timeout", "is longer than "+maxTimeout.String(), "a minute at most")
	}
	if err != nil {
		return engine.Reply{}, err
	}
	ctx, cancel := context.WithTimeout(call.Request().Context(), timeout)
	defer cancel()
	list, err := call.Universe().Journal.Wait(ctx, asked.Count, matches)
	if err != nil {
		detail := fmt.Sprintf("%d of %d exchanges matched within %s", len(list), asked.Count, asked.Timeout)
		return problem{Status: 408, Detail: detail, Kind: "timeout"}.reply(), nil
	}
	return found(list, 0), nil
}

func (c *control) listUnmatchedRequests(call *engine.Call) (engine.Reply, error) {
	return found(call.Universe().Journal.Find(journal.Unmatched), 0), nil
}
