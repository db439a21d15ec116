package harness

import (
	"strings"
	"testing"
	"time"
)

// lasting plays a retried payment on the mock, whose clock stands somewhere, and tells its answer again with another end of the link.
func lasting(t *testing.T, again func(x *Exchange, now time.Time)) []Finding {
	t.Helper()
	mock, err := StartMock(t.Context(), "commerceengine", "", "lifetimes")
	if err != nil {
		t.Fatal(err)
	}
	stage, err := NewStage(t.Context(), mock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stage.Close)
	e := stage.Play(t.Context(), Contract{Entry{Provider: mock.Provider, Operation: "retryPayment", Kind: Conformance, Name: "lasts"}, func(s *Scene) {
		x := s.Send(mock.Sample(mock.Document.Operation(s.entry.Operation), ""), "the document's example").Exchange
		var clock struct{ Now time.Time }
		if err := s.Control("GET", "/clock", nil, &clock); err != nil {
			t.Error(err)
		}
		s.memory.Forget()
		again(&x, clock.Now)
		s.Tell(x)
	}})
	return e.Findings
}

func TestWhatIsToldToLastTooLongIsFound(t *testing.T) {
	t.Parallel()
	linkUntil := func(after time.Duration) []Finding {
		return lasting(t, func(x *Exchange, now time.Time) {
			body, from := string(x.Response.Body), `"expiry":"`
			i := strings.Index(body, from) + len(from)
			x.Response.Body = []byte(body[:i] + now.Add(after).Format(time.RFC3339) + body[i+strings.IndexByte(body[i:], '"'):])
		})
	}
	for after, want := range map[time.Duration]bool{-time.Hour: false, time.Minute: false, 15 * time.Minute: false, 17 * time.Minute: true, 15 * 24 * time.Hour: true} {
		found := linkUntil(after)
		if (len(found) > 0) != want {
			t.Errorf("a link for %s: %v", after, found)
		}
		for _, f := range found {
			if f.Rule != RuleLifetime || f.Pointer != "/content/payment_info/payment_links/expiry" || f.Provenance != "assumed" || f.Line == 0 {
				t.Errorf("a link for %s: %+v", after, f)
			}
		}
	}
}

func TestAnExampleMayEndWhenItLikes(t *testing.T) {
	t.Parallel()
	found := lasting(t, func(x *Exchange, _ time.Time) {
		x.Shape, x.Response.Body = true, []byte(strings.ReplaceAll(string(x.Response.Body), "2026-", "2036-"))
	})
	if len(found) > 0 {
		t.Error(found)
	}
}
