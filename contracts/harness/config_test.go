package harness

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const goodConfig = `
sandbox:
  nextcommerce:
    url: https://sandbox.example.test
    credentials: {oauth2: "${NEXTCOMMERCE_TOKEN}"}
    headers: {X-Caller: understudy, X-Api-Key: "${KEY}"}
    ids: {number: ["100001"]}
    operations: {createOrder: {body: {lines: []}}}
    rate: 2
    effects: [read, write]
recordings: fixtures
`

func TestSettingsAreStrict(t *testing.T) {
	t.Parallel()
	if c, err := ReadConfig([]byte(goodConfig)); err != nil || c.Sandbox["nextcommerce"].IDs["number"][0] != "100001" {
		t.Fatalf("%+v, %v", c, err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"a misspelt key":           {"credentials:", "credential:", `line 5: there is no key "credential"`},
		"another provider":         {"nextcommerce:", "nextcomerce:", "no such provider"},
		"a secret written out":     {`"${NEXTCOMMERCE_TOKEN}"`, "abc", "credentials.oauth2 is written out"},
		"a secret in a header":     {`"${KEY}"`, "abc", "headers.X-Api-Key is a secret"},
		"a scheme of its own":      {"oauth2:", "basic:", "the document's schemes are oauth2"},
		"an id of nothing":         {"ids: {number:", "ids: {nummer:", "no variable of a path"},
		"an operation of nobody":   {"createOrder:", "makeOrder:", "no operation of nextcommerce"},
		"an effect of nobody":      {"[read, write]", "[read, writes]", `"writes" is no effect`},
		"no URL":                   {"url: https://sandbox.example.test", "strict: false", "url is missing"},
		"a variable in a URL":      {"https://sandbox", "https://${HOST}", "no http or https URL"},
		"a rate beyond all reason": {"rate: 2", "rate: 5000", "rate 5000"},
		"no YAML":                  {"sandbox:", "sandbox: [", "line"},
	} {
		_, err := ReadConfig([]byte(strings.Replace(goodConfig, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "abc") {
			t.Errorf("%s: the secret is repeated: %v", name, err)
		}
	}
}

func TestExcusesAreStrict(t *testing.T) {
	t.Parallel()
	good := "- {provider: norce, operation: '*', rule: body, path: /a/*, reason: known, date: 2026-03-02}\n"
	list, err := ReadAccepted("accepted.yaml", []byte(good))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	e := Entry{Provider: "norce", Operation: "updatePayment", Target: "mock"}
	if list.Excuse(e, Finding{Rule: RuleBody, Pointer: "/a/b"}) == nil || list.Excuse(e, Finding{Rule: RuleBody, Pointer: "/a/b/c"}) != nil || list.Excuse(e, Finding{Rule: RuleStatus, Pointer: "/a/b"}) != nil {
		t.Error("an excuse covers something else than it names")
	}
	whole := Result{Provider: "norce", Target: "mock", Whole: true}
	if stale := list.Stale([]Result{whole}); len(stale) != 1 {
		t.Errorf("an excuse that excuses nothing: %v", stale)
	}
	whole.Excused = list.Used()
	if stale := list.Stale([]Result{whole, {Provider: "fabric", Whole: true}}); len(stale) != 0 {
		t.Errorf("an excuse that was needed: %v", stale)
	}
	bad := map[string]string{ // an excuse, and what is said of it
		"- {provider: norce}":                                  "accepted.yaml:2: an excuse needs operation",
		good + "- {provder: norce}":                            `accepted.yaml:3: there is no key "provder"`,
		strings.Replace(good, "reason: known, ", "", 1):        "accepted.yaml:2: an excuse needs reason",
		strings.Replace(good, ", date: 2026-03-02", "", 1):     "accepted.yaml:2: an excuse needs date",
		strings.Replace(good, "2026-03-02", "soon", 1):         `accepted.yaml:2: date "soon" is not a day`,
		strings.Replace(good, "'*'", "'['", 1):                 "accepted.yaml:2: ",
		strings.Replace(good, "norce", "nordic", 1):            `accepted.yaml:2: provider "nordic" is none`,
		strings.Replace(good, "rule: body", "rule: bodies", 1): `accepted.yaml:2: rule "bodies" is none`,
		strings.Replace(good, "rule: body", "target: sand", 1): `accepted.yaml:2: target "sand" is none`,
		good + good:       "accepted.yaml:3: norce * body /a/* is excused in line 2 already",
		"provider: norce": "accepted.yaml:2: it is no list",
	}
	for text, want := range bad {
		if _, err := ReadAccepted("accepted.yaml", []byte("# known\n"+text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestAnExcuseIsForSomethingThatThereIs(t *testing.T) {
	t.Parallel()
	list, err := ReadAccepted("accepted.yaml", []byte("- {provider: norce, operation: 'update*', path: /a, reason: known, date: 2026-03-02}\n- {provider: norce, target: sandbox, operation: gone, path: /a, reason: known, date: 2026-03-02}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		provider, target string
		names            []string
		want             string
	}{
		{"norce", TargetMock, []string{"updatePayment"}, ""},
		{"norce", TargetMock, []string{"createPayment"}, `accepted.yaml:1: norce has no operation, workflow or machine "update*"`},
		{"norce", TargetSandbox, []string{"updatePayment"}, `accepted.yaml:2: norce has no operation, workflow or machine "gone"`},
		{"fabric", TargetMock, nil, ""},
	} {
		if err := list.Check(c.provider, c.target, c.names); (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%s before %s with %v: %v, want %q", c.provider, c.target, c.names, err, c.want)
		}
	}
}

// TestThePublishedSchemaKnowsEveryKey holds contracts/understudy.schema.json to what is read.
func TestThePublishedSchemaKnowsEveryKey(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../understudy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type object struct{ Properties map[string]any }
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		read  any
		names map[string]any
	}{{Config{}, schema.Properties}, {Sandbox{}, schema.Defs["sandbox"].Properties}} {
		var keys []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(c.read)) {
			if key := f.Tag.Get("yaml"); key != "" {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		if named := slices.Sorted(maps.Keys(c.names)); !slices.Equal(keys, named) {
			t.Errorf("%T: read are %v, the schema names %v", c.read, keys, named)
		}
	}
}
