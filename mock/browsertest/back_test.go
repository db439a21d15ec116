package browsertest

import (
	"testing"

	"understudy/mock/mocktest"
)

// TestGoingBack has customers who were at the end press the browser's own button: the page says what became of the payment, sends them nowhere by
// itself, and can be loaded as often as they like.
func TestGoingBack(t *testing.T) {
	t.Parallel()
	for _, p := range platforms() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			shop, s := OpenShop(t, ""), mocktest.Run(t)
			pay := p.begin(s, shop.URL+"/thanks?basket=7")
			b := Open(t, Customer{})
			b.Visit(pay.link)
			for _, button := range []string{"decline", "fail"} {
				if b.Has(button) {
					b.Press(button)
					break
				}
			}
			b.Shows("thanks")
			shop.Back()
			for _, load := range []func() int{b.GoBack, b.Reload, b.Reload} {
				if status := load(); status != 200 {
					t.Errorf("the page answers %d", status)
				}
				if b.Shows("return"); b.URL() != pay.link {
					t.Fatalf("the customer is at %s", b.URL())
				}
			}
			b.Press("return")
			b.Shows("thanks")
			shop.Back()
		})
	}
}
