package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"understudy/contracts/harness/document"
)

// Contract is an entry and how to hold the target to it.
type Contract struct {
	Entry
	Play func(s *Scene)
}

// Stage is where the contracts of one provider are played before one target. It keeps what came of them.
type Stage struct {
	Target   *Target
	Judge    *Judge
	About    About    // of a mock
	Accepted Accepted // what is known to differ
	Keep     bool     // keep every exchange, not only those that findings speak of
	Command  string   // what repeats a contract, up to its focus
	FailOn   string   // before a sandbox: the weakest mark whose break counts; "" is documented
	Result   Result

	facing *Counterpart // nil: answers are not compared with the mock's
}

// NewStage makes a stage before a target. A mock is asked about its provider first.
func NewStage(ctx context.Context, t *Target) (*Stage, error) {
	judge, err := NewJudge(t.Document)
	if err != nil {
		return nil, err
	}
	s := &Stage{Target: t, Judge: judge}
	s.Result = Result{Provider: t.Provider, Target: t.Name, URL: t.Client.masked(t.Origin), Seed: t.Seed, Started: time.Now().UTC()}
	if t.Mock() {
		judge.Strict, judge.Whole = true, true
		if s.About, err = t.About(ctx); err != nil {
			return nil, err
		}
	} else {
		judge.Strict = t.sandbox.Strict
	}
	judge.Expect(&s.Result.Coverage)
	return s, nil
}

// Scene is one contract being played.
type Scene struct {
	context.Context
	*Stage
	World string

	entry  *Entry
	all    []Exchange
	faced  *facing // nil until something is put to the mock too
	memory Memory
}

// skipped ends a scene.
type skipped struct{ reason string }

// Play plays one contract and keeps how it ended.
func (s *Stage) Play(ctx context.Context, c Contract) Entry {
	e := c.Entry
	e.Target = s.Target.Name
	e.Repeat = Repeat{Command: s.Command + " --focus " + quoted(e.Title()), Seed: s.Target.Seed}
	began := time.Now()
	scene := &Scene{Context: ctx, Stage: s, entry: &e}
	if s.Target.Mock() {
		scene.World = World(e)
		e.Repeat.World = scene.World
	}
	if e.Reason = s.Over(ctx); e.Reason == "" {
		scene.play(c.Play)
	}
	if why := s.Over(ctx); why != "" && e.Status != Passed { // what it found may be of that alone
		e.Status, e.Reason, e.Findings, e.Exchanges = Skipped, why, nil, nil
	}
	e.Took = time.Since(began)
	s.Result.Entries = append(s.Result.Entries, e)
	s.Result.Took = time.Since(s.Result.Started)
	return e
}

// Over tells why nothing more can be played; empty if it can.
func (s *Stage) Over(ctx context.Context) string {
	switch {
	case ctx.Err() != nil:
		return "the run was ended before its end"
	case s.Target.Client.gone.Load():
		return "the target went away: it takes no connections any more"
	}
	return ""
}

// Away tells whether the target went away while it was played before.
func (s *Stage) Away() bool { return s.Target.Client.gone.Load() }

func (s *Scene) play(f func(*Scene)) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case skipped:
			s.entry.Reason = p.reason
		default:
			s.Result.Trouble = fmt.Sprintf("a mistake of the suites in %q: %v\n%s", s.entry.Title(), p, debug.Stack())
			panic(p)
		}
		s.finish()
	}()
	f(s)
}

// finish decides how the entry ended, and tidies up.
func (s *Scene) finish() {
	e := s.entry
	e.Sent = len(s.all)
	for i := range e.Findings {
		s.rule(&e.Findings[i])
		if a := s.Accepted.Excuse(*e, e.Findings[i]); a != nil {
			e.Findings[i].Accepted = a.Reason
		}
	}
	switch {
	case len(e.Broken()) > 0:
		e.Status = Failed
	case e.Reason != "":
		e.Status = Skipped
	default:
		e.Status = Passed
	}
	s.keep()
	if s.faced != nil {
		_ = s.facing.mock.Control(context.WithoutCancel(s), http.MethodDelete, "", "/worlds/"+s.faced.world, nil, nil)
	}
	if s.World != "" && (e.Status != Failed || s.Target.Seed != "") {
		_ = s.Target.Control(context.WithoutCancel(s), http.MethodDelete, "", "/worlds/"+s.World, nil, nil) // it may never have come into being
	}
}

// keep leaves out the exchanges that nobody speaks of.
func (s *Scene) keep() {
	e := s.entry
	place := map[int]int{}
	for i, x := range s.all {
		if s.Keep || slices.ContainsFunc(e.Findings, func(f Finding) bool { return f.Exchange == i }) {
			place[i] = len(e.Exchanges)
			e.Exchanges = append(e.Exchanges, x)
		}
	}
	for i := range e.Findings {
		if at, ok := place[e.Findings[i].Exchange]; ok {
			e.Findings[i].Exchange = at
		}
	}
	for _, f := range e.Broken() {
		if f.Exchange >= 0 {
			e.Repeat.Curl = Curl(e.Exchanges[f.Exchange].Request)
			return
		}
	}
}

// Skip ends the scene without a judgement.
func (s *Scene) Skip(format string, args ...any) { panic(skipped{fmt.Sprintf(format, args...)}) }

// Told is an exchange that was had and judged.
type Told struct {
	Exchange
	index int
	sound bool // the judge had nothing against it
}

// Sound tells whether the answer is as the document has it.
func (t Told) Sound() bool { return t.sound }

// Send sends a request to an operation, and judges the answer by what that operation declares. note says what is tried.
func (s *Scene) Send(r document.Request, note string) Told {
	q, err := r.HTTP(s.Target.Base(s.World))
	if err != nil {
		s.Skip("%s cannot be sent: %v", note, err)
	}
	return s.send(q, r.Operation, note)
}

func (s *Scene) send(q *http.Request, op *document.Operation, note string) Told {
	x, err := s.Target.Client.Exchange(q.WithContext(s))
	if err != nil {
		s.Skip("%v", err)
	}
	x.World, x.Note = s.World, note
	x.Shape = x.Response.Header.Get("Preference-Applied") != "" && strings.Contains(q.Header.Get("Prefer"), "code=")
	if op != nil {
		x.Operation = op.ID
	}
	return s.Tell(x)
}

// Tell judges an exchange that was had elsewhere, and keeps it.
func (s *Scene) Tell(x Exchange) Told {
	t := Told{Exchange: x, index: len(s.all)}
	s.all = append(s.all, x)
	findings := s.Judge.Judge(x, &s.Result.Coverage)
	if s.Target.Mock() { // elsewhere things happen by themselves
		findings = append(findings, s.memory.Hear(s.Target.Document, s.Target.Path(s.World, x.Request.URL), x)...)
	}
	findings = append(findings, s.outlasting(x)...)
	t.sound = len(findings) == 0
	for _, f := range findings {
		f.Exchange = t.index
		s.entry.Findings = append(s.entry.Findings, f)
	}
	s.beside(t)
	return t
}

// Untaken tells whether a body that suits the vendor's page is forbidden by the profile that is served, which reads the API otherwise.
func (s *Scene) Untaken(t Told) bool {
	forbidden, _ := s.Judge.Forbidden(t.Exchange)
	return forbidden && s.Target.Document.Profile != ""
}

// Path is the vendor's path of a URL in a world, escaped and without a query.
func (t *Target) Path(world, at string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(at, t.Base(world)), "?")
	return path
}

// Doer sends requests that are made elsewhere, as a workflow's steps, with the target's credentials. Those that meet an operation of the provider's document are judged by
// it, and handed to told; those that speak to the mock itself pass unseen.
func (s *Scene) Doer(told func(Told)) interface {
	Do(*http.Request) (*http.Response, error)
} {
	return doer{s, told}
}

type doer struct {
	scene *Scene
	told  func(Told)
}

func (d doer) Do(r *http.Request) (*http.Response, error) {
	s := d.scene
	path, below := strings.CutPrefix(r.URL.String(), s.Target.Base(s.World))
	if !below {
		if r.Method != http.MethodGet {
			s.memory.Forget()
		}
		return s.Target.Client.Do(r)
	}
	path, _, _ = strings.Cut(path, "?")
	op, _ := s.Target.Document.Match(r.Method, path)
	if op != nil {
		s.Target.dress(r, op)
	}
	x, err := s.Target.Client.Exchange(r)
	if err != nil {
		return nil, err
	}
	x.World = s.World
	if op != nil {
		x.Operation = op.ID
	}
	d.told(s.Tell(x))
	if x.Response.Status == 0 {
		return nil, errors.New(x.Error)
	}
	return answerOf(r, x), nil
}

// answerOf gives an exchange's answer to somebody else.
func answerOf(r *http.Request, x Exchange) *http.Response {
	return &http.Response{
		Status: fmt.Sprintf("%d %s", x.Response.Status, http.StatusText(x.Response.Status)), StatusCode: x.Response.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.Response.Header.Clone(), Body: bodyOf(x.Response.Body), ContentLength: int64(len(x.Response.Body)), Request: r,
	}
}

// Find adds a finding about an exchange; the entry's operation says where the document speaks of it.
func (s *Scene) Find(t Told, f Finding) {
	f.Exchange = t.index
	if f.Line == 0 || f.Provenance == "" {
		placed := f
		s.Judge.Place(t.Exchange, &placed)
		f.Provenance = cmp.Or(f.Provenance, placed.Provenance)
		if f.Line == 0 {
			f.File, f.Line = placed.File, placed.Line
		}
	}
	s.find(f)
}

// Note adds a finding that is about no exchange.
func (s *Scene) Note(f Finding) {
	f.Exchange = -1
	s.find(f)
}

func (s *Scene) find(f Finding) {
	if op := s.Target.Document.Operation(s.entry.Operation); op != nil && f.Line == 0 {
		f.File, f.Line = s.Target.Document.File, op.Line
		if f.Provenance == "" {
			f.Provenance = op.Provenance
		}
	}
	if len(f.Readers) == 0 {
		f.Readers = []string{readerOwn}
	}
	s.entry.Findings = append(s.entry.Findings, f)
}

// Control asks the mock's control API about this scene's world.
func (s *Scene) Control(method, path string, body, into any) error {
	if method != http.MethodGet {
		s.memory.Forget()
	}
	return s.Target.Control(s, method, s.World, path, body, into)
}

// SendAstray sends a request that is to meet no operation, and judges the answer by what the document says of such requests.
func (s *Scene) SendAstray(r document.Request, note string) Told {
	q, err := r.HTTP(s.Target.Base(s.World))
	if err != nil {
		s.Skip("%s cannot be sent: %v", note, err)
	}
	return s.send(q, nil, note)
}

// Close ends what was started for the stage.
func (s *Stage) Close() {
	if s.Target != nil && s.Target.Client != nil {
		s.Target.Close()
	}
	if s.facing != nil {
		s.facing.mock.Close()
	}
}

// SendCall sends the call of the vendor's page.
func (s *Scene) SendCall(c Call, op *document.Operation) Told {
	q, err := http.NewRequest(c.Method, c.URL, strings.NewReader(c.Body))
	if err != nil {
		s.Skip("the page's call cannot be sent: %v", err)
	}
	q.Header = http.Header(c.Headers).Clone()
	return s.send(q, op, "the page's call")
}
