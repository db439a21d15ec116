package nextcommerce

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// defaultStore is whose orders a request is about that names no store: the host's label names one, as in {store}.29next.store.
const defaultStore = "example"

// versionHeader chooses the API's version. The vendor's document requires it; the platform takes the token's default when it is absent.
const versionHeader = "X-29next-API-Version"

// forgive lets the version header be absent.
func forgive(c *engine.Call, p openapi.Problem) bool {
	absent := p.In == "header" && p.Pointer == versionHeader && p.Keyword == "required"
	if absent {
		c.Note(versionHeader + " is absent: taken as 2024-04-01")
	}
	return absent
}

// token reads the credentials of ours that hold less than every right: `scope=orders:read+transactions:read`.
func token(_ *engine.Call, credential string) (*engine.Principal, error) {
	scopes, ok := strings.CutPrefix(credential, "scope=")
	if !ok {
		return nil, nil
	}
	return &engine.Principal{Kind: "app", Scopes: strings.FieldsFunc(scopes, func(r rune) bool { return r == '+' || r == ',' })}, nil
}

// detail is a refusal in one sentence.
type detail struct {
	Detail string `json:"detail"`
}

// phrase puts a refusal as Django REST Framework does: one detail, or messages by field. No error of the vendor's is published
// but the declined payment, so the sentences are ours.
func phrase(_ *engine.Call, e *engine.Error) engine.Reply {
	answer := func(status int, text string) engine.Reply {
		return engine.Reply{Status: status, Body: detail{sentence(text)}}
	}
	switch e.Kind {
	case engine.Unauthenticated:
		return answer(http.StatusUnauthorized, e.Message).With("WWW-Authenticate", `Bearer realm="api"`)
	case engine.NotFound, engine.Expired:
		return answer(http.StatusNotFound, "Not found.")
	case engine.Throttled:
		return answer(http.StatusTooManyRequests, e.Message).With("Retry-After", "1")
	case engine.Internal, engine.Injected:
		return answer(http.StatusInternalServerError, e.Message)
	case engine.Invalid, engine.Conflict, engine.NotAcceptable:
		return phraseInvalid(e)
	}
	return answer(e.Status(), e.Message)
}

func phraseInvalid(e *engine.Error) engine.Reply {
	if len(e.Problems) == 0 {
		return engine.Reply{Status: http.StatusBadRequest, Body: detail{sentence(e.Message)}}
	}
	fields, inPath := map[string]any{}, true
	for _, p := range e.Problems {
		inPath = inPath && p.In == "path"
		switch path := p.Path(); {
		case p.Keyword == "json":
			return engine.Reply{Status: http.StatusBadRequest, Body: detail{"JSON parse error: the body " + p.Message + "."}}
		case len(path) == 0:
			nest(fields, []string{"non_field_errors"}, messageOf(p))
		default:
			nest(fields, path, messageOf(p))
		}
	}
	if inPath { // an id that is no number is nobody's id
		return engine.Reply{Status: http.StatusNotFound, Body: detail{"Not found."}}
	}
	return engine.Reply{Status: http.StatusBadRequest, Body: fields}
}

// nest puts a message at a path of members; a list's items go by their index.
func nest(fields map[string]any, path []string, message string) {
	for _, name := range path[:len(path)-1] {
		inner, ok := fields[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			fields[name] = inner
		}
		fields = inner
	}
	last := path[len(path)-1]
	if _, nested := fields[last].(map[string]any); nested {
		return // its members have their own messages
	}
	list, _ := fields[last].([]string)
	fields[last] = append(list, message)
}

// messageOf is what the framework says of a field, and what would be right where that is not plain.
func messageOf(p openapi.Problem) string {
	switch p.Keyword {
	case "required":
		return "This field is required."
	case "nullable":
		return "This field may not be null."
	case "type":
		switch word, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p.Want, "an "), "a "), " "); word {
		case "integer", "number":
			return "A valid " + word + " is required."
		case "boolean":
			return "Must be a valid boolean."
		case "string":
			return "Not a valid string."
		case "array":
			return "Expected a list of items."
		case "object":
			return "Invalid data. Expected an object."
		}
	case "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems":
		return "Ensure this is " + p.Want + "."
	}
	if p.Want == "" {
		return sentence("this value " + p.Message)
	}
	return sentence("this value "+p.Message) + " Want " + p.Want + "."
}

// sentence gives a text its capital and its full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// pageSize is how many results a page of a list has. The vendor's is not published.
const pageSize = 10

// listPage is a page of a list, with the URLs of its neighbours.
type listPage[B any] struct {
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  []B     `json:"results"`
}

// cursor is where a page begins, in the form of Django REST Framework's cursors: base64 of "p=<position>", with "r=1" when it reads backwards.
type cursor struct {
	position string
	backward bool
}

func readCursor(text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	plain, err := base64.StdEncoding.DecodeString(text)
	values, broken := url.ParseQuery(string(plain))
	if err != nil || broken != nil || values.Get("p") == "" {
		return cursor{}, engine.Refuse(engine.NotFound, "the cursor is none of ours; take it from next or previous")
	}
	return cursor{values.Get("p"), values.Get("r") == "1"}, nil
}

func (k cursor) String() string {
	values := url.Values{"p": {k.position}}
	if k.backward {
		values.Set("r", "1")
	}
	return base64.StdEncoding.EncodeToString([]byte(values.Encode()))
}

// paginate answers the page of a kind's records that the request's cursor asks for, of those that keep admits, oldest first.
func paginate[T world.Record[T], B any](c *engine.Call, kind world.Kind[T], keep func(T) bool, print func(T) B) (listPage[B], error) {
	at, err := readCursor(c.Query().Get("cursor"))
	if err != nil {
		return listPage[B]{}, err
	}
	var keys []string
	var found []T
	add := func(id string, record T) {
		keys, found = append(keys, id), append(found, record)
	}
	if !at.backward {
		for id, record := range kind.All(c.Tx, at.position) {
			if !keep(record) {
				continue
			}
			if add(id, record); len(found) > pageSize {
				break
			}
		}
		return assemble(c, at, keys, found, print), nil
	}
	for id, record := range kind.All(c.Tx, "") {
		if id >= at.position {
			break
		}
		if !keep(record) {
			continue
		}
		if add(id, record); len(found) > pageSize+1 { // the one too many tells that there are more
			keys, found = keys[1:], found[1:]
		}
	}
	return assemble(c, at, keys, found, print), nil
}

// assemble prints a page. The URLs of its neighbours keep the request's filters.
func assemble[T, B any](c *engine.Call, at cursor, keys []string, found []T, print func(T) B) listPage[B] {
	page := listPage[B]{Results: []B{}}
	further := len(found) > pageSize
	switch {
	case further && at.backward:
		keys, found = keys[1:], found[1:]
	case further:
		keys, found = keys[:pageSize], found[:pageSize]
	}
	for _, record := range found {
		page.Results = append(page.Results, print(record))
	}
	neighbour := func(k cursor) *string {
		query := maps.Clone(c.Query())
		query.Set("cursor", k.String())
		u := c.Link(c.Path) + "?" + query.Encode()
		return &u
	}
	if len(keys) > 0 && (further || at.backward) {
		page.Next = neighbour(cursor{position: keys[len(keys)-1]})
	}
	if len(keys) > 0 && at.position != "" && (further || !at.backward) {
		page.Previous = neighbour(cursor{position: keys[0], backward: true})
	}
	return page
}
