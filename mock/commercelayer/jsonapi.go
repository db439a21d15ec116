package commercelayer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// The resource types, as URLs and documents have them.
const (
	paymentType       = "checkout_com_payments"
	orderType         = "orders"
	authorizationType = "authorizations"
	captureType       = "captures"
	voidType          = "voids"
	refundType        = "refunds"
	paymentMethodType = "payment_methods"
	gatewayType       = "payment_gateways"
	checkoutGateway   = "checkout_com_gateways"
	versionType       = "versions"     // a resource's history in the document's reading
	eventStoreType    = "event_stores" // the same in today's
)

// currentProfile is today's reading of the API (schema 7.9.5 and later).
const currentProfile = "current"

// resource is what the API shows of one kind of record: its attributes and its relationships.
type resource struct {
	name       string
	find       func(tx *world.Tx, id string) (any, bool)
	attributes func(v *view, record any) any
	shape      reflect.Type // of the attributes
	relations  []relation
}

// relation leads from a record to others, by id.
type relation struct {
	name   string
	target string
	many   bool
	ids    func(tx *world.Tx, record any) []string
}

// describe ties a kind of record to what is shown of it.
func describe[R world.Record[R], A any](name string, kind world.Kind[R], attributes func(*view, R) A, relations ...relation) resource {
	return resource{
		name:       name,
		find:       func(tx *world.Tx, id string) (any, bool) { return kind.Get(tx, id) },
		attributes: func(v *view, record any) any { return attributes(v, record.(R)) },
		shape:      reflect.TypeFor[A](),
		relations:  relations,
	}
}

func toOne[R any](name, target string, id func(R) string) relation {
	return relation{name: name, target: target, ids: func(_ *world.Tx, record any) []string {
		if id := id(record.(R)); id != "" {
			return []string{id}
		}
		return nil
	}}
}

func toMany[R any](name, target string, ids func(*world.Tx, R) []string) relation {
	return relation{name: name, target: target, many: true, ids: func(tx *world.Tx, record any) []string { return ids(tx, record.(R)) }}
}

func (r resource) relation(name string) (relation, bool) {
	i := slices.IndexFunc(r.relations, func(have relation) bool { return have.name == name })
	if i < 0 {
		return relation{}, false
	}
	return r.relations[i], true
}

// view is how one caller wants resources shown: which fields, and what along with them.
type view struct {
	c        *engine.Call
	fields   map[string][]string // by resource type; a type that is not there shows all
	include  branch
	included []document
	shown    map[string]bool // "type/id" of what is in the answer already
}

// branch is a tree of relationship names to include.
type branch map[string]branch

// document is a resource as it is sent.
type document struct {
	ID            string         `json:"id"`
	Type          string         `json:"type"`
	Links         selfLink       `json:"links"`
	Attributes    *sparse        `json:"attributes,omitempty"`
	Relationships *relationships `json:"relationships,omitempty"`
	Meta          meta           `json:"meta"`
}

type selfLink struct {
	Self string `json:"self"`
}

type meta struct {
	Mode string `json:"mode"`
}

type identifier struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// sparse shows the members of a struct that were asked for; all of them if only is nil.
type sparse struct {
	value any
	only  []string
}

func (s *sparse) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(s.value)
	if err != nil || s.only == nil {
		return raw, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	out := []byte{'{'}
	d.Token()
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var member json.RawMessage
		if err := d.Decode(&member); err != nil {
			return nil, err
		}
		if slices.Contains(s.only, name.(string)) {
			out = appendMember(out, name.(string), member)
		}
	}
	return append(out, '}'), nil
}

func appendMember(out []byte, name string, value []byte) []byte {
	if len(out) > 1 {
		out = append(out, ',')
	}
	out = strconv.AppendQuote(out, name)
	return append(append(out, ':'), value...)
}

// relationships keeps the order in which they are declared.
type relationships []relationshipObject

type relationshipObject struct {
	name  string
	Links relationshipLinks `json:"links"`
	Data  any               `json:"data,omitempty"`
}

type relationshipLinks struct {
	Self    string `json:"self"`
	Related string `json:"related"`
}

func (r *relationships) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for _, one := range *r {
		value, err := json.Marshal(one)
		if err != nil {
			return nil, err
		}
		out = appendMember(out, one.name, value)
	}
	return append(out, '}'), nil
}

// look reads how the caller wants resources of a type shown, and refuses what cannot be.
func look(c *engine.Call, root resource) (*view, error) {
	v := &view{c: c, fields: map[string][]string{}, shown: map[string]bool{}, include: branch{}}
	for _, name := range slices.Sorted(maps.Keys(c.Query())) {
		of, isFields := strings.CutPrefix(name, "fields[")
		if !isFields {
			continue
		}
		of = strings.TrimSuffix(of, "]")
		r, ok := v.resource(of)
		if !ok {
			return nil, refuseParameter(name, "INVALID_RESOURCE", of+" is not a valid resource")
		}
		for _, field := range split(c.Query()[name]) {
			if !r.hasField(field) {
				return nil, refuseParameter(name, "INVALID_FIELD", field+" is not a valid field of "+of)
			}
			v.fields[of] = append(v.fields[of], field)
		}
		if v.fields[of] == nil {
			v.fields[of] = []string{}
		}
	}
	for _, path := range split(c.Query()["include"]) {
		if err := v.grow(root, path); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// split takes comma-separated lists apart. Spaces around names are not part of them.
func split(lists []string) []string {
	var names []string
	for _, list := range lists {
		for _, name := range strings.Split(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// deepest is how many relationships an include path may have.
const deepest = 10

// grow adds a dotted path to what is included.
func (v *view) grow(at resource, path string) error {
	steps := strings.Split(path, ".")
	if len(steps) > deepest {
		return refuseParameter("include", "INVALID_INCLUDE", fmt.Sprintf("a path may have %d relationships, this has %d", deepest, len(steps)))
	}
	tree := v.include
	for _, step := range steps {
		rel, ok := at.relation(step)
		if !ok {
			return refuseParameter("include", "INVALID_INCLUDE", step+" is not a valid relationship of "+at.name)
		}
		if tree[step] == nil {
			tree[step] = branch{}
		}
		tree = tree[step]
		at, _ = v.resource(rel.target)
	}
	return nil
}

func (r resource) hasField(name string) bool {
	_, isRelation := r.relation(name)
	return isRelation || hasMember(r.shape, name)
}

// hasMember tells whether a struct has a JSON member of that name, in itself or embedded.
func hasMember(t reflect.Type, name string) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && hasMember(f.Type, name) {
			return true
		}
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return true
		}
	}
	return false
}

// shows tells whether a field was asked for.
func (v *view) shows(of, field string) bool {
	only, ok := v.fields[of]
	return !ok || slices.Contains(only, field)
}

// document shows one record, and remembers what it includes.
func (v *view) document(r resource, id string, record any, include branch) document {
	v.shown[r.name+"/"+id] = true
	path := "/api/" + r.name + "/" + id
	d := document{ID: id, Type: r.name, Links: selfLink{v.c.LinkHere(path)}, Meta: meta{"test"}}
	if only, ok := v.fields[r.name]; !ok || slices.ContainsFunc(only, func(f string) bool { return hasMember(r.shape, f) }) {
		d.Attributes = &sparse{r.attributes(v, record), only}
	}
	var list relationships
	for _, rel := range r.relations {
		if !v.shows(r.name, rel.name) {
			continue
		}
		one := relationshipObject{name: rel.name, Links: relationshipLinks{v.c.LinkHere(path + "/relationships/" + rel.name), v.c.LinkHere(path + "/" + rel.name)}}
		if _, wanted := include[rel.name]; wanted {
			one.Data = linkageOf(rel, ends(v.c, rel, record))
		}
		list = append(list, one)
	}
	if list != nil {
		d.Relationships = &list
	}
	return d
}

// bring adds what a document includes, each resource once. Documents are added before what they lead to.
func (v *view) bring(r resource, record any, include branch) {
	for _, rel := range r.relations {
		further, wanted := include[rel.name]
		if !wanted {
			continue
		}
		target, _ := v.resource(rel.target)
		for _, id := range ends(v.c, rel, record) {
			found, _ := target.find(v.c.Tx, id)
			if !v.shown[target.name+"/"+id] {
				v.included = append(v.included, v.document(target, id, found, further))
			}
			v.bring(target, found, further)
		}
	}
}

// ends lists what a relationship of a record leads to and what is still there.
func ends(c *engine.Call, rel relation, record any) []string {
	target := resourceOf(c, rel.target)
	var ids []string
	for _, id := range rel.ids(c.Tx, record) {
		if _, ok := target.find(c.Tx, id); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func linkageOf(rel relation, ids []string) any {
	if rel.many {
		list := []identifier{}
		for _, id := range ids {
			list = append(list, identifier{rel.target, id})
		}
		return list
	}
	if len(ids) == 0 {
		return json.RawMessage("null")
	}
	return identifier{rel.target, ids[0]}
}

type single struct {
	Data     *document  `json:"data"`
	Included []document `json:"included,omitempty"`
}
