package flow

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/pb33f/libopenapi"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"understudy/specs"
)

// source is an OpenAPI document that steps call operations of: no more of it than it takes to send a request.
type source struct {
	name       string
	operations map[string]*operation // by operationId
}

// operation is one line of a source.
type operation struct {
	ID, Method string
	Path       string // with the server's path before it and {variables} in it
	Effect     string // x-effect: read, write, charge or destroy
	Takes      string // the media type of its body if a step does not say; empty if it has none
	Answers    []string
	Variables  map[string]string // of the server: their defaults
	Parameters []parameter
}

type parameter struct {
	Name, In string
	Required bool
}

// accepts tells whether the operation declares a parameter.
func (o *operation) accepts(name, in string) bool {
	return slices.ContainsFunc(o.Parameters, func(p parameter) bool {
		return p.In == in && (p.Name == name || in == "header" && strings.EqualFold(p.Name, name))
	})
}

// sources are read once in a process: they do not change.
var sources sync.Map

// openSource reads the OpenAPI document of a provider, or of the control API, by its name.
func openSource(name string) (*source, error) {
	read := sync.OnceValues(func() (*source, error) {
		yaml, ok := specs.Document(name)
		if !ok {
			return nil, fmt.Errorf("there is no OpenAPI document %q; there are %s and %s", name, strings.Join(specs.Providers(), ", "), specs.Control)
		}
		return readSource(name, yaml)
	})
	once, _ := sources.LoadOrStore(name, read)
	return once.(func() (*source, error))()
}

func readSource(name string, yaml []byte) (*source, error) {
	parsed, err := libopenapi.NewDocument(yaml)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	model, err := parsed.BuildV3Model()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &source{name: name, operations: map[string]*operation{}}
	for at, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, declared := range item.GetOperations().FromOldest() {
			o := &operation{ID: declared.OperationId, Method: strings.ToUpper(method), Variables: map[string]string{}}
			o.serve(at, declared.Servers, item.Servers, model.Model.Servers)
			o.describe(declared, item.Parameters)
			s.operations[o.ID] = o
		}
	}
	return s, nil
}

// serve finds the path of the nearest list of servers that is not empty.
func (o *operation) serve(at string, lists ...[]*v3.Server) {
	o.Path = at
	for _, servers := range lists {
		if len(servers) == 0 {
			continue
		}
		o.Path = path.Clean("/"+servers[0].URL) + at
		if servers[0].URL == "/" {
			o.Path = at
		}
		for name, v := range servers[0].Variables.FromOldest() {
			o.Variables[name] = v.Default
		}
		return
	}
}

// describe reads what the operation takes and answers.
func (o *operation) describe(declared *v3.Operation, shared []*v3.Parameter) {
	if effect, ok := declared.Extensions.Get("x-effect"); ok {
		o.Effect = effect.Value
	}
	for _, p := range slices.Concat(shared, declared.Parameters) {
		o.Parameters = append(o.Parameters, parameter{p.Name, p.In, p.Required != nil && *p.Required})
	}
	if declared.RequestBody != nil {
		for media := range declared.RequestBody.Content.KeysFromOldest() {
			o.Takes = cmp.Or(o.Takes, media)
		}
	}
	for status, response := range declared.Responses.Codes.FromOldest() {
		for media := range response.Content.KeysFromOldest() {
			if strings.HasPrefix(status, "2") && !slices.Contains(o.Answers, media) {
				o.Answers = append(o.Answers, media)
			}
		}
	}
}

// url is where the operation is called below a base URL; every variable of the path must have been given.
func (o *operation) url(base, tenant string, variables map[string]string, query url.Values) (string, error) {
	var problem error
	at := o.Path
	for {
		open := strings.IndexByte(at, '{')
		if open < 0 {
			break
		}
		shut := open + strings.IndexByte(at[open:], '}')
		name := at[open+1 : shut]
		value, ok := variables[name]
		if fallback, served := o.Variables[name]; !ok && served {
			value, ok = cmp.Or(tenant, fallback), true
		}
		if !ok || value == "" {
			problem = fmt.Errorf("%s: the path parameter %q has no value", o.ID, name)
		}
		at = at[:open] + url.PathEscape(value) + at[shut+1:]
	}
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	return strings.TrimSuffix(base, "/") + at, problem
}

// strongest is the greater of two effects; what has none counts as a write.
func strongest(a, b string) string {
	order := []string{http.MethodGet, "read", "write", "charge", "destroy"} // the first stands for "none yet"
	rank := func(effect string) int { return max(slices.Index(order, effect), 0) }
	if rank(a) >= rank(b) {
		return a
	}
	return b
}
