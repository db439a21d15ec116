// Command stories writes the stories of fixtures/ that nobody recorded: what the vendors' pages show (transcribed), and a story of each provider played by our own
// simulator (synthetic). The same bytes come out each time; a test holds the files to them.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"understudy/fixtures"
	"understudy/fixtures/record"
	"understudy/fixtures/redact"
	"understudy/specs"
)

// day is when all of it is said to have happened.
var day = time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)

func main() {
	folder := "fixtures"
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := write(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes every story below a folder.
func write(folder string) error {
	for _, provider := range specs.Providers() {
		page, err := transcribe(provider)
		if err != nil {
			return fmt.Errorf("%s: %w", provider, err)
		}
		played, err := play(provider)
		if err != nil {
			return fmt.Errorf("%s: %w", provider, err)
		}
		for _, h := range []*fixtures.HAR{page, played} {
			if err := store(folder, h); err != nil {
				return err
			}
		}
	}
	return nil
}

// store takes out what looks like a secret, although nothing here is one, so that scan passes over these files as it has to over recorded ones.
func store(folder string, h *fixtures.HAR) error {
	redactor := redact.New(redact.Default(), []byte("understudy")) // a fixed key: nothing is secret, and the bytes have to be the same each time
	h.Log.Creator = record.Creator
	log := redactor.Log(h.Log)
	for i := range log.Entries {
		log.Entries[i] = redactor.Entry(&h.Log.Entries[i])
	}
	name := filepath.Join(folder, h.Log.Mark.Provider, h.Log.Mark.Scenario+".har")
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := fixtures.Write(&b, &fixtures.HAR{Log: log}); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// call is the table that makes a page's call runnable.
type call struct {
	Operation         string
	Status            int
	Path, Header      map[string]string
	Request, Response map[string]any
}

// transcribe makes a story of the call that a vendor's page shows.
func transcribe(provider string) (*fixtures.HAR, error) {
	raw, _ := specs.Call(provider)
	var c call
	if err := yaml.Unmarshal(raw, &c); err != nil {
		return nil, err
	}
	operations, err := record.OperationsOf(provider)
	if err != nil {
		return nil, err
	}
	method, path, ok := operations.Request(c.Operation)
	if !ok {
		return nil, fmt.Errorf("there is no operation %s", c.Operation)
	}
	for name, value := range c.Path {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	request, err := sample(provider, "request", c.Request)
	if err != nil {
		return nil, err
	}
	response, err := sample(provider, "response", c.Response)
	if err != nil {
		return nil, err
	}
	header := map[string][]string{}
	for name, value := range c.Header {
		header[name] = []string{value}
	}
	media := "application/json"
	if accept := c.Header["Accept"]; accept != "" {
		media = accept
	}
	mark := fixtures.Mark{Provider: provider, Scenario: "page", Provenance: fixtures.Transcribed, Date: day.Format(time.DateOnly), Base: "https://" + provider + ".example.test",
		Source: "the sample of the vendor's page; specs/calls says what stands for its placeholders"}
	e := fixtures.Entry{StartedDateTime: day, Mark: fixtures.Mark{Operation: c.Operation}, Request: fixtures.NewRequest(method, mark.Base+path, header, request),
		Response: fixtures.NewResponse(c.Status, map[string][]string{"Content-Type": {media}}, response)}
	return &fixtures.HAR{Log: fixtures.Log{Mark: mark, Entries: []fixtures.Entry{e}}}, nil
}

// sample is a page's sample with the table's values in the places of its placeholders.
func sample(provider, part string, values map[string]any) ([]byte, error) {
	raw, ok := specs.Sample(provider, part)
	if !ok {
		return nil, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	for pointer, value := range values {
		if err := put(v, strings.Split(pointer, "/")[1:], value); err != nil {
			return nil, fmt.Errorf("%s %s: %w", part, pointer, err)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

func put(in any, steps []string, value any) error {
	last := len(steps) == 1
	switch in := in.(type) {
	case map[string]any:
		if last {
			in[steps[0]] = value
			return nil
		}
		return put(in[steps[0]], steps[1:], value)
	case []any:
		i, err := strconv.Atoi(steps[0])
		if err != nil || i >= len(in) {
			return fmt.Errorf("there is no item %s", steps[0])
		}
		if last {
			in[i] = value
			return nil
		}
		return put(in[i], steps[1:], value)
	}
	return fmt.Errorf("%s stands in no object", steps[0])
}
