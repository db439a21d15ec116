package commerceengine_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// begin makes a guest's session and returns a caller with its token, the refresh token and the guest's id.
func (s store) begin() (guest store, refresh, user string) {
	s.t.Helper()
	r := s.Call("POST", s.path("/auth/anonymous"), nil, "X-Api-Key: any").Want(200)
	guest = s
	guest.token = r.Text("content.access_token")
	return guest, r.Text("content.refresh_token"), r.Text("content.user.id")
}

// claimsOf reads a token as the official client does: the middle part, unverified.
func claimsOf(t testing.TB, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q has %d parts", token, len(parts))
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestAnonymousSession(t *testing.T) {
	t.Parallel()
	s := open(t)
	t.Run("it wants an API key", func(t *testing.T) {
		refused(t, s.Call("POST", s.path("/auth/anonymous"), nil), 401, "unauthorized", "X-Api-Key is missing")
		refused(t, s.Call("POST", s.path("/auth/anonymous"), nil, "Authorization: Bearer x"), 401, "unauthorized", "X-Api-Key is missing")
		refused(t, s.Call("POST", s.path("/auth/anonymous"), nil, "X-Api-Key: expired"), 401, "unauthorized", "expired")
		refused(t, s.Call("POST", s.path("/auth/anonymous"), nil, "X-Api-Key: no-scope"), 403, "forbidden", "permit")
	})
	t.Run("it does not look at a bearer token", func(t *testing.T) {
		guest, _, _ := s.begin()
		s.Advance(2 * time.Hour)
		s.Call("POST", s.path("/auth/anonymous"), nil, "X-Api-Key: k", "Authorization: Bearer "+guest.token).Want(200)
		s.Call("POST", s.path("/auth/anonymous"), nil, "X-Api-Key: k", "Authorization: Bearer expired").Want(200)
		s.Call("POST", s.path("/auth/anonymous"), nil, "X-Api-Key: k", "Authorization: nonsense").Want(200)
	})
	t.Run("its tokens carry what the official client reads", func(t *testing.T) {
		guest, _, user := s.begin()
		claims := claimsOf(t, guest.token)
		for _, name := range []string{"ulid", "email", "phone", "username", "first_name", "last_name", "store_id", "is_logged_in", "is_anonymous", "customer_id", "customer_group_id", "anonymous_id", "channel", "exp", "iat"} {
			if _, there := claims[name]; !there {
				t.Errorf("the claim %q is missing in %v", name, claims)
			}
		}
		if claims["ulid"] != user || claims["store_id"] != "store_01" || claims["is_anonymous"] != true || claims["world"] != "default" {
			t.Errorf("claims %v of user %s", claims, user)
		}
		if exp := time.Unix(int64(claims["exp"].(float64)), 0); exp.Before(time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("under a frozen clock exp is %s: a client that looks at its own clock would not send the token", exp)
		}
	})
	t.Run("each guest is another", func(t *testing.T) {
		_, _, one := s.begin()
		_, _, two := s.begin()
		if one == two || len(one) != 26 {
			t.Errorf("users %q and %q", one, two)
		}
	})
}

func TestRealClockTokens(t *testing.T) {
	t.Parallel()
	s := store{mocktest.Run(t, func(o *mock.Options) { o.Providers, o.Clock = []string{"commerceengine"}, time.Time{} }), t, "x"}
	guest, _, _ := s.begin()
	claims := claimsOf(t, guest.token)
	if life := claims["exp"].(float64) - claims["iat"].(float64); life != 3600 {
		t.Errorf("with the real clock a token lives %v seconds for its client, want 3600", life)
	}
}

func TestTokensAreHeldTo(t *testing.T) {
	t.Parallel()
	t.Run("an access token expires after an hour of the world's time", func(t *testing.T) {
		t.Parallel()
		guest, _, _ := open(t).begin()
		guest.get(order("ORD-1001")).Want(200)
		guest.Advance(time.Hour - time.Millisecond)
		guest.get(order("ORD-1001")).Want(200)
		guest.Advance(time.Millisecond)
		answer := guest.get(order("ORD-1001"))
		refused(t, answer, 401, "unauthorized", "has expired at 2026-03-02T10:30:00Z")
		if answer.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("WWW-Authenticate is %q", answer.Header.Get("WWW-Authenticate"))
		}
	})
	t.Run("a refresh token makes new ones, of the same user, without a key or a bearer", func(t *testing.T) {
		t.Parallel()
		guest, refresh, user := open(t).begin()
		guest.Advance(2 * time.Hour)
		r := guest.Call("POST", guest.path("/auth/refresh-token"), map[string]string{"refresh_token": refresh}).Want(200)
		guest.token = r.Text("content.access_token")
		guest.get(order("ORD-1001")).Want(200)
		if claimsOf(t, guest.token)["ulid"] != user {
			t.Errorf("the user changed: %v", claimsOf(t, guest.token))
		}
		guest.Advance(30 * 24 * time.Hour)
		refused(t, guest.Call("POST", guest.path("/auth/refresh-token"), map[string]string{"refresh_token": refresh}), 400, "invalid_refresh_token", "refresh_token has expired")
	})
	t.Run("one token is not the other", func(t *testing.T) {
		t.Parallel()
		guest, refresh, _ := open(t).begin()
		refused(t, guest.Call("POST", guest.path("/auth/refresh-token"), map[string]string{"refresh_token": guest.token}), 400, "invalid_refresh_token", "is an access token")
		guest.token = refresh
		refused(t, guest.get(order("ORD-1001")), 401, "unauthorized", "this is a refresh token")
	})
	t.Run("a token names its world, its store, and is signed", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		guest, refresh, _ := s.begin()
		bearer := "Authorization: Bearer " + guest.token
		refused(t, s.Call("GET", "/w/other"+s.path(order("ORD-1001")), nil, bearer), 401, "unauthorized", "another world")
		refused(t, s.Call("GET", strings.Replace(s.path(order("ORD-1001")), "store_01", "store_02", 1), nil, bearer), 401, "unauthorized", "another store")
		parts := strings.Split(guest.token, ".")
		claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
		forged := parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(claims), `"use":"access"`, `"use":"acces"`, 1))) + "." + parts[2]
		refused(t, s.Call("GET", s.path(order("ORD-1001")), nil, "Authorization: Bearer "+forged), 401, "unauthorized", "not signed")
		refused(t, s.Call("POST", "/w/other"+s.path("/auth/refresh-token"), map[string]string{"refresh_token": refresh}), 400, "invalid_refresh_token", "another world")
	})
	t.Run("any other credential has every right", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		guest, _, user := s.begin()
		number := guest.buy(teaTin, "").Text("content.order.order_number")
		foreign := "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"elsewhere","exp":1}`)) + ".c2ln"
		for _, credential := range []string{"opaque", "a.b.c", foreign} {
			s.token = credential
			s.get(order(number)).Want(200)
			s.get("/orders?user_id=" + user).Want(200)
		}
		s.token = "no-scope"
		refused(t, s.get(order(number)), 403, "forbidden", "does not permit")
		s.Call("POST", s.path("/auth/refresh-token"), map[string]string{"refresh_token": "opaque"}).Want(200)
		refused(t, s.Call("POST", s.path("/auth/refresh-token"), map[string]string{"refresh_token": "expired"}), 400, "refresh_token_expired", "expired")
	})
	t.Run("a guest sees its own orders and the cast's, and no other guest's", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ada, _, adaID := s.begin()
		bob, _, _ := s.begin()
		cart := ada.call("POST", "/carts", `{"items":[{"product_id":"`+teaTin+`","variant_id":null,"quantity":1}]}`).Want(200).Text("content.cart.id")
		refused(t, bob.get("/carts/"+cart), 404, "not_found", "no cart")
		refused(t, bob.call("POST", "/orders", `{"cart_id":"`+cart+`"}`), 400, "cart_not_found", "cart_id names no cart")
		number := ada.call("POST", "/orders", `{"cart_id":"`+cart+`"}`).Want(200).Text("content.order.order_number")
		for _, path := range []string{order(number), order(number, "payment-status"), order(number, "payments")} {
			ada.get(path).Want(200)
			refused(t, bob.get(path), 404, "not_found", number)
		}
		for _, operation := range []string{"retry-payment", "cancel", "cancel-payment-request"} {
			body := map[string]string{"retry-payment": `{}`, "cancel": `{"cancellation_reason":"x","refund_mode":"bank-transfer"}`}[operation]
			refused(t, bob.call("POST", order(number, operation), body), 404, "not_found", number)
		}
		refused(t, bob.get("/orders?user_id="+adaID), 403, "forbidden", "another user")
		bob.get(order("ORD-1001")).Want(200)
	})
}
