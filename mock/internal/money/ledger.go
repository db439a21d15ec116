package money

import (
	"fmt"
	"math"
)

// Law is a rule that a Ledger keeps, in words.
type Law string

// The laws of a ledger.
const (
	NotNegative      Law = "an amount is not negative"
	OneCurrency      Law = "one ledger, one currency"
	WithinAuthorized Law = "captured + voided ≤ authorized"
	WithinCaptured   Law = "refunded ≤ captured"
	WithinRange      Law = "a total fits into 64 bits of minor units"
)

// LawError says which law a move would break.
type LawError struct {
	Law     Law
	Move    string // authorize, capture, void, refund; "" when a ledger was checked as it stands
	Asked   Amount // what was asked for
	Allowed Amount // the most that would have been right
}

func (e *LawError) Error() string {
	if e.Move == "" {
		return fmt.Sprintf("ledger: %s: %s where at most %s is right", e.Law, e.Asked, e.Allowed)
	}
	return fmt.Sprintf("cannot %s %s: %s (at most %s)", e.Move, e.Asked, e.Law, e.Allowed)
}

// Ledger is what has happened to a payment so far, as running totals of one currency. Its laws:
// captured + voided ≤ authorized, refunded ≤ captured, nothing negative. The four moves keep them, or return a *LawError
// and change nothing; a move of zero is allowed and changes nothing. A ledger whose fields were written directly may
// break them: Check says so, and the queries still answer without overflow.
type Ledger struct {
	Authorized Amount `json:"authorized"`
	Captured   Amount `json:"captured"`
	Refunded   Amount `json:"refunded"`
	Voided     Amount `json:"voided"`
}

// NewLedger is a ledger in which nothing has happened yet.
func NewLedger(currency string) Ledger {
	zero := Zero(currency)
	return Ledger{zero, zero, zero, zero}
}

// Authorize promises more money.
func (l *Ledger) Authorize(a Amount) error {
	if err := l.admit("authorize", a); err != nil {
		return err
	}
	sum, err := l.Authorized.Add(a)
	if err != nil {
		room := Amount{minus(math.MaxInt64, l.Authorized.Minor), a.Currency}
		return &LawError{WithinRange, "authorize", a, room}
	}
	l.Authorized = sum
	return nil
}

// Capture takes promised money.
func (l *Ledger) Capture(a Amount) error {
	return l.move("capture", a, &l.Captured, l.Capturable(), WithinAuthorized)
}

// Void gives a promise back.
func (l *Ledger) Void(a Amount) error {
	return l.move("void", a, &l.Voided, l.Capturable(), WithinAuthorized)
}

// Refund gives taken money back.
func (l *Ledger) Refund(a Amount) error {
	return l.move("refund", a, &l.Refunded, l.Refundable(), WithinCaptured)
}

// Currency is the ledger's currency, that of its authorized total.
func (l Ledger) Currency() string { return l.Authorized.Currency }

// Capturable is what may still be captured or voided: authorized − captured − voided, zero at least.
func (l Ledger) Capturable() Amount {
	return Amount{max(0, minus(minus(l.Authorized.Minor, l.Captured.Minor), l.Voided.Minor)), l.Currency()}
}

// Refundable is what may still be given back: captured − refunded, zero at least.
func (l Ledger) Refundable() Amount {
	return Amount{max(0, l.Net().Minor), l.Currency()}
}

// Plus is two ledgers in one: what has happened to several payments of one currency.
func (l Ledger) Plus(m Ledger) (Ledger, error) {
	var sum Ledger
	for _, total := range []struct {
		of   *Amount
		a, b Amount
	}{
		{&sum.Authorized, l.Authorized, m.Authorized}, {&sum.Captured, l.Captured, m.Captured},
		{&sum.Refunded, l.Refunded, m.Refunded}, {&sum.Voided, l.Voided, m.Voided},
	} {
		var err error
		if *total.of, err = total.a.Add(total.b); err != nil {
			return Ledger{}, err
		}
	}
	return sum, nil
}

// Net is the money that was taken and kept: captured − refunded.
func (l Ledger) Net() Amount {
	return Amount{minus(l.Captured.Minor, l.Refunded.Minor), l.Currency()}
}

// Outstanding is what is still to be paid of a total: total − net. It is negative when more was taken than is owed.
// A promise that is not captured yet does not count as paid.
func (l Ledger) Outstanding(total Amount) (Amount, error) { return total.Sub(l.Net()) }

// Check says which law the ledger breaks as it stands, as a *LawError, or nil.
func (l Ledger) Check() error {
	for _, a := range []Amount{l.Authorized, l.Captured, l.Refunded, l.Voided} {
		if a.Currency != l.Currency() {
			return &LawError{Law: OneCurrency, Asked: a, Allowed: Zero(l.Currency())}
		}
		if a.Minor < 0 {
			return &LawError{Law: NotNegative, Asked: a, Allowed: Zero(l.Currency())}
		}
	}
	if rest := minus(l.Authorized.Minor, l.Captured.Minor); l.Voided.Minor > rest {
		return &LawError{Law: WithinAuthorized, Asked: l.Voided, Allowed: Amount{rest, l.Currency()}}
	}
	if l.Refunded.Minor > l.Captured.Minor {
		return &LawError{Law: WithinCaptured, Asked: l.Refunded, Allowed: l.Captured}
	}
	return nil
}

// move adds a to one total when a law leaves room for it.
func (l *Ledger) move(verb string, a Amount, total *Amount, room Amount, law Law) error {
	if err := l.admit(verb, a); err != nil {
		return err
	}
	if a.Minor > room.Minor {
		return &LawError{law, verb, a, room}
	}
	total.Minor += a.Minor // fits: the law bounds it by another total
	return nil
}

func (l *Ledger) admit(verb string, a Amount) error {
	if a.Currency != l.Currency() {
		return &LawError{OneCurrency, verb, a, Zero(l.Currency())}
	}
	if a.Minor < 0 {
		return &LawError{NotNegative, verb, a, Zero(l.Currency())}
	}
	return nil
}
