package mock_test

import (
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

// TestNoDeadLinks makes every sample call of every provider, follows each URL of ours in the answers, and those in the answers to these, until
// nothing is new: each leads somewhere.
func TestNoDeadLinks(t *testing.T) {
	t.Parallel()
	for _, name := range specs.Providers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stage(t, name)
			world := p.fresh(t)
			var queue []string
			known := map[string]bool{}
			collect := func(a answer) {
				for _, link := range minted(p.origin, a) {
					if !known[link] {
						known[link] = true
						queue = append(queue, link)
					}
				}
			}
			for _, op := range p.document.Operations() {
				if op.Effect != "destroy" {
					collect(p.must(t, world, sample(op, "")))
				}
			}
			for i := 0; i < len(queue) && i < 500; i++ {
				a := follow(t, p, queue[i])
				if a.status >= 400 && a.status != http.StatusGone {
					t.Errorf("%s is a dead link: %s", queue[i], a)
				}
				collect(a)
			}
			if len(queue) == 0 && name != "fabric" && name != "norce" {
				t.Error("no URL was found: this test has lost its way")
			}
		})
	}
}

// minted finds the URLs of a server in an answer.
func minted(origin string, a answer) []string {
	found := map[string]bool{}
	text := strings.ReplaceAll(string(a.body), "&amp;", "&") + " " + a.header.Get("Location")
	for _, link := range regexp.MustCompile(regexp.QuoteMeta(origin)+`[^"'<>\s\\{}]*`).FindAllString(text, -1) {
		found[link] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// follow gets a URL as a client with a credential does.
func follow(t *testing.T, p *platform, link string) answer {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatalf("%s is no URL: %v", link, err)
	}
	q.Header.Set("Authorization", "Bearer suite-credential")
	response, err := p.wire.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: body}
}
