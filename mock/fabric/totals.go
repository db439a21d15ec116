package fabric

import (
	"github.com/shopspring/decimal"

	"understudy/mock/internal/money"
)

// Totals are an order's sums: Total = Sub − Discount + Fee + Tax (published, Orders v3).
type Totals struct {
	Sub       money.Amount `json:"sub"`
	Discount  money.Amount `json:"discount"`
	Fee       money.Amount `json:"fee"`
	Tax       money.Amount `json:"tax"`
	Total     money.Amount `json:"total"`
	Cancelled money.Amount `json:"cancelled"` // what the cancelled units were worth: the original total − Total
	Returned  money.Amount `json:"returned"`  // what the returned units were worth

	Lines []LineTotals `json:"-"`
}

// LineTotals are one item's sums, for the units that were not cancelled.
type LineTotals struct{ Sub, Discount, Fee, Tax, Total money.Amount }

// totals computes what an order comes to, as it stands. The order's own fees and the tax on shipping stay until the whole order is cancelled; its
// own discounts shrink with the goods. Only amounts that a client sent can be too large, and they are refused when the order is placed.
func (o *Order) totals() (Totals, error) {
	zero := money.Zero(o.Currency)
	s := sums{}
	t := Totals{Sub: zero, Discount: zero, Fee: zero, Tax: zero, Returned: zero, Cancelled: zero, Lines: make([]LineTotals, len(o.Lines))}
	placed, alive := zero, false
	for i := range o.Lines {
		l := &o.Lines[i]
		line := l.totals(&s)
		t.Lines[i] = line
		t.Sub, t.Discount, t.Fee, t.Tax = s.add(t.Sub, line.Sub), s.add(t.Discount, line.Discount), s.add(t.Fee, line.Fee), s.add(t.Tax, line.Tax)
		if live := l.Ordered - l.Cancelled; live > 0 {
			alive = true
			t.Returned = s.add(t.Returned, s.share(line.Total, l.Returned, live))
		}
		placed = s.add(placed, s.times(l.Price, l.Ordered))
	}
	if alive {
		t.Discount = s.add(t.Discount, s.ratio(o.Discount, t.Sub, placed))
		t.Fee, t.Tax = s.add(t.Fee, o.Fee), s.add(t.Tax, o.ShippingTax)
	}
	t.Total = s.add(s.sub(t.Sub, t.Discount), s.add(t.Fee, t.Tax))
	if o.Placed.Total.Currency != "" {
		t.Cancelled = s.sub(o.Placed.Total, t.Total)
	}
	return t, s.err
}

func (l *Line) totals(s *sums) LineTotals {
	live := func(a money.Amount) money.Amount { return s.sub(a, s.share(a, l.Cancelled, l.Ordered)) }
	t := LineTotals{Sub: s.times(l.Price, l.Ordered-l.Cancelled), Discount: live(l.Discount), Fee: live(l.Fee), Tax: live(l.Tax)}
	t.Total = s.add(s.sub(t.Sub, t.Discount), s.add(t.Fee, t.Tax))
	return t
}

// sums does arithmetic whose first error is kept for the end.
type sums struct{ err error }

func (s *sums) keep(a money.Amount, err error) money.Amount {
	if err != nil && s.err == nil {
		s.err = err
	}
	return a
}

func (s *sums) add(a, b money.Amount) money.Amount       { return s.keep(a.Add(b)) }
func (s *sums) sub(a, b money.Amount) money.Amount       { return s.keep(a.Sub(b)) }
func (s *sums) times(a money.Amount, n int) money.Amount { return s.keep(a.Mul(int64(n))) }
func (s *sums) share(a money.Amount, part, of int) money.Amount {
	return s.ratio(a, money.Amount{Minor: int64(part)}, money.Amount{Minor: int64(of)})
}

// ratio is a × part / of, rounded to the minor unit; all of a when there is nothing to divide by.
func (s *sums) ratio(a, part, of money.Amount) money.Amount {
	if part.Minor == of.Minor || of.Minor == 0 {
		return a
	}
	return s.keep(a.Times(decimal.NewFromInt(part.Minor).Div(decimal.NewFromInt(of.Minor))))
}
