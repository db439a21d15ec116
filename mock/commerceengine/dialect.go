package commerceengine

import (
	"net/http"
	"strings"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// refusal is the published envelope of a refusal. Of its codes only `unauthorized` is published.
type refusal struct {
	Message string              `json:"message"`
	Success bool                `json:"success"`
	Code    string              `json:"code"`
	Errors  map[string][]string `json:"errors,omitempty"` // field, dotted, to what is wrong with it (assumed)
}

// codes are the statuses and codes of each kind of refusal. The vendor publishes 400, 401 and 404; a rule that an order's state breaks is a 400 among them.
var codes = map[engine.Kind]struct {
	status int
	code   string
}{
	engine.Invalid:          {http.StatusBadRequest, "bad_request"},
	engine.Unauthenticated:  {http.StatusUnauthorized, "unauthorized"},
	engine.Forbidden:        {http.StatusForbidden, "forbidden"},
	engine.NotFound:         {http.StatusNotFound, "not_found"},
	engine.MethodNotAllowed: {http.StatusMethodNotAllowed, "method_not_allowed"},
	engine.NotAcceptable:    {http.StatusBadRequest, "bad_request"},
	engine.Conflict:         {http.StatusBadRequest, "not_allowed_now"},
	engine.Expired:          {http.StatusBadRequest, "expired"},
	engine.TooLarge:         {http.StatusRequestEntityTooLarge, "payload_too_large"},
	engine.UnsupportedMedia: {http.StatusUnsupportedMediaType, "unsupported_media_type"},
	engine.Throttled:        {http.StatusTooManyRequests, "too_many_requests"},
	engine.Injected:         {http.StatusInternalServerError, "internal_error"},
	engine.Internal:         {http.StatusInternalServerError, "internal_error"},
}

// phrase puts a refusal into the vendor's envelope. It always has a body: the official client takes an empty one, whatever its status, for success.
func phrase(_ *engine.Call, e *engine.Error) engine.Reply {
	known := codes[e.Kind]
	body := refusal{Message: e.Message, Code: known.code}
	if e.Code != "" {
		body.Code = e.Code
	}
	if len(e.Problems) > 0 && known.status == http.StatusBadRequest {
		body.Errors = map[string][]string{}
		for _, p := range e.Problems {
			body.Errors[field(p)] = append(body.Errors[field(p)], sentence(p))
		}
		body.Message = field(e.Problems[0]) + " " + sentence(e.Problems[0])
	}
	reply := engine.Reply{Status: known.status, Body: body}
	if e.Kind == engine.Unauthenticated {
		reply = reply.With("WWW-Authenticate", "Bearer")
	}
	return reply
}

// field names what a problem is about: payment_method.return_url, user_id, body.
func field(p openapi.Problem) string {
	if name := strings.Join(p.Path(), "."); name != "" {
		return name
	}
	return p.In
}

func sentence(p openapi.Problem) string {
	if p.Want == "" {
		return p.Message
	}
	return p.Message + "; " + p.Want + " would be right"
}

// store is the tenant: every path names it.
func store(c *engine.Call) string { return c.Vars["store_id"] }

// answered is the envelope of every success.
type answered[T any] struct {
	Message string `json:"message"`
	Success bool   `json:"success"`
	Content T      `json:"content"`
}

// ok answers 200 in the envelope.
func ok[T any](message string, content T) (engine.Reply, error) {
	return engine.OK(answered[T]{message, true, content}), nil
}

// stamp prints a time to the second, as the page's sample and Juspay's examples do.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stampOrNull is stamp, or null for a time that has not come.
func stampOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}

// crockford is the alphabet of ULIDs.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ulid prints the shape of a ULID: ten characters of the time in milliseconds, sixteen that look random.
func ulid(at time.Time, id world.ID) string {
	var head [10]byte
	ms := at.UnixMilli()
	for i := len(head) - 1; i >= 0; i-- {
		head[i] = crockford[ms&31]
		ms >>= 5
	}
	return string(head[:]) + id.Spell(16, crockford)
}
