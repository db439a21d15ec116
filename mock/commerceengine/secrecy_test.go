package commerceengine

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
	"understudy/specs"
)

// TestCardsAreNotKept sends cards in every way, good and bad, and looks for them in everything that a world remembers: records, as they are
// exported, and journal.
func TestCardsAreNotKept(t *testing.T) {
	t.Parallel()
	e := serve(t)
	send := func(path, body string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/commerceengine/api/v1/store_01/storefront"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("Content-Type", "application/json")
		a := e.Answer(r)
		return a.Status, string(a.Body)
	}
	const (
		good   = "4111 1111 1111 1111"
		wrong  = "4111111111111112" // its check digit does not hold
		token  = "4012000000001097" // somebody's card number where a token belongs
		secret = "9731"
	)
	card := func(number, rest string) string {
		return `{"payment_provider_slug":"juspay","integration_type":"express-checkout","return_url":"https://shop.example.test/","payment_method_type":"CARD","save_to_locker":true,` +
			`"card_number":` + number + `,"card_exp_month":"12","card_exp_year":"30","name_on_card":"Asha Rao","card_security_code":"` + secret + `"` + rest + `}`
	}
	cases := []struct {
		name, path, body string
		status           int
	}{
		{"a good card on a retry", "/orders/ORD-1001/retry-payment", `{"payment_method":` + card(`"`+good+`"`, "") + `}`, 200},
		{"a good card on an order", "/orders", `{"cart_id":"` + readyCart + `","payment_method":` + card(`"`+good+`"`, "") + `}`, 200},
		{"a number that is none", "/orders/ORD-1003/retry-payment", `{"payment_method":` + card(`"`+wrong+`"`, "") + `}`, 400},
		{"a number as a number", "/orders/ORD-1003/retry-payment", `{"payment_method":` + card(wrong, "") + `}`, 400},
		{"a member too few", "/orders/ORD-1003/retry-payment", `{"payment_method":{"payment_provider_slug":"juspay","payment_method_type":"CARD","card_number":"` + wrong + `"}}`, 400},
		{"JSON that is none", "/orders/ORD-1003/retry-payment", `{"payment_method":` + card(`"`+good+`"`, "") + `}}`, 400},
		{"a card where a token belongs", "/orders/ORD-1003/retry-payment", `{"payment_method":{"payment_provider_slug":"juspay","integration_type":"express-checkout","return_url":"https://shop.example.test/",` +
			`"payment_method_type":"CARD","payment_method":"VISA","save_to_locker":true,"card_token":"` + token + `","card_security_code":"` + secret + `"}}`, 200},
	}
	for _, c := range cases {
		status, body := send(c.path, c.body)
		if status != c.status {
			t.Errorf("%s: %d %s", c.name, status, body)
		}
		if strings.Contains(body, wrong) || strings.Contains(body, good) || strings.Contains(body, token) {
			t.Errorf("%s: the answer repeats the card: %s", c.name, body)
		}
	}
	u, err := e.Universe(world.Default)
	if err != nil {
		t.Fatal(err)
	}
	export, err := u.Export()
	if err != nil {
		t.Fatal(err)
	}
	memory, _ := json.Marshal(export)
	said, _ := json.Marshal(u.Journal.Find(nil))
	for _, kept := range []struct{ where, text string }{{"records", string(memory)}, {"journal", string(said)}} {
		if !strings.Contains(kept.text, "ORD-1001") {
			t.Fatalf("the %s do not even name the order", kept.where)
		}
		for _, number := range []string{good, strings.ReplaceAll(good, " ", ""), wrong, token, `"` + secret, secret + `\"`} {
			if strings.Contains(kept.text, number) {
				t.Errorf("the %s hold %s", kept.where, number)
			}
		}
	}
	if !strings.Contains(string(memory), `"last_four":"1111"`) {
		t.Error("the last four digits, which may be kept, are not")
	}
}

// serve makes an engine with this room alone, so that a test can look behind it.
func serve(t testing.TB) *engine.Engine {
	t.Helper()
	yaml, _ := specs.Document("commerceengine")
	document, err := openapi.Load(yaml)
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(engine.Options{Seed: "seed", Start: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Frozen: true, Twice: true})
	t.Cleanup(e.Close)
	e.Serve(engine.Room{Provider: New(), Load: func() (*openapi.Document, error) { return document, nil }})
	if err := e.Ready(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e
}
