package nextcommerce_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/mock"
	"understudy/specs"
)

// alike compares an answer with the page's sample: at every level that the page shows, the same members, of the same types or null.
func alike(t *testing.T, path string, sample, got any) {
	t.Helper()
	switch s := sample.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s is %T, want an object", path, got)
			return
		}
		if len(s) > 0 && len(g) != len(s) {
			t.Errorf("%s has %d members, the page has %d", path, len(g), len(s))
		}
		for name, member := range s {
			if _, ok := g[name]; !ok {
				t.Errorf("%s/%s is missing", path, name)
				continue
			}
			alike(t, path+"/"+name, member, g[name])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) == 0 {
			t.Errorf("%s is %v, want a list that is not empty", path, got)
			return
		}
		for i, item := range g {
			alike(t, fmt.Sprintf("%s/%d", path, i), s[0], item)
		}
	case nil: // the page shows null where any value, or another type, may stand
	default:
		if got != nil && fmt.Sprintf("%T", got) != fmt.Sprintf("%T", sample) {
			t.Errorf("%s is %T, want %T", path, got, sample)
		}
	}
}

func TestThePagesCall(t *testing.T) {
	t.Parallel()
	raw, ok := specs.Sample("nextcommerce", "response")
	if !ok {
		t.Fatal("there is no sample")
	}
	var sample, answer any
	if err := json.Unmarshal(raw, &sample); err != nil {
		t.Fatal(err)
	}
	s := open(t)
	r := s.act("100001", "collect-payment", "{}", "Content-Type: application/json", "X-29next-API-Version: 2024-04-01").Want(200)
	r.Into(&answer)
	alike(t, "", sample, answer)
}

func TestCollectPayment(t *testing.T) {
	t.Parallel()

	t.Run("an upsell on a paid order is charged to the original card, whole and once", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		before := s.order("100001")
		want(t, before, map[string]any{"payment_status": "partially_paid", "total_outstanding": "21.34", "transactions.2": nil})
		after := s.act("100001", "collect-payment", nil).Want(200)
		want(t, after, map[string]any{
			"payment_status": "paid", "total_outstanding": "0.00", "total_incl_tax": before.At("total_incl_tax"),
			"transactions.2.type": "debit", "transactions.2.status": "succeeded", "transactions.2.amount": "21.34", "transactions.2.response_code": 1000.0,
			"transactions.2.payment_details.card_token": before.At("transactions.0.payment_details.card_token"), "transactions.2.parent_id": nil, "transactions.3": nil,
		})
		refused(t, s.act("100001", "collect-payment", nil), "no outstanding balance")
		if got := s.order("100001"); string(got.Body) != string(after.Body) {
			t.Errorf("the order is not as it was answered:\n%s\n%s", got.Body, after.Body)
		}
		id := fmt.Sprintf("%.0f", after.At("transactions.2.id"))
		want(t, s.ask("GET", "/transactions/"+id+"/", nil).Want(200), map[string]any{"order": "100001", "amount": "21.34", "amount_available_for_refund": "21.34"})
	})

	t.Run("a failed attempt is charged again, and both transactions stay", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		r := s.act("100005", "collect-payment", nil).Want(200)
		want(t, r, map[string]any{
			"payment_status": "paid", "transactions.0.status": "failed", "transactions.0.response_code": 2001.0, "transactions.1.status": "succeeded", "transactions.2": nil,
		})
	})

	t.Run("it takes JSON, a form, a multipart form, or no body", func(t *testing.T) {
		t.Parallel()
		var parts bytes.Buffer
		form := multipart.NewWriter(&parts)
		form.WriteField("send_payment_notification", "true")
		form.Close()
		for _, sent := range []struct {
			body   any
			header string
		}{
			{`{"send_payment_notification": true}`, "Content-Type: application/json"},
			{`{}`, "Content-Type: application/json; charset=utf-8"},
			{"send_payment_notification=true", "Content-Type: application/x-www-form-urlencoded"},
			{parts.Bytes(), "Content-Type: " + form.FormDataContentType()},
			{nil, "Content-Type: application/json"},
		} {
			s := open(t)
			want(t, s.act("100001", "collect-payment", sent.body, sent.header).Want(200), map[string]any{"payment_status": "paid"})
		}
		s := open(t)
		s.act("100001", "collect-payment", "send_payment_notification: true", "Content-Type: application/yaml").Want(415)
		refused(t, s.act("100001", "collect-payment", `{"send_payment_notification": "maybe"}`, "Content-Type: application/json"), `"send_payment_notification":["Must be a valid boolean."]`)
		want(t, s.order("100001"), map[string]any{"payment_status": "partially_paid"})
	})

	for _, c := range []struct{ name, number, says string }{
		{"a paid order refuses", "100002", "no outstanding balance"},
		{"a negative balance refuses", "100007", "negative (-21.34 USD)"},
		{"an authorization that is not captured refuses", "100003", "capture it"},
		{"a method that the merchant cannot charge alone refuses", "100006", "(ideal) does not support merchant initiated"},
		{"an external payment refuses", "100004", "(bank_transfer) does not support merchant initiated"},
		{"a test order refuses, having no transaction", "100008", "test order without a transaction"},
		{"a canceled order refuses", "100009", "canceled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			before := s.order(c.number)
			refused(t, s.act(c.number, "collect-payment", nil), c.says)
			if after := s.order(c.number); string(after.Body) != string(before.Body) {
				t.Errorf("the refusal changed the order:\n%s\n%s", before.Body, after.Body)
			}
		})
	}

	t.Run("an unknown order is 404", func(t *testing.T) {
		t.Parallel()
		r := open(t).act("1", "collect-payment", nil).Want(404)
		if string(r.Body) != `{"detail":"Not found."}` {
			t.Errorf("answered %s", r.Body)
		}
	})

	t.Run("a declined charge answers its code as text and keeps the failed transaction", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		before := s.order("100010")
		r := s.act("100010", "collect-payment", nil).Want(400)
		const body = `{"payment_details":"Payment declined: insufficient funds.","payment_response_code":"2001","payment_method":{"card_token":"decline_collect_2001"}}`
		if string(r.Body) != body {
			t.Errorf("answered %s, want %s", r.Body, body)
		}
		want(t, s.order("100010"), map[string]any{
			"payment_status": "partially_paid", "total_outstanding": before.At("total_outstanding"), "transactions.1.status": "failed", "transactions.1.response_code": 2001.0,
			"transactions.1.auth_code": nil, "transactions.2": nil,
		})
		failed := s.ask("GET", "/transactions/?status=failed&payment_method=card_token", nil).Want(200)
		want(t, failed, map[string]any{"results.1.order": "100010", "results.2": nil}) // the other one is of the failed attempt
	})

	t.Run("concurrent collects charge once", func(t *testing.T) {
		t.Parallel()
		s := open(t, func(o *mock.Options) { o.Twice = false })
		s.order("100001")
		const callers = 20
		statuses := make([]int, callers)
		var wait sync.WaitGroup
		for i := range callers {
			wait.Go(func() { statuses[i] = s.Call("POST", base+"/orders/100001/collect-payment/", nil, bearer).Status })
		}
		wait.Wait()
		slices.Sort(statuses)
		if statuses[0] != 200 || statuses[1] != 400 {
			t.Errorf("answered %v, want one 200", statuses)
		}
		want(t, s.order("100001"), map[string]any{"total_outstanding": "0.00", "transactions.3": nil})
	})
}

func TestThePaymentNotification(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.act("100001", "collect-payment", `{"send_payment_notification": true}`, "Content-Type: application/json").Want(200)
	s.act("100005", "collect-payment", `{"send_payment_notification": false}`, "Content-Type: application/json").Want(200)
	for number, mailed := range map[string]bool{"100001": true, "100005": false} {
		if got := strings.Contains(s.Mock.Dump(), "a mail about the payment of order "+number+" would go to robin@example.com"); got != mailed {
			t.Errorf("a mail about the payment of order %s: %v, want %v", number, got, mailed)
		}
	}
}
