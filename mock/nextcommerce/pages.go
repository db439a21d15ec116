package nextcommerce

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
	"understudy/mock/internal/world"
)

// Where pages are, below the provider. Every URL that a body holds leads to one of them.
func attemptPath(id string) string    { return "/payments/complete/" + id + "/" }
func statusPath(number string) string { return "/orders/" + number + "/" }
func productPath(slug string) string  { return "/products/" + slug + "/" }
func imagePath(slug string) string    { return "/media/" + slug + ".svg" }
func trackingPath(code string) string { return "/tracking/" + url.PathEscape(code) + "/" }

// pages are what customers see of a store.
func pages() []engine.Page {
	return []engine.Page{
		{Name: "payment", Path: attemptPath("{id}"), View: viewAttempt, Script: script},
		{Name: "order_status", Path: statusPath("{number}"), View: viewStatus},
		{Name: "product", Path: productPath("{slug}"), View: viewProduct},
		{Name: "product_image", Path: imagePath("{slug}"), File: drawProduct},
		{Name: "tracking", Path: "/tracking/{code}/", View: viewTracking},
	}
}

// script is a customer's way through the page of an attempt. No code is published; this one is ours.
var script = &checkout.Script{Code: "123456", Choose: chooseApproved, Settle: settlePayment}

// chooseApproved is what pressing Pay at a wallet or bank does: there is no card to go by, and the page asks outright for what else may happen.
func chooseApproved(*world.Tx, string, checkout.Instrument) checkout.Scenario {
	return checkout.Approved
}

// viewAttempt is the page on which a customer proves who they are, where they pay with a card, and otherwise the wallet's or bank's own.
func viewAttempt(c *engine.Call) (page.View, error) {
	a, ok := attempts.Get(c.Tx, c.Vars["id"])
	if !ok {
		return page.View{}, engine.Refuse(engine.NotFound, "there is no payment at this address")
	}
	v := page.View{
		Title: "Payment", Merchant: c.Place.Tenant, Order: a.Order, Amount: a.Amount.String(), Status: a.State, Payment: a.ID,
		Mood: attemptMoods[a.State], Note: attemptNotes[a.State], Expired: a.State == expired,
	}
	how := methods[a.Instrument.Method]
	switch {
	case a.State == waiting && a.Instrument.ThreeDS:
		v.Title, v.Stage, v.Deadline, v.Samples = "3-D Secure", page.Challenge, a.Ends, cardSamples()
		v.Masked, v.Note = "the card that ends in "+a.Instrument.LastFour, ""
	case a.State == waiting:
		v.Title, v.Host, v.Stage, v.Deadline = "Pay with "+how.name, how.name, page.Pay, a.Ends
	case a.State == pending && a.Ends.After(c.Tx.Now()):
		v.Deadline = a.Ends
	case a.State == pending: // until somebody says what became of it
	case a.Return != "":
		form, err := a.form(c)
		v.Return, v.ReturnForm = a.Return, form
		return v, err
	}
	return v, nil
}

// form is what the customer's browser posts to the shop: one field, response, which is the order as JSON, or {} where there is none.
func (a *Attempt) form(c *engine.Call) (map[string]string, error) {
	o, ok := orders.Get(c.Tx, a.Order)
	if !ok {
		return map[string]string{"response": "{}"}, nil
	}
	var body strings.Builder
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // the page escapes it
	err := encoder.Encode(printOrder(c.Tx, o, c.Link))
	return map[string]string{"response": strings.TrimSpace(body.String())}, err
}

// attemptMoods and attemptNotes are how the page looks back on what happened.
var attemptMoods = map[string]string{completed: "good", declined: "bad", failed: "bad", abandoned: "bad", expired: "bad", pending: "wait"}

var attemptNotes = map[string]string{
	completed: "The payment was made, and the order is placed.",
	declined:  "The payment was refused. Nothing was ordered.",
	failed:    "The bank could not tell who you are. Nothing was ordered.",
	abandoned: "The payment was given up. Nothing was ordered.",
	expired:   "The time for this payment is over. Nothing was ordered.",
	pending:   "The bank is still thinking it over. Load this page again to hear of it.",
}

// cardSamples are the tokens and numbers of cards that make something happen, for who is at the challenge of one.
func cardSamples() (samples []page.Sample) {
	for _, t := range triggers() {
		if t.Where == "card_token" {
			samples = append(samples, page.Sample{Where: t.Where, Value: t.Value, Effect: t.Effect})
		}
	}
	return samples
}

func viewStatus(c *engine.Call) (page.View, error) {
	o, ok := orders.Get(c.Tx, c.Vars["number"])
	if !ok {
		return page.View{}, engine.Refuse(engine.NotFound, "there is no order at this address")
	}
	return page.View{
		Title: "Your order", Merchant: c.Place.Tenant, Order: o.Number, Amount: o.totals().Sum.Incl.String(),
		Status: fmt.Sprintf("%s, %s, %s", o.Status, o.PaymentStatus, o.FulfillmentStatus),
	}, nil
}

func viewProduct(c *engine.Call) (page.View, error) {
	p, err := productAt(c)
	return page.View{Title: p.Title, Merchant: c.Place.Tenant, Amount: p.Price.String(), Note: p.Option}, err
}

// drawProduct is the image of a product: a square of a colour of its own.
func drawProduct(c *engine.Call) (string, []byte, error) {
	p, err := productAt(c)
	image := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" role="img"><title>%s</title><rect width="8" height="8" fill="hsl(%d 45%% 60%%)"/></svg>`, p.Title, p.ID*67%360)
	return "image/svg+xml", []byte(image), err
}

func productAt(c *engine.Call) (Product, error) {
	i := slices.IndexFunc(catalog, func(p Product) bool { return p.Slug == c.Vars["slug"] })
	if i < 0 {
		return Product{}, engine.Refuse(engine.NotFound, "there is no product at this address")
	}
	return catalog[i], nil
}

// viewTracking finds a shipment by its code. It is asked for seldom, so that walking all orders does.
func viewTracking(c *engine.Call) (page.View, error) {
	for _, o := range orders.All(c.Tx, "") {
		for _, f := range o.Fulfillments {
			if f.Tracking == c.Vars["code"] {
				return page.View{Title: "Shipment " + f.Tracking, Merchant: c.Place.Tenant, Order: o.Number, Status: f.Delivery}, nil
			}
		}
	}
	return page.View{}, engine.Refuse(engine.NotFound, "there is no shipment at this address")
}
