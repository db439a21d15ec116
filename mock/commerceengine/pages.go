package commerceengine

import (
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
)

// pages are Juspay's: where the customer pays, the same in a frame of the SDK, and the SDK itself.
var pages = []engine.Page{
	{Name: "payment", Path: "/payment-page/{store_id}/order/{payment}", View: paymentPage, Script: script},
	{Name: "sdk session", Path: "/hyper-sdk-web/{store_id}/session/{order_id}/{token}", View: sdkPage, Script: script},
	{Name: "sdk", Path: "/hyper-sdk-web/HyperServices.js", File: hyperServicesScript},
}

// paymentPage is where payment_links.web and the bank's authentication lead.
func paymentPage(c *engine.Call) (page.View, error) {
	a, found := attempts.Get(c.Tx, c.Vars["payment"])
	if !found {
		return page.View{}, engine.Refuse(engine.NotFound, "there is no payment %q", c.Vars["payment"])
	}
	return a.view(c), nil
}

// view is the page of an attempt, as it stands.
func (a *Attempt) view(c *engine.Call) page.View {
	v := page.View{
		Title: "Payment", Merchant: store(c), Order: a.Order, Amount: a.Amount.String(), Status: a.State, Payment: a.ID,
		Note: notes[a.State], Mood: moods[a.State], Return: a.back(), Deadline: a.Expires, Card: true, UPI: true,
	}
	switch {
	case a.State == lapsed || a.State == withdrawn:
		v.Expired, v.Deadline = true, time.Time{}
	case a.State != fresh && a.State != pendingVBV:
		v.Deadline = time.Time{}
	case a.Method.Variant != hyperCheckout:
		v.Title, v.Stage = "3-D Secure", page.Challenge // the shop took the card or address itself
	default:
		v.Stage = page.Pay
	}
	return v
}

// script is a customer's way through a payment page. The code is that of Juspay's test cards.
var script = &checkout.Script{Code: "000000", Choose: choose, Settle: settle}

// moods are how a payment page looks back on what happened.
var moods = map[string]string{
	charged: "good", partialCharged: "good", authorizing: "wait", fresh: "wait", pendingVBV: "wait",
	authenticationFailed: "bad", authorizationFailed: "bad", withdrawn: "bad", lapsed: "bad",
}

var notes = map[string]string{
	authorizing:          "The bank is still thinking it over.",
	charged:              "The payment was made.",
	partialCharged:       "Part of the payment was made.",
	authenticationFailed: "The bank could not tell who you are.",
	authorizationFailed:  "The bank refused the payment.",
	withdrawn:            "The shop has withdrawn this payment request.",
	lapsed:               "This payment page has expired.",
}

// statusIDs number the states. Published: Juspay, transaction status.
var statusIDs = map[string]string{fresh: "10", charged: "21", pendingVBV: "23", authenticationFailed: "26", authorizationFailed: "27", authorizing: "28"}
