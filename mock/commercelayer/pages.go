package commercelayer

import (
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
)

// challengePath is where Checkout.com challenges the customer of a payment.
func challengePath(charge string) string { return "/3ds/" + charge }

// pages are those of Checkout.com that our answers link to. What its API answers to a merchant is shown for people.
func pages() []engine.Page {
	return []engine.Page{
		{Name: "challenge", Path: "/3ds/{charge}", View: challengePage},
		{Name: "processor payment", Path: "/payments/{charge}", View: processorPage},
		{Name: "processor payment actions", Path: "/payments/{charge}/actions", View: processorPage},
		{Name: "processor captures", Path: "/payments/{charge}/captures", View: processorPage},
		{Name: "processor voids", Path: "/payments/{charge}/voids", View: processorPage},
		{Name: "payment session", Path: "/payment-sessions/{charge}", View: processorPage},
	}
}

// challengePage asks the customer to prove who they are, and sends them back to the shop.
func challengePage(c *engine.Call) (page.View, error) {
	p, o, v, err := chargePage(c, "3-D Secure")
	if err != nil {
		return page.View{}, err
	}
	if p.Attempt == nil || p.Attempt.ID != c.Vars["charge"] {
		v.Status, v.Note, v.Expired = "", "The shop has started another payment since.", true
		return v, nil
	}
	switch p.State {
	case statePending:
		v.Note = "Your bank wants to know that it is you."
		v.Buttons = []page.Button{
			{Event: string(checkout.Approve), Label: "Approve"},
			{Event: string(checkout.Decline), Label: "Decline"},
			{Event: string(checkout.FailAuthentication), Label: "Fail authentication"},
			{Event: string(checkout.Abandon), Label: "Abandon"},
		}
	case stateLapsed, stateExpired:
		v.Note, v.Expired = "This challenge has expired.", true
	case stateRefused, stateDeclined, stateAbandoned:
		v.Return = returnURL(p.FailureURL, p.Attempt.Session)
	default:
		v.Return = returnURL(p.SuccessURL, p.Attempt.Session)
	}
	if len(v.Buttons) == 0 && v.Return == "" && !v.Expired {
		v.Note = "The payment of order " + o.Number + " names no URL to return to. Its session is " + p.Attempt.Session + "."
	}
	return v, nil
}

// processorPage shows a payment as Checkout.com keeps it.
func processorPage(c *engine.Call) (page.View, error) {
	_, _, v, err := chargePage(c, "Checkout.com payment")
	v.Note = "This is a page of the payment processor. Its money is moved through the shop's API."
	return v, err
}

// chargePage begins the page of a payment that is looked for by an id of Checkout.com's.
func chargePage(c *engine.Call, title string) (*Payment, *Order, page.View, error) {
	charge, ok := charges.Get(c.Tx, c.Vars["charge"])
	if !ok {
		return nil, nil, page.View{}, engine.Refuse(engine.NotFound, "there is no payment %q", c.Vars["charge"])
	}
	p, ok := payments.Get(c.Tx, charge.Payment)
	if !ok {
		return nil, nil, page.View{}, engine.Refuse(engine.NotFound, "the payment was deleted")
	}
	o, _ := orders.Get(c.Tx, p.Order)
	v := page.View{Title: title, Merchant: c.Place.Tenant, Order: o.Number, Amount: o.total().String(), Status: p.status(), Payment: p.ID}
	if p.Attempt != nil {
		v.Amount = p.Attempt.Amount.String()
	}
	return p, o, v, nil
}

// returnURL sends the customer back with the payment session, which the shop's URL gets as one more parameter of its query.
func returnURL(to *string, session string) string {
	if to == nil || *to == "" {
		return ""
	}
	before, fragment, hasFragment := strings.Cut(*to, "#")
	separator := "?"
	if strings.Contains(before, "?") {
		separator = "&"
	}
	if hasFragment {
		fragment = "#" + fragment
	}
	return before + separator + "cko-session-id=" + session + fragment
}
