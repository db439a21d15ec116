package norce

import (
	"reflect"
	"testing"

	"understudy/mock/internal/money"
)

func TestClonesShareNothing(t *testing.T) {
	t.Parallel()
	o := &order{ID: "o", Payments: []string{"a"}}
	o.Clone().Payments[0] = "b"
	if o.Payments[0] != "a" {
		t.Error("a clone of an order shares its payments")
	}
	limit := money.Amount{Minor: 1, Currency: "SEK"}
	p := &payment{ID: "p", Limit: &limit}
	p.Clone().Limit.Minor = 2
	if p.Limit.Minor != 1 {
		t.Error("a clone of a payment shares its limit")
	}
	if !reflect.DeepEqual(o, o.Clone()) || !reflect.DeepEqual(p, p.Clone()) {
		t.Error("a clone differs")
	}
}
