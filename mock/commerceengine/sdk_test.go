package commerceengine_test

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"understudy/mock/mocktest"
)

const shopOrigin = "https://shop.example.test"

// frame is where the SDK opens the session of an sdk_payload, as a page of this origin asks for it.
func frame(info mocktest.Response, parent string) string {
	at := "content.payment_info.sdk_payload.payload."
	parts := []string{}
	for _, part := range []string{info.Text(at + "merchantId"), "session", info.Text(at + "orderId"), info.Text(at + "clientAuthToken")} {
		parts = append(parts, url.PathEscape(part))
	}
	return "/commerceengine/hyper-sdk-web/" + strings.Join(parts, "/") + "?parent=" + url.QueryEscape(parent)
}

var newsOf = regexp.MustCompile(`data-shop="([^"]*)" data-news="([^"]*)"`)

// told is what a page in a frame tells, and whom.
func told(t testing.TB, page mocktest.Response) (origin, event, status, code string) {
	t.Helper()
	found := newsOf.FindStringSubmatch(string(page.Body))
	if found == nil {
		t.Fatalf("the page tells nobody anything:\n%s", page.Body)
	}
	var news struct {
		Event, ErrorCode string
		Payload          struct{ Status string }
	}
	if text := html.UnescapeString(found[2]); text != "" {
		if err := json.Unmarshal([]byte(text), &news); err != nil {
			t.Fatal(err)
		}
	}
	return found[1], news.Event, news.Payload.Status, news.ErrorCode
}

// TestSDKSession opens the page of an sdk_payload in a frame and sees what the shop's page is told.
func TestSDKSession(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, press, event, status, code, standing string }{
		{"paid", "event=pay&card-number=4242424242424242", "process_result", "charged", "", "success, 299 paid, 0 unpaid, retry false"},
		{"declined", "event=decline", "process_result", "authorization_failed", "", "failed, 0 paid, 299 unpaid, retry true"},
		{"held", "event=pay&scenario=pending_then_approved", "process_result", "authorizing", "JP_006", "pending, 0 paid, 299 unpaid, retry false"},
		{"left", "event=abandon", "process_result", "user_aborted", "JP_002", "pending, 0 paid, 299 unpaid, retry false"},
		{"expired", "event=pay&scenario=expired", "session_expired", "", "", "failed, 0 paid, 299 unpaid, retry true"},
	}
	for _, c := range cases {
		t.Run("a payment that was "+c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			page := frame(s.retry("ORD 1/2", onPage).Want(200), shopOrigin)
			opened := s.Call("GET", page, nil).Want(200)
			if origin, event, _, _ := told(t, opened); origin != shopOrigin || event != "" {
				t.Errorf("an open page tells %q of %q", origin, event)
			}
			r := s.Call("POST", page, c.press)
			if r.Status == 303 {
				t.Fatalf("the frame is sent to %s", r.Header.Get("Location"))
			}
			if origin, event, status, code := told(t, r); origin != shopOrigin || event != c.event || status != c.status || code != c.code {
				t.Errorf("%s is told %s %s %s, want %s %s %s", origin, event, status, code, c.event, c.status, c.code)
			}
			if strings.Contains(string(r.Body), "<button") {
				t.Errorf("there are buttons left: %s", r.Body)
			}
			s.wantStanding("ORD 1/2", c.standing)
		})
	}
	t.Run("a challenge happens within the frame", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		page := frame(s.retry("ORD 1/2", onPage).Want(200), shopOrigin)
		if to := s.Call("POST", page, "event=pay&card-number=4012000000001097").Want(303).Header.Get("Location"); to != s.URL+page {
			t.Errorf("the frame goes to %s, want %s", to, page)
		}
		if _, _, status, _ := told(t, s.Call("POST", page, "event=authenticate&otp=000000").Want(200)); status != "charged" {
			t.Errorf("it ends as %q", status)
		}
	})
	t.Run("link and payload are of one attempt", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		info := s.retry("ORD 1/2", onPage).Want(200)
		s.press(info.Text("content.payment_info.payment_links.web"), "approve")
		if _, event, status, _ := told(t, s.Call("GET", frame(info, shopOrigin), nil).Want(200)); event != "process_result" || status != "charged" {
			t.Errorf("paid by its link, the SDK hears %s %s", event, status)
		}
	})
	t.Run("a token whose time is up is refused, by the world's clock", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		page := frame(s.retry("ORD 1/2", onPage).Want(200), shopOrigin)
		s.Advance(15*time.Minute - time.Second)
		s.Call("GET", page, nil).Want(200)
		s.Advance(time.Second)
		if _, event, _, _ := told(t, s.Call("GET", page, nil).Want(410)); event != "session_expired" {
			t.Errorf("the SDK hears %q", event)
		}
	})
	t.Run("an unknown token, or another order's, is refused", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		one, other := s.retry("ORD 1/2", onPage).Want(200), s.retry("ORD-1001", onPage).Want(200)
		token := func(r mocktest.Response) string {
			return r.Text("content.payment_info.sdk_payload.payload.clientAuthToken")
		}
		right := frame(one, shopOrigin)
		for _, page := range []string{
			strings.Replace(right, token(one), "tkn_0", 1), strings.Replace(right, token(one), token(other), 1), strings.Replace(right, "2-2/", "2-9/", 1),
			strings.Replace(right, "2-2/", "2/", 1), strings.Replace(right, "store_01", "store_02", 1), strings.Replace(right, "/commerceengine", "/w/other/commerceengine", 1),
		} {
			if _, event, status, code := told(t, s.Call("GET", page, nil).Want(404)); event != "process_result" || status != "api_failure" || code != "JP_003" {
				t.Errorf("%s: the SDK hears %s %s %s", page, event, status, code)
			}
			s.Call("POST", page, "event=pay&scenario=approved").Want(400)
		}
		s.wantStanding("ORD 1/2", "pending, 0 paid, 299 unpaid, retry false")
	})
	t.Run("nobody but the page that the SDK names is told anything", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		info := s.retry("ORD 1/2", onPage).Want(200)
		for _, parent := range []string{"", "*", "null", "javascript:alert(1)", "https://shop.example.test/path", `https://x"><script>`} {
			s.Call("GET", frame(info, parent), nil).Want(400)
		}
		policy := s.Call("GET", frame(info, shopOrigin), nil).Want(200).Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("policy %q", policy)
		}
	})
}

func TestHyperServicesScript(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, base := range []string{"/commerceengine", "/w/x/commerceengine", "/w/x/t/store_02/commerceengine"} {
		r := s.Call("GET", base+"/hyper-sdk-web/HyperServices.js", nil, "Origin: "+shopOrigin).Want(200)
		if r.Header.Get("Content-Type") != "text/javascript; charset=utf-8" || r.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: headers %v", base, r.Header)
		}
		for _, want := range []string{"window.HyperServices", "initiate(", "isInitialised(", "process(", "terminate(", "currentScript"} {
			if !strings.Contains(string(r.Body), want) {
				t.Errorf("%s: no %s", base, want)
			}
		}
	}
	t.Run("what it opens in a world stays in that world", func(t *testing.T) {
		info := s.Call("POST", "/w/x/commerceengine/api/v1/store_01/storefront/orders/ORD-1001/retry-payment", `{"payment_method":`+onPage+`}`,
			"Authorization: Bearer x", "Content-Type: application/json").Want(200)
		s.Call("GET", "/w/x"+frame(info, shopOrigin), nil).Want(200)
		s.Call("GET", frame(info, shopOrigin), nil).Want(404)
	})
}
