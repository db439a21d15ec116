package engine

import (
	"encoding/base64"
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/openapi"
)

// credentialTriggers are credentials that are refused on purpose. Any other one that is not a token of our own has every right.
var credentialTriggers = map[string]*Error{
	"expired":  {Kind: Unauthenticated, Message: "the credential has expired (the trigger \"expired\")"},
	"revoked":  {Kind: Unauthenticated, Message: "the credential was revoked (the trigger \"revoked\")"},
	"invalid":  {Kind: Unauthenticated, Message: "the credential is not valid (the trigger \"invalid\")"},
	"no-scope": {Kind: Forbidden, Message: "the credential does not permit this (the trigger \"no-scope\")"},
}

// SharedTriggers lists for people what works with every provider: credentials that are refused, and the ways that a payment can be asked to go.
func SharedTriggers() []Trigger {
	list := credentialsForPeople()
	for _, s := range checkout.Scenarios() {
		list = append(list, Trigger{Where: "scenario", Value: string(s), Effect: s.Effect(), Provenance: "assumed"})
	}
	return list
}

func credentialsForPeople() []Trigger {
	var list []Trigger
	for _, value := range []string{"expired", "revoked", "invalid", "no-scope"} {
		list = append(list, Trigger{Where: "credential", Value: value, Effect: "refused: " + string(credentialTriggers[value].Kind), Provenance: "assumed"})
	}
	return list
}

// authenticate lets a call in if it meets one of the ways that the operation names.
func (e *Engine) authenticate(c *Call) error {
	if c.page != nil || len(c.Operation.Security) == 0 {
		return nil
	}
	var first error
	for _, way := range c.Operation.Security {
		err := c.meet(way)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func (c *Call) meet(way openapi.Requirement) error {
	for _, scheme := range way {
		credential, err := c.credential(scheme)
		if err != nil {
			return err
		}
		if refused := credentialTriggers[strings.ToLower(credential)]; refused != nil {
			copied := *refused
			return &copied
		}
		principal := &Principal{}
		if c.room.Token != nil {
			own, err := c.room.Token(c, credential)
			if err != nil {
				return err
			}
			if own != nil {
				principal = own
			}
		}
		for _, scope := range scheme.Scopes {
			if principal.Scopes != nil && !slices.Contains(principal.Scopes, scope) {
				return Refuse(Forbidden, "the credential lacks the scope %s; it has: %s", scope, strings.Join(principal.Scopes, " "))
			}
		}
		principal.Credential = credential
		c.Principal = *principal
	}
	return nil
}

// credential takes what a scheme asks for out of the request.
func (c *Call) credential(s openapi.Scheme) (string, error) {
	header := "Authorization"
	if s.Type == "apiKey" {
		header = s.Header
	}
	sent := strings.TrimSpace(c.Header.Get(header))
	if sent == "" {
		return "", Refuse(Unauthenticated, "the header %s is missing", header)
	}
	if !strings.EqualFold(header, "Authorization") {
		return sent, nil
	}
	word, credential, _ := strings.Cut(sent, " ")
	want := "Bearer"
	if s.Scheme == "basic" {
		want = "Basic"
	}
	credential = strings.TrimSpace(credential)
	if !strings.EqualFold(word, want) || credential == "" {
		return "", Refuse(Unauthenticated, "the header Authorization is not of the form \"%s <credential>\"", want)
	}
	if want == "Basic" {
		plain, err := base64.StdEncoding.DecodeString(credential)
		if err != nil {
			return "", Refuse(Unauthenticated, "the credential after Basic is not base64")
		}
		credential, _, _ = strings.Cut(string(plain), ":")
	}
	return credential, nil
}
