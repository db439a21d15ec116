package nextcommerce

import (
	"github.com/shopspring/decimal"

	"understudy/mock/internal/money"
)

// Bounds on what clients may ask for, so that no sum can leave 64 bits: the vendor's amounts have ten digits before the point.
const (
	maxAmount   = 9_999_999_999_99 // minor units
	maxQuantity = 1_000_000        // items of a line; assumed
)

// plus and minus work within one order: one currency, and far within range. Anything else is a bug of ours.
func plus(a, b money.Amount) money.Amount  { return sure(a.Add(b)) }
func minus(a, b money.Amount) money.Amount { return sure(a.Sub(b)) }

func sure(a money.Amount, err error) money.Amount {
	if err != nil {
		panic(err)
	}
	return a
}

func lesser(a, b money.Amount) money.Amount {
	if a.Minor < b.Minor {
		return a
	}
	return b
}

// part is a * share / whole, to the nearest minor unit.
func part(a money.Amount, share, whole int64) money.Amount {
	if share == whole {
		return a
	}
	return money.Amount{Minor: (2*a.Minor*share + whole) / (2 * whole), Currency: a.Currency}
}

// toStore is an amount in the store's currency.
func toStore(a money.Amount) money.Amount {
	if a.Currency == storeCurrency {
		return a
	}
	return money.Amount{Minor: sure(a.Times(currencies[a.Currency])).Minor, Currency: storeCurrency}
}

// fromStore is an amount of the store's currency in another.
func fromStore(a money.Amount, currency string) money.Amount {
	if currency == storeCurrency {
		return a
	}
	rate := decimal.NewFromInt(1).DivRound(currencies[currency], 8)
	return money.Amount{Minor: sure(a.Times(rate)).Minor, Currency: currency}
}

// price is what some items of a line cost.
type price struct {
	Discount, Excl, Tax, Incl, Cost money.Amount
}

// price is what q items of a line cost, after discounts. A discount is on the items that were placed: fewer of them have their
// part of it, and items beyond them are at the full price.
func (o *Order) price(l *Line, q int64) price {
	p := price{Discount: money.Zero(o.Currency)}
	for _, share := range l.Shares {
		p.Discount = plus(p.Discount, l.shareOf(share, q))
	}
	p.Excl = minus(sure(l.Product.Price.Mul(q)), p.Discount)
	p.Tax = o.taxOn(p.Excl)
	p.Incl = plus(p.Excl, p.Tax)
	p.Cost = sure(l.Product.Cost.Mul(q))
	return p
}

func (l *Line) shareOf(share money.Amount, q int64) money.Amount {
	if l.Placed == 0 {
		return money.Zero(share.Currency)
	}
	return part(share, min(q, l.Placed), l.Placed)
}

// taxOn is the order's tax on a price, to the nearest minor unit.
func (o *Order) taxOn(a money.Amount) money.Amount {
	if o.Tax == nil {
		return money.Zero(a.Currency)
	}
	return part(a, o.Tax.PPM, 1_000_000)
}

// shippingPrice is what shipping costs at a price without tax.
func (o *Order) shippingPrice(excl money.Amount) price {
	tax, zero := o.taxOn(excl), money.Zero(o.Currency)
	return price{Discount: zero, Excl: excl, Tax: tax, Incl: plus(excl, tax), Cost: zero}
}

// totals are what an order comes to, now and as it was placed.
type totals struct {
	Shipping, Sum             price // Sum includes shipping
	PlacedShipping, PlacedSum price
	Lines, PlacedLines        []price // by line
}

// totals adds the order up.
func (o *Order) totals() totals {
	t := totals{
		Shipping: o.shippingPrice(o.Shipping.Price), PlacedShipping: o.shippingPrice(o.Shipping.Placed),
		Lines: make([]price, len(o.Lines)), PlacedLines: make([]price, len(o.Lines)),
	}
	t.Sum, t.PlacedSum = t.Shipping, t.PlacedShipping
	for i := range o.Lines {
		l := &o.Lines[i]
		t.Lines[i], t.PlacedLines[i] = o.price(l, l.current()), o.price(l, l.Placed)
		t.Sum.add(t.Lines[i])
		t.PlacedSum.add(t.PlacedLines[i])
	}
	return t
}

func (p *price) add(q price) {
	p.Discount, p.Excl, p.Tax = plus(p.Discount, q.Discount), plus(p.Excl, q.Excl), plus(p.Tax, q.Tax)
	p.Incl, p.Cost = plus(p.Incl, q.Incl), plus(p.Cost, q.Cost)
}

// inStore is the price in the store's currency, each amount converted by itself.
func (p price) inStore() price {
	q := price{Discount: toStore(p.Discount), Excl: toStore(p.Excl), Incl: toStore(p.Incl), Cost: toStore(p.Cost)}
	q.Tax = minus(q.Incl, q.Excl)
	return q
}

// balance is what is still owed on the order; negative when the customer is owed. Nothing is asked for on a canceled order.
func (o *Order) balance(total money.Amount) money.Amount {
	if o.Status == canceled {
		return money.Zero(o.Currency)
	}
	return sure(o.Ledger.Outstanding(minus(total, o.Waived)))
}

// discounted is what a discount, by its place in the order, takes off the items that the order holds.
func (o *Order) discounted(i int) money.Amount {
	sum := money.Zero(o.Currency)
	for j := range o.Lines {
		l := &o.Lines[j]
		if i < len(l.Shares) {
			sum = plus(sum, l.shareOf(l.Shares[i], l.current()))
		}
	}
	return sum
}

// spread is off * share / whole, to the nearest minor unit, for amounts of any size.
func spread(off, share, whole money.Amount) money.Amount {
	ratio := decimal.NewFromInt(share.Minor).DivRound(decimal.NewFromInt(whole.Minor), 18)
	return lesser(sure(off.Times(ratio)), share)
}
