package engine

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"understudy/mock/internal/world"
)

// address is where a request goes: which world, which room, which path of the vendor's.
type address struct {
	world  string
	room   string
	tenant string // from the host, the path or the Understudy-Tenant header; else ""
	path   string // the vendor's path, escaped, // folded

	byHost      bool // the host names the room and the tenant
	worldInHost bool // and the world
}

// resolve reads an address off a request. It looks nothing up but which rooms there are, changes nothing and never redirects.
//
// The host may name the room: {tenant}[.{world}].{room}.localhost. Otherwise the path does: [/w/{world}][/t/{tenant}]/{room}/….
// A world can stand in the path either way. The headers Understudy-World and Understudy-Tenant name what neither host nor path does.
func resolve(r *http.Request, isRoom func(string) bool) address {
	a := address{path: fold(r.URL.EscapedPath())}
	a.readHost(r.Host, isRoom)
	if rest, ok := strings.CutPrefix(a.path, "/w/"); ok && !a.worldInHost {
		a.world, a.path = cutSegment(rest)
	}
	a.world = cmp.Or(a.world, r.Header.Get("Understudy-World"), world.Default)
	if a.byHost {
		return a
	}
	if rest, ok := strings.CutPrefix(a.path, "/t/"); ok {
		a.tenant, a.path = cutSegment(rest)
		if plain, err := url.PathUnescape(a.tenant); err == nil {
			a.tenant = plain
		}
	}
	a.tenant = cmp.Or(a.tenant, r.Header.Get("Understudy-Tenant"))
	a.room, a.path = cutSegment(strings.TrimPrefix(a.path, "/"))
	return a
}

// prefix is what stands before the vendor's path in a URL that leads to this address, at the host of the request or at another one, which
// names nothing.
func (a address) prefix(anotherHost bool) string {
	prefix := ""
	if a.world != world.Default && (anotherHost || !a.worldInHost) {
		prefix += "/w/" + a.world
	}
	if a.byHost && !anotherHost {
		return prefix
	}
	if a.tenant != "" {
		prefix += "/t/" + url.PathEscape(a.tenant)
	}
	return prefix + "/" + a.room
}

// readHost reads {tenant}[.{world}].{room}.localhost.
func (a *address) readHost(host string, isRoom func(string) bool) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	labels := strings.Split(strings.ToLower(host), ".")
	n := len(labels)
	if n < 3 || n > 4 || labels[n-1] != "localhost" || !isRoom(labels[n-2]) {
		return
	}
	a.byHost, a.room, a.tenant = true, labels[n-2], labels[0]
	if n == 4 {
		a.worldInHost, a.world = true, labels[1]
	}
}

// cutSegment splits "a/b/c" into "a" and "/b/c".
func cutSegment(path string) (first, rest string) {
	first, rest, found := strings.Cut(path, "/")
	if found {
		rest = "/" + rest
	}
	return first, rest
}

// fold makes one slash of several.
func fold(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// checkTenant refuses names that could not stand in a URL or in JSON as they are.
func checkTenant(name string) error {
	switch {
	case len(name) > 200:
		return Refuse(Invalid, "the tenant's name is longer than 200 bytes")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return Refuse(Invalid, "the tenant's name %q is not UTF-8 without control characters", name)
	case name == "." || name == "..":
		return Refuse(Invalid, "the tenant's name %q would be taken for a part of the path", name)
	}
	return nil
}
