package mend

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// mends lists what may mend a finding, the mildest first. Whether it does is for a judge to say.
func (s spec) mends(x harness.Exchange, f harness.Finding) [][]Action {
	if f.In == "request" {
		return s.requestMends(x, f)
	}
	response, contentType := s.response(x.Operation, x.Response.Status), x.Response.Header.Get("Content-Type")
	switch {
	case response.node == nil:
		responses := s.follow(s.operation(x.Operation).member("responses"))
		if responses.node == nil {
			return nil
		}
		return s.newStatus(responses, x)
	case f.Rule == harness.RuleMedia || f.Rule == harness.RuleUnwanted:
		return [][]Action{{{Target: response.path, Update: content(x)}}}
	case f.In == "header":
		return s.headerMends(response, x, f)
	case f.In != "body":
		return nil
	}
	body, ok := parsed(x.Response.Body)
	if !ok {
		return nil
	}
	return s.valueMends(s.media(response, contentType).member("schema"), body, f.Pointer)
}

// newStatus declares a status: with the body of another answer of its class, if that is what came, or else with what came.
func (s spec) newStatus(responses place, x harness.Exchange) (list [][]Action) {
	declare := func(answer map[string]any) {
		answer["description"], answer["x-provenance"] = "Seen, and not described yet.", "assumed"
		list = append(list, []Action{{Target: responses.path, Update: map[string]any{strconv.Itoa(x.Response.Status): answer}}})
	}
	for i := 0; i+1 < len(responses.node.Content); i += 2 {
		code := responses.node.Content[i].Value
		if !strings.HasPrefix(code, strconv.Itoa(x.Response.Status/100)) {
			continue
		}
		if alike := s.follow(responses.member(code)).member("content"); alike.node != nil {
			declare(map[string]any{"content": alike.node})
		}
	}
	declare(content(x))
	return list
}

// requestMends loosen what an operation asks of its body.
func (s spec) requestMends(x harness.Exchange, f harness.Finding) [][]Action {
	in, pointer, _ := strings.Cut(f.Pointer, " ")
	value, ok := parsed(x.Request.Body)
	if in != "body" || !ok {
		return nil
	}
	body := s.follow(s.operation(x.Operation).member("requestBody"))
	return s.valueMends(s.media(body, x.Request.Header.Get("Content-Type")).member("schema"), value, pointer)
}

// content is a body as an answer showed it.
func content(x harness.Exchange) map[string]any {
	media, _, _ := strings.Cut(x.Response.Header.Get("Content-Type"), ";")
	if len(x.Response.Body) == 0 || media == "" {
		return map[string]any{}
	}
	schema := map[string]any{"type": "string"}
	if value, ok := parsed(x.Response.Body); ok && document.IsJSON(media) {
		schema = described(value)
	}
	return map[string]any{"content": map[string]any{strings.TrimSpace(media): map[string]any{"schema": schema}}}
}

func (s spec) headerMends(response place, x harness.Exchange, f harness.Finding) (list [][]Action) {
	headers := response.member("headers")
	if headers.node == nil {
		return nil
	}
	for i := 0; i+1 < len(headers.node.Content); i += 2 {
		name := headers.node.Content[i].Value
		if !strings.EqualFold(name, f.Pointer) {
			continue
		}
		header := s.follow(headers.member(name))
		sent := x.Response.Header.Get(name)
		if sent == "" {
			return [][]Action{{{Target: header.path, Update: map[string]any{"required": false}}}}
		}
		for _, schema := range s.composed(header.member("schema"), nil) {
			list = append(list, loosened(schema)...)
			list = append(list, []Action{{Target: schema.path, Update: map[string]any{"type": "string"}}})
		}
	}
	return list
}

// valueMends loosen what a schema says of the value at a pointer, and of what ought to stand there.
func (s spec) valueMends(schema place, body any, pointer string) (list [][]Action) {
	if schema.node == nil {
		return nil
	}
	value, there := valueAt(body, pointer)
	if pointer != "" {
		above, name := pointer[:strings.LastIndexByte(pointer, '/')], jsonpointer.Parts(pointer)
		holder, _ := valueAt(body, above)
		members, _ := holder.(map[string]any)
		for _, p := range s.below(schema, above) {
			if !there {
				list = append(list, optional(p, name[len(name)-1])...)
			} else if members != nil && p.member("properties").member(name[len(name)-1]).node == nil {
				list = append(list, named(p, name[len(name)-1], value))
			}
		}
	}
	if !there {
		return list
	}
	for _, p := range s.below(schema, pointer) {
		list = append(list, s.fitted(p, value)...)
	}
	return list
}

// fitted makes a schema take a value.
func (s spec) fitted(p place, value any) (list [][]Action) {
	switch {
	case value == nil:
		update := map[string]any{"nullable": true}
		if p.member("enum").node != nil {
			update["enum"] = []any{nil}
		}
		return [][]Action{{{Target: p.path, Update: update}}}
	case p.member("enum").node != nil:
		list = append(list, []Action{{Target: p.path, Update: map[string]any{"enum": []any{plainly(value)}}}})
	}
	if members, ok := value.(map[string]any); ok {
		var missing []string
		for _, name := range strs(p.member("required").node) {
			if _, there := members[name]; !there {
				missing = append(missing, name)
			}
		}
		if len(missing) > 0 {
			list = append(list, optional(p, missing...)...)
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if p.member("properties").node != nil && p.member("properties").member(name).node == nil {
				list = append(list, named(p, name, members[name]))
			}
		}
	}
	list = append(list, loosened(p)...)
	if declared := p.member("type").node; declared != nil && !fits(declared.Value, value) {
		list = append(list, retyped(p, value), []Action{
			{Target: p.path, Update: map[string]any{"anyOf": []any{map[string]any{"type": declared.Value}, described(value)}}},
			{Target: p.member("type").path, Remove: true},
		})
	}
	return list
}

// optional makes members of an object optional.
func optional(p place, names ...string) [][]Action {
	required := p.member("required")
	all := strs(required.node)
	rest := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(names, name) })
	if len(rest) == len(all) {
		return nil
	}
	actions := []Action{{Target: required.path, Remove: true}}
	if len(rest) > 0 {
		actions = append(actions, Action{Target: p.path, Update: map[string]any{"required": rest}})
	}
	return [][]Action{actions}
}

// named gives an object a member.
func named(p place, name string, value any) []Action {
	schema := described(value)
	schema["x-provenance"] = "assumed"
	return []Action{{Target: p.path, Update: map[string]any{"properties": map[string]any{name: schema}}}}
}

// narrowing are the keywords that forbid some values of a type.
var narrowing = []string{"format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
	"minProperties", "maxProperties"}

// loosened takes one narrowing keyword away, or all of them.
func loosened(p place) (list [][]Action) {
	var all []Action
	for _, keyword := range narrowing {
		if at := p.member(keyword); at.node != nil {
			remove := Action{Target: at.path, Remove: true}
			list, all = append(list, []Action{remove}), append(all, remove)
		}
	}
	if len(all) > 1 {
		list = append(list, all)
	}
	return list
}

// retyped gives a schema the type of a value; what was said of the values of the old one goes.
func retyped(p place, value any) []Action {
	actions := []Action{{Target: p.path, Update: map[string]any{"type": typeOf(value)}}}
	for _, keyword := range append([]string{"enum", "example", "default", "items", "properties", "required"}, narrowing...) {
		if at := p.member(keyword); at.node != nil {
			actions = append(actions, Action{Target: at.path, Remove: true})
		}
	}
	if items, ok := value.([]any); ok {
		actions = append(actions, Action{Target: p.path, Update: map[string]any{"items": itemsOf(items)}})
	}
	return actions
}

func strs(n *yaml.Node) (list []string) {
	if n != nil {
		for _, item := range n.Content {
			list = append(list, item.Value)
		}
	}
	return list
}

// described is a schema that a value satisfies, and others of its kind.
func described(value any) map[string]any {
	schema := map[string]any{"type": typeOf(value)}
	switch v := value.(type) {
	case nil:
		return map[string]any{"type": "string", "nullable": true}
	case map[string]any:
		properties := map[string]any{}
		for name, member := range v {
			properties[name] = described(member)
		}
		if len(properties) > 0 {
			schema["properties"] = properties
		}
	case []any:
		schema["items"] = itemsOf(v)
	}
	return schema
}

// itemsOf is a schema of all items of a list.
func itemsOf(list []any) map[string]any {
	var all map[string]any
	for _, item := range list {
		all = either(all, described(item))
	}
	if all == nil {
		return map[string]any{}
	}
	return all
}

// either is a schema of what satisfies the one or the other. Two types make any.
func either(a, b map[string]any) map[string]any {
	switch {
	case a == nil:
		return b
	case a["nullable"] == true && len(a) == 2: // null was all that was seen
		b["nullable"] = true
		return b
	case b["nullable"] == true && len(b) == 2:
		a["nullable"] = true
		return a
	case a["type"] == "integer" && b["type"] == "number" || a["type"] == "number" && b["type"] == "integer":
		a["type"] = "number"
		return a
	case a["type"] != b["type"]:
		return map[string]any{}
	}
	if more, ok := b["properties"].(map[string]any); ok {
		properties, _ := a["properties"].(map[string]any)
		if properties == nil {
			properties = map[string]any{}
		}
		for name, schema := range more {
			known, _ := properties[name].(map[string]any)
			properties[name] = either(known, schema.(map[string]any))
		}
		a["properties"] = properties
	}
	if items, ok := b["items"].(map[string]any); ok {
		known, _ := a["items"].(map[string]any)
		if len(known) == 0 || len(items) == 0 {
			a["items"] = map[string]any{}
		} else {
			a["items"] = either(known, items)
		}
	}
	if b["nullable"] == true {
		a["nullable"] = true
	}
	return a
}

func typeOf(value any) string {
	switch v := value.(type) {
	case bool:
		return "boolean"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "number"
		}
		return "integer"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return "string"
}

func fits(declared string, value any) bool {
	seen := typeOf(value)
	return declared == seen || declared == "number" && seen == "integer"
}

// plainly is a JSON value as YAML writes it.
func plainly(value any) any {
	n, ok := value.(json.Number)
	if !ok {
		return value
	}
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := n.Float64()
	if err != nil {
		return fmt.Sprint(n)
	}
	return f
}
