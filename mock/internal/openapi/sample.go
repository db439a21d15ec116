package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Sample is a request made of the document's examples, which a fresh world answers with the operation's success.
type Sample struct {
	Path   map[string]string // the path's variables, those of the server's path among them; not escaped
	Query  url.Values
	Header http.Header
	Media  string // of the body, with its boundary if it is multipart; empty if there is none
	Body   []byte
}

// Sample puts the examples together. Optional parameters are left out; `media` chooses among the body's media types, "" the JSON one.
func (op *Operation) Sample(media string) Sample {
	s := Sample{Path: map[string]string{}, Query: url.Values{}, Header: http.Header{}}
	for _, p := range op.Parameters() {
		switch {
		case p.In == openapi3.ParameterInPath:
			s.Path[p.Name] = p.Text()
		case !p.Required:
		case p.In == openapi3.ParameterInQuery:
			maps.Copy(s.Query, p.Query())
		case p.In == openapi3.ParameterInHeader:
			s.Header.Set(p.Name, p.Text())
		}
	}
	if op.spec.RequestBody == nil {
		return s
	}
	content := op.spec.RequestBody.Value.Content
	names := slices.Sorted(maps.Keys(content))
	slices.SortStableFunc(names, func(a, b string) int { return boolOrder(isJSON(b)) - boolOrder(isJSON(a)) })
	for _, name := range names {
		if media == "" || media == name {
			value, _ := exampleOf(content[name], "")
			s.Media, s.Body = written(name, value)
			break
		}
	}
	return s
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// boundary parts the members of a sample form.
const boundary = "understudy-sample"

// written puts a value into a media type: a form's members if it is a form, else JSON.
func written(media string, value any) (string, []byte) {
	members, _ := value.(map[string]any)
	switch media {
	case "application/x-www-form-urlencoded":
		form := url.Values{}
		for name, v := range members {
			form[name] = texts(v)
		}
		return media, []byte(form.Encode())
	case "multipart/form-data":
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		w.SetBoundary(boundary)
		for _, name := range slices.Sorted(maps.Keys(members)) {
			for _, text := range texts(members[name]) {
				w.WriteField(name, text)
			}
		}
		w.Close()
		return w.FormDataContentType(), b.Bytes()
	}
	body, _ := json.Marshal(value)
	return media, body
}

// texts writes a value as forms and queries do: a list is several values; an object is JSON.
func texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var list []string
		for _, item := range v {
			list = append(list, texts(item)...)
		}
		return list
	case map[string]any:
		raw, _ := json.Marshal(v)
		return []string{string(raw)}
	}
	return []string{fmt.Sprint(v)}
}

// Parameter is what a generated suite has to know of a parameter.
type Parameter struct {
	In, Name string
	Required bool
	Schema   *openapi3.Schema // of its value; nil for a variable of the server's path
	Media    string           // its value is text of this media type; empty if it is written plainly
	Line     int              // where it stands in the document
	Example  any              // nil if it is optional and the document gives none

	style   string
	explode bool
}

// Parameters lists the operation's parameters, the variables of its server's path first.
func (op *Operation) Parameters() []Parameter {
	var list []Parameter
	for _, name := range slices.Sorted(maps.Keys(op.variables)) {
		if strings.Contains(op.Path, "{"+name+"}") {
			list = append(list, Parameter{In: openapi3.ParameterInPath, Name: name, Required: true, Example: op.variables[name]})
		}
	}
	for _, p := range op.params {
		list = append(list, parameter(p))
	}
	return list
}

func parameter(p *openapi3.Parameter) Parameter {
	q := Parameter{In: p.In, Name: p.Name, Required: p.Required, Line: lineOf(p.Origin), Example: p.Example}
	schema := p.Schema
	for media, content := range p.Content {
		q.Media, schema = media, content.Schema
		if q.Example == nil {
			q.Example, _ = exampleOf(content, "")
		}
	}
	if schema != nil {
		q.Schema = schema.Value
	}
	if q.Example == nil && schema != nil && (p.Required || schema.Value.Example != nil) {
		q.Example = made(schema, 0)
	}
	if how, err := p.SerializationMethod(); err == nil {
		q.style, q.explode = how.Style, how.Explode
	}
	return q
}

// Text is the parameter's example as it is written in a path or a header.
func (p Parameter) Text() string {
	if text, ok := p.Example.(string); ok {
		return text
	}
	if p.Media != "" {
		raw, _ := json.Marshal(p.Example)
		return string(raw)
	}
	return strings.Join(texts(p.Example), ",")
}

// Query is the parameter's example as it is written in a query, by its style.
func (p Parameter) Query() url.Values {
	if members, ok := p.Example.(map[string]any); ok && p.style == openapi3.SerializationDeepObject {
		query := url.Values{}
		for name, v := range members {
			query[p.Name+"["+name+"]"] = texts(v)
		}
		return query
	}
	if list, ok := p.Example.([]any); ok && p.explode && p.Media == "" {
		return url.Values{p.Name: texts(list)}
	}
	return url.Values{p.Name: {p.Text()}}
}

// BodySchema is the schema of the body in a media type; nil if there is none.
func (op *Operation) BodySchema(media string) *openapi3.Schema {
	if op.spec.RequestBody == nil {
		return nil
	}
	if m := op.spec.RequestBody.Value.Content[media]; m != nil && m.Schema != nil {
		return m.Schema.Value
	}
	return nil
}
