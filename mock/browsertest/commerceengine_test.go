package browsertest

import (
	"time"

	"understudy/mock/mocktest"
)

// commerceEngine's payment page takes cards and UPI ids, and the bank asks for a code there.
var commerceEngine = platform{
	name: "commerceengine", tenant: "store_01",
	begin: func(s *mocktest.Server, back string) payment {
		answer := s.Call("POST", "/commerceengine/api/v1/store_01/storefront/orders/ORD-1001/retry-payment", map[string]any{"payment_method": map[string]any{
			"payment_provider_slug": "juspay", "integration_type": "hyper-checkout", "return_url": back, "action": "paymentPage",
		}}, "Authorization: Bearer x").Want(200)
		return payment{
			link: answer.Text("content.payment_info.payment_links.web"), id: answer.Text("content.payment_info.id"), order: "ORD-1001",
			lasts: 15 * time.Minute,
		}
	},
	ends: []end{
		{
			name: "approved", outcome: "approve", standing: "confirmed, success, 0.00 INR due", returned: "status=CHARGED",
			walk: func(b *Tab) { b.Type("card-number", "4242 4242 4242 4242"); b.Press("pay") },
		},
		{
			name: "approved, by the keyboard alone", outcome: "approve", standing: "confirmed, success, 0.00 INR due", returned: "status=CHARGED",
			walk: func(b *Tab) { b.Enter("card-number", "4012000000001097"); b.Enter("otp", b.Text("code")) },
		},
		{
			name: "declined", outcome: "decline", standing: "draft, failed, 499.00 INR due", returned: "status=AUTHORIZATION_FAILED",
			walk: func(b *Tab) { b.Press("decline") },
		},
		{
			name: "declined by its UPI id", outcome: "decline", standing: "draft, failed, 499.00 INR due", returned: "status=AUTHORIZATION_FAILED",
			walk: func(b *Tab) { b.Click("by-upi"); b.Type("upi", "failure@upi"); b.Press("pay") },
		},
		{
			name: "challenge passed", outcome: "approve", standing: "confirmed, success, 0.00 INR due", returned: "status=CHARGED",
			walk: func(b *Tab) {
				b.Type("card-number", "4012000000001097")
				b.Press("pay")
				b.Shot("challenge")
				b.Press("resend")
				b.Type("otp", "123456")
				b.Press("authenticate")
				b.Shot("wrong code")
				b.Type("otp", b.Text("code"))
				b.Press("authenticate")
			},
		},
		{
			name: "challenge failed", outcome: "fail_authentication", standing: "draft, failed, 499.00 INR due", returned: "status=AUTHENTICATION_FAILED",
			walk: func(b *Tab) { b.Choose("scenario", "challenge"); b.Press("pay"); b.Press("fail") },
		},
		{
			name: "challenge cancelled, then declined", outcome: "decline", standing: "draft, failed, 499.00 INR due", returned: "status=AUTHORIZATION_FAILED",
			walk: func(b *Tab) { b.Choose("scenario", "challenge"); b.Press("pay"); b.Press("cancel"); b.Press("decline") },
		},
		{
			name: "abandoned", outcome: "abandon", standing: "draft, pending, 499.00 INR due", returned: "status=NEW",
			walk: func(b *Tab) { b.Press("leave") },
		},
	},
}
