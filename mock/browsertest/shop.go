package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// Return is how a customer came back to the shop.
type Return struct {
	Method string
	URL    *url.URL
	Form   url.Values // of a post
}

// Shop is a shop's server. Customers return to it, and it can show a page of its own.
type Shop struct {
	URL     string
	t       testing.TB
	returns chan Return
}

// OpenShop opens a shop whose front page is `front`, as HTML.
func OpenShop(t testing.TB, front string) *Shop {
	t.Helper()
	s := &Shop{t: t, returns: make(chan Return, 16)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch {
		case r.URL.Path == "/":
			w.Write([]byte(front))
		case r.URL.Path != "/favicon.ico" && r.ParseForm() == nil:
			s.returns <- Return{Method: r.Method, URL: r.URL, Form: r.PostForm}
			w.Write([]byte(`<!doctype html><title>Shop</title><p data-testid="thanks">Thank you.</p>`))
		}
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Back waits until a customer has come back.
func (s *Shop) Back() Return {
	s.t.Helper()
	patient, end := context.WithTimeout(s.t.Context(), patience)
	defer end()
	select {
	case r := <-s.returns:
		return r
	case <-patient.Done():
		s.t.Fatal("nobody came back to the shop")
		return Return{}
	}
}
