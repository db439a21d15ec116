package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"understudy/mock"
)

// each case is a provider's page: its own call, to orders that are ready for it.
var cases = []benchCase{
	{"retry-payment", "commerceengine", "failed", 0.30},
	{"collect-payment", "nextcommerce", "payable", 0.12},
}

type benchCase struct {
	name, provider string
	role           string  // of the orders that the call succeeds on, once each
	aim            float64 // the share of the mux floor that is wanted
}

// batch is how many calls are timed at a stretch. Orders are made, and what was answered is looked at, between batches.
const batch = 400

// result is requests per second, as the median of batches.
type result struct {
	bare, mux, understudy float64
	ofMux                 float64 // the median of what each batch of ours is of the floor's batch beside it
	size                  int     // of an answer, in bytes
}

// measure times batches of the floors and of Understudy in turn, so that a busy machine slows all of them.
func (c benchCase) measure(each time.Duration) (result, error) {
	s, err := c.start()
	if err != nil {
		return result{}, err
	}
	defer s.simulator.Close()
	first, err := s.requests(1)
	if err != nil {
		return result{}, err
	}
	answer := httptest.NewRecorder()
	s.simulator.ServeHTTP(answer, first[0])
	if answer.Code != http.StatusOK {
		return result{}, fmt.Errorf("answered %d %s", answer.Code, answer.Body)
	}
	bare, mux, err := floors(s.pattern(), answer.Body.Bytes(), s.call.Body)
	if err != nil {
		return result{}, err
	}
	var rates [3][]float64
	var shares []float64
	for begin := time.Now(); time.Since(begin) < 3*each || len(shares) < 5; {
		for i, h := range []http.Handler{bare, mux, s.simulator} {
			requests, err := s.requests(batch)
			if err != nil {
				return result{}, err
			}
			before, err := s.commits()
			if err != nil {
				return result{}, err
			}
			rate, err := timed(h, requests)
			if err != nil {
				return result{}, err
			}
			after, err := s.commits()
			if err != nil {
				return result{}, err
			}
			if i == 2 && after-before != batch {
				return result{}, fmt.Errorf("%d of %d calls changed state", after-before, batch)
			}
			rates[i] = append(rates[i], rate)
		}
		n := len(rates[2]) - 1
		shares = append(shares, rates[2][n]/rates[1][n])
	}
	return result{bare: median(rates[0]), mux: median(rates[1]), understudy: median(rates[2]), ofMux: median(shares), size: answer.Body.Len()}, nil
}

// timed is how many requests per second a handler answers, all of them with 200.
func timed(h http.Handler, requests []*http.Request) (float64, error) {
	runtime.GC() // what preparing them left behind
	w := &sink{header: http.Header{}}
	start := cpuTime()
	for _, r := range requests {
		w.reset()
		h.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			return 0, fmt.Errorf("%s %s was answered %d", r.Method, r.URL, w.status)
		}
	}
	return float64(len(requests)) / (cpuTime() - start).Seconds(), nil
}

// sink takes an answer and forgets it.
type sink struct {
	header http.Header
	status int
	size   int
}

func (w *sink) Header() http.Header    { return w.header }
func (w *sink) WriteHeader(status int) { w.status = status }

func (w *sink) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.size += len(b)
	return len(b), nil
}

func (w *sink) reset() {
	clear(w.header)
	w.status, w.size = 0, 0
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// subject is a simulator, and the page's call that is made of it.
type subject struct {
	benchCase
	simulator *mock.Server
	tenant    string
	call      call
	number    string // of the order in the page's call
}

// call is a page's call as the control API tells it.
type call struct {
	Method  string
	URL     string
	Headers http.Header
	Body    string
}

func (c benchCase) start() (*subject, error) {
	m, err := mock.New(mock.Options{Providers: []string{c.provider}})
	if err != nil {
		return nil, err
	}
	s := &subject{benchCase: c, simulator: m}
	var provider struct {
		Tenant string `json:"default_tenant"`
		Call   call
	}
	if err := s.ask("GET", "/_understudy/providers/"+c.provider, "", &provider); err != nil {
		return nil, err
	}
	s.tenant, s.call = provider.Tenant, provider.Call
	s.number = orderNumber.FindStringSubmatch(s.call.URL)[1]
	return s, nil
}

// orderNumber finds the number in the URL of either call.
var orderNumber = regexp.MustCompile(`/orders/([^/]+)/`)

// pattern is the path of the call with a variable for the order.
func (s *subject) pattern() string {
	u, _ := url.Parse(s.call.URL)
	return strings.Replace(u.Path, "/"+s.number+"/", "/{number}/", 1)
}

// requests makes orders, and a call to each.
func (s *subject) requests(n int) ([]*http.Request, error) {
	list := make([]*http.Request, n)
	for i := range list {
		var order struct{ ID string }
		if err := s.ask("POST", "/_understudy/"+s.provider+"/"+url.PathEscape(s.tenant)+"/orders", `{"role":"`+s.role+`"}`, &order); err != nil {
			return nil, err
		}
		target := strings.Replace(s.call.URL, "/"+s.number+"/", "/"+url.PathEscape(order.ID)+"/", 1)
		list[i] = httptest.NewRequest(s.call.Method, target, strings.NewReader(s.call.Body))
		list[i].Header = s.call.Headers.Clone()
	}
	return list, nil
}

// commits is how often the world has changed.
func (s *subject) commits() (int, error) {
	var w struct{ Commits int }
	err := s.ask("GET", "/_understudy/worlds/default", "", &w)
	return w.Commits, err
}

// ask makes a call to the control API.
func (s *subject) ask(method, path, body string, into any) error {
	r := httptest.NewRequest(method, "http://127.0.0.1:4242"+path, bytes.NewBufferString(body))
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.simulator.ServeHTTP(w, r)
	if w.Code/100 != 2 {
		return errors.New(method + " " + path + ": " + w.Body.String())
	}
	return json.Unmarshal(w.Body.Bytes(), into)
}
