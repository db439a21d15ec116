package mock

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/journal"
	"understudy/mock/internal/world"
)

// Bugs lists what must never be in a journal: answers that break their document, events that nobody announced, and errors of our own.
func (s *Server) Bugs() []string {
	var list []string
	told := map[string][]string{}
	for _, r := range s.engine.Rooms() {
		told[r.Name] = r.Events
	}
	s.eachExchange(func(x *journal.Exchange) {
		for _, e := range x.Events {
			if !slices.Contains(told[e.Provider], e.Name) {
				list = append(list, fmt.Sprintf("%s (%s): the event %s is not one that %s lists", x.ID, x.Operation, e.Name, e.Provider))
			}
		}
		for _, v := range x.Violations {
			list = append(list, fmt.Sprintf("%s %s %s (%s) answered %d: %s", x.ID, x.Method, x.Path, x.Operation, x.Response.Status, v))
		}
		if x.Reason != nil && x.Reason.Kind == string(engine.Internal) {
			list = append(list, fmt.Sprintf("%s %s %s (%s): %s", x.ID, x.Method, x.Path, x.Operation, x.Reason.Detail))
		}
	})
	return list
}

// DeadLinks lists the URLs below an origin, which is this server's, that answers told and that lead to no operation and no page.
// What an id in them names may be gone since. Recordings are not held to it: what they tell of need not be there.
func (s *Server) DeadLinks(origin string) []string {
	below := regexp.MustCompile(regexp.QuoteMeta(origin) + `/[^"'<>\s\\{}]*`)
	seen := map[string]bool{}
	var dead []string
	s.eachExchange(func(x *journal.Exchange) {
		if x.Recording != "" {
			return
		}
		told := html.UnescapeString(x.Response.Body) + " " + x.Response.Header.Get("Location")
		for _, link := range below.FindAllString(told, -1) {
			if !seen[link] && !s.engine.Leads(link) && !(x.Response.Truncated && strings.HasSuffix(told, link+" ")) {
				dead = append(dead, fmt.Sprintf("%s (%s) told of %s, which leads nowhere", x.ID, x.Operation, link))
			}
			seen[link] = true
		}
	})
	return dead
}

// Dump prints every world's journal, for a failed test.
func (s *Server) Dump() string {
	var b strings.Builder
	s.eachExchange(func(x *journal.Exchange) {
		fmt.Fprintf(&b, "%s %s %s %s %s → %d", x.ID, x.At.Format(time.RFC3339), x.Operation, x.Method, x.URL, x.Response.Status)
		if x.Reason != nil {
			reason, _ := json.Marshal(x.Reason)
			fmt.Fprintf(&b, " %s", reason)
		}
		for _, list := range [][]string{x.Changes, x.Notes} {
			if len(list) > 0 {
				fmt.Fprintf(&b, " %q", list)
			}
		}
		b.WriteByte('\n')
	})
	return b.String()
}

func (s *Server) eachExchange(f func(*journal.Exchange)) {
	for _, u := range s.engine.Universes() {
		for _, x := range u.Journal.Find(nil) {
			f(x)
		}
	}
}

// Advance moves a world's clock on.
func (s *Server) Advance(worldName string, d time.Duration) error {
	u, err := s.engine.Universe(worldName)
	if err == nil {
		_, err = u.Advance(d)
	}
	return err
}

// Given makes an order in a role of a provider's cast, or in a state of its tables, and returns its number.
func (s *Server) Given(worldName, provider, tenant, role string) (string, error) {
	summary, err := s.engine.Given(worldName, world.Place{Provider: provider, Tenant: tenant}, engine.Given{Role: role})
	return summary.ID, err
}

// Settle brings a payment to its customer's outcome.
func (s *Server) Settle(worldName, provider, tenant, payment, outcome string) error {
	return s.engine.Settle(worldName, world.Place{Provider: provider, Tenant: tenant}, payment, checkout.Outcome(outcome))
}

// Apply takes an arrow of a provider's state table that none of its operations takes.
func (s *Server) Apply(worldName, provider, tenant, machine, id, event string) error {
	return s.engine.Apply(worldName, world.Place{Provider: provider, Tenant: tenant}, machine, id, event)
}

// Orders sums up a tenant's orders.
func (s *Server) Orders(worldName, provider, tenant string) ([]engine.Summary, error) {
	return s.engine.Orders(worldName, world.Place{Provider: provider, Tenant: tenant})
}
