package commerceengine

import (
	"encoding/json"
	"slices"
	"time"

	"understudy/mock/internal/world"
)

// done is the envelope of an answer without content.
type done struct {
	Message string `json:"message"`
	Success bool   `json:"success"`
}

type cartContent struct {
	Cart cartBody `json:"cart"`
}

type orderContent struct {
	Order orderDetail `json:"order"`
}

type createdContent struct {
	Order    orderBody `json:"order"`
	Required bool      `json:"payment_required"`
	Info     any       `json:"payment_info"` // hyperInfo or expressInfo, or null
}

type pageContent struct {
	Orders     []listedOrder `json:"orders"`
	Pagination pagination    `json:"pagination"`
}

type pagination struct {
	Records  int64  `json:"total_records"`
	Pages    int64  `json:"total_pages"`
	Previous *int64 `json:"previous_page"`
	Next     *int64 `json:"next_page"`
	Limit    int64  `json:"limit"`
}

// currencyBody is the currency as every order and cart shows it.
type currencyBody struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Symbol string `json:"symbol"`
}

var rupee = currencyBody{"Indian Rupee", currency, "₹"}

// item is what a line of a cart and one of an order have in common.
type item struct {
	ProductID       string      `json:"product_id"`
	ProductName     string      `json:"product_name"`
	ProductType     string      `json:"product_type"`
	SKU             string      `json:"sku"`
	Slug            string      `json:"slug"`
	VariantID       *string     `json:"variant_id"`
	VariantName     *string     `json:"variant_name"`
	Backorder       bool        `json:"backorder"`
	OnPromotion     bool        `json:"on_promotion"`
	OnSubscription  bool        `json:"on_subscription"`
	Quantity        int64       `json:"quantity"`
	FreeQuantity    int         `json:"free_quantity"`
	IsFree          bool        `json:"is_free_item"`
	IncludingTax    bool        `json:"price_including_tax"`
	SellingPrice    json.Number `json:"selling_price"`
	ListingPrice    json.Number `json:"listing_price"`
	SellingPriceNet json.Number `json:"selling_price_excluding_tax"`
	Promotion       int         `json:"promotion_discount_amount"`
	Coupon          int         `json:"coupon_discount_amount"`
	TaxType         string      `json:"tax_type"`
	TaxRate         int         `json:"tax_rate"`
	TaxAmount       json.Number `json:"tax_amount"`
	HandlingNet     int         `json:"handling_charge_excluding_tax"`
	HandlingRate    int         `json:"handling_charge_tax_rate"`
	HandlingGross   int         `json:"handling_charge_including_tax"`
	Options         *struct{}   `json:"associated_options"`
	Attributes      []struct{}  `json:"attributes"`
	SellerID        *string     `json:"seller_id"`
	SellerDetail    *struct{}   `json:"seller_detail"`
}

type cartItem struct {
	item
	ImageURL    string     `json:"product_image_url"`
	InStock     bool       `json:"stock_available"`
	Least       int        `json:"min_order_quantity"`
	Most        *int       `json:"max_order_quantity"`
	Step        int        `json:"incremental_quantity"`
	Subscribing []struct{} `json:"subscriptions"`
}

type orderItem struct {
	item
	ImageURL  *string `json:"product_image_url"`
	Plan      *string `json:"subscription_plan"`
	Interval  *int    `json:"subscription_interval"`
	Frequency *string `json:"subscription_frequency"`
}

func (l Line) item() item {
	price := l.Product.Price.Number()
	return item{
		ProductID: l.Product.ID, ProductName: l.Product.Name, ProductType: "physical", SKU: l.Product.SKU, Slug: l.Product.Slug, VariantID: l.Variant,
		OnSubscription: l.PlanMonth, Quantity: l.Quantity, IsFree: l.Product.Price.IsZero(), IncludingTax: true,
		SellingPrice: price, ListingPrice: price, SellingPriceNet: l.Product.net().Number(),
		TaxType: "GST", TaxRate: taxPercent, TaxAmount: l.tax().Number(), Attributes: []struct{}{},
	}
}

func (l Line) ordered() orderItem {
	body := orderItem{item: l.item()}
	if l.PlanMonth {
		plan, interval, frequency := "monthly", 1, "MONTHLY"
		body.Plan, body.Interval, body.Frequency = &plan, &interval, &frequency
	}
	return body
}

// sums are the totals of a cart or an order. Shipping, handling, promotions and coupons are not simulated: they are nothing.
type sums struct {
	Subtotal          json.Number `json:"subtotal"`
	SubtotalGross     json.Number `json:"subtotal_including_tax"`
	TotalTax          json.Number `json:"total_tax"`
	GrandTotal        json.Number `json:"grand_total"`
	ToBePaid          json.Number `json:"to_be_paid"`
	PromotionApplied  bool        `json:"is_promotion_applied"`
	PromotionAmount   int         `json:"promotion_discount_amount"`
	PromotionPercent  int         `json:"promotion_discount_percent"`
	CouponApplied     bool        `json:"is_coupon_applied"`
	CouponCode        *string     `json:"coupon_code"`
	CouponAmount      int         `json:"coupon_discount_amount"`
	CouponPercent     int         `json:"coupon_discount_percent"`
	AppliedPromotions []struct{}  `json:"applied_promotions"`
	AppliedCoupons    []struct{}  `json:"applied_coupons"`
	PromotionSavings  int         `json:"promotion_savings"`
	CouponSavings     int         `json:"coupon_savings"`
	OtherSavings      int         `json:"other_savings"`
	TotalSavings      int         `json:"total_savings"`
	HandlingNet       int         `json:"handling_charge_excluding_tax"`
	HandlingTax       int         `json:"handling_charge_tax_amount"`
	HandlingGross     int         `json:"handling_charge_including_tax"`
	ShippingAmount    int         `json:"shipping_amount"`
	ShippingGross     int         `json:"shipping_amount_including_tax"`
	DeliveryDays      *int        `json:"estimated_delivery_days"`
	CreditUsed        int         `json:"credit_balance_used"`
	PointsRedeemed    int         `json:"loyalty_points_redeemed"`
	PointsEarned      int         `json:"loyalty_points_earned"`
	CustomerNote      *string     `json:"customer_note"`
}

func total(lines []Line) sums {
	gross := sum(lines, Line.gross).Number()
	return sums{
		Subtotal: sum(lines, Line.net).Number(), SubtotalGross: gross, TotalTax: sum(lines, Line.tax).Number(), GrandTotal: gross, ToBePaid: gross,
		AppliedPromotions: []struct{}{}, AppliedCoupons: []struct{}{},
	}
}

type cartBody struct {
	ID     string `json:"id"`
	Active bool   `json:"active"`
	sums
	ItemsTax              json.Number       `json:"items_tax_amount"`
	ShippingEstimate      *int              `json:"shipping_estimated_cost"`
	ShippingDiscount      *int              `json:"shipping_discount_amount"`
	ShippingTaxRate       *int              `json:"shipping_tax_rate"`
	ShippingTax           *int              `json:"shipping_tax_amount"`
	Count                 int               `json:"cart_items_count"`
	Items                 []cartItem        `json:"cart_items"`
	BillingAddress        *address          `json:"billing_address"`
	ShippingAddress       *address          `json:"shipping_address"`
	Currency              currencyBody      `json:"currency"`
	Metadata              map[string]string `json:"metadata"`
	ExpiresAt             string            `json:"expires_at"`
	Shipments             []struct{}        `json:"shipments"`
	FreeShippingThreshold *int              `json:"free_shipping_threshold"`
	Status                string            `json:"status"`
	StatusError           *string           `json:"status_error_message"`
}

// body is the cart as it is sent.
func (c *Cart) body(now time.Time) cartBody {
	body := cartBody{
		ID: c.ID, Active: c.Order == "" && now.Before(c.Expires), sums: total(c.Lines), ItemsTax: sum(c.Lines, Line.tax).Number(),
		Count: len(c.Lines), Items: []cartItem{}, BillingAddress: addressOf(c.User), ShippingAddress: addressOf(c.User), Currency: rupee,
		Metadata: c.Metadata, ExpiresAt: stamp(c.Expires), Shipments: []struct{}{}, Status: "ready-for-payment",
	}
	for _, l := range c.Lines {
		body.Items = append(body.Items, cartItem{item: l.item(), InStock: true, Least: 1, Step: 1})
	}
	if why := c.unready(now); why != "" {
		body.Status, body.StatusError = "not-ready-for-payment", &why
	}
	return body
}

type orderBody struct {
	Number        string  `json:"order_number"`
	Date          string  `json:"order_date"`
	Status        string  `json:"status"`
	PaymentStatus string  `json:"payment_status"`
	PaidAt        *string `json:"payment_success_date"`
	sums
	OnSubscription   bool              `json:"on_subscription"`
	ItemTax          json.Number       `json:"item_total_tax"`
	ShippingEstimate int               `json:"shipping_estimated_cost"`
	ShippingDiscount int               `json:"shipping_discount_amount"`
	ShippingTaxRate  int               `json:"shipping_tax_rate"`
	ShippingTax      int               `json:"shipping_tax_amount"`
	Count            int               `json:"order_items_count"`
	Items            []orderItem       `json:"order_items"`
	BillingAddress   *address          `json:"billing_address"`
	ShippingAddress  *address          `json:"shipping_address"`
	Currency         currencyBody      `json:"currency"`
	Metadata         map[string]string `json:"metadata"`
	Cancellable      bool              `json:"is_cancellation_allowed"`
	Cancellation     *refundOutlook    `json:"cancellation_refund_details,omitempty"`
	Feedback         *string           `json:"feedback"`
}

// refundOutlook is what would go back if the order were cancelled now.
type refundOutlook struct {
	Points     int         `json:"loyalty_point"`
	Refundable json.Number `json:"refundable_amount"`
	Charges    int         `json:"cancellation_charges"`
	Mode       string      `json:"payment_mode"`
}

type orderDetail struct {
	orderBody
	Payments  []historyRow `json:"payments"`
	Shipments []struct{}   `json:"shipments"`
}

// body is the order as it is sent.
func (o *Order) body(tx *world.Tx) orderBody {
	body := orderBody{
		Number: o.Number, Date: stamp(o.Placed), Status: o.status(), PaymentStatus: o.paymentStatus(o.latest(tx)), PaidAt: stampOrNull(o.Paid),
		sums: total(o.Lines), OnSubscription: o.mandate(), ItemTax: sum(o.Lines, Line.tax).Number(),
		Count: len(o.Lines), Items: o.items(), BillingAddress: addressOf(o.User), ShippingAddress: addressOf(o.User), Currency: rupee,
		Metadata: o.Metadata, Cancellable: o.State != cancelled,
	}
	body.ToBePaid = o.due().Number()
	switch {
	case o.Cancellation != nil:
		body.Feedback = o.Cancellation.Feedback
	default:
		body.Cancellation = &refundOutlook{Refundable: o.Ledger.Refundable().Number(), Mode: originalMode}
	}
	return body
}

func (o *Order) items() []orderItem {
	items := make([]orderItem, 0, len(o.Lines))
	for _, l := range o.Lines {
		items = append(items, l.ordered())
	}
	return items
}

// detail is the order with its history.
func (o *Order) detail(tx *world.Tx) orderDetail {
	return orderDetail{orderBody: o.body(tx), Payments: o.history(tx), Shipments: []struct{}{}}
}

// status is the published status: the vendor has none for an order that was not paid in time.
func (o *Order) status() string {
	if o.State == expired {
		return draft
	}
	return o.State
}

type listedOrder struct {
	Number         string       `json:"order_number"`
	Date           string       `json:"order_date"`
	Status         string       `json:"status"`
	PaymentStatus  string       `json:"payment_status"`
	PaidAt         *string      `json:"payment_success_date,omitempty"`
	HasRefund      bool         `json:"has_refund"`
	OnSubscription bool         `json:"on_subscription"`
	GrandTotal     json.Number  `json:"grand_total"`
	PointsRedeemed int          `json:"loyalty_point_redeemed"`
	PointsEarned   int          `json:"loyalty_point_earned"`
	CreditUsed     int          `json:"credit_balance_used"`
	ToBePaid       json.Number  `json:"to_be_paid"`
	Count          int          `json:"order_items_count"`
	Items          []orderItem  `json:"order_items"`
	CustomerNote   *string      `json:"customer_note"`
	Currency       currencyBody `json:"currency"`
	CreatedAt      string       `json:"created_at"`
	ModifiedAt     string       `json:"modified_at"`
}

// listed is the order as a list shows it.
func (o *Order) listed(tx *world.Tx) listedOrder {
	return listedOrder{
		Number: o.Number, Date: stamp(o.Placed), Status: o.status(), PaymentStatus: o.paymentStatus(o.latest(tx)), PaidAt: stampOrNull(o.Paid),
		HasRefund: len(o.Refunds) > 0, OnSubscription: o.mandate(), GrandTotal: o.Total.Number(), ToBePaid: o.due().Number(),
		Count: len(o.Lines), Items: o.items(), Currency: rupee, CreatedAt: stamp(o.Placed), ModifiedAt: stamp(o.Modified),
	}
}

type address struct {
	FirstName     string  `json:"first_name"`
	LastName      *string `json:"last_name"`
	CountryCode   string  `json:"country_code"`
	Phone         string  `json:"phone"`
	Email         string  `json:"email"`
	Line1         string  `json:"address_line1"`
	Line2         *string `json:"address_line2"`
	Landmark      *string `json:"landmark"`
	Pincode       string  `json:"pincode"`
	City          string  `json:"city"`
	State         string  `json:"state"`
	Country       string  `json:"country"`
	TaxID         *string `json:"tax_identification_number"`
	BusinessName  *string `json:"business_name"`
	PhoneVerified bool    `json:"is_phone_verified"`
	EmailVerified bool    `json:"is_email_verified"`
	Nickname      *string `json:"nickname"`
}

// addressOf is where a user lives: the cast's shopper has an address, guests have none.
func addressOf(user string) *address {
	if user != theShopper.ID {
		return nil
	}
	last := theShopper.LastName
	return &address{
		FirstName: theShopper.FirstName, LastName: &last, CountryCode: "+91", Phone: theShopper.Phone, Email: theShopper.Email,
		Line1: "1 Example Street", Pincode: "560001", City: "Bengaluru", State: "Karnataka", Country: "India", PhoneVerified: true, EmailVerified: true,
	}
}

// history is every payment and refund of the order, the latest first.
func (o *Order) history(tx *world.Tx) []historyRow {
	rows := make([]historyRow, 0, len(o.Attempts)+len(o.Refunds))
	for _, id := range slices.Backward(o.Refunds) {
		r, _ := refunds.Get(tx, id)
		rows = append(rows, r.row())
	}
	for _, id := range slices.Backward(o.Attempts) {
		a, _ := attempts.Get(tx, id)
		rows = append(rows, a.row())
	}
	return rows
}
