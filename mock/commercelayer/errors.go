package commercelayer

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"understudy/fixtures/jsonpointer"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
)

// codeValidation is the code of a resource that would not be valid.
const codeValidation = "VALIDATION_ERROR"

// statuses are what codes mean in HTTP, where they do not mean 400 (published: error handling page).
var statuses = map[string]int{
	codeValidation:                       http.StatusUnprocessableEntity,
	"SAVE_FAILED":                        http.StatusUnprocessableEntity,
	"PAYMENT_NOT_APPROVED_FOR_EXECUTION": http.StatusUnprocessableEntity,
	"LOCKED":                             http.StatusLocked,
}

// kindsOfRefusal are how the vendor speaks of refusals that are not about a place in the request. Detail is the refusal's own words where it is empty.
// The codes UNAUTHORIZED, RECORD_NOT_FOUND, NOT_ACCEPTABLE, UNSUPPORTED_MEDIA_TYPE, INVALID_TOKEN and INTERNAL_SERVER_ERROR are published, the others assumed.
var kindsOfRefusal = map[engine.Kind]struct {
	status              int
	code, title, detail string
}{
	engine.Unauthenticated:  {http.StatusUnauthorized, "INVALID_TOKEN", "Invalid token", ""},
	engine.Forbidden:        {http.StatusUnauthorized, "UNAUTHORIZED", "Access denied", "You are not authorized to perform this action on the requested resource."},
	engine.NotFound:         {http.StatusNotFound, "RECORD_NOT_FOUND", "Record not found", ""},
	engine.MethodNotAllowed: {http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "Method not allowed", ""},
	engine.NotAcceptable:    {http.StatusNotAcceptable, "NOT_ACCEPTABLE", "Not acceptable", ""},
	engine.UnsupportedMedia: {http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type", ""},
	engine.Conflict:         {http.StatusUnprocessableEntity, "SAVE_FAILED", "Save failed", ""},
	engine.Expired:          {http.StatusUnprocessableEntity, codeValidation, "Expired", ""},
	engine.TooLarge:         {http.StatusRequestEntityTooLarge, "CONTENT_TOO_LARGE", "Content too large", ""},
	engine.Throttled:        {http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "Too many requests", ""},
	engine.Injected:         {http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "Internal server error", ""},
	engine.Internal:         {http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "Internal server error", ""},
	engine.Invalid:          {http.StatusBadRequest, "BAD_REQUEST", "Bad request", ""},
}

type errorBody struct {
	Errors []errorEntry `json:"errors"`
}

type errorEntry struct {
	Title  string       `json:"title"`
	Detail string       `json:"detail"`
	Code   string       `json:"code"`
	Status string       `json:"status"`
	Source *errorSource `json:"source,omitempty"`
	Meta   *errorMeta   `json:"meta,omitempty"`
}

type errorSource struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
}

type errorMeta struct {
	Error string          `json:"error"`
	Value json.RawMessage `json:"value,omitempty"`
	Count *int64          `json:"count,omitempty"`
}

// phrase puts a refusal into an errors document. If anything makes the request malformed (400), what else is wrong is not told, as the vendor
// looks at a resource only once its document is sound.
func phrase(c *engine.Call, e *engine.Error) engine.Reply {
	reply := phraseErrors(c, e)
	if ofTokens(c) {
		reply.MediaType = plainJSON
	}
	return reply
}

func phraseErrors(c *engine.Call, e *engine.Error) engine.Reply {
	if len(e.Problems) == 0 {
		return phraseKind(e)
	}
	var entries []errorEntry
	status := 0
	for _, p := range e.Problems {
		s, entry := phraseProblem(c, e.Code, p)
		if status != 0 && s > status {
			continue
		}
		if s < status {
			entries = nil
		}
		status, entries = s, append(entries, entry)
	}
	return engine.Reply{Status: status, Body: errorBody{entries}}
}

func phraseKind(e *engine.Error) engine.Reply {
	k := kindsOfRefusal[e.Kind]
	if e.Code != "" {
		k.code, k.title = e.Code, title(e.Code)
		if s, ok := statuses[e.Code]; ok {
			k.status = s
		}
	}
	if k.detail == "" {
		k.detail = e.Message
	}
	return engine.Reply{Status: k.status, Body: errorBody{[]errorEntry{{Title: k.title, Detail: k.detail, Code: k.code, Status: strconv.Itoa(k.status)}}}}
}

// phraseProblem phrases one thing wrong with a request. A code says that the room itself found it.
func phraseProblem(c *engine.Call, code string, p openapi.Problem) (int, errorEntry) {
	reason := p.Keyword
	if code == "" {
		code, reason, p = classify(c, p)
	}
	status, ok := statuses[code]
	switch {
	case code == "RECORD_NOT_FOUND":
		status = http.StatusNotFound
	case !ok:
		status = http.StatusBadRequest
	}
	entry := errorEntry{Title: title(code), Code: code, Status: strconv.Itoa(status)}
	message := p.Message
	if p.Want != "" && reason != "less_than_or_equal_to" {
		message += "; " + p.Want + " would be right"
	}
	if p.In == "body" && p.Pointer != "" {
		entry.Source = &errorSource{Pointer: p.Pointer}
	} else if p.In == "query" {
		entry.Source = &errorSource{Parameter: p.Pointer}
	}
	if code != codeValidation {
		entry.Detail = message
		if code != "PARAM_NOT_ALLOWED" && !strings.Contains(message, p.Name()) {
			entry.Detail = p.Name() + " " + message
		} else if code == "PARAM_NOT_ALLOWED" && p.In == "body" {
			entry.Detail = p.Name() + " is not allowed."
		}
		return status, entry
	}
	entry.Title, entry.Detail = message, p.Name()+" - "+message
	entry.Meta = &errorMeta{Error: reason}
	if reason != "blank" {
		entry.Meta.Value = valueAt(c.Body, p)
	}
	if n, err := strconv.ParseInt(p.Want, 10, 64); err == nil {
		entry.Meta.Count = &n
	}
	return status, entry
}

// title makes words of a code.
func title(code string) string {
	words := strings.ToLower(strings.ReplaceAll(code, "_", " "))
	return strings.ToUpper(words[:1]) + words[1:]
}

// classify finds the vendor's code for what the document says is wrong.
func classify(c *engine.Call, p openapi.Problem) (code, reason string, told openapi.Problem) {
	switch p.In {
	case "path":
		return "RECORD_NOT_FOUND", "", p
	case "query":
		return classifyParameter(p.Pointer), "", p
	case "header":
		return "BAD_REQUEST", "", p
	}
	if ofTokens(c) {
		return classifyToken(p), "", p
	}
	path := p.Path()
	switch {
	case p.Keyword == "json", len(path) == 0 && p.Keyword != "required", len(path) == 1 && p.Keyword != "required":
		return "INVALID_DATA_FORMAT", "", p
	case len(path) < 2:
		p.Pointer = "/data"
		return "PARAM_MISSING", "", p
	case path[1] == "type" && p.Keyword == "required":
		return "PARAM_MISSING", "", p
	case path[1] == "type":
		return "TYPE_MISMATCH", "", p
	case path[1] == "id":
		return "KEY_ORDER_MISMATCH", "", p
	case path[1] == "relationships":
		return classifyRelationship(p, path)
	}
	return classifyAttribute(p, path)
}

func classifyParameter(name string) string {
	family, _, _ := strings.Cut(name, "[")
	code := map[string]string{"page": "INVALID_PAGE_VALUE", "sort": "INVALID_SORT_CRITERIA", "include": "INVALID_INCLUDE", "fields": "INVALID_FIELD_FORMAT"}[family]
	if code == "" {
		return "PARAM_NOT_ALLOWED"
	}
	return code
}

func classifyAttribute(p openapi.Problem, path []string) (string, string, openapi.Problem) {
	switch {
	case len(path) == 2 && p.Keyword != "required":
		return "INVALID_DATA_FORMAT", "", p
	case p.Keyword == "properties":
		return "PARAM_NOT_ALLOWED", "", p
	case p.Keyword == "required", p.Keyword == "minLength", p.Keyword == "nullable":
		p.Message, p.Want = "can't be blank", ""
		return codeValidation, "blank", p
	}
	return codeValidation, "invalid", p
}

func classifyRelationship(p openapi.Problem, path []string) (string, string, openapi.Problem) {
	switch {
	case p.Keyword == "properties":
		return "PARAM_NOT_ALLOWED", "", p
	case len(path) == 2 && p.Keyword == "required": // only a create has a relationship that must be there
		p.Pointer += "/order"
		fallthrough
	case len(path) == 3 && p.Keyword == "required", len(path) == 4 && p.Keyword == "nullable":
		p.Pointer = jsonpointer.Of("data", "relationships", openapi.Problem{In: "body", Pointer: p.Pointer}.Path()[2])
		p.Message, p.Want = "must exist", ""
		return codeValidation, "blank", p
	case path[len(path)-1] == "type" && p.Keyword == "enum":
		return "TYPE_MISMATCH", "", p
	}
	return "INVALID_LINKS_OBJECT", "", p
}

// valueAt is the scalar that a body has at a problem's pointer; nil if there is none, or one too large to repeat.
func valueAt(body []byte, p openapi.Problem) json.RawMessage {
	var value any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if p.In != "body" || d.Decode(&value) != nil {
		return nil
	}
	for _, part := range p.Path() {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[part]
	}
	switch v := value.(type) {
	case nil, map[string]any, []any:
		return nil
	case json.Number:
		if _, err := v.Float64(); err != nil { // beyond what clients can read
			return nil
		}
	}
	raw, _ := json.Marshal(value)
	if len(raw) > 200 {
		return nil
	}
	return raw
}

// decline tells that an order was not placed because its payment was declined. It is an outcome: the failed authorization is kept.
func decline(c *engine.Call, o *Order) engine.Reply {
	p, _ := payments.Get(c.Tx, o.Source)
	return phrase(c, refuse("PAYMENT_NOT_APPROVED_FOR_EXECUTION", "/data/relationships/payment_source",
		"payment_source - was declined: "+p.Attempt.Summary+" ("+p.Attempt.Code+")"))
}
