package journal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

func TestExchangesAreNumbered(t *testing.T) {
	t.Parallel()
	j := New("w", 100)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			x := &Exchange{}
			j.Add(x, nil)
			if found, ok := j.Get(x.ID); !ok || found != x || x.ID != fmt.Sprint("w-", x.Number) || x.World != "w" {
				t.Errorf("%s is not found, or is another", x.ID)
			}
		})
	}
	wg.Wait()
	for i, x := range j.Find(nil) {
		if x.Number != int64(i+1) {
			t.Errorf("the exchange at %d has number %d", i, x.Number)
		}
	}
	if _, ok := j.Get("w-51"); ok {
		t.Error("one is found that is not there")
	}
	if _, ok := j.Get("v-1"); ok {
		t.Error("another world's is found")
	}
}

func TestTheOldestAreDropped(t *testing.T) {
	t.Parallel()
	for _, most := range []int{0, 1, 2, 7, 8, 100} {
		j := New("w", most)
		for i := range 1000 {
			j.Add(&Exchange{}, nil)
			all := j.Find(nil)
			bound := max(most, 1)
			if len(all) > bound || len(all) < min(i+1, bound-bound/8) {
				t.Fatalf("of at most %d there are %d after %d", most, len(all), i+1)
			}
			for k, x := range all {
				if x.Number != int64(i+1-(len(all)-1-k)) {
					t.Fatalf("of at most %d, after %d, the one at %d has number %d", most, i+1, k, x.Number)
				}
			}
		}
		if _, ok := j.Get("w-1000"); !ok {
			t.Errorf("of at most %d the last is gone", most)
		}
	}
}

func TestBodiesAreBoundedTogether(t *testing.T) {
	t.Parallel()
	j := New("w", 1_000_000)
	for range 2000 {
		j.Add(&Exchange{Request: Message{Body: strings.Repeat("a", 20_000)}, Response: Message{Body: strings.Repeat("b", 100_000)}}, nil)
	}
	sum := 0
	all := j.Find(nil)
	for _, x := range all {
		sum += len(x.Request.Body) + len(x.Response.Body)
	}
	if sum > maxKept || sum < maxKept/2 || all[len(all)-1].Number != 2000 {
		t.Errorf("%d exchanges with %d bytes", len(all), sum)
	}
	j.Clear()
	j.Add(&Exchange{Request: Message{Body: "x"}}, nil)
	if j.kept != 1 {
		t.Errorf("cleared, it counts %d bytes", j.kept)
	}
}

func TestLongBodiesAreCut(t *testing.T) {
	t.Parallel()
	const card = "4111 1111 1111 1111"
	for name, body := range map[string]string{
		"plain":                strings.Repeat("x", maxBody+1),
		"within a letter":      strings.Repeat("x", maxBody-1) + "ü",
		"within a number":      strings.Repeat("x", maxBody-16) + "," + card,
		"within a secret":      strings.Repeat("x", maxBody-20) + `"cvv":"` + strings.Repeat("s", 40) + `"`,
		"just behind a number": strings.Repeat("x", maxBody-20) + "," + card + ",",
	} {
		x := &Exchange{Request: Message{Body: body}, Response: Message{Body: body}}
		New("w", 1).Add(x, []string{"cvv"})
		for side, m := range map[string]Message{"request": x.Request, "response": x.Response} {
			if !m.Truncated || len(m.Body) > maxBody || len(m.Body) < maxBody-30 || !utf8.ValidString(m.Body) {
				t.Errorf("%s, %s: %d bytes, truncated: %t", name, side, len(m.Body), m.Truncated)
			}
			if strings.Contains(m.Body, "4111 1111 1") || side == "request" && strings.Contains(m.Body, "ss") {
				t.Errorf("%s, %s ends in %s", name, side, m.Body[len(m.Body)-40:])
			}
		}
	}
	x := &Exchange{Request: Message{Body: strings.Repeat("1", maxBody)}}
	if New("w", 1).Add(x, nil); x.Request.Truncated || len(x.Request.Body) != maxBody {
		t.Error("a body of just that size is cut")
	}
}

func TestCardNumbersAreMaskedWhereverTheyAreSaid(t *testing.T) {
	t.Parallel()
	const card = "4111111111111111"
	x := &Exchange{
		Path: "/orders/" + card, URL: "/shop/orders/" + card + "?cvv=123",
		Request:  Message{Header: http.Header{"X-Note": {card}}, Body: `{"number":"` + card + `","cvv":"123"}`},
		Response: Message{Body: `{"error":"/orders/` + card + ` is not a path of this API"}`},
		Reason:   &Reason{Message: "no order " + card, Detail: card, Problems: []Problem{{Message: "is " + card}}},
	}
	New("w", 1).Add(x, []string{"cvv"})
	if text := fmt.Sprintf("%+v %+v", *x, *x.Reason); strings.Contains(text, card) || strings.Contains(text, "123") || strings.Count(text, "411111******1111") != 8 {
		t.Error(text)
	}
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := New("w", 10)
		post := func(x *Exchange) bool { return x.Method == "POST" }
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		var wg sync.WaitGroup
		for range 3 { // several wait at once
			wg.Go(func() {
				found, err := j.Wait(ctx, 2, post)
				if err != nil || len(found) != 2 || found[0].Number != 2 || found[1].Number != 4 {
					t.Errorf("waited for %v, %v", found, err)
				}
			})
		}
		for _, method := range []string{"GET", "POST", "GET", "POST"} {
			synctest.Wait()
			j.Add(&Exchange{Method: method}, nil)
		}
		wg.Wait()
		if found, err := j.Wait(ctx, 2, post); err != nil || len(found) != 2 {
			t.Errorf("what is there already: %v, %v", found, err)
		}
		if found, err := j.Wait(ctx, 0, func(*Exchange) bool { return false }); err != nil || len(found) != 0 {
			t.Errorf("nothing: %v, %v", found, err)
		}
		begun := time.Now()
		found, err := j.Wait(ctx, 3, post)
		if !errors.Is(err, context.DeadlineExceeded) || len(found) != 2 || time.Since(begun) != time.Minute {
			t.Errorf("in vain: %v, %v after %s", found, err, time.Since(begun))
		}
	})
}

func TestForgetting(t *testing.T) {
	t.Parallel()
	j := New("w", 10)
	j.Add(&Exchange{}, nil)
	j.Clear()
	if j.Add(&Exchange{}, nil); len(j.Find(nil)) != 1 || j.Find(nil)[0].ID != "w-2" {
		t.Errorf("cleared, it goes on with %s", j.Find(nil)[0].ID)
	}
	j.Restart()
	if j.Add(&Exchange{}, nil); len(j.Find(nil)) != 1 || j.Find(nil)[0].ID != "w-1" {
		t.Errorf("restarted, it begins with %s", j.Find(nil)[0].ID)
	}
}

func BenchmarkAdd(b *testing.B) {
	j := New("w", 1000)
	answer := largeAnswer("SKU-1")
	b.ReportAllocs()
	for b.Loop() {
		j.Add(&Exchange{URL: "/x", Path: "/x", Request: Message{Body: `{"a":1}`}, Response: Message{Body: answer}}, []string{"token"})
	}
}
