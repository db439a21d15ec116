package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// parse reads YAML that holds one value.
func parse(text []byte) (*yaml.Node, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	if len(root.Content) != 1 {
		return nil, errors.New("it is empty")
	}
	return root.Content[0], nil
}

// build reads a document into kin-openapi's types, each object with its line, and fails on every member that such an object does not have.
//
// kin-openapi's own loader reads the same (a test compares the two, line by line). But it goes from YAML to JSON and reads that several times
// over, which takes most of the time to the first answer and four times the memory, and it passes over what stands beside a $ref.
func build(root *yaml.Node) (*openapi3.T, error) {
	doc := &openapi3.T{Components: new(openapi3.Components)}
	if err := into(reflect.ValueOf(doc).Elem(), root, root.Line); err != nil {
		return nil, err
	}
	if doc.Paths == nil || doc.Info == nil {
		return nil, errors.New("info or paths are missing")
	}
	return doc, openapi3.NewLoader().ResolveRefsIn(doc, nil)
}

// wrong is an error about a place of the document.
func wrong(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
}

// into reads a node into a value of kin-openapi's types, by their json tags. line is where the node's key stands, or the node if it has none.
func into(v reflect.Value, n *yaml.Node, line int) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if v.Kind() == reflect.Interface {
		value, err := anything(n)
		if err == nil && value != nil {
			v.Set(reflect.ValueOf(value))
		}
		return err
	}
	if done, err := special(v, n, line); done || err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return into(v.Elem(), n, line)
	case reflect.Struct:
		return intoStruct(v, n, line)
	case reflect.Map:
		v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Content)/2))
		return members(n, func(key string, value *yaml.Node, line int) error {
			item := reflect.New(v.Type().Elem()).Elem()
			if err := into(item, value, line); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(key), item)
			return nil
		})
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return wrong(n, "a list is wanted here")
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			if err := into(v.Index(i), item, item.Line); err != nil {
				return err
			}
		}
		return nil
	}
	return intoScalar(v, n)
}

// special reads the types that are written in more than one way.
func special(v reflect.Value, n *yaml.Node, line int) (done bool, err error) {
	switch t := v.Addr().Interface().(type) {
	case *openapi3.Paths:
		return true, members(n, func(key string, value *yaml.Node, line int) error {
			item := new(openapi3.PathItem)
			t.Set(key, item)
			return into(reflect.ValueOf(item).Elem(), value, line)
		})
	case *openapi3.Responses:
		return true, members(n, func(key string, value *yaml.Node, line int) error {
			item := new(openapi3.ResponseRef)
			t.Set(key, item)
			return into(reflect.ValueOf(item).Elem(), value, line)
		})
	case *openapi3.Types:
		*t = openapi3.Types{n.Value}
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
			err = wrong(n, "one type is wanted here")
		}
		return true, err
	case *openapi3.BoolSchema:
		if n.Kind == yaml.ScalarNode {
			t.Has = new(bool)
			return true, into(reflect.ValueOf(t.Has).Elem(), n, line)
		}
		return true, into(reflect.ValueOf(&t.Schema).Elem(), n, line)
	case *openapi3.ExclusiveBound:
		t.Bool = new(bool)
		return true, into(reflect.ValueOf(t.Bool).Elem(), n, line)
	case *openapi3.MappingRef:
		return true, into(reflect.ValueOf(&t.Ref).Elem(), n, line)
	}
	return false, nil
}

// shape is how a struct is read.
type shape struct {
	fields     map[string][]int // by the member's name
	ref, value []int            // of a reference or what it stands for; nil if the struct is none
	extensions []int
	origin     []int
}

var shapes sync.Map // reflect.Type → *shape

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{fields: map[string][]int{}}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || f.Anonymous:
		case f.Name == "Extensions":
			s.extensions = f.Index
		case f.Name == "Origin":
			s.origin = f.Index
		case f.Name == "Ref" && name == "":
			s.ref = f.Index
		case f.Name == "Value" && name == "":
			s.value = f.Index
		case name != "" && name != "-":
			s.fields[name] = f.Index
		}
	}
	shapes.Store(t, s)
	return s
}

func intoStruct(v reflect.Value, n *yaml.Node, line int) error {
	s := shapeOf(v.Type())
	if s.ref != nil && s.value != nil && !refers(n) {
		return into(v.FieldByIndex(s.value), n, line)
	}
	if s.origin != nil && s.ref == nil {
		v.FieldByIndex(s.origin).Set(reflect.ValueOf(&openapi3.Origin{Key: &openapi3.Location{Line: line}}))
	}
	return members(n, func(key string, value *yaml.Node, line int) error {
		if field, ok := s.fields[key]; ok {
			return into(v.FieldByIndex(field), value, line)
		}
		if s.ref != nil && key == "$ref" {
			return into(v.FieldByIndex(s.ref), value, line)
		}
		if s.extensions == nil || !strings.HasPrefix(key, "x-") {
			return fmt.Errorf("line %d: %q is not known here", line, key)
		}
		extension, err := readExtension(v.Addr().Interface(), key, value, line)
		if err != nil {
			return err
		}
		extensions := v.FieldByIndex(s.extensions)
		if extensions.IsNil() {
			extensions.Set(reflect.ValueOf(map[string]any{}))
		}
		extensions.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(extension))
		return nil
	})
}

// refers tells whether a node is a reference to something that stands elsewhere.
func refers(n *yaml.Node) bool {
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		if n.Content[i].Value == "$ref" {
			return true
		}
	}
	return false
}

// readExtension reads an x- member. Those that our documents may have are few.
func readExtension(of any, name string, n *yaml.Node, line int) (any, error) {
	_, root := of.(*openapi3.T)
	_, operation := of.(*openapi3.Operation)
	switch {
	case name == "x-provenance" && !slices.Contains(provenances, n.Value):
		return nil, fmt.Errorf("line %d: x-provenance is %q; it is one of %s", line, n.Value, strings.Join(provenances, ", "))
	case name == "x-effect" && operation && !slices.Contains(effects, n.Value):
		return nil, fmt.Errorf("line %d: x-effect is %q; it is one of %s", line, n.Value, strings.Join(effects, ", "))
	case name == "x-provenance", name == "x-source", name == "x-absent", name == "x-lifetime", name == "x-thing", name == "x-effect" && operation, name == "x-refusals" && root:
		return anything(n)
	}
	return nil, fmt.Errorf("line %d: %s is not an extension that we know here", line, name)
}

func intoScalar(v reflect.Value, n *yaml.Node) (err error) {
	if n.Kind != yaml.ScalarNode {
		return wrong(n, "a single value is wanted here")
	}
	value, err := anything(n)
	switch text, isText := value.(string); {
	case err != nil:
		return err
	case v.Kind() == reflect.String && isText:
		v.SetString(text)
		return nil
	case v.Kind() == reflect.Bool:
		if b, ok := value.(bool); ok {
			v.SetBool(b)
			return nil
		}
	case v.Kind() == reflect.Float64:
		if f, ok := value.(float64); ok {
			v.SetFloat(f)
			return nil
		}
	case v.Kind() == reflect.Uint64:
		u, err := strconv.ParseUint(n.Value, 10, 64)
		if err == nil {
			v.SetUint(u)
			return nil
		}
	}
	return wrong(n, "%s is not of the type %s", n.Value, v.Kind())
}

// anything reads a node as encoding/json reads the same value.
func anything(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return anything(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			var err error
			if list[i], err = anything(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case yaml.MappingNode:
		object := make(map[string]any, len(n.Content)/2)
		return object, members(n, func(key string, value *yaml.Node, _ int) (err error) {
			object[key], err = anything(value)
			return err
		})
	}
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		return n.Value, nil
	case "!!null":
		return nil, nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true"), nil
	case "!!int", "!!float":
		var f float64
		if json.Unmarshal([]byte(n.Value), &f) == nil {
			return f, nil
		}
	}
	return nil, wrong(n, "%s is written in a way that JSON does not know", n.Value)
}

// members calls f with each member of a mapping and the line of its key, and fails on a key that stands twice.
func members(n *yaml.Node, f func(key string, value *yaml.Node, line int) error) error {
	if n.Kind != yaml.MappingNode {
		return wrong(n, "members are wanted here")
	}
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" {
			return wrong(key, "a member's name is wanted here")
		}
		if seen[key.Value] {
			return wrong(key, "%q stands twice", key.Value)
		}
		seen[key.Value] = true
		if err := f(key.Value, n.Content[i+1], key.Line); err != nil {
			return err
		}
	}
	return nil
}
