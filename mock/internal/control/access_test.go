package control_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"understudy/mock"
)

func TestWhoMayCall(t *testing.T) {
	t.Parallel()
	serve := func(token, public string) *mock.Server {
		s, err := mock.New(mock.Options{ControlToken: token, PublicURL: public, Providers: []string{"norce"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	open, locked, public := serve("", ""), serve("s3cret", ""), serve("", "https://mock.example.test:8443")
	type call struct {
		from, to, host string
		headers        map[string]string
	}
	here := call{from: "127.0.0.1:5000", host: "127.0.0.1:4242"}
	with := func(name, value string) call {
		c := here
		c.headers = map[string]string{name: value}
		return c
	}
	hosted := func(host string) call { return call{from: "127.0.0.1:5000", host: host} }
	far := call{from: "192.168.1.7:5000", to: "192.168.1.2:4242", host: "192.168.1.2:4242"}
	farWith := func(authorization string) call {
		c := far
		c.headers = map[string]string{"Authorization": authorization}
		return c
	}
	for name, c := range map[string]struct {
		server *mock.Server
		call   call
		want   int
	}{
		"this machine": {open, here, 200},
		"this machine, with a token that nobody asked for": {open, with("Authorization", "Bearer x"), 200},
		"this machine, though there is a token":            {locked, here, 200},
		"this machine over IPv6":                           {open, call{from: "[::1]:5000", host: "[::1]:4242"}, 200},
		"this machine by its own network address":          {open, call{from: "192.168.1.2:5000", to: "192.168.1.2:4242", host: "192.168.1.2:4242"}, 200},
		"this process":           {open, call{from: "", host: "127.0.0.1"}, 200},
		"localhost":              {open, hosted("localhost:4242"), 200},
		"a name below localhost": {open, hosted("Anything.LOCALHOST"), 200},
		"the public name":        {public, hosted("mock.example.test:8443"), 200},
		"a page of this server":  {open, with("Origin", "http://127.0.0.1:4242"), 200},
		"another machine":        {open, far, 403},
		"another machine, with a token that does not exist": {open, farWith("Bearer "), 403},
		"another machine, without the token":                {locked, far, 401},
		"another machine, with a wrong token":               {locked, farWith("Bearer s3cre"), 401},
		"another machine, with a token of another kind":     {locked, farWith("Basic s3cret"), 401},
		"another machine, with the token":                   {locked, farWith("bearer s3cret"), 200},
		"another machine, behind a proxy on this one":       {open, with("X-Forwarded-For", "203.0.113.9"), 403},
		"a page of another origin":                          {open, with("Origin", "http://localhost:3000"), 403},
		"a page of another port":                            {open, with("Origin", "http://127.0.0.1:3000"), 403},
		"a page without an origin":                          {open, with("Origin", "null"), 403},
		"a page of another origin, without the token":       {locked, with("Origin", "http://localhost:3000"), 401},
		"a foreign name that leads here":                    {open, hosted("evil.test"), 403},
		"a foreign name that ends like ours":                {open, hosted("evillocalhost"), 403},
		"the public name, of a server that has none":        {open, hosted("mock.example.test"), 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "http://"+c.call.host+api+"/clock", nil)
			r.RemoteAddr = c.call.from
			for name, value := range c.call.headers {
				r.Header.Set(name, value)
			}
			if c.call.to != "" {
				address, err := net.ResolveTCPAddr("tcp", c.call.to)
				if err != nil {
					t.Fatal(err)
				}
				r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, address))
			}
			w := httptest.NewRecorder()
			c.server.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("answered %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if (w.Code == 401) != (w.Header().Get("WWW-Authenticate") == "Bearer") {
				t.Errorf("WWW-Authenticate: %q", w.Header().Get("WWW-Authenticate"))
			}
		})
	}
}

func TestBrowsersOfOtherOrigins(t *testing.T) {
	t.Parallel()
	preflight := []string{"Origin: http://localhost:3000", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization"}
	t.Run("with a token they are let in, and see the answer", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(o *mock.Options) { o.ControlToken = "s3cret" })
		r := s.Call("OPTIONS", api+"/clock/freeze", nil, preflight...)
		if r.Status/100 != 2 || r.Header.Get("Access-Control-Allow-Origin") == "" || r.Header.Get("Access-Control-Allow-Headers") == "" {
			t.Errorf("preflight: %d %v", r.Status, r.Header)
		}
		r = s.Call("POST", api+"/clock/freeze", nil, "Origin: http://localhost:3000", "Authorization: Bearer s3cret").Want(http.StatusOK)
		if r.Header.Get("Access-Control-Allow-Origin") == "" {
			t.Errorf("the answer cannot be read: %v", r.Header)
		}
	})
	t.Run("without one they are told nothing", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		if r := s.Call("OPTIONS", api+"/clock/freeze", nil, preflight...); r.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("preflight: %v", r.Header)
		}
		if r := s.Call("GET", api+"/clock", nil, preflight...); r.Status != http.StatusForbidden || r.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%d %v", r.Status, r.Header)
		}
	})
}
