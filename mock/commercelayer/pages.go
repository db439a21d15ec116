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
		{Name: "challenge", Path: "/3ds/{charge}", View: challengePage, Script: script},
		{Name: "processor payment", Path: "/payments/{charge}", View: processorPage},
		{Name: "processor payment actions", Path: "/payments/{charge}/actions", View: processorPage},
		{Name: "processor captures", Path: "/payments/{charge}/captures", View: processorPage},
		{Name: "processor voids", Path: "/payments/{charge}/voids", View: processorPage},
		{Name: "payment session", Path: "/payment-sessions/{charge}", View: processorPage},
	}
}

// script is a customer's way through the challenge. The code is the password of Checkout.com's sandbox (published: processor test cards).
var script = &checkout.Script{Code: "Checkout1!", Settle: settle}

// challengePage asks the customer to prove who they are, and sends them back to the shop.
func challengePage(c *engine.Call) (page.View, error) {
	p, v, err := chargePage(c, "3-D Secure")
	if err != nil {
		return page.View{}, err
	}
	a := p.Attempt
	if a == nil || a.ID != c.Vars["charge"] {
		v.Status, v.Mood, v.Note, v.Expired = "", "bad", "The shop has started another payment since. This one was given up.", true
		return v, nil
	}
	v.Note, v.Mood = p.lookBack()
	switch p.State {
	case statePending:
		v.Stage, v.Deadline, v.Masked = page.Challenge, a.SessionEnds, "the card that ends in "+card.Last4
		v.Ways = []string{returnURL(p.SuccessURL, a.Session), returnURL(p.FailureURL, a.Session)}
	case stateLapsed, stateExpired:
		v.Expired, v.Return = true, returnURL(p.FailureURL, a.Session)
	case stateRefused, stateDeclined, stateAbandoned:
		v.Return = returnURL(p.FailureURL, a.Session)
	default:
		v.Return = returnURL(p.SuccessURL, a.Session)
	}
	if v.Stage == page.Over && v.Return == "" {
		v.Note += " The shop has named no URL to return to; the session of this payment is " + a.Session + "."
	}
	return v, nil
}

// lookBack is what a page says of what happened, and in which mood.
func (p *Payment) lookBack() (note, mood string) {
	switch p.State {
	case stateDeciding:
		return "The bank is still thinking it over.", "wait"
	case stateAbandoned:
		return "You have left the bank's page without an answer.", "wait"
	case stateLapsed, stateExpired:
		return "This page has expired: the bank waits fifteen minutes for an answer.", "bad"
	case stateRefused, stateDeclined:
		if p.Attempt.Proof == unproven {
			return "The bank could not tell who you are.", "bad"
		}
		return "The bank refused the payment: " + p.Attempt.Summary + ".", "bad"
	}
	return "The bank has approved the payment.", "good"
}

// processorStatus is the payment's state as Checkout.com knows it, whatever it has told Commerce Layer.
func (p *Payment) processorStatus() string {
	switch p.State {
	case statePassed:
		return stateAuthorized
	case stateRefused:
		return stateDeclined
	case stateLapsed:
		return stateExpired
	}
	return p.status()
}

// processorPage shows a payment as Checkout.com keeps it.
func processorPage(c *engine.Call) (page.View, error) {
	_, v, err := chargePage(c, "Checkout.com payment")
	v.Note = "This is a page of the payment processor. Its money is moved through the shop's API."
	return v, err
}

// chargePage begins the page of a payment that is looked for by an id of Checkout.com's.
func chargePage(c *engine.Call, title string) (*Payment, page.View, error) {
	charge, ok := charges.Get(c.Tx, c.Vars["charge"])
	if !ok {
		return nil, page.View{}, engine.Refuse(engine.NotFound, "there is no payment %q", c.Vars["charge"])
	}
	p, ok := payments.Get(c.Tx, charge.Payment)
	if !ok {
		return nil, page.View{}, engine.Refuse(engine.NotFound, "the payment was deleted")
	}
	o, _ := orders.Get(c.Tx, p.Order)
	v := page.View{
		Title: title, Merchant: c.Place.Tenant, Order: o.Number, Amount: o.total().String(), Status: p.processorStatus(), Payment: p.ID,
	}
	if p.Attempt != nil {
		v.Amount = p.Attempt.Amount.String()
	}
	return p, v, nil
}

// returnURL sends the customer back with the payment session, which the shop's URL gets as one more parameter of its query.
func returnURL(to *string, session string) string {
	if to == nil || *to == "" {
		return ""
	}
	before, fragment, hasFragment := strings.Cut(*to, "#")
	separator := "?"
	switch {
	case strings.HasSuffix(before, "?"), strings.HasSuffix(before, "&"):
		separator = ""
	case strings.Contains(before, "?"):
		separator = "&"
	}
	if hasFragment {
		fragment = "#" + fragment
	}
	return before + separator + "cko-session-id=" + session + fragment
}
