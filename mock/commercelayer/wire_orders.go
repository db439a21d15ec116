package commercelayer

import (
	"encoding/json"

	"understudy/mock/internal/money"
)

type orderAttributesOut struct {
	Number            string  `json:"number"`
	Autorefresh       bool    `json:"autorefresh"`
	Status            string  `json:"status"`
	PaymentStatus     string  `json:"payment_status"`
	FulfillmentStatus string  `json:"fulfillment_status"`
	Guest             bool    `json:"guest"`
	Editable          bool    `json:"editable"`
	CustomerEmail     *string `json:"customer_email"`
	LanguageCode      *string `json:"language_code"`
	CurrencyCode      string  `json:"currency_code"`
	TaxIncluded       bool    `json:"tax_included"`
	TaxRate           float64 `json:"tax_rate"`
	CountryCode       string  `json:"country_code"`
	CouponCode        *string `json:"coupon_code"`

	SubtotalCents        int64   `json:"subtotal_amount_cents"`
	SubtotalFloat        float64 `json:"subtotal_amount_float"`
	Subtotal             string  `json:"formatted_subtotal_amount"`
	ShippingCents        int64   `json:"shipping_amount_cents"`
	ShippingFloat        float64 `json:"shipping_amount_float"`
	Shipping             string  `json:"formatted_shipping_amount"`
	PaymentMethodCents   int64   `json:"payment_method_amount_cents"`
	PaymentMethodFloat   float64 `json:"payment_method_amount_float"`
	PaymentMethod        string  `json:"formatted_payment_method_amount"`
	DiscountCents        int64   `json:"discount_amount_cents"`
	DiscountFloat        float64 `json:"discount_amount_float"`
	Discount             string  `json:"formatted_discount_amount"`
	TotalTaxCents        int64   `json:"total_tax_amount_cents"`
	TotalTaxFloat        float64 `json:"total_tax_amount_float"`
	TotalTax             string  `json:"formatted_total_tax_amount"`
	TotalCents           int64   `json:"total_amount_cents"`
	TotalFloat           float64 `json:"total_amount_float"`
	Total                string  `json:"formatted_total_amount"`
	TotalTaxableCents    int64   `json:"total_taxable_amount_cents"`
	TotalTaxableFloat    float64 `json:"total_taxable_amount_float"`
	TotalTaxable         string  `json:"formatted_total_taxable_amount"`
	TotalWithTaxesCents  int64   `json:"total_amount_with_taxes_cents"`
	TotalWithTaxesFloat  float64 `json:"total_amount_with_taxes_float"`
	TotalWithTaxes       string  `json:"formatted_total_amount_with_taxes"`
	SKUsCount            int     `json:"skus_count"`
	ErrorsCount          int     `json:"errors_count"`
	PaymentSourceDetails any     `json:"payment_source_details"`
	Token                string  `json:"token"`
	CartURL              *string `json:"cart_url"`
	ReturnURL            *string `json:"return_url"`
	TermsURL             *string `json:"terms_url"`
	PrivacyURL           *string `json:"privacy_url"`
	PlacedAt             *string `json:"placed_at"`
	ApprovedAt           *string `json:"approved_at"`
	CancelledAt          *string `json:"cancelled_at"`
	PaymentUpdatedAt     *string `json:"payment_updated_at"`
	FulfillmentUpdatedAt *string `json:"fulfillment_updated_at"`
	RefreshedAt          *string `json:"refreshed_at"`
	stamps
}

func orderAttributesOf(v *view, o *Order) orderAttributesOut {
	total := o.total()
	tax := containedTax(total)
	a := orderAttributesOut{
		Number: o.Number, Autorefresh: o.Autorefresh, Status: o.Status, PaymentStatus: o.paymentStatus(v.c.Tx), FulfillmentStatus: o.Fulfillment,
		Guest: o.Guest, Editable: o.editable(), CustomerEmail: o.CustomerEmail, LanguageCode: o.LanguageCode, CurrencyCode: o.Currency,
		TaxIncluded: true, TaxRate: taxRate.InexactFloat64(), CountryCode: o.Country, CouponCode: o.CouponCode,
		SKUsCount: o.SKUs, ErrorsCount: o.Errors, Token: o.Token,
		CartURL: o.CartURL, ReturnURL: o.ReturnURL, TermsURL: o.TermsURL, PrivacyURL: o.PrivacyURL,
		PlacedAt: dateOrNull(o.PlacedAt), ApprovedAt: dateOrNull(o.ApprovedAt), CancelledAt: dateOrNull(o.CancelledAt),
		PaymentUpdatedAt: dateOrNull(o.PaymentUpdatedAt), FulfillmentUpdatedAt: dateOrNull(o.FulfillmentUpdatedAt), RefreshedAt: dateOrNull(o.RefreshedAt),
		stamps: stampsOf(&o.Common),
	}
	if p, ok := payments.Get(v.c.Tx, o.Source); ok {
		a.PaymentSourceDetails = instrumentOf(p)
	}
	a.SubtotalCents, a.SubtotalFloat, a.Subtotal = triple(o.Subtotal)
	a.ShippingCents, a.ShippingFloat, a.Shipping = triple(o.Shipping)
	a.PaymentMethodCents, a.PaymentMethodFloat, a.PaymentMethod = triple(o.Fee)
	a.DiscountCents, a.DiscountFloat, a.Discount = triple(o.Discount)
	a.TotalTaxCents, a.TotalTaxFloat, a.TotalTax = triple(tax)
	a.TotalCents, a.TotalFloat, a.Total = triple(total)
	a.TotalTaxableCents, a.TotalTaxableFloat, a.TotalTaxable = triple(money.Amount{Minor: total.Minor - tax.Minor, Currency: total.Currency})
	a.TotalWithTaxesCents, a.TotalWithTaxesFloat, a.TotalWithTaxes = triple(total)
	return a
}

// transactionAttributes are what every transaction shows.
type transactionAttributes struct {
	Number               string  `json:"number"`
	PaymentMethodType    string  `json:"payment_method_type"`
	CurrencyCode         string  `json:"currency_code"`
	AmountCents          int64   `json:"amount_cents"`
	AmountFloat          float64 `json:"amount_float"`
	Amount               string  `json:"formatted_amount"`
	Succeeded            bool    `json:"succeeded"`
	Message              string  `json:"message"`
	ErrorCode            *string `json:"error_code"`
	ErrorDetail          *string `json:"error_detail"`
	Token                string  `json:"token"`
	GatewayTransactionID string  `json:"gateway_transaction_id"`
}

func transactionAttributesOf(t *Transaction) transactionAttributes {
	a := transactionAttributes{
		Number: t.Number, PaymentMethodType: "Card", CurrencyCode: t.Amount.Currency, Succeeded: !t.Failed, Message: t.Message,
		Token: t.Charge, GatewayTransactionID: t.Action,
	}
	a.AmountCents, a.AmountFloat, a.Amount = triple(t.Amount)
	if t.Failed {
		a.ErrorCode, a.ErrorDetail = &t.Code, &t.Message
	}
	return a
}

type authorizationAttributes struct {
	transactionAttributes
	CVVCode             *string `json:"cvv_code"`
	CVVMessage          *string `json:"cvv_message"`
	AVSCode             *string `json:"avs_code"`
	AVSMessage          *string `json:"avs_message"`
	FraudReview         *string `json:"fraud_review"`
	CaptureCents        int64   `json:"capture_amount_cents"`
	CaptureFloat        float64 `json:"capture_amount_float"`
	Capture             string  `json:"formatted_capture_amount"`
	CaptureBalanceCents int64   `json:"capture_balance_cents"`
	CaptureBalanceFloat float64 `json:"capture_balance_float"`
	CaptureBalance      string  `json:"formatted_capture_balance"`
	VoidBalanceCents    int64   `json:"void_balance_cents"`
	VoidBalanceFloat    float64 `json:"void_balance_float"`
	VoidBalance         string  `json:"formatted_void_balance"`
	stamps
}

func authorizationAttributesOf(_ *view, t *Authorization) authorizationAttributes {
	a := authorizationAttributes{transactionAttributes: transactionAttributesOf(&t.Transaction), stamps: stampsOf(&t.Common)}
	if !t.Failed {
		a.CVVCode, a.AVSCode = &card.CVVCheck, &card.AVSCheck
	}
	a.CaptureCents, a.CaptureFloat, a.Capture = triple(t.toCapture())
	a.CaptureBalanceCents, a.CaptureBalanceFloat, a.CaptureBalance = triple(t.Ledger.Capturable())
	a.VoidBalanceCents, a.VoidBalanceFloat, a.VoidBalance = triple(t.Ledger.Capturable())
	return a
}

type captureAttributes struct {
	transactionAttributes
	RefundCents        int64   `json:"refund_amount_cents"`
	RefundFloat        float64 `json:"refund_amount_float"`
	Refund             string  `json:"formatted_refund_amount"`
	RefundBalanceCents int64   `json:"refund_balance_cents"`
	RefundBalanceFloat float64 `json:"refund_balance_float"`
	RefundBalance      string  `json:"formatted_refund_balance"`
	stamps
}

func captureAttributesOf(_ *view, k *Capture) captureAttributes {
	a := captureAttributes{transactionAttributes: transactionAttributesOf(&k.Transaction), stamps: stampsOf(&k.Common)}
	a.RefundCents, a.RefundFloat, a.Refund = triple(k.toRefund())
	a.RefundBalanceCents, a.RefundBalanceFloat, a.RefundBalance = triple(k.rest())
	return a
}

// plainTransaction is a void or a refund.
type plainTransaction struct {
	transactionAttributes
	stamps
}

func voidAttributesOf(_ *view, t *Void) plainTransaction {
	return plainTransaction{transactionAttributesOf(&t.Transaction), stampsOf(&t.Common)}
}

func refundAttributesOf(_ *view, t *Refund) plainTransaction {
	return plainTransaction{transactionAttributesOf(&t.Transaction), stampsOf(&t.Common)}
}

type paymentMethodAttributes struct {
	Name              string  `json:"name"`
	PaymentSourceType string  `json:"payment_source_type"`
	CurrencyCode      string  `json:"currency_code"`
	MOTO              bool    `json:"moto"`
	RequireCapture    bool    `json:"require_capture"`
	AutoPlace         bool    `json:"auto_place"`
	AutoCapture       bool    `json:"auto_capture"`
	PriceCents        int64   `json:"price_amount_cents"`
	PriceFloat        float64 `json:"price_amount_float"`
	Price             string  `json:"formatted_price_amount"`
	MaxCents          *int64  `json:"auto_capture_max_amount_cents"`
	MaxFloat          *int64  `json:"auto_capture_max_amount_float"`
	Max               *string `json:"formatted_auto_capture_max_amount"`
	DisabledAt        *string `json:"disabled_at"`
	stamps
}

func paymentMethodAttributesOf(_ *view, m *PaymentMethod) paymentMethodAttributes {
	a := paymentMethodAttributes{
		Name: m.Name, PaymentSourceType: m.SourceType, CurrencyCode: m.Currency, RequireCapture: true,
		AutoPlace: m.AutoPlace, AutoCapture: m.AutoCapture, stamps: stampsOf(&m.Common),
	}
	a.PriceCents, a.PriceFloat, a.Price = triple(m.Fee)
	return a
}

type gatewayAttributes struct {
	Name          string  `json:"name"`
	ForcePayments bool    `json:"force_payments"`
	DisabledAt    *string `json:"disabled_at"`
	stamps
}

func gatewayAttributesOf(_ *view, g *Gateway) gatewayAttributes {
	return gatewayAttributes{Name: g.Name, stamps: stampsOf(&g.Common)}
}

type checkoutGatewayAttributes struct {
	Name            string  `json:"name"`
	ForcePayments   bool    `json:"force_payments"`
	DisabledAt      *string `json:"disabled_at"`
	WebhookID       string  `json:"webhook_endpoint_id"`
	WebhookSecret   string  `json:"webhook_endpoint_secret"`
	WebhookEndpoint *string `json:"webhook_endpoint_url"` // null: Checkout.com's own webhooks are not simulated
	stamps
}

func checkoutGatewayAttributesOf(_ *view, g *Gateway) checkoutGatewayAttributes {
	return checkoutGatewayAttributes{Name: g.Name, WebhookID: g.WebhookID, WebhookSecret: g.WebhookSecret, stamps: stampsOf(&g.Common)}
}

// changeCore is what a version and an event store have in common.
type changeCore struct {
	ResourceType string `json:"resource_type"`
	ResourceID   string `json:"resource_id"`
	Event        string `json:"event"`
	Who          Who    `json:"who"`
	stamps
}

func changeCoreOf(h *Change) changeCore {
	return changeCore{paymentType, h.Resource, h.Event, h.Who, stampsOf(&h.Common)}
}

type versionAttributes struct {
	changeCore
	Changes map[string][2]json.RawMessage `json:"changes"`
}

func versionAttributesOf(_ *view, h *Change) versionAttributes {
	return versionAttributes{changeCoreOf(h), h.Attributes}
}

type eventStoreAttributes struct {
	changeCore
	Payload map[string][2]json.RawMessage `json:"payload"`
}

func eventStoreAttributesOf(_ *view, h *Change) eventStoreAttributes {
	return eventStoreAttributes{changeCoreOf(h), h.Attributes}
}
