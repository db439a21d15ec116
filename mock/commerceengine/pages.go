package commerceengine

import (
	"net/url"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
)

// paymentPage is where payment_links.web and the bank's authentication lead.
func paymentPage(c *engine.Call) (page.View, error) {
	a, found := attempts.Get(c.Tx, c.Vars["payment"])
	if !found {
		return page.View{}, engine.Refuse(engine.NotFound, "there is no payment %q", c.Vars["payment"])
	}
	v := page.View{
		Title: "Payment", Merchant: store(c), Order: a.Order, Amount: a.Amount.String(), Status: a.State, Payment: a.ID,
		Note: notes[a.State],
	}
	if a.Method.Variant != hyperCheckout {
		v.Title = "Your bank"
	}
	switch {
	case a.State == fresh || a.State == pendingVBV:
		v.Buttons = []page.Button{
			{Event: string(checkout.Approve), Label: "Pay"},
			{Event: string(checkout.Decline), Label: "Be declined"},
			{Event: string(checkout.FailAuthentication), Label: "Fail authentication"},
			{Event: string(checkout.Abandon), Label: "Leave"},
		}
		if a.Method.Gateway == dummyGateway {
			v.Note = "The dummy gateway goes by the amount: below 500 it takes the money, below 700 it refuses, from there it takes its time."
		}
		if a.Left {
			v.Return = a.back()
		}
	case a.State == lapsed || a.State == withdrawn:
		v.Expired = true
		v.Return = a.back()
	default:
		v.Return = a.back()
	}
	return v, nil
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

// back is the shop's own URL, byte for byte, with what Juspay appends to it: order_id, status and, where one is published, status_id. "" if the shop gave none.
func (a *Attempt) back() string {
	if a.Method.ReturnURL == "" {
		return ""
	}
	before, fragment, hasFragment := strings.Cut(a.Method.ReturnURL, "#")
	joint := "?"
	if strings.Contains(before, "?") {
		joint = "&"
	}
	before += joint + "order_id=" + url.QueryEscape(a.Reference) + "&status=" + a.State
	if id := statusIDs[a.State]; id != "" {
		before += "&status_id=" + id
	}
	if hasFragment {
		before += "#" + fragment
	}
	return before
}
