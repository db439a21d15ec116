package harness

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// jsonAPI is the media type of JSON:API, whose bodies have a grammar beyond any schema: resources that name each other.
const jsonAPI = "application/vnd.api+json"

// Ref names a resource of JSON:API: its type, a space and its id.
type Ref string

// resource is a resource object, or an identifier of one, within an answer.
type resource struct {
	Ref
	pointer string
	members map[string]any
}

// resources are those of a place of an answer: one, a list of them, or none.
func resources(pointer string, v any) (list []resource) {
	eachObject(pointer, &document.Schema{Items: &document.Schema{}}, v, func(at string, _ *document.Schema, members map[string]any) {
		kind, _ := members["type"].(string)
		id, _ := members["id"].(string)
		list = append(list, resource{Ref(kind + " " + id), at, members})
	})
	return list
}

// Linkage lists what the relationship of an answer's resource names, or, without one, what the answer itself is about. told is false if it does not say.
func Linkage(body []byte, relationship string) (refs []Ref, told bool) {
	value, _, err := decoded(body)
	if err != nil {
		return nil, false
	}
	top, _ := value.(map[string]any)
	if relationship != "" {
		data, _ := top["data"].(map[string]any)
		top = member(member(data, "relationships"), relationship)
	}
	data, told := top["data"]
	for _, r := range resources("", data) {
		refs = append(refs, r.Ref)
	}
	return refs, told
}

// member is a member that is an object; nil if it is none.
func member(members map[string]any, name string) map[string]any {
	inner, _ := members[name].(map[string]any)
	return inner
}

// IsJSONAPI tells whether an operation's success is one of JSON:API.
func IsJSONAPI(op *document.Operation) bool {
	return slices.ContainsFunc(op.Responses, func(r *document.Response) bool { return r.Status < 300 && r.Content(jsonAPI) != nil })
}

// linkage holds an answer of JSON:API to its grammar: a resource's own link leads to it, what is sent along is named by what it is sent along with, and what was asked for is
// named and sent along. Who asks for less than all gets less.
func (c *trial) linkage() {
	top, _ := c.value.(map[string]any)
	u, err := url.Parse(c.exchange.Request.URL)
	if c.exchange.Shape || c.exchange.Response.Status >= 300 || !strings.EqualFold(c.media.Type, jsonAPI) || err != nil || c.op == nil || c.op.Narrowed(u.Query()) {
		return
	}
	primary, included := resources("/data", top["data"]), resources("/included", top["included"])
	named, sent := map[Ref]bool{}, map[Ref]bool{}
	for _, r := range slices.Concat(primary, included) {
		sent[r.Ref] = true
		if self, _ := member(r.members, "links")["self"].(string); self != "" && r.whole() && path.Base(self) != r.members["id"] {
			c.find(RuleLinkage, "body", r.pointer+"/id", "its own link leads to %s", self)
		}
		for name := range member(r.members, "relationships") {
			for _, other := range r.linked(name) {
				named[other] = true
			}
		}
	}
	for _, r := range included {
		if !named[r.Ref] {
			c.find(RuleLinkage, "body", r.pointer+"/id", "%s is sent along, and nothing in the answer names it", r.Ref)
		}
	}
	for name := range strings.SplitSeq(u.Query().Get("include"), ",") {
		name, _, _ = strings.Cut(name, ".")
		for _, r := range primary {
			c.sentAlong(r, name, sent)
		}
	}
}

// sentAlong looks for what a request asks to be included with a resource.
func (c *trial) sentAlong(r resource, name string, sent map[Ref]bool) {
	relationship, at := member(member(r.members, "relationships"), name), r.pointer+jsonpointer.Of("relationships", name, "data")
	if _, told := relationship["data"]; relationship != nil && !told {
		c.find(RuleLinkage, "body", at, "the request asks for %s to be included, and the answer does not say which", name)
	}
	for _, other := range r.linked(name) {
		if !sent[other] {
			c.find(RuleLinkage, "body", at, "the request asks for %s to be included, and %s is not", name, other)
		}
	}
}

// whole tells whether a resource is told of, and not only named.
func (r resource) whole() bool {
	return r.members["attributes"] != nil || r.members["relationships"] != nil
}

// linked are the resources that one names in a relationship.
func (r resource) linked(name string) (refs []Ref) {
	for _, other := range resources("", member(member(r.members, "relationships"), name)["data"]) {
		refs = append(refs, other.Ref)
	}
	return refs
}

// key is what a thing goes by in a scene: in JSON:API, a resource by its type, whatever schema tells of it.
func key(media *document.Media, kind, id string, members map[string]any) string {
	if own, _ := members["type"].(string); own != "" && strings.EqualFold(media.Type, jsonAPI) && members["id"] != nil {
		kind = own
	}
	return fmt.Sprint(kind, " ", id)
}
