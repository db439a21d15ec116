package spec

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Problem is one thing that is wrong with a document.
type Problem struct {
	Line    int    `json:"line"`
	Where   string `json:"where"`
	Message string `json:"message"` // what is wrong, and what would be right
}

// String is the problem as compilers print one, without the file.
func (p Problem) String() string { return fmt.Sprintf("%d: %s: %s", p.Line, p.Where, p.Message) }

// Lint holds a document to OpenAPI, and to what the simulator and the suites need of it beyond that: one name for each operation, an effect and a provenance
// for whatever is claimed, an example of whatever is sent, and every refusal declared that its requests can bring.
func Lint(document []byte) ([]Problem, error) {
	root, err := grow(document)
	if err != nil {
		return nil, err
	}
	l := &linter{root: root, names: map[string]string{}}
	if version := root.at("openapi"); !strings.HasPrefix(version.text(), "3.0.") {
		l.wrong(version, "openapi", "is %q; 3.0.3 would be right: later versions lose line numbers and defaults on the way", version.text())
	}
	operations := 0
	for path, item := range root.at("paths").members() {
		for method, op := range item.members() {
			if slices.Contains(methods, method.text()) {
				operations++
				l.operation(path.text(), item, method, op)
			}
		}
	}
	if operations == 0 {
		l.wrong(root, "paths", "hold no operation")
	}
	l.components()
	l.refusals()
	l.marks(root)
	l.form(document)
	slices.SortFunc(l.found, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message)) })
	return l.found, nil
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

type linter struct {
	root  tree
	names map[string]string // where an operationId was seen first
	found []Problem
}

func (l *linter) wrong(at tree, where, format string, args ...any) {
	l.found = append(l.found, Problem{at.line(), where, fmt.Sprintf(format, args...)})
}

var lowerCamel = regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)

func (l *linter) operation(path string, item, method, op tree) {
	where := method.text() + " " + path
	id := op.at("operationId")
	switch other := l.names[id.text()]; {
	case !lowerCamel.MatchString(id.text()):
		l.wrong(cmp.Or(id, method), where, "operationId is %q; a name in lowerCamelCase would be right", id.text())
	case other != "":
		l.wrong(id, where, "operationId %s names %s too; a name of its own would be right", id.text(), other)
	}
	l.names[id.text()] = where
	if effect := op.at("x-effect"); !slices.Contains([]string{"read", "write", "charge", "destroy"}, effect.text()) {
		l.wrong(cmp.Or(effect, method), where, "x-effect is %q; read, write, charge or destroy would be right", effect.text())
	}
	if !op.at("x-provenance").there() {
		l.wrong(method, where, "has no x-provenance; documented, published or assumed would be right")
	}
	if op.at("summary").text() == "" {
		l.wrong(method, where, "has no summary")
	}
	parameters := parametersOf(item, op)
	for _, p := range parameters {
		if p.at("required").text() == "true" && !exemplified(p) && !exemplified(p.at("schema")) {
			l.wrong(p, where, "the required %s parameter %s has no example", p.at("in").text(), p.at("name").text())
		}
	}
	for media, content := range op.at("requestBody", "content").members() {
		if !exemplified(content) {
			l.wrong(media, where, "the body as %s has no example", media.text())
		}
	}
	l.answers(where, method, op, parameters)
}

// parametersOf are an operation's parameters, its path's among them.
func parametersOf(item, op tree) []tree {
	var parameters []tree
	for _, list := range []tree{item.at("parameters"), op.at("parameters")} {
		for p := range list.items() {
			parameters = append(parameters, p.follow())
		}
	}
	return parameters
}

func exemplified(t tree) bool {
	if t.at("example").there() || t.at("examples").there() {
		return true
	}
	for _, content := range t.at("content").members() {
		if content.at("example").there() || content.at("examples").there() {
			return true
		}
	}
	return false
}

// answers holds the declared answers to what the operation's requests can bring about.
func (l *linter) answers(where string, method, op tree, parameters []tree) {
	var declared []int
	succeeds := false
	for status, response := range op.at("responses").members() {
		code, err := strconv.Atoi(status.text())
		if err != nil {
			l.wrong(status, where, "the answer %q is no status; a number would be right", status.text())
			continue
		}
		declared = append(declared, code)
		succeeds = succeeds || code/100 == 2
		if code >= 400 && !strings.HasPrefix(response.ref(), "#/components/responses/") {
			l.wrong(status, where, "the refusal %d is of its own; one of #/components/responses would be right", code)
		}
		for media, content := range response.at("content").members() {
			if !exemplified(content) {
				l.wrong(media, where, "the answer %d as %s has no example", code, media.text())
			}
		}
	}
	if !succeeds {
		l.wrong(method, where, "declares no success")
	}
	want := func(needed bool, why string, statuses ...int) {
		if needed && !slices.ContainsFunc(statuses, func(s int) bool { return slices.Contains(declared, s) }) {
			l.wrong(method, where, "%s, and %s is not declared", why, strings.Trim(strings.ReplaceAll(fmt.Sprint(statuses), " ", " or "), "[]"))
		}
	}
	body := op.at("requestBody").there()
	want(body || slices.ContainsFunc(parameters, canBeWrong), "it has something to get wrong", 400, 422)
	want(body, "it takes a body", 413)
	want(body, "it takes a body", 415)
	want(strings.Contains(where, "{"), "its path names something", 404)
	security := cmp.Or(op.at("security"), l.root.at("security"))
	for way := range security.items() {
		for _, scopes := range way.members() {
			want(true, "it is secured", 401)
			for range scopes.items() {
				want(true, "it needs a scope", 403)
			}
		}
	}
	want(true, "there can be too many", 429)
	want(true, "it can be made to break", 500)
}

// canBeWrong tells whether there is a way to send a parameter that the document does not permit.
func canBeWrong(p tree) bool {
	if p.at("required").text() == "true" && p.at("in").text() != "path" || p.at("content").there() {
		return true
	}
	s := p.at("schema")
	bounded := slices.ContainsFunc([]string{"enum", "pattern", "format", "maxLength"}, func(name string) bool { return s.at(name).there() })
	return s.at("type").text() != "string" || bounded || s.at("minLength").text() > "0"
}

// components have to say where they are known from.
func (l *linter) components() {
	for _, kind := range []string{"schemas", "responses", "parameters", "headers", "requestBodies"} {
		for name, component := range l.root.at("components", kind).members() {
			if component.ref() == "" && !component.at("x-provenance").there() {
				l.wrong(name, "components "+kind+" "+name.text(), "has no x-provenance; documented, published or assumed would be right")
			}
		}
	}
}

// refusals answer what meets no operation: an unknown path, a wrong method.
func (l *linter) refusals() {
	refusals := l.root.at("x-refusals")
	for _, status := range []string{"404", "405"} {
		if !refusals.at(status).there() {
			l.wrong(cmp.Or(refusals, l.root), "x-refusals", "lacks %s: what is answered where there is no operation", status)
		}
	}
}

// lifetime has to be a length of time, of what is a moment or a number of seconds.
func (l *linter) lifetime(key, t tree, kind string) {
	if most, err := time.ParseDuration(t.at("most").text()); err != nil || most <= 0 {
		l.wrong(key, "x-lifetime", "does not say how long at most; {most: 15m} would be right")
	}
	if !slices.Contains([]string{"string", "integer", "number"}, kind) {
		l.wrong(key, "x-lifetime", "is of type %q, which is neither a moment nor a number of seconds; string or integer would be right", kind)
	}
}

// marks walks the whole document for provenances: a word of the three, and what is published names its source; for properties that are required and may yet be absent; and
// for lifetimes.
func (l *linter) marks(t tree) {
	for name := range t.at("required").items() {
		if t.at("properties", name.text()).follow().at("x-absent").there() {
			l.wrong(name, "x-absent", "says when %s is missing, which is required; one of the two would be right", name.text())
		}
	}
	for key, member := range t.members() {
		if key.text() == "x-lifetime" {
			l.lifetime(key, member, t.at("type").text())
		}
		if key.text() != "x-provenance" {
			l.marks(member)
			continue
		}
		switch mark := member.text(); {
		case !slices.Contains([]string{"documented", "published", "assumed"}, mark):
			l.wrong(key, "x-provenance", "is %q; documented, published or assumed would be right", mark)
		case mark == "published" && t.at("x-source").text() == "":
			l.wrong(key, "x-provenance", "is published, and x-source does not say where")
		}
	}
	for item := range t.items() {
		l.marks(item)
	}
}
