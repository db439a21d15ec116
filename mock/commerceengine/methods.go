package commerceengine

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"understudy/fixtures/luhn"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
)

// The variants of a payment method that are simulated.
const (
	hyperCheckout = "hyper-checkout"
	newCard       = "new card"
	savedCard     = "saved card"
	netBanking    = "net banking"
	upiCollect    = "UPI collect"
	upiIntent     = "UPI intent"
)

// bankTransfer names both a payment method and a way of refunding.
const bankTransfer = "bank-transfer"

// The one payment provider here, and its gateways. A store has others; their ids are taken too.
const (
	providerSlug   = "juspay"
	sandboxGateway = "SANDBOX" // the customer decides
	dummyGateway   = "DUMMY"   // the amount decides
)

// methodPayload is the union of the eight published variants, as far as they are read. Of the card's members only those that say which card it is are kept.
type methodPayload struct {
	Provider    string  `json:"payment_provider_slug"`
	Integration string  `json:"integration_type"`
	Gateway     string  `json:"gateway_reference_id"`
	ReturnURL   string  `json:"return_url"`
	Type        string  `json:"payment_method_type"`
	Method      string  `json:"payment_method"`
	CardNumber  *string `json:"card_number"`
	CardMonth   string  `json:"card_exp_month"`
	CardYear    string  `json:"card_exp_year"`
	CardCode    string  `json:"card_security_code"`
	VPA         string  `json:"upi_vpa"`
}

// method says how the attempt is to be paid, or why it cannot be.
func (p *methodPayload) method(now time.Time) (Method, error) {
	m := Method{Provider: p.Provider, Gateway: p.Gateway, ReturnURL: p.ReturnURL}
	if p.Type == bankTransfer || p.Type == "NACH" {
		return m, engine.RefuseField("/payment_method/payment_method_type", fmt.Sprintf("is %q, which is not simulated", p.Type),
			"integration_type hyper-checkout or express-checkout").Coded("invalid_payment_method")
	}
	if p.Provider != providerSlug {
		return m, engine.RefuseField("/payment_method/payment_provider_slug", fmt.Sprintf("names no payment provider of this store: %q", p.Provider), `"`+providerSlug+`"`).Coded("invalid_payment_method")
	}
	if !page.Leads(p.ReturnURL) {
		return m, engine.RefuseField("/payment_method/return_url", fmt.Sprintf("is %q, to which no customer is sent", p.ReturnURL),
			"an http or https URL of the shop").Coded("invalid_payment_method")
	}
	if p.Integration == hyperCheckout {
		m.Variant = hyperCheckout
		return m, nil
	}
	switch p.Type {
	case "CARD":
		return p.card(m, now)
	case "NB":
		m.Variant, m.Bank = netBanking, p.Method
	case "UPI":
		m.Variant = upiIntent
		if p.Method == "UPI_COLLECT" {
			m.Variant, m.VPA = upiCollect, p.VPA
			if !addressOfUPI.MatchString(p.VPA) {
				return m, engine.RefuseField("/payment_method/upi_vpa", "is no UPI address", "name@bank, such as success@upi").Coded("invalid_payment_method")
			}
		}
	}
	return m, nil
}

var addressOfUPI = regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}@[A-Za-z][A-Za-z0-9.-]{0,63}$`)

// brands are the published spellings of a saved card's brand, as the history spells them.
var brands = map[string]string{"VISA": "Visa", "MASTER": "Master Card", "RUPAY": "Rupay", "AMEX": "American Express"}

// card looks at a card and forgets it but for its brand and last digits. No message repeats what was sent.
func (p *methodPayload) card(m Method, now time.Time) (Method, error) {
	if p.CardNumber == nil {
		m.Variant, m.CardType = savedCard, brands[p.Method]
		return m, p.checkCode()
	}
	m.Variant = newCard
	number := strings.NewReplacer(" ", "", "-", "").Replace(*p.CardNumber)
	if !cardNumber.MatchString(number) || !luhn.Valid(number) {
		return m, refuseCard("card_number", "is no card number", "12 to 19 digits whose check digit holds")
	}
	m.CardType, m.LastFour = brandOf(number), number[len(number)-4:]
	month, err := strconv.Atoi(p.CardMonth)
	if err != nil || month < 1 || month > 12 {
		return m, refuseCard("card_exp_month", "is no month", "01 to 12")
	}
	year, err := strconv.Atoi(p.CardYear)
	if err != nil || (len(p.CardYear) != 2 && len(p.CardYear) != 4) || year < 0 {
		return m, refuseCard("card_exp_year", "is no year", "two or four digits, such as 30 or 2030")
	}
	if year < 100 {
		year += 2000
	}
	if end := time.Date(year, time.Month(month)+1, 1, 0, 0, 0, 0, time.UTC); !now.Before(end) {
		return m, refuseCard("card_exp_year", "is past: the card has expired", "a month that is not over")
	}
	return m, p.checkCode()
}

func (p *methodPayload) checkCode() error {
	if !securityCode.MatchString(p.CardCode) {
		return refuseCard("card_security_code", "is no security code", "three or four digits")
	}
	return nil
}

func refuseCard(member, message, want string) error {
	return engine.RefuseField("/payment_method/"+member, message, want).Coded("invalid_payment_method")
}

var (
	cardNumber   = regexp.MustCompile(`^[0-9]{12,19}$`)
	securityCode = regexp.MustCompile(`^[0-9]{3,4}$`)
)

// brandOf tells the brand from the first digits; "" for one that the history has no name for.
func brandOf(number string) string {
	switch {
	case number[0] == '4':
		return "Visa"
	case strings.HasPrefix(number, "34"), strings.HasPrefix(number, "37"):
		return "American Express"
	case strings.HasPrefix(number, "60"), strings.HasPrefix(number, "65"), strings.HasPrefix(number, "81"), strings.HasPrefix(number, "82"), strings.HasPrefix(number, "508"):
		return "Rupay"
	case number[0] == '2', number[0] == '5':
		return "Master Card"
	}
	return ""
}

// again is the method of an attempt, for a retry that names none.
func (m Method) again() (Method, error) {
	if m.Variant == newCard || m.Variant == savedCard {
		return m, engine.RefuseField("/payment_method", "is missing, and the last one was a card, of which nothing is kept that could be used again", "a payment method").Coded("invalid_payment_method")
	}
	return m, nil
}

// listPaymentMethods lists how this store's customers can pay.
func listPaymentMethods(c *engine.Call) (engine.Reply, error) {
	query := c.Query()
	content := methodsContent{Methods: []paymentMethod{}}
	for _, m := range storeMethods {
		switch {
		case query.Get("emandate_payment_methods") == "true" && !m.mandate:
		case query.Has("payment_method_type") && query.Get("payment_method_type") != m.Type:
		case query.Has("payment_provider_slug") && query.Get("payment_provider_slug") != m.Provider:
		default:
			content.Methods = append(content.Methods, m)
		}
	}
	return ok("payment methods", content)
}

type methodsContent struct {
	Methods []paymentMethod `json:"payment_methods"`
}

type paymentMethod struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Instructions *string        `json:"payment_instructions"`
	Type         string         `json:"type"`
	Provider     string         `json:"payment_provider_slug"`
	Details      []methodDetail `json:"details"`
	mandate      bool           // a mandate can be set up on it (assumed)
}

type methodDetail struct {
	Description string       `json:"description"`
	BankCode    string       `json:"juspay_bank_code,omitempty"`
	BankCodeID  int          `json:"juspay_bank_code_id,omitempty"`
	Method      string       `json:"payment_method"`
	Type        string       `json:"payment_method_type"`
	Response    string       `json:"pm_response_description"`
	Gateways    []string     `json:"supported_reference_ids"`
	Validations *validations `json:"validations,omitempty"`
}

type validations struct {
	RefundSupport bool `json:"refund_support"`
}

var gateways = []string{sandboxGateway, dummyGateway}

// storeMethods are the same in every store. Shapes published: SDK 0.15.0; which there are is assumed.
var storeMethods = []paymentMethod{
	{ID: "pm_card", Name: "Card", Type: "card", Provider: providerSlug, mandate: true, Details: []methodDetail{
		{Description: "Visa", Method: "VISA", Type: "CARD", Response: "Visa", Gateways: gateways, Validations: &validations{true}},
		{Description: "Mastercard", Method: "MASTER", Type: "CARD", Response: "Mastercard", Gateways: gateways, Validations: &validations{true}},
		{Description: "RuPay", Method: "RUPAY", Type: "CARD", Response: "RuPay", Gateways: gateways, Validations: &validations{true}},
	}},
	{ID: "pm_upi", Name: "UPI", Type: "upi", Provider: providerSlug, mandate: true, Details: []methodDetail{
		{Description: "UPI collect", BankCode: "UPI_COLLECT", BankCodeID: 1, Method: "UPI_COLLECT", Type: "UPI", Response: "UPI collect", Gateways: gateways},
		{Description: "UPI intent", BankCode: "UPI_PAY", BankCodeID: 2, Method: "UPI_PAY", Type: "UPI", Response: "UPI intent", Gateways: gateways},
	}},
	{ID: "pm_netbanking", Name: "Net banking", Type: "netbanking", Provider: providerSlug, Details: []methodDetail{
		{Description: "First Bank", BankCode: "NB_FIRST", BankCodeID: 3, Method: "NB_FIRST", Type: "NB", Response: "First Bank", Gateways: gateways},
		{Description: "Second Bank", BankCode: "NB_SECOND", BankCodeID: 4, Method: "NB_SECOND", Type: "NB", Response: "Second Bank", Gateways: gateways},
	}},
}
