package norce_test

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// shop is a caller of one merchant's adapter.
type shop struct {
	*mocktest.Server
	t        testing.TB
	merchant string
}

func open(t testing.TB) shop {
	return shop{mocktest.Run(t, func(o *mock.Options) { o.Providers = []string{"norce"} }), t, "norce"}
}

// at is the same server for another merchant: a tenant with a cast of its own.
func (s shop) at(merchant string) shop {
	s.merchant = merchant
	return s
}

func (s shop) send(method, path string, body any, headers ...string) mocktest.Response {
	s.t.Helper()
	return s.Call(method, "/norce"+path, body, append([]string{"Authorization: Bearer key", "x-merchant: " + s.merchant, "x-channel: 1"}, headers...)...)
}

func (s shop) tenant() string { return s.merchant + ":1" }

func sessions(order string) string         { return "/api/checkout/v1/orders/" + order + "/payments" }
func session(order, payment string) string { return sessions(order) + "/" + payment }
func settlement(order, payment, verb string) string {
	return "/api/order/v1/orders/" + order + "/payments/" + payment + "/" + verb
}

func (s shop) hook(order, payment string, body any, headers ...string) mocktest.Response {
	s.t.Helper()
	return s.send("POST", "/api/checkout/v1/callback/orders/"+order+"/payments/"+payment+"/update-payment", body, append([]string{"Content-Type: application/json"}, headers...)...)
}

// value is what a session says that its payment covers, in minor units.
func (s shop) value(order, payment string) string {
	s.t.Helper()
	var answer struct{ Amount struct{ Value json.Number } }
	s.send("GET", session(order, payment), nil).Want(200).Into(&answer)
	return answer.Amount.Value.String()
}

var iframe = regexp.MustCompile(`src="([^"]+)"`)
var shown = regexp.MustCompile(`data-testid="status">([a-z]+)<`)

// page is where the session's snippet leads.
func (s shop) page(order, payment string) string {
	s.t.Helper()
	snippet := s.send("GET", session(order, payment), nil).Want(200).Text("htmlSnippet")
	m := iframe.FindStringSubmatch(snippet)
	if m == nil {
		s.t.Fatalf("no page in the snippet %q", snippet)
	}
	return html.UnescapeString(m[1])
}

// state is the payment's state as its page shows it.
func (s shop) state(order, payment string) string {
	s.t.Helper()
	page := s.Call("GET", s.page(order, payment), nil).Want(200)
	m := shown.FindSubmatch(page.Body)
	if m == nil {
		s.t.Fatalf("no state on the page\n%s", page.Body)
	}
	return string(m[1])
}

// refused checks an adapter's refusal: its status, its code, and what its message must mention.
func refused(t testing.TB, r mocktest.Response, status int, code string, mention ...string) {
	t.Helper()
	r.Want(status)
	if r.Text("code") != code {
		t.Errorf("code %q, want %q: %s", r.Text("code"), code, r.Body)
	}
	for _, m := range mention {
		if !strings.Contains(r.Text("message"), m) {
			t.Errorf("the message does not mention %q: %s", m, r.Text("message"))
		}
	}
}

const (
	documentOrder   = "o_yClTSySjyAuuBjmiBlHCjuEcTf"
	documentPayment = "p_KBiXuYjvYxsezKCQAMuuSKGDaT"
	voucher         = "p_VoucherOfOneHundredKronors"
	earlier         = "p_RemovedByAnEarlierThoughts"
	payable         = "o_PayableOrderWithoutPayment"
)

// proposal is the document's order at a total, as an Order service would send it.
func proposal(total string) string {
	return fmt.Sprintf(`{"id":%q,"currency":"SEK","payments":[
		{"id":%q,"state":"intent","currency":"SEK","amount":1134},
		{"id":%q,"state":"reserved","currency":"SEK","amount":100,"upperLimitAmount":100},
		{"id":%q,"state":"removed","currency":"SEK","amount":1234}],
		"total":{"includingVat":%s}}`, documentOrder, documentPayment, voucher, earlier, total)
}
