package browsertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// TestDemo buys something in the demo shop in every way that it has, over http and https, in the default world and another.
func TestDemo(t *testing.T) {
	t.Parallel()
	type purchase struct {
		way      string
		scenario string // asked for in the shop; "" leaves it to the page
		pay      func(b *Tab)
		verdict  string
	}
	challenge := func(b *Tab) { b.Type("otp", b.Text("code")); b.Press("authenticate") }
	purchases := []purchase{
		{"commerceengine-link", "", func(b *Tab) { b.Type("card-number", "4242424242424242"); b.Press("pay") }, "Paid"},
		{"commerceengine-link", "", func(b *Tab) { b.Press("decline") }, "Not paid"},
		{"commerceengine-sdk", "", func(b *Tab) { b.Frame("sdk").Type("card-number", "4242424242424242"); b.Frame("sdk").Click("pay") }, "Paid"},
		{"commerceengine-sdk", "", func(b *Tab) { b.Frame("sdk").Click("decline") }, "Not paid"},
		{"commerceengine-sdk", "", func(b *Tab) { b.Frame("sdk").Click("leave") }, "Not paid"},
		{"commerceengine-sdk", "expired", nil, "Not paid"},
		{"nextcommerce-redirect", "", challenge, "Paid"},
		{"nextcommerce-redirect", "", func(b *Tab) { b.Press("fail") }, "Not paid"},
		{"nextcommerce-redirect", "challenge", challenge, "Paid"},
		{"commercelayer-redirect", "", challenge, "Paid"},
		{"commercelayer-redirect", "", func(b *Tab) { b.Press("cancel") }, "Not paid"},
		{"commercelayer-redirect", "declined", nil, "Not paid"},
	}
	// What the shop asked, the customer's absence in between or not.
	calls := map[string][]string{
		"commerceengine-link":    {"POST /_understudy/commerceengine/store_01/orders", "/retry-payment", "/payment-status"},
		"commerceengine-sdk":     {"POST /_understudy/commerceengine/store_01/orders", "/retry-payment", "/payment-status"},
		"nextcommerce-redirect":  {"POST /nextcommerce/"},
		"commercelayer-redirect": {"POST /_understudy/commercelayer/yourdomain/orders", "POST /commercelayer/api/checkout_com_payments"},
	}
	for _, scheme := range []string{"http", "https"} {
		for i, p := range purchases {
			t.Run(strings.Join([]string{scheme, p.way, p.scenario, p.verdict}, " "), func(t *testing.T) {
				t.Parallel()
				s := mocktest.Run(t)
				origin := s.URL
				if scheme == "https" {
					secure := httptest.NewTLSServer(s.Mock)
					t.Cleanup(secure.Close)
					origin = secure.URL
				}
				shop := origin + "/_understudy/demo"
				if i%2 == 1 {
					shop = origin + "/w/elsewhere/_understudy/demo"
				}
				b := Open(t, Customer{Phone: i%2 == 1, Dark: i%3 == 1})
				b.Visit(shop)
				b.Click("way-" + p.way)
				b.Choose("scenario", p.scenario)
				switch {
				case p.pay == nil, strings.HasSuffix(p.way, "-sdk"):
					b.Click("buy")
				default:
					b.Press("buy")
				}
				if p.pay != nil {
					p.pay(b)
				}
				b.Shows("verdict")
				if verdict := b.Text("verdict"); !strings.HasPrefix(verdict, p.verdict) {
					t.Errorf("the shop learns %q, want %s", verdict, p.verdict)
				}
				if at := b.URL(); !strings.HasPrefix(at, shop) {
					t.Errorf("the customer is at %s", at)
				}
				if strings.HasSuffix(p.way, "-link") && !strings.Contains(b.Text("signature"), "verified") {
					t.Errorf("the signature: %s", b.Text("signature"))
				}
				if kept := b.Value("scenario"); kept != p.scenario {
					t.Errorf("the scenario %q stays chosen, want %q", kept, p.scenario)
				}
				b.Shot("learned")
				for range 2 { // looking again asks the platform again, and nothing else
					for _, call := range calls[p.way] {
						if asked := b.Text("calls"); strings.Count(asked, call) != 1 {
							t.Errorf("the shop asked\n%s\nwant %s once", asked, call)
						}
					}
					if strings.HasSuffix(p.way, "-sdk") || p.way == "nextcommerce-redirect" || b.URL() == shop {
						break // there is no address that one could look at again
					}
					b.Visit(b.URL())
					b.Shows("verdict")
				}
				b.Click("again")
				b.Shows("buy")
			})
		}
	}
}

// TestDemoOffers sees that the shop lets its customer choose what the chosen way can play, and keeps what was chosen before where it can.
func TestDemoOffers(t *testing.T) {
	t.Parallel()
	b := Open(t, Customer{})
	b.Visit(mocktest.Run(t).URL + "/_understudy/demo")
	for _, step := range []struct{ way, choose, stays string }{
		{"commerceengine-link", "pending_then_approved", "pending_then_approved"},
		{"commercelayer-redirect", "", "pending_then_approved"},
		{"nextcommerce-redirect", "", ""}, // a card is answered at once
		{"nextcommerce-redirect", "abandoned", "abandoned"},
		{"commerceengine-sdk", "", "abandoned"},
	} {
		b.Click("way-" + step.way)
		if step.choose != "" {
			b.Choose("scenario", step.choose)
		}
		if stays := b.Value("scenario"); stays != step.stays {
			t.Errorf("after %+v %q is chosen", step, stays)
		}
	}
}

// TestDemoBehindAPrefix shops where a proxy has put something before the server's own paths.
func TestDemoBehindAPrefix(t *testing.T) {
	t.Parallel()
	var simulator http.Handler
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.StripPrefix("/behind/this", simulator).ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	s := mocktest.Run(t, func(o *mock.Options) { o.PublicURL = proxy.URL + "/behind/this" })
	simulator = s.Mock
	for _, world := range []string{"", "/w/elsewhere"} {
		shop := proxy.URL + "/behind/this" + world + "/_understudy/demo"
		b := Open(t, Customer{})
		b.Visit(shop)
		b.Press("buy")
		b.Type("card-number", "4111")
		b.Press("pay")
		b.Type("card-number", "4242424242424242")
		b.Press("pay")
		b.Shows("verdict")
		if verdict := b.Text("verdict"); !strings.HasPrefix(verdict, "Paid") {
			t.Errorf("the shop learns %q", verdict)
		}
		b.Press("again")
		b.Click("way-commerceengine-sdk")
		b.Click("buy")
		b.Frame("sdk").Click("decline")
		b.Shows("verdict")
		b.Press("console")
		if at := b.URL(); at != strings.TrimSuffix(shop, "demo") {
			t.Errorf("the console is at %s", at)
		}
	}
}
