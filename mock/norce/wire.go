package norce

import (
	"html"
	"strings"

	"understudy/mock/internal/engine"
)

// session is what a shop needs to show a payment: the members of Norce's Klarna, Nonpsp and Adyen adapters together.
type session struct {
	ID          string          `json:"id"`
	PaymentID   string          `json:"paymentId"`
	Status      string          `json:"status"`
	HTMLSnippet string          `json:"htmlSnippet"`
	Amount      sessionAmount   `json:"amount"`
	Methods     []sessionMethod `json:"paymentMethods"`
	Method      string          `json:"selectedPaymentMethod"`
}

type sessionAmount struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"` // minor units
}

type sessionMethod struct {
	Identifier string `json:"identifier"`
}

// sessionUpdate is what a shop may change of it.
type sessionUpdate struct {
	Method *string `json:"selectedPaymentMethod"`
}

// patchOperation is one operation of JSON Patch (RFC 6902).
type patchOperation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// errorBody is the adapters' envelope of a refusal.
type errorBody struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// problemDetails is what ASP.NET answers before an adapter is reached.
type problemDetails struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (p *payment) wire(c *engine.Call) session {
	s := session{
		ID: p.ID, PaymentID: p.ID, Status: p.status(), Method: p.Method,
		Amount: sessionAmount{p.Amount.Currency, p.Amount.Minor},
	}
	for _, m := range p.methods() {
		s.Methods = append(s.Methods, sessionMethod{m})
	}
	s.HTMLSnippet = `<div id="klarna-checkout-container"><iframe src="` + html.EscapeString(c.Link(link(c.Place.Tenant, p.ID))) + `" title="Payment"></iframe></div>`
	return s
}

// status is the payment provider's word for the state. CHECKOUT_INCOMPLETE is published, the others are assumed after Klarna's own.
func (p *payment) status() string {
	switch p.State {
	case intent, processing:
		return "CHECKOUT_INCOMPLETE"
	case confirmed:
		return "CHECKOUT_COMPLETE"
	case reserved:
		return "AUTHORIZED"
	}
	return strings.ToUpper(p.State)
}
