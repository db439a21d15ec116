package norce

import (
	"net/url"
	"slices"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
)

// pages holds the one page that a session's snippet shows. Its path names the tenant, because a browser sends no x-merchant.
var pages = []engine.Page{{Name: "payment", Path: "/hosted/{tenant}/payments/{payment_id}", View: paymentPage}}

// link is the path of a payment's page.
func link(tenant, payment string) string {
	return "/hosted/" + url.PathEscape(tenant) + "/payments/" + url.PathEscape(payment)
}

func paymentPage(c *engine.Call) (page.View, error) {
	p, ok := payments.Get(c.Tx, c.Vars["payment_id"])
	if !ok {
		return page.View{}, engine.Refuse(engine.NotFound, "There is no payment %s.", c.Vars["payment_id"])
	}
	v := page.View{Title: "Payment", Merchant: c.Place.Tenant, Order: p.Order, Amount: p.Amount.String(), Status: p.State, Payment: p.ID}
	if slices.Contains([]string{intent, processing, pending}, p.State) {
		v.Buttons = []page.Button{
			{Event: string(checkout.Approve), Label: "Pay"},
			{Event: string(checkout.Decline), Label: "Let the bank decline"},
			{Event: string(checkout.FailAuthentication), Label: "Fail authentication"},
		}
	}
	if p.State == processing {
		v.Buttons = append(v.Buttons, page.Button{Event: string(checkout.Abandon), Label: "Leave"})
	}
	return v, nil
}
