package nextcommerce_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/internal/openapi"
	"understudy/specs"
)

func TestDialect(t *testing.T) {
	t.Parallel()

	t.Run("the version may be absent, which the journal notes, and an unknown one is refused", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.order("100001")
		if !strings.Contains(s.Mock.Dump(), "X-29next-API-Version is absent: taken as 2024-04-01") {
			t.Error("the journal does not note it")
		}
		s.ask("GET", "/orders/100001/", nil, "x-29Next-Api-Version: 2024-04-01").Want(200)
		refused(t, s.ask("GET", "/orders/100001/", nil, "X-29next-API-Version: 2020-01-01"), `{"X-29next-API-Version":["This value is not one of the values that are allowed. Want \"2024-04-01\"."]}`)
		refused(t, s.act("100001", "collect-payment", nil, "X-29next-API-Version: unstable"), `"X-29next-API-Version"`)
		want(t, s.order("100001"), map[string]any{"payment_status": "partially_paid"})
	})

	t.Run("credentials and scopes", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		path := base + "/orders/100001/"
		for _, c := range []struct {
			header string
			status int
		}{
			{"Authorization: Bearer anything", 200}, {"Authorization: Token anything", 401}, {"Authorization: anything", 401}, {"X-Nothing: 1", 401},
			{"Authorization: Bearer expired", 401}, {"Authorization: Bearer no-scope", 403}, {"Authorization: Bearer scope=orders:read", 200},
			{"Authorization: Bearer scope=transactions:read", 403}, {"Authorization: Bearer scope=orders:write+transactions:read", 403},
		} {
			r := s.Call("GET", path, nil, c.header).Want(c.status)
			if c.status == 401 && r.Header.Get("WWW-Authenticate") != `Bearer realm="api"` {
				t.Errorf("%s: no WWW-Authenticate", c.header)
			}
			if c.status != 200 && r.Text("detail") == "" {
				t.Errorf("%s: answered %s", c.header, r.Body)
			}
		}
		r := s.Call("POST", path+"collect-payment/", nil, "Authorization: Bearer scope=orders:read").Want(403)
		if !strings.Contains(r.Text("detail"), "orders:write") {
			t.Errorf("answered %s", r.Body)
		}
		s.Call("POST", path+"collect-payment/", nil, "Authorization: Bearer scope=orders:write").Want(200)
		s.Call("GET", base+"/transactions/", nil, "Authorization: Bearer scope=orders:read").Want(403)
		s.Call("GET", base+"/transactions/", nil, "Authorization: Bearer scope=transactions:read").Want(200)
	})

	t.Run("paths, methods and bodies that are not right", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, c := range []struct {
			method, path string
			body         any
			header       string
			status       int
			says         string
		}{
			{"POST", "/orders/100001/collect-payment", nil, jsonBody, 404, `{"detail":"Not found."}`},
			{"GET", "/orders/100001%2F/", nil, jsonBody, 404, `{"detail":"Not found."}`},
			{"GET", "/transactions/abc/", nil, jsonBody, 404, `{"detail":"Not found."}`},
			{"GET", "/transactions/99999999999999999999/", nil, jsonBody, 404, `{"detail":"Not found."}`},
			{"GET", "/orders/100001/collect-payment/", nil, jsonBody, 405, `"detail"`},
			{"POST", "/orders/100001/collect-payment/", `{"send_payment_notification": true`, jsonBody, 400, `{"detail":"JSON parse error: the body is not JSON`},
			{"POST", "/orders/100001/collect-payment/", `[]`, jsonBody, 400, `{"non_field_errors":["Invalid data. Expected an object."]}`},
			{"POST", "/orders/100001/collect-payment/", strings.Repeat("x", 2<<20), jsonBody, 413, `"detail"`},
			{"POST", "/orders/", `{}`, jsonBody, 400, `{"lines":["This field is required."]}`},
			{"POST", "/orders/", nil, jsonBody, 400, `"non_field_errors"`},
			{"POST", "/orders/", `lines=1`, "Content-Type: application/x-www-form-urlencoded", 415, `"detail"`},
			{"GET", "/orders/?status=lost", nil, jsonBody, 400, `"status"`},
			{"GET", "/orders/?date_placed_from=yesterday", nil, jsonBody, 400, `"date_placed_from"`},
			{"GET", "/orders/?has_outstanding_balance=maybe", nil, jsonBody, 400, `"has_outstanding_balance"`},
			{"GET", "/transactions/?amount_min=much", nil, jsonBody, 400, `"amount_min"`},
			{"GET", "/orders/?cursor=nonsense", nil, jsonBody, 404, `{"detail":"Not found."}`},
		} {
			r := s.Call(c.method, base+c.path, c.body, bearer, c.header).Want(c.status)
			if !strings.Contains(string(r.Body), c.says) {
				t.Errorf("%s %s answered %s, want %s", c.method, c.path, r.Body, c.says)
			}
			if c.status == 405 && r.Header.Get("Allow") != "OPTIONS, POST" {
				t.Errorf("Allow is %q", r.Header.Get("Allow"))
			}
		}
	})

	t.Run("stores have the same cast and never see each other", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.act("100001", "collect-payment", nil).Want(200)
		for _, other := range []string{"Host: other.nextcommerce.localhost", "Understudy-Tenant: third"} {
			path := base
			if strings.HasPrefix(other, "Host") {
				path = "/api/admin"
			}
			want(t, s.Call("GET", path+"/orders/100001/", nil, bearer, other).Want(200), map[string]any{"payment_status": "partially_paid"})
		}
	})
}

// walk follows a list's links from its first page, and returns what is on all pages.
func (s store) walk(path, link, id string) (all []string, last string) {
	s.t.Helper()
	for at := base + path; at != ""; {
		r := s.Call("GET", at, nil, bearer).Want(200)
		results := r.At("results").([]any)
		if len(results) > 10 {
			s.t.Errorf("%d results on a page", len(results))
		}
		var page []string
		for _, item := range results {
			page = append(page, fmt.Sprint(item.(map[string]any)[id]))
		}
		if link == "previous" {
			all = append(page, all...)
		} else {
			all = append(all, page...)
		}
		last, at = at, r.Text(link)
	}
	return all, strings.TrimPrefix(last, s.URL+base)
}

func TestLists(t *testing.T) {
	t.Parallel()

	t.Run("pages lead to the end and back, and keep the filters", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for range 14 {
			s.given("paid")
		}
		forward, last := s.walk("/orders/?status=open&status=canceled", "next", "number")
		if len(forward) != 27 || forward[0] != "100001" || forward[26] != "100029" {
			t.Errorf("walked %v", forward)
		}
		back, first := s.walk(last, "previous", "number")
		if fmt.Sprint(back) != fmt.Sprint(forward) {
			t.Errorf("forward %v\nback %v", forward, back)
		}
		if !strings.Contains(first, "status=open&status=canceled") {
			t.Errorf("the filters are not in %s", first)
		}
		again, _ := s.walk(first, "next", "number")
		if fmt.Sprint(again) != fmt.Sprint(forward) {
			t.Errorf("forward again %v", again)
		}
		if one := s.ask("GET", "/orders/?order_number=100002", nil).Want(200); one.At("next") != nil || one.At("previous") != nil {
			t.Errorf("a list of one has neighbours: %s", one.Body)
		}
		if ids, _ := s.walk("/transactions/", "next", "id"); len(ids) < 30 {
			t.Errorf("only %d transactions", len(ids))
		}
	})

	t.Run("filters", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for query, numbers := range map[string]string{
			"payment_status=pending&payment_status=expired": "[100004 100005 100013]",
			"is_test=true": "[100008]",
			"is_test=1":    "[100008]",
			"fulfillment_status=processing&fulfillment_status=partially_fulfilled": "[100001 100015]",
			"has_outstanding_balance=true&status=open":                             "[100001 100003 100004 100005 100006 100007 100008 100010 100013]",
			"subscription_lifecycle=recurring":                                     "[100001 100005]",
			"sources=subscription":                                                 "[100005]",
			"date_placed_from=2026-02-10&date_placed_to=2026-02-10":                "[100014]",
			"currency=EUR":                  "[]",
			"is_disputed=true":              "[]",
			"status=archived":               "[100011 100014]",
			"unknown=1&order_number=100003": "[100003]",
		} {
			if got, _ := s.walk("/orders/?"+query, "next", "number"); fmt.Sprint(got) != numbers && !(len(got) == 0 && numbers == "[]") {
				t.Errorf("%s: %v, want %s", query, got, numbers)
			}
		}
		for query, n := range map[string]int{
			"type=authorize": 3, "type=void": 1, "type=refund": 3, "status=failed": 1, "is_external=true": 0, "is_3ds=true": 0, "gateway_id=2&type=debit": 0,
			"gateway_id=03": 1, "payment_method=ideal": 1, "amount_min=105": 0, "amount_min=69.60&amount_max=69.60": 3, "currency=EUR": 0, "date_created_to=2026-02-10": 1,
			"is_test=false": 1,
		} {
			if got, _ := s.walk("/transactions/?"+query, "next", "id"); len(got) != n {
				t.Errorf("%s: %d transactions, want %d", query, len(got), n)
			}
		}
		r := s.ask("GET", "/transactions/70003/", nil).Want(200)
		for _, member := range []string{"external_id", "auth_code", "network_transaction_id"} {
			want(t, s.ask("GET", "/transactions/?"+member+"="+r.Text(member), nil).Want(200), map[string]any{"results.0.id": 70003.0, "results.1": nil})
		}
	})
}

// The examples of the document make a call that a fresh store answers with the operation's success.
func TestTheDocumentsExamplesWork(t *testing.T) {
	t.Parallel()
	yaml, _ := specs.Document("nextcommerce")
	document, err := openapi.Load(yaml)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range document.Operations() {
		for _, media := range append(op.MediaTypes(), "") {
			t.Run(op.ID+" "+media, func(t *testing.T) {
				t.Parallel()
				s := open(t, func(o *mock.Options) { o.Seed = "examples" })
				sample := op.Sample(media)
				path := op.Path
				for name, value := range sample.Path {
					path = strings.ReplaceAll(path, "{"+name+"}", value)
				}
				headers := []string{bearer}
				if sample.Media != "" && media != "multipart/form-data" {
					headers = append(headers, "Content-Type: "+sample.Media)
				}
				for name := range sample.Header {
					headers = append(headers, name+": "+sample.Header.Get(name))
				}
				var body any
				if len(sample.Body) > 0 && media != "multipart/form-data" {
					body = sample.Body
				}
				if media == "multipart/form-data" && op.ID == "cancelOrder" {
					return // its body is required, and collect's multipart form is tried elsewhere
				}
				if r := s.Call(op.Method, "/nextcommerce"+path, body, headers...); r.Status != op.Success() {
					t.Errorf("answered %d %s, want %d (%s)", r.Status, r.Body, op.Success(), http.StatusText(op.Success()))
				}
			})
		}
	}
}
