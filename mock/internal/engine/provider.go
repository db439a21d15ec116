// Package engine carries a request from its arrival to its answer, the same way for every provider, and names none of them:
// what varies is a field of Provider.
package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/money"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/page"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// Handler carries out one operation. It has no effect except through c.Tx and may run more than once.
// An error is a refusal: nothing of the transaction is kept. A Reply is kept whatever its status, so a decline that the
// provider phrases as a 4xx is a Reply.
type Handler func(c *Call) (Reply, error)

// Provider is everything that makes a platform what it is. A nil field means the engine's default.
type Provider struct {
	Name  string // the slug: its path prefix, its host label, its document's name
	Title string // for people

	Dialect
	Behaviour
	Story
	Outward
}

// Dialect is a provider's habits on the wire.
type Dialect struct {
	// MediaType is what its answers are; default application/json.
	MediaType string
	// Phrase puts a refusal into the provider's own envelope. Required.
	Phrase func(c *Call, e *Error) Reply
	// Tenant reads whose state a request is about; "" if the request does not tell. Default: the host's label or the Understudy-Tenant header.
	Tenant func(c *Call) string
	// DefaultTenant is the tenant of requests that name none.
	DefaultTenant string
	// Token reads one of our own credentials. nil, nil means it is not ours, and so has every right.
	Token func(c *Call, credential string) (*Principal, error)
	// Admit turns a caller away before the request's body is read.
	Admit func(c *Call) error
	// Negotiate refuses requests for how they are put (Accept, Content-Type, unknown query parameters) before they are compared with the document.
	Negotiate func(c *Call) error
	// Forgive tells whether the provider lets pass what its document does not.
	Forgive func(c *Call, p openapi.Problem) bool
	// Secrets are members of request bodies whose values are never kept in the journal. Card numbers are masked in any case.
	Secrets []string
}

// Behaviour is what it does.
type Behaviour struct {
	// Operations are the handlers by operationId; Declined are the operations that are not simulated, with the reason.
	// Together they are exactly the document's operations.
	Operations map[string]Handler
	Declined   map[string]string
	// Profiles are handlers of operations that only a profile's reading of the document has, by profile and operationId.
	// A profile may also do without operations of the document.
	Profiles map[string]map[string]Handler
	// Scenarios are what each operation can play of what `Prefer: scenario=` or a rule asks for, by operationId; an operation that is not here
	// plays none. nil is a room that keeps no such list: its handlers take or leave what Call.Scenario says.
	Scenarios map[string][]checkout.Scenario
	// Timers are what happens by itself, by name.
	Timers map[string]func(tx *world.Tx, t world.Timer) error
	// Settle brings a payment to its customer's outcome: from a hosted page's button or a control command.
	Settle func(tx *world.Tx, payment string, outcome checkout.Outcome) error
	// Outcomes are those that Settle can bring about; nil is all of them.
	Outcomes []checkout.Outcome
	// Apply takes an arrow of a state table that no operation of the provider takes ("control" in the table).
	Apply func(tx *world.Tx, machine, id, event string) error
	// MaxBody bounds the bodies of operations that take larger ones than the others, in bytes, by operationId.
	MaxBody map[string]int64
	// Outside: the handlers act on worlds, not within one, and get no transaction. Nothing of it is in the journal, and the paths of its
	// document begin at the host's root.
	Outside bool
}

// CannotPlay says why an operation cannot play a scenario, and what would be right. Both are empty if it can, or if no list says.
func (b Behaviour) CannotPlay(operation string, s checkout.Scenario) (why, want string) {
	can := b.Scenarios[operation]
	switch {
	case s == "", b.Scenarios == nil, slices.Contains(can, s):
		return "", ""
	case len(can) == 0:
		return operation + " cannot play: it plays none", "no scenario, or a call of " + strings.Join(slices.Sorted(maps.Keys(b.Scenarios)), " or ")
	}
	return operation + " cannot play", "one of " + strings.ReplaceAll(strings.Trim(fmt.Sprint(can), "[]"), " ", ", ")
}

// Story is who is on stage.
type Story struct {
	Kinds  []world.AnyKind
	States []states.Table
	// Cast makes what a tenant holds at first.
	Cast func(tx *world.Tx) error
	// Roles are the orders of the cast, for people.
	Roles []Role
	// Triggers are the values that make something happen.
	Triggers []Trigger
	// Orders sums up a tenant's orders, by number.
	Orders func(tx *world.Tx) []Summary
	// Given makes an order in the state that a test starts from.
	Given func(tx *world.Tx, g Given) (Summary, error)
	// Demos are the ways to pay that the demo shop shows.
	Demos []Demo
}

// Outward is what of it others see: pages that customers are sent to.
type Outward struct {
	Pages []Page
	// Events are the names of all that its transactions tell of by Emit.
	Events []string
}

// Role is one order of the cast and what it is there for.
type Role struct {
	Name string `json:"name"` // payable, failed, expired, …: what Given understands
	ID   string `json:"id"`   // the order's number or id
	Note string `json:"note"`
}

// Given describes an order for a test to start from.
type Given struct {
	Role  string        // a role of the cast, or a state of the order's table
	ID    string        // the order's number or id; empty for the next one
	Total *money.Amount // what it costs; nil for the role's own
}

// Summary is an order as the control API and the console show it.
type Summary struct {
	ID       string           `json:"id"` // as the provider's paths have it
	State    string           `json:"state"`
	Payment  string           `json:"payment_state,omitempty"`
	Total    money.Amount     `json:"total"`
	Due      money.Amount     `json:"due"`
	Ledger   money.Ledger     `json:"ledger"` // of all its payments
	Payments []PaymentSummary `json:"payments"`
	// Machines tell of what else of the order has states of its own, by the machine's name; nil for nothing.
	Machines map[string][]Standing `json:"machines,omitempty"`
}

// Standing is where one thing of a machine stands.
type Standing struct {
	ID    string `json:"id"` // what Apply takes
	State string `json:"state"`
}

// PaymentSummary is one payment of an order.
type PaymentSummary struct {
	ID    string `json:"id"` // what Settle takes
	State string `json:"state"`
	Link  string `json:"link,omitempty"` // the customer's page: a path below the provider; the control API makes a URL of it
}

// Trigger is a value that makes something happen, and on what that rests.
type Trigger struct {
	Where      string `json:"where"` // credential, card, token, amount, …
	Value      string `json:"value"`
	Effect     string `json:"effect"`
	Provenance string `json:"provenance"`
	Source     string `json:"source,omitempty"`
}

// Page is a hosted page that a customer's browser is sent to.
type Page struct {
	Name string // payment, challenge
	Path string // below the provider, with {variables}
	// View reads what the page shows; c.Vars holds the path's variables. After a button it is read again.
	View func(c *Call) (page.View, error)
	// File answers bytes in place of a page, such as the image of a product. A page has a View or a File.
	File func(c *Call) (media string, body []byte, err error)
	// Script is the customer's way through the page; nil for a page that only shows.
	Script *checkout.Script
}
