package commercelayer

import "understudy/mock/internal/engine"

// demos are how a checkout pays a pending order with a tokenised card, is redirected to the bank, asks what became of it, and places the order.
var demos = []engine.Demo{{
	Name: "redirect", Title: "By redirect", Note: "The browser goes to redirect_uri and comes back with cko-session-id.",
	Item: "Two shirts", Price: "120.00 EUR", Role: "payable",
	Header: map[string]string{"Authorization": "Bearer demo-shop", "Accept": "application/vnd.api+json", "Content-Type": "application/vnd.api+json"},
	Calls: []engine.DemoCall{
		{
			Operation: "createCheckoutComPayment",
			Body: demoResource("", map[string]any{"payment_type": "token", "token": "tok_demo", "success_url": "{return}", "failure_url": "{return}"},
				map[string]any{"order": map[string]any{"data": map[string]any{"type": "orders", "id": "{order}"}}}),
			Keep: map[string]string{"payment": "/data/id"},
		},
		{
			Operation: "updateCheckoutComPayment", Vars: map[string]string{"id": "{payment}"}, Scenarios: scenarios[updatePaymentID],
			Body: demoResource("{payment}", map[string]any{"_authorize": true}, map[string]any{}),
			Keep: map[string]string{"link": "/data/attributes/redirect_uri"},
		},
	},
	Link: "link",
	After: []engine.DemoCall{
		{Operation: "getOrderPaymentSource", Vars: map[string]string{"id": "{order}"}, Keep: map[string]string{"payment": "/data/id"}},
		{
			Operation: "updateCheckoutComPayment", Vars: map[string]string{"id": "{payment}"},
			Body:  demoResource("{payment}", map[string]any{"_details": true, "session_id": "{cko-session-id}"}, map[string]any{}),
			Facts: []engine.DemoFact{{Label: "Processor", Pointer: "/data/attributes/payment_response/status"}},
		},
		{
			Operation: "updateOrder", Vars: map[string]string{"id": "{order}"},
			Body: map[string]any{"data": map[string]any{"type": "orders", "id": "{order}", "attributes": map[string]any{"_place": true}, "relationships": map[string]any{}}},
		},
		{Operation: "getOrder", Vars: map[string]string{"id": "{order}"}, Facts: []engine.DemoFact{
			{Label: "Payment", Pointer: "/data/attributes/payment_status", Paid: "authorized"},
			{Label: "Order", Pointer: "/data/attributes/status"},
		}},
	},
}}

// demoResource is a payment as JSON:API sends it.
func demoResource(id string, attributes, relationships map[string]any) map[string]any {
	resource := map[string]any{"type": paymentType, "attributes": attributes, "relationships": relationships}
	if id != "" {
		resource["id"] = id
	}
	return map[string]any{"data": resource}
}
