package commercelayer_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"understudy/specs"
)

// TestTheDocumentsCall sends the documentation's own request and compares the answer with the documentation's own.
func TestTheDocumentsCall(t *testing.T) {
	t.Parallel()
	s := open(t)
	table, _ := specs.Call("commercelayer")
	var call struct {
		Status   int
		Header   map[string]string
		Response map[string]any
	}
	if err := yaml.Unmarshal(table, &call); err != nil {
		t.Fatal(err)
	}
	request, _ := specs.Sample("commercelayer", "request")
	var headers []string
	for name, value := range call.Header {
		headers = append(headers, name+": "+value)
	}
	answer := s.Call("POST", "/commercelayer/api/checkout_com_payments", request, headers...).Want(call.Status)

	sample, _ := specs.Sample("commercelayer", "response")
	var want, got any
	if err := json.Unmarshal(sample, &want); err != nil {
		t.Fatal(err)
	}
	answer.Into(&got)
	free := []string{}
	for pointer, value := range call.Response {
		if reflect.DeepEqual(value, map[string]any{}) {
			free = append(free, pointer)
		}
	}
	compareShape(t, "", want, got, free)

	t.Run("leaves null what only an authorization knows", func(t *testing.T) {
		for _, name := range []string{"session_id", "success_url", "failure_url", "source_id", "customer_token", "redirect_uri", "reference", "reference_origin"} {
			if v := answer.At("data.attributes." + name); v != nil {
				t.Errorf("%s is %v, want null", name, v)
			}
		}
		if v := answer.At("data.attributes.payment_response"); !reflect.DeepEqual(v, map[string]any{}) {
			t.Errorf("payment_response is %v, want {}", v)
		}
	})
	t.Run("keeps the documentation's order of attributes", func(t *testing.T) {
		if a, b := order(string(sample)), order(string(answer.Body)); a != b {
			t.Errorf("attributes in the order\n%s\nwant\n%s", b, a)
		}
	})
	t.Run("is the payment source of its order now", func(t *testing.T) {
		if got := s.get("/orders/ABCRtyUpBa/payment_source").Text("data.id"); got != answer.Text("data.id") {
			t.Errorf("the order's payment source is %q, want %q", got, answer.Text("data.id"))
		}
	})
	t.Run("a second call makes a second payment", func(t *testing.T) {
		second := s.Call("POST", "/commercelayer/api/checkout_com_payments", request, headers...).Want(201).Text("data.id")
		if second == answer.Text("data.id") || s.get("/orders/ABCRtyUpBa/payment_source").Text("data.id") != second {
			t.Errorf("the second call did not make the order's payment source")
		}
	})
}

// TestTheDocumentsPayment reads the payment that the documentation shows: everything in it is filled.
func TestTheDocumentsPayment(t *testing.T) {
	t.Parallel()
	s := open(t)
	sample, _ := specs.Sample("commercelayer", "response")
	var want, got any
	if err := json.Unmarshal(sample, &want); err != nil {
		t.Fatal(err)
	}
	answer := s.get("/checkout_com_payments/xYZkjABcde").Into(&got)
	compareShape(t, "", want, got, []string{"/data/attributes/payment_response"})
	var equal struct {
		Data struct{ Attributes map[string]any }
	}
	if err := json.Unmarshal(sample, &equal); err != nil {
		t.Fatal(err)
	}
	for name, value := range equal.Data.Attributes {
		switch name {
		case "public_key", "redirect_uri", "payment_response", "created_at", "updated_at":
			if answer.At("data.attributes."+name) == nil {
				t.Errorf("%s is null, want a value", name)
			}
		default:
			if got := answer.At("data.attributes." + name); !reflect.DeepEqual(got, value) {
				t.Errorf("%s is %v, want %v", name, got, value)
			}
		}
	}
}

// compareShape fails unless two values have the same members at every level, of the same types or null. Below free pointers anything goes.
func compareShape(t *testing.T, at string, want, got any, free []string) {
	t.Helper()
	for _, pointer := range free {
		if at == pointer {
			return
		}
	}
	w, object := want.(map[string]any)
	if !object {
		if got != nil && reflect.TypeOf(got) != reflect.TypeOf(want) {
			t.Errorf("%s is %T, want %T or null", at, got, want)
		}
		return
	}
	g, _ := got.(map[string]any)
	for name := range w {
		if _, ok := g[name]; !ok {
			t.Errorf("%s/%s is missing", at, name)
			continue
		}
		compareShape(t, at+"/"+name, w[name], g[name], free)
	}
	for name := range g {
		if _, ok := w[name]; !ok {
			t.Errorf("%s/%s is not in the documentation", at, name)
		}
	}
}

// order is where the attributes' names stand in a text.
func order(text string) string {
	names := []string{"public_key", "payment_type", "token", "session_id", "success_url", "failure_url", "source_id", "customer_token", "redirect_uri",
		"payment_response", "mismatched_amounts", "payment_instrument", "created_at", "updated_at", "reference", "reference_origin", "metadata"}
	var b strings.Builder
	at := 0
	for _, name := range names {
		i := strings.Index(text[at:], `"`+name+`"`)
		if i < 0 {
			b.WriteString(name + " is out of order; ")
			continue
		}
		at += i
	}
	return b.String()
}
