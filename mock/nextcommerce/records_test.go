package nextcommerce

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"understudy/mock/internal/world"
)

// Every record of the cast, with an attempt beside it, is copied deeply and survives JSON.
func TestRecords(t *testing.T) {
	t.Parallel()
	w := world.New(world.Options{
		Name: "default", Seed: "records", Start: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Frozen: true, Twice: true,
		Rooms: map[string]world.Room{"nextcommerce": {Cast: cast, Timers: New().Timers, Kinds: New().Kinds}},
	})
	_, err := w.Update(world.Place{Provider: "nextcommerce", Tenant: "example"}, func(tx *world.Tx) error {
		in := scene{tx: tx}.request(0, 101)
		in.PaymentDetails.CardToken = new(challenges + "1")
		o, err := draft(tx, &in, tx.Now())
		if err != nil {
			return err
		}
		p, err := in.payment(tx, o)
		if err != nil {
			return err
		}
		attempt(tx, &in, o, p, tx.Now())
		for _, n := range []int{survive(t, tx, orders), survive(t, tx, transactions), survive(t, tx, customers), survive(t, tx, emails), survive(t, tx, attempts)} {
			if n == 0 {
				t.Error("a kind has no records to try")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func survive[T world.Record[T]](t *testing.T, tx *world.Tx, kind world.Kind[T]) (n int) {
	for id, record := range kind.All(tx, "") {
		n++
		before, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		var read T
		if err := json.Unmarshal(before, &read); err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(read); string(again) != string(before) {
			t.Errorf("%s %s does not survive JSON:\n%s\n%s", kind.Name, id, before, again)
		}
		clone := record.Clone()
		if !reflect.DeepEqual(clone, record) {
			t.Errorf("the copy of %s %s differs", kind.Name, id)
		}
		spoil(reflect.ValueOf(clone).Elem())
		if after, _ := json.Marshal(record); string(after) != string(before) {
			t.Errorf("changing a copy of %s %s changed it:\n%s\n%s", kind.Name, id, before, after)
		}
	}
	return n
}

// spoil changes whatever a copy might share with its original, but for strings behind pointers, which nobody changes.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && v.Elem().Kind() == reflect.Struct {
			spoil(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			spoil(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			spoil(v.Index(i))
			if v.Index(i).Kind() == reflect.Pointer {
				v.Index(i).SetZero()
			}
		}
	case reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8:
		v.SetUint('0')
	case reflect.String:
		v.SetString(v.String() + "x")
	}
}

func TestTextOfAmounts(t *testing.T) {
	t.Parallel()
	for minor, text2 := range map[int64]string{0: "0.00", 5: "0.05", -5: "-0.05", 1999: "19.99", -21_34: "-21.34", maxAmount: "9999999999.99"} {
		if got := text(dollars(minor)); got != text2 || got != dollars(minor).Fixed(2) {
			t.Errorf("%d prints as %s, want %s", minor, got, text2)
		}
	}
}
