package document

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Request is a request to an operation, in parts that can be changed one at a time. Changing makes a copy.
type Request struct {
	Operation *Operation
	Method    string
	Path      map[string]string // variables, unescaped
	RawPath   string            // if not empty, this path instead, escaped
	Query     url.Values
	Header    http.Header
	Media     string // of the body, as the document has it
	Value     any    // the body's value, before it was written; nil if there is none
	Body      []byte // nil: none
}

// Accepted is a credential that the mock takes: any is. A sandbox's client puts its own in.
const Accepted = "contract-credential"

// Sample is the request that the document's examples make: everything that is required and no more, with a credential. media chooses among the body's media
// types; "" is the JSON one. A fresh mock answers it with the operation's success.
func (op *Operation) Sample(media string) Request {
	r := Request{Operation: op, Method: op.Method, Path: map[string]string{}, Query: url.Values{}, Header: http.Header{}}
	for _, p := range op.Parameters {
		switch {
		case p.In == "path":
			r.Path[p.Name] = p.text(p.Example)
		case p.Required:
			r = r.With(p, p.Example)
		}
	}
	if len(op.Security) > 0 {
		for _, scheme := range op.Security[0] {
			r = r.Carrying(scheme, Accepted)
		}
	}
	if m := op.Body.media(media); m != nil {
		r = r.Writing(m.Type, m.Sample())
	}
	return r
}

// media picks a media type of the body: the named one, or JSON before others. nil: there is none.
func (b *Body) media(name string) *Media {
	if b == nil || len(b.Media) == 0 {
		return nil
	}
	if i := slices.IndexFunc(b.Media, func(m *Media) bool { return m.Type == name }); i >= 0 {
		return b.Media[i]
	}
	if i := slices.IndexFunc(b.Media, func(m *Media) bool { return IsJSON(m.Type) }); i >= 0 {
		return b.Media[i]
	}
	return b.Media[0]
}

// Sample is the body's first example, or one that is made from its schema.
func (m *Media) Sample() any {
	if len(m.Examples) > 0 {
		return m.Examples[0].Value
	}
	return m.Schema.Made()
}

// IsJSON tells whether a media type is written as JSON.
func IsJSON(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	media = strings.TrimSpace(media)
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

func (r Request) copy() Request {
	r.Path, r.Query, r.Header = maps.Clone(r.Path), maps.Clone(r.Query), r.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	return r
}

// With sets a parameter to a value, written as the parameter is written.
func (r Request) With(p *Parameter, v any) Request {
	r = r.copy()
	switch p.In {
	case "path":
		r.Path[p.Name] = p.text(v)
	case "header":
		r.Header.Set(p.Name, p.text(v))
	case "query":
		maps.Copy(r.Query, p.query(v))
	}
	return r
}

// Without takes a parameter away.
func (r Request) Without(p *Parameter) Request {
	r = r.copy()
	r.Header.Del(p.Name)
	delete(r.Query, p.Name)
	return r
}

// text writes a value as paths and headers do.
func (p *Parameter) text(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	if p.Media != "" {
		return string(Written(v))
	}
	return strings.Join(texts(v), ",")
}

func (p *Parameter) query(v any) url.Values {
	if members, ok := v.(map[string]any); ok && p.Style == "deepObject" {
		query := url.Values{}
		for name, member := range members {
			query[p.Name+"["+name+"]"] = texts(member)
		}
		return query
	}
	if list, ok := v.([]any); ok && p.Explode && p.Media == "" {
		return url.Values{p.Name: texts(list)}
	}
	return url.Values{p.Name: {p.text(v)}}
}

// texts writes a value as forms and queries do: a list is several values.
func texts(v any) (list []string) {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		for _, item := range v {
			list = append(list, texts(item)...)
		}
		return list
	case map[string]any:
		return []string{string(Written(v))}
	}
	return []string{fmt.Sprint(v)}
}

// Carrying sends a credential in a scheme.
func (r Request) Carrying(s Scheme, credential string) Request {
	r = r.copy()
	switch {
	case s.Type == "apiKey" && s.In == "query":
		r.Query.Set(s.Key, credential)
	case s.Type == "apiKey" && !strings.EqualFold(s.Key, "Authorization"):
		r.Header.Set(s.Key, credential)
	case s.Scheme == "basic":
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(credential)))
	default:
		r.Header.Set("Authorization", "Bearer "+credential)
	}
	return r
}

// Bare sends no credential at all.
func (r Request) Bare() Request {
	r = r.copy()
	for _, way := range r.Operation.Security {
		for _, s := range way {
			r.Header.Del(s.Key)
			r.Header.Del("Authorization")
			delete(r.Query, s.Key)
		}
	}
	return r
}

// boundary parts the members of a form.
const boundary = "understudy-contract"

// Writing sends a value as the body in a media type.
func (r Request) Writing(media string, v any) Request {
	r = r.copy()
	members, _ := v.(map[string]any)
	r.Media, r.Value = media, v
	contentType := media
	switch media {
	case "application/x-www-form-urlencoded":
		form := url.Values{}
		for name, member := range members {
			form[name] = texts(member)
		}
		r.Body = []byte(form.Encode())
	case "multipart/form-data":
		r.Body, contentType = multipartOf(members)
	default:
		r.Body = Written(v)
	}
	r.Header.Set("Content-Type", contentType)
	return r
}

func multipartOf(members map[string]any) ([]byte, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.SetBoundary(boundary)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		for _, text := range texts(members[name]) {
			w.WriteField(name, text)
		}
	}
	w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// Sending sends these bytes as the body.
func (r Request) Sending(body []byte) Request {
	r = r.copy()
	r.Body = body
	return r
}

// Written is a value as JSON, without the escapes that are for HTML.
func Written(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // only what JSON cannot hold; the document is JSON or YAML itself
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Target is the request's path and query, escaped.
func (r Request) Target() string {
	path := r.RawPath
	if path == "" {
		path = r.Operation.Path
		for name, v := range r.Path {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(v))
		}
	}
	if len(r.Query) > 0 {
		path += "?" + r.Query.Encode()
	}
	return path
}

// HTTP is the request as it goes to what stands before the vendor's path.
func (r Request) HTTP(origin string) (*http.Request, error) {
	var body *bytes.Reader
	q, err := http.NewRequest(r.Method, origin+r.Target(), nil)
	if err != nil {
		return nil, err
	}
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
		if q, err = http.NewRequest(r.Method, origin+r.Target(), body); err != nil {
			return nil, err
		}
	}
	q.Header = r.Header.Clone()
	return q, nil
}

// Accepting asks for an answer in a media type.
func (r Request) Accepting(media string) Request {
	r = r.copy()
	r.Header.Set("Accept", media)
	return r
}
