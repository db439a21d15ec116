package commercelayer_test

import (
	"fmt"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

const jsonAPI = "application/vnd.api+json"

// shop is a caller of one organization.
type shop struct {
	*mocktest.Server
	t      *testing.T
	root   string // what stands before /api
	bearer string
}

func open(t *testing.T, change ...func(*mock.Options)) shop {
	t.Helper()
	change = append(change, func(o *mock.Options) { o.Providers = []string{"commercelayer"} })
	return shop{mocktest.Run(t, change...), t, "/commercelayer", "any-access-token"}
}

// current serves today's reading of the API.
func current(o *mock.Options) { o.Profiles = map[string]string{"commercelayer": "current"} }

func (s shop) send(method, path string, body any, headers ...string) mocktest.Response {
	s.t.Helper()
	headers = append([]string{"Authorization: Bearer " + s.bearer, "Accept: " + jsonAPI, "Content-Type: " + jsonAPI}, headers...)
	return s.Call(method, s.root+path, body, headers...)
}

func (s shop) get(path string) mocktest.Response {
	s.t.Helper()
	return s.send("GET", "/api"+path, nil).Want(200)
}

// attributes of an update, by name.
type attributes map[string]any

func (s shop) patch(of, id string, a attributes, headers ...string) mocktest.Response {
	s.t.Helper()
	return s.send("PATCH", "/api/"+of+"/"+id, map[string]any{"data": map[string]any{"type": of, "id": id, "attributes": a, "relationships": map[string]any{}}}, headers...)
}

func (s shop) patchPayment(id string, a attributes, headers ...string) mocktest.Response {
	s.t.Helper()
	return s.patch("checkout_com_payments", id, a, headers...)
}

func (s shop) patchOrder(id string, a attributes, headers ...string) mocktest.Response {
	s.t.Helper()
	return s.patch("orders", id, a, headers...)
}

// create makes a payment for an order.
func (s shop) create(order string, a attributes) mocktest.Response {
	s.t.Helper()
	return s.send("POST", "/api/checkout_com_payments", map[string]any{"data": map[string]any{
		"type": "checkout_com_payments", "attributes": a,
		"relationships": map[string]any{"order": map[string]any{"data": map[string]any{"type": "orders", "id": order}}},
	}})
}

// pay makes a payment with a token for the documentation's order, and returns its id.
func (s shop) pay(token string) string {
	s.t.Helper()
	return s.create("ABCRtyUpBa", attributes{"payment_type": "token", "token": token}).Want(201).Text("data.id")
}

// given makes an order in a role and returns it and its payment, if it has one.
func (s shop) given(role string) (order, payment string) {
	s.t.Helper()
	order = s.Given("commercelayer", "yourdomain", role)
	return order, s.get("/orders/" + order + "/relationships/payment_source").Text("data.id")
}

// orderIs fails unless an order has these statuses.
func (s shop) orderIs(id, status, paymentStatus string) {
	s.t.Helper()
	a := s.get("/orders/" + id)
	if got, want := a.Text("data.attributes.status")+"/"+a.Text("data.attributes.payment_status"), status+"/"+paymentStatus; got != want {
		s.t.Errorf("order %s is %s, want %s", id, got, want)
	}
}

// paymentIs fails unless Commerce Layer holds a payment for what Checkout.com calls so.
func (s shop) paymentIs(id, status string) {
	s.t.Helper()
	if got := s.get("/checkout_com_payments/" + id).Text("data.attributes.payment_response.status"); got != status {
		s.t.Errorf("payment %s is %q, want %q", id, got, status)
	}
}

// errorIs fails unless an answer is one error with this status, code and pointer or parameter.
func errorIs(t *testing.T, a mocktest.Response, status int, code, at string) {
	t.Helper()
	if a.Status != status || a.Text("errors.0.code") != code || a.Text("errors.0.status") != fmt.Sprint(status) {
		t.Errorf("answered %d %s, want %d with the code %s", a.Status, a.Body, status, code)
	}
	if got := a.Text("errors.0.source.pointer") + a.Text("errors.0.source.parameter"); got != at {
		t.Errorf("the error is at %q, want %q: %s", got, at, a.Body)
	}
}

// forms are what a customer does on the challenge page to bring about an outcome.
var forms = map[string]string{
	"approve": "event=authenticate&otp=Checkout1!", "decline": "event=authenticate&scenario=declined",
	"fail_authentication": "event=fail_authentication", "abandon": "event=cancel",
}

// settle has a payment's customer bring about an outcome on the challenge page, and returns where that leads.
func (s shop) settle(payment, outcome string) mocktest.Response {
	s.t.Helper()
	return s.post(s.link(payment), forms[outcome])
}

// link is where a payment's customer is challenged.
func (s shop) link(payment string) string {
	s.t.Helper()
	return s.get("/checkout_com_payments/" + payment).Text("data.attributes.redirect_uri")
}

// post presses a button of a page.
func (s shop) post(link, form string) mocktest.Response {
	s.t.Helper()
	return s.Call("POST", link, form, "Content-Type: application/x-www-form-urlencoded")
}
