package control_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var href = regexp.MustCompile(`href="([^"]+)"`)

func TestConsole(t *testing.T) {
	t.Parallel()
	s := start(t)
	collect(s, "").Want(http.StatusOK)
	collect(s, "").Want(http.StatusBadRequest)
	s.Call("GET", "/nextcommerce/<script>alert(1)</script>", nil)
	post(s, api+"/worlds", map[string]any{"name": "other"}).Want(http.StatusCreated)
	page := s.Call("GET", api+"/", nil).Want(http.StatusOK)
	text := string(page.Body)
	t.Run("it shows worlds, orders, links, triggers and the last requests", func(t *testing.T) {
		for _, want := range []string{
			`data-testid="world">default<`, `/w/other/_understudy/"`, `data-order="309019176"`, `data-order="100001"`, `data-order="ABCRtyUpBa"`,
			"collectPayment", "retry-payment", `data-exchange="default-1"`, "nearest: ", "no-scope", "payment-page",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is missing", want)
			}
		}
		if strings.Index(text, `data-exchange="default-2"`) > strings.Index(text, `data-exchange="default-1"`) {
			t.Error("the latest exchange is not the first")
		}
	})
	t.Run("it runs no script, least of all a stranger's", func(t *testing.T) {
		if strings.Contains(text, "<script") {
			t.Error("there is a script in it")
		}
		if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("policy %q", policy)
		}
	})
	t.Run("every link of it works", func(t *testing.T) {
		links := href.FindAllStringSubmatch(text, -1)
		if len(links) < 20 {
			t.Errorf("only %d links", len(links))
		}
		for _, link := range links {
			r := s.Call("GET", html.UnescapeString(link[1]), nil)
			if r.Status != http.StatusOK && r.Status != http.StatusGone {
				t.Errorf("%s answers %d", link[1], r.Status)
			}
		}
	})
	t.Run("the slash at its end may be left out, and another world has its own", func(t *testing.T) {
		s.Call("GET", api, nil).Want(http.StatusOK)
		r := s.Call("GET", "/w/other"+api+"/", nil).Want(http.StatusOK)
		if !strings.Contains(string(r.Body), `data-testid="world">other<`) || strings.Contains(string(r.Body), `data-exchange="default-1"`) {
			t.Error("it shows another world's")
		}
		if r := s.Call("HEAD", api+"/", nil).Want(http.StatusOK); len(r.Body) != 0 {
			t.Error("HEAD has a body")
		}
	})
}

func TestConsoleGoesOnToFurtherOrders(t *testing.T) {
	t.Parallel()
	s := start(t)
	for range 130 {
		post(s, api+"/nextcommerce/example/orders", map[string]any{"role": "payable"}).Want(http.StatusCreated)
	}
	for i := range 12 {
		post(s, api+fmt.Sprintf("/norce/shop%d:1/orders", i), map[string]any{"role": "payable"}).Want(http.StatusCreated)
	}
	all := s.Call("GET", api+"/nextcommerce/example/orders", nil).At("orders").([]any)
	var seen []string
	to, walked := api+"/", 0
	for ; to != "" && walked < 10; walked++ {
		page := string(s.Call("GET", to, nil).Want(http.StatusOK).Body)
		part, _, _ := strings.Cut(page[strings.Index(page, `id="nextcommerce-example"`):], "</table>")
		for _, order := range regexp.MustCompile(`data-order="([^"]+)"`).FindAllStringSubmatch(part, -1) {
			seen = append(seen, order[1])
		}
		to = ""
		if next := regexp.MustCompile(`<a href="([^"]+)">those after<`).FindStringSubmatch(part); next != nil {
			to = html.UnescapeString(next[1])
		}
		if want := fmt.Sprintf("to %d of %d", len(seen), len(all)); !strings.Contains(part, want) {
			t.Errorf("no %q in %.300s", want, part)
		}
	}
	var want []string
	for _, o := range all {
		want = append(want, o.(map[string]any)["id"].(string))
	}
	if !slices.Equal(seen, want) {
		t.Errorf("%d pages show %v, want %v", walked, seen, want)
	}
	t.Run("a tenant that is not shown is linked to", func(t *testing.T) {
		page := string(s.Call("GET", api+"/", nil).Body)
		link := regexp.MustCompile(`<a href="([^"]+)"><code>shop9:1<`).FindStringSubmatch(page)
		if link == nil {
			t.Fatal("it is not")
		}
		if page = string(s.Call("GET", html.UnescapeString(link[1]), nil).Want(http.StatusOK).Body); !strings.Contains(page, `id="norce-shop9:1"`) {
			t.Error("its page does not show it")
		}
	})
	t.Run("beyond the last order stands the last", func(t *testing.T) {
		page := string(s.Call("GET", api+"/?provider=nextcommerce&from=1000000000", nil).Want(http.StatusOK).Body)
		if !strings.Contains(page, fmt.Sprintf("orders %d to %d of %d", len(all), len(all), len(all))) {
			t.Error("it does not")
		}
	})
	t.Run("what is not there is refused, and made by nobody's looking", func(t *testing.T) {
		for query, status := range map[string]int{
			"provider=nobody": 404, "provider=norce&tenant=nobody:1": 404, "tenant=nobody:1": 404, "provider=norce&from=0": 400, "from=x": 400, "page=2": 400,
		} {
			s.Call("GET", api+"/?"+query, nil).Want(status)
		}
		if tenants := string(s.Call("GET", api+"/worlds/default", nil).Body); strings.Contains(tenants, "nobody") {
			t.Errorf("a tenant was made: %s", tenants)
		}
	})
}

func TestTheBareAddressLeadsPeopleToTheConsole(t *testing.T) {
	t.Parallel()
	s := start(t)
	const browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
	for path, want := range map[string]string{"/": "/_understudy/", "": "/_understudy/", "/w/mine": "/w/mine/_understudy/", "/w/mine/": "/w/mine/_understudy/"} {
		for _, method := range []string{"GET", "HEAD"} {
			if r := s.Call(method, s.URL+path, nil, browser).Want(http.StatusFound); r.Header.Get("Location") != s.URL+want {
				t.Errorf("%s %s leads to %s", method, path, r.Header.Get("Location"))
			}
		}
	}
	s.Call("GET", s.URL+"/w/mine/_understudy/", nil, browser).Want(http.StatusOK)
	if r := s.Call("GET", "/", nil, "Accept: */*").Want(http.StatusNotFound); !strings.Contains(r.Text("detail"), "/commerceengine") {
		t.Errorf("a program is told %s", r.Body)
	}
	s.Call("POST", "/", nil, browser).Want(http.StatusNotFound)
	s.Call("GET", "/nobody", nil, browser).Want(http.StatusNotFound)
}
