package commercelayer

import "encoding/json"

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
