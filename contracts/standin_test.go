package contracts

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
)

// standin plays a vendor's sandbox. It shares no code with the mock: it answers what the document shows as an example, and deviates where a test wants it to.
type standin struct {
	*httptest.Server
	document *document.Document
	known    map[string][]string // ids that it knows, by path variable; others are not found
	deviate  func(op *document.Operation, status int, body any) (int, any)
	takes    bool          // whatever parameters it is sent
	gap      time.Duration // a client is thrown out that has sent more than one request for each of these since the beginning

	mu      sync.Mutex
	began   time.Time
	arrived []arrival
}

// arrival is one request that came.
type arrival struct {
	operation, effect, path string
	vars                    map[string]string
	credential              string
	answered                int
}

const (
	standinToken    = "s3cret-of-the-stand-in"
	standinVariable = "UNDERSTUDY_TEST_STANDIN"
)

func newStandin(t *testing.T, provider string, known map[string][]string) *standin {
	t.Helper()
	d, err := document.Read(provider, "")
	if err != nil {
		t.Fatal(err)
	}
	s := &standin{document: d, known: known, began: time.Now()}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Server.Close)
	return s
}

func (s *standin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op, vars := s.document.Match(r.Method, r.URL.EscapedPath())
	status, body := s.answer(r, op, vars)
	s.mu.Lock()
	a := arrival{path: r.Method + " " + r.URL.Path, vars: vars, credential: r.Header.Get("Authorization"), answered: status}
	if op != nil {
		a.operation, a.effect = op.ID, op.Effect
	}
	s.arrived = append(s.arrived, a)
	s.mu.Unlock()
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", s.media(op, status))
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (s *standin) answer(r *http.Request, op *document.Operation, vars map[string]string) (int, any) {
	if op == nil {
		return http.StatusNotFound, nil
	}
	status := op.Responses[0].Status
	s.mu.Lock()
	early := s.gap > 0 && time.Duration(len(s.arrived)) > time.Since(s.began)/s.gap+1
	s.mu.Unlock()
	switch {
	case early:
		status = http.StatusTooManyRequests
	case r.Header.Get("Authorization") != "Bearer "+standinToken:
		status = http.StatusUnauthorized
	case slices.ContainsFunc(op.Parameters, func(p *document.Parameter) bool {
		v := r.Header.Get(p.Name)
		return !s.takes && p.In == "header" && p.Required && (v == "" || p.Media != "" && !json.Valid([]byte(v)))
	}):
		status = http.StatusBadRequest
	default:
		for name, ids := range s.known {
			if id, ok := vars[name]; ok && !slices.Contains(ids, id) {
				status = http.StatusNotFound
			}
		}
	}
	body := s.example(op, status)
	if s.deviate != nil {
		return s.deviate(op, status, body)
	}
	return status, body
}

// example is a body of its own, as the document shows it.
func (s *standin) example(op *document.Operation, status int) any {
	response := op.Response(status)
	if response == nil || len(response.Media) == 0 {
		return nil
	}
	var own any
	if err := json.Unmarshal(document.Written(response.Media[0].Sample()), &own); err != nil {
		panic(err)
	}
	return own
}

func (s *standin) media(op *document.Operation, status int) string {
	if response := op.Response(status); response != nil && len(response.Media) > 0 {
		return response.Media[0].Type
	}
	return "application/json"
}

// effects counts what came by its effect.
func (s *standin) effects() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, a := range s.arrived {
		counts[a.effect]++
	}
	return counts
}

// plan is a run before the stand-in, as fast as it goes.
func (s *standin) plan(scheme string) harness.Plan {
	return harness.Plan{Provider: s.document.Provider, Target: harness.TargetSandbox, Command: "understudy contract --target sandbox", Sandbox: &harness.Sandbox{
		URL: s.URL, Credentials: map[string]string{scheme: "${" + standinVariable + "}"}, IDs: s.known, Rate: 1000,
	}}
}

// hold plays the contracts of a plan.
func hold(t *testing.T, p harness.Plan) []harness.Entry {
	t.Helper()
	programme, err := Prepare(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer programme.Stage.Close()
	for _, c := range programme.Contracts {
		programme.Stage.Play(t.Context(), c)
	}
	return programme.Stage.Result.Entries
}

// broken lists the findings that count.
func broken(entries []harness.Entry) (list []harness.Finding) {
	for _, e := range entries {
		list = append(list, e.Broken()...)
	}
	return list
}

var (
	fabricIDs = map[string][]string{"orderNumber": {"309019176"}}
	norceIDs  = map[string][]string{"order_id": {"o_yClTSySjyAuuBjmiBlHCjuEcTf"}, "payment_id": {"p_KBiXuYjvYxsezKCQAMuuSKGDaT"}}
	nextIDs   = map[string][]string{"number": {"100001"}, "lineId": {"1"}}
)

// member is a member of an object deep in an answer.
func member(body any, names ...any) map[string]any {
	for _, name := range names {
		switch holder := body.(type) {
		case map[string]any:
			body = holder[name.(string)]
		case []any:
			body = holder[name.(int)]
		}
	}
	return body.(map[string]any)
}

// TestAStandInThatDeviates is told from one that does not, with the mark of what it breaks.
func TestAStandInThatDeviates(t *testing.T) {
	t.Setenv(standinVariable, standinToken)
	for _, c := range []struct {
		name, provider, scheme string
		ids                    map[string][]string
		effects                []string
		lenient                bool
		operation              string
		deviation              func(status int, body any) (int, any)
		rule, provenance       string
	}{
		{name: "keeps its word", provider: "fabric", scheme: "bearerAuth", ids: fabricIDs},
		{name: "renames a documented member", provider: "fabric", scheme: "bearerAuth", ids: fabricIDs, operation: "getOrder", rule: harness.RuleBody, provenance: "documented",
			deviation: func(status int, body any) (int, any) {
				order := member(body)
				order["order_number"] = order["orderNumber"]
				delete(order, "orderNumber")
				return status, order
			}},
		{name: "breaks what is published", provider: "fabric", scheme: "bearerAuth", ids: fabricIDs, operation: "getOrder", rule: harness.RuleBody, provenance: "published",
			deviation: func(status int, body any) (int, any) {
				member(body, "payments", 0)["paymentCounter"] = 0
				return status, body
			}},
		{name: "tells more than is documented", provider: "fabric", scheme: "bearerAuth", ids: fabricIDs, operation: "getOrder", rule: harness.RuleUndeclared, provenance: "documented",
			deviation: func(status int, body any) (int, any) {
				member(body)["loyaltyPoints"] = 12
				return status, body
			}},
		{name: "tells more, and nobody minds", provider: "fabric", scheme: "bearerAuth", ids: fabricIDs, operation: "getOrder", lenient: true,
			deviation: func(status int, body any) (int, any) {
				member(body)["loyaltyPoints"] = 12
				return status, body
			}},
		{name: "answers a status that nobody declared", provider: "fabric", scheme: "bearerAuth", ids: fabricIDs, operation: "getOrder", rule: harness.RuleStatus, provenance: "assumed",
			deviation: func(_ int, body any) (int, any) { return http.StatusAccepted, body }},
		{name: "uses a value that our assumption left out", provider: "norce", scheme: "Bearer", ids: norceIDs, effects: []string{"read", "write"}, operation: "updatePayment", rule: harness.RuleBody,
			provenance: "assumed",
			deviation: func(status int, body any) (int, any) {
				for _, one := range body.([]any) {
					one.(map[string]any)["op"] = "move"
				}
				return status, body
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStandin(t, c.provider, c.ids)
			s.deviate = func(op *document.Operation, status int, body any) (int, any) {
				if c.deviation == nil || op.ID != c.operation || status != http.StatusOK {
					return status, body
				}
				return c.deviation(status, body)
			}
			p := s.plan(c.scheme)
			p.Labels, p.Sandbox.Effects, p.Sandbox.Strict = "kind:conformance", c.effects, !c.lenient
			if c.provider == "norce" {
				p.Focus = []string{"updatePayment"}
			}
			entries := hold(t, p)
			if c.rule == "" {
				for _, f := range broken(entries) {
					t.Error(f)
				}
				return
			}
			verdict := harness.VerdictClaimed
			if c.provenance == "documented" {
				verdict = harness.VerdictDrifted
			}
			var found []harness.Finding
			for _, e := range entries {
				found = append(found, e.Findings...)
			}
			if !slices.ContainsFunc(found, func(f harness.Finding) bool {
				return f.Rule == c.rule && f.Provenance == c.provenance && f.Verdict == verdict
			}) {
				t.Errorf("no %s finding about something %s, with the verdict that %s, among %v", c.rule, c.provenance, verdict, found)
			}
		})
	}
}

// TestNothingIsSentThatIsNotAllowed lets the stand-in count.
func TestNothingIsSentThatIsNotAllowed(t *testing.T) {
	t.Setenv(standinVariable, standinToken)
	for _, c := range []struct {
		name    string
		effects []string
	}{
		{"reads only, if nothing is said", nil},
		{"writes, but no charge", []string{"read", "write"}},
		{"charges, but nothing destroyed", []string{"read", "write", "charge"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStandin(t, "nextcommerce", nextIDs)
			p := s.plan("oauth2")
			p.Sandbox.Effects = c.effects
			hold(t, p)
			counts := s.effects()
			for _, effect := range []string{"write", "charge", "destroy"} {
				if allowed := slices.Contains(c.effects, effect); allowed != (counts[effect] > 0) {
					t.Errorf("%d requests came that %s", counts[effect], effect)
				}
			}
			if counts["read"] == 0 {
				t.Error("nothing was read")
			}
			for _, a := range s.arrived {
				if a.effect != "read" && (a.vars["number"] != "" && a.vars["number"] != "100001" || a.operation == "createOrder") {
					t.Errorf("%s touches what is not listed", a.path)
				}
				if a.operation == "" {
					t.Errorf("%s is no operation of the document", a.path)
				}
			}
		})
	}
}

// TestSecretsStayWhereTheyAre: the stand-in gets them, the result does not, even if the stand-in repeats them.
func TestSecretsStayWhereTheyAre(t *testing.T) {
	t.Setenv(standinVariable, standinToken)
	s := newStandin(t, "fabric", fabricIDs)
	s.deviate = func(op *document.Operation, status int, body any) (int, any) {
		if order, ok := body.(map[string]any); ok && status == http.StatusOK {
			order["debug"] = "called with Bearer " + standinToken
		}
		return status, body
	}
	p := s.plan("bearerAuth")
	p.Keep, p.Sandbox.Strict, p.Labels = true, true, "kind:conformance"
	entries := hold(t, p)
	if !slices.ContainsFunc(s.arrived, func(a arrival) bool { return a.credential == "Bearer "+standinToken }) {
		t.Fatal("the credential did not arrive")
	}
	raw, err := json.Marshal(entries)
	if err != nil || strings.Contains(string(raw), standinToken) {
		t.Errorf("the result tells the secret (%v)", err)
	}
	for _, e := range entries { // bodies are written in base64
		for _, x := range e.Exchanges {
			if strings.Contains(fmt.Sprint(x.Request.URL, x.Request.Header, x.Response.Header)+string(x.Request.Body)+string(x.Response.Body), standinToken) {
				t.Errorf("%s: an exchange tells the secret", e.Title())
			}
		}
	}
	if !slices.ContainsFunc(entries, func(e harness.Entry) bool { return strings.Contains(e.Repeat.Curl, "${"+standinVariable+"}") }) {
		t.Error("no curl names the variable")
	}
}

// TestARateIsKept: a client that keeps to the rate is never thrown out, and one that does not is.
func TestARateIsKept(t *testing.T) {
	t.Setenv(standinVariable, standinToken)
	thrownOut := func(rate float64, gap time.Duration) (n int) {
		s := newStandin(t, "fabric", fabricIDs)
		s.gap = gap
		p := s.plan("bearerAuth")
		p.Labels, p.Sandbox.Rate = "kind:conformance", rate
		hold(t, p)
		for _, a := range s.arrived {
			if a.answered == http.StatusTooManyRequests {
				n++
			}
		}
		return n
	}
	if n := thrownOut(50, time.Second/50); n > 0 {
		t.Errorf("%d requests came too early", n)
	}
	if thrownOut(1000, time.Hour) == 0 {
		t.Error("the stand-in does not notice what comes too early")
	}
}

// TestWhatKeepsATargetFromBeingAsked is told before anything is sent.
func TestWhatKeepsATargetFromBeingAsked(t *testing.T) {
	s := newStandin(t, "fabric", fabricIDs)
	t.Run("no credentials", func(t *testing.T) {
		t.Setenv(standinVariable, "")
		_, err := Prepare(t.Context(), s.plan("bearerAuth"))
		if missing := (*harness.MissingError)(nil); !errors.As(err, &missing) || !strings.Contains(missing.Reason, standinVariable) {
			t.Errorf("got %v, want the variable's name", err)
		}
		if r := Work(t.Context(), s.plan("bearerAuth"), nil); !strings.Contains(r.Missing, standinVariable) || r.Trouble != "" {
			t.Errorf("the result is %+v", r)
		}
	})
	t.Run("real money", func(t *testing.T) {
		t.Setenv(standinVariable, standinToken)
		p := s.plan("bearerAuth")
		p.Sandbox.URL = "https://prod01.oms.fabric.inc"
		_, err := Prepare(t.Context(), p)
		if live := (*harness.LiveError)(nil); !errors.As(err, &live) {
			t.Errorf("got %v, want it refused without --live", err)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		t.Setenv(standinVariable, standinToken)
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		p := s.plan("bearerAuth")
		p.Sandbox.URL = "http://" + free.Addr().String()
		free.Close()
		if _, err := Prepare(t.Context(), p); !errors.Is(err, harness.ErrAway) {
			t.Errorf("got %v", err)
		}
		if r := Work(t.Context(), p, nil); !r.Away {
			t.Errorf("the result is %+v", r)
		}
	})
	if len(s.arrived) > 0 {
		t.Errorf("%d requests came all the same", len(s.arrived))
	}
}

func TestWhatASandboxTakesBreaksNoPromiseThatNobodyGave(t *testing.T) {
	t.Setenv(standinVariable, standinToken)
	for _, takes := range []bool{false, true} {
		s := newStandin(t, "nextcommerce", nextIDs)
		s.takes = takes
		p := s.plan("oauth2")
		p.Focus = []string{"nextcommerce getOrder is asked without header X-29next-API-Version", "nextcommerce getOrder refuses a wrong header X-29next-API-Version"}
		entries := hold(t, p)
		if len(entries) != 2 || entries[0].Sent != 1 || len(entries[0].Findings) > 0 {
			t.Fatalf("takes %t: without the header, which has a default: %+v", takes, entries)
		}
		found := entries[1].Findings
		if len(found) == 0 {
			t.Fatalf("takes %t: another value of the header is taken, and nobody says so", takes)
		}
		for _, f := range found { // the page requires the header; that anything is refused, it does not say
			if f.Rule != harness.RuleAccepted || f.Provenance != "assumed" || f.Verdict != harness.VerdictClaimed || !f.Minor {
				t.Errorf("takes %t: %+v", takes, f)
			}
		}
	}
}
