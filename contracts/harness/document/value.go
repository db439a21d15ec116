package document

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v4"
)

// value reads a YAML node as the JSON value that it stands for: numbers keep their digits, dates stay text, and what is repeated by a YAML alias is a value of its own.
func value(n *yaml.Node) any {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.AliasNode:
		return value(n.Alias)
	case n.Kind == yaml.DocumentNode && len(n.Content) > 0:
		return value(n.Content[0])
	case n.Kind == yaml.MappingNode:
		return object(n)
	case n.Kind == yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = value(item)
		}
		return list
	}
	return scalar(n)
}

func object(n *yaml.Node) map[string]any {
	members := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, v := n.Content[i], value(n.Content[i+1])
		if name.Tag != "!!merge" {
			members[name.Value] = v
			continue
		}
		merged, _ := v.(map[string]any)
		for k, inner := range merged {
			if _, own := members[k]; !own {
				members[k] = inner
			}
		}
	}
	return members
}

func scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value)
		}
		var f float64
		if n.Decode(&f) == nil {
			raw, _ := json.Marshal(f)
			return json.Number(raw)
		}
	}
	return n.Value
}
