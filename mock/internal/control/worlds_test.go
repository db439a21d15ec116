package control_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

func TestWorlds(t *testing.T) {
	t.Parallel()
	t.Run("a world is made with a seed and a start of its own", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		r := post(s, api+"/worlds", map[string]any{"name": "april", "seed": "x", "start": "2026-04-01T10:00:00+02:00", "frozen": true}).Want(http.StatusCreated)
		if r.Text("seed") != "x" || r.Text("clock.now") != "2026-04-01T08:00:00Z" || r.At("clock.frozen") != true || r.Text("url") != s.URL+"/w/april" {
			t.Errorf("%s", r.Body)
		}
		again := s.Call("GET", r.Header.Get("Location"), nil).Want(http.StatusOK)
		if !bytes.Equal(again.Body, r.Body) {
			t.Errorf("Location answers %s", again.Body)
		}
	})
	t.Run("equal seeds and starts make equal worlds, other seeds others", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		answers := map[string]string{}
		for name, seed := range map[string]string{"a": "same", "b": "same", "c": "other"} {
			post(s, api+"/worlds", map[string]any{"name": name, "seed": seed, "start": "2026-04-01T08:00:00Z", "frozen": true}).Want(http.StatusCreated)
			answers[name] = post(s, "/w/"+name+api+"/commerceengine/store_01/orders", map[string]any{"role": "payable"}).Want(http.StatusCreated).Text("payments.0.id")
		}
		if answers["a"] == "" || answers["a"] != answers["b"] || answers["a"] == answers["c"] {
			t.Errorf("payments: %v", answers)
		}
	})
	t.Run("a world comes into being at its first use, by path or header, and is counted", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		s.Call("GET", "/w/by-path"+api+"/clock", nil).Want(http.StatusOK)
		s.Call("GET", api+"/clock", nil, "Understudy-World: by-header").Want(http.StatusOK)
		collect(s, "/w/by-path").Want(http.StatusOK)
		r := s.Call("GET", api+"/worlds", nil).Want(http.StatusOK)
		var names []any
		for i := range 3 {
			names = append(names, r.At(fmt.Sprintf("worlds.%d.name", i)))
		}
		if fmt.Sprint(names) != "[by-header by-path default]" || r.Text("worlds.1.requests") != "1" || r.Text("worlds.1.tenants.0.provider") != "nextcommerce" {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(o *mock.Options) { o.MaxWorlds = 2 })
		post(s, api+"/worlds", map[string]any{"name": "one"}).Want(http.StatusCreated)
		post(s, api+"/worlds", map[string]any{"name": "one"}).Want(http.StatusConflict)
		if r := post(s, api+"/worlds", map[string]any{"name": "two"}).Want(http.StatusTooManyRequests); !strings.Contains(r.Text("detail"), "DELETE /_understudy/worlds/{world}") {
			t.Errorf("what to do is not said: %s", r.Body)
		}
		s.Call("GET", "/w/three"+api+"/clock", nil).Want(http.StatusTooManyRequests)
		s.Call("GET", api+"/worlds/three", nil).Want(http.StatusNotFound)
		s.Call("DELETE", api+"/worlds/three", nil).Want(http.StatusNotFound)
		post(s, api+"/worlds/three/reset", nil).Want(http.StatusNotFound)
		for _, start := range []string{"0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z"} {
			if r := post(s, api+"/worlds/one/reset", map[string]any{"start": start}).Want(http.StatusBadRequest); r.Text("problems.0.pointer") != "/start" {
				t.Errorf("%s", r.Body)
			}
		}
		s.Call("DELETE", api+"/worlds/one", nil).Want(http.StatusNoContent)
		post(s, api+"/worlds", map[string]any{"name": "two"}).Want(http.StatusCreated)
	})
	t.Run("what is deleted begins anew", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		collect(s, "/w/w").Want(http.StatusOK)
		collect(s, "/w/w").Want(http.StatusBadRequest) // nothing is due any more
		s.Call("DELETE", api+"/worlds/w", nil).Want(http.StatusNoContent)
		collect(s, "/w/w").Want(http.StatusOK)
	})
	t.Run("a reset puts orders, clock, ids and journal back, and keeps snapshots", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		post(s, api+"/snapshots", map[string]any{"name": "kept"}).Want(http.StatusCreated)
		first := collect(s, "")
		post(s, api+"/clock/advance", map[string]any{"by": "1h"}).Want(http.StatusOK)
		r := post(s, api+"/worlds/default/reset", nil).Want(http.StatusOK)
		if r.Text("requests") != "0" || r.Text("commits") != "0" || r.Text("clock.now") != "2026-03-02T09:30:00Z" {
			t.Errorf("%s", r.Body)
		}
		second := collect(s, "").Want(http.StatusOK)
		if !bytes.Equal(first.Body, second.Body) || second.Header.Get("Understudy-Exchange") != "default-1" {
			t.Errorf("after the reset: %s", second.Body)
		}
		s.Call("GET", api+"/snapshots/kept", nil).Want(http.StatusOK)
		r = post(s, api+"/worlds/default/reset", map[string]any{"seed": "another", "start": "2027-01-01T00:00:00Z"}).Want(http.StatusOK)
		if r.Text("seed") != "another" || r.Text("clock.now") != "2027-01-01T00:00:00Z" {
			t.Errorf("%s", r.Body)
		}
	})
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	t.Run("a restore brings back orders and clock", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		r := post(s, api+"/snapshots", map[string]any{"name": "before / payment"}).Want(http.StatusCreated)
		at := r.Header.Get("Location")
		s.Call("GET", at, nil).Want(http.StatusOK)
		collect(s, "").Want(http.StatusOK)
		post(s, api+"/clock/advance", map[string]any{"by": "2d"}).Want(http.StatusOK)
		collect(s, "").Want(http.StatusBadRequest)
		r = post(s, at+"/restore", nil).Want(http.StatusOK)
		if r.Text("clock.now") != "2026-03-02T09:30:00Z" || r.Text("requests") != "2" {
			t.Errorf("%s", r.Body)
		}
		collect(s, "").Want(http.StatusOK)
		if r := s.Call("GET", api+"/snapshots", nil); r.Text("snapshots.0.name") != "before / payment" {
			t.Errorf("%s", r.Body)
		}
		s.Call("DELETE", at, nil).Want(http.StatusNoContent)
		s.Call("GET", at, nil).Want(http.StatusNotFound)
		s.Call("DELETE", at, nil).Want(http.StatusNotFound)
		post(s, at+"/restore", nil).Want(http.StatusNotFound)
	})
	t.Run("they belong to their world", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		post(s, "/w/a"+api+"/snapshots", map[string]any{"name": "x"}).Want(http.StatusCreated)
		s.Call("GET", "/w/a"+api+"/snapshots/x", nil).Want(http.StatusOK)
		if r := s.Call("GET", api+"/snapshots/x", nil).Want(http.StatusNotFound); !strings.Contains(r.Text("detail"), "there are none") {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("there are only so many", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		for i := range 100 {
			post(s, api+"/snapshots", map[string]any{"name": fmt.Sprint(i)}).Want(http.StatusCreated)
		}
		if r := post(s, api+"/snapshots", map[string]any{"name": "one more"}).Want(http.StatusConflict); !strings.Contains(r.Text("detail"), "DELETE /_understudy/snapshots/{name}") {
			t.Errorf("what to do is not said: %s", r.Body)
		}
		post(s, api+"/snapshots", map[string]any{"name": "7"}).Want(http.StatusCreated)
	})
}

func TestExportAndImport(t *testing.T) {
	t.Parallel()
	s := start(t)
	for provider, tenant := range map[string]string{"commerceengine": "store_01", "fabric": "63310842f37ee100111e9fe3", "norce": "norce:1", "commercelayer": "yourdomain"} {
		s.Call("GET", api+"/"+provider+"/"+tenant+"/orders", nil).Want(http.StatusOK)
	}
	collect(s, "").Want(http.StatusOK)
	export := func(prefix string) mocktest.Response {
		return s.Call("GET", prefix+api+"/export", nil).Want(http.StatusOK)
	}
	whole := export("")
	post(s, "/w/copy"+api+"/import", string(whole.Body)).Want(http.StatusUnsupportedMediaType)
	r := s.Call("POST", "/w/copy"+api+"/import", whole.Body, "Content-Type: application/json").Want(http.StatusOK)
	if r.Text("name") != "copy" {
		t.Errorf("%s", r.Body)
	}
	if copied := export("/w/copy"); string(copied.Body) != strings.Replace(string(whole.Body), `"world":"default"`, `"world":"copy"`, 1) {
		t.Error("the copy's export differs")
	}
	collect(s, "/w/copy").Want(http.StatusBadRequest) // it is paid there too
	t.Run("nothing changes unless all of it reads", func(t *testing.T) {
		broken := strings.Replace(string(whole.Body), `"kind":"timer"`, `"kind":"tiger"`, 1)
		r := s.Call("POST", "/w/copy"+api+"/import", broken, "Content-Type: application/json").Want(http.StatusBadRequest)
		if !strings.Contains(r.Text("detail"), "tiger") {
			t.Errorf("%s", r.Body)
		}
		collect(s, "/w/copy").Want(http.StatusBadRequest)
	})
	t.Run("an export larger than other bodies may be is taken", func(t *testing.T) {
		large := strings.Replace(string(whole.Body), "{", "{"+strings.Repeat(" ", 3<<20), 1)
		s.Call("POST", "/w/large"+api+"/import", large, "Content-Type: application/json").Want(http.StatusOK)
	})
}

func TestClock(t *testing.T) {
	t.Parallel()
	t.Run("it advances by what is said", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		for by, want := range map[string]string{
			"1500ms": "2026-03-02T09:30:01.5Z", "90s": "2026-03-02T09:31:30Z", "1h30m": "2026-03-02T11:00:00Z", "1.5d": "2026-03-03T21:30:00Z", "0s": "2026-03-02T09:30:00Z",
		} {
			prefix := "/w/w" + strings.ReplaceAll(by, ".", "-")
			if r := post(s, prefix+api+"/clock/advance", map[string]any{"by": by}).Want(http.StatusOK); r.Text("now") != want {
				t.Errorf("by %s: %s", by, r.Body)
			}
		}
		for _, by := range []any{"", "15", "m", "-15m", "1h 30m", "1y", "999999999d", "999999999h", 15, nil} {
			if r := post(s, api+"/clock/advance", map[string]any{"by": by}).Want(http.StatusBadRequest); r.Text("problems.0.pointer") != "/by" {
				t.Errorf("by %v: %s", by, r.Body)
			}
		}
	})
	t.Run("it is set, forward only", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		if r := post(s, api+"/clock/set", map[string]any{"to": "2026-05-01T00:00:00+02:00"}).Want(http.StatusOK); r.Text("now") != "2026-04-30T22:00:00Z" {
			t.Errorf("%s", r.Body)
		}
		if r := post(s, api+"/clock/set", map[string]any{"to": "2026-04-01T00:00:00Z"}).Want(http.StatusConflict); !strings.Contains(r.Text("detail"), "forward") {
			t.Errorf("%s", r.Body)
		}
		post(s, api+"/clock/set", map[string]any{"to": "9999-01-01T00:00:00Z"}).Want(http.StatusBadRequest)
		post(s, api+"/clock/set", map[string]any{"to": "tomorrow"}).Want(http.StatusBadRequest)
		if r := s.Call("GET", api+"/clock", nil); r.Text("now") != "2026-04-30T22:00:00Z" || r.Text("start") != "2026-03-02T09:30:00Z" {
			t.Errorf("a refused move moved it: %s", r.Body)
		}
	})
	t.Run("it is let run, and stopped", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		if r := post(s, api+"/clock/resume", nil).Want(http.StatusOK); r.At("frozen") != false || r.At("real") != false {
			t.Errorf("%s", r.Body)
		}
		r := post(s, api+"/clock/freeze", nil).Want(http.StatusOK)
		if r.At("frozen") != true || s.Call("GET", api+"/clock", nil).Text("now") != r.Text("now") {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("timers are listed in order, and fire on the way", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		s.Call("GET", api+"/commerceengine/store_01/orders", nil).Want(http.StatusOK)
		r := s.Call("GET", api+"/timers", nil).Want(http.StatusOK)
		first, due := r.Text("timers.0.id"), r.Text("timers.0.due")
		if first == "" || r.Text("timers.0.provider") != "commerceengine" || r.Text("timers.0.tenant") != "store_01" || r.Text("timers.1.due") < due {
			t.Fatalf("%s", r.Body)
		}
		post(s, api+"/clock/set", map[string]any{"to": due}).Want(http.StatusOK)
		if left := s.Call("GET", api+"/timers", nil); strings.Contains(string(left.Body), first) {
			t.Errorf("%s has not fired: %s", first, left.Body)
		}
		r = s.Call("GET", api+"/requests?cause=timer", nil).Want(http.StatusOK)
		if r.Text("meta.total") == "0" || !strings.HasPrefix(r.Text("requests.0.operation"), "timer:") || r.Text("requests.0.at") != due {
			t.Errorf("%s", r.Body)
		}
	})
}
