package page_test

import (
	"strings"
	"testing"

	"understudy/mock/internal/page"
)

func TestAPolicyLetsFormsLeadToTheShopAlone(t *testing.T) {
	t.Parallel()
	cases := []struct {
		back string
		ways []string
		want string
	}{
		{"", nil, "'self'"},
		{"https://Shop.test:8443/a?b", nil, "'self' https://shop.test:8443"},
		{"", []string{"https://shop.test/good", "http://other.test/bad", "https://shop.test/good"}, "'self' https://shop.test http://other.test"},
		{"myshop://back", []string{"javascript:alert(1)", "/back", "https://x;script-src/", "https://*/", "https://a'b/", "%zz"}, "'self'"},
		{"https://Shöp.test/dänke", []string{"http://日本.localhost:3000/", "http://[::1]:8080/x", "https://shop.test:99999/", "https://my_shop.test"}, "'self' https://xn--shp-tna.test http://xn--wgv71a.localhost:3000 http://[::1]:8080 https://my_shop.test"},
	}
	for _, c := range cases {
		policy := page.Policy(page.View{Return: c.back, Ways: c.ways}, false)
		_, forms, _ := strings.Cut(policy, "form-action ")
		forms, _, _ = strings.Cut(forms, ";")
		if forms != c.want {
			t.Errorf("to %q or %q: forms lead to %q, want %q", c.back, c.ways, forms, c.want)
		}
	}
}

func TestACodeOfLettersGetsAKeyboardOfLetters(t *testing.T) {
	t.Parallel()
	for code, digits := range map[string]bool{"000000": true, "Checkout1!": false} {
		drawn := string(page.Render(page.View{Stage: page.Challenge, Code: code}))
		if strings.Contains(drawn, `data-testid="otp" inputmode="numeric"`) != digits {
			t.Errorf("the code %s: a keyboard of digits is %v", code, !digits)
		}
	}
}
