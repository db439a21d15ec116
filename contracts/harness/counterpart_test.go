package harness

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// faced is a stage before a sandbox that keeps the document, facing a mock whose answers are changed on their way.
func faced(t *testing.T, change func(body map[string]any)) *Stage {
	t.Helper()
	t.Setenv("UNDERSTUDY_FACED_TOKEN", "faced-secret")
	sandbox, err := StartMock(t.Context(), "nextcommerce", "", "another seed")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sandbox.Close)
	own := &Sandbox{URL: sandbox.Origin + "/nextcommerce", Credentials: map[string]string{"oauth2": "${UNDERSTUDY_FACED_TOKEN}"}, IDs: map[string][]string{"number": {"100001"}}, Rate: 1000}
	target, err := Plan{Provider: "nextcommerce", Target: TargetSandbox, Sandbox: own}.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewStage(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Face(t.Context()); err != nil {
		t.Fatal(err)
	}
	to, _ := url.Parse(s.facing.mock.Origin)
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			raw, err := io.ReadAll(r.Body)
			var body map[string]any
			if json.Unmarshal(raw, &body) == nil && !strings.Contains(r.Request.URL.Path, "_understudy") {
				change(body)
				raw, err = json.Marshal(body)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
			r.Header.Del("Content-Length")
			return err
		},
	})
	t.Cleanup(proxy.Close)
	s.facing.mock.Origin = proxy.URL
	return s
}

// read plays one read of an order.
func read(t *testing.T, s *Stage) Entry {
	t.Helper()
	op := s.Target.Document.Operation("getOrder")
	return s.Play(t.Context(), Contract{Entry: Entry{Provider: "nextcommerce", Operation: op.ID, Kind: Conformance, Effect: "read", Name: "is read"},
		Play: func(scene *Scene) { scene.Send(s.Target.Sample(op, ""), "an order") }})
}

func TestWhatTheMockLeavesOutIsItsMistake(t *testing.T) {
	s := faced(t, func(body map[string]any) { delete(body, "currency") })
	e := read(t, s)
	if len(e.Findings) != 1 || e.Status != Failed {
		t.Fatalf("%s: %v", e.Status, e.Findings)
	}
	f := e.Findings[0]
	if f.Rule != RuleDiffers || f.Verdict != VerdictMock || f.Pointer != "/currency" || f.Provenance != "documented" || f.Line == 0 {
		t.Errorf("the finding is %+v", f)
	}
	if x := e.Exchanges[0]; x.Mock == nil || x.Mock.Status != 200 || strings.Contains(x.Request.Header.Get("Authorization"), "faced-secret") {
		t.Errorf("the exchange is %+v", x)
	}
	if c := s.Result.Compared; c != (Compared{Differing: 1}) {
		t.Errorf("%+v", c)
	}
}

func TestAnotherTypeIsTheMocksMistake(t *testing.T) {
	s := faced(t, func(body map[string]any) { body["total_incl_tax"] = 12.5 })
	if e := read(t, s); len(e.Findings) != 1 || e.Findings[0].Pointer != "/total_incl_tax" || !strings.Contains(e.Findings[0].Message, "type string") {
		t.Errorf("%v", e.Findings)
	}
}

func TestWhatSomeOfTheCastShowsIsNoMistake(t *testing.T) {
	s := faced(t, func(body map[string]any) {
		if body["number"] == "100001" {
			delete(body, "currency") // as if it were the state that this one is in
		}
	})
	if e := read(t, s); len(e.Findings) != 0 || s.Result.Compared != (Compared{Alike: 1}) {
		t.Errorf("%v, %+v", e.Findings, s.Result.Compared)
	}
}

func TestCredentialsOfTheMocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent   string
		secret bool
		want   string
	}{
		{"Bearer ${TOKEN}", false, "Bearer stand-in"},
		{"${KEY}", false, "stand-in"},
		{"Basic ${USER}", false, "Basic c3RhbmQtaW4="},
		{"Bearer " + Nobody, false, "Bearer invalid"},
		{"Bearer of-a-recording", true, "Bearer stand-in"},
		{"of-a-recording", true, "stand-in"},
		{"", true, ""},
		{"Token contract-credential", false, "Token contract-credential"},
	} {
		if got := credential(c.sent, "stand-in", c.secret); got != c.want {
			t.Errorf("%q is sent as %q, not %q", c.sent, got, c.want)
		}
	}
}
