package contracts

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/contracts/mend"
	"understudy/fixtures"
)

// sandboxToken is the variable that holds the stand-in's credential.
const sandboxToken = "UNDERSTUDY_DRIFT_TEST_TOKEN"

func TestMain(m *testing.M) {
	os.Setenv(sandboxToken, "drift-test-secret")
	os.Exit(m.Run())
}

// deviation changes one thing of an answer; body is nil if it is no JSON.
type deviation func(r *http.Response, body map[string]any)

// standIn is a sandbox of Next Commerce that keeps the document but for one deviation.
func standIn(t *testing.T, deviate deviation) *httptest.Server {
	t.Helper()
	behind, err := harness.StartMock(t.Context(), "nextcommerce", "", "another seed")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(behind.Close)
	to, _ := url.Parse(behind.Origin + "/nextcommerce")
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			var body map[string]any
			d := json.NewDecoder(bytes.NewReader(raw))
			d.UseNumber()
			if d.Decode(&body) == nil {
				deviate(r, body)
				raw = document.Written(body)
			} else {
				deviate(r, nil)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
			r.Header.Set("Content-Length", strconv.Itoa(len(raw)))
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server
}

// before plays the contracts in focus before a sandbox, as a worker does, and returns the run's report.
func before(t *testing.T, p harness.Plan, url string) harness.Report {
	t.Helper()
	p.Provider, p.Target = "nextcommerce", harness.TargetSandbox
	p.Sandbox = &harness.Sandbox{URL: url, Credentials: map[string]string{"oauth2": "${" + sandboxToken + "}"}, Rate: 1000, Strict: true, IDs: map[string][]string{"number": {"100001"}}}
	programme, err := Prepare(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer programme.Stage.Close()
	if len(programme.Contracts) == 0 {
		t.Fatalf("nothing is called %q", p.Focus)
	}
	for _, c := range programme.Contracts {
		programme.Stage.Play(context.WithoutCancel(t.Context()), c)
	}
	return harness.Merge(programme.Stage.Result)
}

// disputes are all findings of a report that have a verdict.
func disputes(r harness.Report) (list []harness.Finding) {
	for _, e := range r.Entries() {
		list = append(list, e.Disputes()...)
	}
	return list
}

// what a deviation is seen by.
var (
	anOrder = []string{"nextcommerce getOrder answers 200 as application/json"}
	orders  = []string{"nextcommerce listOrders answers 200 as application/json"}
	refused = []string{"nextcommerce getOrder answers 401 as application/json"}
)

// first changes the first order of a list, and leaves refusals alone.
func first(change func(order map[string]any)) deviation {
	return func(_ *http.Response, body map[string]any) {
		if list, ok := body["results"].([]any); ok {
			change(list[0].(map[string]any))
		}
	}
}

func TestEveryVerdictIsGiven(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		focus                       []string
		deviate                     deviation
		rule, pointer, mark         string
		verdict, failOn, tolerating string // it fails with --fail-on failOn and not with tolerating
		mended                      bool
	}{
		"a documented member is missing": {anOrder, func(_ *http.Response, b map[string]any) { delete(b, "total_incl_tax") },
			harness.RuleBody, "/total_incl_tax", "documented", harness.VerdictDrifted, "documented", "", false},
		"a member is named nowhere": {anOrder, func(_ *http.Response, b map[string]any) { b["loyalty_tier"] = "gold" },
			harness.RuleUndeclared, "/loyalty_tier", "documented", harness.VerdictDrifted, "documented", "", false},
		"a published member is missing": {orders, first(func(o map[string]any) { delete(o, "currency") }),
			harness.RuleBody, "/results/0/currency", "published", harness.VerdictClaimed, "published", "documented", true},
		"a published member is null": {orders, first(func(o map[string]any) { o["currency"] = nil }),
			harness.RuleBody, "/results/0/currency", "published", harness.VerdictClaimed, "published", "documented", true},
		"a published member is of another type": {orders, first(func(o map[string]any) { o["is_test"] = "no" }),
			harness.RuleBody, "/results/0/is_test", "published", harness.VerdictClaimed, "published", "documented", true},
		"a published list of values has one more": {orders, first(func(o map[string]any) { o["fulfillment_status"] = "lost" }),
			harness.RuleBody, "/results/0/fulfillment_status", "published", harness.VerdictClaimed, "published", "documented", true},
		"a published moment is written otherwise": {orders, first(func(o map[string]any) { o["date_placed"] = "2 March" }),
			harness.RuleBody, "/results/0/date_placed", "published", harness.VerdictClaimed, "published", "documented", true},
		"a published list names more": {orders, first(func(o map[string]any) { o["loyalty_tier"] = "gold" }),
			harness.RuleUndeclared, "/results/0/loyalty_tier", "published", harness.VerdictClaimed, "published", "documented", true},
		"a status is declared nowhere": {anOrder, func(r *http.Response, _ map[string]any) { r.StatusCode = 203 },
			harness.RuleStatus, "", "published", harness.VerdictClaimed, "published", "documented", true},
		"a media type is declared nowhere": {orders, func(r *http.Response, _ map[string]any) { r.Header.Set("Content-Type", "application/hal+json") },
			harness.RuleMedia, "Content-Type", "published", harness.VerdictClaimed, "published", "documented", true},
		"an assumed member is missing": {refused, func(_ *http.Response, b map[string]any) { delete(b, "detail") },
			harness.RuleBody, "/detail", "assumed", harness.VerdictClaimed, "assumed", "published", true},
		"an assumed answer is another one": {[]string{"nextcommerce listOrders refuses a wrong credential"}, forbid,
			harness.RuleDiffers, "", "assumed", harness.VerdictMock, "assumed", "published", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := standIn(t, c.deviate)
			r := before(t, harness.Plan{Focus: c.focus, FailOn: c.failOn}, server.URL)
			found := disputes(r)
			i := slices.IndexFunc(found, func(f harness.Finding) bool { return f.Rule == c.rule && f.Pointer == c.pointer })
			if i < 0 || found[i].Provenance != c.mark || found[i].Verdict != c.verdict {
				t.Fatalf("the findings are %v", found)
			}
			if harness.Count(r.Entries()).Failed == 0 {
				t.Errorf("it is kept although --fail-on is %s: %v", c.failOn, found)
			}
			if c.tolerating != "" {
				if milder := before(t, harness.Plan{Focus: c.focus, FailOn: c.tolerating}, server.URL); harness.Count(milder.Entries()).Failed > 0 || len(disputes(milder)) == 0 {
					t.Errorf("with --fail-on %s it fails, or tells nothing: %v", c.tolerating, disputes(milder))
				}
			}
			proposals, err := mend.Propose(r)
			if err != nil {
				t.Fatal(err)
			}
			if mended := len(proposals) == 1 && len(proposals[0].Actions) > 0 && len(proposals[0].Left) == 0; mended != c.mended {
				t.Fatalf("the proposals are %+v", proposals)
			}
			if c.mended {
				holds(t, proposals[0], r)
			}
		})
	}
}

// holds applies an overlay to the document, as any reader of overlays does, and judges the run's exchanges again.
func holds(t *testing.T, p mend.Proposal, r harness.Report) {
	t.Helper()
	overlay, err := p.Overlay(r.Started)
	if err != nil {
		t.Fatal(err)
	}
	d, err := document.Amended(p.Provider, overlay)
	if err != nil {
		t.Fatalf("%v\n%s", err, overlay)
	}
	judge, err := harness.NewJudge(d)
	if err != nil {
		t.Fatalf("%v\n%s", err, overlay)
	}
	judge.Strict = true
	for _, e := range r.Entries() {
		for _, x := range e.Exchanges {
			if found := judge.Judge(x, nil); len(found) > 0 {
				t.Errorf("with the overlay it still finds %v\n%s", found, overlay)
			}
		}
	}
}

// forbid answers 403 to a credential that is nobody's, where the mock answers 401; the document declares both.
func forbid(r *http.Response, body map[string]any) {
	if strings.Contains(r.Request.Header.Get("Authorization"), harness.Nobody) {
		r.StatusCode = http.StatusForbidden
		clear(body)
		body["detail"] = "This token opens nothing here."
	}
}

func TestTwoMocksAreAlike(t *testing.T) {
	t.Parallel()
	r := before(t, harness.Plan{FailOn: "assumed"}, standIn(t, func(*http.Response, map[string]any) {}).URL)
	for _, e := range r.Entries() {
		for _, f := range e.Disputes() {
			if f.Rule == harness.RuleDiffers {
				t.Errorf("%s: %s", e.Title(), f)
			}
		}
	}
	if c := r.Results[0].Compared; c.Alike < 100 || c.Differing > 0 {
		t.Errorf("%+v", c)
	}
	if strings.Contains(string(document.Written(r)), "drift-test-secret") {
		t.Error("the report holds the secret")
	}
}

// recorded plays a recording of an order that was read, with the answer changed, as the recordings target does.
func recorded(t *testing.T, change func(order map[string]any)) harness.Report {
	t.Helper()
	story, err := fixtures.Story("nextcommerce", "page")
	if err != nil {
		t.Fatal(err)
	}
	for i := range story.Log.Entries {
		answer := &story.Log.Entries[i].Response
		raw, err := answer.Body()
		if err != nil {
			t.Fatal(err)
		}
		var body map[string]any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&body); err != nil {
			t.Fatal(err)
		}
		change(body)
		*answer = fixtures.NewResponse(answer.Status, answer.Header(), document.Written(body))
	}
	folder := t.TempDir()
	raw, err := json.Marshal(story)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "page.har"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	programme, err := Prepare(t.Context(), harness.Plan{Provider: "nextcommerce", Target: harness.TargetRecordings, Recordings: folder, FailOn: "documented"})
	if err != nil {
		t.Fatal(err)
	}
	defer programme.Stage.Close()
	for _, c := range programme.Contracts {
		programme.Stage.Play(context.WithoutCancel(t.Context()), c)
	}
	return harness.Merge(programme.Stage.Result)
}

func TestRecordingsAreFacedWithTheMock(t *testing.T) {
	t.Parallel()
	r := recorded(t, func(map[string]any) {})
	if c := r.Results[0].Compared; len(disputes(r)) > 0 || c.Alike == 0 || c.Differing > 0 {
		t.Fatalf("as it was recorded: %+v, %v", c, disputes(r))
	}
	r = recorded(t, func(order map[string]any) { delete(order, "total_incl_tax") })
	if found := disputes(r); len(found) != 1 || found[0].Verdict != harness.VerdictDrifted || harness.Count(r.Entries()).Failed != 1 {
		t.Errorf("a documented member is missing: %v", found)
	}
}
