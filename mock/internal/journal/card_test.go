package journal

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"understudy/fixtures/luhn"
)

func TestCardNumbersAreMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// the issuers' own test numbers
		"4111111111111111":    "411111******1111",
		"4222222222222":       "422222***2222",
		"5555555555554444":    "555555******4444",
		"2223003122003222":    "222300******3222",
		"2200770239097761":    "220077******7761",
		"378282246310005":     "378282*****0005",
		"30569309025904":      "305693****5904",
		"6011111111111117":    "601111******1117",
		"3530111333300000":    "353011******0000",
		"6205500000000000004": "620550*********0004",
		"6759649826438453":    "675964******8453",
		"9792030394440796":    "979203******0796",

		// as they are printed and typed
		"4111 1111 1111 1111":     "4111 11** **** 1111",
		"4111-1111-1111-1111":     "4111-11**-****-1111",
		"3782 822463 10005":       "3782 82**** *0005",
		"3056 930902 5904":        "3056 93**** 5904",
		"6205 5000 0000 0000 004": "6205 50** **** ***0 004",
		"4222 222 222 222":        "4222 22* **2 222",

		// in prose, alone or with what goes with it
		"My card is 4111 1111 1111 1111, thanks.":         "My card is 4111 11** **** 1111, thanks.",
		"4111111111111111 12/27 123":                      "411111******1111 12/27 123",
		"4111 1111 1111 1111 123":                         "4111 11** **** 1111 123",
		"4111 1111 1111 1111 5555 5555 5555 4444":         "4111 11** **** 1111 5555 55** **** 4444",
		"4111111111111111 5555555555554444":               "411111******1111 555555******4444",
		"2026 4111 1111 1111 1111":                        "2026 4111 11** **** 1111",
		"order 309019176 4111111111111111":                "order 309019176 411111******1111",
		"(4111111111111111)/4111111111111111.":            "(411111******1111)/411111******1111.",
		"card:4111111111111111;exp":                       "card:411111******1111;exp",
		"–4111111111111111–":                              "–411111******1111–",
		"\u00a04111111111111111\u00a0":                    "\u00a0411111******1111\u00a0",
		"4111111111111111\n5555555555554444":              "411111******1111\n555555******4444",
		strings.Repeat("4111111111111111,", 3):            strings.Repeat("411111******1111,", 3),
		"a" + strings.Repeat(" ", 5) + "4111111111111111": "a     411111******1111",

		// in JSON
		`{"number":"4111111111111111"}`:            `{"number":"411111******1111"}`,
		`{"number":4111111111111111}`:              `{"number":411111******1111}`,
		`{"number": "4111 1111 1111 1111" ,"x":1}`: `{"number": "4111 11** **** 1111" ,"x":1}`,
		`"line\n4111111111111111\tend"`:            `"line\n411111******1111\tend"`,
		`"\u00224111111111111111\u000a"`:           `"\u0022411111******1111\u000a"`,
		`"{\"n\":\"4111111111111111\"}"`:           `"{\"n\":\"411111******1111\"}"`,
		`[4111111111111111,5555555555554444]`:      `[411111******1111,555555******4444]`,
		"100%4111111111111111":                     "100%411111******1111",
		`{"number":"4111111111111111`:              `{"number":"411111******1111`,

		// in forms and queries
		"number=4111111111111111&x=1":            "number=411111******1111&x=1",
		"number=4111+1111+1111+1111&x=1":         "number=4111+11**+****+1111&x=1",
		"/p?number=4111%201111%201111%201111":    "/p?number=4111%2011**%20****%201111",
		"/p/4111111111111111/x":                  "/p/411111******1111/x",
		"/p?q=%7B%22n%22:%224111111111111111%22": "/p?q=%7B%22n%22:%22411111******1111%22",
		"/p?q=n%3D4111111111111111%26x":          "/p?q=n%3D411111******1111%26x",
		"/p?q=%C3%A44111111111111111":            "/p?q=%C3%A4411111******1111",
	} {
		if got := hideCards(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsNoCardNumberStays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "4", "4111", "no digits at all",
		"4111111111111112",      // a wrong check digit
		"0000000000000000",      // nobody issues these
		"1111111111111117",      // nor these
		"411111111111",          // too short
		"41111111111111111111",  // too long
		"411111111111116",       // a length that the issuer does not use
		"1767225600000",         // milliseconds
		"1767225600000004",      // microseconds, with a right check digit
		"1767225600000000007",   // nanoseconds, likewise
		"20260302093000",        // a time
		"2026030209300012",      // and a finer one
		"2026-01-31 09:30:00",   // and a spelled one
		"2026-01-31 2026-02-28", // and two
		"309019176",             // an order number of fabric
		"62272e917b12209e68751d94",
		"o_yClTSySjyAuuBjmiBlHCjuEcTf",
		"tok_4111111111111111",                 // a token
		"ORD-4111111111111111",                 // an order number
		"4111111111111111-ORD",                 // another
		"a4111111111111111",                    // the end of a word
		"4111111111111111b",                    // the beginning of one
		"ä4111111111111111",                    // in any alphabet
		"deadbeef4111111111111111deadbeef",     // the middle of a hash
		"9f86d081-4111-1111-1111-111111111111", // a UUID
		"41111111-1111-4111-8111-111111111111",
		"2026-4111111111111111", // a hyphenated number
		"0.4111111111111111",    // a fraction
		"4111111111111111.25",   // an amount
		"4111  1111  1111  1111",
		"4111 1111 1111",
		"41 1111 1111 1111 11",
		"+46 70 123 45 67", "+4111111111", // telephones
		"192.168.100.100 192.168.100.101",
		"1e4111111111111111",
		"%34%31%31%31",
		`"n":"0099 1234 5678 9012"`,
		"4006381333931", // the number of goods, thirteen digits with a check digit of another kind
	} {
		if got := hideCards(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// genCard makes a card number of an issuer, with a right check digit.
var genCard = rapid.Custom(func(t *rapid.T) string {
	kind := rapid.SampledFrom([]struct {
		begins string
		length int
	}{{"4", 16}, {"4", 13}, {"4", 19}, {"51", 16}, {"2221", 16}, {"2720", 16}, {"34", 15}, {"37", 15}, {"36", 14}, {"3528", 16}, {"6011", 16}, {"62", 19}, {"6304", 18}}).Draw(t, "kind")
	digits := []byte(kind.begins)
	for len(digits) < kind.length-1 {
		digits = append(digits, '0'+byte(rapid.IntRange(0, 9).Draw(t, "digit")))
	}
	for c := byte('0'); ; c++ {
		if n := append(digits[:len(digits):len(digits)], c); luhn.Valid(n) {
			return string(n)
		}
	}
})

func TestEveryCardNumberIsMaskedWhereverItStands(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		card := genCard.Draw(t, "card")
		before := rapid.String().Draw(t, "before") + rapid.SampledFrom([]string{"", " ", "\n", `"`, ":", "=", ",", "(", "“", "\x00"}).Draw(t, "part")
		after := rapid.SampledFrom([]string{"", " ", "\n", `"`, ",", "&", ")", "”", ". "}).Draw(t, "part") + rapid.String().Draw(t, "after")
		text := before + card + after
		if from, to := word(text, len(before), true); from != len(before) || to != len(before)+len(card) {
			t.Skip("the text around it makes it another word")
		}
		if r, _ := utf8.DecodeLastRuneInString(before); r == '_' || r == '.' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			t.Skip("the text before it makes it another word")
		}
		for name, written := range map[string]string{
			"plain": text,
			"json":  func() string { raw, _ := json.Marshal(text); return string(raw) }(),
			"query": url.QueryEscape(text),
			"path":  url.PathEscape(text),
			"form":  url.Values{"n": {text}}.Encode(),
		} {
			if got := hideCards(written); strings.Contains(got, card) {
				t.Fatalf("%s: %q is in %q", name, card, got)
			} else if len(got) != len(written) || !strings.Contains(got, card[:6]) || !strings.Contains(got, card[len(card)-4:]) {
				t.Fatalf("%s: %q became %q", name, written, got)
			}
		}
	})
}

func FuzzHideCards(f *testing.F) {
	for _, seed := range []string{"4111 1111 1111 1111", "%", `\u00`, `\`, "4111-1111-1111-1111-", "…4111111111111111%2", "4111%2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := hideCards(text)
		if len(once) != len(text) || hideCards(once) != once {
			t.Errorf("%q became %q, and then %q", text, once, hideCards(once))
		}
		for i := range text {
			if once[i] != text[i] && (once[i] != '*' || !isDigit(text[i])) {
				t.Errorf("%q became %q", text, once)
			}
		}
		hideSecrets(text, []string{"a", "1"})
	})
}

// largeAnswer is an answer of 8 kB as a shop gives it: ids, times, amounts, no card numbers. Barcodes are as long as card numbers.
func largeAnswer(sku string) string {
	var b strings.Builder
	b.WriteString(`{"lines":[`)
	for i := 0; b.Len() < 8000; i++ {
		fmt.Fprintf(&b, `{"id":"62272e917b12209e68751d%02d","sku":"%s","title":"A thing with a long name","price":"%d.99","created_at":"2026-03-02T09:30:00.000Z","quantity":%d,"uuid":"9f86d081-884c-4d65-9a2f-eaa0c55a%04d"},`, i, sku, i, i, i)
	}
	return b.String() + `{}]}`
}

func BenchmarkHideCards(b *testing.B) {
	answer := largeAnswer("SKU-1")
	for name, text := range map[string]string{"8kB": answer, "8kB with one": answer + " 4111111111111111", "8kB with barcodes": largeAnswer("4006381333931"), "request": `{"payment_method":{"type":"card","number":"4111111111111111"}}`, "url": "/fabric/api/v2/order/309019176"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				hideCards(text)
			}
		})
	}
}

func BenchmarkHideSecrets(b *testing.B) {
	body := `{"payment_method":{"payment_method_type":"CARD","card_number":"4111111111111111","card_token":"tok","name_on_card":"Ada","card_exp_year":"27"},"return_url":"https://shop.test/return"}`
	b.ReportAllocs()
	for b.Loop() {
		hideSecrets(body, []string{"card_number", "card_security_code", "card_token"})
	}
}
