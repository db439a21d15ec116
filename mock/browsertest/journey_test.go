package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// platform is a provider with a page, and the ways on which a customer leaves it.
type platform struct {
	name, tenant string
	page         string // which of its pages, where it has several
	// begin starts a payment whose customer returns to `back`; it is called once on a fresh server.
	begin func(s *mocktest.Server, back string) payment
	ends  []end
}

// payment is one that waits for its customer.
type payment struct {
	link  string // the page
	id    string // as the control API has it
	order string
	lasts time.Duration // until the page expires
	learn func()        // what the shop does to learn what became of it; nil if nothing
}

// end is a way for a payment to go.
type end struct {
	name     string
	walk     func(b *Tab) // from the page to where its customer leaves
	outcome  string       // the same by a control call
	standing string       // what became of the order; "" if there is none
	returned string       // what the shop is told, wherever it stands
}

// platforms are those whose customers come to a page.
func platforms() []platform {
	return []platform{commerceEngine, nextCommerceBank, nextCommerceWallet, commerceLayer}
}

func (p platform) String() string { return strings.TrimSpace(p.name + " " + p.page) }

// TestJourneys walks a customer through every page to every end, with JavaScript and without, and brings about the same by a control call.
func TestJourneys(t *testing.T) {
	t.Parallel()
	for _, p := range platforms() {
		for _, e := range p.ends {
			for _, c := range []Customer{{}, {NoScript: true, Phone: true}} {
				name := fmt.Sprintf("%s/%s/with JavaScript", p, e.name)
				if c.NoScript {
					name = fmt.Sprintf("%s/%s/without JavaScript, on a phone", p, e.name)
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					shop, s := OpenShop(t, ""), mocktest.Run(t)
					pay := p.begin(s, shop.URL+"/thanks?basket=7")
					b := Open(t, c)
					if status := b.Visit(pay.link); status != 200 {
						t.Fatalf("the page answers %d", status)
					}
					b.Shot("page")
					e.walk(b)
					e.back(t, b, c, shop)
					b.Shot("after")
					e.stands(t, s, p, pay)
				})
			}
			t.Run(fmt.Sprintf("%s/%s/by a control call", p, e.name), func(t *testing.T) {
				t.Parallel()
				s := mocktest.Run(t)
				pay := p.begin(s, "https://shop.example.test/thanks?basket=7")
				if err := s.Settle(p.name, p.tenant, pay.id, e.outcome); err != nil {
					t.Fatal(err)
				}
				e.stands(t, s, p, pay)
			})
		}
	}
}

// back wants the customer at the shop, and the shop told what became of them, beside its own query.
func (e end) back(t *testing.T, b *Tab, c Customer, shop *Shop) {
	t.Helper()
	if c.NoScript && b.Has("return") {
		b.Shot("way back")
		b.Press("return")
	}
	b.Shows("thanks")
	r := shop.Back()
	if told := r.URL.RawQuery + " " + r.Form.Encode(); !strings.HasPrefix(told, "basket=7") || !strings.Contains(told, e.returned) {
		t.Errorf("the shop is told %q, want %q in it", told, e.returned)
	}
}

// stands compares what became of the order.
func (e end) stands(t *testing.T, s *mocktest.Server, p platform, pay payment) {
	t.Helper()
	if pay.learn != nil {
		pay.learn()
	}
	for _, o := range s.Orders(p.name, p.tenant) {
		if o.ID == pay.order {
			if got := fmt.Sprintf("%s, %s, %s due", o.State, o.Payment, o.Due); got != e.standing {
				t.Errorf("the order is %q, want %q", got, e.standing)
			}
			return
		}
	}
	if e.standing != "" {
		t.Errorf("there is no order %s", pay.order)
	}
}

// TestExpiry lets the time for every page pass.
func TestExpiry(t *testing.T) {
	t.Parallel()
	for _, p := range platforms() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			shop, s := OpenShop(t, ""), mocktest.Run(t)
			pay := p.begin(s, shop.URL+"/thanks?basket=7")
			b := Open(t, Customer{Dark: true})
			b.Visit(pay.link)
			if b.Text("countdown") == "" {
				t.Error("no time is shown")
			}
			s.Advance(pay.lasts)
			if status := b.Visit(pay.link); status != 410 {
				t.Errorf("the page answers %d", status)
			}
			b.Shot("expired")
			b.Press("return")
			shop.Back()
		})
	}
}

// TestCountdown sees the time tick when the world's clock does, and stand when it stands.
func TestCountdown(t *testing.T) {
	t.Parallel()
	for _, p := range platforms() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			s := mocktest.Run(t)
			pay := p.begin(s, "https://shop.example.test/thanks")
			b := Open(t, Customer{})
			b.Visit(pay.link)
			shown := b.Text("countdown")
			s.Call("POST", "/_understudy/clock/resume", map[string]any{}).Want(200)
			b.Visit(pay.link)
			b.Becomes("countdown", func(text string) bool { return len(text) < len(shown) || text < shown }) // 59:59 comes after 1:00:00
		})
	}
}

// TestFrame shows every page in a shop's frame, unless framing is denied.
func TestFrame(t *testing.T) {
	t.Parallel()
	for _, p := range platforms() {
		for _, denied := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, denied: %v", p, denied), func(t *testing.T) {
				t.Parallel()
				s := mocktest.Run(t, func(o *mock.Options) { o.DenyFraming = denied })
				pay := p.begin(s, "https://shop.example.test/thanks")
				// The shop writes its line only when whatever is framed has come, or has been turned away.
				shop := OpenShop(t, fmt.Sprintf(`<!doctype html><title>Shop</title><p data-testid="line">waiting</p><div data-testid="frame"><iframe
					src="%s" width="600" height="700" onload="document.querySelector('[data-testid=line]').textContent='here'"></iframe></div>`, pay.link))
				b := Open(t, Customer{})
				b.Visit(shop.URL)
				b.Becomes("line", func(text string) bool { return text == "here" })
				if shown := b.Frame("frame").Has("amount"); shown == denied {
					t.Errorf("the page is shown: %v", shown)
				}
				b.Shot("framed")
			})
		}
	}
}
