package commercelayer

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// testKeyPEM signs access tokens. It is public on purpose: a key made at start would make every run different, and a secret one would protect nothing.
//
//go:embed testkey.pem
var testKeyPEM []byte

// keyID names the key in a token's header and in the key set.
const keyID = "understudy-public-test-key"

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	block, _ := pem.Decode(testKeyPEM)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err) // the key is embedded, and a test reads it
	}
	return key.(*rsa.PrivateKey)
})

// The kinds of application.
const (
	salesChannel = "sales_channel"
	integration  = "integration"
	webapp       = "webapp"
)

// lifetimes are how long access tokens last (published: authentication page; which is whose is read from the page's order).
var lifetimes = map[string]time.Duration{salesChannel: 4 * time.Hour, integration: 2 * time.Hour, webapp: 2 * time.Hour}

// refreshLifetime is how long a refresh token lasts (published: authentication page).
const refreshLifetime = 14 * 24 * time.Hour

// farExpiry is added to a token's own lifetime where the world's clock is not the real one: clients compare `exp` with theirs.
const farExpiry = 100 * 365 * 24 * time.Hour

// Application is who holds a token.
type Application struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Public bool   `json:"public"`
}

// Owner is the customer or user that a token is for.
type Owner struct {
	ID   string `json:"id"`
	Type string `json:"type"` // Customer or User
}

// claims are a token's, as published (js-auth 8.0.1), with what the simulator adds.
type claims struct {
	Organization struct {
		ID         string `json:"id"`
		Slug       string `json:"slug"`
		Enterprise bool   `json:"enterprise"`
		Region     string `json:"region"`
	} `json:"organization"`
	Application struct {
		ID           string `json:"id"`
		Kind         string `json:"kind"`
		ClientID     string `json:"client_id"`
		Public       bool   `json:"public"`
		Confidential bool   `json:"confidential"`
	} `json:"application"`
	Market *marketClaim `json:"market,omitempty"`
	Owner  *Owner       `json:"owner,omitempty"`
	Scope  string       `json:"scope"`
	Test   bool         `json:"test"`
	Rand   float64      `json:"rand"`
	jwt.RegisteredClaims
	Understudy *ownClaims `json:"understudy,omitempty"`
}

type marketClaim struct {
	ID                   []string `json:"id"`
	StockLocationIDs     []string `json:"stock_location_ids"`
	GeocoderID           *string  `json:"geocoder_id"`
	AllowsExternalPrices bool     `json:"allows_external_prices"`
}

// ownClaims hold a token to its world: where it counts, and until when by that world's clock.
type ownClaims struct {
	World   string `json:"world"`
	Expires int64  `json:"expires"` // seconds since 1970
}

// signed is a token that is signed when it is encoded: that takes a millisecond, and the world must not wait for it.
type signed struct{ claims *claims }

// MarshalJSON signs the token. RS512 is deterministic.
func (s signed) MarshalJSON() ([]byte, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodRS512, s.claims)
	t.Header["kid"] = keyID
	text, err := t.SignedString(testKey())
	if err != nil {
		return nil, err
	}
	return json.Marshal(text)
}

type tokenInput struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Scope        string `json:"scope"`
	Username     string `json:"username"`
	Password     string `json:"password"`
	RefreshToken string `json:"refresh_token"`
	Code         string `json:"code"`
	Assertion    string `json:"assertion"`
}

type tokenBody struct {
	AccessToken  signed `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	CreatedAt    int64  `json:"created_at"`
	OwnerID      string `json:"owner_id,omitempty"`
	OwnerType    string `json:"owner_type,omitempty"`
}

// wrongSecret is the client secret and the password that are refused.
const wrongSecret = "wrong"

// createToken answers an access token for an OAuth 2.0 grant. Any client is known; one with a secret is an integration.
func createToken(c *engine.Call) (engine.Reply, error) {
	var in tokenInput
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	if in.ClientSecret == wrongSecret {
		return engine.Reply{}, engine.Refuse(engine.Unauthenticated, "Client authentication failed (the trigger %q).", wrongSecret).Coded("INVALID_CLIENT")
	}
	g, refreshes, err := grant(c, &in)
	if err != nil {
		return engine.Reply{}, err
	}
	if g.Scope == "" {
		g.Scope = "market:all"
	}
	lifetime := lifetimes[g.Application.Kind]
	body := tokenBody{
		AccessToken: signed{claimsOf(c, g, lifetime)}, TokenType: "bearer", ExpiresIn: int64(lifetime.Seconds()),
		Scope: g.Scope, CreatedAt: c.Tx.Now().Unix(),
	}
	if g.Owner != nil {
		body.OwnerID, body.OwnerType = g.Owner.ID, strings.ToLower(g.Owner.Type)
	}
	if refreshes {
		g.Expires = c.Tx.Now().Add(refreshLifetime)
		body.RefreshToken = c.Tx.ID("refresh_token", "").Base64()
		grants.Put(c.Tx, body.RefreshToken, g)
	}
	return engine.Reply{Status: 200, Body: body, MediaType: plainJSON}.With("Cache-Control", "no-store"), nil
}

// grant finds who a token is for, and whether it can be refreshed.
func grant(c *engine.Call, in *tokenInput) (g *Grant, refreshes bool, err error) {
	g = &Grant{Application: application(in), Client: in.ClientID, Scope: in.Scope}
	switch in.GrantType {
	case "password":
		if in.Username == "" || in.Password == "" {
			return nil, false, invalidGrant("username and password are both needed")
		}
		if in.Password == wrongSecret {
			return nil, false, engine.Refuse(engine.Unauthenticated, "The customer's password is wrong (the trigger %q).", wrongSecret).Coded("INVALID_GRANT")
		}
		g.Owner = customer(c.Tx, in.Username)
		return g, true, nil
	case "refresh_token":
		kept, ok := grants.Get(c.Tx, in.RefreshToken)
		if !ok || !c.Tx.Now().Before(kept.Expires) || kept.Application.ID != g.Application.ID {
			return nil, false, invalidGrant("the refresh token is unknown, used, expired or another client's")
		}
		grants.Delete(c.Tx, in.RefreshToken)
		return kept.Clone(), true, nil
	case "authorization_code":
		if in.Code == "" {
			return nil, false, invalidGrant("the code is missing")
		}
		g.Application.Kind = webapp
		g.Owner = &Owner{ID: "UserAABBcd", Type: "User"}
		return g, true, nil
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		g.Owner = ownerOf(in.Assertion)
		if g.Owner == nil {
			return nil, false, invalidGrant("the assertion is no JWT that names its owner under https://commercelayer.io/claims")
		}
		g.Application.Kind = salesChannel
		return g, true, nil
	}
	return g, false, nil
}

// application is the one that a client id stands for: with a secret, an integration.
func application(in *tokenInput) Application {
	id := world.ID(sha256.Sum256([]byte(in.ClientID)))
	a := Application{ID: id.Spell(10, world.Letters), Kind: salesChannel, Public: true}
	if in.ClientSecret != "" && in.GrantType != "password" {
		a.Kind, a.Public = integration, false
	}
	return a
}

func invalidGrant(why string) error {
	return engine.Refuse(engine.Invalid, "The provided authorization grant is invalid: %s.", why).Coded("INVALID_GRANT")
}

// customer finds the customer of an e-mail address, or makes one.
func customer(tx *world.Tx, email string) *Owner {
	key := strings.ToLower(email)
	known, ok := customers.Get(tx, key)
	if !ok {
		known = &Customer{ID: tx.ID("customer", "").Spell(10, world.Letters)}
		customers.Put(tx, key, known)
	}
	return &Owner{ID: known.ID, Type: "Customer"}
}

// ownerOf reads the owner that an assertion names. Its signature is not looked at.
func ownerOf(assertion string) *Owner {
	var named struct {
		Claims struct {
			Owner *Owner `json:"owner"`
		} `json:"https://commercelayer.io/claims"`
	}
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 || readPart(parts[1], &named) != nil || named.Claims.Owner == nil || named.Claims.Owner.ID == "" {
		return nil
	}
	if named.Claims.Owner.Type != "User" {
		named.Claims.Owner.Type = "Customer"
	}
	return named.Claims.Owner
}

func readPart(part string, v any) error {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

func claimsOf(c *engine.Call, g *Grant, lifetime time.Duration) *claims {
	now := c.Tx.Now()
	shown := now.Add(lifetime)
	if !c.Tx.RealTime() {
		shown = shown.Add(farExpiry)
	}
	k := &claims{Scope: g.Scope, Owner: g.Owner, Test: true, Understudy: &ownClaims{c.World(), now.Add(lifetime).Unix()}}
	k.Organization.ID, k.Organization.Slug, k.Organization.Region = "OrganiZAbc", c.Tx.Place.Tenant, "eu-west-1"
	k.Application.ID, k.Application.Kind, k.Application.ClientID = g.Application.ID, g.Application.Kind, g.Client
	k.Application.Public, k.Application.Confidential = g.Application.Public, !g.Application.Public
	if g.Application.Kind == salesChannel {
		k.Market = &marketClaim{ID: []string{"MarketABcd"}, StockLocationIDs: []string{}}
	}
	id := c.Tx.ID("token", "")
	k.Rand = float64(new(big.Int).SetBytes(id[:4]).Int64()) / (1 << 32)
	k.Issuer = "https://auth.commercelayer.io"
	k.IssuedAt, k.ExpiresAt = jwt.NewNumericDate(now), jwt.NewNumericDate(shown)
	return k
}

// readToken reads an access token of ours. Others have every right; if one names an organization in the vendor's way, it is that one's.
func readToken(c *engine.Call, credential string) (*engine.Principal, error) {
	parts := strings.Split(credential, ".")
	var header struct {
		KeyID string `json:"kid"`
	}
	var k claims
	if len(parts) != 3 || readPart(parts[0], &header) != nil || readPart(parts[1], &k) != nil {
		return nil, nil
	}
	if header.KeyID != keyID {
		return &engine.Principal{Tenant: k.Organization.Slug}, nil
	}
	public := func(*jwt.Token) (any, error) { return &testKey().PublicKey, nil }
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS512"}), jwt.WithoutClaimsValidation()).ParseWithClaims(credential, &k, public)
	switch {
	case err != nil:
		return nil, engine.Refuse(engine.Unauthenticated, "The access token you provided is invalid: its signature does not match.")
	case k.Understudy == nil || k.Understudy.World != c.World():
		return nil, engine.Refuse(engine.Unauthenticated, "The access token you provided is invalid: it was made in another world than %s.", c.World())
	case c.Now().Unix() >= k.Understudy.Expires:
		return nil, engine.Refuse(engine.Unauthenticated, "The access token you provided has expired.")
	}
	p := &engine.Principal{Kind: k.Application.Kind, Tenant: k.Organization.Slug, Claims: &k}
	if k.Owner != nil {
		p.Subject = k.Owner.ID
	}
	return p, nil
}

// whoIs says who makes a call, for a payment's history. A credential that is not ours stands for an integration.
func whoIs(c *engine.Call) Who {
	k, ok := c.Principal.Claims.(*claims)
	if !ok {
		return Who{Application: Application{ID: "AppliAABcd", Kind: integration}}
	}
	return Who{Application: Application{ID: k.Application.ID, Kind: k.Application.Kind, Public: k.Application.Public}, Owner: k.Owner}
}

// restricted refuses sales channels (published: roles page 2021, SDK types 7.12.1).
func restricted(c *engine.Call) error {
	if c.Principal.Kind == salesChannel {
		return engine.Refuse(engine.Forbidden, "a sales channel may not do this; an integration may")
	}
	return nil
}

// integrationOnly keeps sales channels out of an operation.
func integrationOnly(h engine.Handler) engine.Handler {
	return func(c *engine.Call) (engine.Reply, error) {
		if err := restricted(c); err != nil {
			return engine.Reply{}, err
		}
		return h(c)
	}
}

// readable refuses to show a sales channel a payment whose order is past its placement (published: roles page 2021).
func readable(c *engine.Call, record any) error {
	p, ok := record.(*Payment)
	if !ok {
		return nil
	}
	if o, _ := orders.Get(c.Tx, p.Order); o.Status == orderDraft || o.Status == orderPending || o.Status == orderPlaced {
		return nil
	}
	return restricted(c)
}

// classifyToken finds the code for what is wrong with a token request.
func classifyToken(p openapi.Problem) string {
	if p.Pointer == "/grant_type" && p.Keyword == "enum" {
		return "UNSUPPORTED_GRANT_TYPE"
	}
	return "INVALID_REQUEST"
}

type keySet struct {
	Keys []publicKey `json:"keys"`
}

type publicKey struct {
	Type      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	ID        string `json:"kid"`
	Modulus   string `json:"n"`
	Exponent  string `json:"e"`
}

// getJWKS answers the key that verifies access tokens.
func getJWKS(*engine.Call) (engine.Reply, error) {
	public := testKey().PublicKey
	text := base64.RawURLEncoding.EncodeToString
	return engine.Reply{Status: 200, MediaType: plainJSON, Body: keySet{[]publicKey{{
		Type: "RSA", Use: "sig", Algorithm: "RS512", ID: keyID,
		Modulus: text(public.N.Bytes()), Exponent: text(big.NewInt(int64(public.E)).Bytes()),
	}}}}, nil
}
