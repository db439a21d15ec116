package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy/fixtures/jsonpointer"
	"understudy/fixtures/shell"
	"understudy/mock/internal/engine"
	"understudy/specs"
)

// providerCall is the call that the vendor's page shows, made runnable.
type providerCall struct {
	Operation string      `json:"operation"`
	Status    int         `json:"status"`
	Method    string      `json:"method"`
	URL       string      `json:"url"`
	Headers   http.Header `json:"headers"` // spelt as the page does
	Body      string      `json:"body,omitempty"`
}

// table is specs/calls/<provider>.yaml: what stands for the placeholders of the page.
type table struct {
	Operation string
	Status    int
	Path      map[string]string
	Header    map[string]string
	Request   map[string]any
}

// pageCall is the call of a provider's page, below base; nil if there is none.
func pageCall(r engine.ServedRoom, base string) (*providerCall, error) {
	raw, ok := specs.Call(r.Name)
	if !ok {
		return nil, nil
	}
	var t table
	if err := yaml.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("reading the call of %s: %w", r.Name, err)
	}
	op := r.Document.Operation(t.Operation)
	if op == nil { // the profile does without it
		return nil, nil
	}
	path := op.Path
	for name, value := range t.Path {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	p := &providerCall{Operation: op.ID, Status: t.Status, Method: op.Method, URL: base + path, Headers: http.Header{}}
	for name, value := range t.Header {
		p.Headers[name] = []string{value}
	}
	sample, ok := specs.Sample(r.Name, "request")
	if !ok {
		return p, nil
	}
	body, err := fill(sample, t.Request)
	p.Body = string(body)
	return p, err
}

// fill puts values into a JSON sample, each at its pointer. Without any, the sample keeps its order.
func fill(sample []byte, values map[string]any) ([]byte, error) {
	if len(values) == 0 {
		var compact bytes.Buffer
		err := json.Compact(&compact, sample)
		return compact.Bytes(), err
	}
	var body any
	if err := json.Unmarshal(sample, &body); err != nil {
		return nil, err
	}
	for _, pointer := range slices.Sorted(maps.Keys(values)) {
		if err := put(&body, jsonpointer.Parts(pointer), values[pointer]); err != nil {
			return nil, fmt.Errorf("at %s: %w", pointer, err)
		}
	}
	var filled bytes.Buffer
	encoder := json.NewEncoder(&filled)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(body)
	return bytes.TrimSpace(filled.Bytes()), err
}

func put(at *any, parts []string, value any) error {
	if len(parts) == 0 {
		*at = value
		return nil
	}
	name := parts[0]
	switch v := (*at).(type) {
	case map[string]any:
		member := v[name]
		err := put(&member, parts[1:], value)
		v[name] = member
		return err
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(v) {
			return fmt.Errorf("there is no item %s", name)
		}
		return put(&v[i], parts[1:], value)
	}
	return fmt.Errorf("there is nothing above %s", name)
}

// curl writes the call for a POSIX shell.
func (p *providerCall) curl() string {
	lines := []string{"curl -sS -X " + p.Method + " " + shell.Quoted(p.URL)}
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		for _, value := range p.Headers[name] {
			lines = append(lines, "-H "+shell.Quoted(name+": "+value))
		}
	}
	if p.Body != "" {
		lines = append(lines, "--data-raw "+shell.Quoted(p.Body))
	}
	return strings.Join(lines, " \\\n  ")
}
