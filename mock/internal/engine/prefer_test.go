package engine

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPreferences(t *testing.T) {
	t.Parallel()
	cases := []struct {
		lines []string // Prefer headers
		query string
		want  prefer
		wrong string // what the refusal says; "" if it is understood
	}{
		{nil, "", prefer{}, ""},
		{[]string{""}, "", prefer{}, ""},
		{[]string{"code=404"}, "", prefer{code: 404}, ""},
		{[]string{"code=404, example=none"}, "", prefer{code: 404, example: "none"}, ""},
		{[]string{"code=404; example=none"}, "", prefer{code: 404, example: "none"}, ""},
		{[]string{"code=404", "example=none"}, "", prefer{code: 404, example: "none"}, ""},
		{[]string{` Code = "404" ,,`}, "", prefer{code: 404}, ""},
		{[]string{`example="a, b; code=500"`}, "", prefer{example: "a, b; code=500"}, ""},
		{[]string{"code=404, code=500"}, "", prefer{code: 404}, ""},
		{[]string{"code=404", "code=nonsense"}, "", prefer{code: 404}, ""},
		{[]string{"respond-async, wait=10, handling=lenient"}, "", prefer{}, ""},
		{[]string{`return="minimal; code=404"`}, "", prefer{}, ""},
		{nil, "__code=404&__example=none", prefer{code: 404, example: "none"}, ""},
		{nil, "__code=&code=404", prefer{}, ""},
		{[]string{"code=404"}, "__code=500", prefer{code: 404}, ""},
		{[]string{"scenario=approved"}, "", prefer{scenario: "approved"}, ""},
		{[]string{"scenario=challenge, delay=250ms"}, "", prefer{scenario: "challenge", delay: 250 * time.Millisecond}, ""},
		{[]string{"delay=250"}, "", prefer{delay: 250 * time.Millisecond}, ""},
		{[]string{"delay=1.5s"}, "", prefer{delay: 1500 * time.Millisecond}, ""},
		{[]string{"delay=0"}, "", prefer{}, ""},
		{[]string{"delay=1m"}, "", prefer{delay: time.Minute}, ""},

		{[]string{"code"}, "", prefer{}, "code="},
		{[]string{"code=abc"}, "", prefer{}, "code=abc"},
		{[]string{"code=199"}, "", prefer{}, "no status"},
		{[]string{"code=600"}, "", prefer{}, "no status"},
		{[]string{"code=99999999999999999999"}, "", prefer{}, "no status"},
		{nil, "__code=abc", prefer{}, "code=abc"},
		{[]string{"scenario=Approved"}, "", prefer{}, "scenario=Approved"},
		{[]string{"scenario="}, "", prefer{}, "approved"},
		{[]string{"delay=61s"}, "", prefer{}, "1m0s"},
		{[]string{"delay=-1"}, "", prefer{}, "delay=-1"},
		{[]string{"delay=soon"}, "", prefer{}, "250ms"},
		{[]string{"delay=9223372036854775807"}, "", prefer{}, "delay="},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", "/?"+c.query, nil)
		r.Header["Prefer"] = c.lines
		call := &Call{request: r, Header: r.Header}
		err := call.readPreferences()
		switch {
		case c.wrong == "" && (err != nil || call.prefer != c.want):
			t.Errorf("%q ?%s: %+v, %v; want %+v", c.lines, c.query, call.prefer, err, c.want)
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong) || asRefusal(err).Kind != Invalid):
			t.Errorf("%q ?%s: %v; want a refusal that says %q", c.lines, c.query, err, c.wrong)
		}
	}
}

func TestListedHeaders(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][]string{
		"": {""}, "a": {"a"}, "a,b;c": {"a", "b", "c"}, `"a,b",c`: {`"a,b"`, "c"}, `a="b;c`: {`a="b;c`}, "é,ü": {"é", "ü"},
	} {
		if got := listed(value); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func FuzzPreferences(f *testing.F) {
	for _, seed := range []string{"code=404", `a="b,c"; delay=5`, "scenario=approved,,;=", "\x00\xff="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c := &Call{request: &http.Request{URL: &url.URL{RawQuery: "__code=" + line}}, Header: http.Header{"Prefer": {line}}}
		if err := c.readPreferences(); err != nil && asRefusal(err).Kind != Invalid {
			t.Errorf("%q: %v", line, err)
		}
		if c.prefer.delay < 0 || c.prefer.delay > maxDelay {
			t.Errorf("%q delays by %s", line, c.prefer.delay)
		}
	})
}
