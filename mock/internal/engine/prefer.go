package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/openapi"
)

// prefer is what a caller asks of the simulator itself, in a Prefer header (RFC 7240) or in __code and __example.
type prefer struct {
	code     int // answer this status from the document's examples
	example  string
	scenario checkout.Scenario
	delay    time.Duration
}

// maxDelay bounds how long an answer may be held back.
const maxDelay = time.Minute

var (
	preferences = []string{"code", "delay", "example", "scenario"}
	foreign     = []string{"depth-noroot", "handling", "respond-async", "return", "safe", "wait"} // registered with IANA: meant for somebody else
)

// readPreferences refuses a preference that cannot be met rather than answer as if it had not been asked for.
// Preferences that are not ours are left alone, as RFC 7240 wants it; but the journal tells of those
// that nobody has heard of.
func (c *Call) readPreferences() error {
	var wanted []string
	for _, line := range c.Header.Values("Prefer") {
		wanted = append(wanted, listed(line)...)
	}
	if strings.Contains(c.request.URL.RawQuery, "__") {
		for _, name := range []string{"code", "example"} {
			if v := c.Query().Get("__" + name); v != "" {
				wanted = append(wanted, name+"="+v)
			}
		}
	}
	seen := map[string]bool{}
	for _, preference := range wanted {
		name, value, _ := strings.Cut(preference, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); seen[name] {
			continue // RFC 7240: the first of its name counts
		}
		seen[name] = true
		if name != "" && !slices.Contains(preferences, name) && !slices.Contains(foreign, name) {
			c.Note("Prefer: " + strings.TrimSpace(preference) + " was not understood and left alone; the preferences are " + strings.Join(preferences, ", "))
		}
		if err := c.prefer.read(name, strings.Trim(strings.TrimSpace(value), `"`)); err != nil {
			return RefuseParameter("header", "Prefer", err.Error(), "a preference as the README lists them")
		}
	}
	return nil
}

// listed parts a header's value at commas and semicolons, but not within quotes.
func listed(value string) []string {
	var list []string
	quoted, from := false, 0
	for i, r := range value {
		switch {
		case r == '"':
			quoted = !quoted
		case (r == ',' || r == ';') && !quoted:
			list, from = append(list, value[from:i]), i+1
		}
	}
	return append(list, value[from:])
}

func (p *prefer) read(name, value string) (err error) {
	switch name {
	case "code":
		if p.code, err = strconv.Atoi(value); err != nil || p.code < 200 || p.code > 599 {
			return fmt.Errorf("has code=%s, which is no status", value)
		}
	case "example":
		p.example = value
	case "scenario":
		p.scenario = checkout.Scenario(value)
		if !slices.Contains(checkout.Scenarios(), p.scenario) {
			return fmt.Errorf("has scenario=%s, which is none of %v", value, checkout.Scenarios())
		}
	case "delay":
		if p.delay, err = readDelay(value); err != nil || p.delay < 0 || p.delay > maxDelay {
			return fmt.Errorf("has delay=%s, which is no time up to %s, such as 250ms", value, maxDelay)
		}
	}
	return nil
}

// readDelay takes 250ms, 1.5s, or a bare number of milliseconds.
func readDelay(value string) (time.Duration, error) {
	if ms, err := strconv.Atoi(value); err == nil {
		return time.Duration(ms) * time.Millisecond, nil
	}
	return time.ParseDuration(value)
}

func (p prefer) forces() bool { return p.code != 0 || p.example != "" }

// status is the one to answer where an example is asked for.
func (p prefer) status(op *openapi.Operation) int {
	if p.code != 0 {
		return p.code
	}
	return op.Success()
}

// read reads a preference that stands in JSON.
func (p Preference) read() (wish prefer, err error) {
	said := map[string]string{"scenario": string(p.Scenario), "example": p.Example, "delay": p.Delay}
	if p.Code != 0 {
		said["code"] = strconv.Itoa(p.Code)
	}
	for _, name := range []string{"scenario", "code", "example", "delay"} {
		if said[name] != "" && err == nil {
			err = wish.read(name, said[name])
		}
	}
	return wish, err
}

// Check tells what is wrong with a preference, whatever operation it is for.
func (p Preference) Check() error {
	_, err := p.read()
	return err
}

// example answers from the document's examples. State is neither read nor changed.
func (c *Call) example(wish prefer) (Reply, error) {
	status := wish.status(c.Operation)
	media, body, err := c.Operation.Example(status, wish.example)
	if err != nil {
		return Reply{}, RefuseParameter("header", "Prefer", "cannot be met: "+err.Error(), "a declared status or example")
	}
	if wish.code != 0 {
		c.apply("code=" + strconv.Itoa(status))
	}
	if wish.example != "" {
		c.apply("example=" + wish.example)
	}
	c.forced = true
	return Reply{Status: status, Raw: body, MediaType: media}, nil
}

// hold keeps the answer back for as long as is preferred.
func (c *Call) hold(wish prefer) {
	if wish.delay > 0 {
		c.delay = wish.delay
		c.apply("delay=" + wish.delay.String())
	}
}
