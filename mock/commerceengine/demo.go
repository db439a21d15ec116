package commerceengine

import "understudy/mock/internal/engine"

// demos are how a storefront lets a customer pay for a tea pot: by the link of its payment page, or by the SDK within the shop's own page.
var demos = []engine.Demo{
	{
		Name: "link", Title: "By link", Note: "The browser goes to payment_links.web and comes back with a signed query.",
		Item: "Tea pot", Price: "599.00 INR", Role: "unattempted", Header: demoHeader,
		Calls: demoCalls, Link: "link", After: demoAfter, Verify: verify,
	},
	{
		Name: "sdk", Title: "In the page", Note: "HyperServices opens the payment page within the shop's, from sdk_payload.",
		Item: "Tea pot", Price: "599.00 INR", Role: "unattempted", Header: demoHeader,
		Calls: demoCalls, After: demoAfter,
		SDK: &engine.DemoSDK{
			Script: "/hyper-sdk-web/HyperServices.js", Class: "HyperServices", Payload: "payload",
			Initiate: map[string]any{
				"requestId": "8b9dd8ac-4f7c-4b1c-9f0e-2f1f5b3c7a10", "service": "in.juspay.hyperpay",
				"payload": map[string]any{
					"action": "initiate", "merchantId": demoStore, "clientId": demoStore, "environment": "sandbox",
					"integrationType": "iframe", "hyperSDKDiv": "{div}",
				},
			},
		},
	},
}

// demoStore is where the demo shop sells.
const demoStore = "store_01"

var (
	demoHeader = map[string]string{"Authorization": "Bearer demo-shop", "Content-Type": "application/json"}
	demoVars   = map[string]string{"store_id": demoStore, "order_number": "{order}"}
	demoCalls  = []engine.DemoCall{{
		Operation: "retryPayment", Vars: demoVars, Scenarios: scenarios["retryPayment"],
		Body: map[string]any{"payment_method": map[string]any{
			"payment_provider_slug": providerSlug, "integration_type": hyperCheckout, "return_url": "{return}", "action": "paymentPage",
		}},
		Keep: map[string]string{"link": "/content/payment_info/payment_links/web", "payload": "/content/payment_info/sdk_payload"},
	}}
	demoAfter = []engine.DemoCall{
		{Operation: "getPaymentStatus", Vars: demoVars, Facts: []engine.DemoFact{
			{Label: "Payment", Pointer: "/content/status", Paid: "success"},
			{Label: "Paid", Pointer: "/content/amount_paid"},
			{Label: "Can be retried", Pointer: "/content/is_retry_available"},
		}},
		{Operation: "getOrder", Vars: demoVars, Facts: []engine.DemoFact{{Label: "Order", Pointer: "/content/order/status"}}},
	}
)
