package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// node reads JSON as the kind of tree that runtime expressions are evaluated on.
//
// The engine would make one of Go values too, but it drops null from it, and a YAML reader takes JSON's surrogate pairs for two characters.
func node(body []byte) (*yaml.Node, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	n, err := nodeOf(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the JSON value")
	}
	return n, nil
}

func nodeOf(d *json.Decoder) (*yaml.Node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if v == '[' {
			n = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		}
		for d.More() {
			item, err := nodeOf(d) // a member's name, then its value; both are items
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, item)
		}
		_, err := d.Token()
		return n, err
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return scalar("!!int", v.String()), nil
		}
		return scalar("!!float", v.String()), nil
	case bool:
		return scalar("!!bool", strconv.FormatBool(v)), nil
	case string:
		return scalar("!!str", v), nil
	default:
		return scalar("!!null", "null"), nil
	}
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// plain makes JSON's kinds of values out of what the engine hands over: objects and lists that were taken out of an answer are still trees.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case *yaml.Node:
		var decoded any
		if err := v.Decode(&decoded); err != nil {
			return nil, err
		}
		return plain(decoded)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			p, err := plain(member)
			if err != nil {
				return nil, err
			}
			out[name] = p
		}
		return out, nil
	case map[any]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[fmt.Sprint(name)] = member
		}
		return plain(out)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			p, err := plain(item)
			if err != nil {
				return nil, err
			}
			out[i] = p
		}
		return out, nil
	}
	return value, nil
}

// text is a value as it stands in a path, a query or a header.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any, []any:
		raw, _ := json.Marshal(v)
		return string(raw)
	}
	return fmt.Sprint(value)
}

// encode writes a request's body: a form if that is what the media type says, else JSON.
func encode(value any, media string) ([]byte, error) {
	value, err := plain(value)
	if err != nil {
		return nil, err
	}
	if kind, _, _ := mime.ParseMediaType(media); kind == "application/x-www-form-urlencoded" {
		members, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("a form is made of an object, not of %T", value)
		}
		return []byte(form(members).Encode()), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err = e.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// isJSON tells whether a Content-Type is JSON, in any of its dialects.
func isJSON(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	return media == "application/json" || strings.HasSuffix(media, "+json") || media == "application/json-patch+json"
}
