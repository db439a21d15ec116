package world_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/world"
)

// export writes a world down as JSON.
func export(t *testing.T, w *world.World) string {
	t.Helper()
	e, err := w.Export()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func imported(t *testing.T, w *world.World, text string) error {
	t.Helper()
	var e world.Export
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	return w.Import(e)
}

// lived makes a world that holds everything an export has to carry.
func lived(t *testing.T) *world.World {
	w := frozen(t, twice)
	do(t, w, shop, func(tx *world.Tx) {
		orders.Put(tx, "a <&> ü \u2028", &order{N: 1, Tags: []string{`"`, "<script>"}, Parts: map[string]int{"z": 1, "a": 2}})
		tx.Next("invoice")
		tx.ID("payment", "a")
		tx.At("note", "later", start.Add(90*time.Minute))
		tx.At("note", "soon", start.Add(30*time.Minute))
		tx.Emit("made", "a")
	})
	do(t, w, world.Place{Provider: "shop", Tenant: "with space and ü"}, func(tx *world.Tx) { orders.Delete(tx, "cast") })
	if _, err := w.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestExportImportExportGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	w := lived(t)
	first := export(t, w)
	if again := export(t, w); again != first {
		t.Errorf("exporting twice differs:\n%s\n%s", first, again)
	}
	copied := frozen(t, func(o *world.Options) { o.Seed, o.Start = "another", start.AddDate(1, 0, 0) })
	do(t, copied, other, func(tx *world.Tx) { orders.Put(tx, "not exported", &order{}) })
	if err := imported(t, copied, first); err != nil {
		t.Fatal(err)
	}
	if second := export(t, copied); second != first {
		t.Errorf("exported\n%s\nimported and exported\n%s", first, second)
	}
	// And both go on alike: ids, numbers, timers, events.
	for _, w := range []*world.World{w, copied} {
		do(t, w, shop, func(tx *world.Tx) {
			orders.Put(tx, tx.ID("payment", "a").UUID(), &order{N: int(tx.Next("invoice"))})
			tx.Emit("made", "b")
		})
		if _, err := w.Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if one, two := export(t, w), export(t, copied); one != two {
		t.Errorf("they part:\n%s\n%s", one, two)
	}
}

func TestABadImportChangesNothingAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := export(t, lived(t))
	replace := func(old, new string) func() string {
		return func() string {
			if strings.Count(good, old) < 1 {
				t.Fatalf("the export holds no %s:\n%s", old, good)
			}
			return strings.Replace(good, old, new, 1)
		}
	}
	record := func(json string) func() string { return replace(`"records":[`, `"records":[`+json+",") }
	cases := map[string]struct {
		make func() string
		want []string
	}{
		"another format":            {replace(`"understudy":1`, `"understudy":2`), []string{"format 2"}},
		"an unknown kind":           {replace(`"kind":"order"`, `"kind":"ordre"`), []string{"records[", `"ordre"`, "shop/main", "not known"}},
		"an unknown provider":       {record(`{"provider":"shup","tenant":"main","kind":"order","id":"a","value":{}}`), []string{"records[0]", "shup", "not known"}},
		"a wrong type":              {replace(`"n":1,`, `"n":"1",`), []string{"records[", "a <", "order", "string"}},
		"a member nobody knows":     {replace(`"n":1,`, `"m":1,`), []string{"records[", `"m"`}},
		"null for a record":         {record(`{"provider":"shop","tenant":"main","kind":"order","id":"x","value":null}`), []string{"records[0]", "value"}},
		"no value":                  {record(`{"provider":"shop","tenant":"main","kind":"order","id":"x"}`), []string{"records[0]", `"x"`, "value"}},
		"a record twice":            {record(`{"provider":"shop","tenant":"main","kind":"order","id":"cast","value":{"n":1,"tags":[]}}`), []string{"records[", "cast", "twice"}},
		"a timer under another id":  {replace(`"id":"note/later"`, `"id":"note"`), []string{"records[", "note/later"}},
		"a timer at another place":  {replace(`"value":{"provider":"shop","tenant":"main","due"`, `"value":{"provider":"shop","tenant":"mein","due"`), []string{"records[", "shop/mein"}},
		"a timer beyond all clocks": {replace(`"due":"2026-01-01T01:30:00Z"`, `"due":"9999-01-01T00:00:00Z"`), []string{"records[", "due"}},
		"a tenant under another id": {replace(`"id":"shop/main"`, `"id":"shop/mein"`), []string{"records[", "shop/main"}},
		"a count below nothing":     {replace(`"value":{"n":1}`, `"value":{"n":-1}`), []string{"records[", "-1"}},
		"records of no tenant":      {record(`{"provider":"shop","tenant":"ghost","kind":"order","id":"x","value":{"n":1,"tags":[]}}`), []string{"shop/ghost", `"tenant"`}},
		"no present":                {replace(`"now":"2026-01-01T01:00:00Z"`, `"now":"0001-01-01T00:00:00Z"`), []string{"clock.now"}},
		"no beginning":              {replace(`"start":"2026-01-01T00:00:00Z"`, `"start":"0001-01-01T00:00:00Z"`), []string{"clock.start"}},
		"a present before":          {replace(`"start":"2026-01-01T00:00:00Z"`, `"start":"2027-01-01T00:00:00Z"`), []string{"clock.now", "before"}},
		"a negative count":          {replace(`"commits":`, `"commits":-`), []string{"commits"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := lived(t)
			before := export(t, w)
			err := imported(t, w, c.make())
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if after := export(t, w); after != before {
				t.Errorf("the world changed from\n%s\nto\n%s", before, after)
			}
		})
	}
}

func TestAnImportedTimerThatIsDueFires(t *testing.T) {
	t.Parallel()
	text := strings.Replace(export(t, lived(t)), `"now":"2026-01-01T01:00:00Z"`, `"now":"2026-01-01T02:00:00Z"`, 1)
	w := frozen(t)
	if err := imported(t, w, text); err != nil {
		t.Fatal(err)
	}
	if got := notesOf(t, w, shop); !strings.Contains(got, "later at 2026-01-01T01:30:00Z") || len(w.Timers()) != 0 {
		t.Errorf("notes %s, timers %v", got, w.Timers())
	}
}
