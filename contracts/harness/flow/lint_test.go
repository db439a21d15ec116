package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi/arazzo"
	"github.com/pb33f/libopenapi/arazzo/expression"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
	"go.yaml.in/yaml/v4"

	"understudy/contracts/harness/flow"
)

// sound is a document without a problem; each case below spoils one thing in it.
const sound = `arazzo: 1.0.1
info: {title: A test, version: "1"}
sourceDescriptions:
  - {name: nextcommerce, url: nextcommerce.yaml, type: openapi}
  - {name: control, url: control.yaml, type: openapi}
workflows:
  - workflowId: one
    inputs: {type: object, properties: {number: {type: string, default: "100001"}, order: {type: string}}}
    steps:
      - stepId: given
        operationId: $sourceDescriptions.control.createOrder
        x-mock-only: {why: it has to be there, sandbox: input}
        parameters: [{name: provider, in: path, value: nextcommerce}, {name: tenant, in: path, value: example}]
        requestBody: {payload: {role: payable}}
        successCriteria: [{condition: $statusCode == 201}]
        outputs: {order: $response.body#/id}
      - stepId: collect
        operationId: $sourceDescriptions.nextcommerce.collectPayment
        parameters: [{name: number, in: path, value: $steps.given.outputs.order}, {name: X-29next-API-Version, in: header, value: "2024-04-01"}]
        requestBody: {payload: {send_payment_notification: false}}
        successCriteria:
          - condition: $statusCode == 200
          - condition: $response.body#/payment_status == 'paid'
        onFailure: [{name: later, type: retry, retryAfter: 5, retryLimit: 2}]
`

func lint(t *testing.T, text string) []flow.Problem {
	t.Helper()
	d, err := flow.Read("test.arazzo.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return flow.Lint(d)
}

func TestLintFinds(t *testing.T) {
	t.Parallel()
	if problems := lint(t, sound); problems != nil {
		t.Fatalf("the sound document has problems: %v", problems)
	}
	const paid = "$response.body#/payment_status == 'paid'"
	for _, c := range []struct{ name, old, new, says string }{
		{"a step without criteria", "successCriteria: [{condition: $statusCode == 201}]", "description: none", "has no successCriteria"},
		{"criteria that forget the status", "condition: $statusCode == 201", "condition: $response.body#/id == 'x'", "no criterion is about $statusCode"},
		{"a misspelt member", "successCriteria: [{condition: $statusCode == 201}]", "succesCriteria: [{condition: $statusCode == 201}]", `no member "succesCriteria"`},
		{"an and", paid, "$statusCode == 200 && $response.body#/payment_status == 'paid'", "&& never matches"},
		{"an or", paid, "$statusCode == 200 || $statusCode == 201", "|| never matches"},
		{"text that begins with a dollar", "send_payment_notification: false", "send_payment_notification: $5 off", "begins with $"},
		{"text that holds a dollar in braces", "send_payment_notification: false", `send_payment_notification: "{$5} off"`, "holds {$"},
		{"a one that is a truth value", paid, "$response.body#/n == 1", "1 is a truth value"},
		{"a nought that is a truth value", paid, "$response.body#/n > 0", "0 is a truth value"},
		{"null", paid, "$response.body#/n != null", "null is four letters"},
		{"money as a number", paid, "$response.body#/total_outstanding != 0.00", "0.00 is a number"},
		{"sizes of text", paid, "$response.body#/total > '10'", "as text"},
		{"another worth than money's", paid, paid + "\n            x-as: text", "amount is all that it can be"},
		{"money of a pattern", paid, "paid\n            type: regex\n            context: $response.body#/payment_status\n            x-as: amount", "is for a simple comparison"},
		{"a mark that is none", paid, paid + "\n            x-provenance: guessed", "documented, published or assumed would be right"},
		{"no spaces", paid, "$statusCode==200", "is no comparison"},
		{"two comparisons", paid, "$response.body#/x != 'a==b'", "two comparisons"},
		{"no expression at all", paid, "paid == paid", "two fixed values"},
		{"what is always true", paid, `"true"`, "is no comparison"},
		{"a context that changes the meaning", paid, "paid\n            context: $response.body#/payment_status", "a simple criterion with a context"},
		{"a regex without a context", paid, "paid\n            type: regex", "needs a context"},
		{"a regex on a whole body", paid, "paid\n            type: regex\n            context: $response.body", "as no text at all"},
		{"a regex that does not read", paid, "'('\n            type: regex\n            context: $response.body#/x", "invalid regex"},
		{"a jsonpath that does not read", paid, "'$[?'\n            type: jsonpath\n            context: $response.body", "invalid jsonpath"},
		{"a header's capitals", paid, "$response.header.ETAG == 'x'", "minds capitals"},
		{"a step that is not there", "$steps.given.outputs.order", "$steps.before.outputs.order", `no step "before"`},
		{"an output that is not there", "$steps.given.outputs.order", "$steps.given.outputs.number", `has an output "number"`},
		{"an input that is not there", "$steps.given.outputs.order", "$inputs.nummer", `declares no input "nummer"`},
		{"an operation that is not there", "nextcommerce.collectPayment", "nextcommerce.collect", "is an operation of none"},
		{"an operation that two have", "$sourceDescriptions.control.createOrder", "createOrder", "or of two"},
		{"a parameter that is not there", "{name: tenant, in: path", "{name: tenants, in: path", `has no path parameter "tenants"`},
		{"a parameter that is missing", ", {name: tenant, in: path, value: example}", "", `the path parameter "tenant" of createOrder is missing`},
		{"a parameter twice", "{name: tenant, in: path, value: example}", "{name: tenant, in: path, value: example}, {name: tenant, in: query, value: x}", "two parameters named"},
		{"a date that is a point in time", "send_payment_notification: false", "send_payment_notification: 2026-01-31", "quote it"},
		{"a retry without a limit", "retryAfter: 5, retryLimit: 2", "retryAfter: 5", "without a retryLimit"},
		{"a retry without a pause", "retryAfter: 5, retryLimit: 2", "retryLimit: 2", "without a retryAfter"},
		{"dependsOn", "workflowId: one", "workflowId: one\n    dependsOn: [two]", "dependsOn is not looked at"},
		{"a workflow's parameters", "workflowId: one", "workflowId: one\n    parameters: [{name: x, value: y}]", "never sent"},
		{"a simulator's step without a word", "        x-mock-only: {why: it has to be there, sandbox: input}\n", "", "only a simulator can do this"},
		{"a simulator's step without a way", "sandbox: input", "sandbox: pray", `sandbox is "pray"`},
		{"a misspelt reason", "why: it", "whi: it", "whi"},
		{"a step with outputs that would be skipped", "sandbox: input", "sandbox: skip", "cannot be skipped"},
		{"an output that no input replaces", "order: {type: string}", "ordre: {type: string}", `the output "order" is an input`},
		{"a provider's step that says it is a simulator's", "stepId: collect\n", "stepId: collect\n        x-mock-only: {why: no reason, sandbox: skip}\n", "is for the operations of"},
		{"a Prefer header without a word", `{name: X-29next-API-Version, in: header, value: "2024-04-01"}`, `{name: X-29next-API-Version, in: header, value: "2024-04-01"}, {name: Prefer, in: header, value: scenario=declined}`, "only a simulator can do this"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(sound, c.old) != 1 {
				t.Fatalf("%q is not there once", c.old)
			}
			at := strings.Count(sound[:strings.Index(sound, c.old)], "\n") + 1
			problems := lint(t, strings.Replace(sound, c.old, c.new, 1))
			for _, p := range problems {
				if strings.Contains(p.Message, c.says) {
					if p.File != "test.arazzo.yaml" || p.Line < at-8 || p.Line > at+4 {
						t.Errorf("it is found at %s:%d, and stands near line %d", p.File, p.Line, at)
					}
					return
				}
			}
			t.Errorf("found %v, want what says %q", problems, c.says)
		})
	}
}

// TestTheEngineHasTheseHabits keeps the linter honest: what it warns of is really so. When the library mends one, its warning can go.
func TestTheEngineHasTheseHabits(t *testing.T) {
	t.Parallel()
	var body yaml.Node
	if err := yaml.Unmarshal([]byte(`{"nought": 0, "one": 1, "nothing": null, "sum": "0.00", "nine": "9", "list": []}`), &body); err != nil {
		t.Fatal(err)
	}
	c := &expression.Context{StatusCode: 200, ResponseBody: &body, ResponseHeaders: map[string]string{"Etag": "x"}}
	for _, habit := range []struct {
		condition string
		holds     bool
	}{
		{"$statusCode == 200 && $statusCode == 200", false},
		{"$statusCode == 200 || $statusCode == 201", false},
		{"$response.body#/nought == 0", false},
		{"$response.body#/one == 1", false},
		{"$response.body#/nought != 0", true},
		{"$response.body#/nought == '0'", true},
		{"$response.body#/one > 0.0", true},
		{"$response.body#/nothing == null", false},
		{"$response.body#/nothing != null", true},
		{"$response.body#/sum == 0.00", false},
		{"$response.body#/sum == '0.00'", true},
		{"$response.body#/nine > '10'", true},
		{"$response.header.ETag == 'x'", false},
		{"true", true},
	} {
		if holds, err := arazzo.EvaluateCriterion(&high.Criterion{Condition: habit.condition}, c); holds != habit.holds {
			t.Errorf("%s: %v, %v; the linter thinks that it is %v", habit.condition, holds, err, habit.holds)
		}
	}
	d, err := flow.Read("test.arazzo.yaml", []byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v %v %s", d.Workflows()[0].Operations, d.Workflows()[0].MockOnly, d.Workflows()[0].Effect); got != "[collectPayment] [given] charge" {
		t.Errorf("the workflow is told as %s", got)
	}
}
