package control

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"understudy/mock/internal/engine"
)

// gate lets in who may use the control API: programs on this machine, pages that this server itself has served, and whoever shows the token.
type gate struct {
	token  [sha256.Size]byte
	locked bool   // there is a token
	public string // the host of --public-url
}

func newGate(o Options) *gate {
	g := &gate{token: sha256.Sum256([]byte(o.Token)), locked: o.Token != ""}
	if u, err := url.Parse(o.PublicURL); err == nil {
		g.public = u.Hostname()
	}
	return g
}

func (g *gate) admit(c *engine.Call) error {
	r := c.Request()
	why := g.stranger(r)
	if why == "" && !takesReturns[c.Operation.ID] {
		why = g.foreignPage(r)
	}
	switch {
	case why == "", g.holdsToken(r):
		return nil
	case !g.locked:
		return engine.Refuse(engine.Forbidden, "%s; start the server with --control-token to let this caller in", why)
	}
	return engine.Refuse(engine.Unauthenticated, "%s: send Authorization: Bearer with the value of --control-token", why)
}

func (g *gate) holdsToken(r *http.Request) bool {
	word, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	shown := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return g.locked && strings.EqualFold(word, "Bearer") && subtle.ConstantTimeCompare(shown[:], g.token[:]) == 1
}

// stranger tells why a caller needs the token; empty if it does not.
func (g *gate) stranger(r *http.Request) string {
	if !sameMachine(r) {
		return "this request comes from another machine"
	}
	host := hostname(r.Host)
	if !g.ours(host) {
		// A page of another site whose name leads here by now (DNS rebinding) would be of the same origin for its browser.
		return "this server is not known as " + host
	}
	return ""
}

// foreignPage tells of which other origin's page the request comes from; empty if from none. A customer who comes back to the demo shop may come from any.
func (g *gate) foreignPage(r *http.Request) string {
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
			return "this request comes from a page of another origin, " + origin
		}
	}
	return ""
}

// sameMachine tells whether no network lies between. What a proxy passed on comes from wherever it says.
func sameMachine(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil { // not from a network: a socket in the file system, or a call within the process
		return true
	}
	if from.Addr().Unmap().IsLoopback() {
		return true
	}
	to, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	local, err := netip.ParseAddrPort(to.String())
	return err == nil && local.Addr().Unmap() == from.Addr().Unmap()
}

// ours tells whether a host is one of this server's names. An address cannot be made to lead elsewhere, as a name can.
func (g *gate) ours(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") ||
		g.public != "" && strings.EqualFold(host, g.public)
}

func hostname(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return strings.Trim(host, "[]")
}
