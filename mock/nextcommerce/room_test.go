package nextcommerce_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"understudy/mock"
	"understudy/mock/mocktest"
)

const (
	base   = "/nextcommerce/api/admin"
	bearer = "Authorization: Bearer store-token"
)

// store is a simulator of this room alone, and what a test asks of it.
type store struct {
	*mocktest.Server
	t *testing.T
}

func open(t *testing.T, change ...func(*mock.Options)) store {
	t.Helper()
	change = append(change, func(o *mock.Options) { o.Providers = []string{"nextcommerce"} })
	return store{mocktest.Run(t, change...), t}
}

// ask calls an operation. What it answers must add up if it is an order.
func (s store) ask(method, path string, body any, headers ...string) mocktest.Response {
	s.t.Helper()
	r := s.Call(method, base+path, body, append([]string{bearer}, headers...)...)
	if r.Status < 300 && strings.Contains(path, "/orders/") && r.At("total_outstanding") != nil {
		addsUp(s.t, r.Body)
	}
	return r
}

// order reads an order.
func (s store) order(number string) mocktest.Response {
	s.t.Helper()
	return s.ask("GET", "/orders/"+number+"/", nil).Want(200)
}

// act calls an operation of an order.
func (s store) act(number, action string, body any, headers ...string) mocktest.Response {
	s.t.Helper()
	return s.ask("POST", "/orders/"+number+"/"+action+"/", body, headers...)
}

// given makes an order in a role or a state, and returns its number.
func (s store) given(role string) string {
	s.t.Helper()
	return s.Given("nextcommerce", "example", role)
}

// refused wants a 400 whose body holds a text.
func refused(t *testing.T, r mocktest.Response, text string) {
	t.Helper()
	r.Want(400)
	if !strings.Contains(string(r.Body), text) {
		t.Fatalf("the refusal is %s, want it to say %q", r.Body, text)
	}
}

// want compares members of an answer.
func want(t *testing.T, r mocktest.Response, members map[string]any) {
	t.Helper()
	for path, value := range members {
		if got := r.At(path); got != value {
			t.Errorf("%s is %v, want %v", path, got, value)
		}
	}
}

// sums is what addsUp reads of an order.
type sums struct {
	Number, Status, Currency, PaymentStatus string
	IsTest                                  bool            `json:"is_test"`
	Incl                                    decimal.Decimal `json:"total_incl_tax"`
	Excl                                    decimal.Decimal `json:"total_excl_tax"`
	Tax                                     decimal.Decimal `json:"total_tax"`
	Discount                                decimal.Decimal `json:"total_discount"`
	Cost                                    decimal.Decimal `json:"total_cost"`
	Outstanding                             decimal.Decimal `json:"total_outstanding"`
	ShippingIncl                            decimal.Decimal `json:"shipping_incl_tax"`
	ShippingExcl                            decimal.Decimal `json:"shipping_excl_tax"`
	ShippingTax                             decimal.Decimal `json:"shipping_tax"`
	PlacedIncl                              decimal.Decimal `json:"original_total_incl_tax"`
	PlacedExcl                              decimal.Decimal `json:"original_total_excl_tax"`
	PlacedDiscount                          decimal.Decimal `json:"original_total_discount"`
	PlacedShippingIncl                      decimal.Decimal `json:"original_shipping_incl_tax"`
	PlacedShippingExcl                      decimal.Decimal `json:"original_shipping_excl_tax"`
	Lines                                   []struct {
		Incl           decimal.Decimal `json:"price_incl_tax"`
		Excl           decimal.Decimal `json:"price_excl_tax"`
		Discount       decimal.Decimal `json:"total_discount"`
		Cost           decimal.Decimal `json:"total_cost"`
		PlacedIncl     decimal.Decimal `json:"original_price_incl_tax"`
		PlacedExcl     decimal.Decimal `json:"original_price_excl_tax"`
		PlacedDiscount decimal.Decimal `json:"original_total_discount"`
		TaxLines       []amount        `json:"tax_lines"`
		Report         struct {
			Incl decimal.Decimal `json:"price_incl_tax"`
		} `json:"report_values"`
	}
	Report struct {
		Incl         decimal.Decimal `json:"total_incl_tax"`
		ShippingIncl decimal.Decimal `json:"shipping_incl_tax"`
	} `json:"report_values"`
	Offers       []amount `json:"offer_discounts"`
	Vouchers     []amount `json:"voucher_discounts"`
	TaxLines     []amount `json:"tax_lines"`
	ShippingTaxs []amount `json:"shipping_tax_lines"`
	Transactions []transaction
	Refunds      []struct {
		Given        decimal.Decimal `json:"total_refund_amount"`
		ReturnIncl   decimal.Decimal `json:"total_return_incl_tax"`
		ReturnExcl   decimal.Decimal `json:"total_return_excl_tax"`
		Lines        []returned      `json:"refund_line_items"`
		Adjustments  []returned
		Transactions []transaction
	}
}

type amount struct{ Amount decimal.Decimal }

type transaction struct {
	Type, Status string
	Amount       decimal.Decimal
}

type returned struct {
	Type string
	Incl decimal.Decimal `json:"amount_incl_tax"`
	Excl decimal.Decimal `json:"amount_excl_tax"`
}

func total[T any](list []T, of func(T) decimal.Decimal) (sum decimal.Decimal) {
	for _, item := range list {
		sum = sum.Add(of(item))
	}
	return sum
}

var twoPlaces = regexp.MustCompile(`^-?\d+\.\d\d$`)

// addsUp holds an order to the laws of its sums.
func addsUp(t *testing.T, body []byte) {
	t.Helper()
	var o sums
	if err := json.Unmarshal(body, &o); err != nil {
		t.Fatal(err)
	}
	same := func(what string, got, want decimal.Decimal) {
		t.Helper()
		if !got.Equal(want) {
			t.Errorf("order %s: %s is %s, want %s\n%s", o.Number, what, got, want, body)
		}
	}
	amounts := func(list []amount) decimal.Decimal {
		return total(list, func(a amount) decimal.Decimal { return a.Amount })
	}
	var incl, excl, discount, cost, placedIncl, placedExcl, placedDiscount, tax, reported decimal.Decimal
	for _, l := range o.Lines {
		incl, excl, discount, cost = incl.Add(l.Incl), excl.Add(l.Excl), discount.Add(l.Discount), cost.Add(l.Cost)
		placedIncl, placedExcl, placedDiscount = placedIncl.Add(l.PlacedIncl), placedExcl.Add(l.PlacedExcl), placedDiscount.Add(l.PlacedDiscount)
		tax, reported = tax.Add(amounts(l.TaxLines)), reported.Add(l.Report.Incl)
		same("a line's tax", l.Incl.Sub(l.Excl), amounts(l.TaxLines))
	}
	same("total_incl_tax", o.Incl, incl.Add(o.ShippingIncl))
	same("total_excl_tax", o.Excl, excl.Add(o.ShippingExcl))
	same("total_tax", o.Tax, o.Incl.Sub(o.Excl))
	same("total_tax by line", o.Tax, tax.Add(amounts(o.ShippingTaxs)))
	same("tax_lines", amounts(o.TaxLines), o.Tax)
	same("shipping_tax", o.ShippingTax, o.ShippingIncl.Sub(o.ShippingExcl))
	same("total_discount", o.Discount, discount)
	same("discounts", amounts(o.Offers).Add(amounts(o.Vouchers)), o.Discount)
	same("total_cost", o.Cost, cost)
	same("original_total_incl_tax", o.PlacedIncl, placedIncl.Add(o.PlacedShippingIncl))
	same("original_total_excl_tax", o.PlacedExcl, placedExcl.Add(o.PlacedShippingExcl))
	same("original_total_discount", o.PlacedDiscount, placedDiscount)
	same("report_values", o.Report.Incl, reported.Add(o.Report.ShippingIncl))

	sumOf := func(list []transaction, kind string) decimal.Decimal {
		return total(list, func(x transaction) decimal.Decimal {
			if x.Type != kind || x.Status != "succeeded" {
				return decimal.Zero
			}
			return x.Amount
		})
	}
	waived := decimal.Zero
	for _, r := range o.Refunds {
		same("total_refund_amount", r.Given, sumOf(r.Transactions, "refund"))
		worth := func(of func(returned) decimal.Decimal) decimal.Decimal {
			return total(r.Lines, of).Add(total(r.Adjustments, of))
		}
		same("total_return_incl_tax", r.ReturnIncl, worth(func(x returned) decimal.Decimal { return x.Incl }))
		same("total_return_excl_tax", r.ReturnExcl, worth(func(x returned) decimal.Decimal { return x.Excl }))
		for _, a := range r.Adjustments {
			if a.Type == "refund_discrepancy" {
				waived = waived.Add(a.Incl)
			}
		}
	}
	switch {
	case o.Status == "canceled":
		same("total_outstanding", o.Outstanding, decimal.Zero)
	case !o.IsTest:
		kept := sumOf(o.Transactions, "debit").Sub(sumOf(o.Transactions, "refund"))
		same("total_outstanding", o.Outstanding, o.Incl.Sub(waived).Sub(kept))
	}
	var tree any
	json.Unmarshal(body, &tree)
	printed(t, "", tree)
}

// printed wants every amount as a string with two decimals.
func printed(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			printed(t, path+"/"+name, member)
		}
	case []any:
		for i, item := range v {
			printed(t, fmt.Sprintf("%s/%d", path, i), item)
		}
	case string:
		name := path[strings.LastIndex(path, "/")+1:]
		isMoney := name == "amount" || name == "unit_cost" || name == "shipping_tax" || strings.HasSuffix(name, "_incl_tax") || strings.HasSuffix(name, "_excl_tax") ||
			strings.HasPrefix(name, "total_") || name == "original_total_discount"
		if isMoney && !twoPlaces.MatchString(v) {
			t.Errorf("%s is %q, want a string with two decimals", path, v)
		}
	}
}
