package browsertest

import (
	"net/http"
	"time"

	"understudy/mock/mocktest"
)

// commerceLayer is the challenge of a card that Commerce Layer's shop took itself. The shop learns the outcome when it asks for the payment's
// details, and places the order, which is refused unless it is paid for.
var commerceLayer = platform{
	name: "commercelayer", tenant: "yourdomain",
	begin: func(s *mocktest.Server, back string) payment {
		source := call(s, "POST", "/checkout_com_payments", map[string]any{
			"type": "checkout_com_payments", "attributes": map[string]any{"payment_type": "token", "token": "tok_challenge", "success_url": back, "failure_url": back},
			"relationships": map[string]any{"order": map[string]any{"data": map[string]any{"type": "orders", "id": "ABCRtyUpBa"}}},
		}).Want(201)
		id := source.Text("data.id")
		link := trigger(s, id, "_authorize").Text("data.attributes.redirect_uri")
		return payment{link: link, id: id, order: "ABCRtyUpBa", lasts: 15 * time.Minute, learn: func() {
			trigger(s, id, "_details")
			call(s, "PATCH", "/orders/ABCRtyUpBa", map[string]any{"type": "orders", "id": "ABCRtyUpBa", "attributes": map[string]any{"_place": true}})
		}}
	},
	ends: []end{
		{
			name: "challenge passed", outcome: "approve", standing: "placed, authorized, 120.00 EUR due", returned: "cko-session-id=sid_",
			walk: func(b *Tab) {
				b.Press("resend")
				b.Type("otp", "000000")
				b.Press("authenticate")
				b.Shot("wrong code")
				b.Type("otp", b.Text("code"))
				b.Press("authenticate")
			},
		},
		{
			name: "challenge failed", outcome: "fail_authentication", standing: "pending, unpaid, 120.00 EUR due", returned: "cko-session-id=sid_",
			walk: func(b *Tab) { b.Press("fail") },
		},
		{
			name: "declined", outcome: "decline", standing: "pending, unpaid, 120.00 EUR due", returned: "cko-session-id=sid_",
			walk: func(b *Tab) { b.Choose("scenario", "declined"); b.Press("authenticate") },
		},
		{
			name: "abandoned", outcome: "abandon", standing: "pending, unpaid, 120.00 EUR due", returned: "cko-session-id=sid_",
			walk: func(b *Tab) { b.Press("cancel") },
		},
	},
}

// call sends a resource to Commerce Layer's API.
func call(s *mocktest.Server, method, path string, data map[string]any) mocktest.Response {
	return s.Call(method, "/commercelayer/api"+path, map[string]any{"data": data},
		"Authorization: Bearer x", "Content-Type: application/vnd.api+json", "Accept: application/vnd.api+json")
}

// trigger sets one of a payment's triggers.
func trigger(s *mocktest.Server, id, name string) mocktest.Response {
	return call(s, "PATCH", "/checkout_com_payments/"+id, map[string]any{
		"type": "checkout_com_payments", "id": id, "attributes": map[string]any{name: true},
	}).Want(http.StatusOK)
}
