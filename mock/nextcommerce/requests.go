package nextcommerce

import (
	"encoding/json"
	"time"
)

// Bodies as clients send them. They have been compared with the document before they are read.

type collectRequest struct {
	Notify bool `json:"send_payment_notification"`
}

type orderRequest struct {
	Attribution        *attributionRequest `json:"attribution,omitempty"`
	BillingAddress     *Address            `json:"billing_address,omitempty"`
	BillingIsShipping  bool                `json:"billing_same_as_shipping_address,omitempty"`
	Currency           string              `json:"currency,omitempty"`
	DatePlaced         *time.Time          `json:"date_placed,omitempty"`
	Lines              []lineRequest       `json:"lines"`
	Metadata           json.RawMessage     `json:"metadata,omitempty"`
	Offers             []int64             `json:"offers,omitempty"`
	PaymentDetails     *paymentRequest     `json:"payment_details,omitempty"`
	PaymentMethod      *string             `json:"payment_method,omitempty"`
	SendReceipt        *bool               `json:"send_receipt,omitempty"`
	ShippingAddress    *Address            `json:"shipping_address,omitempty"`
	ShippingCode       *string             `json:"shipping_code,omitempty"`
	ShippingPrice      *string             `json:"shipping_price,omitempty"`
	Status             *string             `json:"status,omitempty"`
	Tags               []*string           `json:"tags,omitempty"`
	UseDefaultBilling  bool                `json:"use_default_billing_address,omitempty"`
	UseDefaultShipping bool                `json:"use_default_shipping_address,omitempty"`
	User               *userRequest        `json:"user,omitempty"`
	Vouchers           []string            `json:"vouchers,omitempty"`
}

type lineRequest struct {
	Product      int64                `json:"product_id"`
	Quantity     int64                `json:"quantity"`
	Price        *string              `json:"price,omitempty"`
	Upsell       bool                 `json:"is_upsell,omitempty"`
	Metadata     json.RawMessage      `json:"metadata,omitempty"`
	Subscription *subscriptionRequest `json:"subscription,omitempty"`
}

type subscriptionRequest struct {
	Interval string  `json:"interval"`
	Count    int     `json:"interval_count"`
	Price    *string `json:"price,omitempty"`
}

type paymentRequest struct {
	AuthorizeValue        *string `json:"authorize_value,omitempty"`
	CardToken             *string `json:"card_token,omitempty"`
	ExternalPaymentMethod *string `json:"external_payment_method,omitempty"`
	Gateway               *int64  `json:"payment_gateway,omitempty"`
	ReturnURL             *string `json:"payment_return_url,omitempty"`
	SaveCard              *bool   `json:"save_card,omitempty"`
	Descriptor            *string `json:"statement_descriptor,omitempty"`
}

type userRequest struct {
	AcceptsMarketing *bool   `json:"accepts_marketing,omitempty"`
	Email            *string `json:"email,omitempty"`
	FirstName        *string `json:"first_name,omitempty"`
	ID               *int64  `json:"id,omitempty"`
	IP               *string `json:"ip,omitempty"`
	Language         *string `json:"language,omitempty"`
	LastName         *string `json:"last_name,omitempty"`
	PhoneNumber      *string `json:"phone_number,omitempty"`
	UserAgent        *string `json:"user_agent,omitempty"`
}

type attributionRequest struct {
	Affiliate   *string         `json:"affiliate,omitempty"`
	Agent       *int64          `json:"agent,omitempty"`
	Funnel      *string         `json:"funnel,omitempty"`
	GCLID       *string         `json:"gclid,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Sub1        *string         `json:"subaffiliate1,omitempty"`
	Sub2        *string         `json:"subaffiliate2,omitempty"`
	Sub3        *string         `json:"subaffiliate3,omitempty"`
	Sub4        *string         `json:"subaffiliate4,omitempty"`
	Sub5        *string         `json:"subaffiliate5,omitempty"`
	UTMCampaign *string         `json:"utm_campaign,omitempty"`
	UTMContent  *string         `json:"utm_content,omitempty"`
	UTMMedium   *string         `json:"utm_medium,omitempty"`
	UTMSource   *string         `json:"utm_source,omitempty"`
	UTMTerm     *string         `json:"utm_term,omitempty"`
}

// updateRequest tells an absent member from a null one, which clears what it names.
type updateRequest struct {
	Attribution     *attributionRequest `json:"attribution"`
	BillingAddress  json.RawMessage     `json:"billing_address"`
	Metadata        json.RawMessage     `json:"metadata"`
	ShippingAddress json.RawMessage     `json:"shipping_address"`
	Status          *string             `json:"status"`
	Tags            *[]*string          `json:"tags"`
}

type editLineRequest struct {
	Quantity *int64          `json:"quantity"`
	Metadata json.RawMessage `json:"metadata"`
}

type markPaidRequest struct {
	External *string `json:"external_payment_method"`
}

type cancelRequest struct {
	Reason     string `json:"cancel_reason"`
	FullRefund bool   `json:"full_refund"`
	Notify     *bool  `json:"send_cancel_notification"`
}

type refundRequest struct {
	Note         *string                    `json:"note"`
	Lines        []refundLineRequest        `json:"refund_lines"`
	Shipping     refundShippingRequest      `json:"refund_shipping"`
	Notify       *bool                      `json:"send_refund_notification"`
	Transactions []refundTransactionRequest `json:"transactions"`
}

type refundLineRequest struct {
	Line     int64  `json:"line_id"`
	Quantity int64  `json:"quantity"`
	Restock  string `json:"restock_type"`
}

type refundShippingRequest struct {
	Amount *string `json:"amount_excl_tax"`
	Full   bool    `json:"full_refund"`
}

type refundTransactionRequest struct {
	ID       int64  `json:"id"`
	Amount   string `json:"amount"`
	External bool   `json:"is_external"`
}

// unlessOff reads a switch that is on unless the client turns it off.
func unlessOff(b *bool) bool { return b == nil || *b }
