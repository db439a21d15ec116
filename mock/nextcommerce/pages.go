package nextcommerce

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
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
		{Name: "payment", Path: attemptPath("{id}"), View: viewAttempt},
		{Name: "order_status", Path: statusPath("{number}"), View: viewStatus},
		{Name: "product", Path: productPath("{slug}"), View: viewProduct},
		{Name: "product_image", Path: imagePath("{slug}"), File: drawProduct},
		{Name: "tracking", Path: "/tracking/{code}/", View: viewTracking},
	}
}

// viewAttempt is the page on which a customer pays, or proves who they are. Once it is over, their browser posts the order to the shop:
// one field, response, which is the order as JSON, or {} where there is none.
func viewAttempt(c *engine.Call) (page.View, error) {
	a, ok := attempts.Get(c.Tx, c.Vars["id"])
	if !ok {
		return page.View{}, engine.Refuse(engine.NotFound, "there is no payment at this address")
	}
	v := page.View{
		Title: "Payment", Merchant: c.Place.Tenant, Order: a.Order, Amount: a.Total.String(), Status: a.State, Payment: a.ID, Expired: a.State == expired,
	}
	if a.Instrument.ThreeDS {
		v.Title = "3-D Secure"
	}
	if a.State == waiting {
		v.Note = "You pay with " + a.Instrument.Method + "."
		v.Buttons = []page.Button{
			{Event: string(checkout.Approve), Label: "Approve"}, {Event: string(checkout.Decline), Label: "Decline"},
			{Event: string(checkout.FailAuthentication), Label: "Fail authentication"}, {Event: string(checkout.Abandon), Label: "Leave"},
		}
		return v, nil
	}
	v.Return = a.Return
	v.ReturnForm = map[string]string{"response": "{}"}
	if o, ok := orders.Get(c.Tx, a.Order); ok {
		body, err := json.Marshal(printOrder(c.Tx, o, c.Link))
		if err != nil {
			return v, err
		}
		v.ReturnForm["response"] = string(body)
	}
	return v, nil
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
