package norce

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// tenant is a merchant and one of its channels: as the path of a hosted page names them, or the two headers.
func tenant(c *engine.Call) string {
	if named := c.Vars["tenant"]; named != "" {
		return named
	}
	merchant, channel := c.Header.Get("x-merchant"), c.Header.Get("x-channel")
	if merchant == "" && channel == "" {
		return c.Label()
	}
	return tenantOf(merchant, channel)
}

// tenantOf joins the two so that no two pairs are one tenant: norce:1.
func tenantOf(merchant, channel string) string {
	return url.QueryEscape(merchant) + ":" + url.QueryEscape(channel)
}

// codes are the adapters' error codes (published) by kind of refusal, where a handler names none.
var codes = map[engine.Kind]string{
	engine.Invalid: "order-bad-request", engine.NotAcceptable: "order-bad-request", engine.Expired: "payment-error",
	engine.Unauthenticated: "unauthorized", engine.Forbidden: "unauthorized",
	engine.Conflict: "payment-conflict",
	engine.Injected: "internal-server-error", engine.Internal: "internal-server-error",
}

// sections are where the statuses are written down that the web framework answers before an adapter is reached.
var sections = map[engine.Kind]string{
	engine.NotFound:         "rfc9110#section-15.5.5",
	engine.MethodNotAllowed: "rfc9110#section-15.5.6",
	engine.TooLarge:         "rfc9110#section-15.5.14",
	engine.UnsupportedMedia: "rfc9110#section-15.5.16",
	engine.Throttled:        "rfc6585#section-4",
}

// phrase answers as the adapters do ({code, message}, published), or as the web framework below them (ProblemDetails, assumed).
func phrase(_ *engine.Call, e *engine.Error) engine.Reply {
	status := statusOf(e.Kind)
	if section, framework := sections[e.Kind]; framework && e.Code == "" {
		return engine.Reply{Status: status, Body: problemDetails{"https://tools.ietf.org/html/" + section, http.StatusText(status), status, sentence(e)}}
	}
	code := e.Code
	if code == "" {
		code = codes[e.Kind]
	}
	return engine.Reply{Status: status, Body: errorBody{code, sentence(e)}}
}

// statusOf keeps to the statuses that the adapters have.
func statusOf(k engine.Kind) int {
	switch k {
	case engine.NotAcceptable, engine.Expired:
		return http.StatusBadRequest
	case engine.Injected:
		return http.StatusInternalServerError
	}
	return k.Status()
}

// sentence names everything that is wrong.
func sentence(e *engine.Error) string {
	if len(e.Problems) == 0 {
		return e.Message
	}
	var all []string
	for _, p := range e.Problems {
		all = append(all, p.String())
	}
	return strings.Join(all, "; ") + "."
}

// refuseMove says that a payment's state or money does not allow a move; kind is Conflict where the operation declares a 409, else Invalid.
func refuseMove(kind engine.Kind, p *payment, err error) error {
	var illegal *states.Illegal
	var law *money.LawError
	why := ""
	switch {
	case errors.As(err, &illegal):
		why = illegal.Event + " is not possible any more"
		if len(illegal.Legal) > 0 {
			why = illegal.Event + " is not possible, but: " + strings.Join(illegal.Legal, ", ")
		}
	case errors.As(err, &law):
		why = law.Error()
	default:
		return err
	}
	return engine.Refuse(kind, "Payment %s is %s: %s.", p.ID, p.State, why).Coded("payment-conflict")
}

// spellID prints an id as Norce does: a prefix, an underscore, 26 letters.
func spellID(prefix string, id world.ID) string { return prefix + "_" + id.Spell(26, world.Letters) }
