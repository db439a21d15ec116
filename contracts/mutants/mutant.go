// Package mutants proves the contract suites: a mock is broken in one thing at a time, and the suites have to see it.
//
// A mutant is one broken thing: a property of an operation's answer that is missing, another status, an id that changes between two calls. Mutants are bred from what a
// clean run was answered, place by place of the documents' schemas; one that changes no byte of any answer of that run is none. A mutant is put to the suites in two
// ways. First its broken answers are put to the judge one by one, as far as a scene's requests are still those of the clean run. If nobody objects, the contracts whose answers it
// breaks are played again, through a proxy that breaks them on the way: that is where workflows see amounts, ids and states that no schema can tell from right ones.
package mutants

import (
	"fmt"
	"strings"
)

// Kind is a way to break something.
type Kind string

// The kinds of mutants.
const (
	Drop       Kind = "drop"           // a property is missing
	Rename     Kind = "rename"         // a property has another name
	Retype     Kind = "retype"         // a value is of another JSON type
	Null       Kind = "null"           // a value is null
	NoEnum     Kind = "enum, unknown"  // a value that its enum does not list
	OtherEnum  Kind = "enum, another"  // a value that its enum lists, and that is wrong
	MoneyForm  Kind = "money, format"  // the same amount, written otherwise
	MoneyValue Kind = "money, value"   // another amount
	Unstable   Kind = "id, unstable"   // another id than earlier calls of the same world spoke of
	OldState   Kind = "transition"     // the state that an earlier answer told
	Signature  Kind = "signature"      // a token or signature that does not verify
	Expiry     Kind = "expiry"         // another end of the time
	NoHeader   Kind = "header, none"   // a declared header is missing
	OddHeader  Kind = "header, odd"    // a declared header's value is something else
	NoMedia    Kind = "media type"     // another media type
	Trailing   Kind = "trailing bytes" // something follows the body
	Undeclared Kind = "status, none"   // a status that the operation does not declare
	OtherCode  Kind = "status, other"  // a status that it declares, and that is wrong
)

// Kinds lists them in the order in which they are shown.
func Kinds() []Kind {
	return []Kind{Drop, Rename, Retype, Null, NoEnum, OtherEnum, MoneyForm, MoneyValue, Unstable, OldState, Signature, Expiry, NoHeader, OddHeader, NoMedia, Trailing, Undeclared, OtherCode}
}

// Mutant is one broken thing: every answer of one operation with one status and media type is broken in the same way at the same place.
type Mutant struct {
	Provider, Operation string
	Status              int
	Media               string // of the body; empty if there is none
	Place               string // pointer into the body, * for every item of a list; the header's name; empty: the answer itself
	Kind                Kind
	To                  string // what stands there instead, where that can be several things
	Shape               bool   // the status is brought by Prefer: code= only
}

// String names the mutant, as survivors.yaml does.
func (m Mutant) String() string {
	return strings.Join(strings.Fields(fmt.Sprint(m.Provider, " ", m.Operation, " ", m.Status, " ", m.Place, " ", m.Kind, " ", m.To)), " ")
}
