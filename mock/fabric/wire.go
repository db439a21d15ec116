package fabric

import (
	"encoding/json"
	"time"

	"understudy/mock/internal/engine"
)

// The two shapes of dates on the page: with milliseconds, and in whole seconds.
const (
	millisecondDate = "2006-01-02T15:04:05.000Z"
	secondDate      = "2006-01-02T15:04:05Z"
)

func millis(t time.Time) string  { return t.UTC().Format(millisecondDate) }
func seconds(t time.Time) string { return t.UTC().Format(secondDate) }

// OrderBody is an order as it is answered, in the page's order of members.
type OrderBody struct {
	Version           int             `json:"version"`
	OrderID           string          `json:"orderId"`
	OrderNumber       string          `json:"orderNumber"`
	OrderDate         string          `json:"orderDate"`
	CancellationDate  string          `json:"cancellationDate,omitempty"`
	AllocationDate    string          `json:"allocationDate,omitempty"`
	ChannelID         string          `json:"channelId"`
	CartID            string          `json:"cartId,omitempty"`
	Type              string          `json:"type,omitempty"`
	SubType           string          `json:"subType,omitempty"`
	ProcessName       string          `json:"processName"`
	EmployeeID        string          `json:"employeeId,omitempty"`
	Retail            json.RawMessage `json:"retail,omitempty"`
	OrderSubTotal     json.Number     `json:"orderSubTotal"`
	OriginalSubTotal  json.Number     `json:"originalSubTotal"`
	OrderDiscount     json.Number     `json:"orderDiscount"`
	OriginalDiscounts json.Number     `json:"originalDiscounts"`
	FeeTotal          json.Number     `json:"feeTotal"`
	OriginalFeeTotal  json.Number     `json:"originalFeeTotal"`
	TaxTotal          json.Number     `json:"taxTotal"`
	AppeasementTotal  json.Number     `json:"appeasementTotal"`
	OriginalTaxTotal  json.Number     `json:"originalTaxTotal"`
	ReturnTotal       json.Number     `json:"returnTotal"`
	CancelTotal       json.Number     `json:"cancelTotal"`
	InvoiceTotal      *json.Number    `json:"invoiceTotal"`
	OrderTotal        json.Number     `json:"orderTotal"`
	OriginalTotal     json.Number     `json:"originalOrderTotal"`
	Currency          string          `json:"currency"`
	StatusCode        string          `json:"statusCode"`
	StatusDescription string          `json:"statusDescription"`
	Attributes        json.RawMessage `json:"attributes"`
	Fees              []Fee           `json:"fees"`
	Appeasements      []Appeasement   `json:"appeasements"`
	Discounts         []Discount      `json:"discounts"`
	Customer          json.RawMessage `json:"customer"`
	Payments          []PaymentBody   `json:"payments"`
	Items             []ItemBody      `json:"items"`
	ShipInfo          []ShipInfo      `json:"shipInfo"`
	AuditLogs         []AuditLog      `json:"auditLogs"`
	Notes             []Note          `json:"notes"`
	ReleaseTimestamp  string          `json:"orderReleaseTimestamp"`
	CreatedAt         string          `json:"createdAt"`
	UpdatedAt         string          `json:"updatedAt"`
}

// Fee is a fee of an order or item; Invoiced is how much of it is invoiced.
type Fee struct {
	Type     string      `json:"type,omitempty"`
	Value    json.Number `json:"value,omitempty"`
	Invoiced json.Number `json:"invoiceValue,omitempty"`
}

// Tax is one tax of an item.
type Tax struct {
	Type  string      `json:"type,omitempty"`
	Value json.Number `json:"value,omitempty"`
}

// Discount is a discount of an order or item. Amount is what comes off the total; Value is what the promotion says.
type Discount struct {
	Quantity   int         `json:"quantity,omitempty"`
	Amount     json.Number `json:"amount,omitempty"`
	Unit       string      `json:"unit,omitempty"`
	Value      json.Number `json:"value,omitempty"`
	PromoID    string      `json:"promoId,omitempty"`
	PromoCode  string      `json:"promoCode,omitempty"`
	PromoTitle string      `json:"promoTitle,omitempty"`
	Type       string      `json:"type,omitempty"`
}

// Appeasement is goodwill credit, and the payments it was refunded on.
type Appeasement struct {
	Counter       int                 `json:"appeasementCounter"`
	ReasonCode    string              `json:"reasonCode,omitempty"`
	SubReasonCode string              `json:"subReasonCode,omitempty"`
	Value         json.Number         `json:"value"`
	Notes         string              `json:"notes,omitempty"`
	Payments      []AppeasementRefund `json:"payments"`
}

// AppeasementRefund is the part of an appeasement that one payment gave back.
type AppeasementRefund struct {
	PaymentCounter int         `json:"paymentCounter"`
	RefundAmount   json.Number `json:"refundAmount"`
}

// Reference is what identifies a payment.
type Reference struct {
	CardIdentifier         string `json:"cardIdentifier,omitempty"`
	ExpirationYear         string `json:"expirationYear,omitempty"`
	ExpirationMonth        string `json:"expirationMonth,omitempty"`
	PaymentID              string `json:"paymentId,omitempty"`
	FabricPaymentReference string `json:"fabricPaymentReference,omitempty"`
}

// PaymentToken is the platform's token and the kind of payment it stands for.
type PaymentToken struct {
	Token       string `json:"token,omitempty"`
	PaymentType string `json:"paymentType,omitempty"`
}

// PaymentBody is a payment as it is answered.
type PaymentBody struct {
	Counter        int          `json:"paymentCounter"`
	Date           string       `json:"paymentDate"`
	BillTo         string       `json:"billToId,omitempty"`
	Identifier     Reference    `json:"paymentIdentifier"`
	Provider       string       `json:"paymentProvider,omitempty"`
	Token          PaymentToken `json:"paymentToken"`
	Method         string       `json:"paymentMethod,omitempty"`
	AuthAmount     json.Number  `json:"authAmount"`
	ChargedAmount  json.Number  `json:"chargedAmount"`
	RefundAmount   json.Number  `json:"refundAmount"`
	Currency       string       `json:"currency"`
	Conversion     int          `json:"conversion"` // always 1: payments are in the order's currency
	Status         string       `json:"paymentStatus"`
	AuthExpiration string       `json:"authExpirationDate"`
	Balances       BalancesBody `json:"balances"`
	Logs           []PaymentLog `json:"paymentLogs"`
}

// BalancesBody is what a payment's platform reports; in requests, what is absent is not reported.
type BalancesBody struct {
	Authorized json.Number `json:"authorized,omitempty"`
	Capturable json.Number `json:"capturable,omitempty"`
	Captured   json.Number `json:"captured,omitempty"`
	Refundable json.Number `json:"refundable,omitempty"`
	Refunded   json.Number `json:"refunded,omitempty"`
}

// PaymentLog is one event of a payment. Amount is the change: below zero for a refund.
type PaymentLog struct {
	ID         int             `json:"id"`
	PaymentID  string          `json:"paymentId"`
	LogID      string          `json:"paymentLogId"`
	RefID      string          `json:"paymentLogRefId,omitempty"`
	Type       string          `json:"type"`
	Status     string          `json:"status"`
	Amount     json.Number     `json:"amount"`
	Data       PaymentLogData  `json:"data"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

// PaymentLogData is what the platform answered.
type PaymentLogData struct {
	StatusCode string         `json:"paymentStatusCode"`
	Body       PaymentLogBody `json:"body"`
}

// PaymentLogBody is the platform's answer itself.
type PaymentLogBody struct {
	Status        string   `json:"status"`
	ResponseCode  string   `json:"responseCode"`
	TransactionID string   `json:"transactionId,omitempty"`
	Timestamp     string   `json:"transactionTimestamp"`
	Errors        []string `json:"errors"`
}

// ItemBody is an item as it is answered.
type ItemBody struct {
	ItemID         string           `json:"itemId,omitempty"`
	LineItemID     string           `json:"lineItemId"`
	LineItemNumber int              `json:"lineItemNumber"`
	SKU            string           `json:"sku"`
	Title          string           `json:"title,omitempty"`
	Type           string           `json:"type,omitempty"`
	ShipToID       string           `json:"shipToId,omitempty"`
	ChannelID      string           `json:"channelId"`
	Ordered        int              `json:"orderedQuantity"`
	Cancelled      int              `json:"cancelledQuantity"`
	Shipped        int              `json:"shippedQuantity"`
	Delivered      int              `json:"deliveredQuantity"`
	Returned       int              `json:"returnedQuantity"`
	Unit           string           `json:"uom"`
	UnitPrice      json.Number      `json:"itemUnitPrice"`
	SubTotal       json.Number      `json:"itemSubTotal"`
	FeeTotal       json.Number      `json:"itemFeeTotal"`
	DiscountsTotal json.Number      `json:"itemDiscountsTotal"`
	TaxTotal       json.Number      `json:"itemTaxTotal"`
	Total          json.Number      `json:"itemTotal"`
	Currency       string           `json:"currency"`
	Fees           []Fee            `json:"fees,omitempty"`
	TaxCode        string           `json:"taxCode,omitempty"`
	TaxDetail      []Tax            `json:"taxDetail,omitempty"`
	Discounts      []Discount       `json:"discounts,omitempty"`
	LineStatus     string           `json:"lineOrderStatus"`
	InStatus       QuantityInStatus `json:"quantityInStatus"`
}

// QuantityInStatus counts an item's units by where they are.
type QuantityInStatus struct {
	Created        int `json:"created"`
	Hold           int `json:"hold"`
	PendingShipped int `json:"pendingShipped"`
	Shipped        int `json:"shipped"`
	Delivered      int `json:"delivered"`
	Cancelled      int `json:"cancelled"`
	Returned       int `json:"returned"`
}

// ShipInfo is where a part of the order goes.
type ShipInfo struct {
	ID           string          `json:"shipToId"`
	Type         string          `json:"shipToType,omitempty"`
	Address      json.RawMessage `json:"shipToAddress,omitempty"`
	Method       string          `json:"shipMethod,omitempty"`
	Price        json.Number     `json:"shipToPrice,omitempty"`
	Discount     json.Number     `json:"shipToDiscount,omitempty"`
	TaxTotal     json.Number     `json:"shipToTaxTotal,omitempty"`
	ShipDate     string          `json:"estimatedShipDate,omitempty"`
	DeliveryDate string          `json:"estimatedDeliveryDate,omitempty"`
	IsInvoiced   bool            `json:"isInvoiced"`
	Instructions string          `json:"shipmentInstructions,omitempty"`
	TaxCode      string          `json:"taxCode,omitempty"`
}

// AuditLog is one change of the order.
type AuditLog struct {
	ID        string         `json:"auditId"`
	Type      string         `json:"auditType"`
	At        string         `json:"auditedAt"`
	IsSuccess bool           `json:"isSuccess"`
	Source    string         `json:"source"`
	SKU       string         `json:"sku,omitempty"`
	LineItem  string         `json:"lineItemId,omitempty"`
	Quantity  int            `json:"quantity,omitempty"`
	Amount    json.Number    `json:"amount,omitempty"`
	Note      string         `json:"note,omitempty"`
	Fields    []UpdatedField `json:"updatedFields,omitempty"`
}

// UpdatedField is a field that was changed, and what stood there before.
type UpdatedField struct {
	Name     string `json:"fieldName"`
	Original string `json:"fieldOriginalValue"`
}

// Note is a remark on an order.
type Note struct {
	CreatedAt string `json:"createdAt"`
	Text      string `json:"notes"`
	User      string `json:"user"`
}

// answer is the one way from a record to what is sent.
func (o *Order) answer() (engine.Reply, error) {
	totals, err := o.totals()
	if err != nil {
		return engine.Reply{}, err
	}
	b := OrderBody{
		Version: o.Version, OrderID: o.ID, OrderNumber: o.Number, OrderDate: millis(o.Ordered),
		ChannelID: o.Channel, CartID: o.Cart, Type: o.Type, SubType: o.SubType, ProcessName: o.Process, EmployeeID: o.Employee, Retail: o.Retail,
		OrderSubTotal: totals.Sub.Number(), OriginalSubTotal: o.Placed.Sub.Number(),
		OrderDiscount: totals.Discount.Number(), OriginalDiscounts: o.Placed.Discount.Number(),
		FeeTotal: totals.Fee.Number(), OriginalFeeTotal: o.Placed.Fee.Number(),
		TaxTotal: totals.Tax.Number(), OriginalTaxTotal: o.Placed.Tax.Number(),
		OrderTotal: totals.Total.Number(), OriginalTotal: o.Placed.Total.Number(),
		AppeasementTotal: o.Appeased.Number(), ReturnTotal: totals.Returned.Number(), CancelTotal: totals.Cancelled.Number(),
		Currency: o.Currency, StatusCode: o.State, StatusDescription: inWords(o.State),
		Attributes: o.Attributes, Fees: o.Fees, Appeasements: o.Appeasements, Discounts: o.Discounts, Customer: o.Customer,
		Payments: make([]PaymentBody, len(o.Payments)), Items: make([]ItemBody, len(o.Lines)), ShipInfo: o.ShipTo, AuditLogs: o.Audit, Notes: o.Notes,
		ReleaseTimestamp: seconds(o.Release), CreatedAt: seconds(o.Created), UpdatedAt: seconds(o.Updated),
	}
	if !o.Cancelled.IsZero() {
		b.CancellationDate = millis(o.Cancelled)
	}
	if !o.Allocated.IsZero() {
		b.AllocationDate = millis(o.Allocated)
	}
	if !o.ThirdParty {
		invoiced := o.Invoiced.Number()
		b.InvoiceTotal = &invoiced
	}
	for i := range o.Payments {
		b.Payments[i] = o.Payments[i].body()
	}
	for i := range o.Lines {
		b.Items[i] = o.Lines[i].body(o, totals.Lines[i])
	}
	return engine.OK(b), nil
}

func (p *Payment) body() PaymentBody {
	return PaymentBody{
		Counter: p.Counter, Date: millis(p.Date), BillTo: p.BillTo, Identifier: p.Reference, Provider: p.Provider, Token: p.Token, Method: p.Method,
		AuthAmount: p.Balances.Authorized.Number(), ChargedAmount: p.Balances.Captured.Number(), RefundAmount: p.Balances.Refunded.Number(),
		Currency: p.Balances.Authorized.Currency, Conversion: 1, Status: p.Status, AuthExpiration: millis(p.Expires),
		Balances: BalancesBody{
			Authorized: p.Balances.Authorized.Number(), Capturable: p.Balances.Capturable.Number(), Captured: p.Balances.Captured.Number(),
			Refundable: p.Balances.Refundable.Number(), Refunded: p.Balances.Refunded.Number(),
		},
		Logs: p.Logs,
	}
}

func (l *Line) body(o *Order, t LineTotals) ItemBody {
	b := ItemBody{
		ItemID: l.Item, LineItemID: l.ID, LineItemNumber: l.Number, SKU: l.SKU, Title: l.Title, Type: l.Type, ShipToID: l.ShipTo, ChannelID: l.Channel,
		Ordered: l.Ordered, Cancelled: l.Cancelled, Shipped: l.Shipped, Delivered: l.Delivered, Returned: l.Returned, Unit: l.Unit,
		UnitPrice: l.Price.Number(), SubTotal: t.Sub.Number(), FeeTotal: t.Fee.Number(), DiscountsTotal: t.Discount.Number(),
		TaxTotal: t.Tax.Number(), Total: t.Total.Number(), Currency: o.Currency,
		Fees: l.Fees, TaxCode: l.TaxCode, TaxDetail: l.Taxes, Discounts: l.Discounts, LineStatus: l.status(),
		InStatus: QuantityInStatus{Shipped: l.Shipped - l.Delivered, Delivered: l.Delivered - l.Returned, Cancelled: l.Cancelled, Returned: l.Returned},
	}
	waiting := l.Ordered - l.Cancelled - l.Shipped
	switch o.State {
	case orderCreated, orderConfirmed:
		b.InStatus.Created = waiting
	case orderHeld:
		b.InStatus.Hold = waiting
	default:
		b.InStatus.PendingShipped = waiting
	}
	return b
}

// status is the lineOrderStatus: what became of all the units that were not cancelled.
func (l *Line) status() string {
	live := l.Ordered - l.Cancelled
	switch {
	case live == 0:
		return "CANCELLED"
	case l.Returned == live:
		return "RETURNED"
	case l.Shipped == live:
		return "SHIPPED"
	}
	return "VALID"
}
