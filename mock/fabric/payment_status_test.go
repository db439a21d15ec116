package fabric_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/mock/mocktest"
)

// everything123 is the vendor's published example of balances, which keeps to no law.
const everything123 = `{"captured":123,"capturable":123,"refunded":123,"refundable":123}`

func TestPaymentStatusWrites(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	a.Advance(90 * time.Second)
	before := a.get(pageOrder)
	after := a.report(pageOrder, `{"paymentIdentifier":"`+pagePayment+`","type":"visa","status":"Captured",
		"balances":{"authorized":173.61,"captured":100.5,"capturable":46.4,"refunded":0,"refundable":100.5},
		"connectorInfo":{"connectorName":"adyen","eventId":"evt_1","extra":{"a":[1,"<&>"]}}}`).Want(200)

	t.Run("the payment's status and amounts", func(t *testing.T) {
		for path, want := range map[string]string{
			"paymentStatus": "Captured", "authAmount": "173.61", "chargedAmount": "100.5", "refundAmount": "0", "balances.authorized": "173.61",
			"balances.captured": "100.5", "balances.capturable": "46.4", "balances.refunded": "0", "balances.refundable": "100.5",
		} {
			if got := after.Text("payments.0." + path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}
	})
	t.Run("the order's version and date of change", func(t *testing.T) {
		if got, want := after.At("version"), before.At("version").(float64)+1; got != want {
			t.Errorf("version %v, want %v", got, want)
		}
		if got := after.Text("updatedAt"); got != "2026-03-02T09:31:30Z" {
			t.Errorf("updatedAt is %s", got)
		}
	})
	t.Run("a row of the audit log, with what stood there before", func(t *testing.T) {
		rows := len(before.At("auditLogs").([]any))
		row := fmt.Sprintf("auditLogs.%d.", rows)
		if got := len(after.At("auditLogs").([]any)); got != rows+1 {
			t.Fatalf("%d rows after %d", got, rows)
		}
		if after.Text(row+"auditType") != "PAYMENT_STATUS" || after.Text(row+"source") != "adyen" || after.Text(row+"auditedAt") != "2026-03-02T09:31:30.000Z" {
			t.Errorf("the row is %v", after.At(fmt.Sprintf("auditLogs.%d", rows)))
		}
		if got := fmt.Sprint(after.At(row + "updatedFields")); !strings.Contains(got, "map[fieldName:payments.paymentStatus fieldOriginalValue:AUTHORIZED]") ||
			!strings.Contains(got, "map[fieldName:payments.chargedAmount fieldOriginalValue:0.00]") || strings.Contains(got, "authAmount") {
			t.Errorf("changed fields: %s", got)
		}
	})
	t.Run("a row of the payment's log, with the connector as it was sent", func(t *testing.T) {
		rows := len(before.At("payments.0.paymentLogs").([]any))
		row := fmt.Sprintf("payments.0.paymentLogs.%d.", rows)
		for path, want := range map[string]string{
			"type": "CAPTURED", "amount": "100.5", "status": "Captured", "paymentId": pagePayment, "paymentLogRefId": "evt_1", "data.paymentStatusCode": "200",
			"data.body.transactionTimestamp": "2026-03-02T09:31:30.000Z", "attributes.connectorName": "adyen", "attributes.extra.a.1": "<&>",
		} {
			if got := after.Text(row + path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}
	})
	t.Run("nothing else: not the order's status, not its totals, not the payment's type", func(t *testing.T) {
		for _, path := range []string{"statusCode", "processName", "orderTotal", "invoiceTotal", "createdAt", "orderDate", "items", "payments.0.paymentToken", "payments.0.paymentProvider"} {
			if was, is := before.Text(path), after.Text(path); was != is {
				t.Errorf("%s was %s and is %s", path, was, is)
			}
		}
	})
	t.Run("and a later read answers the same bytes", func(t *testing.T) {
		if got := a.get(pageOrder); !bytes.Equal(got.Body, after.Body) {
			t.Errorf("read %s", got.Body)
		}
	})
}

func TestThePaymentsLog(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	rows := len(a.get(pageOrder).At("payments.0.paymentLogs").([]any))
	for _, step := range []struct{ body, rows string }{
		{`{"balances":{"authorized":200,"capturable":150}}`, "AUTHORIZED 26.39 200"},
		{`{"balances":{"capturable":140.5}}`, "VOID 9.5 200"},
		{`{"balances":{"captured":100,"capturable":40.5,"refundable":100}}`, "CAPTURED 100 200"},
		{`{"balances":{"captured":140.5,"capturable":0,"refunded":30.25,"refundable":110.25}}`, "CAPTURED 40.5 200, REFUNDED -30.25 200"},
		{`{"status":"Settled"}`, "STATUS 0 200"},
	} {
		logs := a.report(pageOrder, step.body).Want(200).At("payments.0.paymentLogs").([]any)
		var got []string
		for i, log := range logs[rows:] {
			row := log.(map[string]any)
			got = append(got, fmt.Sprint(row["type"], " ", row["amount"], " ", row["data"].(map[string]any)["paymentStatusCode"]))
			if row["id"] != float64(rows+i+1) {
				t.Errorf("row %d has the id %v", rows+i+1, row["id"])
			}
		}
		if strings.Join(got, ", ") != step.rows {
			t.Errorf("%s is logged as %v, want %s", step.body, got, step.rows)
		}
		rows = len(logs)
	}
	declined := a.report("309019177", `{"status":"Declined"}`).Want(200).At("payments.0.paymentLogs.0").(map[string]any)
	if declined["type"] != "ERROR" || declined["data"].(map[string]any)["paymentStatusCode"] != "402" {
		t.Errorf("a decline is logged as %v", declined)
	}
}

func TestPaymentStatusWithNothingToWrite(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	a.Advance(time.Minute)
	before := a.get(pageOrder)
	for name, body := range map[string]any{
		"no body":               nil,
		"an empty object":       `{}`,
		"empty members":         `{"balances":{},"connectorInfo":{}}`,
		"only the payment":      `{"paymentIdentifier":"` + pagePayment + `","type":"VISA"}`,
		"members nobody knows":  `{"hello":"world","Status":"Captured","balances":{"CAPTURED":1}}`,
		"a payment and no data": `{"paymentIdentifier":"` + pagePayment + `","balances":{},"connectorInfo":{}}`,
	} {
		if got := a.call("POST", "/order/payment-status/"+pageOrder, body).Want(200); !bytes.Equal(got.Body, before.Body) {
			t.Errorf("%s changed the order to %s", name, got.Body)
		}
	}
	if got := a.call("POST", "/order/payment-status/309019187", `{}`).Want(200).At("version"); got != a.get("309019187").At("version") {
		t.Errorf("an order with two payments has version %v", got)
	}
}

func TestAbsentMembersChangeNothing(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	a.report(pageOrder, `{"status":"Success","balances":{"authorized":173.61,"captured":10,"capturable":20,"refunded":0,"refundable":10}}`).Want(200)
	steps := []struct{ body, status, authorized, captured, capturable, refunded, refundable string }{
		{`{"balances":{"captured":11}}`, "Success", "173.61", "11", "20", "0", "10"},
		{`{"status":"More"}`, "More", "173.61", "11", "20", "0", "10"},
		{`{"balances":{"capturable":0}}`, "More", "173.61", "11", "0", "0", "10"},
		{`{"balances":{"refunded":0.5,"refundable":10.5}}`, "More", "173.61", "11", "0", "0.5", "10.5"},
		{`{"balances":{"authorized":1}}`, "More", "1", "11", "0", "0.5", "10.5"},
		{`{"connectorInfo":{"eventId":"evt_2"}}`, "More", "1", "11", "0", "0.5", "10.5"},
	}
	for i, step := range steps {
		got := a.report(pageOrder, step.body).Want(200)
		for path, want := range map[string]string{
			"paymentStatus": step.status, "balances.authorized": step.authorized, "balances.captured": step.captured, "balances.capturable": step.capturable,
			"balances.refunded": step.refunded, "balances.refundable": step.refundable,
		} {
			if is := got.Text("payments.0." + path); is != want {
				t.Errorf("after %s, %s is %q, want %q", step.body, path, is, want)
			}
		}
		if want := float64(6 + i); got.At("version") != want {
			t.Errorf("after %s the version is %v, want %v: each update counts", step.body, got.At("version"), want)
		}
	}
}

func TestPaymentStatusRefuses(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	before := a.get(pageOrder)
	const two = "309019187"
	for name, c := range map[string]struct{ order, body, field string }{
		"an unknown payment":                      {pageOrder, `{"paymentIdentifier":"62272e917b12209e68751d95","status":"Success"}`, "/paymentIdentifier"},
		"an unknown payment with nothing to say":  {pageOrder, `{"paymentIdentifier":"nobody"}`, "/paymentIdentifier"},
		"a payment without a name":                {pageOrder, `{"paymentIdentifier":""}`, "/paymentIdentifier"},
		"another order's payment":                 {two, `{"paymentIdentifier":"` + pagePayment + `"}`, "/paymentIdentifier"},
		"no name where there are two payments":    {two, `{"status":"Success"}`, "/paymentIdentifier"},
		"the type of another payment":             {pageOrder, `{"paymentIdentifier":"` + pagePayment + `","type":"MASTERCARD","status":"Success"}`, "/type"},
		"a number for a name":                     {pageOrder, `{"paymentIdentifier":123}`, "/paymentIdentifier"},
		"a null":                                  {pageOrder, `{"status":null}`, "/status"},
		"a number for a status":                   {pageOrder, `{"status":1}`, "/status"},
		"text for a balance":                      {pageOrder, `{"balances":{"captured":"123"}}`, "/balances/captured"},
		"text for the balances":                   {pageOrder, `{"balances":"all"}`, "/balances"},
		"a balance below zero":                    {pageOrder, `{"balances":{"refunded":-0.01}}`, "/balances/refunded"},
		"a balance finer than a cent":             {pageOrder, `{"balances":{"captured":1.005}}`, "/balances/captured"},
		"a balance beyond all money":              {pageOrder, `{"balances":{"captured":1e300}}`, "/balances/captured"},
		"a balance that no float holds":           {pageOrder, `{"balances":{"captured":1e999}}`, "/balances/captured"},
		"a list for the connector":                {pageOrder, `{"connectorInfo":[]}`, "/connectorInfo"},
		"a number for the connector's event":      {pageOrder, `{"connectorInfo":{"eventId":5}}`, "/connectorInfo/eventId"},
		"a body that is no object":                {pageOrder, `[]`, ""},
		"a body that is not JSON":                 {pageOrder, ``, ""},
		"a name that is only there in other case": {two, `{"PaymentIdentifier":"` + pagePayment + `","status":"Success"}`, "/paymentIdentifier"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "a body that is not JSON" {
				r := a.Call("POST", "/fabric/api/v2/order/payment-status/"+pageOrder, `{"status":`, "Authorization: Bearer any",
					`x-site-context: {"account":"63310842f37ee100111e9fe3"}`, "Content-Type: application/json")
				refused(t, r, 400, "REQUEST_VALIDATION", "")
				return
			}
			refused(t, a.report(c.order, c.body), 400, "REQUEST_VALIDATION", c.field)
		})
	}
	if got := a.get(pageOrder); !bytes.Equal(got.Body, before.Body) {
		t.Errorf("refusals changed the order to %s", got.Body)
	}
	refused(t, a.report("309019999", `{"status":"Success"}`), 404, "NOT_FOUND", "")
	refused(t, a.report("30901%2F9176", `{}`), 404, "NOT_FOUND", "")
}

func TestTheBalanceLaws(t *testing.T) {
	t.Parallel()
	name := `"paymentIdentifier":"` + pagePayment + `",`
	t.Run("the published example, all 123, passes by default", func(t *testing.T) {
		t.Parallel()
		a := open(t, "")
		for range 2 {
			r := a.report(pageOrder, `{`+name+`"type":"VISA","status":"Success","balances":`+everything123+`}`).Want(200)
			for _, path := range []string{"captured", "capturable", "refunded", "refundable"} {
				if got := r.Text("payments.0.balances." + path); got != "123" {
					t.Errorf("%s is %s", path, got)
				}
			}
		}
	})
	t.Run("in the strict profile", func(t *testing.T) {
		t.Parallel()
		a := open(t, "strict")
		before := a.get(pageOrder)
		for body, field := range map[string]string{
			`{` + name + `"balances":` + everything123 + `}`:                                               "/balances",
			`{` + name + `"balances":{"captured":173.62,"capturable":0,"refundable":173.62}}`:              "/balances",
			`{` + name + `"balances":{"captured":100,"capturable":73.62,"refundable":100}}`:                "/balances",
			`{` + name + `"balances":{"captured":10,"capturable":0,"refunded":10.01,"refundable":0}}`:      "/balances/refunded",
			`{` + name + `"balances":{"captured":10,"capturable":0,"refunded":4,"refundable":5.99}}`:       "/balances/refundable",
			`{` + name + `"balances":{"captured":92233720368547758.07,"capturable":92233720368547758.07}}`: "/balances",
			`{"status":"Success"}`: "/paymentIdentifier",
			`{}`:                   "/paymentIdentifier",
		} {
			refused(t, a.report(pageOrder, body), 400, "REQUEST_VALIDATION", field)
		}
		refused(t, a.call("POST", "/order/payment-status/"+pageOrder, nil), 400, "REQUEST_VALIDATION", "")
		if got := a.get(pageOrder); !bytes.Equal(got.Body, before.Body) {
			t.Errorf("refusals changed the order to %s", got.Body)
		}
		a.report(pageOrder, `{`+name+`"balances":{"captured":100,"capturable":73.61,"refunded":40,"refundable":60}}`).Want(200)
		pageCall(t, open(t, "strict"))
	})
}

func TestAPaymentIsNamed(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	t.Run("an order's only payment needs no name", func(t *testing.T) {
		if got := a.report(pageOrder, `{"status":"Settled"}`).Want(200).Text("payments.0.paymentStatus"); got != "Settled" {
			t.Errorf("the status is %s", got)
		}
	})
	t.Run("one of two is changed, the other stays", func(t *testing.T) {
		before := a.get("309019187")
		card := before.Text("payments.1.paymentIdentifier.paymentId")
		after := a.report("309019187", `{"paymentIdentifier":"`+card+`","status":"Captured","balances":{"captured":86.8,"capturable":0}}`).Want(200)
		if before.Text("payments.0") != after.Text("payments.0") || after.Text("payments.1.chargedAmount") != "86.8" {
			t.Errorf("payments became %v", after.At("payments"))
		}
	})
	t.Run("a payment without a type takes any", func(t *testing.T) {
		a.create(`{"orderNumber":"N1","items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":5}],"payments":[{"paymentIdentifier":{"paymentId":"p-1"},"authAmount":5}]}`).Want(201)
		r := a.report("N1", `{"paymentIdentifier":"p-1","type":"VISA","status":"Captured"}`).Want(200)
		if got := r.At("payments.0.paymentToken"); fmt.Sprint(got) != "map[]" {
			t.Errorf("the type was written: %v", got)
		}
	})
}

func TestALateReport(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	report := func(captured, capturable string) mocktest.Response {
		return a.report(pageOrder, `{"paymentIdentifier":"`+pagePayment+`","status":"Captured","balances":{"authorized":173.61,"captured":`+captured+`,"capturable":`+capturable+`,"refunded":0,"refundable":`+captured+`}}`).Want(200)
	}
	before := report("100.5", "46.4")
	after := report("90", "56.9")
	for _, path := range []string{"chargedAmount", "balances", "paymentStatus"} {
		if was, is := before.Text("payments.0."+path), after.Text("payments.0."+path); was != is {
			t.Errorf("%s was %s and is %s", path, was, is)
		}
	}
	rows := len(before.At("auditLogs").([]any))
	if note := after.Text(fmt.Sprintf("auditLogs.%d.note", rows)); !strings.HasSuffix(note, "stays PARTIALLY_PAID: the report is older than what is known") {
		t.Errorf("the audit log says %q", note)
	}
}
