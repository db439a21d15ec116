package spec

import (
	"errors"
	"iter"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy/fixtures/jsonpointer"
)

// tree is a part of a document, with its line. The zero value stands for what is not there.
type tree struct{ node, root *yaml.Node }

// grow reads a document. What YAML forbids is an error: a name that stands twice, an alias that holds itself.
func grow(document []byte) (tree, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return tree{}, err
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return tree{}, errors.New("holds no object; an OpenAPI document, which begins with openapi: 3.0.3, would be right")
	}
	var value any
	if err := root.Decode(&value); err != nil { // a node alone tells neither
		return tree{}, err
	}
	return tree{root.Content[0], root.Content[0]}, nil
}

func (t tree) there() bool { return t.node != nil }

func (t tree) line() int {
	if t.node == nil {
		return 0
	}
	return t.node.Line
}

func (t tree) text() string {
	if t.node == nil || t.node.Kind != yaml.ScalarNode {
		return ""
	}
	return t.node.Value
}

// at is the part at a path of members; a reference on the way is followed.
func (t tree) at(path ...string) tree {
	for _, name := range path {
		found := tree{}
		for key, member := range t.follow().members() {
			if key.text() == name {
				found = member
			}
		}
		t = found
	}
	return t
}

// members walks an object in the order of the document.
func (t tree) members() iter.Seq2[tree, tree] {
	return func(yield func(tree, tree) bool) {
		if t.node == nil || t.node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(t.node.Content); i += 2 {
			if !yield(tree{t.node.Content[i], t.root}, tree{aliased(t.node.Content[i+1]), t.root}) {
				return
			}
		}
	}
}

// items walks a list.
func (t tree) items() iter.Seq[tree] {
	return func(yield func(tree) bool) {
		if t.node == nil || t.node.Kind != yaml.SequenceNode {
			return
		}
		for _, n := range t.node.Content {
			if !yield(tree{aliased(n), t.root}) {
				return
			}
		}
	}
}

func aliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// ref is where a reference leads, "" if this is none.
func (t tree) ref() string {
	for key, member := range t.members() {
		if key.text() == "$ref" {
			return member.text()
		}
	}
	return ""
}

// follow is the part that a reference of this document leads to, or the part itself.
func (t tree) follow() tree {
	for range 32 { // a ring of references ends
		ref := t.ref()
		if !strings.HasPrefix(ref, "#/") {
			return t
		}
		t = t.resolve(ref)
	}
	return tree{}
}

// resolve is what a reference of this document leads to.
func (t tree) resolve(ref string) tree {
	found := tree{t.root, t.root}
	for _, part := range jsonpointer.Parts(strings.TrimPrefix(ref, "#")) {
		next := tree{}
		for key, member := range found.members() {
			if key.text() == part {
				next = member
			}
		}
		found = next
	}
	return found
}
