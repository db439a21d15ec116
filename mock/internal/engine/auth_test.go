package engine

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/openapi"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	bearer := openapi.Scheme{Name: "oauth", Type: "http", Scheme: "bearer"}
	scoped := openapi.Scheme{Name: "oauth", Type: "http", Scheme: "bearer", Scopes: []string{"orders:read", "orders:write"}}
	basic := openapi.Scheme{Name: "basic", Type: "http", Scheme: "basic"}
	key := openapi.Scheme{Name: "key", Type: "apiKey", Header: "X-Api-Key"}
	keyInAuthorization := openapi.Scheme{Name: "key", Type: "apiKey", Header: "Authorization"}
	encoded := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	// Own tokens are "own:" and what they permit.
	room := &room{Provider: Provider{Dialect: Dialect{Token: func(c *Call, credential string) (*Principal, error) {
		scopes, own := strings.CutPrefix(credential, "own:")
		switch {
		case credential == "own:broken":
			return nil, Refuse(Unauthenticated, "the token is broken")
		case own:
			return &Principal{Subject: "me", Scopes: strings.Fields(scopes)}, nil
		}
		return nil, nil
	}}}}
	type ways = []openapi.Requirement
	cases := []struct {
		name    string
		ways    ways
		headers string   // "Name: value" lines
		kind    Kind     // "" if it is let in
		says    []string // in the refusal
		who     string   // the credential of whom was let in
	}{
		{"nothing is demanded", nil, "", "", nil, ""},
		{"no credential", ways{{bearer}}, "", Unauthenticated, []string{"Authorization", "missing"}, ""},
		{"an empty one", ways{{bearer}}, "Authorization: ", Unauthenticated, []string{"missing"}, ""},
		{"any one", ways{{bearer}}, "Authorization: Bearer whatever", "", nil, "whatever"},
		{"in any case", ways{{bearer}}, "Authorization: bEARER  whatever ", "", nil, "whatever"},
		{"without its word", ways{{bearer}}, "Authorization: whatever", Unauthenticated, []string{"Bearer <credential>"}, ""},
		{"only its word", ways{{bearer}}, "Authorization: Bearer", Unauthenticated, []string{"Bearer <credential>"}, ""},
		{"another scheme's", ways{{bearer}}, "Authorization: Basic eDp5", Unauthenticated, []string{"Bearer <credential>"}, ""},
		{"with spaces within", ways{{bearer}}, "Authorization: Bearer a b", "", nil, "a b"},
		{"basic", ways{{basic}}, "Authorization: " + encoded("me:secret"), "", nil, "me"},
		{"basic without a password", ways{{basic}}, "Authorization: " + encoded("me"), "", nil, "me"},
		{"basic that is no base64", ways{{basic}}, "Authorization: Basic !", Unauthenticated, []string{"base64"}, ""},
		{"basic trigger", ways{{basic}}, "Authorization: " + encoded("expired:x"), Unauthenticated, []string{"expired"}, ""},
		{"an API key", ways{{key}}, "X-Api-Key: abc", "", nil, "abc"},
		{"no API key", ways{{key}}, "Authorization: Bearer abc", Unauthenticated, []string{"X-Api-Key", "missing"}, ""},
		{"an API key that has a word", ways{{keyInAuthorization}}, "Authorization: Bearer abc", "", nil, "abc"},

		{"the trigger expired", ways{{bearer}}, "Authorization: Bearer expired", Unauthenticated, []string{"expired"}, ""},
		{"the trigger in capitals", ways{{bearer}}, "Authorization: Bearer EXPIRED", Unauthenticated, []string{"expired"}, ""},
		{"the trigger revoked", ways{{bearer}}, "Authorization: Bearer revoked", Unauthenticated, []string{"revoked"}, ""},
		{"the trigger invalid", ways{{key}}, "X-Api-Key: invalid", Unauthenticated, []string{"invalid"}, ""},
		{"the trigger no-scope", ways{{bearer}}, "Authorization: Bearer no-scope", Forbidden, []string{"no-scope"}, ""},
		{"what only begins like a trigger", ways{{bearer}}, "Authorization: Bearer expired1", "", nil, "expired1"},

		{"a stranger's has every scope", ways{{scoped}}, "Authorization: Bearer x", "", nil, "x"},
		{"an own token with the scopes", ways{{scoped}}, "Authorization: Bearer own:orders:write orders:read", "", nil, "own:orders:write orders:read"},
		{"an own token without one", ways{{scoped}}, "Authorization: Bearer own:orders:read", Forbidden, []string{"orders:write", "orders:read"}, ""},
		{"an own token without any", ways{{scoped}}, "Authorization: Bearer own:", Forbidden, []string{"orders:read"}, ""},
		{"an own token that does not hold", ways{{bearer}}, "Authorization: Bearer own:broken", Unauthenticated, []string{"broken"}, ""},

		{"either of two ways, by the first", ways{{bearer}, {key}}, "Authorization: Bearer a", "", nil, "a"},
		{"either of two ways, by the second", ways{{bearer}, {key}}, "X-Api-Key: b", "", nil, "b"},
		{"neither of two ways is explained by the first", ways{{bearer}, {key}}, "", Unauthenticated, []string{"Authorization"}, ""},
		{"both of two schemes", ways{{bearer, key}}, "Authorization: Bearer a\nX-Api-Key: b", "", nil, "b"},
		{"one of two schemes is missing", ways{{bearer, key}}, "Authorization: Bearer a", Unauthenticated, []string{"X-Api-Key"}, ""},
		{"nobody is one of the ways", ways{{bearer}, {}}, "", "", nil, ""},
		{"nobody is one of the ways, and somebody came", ways{{bearer}, {}}, "Authorization: Bearer a", "", nil, "a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			call := &Call{room: room, Operation: &openapi.Operation{Security: c.ways}, Header: http.Header{}}
			for line := range strings.Lines(c.headers) {
				name, value, _ := strings.Cut(line, ":")
				call.Header.Set(name, strings.TrimSpace(value))
			}
			err := (*Engine)(nil).authenticate(call)
			if c.kind == "" {
				if err != nil || call.Principal.Credential != c.who {
					t.Errorf("let in as %q, %v; want %q", call.Principal.Credential, err, c.who)
				}
				return
			}
			if err == nil || asRefusal(err).Kind != c.kind {
				t.Fatalf("%v, want %s", err, c.kind)
			}
			if missing := slices.DeleteFunc(slices.Clone(c.says), func(say string) bool { return strings.Contains(err.Error(), say) }); len(missing) > 0 {
				t.Errorf("the refusal does not say %q: %v", missing, err)
			}
			if call.Principal.Credential != "" && len(c.ways[0]) == 1 {
				t.Errorf("refused, and yet somebody: %+v", call.Principal)
			}
		})
	}
}

func TestCredentialTriggersAreListed(t *testing.T) {
	t.Parallel()
	list := credentialsForPeople()
	if len(list) != len(credentialTriggers) {
		t.Errorf("%d are listed, %d work", len(list), len(credentialTriggers))
	}
	for _, trigger := range list {
		if credentialTriggers[trigger.Value] == nil || trigger.Where != "credential" || trigger.Effect == "" || trigger.Provenance == "" {
			t.Errorf("%+v", trigger)
		}
	}
}
