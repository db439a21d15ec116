package nextcommerce

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"understudy/mock/internal/money"
)

// This file is what every store is set up with: what it sells, how it ships, taxes and charges. All of it is assumed; no operation changes it.

// storeCurrency is what reports are in.
const storeCurrency = "USD"

// currencies are what stores sell in, with what one unit is worth in the store's currency.
var currencies = map[string]decimal.Decimal{
	"USD": decimal.NewFromInt(1),
	"CAD": decimal.New(74, -2),
	"EUR": decimal.New(108, -2),
	"GBP": decimal.New(127, -2),
	"SEK": decimal.New(95, -3),
}

// catalog is what stores sell, priced in the store's currency.
var catalog = []Product{
	{ID: 101, Variant: 1101, Title: "Calm Serum", Option: "30 ml", SKU: "CALM-SERUM-30", Slug: "calm-serum", Shipped: true, Price: dollars(40_00), Cost: dollars(11_50)},
	{ID: 102, Variant: 1102, Title: "Daily Cream", Option: "50 ml", SKU: "DAILY-CREAM-50", Slug: "daily-cream", Shipped: true, Price: dollars(28_50), Cost: dollars(7_25)},
	{ID: 103, Variant: 1103, Title: "Travel Pouch", Option: "Linen", SKU: "TRAVEL-POUCH", Slug: "travel-pouch", Shipped: true, Price: dollars(19_90), Cost: dollars(4_10)},
	{ID: 104, Variant: 1104, Title: "Skin Guide", Option: "PDF", SKU: "SKIN-GUIDE-PDF", Slug: "skin-guide", Price: dollars(9_00), Cost: dollars(0)},
	{ID: 105, Variant: 1105, Title: "Gift Card", Option: "50", SKU: "GIFT-CARD-50", Slug: "gift-card", GiftCard: true, Price: dollars(50_00), Cost: dollars(50_00)},
}

func dollars(cents int64) money.Amount { return money.Amount{Minor: cents, Currency: storeCurrency} }

// product finds a product, priced in a currency.
func product(id int64, currency string) (Product, bool) {
	i := slices.IndexFunc(catalog, func(p Product) bool { return p.ID == id })
	if i < 0 {
		return Product{}, false
	}
	p := catalog[i]
	p.Price, p.Cost = fromStore(p.Price, currency), fromStore(p.Cost, currency)
	return p, true
}

// shippingMethods are how stores ship, without tax. The first is used when a client names none.
var shippingMethods = []Shipping{
	{Code: "standard", Method: "Standard shipping", Price: dollars(5_00)},
	{Code: "express", Method: "Express shipping", Price: dollars(15_00)},
	{Code: "free", Method: "Free shipping", Price: dollars(0)},
}

// taxes are by destination: a country, or a country and state. Elsewhere there is none.
var taxes = map[string]Tax{
	"US CA": {ID: 11, Title: "California sales tax", PPM: 72_500},
	"US NY": {ID: 12, Title: "New York sales tax", PPM: 40_000},
	"GB":    {ID: 21, Title: "VAT", PPM: 200_000},
	"DE":    {ID: 22, Title: "Mehrwertsteuer", PPM: 190_000},
	"SE":    {ID: 23, Title: "Moms", PPM: 250_000},
}

// taxOf is the tax of a destination; nil for none.
func taxOf(a *Address) *Tax {
	if a == nil {
		return nil
	}
	country := strings.ToUpper(a.Country)
	for _, place := range []string{country + " " + strings.ToUpper(a.State), country} {
		if t, ok := taxes[place]; ok {
			return &t
		}
	}
	return nil
}

// offer takes a share or a sum off an order.
type offer struct {
	id int64
	Discount
	percent int64
	off     money.Amount
}

// offers are applied by id, vouchers by code.
var (
	offers = []offer{
		{id: 31, Discount: Discount{Name: "Serum bundle", Description: "Five off when bought together"}, off: dollars(5_00)},
		{id: 32, Discount: Discount{Name: "Members' day", Description: "Five percent off"}, percent: 5},
	}
	vouchers = []offer{
		{Discount: Discount{Name: "Welcome", Description: "Ten percent off the first order", Code: "WELCOME10"}, percent: 10},
		{Discount: Discount{Name: "Thank you", Description: "Eight off", Code: "THANKS8"}, off: dollars(8_00)},
	}
)

// gateway is where charges go.
type gateway struct {
	ID          int64
	Name        string
	Type        string
	AuthCapture bool // it only authorizes; the money is captured later
}

// gateways are chosen by id. The first takes cards when a client names none.
var gateways = []gateway{
	{ID: 1, Name: "Test Gateway", Type: "test"},
	{ID: 2, Name: "Test Gateway Auth/Capture", Type: "test", AuthCapture: true},
	{ID: 3, Name: "Alternative Payments", Type: "stripe"},
	{ID: 4, Name: "PayPal", Type: "paypal"},
}

func gatewayOf(id int64) gateway {
	for _, g := range gateways {
		if g.ID == id {
			return g
		}
	}
	return gateway{}
}

// method is a way to pay.
type method struct {
	name      string // as its own page calls it
	redirects bool   // the customer pays on a page of its own
	again     bool   // it can be charged again without the customer
	gateway   int64
}

// methods are the vendor's, with what its table of payment methods says of charges without the customer ("Upsells").
// giropay and sofort, which the table does not have, are taken to be like the other bank redirects.
var methods = map[string]method{
	"card_token": {again: true, gateway: 1},
	"saved_card": {again: true, gateway: 1},
	"apple_pay":  {name: "Apple Pay", redirects: true, again: true, gateway: 1},
	"google_pay": {name: "Google Pay", redirects: true, again: true, gateway: 1},
	"paypal":     {name: "PayPal", redirects: true, again: true, gateway: 4},
	"klarna":     {name: "Klarna", redirects: true, again: true, gateway: 3},
	"link":       {name: "Link", redirects: true, again: true, gateway: 3},
	"twint":      {name: "TWINT", redirects: true, again: true, gateway: 3},
	"affirm":     {name: "Affirm", redirects: true, gateway: 3},
	"bancontact": {name: "Bancontact", redirects: true, gateway: 3},
	"giropay":    {name: "giropay", redirects: true, gateway: 3},
	"ideal":      {name: "iDEAL", redirects: true, gateway: 3},
	"sepa_debit": {name: "SEPA Direct Debit", redirects: true, gateway: 3},
	"sofort":     {name: "Sofort", redirects: true, gateway: 3},
	"external":   {},
}

// responseCodes are what gateways say, as the vendor lists them, in our words.
var responseCodes = map[int]string{
	1000: "approved",
	2000: "do not honor", 2001: "insufficient funds", 2002: "limit exceeded", 2003: "declined by the processor", 2004: "authorization required", 2005: "processing error",
	3000: "additional authorization required", 3001: "address verification failed", 3002: "invalid card", 3003: "security code mismatch", 3004: "wrong expiry date",
	3005: "wrong card number", 3006: "expired card", 3007: "invalid transaction", 3008: "lost or stolen card", 3009: "suspected fraud", 3010: "hard decline",
	3011: "merchant error", 3012: "duplicate or too frequent", 3013: "issuer error", 3014: "refund error", 3015: "pick up card", 3016: "3-D Secure failed", 3017: "on the block list",
	4000: "bank account refused", 4001: "bank account closed", 4002: "bank account not found", 4003: "mandate refused",
	5000: "payment method not supported", 5001: "payment failed", 5003: "gateway timeout", 5004: "invalid parameter", 5005: "invalid country code", 5006: "invalid cardholder name",
	5007: "merchant account disabled",
}

// agent is a member of the store's staff.
type agent struct {
	ID                         int64
	Email, FirstName, LastName string
}

// staff is who works for every store; the first is who acts through the API.
var staff = []agent{
	{7, "avery@example.com", "Avery", "Quinn"},
	{8, "noor@example.com", "Noor", "Haddad"},
}

// warehouse is where every shipment starts.
var warehouse = struct {
	ID int64
	Address
}{1, Address{Line1: "800 Foundry Road", City: "Reno", State: "NV", Postcode: "89502", Country: "US", Phone: "+17755550110"}}

// keysOf lists what a choice may be, for people.
func keysOf[V any](m map[string]V) string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return "one of " + strings.Join(list, ", ")
}

// idsOf does the same for what is chosen by id.
func idsOf[T any](list []T, id func(T) any) string {
	var ids []string
	for _, item := range list {
		ids = append(ids, fmt.Sprint(id(item)))
	}
	return "one of " + strings.Join(ids, ", ")
}
