package commerceengine_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// shopper is the cast's customer.
const shopper = "01J8XK3V9QH5R2N7M4T6W1BZCE"

// Products of the catalogue.
const (
	freeSample   = "01J8XK3V9Q0000000000000000"
	teaTin       = "01J8XK3V9Q0000000000000299"
	subscription = "01J8XK3V9Q0000000000000499"
	teaPot       = "01J8XK3V9Q0000000000000599"
	teaSet       = "01J8XK3V9Q0000000000000899"
)

// store is one tenant of a simulator of this room alone, and a caller with a credential.
type store struct {
	*mocktest.Server
	t     testing.TB
	token string
}

func open(t testing.TB) store {
	t.Helper()
	return store{mocktest.Run(t, func(o *mock.Options) { o.Providers = []string{"commerceengine"} }), t, "any-access-token"}
}

func (s store) path(rest string) string {
	return "/commerceengine/api/v1/store_01/storefront" + rest
}

// call sends JSON text, or nothing, with the store's credential.
func (s store) call(method, path, body string, headers ...string) mocktest.Response {
	s.t.Helper()
	lines := []string{"Authorization: Bearer " + s.token}
	var sent any
	if body != "" {
		sent = body
		lines = append(lines, "Content-Type: application/json")
	}
	return s.Call(method, s.path(path), sent, append(lines, headers...)...)
}

func (s store) get(path string) mocktest.Response { s.t.Helper(); return s.call("GET", path, "") }

// order is the path of an order's operation.
func order(number string, operation ...string) string {
	return "/orders/" + url.PathEscape(number) + strings.Join(append([]string{""}, operation...), "/")
}

func (s store) retry(number, method string, headers ...string) mocktest.Response {
	s.t.Helper()
	return s.call("POST", order(number, "retry-payment"), `{"payment_method":`+method+`}`, headers...)
}

// Methods of payment.
const (
	onPage     = `{"payment_provider_slug":"juspay","integration_type":"hyper-checkout","return_url":"https://shop.example.test/thanks","action":"paymentPage"}`
	onDummy    = `{"payment_provider_slug":"juspay","integration_type":"hyper-checkout","gateway_reference_id":"DUMMY","return_url":"https://shop.example.test/thanks","action":"paymentPage"}`
	express    = `{"payment_provider_slug":"juspay","integration_type":"express-checkout","return_url":"https://shop.example.test/thanks",`
	byCard     = express + `"payment_method_type":"CARD","save_to_locker":false,"card_number":"4242 4242 4242 4242","card_exp_month":"12","card_exp_year":"30","name_on_card":"Asha Rao","card_security_code":"123"}`
	bySaved    = express + `"payment_method_type":"CARD","payment_method":"RUPAY","save_to_locker":false,"card_token":"tok_1","card_security_code":"123"}`
	byBank     = express + `"payment_method_type":"NB","payment_method":"NB_FIRST"}`
	byIntent   = express + `"payment_method_type":"UPI","payment_method":"UPI_PAY"}`
	byTransfer = `{"payment_provider_slug":"icici-ecollection","payment_method_type":"bank-transfer"}`
	byNACH     = `{"payment_provider_slug":"juspay","payment_method_type":"NACH","mandate_id":"m1"}`
)

func byUPI(address string) string {
	return express + `"payment_method_type":"UPI","payment_method":"UPI_COLLECT","upi_vpa":"` + address + `"}`
}

// buy makes an order of a product; what follows the cart's id in the request's body is given as it is.
func (s store) buy(product, rest string, headers ...string) mocktest.Response {
	s.t.Helper()
	cart := s.call("POST", "/carts", `{"items":[{"product_id":"`+product+`","variant_id":null,"quantity":1}]}`).Want(200).Text("content.cart.id")
	return s.call("POST", "/orders", `{"cart_id":"`+cart+`"`+rest+`}`, headers...).Want(200)
}

func paying(method string) string { return `,"payment_method":` + method }

// standing is an order's payment status in one line.
func (s store) standing(number string) string {
	s.t.Helper()
	r := s.get(order(number, "payment-status")).Want(200)
	return fmt.Sprintf("%s, %s paid, %s unpaid, retry %s", r.Text("content.status"), r.Text("content.amount_paid"), r.Text("content.amount_unpaid"), r.Text("content.is_retry_available"))
}

func (s store) wantStanding(number, want string) {
	s.t.Helper()
	if got := s.standing(number); got != want {
		s.t.Errorf("order %s stands at %q, want %q", number, got, want)
	}
}

// refused checks a refusal's status, code and that its message says `says`.
func refused(t testing.TB, r mocktest.Response, status int, code, says string) {
	t.Helper()
	r.Want(status)
	if r.Text("code") != code || r.At("success") != false || !strings.Contains(r.Text("message"), says) {
		t.Errorf("refused with %s; want code %q, success false and a message with %q", r.Body, code, says)
	}
}

// press opens the page behind a link and does what brings about an outcome; it returns the last answer.
func (s store) press(link, outcome string) mocktest.Response {
	s.t.Helper()
	page := s.Call("GET", link, nil).Want(200)
	stage := "pay"
	if strings.Contains(string(page.Body), `data-stage="challenge"`) {
		stage = "challenge"
	}
	var r mocktest.Response
	for _, form := range presses[stage+" "+outcome] {
		r = s.Call("POST", link, form, "Content-Type: application/x-www-form-urlencoded")
	}
	return r
}

// presses are the forms by which a customer brings about an outcome, from either page.
var presses = map[string][]string{
	"pay approve":                   {"event=pay&card-number=4242+4242+4242+4242"},
	"pay decline":                   {"event=decline"},
	"pay abandon":                   {"event=abandon"},
	"pay fail_authentication":       {"event=pay&card-number=4012000000001097", "event=fail_authentication"},
	"challenge approve":             {"event=authenticate&otp=000000"},
	"challenge fail_authentication": {"event=fail_authentication"},
	"challenge abandon":             {"event=cancel"},
}
