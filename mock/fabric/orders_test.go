package fabric_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"understudy/mock/mocktest"
)

const plainOrder = `{"orderNumber":"A-1","currency":"USD","items":[{"sku":"P1","orderedQuantity":2,"itemUnitPrice":19.99}],
	"payments":[{"paymentIdentifier":{"paymentId":"pay-1"},"paymentToken":{"paymentType":"VISA"},"authAmount":39.98}]}`

// addsUp checks orderTotal = orderSubTotal − orderDiscount + feeTotal + taxTotal, that its items come to the subtotal, and that what was cancelled
// is the difference to the original total; exactly, on the numbers as printed.
func addsUp(t *testing.T, r mocktest.Response) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(r.Body))
	d.UseNumber()
	var o map[string]any
	if err := d.Decode(&o); err != nil {
		t.Fatal(err)
	}
	n := func(object map[string]any, name string) decimal.Decimal {
		v, err := decimal.NewFromString(fmt.Sprint(object[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return v
	}
	if got, want := n(o, "orderTotal"), n(o, "orderSubTotal").Sub(n(o, "orderDiscount")).Add(n(o, "feeTotal")).Add(n(o, "taxTotal")); !got.Equal(want) {
		t.Errorf("order %v comes to %s, its parts to %s", o["orderNumber"], got, want)
	}
	if got, want := n(o, "originalOrderTotal"), n(o, "originalSubTotal").Sub(n(o, "originalDiscounts")).Add(n(o, "originalFeeTotal")).Add(n(o, "originalTaxTotal")); !got.Equal(want) {
		t.Errorf("order %v came to %s, its parts to %s", o["orderNumber"], got, want)
	}
	if got, want := n(o, "cancelTotal"), n(o, "originalOrderTotal").Sub(n(o, "orderTotal")); !got.Equal(want) {
		t.Errorf("of order %v %s is cancelled, want %s", o["orderNumber"], got, want)
	}
	sub := decimal.Zero
	for _, item := range o["items"].([]any) {
		i := item.(map[string]any)
		live := n(i, "orderedQuantity").Sub(n(i, "cancelledQuantity"))
		if got, want := n(i, "itemSubTotal"), n(i, "itemUnitPrice").Mul(live); !got.Equal(want) {
			t.Errorf("item %v comes to %s, want %s", i["sku"], got, want)
		}
		if got, want := n(i, "itemTotal"), n(i, "itemSubTotal").Sub(n(i, "itemDiscountsTotal")).Add(n(i, "itemFeeTotal")).Add(n(i, "itemTaxTotal")); !got.Equal(want) {
			t.Errorf("item %v comes to %s, its parts to %s", i["sku"], got, want)
		}
		sub = sub.Add(n(i, "itemSubTotal"))
	}
	if got := n(o, "orderSubTotal"); !got.Equal(sub) {
		t.Errorf("order %v has a subtotal of %s, its items of %s", o["orderNumber"], got, sub)
	}
}

var castOrders = []string{"309019176", "309019177", "309019178", "309019179", "309019180", "309019181", "309019182", "309019183", "309019184", "309019185", "309019186", "309019187"}

func TestTotalsAddUp(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	for _, number := range castOrders {
		addsUp(t, a.get(number).Want(200))
	}
	addsUp(t, pageCall(t, a))
	t.Run("after each cancelled unit, down to nothing", func(t *testing.T) {
		a.create(`{"orderNumber":"U","currency":"USD","fees":[{"type":"shipping","value":4.99}],"discounts":[{"amount":10.01}],
			"shipInfo":[{"shipToId":"b03b72dc-78d8-4ea4-90fc-2fe6a1fe6569","shipToTaxTotal":0.37}],"items":[
			{"sku":"A","orderedQuantity":3,"itemUnitPrice":33.33,"itemTaxTotal":10.00,"itemDiscountsTotal":0.01,"itemFeeTotal":1},
			{"sku":"B","orderedQuantity":4,"itemUnitPrice":0.07,"taxDetail":[{"value":0.01},{"value":0.02}],"discounts":[{"amount":0.05}],"fees":[{"value":0.1}]}]}`).Want(201)
		for range 6 {
			if err := a.control("U", "cancel_part"); err != nil {
				t.Fatal(err)
			}
			addsUp(t, a.get("U"))
		}
		if err := a.control("U", "cancel"); err != nil {
			t.Fatal(err)
		}
		r := a.get("U")
		addsUp(t, r)
		if r.Text("orderTotal") != "0" || r.Text("cancelTotal") != r.Text("originalOrderTotal") {
			t.Errorf("cancelled as a whole, it comes to %s", r.Text("orderTotal"))
		}
	})
	t.Run("after a return, which is counted apart", func(t *testing.T) {
		before := a.get("309019185").Text("orderTotal")
		if err := a.control("309019185", "return_part"); err != nil {
			t.Fatal(err)
		}
		r := a.get("309019185")
		addsUp(t, r)
		if r.Text("returnTotal") != "26.95" || r.Text("orderTotal") != before {
			t.Errorf("returned %s of %s", r.Text("returnTotal"), r.Text("orderTotal"))
		}
	})
	t.Run("in another currency", func(t *testing.T) {
		r := a.create(`{"orderNumber":"JPY","currency":"JPY","items":[{"sku":"A","orderedQuantity":3,"itemUnitPrice":1999,"itemTaxTotal":599.0}]}`).Want(201)
		addsUp(t, r)
		if !bytes.Contains(r.Body, []byte(`"orderTotal":6596,`)) {
			t.Errorf("printed as %s", r.Body)
		}
		refused(t, a.create(`{"orderNumber":"JPY2","currency":"JPY","items":[{"sku":"A","orderedQuantity":3,"itemUnitPrice":19.99}]}`), 400, "REQUEST_VALIDATION", "/items/0/itemUnitPrice")
	})
}

func TestCreateOrder(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	created := a.create(plainOrder).Want(201)
	t.Run("it is created, on hold, and can be read", func(t *testing.T) {
		for path, want := range map[string]string{
			"version": "0", "statusCode": "ORDER_CREATED", "statusDescription": "Order Created", "orderTotal": "39.98", "originalOrderTotal": "39.98",
			"orderDate": "2026-03-02T09:30:00.000Z", "orderReleaseTimestamp": "2026-03-02T09:31:00Z", "payments.0.paymentStatus": "AUTHORIZED",
			"payments.0.balances.capturable": "39.98", "channelId": "12", "items.0.lineItemNumber": "1", "invoiceTotal": "0",
		} {
			if got := created.Text(path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}
		if got := a.get("A-1").Want(200); !bytes.Equal(got.Body, created.Body) {
			t.Errorf("read %s", got.Body)
		}
	})
	t.Run("cancellation and allocation dates are absent until they happen", func(t *testing.T) {
		for _, name := range []string{"cancellationDate", "allocationDate"} {
			if strings.Contains(string(created.Body), name) {
				t.Errorf("%s is there: %s", name, created.Body)
			}
		}
	})
	t.Run("its number cannot be had twice, nor a payment's id", func(t *testing.T) {
		refused(t, a.create(plainOrder), 409, "CONFLICT", "")
		refused(t, a.create(strings.Replace(plainOrder, "A-1", "A-2", 1)), 409, "CONFLICT", "")
		refused(t, a.get("A-2"), 404, "NOT_FOUND", "")
	})
	t.Run("in another account it can", func(t *testing.T) {
		other := a
		other.name = "another-account"
		other.create(plainOrder).Want(201)
		if got := other.get(pageOrder).Want(200).Text("orderNumber"); got != pageOrder {
			t.Errorf("the other account has no cast: %q", got)
		}
	})
	t.Run("a third party's charge leaves nothing to invoice", func(t *testing.T) {
		r := a.create(`{"orderNumber":"A-3","items":[{"sku":"P1","orderedQuantity":1,"itemUnitPrice":10}],"payments":[{"chargedAmount":10}]}`).Want(201)
		if !bytes.Contains(r.Body, []byte(`"invoiceTotal":null`)) || r.Text("payments.0.authAmount") != "10" || r.Text("payments.0.paymentStatus") != "PAID" {
			t.Errorf("answered %s", r.Body)
		}
	})
	t.Run("a number with a slash is found again", func(t *testing.T) {
		a.create(strings.NewReplacer("A-1", "web/4711 ü", "pay-1", "pay-2").Replace(plainOrder)).Want(201)
		if got := a.get("web%2F4711%20%C3%BC").Want(200).Text("orderNumber"); got != "web/4711 ü" {
			t.Errorf("found %q", got)
		}
	})
	t.Run("the channel comes from the site context if the body names none, as number or as text", func(t *testing.T) {
		for i, channel := range []string{`13`, `"13"`} {
			body := strings.NewReplacer("A-1", fmt.Sprint("C-", i), "pay-1", fmt.Sprint("pay-c", i)).Replace(plainOrder)
			r := a.create(body, `x-site-context: {"account":"63310842f37ee100111e9fe3","channel":`+channel+`}`).Want(201)
			if got := r.Text("channelId"); got != "13" {
				t.Errorf("channel %s became %q", channel, got)
			}
		}
	})
}

func TestCreateOrderRefuses(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	order := func(rest string) string { return `{"orderNumber":"R","currency":"USD",` + rest + `}` }
	item := func(rest string) string {
		return order(`"items":[{"sku":"A","orderedQuantity":2,"itemUnitPrice":5` + rest + `}]`)
	}
	const ship = `"shipInfo":[{"shipToId":"b03b72dc-78d8-4ea4-90fc-2fe6a1fe6569"}],`
	for name, c := range map[string]struct{ body, field string }{
		"no number":                        {`{"items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1}]}`, "/orderNumber"},
		"no items":                         {order(`"items":[]`), "/items"},
		"another first status":             {order(`"statusCode":"ORDER_SHIPPED","items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1}]`), "/statusCode"},
		"nothing of something":             {item(`,"sku":"B","orderedQuantity":0`), "/items/0/orderedQuantity"},
		"a price below zero":               {item(`,"itemUnitPrice":-1`), "/items/0/itemUnitPrice"},
		"a price finer than a cent":        {item(`,"itemUnitPrice":1.999`), "/items/0/itemUnitPrice"},
		"more money than there is":         {item(`,"itemUnitPrice":90000000000000000`), "/items"},
		"a discount beyond the item":       {item(`,"itemDiscountsTotal":10.01`), "/items/0"},
		"a discount beyond the order":      {order(`"discounts":[{"amount":10.01}],"items":[{"sku":"A","orderedQuantity":2,"itemUnitPrice":5}]`), "/discounts"},
		"an item sent to nowhere":          {order(ship + `"items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1,"shipToId":"c03b72dc-78d8-4ea4-90fc-2fe6a1fe6569"}]`), "/items/0/shipToId"},
		"a line's number twice":            {order(`"items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1,"lineItemNumber":2},{"sku":"B","orderedQuantity":1,"itemUnitPrice":1}]`), "/items/1/lineItemNumber"},
		"a card number for its last four":  {item(`}],"payments":[{"paymentIdentifier":{"cardIdentifier":"4242424242424242"}}],"x":[{`), "/payments/0/paymentIdentifier/cardIdentifier"},
		"a payment in another currency":    {item(`}],"payments":[{"currency":"EUR","authAmount":1}],"x":[{`), "/payments/0/currency"},
		"a payment that begins as voided":  {item(`}],"payments":[{"paymentStatus":"Voided"}],"x":[{`), "/payments/0/paymentStatus"},
		"a date that is none":              {order(`"orderDate":"yesterday","items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1}]`), "/orderDate"},
		"a date before all years":          {order(`"orderDate":"0000-01-01T00:00:00+23:59","items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1}]`), "/orderDate"},
		"a promotion's value out of range": {order(`"discounts":[{"value":1e400}],"items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":1}]`), "/discounts/0/value"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, a.create(c.body), 400, "REQUEST_VALIDATION", c.field) })
	}
	refused(t, a.get("R"), 404, "NOT_FOUND", "")

	strict := open(t, "strict")
	refused(t, strict.create(`{"orderNumber":"S","channelId":"12","shipInfo":[],"items":[{"sku":"A","orderedQuantity":1,"itemUnitPrice":5}],"payments":[{"authAmount":5,"chargedAmount":6}]}`),
		400, "REQUEST_VALIDATION", "/payments/0")
}

func TestTheHoldAfterPlacement(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	a.create(plainOrder).Want(201)
	a.Advance(59 * time.Second)
	if got := a.get("A-1"); got.Text("statusCode") != "ORDER_CREATED" || got.Text("version") != "0" {
		t.Errorf("within the minute it is %s, version %s", got.Text("statusCode"), got.Text("version"))
	}
	a.Advance(time.Second)
	if got := a.get("A-1"); got.Text("statusCode") != "ORDER_CONFIRMED" || got.Text("version") != "1" || got.Text("updatedAt") != got.Text("orderReleaseTimestamp") {
		t.Errorf("after the minute it is %s, version %s, updated %s", got.Text("statusCode"), got.Text("version"), got.Text("updatedAt"))
	}
	t.Run("an order held by hand is not released by time", func(t *testing.T) {
		a.create(strings.NewReplacer("A-1", "A-2", "pay-1", "pay-2").Replace(plainOrder)).Want(201)
		if err := a.control("A-2", "hold"); err != nil {
			t.Fatal(err)
		}
		a.Advance(time.Hour)
		if got := a.get("A-2").Text("statusCode"); got != "ORDER_HOLD_EXTERNAL" {
			t.Errorf("it is %s", got)
		}
	})
	t.Run("the cast's new order is released as well", func(t *testing.T) {
		if got := a.get("309019177").Text("statusCode"); got != "ORDER_CONFIRMED" {
			t.Errorf("it is %s", got)
		}
	})
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	for scenario, want := range map[string]string{
		"approved": "AUTHORIZED", "frictionless": "AUTHORIZED", "declined": "Declined", "insufficient_funds": "Declined", "challenge_failed": "Failed",
		"challenge": "PENDING", "expired": "EXPIRED",
	} {
		body := strings.NewReplacer("A-1", scenario, "pay-1", scenario).Replace(plainOrder)
		if scenario == "approved" || scenario == "frictionless" {
			body = strings.Replace(body, `,"authAmount":39.98`, "", 1)
		}
		r := a.create(body, "Prefer: scenario="+scenario).Want(201)
		if got := r.Text("payments.0.paymentStatus"); got != want || r.Header.Get("Preference-Applied") != "scenario="+scenario {
			t.Errorf("%s: the payment is %s, applied %q", scenario, got, r.Header.Get("Preference-Applied"))
		}
	}
	if got := a.get("approved").Text("payments.0.balances.capturable"); got != "39.98" {
		t.Errorf("approved for %s", got)
	}
	refused(t, a.create(plainOrder, "Prefer: scenario=abandoned"), 400, "REQUEST_VALIDATION", "Prefer")
	refused(t, a.call("GET", "/order/"+pageOrder, nil, "Prefer: scenario=declined"), 400, "REQUEST_VALIDATION", "Prefer")
	unpaid := strings.Replace(plainOrder, plainOrder[strings.Index(plainOrder, `,
	"payments"`):], "}", 1)
	refused(t, a.create(unpaid, "Prefer: scenario=declined"), 400, "REQUEST_VALIDATION", "Prefer") // nothing in it could be declined
}

func TestTheSiteContext(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	header := func(value string) string { return "x-site-context: " + value }
	for _, value := range []string{
		`{"account":"63310842f37ee100111e9fe3"}`, ` {"account" : "x"} `, `{"account":"a","channel":12,"stage":"production","date":"2023-01-01T00:00:00.000Z"}`,
		`{"account":"a","channel":"12","unknown":[1]}`,
	} {
		a.call("GET", "/order/"+pageOrder, nil, header(value)).Want(200)
	}
	for _, value := range []string{``, `63310842f37ee100111e9fe3`, `{"account":`, `[]`, `null`, `"a"`} {
		refused(t, a.call("GET", "/order/"+pageOrder, nil, header(value)), 400, "REQUEST_VALIDATION", "x-site-context")
	}
	for _, value := range []string{`{}`, `{"account":""}`, `{"account":1}`, `{"account":null}`, `{"account":"a","channel":1.5}`, `{"account":"` + strings.Repeat("a", 300) + `"}`} {
		refused(t, a.call("GET", "/order/"+pageOrder, nil, header(value)), 400, "REQUEST_VALIDATION", "")
	}
	r := a.Call("GET", "/fabric/api/v2/order/"+pageOrder, nil, "Authorization: Bearer any")
	refused(t, r, 400, "REQUEST_VALIDATION", "x-site-context")
}

func TestRefusalsOfEveryKind(t *testing.T) {
	t.Parallel()
	a := open(t, "")
	refused(t, a.call("GET", "/orders/"+pageOrder, nil), 404, "PAGE_NOT_FOUND", "")
	refused(t, a.call("PUT", "/order/"+pageOrder, `{}`), 405, "METHOD_NOT_ALLOWED", "")
	refused(t, a.call("GET", "/order/"+pageOrder, nil, "Authorization: Bearer expired"), 401, "UNAUTHORIZED", "")
	refused(t, a.call("GET", "/order/"+pageOrder, nil, "Authorization: Bearer no-scope"), 403, "FORBIDDEN", "")
	refused(t, a.report(pageOrder, `{"status":"x"}`, "Content-Type: text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE", "")
	refused(t, a.report(pageOrder, `{"status":"`+strings.Repeat("x", 2<<20)+`"}`), 413, "PAYLOAD_TOO_LARGE", "")
	if got := a.call("GET", "/order/"+pageOrder, nil, "Authorization: Bearer expired").Header.Get("WWW-Authenticate"); got != "Bearer" {
		t.Errorf("WWW-Authenticate is %q", got)
	}
	for _, code := range []string{"400", "401", "403", "404", "409", "413", "415", "429", "500"} {
		a.report(pageOrder, `{}`, "Prefer: code="+code)
	}
}
