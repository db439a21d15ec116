package harness

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func sampleResult() Result {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	r := Result{Provider: "norce", Target: "mock", Started: at, Took: time.Second, Entries: []Entry{{
		Provider: "norce", Operation: "updatePayment", Target: "mock", Kind: Refusals, Effect: "write", Name: "refuses body /amount",
		Status: Failed, Sent: 1, Findings: []Finding{{Rule: RuleAccepted, Message: "it was taken", Exchange: 0}, {Rule: RuleBody, Accepted: "known", Exchange: -1}},
		Exchanges: []Exchange{{Provider: "norce", Operation: "updatePayment", At: at, Request: Request{Method: "POST", Body: []byte("\xff{")},
			Response: Response{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: []byte("{}\x00")}}},
	}}}
	r.Coverage.Expect(Cell{Provider: "norce", Operation: "updatePayment", Status: 200, Media: "application/json"}, "documented")
	r.Coverage.Touch(Cell{Provider: "norce", Operation: "updatePayment", Status: 200, Media: "application/json"}, false)
	return r
}

func TestAResultSurvivesJSON(t *testing.T) {
	t.Parallel()
	want := sampleResult()
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Result
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestMergeOrdersAndMeasures(t *testing.T) {
	t.Parallel()
	first, second := sampleResult(), sampleResult()
	first.Target, second.Started = "sandbox", second.Started.Add(time.Minute)
	r := Merge(first, second)
	if r.Results[0].Target != "mock" || r.Took != time.Minute+time.Second || !r.Started.Equal(first.Started) {
		t.Errorf("%s first, %s, from %s", r.Results[0].Target, r.Took, r.Started)
	}
	if got := Count(r.Entries()); got != (Tally{Failed: 2}) {
		t.Errorf("%+v", got)
	}
	if broken := r.Entries()[0].Broken(); len(broken) != 1 || broken[0].Rule != RuleAccepted {
		t.Errorf("an excused finding counts: %+v", broken)
	}
}

func TestCoverageTellsBehaviourFromShape(t *testing.T) {
	t.Parallel()
	var a, b Coverage
	answer := Cell{Provider: "norce", Operation: "x", Status: 200}
	property, move := answer, Cell{Provider: "norce", Transition: "payments: intent approve reserved"}
	property.Property = "/id"
	for _, cell := range []Cell{answer, property, move} {
		a.Expect(cell, "assumed")
	}
	a.Touch(property, true)
	b.Touch(answer, false)
	a.Add(b)
	answers, properties, transitions := a.Shares()
	if answers != (Share{1, 1, 0}) || properties != (Share{1, 0, 1}) || transitions != (Share{1, 0, 0}) {
		t.Errorf("%+v %+v %+v", answers, properties, transitions)
	}
	if a.Of(answer).Provenance != "assumed" || answers.Percent() != 100 || transitions.Percent() != 0 {
		t.Errorf("%+v", a.Of(answer))
	}
}

// TestPropertiesOfShapesAreNotCounted: what only Prefer brings shows nothing of what behaviour leaves out.
func TestPropertiesOfShapesAreNotCounted(t *testing.T) {
	t.Parallel()
	var c Coverage
	for status, shape := range map[int]bool{200: false, 500: true} {
		answer := Cell{Provider: "acme", Operation: "getOrder", Status: status, Media: "application/json"}
		c.Touch(answer, shape)
		for _, property := range []string{"/id", "/note"} {
			answer.Property = property
			c.Expect(answer, "documented")
		}
		answer.Property = "/id"
		c.Touch(answer, shape)
	}
	if answers, properties, _ := c.Shares(); answers != (Share{All: 2, Real: 1, Shape: 1}) || properties != (Share{All: 2, Real: 1}) {
		t.Errorf("answers %+v, properties %+v", answers, properties)
	}
}
