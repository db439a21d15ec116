package document

import (
	"fmt"
	"slices"
	"time"

	"github.com/pb33f/libopenapi/datamodel/high/base"
	"github.com/pb33f/libopenapi/orderedmap"
	"go.yaml.in/yaml/v4"
)

// Schema is what a document says of a value. References are followed, so that a schema which holds itself is a circle.
type Schema struct {
	Name       string // of the component, if it is one
	Line       int    // where it stands in the document
	Provenance string // its own mark, or that of what holds it; where several do, of the first
	Marked     bool   // the mark is its own
	Absent     string // x-absent: when a property of this schema is not told; empty: it always is
	Lifetime   *Lifetime
	Kind       string // x-thing: what kind of thing it tells of, where another schema of that name tells of the same things; empty: of its own

	Type     string // empty: any
	Nullable bool
	Format   string
	Pattern  string
	Enum     []any

	Minimum, Maximum                   *float64
	ExclusiveMinimum, ExclusiveMaximum bool
	MultipleOf                         *float64
	MinLength, MaxLength               *int64
	MinItems, MaxItems                 *int64
	MinProperties, MaxProperties       *int64
	UniqueItems                        bool

	Properties []Property // in the document's order
	Required   []string
	Closed     bool    // members that are not listed are forbidden
	Additional *Schema // of members that are not listed; nil: any
	Items      *Schema

	AllOf, OneOf, AnyOf []*Schema
	ReadOnly, WriteOnly bool

	Example, Default       any
	HasExample, HasDefault bool
}

// Lifetime is x-lifetime: how long what a property tells the end of lasts at most, from when it is told. A text is the moment when it ends, a number how many seconds it lasts.
type Lifetime struct {
	Most       time.Duration
	Provenance string // its own mark, or the property's
}

// Property is a member of an object by name.
type Property struct {
	Name   string
	Schema *Schema
}

// Property finds a property by name, in the schema itself or in what it is composed of; nil if there is none.
func (s *Schema) Property(name string) *Schema {
	for _, p := range s.Properties {
		if p.Name == name {
			return p.Schema
		}
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		if found := part.Property(name); found != nil {
			return found
		}
	}
	return nil
}

// Alike tells whether two schemas say the same of a single value: its type, its format and what it may be.
func (s *Schema) Alike(other *Schema) bool {
	return s.Type != "" && s.Type == other.Type && s.Format == other.Format && fmt.Sprint(s.Enum) == fmt.Sprint(other.Enum)
}

// schemas reads each component once.
type schemas struct{ byReference map[string]*Schema }

// read follows a proxy. inherited is the mark of what holds the schema, for a schema without one.
func (r *schemas) read(proxy *base.SchemaProxy, inherited string) *Schema {
	if proxy == nil {
		return nil
	}
	ref := proxy.GetReference()
	if known := r.byReference[ref]; ref != "" && known != nil {
		return known
	}
	high := proxy.Schema()
	if high == nil {
		return nil
	}
	s := &Schema{}
	if ref != "" {
		s.Name = lastPart(ref)
		r.byReference[ref] = s
	}
	r.fill(s, high, inherited)
	return s
}

func (r *schemas) fill(s *Schema, h *base.Schema, inherited string) {
	if low := h.GoLow(); low != nil && low.GetRootNode() != nil {
		s.Line = low.GetRootNode().Line
	}
	s.Provenance, s.Marked = mark(h.Extensions, inherited), mark(h.Extensions, "") != ""
	s.Absent = extension(h.Extensions, "x-absent")
	s.Kind = extension(h.Extensions, "x-thing")
	s.Lifetime = lifetime(h.Extensions, s.Provenance)
	if len(h.Type) > 0 {
		s.Type = h.Type[0]
	}
	s.Nullable, s.Format, s.Pattern = truth(h.Nullable), h.Format, h.Pattern
	for _, n := range h.Enum {
		s.Enum = append(s.Enum, value(n))
	}
	s.Minimum, s.Maximum, s.MultipleOf = h.Minimum, h.Maximum, h.MultipleOf
	s.ExclusiveMinimum = h.ExclusiveMinimum != nil && h.ExclusiveMinimum.IsA() && h.ExclusiveMinimum.A
	s.ExclusiveMaximum = h.ExclusiveMaximum != nil && h.ExclusiveMaximum.IsA() && h.ExclusiveMaximum.A
	s.MinLength, s.MaxLength, s.MinItems, s.MaxItems = h.MinLength, h.MaxLength, h.MinItems, h.MaxItems
	s.MinProperties, s.MaxProperties, s.UniqueItems = h.MinProperties, h.MaxProperties, truth(h.UniqueItems)
	s.Required, s.ReadOnly, s.WriteOnly = h.Required, truth(h.ReadOnly), truth(h.WriteOnly)
	s.Example, s.HasExample = value(h.Example), h.Example != nil
	s.Default, s.HasDefault = value(h.Default), h.Default != nil
	for name, p := range h.Properties.FromOldest() {
		s.Properties = append(s.Properties, Property{name, r.read(p, s.Provenance)})
	}
	if h.Items != nil && h.Items.IsA() {
		s.Items = r.read(h.Items.A, s.Provenance)
	}
	if more := h.AdditionalProperties; more != nil {
		if more.IsA() {
			s.Additional = r.read(more.A, s.Provenance)
		} else {
			s.Closed = !more.B
		}
	}
	s.AllOf, s.OneOf, s.AnyOf = r.all(h.AllOf, s.Provenance), r.all(h.OneOf, s.Provenance), r.all(h.AnyOf, s.Provenance)
}

func (r *schemas) all(list []*base.SchemaProxy, inherited string) (read []*Schema) {
	for _, p := range list {
		if s := r.read(p, inherited); s != nil {
			read = append(read, s)
		}
	}
	return read
}

func truth(b *bool) bool { return b != nil && *b }

// mark is x-provenance, or what it inherits.
func mark(extensions *orderedmap.Map[string, *yaml.Node], inherited string) string {
	if text := extension(extensions, "x-provenance"); text != "" {
		return text
	}
	return inherited
}

// lifetime is x-lifetime; nil if there is none, or none that reads.
func lifetime(extensions *orderedmap.Map[string, *yaml.Node], inherited string) *Lifetime {
	if extensions == nil {
		return nil
	}
	members, _ := value(extensions.GetOrZero("x-lifetime")).(map[string]any)
	text, _ := members["most"].(string)
	most, err := time.ParseDuration(text)
	if err != nil {
		return nil
	}
	if own, _ := members["x-provenance"].(string); own != "" {
		inherited = own
	}
	return &Lifetime{most, inherited}
}

func extension(extensions *orderedmap.Map[string, *yaml.Node], name string) string {
	if extensions == nil {
		return ""
	}
	if n := extensions.GetOrZero(name); n != nil {
		return n.Value
	}
	return ""
}
