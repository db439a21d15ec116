package mock_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"understudy/fixtures"
	"understudy/mock"
	"understudy/mock/mocktest"
)

const (
	sandbox = "https://sandbox.example.test/v2"
	status  = "/api/v1/store_01/storefront/orders/ORD-1001/payment-status"
)

// tale makes a story of one provider, as a file.
func tale(t *testing.T, mark fixtures.Mark, entries ...fixtures.Entry) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	for i := range entries {
		entries[i].StartedDateTime = mocktest.Start.Add(time.Duration(i) * time.Second)
	}
	if err := fixtures.Write(&b, &fixtures.HAR{Log: fixtures.Log{Mark: mark, Entries: entries}}); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: b.Bytes()}
}

func told(method, path, asked string, code int, answered string) fixtures.Entry {
	media := http.Header{"Content-Type": {"application/json"}}
	header := http.Header{"Authorization": {"Bearer x"}}
	var body []byte
	if asked != "" {
		header.Set("Content-Type", "application/json")
		body = []byte(asked)
	}
	return fixtures.Entry{Request: fixtures.NewRequest(method, sandbox+path, header, body), Response: fixtures.NewResponse(code, media, []byte(answered))}
}

func paymentStatus(status string) string {
	return `{"message":"payment status","success":true,"content":{"status":"` + status + `","amount_paid":0,"amount_unpaid":499,"is_retry_available":false}}`
}

func library(t *testing.T) fstest.MapFS {
	return fstest.MapFS{
		"redact/testdata/hostile.har": {Data: []byte("{")},
		"commerceengine/paid.har": tale(t, fixtures.Mark{Base: sandbox},
			told("GET", status, "", 200, paymentStatus("pending")),
			told("GET", status, "", 200, paymentStatus("success")),
			told("GET", strings.Replace(status, "1001", "7777", 1), "", 404, `{"message":"no order; see `+sandbox+`/orders","success":false,"code":"order_not_found"}`)),
	}
}

func TestRecordingsAnswerInTheirOrder(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t, func(o *mock.Options) { o.Fixtures = library(t) })
	for i, want := range []string{"pending", "success", "success"} {
		answer := s.Call("GET", "/commerceengine"+status, nil, "Authorization: Bearer y").Want(200)
		if got := answer.Text("content.status"); got != want {
			t.Errorf("call %d: %s, want %s", i+1, got, want)
		}
		entry := s.Call("GET", "/_understudy/requests/"+answer.Header.Get("Understudy-Exchange"), nil).Want(200)
		if got := entry.Text("recording"); got != "commerceengine/paid.har entry 1" && got != "commerceengine/paid.har entry 2" {
			t.Errorf("the journal says that it was taken from %q", got)
		}
	}
	if got := s.Call("GET", "/w/other/commerceengine"+status, nil, "Authorization: Bearer y").Text("content.status"); got != "pending" {
		t.Errorf("another world begins at %s", got)
	}
	s.Call("POST", "/_understudy/worlds/default/reset", nil).Want(200)
	if got := s.Call("GET", "/commerceengine"+status, nil, "Authorization: Bearer y").Text("content.status"); got != "pending" {
		t.Errorf("a world that was reset begins at %s", got)
	}
}

func TestRecordedPagesAreLeftOutAndToldOfOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	visit := told("GET", "/pay/ordeh_1", "", 200, "<p>pay</p>")
	s, err := mock.New(mock.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Fixtures: fstest.MapFS{
		"commerceengine/paid.har": tale(t, fixtures.Mark{Base: sandbox}, told("GET", status, "", 200, paymentStatus("success")), visit, visit, visit),
	}})
	if err == nil {
		err = s.Ready(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if said := log.String(); strings.Count(said, "left out") != 1 || !strings.Contains(said, "count=3") || !strings.Contains(said, `first="commerceengine/paid.har entry 2"`) {
		t.Errorf("the log says %s", said)
	}
}

func TestARecordingWithoutItsBodyAnswersNothing(t *testing.T) {
	t.Parallel()
	long := told("GET", status, "", 200, "")
	long.Response.Content.Comment = "the body is longer than 8388608 bytes and was left out"
	folder := fstest.MapFS{"commerceengine/paid.har": tale(t, fixtures.Mark{Base: sandbox}, long, told("GET", strings.Replace(status, "1001", "1002", 1), "", 200, paymentStatus("success")))}
	s := mocktest.Run(t, func(o *mock.Options) { o.Fixtures = folder })
	if got := s.Call("GET", "/commerceengine"+status, nil, "Authorization: Bearer y").Want(200).Text("content.status"); got != "failed" {
		t.Errorf("the simulator has a failed payment, and what answers says %q", got)
	}
}

func TestLinksOfRecordingsLeadHere(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t, func(o *mock.Options) { o.Fixtures = library(t) })
	answer := s.Call("GET", "/commerceengine"+strings.Replace(status, "1001", "7777", 1), nil, "Authorization: Bearer y").Want(404)
	if got, want := answer.Text("message"), "no order; see "+s.URL+"/commerceengine/orders"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestWithoutARecordingTheSimulatorAnswers(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t, func(o *mock.Options) { o.Fixtures = library(t) })
	answer := s.Call("GET", "/commerceengine"+strings.Replace(status, "1001", "1002", 1), nil, "Authorization: Bearer y").Want(200)
	notes := s.Call("GET", "/_understudy/requests/"+answer.Header.Get("Understudy-Exchange"), nil).Text("notes")
	if !strings.Contains(notes, "the closest recording is commerceengine/paid.har entry 1, but its path is") {
		t.Errorf("the journal notes %s", notes)
	}
}

func TestOnlyRecordingsAnswer(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t, func(o *mock.Options) { o.Fixtures, o.FixturesOnly = library(t), true })
	s.Call("GET", "/commerceengine"+status, nil, "Authorization: Bearer y").Want(200)
	answer := s.Call("GET", "/commerceengine"+status, nil).Want(500)
	if message := answer.Text("message"); !strings.Contains(message, "paid.har entry 1, but it was sent with credentials") || answer.At("success") != false {
		t.Errorf("it says %s", answer.Body)
	}
	if message := s.Call("GET", "/fabric/api/v2/order/309019176", nil, "Authorization: Bearer y", `x-site-context: {"account":"a"}`).Want(500).Text("message"); !strings.Contains(message, "no recording of getOrder") {
		t.Errorf("of a provider without any: %s", message)
	}
}

func TestEveryProviderSaysInItsOwnWordsThatNothingWasRecorded(t *testing.T) {
	t.Parallel()
	variable := regexp.MustCompile(`\{[^}]*\}`)
	for name, p := range ensemble(t, func(o *mock.Options) { o.Fixtures, o.FixturesOnly = library(t), true }) {
		if name == control {
			continue
		}
		for _, op := range p.document.Operations() {
			r, err := http.NewRequestWithContext(t.Context(), op.Method, p.origin+"/"+name+variable.ReplaceAllString(op.Path, "1"), nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := p.wire.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusInternalServerError {
				t.Errorf("%s of %s answers %s", op.ID, name, answer.Status)
			}
		}
	}
}

func TestFixturesThatCannotBeServed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		folder fstest.MapFS
		wants  string
	}{
		"an empty folder": {fstest.MapFS{}, "there is no recording in it"},
		"no HAR":          {fstest.MapFS{"norce/a.har": {Data: []byte("{")}}, "norce/a.har: "},
		"no provider":     {fstest.MapFS{"a.har": tale(t, fixtures.Mark{}, told("GET", "/x", "", 200, "{}"))}, "a.har: entry 1, _understudy.provider"},
	} {
		if _, err := mock.New(mock.Options{Fixtures: c.folder}); err == nil || !strings.Contains(err.Error(), c.wants) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mock.New(mock.Options{FixturesOnly: true}); err == nil {
		t.Error("only fixtures, and none, is served")
	}
}
