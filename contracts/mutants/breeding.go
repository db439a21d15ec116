package mutants

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// What a property is about, by its name: the documents do not say it otherwise.
var (
	aboutID     = regexp.MustCompile(`^(id|number|uuid)$|(_id|Id|_number|Number|Identifier)$`)
	aboutState  = regexp.MustCompile(`(?i)(^|_)(state|status)$|Status$|State$`)
	aboutMoney  = regexp.MustCompile(`(?i)amount|total|price|balance|cents|captur|refund|authorized|charged|outstanding|unpaid|^value$|^minor$`)
	aboutExpiry = regexp.MustCompile(`(?i)expir`)
	aboutProof  = regexp.MustCompile(`(?i)signature`)
	jwt         = regexp.MustCompile(`^eyJ[\w-]+\.[\w-]+\.[\w-]+$`)
	decimal     = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
)

// cell is one kind of answer.
type cell struct {
	operation string
	status    int
	media     string
}

// seen is what a clean run showed of a kind of answer.
type seen struct {
	real       bool // by behaviour, at least once
	properties map[string]*document.Schema
	proofs     map[string]bool // properties whose values are tokens
}

// Breed makes the mutants of a clean run, in order. Those that change nothing of it are still among them.
func Breed(d *document.Document, clean []harness.Entry) (list []Mutant) {
	cells := survey(d, clean)
	for _, c := range sorted(cells) {
		s := cells[c]
		m := Mutant{Provider: d.Provider, Operation: c.operation, Status: c.status, Media: c.media, Shape: !s.real}
		list = append(list, ofAnswer(d.Operation(c.operation), m)...)
		for _, property := range slices.Sorted(maps.Keys(s.properties)) {
			m.Place = property
			list = append(list, ofProperty(s.properties[property], m, s.proofs[property])...)
		}
	}
	return list
}

func sorted(cells map[cell]*seen) []cell {
	return slices.SortedFunc(maps.Keys(cells), func(a, b cell) int {
		if a.operation != b.operation {
			return strings.Compare(a.operation, b.operation)
		}
		if a.status != b.status {
			return a.status - b.status
		}
		return strings.Compare(a.media, b.media)
	})
}

// survey lists the kinds of answers that were given, and the properties that they showed.
func survey(d *document.Document, clean []harness.Entry) map[cell]*seen {
	cells := map[cell]*seen{}
	for _, e := range clean {
		for _, x := range e.Exchanges {
			op := d.Operation(x.Operation)
			if op == nil || op.Response(x.Response.Status) == nil {
				continue
			}
			c := cell{op.ID, x.Response.Status, mediaOf(x.Response)}
			if cells[c] == nil {
				cells[c] = &seen{properties: map[string]*document.Schema{}, proofs: map[string]bool{}}
			}
			s := cells[c]
			s.real = s.real || !x.Shape
			media := op.Response(c.status).Content(c.media)
			if media == nil || !document.IsJSON(c.media) {
				continue
			}
			document.Visit{Declared: func(_, property string, schema *document.Schema, v any) {
				s.properties[property] = schema
				if text, ok := v.(string); ok && (jwt.MatchString(text) || aboutProof.MatchString(lastOf(property))) {
					s.proofs[property] = true
				}
			}}.Walk(media.Schema, decoded(x.Response.Body))
		}
	}
	return cells
}

func mediaOf(r harness.Response) string {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return media
}

func decoded(body []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	_ = d.Decode(&v) // what is no JSON has no properties
	return v
}

func lastOf(pointer string) string {
	parts := jsonpointer.Parts(pointer)
	if len(parts) == 0 {
		return ""
	}
	return parts[len(parts)-1]
}

// ofAnswer breaks an answer as a whole.
func ofAnswer(op *document.Operation, m Mutant) (list []Mutant) {
	add := func(k Kind, place, to string) {
		m.Kind, m.Place, m.To = k, place, to
		list = append(list, m)
	}
	for _, r := range op.Responses {
		if r.Status != 0 && r.Status != m.Status {
			add(OtherCode, "", strconv.Itoa(r.Status))
		}
	}
	add(Undeclared, "", "418")
	for _, h := range op.Response(m.Status).Headers {
		add(NoHeader, h.Name, "")
		add(OddHeader, h.Name, "")
	}
	if m.Media != "" {
		add(NoMedia, "", "text/plain")
		add(Trailing, "", "")
	}
	return list
}

// ofProperty breaks one property in every way that its schema and its name offer.
func ofProperty(s *document.Schema, m Mutant, proof bool) (list []Mutant) {
	kinds := []Kind{Drop, Rename, Retype, Null}
	name, good := lastOf(m.Place), m.Status < 300
	if len(s.Enum) > 0 {
		kinds = append(kinds, NoEnum)
	}
	if len(s.Enum) > 1 && good {
		kinds = append(kinds, OtherEnum)
	}
	if good && (s.Format == "decimal" || aboutMoney.MatchString(name)) {
		kinds = append(kinds, MoneyForm, MoneyValue)
	}
	if good && aboutID.MatchString(name) {
		kinds = append(kinds, Unstable)
	}
	if good && aboutState.MatchString(name) {
		kinds = append(kinds, OldState)
	}
	if good && aboutExpiry.MatchString(name) {
		kinds = append(kinds, Expiry)
	}
	if proof {
		kinds = append(kinds, Signature)
	}
	for _, k := range kinds {
		m.Kind = k
		list = append(list, m)
	}
	return list
}
