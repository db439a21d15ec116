package engine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
)

// Fifty callers on one world: each answer is that of some serial order, is in the journal before it is read, and under a number of its own.
func TestRacingCallersAreServedOneAfterAnother(t *testing.T) {
	t.Parallel()
	e, call := start(t, engine.Options{Journal: 10_000})
	const callers, calls = 50, 6
	if status, _, _ := call("GET", "/toy/api/counters/none", ""); status != 404 { // the world comes into being
		t.Fatal(status)
	}
	u, _ := e.Known("default")
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for i := range calls {
				method, path, body := "POST", fmt.Sprintf("/toy/api/counters/c%d", caller), `{"by":1}`
				switch i % 3 {
				case 1:
					method, body = "GET", ""
				case 2:
					body = `{"by":13}` // refused
				}
				status, text, header := call(method, path, body)
				id := header.Get("Understudy-Exchange")
				x, ok := u.Journal.Get(id)
				if !ok {
					t.Errorf("the answer is here, its exchange %s is not", id)
					return
				}
				if x.Response.Status != status || x.Response.Body != text || x.Request.Body != body || x.Method != method || x.Path != strings.TrimPrefix(path, "/toy") {
					t.Errorf("exchange %s is not the one that was answered: %+v", id, x)
				}
				mu.Lock()
				if seen[id] {
					t.Errorf("two answers name exchange %s", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	all := u.Journal.Find(nil)
	if len(all) != callers*calls+1 {
		t.Errorf("%d exchanges of %d", len(all), callers*calls+1)
	}
	for i, x := range all {
		if x.Number != int64(i+1) || x.ID != fmt.Sprintf("default-%d", i+1) {
			t.Errorf("exchange %d has number %d and id %s", i+1, x.Number, x.ID)
		}
	}
	for caller := range callers {
		var got struct{ N int }
		_, text, _ := call("GET", fmt.Sprintf("/toy/api/counters/c%d", caller), "")
		if json.Unmarshal([]byte(text), &got); got.N != 2 {
			t.Errorf("caller %d raised its counter twice, and it is %s", caller, text)
		}
	}
}

// Of racing calls that want the same thing, one gets it: the counter takes three raises, the fourth and later are declined.
func TestRacingCallersShareOneState(t *testing.T) {
	t.Parallel()
	_, call := start(t, engine.Options{Twice: true})
	results := make([]int, 50)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() { results[i], _, _ = call("POST", "/toy/api/counters/shared", `{"by":1}`) })
	}
	wg.Wait()
	raised := 0
	for _, status := range results {
		if status == http.StatusOK {
			raised++
		}
	}
	if raised != 3 {
		t.Errorf("%d raises were taken, want 3", raised)
	}
}

// Worlds come into being, move their clocks, are reset, restored and deleted while calls are under way. Nothing but a plain answer comes of it.
func TestWorldsComeAndGoUnderWay(t *testing.T) {
	t.Parallel()
	e, call := start(t, engine.Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprintf("w%d", i%4)
		wg.Go(func() {
			for range 20 {
				if status, text, _ := call("POST", "/w/"+name+"/toy/api/counters/a", `{"by":1}`); status != 200 && status != 422 {
					t.Errorf("%d %s", status, text)
				}
			}
		})
		wg.Go(func() {
			for j := range 20 {
				u, err := e.Universe(name)
				if err != nil {
					t.Error(err)
					return
				}
				switch j % 5 {
				case 0:
					u.Advance(time.Second)
				case 1:
					u.Reset(fmt.Sprint("seed", j), time.Time{})
					u.Journal.Restart()
				case 2:
					u.Restore(u.Snapshot())
				case 3:
					u.Export()
					u.Journal.Find(nil)
				case 4:
					e.Delete(name)
				}
				e.Universes()
			}
		})
	}
	wg.Wait()
}

func TestExchangesTellTheWholeStory(t *testing.T) {
	t.Parallel()
	e, call := start(t, engine.Options{})
	call("POST", "/toy/api/counters/a", `{"by":1}`)
	call("POST", "/toy/api/counters/a", `{"by":13}`)
	call("POST", "/toy/api/counters/a", `{"by":"x"}`)
	call("GET", "/toy/api/counter/a", "")
	call("POST", "/toy/api/counters/a", `{"by":1}`, "Prefer: code=409")
	u, _ := e.Known("default")
	if _, err := u.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	want := []string{
		// number, operation, status, refusal, commit, changes, forced
		"1 raiseCounter 200 - 2 [made tally a made timer clear/a] false",
		"2 raiseCounter 409 conflict 2 [] false",
		"3 raiseCounter 400 invalid 2 [] false",
		"4  404 not_found 2 [] false",
		"5 raiseCounter 409 - 2 [] true",
		"6 timer:clear 0 - 3 [removed timer clear/a removed tally a] false",
	}
	var got []string
	for _, x := range u.Journal.Find(nil) {
		kind := "-"
		if x.Reason != nil {
			kind = x.Reason.Kind
		}
		got = append(got, fmt.Sprint(x.Number, " ", x.Operation, " ", x.Response.Status, " ", kind, " ", x.Commit, " ", x.Changes, " ", x.Forced))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the journal is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	refused := u.Journal.Find(func(x *journal.Exchange) bool { return x.Number == 3 })[0]
	if p := refused.Reason.Problems; len(p) != 1 || p[0].Pointer != "/by" || p[0].Want == "" || p[0].Line == 0 {
		t.Errorf("the reason is %+v", refused.Reason)
	}
}

// Links lead back to the world and the tenant of the request, however those were named.
func TestMintedLinksResolve(t *testing.T) {
	t.Parallel()
	for _, public := range []string{"", "https://mock.example.com", "https://mock.example.com/under/"} {
		_, call := start(t, engine.Options{PublicURL: public})
		for name, headers := range map[string][]string{
			"/toy":                nil,
			"/w/one/toy":          nil,
			"/toy ":               {"Understudy-World: one", "Understudy-Tenant: a b/c"},
			"/t/a%20b%2Fc/toy":    nil,
			"":                    {"Host: shop.toy.localhost"},
			" ":                   {"Host: shop.one.toy.localhost"},
			"  ":                  {"Host: shop.toy.localhost", "Understudy-World: two"},
			"/w/two":              {"Host: shop.toy.localhost"},
			"/w/one/t/x/toy":      {"Host: elsewhere.example.com:8080"},
			"/w/two ":             {"Host: other.toy.localhost:4242"},
			"/toy  ":              {"Host: [::1]:4242"},
			"/w/one/t/a%20b/toy ": {"Understudy-World: ignored", "Understudy-Tenant: ignored"},
		} {
			path := strings.TrimSpace(name)
			var made struct{ Link string }
			status, text, _ := call("POST", path+"/api/counters/x", `{"by":1}`, headers...)
			if json.Unmarshal([]byte(text), &made); made.Link == "" {
				t.Fatalf("%s %q: %d %s", name, headers, status, text)
			}
			rest, ok := strings.CutPrefix(made.Link, strings.TrimSuffix(public, "/"))
			if public == "" {
				_, rest, ok = strings.Cut(strings.TrimPrefix(rest, "http://"), "/")
				rest = "/" + rest
			}
			var host []string // a browser sends no headers of ours; at the public URL, not this host either
			for _, h := range headers {
				if strings.HasPrefix(h, "Host: ") && public == "" {
					host = []string{h}
				}
			}
			if status, text, _ := call("GET", rest, "", host...); !ok || status != 200 || !strings.Contains(text, "Pay") {
				t.Errorf("%q %q minted %s, which answers %d %s", name, headers, made.Link, status, text)
			}
		}
	}
}
