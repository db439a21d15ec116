package nextcommerce

import "understudy/mock/internal/engine"

// demos are how a checkout lets a customer pay with a card whose bank asks for a code. An order is there only once it is paid.
var demos = []engine.Demo{{
	Name: "redirect", Title: "By redirect", Note: "The browser goes to payment_complete_url; the provider posts the order to the shop.",
	Item: "Body cream", Price: "33.50 USD",
	Header: map[string]string{"Authorization": "Bearer demo-shop", "X-29next-API-Version": "2024-04-01", "Content-Type": "application/json"},
	Calls: []engine.DemoCall{{
		Operation: "createOrder", Scenarios: byCard,
		Body: map[string]any{
			"lines":           []any{map[string]any{"product_id": 102, "quantity": 1}},
			"user":            map[string]any{"email": "kim@example.test"},
			"payment_method":  "card_token",
			"payment_details": map[string]any{"card_token": challenges + "demo", "payment_return_url": "{return}"},
		},
		Keep: map[string]string{"link": "/payment_complete_url", "number": "/number"},
	}},
	Link: "link",
	After: []engine.DemoCall{{Operation: "getOrder", Vars: map[string]string{"number": "{number}"}, Facts: []engine.DemoFact{
		{Label: "Payment", Pointer: "/payment_status", Paid: "paid"},
		{Label: "Order", Pointer: "/number"},
		{Label: "Outstanding", Pointer: "/total_outstanding"},
	}}},
}}
