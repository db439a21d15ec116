package engine

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	isRoom := func(name string) bool { return name == "toy" || name == "_control" }
	cases := []struct {
		request string // host and path, then headers
		want    string // world, room, tenant and path
		here    string // what stands before a path in a URL at the same host
		there   string // and at another
	}{
		{"h /toy/a/b", "default toy - /a/b", "/toy", "/toy"},
		{"h /toy", "default toy - ", "/toy", "/toy"},
		{"h /toy/", "default toy - /", "/toy", "/toy"},
		{"h /", "default  - ", "/", "/"},
		{"h //toy///a//b//", "default toy - /a/b/", "/toy", "/toy"},
		{"h /toy/a%2Fb%20c/", "default toy - /a%2Fb%20c/", "/toy", "/toy"},
		{"h /toy/%2F%2F/x", "default toy - /%2F%2F/x", "/toy", "/toy"},
		{"h /w/one/toy/a", "one toy - /a", "/w/one/toy", "/w/one/toy"},
		{"h //w//one//toy//a", "one toy - /a", "/w/one/toy", "/w/one/toy"},
		{"h /w/default/toy/a", "default toy - /a", "/toy", "/toy"},
		{"h /w/", "default  - ", "/", "/"},
		{"h /w/one", "one  - ", "/w/one/", "/w/one/"},
		{"h /w/Bad_One/toy/a", "Bad_One toy - /a", "/w/Bad_One/toy", "/w/Bad_One/toy"},
		{"h /toy/w/one/a", "default toy - /w/one/a", "/toy", "/toy"},
		{"h /t/shop/toy/a", "default toy shop /a", "/t/shop/toy", "/t/shop/toy"},
		{"h /t/a%2Fb%20c/toy/a", "default toy a/b c /a", "/t/a%2Fb%20c/toy", "/t/a%2Fb%20c/toy"},
		{"h /w/one/t/shop/toy/a", "one toy shop /a", "/w/one/t/shop/toy", "/w/one/t/shop/toy"},
		{"h /t/shop/w/one/toy/a", "default w shop /one/toy/a", "/t/shop/w", "/t/shop/w"},
		{"h /_control/worlds", "default _control - /worlds", "/_control", "/_control"},

		{"h /toy/a World:one", "one toy - /a", "/w/one/toy", "/w/one/toy"},
		{"h /w/two/toy/a World:one", "two toy - /a", "/w/two/toy", "/w/two/toy"},
		{"h /toy/a Tenant:shop", "default toy shop /a", "/t/shop/toy", "/t/shop/toy"},
		{"h /t/other/toy/a Tenant:shop", "default toy other /a", "/t/other/toy", "/t/other/toy"},

		{"shop.toy.localhost /a", "default toy shop /a", "", "/t/shop/toy"},
		{"shop.toy.localhost:4242 //a", "default toy shop /a", "", "/t/shop/toy"},
		{"Shop.Toy.LOCALHOST /a", "default toy shop /a", "", "/t/shop/toy"},
		{"shop.one.toy.localhost /a", "one toy shop /a", "", "/w/one/t/shop/toy"},
		{"shop.one.toy.localhost /w/two/a", "one toy shop /w/two/a", "", "/w/one/t/shop/toy"},
		{"shop.one.toy.localhost /a World:two", "one toy shop /a", "", "/w/one/t/shop/toy"},
		{"shop.toy.localhost /a World:one", "one toy shop /a", "/w/one", "/w/one/t/shop/toy"},
		{"shop.toy.localhost /w/one/a", "one toy shop /a", "/w/one", "/w/one/t/shop/toy"},
		{"shop.toy.localhost /w/one/a World:two", "one toy shop /a", "/w/one", "/w/one/t/shop/toy"},
		{"shop.toy.localhost /t/other/a Tenant:third", "default toy shop /t/other/a", "", "/t/shop/toy"},
		{"shop.toy.localhost /toy/a", "default toy shop /toy/a", "", "/t/shop/toy"},

		{"toy.localhost /toy/a", "default toy - /a", "/toy", "/toy"},
		{"a.b.c.toy.localhost /toy/a", "default toy - /a", "/toy", "/toy"},
		{"shop.none.localhost /toy/a", "default toy - /a", "/toy", "/toy"},
		{"shop.toy.example.com /toy/a", "default toy - /a", "/toy", "/toy"},
		{"[::1]:4242 /toy/a", "default toy - /a", "/toy", "/toy"},
	}
	for _, c := range cases {
		parts := strings.Fields(c.request)
		r := httptest.NewRequest("GET", parts[1], nil)
		r.Host = parts[0]
		for _, header := range parts[2:] {
			name, value, _ := strings.Cut(header, ":")
			r.Header.Set("Understudy-"+name, value)
		}
		a := resolve(r, isRoom)
		tenant := a.tenant
		if tenant == "" {
			tenant = "-"
		}
		if got := a.world + " " + a.room + " " + tenant + " " + a.path; got != c.want {
			t.Errorf("%s: %q, want %q", c.request, got, c.want)
		}
		if here, there := a.prefix(false), a.prefix(true); here != c.here || there != c.there {
			t.Errorf("%s: links begin with %q or %q, want %q or %q", c.request, here, there, c.here, c.there)
		}
	}
}

// A URL made of an address leads back to that address, whether the host names it or the path.
func TestALinkLeadsBack(t *testing.T) {
	t.Parallel()
	isRoom := func(name string) bool { return name == "toy" }
	for _, host := range []string{"h", "shop.toy.localhost", "shop.one.toy.localhost"} {
		for _, path := range []string{"/toy/x%2Fy", "/w/two/toy/x", "/t/a%20b/toy/x"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Host = host
			r.Header.Set("Understudy-World", "three")
			r.Header.Set("Understudy-Tenant", "fourth")
			first := resolve(r, isRoom)
			for _, other := range []bool{false, true} {
				link := httptest.NewRequest("GET", first.prefix(other)+"/linked", nil)
				if link.Host = host; other {
					link.Host = "mock.example.com"
				}
				got := resolve(link, isRoom)
				if got.world != first.world || got.room != first.room || got.tenant != first.tenant || got.path != "/linked" {
					t.Errorf("%s%s is %+v; its link %s%s is %+v", host, path, first, link.Host, link.URL, got)
				}
			}
		}
	}
}

func TestTenantsNames(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"": true, "shop": true, "a/b c": true, "Ünïcode": true, strings.Repeat("a", 200): true,
		strings.Repeat("a", 201): false, "\xff": false, "a\x00": false, "a\nb": false, ".": false, "..": false, "...": true,
	} {
		if err := checkTenant(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}
