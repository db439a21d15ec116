package control_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"understudy/mock/mocktest"
)

// talk fills a journal: a payment, a refusal, a forced answer, an unknown path, an order made by the control API.
func talk(t *testing.T) *mocktest.Server {
	t.Helper()
	s := start(t)
	body := map[string]any{"send_payment_notification": true}
	s.Call("POST", "/nextcommerce/api/admin/orders/100001/collect-payment/", body, "Authorization: Bearer any", "X-Test: one").Want(http.StatusOK)
	collect(s, "").Want(http.StatusBadRequest)
	s.Call("POST", "/nextcommerce/api/admin/orders/100001/collect-payment/?__code=500", nil, "Authorization: Bearer any").Want(http.StatusInternalServerError)
	s.Call("GET", "/nextcommerce/api/admin/order/100001/", nil, "Authorization: Bearer any").Want(http.StatusNotFound)
	post(s, api+"/norce/norce:1/orders", map[string]any{"role": "payable"}).Want(http.StatusCreated)
	return s
}

func TestFindingRequests(t *testing.T) {
	t.Parallel()
	s := talk(t)
	for name, c := range map[string]struct {
		match string
		want  string // the numbers
	}{
		"all requests":                                     {`{}`, "1 2 3 4"},
		"everything":                                       {`{"cause": "any"}`, "1 2 3 4 5"},
		"what the control API did":                         {`{"cause": "control"}`, "5"},
		"what timers did":                                  {`{"cause": "timer"}`, ""},
		"by provider":                                      {`{"provider": "nextcommerce"}`, "1 2 3 4"},
		"by another provider":                              {`{"provider": "norce"}`, ""},
		"by another provider, any cause":                   {`{"provider": "norce", "cause": "any"}`, "5"},
		"by tenant":                                        {`{"tenant": "norce:1", "cause": "any"}`, "5"},
		"by operation":                                     {`{"operation": "collectPayment"}`, "1 2 3"},
		"by status":                                        {`{"status": 400}`, "2"},
		"by method, whatever its case":                     {`{"method": "get"}`, "4"},
		"by path":                                          {`{"path": "/api/admin/order/100001/"}`, "4"},
		"by a path's beginning, which it is not":           {`{"path": "/api/admin"}`, ""},
		"by a pattern for the path":                        {`{"path_pattern": "/api/admin/orders/[0-9]+/collect-payment/"}`, "1 2 3"},
		"by a pattern for its beginning":                   {`{"path_pattern": "/api"}`, ""},
		"by a pattern for its end":                         {`{"path_pattern": "collect-payment/"}`, ""},
		"by a pattern of alternatives":                     {`{"path_pattern": "/api|collect-payment/"}`, ""},
		"by a header":                                      {`{"headers": {"x-test": "one"}}`, "1"},
		"by a header of another value":                     {`{"headers": {"X-Test": "two"}}`, ""},
		"by a member of the body":                          {`{"body": {"send_payment_notification": true}}`, "1"},
		"by another value of it":                           {`{"body": {"send_payment_notification": false}}`, ""},
		"by a member that it lacks":                        {`{"body": {"other": 1}}`, ""},
		"by an empty body, which any JSON object contains": {`{"body": {}}`, "1"},
		"by text in the body":                              {`{"body_contains": "notification"}`, "1"},
		"by an event":                                      {`{"event": "transaction.created"}`, "1"},
		"by an event that did not happen":                  {`{"event": "order.updated.never"}`, ""},
		"forced":                                           {`{"forced": true}`, "3"},
		"not forced":                                       {`{"forced": false}`, "1 2 4"},
		"unmatched":                                        {`{"unmatched": true}`, "4"},
		"matched":                                          {`{"unmatched": false}`, "1 2 3"},
		"after a number":                                   {`{"after": 2}`, "3 4"},
		"every condition has to hold":                      {`{"operation": "collectPayment", "status": 200}`, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.Call("POST", api+"/requests/find", c.match, "Content-Type: application/json").Want(http.StatusOK)
			if got := numbers(r); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			want := len(strings.Fields(c.want))
			if r.Text("meta.total") != fmt.Sprint(want) {
				t.Errorf("%s in all", r.Text("meta.total"))
			}
			if r := s.Call("POST", api+"/requests/count", c.match, "Content-Type: application/json").Want(http.StatusOK); r.Text("count") != fmt.Sprint(want) {
				t.Errorf("counted %s, want %d", r.Body, want)
			}
		})
	}
	t.Run("by query", func(t *testing.T) {
		for query, want := range map[string]string{
			"": "1 2 3 4", "cause=any": "1 2 3 4 5", "limit=2": "3 4", "after=1&limit=1": "4", "status=400": "2", "method=GET": "4",
			"operation=collectPayment": "1 2 3", "provider=norce&cause=any": "5", "path=/api/admin/order/100001/": "4", "tenant=nobody": "",
		} {
			if got := numbers(s.Call("GET", api+"/requests?"+query, nil).Want(http.StatusOK)); got != want {
				t.Errorf("?%s finds %q, want %q", query, got, want)
			}
		}
		if r := s.Call("GET", api+"/requests?limit=2", nil); r.Text("meta.total") != "4" {
			t.Errorf("%s in all", r.Text("meta.total"))
		}
	})
	t.Run("what does not read is refused", func(t *testing.T) {
		for match, pointer := range map[string]string{
			`{"path_pattern": "("}`: "/path_pattern", `{"status": "400"}`: "/status", `{"cause": "me"}`: "/cause", `{"operatoin": "x"}`: "/operatoin", `{"after": -1}`: "/after",
		} {
			r := s.Call("POST", api+"/requests/find", match, "Content-Type: application/json").Want(http.StatusBadRequest)
			if r.Text("problems.0.pointer") != pointer {
				t.Errorf("%s: %s", match, r.Body)
			}
		}
		s.Call("GET", api+"/requests?limit=0", nil).Want(http.StatusBadRequest)
		s.Call("GET", api+"/requests?after=x", nil).Want(http.StatusBadRequest)
	})
}

// numbers are those of the exchanges in an answer.
func numbers(r mocktest.Response) string {
	var list struct{ Requests []struct{ Number int } }
	r.Into(&list)
	var all []string
	for _, x := range list.Requests {
		all = append(all, fmt.Sprint(x.Number))
	}
	return strings.Join(all, " ")
}

func TestBodiesThatContainOneAnother(t *testing.T) {
	t.Parallel()
	s := start(t)
	sent := `{"data": {"list": [{"a": 1, "b": "x"}, 2], "n": 12.50, "big": 12345678901234567890, "none": null, "t": true}}`
	s.Call("POST", "/nextcommerce/nowhere", sent).Want(http.StatusNotFound)
	for body, want := range map[string]string{
		`{"data": {"n": 12.5}}`:                   "1",
		`{"data": {"n": 12.51}}`:                  "0",
		`{"data": {"n": "12.5"}}`:                 "0",
		`{"data": {"big": 12345678901234567890}}`: "1",
		`{"data": {"big": 12345678901234567891}}`: "0",
		`{"data": {"none": null}}`:                "1",
		`{"data": {"missing": null}}`:             "0",
		`{"data": {"list": [{"a": 1}, 2]}}`:       "1",
		`{"data": {"list": [{"a": 1}]}}`:          "0",
		`{"data": {"list": {}}}`:                  "0",
		`{"data": {"t": true}}`:                   "1",
		`{"data": [1]}`:                           "0",
		`{"data": {}}`:                            "1",
		`[]`:                                      "0",
	} {
		r := s.Call("POST", api+"/requests/count", `{"body": `+body+`}`, "Content-Type: application/json").Want(http.StatusOK)
		if r.Text("count") != want {
			t.Errorf("%s matches %s times, want %s", body, r.Text("count"), want)
		}
	}
}

func TestOneRequest(t *testing.T) {
	t.Parallel()
	s := start(t)
	refused := s.Call("POST", "/w/other/nextcommerce/api/admin/orders/100001/collect-payment/", `{"send_payment_notification": "yes"}`,
		"Authorization: Bearer any", "Content-Type: application/json")
	id := refused.Header.Get("Understudy-Exchange")
	if refused.Status/100 != 4 || id != "other-1" {
		t.Fatalf("%d, exchange %q: %s", refused.Status, id, refused.Body)
	}
	t.Run("Understudy-Exchange leads to it, from any world", func(t *testing.T) {
		for _, prefix := range []string{"", "/w/other", "/w/third"} {
			r := s.Call("GET", prefix+api+"/requests/"+id, nil).Want(http.StatusOK)
			x := decode(t, r.Body)
			if x["world"] != "other" || x["operation"] != "collectPayment" || r.Text("request.body") == "" || r.Text("response.status") != fmt.Sprint(refused.Status) {
				t.Errorf("%s", r.Body)
			}
			if r.Text("reason.problems.0.pointer") != "/send_payment_notification" || r.Text("reason.problems.0.line") == "" || r.Text("reason.problems.0.want") == "" {
				t.Errorf("reason: %v", r.At("reason"))
			}
		}
	})
	t.Run("others are not found", func(t *testing.T) {
		for _, id := range []string{"other-2", "default-1", "nowhere-1", "x", "-", "other-1-1", "%2F"} {
			s.Call("GET", api+"/requests/"+id, nil).Want(http.StatusNotFound)
		}
	})
	t.Run("a card's number is not kept", func(t *testing.T) {
		s.Call("POST", "/nextcommerce/nowhere", `{"card": "4242424242424242"}`).Want(http.StatusNotFound)
		r := s.Call("GET", api+"/requests/unmatched", nil).Want(http.StatusOK)
		if strings.Contains(string(r.Body), "4242424242424242") || !strings.Contains(string(r.Body), "424242******4242") {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("what met no operation names the nearest", func(t *testing.T) {
		s.Call("GET", "/w/lost/nextcommerce/api/admin/order/100001/", nil, "Authorization: Bearer any").Want(http.StatusNotFound)
		r := s.Call("GET", "/w/lost"+api+"/requests/unmatched", nil).Want(http.StatusOK)
		if r.Text("meta.total") != "1" || !strings.Contains(r.Text("requests.0.nearest"), "/orders/{number}/") {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("a journal is emptied, and its numbers go on", func(t *testing.T) {
		s.Call("DELETE", "/w/other"+api+"/requests", nil).Want(http.StatusNoContent)
		s.Call("GET", api+"/requests/"+id, nil).Want(http.StatusNotFound)
		if got := collect(s, "/w/other").Header.Get("Understudy-Exchange"); got != "other-2" {
			t.Errorf("the next is %s", got)
		}
	})
}

func TestWaitingForRequests(t *testing.T) {
	t.Parallel()
	t.Run("those that are there count", func(t *testing.T) {
		t.Parallel()
		s := talk(t)
		r := post(s, api+"/requests/wait", map[string]any{"match": map[string]any{"operation": "collectPayment"}, "count": 3, "timeout": "1ms"}).Want(http.StatusOK)
		if numbers(r) != "1 2 3" {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("it ends when enough have come", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		answered := make(chan mocktest.Response)
		go func() {
			answered <- post(s, api+"/requests/wait", map[string]any{"match": map[string]any{"status": 400}, "timeout": "1m"})
		}()
		collect(s, "").Want(http.StatusOK)
		collect(s, "").Want(http.StatusBadRequest)
		if r := (<-answered).Want(http.StatusOK); numbers(r) != "2" {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("it ends with the time", func(t *testing.T) {
		t.Parallel()
		s := talk(t)
		r := post(s, api+"/requests/wait", map[string]any{"count": 5, "timeout": "1ms"}).Want(http.StatusRequestTimeout)
		if r.Text("detail") != "4 of 5 exchanges matched within 1ms" || r.Text("kind") != "timeout" {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		for body, pointer := range map[string]string{
			`{"timeout": "61s"}`: "/timeout", `{"timeout": "soon"}`: "/timeout", `{"count": -1}`: "/count", `{"match": {"path_pattern": "("}}`: "/match/path_pattern", `{"operation": "x"}`: "/operation",
		} {
			r := s.Call("POST", api+"/requests/wait", body, "Content-Type: application/json").Want(http.StatusBadRequest)
			if r.Text("problems.0.pointer") != pointer {
				t.Errorf("%s: %s", body, r.Body)
			}
		}
	})
}

// TestAPreferenceThatNobodyKnowsIsTold misspells one: the call goes on without it, and its entry and the console say so.
func TestAPreferenceThatNobodyKnowsIsTold(t *testing.T) {
	t.Parallel()
	s := start(t)
	const collect = "/nextcommerce/api/admin/orders/100001/collect-payment/"
	s.Call("POST", collect, "{}", "Authorization: Bearer x", "Content-Type: application/json", "Prefer: respond-async, secnario=declined").Want(http.StatusOK)
	const note = "secnario=declined was not understood and left alone; the preferences are code, delay, example, scenario"
	entry := string(s.Call("GET", api+"/requests/default-1", nil).Want(http.StatusOK).Body)
	if !strings.Contains(entry, note) || strings.Contains(entry, "Prefer: respond-async was") {
		t.Errorf("the entry is %s", entry)
	}
	if page := s.Call("GET", api+"/", nil).Want(http.StatusOK); !strings.Contains(string(page.Body), note) {
		t.Error("the console does not show it")
	}
	r := s.Call("POST", collect, "{}", "Authorization: Bearer x", "Content-Type: application/json", "Prefer: code=404, example=none").Want(http.StatusBadRequest)
	if text := string(r.Body); !strings.Contains(text, "none here has a name") || strings.Contains(text, "these are: .") {
		t.Errorf("an example that there is not is refused with %s", text)
	}
}
