package spec

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// form is what OpenAPI itself asks of a document.
func (l *linter) form(document []byte) {
	before := len(l.found)
	l.security("security", l.root.at("security"))
	l.walk("{}response", "x-refusals", l.root.at("x-refusals"), nil)
	for kind, components := range l.root.at("components").members() {
		if one, known := grammar["components"][kind.text()]; known {
			for name, component := range components.members() {
				l.walk(one, "components "+kind.text()+" "+name.text(), component, nil)
			}
		}
	}
	for path, item := range l.root.at("paths").members() {
		l.walk("[]parameter", path.text(), item.at("parameters"), nil)
		for method, op := range item.members() {
			if where := method.text() + " " + path.text(); slices.Contains(methods, method.text()) {
				l.walk("operation", where, op, nil)
				l.variables(where, method, path.text(), parametersOf(item, op))
				l.security(where, op.at("security"))
			}
		}
	}
	if len(l.found) == before { // or it would say the same again, and not as well where
		l.readable(document)
	}
}

// grammar is where an OpenAPI object can hold a reference, or something that holds one further down: kind → member → what stands there. "[]kind" is
// a list of them, "{}kind" an object with names of its own. Everything else, examples above all, is left alone: a $ref in it is a value.
var grammar = map[string]map[string]string{
	"components": {
		"schemas": "schema", "responses": "response", "parameters": "parameter", "headers": "parameter", "requestBodies": "body",
		"examples": "example", "securitySchemes": "scheme",
	},
	"operation": {"parameters": "[]parameter", "requestBody": "body", "responses": "{}response"},
	"parameter": {"schema": "schema", "content": "{}media", "examples": "{}example"},
	"body":      {"content": "{}media"},
	"response":  {"headers": "{}parameter", "content": "{}media"},
	"media":     {"schema": "schema", "examples": "{}example"},
	"schema": {
		"properties": "{}schema", "items": "schema", "additionalProperties": "schema", "not": "schema",
		"allOf": "[]schema", "anyOf": "[]schema", "oneOf": "[]schema",
	},
}

// walk goes through a part of the document by the grammar, and holds each reference and schema on the way to what OpenAPI asks. around are the
// properties that are described by the schemas that this one is a part of.
func (l *linter) walk(kind, where string, t tree, around []string) {
	if t.text() == "true" || t.text() == "false" {
		return // as additionalProperties may be
	}
	if one, many := strings.CutPrefix(kind, "[]"); many {
		l.shaped(where, t, yaml.SequenceNode, "a list")
		for item := range t.items() {
			l.walk(one, where, item, around)
		}
		return
	}
	l.shaped(where, t, yaml.MappingNode, "an object")
	if one, many := strings.CutPrefix(kind, "{}"); many {
		for _, item := range t.members() {
			l.walk(one, where, item, around)
		}
		return
	}
	if t.ref() != "" {
		l.reference(where, t)
		return // what it leads to is walked where it stands
	}
	if kind == "schema" {
		around = l.schema(where, t, around)
	}
	for key, member := range t.members() {
		described := around
		if !slices.Contains([]string{"allOf", "anyOf", "oneOf", "not"}, key.text()) {
			described = nil // another value than the one that was described so far
		}
		if next, known := grammar[kind][key.text()]; known {
			l.walk(next, where, member, described)
		}
	}
}

func (l *linter) shaped(where string, t tree, kind yaml.Kind, want string) {
	if t.there() && t.node.Kind != kind {
		l.wrong(t, where, "%s is wanted here", want)
	}
}

// reference has to lead to something in this document.
func (l *linter) reference(where string, t tree) {
	switch ref := t.ref(); {
	case !strings.HasPrefix(ref, "#/"):
		l.wrong(t.at("$ref"), where, "$ref %s leads out of the document; a part of it, as in #/components/schemas/…, would be right", ref)
	case !t.resolve(ref).there():
		l.wrong(t, where, "$ref %s leads nowhere%s", ref, oneOf(t.resolve(ref[:strings.LastIndexByte(ref, '/')])))
	case !t.follow().there():
		l.wrong(t, where, "$ref %s leads back to itself", ref)
	}
}

// oneOf lists what there is to choose from.
func oneOf(t tree) string {
	var names []string
	for name := range t.members() {
		names = append(names, name.text())
	}
	if len(names) == 0 {
		return ""
	}
	return "; there are: " + strings.Join(names, ", ")
}

var types = []string{"array", "boolean", "integer", "number", "object", "string"}

// schema has a type that there is, and describes what it requires. OpenAPI permits to require what nobody describes; but then nothing tells what to
// send there, and most often a name was misspelt. It returns the properties that are described by it and by what it is a part of.
func (l *linter) schema(where string, t tree, around []string) []string {
	if kind := t.at("type"); kind.there() && !slices.Contains(types, kind.text()) {
		l.wrong(kind, where, "the type is %q; one of %s would be right", kind.text(), strings.Join(types, ", "))
	}
	described := slices.Concat(around, properties(t, 0))
	for name := range t.at("required").items() {
		if !slices.Contains(described, name.text()) {
			l.wrong(name, where, "requires %s, which no property describes", name.text())
		}
	}
	return described
}

// properties are the names that a schema describes, by itself or through its parts.
func properties(t tree, depth int) []string {
	var names []string
	t = t.follow()
	for name := range t.at("properties").members() {
		names = append(names, name.text())
	}
	for _, parts := range []string{"allOf", "anyOf", "oneOf"} {
		for part := range t.at(parts).items() {
			if depth < 32 { // a ring of references ends
				names = append(names, properties(part, depth+1)...)
			}
		}
	}
	return names
}

var variable = regexp.MustCompile(`\{([^{}]*)\}`)

// variables holds a path to its parameters: each variable is described, and nothing else is.
func (l *linter) variables(where string, method tree, path string, parameters []tree) {
	var names []string
	for _, found := range variable.FindAllStringSubmatch(path, -1) {
		names = append(names, found[1])
	}
	for _, p := range parameters {
		if name := p.at("name"); p.at("in").text() == "path" && !slices.Contains(names, name.text()) {
			l.wrong(name, where, "the path parameter %s is not in the path", name.text())
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(parameters, func(p tree) bool { return p.at("in").text() == "path" && p.at("name").text() == name }) {
			l.wrong(method, where, "no path parameter describes {%s}", name)
		}
	}
}

// security names schemes that there are.
func (l *linter) security(where string, requirements tree) {
	schemes := l.root.at("components", "securitySchemes")
	for way := range requirements.items() {
		for name := range way.members() {
			if !schemes.at(name.text()).there() {
				l.wrong(name, where, "security names %s, which is no security scheme%s", name.text(), oneOf(schemes))
			}
		}
	}
}
