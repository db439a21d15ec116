package specs_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// eachOperation runs a test for every operation of every document.
func eachOperation(t *testing.T, test func(t *testing.T, doc *openapi3.T, path string, op operation)) {
	t.Helper()
	each(t, func(t *testing.T, doc *openapi3.T) {
		n := 0
		for _, path := range doc.Paths.InMatchingOrder() {
			item := doc.Paths.Value(path)
			for method, op := range item.Operations() {
				n++
				t.Run(method+" "+path, func(t *testing.T) {
					test(t, doc, path, operation{op, append(slices.Clone(item.Parameters), op.Parameters...)})
				})
			}
		}
		if n == 0 {
			t.Error("the document has no operation")
		}
	})
}

// operation is an operation with all its parameters, the path's too.
type operation struct {
	*openapi3.Operation
	all openapi3.Parameters
}

func TestOperationsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	lowerCamel := regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)
	eachOperation(t, func(t *testing.T, _ *openapi3.T, _ string, op operation) {
		if !lowerCamel.MatchString(op.OperationID) {
			t.Errorf("operationId %q, want lowerCamelCase", op.OperationID)
		}
		effect, _ := op.Extensions["x-effect"].(string)
		if !slices.Contains([]string{"read", "write", "charge", "destroy"}, effect) {
			t.Errorf("x-effect is %q, want read, write, charge or destroy", effect)
		}
		if op.Extensions["x-provenance"] == nil {
			t.Error("no x-provenance")
		}
		if op.Summary == "" {
			t.Error("no summary")
		}
	})
}

func TestComponentsSayWhereTheyAreKnownFrom(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		marked := func(kind, name string, x map[string]any) {
			if x["x-provenance"] == nil {
				t.Errorf("#/components/%s/%s has no x-provenance", kind, name)
			}
		}
		for name, c := range doc.Components.Schemas {
			marked("schemas", name, c.Value.Extensions)
		}
		for name, c := range doc.Components.Responses {
			marked("responses", name, c.Value.Extensions)
		}
		for name, c := range doc.Components.Parameters {
			marked("parameters", name, c.Value.Extensions)
		}
		for name, c := range doc.Components.Headers {
			marked("headers", name, c.Value.Extensions)
		}
		for name, c := range doc.Components.RequestBodies {
			marked("requestBodies", name, c.Value.Extensions)
		}
		if len(doc.Components.Schemas) == 0 || len(doc.Components.Responses) == 0 {
			t.Error("no components")
		}
	})
}

func TestRequestsHaveExamples(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, _ *openapi3.T, _ string, op operation) {
		for _, ref := range op.all {
			p := ref.Value
			exemplified := p.Example != nil || len(p.Examples) > 0 || p.Schema != nil && p.Schema.Value.Example != nil
			for _, media := range p.Content {
				exemplified = exemplified || media.Example != nil || len(media.Examples) > 0
			}
			if p.Required && !exemplified {
				t.Errorf("%s parameter %s has no example", p.In, p.Name)
			}
		}
		if op.RequestBody == nil {
			return
		}
		for name, media := range op.RequestBody.Value.Content {
			if media.Example == nil && len(media.Examples) == 0 {
				t.Errorf("the body as %s has no example", name)
			}
		}
	})
}

func TestAnswersHaveExamples(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, _ *openapi3.T, _ string, op operation) {
		for status, ref := range op.Responses.Map() {
			for name, media := range ref.Value.Content {
				if media.Example == nil && len(media.Examples) == 0 {
					t.Errorf("the answer %s as %s has no example", status, name)
				}
			}
		}
	})
}

// canBeWrong tells whether there is a way to send a parameter that the document does not permit.
func canBeWrong(ref *openapi3.ParameterRef) bool {
	p := ref.Value
	if p.Required && p.In != openapi3.ParameterInPath || len(p.Content) > 0 {
		return true
	}
	s := p.Schema.Value
	return !s.Type.Is("string") || len(s.Enum) > 0 || s.Pattern != "" || s.Format != "" || s.MinLength > 0 || s.MaxLength != nil
}

func TestRefusalsAreDeclared(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, doc *openapi3.T, path string, op operation) {
		want := func(why string, statuses ...int) {
			for _, status := range statuses {
				if op.Responses.Status(status) != nil {
					return
				}
			}
			t.Errorf("%s, and %v is not declared", why, statuses)
		}
		if op.RequestBody != nil || slices.ContainsFunc(op.all, canBeWrong) {
			want("it has something to get wrong", 400, 422)
		}
		if op.RequestBody != nil {
			want("it takes a body", 413)
			want("it takes a body", 415)
		}
		if strings.Contains(path, "{") {
			want("its path names something", 404)
		}
		security := doc.Security
		if op.Security != nil {
			security = *op.Security
		}
		for _, way := range security {
			for _, scopes := range way {
				want("it is secured", 401)
				if len(scopes) > 0 {
					want("it needs a scope", 403)
				}
			}
		}
		want("there can be too many", 429)
		want("it can be made to break", 500)
		succeeds := false
		for status, ref := range op.Responses.Map() {
			code, err := strconv.Atoi(status)
			if err != nil {
				t.Errorf("response %q, want a number", status)
			}
			succeeds = succeeds || code/100 == 2
			if code >= 400 && !strings.HasPrefix(ref.Ref, "#/components/responses/") {
				t.Errorf("refusal %d is not one of #/components/responses", code)
			}
		}
		if !succeeds {
			t.Error("no success is declared")
		}
	})
}

// TestRefusalsOfNoOperation: an unknown path and a wrong method are answered in the provider's own envelope.
func TestRefusalsOfNoOperation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		refusals, _ := doc.Extensions["x-refusals"].(map[string]any)
		for _, must := range []string{"404", "405"} {
			if refusals[must] == nil {
				t.Errorf("x-refusals lacks %s", must)
			}
		}
		for status, value := range refusals {
			ref, _ := value.(map[string]any)
			name, _ := ref["$ref"].(string)
			response := doc.Components.Responses[strings.TrimPrefix(name, "#/components/responses/")]
			if response == nil {
				t.Errorf("x-refusals: %s leads to %v, which is no response", status, value)
				continue
			}
			for media, content := range response.Value.Content {
				if content.Example == nil && len(content.Examples) == 0 {
					t.Errorf("x-refusals: %s as %s has no example", status, media)
				}
			}
		}
	})
}

func TestOperationIDsAreUnique(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		at := map[string]string{}
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				if other, ok := at[op.OperationID]; ok {
					t.Errorf("%s names %s and %s %s", op.OperationID, other, method, path)
				}
				at[op.OperationID] = method + " " + path
			}
		}
	})
}
