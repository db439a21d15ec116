package fabric

import (
	"encoding/json"
	"errors"
	"net/http"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
)

// defaultAccount is the tenant of calls that name none; the account of the vendor's own examples.
const defaultAccount = "63310842f37ee100111e9fe3"

// strict is the profile under which the balance laws hold.
const strict = "strict"

// siteContext is the JSON text of the header x-site-context.
type siteContext struct {
	Account string `json:"account"`
	Channel any    `json:"channel"` // a number in the reference, text in some clients
}

const siteContextHeader = "x-site-context"

// readContext reads the header as well as it can: what is not there or not readable is left empty, and refused later.
func readContext(header http.Header) (c siteContext, err error) {
	err = json.Unmarshal([]byte(header.Get(siteContextHeader)), &c)
	return c, err
}

// account is the tenant: x-site-context's account.
func account(c *engine.Call) string {
	if context, _ := readContext(c.Header); context.Account != "" {
		return context.Account
	}
	return c.Label()
}

// readableContext refuses a site context that is not JSON text, and says what it is to look like. Its members are compared with the document later.
func readableContext(c *engine.Call) error {
	sent := c.Header.Values(siteContextHeader)
	example := `JSON text such as {"account":"` + defaultAccount + `"}`
	var members map[string]any
	switch {
	case len(sent) == 0 || sent[0] == "":
		return engine.RefuseParameter("header", siteContextHeader, "is missing", example)
	case json.Unmarshal([]byte(sent[0]), &members) != nil || members == nil:
		return engine.RefuseParameter("header", siteContextHeader, "is not a JSON object", example)
	}
	return nil
}

// ErrorBody is the envelope of fabric's version-1 and version-2 services: code and message (published for siblings of this API), and one entry
// a fault (assumed).
type ErrorBody struct {
	Code    string       `json:"code"`
	Message string       `json:"message"`
	Errors  []ErrorEntry `json:"errors,omitempty"`
}

// ErrorEntry is one thing that is wrong with a request.
type ErrorEntry struct {
	Type    string `json:"type"` // CLIENT_ERROR or SERVER_ERROR
	Message string `json:"message"`
	Field   string `json:"field,omitempty"` // a JSON pointer into the body, or a parameter's name
}

// phrasings are the status and code of each kind of refusal. REQUEST_VALIDATION, NOT_FOUND and INTERNAL_SERVER_ERROR are published.
var phrasings = map[engine.Kind]struct {
	status int
	code   string
}{
	engine.Invalid:          {http.StatusBadRequest, "REQUEST_VALIDATION"},
	engine.Unauthenticated:  {http.StatusUnauthorized, "UNAUTHORIZED"},
	engine.Forbidden:        {http.StatusForbidden, "FORBIDDEN"},
	engine.NotFound:         {http.StatusNotFound, "NOT_FOUND"},
	engine.MethodNotAllowed: {http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED"},
	engine.NotAcceptable:    {http.StatusBadRequest, "REQUEST_VALIDATION"},
	engine.Conflict:         {http.StatusConflict, "CONFLICT"},
	engine.Expired:          {http.StatusConflict, "CONFLICT"},
	engine.TooLarge:         {http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE"},
	engine.UnsupportedMedia: {http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"},
	engine.Throttled:        {http.StatusTooManyRequests, "TOO_MANY_REQUESTS"},
	engine.Injected:         {http.StatusInternalServerError, "INTERNAL_SERVER_ERROR"},
	engine.Internal:         {http.StatusInternalServerError, "INTERNAL_SERVER_ERROR"},
}

// pageNotFound is the code of paths that are not there at all (published, Experiences v2 document).
const pageNotFound = "PAGE_NOT_FOUND"

func phrase(c *engine.Call, e *engine.Error) engine.Reply {
	p, known := phrasings[e.Kind]
	if !known {
		p = phrasings[engine.Invalid]
	}
	body := ErrorBody{Code: p.code, Message: e.Message}
	if e.Kind == engine.NotFound && c.Operation == nil {
		body.Code = pageNotFound
	}
	if e.Code != "" {
		body.Code = e.Code
	}
	for _, problem := range e.Problems {
		message := problem.Message
		if problem.Want != "" {
			message += "; right would be " + problem.Want
		}
		body.Errors = append(body.Errors, ErrorEntry{Type: "CLIENT_ERROR", Message: message, Field: problem.Pointer})
	}
	reply := engine.Reply{Status: p.status, Body: body}
	switch p.status {
	case http.StatusUnauthorized:
		reply = reply.With("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests:
		reply = reply.With("Retry-After", "1")
	}
	return reply
}

// readAmount reads an amount of major units that a client sent; absent is zero. The document has refused what is below zero.
func readAmount(pointer string, sent json.Number, currency string) (money.Amount, error) {
	if sent == "" {
		return money.Zero(currency), nil
	}
	a, err := money.Parse(sent.String(), currency)
	switch {
	case errors.Is(err, money.ErrDecimals):
		return a, engine.RefuseField(pointer, "has "+err.Error(), "an amount in major units of "+currency)
	case err != nil:
		return a, engine.RefuseField(pointer, "is "+err.Error(), "an amount in major units of "+currency)
	}
	return a, nil
}

// illegal makes a refusal of a move that a state table does not have; other errors stay what they are.
func illegal(err error, what string) error {
	var move *states.Illegal
	if errors.As(err, &move) {
		return engine.Refuse(engine.Conflict, "%s is %s: %s", what, move.From, move.Error())
	}
	return err
}
