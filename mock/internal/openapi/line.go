package openapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// LineOf is where the document speaks of the place of a problem: of the parameter, or of the body's member, or of what comes nearest
// above it. 0 if it does not.
func (op *Operation) LineOf(p Problem) int {
	if p.In != "body" {
		for _, known := range op.params {
			if known.In == p.In && strings.EqualFold(known.Name, p.Pointer) {
				return lineOf(known.Origin)
			}
		}
		return 0
	}
	if op.spec.RequestBody == nil {
		return 0
	}
	best, line := -1, lineOf(op.spec.RequestBody.Value.Origin)
	content := op.spec.RequestBody.Value.Content
	for _, media := range slices.Sorted(maps.Keys(content)) {
		if depth, at := locate(content[media].Schema, p.Path(), 0); at != 0 && depth > best {
			best, line = depth, at
		}
	}
	return line
}

// locate follows a path into a schema as far as it goes, and returns how far that was and the line there.
func locate(ref *openapi3.SchemaRef, path []string, depth int) (int, int) {
	if ref == nil || ref.Value == nil {
		return -1, 0
	}
	s := ref.Value
	best, line := depth, lineOf(s.Origin)
	try := func(next *openapi3.SchemaRef, rest []string, depth int) {
		if d, at := locate(next, rest, depth); at != 0 && d > best {
			best, line = d, at
		}
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		try(part, path, depth)
	}
	if len(path) > 0 {
		try(s.Properties[path[0]], path[1:], depth+1)
		try(s.Items, path[1:], depth+1)
	}
	return best, line
}
