package control_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"understudy/mock/mocktest"
)

// The payment of Norce's page, completed: what a rule can have go one way or another.
const complete = "/norce/api/checkout/v1/orders/o_yClTSySjyAuuBjmiBlHCjuEcTf/payments/p_KBiXuYjvYxsezKCQAMuuSKGDaT/complete"

var norce = []string{"Authorization: Bearer x", "x-merchant: norce", "x-channel: 1"}

func arm(s *mocktest.Server, rule string) mocktest.Response {
	return s.Call("POST", api+"/rules", rule, "Content-Type: application/json")
}

func armed(s *mocktest.Server) int { return len(s.Call("GET", api+"/rules", nil).At("rules").([]any)) }

func TestARuleIsMetByTheNextCallThatMatches(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := arm(s, `{"match": {"provider": "norce", "operation": "completePayment"}, "prefer": {"scenario": "declined", "delay": "1ms"}}`).Want(201)
	if at := r.Header.Get("Location"); s.Call("GET", at, nil).Want(200).Text("prefer.scenario") != "declined" {
		t.Errorf("Location leads to %s", at)
	}
	s.Call("GET", strings.TrimSuffix(complete, "/complete"), nil, norce...).Want(200)
	s.Call("POST", complete, nil, "x-merchant: norce", "x-channel: 1").Want(401)
	if armed(s) != 1 {
		t.Fatal("calls that do not match, or are turned away, used the rule up")
	}
	met := s.Call("POST", complete, nil, norce...).Want(400)
	if got := met.Header.Get("Preference-Applied"); got != "scenario=declined, delay=1ms" || !strings.Contains(string(met.Body), "declined") {
		t.Errorf("applied %q: %s", got, met.Body)
	}
	x := s.Call("GET", api+"/requests/"+met.Header.Get("Understudy-Exchange"), nil).Want(200)
	if x.Text("rule") != "rule-000001" {
		t.Errorf("the journal names the rule %q", x.Text("rule"))
	}
	if armed(s) != 0 {
		t.Error("the rule is still armed")
	}
}

func TestRulesAreMetOldestFirstAndAsOftenAsTheySay(t *testing.T) {
	t.Parallel()
	s := start(t)
	arm(s, `{"match": {"provider": "norce"}, "prefer": {"code": 404}, "times": 2}`).Want(201)
	arm(s, `{"match": {"provider": "norce", "operation": "getPayment"}, "prefer": {"code": 401}}`).Want(201)
	payment := strings.TrimSuffix(complete, "/complete")
	for i, want := range []int{404, 404, 401, 200} {
		r := s.Call("GET", payment, nil, norce...).Want(want)
		if forced := want != 200; forced != (r.Header.Get("Preference-Applied") != "") {
			t.Errorf("call %d: applied %q", i+1, r.Header.Get("Preference-Applied"))
		}
	}
}

func TestTheHeaderWins(t *testing.T) {
	t.Parallel()
	s := start(t)
	arm(s, `{"match": {"provider": "norce"}, "prefer": {"code": 404}}`).Want(201)
	payment := strings.TrimSuffix(complete, "/complete")
	s.Call("GET", payment, nil, append(norce, "Prefer: delay=1ms")...).Want(200)
	s.Call("GET", payment, nil, append(norce, "Prefer: code=401")...).Want(401)
	if armed(s) != 1 {
		t.Error("a call with a preference of its own used the rule up")
	}
	s.Call("GET", payment, nil, append(norce, "Prefer: return=minimal")...).Want(404)
}

func TestWhatARuleMatches(t *testing.T) {
	t.Parallel()
	s := start(t)
	for i, c := range []struct {
		match string
		meets bool
	}{
		{`"tenant": "norce:1"`, true},
		{`"tenant": "norce:2"`, false},
		{`"method": "post"`, true},
		{`"method": "GET"`, false},
		{`"path": "` + strings.TrimPrefix(complete, "/norce") + `"`, true},
		{`"path": "/complete"`, false},
		{`"path_pattern": ".*/complete"`, true},
		{`"path_pattern": "/complete"`, false},
		{`"headers": {"x-test": "one"}`, true},
		{`"headers": {"x-test": "two"}`, false},
		{`"body_contains": "voucher"`, false},
		{`"operation": "refundPayment"`, false},
	} {
		world := fmt.Sprintf("/w/match-%d", i)
		s.Call("POST", world+api+"/rules", `{"match": {"provider": "norce", `+c.match+`}, "prefer": {"scenario": "declined"}}`, "Content-Type: application/json").
			Want(map[bool]int{true: 201, false: 400}[!strings.Contains(c.match, "refund")])
		want := 200
		if c.meets {
			want = 400
		}
		if r := s.Call("POST", world+complete, nil, append(norce, "X-Test: one")...); r.Status != want {
			t.Errorf("%s: answered %d %s, want %d", c.match, r.Status, r.Body, want)
		}
	}
	arm(s, `{"match": {"provider": "nextcommerce", "body": {"send_payment_notification": true}}, "prefer": {"code": 500}}`).Want(201)
	collect(s, "").Want(200)
	s.Call("POST", "/nextcommerce/api/admin/orders/100001/collect-payment/", map[string]any{"send_payment_notification": true}, "Authorization: Bearer any").Want(500)
}

func TestARefusedCallLeavesItsRuleArmed(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Call("POST", complete, nil, norce...).Want(200)
	arm(s, `{"match": {"provider": "norce"}, "prefer": {"scenario": "declined"}}`).Want(201)
	r := s.Call("POST", complete, nil, norce...).Want(400)
	if armed(s) != 1 || r.Header.Get("Preference-Applied") != "" {
		t.Errorf("%d are armed, applied %q", armed(s), r.Header.Get("Preference-Applied"))
	}
	if x := s.Call("GET", api+"/requests/"+r.Header.Get("Understudy-Exchange"), nil); !strings.Contains(x.Text("notes.0"), "rule-000001") || x.Text("rule") != "" {
		t.Errorf("the journal says %s", x.Body)
	}
}

func TestARuleForNobodyInParticularWaitsForACallThatCanPlayIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	arm(s, `{"match": {"provider": "norce"}, "prefer": {"scenario": "declined"}}`).Want(201)
	arm(s, `{"match": {"provider": "norce"}, "prefer": {"code": 409}}`).Want(201) // getPayment declares none
	s.Call("GET", strings.TrimSuffix(complete, "/complete"), nil, norce...).Want(200)
	if armed(s) != 2 {
		t.Fatal("a call that cannot play it used a rule up")
	}
	s.Call("POST", complete, nil, norce...).Want(400)
	if armed(s) != 1 {
		t.Error("the rule was not met")
	}
}

func TestRulesAreState(t *testing.T) {
	t.Parallel()
	s := start(t)
	const rule = `{"match": {"provider": "norce", "headers": {"x-test": "one"}, "body": {"a": [1]}}, "prefer": {"code": 404, "delay": "5ms"}, "times": 3}`
	before := arm(s, rule).Want(201)
	exported := s.Call("GET", api+"/export", nil).Want(200)
	post(s, api+"/snapshots", map[string]string{"name": "armed"}).Want(201)
	s.Call("DELETE", api+"/rules", nil).Want(204)
	if armed(s) != 0 {
		t.Fatal("rules are armed after all were dropped")
	}
	post(s, api+"/snapshots/armed/restore", nil).Want(200)
	if armed(s) != 1 {
		t.Error("a snapshot forgot the rule")
	}
	post(s, api+"/worlds/default/reset", nil).Want(200)
	if armed(s) != 0 {
		t.Error("a world that begins again has a rule armed")
	}
	s.Call("POST", "/w/other"+api+"/import", exported.Body, "Content-Type: application/json").Want(200)
	if after := s.Call("GET", "/w/other"+api+"/rules/rule-000001", nil).Want(200); string(after.Body) != string(before.Body) {
		t.Errorf("imported %s, armed %s", after.Body, before.Body)
	}
	s.Call("DELETE", "/w/other"+api+"/rules/rule-000001", nil).Want(204)
	s.Call("DELETE", "/w/other"+api+"/rules/rule-000001", nil).Want(404)
}

func TestRulesThatCouldNeverBeMetAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	for rule, want := range map[string]string{
		`{"match": {}, "prefer": {"code": 404}}`:                                                                             "/match/provider",
		`{"match": {"provider": "acme"}, "prefer": {"code": 404}}`:                                                           "/match/provider",
		`{"match": {"provider": "norce", "operation": "pay"}, "prefer": {"code": 404}}`:                                      "/match/operation",
		`{"match": {"provider": "norce", "opperation": "getPayment"}, "prefer": {"code": 404}}`:                              "/match/opperation",
		`{"match": {"provider": "norce", "path_pattern": "("}, "prefer": {"code": 404}}`:                                     "/match/path_pattern",
		`{"match": {"provider": "norce"}, "prefer": {}}`:                                                                     "/prefer",
		`{"match": {"provider": "norce"}, "prefer": {"scenario": "stolen"}}`:                                                 "/prefer/scenario",
		`{"match": {"provider": "norce"}, "prefer": {"delay": "soon"}}`:                                                      "/prefer",
		`{"match": {"provider": "norce"}, "prefer": {"delay": "2m"}}`:                                                        "/prefer",
		`{"match": {"provider": "norce"}, "prefer": {"code": 99}}`:                                                           "/prefer/code",
		`{"match": {"provider": "norce"}, "prefer": {"code": 404, "scenario": "declined"}}`:                                  "/prefer/scenario",
		`{"match": {"provider": "norce", "operation": "getPayment"}, "prefer": {"code": 418}}`:                               "/prefer",
		`{"match": {"provider": "norce", "operation": "getPayment"}, "prefer": {"scenario": "declined"}}`:                    "/prefer/scenario",
		`{"match": {"provider": "fabric", "operation": "createOrder"}, "prefer": {"scenario": "abandoned"}}`:                 "/prefer/scenario",
		`{"match": {"provider": "norce"}, "prefer": {"code": 404}, "times": 0}`:                                              "/times",
		`{"match": {"provider": "norce", "operation": "completePayment"}, "prefer": {"scenario": "declined"}, "times": 1.5}`: "/times",
	} {
		r := arm(s, rule).Want(http.StatusBadRequest)
		if !strings.Contains(string(r.Body), `"pointer":"`+want) || r.Text("problems.0.want") == "" {
			t.Errorf("%s: %s; want %s", rule, r.Body, want)
		}
	}
	if armed(s) != 0 {
		t.Error("a refused rule is armed")
	}
}

func TestTheConsoleShowsArmedRules(t *testing.T) {
	t.Parallel()
	s := start(t)
	arm(s, `{"match": {"provider": "norce", "body": {"<b>": 1}}, "prefer": {"scenario": "declined"}}`).Want(201)
	page := string(s.Call("GET", api+"/", nil).Want(200).Body)
	if !strings.Contains(page, `data-rule="rule-000001"`) || !strings.Contains(page, "scenario=declined") || strings.Contains(page, "<b>") {
		t.Errorf("the console shows\n%s", page)
	}
}

func TestAnImportedRuleThatDoesNotReadIsNeverMet(t *testing.T) {
	t.Parallel()
	s := start(t)
	arm(s, `{"match": {"provider": "norce", "path_pattern": "kept"}, "prefer": {"delay": "1ms"}}`).Want(201)
	exported := string(s.Call("GET", api+"/export", nil).Want(200).Body)
	for _, broken := range []string{strings.Replace(exported, "kept", "(", 1), strings.Replace(strings.Replace(exported, "kept", ".*", 1), `"1ms"`, `"soon"`, 1)} {
		s.Call("POST", api+"/import", broken, "Content-Type: application/json").Want(200)
		r := s.Call("GET", strings.TrimSuffix(complete, "/complete"), nil, norce...).Want(200)
		if armed(s) != 1 || r.Header.Get("Preference-Applied") != "" {
			t.Errorf("met: %q", r.Header.Get("Preference-Applied"))
		}
	}
}
