// Package spec reads OpenAPI documents critically: what is wrong with one (Lint), and what a newer one means for those who keep to an older one (Diff).
package spec

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel"
	"github.com/pb33f/libopenapi/what-changed/model"
)

// Change is one difference between two documents.
type Change struct {
	Where    string `json:"where"` // as "paths /orders/{id} post responses 200", "components schemas Order properties status"
	What     string `json:"what"`  // as `enum: "b" is new`
	Side     Side   `json:"side,omitempty"`
	Breaking bool   `json:"breaking"`
	Why      string `json:"why,omitempty"`      // who is broken by it
	OldLine  int    `json:"old_line,omitempty"` // 0 if it is new
	NewLine  int    `json:"new_line,omitempty"` // 0 if it is gone
}

// Side says on which way of an exchange a part of a document stands: what a client may send, what it may get, or both.
type Side int

// The sides.
const (
	Neither  Side = 0
	Request  Side = 1
	Response Side = 2
	Both     Side = Request | Response
)

// String names the side.
func (s Side) String() string {
	return [...]string{"", "request", "response", "request and response"}[s]
}

// MarshalText writes the side's name.
func (s Side) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Diff lists what changed from one document to another, breaking changes first. What breaks depends on the side: a request that may be sent must
// stay one, so narrowing breaks there; an answer that may come must have been possible before, so widening breaks there.
func Diff(before, after []byte) ([]Change, error) {
	old, new, err := parse(before, after)
	if err != nil {
		return nil, err
	}
	d := differ{sides: sidesOf(before, after)}
	changes, err := libopenapi.CompareDocuments(old, new)
	if err != nil && changes == nil {
		return nil, err
	}
	if changes != nil {
		d.walk(reflect.ValueOf(changes), nil, Neither)
	}
	d.media(before, after)
	slices.SortStableFunc(d.found, func(a, b Change) int {
		if a.Breaking != b.Breaking {
			return map[bool]int{true: -1, false: 1}[a.Breaking]
		}
		return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.What, b.What))
	})
	return slices.Compact(d.found), nil
}

func parse(before, after []byte) (old, new libopenapi.Document, err error) {
	quiet := &datamodel.DocumentConfiguration{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, d := range []struct {
		name  string
		bytes []byte
		to    *libopenapi.Document
	}{{"the older document", before, &old}, {"the newer document", after, &new}} {
		if *d.to, err = libopenapi.NewDocumentWithConfiguration(d.bytes, quiet); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", d.name, err)
		}
		if _, err := (*d.to).BuildV3Model(); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", d.name, errors.Join(err))
		}
	}
	return old, new, nil
}

type differ struct {
	sides map[string]Side // of components, by reference
	found []Change
}

// walk goes through libopenapi's report, which is a tree of structs that mirrors a document; the leaves are changes.
func (d *differ) walk(v reflect.Value, where []string, side Side) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if c, isChange := v.Interface().(*model.Change); isChange {
			d.judge(c, where, side)
			return
		}
		d.walk(v.Elem(), where, side)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case !f.IsExported():
			case f.Anonymous || silent[name]:
				d.walk(v.Field(i), where, side)
			default:
				if len(where) != 1 || where[0] != "components" {
					name = cmp.Or(readable[name], name)
				}
				d.walk(v.Field(i), append(slices.Clip(where), name), side|sideOf(name, side))
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			at := append(slices.Clip(where), key.String())
			if s, isComponent := d.sides["#/"+strings.Join(at, "/")]; isComponent {
				side = s
			}
			d.walk(v.MapIndex(key), at, side)
		}
	case reflect.Slice:
		for i := range v.Len() {
			d.walk(v.Index(i), where, side)
		}
	}
}

// silent are members of the report that stand for no level of a document, readable are names of its that are not the document's.
var (
	silent   = map[string]bool{"": true, "changes": true, "pathItems": true, "response": true}
	readable = map[string]string{"requestBodies": "requestBody", "schemas": "schema", "extensions": "x-"}
)

// sideOf is the side that a level of a document decides.
func sideOf(name string, so Side) Side {
	switch {
	case so != Neither:
		return Neither
	case name == "parameters" || name == "requestBody":
		return Request
	case name == "responses" || name == "headers":
		return Response
	}
	return Neither
}

// judge decides what a change means.
func (d *differ) judge(c *model.Change, where []string, side Side) {
	change := Change{Where: strings.Join(where, " "), What: told(c), Side: side}
	if c.Context != nil {
		change.OldLine, change.NewLine = value(c.Context.OriginalLine), value(c.Context.NewLine)
	}
	change.Why = breaks(c, where, change.Side)
	change.Breaking = change.Why != ""
	d.found = append(d.found, change)
}

func value(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func gone(c *model.Change) bool {
	return c.ChangeType == model.ObjectRemoved || c.ChangeType == model.PropertyRemoved
}
func made(c *model.Change) bool {
	return c.ChangeType == model.ObjectAdded || c.ChangeType == model.PropertyAdded
}

// told is a change in words.
func told(c *model.Change) string {
	was, is := c.Original, c.New
	switch {
	case made(c) && is == "" || made(c) && is == c.Property:
		return c.Property + " is new"
	case made(c):
		return fmt.Sprintf("%s: %q is new", c.Property, is)
	case gone(c) && was == "" || gone(c) && was == c.Property:
		return c.Property + " is gone"
	case gone(c):
		return fmt.Sprintf("%s: %q is gone", c.Property, was)
	}
	return fmt.Sprintf("%s: %q became %q", c.Property, was, is)
}

// The reasons why a change breaks somebody.
const (
	refusedNow = "what a client sends could be refused"
	unexpected = "a client can be answered what it does not expect"
	missed     = "a client can miss what it relies on"
	notThere   = "a client calls what is not there any more"
	unnamed    = "generated clients call it by that name"
	unclear    = "it is another schema now"
)

// breaks tells why a change breaks somebody; "" if it does not.
func breaks(c *model.Change, where []string, side Side) string {
	request, response := side&Request != 0, side&Response != 0
	narrows, widens := request, response // of a change that narrows what is valid, and of one that widens it
	pick := func(condition bool, why string) string {
		if condition {
			return why
		}
		return ""
	}
	if slices.Contains(where, "x-") {
		return ""
	}
	switch c.Property {
	case "description", "summary", "title", "example", "examples", "tags", "deprecated", "externalDocs", "default", "version":
		return ""
	case "operationId":
		return pick(c.ChangeType == model.Modified || gone(c), unnamed)
	case "$ref":
		return unclear
	case "type", "in", "style", "explode":
		return pick(!made(c) || request, cmp.Or(pick(request, refusedNow), pick(response, unexpected)))
	case "required", "enum":
		isList := c.Property == "enum" && !made(c) || c.Property == "required"
		narrower := made(c) == (c.Property == "required") && isList
		if c.Original == "false" || c.New == "true" {
			narrower = true
		}
		if c.Original == "true" || c.New == "false" {
			narrower = false
		}
		if c.Property == "required" && !narrower {
			return pick(response, missed)
		}
		return cmp.Or(pick(narrower && narrows, refusedNow), pick(!narrower && widens, unexpected))
	case "properties":
		return cmp.Or(pick(gone(c) && request, refusedNow), pick(gone(c) && response, missed))
	case "nullable", "additionalProperties":
		wider := c.New == "true" || gone(c) && c.Original == "false"
		return cmp.Or(pick(!wider && request, refusedNow), pick(wider && response && c.Property == "nullable", unexpected))
	case "minimum", "minLength", "minItems", "minProperties":
		return bound(c, side, 1)
	case "maximum", "maxLength", "maxItems", "maxProperties":
		return bound(c, side, -1)
	case "pattern", "format", "multipleOf", "uniqueItems":
		return cmp.Or(pick(!gone(c) && request, refusedNow), pick(!made(c) && response, unexpected))
	case "parameters":
		return pick(gone(c), refusedNow) // that a new one is required stands beside it
	case "codes":
		return pick(gone(c) && strings.HasPrefix(c.Original, "2"), missed)
	case "headers":
		return pick(gone(c) && response, missed)
	case "security", "securityRequirements", "scopes":
		return pick(made(c), refusedNow)
	case "servers", "url":
		return pick(gone(c) || c.ChangeType == model.Modified, notThere)
	}
	switch {
	case where == nil, len(where) == 1 && where[0] == "paths", len(where) == 2 && where[0] == "paths": // a path, an operation
		return pick(gone(c), notThere)
	case where[len(where)-1] == "securityRequirements" || where[len(where)-1] == "security":
		return pick(made(c), refusedNow)
	case c.Breaking && gone(c):
		return cmp.Or(pick(request, refusedNow), pick(response, missed))
	}
	return ""
}

// bound judges a change of a bound; up is 1 if raising it narrows what is valid, -1 if lowering it does.
func bound(c *model.Change, side Side, up int) string {
	direction := 0
	switch {
	case made(c):
		direction = 1
	case gone(c):
		direction = -1
	default:
		var was, is float64
		fmt.Sscan(c.Original, &was)
		fmt.Sscan(c.New, &is)
		direction = cmp.Compare(is, was) * up
	}
	switch {
	case direction > 0 && side&Request != 0:
		return refusedNow
	case direction < 0 && side&Response != 0:
		return unexpected
	}
	return ""
}

// media compares the media types of bodies, which libopenapi's report leaves out where a whole body's are others.
func (d *differ) media(before, after []byte) {
	old, new := mediaTypes(before), mediaTypes(after)
	for where, types := range ordered(old) {
		now, stillThere := new[where]
		for _, name := range types {
			if stillThere && !slices.Contains(now, name) {
				side, why := Response, missed
				if strings.Contains(where, "requestBody") {
					side, why = Request, refusedNow
				}
				d.found = append(d.found, Change{Where: where + " content", What: name + " is gone", Side: side, Breaking: true, Why: why})
			}
		}
	}
}

// mediaTypes lists the media types of every operation's bodies, by place.
func mediaTypes(document []byte) map[string][]string {
	root, _ := grow(document)
	types := map[string][]string{}
	list := func(where string, body tree) {
		for name := range body.at("content").members() {
			types[where] = append(types[where], name.text())
		}
	}
	for path, item := range root.at("paths").members() {
		for method, op := range item.members() {
			at := "paths " + path.text() + " " + method.text()
			list(at+" requestBody", op.at("requestBody"))
			for status, r := range op.at("responses").members() {
				list(at+" responses "+status.text(), r)
			}
		}
	}
	return types
}

func ordered[V any](m map[string]V) func(yield func(string, V) bool) {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
