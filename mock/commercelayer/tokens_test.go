package commercelayer_test

import (
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// token asks for an access token.
func (s shop) token(body any) mocktest.Response {
	s.t.Helper()
	return s.Call("POST", s.root+"/oauth/token", body)
}

// as is the same caller with a token of its own.
func (s shop) as(body any) shop {
	s.t.Helper()
	s.bearer = s.token(body).Want(200).Text("access_token")
	return s
}

var (
	salesChannel = attributes{"grant_type": "client_credentials", "client_id": "web", "scope": "market:code:europe"}
	integration  = attributes{"grant_type": "client_credentials", "client_id": "erp", "client_secret": "s3cret"}
)

func TestAnAccessToken(t *testing.T) {
	t.Parallel()
	s := open(t)
	keys := s.Call("GET", "/commercelayer/.well-known/jwks.json", nil).Want(200)
	number := func(name string) *big.Int {
		raw, err := base64.RawURLEncoding.DecodeString(keys.Text("keys.0." + name))
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(raw)
	}
	key := &rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}
	answer := s.token(salesChannel).Want(200)
	claims := jwt.MapClaims{}
	// A client's own clock is the real one; a world's that stands still must not make tokens look expired to it.
	parsed, err := jwt.ParseWithClaims(answer.Text("access_token"), claims, func(t *jwt.Token) (any, error) { return key, nil }, jwt.WithValidMethods([]string{"RS512"}))
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Header["kid"] != keys.Text("keys.0.kid") || !strings.Contains(keys.Text("keys.0.kid"), "test") {
		t.Errorf("the key id is %v", parsed.Header["kid"])
	}
	application := claims["application"].(map[string]any)
	if application["kind"] != "sales_channel" || application["client_id"] != "web" || application["public"] != true || application["confidential"] != false ||
		claims["organization"].(map[string]any)["slug"] != "yourdomain" || claims["scope"] != "market:code:europe" || claims["test"] != true ||
		claims["iss"] != "https://auth.commercelayer.io" || claims["market"] == nil || claims["owner"] != nil || claims["iat"] == nil || claims["rand"] == nil {
		t.Errorf("the claims are %v", claims)
	}
	if answer.Text("token_type") != "bearer" || answer.At("expires_in") != 14400.0 || answer.At("created_at") != float64(mocktest.Start.Unix()) || answer.Text("scope") != "market:code:europe" {
		t.Errorf("answered %s", answer.Body)
	}
}

func TestATokensTimeAndWorld(t *testing.T) {
	t.Parallel()
	s := open(t)
	web := s.as(salesChannel)
	web.get("/orders/ABCRtyUpBa")
	elsewhere := web
	elsewhere.root = "/w/elsewhere/commercelayer"
	errorIs(t, elsewhere.send("GET", "/api/orders/ABCRtyUpBa", nil), 401, "INVALID_TOKEN", "")
	forged := web
	forged.bearer = web.bearer[:len(web.bearer)-8] + "AAAAAAAA"
	errorIs(t, forged.send("GET", "/api/orders/ABCRtyUpBa", nil), 401, "INVALID_TOKEN", "")
	s.Advance(4*time.Hour - time.Second)
	web.get("/orders/ABCRtyUpBa")
	s.Advance(time.Second)
	errorIs(t, web.send("GET", "/api/orders/ABCRtyUpBa", nil), 401, "INVALID_TOKEN", "")
	for bearer, code := range map[string]string{"expired": "INVALID_TOKEN", "no-scope": "UNAUTHORIZED"} {
		s.bearer = bearer
		errorIs(t, s.send("GET", "/api/orders/ABCRtyUpBa", nil), 401, code, "")
	}
}

func TestWhatASalesChannelMayDo(t *testing.T) {
	t.Parallel()
	s := open(t)
	web := s.as(salesChannel)
	id := web.pay("tok_approved")
	web.patchOrder("ABCRtyUpBa", attributes{"_authorize": true}).Want(200)
	web.get("/checkout_com_payments/" + id)
	web.get("/orders/ABCRtyUpBa/available_payment_methods")
	web.patchOrder("ABCRtyUpBa", attributes{"_place": true}).Want(200)
	web.get("/checkout_com_payments/" + id)
	for name, a := range map[string]mocktest.Response{
		"list":                    web.send("GET", "/api/checkout_com_payments", nil),
		"update after placement":  web.patchPayment(id, attributes{"reference": "x"}),
		"delete after placement":  web.send("DELETE", "/api/checkout_com_payments/"+id, nil),
		"create after placement":  web.create("ABCRtyUpBa", attributes{"payment_type": "token", "token": "t"}),
		"capture":                 web.patch("authorizations", "AuthorizAA", attributes{"_capture": true}),
		"refund":                  web.patch("captures", "CapturedAA", attributes{"_refund": true}),
		"approve":                 web.patchOrder("ReadyPlace", attributes{"_approve": true}),
		"pend":                    web.patchOrder("DraftEmpty", attributes{"_pending": true}),
		"update a placed order":   web.patchOrder("PlacedAuth", attributes{"reference": "x"}),
		"read the gateway's keys": web.send("GET", "/api/checkout_com_gateways/CheckoutGw", nil),
		"read of an approved":     web.send("GET", "/api/checkout_com_payments/CapturedSr", nil),
		"follow to an approved":   web.send("GET", "/api/orders/ApprovPaid/payment_source", nil),
		"follow from an approved": web.send("GET", "/api/checkout_com_payments/CapturedSr/order", nil),
		"a history":               web.send("GET", "/api/checkout_com_payments/"+id+"/versions", nil),
	} {
		if a.Status != 401 || a.Text("errors.0.code") != "UNAUTHORIZED" || a.Text("errors.0.title") != "Access denied" {
			t.Errorf("%s: answered %d %s", name, a.Status, a.Body)
		}
	}
	web.patchOrder("PlacedAuth", attributes{"_cancel": true}).Want(200)

	erp := s.as(integration)
	erp.get("/checkout_com_payments")
	erp.patchOrder("ABCRtyUpBa", attributes{"_approve_and_capture": true}).Want(200)
	erp.get("/checkout_com_gateways/CheckoutGw")
	if kind := erp.get("/checkout_com_payments/" + id + "/versions").Text("data.0.attributes.who.application.kind"); kind != "sales_channel" {
		t.Errorf("the payment was made by %q", kind)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := s.token(attributes{"grant_type": "password", "client_id": "web", "username": "Ann@example.com", "password": "p", "scope": "market:all"}).Want(200)
	if first.Text("owner_type") != "customer" || first.Text("owner_id") == "" || first.Text("refresh_token") == "" {
		t.Errorf("answered %s", first.Body)
	}
	refresh := attributes{"grant_type": "refresh_token", "client_id": "web", "refresh_token": first.Text("refresh_token")}
	errorIs(t, s.token(attributes{"grant_type": "refresh_token", "client_id": "other", "refresh_token": first.Text("refresh_token")}), 400, "INVALID_GRANT", "")
	second := s.token(refresh).Want(200)
	if second.Text("owner_id") != first.Text("owner_id") || second.Text("refresh_token") == first.Text("refresh_token") {
		t.Errorf("refreshed to %s", second.Body)
	}
	errorIs(t, s.token(refresh), 400, "INVALID_GRANT", "")
	again := s.token(attributes{"grant_type": "password", "client_id": "web", "username": "ann@EXAMPLE.com", "password": "p"}).Want(200)
	if again.Text("owner_id") != first.Text("owner_id") {
		t.Error("the same address is another customer")
	}
	s.Advance(14 * 24 * time.Hour)
	errorIs(t, s.token(attributes{"grant_type": "refresh_token", "client_id": "web", "refresh_token": second.Text("refresh_token")}), 400, "INVALID_GRANT", "")

	app := s.token(attributes{"grant_type": "authorization_code", "client_id": "app", "client_secret": "s", "code": "c", "redirect_uri": "https://app.example.com/"}).Want(200)
	if app.Text("owner_type") != "user" || app.At("expires_in") != 7200.0 {
		t.Errorf("answered %s", app.Body)
	}
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims{"https://commercelayer.io/claims": map[string]any{"owner": map[string]any{"type": "Customer", "id": "CustomerAB"}}}).SignedString([]byte("k"))
	if err != nil {
		t.Fatal(err)
	}
	bearer := attributes{"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id": "web", "client_secret": "s", "assertion": assertion}
	if got := s.token(bearer).Want(200).Text("owner_id"); got != "CustomerAB" {
		t.Errorf("the owner is %q", got)
	}
	bearer["assertion"] = "x.y.z"
	errorIs(t, s.token(bearer), 400, "INVALID_GRANT", "")

	errorIs(t, s.token(attributes{"grant_type": "client_credentials", "client_id": "x", "client_secret": "wrong"}), 401, "INVALID_CLIENT", "")
	errorIs(t, s.token(attributes{"grant_type": "device_code", "client_id": "x"}), 400, "UNSUPPORTED_GRANT_TYPE", "/grant_type")
	errorIs(t, s.token(attributes{"grant_type": "client_credentials"}), 400, "INVALID_REQUEST", "/client_id")
	form := s.Call("POST", "/commercelayer/oauth/token", "grant_type=client_credentials&client_id=web", "Content-Type: application/x-www-form-urlencoded").Want(200)
	if form.Header.Get("Content-Type") != "application/json" || form.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers are %v", form.Header)
	}
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	s := open(t)
	host := func(name string) shop {
		h := s
		h.root = ""
		h.bearer = "any"
		return h
	}
	acme := host("acme")
	const at = "Host: acme.commercelayer.localhost:4242"
	acme.send("DELETE", "/api/checkout_com_payments/DeclineSrc", nil, at).Want(204)
	s.get("/checkout_com_payments/DeclineSrc") // the default organization has its own
	answer := acme.send("GET", "/api/checkout_com_payments/xYZkjABcde", nil, at).Want(200)
	if self := answer.Text("data.links.self"); self != "http://acme.commercelayer.localhost:4242/api/checkout_com_payments/xYZkjABcde" {
		t.Errorf("links to %s", self)
	}

	t.Run("a token names its own, and links lead there without it", func(t *testing.T) {
		bearer := acme.Call("POST", "/oauth/token", integration, at).Want(200).Text("access_token")
		byToken := s
		byToken.bearer = bearer
		errorIs(t, byToken.send("GET", "/api/checkout_com_payments/DeclineSrc", nil), 404, "RECORD_NOT_FOUND", "")
		p := byToken.get("/checkout_com_payments/xYZkjABcde")
		s.Call("GET", p.Text(attributesOf+"redirect_uri"), nil).Want(200)
		if !strings.Contains(string(s.Call("GET", p.Text(attributesOf+"redirect_uri"), nil).Body), "acme") {
			t.Error("the challenge page is another organization's")
		}
	})
	t.Run("another's token names its own too", func(t *testing.T) {
		foreign, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"organization": map[string]any{"slug": "acme"}}).SignedString([]byte("k"))
		if err != nil {
			t.Fatal(err)
		}
		byToken := s
		byToken.bearer = foreign
		errorIs(t, byToken.send("GET", "/api/checkout_com_payments/DeclineSrc", nil), 404, "RECORD_NOT_FOUND", "")
	})
	t.Run("the token host is nobody's", func(t *testing.T) {
		a := s.Call("POST", "/oauth/token", integration, "Host: auth.commercelayer.localhost").Want(200)
		claims := jwt.MapClaims{}
		if _, _, err := jwt.NewParser().ParseUnverified(a.Text("access_token"), claims); err != nil || claims["organization"].(map[string]any)["slug"] != "yourdomain" {
			t.Errorf("the claims are %v, %v", claims, err)
		}
		s.Call("GET", "/.well-known/jwks.json", nil, "Host: auth.commercelayer.localhost").Want(200)
	})
}

func TestARealClockGivesRealExpiry(t *testing.T) {
	t.Parallel()
	s := open(t, func(o *mock.Options) { o.Clock = time.Time{} })
	claims := jwt.MapClaims{}
	a := s.token(integration).Want(200)
	if _, _, err := jwt.NewParser().ParseUnverified(a.Text("access_token"), claims); err != nil {
		t.Fatal(err)
	}
	if claims["exp"].(float64)-claims["iat"].(float64) != 7200 {
		t.Errorf("the token lasts %v seconds", claims["exp"].(float64)-claims["iat"].(float64))
	}
}
