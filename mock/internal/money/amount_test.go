package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"understudy/mock/internal/money"
)

func usd(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "USD"} }

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, currency string
		minor          int64
		err            error
	}{
		{"19.99", "USD", 1999, nil},
		{"-19.99", "USD", -1999, nil},
		{"+1", "USD", 100, nil},
		{"0", "USD", 0, nil},
		{".5", "USD", 50, nil},
		{"5.", "USD", 500, nil},
		{"19.9900", "USD", 1999, nil},
		{"1.999e1", "USD", 1999, nil},
		{"1E3", "USD", 100000, nil},
		{"1999", "JPY", 1999, nil},
		{"1999.0", "JPY", 1999, nil},
		{"1.234", "KWD", 1234, nil},
		{"1.2345", "CLF", 12345, nil},
		{"1.23", "XXQ", 123, nil},
		{"92233720368547758.07", "USD", math.MaxInt64, nil},
		{"-92233720368547758.08", "USD", math.MinInt64, nil},

		{"19.999", "USD", 0, money.ErrDecimals},
		{"0.5", "JPY", 0, money.ErrDecimals},
		{"1.2345", "KWD", 0, money.ErrDecimals},
		{"1e-3", "USD", 0, money.ErrDecimals},
		{"92233720368547758.08", "USD", 0, money.ErrRange},
		{"-92233720368547758.09", "USD", 0, money.ErrRange},
		{"1e999999999", "USD", 0, money.ErrRange},
		{"1e-999999999", "USD", 0, money.ErrRange},
		{"1e99999999999999999999", "USD", 0, money.ErrRange},
		{strings.Repeat("9", 10_000_000), "USD", 0, money.ErrRange},
		{"", "USD", 0, money.ErrNotNumber},
		{" 1", "USD", 0, money.ErrNotNumber},
		{".", "USD", 0, money.ErrNotNumber},
		{".+5", "USD", 0, money.ErrNotNumber},
		{"1,99", "USD", 0, money.ErrNotNumber},
		{"1_000", "USD", 0, money.ErrNotNumber},
		{"0x10", "USD", 0, money.ErrNotNumber},
		{"NaN", "USD", 0, money.ErrNotNumber},
		{"Infinity", "USD", 0, money.ErrNotNumber},
		{"١٢", "USD", 0, money.ErrNotNumber},
	} {
		got, err := money.Parse(c.text, c.currency)
		label := c.text[:min(len(c.text), 30)]
		if !errors.Is(err, c.err) {
			t.Errorf("Parse(%q, %s): error %v, want %v", label, c.currency, err, c.err)
		}
		if want := (money.Amount{Minor: c.minor, Currency: c.currency}); err == nil && got != want {
			t.Errorf("Parse(%q, %s) = %v, want %v", label, c.currency, got, want)
		}
		if err != nil && got != (money.Amount{}) {
			t.Errorf("Parse(%q, %s) gave %v beside an error", label, c.currency, got)
		}
	}
}

func TestParseSaysWhatWouldBeRight(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"19.999":               "too many decimals: 19.999, USD has 2",
		"twelve":               `not a number: "twelve", want a decimal such as 19.99`,
		"92233720368547758.08": "out of range: more than 92233720368547758.07 USD",
	} {
		if _, err := money.Parse(text, "USD"); err == nil || err.Error() != want {
			t.Errorf("Parse(%q): %v, want %s", text, err, want)
		}
	}
}

func TestFromFloat(t *testing.T) {
	t.Parallel()
	tenth, fifth := 0.1, 0.2
	if got, err := money.FromFloat(tenth+fifth, "KWD"); !errors.Is(err, money.ErrDecimals) {
		t.Errorf("the float 0.30000000000000004 gave %v, %v", got, err)
	}
	if got, err := money.FromFloat(19.99, "USD"); err != nil || got != usd(1999) {
		t.Errorf("FromFloat(19.99) = %v, %v", got, err)
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := money.FromFloat(f, "USD"); !errors.Is(err, money.ErrNotNumber) {
			t.Errorf("FromFloat(%v): %v", f, err)
		}
	}
	for _, f := range []float64{1e300, math.MaxFloat64} {
		if _, err := money.FromFloat(f, "USD"); !errors.Is(err, money.ErrRange) {
			t.Errorf("FromFloat(%v): %v", f, err)
		}
	}
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	least, most := usd(math.MinInt64), usd(math.MaxInt64)
	for _, c := range []struct {
		name string
		got  func() (money.Amount, error)
		want money.Amount
		err  error
	}{
		{"add", func() (money.Amount, error) { return usd(1).Add(usd(2)) }, usd(3), nil},
		{"add zero", func() (money.Amount, error) { return most.Add(usd(0)) }, most, nil},
		{"add beyond the end", func() (money.Amount, error) { return most.Add(usd(1)) }, money.Amount{}, money.ErrRange},
		{"add below the end", func() (money.Amount, error) { return least.Add(usd(-1)) }, money.Amount{}, money.ErrRange},
		{"add another currency", func() (money.Amount, error) { return usd(1).Add(money.Zero("EUR")) }, money.Amount{}, money.ErrCurrency},
		{"sub", func() (money.Amount, error) { return usd(1).Sub(usd(2)) }, usd(-1), nil},
		{"sub to the end", func() (money.Amount, error) { return usd(-1).Sub(most) }, least, nil},
		{"sub below the end", func() (money.Amount, error) { return usd(-2).Sub(most) }, money.Amount{}, money.ErrRange},
		{"sub the least", func() (money.Amount, error) { return usd(0).Sub(least) }, money.Amount{}, money.ErrRange},
		{"sub another currency", func() (money.Amount, error) { return usd(1).Sub(money.Zero("")) }, money.Amount{}, money.ErrCurrency},
		{"mul", func() (money.Amount, error) { return usd(1999).Mul(3) }, usd(5997), nil},
		{"mul beyond the end", func() (money.Amount, error) { return usd(math.MaxInt64/2 + 1).Mul(2) }, money.Amount{}, money.ErrRange},
		{"mul the least by -1", func() (money.Amount, error) { return least.Mul(-1) }, money.Amount{}, money.ErrRange},
		{"sum", func() (money.Amount, error) { return money.Sum("USD", usd(1), usd(2), usd(3)) }, usd(6), nil},
		{"sum of nothing", func() (money.Amount, error) { return money.Sum("USD") }, usd(0), nil},
		{"sum of two currencies", func() (money.Amount, error) { return money.Sum("EUR", usd(1)) }, money.Amount{}, money.ErrCurrency},
	} {
		got, err := c.got()
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, err, c.want, c.err)
		}
	}
	if got := least.Neg(); got != most {
		t.Errorf("the least amount negated is %v", got)
	}
	if got := usd(5).Neg(); got != usd(-5) {
		t.Errorf("Neg() = %v", got)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		minor int64
		rate  string
		want  int64
	}{
		{1000, "0.25", 250}, {10, "0.25", 3}, {-10, "0.25", -3}, {10, "0.249", 2}, {-10, "0.249", -2},
		{1, "0.5", 1}, {-1, "0.5", -1}, {1999, "0", 0}, {1999, "1", 1999}, {100, "-0.005", -1},
	} {
		got, err := usd(c.minor).Times(decimal.RequireFromString(c.rate))
		if err != nil || got != usd(c.want) {
			t.Errorf("%d × %s = %v, %v; want %d", c.minor, c.rate, got, err, c.want)
		}
	}
	for _, rate := range []string{"1e20", "1e2000000000", "1e-2000000000"} {
		if got, err := usd(1999).Times(decimal.RequireFromString(rate)); !errors.Is(err, money.ErrRange) {
			t.Errorf("1999 × %s = %v, %v", rate, got, err)
		}
	}
}

func TestCmp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b int64
		want int
	}{{1, 2, -1}, {2, 2, 0}, {3, 2, 1}, {math.MinInt64, math.MaxInt64, -1}} {
		if got, err := usd(c.a).Cmp(usd(c.b)); err != nil || got != c.want {
			t.Errorf("%d against %d: %d, %v", c.a, c.b, got, err)
		}
	}
	if _, err := usd(1).Cmp(money.Zero("EUR")); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("two currencies compared: %v", err)
	}
	for minor, want := range map[int64]int{-5: -1, 0: 0, 5: 1} {
		if got := usd(minor).Sign(); got != want || usd(minor).IsZero() != (want == 0) {
			t.Errorf("Sign of %d is %d", minor, got)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount                      money.Amount
		text, fixed, number, string string
		float                       float64
	}{
		{usd(1999), "19.99", "19.99", "19.99", "19.99 USD", 19.99},
		{usd(1990), "19.90", "19.90", "19.9", "19.90 USD", 19.9},
		{usd(2000), "20.00", "20.00", "20", "20.00 USD", 20},
		{usd(-5), "-0.05", "-0.05", "-0.05", "-0.05 USD", -0.05},
		{usd(0), "0.00", "0.00", "0", "0.00 USD", 0},
		{money.Amount{1999, "JPY"}, "1999", "1999.00", "1999", "1999 JPY", 1999},
		{money.Amount{1995, "KWD"}, "1.995", "2.00", "1.995", "1.995 KWD", 1.995},
		{money.Amount{12345, "CLF"}, "1.2345", "1.23", "1.2345", "1.2345 CLF", 1.2345},
		{money.Amount{1, ""}, "0.01", "0.01", "0.01", "0.01 (no currency)", 0.01},
		{usd(math.MaxInt64), "92233720368547758.07", "92233720368547758.07", "92233720368547758.07", "92233720368547758.07 USD", 92233720368547758.07},
	} {
		a := c.amount
		if a.Text() != c.text || a.Fixed(2) != c.fixed || string(a.Number()) != c.number || a.String() != c.string || a.Float() != c.float {
			t.Errorf("%d %s: %s, %s, %s, %s, %v", a.Minor, a.Currency, a.Text(), a.Fixed(2), a.Number(), a, a.Float())
		}
		if bytes, err := json.Marshal(a.Number()); err != nil || string(bytes) != c.number {
			t.Errorf("the JSON number of %v is %s, %v", a, bytes, err)
		}
	}
}

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount{
			Minor:    rapid.Int64().Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"USD", "JPY", "KWD", "CLF", "EUR", "XXQ"}).Draw(t, "currency"),
		}
		for _, text := range []string{a.Text(), string(a.Number()), a.Fixed(4)} {
			if back, err := money.Parse(text, a.Currency); err != nil || back != a {
				t.Fatalf("%v printed as %s is read as %v, %v", a, text, back, err)
			}
		}
		bytes, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back money.Amount
		if err := json.Unmarshal(bytes, &back); err != nil || back != a {
			t.Fatalf("%s is read as %v, %v", bytes, back, err)
		}
	})
}

func TestArithmeticAgreesWithDecimals(t *testing.T) {
	t.Parallel()
	end := decimal.NewFromInt(math.MaxInt64)
	rapid.Check(t, func(t *rapid.T) {
		a, b := usd(rapid.Int64().Draw(t, "a")), usd(rapid.Int64().Draw(t, "b"))
		da, db := decimal.NewFromInt(a.Minor), decimal.NewFromInt(b.Minor)
		for name, c := range map[string]struct {
			got   func() (money.Amount, error)
			exact decimal.Decimal
		}{
			"+": {func() (money.Amount, error) { return a.Add(b) }, da.Add(db)},
			"-": {func() (money.Amount, error) { return a.Sub(b) }, da.Sub(db)},
			"×": {func() (money.Amount, error) { return a.Mul(b.Minor) }, da.Mul(db)},
		} {
			got, err := c.got()
			fits := c.exact.LessThanOrEqual(end) && c.exact.GreaterThanOrEqual(decimal.NewFromInt(math.MinInt64))
			if fits != (err == nil) || fits && !decimal.NewFromInt(got.Minor).Equal(c.exact) {
				t.Fatalf("%d %s %d = %v, %v; exactly %s", a.Minor, name, b.Minor, got, err, c.exact)
			}
		}
	})
}
