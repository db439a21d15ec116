package commerceengine

import (
	"encoding/json"
	"net/url"
	"strconv"

	"understudy/mock/internal/engine"
)

type retriedContent struct {
	Info any `json:"payment_info"` // hyperInfo or expressInfo
}

// hyperInfo is an attempt on the payment provider's own page. Provenance: documented.
type hyperInfo struct {
	ID           string     `json:"id"`
	Status       string     `json:"status"`
	OrderID      string     `json:"order_id"`
	PaymentLinks links      `json:"payment_links"`
	SDKPayload   sdkPayload `json:"sdk_payload"`
	OrderExpiry  string     `json:"order_expiry"`
}

type links struct {
	Web    string `json:"web"`
	Expiry string `json:"expiry"`
}

type sdkPayload struct {
	RequestID string  `json:"requestId"`
	Service   string  `json:"service"`
	Payload   payload `json:"payload"`
}

type payload struct {
	ClientID              string `json:"clientId"`
	MerchantID            string `json:"merchantId"`
	ClientAuthToken       string `json:"clientAuthToken"`
	ClientAuthTokenExpiry string `json:"clientAuthTokenExpiry"`
	Environment           string `json:"environment"`
	OrderID               string `json:"orderId"`
	Amount                string `json:"amount"`
	Action                string `json:"action"`
	CustomerID            string `json:"customerId"`
	FirstName             string `json:"firstName"`
	LastName              string `json:"lastName"`
	ReturnURL             string `json:"returnUrl"`
	CustomerPhone         string `json:"customerPhone"`
	CustomerEmail         string `json:"customerEmail"`
	Currency              string `json:"currency"`
	Description           string `json:"description"`
	*mandate
}

// mandate is what an order with a subscription adds. Three of its keys end in a space: they do so in the document, and in the published types.
type mandate struct {
	Create    string `json:"options.createMandate"`
	MaxAmount string `json:"mandate.maxAmount"`
	StartDate string `json:"mandate.start_date "`
	EndDate   string `json:"mandate.end_date "`
	Frequency string `json:"mandate.frequency"`
	RuleValue string `json:"mandate.rule_value "`
}

// expressInfo is an attempt with a method that the shop chose. Provenance: published (SDK 0.15.0).
type expressInfo struct {
	TxnID   string         `json:"txn_id"`
	TxnUUID string         `json:"txn_uuid"`
	Status  string         `json:"status"`
	OrderID string         `json:"order_id"`
	Juspay  juspaySession  `json:"juspay"`
	Offers  offers         `json:"offer_details"`
	Payment expressPayment `json:"payment"`
}

type juspaySession struct {
	Token  string `json:"client_auth_token"`
	Expiry string `json:"client_auth_token_expiry"`
}

type offers struct {
	Offers []struct{} `json:"offers"`
}

type expressPayment struct {
	SDKParams      *upiParams      `json:"sdk_params,omitempty"`
	Authentication *authentication `json:"authentication,omitempty"`
}

type authentication struct {
	Method string `json:"method"`
	URL    string `json:"url"`
}

type upiParams struct {
	Reference    string `json:"tr"`
	MerchantVPA  string `json:"merchant_vpa"`
	MerchantName string `json:"merchant_name"`
	Intent       string `json:"pg_intent_url"`
	Amount       string `json:"amount"`
	TerminalID   string `json:"tid"`
	FirstName    string `json:"customer_first_name"`
	LastName     string `json:"customer_last_name"`
}

// info is what the client needs to let the customer pay.
func (a *Attempt) info(c *engine.Call, o *Order) any {
	if a.Method.Variant == hyperCheckout {
		return a.hyper(c, o)
	}
	return a.express(c, o)
}

func (a *Attempt) hyper(c *engine.Call, o *Order) hyperInfo {
	customer := customerOf(o.User)
	body := hyperInfo{
		ID: a.ID, Status: a.State, OrderID: a.Reference, OrderExpiry: stamp(o.Expires),
		PaymentLinks: links{Web: c.Link(a.page(store(c))), Expiry: stamp(a.Expires)},
		SDKPayload: sdkPayload{RequestID: a.Request, Service: "in.juspay.hyperpay", Payload: payload{
			ClientID: store(c), MerchantID: store(c), ClientAuthToken: a.Token, ClientAuthTokenExpiry: stamp(a.Requested.Add(tokenLife)),
			Environment: "sandbox", OrderID: a.Reference, Amount: a.Amount.Text(), Action: "paymentPage", CustomerID: customer.ID,
			FirstName: customer.FirstName, LastName: customer.LastName, ReturnURL: a.Method.ReturnURL, CustomerPhone: customer.Phone,
			CustomerEmail: customer.Email, Currency: currency, Description: "Order " + o.Number,
		}},
	}
	if o.mandate() {
		body.SDKPayload.Payload.mandate = a.mandate(o)
	}
	return body
}

// mandate is the consent that a subscription's customer gives: up to the order's total, every month, for a year (assumed). Its dates are seconds
// of the epoch in text (published: Juspay, mandate parameters).
func (a *Attempt) mandate(o *Order) *mandate {
	return &mandate{
		Create: "REQUIRED", MaxAmount: o.Total.Text(), Frequency: "MONTHLY", RuleValue: "1-31",
		StartDate: strconv.FormatInt(a.Requested.Unix(), 10), EndDate: strconv.FormatInt(a.Requested.AddDate(1, 0, 0).Unix(), 10),
	}
}

func (a *Attempt) express(c *engine.Call, o *Order) expressInfo {
	body := expressInfo{
		TxnID: store(c) + "-" + a.Reference + "-1", TxnUUID: a.Txn, Status: a.State, OrderID: a.Reference,
		Juspay: juspaySession{a.Token, stamp(a.Requested.Add(tokenLife))}, Offers: offers{[]struct{}{}},
	}
	switch a.Method.Variant {
	case newCard, savedCard, netBanking:
		body.Payment.Authentication = &authentication{"GET", c.Link(a.page(store(c)))}
	case upiIntent:
		body.Payment.SDKParams = a.upi(o)
	}
	return body
}

func (a *Attempt) upi(o *Order) *upiParams {
	customer := customerOf(o.User)
	p := &upiParams{
		Reference: a.Txn, MerchantVPA: "store@upi", MerchantName: "Store", Amount: a.Amount.Text(), TerminalID: a.Request,
		FirstName: customer.FirstName, LastName: customer.LastName,
	}
	query := url.Values{"pa": {p.MerchantVPA}, "pn": {p.MerchantName}, "tr": {p.Reference}, "tid": {p.TerminalID}, "am": {p.Amount}, "cu": {currency}}
	p.Intent = "upi://pay?" + query.Encode()
	return p
}

// page is the path of the page where the attempt is paid.
func (a *Attempt) page(store string) string {
	return "/payment-page/" + url.PathEscape(store) + "/order/" + a.ID
}

type statusContent struct {
	Status string      `json:"status"`
	Paid   json.Number `json:"amount_paid"`
	Unpaid json.Number `json:"amount_unpaid"`
	Retry  bool        `json:"is_retry_available"`
}

type historyContent struct {
	Payments []historyRow `json:"payments"`
}

// historyRow is a payment or refund in the order's history, with what its method adds.
type historyRow struct {
	Type       string      `json:"transaction_type"`
	Request    string      `json:"request_number"`
	Amount     json.Number `json:"amount"`
	Status     string      `json:"payment_status"`
	Date       string      `json:"payment_date"`
	Reference  *string     `json:"payment_reference_number"`
	Method     *string     `json:"payment_method"`
	IconURL    *string     `json:"icon_url"`
	CardNumber string      `json:"card_number,omitempty"`
	CardType   string      `json:"card_type,omitempty"`
	BankName   string      `json:"bank_name,omitempty"`
	UPI        string      `json:"upi_id,omitempty"`
}

// methodNames are how the history names a method. Assumed; on the payment page the customer's choice is not known.
var methodNames = map[string]string{newCard: "card", savedCard: "card", netBanking: "netbanking", upiCollect: "upi", upiIntent: "upi"}

func (a *Attempt) row() historyRow {
	row := historyRow{
		Type: "payment", Request: a.Reference, Amount: a.Amount.Number(), Status: a.outcome(), Date: stamp(a.Requested),
		CardType: a.Method.CardType, BankName: a.Method.Bank, UPI: a.Method.VPA,
	}
	if !a.Settled.IsZero() {
		row.Date = stamp(a.Settled)
	}
	if a.Receipt != "" {
		row.Reference = &a.Receipt
	}
	if name := methodNames[a.Method.Variant]; name != "" {
		row.Method = &name
	}
	if a.Method.LastFour != "" {
		row.CardNumber = "************" + a.Method.LastFour
	}
	return row
}

func (r *Refund) row() historyRow {
	row := historyRow{Type: "refund", Request: r.ID, Amount: r.Amount.Number(), Status: "refund_initiated", Date: stamp(r.Changed), Method: &r.Mode}
	if r.State == refundPaid {
		row.Status = "success"
	}
	return row
}

// outcome is the attempt's state in the vendor's four words. The mapping is assumed.
func (a *Attempt) outcome() string {
	switch {
	case a.waits():
		return "pending"
	case a.State == charged:
		return "success"
	case a.State == partialCharged:
		return "partially_paid"
	}
	return "failed"
}

// settled is the order's payment status as far as money decides it; "" if none came.
func (o *Order) settled() string {
	switch {
	case o.State == confirmed, o.Ledger.Captured.Sign() > 0 && o.Ledger.Captured.Minor >= o.Total.Minor:
		return "success"
	case o.Ledger.Captured.Sign() > 0:
		return "partially_paid"
	}
	return ""
}

// paymentStatus is the order's payment status: what the money says, else what became of the latest attempt.
func (o *Order) paymentStatus(last *Attempt) string {
	switch settled := o.settled(); {
	case settled != "":
		return settled
	case last != nil:
		return last.outcome()
	case o.State == expired:
		return "failed"
	}
	return "pending"
}
