package commercelayer

import "understudy/mock/internal/money"

type orderAttributes struct {
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

func orderAttributesOf(v *view, o *Order) orderAttributes {
	total := o.total()
	tax := containedTax(total)
	a := orderAttributes{
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
