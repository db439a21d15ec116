// Package accept says yes to JSON, quickly: whatever it accepts under a schema, kin-openapi accepts (a fuzz test holds the two together).
// That it does not accept says nothing; kin-openapi alone judges then, and says what is wrong.
//
// What we answer ourselves is nearly always accepted, which saves most of what a check costs: kin-openapi wants the bytes decoded into maps, and
// sorts the members of each. Here a schema is compiled once, and compared with the bytes as they are read, once.
package accept

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// acceptor is a schema, compiled.
type acceptor struct {
	ask   func(value []byte) bool // kin-openapi, where the schema says what is not compiled; nil if it does not
	takes kinds

	all    []*acceptor // every one has to accept
	either []*acceptor // if there are any, one has to
	only   bool        // all and either are everything that the schema says

	words       map[string]bool // the enum; nil if there is none
	valid       func(string) bool
	least, most int // how many characters

	whole    bool // a number has to be an integer
	bounded  bool // it has to lie from min to max
	min, max float64

	items     *acceptor // nil: anything
	few, many int       // how many items
	members   map[string]member
	required  memberSet
	closed    bool      // no other members
	others    *acceptor // what other members are; nil: anything
}

// member is one that an object's schema names.
type member struct {
	index  int
	value  *acceptor
	hidden bool // it must not be there
}

// memberSet is a set of members by index.
type memberSet [2]uint64

const maxMembers = 128

func (s *memberSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s *memberSet) add(i int)      { s[i/64] |= 1 << (i % 64) }

func (s memberSet) holds(other memberSet) bool { return other[0]&^s[0]|other[1]&^s[1] == 0 }

// kinds are the kinds of JSON value that a schema takes.
type kinds uint8

const (
	null kinds = 1 << iota
	truth
	number
	words
	list
	object
)

var kindNames = map[string]kinds{
	openapi3.TypeBoolean: truth, openapi3.TypeInteger: number, openapi3.TypeNumber: number,
	openapi3.TypeString: words, openapi3.TypeArray: list, openapi3.TypeObject: object,
}

// Direction is where JSON goes, to us or from us: what a schema says of it depends on that. A schema is compiled when it is first met, and kept.
type Direction struct {
	known  sync.Map // *openapi3.Schema → *acceptor
	option openapi3.SchemaValidationOption
	hidden func(*openapi3.Schema) bool // of a member that must not be there
}

// Requests makes the direction to us.
func Requests() *Direction {
	return &Direction{option: openapi3.VisitAsRequest(), hidden: func(s *openapi3.Schema) bool { return s.ReadOnly }}
}

// Answers makes the direction from us.
func Answers() *Direction {
	return &Direction{option: openapi3.VisitAsResponse(), hidden: func(s *openapi3.Schema) bool { return s.WriteOnly }}
}

// Accepts tells that the bytes are one JSON value, in UTF-8, that keeps to the schema; false says nothing. It is exact if the schema names every
// member of every object, so that nothing in it was passed over.
func (d *Direction) Accepts(schema *openapi3.Schema, body []byte) (ok, exact bool) {
	known, met := d.known.Load(schema)
	if !met {
		known, _ = d.known.LoadOrStore(schema, d.compile(schema, map[*openapi3.Schema]*acceptor{}))
	}
	s := scanner{bytes: body}
	ok = utf8.Valid(body) && s.value(known.(*acceptor)) && s.ends()
	return ok, ok && !s.strangers
}

// What compile knows of a schema: what bears on nothing, what puts schemas together, and what is said of a value itself. A schema that says
// anything else is kin-openapi's to judge.
var (
	remarks  = []string{"Origin", "Extensions", "Title", "Description", "Default", "Example", "ExternalDocs", "Deprecated", "XML", "ReadOnly", "WriteOnly", "Nullable"}
	joins    = []string{"AllOf", "AnyOf"}
	sayings  = []string{"Type", "Enum", "Format", "Pattern", "MinLength", "MaxLength", "Min", "Max", "Items", "MinItems", "MaxItems", "Properties", "Required", "AdditionalProperties"}
	compiled = slices.Concat(remarks, joins, sayings)
)

// saysOnly tells whether a schema says nothing beyond some fields.
func saysOnly(s *openapi3.Schema, fields ...string) bool {
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		if !v.Field(i).IsZero() && !slices.Contains(fields, v.Type().Field(i).Name) {
			return false
		}
	}
	return true
}

func (d *Direction) compile(s *openapi3.Schema, known map[*openapi3.Schema]*acceptor) *acceptor {
	if done := known[s]; done != nil { // a schema may hold itself
		return done
	}
	c := &acceptor{only: saysOnly(s, slices.Concat(remarks, joins)...)}
	known[s] = c
	if !compiles(s) {
		c.ask = func(value []byte) bool {
			decoder := json.NewDecoder(bytes.NewReader(value))
			decoder.UseNumber()
			var v any
			return decoder.Decode(&v) == nil && s.VisitJSON(v, d.option) == nil
		}
		return c
	}
	c.takes = takes(s)
	for _, ref := range s.AllOf {
		c.all = append(c.all, d.compile(ref.Value, known))
	}
	for _, ref := range s.AnyOf {
		c.either = append(c.either, d.compile(ref.Value, known))
	}
	c.ofText(s)
	c.ofNumber(s)
	c.few, c.many = int(s.MinItems), int(orElse(s.MaxItems, math.MaxInt))
	if s.Items != nil {
		c.items = d.compile(s.Items.Value, known)
	}
	d.ofMembers(c, s, known)
	return c
}

// compiles tells whether an acceptor can say all that a schema does.
func compiles(s *openapi3.Schema) bool {
	for _, word := range s.Enum {
		if _, ok := word.(string); !ok && word != nil {
			return false
		}
	}
	if s.Format != "" && !s.Type.Is(openapi3.TypeString) {
		_, defined := openapi3.SchemaNumberFormats[s.Format]
		integer := s.Type.Is(openapi3.TypeInteger) && (s.Format == "int32" || s.Format == "int64")
		if number := s.Type.Is(openapi3.TypeNumber) && !defined; !integer && !number {
			return false
		}
	}
	if strings.Contains(s.Pattern, `\u`) { // a way of writing characters that regexp does not know and kin-openapi does
		return false
	}
	return saysOnly(s, compiled...) && len(s.Properties)+len(s.Required) <= maxMembers
}

func takes(s *openapi3.Schema) (k kinds) {
	switch {
	case s.Type == nil && len(s.Enum) > 0:
		k = words
	case s.Type == nil:
		k = truth | number | words | list | object
	}
	for _, name := range s.Type.Slice() {
		k |= kindNames[name]
	}
	if s.Nullable {
		k |= null
	}
	return k
}

func orElse[T any](p *T, otherwise T) T {
	if p != nil {
		return *p
	}
	return otherwise
}

func (c *acceptor) ofNumber(s *openapi3.Schema) {
	c.whole, c.bounded = s.Type.Is(openapi3.TypeInteger), s.Min != nil || s.Max != nil
	c.min, c.max = orElse(s.Min, math.Inf(-1)), orElse(s.Max, math.Inf(1))
	if s.Format == "int32" { // every number that is accepted fits into 64 bits
		c.bounded, c.min, c.max = true, max(c.min, math.MinInt32), min(c.max, math.MaxInt32)
	}
}

func (c *acceptor) ofText(s *openapi3.Schema) {
	if len(s.Enum) > 0 {
		c.takes &= words | null
		c.words = map[string]bool{}
		for _, word := range s.Enum {
			if word, ok := word.(string); ok { // whether null is taken, nullable says
				c.words[word] = true
			}
		}
	}
	c.least, c.most = int(s.MinLength), int(orElse(s.MaxLength, math.MaxInt))
	format, defined := openapi3.SchemaStringFormats[s.Format]
	switch {
	case s.Pattern != "":
		pattern := regexp.MustCompile(s.Pattern)
		c.valid = func(v string) bool { return pattern.MatchString(v) && (!defined || format.Validate(v) == nil) }
	case defined:
		c.valid = func(v string) bool { return format.Validate(v) == nil }
	}
}

func (d *Direction) ofMembers(c *acceptor, s *openapi3.Schema, known map[*openapi3.Schema]*acceptor) {
	c.closed = s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has
	if ref := s.AdditionalProperties.Schema; ref != nil {
		c.others = d.compile(ref.Value, known)
	}
	c.members = make(map[string]member, len(s.Properties))
	for name, ref := range s.Properties {
		c.members[name] = member{index: len(c.members), value: d.compile(ref.Value, known), hidden: d.hidden(ref.Value)}
	}
	for _, name := range s.Required {
		m, named := c.members[name]
		if !named { // any other member, but one that has to be there
			m = member{index: len(c.members), value: c.others, hidden: c.closed}
			c.members[name] = m
		}
		c.required.add(m.index)
	}
	for _, beside := range slices.Concat(c.all, c.either) {
		for name := range beside.members {
			if _, named := c.members[name]; !named && !c.closed && len(c.members) < maxMembers {
				c.members[name] = member{index: len(c.members), value: c.others}
			}
		}
	}
}
