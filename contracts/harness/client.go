package harness

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"understudy/contracts/harness/document"
	"understudy/fixtures/shell"
)

// Client sends requests to one target. It is the last gate: what the target's permit does not allow is never sent, whoever asks.
type Client struct {
	target       *Target
	wire         *http.Transport
	secrets      []secret // longest first
	controlToken string
	gone         atomic.Bool // the target answered nothing, and takes no connection either

	mu   sync.Mutex
	next time.Time // before which nothing more is sent
	gap  time.Duration
}

func newClient(t *Target) *Client {
	return &Client{target: t, wire: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true, MaxIdleConnsPerHost: 8, ResponseHeaderTimeout: time.Minute}}
}

// ForbiddenError is a request that was not sent.
type ForbiddenError struct{ Reason string }

func (e *ForbiddenError) Error() string { return "not sent: " + e.Reason }

// Do sends one request and follows no redirects. It fails with a *ForbiddenError if the request is not allowed; nothing has been sent then.
func (c *Client) Do(r *http.Request) (*http.Response, error) {
	if err := c.permit(r); err != nil {
		return nil, err
	}
	if err := c.wait(r.Context()); err != nil {
		return nil, err
	}
	if c.controlToken != "" && strings.Contains(r.URL.Path, "/_understudy") {
		r.Header.Set("Authorization", "Bearer "+c.controlToken)
	}
	answer, err := c.wire.RoundTrip(r)
	if err != nil && r.Context().Err() == nil && c.target.reach(r.Context()) != nil {
		c.gone.Store(true)
	}
	return answer, err
}

// permit decides. A mock may be asked anything; a sandbox only what its permit lists.
func (c *Client) permit(r *http.Request) error {
	origin, err := url.Parse(c.target.Origin)
	if err != nil || r.URL.Scheme != origin.Scheme || r.URL.Host != origin.Host || r.Host != "" && r.Host != origin.Host {
		return &ForbiddenError{fmt.Sprintf("%s is not the target's host %s", r.URL.Host, host(c.target.Origin))}
	}
	if c.target.Mock() {
		return nil
	}
	path, below := strings.CutPrefix(r.URL.EscapedPath(), strings.TrimSuffix(origin.EscapedPath(), "/"))
	if !below {
		return &ForbiddenError{fmt.Sprintf("%s is not below %s", r.URL.Path, c.target.Origin)}
	}
	op, vars := c.target.Document.Match(r.Method, path)
	if op == nil {
		return &ForbiddenError{fmt.Sprintf("%s %s meets no operation of the document", r.Method, path)}
	}
	return c.target.sandbox.Permit(op, vars)
}

// wait spaces requests as the target's rate says.
func (c *Client) wait(ctx context.Context) error {
	if c.gap == 0 {
		return nil
	}
	c.mu.Lock()
	now := time.Now()
	at := c.next
	if at.Before(now) {
		at = now
	}
	c.next = at.Add(c.gap)
	c.mu.Unlock()
	timer := time.NewTimer(at.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// maxAnswer bounds how much of an answer is read.
const maxAnswer = 32 << 20

// Exchange sends a request and keeps what was said, with secrets replaced by their names. An error says that nothing was sent; a broken connection is part of the exchange.
func (c *Client) Exchange(r *http.Request) (Exchange, error) {
	x := Exchange{Provider: c.target.Provider, Target: c.target.Name, At: time.Now().UTC()}
	x.Request = Request{Method: r.Method, URL: c.masked(r.URL.String()), Header: c.maskedHeader(r.Header)}
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return x, err
		}
		x.Request.Body = []byte(c.masked(string(raw)))
		r.Body = io.NopCloser(strings.NewReader(string(raw)))
	}
	answer, err := c.Do(r)
	if forbidden := (*ForbiddenError)(nil); asForbidden(err, &forbidden) || r.Context().Err() != nil {
		return x, err
	}
	x.Took = time.Since(x.At)
	if err != nil {
		x.Error = c.masked(err.Error())
		return x, nil
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		x.Error = "the answer broke off: " + c.masked(err.Error())
		return x, nil
	}
	x.Response = Response{Status: answer.StatusCode, Header: c.maskedHeader(answer.Header), Body: []byte(c.masked(string(raw)))}
	return x, nil
}

func asForbidden(err error, into **ForbiddenError) bool {
	f, ok := err.(*ForbiddenError)
	if ok {
		*into = f
	}
	return ok
}

// secret is what must not be shown, and what is shown in its place.
type secret struct {
	text, shown string
	alone       *regexp.Regexp // a short one that stands for itself: a credential x is no part of every expiry; nil: wherever it stands
}

// shortest is how long a secret has to be to be looked for within words.
const shortest = 6

// hide makes a secret known, as it is, as Basic credentials carry it and as a URL does. The longest is looked for first: it may hold another.
func (c *Client) hide(text, shown string) {
	if text == "" {
		return
	}
	for _, form := range []string{text, base64.StdEncoding.EncodeToString([]byte(text)), url.QueryEscape(text)} {
		if slices.ContainsFunc(c.secrets, func(s secret) bool { return s.text == form }) {
			continue // a URL writes most as they are
		}
		s := secret{text: form, shown: shown}
		if len(form) < shortest {
			s.alone = regexp.MustCompile(edge(form[0]) + regexp.QuoteMeta(form) + edge(form[len(form)-1]))
		}
		c.secrets = append(c.secrets, s)
	}
	slices.SortStableFunc(c.secrets, func(a, b secret) int { return len(b.text) - len(a.text) })
}

// edge is where a word begins or ends with a byte, as a regular expression.
func edge(of byte) string {
	if regexp.MustCompile(`\w`).Match([]byte{of}) {
		return `\b`
	}
	return ""
}

func (c *Client) masked(text string) string {
	for _, s := range c.secrets {
		switch {
		case !strings.Contains(text, s.text):
		case s.alone == nil:
			text = strings.ReplaceAll(text, s.text, s.shown)
		default:
			text = s.alone.ReplaceAllLiteralString(text, s.shown)
		}
	}
	return text
}

func (c *Client) maskedHeader(h http.Header) http.Header {
	masked := http.Header{}
	for name, values := range h {
		for _, v := range values {
			masked[name] = append(masked[name], c.masked(v))
		}
	}
	return masked
}

// Sample is the document's request to an operation, as this target can answer it: with its credentials, its ids and its bodies.
func (t *Target) Sample(op *document.Operation, media string) document.Request {
	r := op.Sample(media)
	if t.sandbox != nil {
		r = t.sandbox.adapt(r)
	}
	return r
}

// dress adds what the target wants of every request to an operation, where the request has none: credentials, and headers of the target's own.
func (t *Target) dress(r *http.Request, op *document.Operation) {
	sample := t.Sample(op, "")
	query := r.URL.Query()
	for _, way := range op.Security {
		for _, scheme := range way {
			name := "Authorization"
			if scheme.Type == "apiKey" {
				name = scheme.Key
			}
			if key := sample.Query.Get(name); scheme.In == "query" && key != "" && !query.Has(name) {
				query.Set(name, key)
				r.URL.RawQuery = query.Encode()
			}
			adopt(r.Header, name, sample.Header)
		}
	}
	if t.sandbox != nil {
		for name := range t.sandbox.header {
			adopt(r.Header, name, sample.Header)
		}
	}
}

// adopt takes a header over from another request, unless there is one.
func adopt(header http.Header, name string, from http.Header) {
	if value := from.Get(name); value != "" && header.Get(name) == "" {
		header.Set(name, value)
	}
}

// secretName is what stands in the place of a secret; the shell puts the secret in.
var secretName = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// quoted is text as one word of a shell.
func quoted(text string) string {
	return secretName.ReplaceAllString(shell.Quoted(text), `'"$0"'`)
}

// longestCurl is how long a body a command line can carry.
const longestCurl = 100_000

// Curl is a request as a command line.
func Curl(r Request) string {
	parts := []string{"curl", "-sS", "-i", "-X", r.Method, quoted(r.URL)}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, v := range r.Header[name] {
			parts = append(parts, "-H", quoted(name+": "+v))
		}
	}
	switch {
	case len(r.Body) > longestCurl:
		parts = append(parts, fmt.Sprintf("--data-binary @body # %d bytes", len(r.Body)))
	case r.Body != nil:
		parts = append(parts, "--data-binary", quoted(string(r.Body)))
	}
	return strings.Join(parts, " ")
}

func bodyOf(raw []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(raw)) }
