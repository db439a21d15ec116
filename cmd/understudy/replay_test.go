package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/fixtures"
	"understudy/mock/mocktest"
)

// collectTwice is a story that a simulator tells: an order's balance is collected, and there is nothing more to collect.
func collectTwice(t *testing.T) *fixtures.HAR {
	t.Helper()
	s := mocktest.Run(t)
	h := &fixtures.HAR{Log: fixtures.Log{Mark: fixtures.Mark{Provider: "nextcommerce", Base: s.URL + "/nextcommerce", Clock: mocktest.Start}}}
	header := http.Header{"Authorization": {"Bearer x"}, "X-29next-Api-Version": {"2024-04-01"}, "Content-Type": {"application/json"}}
	for i := range 2 {
		address := s.URL + "/nextcommerce/api/admin/orders/100001/collect-payment/"
		answer := s.Call("POST", address, "{}", "Authorization: Bearer x", "X-29next-API-Version: 2024-04-01", "Content-Type: application/json")
		h.Log.Entries = append(h.Log.Entries, fixtures.Entry{
			Mark: fixtures.Mark{Operation: "collectPayment"}, StartedDateTime: mocktest.Start.Add(time.Duration(i) * time.Second),
			Request: fixtures.NewRequest("POST", address, header, []byte("{}")), Response: fixtures.NewResponse(answer.Status, answer.Header, answer.Body),
		})
	}
	return h
}

func storyFile(t *testing.T, h *fixtures.HAR) string {
	t.Helper()
	var b bytes.Buffer
	if err := fixtures.Write(&b, h); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "story.har")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReplayEndsAsTheStoryDoes(t *testing.T) {
	t.Parallel()
	h := collectTwice(t)
	same := storyFile(t, h)
	h.Log.Entries[0].Response.Content.Text = strings.Replace(h.Log.Entries[0].Response.Content.Text, `"payment_status":"paid"`, `"payment_status":"unpaid"`, 1)
	other := storyFile(t, h)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	rules := func(text string) string {
		file := filepath.Join(t.TempDir(), "rules.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	running := mocktest.Run(t)
	for _, c := range []struct {
		name, wants string
		code        int
		args        []string
	}{
		{"the same", "2 entries, 2 same, 0 differ, 0 skipped", 0, []string{same}},
		{"the same at a running server", "2 same", 0, []string{same, "--url", running.URL}},
		{"different", "  body /payment_status (exact, published)\n    recorded \"unpaid\"\n    now      \"paid\"\n  curl -sS -X POST ", 1, []string{other}},
		{"different, as JSON", `"pointer":"/payment_status","was":"\"unpaid\"","now":"\"paid\""`, 1, []string{other, "--json"}},
		{"nobody there", "entry 1: no answer from " + gone.URL, 3, []string{same, "--url", gone.URL}},
		{"nobody there, at a path", "entry 1: no answer from " + gone.URL + "/v1", 3, []string{same, "--url", gone.URL + "/v1"}},
		{"no file", "no such file", 2, []string{same + ".none"}},
		{"no URL", "--url \"sandbox\" is not an http", 2, []string{same, "--url", "sandbox"}},
		{"where real money moves", "say --live if that is meant", 2, []string{same, "--url", "https://api.checkout.com"}},
		{"a credential that is not there", "UNDERSTUDY_NO_SUCH is empty", 2, []string{same, "--auth-env", "UNDERSTUDY_NO_SUCH"}},
		{"rules for one operation", "2 same", 0, []string{same, "--rules", rules("operations: {collectPayment: {ignore: [/number]}}")}},
		{"rules for no operation", `operation "collect", which there is not; these are: `, 2, []string{same, "--rules", rules("operations: {collect: {ignore: [/number]}}")}},
		{"no provider", "there is no provider \"shop\"", 2, []string{same, "--provider", "shop"}},
		{"another provider", "is a story of nextcommerce", 2, []string{same, "--provider", "fabric"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if code := run(append([]string{"replay"}, c.args...), &out, &out); code != c.code || !strings.Contains(out.String(), c.wants) {
				t.Errorf("it ended with %d and said\n%s", code, out.String())
			}
		})
	}
}

func TestReplayReportsForContinuousIntegration(t *testing.T) {
	t.Parallel()
	h := collectTwice(t)
	h.Log.Entries[1].Response.Status = 200
	report := filepath.Join(t.TempDir(), "report.xml")
	var out bytes.Buffer
	if code := run([]string{"replay", storyFile(t, h), "--json", "--junit", report}, &out, &out); code != 1 {
		t.Fatalf("it ended with %d and said %s", code, out.String())
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(text, &all); err != nil || all.Tests != 2 || all.Failures != 1 || all.Cases[1].Failure == nil || !strings.HasPrefix(all.Cases[1].Failure.Message, "status: was 200, now ") {
		t.Errorf("%v\n%s", err, text)
	}
	var last struct{ Entries, Same, Differs int }
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[2]), &last); err != nil || last.Entries != 2 || last.Same != 1 || last.Differs != 1 {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestReplayOfAFileThatIsWrong(t *testing.T) {
	t.Parallel()
	h := collectTwice(t)
	h.Log.Entries[1].Response.Status = 0
	file := storyFile(t, h)
	var out bytes.Buffer
	if code := run([]string{"replay", file}, &out, &out); code != 2 || !strings.Contains(out.String(), "entry 2, response.status: ") || !strings.Contains(out.String(), "--keep-going leaves it out") {
		t.Errorf("it ended with %d and said\n%s", code, out.String())
	}
	out.Reset()
	if code := run([]string{"replay", file, "--keep-going"}, &out, &out); code != 0 || !strings.Contains(out.String(), "1 entries, 1 same") {
		t.Errorf("with the good entries it ended with %d and said\n%s", code, out.String())
	}
	h = collectTwice(t)
	h.Log.Entries[1].Mark.Provider = "fabric"
	out.Reset()
	if code := run([]string{"replay", storyFile(t, h)}, &out, &out); code != 2 || !strings.Contains(out.String(), "entry 2, _understudy.provider") {
		t.Errorf("of two providers: it ended with %d and said\n%s", code, out.String())
	}
}
