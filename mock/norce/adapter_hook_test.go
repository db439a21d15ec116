package norce_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"understudy/specs"
)

// applied applies the hook's answer to the order as it was sent.
func applied(t testing.TB, sent string, answer []byte) string {
	t.Helper()
	patch, err := jsonpatch.DecodePatch(answer)
	if err != nil {
		t.Fatalf("no JSON Patch: %v\n%s", err, answer)
	}
	for _, operation := range patch {
		switch kind := operation.Kind(); kind {
		case "add", "replace", "remove", "test":
		default:
			t.Fatalf("operation %q is none that Norce can express", kind)
		}
	}
	options := jsonpatch.NewApplyOptions()
	options.AllowMissingPathOnRemove = false
	after, err := patch.ApplyWithOptions([]byte(sent), options)
	if err != nil {
		t.Fatalf("the patch does not apply: %v\n%s\n%s", err, answer, sent)
	}
	return string(after)
}

// amount is what an order says of a payment's amount, as it is written.
func amount(t testing.TB, order, payment string) string {
	t.Helper()
	var o struct {
		Payments []struct {
			ID     string
			Amount json.Number
		}
	}
	if err := json.Unmarshal([]byte(order), &o); err != nil {
		t.Fatal(err)
	}
	for _, p := range o.Payments {
		if p.ID == payment {
			return p.Amount.String()
		}
	}
	t.Fatalf("no payment %s in %s", payment, order)
	return ""
}

func TestTheDocumentsCall(t *testing.T) {
	t.Parallel()
	var call struct {
		Operation string
		Status    int
		Path      map[string]string
		Header    map[string]string
		Request   map[string]any
	}
	table, _ := specs.Call("norce")
	if err := yaml.Unmarshal(table, &call); err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	sample, _ := specs.Sample("norce", "request")
	if err := json.Unmarshal(sample, &body); err != nil {
		t.Fatal(err)
	}
	for pointer, value := range call.Request {
		body[strings.TrimPrefix(pointer, "/")] = value
	}
	sent, _ := json.Marshal(body)
	var headers []string
	for name, value := range call.Header {
		headers = append(headers, name+": "+value)
	}
	s := open(t)
	path := "/norce/api/checkout/v1/callback/orders/" + call.Path["order_id"] + "/payments/" + call.Path["payment_id"] + "/update-payment"
	r := s.Call("POST", path, string(sent), headers...).Want(call.Status)

	t.Run("is answered with the operations that bring this payment to what is left of the order", func(t *testing.T) {
		want := `[{"op":"test","path":"/payments/0/id","value":"` + documentPayment + `"},{"op":"replace","path":"/payments/0/amount","value":1529}]`
		if string(r.Body) != want {
			t.Errorf("answered %s\nwant %s", r.Body, want)
		}
		if got := amount(t, applied(t, string(sent), r.Body), documentPayment); got != "1529" {
			t.Errorf("the patched order says %s, want 1529", got)
		}
	})
	t.Run("sent again with the patched order, changes nothing more", func(t *testing.T) {
		again := s.Call("POST", path, applied(t, string(sent), r.Body), headers...).Want(200)
		if string(again.Body) != "[]" {
			t.Errorf("answered %s, want []", again.Body)
		}
	})
	t.Run("changed the world: the session covers the new amount", func(t *testing.T) {
		if got := s.value(documentOrder, documentPayment); got != "152900" {
			t.Errorf("the session covers %s öre, want 152900", got)
		}
	})
}

func TestUpdatePaymentRecalculates(t *testing.T) {
	t.Parallel()
	s := open(t)
	own := func(members string) string { return fmt.Sprintf(`{"id":%q,%s}`, documentPayment, members) }
	order := func(total, payments string) string {
		return fmt.Sprintf(`{"payments":[%s],"total":{"includingVat":%s}}`, payments, total)
	}
	for i, c := range []struct{ name, sent, want string }{
		{"a total that grows", proposal("1629"), "1529"},
		{"a total that shrinks", proposal("500.5"), "400.5"},
		{"a total that the others cover already, to nothing", proposal("80"), "0"},
		{"a negative total, to nothing", proposal("-10"), "0"},
		{"an amount as its digits say, not as a float would", order("1e2", own(`"amount":0.3`)+`,{"id":"p_other","amount":0.1}`), "99.9"},
		{"beside payments whose state is not stated", order("100", own(`"amount":1`)+`,{"id":"p_other","amount":30}`), "70"},
		{"beside payments that no longer count", order("100", own(`"amount":1`)+`,{"id":"p_1","state":"failed","amount":30},{"id":"p_2","state":"declined","amount":30},
			{"id":"p_3","state":"cancelled","amount":30},{"id":"p_4","state":"removed","amount":30},{"id":"p_5","state":"captured","amount":25}`), "75"},
		{"beside payments of another currency that no longer count", order("100", own(`"amount":1`)+`,{"id":"p_1","state":"failed","currency":"EUR","amount":30}`), "100"},
		{"up to its upper limit", order("100", own(`"amount":1,"upperLimitAmount":40`)), "40"},
		{"below its upper limit", order("100", own(`"amount":1,"upperLimitAmount":400`)), "100"},
		{"where the order as sent has no amount yet", order("100", own(`"state":"intent"`)), "100"},
		{"where it is not the first payment", order("100", `{"id":"p_other","amount":30},`+own(`"amount":1`)), "70"},
		{"a currency in small letters", `{"currency":"sek",` + order("100", own(`"amount":1,"currency":"Sek"`))[1:], "100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := s.at(fmt.Sprint("m", i))
			r := s.hook(documentOrder, documentPayment, c.sent).Want(200)
			after := applied(t, c.sent, r.Body)
			if got := amount(t, after, documentPayment); got != c.want {
				t.Errorf("the patched order says %s, want %s\n%s", got, c.want, r.Body)
			}
			if again := s.hook(documentOrder, documentPayment, after).Want(200); string(again.Body) != "[]" {
				t.Errorf("the patched order is patched again: %s", again.Body)
			}
		})
	}
	t.Run("with a test that keeps the amount out of another payment", func(t *testing.T) {
		s := s.at("moved")
		r := s.hook(documentOrder, documentPayment, proposal("2000")).Want(200)
		moved := order("2000", `{"id":"p_other","amount":1},`+own(`"amount":1134`))
		patch, err := jsonpatch.DecodePatch(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if after, err := patch.Apply([]byte(moved)); err == nil {
			t.Errorf("the patch applies to an order whose payments stand elsewhere: %s", after)
		}
	})
	t.Run("what is sent as application/json-patch+json too", func(t *testing.T) {
		s := s.at("adyen")
		r := s.hook(documentOrder, documentPayment, proposal("1629"), "Content-Type: application/json-patch+json").Want(200)
		if got := amount(t, applied(t, proposal("1629"), r.Body), documentPayment); got != "1529" {
			t.Errorf("the patched order says %s, want 1529", got)
		}
	})
}

func TestUpdatePaymentLeavesTheOrderAsItIs(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i, c := range []struct{ name, payment, sent string }{
		{"when nothing changes", documentPayment, proposal("1234.00")},
		{"without a body", documentPayment, ""},
		{"when the body holds neither the payment nor a total", documentPayment, `{}`},
		{"when the body does not hold the payment", documentPayment, `{"payments":[{"id":"p_other","amount":1}],"total":{"includingVat":7}}`},
		{"when the body holds no total", documentPayment, `{"payments":[{"id":"` + documentPayment + `","amount":1}]}`},
		{"when the body's total has no amount", documentPayment, `{"payments":[{"id":"` + documentPayment + `","amount":1}],"total":{"excludingVat":4}}`},
		{"when the payment was removed", earlier, proposal("2000")},
		{"when the payment was removed, even where the sender does not know it", earlier, strings.Replace(proposal("2000"), `"removed"`, `"intent"`, 1)},
		{"when the proposal removes the payment", documentPayment, `{"payments":[{"id":"` + documentPayment + `","state":"removed","amount":1134}],"total":{"includingVat":2000}}`},
		{"when a voucher has reached its limit", voucher, proposal("2000")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := s.at(fmt.Sprint("m", i))
			before := s.value(documentOrder, c.payment)
			var body any
			if c.sent != "" {
				body = c.sent
			}
			if r := s.hook(documentOrder, c.payment, body).Want(200); string(r.Body) != "[]" {
				t.Errorf("answered %s, want []", r.Body)
			}
			if after := s.value(documentOrder, c.payment); after != before {
				t.Errorf("the session covers %s öre, before %s", after, before)
			}
		})
	}
	t.Run("but remembers the order that it approved: a new session covers it", func(t *testing.T) {
		s := s.at("remembers")
		s.hook(documentOrder, documentPayment, proposal("1629")).Want(200)
		s.send("POST", session(documentOrder, documentPayment)+"/remove", nil).Want(200)
		r := s.send("POST", sessions(documentOrder), nil).Want(200)
		if got := r.Text("amount.value"); got != "152900" {
			t.Errorf("the new session covers %s öre, want 152900", got)
		}
	})
}

func TestUpdatePaymentRefuses(t *testing.T) {
	t.Parallel()
	s := open(t)
	with := func(old, new string) string { return strings.Replace(proposal("1629"), old, new, 1) }
	for _, c := range []struct {
		name, order, payment, sent string
		status                     int
		code                       string
		mention                    []string
	}{
		{"an unknown order", "o_unknown", documentPayment, proposal("1629"), 404, "order-not-found", []string{"o_unknown"}},
		{"an unknown payment", documentOrder, "p_unknown", proposal("1629"), 404, "payment-not-found", []string{"p_unknown"}},
		{"a payment of another order", payable, documentPayment, `{}`, 404, "payment-not-found", []string{payable, documentPayment}},
		{"a body of another order", documentOrder, documentPayment, with(documentOrder, payable), 400, "order-bad-request", []string{"/id", documentOrder, payable}},
		{"an order in another currency", documentOrder, documentPayment, with(`"currency":"SEK"`, `"currency":"EUR"`), 400, "order-bad-request", []string{"/currency", "EUR", "SEK"}},
		{"this payment in another currency", documentOrder, documentPayment, with(`"state":"intent","currency":"SEK"`, `"state":"intent","currency":"EUR"`), 400, "order-bad-request", []string{"/payments/0/currency"}},
		{"another payment in another currency", documentOrder, documentPayment, with(`"state":"reserved","currency":"SEK"`, `"state":"reserved","currency":"EUR"`), 400, "order-bad-request", []string{"/payments/1/currency"}},
		{"a total with a third decimal", documentOrder, documentPayment, proposal("12.345"), 400, "order-bad-request", []string{"/total/includingVat", "decimals"}},
		{"a total beyond all money", documentOrder, documentPayment, proposal("1e40"), 400, "order-bad-request", []string{"/total/includingVat", "range"}},
		{"another payment's amount with a third decimal", documentOrder, documentPayment, with(`"amount":100,`, `"amount":100.001,`), 400, "order-bad-request", []string{"/payments/1/amount"}},
		{"another payment's negative amount", documentOrder, documentPayment, with(`"amount":100,`, `"amount":-100,`), 400, "order-bad-request", []string{"/payments/1/amount", "negative"}},
		{"a negative upper limit", documentOrder, documentPayment, with(`"amount":1134`, `"amount":1134,"upperLimitAmount":-1`), 400, "order-bad-request", []string{"/payments/0/upperLimitAmount"}},
		{"amounts that add up to more than there is", documentOrder, documentPayment, `{"payments":[{"id":"` + documentPayment + `"},{"id":"a","amount":9e16},{"id":"b","amount":9e16}],"total":{"includingVat":1}}`, 400, "order-bad-request", []string{"/payments", "range"}},
		{"the payment listed twice", documentOrder, documentPayment, with(voucher, documentPayment), 400, "order-bad-request", []string{"/payments/1/id"}},
		{"an unknown state", documentOrder, documentPayment, with(`"intent"`, `"paid"`), 400, "order-bad-request", []string{"/payments/0/state"}},
		{"an amount as text", documentOrder, documentPayment, with(`1134`, `"1134"`), 400, "order-bad-request", []string{"/payments/0/amount"}},
		{"re-pricing past intent", documentOrder, voucher, proposal("1200"), 400, "payment-conflict", []string{voucher, "reserved", "100.00 SEK", "66.00 SEK"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := s.value(documentOrder, documentPayment) + s.value(documentOrder, voucher)
			refused(t, s.hook(c.order, c.payment, c.sent), c.status, c.code, c.mention...)
			if after := s.value(documentOrder, documentPayment) + s.value(documentOrder, voucher); after != before {
				t.Errorf("amounts are %s, before %s", after, before)
			}
		})
	}
	t.Run("re-pricing in every state past intent that counts", func(t *testing.T) {
		for _, letters := range []string{"ProcessingAwaitingCustomer", "PendingReviewByTheProvider", "ConfirmedInvoiceAfterGoods", "ReservedAndReadyForCapture",
			"CapturedAndReadyForRefunds", "RefundedInFullToTheShopper", "CreditedAgainstTheInvoices"} {
			sent := `{"payments":[{"id":"p_` + letters + `","amount":750}],"total":{"includingVat":%s}}`
			refused(t, s.hook("o_"+letters, "p_"+letters, fmt.Sprintf(sent, "751")), 400, "payment-conflict", letters)
			if r := s.hook("o_"+letters, "p_"+letters, fmt.Sprintf(sent, "750")).Want(200); string(r.Body) != "[]" {
				t.Errorf("%s at its price: %s", letters, r.Body)
			}
		}
	})
	t.Run("a refusal forgets the proposal", func(t *testing.T) {
		s := s.at("forgets")
		refused(t, s.hook(documentOrder, voucher, proposal("1200")), 400, "payment-conflict")
		s.send("PUT", session(documentOrder, documentPayment), nil).Want(200)
		if got := s.value(documentOrder, documentPayment); got != "113400" {
			t.Errorf("the session covers %s öre, want 113400", got)
		}
	})
}

// Whatever is proposed, the patch applies, and the payment then covers exactly what the others leave within its limit.
func TestAnyProposalIsCovered(t *testing.T) {
	t.Parallel()
	s := open(t)
	worlds := 0
	rapid.Check(t, func(r *rapid.T) {
		worlds++
		s := s.at(fmt.Sprint("m", worlds%500))
		text := func(minor int64) string { return fmt.Sprintf("%d.%02d", minor/100, minor%100) }
		total := rapid.Int64Range(0, 1e9).Draw(r, "total")
		limit := rapid.Int64Range(-1, 1e9).Draw(r, "limit")
		others := rapid.SliceOfN(rapid.Int64Range(0, 1e8), 0, 5).Draw(r, "others")
		states := rapid.SliceOfN(rapid.SampledFrom([]string{"intent", "reserved", "removed", "failed", "captured", "cancelled"}), 5, 5).Draw(r, "states")
		at := rapid.IntRange(0, len(others)).Draw(r, "at")

		rest := total
		var list []string
		for i, o := range others {
			list = append(list, fmt.Sprintf(`{"id":"p_%d","state":%q,"amount":%s}`, i, states[i], text(o)))
			if !strings.Contains("removed failed cancelled", states[i]) {
				rest -= o
			}
		}
		own := fmt.Sprintf(`{"id":%q,"amount":1134`, documentPayment)
		if limit >= 0 {
			own += `,"upperLimitAmount":` + text(limit)
			rest = min(rest, limit)
		}
		list = append(list[:at], append([]string{own + "}"}, list[at:]...)...)
		rest = max(0, rest)
		// A limit is remembered, so the case without one needs a payment that never had one.
		if limit < 0 {
			s = s.at(fmt.Sprint("unlimited", worlds%400))
		}
		sent := fmt.Sprintf(`{"id":%q,"payments":[%s],"total":{"includingVat":%s}}`, documentOrder, strings.Join(list, ","), text(total))
		after := applied(t, sent, s.hook(documentOrder, documentPayment, sent).Want(200).Body)
		var want, got bytes.Buffer
		fmt.Fprint(&want, float64(rest)/100)
		n, _ := json.Number(amount(t, after, documentPayment)).Float64()
		fmt.Fprint(&got, n)
		if want.String() != got.String() {
			r.Fatalf("covers %s, want %s of %s", &got, &want, sent)
		}
	})
}
