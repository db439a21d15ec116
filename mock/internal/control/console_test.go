package control_test

import (
	"html"
	"net/http"
	"regexp"
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
