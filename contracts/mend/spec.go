package mend

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/fixtures/jsonpointer"
)

// place is a part of a document, and how an overlay finds it.
type place struct {
	path string // as JSONPath
	node *yaml.Node
}

// plain are names that JSONPath takes as they are.
var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (p place) at(name string) string {
	if plain.MatchString(name) {
		return p.path + "." + name
	}
	return p.path + "['" + strings.ReplaceAll(name, "'", `\'`) + "']"
}

// member is a member of a mapping; node is nil if there is none.
func (p place) member(name string) place {
	found := place{path: p.at(name)}
	if p.node == nil || p.node.Kind != yaml.MappingNode {
		return found
	}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		if p.node.Content[i].Value == name {
			found.node = p.node.Content[i+1]
		}
	}
	return found
}

func (p place) item(i int) place {
	return place{fmt.Sprintf("%s[%d]", p.path, i), p.node.Content[i]}
}

// spec is a document as text, with a path to each of its parts.
type spec struct {
	root    place
	anchors map[*yaml.Node]string // the paths of what YAML's aliases stand for
}

func read(raw []byte) (spec, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return spec{}, err
	}
	s := spec{place{"$", root.Content[0]}, map[*yaml.Node]string{}}
	s.note(s.root)
	return s, nil
}

// note keeps the paths of anchors.
func (s spec) note(p place) {
	if p.node.Anchor != "" {
		s.anchors[p.node] = p.path
	}
	for i, n := range p.node.Content {
		switch {
		case p.node.Kind == yaml.SequenceNode:
			s.note(p.item(i))
		case i%2 == 1:
			s.note(place{p.at(p.node.Content[i-1].Value), n})
		}
	}
}

// follow goes where references and aliases lead.
func (s spec) follow(p place) place {
	for range 20 {
		if p.node != nil && p.node.Kind == yaml.AliasNode {
			p = place{s.anchors[p.node.Alias], p.node.Alias}
			continue
		}
		ref := p.member("$ref").node
		if ref == nil {
			return p
		}
		p = s.root
		for _, part := range jsonpointer.Parts(strings.TrimPrefix(ref.Value, "#")) {
			p = p.member(part)
		}
	}
	return p
}

// operation finds an operation by its id.
func (s spec) operation(id string) place {
	paths := s.root.member("paths")
	for i := 0; i+1 < len(paths.node.Content); i += 2 {
		item := paths.member(paths.node.Content[i].Value)
		for j := 0; j+1 < len(item.node.Content); j += 2 {
			op := item.member(item.node.Content[j].Value)
			if own := op.member("operationId").node; own != nil && own.Value == id {
				return op
			}
		}
	}
	return place{}
}

// response finds what an operation declares for a status.
func (s spec) response(id string, status int) place {
	responses := s.follow(s.operation(id).member("responses"))
	for _, name := range []string{strconv.Itoa(status), "default"} {
		if r := s.follow(responses.member(name)); r.node != nil {
			return r
		}
	}
	return place{}
}

// media finds a body's media type, as a header names it, in what holds it.
func (s spec) media(holder place, contentType string) place {
	content := holder.member("content")
	if content.node == nil {
		return place{}
	}
	media, _, _ := strings.Cut(contentType, ";")
	for i := 0; i+1 < len(content.node.Content); i += 2 {
		if name := content.node.Content[i].Value; strings.EqualFold(name, strings.TrimSpace(media)) {
			return content.member(name)
		}
	}
	return place{}
}

// composed lists a schema with all that it is composed of.
func (s spec) composed(p place, known []place) []place {
	p = s.follow(p)
	if p.node == nil || slices.ContainsFunc(known, func(k place) bool { return k.node == p.node }) {
		return known
	}
	known = append(known, p)
	for _, keyword := range []string{"allOf", "oneOf", "anyOf"} {
		if list := p.member(keyword); list.node != nil {
			for i := range list.node.Content {
				known = s.composed(list.item(i), known)
			}
		}
	}
	return known
}

// below lists the schemas that speak of what stands at a pointer into a value.
func (s spec) below(schema place, pointer string) []place {
	here := s.composed(schema, nil)
	for _, part := range jsonpointer.Parts(pointer) {
		var next []place
		for _, h := range here {
			for _, p := range []place{h.member("properties").member(part), h.member("items"), h.member("additionalProperties")} {
				if p.node != nil && p.node.Kind == yaml.MappingNode {
					next = s.composed(p, next)
					break
				}
			}
		}
		here = next
	}
	return here
}
