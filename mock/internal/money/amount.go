// Package money holds amounts as integer minor units, and the ledger of a payment.
//
// Decimals appear only where text is read and where a rate is applied; everything between is integer arithmetic.
// Nothing here panics: what a client may have caused (another currency, a number too large) comes back as an error
// that wraps one of ErrNotNumber, ErrDecimals, ErrRange and ErrCurrency.
package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"

	"github.com/shopspring/decimal"
)

// The reasons for which an amount is refused.
var (
	ErrNotNumber = errors.New("not a number")
	ErrDecimals  = errors.New("too many decimals")
	ErrRange     = errors.New("out of range")
	ErrCurrency  = errors.New("mixed currencies")
)

// Amount is a sum of money: a whole number of the currency's smallest unit (cents of USD, yen of JPY, fils of KWD).
// Two amounts are equal with == when they are the same sum of the same currency. Its JSON form, for records, is
// {"minor": 1999, "currency": "USD"}; the Minor field itself is what cents-based dialects print.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Zero is no money, in a currency.
func Zero(currency string) Amount { return Amount{Currency: currency} }

// The limits within which text and rates are read before any big arithmetic is done on them; what lies outside is out of
// range for an int64 of minor units anyway, and 1e999999999 must not cost its digits.
const (
	maxText     = 64
	maxExponent = 64
)

var numberText = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

// Parse reads decimal text in major units, "19.99" or 1.999e1, exactly: trailing zeros are allowed, a digit that the
// currency cannot hold is ErrDecimals, other text ErrNotNumber, more than an int64 of minor units ErrRange.
func Parse(text, currency string) (Amount, error) {
	if len(text) > maxText {
		return Amount{}, fmt.Errorf("%w: a number of %d characters, at most %d are read", ErrRange, len(text), maxText)
	}
	if !numberText.MatchString(text) {
		return Amount{}, fmt.Errorf("%w: %q, want a decimal such as %s", ErrNotNumber, text, Amount{1999, currency}.Text())
	}
	d, err := decimal.NewFromString(text)
	if err != nil { // an exponent beyond 32 bits is all that is left
		return Amount{}, fmt.Errorf("%w: %s", ErrRange, text)
	}
	return FromDecimal(d, currency)
}

// FromDecimal takes a decimal in major units, exactly, with the errors of Parse.
func FromDecimal(d decimal.Decimal, currency string) (Amount, error) {
	if !sane(d) {
		return Amount{}, fmt.Errorf("%w: a decimal exponent of %d", ErrRange, d.Exponent())
	}
	places := Exponent(currency)
	minor := d.Shift(int32(places))
	if !minor.IsInteger() {
		return Amount{}, fmt.Errorf("%w: %s, %s has %d", ErrDecimals, d, name(currency), places)
	}
	return fromBig(minor.BigInt(), currency)
}

// FromFloat takes a float of major units by its shortest decimal form, as JSON would print it, with the errors of Parse.
func FromFloat(f float64, currency string) (Amount, error) {
	return Parse(strconv.FormatFloat(f, 'g', -1, 64), currency)
}

// Add returns a + b; ErrCurrency or ErrRange when there is no such amount.
func (a Amount) Add(b Amount) (Amount, error) {
	if err := same(a, b); err != nil {
		return Amount{}, err
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) {
		return Amount{}, fmt.Errorf("%w: %s + %s", ErrRange, a, b)
	}
	return Amount{sum, a.Currency}, nil
}

// Sub returns a - b; ErrCurrency or ErrRange when there is no such amount.
func (a Amount) Sub(b Amount) (Amount, error) {
	if err := same(a, b); err != nil {
		return Amount{}, err
	}
	difference := a.Minor - b.Minor
	if (difference < a.Minor) != (b.Minor > 0) {
		return Amount{}, fmt.Errorf("%w: %s - %s", ErrRange, a, b)
	}
	return Amount{difference, a.Currency}, nil
}

// Mul returns the price of a quantity; ErrRange when it is too large.
func (a Amount) Mul(quantity int64) (Amount, error) {
	return fromBig(new(big.Int).Mul(big.NewInt(a.Minor), big.NewInt(quantity)), a.Currency)
}

// Times returns the amount at a rate (0.25 for a tax of 25 %), rounded to the minor unit with halves away from zero:
// 2.5 cents become 3, -2.5 become -3. ErrRange when it is too large.
func (a Amount) Times(rate decimal.Decimal) (Amount, error) {
	if !sane(rate) {
		return Amount{}, fmt.Errorf("%w: a rate with a decimal exponent of %d", ErrRange, rate.Exponent())
	}
	return fromBig(decimal.NewFromInt(a.Minor).Mul(rate).Round(0).BigInt(), a.Currency)
}

// Neg returns -a. The one amount without a mirror, of math.MinInt64, becomes the largest.
func (a Amount) Neg() Amount { return Amount{minus(0, a.Minor), a.Currency} }

// Cmp is -1, 0 or +1 as a is less than, equal to or more than b; ErrCurrency when the two cannot be compared.
func (a Amount) Cmp(b Amount) (int, error) {
	if err := same(a, b); err != nil {
		return 0, err
	}
	switch {
	case a.Minor < b.Minor:
		return -1, nil
	case a.Minor > b.Minor:
		return 1, nil
	}
	return 0, nil
}

// Sign is -1, 0 or +1 as a is negative, zero or positive.
func (a Amount) Sign() int {
	switch {
	case a.Minor < 0:
		return -1
	case a.Minor > 0:
		return 1
	}
	return 0
}

// IsZero says whether there is no money in it, whatever the currency.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Sum adds amounts of one currency; of none it is zero.
func Sum(currency string, amounts ...Amount) (Amount, error) {
	total, err := Zero(currency), error(nil)
	for _, a := range amounts {
		if total, err = total.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return total, nil
}

// Decimal returns the amount in major units.
func (a Amount) Decimal() decimal.Decimal { return decimal.New(a.Minor, -int32(Exponent(a.Currency))) }

// Text prints major units with the currency's own decimals: 19.99, 1999 yen as 1999, 1.999 dinars as 1.999.
func (a Amount) Text() string { return a.Decimal().StringFixed(int32(Exponent(a.Currency))) }

// Fixed prints major units with so many decimals whatever the currency; Fixed(2) is the two-place string "19.99".
// Where that cuts digits, halves round away from zero.
func (a Amount) Fixed(places int) string { return a.Decimal().StringFixed(int32(places)) }

// Number is the shortest JSON number of the major units: 19.99, 19.9, 20.
func (a Amount) Number() json.Number { return json.Number(a.Decimal().String()) }

// Float is the float64 nearest to the major units.
func (a Amount) Float() float64 { return a.Decimal().InexactFloat64() }

// String is for people: "19.99 USD".
func (a Amount) String() string { return a.Text() + " " + name(a.Currency) }

func fromBig(minor *big.Int, currency string) (Amount, error) {
	if !minor.IsInt64() {
		return Amount{}, fmt.Errorf("%w: more than %s", ErrRange, Amount{math.MaxInt64, currency})
	}
	return Amount{minor.Int64(), currency}, nil
}

func same(a, b Amount) error {
	if a.Currency != b.Currency {
		return fmt.Errorf("%w: %s and %s", ErrCurrency, name(a.Currency), name(b.Currency))
	}
	return nil
}

func sane(d decimal.Decimal) bool {
	return -maxExponent <= d.Exponent() && d.Exponent() <= maxExponent && d.Coefficient().BitLen() <= 4*maxText
}

// minus is a - b, held at the ends of the range.
func minus(a, b int64) int64 {
	d := a - b
	if (d < a) != (b > 0) {
		if b > 0 {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	return d
}

func name(currency string) string {
	if currency == "" {
		return "(no currency)"
	}
	return currency
}
