package commerceengine

import (
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"understudy/mock/internal/engine"
)

// The uses of a token.
const (
	accessToken     = "access"
	refreshingToken = "refresh"
)

// issuer marks a token as one of ours, so that one of another world is told from a foreign one.
const issuer = "understudy"

// farExpiry is the `exp` of tokens in a world whose clock is not the real one: clients compare `exp` with their own clock (2100-01-01).
const farExpiry = 4102444800

// claims are what the official client reads of a token, and what we read back. Provenance: published (SDK 0.15.0) down to `iat`; ours below.
type claims struct {
	ULID            string  `json:"ulid"`
	Email           *string `json:"email"`
	Phone           *string `json:"phone"`
	Username        *string `json:"username"`
	FirstName       *string `json:"first_name"`
	LastName        *string `json:"last_name"`
	StoreID         string  `json:"store_id"`
	IsLoggedIn      bool    `json:"is_logged_in"`
	IsAnonymous     bool    `json:"is_anonymous"`
	CustomerID      *string `json:"customer_id"`
	CustomerGroupID *string `json:"customer_group_id"`
	AnonymousID     string  `json:"anonymous_id"`
	Channel         channel `json:"channel"`
	Exp             int64   `json:"exp"`
	Iat             int64   `json:"iat"`

	Iss     string `json:"iss"`
	ID      string `json:"jti"`
	World   string `json:"world"`
	Use     string `json:"use"`     // accessToken or refreshingToken
	Expires int64  `json:"expires"` // when it expires in its world's time, to which it is held
}

type channel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// The claims interface of the JWT library. What it would check is checked here, by the world's clock.
func (c *claims) GetExpirationTime() (*jwt.NumericDate, error) { return nil, nil }
func (c *claims) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil }
func (c *claims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c *claims) GetIssuer() (string, error)                   { return c.Iss, nil }
func (c *claims) GetSubject() (string, error)                  { return c.ULID, nil }
func (c *claims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// session is a guest's tokens.
type session struct {
	User         *anonymousUser `json:"user,omitempty"`
	AccessToken  string         `json:"access_token"`
	RefreshToken string         `json:"refresh_token"`
}

type anonymousUser struct {
	ID              string  `json:"id"`
	IsAnonymous     bool    `json:"is_anonymous"`
	IsLoggedIn      bool    `json:"is_logged_in"`
	FirstName       *string `json:"first_name"`
	LastName        *string `json:"last_name"`
	Phone           *string `json:"phone"`
	Email           *string `json:"email"`
	IsEmailVerified bool    `json:"is_email_verified"`
	IsPhoneVerified bool    `json:"is_phone_verified"`
	ProfileImageURL *string `json:"profile_image_url"`
	CreatedAt       string  `json:"created_at"`
	ModifiedAt      string  `json:"modified_at"`
}

// createAnonymousSession begins a session for a new guest. A bearer token that comes along is not looked at.
func createAnonymousSession(c *engine.Call) (engine.Reply, error) {
	now := c.Tx.Now()
	user := ulid(now, c.Tx.ID("user", ""))
	s, err := newSession(c, user)
	if err != nil {
		return engine.Reply{}, err
	}
	s.User = &anonymousUser{ID: user, IsAnonymous: true, CreatedAt: stamp(now), ModifiedAt: stamp(now)}
	return ok("anonymous session created", s)
}

// refreshToken exchanges a refresh token for new tokens of the same user. Any text that is not a token of ours stands for the cast's shopper.
func refreshToken(c *engine.Call) (engine.Reply, error) {
	var body struct {
		RefreshToken string `json:"refresh_token"`
	}
	if err := c.Into(&body); err != nil {
		return engine.Reply{}, err
	}
	user := theShopper.ID
	if strings.EqualFold(body.RefreshToken, "expired") {
		return engine.Reply{}, engine.RefuseField("/refresh_token", "has expired (the trigger \"expired\")", "").Coded("refresh_token_expired")
	}
	own, err := readToken(c, body.RefreshToken)
	switch {
	case err != nil:
		return engine.Reply{}, engine.RefuseField("/refresh_token", err.Error(), "").Coded("invalid_refresh_token")
	case own != nil && own.Use != refreshingToken:
		return engine.Reply{}, engine.RefuseField("/refresh_token", "is an access token", "the refresh token of the same session").Coded("invalid_refresh_token")
	case own != nil:
		user = own.ULID
	}
	s, err := newSession(c, user)
	if err != nil {
		return engine.Reply{}, err
	}
	return ok("tokens refreshed", s)
}

// newSession mints both tokens for a user.
func newSession(c *engine.Call, user string) (s session, err error) {
	if s.AccessToken, err = mint(c, user, accessToken, accessLife); err != nil {
		return s, err
	}
	s.RefreshToken, err = mint(c, user, refreshingToken, refreshLife)
	return s, err
}

func mint(c *engine.Call, user, use string, life time.Duration) (string, error) {
	now := c.Tx.Now()
	t := &claims{
		ULID: user, AnonymousID: user, StoreID: store(c), IsAnonymous: true,
		Channel: channel{ID: "storefront", Name: "Storefront", Type: "web"},
		Exp:     farExpiry, Iat: now.Unix(), Iss: issuer, ID: c.Tx.ID("token", user).Hex(32), World: c.World(), Use: use, Expires: now.Add(life).Unix(),
	}
	if c.Tx.RealTime() {
		t.Exp = t.Expires
	}
	if user == theShopper.ID {
		t.IsAnonymous, t.IsLoggedIn = false, true
		t.Email, t.Phone, t.FirstName, t.LastName = &theShopper.Email, &theShopper.Phone, &theShopper.FirstName, &theShopper.LastName
		t.Username, t.CustomerID = &theShopper.Email, &theShopper.ID
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, t).SignedString(signingKey(c))
}

// signingKey signs the tokens of a world. It follows from the world's seed, like everything else.
func signingKey(c *engine.Call) []byte { return c.Secret("token") }

// readCredential tells whom one of our own tokens stands for. nil is a credential that is not ours.
func readCredential(c *engine.Call, credential string) (*engine.Principal, error) {
	t, err := readToken(c, credential)
	switch {
	case err != nil:
		return nil, engine.Refuse(engine.Unauthenticated, "the access token %s", err)
	case t == nil:
		return nil, nil
	case t.Use != accessToken:
		return nil, engine.Refuse(engine.Unauthenticated, "this is a refresh token; the access token of the same session would be right")
	}
	kind := "customer"
	if t.IsAnonymous {
		kind = "anonymous"
	}
	return &engine.Principal{Subject: t.ULID, Kind: kind, Tenant: t.StoreID}, nil
}

// readToken reads a token of this world and store. nil, nil is one that is not ours; the error says what is wrong with one that is.
func readToken(c *engine.Call, credential string) (*claims, error) {
	if strings.Count(credential, ".") != 2 {
		return nil, nil
	}
	var t claims
	if _, _, err := jwt.NewParser().ParseUnverified(credential, &t); err != nil || t.Iss != issuer {
		return nil, nil
	}
	switch {
	case t.World != c.World():
		return nil, errors.New("belongs to another world; ask this one for a session of its own")
	case t.StoreID != store(c):
		return nil, errors.New("belongs to another store")
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithoutClaimsValidation())
	if _, err := parser.ParseWithClaims(credential, &t, func(*jwt.Token) (any, error) { return signingKey(c), nil }); err != nil {
		return nil, errors.New("is not signed by this world; was it reset with another seed?")
	}
	if expires := time.Unix(t.Expires, 0).UTC(); !c.Now().Before(expires) {
		return nil, errors.New("has expired at " + stamp(expires))
	}
	return &t, nil
}

// may tells whether the caller may see what belongs to a user. A session of ours sees its own things and those of the cast, which belong
// to everybody so that they can be tried out; any other credential has every right.
func may(c *engine.Call, user string) bool {
	subject := c.Principal.Subject
	return subject == "" || subject == user || user == theShopper.ID
}

// buyer is the user for whom the caller acts.
func buyer(c *engine.Call) string {
	if c.Principal.Subject != "" {
		return c.Principal.Subject
	}
	return theShopper.ID
}
