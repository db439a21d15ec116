package commercelayer

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"understudy/mock/internal/world"
)

// TestRecords copies and reads back every record of the cast and of a login.
func TestRecords(t *testing.T) {
	t.Parallel()
	w := world.New(world.Options{
		Name: "default", Seed: "records", Start: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Frozen: true,
		Rooms: map[string]world.Room{"commercelayer": {Cast: cast, Timers: New().Timers, Kinds: kinds()}},
	})
	_, err := w.Update(world.Place{Provider: "commercelayer", Tenant: "yourdomain"}, func(tx *world.Tx) error {
		owner := customer(tx, "ann@example.com")
		grants.Put(tx, "refresh", &Grant{Application: Application{ID: "AppliAABcd"}, Client: "web", Owner: owner, Scope: "market:all", Expires: tx.Now()})
		h, _ := changes.Edit(tx, "VersioniAA")
		h.Who.Owner = owner
		tried := []int{
			keeps(t, tx, orders), keeps(t, tx, payments), keeps(t, tx, authorizations), keeps(t, tx, captures), keeps(t, tx, voids), keeps(t, tx, refunds),
			keeps(t, tx, paymentMethods), keeps(t, tx, gateways), keeps(t, tx, changes), keeps(t, tx, charges), keeps(t, tx, grants), keeps(t, tx, customers),
		}
		for i, n := range tried {
			if n == 0 {
				t.Errorf("there is no %s to try", kinds()[i].KindName())
			}
		}
		if len(tried) != len(kinds()) {
			t.Errorf("%d of %d kinds were tried", len(tried), len(kinds()))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// keeps fails unless each record of a kind survives JSON and a change of its copy.
func keeps[T world.Record[T]](t *testing.T, tx *world.Tx, kind world.Kind[T]) (n int) {
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
			t.Errorf("%s %s came back from JSON as %s, not %s", kind.Name, id, again, before)
		}
		clone := record.Clone()
		if !reflect.DeepEqual(clone, record) {
			t.Errorf("the copy of %s %s is %+v, not %+v", kind.Name, id, clone, record)
		}
		scribble(reflect.ValueOf(clone).Elem())
		if after, _ := json.Marshal(record); string(after) != string(before) {
			t.Errorf("a change of its copy made %s %s %s, not %s", kind.Name, id, after, before)
		}
	}
	return n
}

// scribble writes over everything that a copy holds; what stands behind pointers only where it is a struct.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && v.Elem().Kind() == reflect.Struct && v.Type() != reflect.TypeFor[*time.Time]() {
			scribble(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				scribble(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			scribble(v.Index(i))
		}
	case reflect.Map:
		v.Clear()
	case reflect.String:
		v.SetString("scribbled")
	case reflect.Uint8:
		v.SetUint('0')
	case reflect.Int, reflect.Int64:
		v.SetInt(-1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	}
}

func TestTheKeyReads(t *testing.T) {
	t.Parallel()
	if err := testKey().Validate(); err != nil || testKey().N.BitLen() != 2048 {
		t.Errorf("the key has %d bits: %v", testKey().N.BitLen(), err)
	}
}
