package flow_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/contracts/harness/flow"
	"understudy/contracts/workflows"
	"understudy/mock/mocktest"
)

// spoiler stands before the simulator and changes one thing in the answers of one operation.
type spoiler struct {
	method, path string // the path's end
	status       int    // instead of the answer's; 0 leaves it
	old, new     string // in the body
	met          int
}

func (s *spoiler) Do(r *http.Request) (*http.Response, error) {
	answer, err := client.Do(r)
	if err != nil || r.Method != s.method || !strings.HasSuffix(r.URL.Path, s.path) {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if strings.Contains(string(body), s.old) {
		s.met++
		if s.status != 0 {
			answer.StatusCode = s.status
		}
	}
	answer.Body = io.NopCloser(bytes.NewReader([]byte(strings.Replace(string(body), s.old, s.new, 1))))
	return answer, err
}

// TestABrokenAnswerIsFound breaks one thing of the simulator's at a time, as a bug would.
func TestABrokenAnswerIsFound(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t)
	for _, c := range []struct {
		workflow string
		spoil    spoiler
		step     string
		says     []string
	}{
		{"commerceengine-retry-to-paid", spoiler{method: "GET", path: "/payment-status", old: `"status":"success"`, new: `"status":"pending"`}, "paid", []string{"content/status == 'success'", `is "pending"`}},
		{"commerceengine-retry-to-paid", spoiler{method: "GET", path: "/payment-status", old: `"amount_unpaid":0`, new: `"amount_unpaid":1`}, "paid", []string{"amount_unpaid", "is 1"}},
		{"commerceengine-retry-to-paid", spoiler{method: "POST", path: "/retry-payment", old: `"amount":"499.00"`, new: `"amount":"49.90"`}, "retry", []string{"payload/amount == ", `is "49.90"`, "due is 499"}},
		{"commerceengine-retry-to-paid", spoiler{method: "POST", path: "/retry-payment", old: `"amount":"499.00"`, new: `"amount":"much"`}, "retry", []string{`is "much"`}},
		{"commerceengine-expired-order", spoiler{method: "POST", path: "/retry-payment", status: 200, old: `order_expired`, new: `order_expired`}, "refused", []string{"$statusCode == 400", "$statusCode is 200"}},
		{"fabric-capture-and-refund", spoiler{method: "GET", path: "/order/309029001", old: `"refunded":90`, new: `"refunded":50`}, "read", []string{"balances/refunded == 90", "is 50"}},
		{"norce-part-payment-repriced", spoiler{method: "POST", path: "/update-payment", old: `"value":950`, new: `"value":1250`}, "grows", []string{"@.value == 950", "1250"}},
		{"norce-part-payment-repriced", spoiler{method: "GET", path: "", old: `"value":95000`, new: `"value":70000`}, "covers", []string{"amount/value == 95000", "is 70000"}},
		{"nextcommerce-raise-collect-decline-collect", spoiler{method: "POST", path: "/collect-payment/", status: 500, old: `payment_response_code`, new: `payment_response_code`}, "declined", []string{"$statusCode is 500"}},
		{"commercelayer-challenge-to-captured", spoiler{method: "GET", path: "/captures", old: `"amount_cents":12000`, new: `"amount_cents":120`}, "captures", []string{"is 120;", "is 12000"}},
		{"commercelayer-challenge-failed", spoiler{method: "PATCH", path: "", old: `"status":"Declined"`, new: `"status":"Authorized"`}, "details", []string{"status == 'Declined'", `is "Authorized"`}},
	} {
		t.Run(c.workflow+" "+c.step, func(t *testing.T) {
			t.Parallel()
			world := strings.ReplaceAll("broken-"+c.step+"-"+c.workflow, "_", "-")
			world += "-" + strconv.Itoa(len(c.spoil.new))
			out, err := flow.Run(t.Context(), &c.spoil, documents(t), c.workflow, flow.Options{Bases: flow.OnMock(s.URL, world), Header: credentials})
			if err != nil || out.Passed || c.spoil.met == 0 {
				t.Fatalf("it passed: %v (%v); %d answers were changed", out.Passed, err, c.spoil.met)
			}
			told := strings.Join(out.Broken(), "\n")
			if !strings.Contains(told, "step "+c.step+" (") || strings.Contains(told, ":0 step") {
				t.Errorf("it does not name the step %s and its line:\n%s", c.step, told)
			}
			for _, part := range c.says {
				if !strings.Contains(told, part) {
					t.Errorf("it does not say %q:\n%s", part, told)
				}
			}
		})
	}
}

// TestABrokenExpectationIsFound breaks the workflow instead.
func TestABrokenExpectationIsFound(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t)
	text, _ := workflows.Read("fabric.arazzo.yaml")
	changed := strings.Replace(string(text), "balances/capturable == 44.5", "balances/capturable == 44.4", 1)
	d, err := flow.Read("fabric.arazzo.yaml", []byte(changed))
	if err != nil || changed == string(text) {
		t.Fatal(err)
	}
	out, err := flow.Run(t.Context(), client, []*flow.Document{d}, "fabric-capture-and-refund", flow.Options{Bases: flow.OnMock(s.URL, "expectation"), Header: credentials})
	if err != nil || out.Passed || !strings.Contains(strings.Join(out.Broken(), "\n"), "step captured-part (updatePaymentStatus): $response.body#/payments/0/balances/capturable == 44.4 does not hold: $response.body#/payments/0/balances/capturable is 44.5") {
		t.Errorf("it is told as %q, %v", out.Broken(), err)
	}
	for _, step := range out.Steps {
		if want := map[string]flow.State{"place": flow.Passed, "place-again": flow.Passed, "authorised": flow.Passed, "captured-part": flow.Failed}[step.ID]; want != "" && step.State != want || want == "" && step.State != flow.Unreached {
			t.Errorf("step %s is %s", step.ID, step.State)
		}
	}
}

// sandbox is the simulator without a control API, as a workflow sees it.
func sandbox(s *mocktest.Server, world string) flow.Options {
	bases := flow.OnMock(s.URL, world)
	delete(bases, "control")
	return flow.Options{Bases: bases, Header: credentials}
}

func states(out flow.Outcome) string {
	var list []string
	for _, step := range out.Steps {
		list = append(list, step.ID+" "+string(step.State))
	}
	return strings.Join(list, ", ")
}

func TestOnASandbox(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t)

	t.Run("without what it needs, a workflow is skipped and nothing is sent", func(t *testing.T) {
		t.Parallel()
		o := sandbox(s, "empty")
		o.Observe = func(x flow.Exchange) { t.Errorf("%s %s was sent", x.Method, x.URL) }
		out, err := flow.Run(t.Context(), client, documents(t), "commerceengine-retry-to-paid", o)
		if err != nil || !strings.Contains(out.Skipped, `the input "order"`) {
			t.Errorf("skipped: %q, %v", out.Skipped, err)
		}
	})

	t.Run("without a person, it ends where one is needed", func(t *testing.T) {
		t.Parallel()
		o := sandbox(s, "alone")
		o.Inputs = map[string]any{"order": "ORD-1001"}
		out, err := flow.Run(t.Context(), client, documents(t), "commerceengine-retry-to-paid", o)
		if want := "given skipped, before passed, retry passed, waiting passed, again-too-early passed, challenged skipped, pass skipped, paid skipped, confirmed skipped, books skipped, no-more skipped"; err != nil || !out.Passed || states(out) != want {
			t.Errorf("%s\nwant %s (%v, %v)", states(out), want, out.Broken(), err)
		}
		if !strings.Contains(out.Ended, "step pass needs a person") {
			t.Errorf("it ended because of %q", out.Ended)
		}
		if reason := out.Steps[7].Reason; !strings.Contains(reason, "step pass needs a person: the customer pays on the page") {
			t.Errorf("the reason is %q", reason)
		}
	})

	t.Run("with one, they are shown the link, and it goes on", func(t *testing.T) {
		t.Parallel()
		o := sandbox(s, "helped")
		o.Inputs = map[string]any{"order": "ORD-1001"}
		o.Ask = func(_ context.Context, r flow.Request) error {
			link, _ := r.Show.(string)
			if r.Step != "pass" || !strings.HasPrefix(link, s.URL+"/w/helped/commerceengine/payment-page/") || r.Parameters["event"] != "approve" {
				t.Errorf("asked for %+v", r)
			}
			return s.Settle("commerceengine", "store_01", r.Parameters["id"].(string), "approve", "helped")
		}
		out, err := flow.Run(t.Context(), client, documents(t), "commerceengine-retry-to-paid", o)
		if err != nil || !out.Passed || !strings.Contains(states(out), "pass skipped, paid passed, confirmed passed, books passed, no-more passed") {
			t.Errorf("%s (%v, %v)", states(out), out.Broken(), err)
		}
	})

	t.Run("time is waited for, and a step tried again", func(t *testing.T) {
		t.Parallel()
		var slept time.Duration
		o := sandbox(s, "patient")
		o.Sleep = func(_ context.Context, d time.Duration) error {
			slept += d
			s.Advance(d, "patient")
			return nil
		}
		out, err := flow.Run(t.Context(), client, documents(t), "commerceengine-upi-then-cancel", o)
		if err != nil || !out.Passed || slept < time.Hour || !strings.Contains(states(out), "paid retried, paid passed") {
			t.Errorf("%s after %s (%v, %v)", states(out), slept, out.Broken(), err)
		}
	})

	t.Run("a target that does not answer fails the step, and says so", func(t *testing.T) {
		t.Parallel()
		out, err := flow.Run(t.Context(), away{}, documents(t), "fabric-capture-and-refund", sandbox(s, "away"))
		if err != nil || out.Passed || !strings.Contains(strings.Join(out.Broken(), ""), "step place (createOrder): nobody is there") {
			t.Errorf("%v, %v", out.Broken(), err)
		}
	})

	t.Run("an input that nobody declared is refused by name", func(t *testing.T) {
		t.Parallel()
		o := sandbox(s, "wrong")
		o.Inputs = map[string]any{"numbr": 1}
		if _, err := flow.Run(t.Context(), client, documents(t), "fabric-capture-and-refund", o); err == nil || !strings.Contains(err.Error(), `no input "numbr"; there are number, payment, site_context`) {
			t.Error(err)
		}
		if _, err := flow.Run(t.Context(), client, documents(t), "fabric", o); err == nil || !strings.Contains(err.Error(), `no workflow "fabric"; there are commerceengine-`) {
			t.Error(err)
		}
	})
}

type away struct{}

func (away) Do(*http.Request) (*http.Response, error) { return nil, errors.New("nobody is there") }
