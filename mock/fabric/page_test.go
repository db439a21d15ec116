package fabric_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"understudy/mock/mocktest"
	"understudy/specs"
)

// pageCall is the vendor page's own call, its collapsed members filled from the one table.
func pageCall(t *testing.T, a account) mocktest.Response {
	t.Helper()
	table, _ := specs.Call("fabric")
	var call struct {
		Operation string
		Status    int
		Path      map[string]string
		Header    map[string]string
		Request   map[string]any
	}
	if err := yaml.Unmarshal(table, &call); err != nil {
		t.Fatal(err)
	}
	sample, _ := specs.Sample("fabric", "request")
	var body map[string]any
	if err := json.Unmarshal(sample, &body); err != nil {
		t.Fatal(err)
	}
	for pointer, value := range call.Request {
		body[strings.TrimPrefix(pointer, "/")] = value
	}
	var headers []string
	for name, value := range call.Header {
		headers = append(headers, name+": "+value)
	}
	return a.Call("POST", "/fabric/api/v2/order/payment-status/"+call.Path["orderNumber"], body, headers...).Want(call.Status)
}

func TestThePagesCall(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	answer := pageCall(t, a)

	t.Run("answers the page's members, in the page's order, each of the page's type", func(t *testing.T) {
		sample, _ := specs.Sample("fabric", "response")
		var want, got map[string]any
		if err := json.Unmarshal(sample, &want); err != nil {
			t.Fatal(err)
		}
		answer.Into(&got)
		if w, g := slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)); !slices.Equal(w, g) {
			t.Errorf("members\n%v\nwant\n%v", g, w)
		}
		if w, g := members(t, sample), members(t, answer.Body); !slices.Equal(w, g) {
			t.Errorf("members stand in the order\n%v\nwant\n%v", g, w)
		}
		for name, value := range want {
			if w, g := fmt.Sprintf("%T", value), fmt.Sprintf("%T", got[name]); w != g {
				t.Errorf("%s is a %s, want a %s", name, g, w)
			}
		}
	})

	t.Run("prints numbers and dates as the page does, field by field", func(t *testing.T) {
		const (
			integer      = `\d+`
			amount       = `\d+(\.\d{1,2})?`
			milliseconds = `"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`
			seconds      = `"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"`
		)
		forms := map[string]string{
			"version": integer, "orderId": `"[0-9a-f]{24}"`, "orderNumber": `"309019176"`, "channelId": `"12"`, "currency": `"[A-Z]{3}"`,
			"cartId":    `"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"`,
			"orderDate": milliseconds, "cancellationDate": milliseconds, "allocationDate": milliseconds,
			"orderReleaseTimestamp": seconds, "createdAt": seconds, "updatedAt": seconds,
			"orderSubTotal": `123\.45`, "orderDiscount": `1\.23`, "feeTotal": `12\.34`, "taxTotal": `12\.34`, "orderTotal": `146\.9`,
		}
		for _, name := range []string{"originalSubTotal", "originalDiscounts", "originalFeeTotal", "appeasementTotal", "originalTaxTotal", "returnTotal",
			"cancelTotal", "invoiceTotal", "originalOrderTotal"} {
			forms[name] = amount
		}
		for name, form := range forms {
			if !regexp.MustCompile(`[{,]"` + name + `":` + form + `[,}]`).Match(answer.Body) {
				t.Errorf("%s is not printed as %s", name, form)
			}
		}
	})

	t.Run("writes, though it is titled as a read", func(t *testing.T) {
		if first, second := answer.At("version"), pageCall(t, a).At("version"); second != first.(float64)+1 {
			t.Errorf("version %v after version %v", second, first)
		}
		if got := a.get(pageOrder).Text("payments.0.paymentStatus"); got != "Success" {
			t.Errorf("a later read sees the status %q", got)
		}
	})
}

// members lists an object's members as they stand in its bytes.
func members(t *testing.T, object []byte) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprint(name))
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			t.Fatal(err)
		}
	}
	return names
}
