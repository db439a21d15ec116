package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/money"
)

func ledger(authorized, captured, refunded, voided int64) money.Ledger {
	return money.Ledger{Authorized: usd(authorized), Captured: usd(captured), Refunded: usd(refunded), Voided: usd(voided)}
}

func TestLedgerMoves(t *testing.T) {
	t.Parallel()
	authorize, capture := (*money.Ledger).Authorize, (*money.Ledger).Capture
	void, refund := (*money.Ledger).Void, (*money.Ledger).Refund
	for _, c := range []struct {
		name   string
		before money.Ledger
		move   func(*money.Ledger, money.Amount) error
		amount money.Amount
		after  money.Ledger
		law    money.Law
		allow  money.Amount
	}{
		{"a promise", ledger(0, 0, 0, 0), authorize, usd(100), ledger(100, 0, 0, 0), "", usd(0)},
		{"a second promise", ledger(100, 0, 0, 0), authorize, usd(50), ledger(150, 0, 0, 0), "", usd(0)},
		{"a promise of nothing", ledger(0, 0, 0, 0), authorize, usd(0), ledger(0, 0, 0, 0), "", usd(0)},
		{"a part is captured", ledger(100, 0, 0, 0), capture, usd(60), ledger(100, 60, 0, 0), "", usd(0)},
		{"the rest is captured", ledger(100, 60, 0, 0), capture, usd(40), ledger(100, 100, 0, 0), "", usd(0)},
		{"the rest is voided", ledger(100, 60, 0, 0), void, usd(40), ledger(100, 60, 0, 40), "", usd(0)},
		{"a part is refunded", ledger(100, 60, 0, 0), refund, usd(10), ledger(100, 60, 10, 0), "", usd(0)},

		{"more than promised", ledger(100, 60, 0, 0), capture, usd(41), ledger(100, 60, 0, 0), money.WithinAuthorized, usd(40)},
		{"what was voided", ledger(100, 0, 0, 100), capture, usd(1), ledger(100, 0, 0, 100), money.WithinAuthorized, usd(0)},
		{"void of what was captured", ledger(100, 60, 0, 0), void, usd(41), ledger(100, 60, 0, 0), money.WithinAuthorized, usd(40)},
		{"refund of a promise", ledger(100, 0, 0, 0), refund, usd(1), ledger(100, 0, 0, 0), money.WithinCaptured, usd(0)},
		{"refund twice", ledger(100, 100, 60, 0), refund, usd(41), ledger(100, 100, 60, 0), money.WithinCaptured, usd(40)},
		{"a negative refund", ledger(100, 100, 60, 0), refund, usd(-1), ledger(100, 100, 60, 0), money.NotNegative, usd(0)},
		{"a negative promise", ledger(100, 0, 0, 0), authorize, usd(-1), ledger(100, 0, 0, 0), money.NotNegative, usd(0)},
		{"another currency", ledger(100, 0, 0, 0), capture, money.Amount{1, "EUR"}, ledger(100, 0, 0, 0), money.OneCurrency, usd(0)},
		{"too much in all", ledger(100, 0, 0, 0), authorize, usd(math.MaxInt64), ledger(100, 0, 0, 0), money.WithinRange, usd(math.MaxInt64 - 100)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := c.before
			err := c.move(&l, c.amount)
			if l != c.after {
				t.Errorf("the ledger is %v, want %v", l, c.after)
			}
			var broken *money.LawError
			if c.law == "" {
				if err != nil {
					t.Errorf("error %v", err)
				}
			} else if !errors.As(err, &broken) || broken.Law != c.law || broken.Asked != c.amount || broken.Allowed != c.allow {
				t.Errorf("error %v, want law %q with %v allowed", err, c.law, c.allow)
			}
		})
	}
}

func TestLedgerQueries(t *testing.T) {
	t.Parallel()
	l := ledger(100, 60, 10, 15)
	if l.Capturable() != usd(25) || l.Refundable() != usd(50) || l.Net() != usd(50) || l.Currency() != "USD" {
		t.Errorf("capturable %v, refundable %v, net %v", l.Capturable(), l.Refundable(), l.Net())
	}
	for total, want := range map[int64]int64{80: 30, 50: 0, 40: -10} {
		if got, err := l.Outstanding(usd(total)); err != nil || got != usd(want) {
			t.Errorf("of %d is outstanding %v, %v; want %d", total, got, err, want)
		}
	}
	if _, err := l.Outstanding(money.Zero("EUR")); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("outstanding in another currency: %v", err)
	}
	t.Run("a ledger that breaks its laws still answers", func(t *testing.T) {
		t.Parallel()
		l := ledger(math.MinInt64, math.MaxInt64, math.MinInt64, math.MaxInt64)
		if l.Capturable() != usd(0) || l.Net() != usd(math.MaxInt64) || l.Refundable() != usd(math.MaxInt64) {
			t.Errorf("capturable %v, refundable %v, net %v", l.Capturable(), l.Refundable(), l.Net())
		}
	})
}

func TestLedgerCheck(t *testing.T) {
	t.Parallel()
	euro := ledger(100, 60, 10, 15)
	euro.Refunded.Currency = "EUR"
	for _, c := range []struct {
		name string
		l    money.Ledger
		law  money.Law
	}{
		{"sound", ledger(100, 60, 10, 40), ""},
		{"captured and voided too much", ledger(100, 60, 10, 41), money.WithinAuthorized},
		{"refunded too much", ledger(100, 60, 61, 0), money.WithinCaptured},
		{"negative", ledger(100, 60, -1, 0), money.NotNegative},
		{"two currencies", euro, money.OneCurrency},
		{"a sum beyond the end", ledger(math.MaxInt64, math.MaxInt64, 0, math.MaxInt64), money.WithinAuthorized},
	} {
		var broken *money.LawError
		err := c.l.Check()
		if c.law == "" && err != nil || c.law != "" && (!errors.As(err, &broken) || broken.Law != c.law) {
			t.Errorf("%s: %v, want %q", c.name, err, c.law)
		}
	}
}

func TestLawErrorIsReadable(t *testing.T) {
	t.Parallel()
	l := ledger(100, 60, 0, 0)
	want := "cannot capture 0.41 USD: captured + voided ≤ authorized (at most 0.40 USD)"
	if err := l.Capture(usd(41)); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	l.Refunded = usd(61)
	want = "ledger: refunded ≤ captured: 0.61 USD where at most 0.60 USD is right"
	if err := l.Check(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// Whatever moves are asked for in whatever order, the laws hold; a move is refused exactly when it would break one, and a
// refused move changes nothing.
func TestLedgerLaws(t *testing.T) {
	t.Parallel()
	amount := rapid.OneOf(rapid.Int64Range(-3, 100), rapid.Int64())
	rapid.Check(t, func(t *rapid.T) {
		l := money.NewLedger("USD")
		move := func(apply func(*money.Ledger, money.Amount) error, allowed func(int64) bool, total func(*money.Ledger) *money.Amount) func(*rapid.T) {
			return func(t *rapid.T) {
				before, asked := l, amount.Draw(t, "amount")
				want := asked >= 0 && allowed(asked)
				err := apply(&l, usd(asked))
				if want != (err == nil) {
					t.Fatalf("%v of %v: %v", asked, before, err)
				}
				if err == nil {
					total(&before).Minor += asked
				}
				if l != before {
					t.Fatalf("the ledger is %v, want %v", l, before)
				}
			}
		}
		rest := func() int64 { return l.Authorized.Minor - l.Captured.Minor - l.Voided.Minor }
		t.Repeat(map[string]func(*rapid.T){
			"authorize": move((*money.Ledger).Authorize, func(n int64) bool { return n <= math.MaxInt64-l.Authorized.Minor },
				func(l *money.Ledger) *money.Amount { return &l.Authorized }),
			"capture": move((*money.Ledger).Capture, func(n int64) bool { return n <= rest() },
				func(l *money.Ledger) *money.Amount { return &l.Captured }),
			"void": move((*money.Ledger).Void, func(n int64) bool { return n <= rest() },
				func(l *money.Ledger) *money.Amount { return &l.Voided }),
			"refund": move((*money.Ledger).Refund, func(n int64) bool { return n <= l.Captured.Minor-l.Refunded.Minor },
				func(l *money.Ledger) *money.Amount { return &l.Refunded }),
			"": func(t *rapid.T) {
				if err := l.Check(); err != nil {
					t.Fatal(err)
				}
				if l.Capturable().Minor != rest() || l.Refundable() != l.Net() {
					t.Fatalf("capturable %v of %v", l.Capturable(), l)
				}
			},
		})
		bytes, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		var back money.Ledger
		if err := json.Unmarshal(bytes, &back); err != nil || back != l {
			t.Fatalf("%s is read as %v, %v", bytes, back, err)
		}
	})
}
