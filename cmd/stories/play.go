package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"understudy/fixtures"
	"understudy/fixtures/record"
	"understudy/mock"
)

const origin = "http://127.0.0.1:4242"

// scene is one call of a story. $name stands for what an answer before it gave.
type scene struct {
	method, path, body string
	learn              map[string]string // name → members on the way to it: "data.id"
}

// plays is a story of each provider: what its page is about, and what comes of it.
var plays = map[string]struct {
	scenario string
	header   map[string]string
	scenes   []scene
}{
	"commerceengine": {"retried-after-failure", nil, []scene{
		{method: "GET", path: "/api/v1/store_01/storefront/orders/ORD-1001/payment-status"},
		{method: "POST", path: "/api/v1/store_01/storefront/orders/ORD-1001/retry-payment", body: `{"payment_method":{"payment_provider_slug":"juspay","integration_type":"hyper-checkout","return_url":"https://shop.example.test/thanks","action":"paymentPage"}}`},
		{method: "POST", path: "/api/v1/store_01/storefront/orders/ORD-1001/retry-payment", body: `{"payment_method":{"payment_provider_slug":"juspay","integration_type":"hyper-checkout","return_url":"https://shop.example.test/thanks","action":"paymentPage"}}`},
		{method: "GET", path: "/api/v1/store_01/storefront/orders/ORD-1001/payments"},
	}},
	"fabric": {"captured", map[string]string{"x-site-context": `{"account":"63310842f37ee100111e9fe3"}`}, []scene{
		{method: "GET", path: "/api/v2/order/309019176"},
		{method: "POST", path: "/api/v2/order/payment-status/309019176", body: `{"paymentIdentifier":"62272e917b12209e68751d94","type":"VISA","status":"Success","balances":{"captured":123,"capturable":0,"refunded":0,"refundable":123}}`},
		{method: "GET", path: "/api/v2/order/309019176"},
	}},
	"norce": {"repriced", map[string]string{"x-merchant": "norce", "x-channel": "1"}, []scene{
		{method: "POST", path: "/api/checkout/v1/callback/orders/o_yClTSySjyAuuBjmiBlHCjuEcTf/payments/p_KBiXuYjvYxsezKCQAMuuSKGDaT/update-payment",
			body: `{"id":"o_yClTSySjyAuuBjmiBlHCjuEcTf","currency":"SEK","total":{"includingVat":1629},"payments":[{"id":"p_KBiXuYjvYxsezKCQAMuuSKGDaT","state":"intent","amount":1134},{"id":"p_VoucherOfOneHundredKronors","state":"reserved","amount":100}]}`},
		{method: "GET", path: "/api/checkout/v1/orders/o_yClTSySjyAuuBjmiBlHCjuEcTf/payments/p_KBiXuYjvYxsezKCQAMuuSKGDaT"},
	}},
	"nextcommerce": {"collected-once", map[string]string{"X-29next-API-Version": "2024-04-01"}, []scene{
		{method: "POST", path: "/api/admin/orders/100001/collect-payment/", body: `{}`},
		{method: "POST", path: "/api/admin/orders/100001/collect-payment/", body: `{}`},
		{method: "GET", path: "/api/admin/orders/100001/"},
	}},
	"commercelayer": {"challenged", map[string]string{"Accept": "application/vnd.api+json", "Content-Type": "application/vnd.api+json"}, []scene{
		{method: "POST", path: "/api/checkout_com_payments", learn: map[string]string{"id": "data.id"},
			body: `{"data":{"type":"checkout_com_payments","attributes":{"payment_type":"token","token":"tok_4gzeau5o2uqubbk6fufs3m7p54"},"relationships":{"order":{"data":{"type":"orders","id":"ABCRtyUpBa"}}}}}`},
		{method: "PATCH", path: "/api/checkout_com_payments/$id", body: `{"data":{"type":"checkout_com_payments","id":"$id","attributes":{"_authorize":true}}}`},
		{method: "GET", path: "/api/checkout_com_payments/$id"},
		{method: "GET", path: "/api/orders/ABCRtyUpBa"},
	}},
}

// play lets a simulator of its own play a provider's story, in a world that stands still.
func play(provider string) (*fixtures.HAR, error) {
	p := plays[provider]
	seed := "understudy"
	simulator, err := mock.New(mock.Options{Seed: seed, Clock: day, PublicURL: origin})
	if err != nil {
		return nil, err
	}
	defer simulator.Close()
	if w := ask(simulator, "POST", "/_understudy/clock/freeze", nil, ""); w.Code != http.StatusOK {
		return nil, fmt.Errorf("the clock does not stand still: %s", w.Body)
	}
	if w := ask(simulator, "POST", "/_understudy/clock/set", map[string]string{"Content-Type": "application/json"}, `{"to":"2026-01-31T09:31:00Z"}`); w.Code != http.StatusOK {
		return nil, fmt.Errorf("the clock cannot be set: %s", w.Body)
	}
	operations, err := record.OperationsOf(provider)
	if err != nil {
		return nil, err
	}
	h := &fixtures.HAR{Log: fixtures.Log{Mark: fixtures.Mark{Provider: provider, Scenario: p.scenario, Provenance: fixtures.Synthetic, Date: day.Format("2006-01-02"), Base: origin + "/" + provider,
		Seed: seed, Clock: day}}}
	learned := []string{}
	for i, s := range p.scenes {
		fill := strings.NewReplacer(learned...)
		path, body := fill.Replace(s.path), fill.Replace(s.body)
		header := map[string]string{"Authorization": "Bearer x"}
		if body != "" {
			header["Content-Type"] = "application/json"
		}
		for name, value := range p.header {
			header[name] = value
		}
		w := ask(simulator, s.method, "/"+provider+path, header, body)
		sent := http.Header{}
		for name, value := range header {
			sent.Set(name, value)
		}
		answer := w.Result().Header
		answer.Del("Understudy-Exchange") // ours, not the vendor's
		answer.Del("Date")
		at := day.Add(time.Minute) // as the clock was set
		e := fixtures.Entry{StartedDateTime: at.Add(time.Duration(i) * time.Second), Request: fixtures.NewRequest(s.method, h.Log.Mark.Base+path, sent, []byte(body)),
			Response: fixtures.NewResponse(w.Code, answer, w.Body.Bytes())}
		e.Mark.Clock, e.Mark.Operation = at, operations.Find(s.method, e.Request.URL, h.Log.Mark.Base)
		if e.Mark.Operation == "" || w.Code >= 500 {
			return nil, fmt.Errorf("%s %s: %d %s", s.method, path, w.Code, w.Body)
		}
		h.Log.Entries = append(h.Log.Entries, e)
		for name, way := range s.learn {
			value, err := member(w.Body.Bytes(), way)
			if err != nil {
				return nil, err
			}
			learned = append(learned, "$"+name, value)
		}
	}
	return h, nil
}

func ask(simulator http.Handler, method, path string, header map[string]string, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, origin+path, strings.NewReader(body))
	r.RemoteAddr, r.Host = "127.0.0.1:4243", "127.0.0.1:4242"
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	simulator.ServeHTTP(w, r)
	return w
}

func member(body []byte, way string) (string, error) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return "", err
	}
	for name := range strings.SplitSeq(way, ".") {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("there is no %s in %s", way, body)
	}
	return s, nil
}
