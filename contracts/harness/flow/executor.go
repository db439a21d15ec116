package flow

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pb33f/libopenapi/arazzo"
	"go.yaml.in/yaml/v4"

	"understudy/specs"
)

// most is how much of an answer is read, in bytes.
const most = 32 << 20

// Exchange is one call that was made, and its answer.
type Exchange struct {
	Workflow, Step string
	Source         string // a provider's slug, or "control"
	Operation      string // operationId
	Method, URL    string
	Header         http.Header // as it was sent
	Body           []byte      // nil: none
	Status         int         // 0: nothing came back; Err tells why
	AnswerHeader   http.Header
	AnswerBody     []byte
	Err            error
}

// attempt is one time that the engine asked for a step.
type attempt struct {
	part     *part
	exchange *Exchange // nil: no call was made
	answer   *yaml.Node
	sent     *yaml.Node
	params   map[string]any
}

// executor does what the engine asks for.
type executor struct {
	doer      Doer
	options   Options
	cast      *cast
	documents *Document
	workflow  string
	attempts  []*attempt
}

// Execute makes a step's call. The operation's id is the step's name: cast made it so.
func (e *executor) Execute(ctx context.Context, asked *arazzo.ExecutionRequest) (*arazzo.ExecutionResponse, error) {
	p := e.part(asked.OperationID)
	if p == nil {
		return nil, fmt.Errorf("there is no step %q", asked.OperationID)
	}
	a := &attempt{part: p, params: asked.Parameters}
	e.attempts = append(e.attempts, a)
	switch {
	case p.given:
		return &arazzo.ExecutionResponse{}, nil
	case p.byPerson:
		show := asked.Parameters[showParameter]
		delete(asked.Parameters, showParameter)
		return &arazzo.ExecutionResponse{}, e.options.Ask(ctx, Request{e.workflow, p.step.StepId, p.mockOnly.Why, show, asked.Parameters})
	}
	r, body, err := e.request(ctx, p, asked)
	if err != nil {
		return nil, err
	}
	if body != nil {
		a.sent, _ = node(body)
	}
	x := e.exchange(r, body, p)
	a.exchange = &x
	if x.Err != nil {
		return nil, x.Err
	}
	answer := &arazzo.ExecutionResponse{StatusCode: x.Status, Headers: spelled(x.AnswerHeader), URL: x.URL, Method: x.Method}
	if len(x.AnswerBody) == 0 {
		return answer, nil
	}
	answer.Body = string(x.AnswerBody)
	if isJSON(x.AnswerHeader.Get("Content-Type")) {
		if n, err := node(x.AnswerBody); err == nil {
			a.answer, answer.Body = n, n
		}
	}
	return answer, nil
}

func (e *executor) part(step string) *part {
	for _, p := range e.cast.parts {
		if p.step.StepId == step {
			return p
		}
	}
	return nil
}

// request makes the HTTP request of a step out of what the engine evaluated.
func (e *executor) request(ctx context.Context, p *part, asked *arazzo.ExecutionRequest) (*http.Request, []byte, error) {
	base, ok := e.options.Bases[p.source.name]
	if !ok {
		return nil, nil, fmt.Errorf("there is no base URL for %q", p.source.name)
	}
	variables, query, header := map[string]string{}, url.Values{}, http.Header{}
	for name, value := range asked.Parameters {
		value, err := plain(value)
		if err != nil {
			return nil, nil, fmt.Errorf("parameter %q: %w", name, err)
		}
		switch in := p.places[name]; {
		case value == nil:
		case in == "path":
			variables[name] = text(value)
		case in == "header":
			header.Set(name, text(value))
		default:
			query.Set(name, text(value))
		}
	}
	at, err := p.operation.url(base, e.options.Tenant, variables, query)
	if err != nil {
		return nil, nil, err
	}
	var body []byte
	media := asked.ContentType
	if asked.RequestBody != nil {
		if media == "" {
			media = p.operation.Takes
		}
		if body, err = encode(asked.RequestBody, media); err != nil {
			return nil, nil, fmt.Errorf("the body: %w", err)
		}
	}
	r, err := e.build(ctx, p, at, body)
	if err != nil {
		return nil, nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", media)
	}
	for name := range header {
		r.Header.Set(name, header.Get(name))
	}
	return r, body, nil
}

// build makes a request with what every call to the source carries.
func (e *executor) build(ctx context.Context, p *part, at string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, p.operation.Method, at, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if p.source.name != specs.Control {
		for name, values := range e.options.Header {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if len(p.operation.Answers) > 0 {
		r.Header.Set("Accept", strings.Join(p.operation.Answers, ", "))
	}
	return r, nil
}

// exchange sends a request, reads the answer to its end and shows both to the observer.
func (e *executor) exchange(r *http.Request, body []byte, p *part) Exchange {
	x := Exchange{Workflow: e.workflow, Step: p.step.StepId, Source: p.source.name, Operation: p.operation.ID,
		Method: r.Method, URL: r.URL.String(), Header: r.Header.Clone(), Body: body}
	answer, err := e.doer.Do(r)
	if err == nil {
		defer answer.Body.Close()
		x.Status, x.AnswerHeader = answer.StatusCode, answer.Header
		x.AnswerBody, err = io.ReadAll(io.LimitReader(answer.Body, most))
	}
	x.Err = err
	if e.options.Observe != nil {
		e.options.Observe(x)
	}
	return x
}

// sleep passes time: a simulator's is moved on, a sandbox's is waited for.
func (e *executor) sleep(ctx context.Context, d time.Duration) error {
	if _, onMock := e.options.Bases[specs.Control]; onMock {
		return e.advance(ctx, d)
	}
	if e.options.Sleep != nil {
		return e.options.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (e *executor) advance(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	s, err := openSource(specs.Control)
	if err != nil {
		return err
	}
	last := e.attempts[len(e.attempts)-1].part
	p := &part{step: last.step, source: s, operation: s.operations["advanceClock"]}
	r, body, err := e.request(ctx, p, &arazzo.ExecutionRequest{RequestBody: map[string]any{"by": d.String()}})
	if err != nil {
		return err
	}
	x := e.exchange(r, body, p)
	if x.Err == nil && x.Status != http.StatusOK {
		return fmt.Errorf("the clock could not be moved on by %s: the control API answered %d %s", d, x.Status, x.AnswerBody)
	}
	return x.Err
}

// spelled gives each header under its usual spelling and in small letters: the engine looks names up as they are written.
func spelled(header http.Header) map[string][]string {
	both := map[string][]string{}
	for name, values := range header {
		both[name], both[strings.ToLower(name)] = values, values
	}
	return both
}

func form(members map[string]any) url.Values {
	values := url.Values{}
	for name, value := range members {
		values.Set(name, text(value))
	}
	return values
}
