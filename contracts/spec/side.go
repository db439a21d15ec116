package spec

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// sidesOf tells of every component of the documents on which side of an exchange it is used, whatever it is used through.
func sidesOf(documents ...[]byte) map[string]Side {
	sides := map[string]Side{}
	for _, bytes := range documents {
		var root map[string]any
		if yaml.Unmarshal(bytes, &root) != nil {
			continue
		}
		r := reach{root: root, sides: sides}
		paths, _ := root["paths"].(map[string]any)
		for _, item := range paths {
			r.item(item)
		}
	}
	return sides
}

type reach struct {
	root  map[string]any
	sides map[string]Side
}

func (r reach) item(item any) {
	members, _ := item.(map[string]any)
	for name, member := range members {
		switch op, isOperation := member.(map[string]any); {
		case name == "parameters":
			r.use(member, Request)
		case isOperation:
			r.use(op["parameters"], Request)
			r.use(op["requestBody"], Request)
			r.use(op["responses"], Response)
		}
	}
}

// use marks every component that a part of the document refers to.
func (r reach) use(part any, side Side) {
	switch v := part.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			if r.sides[ref]&side != side {
				r.sides[ref] |= side
				r.use(r.find(ref), side)
			}
		}
		for _, member := range v {
			r.use(member, side)
		}
	case []any:
		for _, member := range v {
			r.use(member, side)
		}
	}
}

// find is what a reference of this document leads to; nil if to nothing.
func (r reach) find(ref string) any {
	var at any = r.root
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		members, _ := at.(map[string]any)
		at = members[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	return at
}
