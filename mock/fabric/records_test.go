package fabric

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// fill gives every field of a record a value of its own, every list two entries.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(int64(*n), 0).UTC()))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				fill(v.Field(i), n)
			}
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes(fmt.Appendf(nil, `{"n":%d}`, *n))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 5)) // room to spare, so that an append could be seen elsewhere
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprint(*n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic(v.Kind())
	}
}

// shared lists the lists and pointers that two values have in common.
func shared(a, b reflect.Value, path string) []string {
	var list []string
	switch a.Kind() {
	case reflect.Pointer:
		if a.Pointer() == b.Pointer() {
			return []string{path}
		}
		return shared(a.Elem(), b.Elem(), path)
	case reflect.Slice:
		if a.Len() > 0 && a.Pointer() == b.Pointer() {
			list = append(list, path)
		}
		for i := range a.Len() {
			list = append(list, shared(a.Index(i), b.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if a.Type() != reflect.TypeFor[time.Time]() {
				list = append(list, shared(a.Field(i), b.Field(i), path+"."+a.Type().Field(i).Name)...)
			}
		}
	}
	return list
}

func TestRecordsCopyDeepAndSurviveJSON(t *testing.T) {
	t.Parallel()
	n := 0
	order, holding := &Order{}, &Holding{}
	fill(reflect.ValueOf(order).Elem(), &n)
	fill(reflect.ValueOf(holding).Elem(), &n)
	for _, c := range []struct{ original, copied any }{{order, order.Clone()}, {holding, holding.Clone()}} {
		if !reflect.DeepEqual(c.original, c.copied) {
			t.Errorf("the copy of %T differs", c.original)
		}
		if in := shared(reflect.ValueOf(c.original), reflect.ValueOf(c.copied), ""); len(in) > 0 {
			t.Errorf("the copy of %T shares %v", c.original, in)
		}
		raw, err := json.Marshal(c.original)
		if err != nil {
			t.Fatal(err)
		}
		back := reflect.New(reflect.TypeOf(c.original).Elem()).Interface()
		if err := json.Unmarshal(raw, back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(c.original, back) {
			t.Errorf("%T came back from JSON as %+v", c.original, back)
		}
	}
}

var (
	start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	here  = world.Place{Provider: "fabric", Tenant: "t"}
)

func open(t testing.TB) *world.World {
	p := New()
	w := world.New(world.Options{
		Name: "default", Seed: "seed", Start: start, Frozen: true, Twice: true, MaxTenants: 10,
		Rooms:  map[string]world.Room{p.Name: {Cast: p.Cast, Timers: p.Timers, Kinds: p.Kinds}},
		Failed: func(timer world.Timer, err error) { t.Errorf("%s: %v", timer.Name, err) },
	})
	t.Cleanup(w.Close)
	return w
}

func act(t testing.TB, w *world.World, f func(*world.Tx) error) {
	t.Helper()
	if _, err := w.Update(here, f); err != nil {
		t.Fatal(err)
	}
}

func TestTheCast(t *testing.T) {
	t.Parallel()
	w := open(t)
	act(t, w, func(tx *world.Tx) error {
		for _, p := range players {
			o, ok := orders.Get(tx, p.ID)
			if !ok {
				t.Errorf("%s: order %s is missing", p.Name, p.ID)
				continue
			}
			if !o.Updated.Before(start.Add(time.Second)) || o.Created.After(start) {
				t.Errorf("%s: created %s and updated %s, after the start", p.Name, o.Created, o.Updated)
			}
			for i := range o.Payments {
				if err := o.Payments[i].Balances.lawful(""); err != nil {
					t.Errorf("%s: %v", p.Name, err)
				}
				if h, ok := holdings.Get(tx, o.Payments[i].ID); !ok || h.Order != p.ID {
					t.Errorf("%s: payment %s is not found", p.Name, o.Payments[i].ID)
				}
			}
		}
		return nil
	})
	want := map[string][]string{
		"allocated": {orderAllocated, paymentAuthorized, "146.90 USD", "146.90 USD"}, "payable": {orderCreated, paymentPending, "173.61 USD", "173.61 USD"},
		"authorized": {orderConfirmed, paymentAuthorized, "173.61 USD", "173.61 USD"}, "failed": {orderHeld, paymentError, "173.61 USD", "173.61 USD"},
		"expired": {orderConfirmed, paymentExpired, "173.61 USD", "173.61 USD"}, "partly_paid": {orderPartiallyShipped, paymentPartiallyPaid, "173.61 USD", "86.80 USD"},
		"paid": {orderShipped, paymentPaid, "173.61 USD", "0.00 USD"}, "cancelled": {orderCancelled, paymentVoided, "0.00 USD", "0.00 USD"},
		"nothing_due": {orderAllocated, paymentPaid, "173.61 USD", "0.00 USD"}, "partly_refunded": {orderDelivered, paymentPartiallyRefunded, "173.61 USD", "5.00 USD"},
		"returned": {orderReturned, paymentRefunded, "173.61 USD", "173.61 USD"}, "split": {orderConfirmed, paymentAuthorized, "173.61 USD", "86.80 USD"},
	}
	check := func(name string, s engine.Summary) {
		if got := []string{s.State, s.Payment, s.Total.String(), s.Due.String()}; !slices.Equal(got, want[name]) {
			t.Errorf("%s is %v, want %v", name, got, want[name])
		}
	}
	act(t, w, func(tx *world.Tx) error {
		for i, s := range summaries(tx) {
			check(players[i].Name, s)
		}
		return nil
	})
	t.Run("any role can be had again, in any number", func(t *testing.T) {
		for _, p := range players {
			for range 2 {
				act(t, w, func(tx *world.Tx) error {
					s, err := given(tx, engine.Given{Role: p.Name})
					check(p.Name, s)
					return err
				})
			}
		}
	})
	t.Run("a week goes by without a timer failing", func(t *testing.T) {
		if _, err := w.Advance(8 * day); err != nil {
			t.Fatal(err)
		}
		act(t, w, func(tx *world.Tx) error {
			o, _ := orders.Get(tx, documentOrder)
			if p := o.payment(documentPayment); p.State != paymentExpired || p.Status != "EXPIRED" || !p.Balances.Capturable.IsZero() {
				t.Errorf("the page's payment is %s, %s", p.State, p.Status)
			}
			return nil
		})
	})
}

func TestTimersEndWithTheirReason(t *testing.T) {
	t.Parallel()
	w := open(t)
	waiting := func() (names []string) {
		for _, timer := range w.Timers() {
			if timer.ID == "X" || timer.ID == "pay-x" {
				names = append(names, timer.Name)
			}
		}
		slices.Sort(names)
		return names
	}
	act(t, w, func(tx *world.Tx) error {
		in := script("X", "1")
		in.Payments[0].Identifier.PaymentID = "pay-x"
		authorized(&in)
		_, err := place(tx, in, tx.Now(), true)
		return err
	})
	if got := waiting(); !slices.Equal(got, []string{expiryTimer, releaseTimer}) {
		t.Fatalf("a new order waits for %v", got)
	}
	act(t, w, func(tx *world.Tx) error { return apply(tx, "orders", "X", "hold") })
	act(t, w, func(tx *world.Tx) error { return settle(tx, "pay-x", "approve") })
	if got := waiting(); len(got) > 0 {
		t.Errorf("held and paid, it still waits for %v", got)
	}
}

func TestGivenOrders(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, state := range orderStates.States() {
		act(t, w, func(tx *world.Tx) error {
			s, err := given(tx, engine.Given{Role: state})
			if s.State != state {
				t.Errorf("asked for %s, got %s", state, s.State)
			}
			return err
		})
	}
	t.Run("at a price, in a currency, under a number", func(t *testing.T) {
		for _, total := range []money.Amount{{Minor: 4999, Currency: "EUR"}, {Minor: 1, Currency: "JPY"}, {Minor: 0, Currency: "USD"}} {
			for _, role := range []string{"payable", "paid", "split", orderShipped} {
				act(t, w, func(tx *world.Tx) error {
					s, err := given(tx, engine.Given{Role: role, ID: role + total.String(), Total: &total})
					if err == nil && (s.ID != role+total.String() || s.Total != total) {
						t.Errorf("%s of %s became %s of %s", role, total, s.ID, s.Total)
					}
					return err
				})
			}
		}
	})
	t.Run("what cannot be had is refused", func(t *testing.T) {
		below := money.Amount{Minor: -1, Currency: "USD"}
		for _, g := range []engine.Given{{Role: "nonsense"}, {Role: "paid", ID: documentOrder}, {Role: "paid", Total: &below}} {
			if _, err := w.Update(here, func(tx *world.Tx) error { _, err := given(tx, g); return err }); err == nil {
				t.Errorf("%+v was made", g)
			}
		}
	})
}

// TestTotalsOfAnyOrder cancels an order unit by unit: it adds up at each step, shrinks, and ends at nothing.
func TestTotalsOfAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := func(label string, most int64) money.Amount {
			return money.Amount{Minor: rapid.Int64Range(0, most).Draw(t, label), Currency: "USD"}
		}
		o := Order{Currency: "USD", Fee: amount("fee", 1000), ShippingTax: amount("shipping tax", 100)}
		sub := int64(0)
		for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
			l := Line{Number: i, Ordered: rapid.IntRange(1, 5).Draw(t, "ordered"), Price: amount("price", 100_000), Fee: amount("line fee", 100), Tax: amount("tax", 5000)}
			l.Discount = amount("line discount", l.Price.Minor)
			sub += l.Price.Minor * int64(l.Ordered)
			o.Lines = append(o.Lines, l)
		}
		o.Discount = amount("discount", sub/10)
		totals, err := o.totals()
		if err != nil {
			t.Fatal(err)
		}
		o.Placed = totals
		for {
			var left []*Line
			for i := range o.Lines {
				if o.Lines[i].Cancelled < o.Lines[i].Ordered {
					left = append(left, &o.Lines[i])
				}
			}
			if len(left) == 0 {
				break
			}
			rapid.SampledFrom(left).Draw(t, "cancelled").Cancelled++
			next, err := o.totals()
			if err != nil {
				t.Fatal(err)
			}
			if next.Total.Minor != next.Sub.Minor-next.Discount.Minor+next.Fee.Minor+next.Tax.Minor || next.Total.Minor+next.Cancelled.Minor != o.Placed.Total.Minor {
				t.Fatalf("%+v does not add up", next)
			}
			if next.Discount.Sign() < 0 || next.Tax.Sign() < 0 || next.Fee.Sign() < 0 || next.Sub.Minor > totals.Sub.Minor {
				t.Fatalf("%+v after %+v", next, totals)
			}
			totals = next
		}
		if !totals.Total.IsZero() {
			t.Fatalf("all cancelled, it comes to %s", totals.Total)
		}
	})
}
