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
		{"title: {type: string}", "title: {type: string, x-lifetime: {most: a while}}", "does not say how long at most"},
		{"title: {type: string}", "title: {type: boolean, x-lifetime: {most: 15m}}", "neither a moment nor"},
		{`#/components/schemas/Order"`, `#/components/schemas/NopeOrder"`, "$ref #/components/schemas/NopeOrder leads nowhere; there are: Order, "},
		{`#/components/schemas/Order"`, `orders.yaml#/Order"`, "leads out of the document"},
		{`"404": {$ref: "#/components/responses/UnknownPath"}`, `"404": {$ref: "#/components/responses/Unknown"}`, "x-refusals: $ref #/components/responses/Unknown leads nowhere"},
		{"type: string", "type: strin", `the type is "strin"`},
		{"payments/{payment_id}/update-payment:", "payments/{pay_id}/update-payment:", "no path parameter describes {pay_id}"},
		{"payments/{payment_id}/update-payment:", "payments/{pay_id}/update-payment:", "the path parameter payment_id is not in the path"},
		{"- Bearer: []", "- Berer: []", "security names Berer, which is no security scheme; there are: Bearer"},
		{"required: [code, message]", "required: [code, mesage]", "requires mesage, which no property describes"},
		{first("      required: [code, message]"), "      allOf: [{required: [code, mesage]}]", "requires mesage, which no property describes"},
		{"minLength:", "minLenght:", "extra sibling fields: [minLenght]"},
		{"    Error:\n", "    Error:\n      anyOf: {}\n", "components schemas Error: a list is wanted here"},
		{"    Error:\n", "    Error:\n      items: []\n", "components schemas Error: an object is wanted here"},
		{"amount: 1134}", "amount: much}", "invalid example: Error at \"/payments/0/amount\": value must be a number"},
		{"description: The whole", "descriptio: The whole", "extra sibling fields: [descriptio]"},
		{`pattern: "^[A-Za-z]{3,3}$"`, `pattern: "("`, "error parsing regexp"},
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

func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		"":               "holds no object",
		"[1]":            "holds no object",
		"a: 1\na: 2":     `"a" already defined at line 1`,
		"a: &a\n  b: *a": "contains itself",
		"a: [":           "did not find",
	} {
		if _, err := Lint([]byte(document)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", document, err, want)
		}
	}
}

// TestAPartMayRequireWhatItsWholeDescribes holds the rule about required names to a schema that is put together.
func TestAPartMayRequireWhatItsWholeDescribes(t *testing.T) {
	t.Parallel()
	bytes, _ := specs.Document("norce")
	const part = "      required: [code, message]\n"
	for put, want := range map[string]int{
		"      anyOf: [{required: [code]}, {required: [message]}]\n":            0,
		"      allOf: [{required: [code]}, {allOf: [{required: [message]}]}]\n": 0,
		"      additionalProperties: {required: [code]}\n":                      1, // of another value
	} {
		problems, err := Lint([]byte(strings.Replace(string(bytes), part, put, 1)))
		if err != nil || len(problems) != want {
			t.Errorf("%s: %v %v, want %d problems", put, problems, err, want)
		}
	}
}
