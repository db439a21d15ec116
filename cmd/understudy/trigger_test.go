package main

import (
	"net/url"
	"strings"
	"testing"

	"understudy/fixtures"
	"understudy/fixtures/redact"
)

// TestTriggersAreNoSecrets takes the secrets out of bodies, forms and pages that name a trigger: a recorded story makes the same happen when it is replayed.
func TestTriggersAreNoSecrets(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, p := range triggerLists(t).Providers {
		for _, one := range p.Triggers {
			where := one.Where[strings.LastIndexAny(one.Where, ".: ")+1:]
			for value := range strings.SplitSeq(one.Value, ", ") {
				if strings.ContainsAny(value, `…<{`) || strings.HasPrefix(value, "any ") {
					continue // a form of values
				}
				checked++
				for media, text := range map[string]string{
					"application/json":                  `{"` + where + `":"` + value + `"}`,
					"application/x-www-form-urlencoded": url.Values{where: {value}}.Encode(),
					"text/html":                         "<td>" + where + "</td><td><code>" + value + "</code></td>",
				} {
					e := fixtures.Entry{Response: fixtures.Response{Content: fixtures.Content{MimeType: media, Text: text}}}
					if out := redact.New(redact.Default(), nil).Entry(&e); out.Response.Content.Text != text {
						t.Errorf("%s: %s becomes %s", p.Provider, text, out.Response.Content.Text)
					}
				}
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d triggers were looked at", checked)
	}
}
