package browsertest

import (
	"fmt"
	"time"

	"understudy/mock/mocktest"
)

// nextCommerceBank is the challenge of a card that Next Commerce's shop took itself. Its order is made when the customer has paid, and never else.
var nextCommerceBank = platform{
	name: "nextcommerce", tenant: "example", page: "at the bank",
	begin: func(s *mocktest.Server, back string) payment {
		return placed(s, 15*time.Minute, "card_token", map[string]any{"card_token": "5555555555554444", "payment_return_url": back})
	},
	ends: []end{
		{
			name: "challenge passed", outcome: "approve", standing: "open, paid, 0.00 USD due", returned: "payment_status%22%3A%22paid",
			walk: func(b *Tab) {
				b.Press("resend")
				b.Type("otp", "000000")
				b.Press("authenticate")
				b.Shot("wrong code")
				b.Type("otp", b.Text("code"))
				b.Press("authenticate")
			},
		},
		{name: "challenge failed", outcome: "fail_authentication", returned: "response=%7B%7D", walk: func(b *Tab) { b.Press("fail") }},
		{name: "abandoned", outcome: "abandon", returned: "response=%7B%7D", walk: func(b *Tab) { b.Press("cancel") }},
	},
}

// nextCommerceWallet is the page of a wallet or bank to which the customer is sent to pay.
var nextCommerceWallet = platform{
	name: "nextcommerce", tenant: "example", page: "at a wallet",
	begin: func(s *mocktest.Server, back string) payment {
		return placed(s, time.Hour, "paypal", map[string]any{"payment_return_url": back})
	},
	ends: []end{
		{name: "approved", outcome: "approve", standing: "open, paid, 0.00 USD due", returned: "payment_status%22%3A%22paid", walk: func(b *Tab) { b.Press("pay") }},
		{name: "declined", outcome: "decline", returned: "response=%7B%7D", walk: func(b *Tab) { b.Press("decline") }},
		{
			name: "without money", outcome: "insufficient_funds", returned: "response=%7B%7D",
			walk: func(b *Tab) { b.Choose("scenario", "insufficient_funds"); b.Press("pay") },
		},
		{name: "abandoned", outcome: "abandon", returned: "response=%7B%7D", walk: func(b *Tab) { b.Press("leave") }},
	},
}

// placed is an order of Next Commerce that waits for its customer.
func placed(s *mocktest.Server, lasts time.Duration, method string, details map[string]any) payment {
	answer := s.Call("POST", "/nextcommerce/api/admin/orders/", map[string]any{
		"lines": []any{map[string]any{"product_id": 102, "quantity": 1}}, "payment_method": method, "payment_details": details,
	}, "Authorization: Bearer x").Want(201)
	const firstOfTheTest = 100016
	var waiting string
	for _, o := range s.Orders("nextcommerce", "example") {
		if len(o.Payments) > 0 {
			waiting = o.Payments[0].ID
		}
	}
	return payment{link: answer.Text("payment_complete_url"), id: waiting, order: fmt.Sprint(firstOfTheTest), lasts: lasts}
}
