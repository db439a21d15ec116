package spec

import (
	"strings"
	"testing"

	"understudy/specs"
)

func TestOurDocumentsAreSound(t *testing.T) {
	t.Parallel()
	for _, name := range append(specs.Providers(), specs.Control) {
		document, _ := specs.Document(name)
		problems, err := Lint(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("specs/%s.yaml:%s", name, p)
		}
	}
}

// TestEveryRuleFinds breaks a sound document in one place for each rule.
func TestEveryRuleFinds(t *testing.T) {
	t.Parallel()
	bytes, _ := specs.Document("norce")
	sound := string(bytes)
	first := func(word string) string {
		i := strings.Index(sound, word)
		return sound[i : i+strings.IndexByte(sound[i:], '\n')]
	}
	for _, c := range []struct{ was, is, want string }{
		{first("openapi:"), "openapi: 3.1.0", "later versions lose"},
		{first("operationId:"), "operationId: Update_Payment", "lowerCamelCase"},
		{first("operationId:"), "operationId: createPayment", "names"},
		{first("x-effect:"), "x-effect: pay", "read, write, charge or destroy"},
		{first("x-provenance:"), "x-provenance: guessed", `is "guessed"`},
		{first("x-source:"), "x-nothing: 1", "does not say where"},
		{first("summary:"), "x-summary: none", "no summary"},
		{`"429": {$ref`, `"428": {$ref`, "429 is not declared"},
		{`"500": {$ref`, `"501": {$ref`, "500 is not declared"},
		{`"413": {$ref`, `"412": {$ref`, "413 is not declared"},
		{`"404": {$ref`, `"410": {$ref`, "404"},
		{"x-refusals:", "x-other:", "lacks 405"},
		{"example:", "x-example:", "no example"},
		{"title: {type: string}", "title: {type: string, x-absent: never}", "says when title is missing"},
	} {
		broken := strings.ReplaceAll(sound, c.was, c.is)
		if broken == sound {
			t.Errorf("%q is not in the document", c.was)
			continue
		}
		problems, err := Lint([]byte(broken))
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, p := range problems {
			said = append(said, p.String())
			if p.Line == 0 {
				t.Errorf("a problem without a line: %s", p)
			}
		}
		if all := strings.Join(said, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%q in place of %q: want %q, found\n%s", c.is, c.was, c.want, all)
		}
	}
}
