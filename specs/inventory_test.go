package specs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/specs"
)

// entry is one line of an inventory: a field that the vendor's page names.
type entry struct{ operation, where, pointer, kind string }

func (e entry) String() string {
	return strings.Join([]string{e.operation, e.where, e.pointer, e.kind}, " ")
}

func inventory(t *testing.T, provider string) []entry {
	t.Helper()
	text, ok := specs.Inventory(provider)
	if !ok {
		t.Fatalf("specs/inventory/%s.txt is missing", provider)
	}
	var list []entry
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 4 {
			t.Fatalf("inventory line %q: want operationId, place, pointer and type", line)
		}
		e := entry{words[0], words[1], words[2], words[3]}
		if slices.Contains(list, e) {
			t.Errorf("inventory line %q stands twice", line)
		}
		list = append(list, e)
	}
	return list
}

func TestEveryFieldOfThePagesIsDeclared(t *testing.T) {
	t.Parallel()
	for _, provider := range specs.Providers() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			doc := load(t, provider)
			for _, e := range inventory(t, provider) {
				op, item := find(doc, e.operation)
				if op == nil {
					t.Errorf("%s: there is no such operation", e)
				} else if err := declared(doc, item, op, e); err != nil {
					t.Errorf("%s: %v", e, err)
				}
			}
		})
	}
}

// TestEveryKeyOfTheSamplesIsInTheInventory keeps the inventory from being shorter than the page.
func TestEveryKeyOfTheSamplesIsInTheInventory(t *testing.T) {
	t.Parallel()
	for _, provider := range specs.Providers() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			call := readCall(t, provider)
			listed := map[string]bool{}
			for _, e := range inventory(t, provider) {
				listed[e.operation+" "+e.where+" "+e.pointer] = true
			}
			keys := 0
			for part, where := range map[string]string{"request": "request", "response": fmt.Sprintf("response:%d", call.Status)} {
				sample, ok := readSample(t, provider, part)
				if !ok {
					continue
				}
				for pointer := range members(sample, "") {
					keys++
					if line := call.Operation + " " + where + " " + pointer; !listed[line] {
						t.Errorf("the %s sample has %s, which the inventory lacks", part, line)
					}
				}
			}
			if keys == 0 {
				t.Error("the samples hold nothing")
			}
		})
	}
}

// members walks the pointers of every member below a JSON value, array items under *.
func members(v any, at string) map[string]bool {
	found := map[string]bool{}
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			pointer := at + "/" + escape(name)
			found[pointer] = true
			maps.Copy(found, members(value, pointer))
		}
	case []any:
		for _, value := range v {
			found[at+"/*"] = true
			maps.Copy(found, members(value, at+"/*"))
		}
	}
	return found
}

// escape writes a member name as inventories do: after RFC 6901, with blanks as %20.
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", " ", "%20").Replace(name)
}

func unescape(part string) string {
	plain, err := url.PathUnescape(part)
	if err != nil {
		plain = part
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(plain)
}

// declared says why an entry is not declared as it should be.
func declared(doc *openapi3.T, item *openapi3.PathItem, op *openapi3.Operation, e entry) error {
	switch place, status, _ := strings.Cut(e.where, ":"); place {
	case "path", "header", "query":
		return declaredParameter(doc, item, op, e)
	case "status":
		if op.Responses.Value(e.pointer) == nil {
			return fmt.Errorf("the status is not declared")
		}
		return nil
	case "request":
		if op.RequestBody == nil {
			return fmt.Errorf("the operation takes no body")
		}
		return declaredMember(op.RequestBody.Value.Content, e)
	case "response":
		code, _ := strconv.Atoi(status)
		response := op.Responses.Status(code)
		if response == nil {
			return fmt.Errorf("the status is not declared")
		}
		return declaredMember(response.Value.Content, e)
	}
	return fmt.Errorf("place %q is none of path, header, query, request, response:<status>, status", e.where)
}

// declaredParameter also knows where OpenAPI puts what is not a parameter: the media types, the credential, a variable of the server's path.
func declaredParameter(doc *openapi3.T, item *openapi3.PathItem, op *openapi3.Operation, e entry) error {
	switch {
	case e.where == "header" && strings.EqualFold(e.pointer, "Content-Type") && op.RequestBody != nil:
		return nil
	case e.where == "header" && strings.EqualFold(e.pointer, "Accept") && len(op.Responses.Status(success(op)).Value.Content) > 0:
		return nil
	case e.where == "header" && strings.EqualFold(e.pointer, "Authorization") && (len(doc.Security) > 0 || op.Security != nil && len(*op.Security) > 0):
		return nil
	case e.where == "path" && serverOf(doc, item).Variables[e.pointer] != nil:
		return nil
	}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		p := ref.Value
		if p.In != e.where || !strings.EqualFold(p.Name, e.pointer) {
			continue
		}
		schema := p.Schema
		for _, media := range p.Content {
			schema = media.Schema
		}
		return hasType([]*openapi3.Schema{schema.Value}, e.kind)
	}
	return fmt.Errorf("the parameter is not declared")
}

func serverOf(doc *openapi3.T, item *openapi3.PathItem) *openapi3.Server {
	if len(item.Servers) > 0 {
		return item.Servers[0]
	}
	return doc.Servers[0]
}

func success(op *openapi3.Operation) int {
	for status := 200; status < 300; status++ {
		if op.Responses.Status(status) != nil {
			return status
		}
	}
	return 0
}

func declaredMember(content openapi3.Content, e entry) error {
	for name, media := range content {
		if media.Schema == nil {
			return fmt.Errorf("the body as %s has no schema", name)
		}
		at := []*openapi3.Schema{media.Schema.Value}
		for _, part := range strings.Split(e.pointer, "/")[1:] {
			if at = step(at, unescape(part)); len(at) == 0 {
				return fmt.Errorf("as %s, nothing is declared at %q of it", name, part)
			}
		}
		if err := hasType(at, e.kind); err != nil {
			return fmt.Errorf("as %s: %w", name, err)
		}
	}
	return nil
}

// step goes from schemas to those of one of their members, or of their items.
func step(from []*openapi3.Schema, part string) []*openapi3.Schema {
	var to []*openapi3.Schema
	for _, s := range alternatives(from) {
		if part == "*" && s.Items != nil {
			to = append(to, s.Items.Value)
			continue
		}
		if property := s.Properties[part]; property != nil {
			to = append(to, property.Value)
		} else if rest := s.AdditionalProperties.Schema; rest != nil {
			to = append(to, rest.Value)
		}
	}
	return to
}

// alternatives lists schemas together with every part that they are composed of.
func alternatives(list []*openapi3.Schema) []*openapi3.Schema {
	var all []*openapi3.Schema
	for _, s := range list {
		all = append(all, s)
		for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
			for _, ref := range refs {
				all = append(all, alternatives([]*openapi3.Schema{ref.Value})...)
			}
		}
	}
	return all
}

func hasType(list []*openapi3.Schema, kind string) error {
	if kind == "any" {
		return nil
	}
	var found []string
	for _, s := range alternatives(list) {
		if kind == "null" && s.Nullable || s.Type.Is(kind) {
			return nil
		}
		if s.Type != nil {
			found = append(found, s.Type.Slice()...)
		}
	}
	return fmt.Errorf("it is declared as %v", found)
}

func load(t *testing.T, provider string) *openapi3.T {
	t.Helper()
	yaml, ok := specs.Document(provider)
	if !ok {
		t.Fatalf("specs/%s.yaml is missing", provider)
	}
	doc, err := openapi3.NewLoader().LoadFromData(yaml)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func find(doc *openapi3.T, id string) (*openapi3.Operation, *openapi3.PathItem) {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.OperationID == id {
				return op, item
			}
		}
	}
	return nil, nil
}

func readSample(t *testing.T, provider, part string) (any, bool) {
	t.Helper()
	raw, ok := specs.Sample(provider, part)
	if !ok {
		return nil, false
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("specs/samples/%s.%s.json: %v", provider, part, err)
	}
	return v, true
}
