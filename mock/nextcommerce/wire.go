package nextcommerce

import "encoding/json"

// Bodies as they are sent, in typed structs that encode at once; members stand in the order of the vendor's page.
// What fills them is in wire_order.go and wire_transaction.go.

type orderBody struct {
	Attribution             attributionBody         `json:"attribution"`
	BillingAddress          *addressBody            `json:"billing_address"`
	CreatedAt               string                  `json:"created_at"`
	Currency                string                  `json:"currency"`
	DatePlaced              string                  `json:"date_placed"`
	DisplayTaxes            string                  `json:"display_taxes"`
	FulfillmentStatus       string                  `json:"fulfillment_status"`
	Fulfillments            []fulfillmentBody       `json:"fulfillments"`
	IsTest                  bool                    `json:"is_test"`
	Lines                   []lineBody              `json:"lines"`
	Metadata                json.RawMessage         `json:"metadata"`
	Number                  string                  `json:"number"`
	OfferDiscounts          []discountBody          `json:"offer_discounts"`
	OrderStatusURL          string                  `json:"order_status_url"`
	OriginalShippingExclTax string                  `json:"original_shipping_excl_tax"`
	OriginalShippingInclTax string                  `json:"original_shipping_incl_tax"`
	OriginalTotalDiscount   string                  `json:"original_total_discount"`
	OriginalTotalExclTax    string                  `json:"original_total_excl_tax"`
	OriginalTotalInclTax    string                  `json:"original_total_incl_tax"`
	PaymentStatus           string                  `json:"payment_status"`
	Refunds                 []refundBody            `json:"refunds"`
	ReportValues            orderReport             `json:"report_values"`
	ShippingAddress         *shippingAddressBody    `json:"shipping_address"`
	ShippingCode            string                  `json:"shipping_code"`
	ShippingExclTax         string                  `json:"shipping_excl_tax"`
	ShippingInclTax         string                  `json:"shipping_incl_tax"`
	ShippingMethod          string                  `json:"shipping_method"`
	ShippingTax             string                  `json:"shipping_tax"`
	ShippingTaxLines        []taxLineBody           `json:"shipping_tax_lines"`
	Source                  string                  `json:"source"`
	Status                  string                  `json:"status"`
	SubscriptionLifecycle   string                  `json:"subscription_lifecycle"`
	Subscriptions           []orderSubscriptionBody `json:"subscriptions"`
	SupportsPostPurchase    bool                    `json:"supports_post_purchase_upsells"`
	Tags                    []*string               `json:"tags"`
	TaxLines                []orderTaxLineBody      `json:"tax_lines"`
	TotalCost               string                  `json:"total_cost"`
	TotalDiscount           string                  `json:"total_discount"`
	TotalExclTax            string                  `json:"total_excl_tax"`
	TotalInclTax            string                  `json:"total_incl_tax"`
	TotalOutstanding        string                  `json:"total_outstanding"`
	TotalTax                string                  `json:"total_tax"`
	Transactions            []orderTransactionBody  `json:"transactions"`
	UpdatedAt               string                  `json:"updated_at"`
	User                    userBody                `json:"user"`
	VoucherDiscounts        []voucherDiscountBody   `json:"voucher_discounts"`
}

// orderSummary is an order in a list.
type orderSummary struct {
	CreatedAt               string          `json:"created_at"`
	Currency                string          `json:"currency"`
	DatePlaced              string          `json:"date_placed"`
	DisplayTaxes            string          `json:"display_taxes"`
	FulfillmentStatus       string          `json:"fulfillment_status"`
	IsTest                  bool            `json:"is_test"`
	Metadata                json.RawMessage `json:"metadata"`
	Number                  string          `json:"number"`
	OrderStatusURL          string          `json:"order_status_url"`
	OriginalShippingExclTax string          `json:"original_shipping_excl_tax"`
	OriginalShippingInclTax string          `json:"original_shipping_incl_tax"`
	OriginalTotalDiscount   string          `json:"original_total_discount"`
	OriginalTotalExclTax    string          `json:"original_total_excl_tax"`
	OriginalTotalInclTax    string          `json:"original_total_incl_tax"`
	PaymentStatus           string          `json:"payment_status"`
	ShippingCode            string          `json:"shipping_code"`
	ShippingExclTax         string          `json:"shipping_excl_tax"`
	ShippingInclTax         string          `json:"shipping_incl_tax"`
	ShippingMethod          string          `json:"shipping_method"`
	ShippingTax             string          `json:"shipping_tax"`
	Source                  string          `json:"source"`
	Status                  string          `json:"status"`
	TotalCost               string          `json:"total_cost"`
	TotalDiscount           string          `json:"total_discount"`
	TotalExclTax            string          `json:"total_excl_tax"`
	TotalInclTax            string          `json:"total_incl_tax"`
	TotalOutstanding        string          `json:"total_outstanding"`
	TotalTax                string          `json:"total_tax"`
	UpdatedAt               string          `json:"updated_at"`
	User                    userBody        `json:"user"`
}

type attributionBody struct {
	Affiliate     *string         `json:"affiliate"`
	Agent         *agentBody      `json:"agent"`
	Funnel        *string         `json:"funnel"`
	GCLID         *string         `json:"gclid"`
	Metadata      json.RawMessage `json:"metadata"`
	SubAffiliate1 *string         `json:"subaffiliate1"`
	SubAffiliate2 *string         `json:"subaffiliate2"`
	SubAffiliate3 *string         `json:"subaffiliate3"`
	SubAffiliate4 *string         `json:"subaffiliate4"`
	SubAffiliate5 *string         `json:"subaffiliate5"`
	UTMCampaign   *string         `json:"utm_campaign"`
	UTMContent    *string         `json:"utm_content"`
	UTMMedium     *string         `json:"utm_medium"`
	UTMSource     *string         `json:"utm_source"`
	UTMTerm       *string         `json:"utm_term"`
}

type agentBody struct {
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	ID        int64  `json:"id"`
	LastName  string `json:"last_name"`
}

type addressBody struct {
	Country     string `json:"country"`
	FirstName   string `json:"first_name"`
	ID          int64  `json:"id"`
	LastName    string `json:"last_name"`
	Line1       string `json:"line1"`
	Line2       string `json:"line2"`
	Line3       string `json:"line3"`
	Line4       string `json:"line4"`
	PhoneNumber string `json:"phone_number"`
	Postcode    string `json:"postcode"`
	State       string `json:"state"`
}

type shippingAddressBody struct {
	addressBody
	Notes string `json:"notes"`
}

type originBody struct {
	Country     string `json:"country"`
	Line1       string `json:"line1"`
	Line2       string `json:"line2"`
	Line3       string `json:"line3"`
	Line4       string `json:"line4"`
	PhoneNumber string `json:"phone_number"`
	Postcode    string `json:"postcode"`
	State       string `json:"state"`
}

type userBody struct {
	AcceptsMarketing bool    `json:"accepts_marketing"`
	Email            *string `json:"email"`
	FirstName        string  `json:"first_name"`
	ID               int64   `json:"id"`
	IP               *string `json:"ip"`
	Language         *string `json:"language"`
	LastName         string  `json:"last_name"`
	PhoneNumber      *string `json:"phone_number"`
	UserAgent        *string `json:"user_agent"`
}

type lineBody struct {
	CreatedAt             string          `json:"created_at"`
	Currency              string          `json:"currency"`
	CurrentQuantity       int64           `json:"current_quantity"`
	EditableQuantity      int64           `json:"editable_quantity"`
	FulfillableQuantity   int64           `json:"fulfillable_quantity"`
	ID                    int64           `json:"id"`
	IsGiftCard            bool            `json:"is_gift_card"`
	IsUpsell              bool            `json:"is_upsell"`
	Metadata              json.RawMessage `json:"metadata"`
	OriginalPriceExclTax  string          `json:"original_price_excl_tax"`
	OriginalPriceInclTax  string          `json:"original_price_incl_tax"`
	OriginalTotalDiscount string          `json:"original_total_discount"`
	PriceExclTax          string          `json:"price_excl_tax"`
	PriceInclTax          string          `json:"price_incl_tax"`
	ProductID             int64           `json:"product_id"`
	ProductImage          string          `json:"product_image"`
	ProductTitle          string          `json:"product_title"`
	ProductURL            string          `json:"product_url"`
	Quantity              int64           `json:"quantity"`
	ReportValues          lineReport      `json:"report_values"`
	RequiresShipping      bool            `json:"requires_shipping"`
	SKU                   string          `json:"sku"`
	TaxLines              []taxLineBody   `json:"tax_lines"`
	TotalCost             string          `json:"total_cost"`
	TotalDiscount         string          `json:"total_discount"`
	UnitCost              string          `json:"unit_cost"`
	UpdatedAt             string          `json:"updated_at"`
	VariantID             int64           `json:"variant_id"`
	VariantTitle          string          `json:"variant_title"`
}

type lineReport struct {
	Currency              string `json:"currency"`
	OriginalPriceExclTax  string `json:"original_price_excl_tax"`
	OriginalPriceInclTax  string `json:"original_price_incl_tax"`
	OriginalTotalDiscount string `json:"original_total_discount"`
	PriceExclTax          string `json:"price_excl_tax"`
	PriceInclTax          string `json:"price_incl_tax"`
	TotalCost             string `json:"total_cost"`
	TotalDiscount         string `json:"total_discount"`
	UnitCost              string `json:"unit_cost"`
}

type orderReport struct {
	Currency                string `json:"currency"`
	OriginalShippingExclTax string `json:"original_shipping_excl_tax"`
	OriginalShippingInclTax string `json:"original_shipping_incl_tax"`
	OriginalTotalDiscount   string `json:"original_total_discount"`
	OriginalTotalExclTax    string `json:"original_total_excl_tax"`
	OriginalTotalInclTax    string `json:"original_total_incl_tax"`
	ShippingExclTax         string `json:"shipping_excl_tax"`
	ShippingInclTax         string `json:"shipping_incl_tax"`
	TotalCost               string `json:"total_cost"`
	TotalDiscount           string `json:"total_discount"`
	TotalExclTax            string `json:"total_excl_tax"`
	TotalInclTax            string `json:"total_incl_tax"`
}

type moneyReport struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

type taxLineBody struct {
	Amount       string      `json:"amount"`
	Currency     string      `json:"currency"`
	Rate         float64     `json:"rate"`
	ReportValues moneyReport `json:"report_values"`
	Source       string      `json:"source"`
	TaxID        int64       `json:"tax_id"`
	TaxTitle     string      `json:"tax_title"`
}

type orderTaxLineBody struct {
	Amount       string      `json:"amount"`
	Currency     string      `json:"currency"`
	ID           int64       `json:"id"`
	Rate         float64     `json:"rate"`
	ReportValues moneyReport `json:"report_values"`
	Source       string      `json:"source"`
	TaxTitle     string      `json:"tax_title"`
}

type discountBody struct {
	Amount      string `json:"amount"`
	Description string `json:"description"`
	Name        string `json:"name"`
}

type voucherDiscountBody struct {
	discountBody
	Voucher voucherBody `json:"voucher"`
}

type voucherBody struct {
	Code          string `json:"code"`
	EndDatetime   string `json:"end_datetime"`
	Name          string `json:"name"`
	StartDatetime string `json:"start_datetime"`
}

type orderSubscriptionBody struct {
	BillingCycle int   `json:"billing_cycle"`
	ID           int64 `json:"id"`
}

type fulfillmentBody struct {
	CreatedAt        string                `json:"created_at"`
	DeliveryStatus   *string               `json:"delivery_status"`
	ID               int64                 `json:"id"`
	LastEventDate    string                `json:"last_event_date"`
	LineItems        []fulfillmentLineBody `json:"line_items"`
	LocationID       int64                 `json:"location_id"`
	OrderNumber      string                `json:"order_number"`
	OriginAddress    originBody            `json:"origin_address"`
	RequiresShipping bool                  `json:"requires_shipping"`
	ShippingMethod   string                `json:"shipping_method"`
	Status           string                `json:"status"`
	TrackingCarrier  string                `json:"tracking_carrier"`
	TrackingCarriers string                `json:"tracking_carriers"`
	TrackingCode     string                `json:"tracking_code"`
	TrackingCodes    string                `json:"tracking_codes"`
	TrackingLink     string                `json:"tracking_link"`
	TrackingLinks    string                `json:"tracking_links"`
}

type fulfillmentLineBody struct {
	Currency           string        `json:"currency"`
	FulfilledQuantity  string        `json:"fulfilled_quantity"`
	FulfillmentService string        `json:"fulfillment_service"`
	ID                 int64         `json:"id"`
	OrderLineID        int64         `json:"order_line_id"`
	PriceExclTax       string        `json:"price_excl_tax"`
	PriceInclTax       string        `json:"price_incl_tax"`
	ProductID          int64         `json:"product_id"`
	ProductImage       string        `json:"product_image"`
	ProductTitle       string        `json:"product_title"`
	Quantity           int64         `json:"quantity"`
	RequiresShipping   bool          `json:"requires_shipping"`
	ReturnableQuantity string        `json:"returnable_quantity"`
	ReturnedQuantity   string        `json:"returned_quantity"`
	SKU                string        `json:"sku"`
	TaxLines           []taxLineBody `json:"tax_lines"`
	TotalDiscount      string        `json:"total_discount"`
}

type refundBody struct {
	Adjustments        []adjustmentBody       `json:"adjustments"`
	CreatedAt          string                 `json:"created_at"`
	ID                 int64                  `json:"id"`
	Note               *string                `json:"note"`
	OrderNumber        string                 `json:"order_number"`
	RefundLineItems    []refundLineBody       `json:"refund_line_items"`
	ReportValues       refundReport           `json:"report_values"`
	TotalRefundAmount  string                 `json:"total_refund_amount"`
	TotalReturnExclTax string                 `json:"total_return_excl_tax"`
	TotalReturnInclTax string                 `json:"total_return_incl_tax"`
	Transactions       []orderTransactionBody `json:"transactions"`
	UserID             int64                  `json:"user_id"`
}

type adjustmentBody struct {
	AmountExclTax string       `json:"amount_excl_tax"`
	AmountInclTax string       `json:"amount_incl_tax"`
	ID            int64        `json:"id"`
	ReportValues  amountReport `json:"report_values"`
	Type          string       `json:"type"`
}

type refundLineBody struct {
	AmountExclTax string       `json:"amount_excl_tax"`
	AmountInclTax string       `json:"amount_incl_tax"`
	ID            int64        `json:"id"`
	LineItemID    int64        `json:"line_item_id"`
	LocationID    int64        `json:"location_id"`
	Quantity      int64        `json:"quantity"`
	ReportValues  amountReport `json:"report_values"`
	RestockType   string       `json:"restock_type"`
}

type amountReport struct {
	AmountExclTax string `json:"amount_excl_tax"`
	AmountInclTax string `json:"amount_incl_tax"`
	Currency      string `json:"currency"`
}

type refundReport struct {
	Currency           string `json:"currency"`
	TotalRefundAmount  string `json:"total_refund_amount"`
	TotalReturnExclTax string `json:"total_return_excl_tax"`
	TotalReturnInclTax string `json:"total_return_incl_tax"`
}

type orderTransactionBody struct {
	Amount               string                 `json:"amount"`
	AuthCode             *string                `json:"auth_code"`
	Currency             string                 `json:"currency"`
	DateCreated          string                 `json:"date_created"`
	ExternalID           *string                `json:"external_id"`
	ID                   int64                  `json:"id"`
	IsDisputed           bool                   `json:"is_disputed"`
	IsExternal           bool                   `json:"is_external"`
	IsInitialRetry       bool                   `json:"is_initial_retry"`
	IsTest               bool                   `json:"is_test"`
	NetworkTransactionID *string                `json:"network_transaction_id"`
	ParentID             *int64                 `json:"parent_id"`
	PaymentDetails       transactionDetailsBody `json:"payment_details"`
	PaymentMethod        *string                `json:"payment_method"`
	ReportValues         moneyReport            `json:"report_values"`
	ResponseCode         int                    `json:"response_code"`
	StatementDescriptor  *string                `json:"statement_descriptor"`
	Status               string                 `json:"status"`
	Type                 string                 `json:"type"`
}

type transactionDetailsBody struct {
	BankcardFirstSix *string     `json:"bankcard_first_six"`
	BankcardLastFour *string     `json:"bankcard_last_four"`
	CardToken        string      `json:"card_token"`
	Gateway          gatewayBody `json:"gateway"`
	Is3DS            bool        `json:"is_3ds"`
	Optimized3DS     bool        `json:"optimized_3ds"`
	PaypalVaultID    string      `json:"paypal_vault_id"`
	SCAFlow          string      `json:"sca_flow"`
}

type gatewayBody struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// transactionSummary is a transaction in a list.
type transactionSummary struct {
	Amount                   string                 `json:"amount"`
	AmountAvailableForRefund string                 `json:"amount_available_for_refund"`
	Attribution              attributionBody        `json:"attribution"`
	AuthCode                 *string                `json:"auth_code"`
	Currency                 string                 `json:"currency"`
	DateCreated              string                 `json:"date_created"`
	ExternalID               *string                `json:"external_id"`
	ID                       int64                  `json:"id"`
	Initiator                *agentBody             `json:"initiator"`
	IsDisputed               bool                   `json:"is_disputed"`
	IsExternal               bool                   `json:"is_external"`
	NetworkTransactionID     *string                `json:"network_transaction_id"`
	Order                    *string                `json:"order"`
	ParentID                 *int64                 `json:"parent_id"`
	PaymentDetails           transactionDetailsBody `json:"payment_details"`
	PaymentMethod            *string                `json:"payment_method"`
	ResponseCode             int                    `json:"response_code"`
	Status                   string                 `json:"status"`
	Subscription             *orderSubscriptionBody `json:"subscription"`
	Type                     string                 `json:"type"`
	User                     userBody               `json:"user"`
}

// transactionBody is a transaction by itself.
type transactionBody struct {
	transactionSummary
	IsTest              bool        `json:"is_test"`
	ReportValues        moneyReport `json:"report_values"`
	StatementDescriptor *string     `json:"statement_descriptor"`
}
