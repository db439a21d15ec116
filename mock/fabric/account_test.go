package fabric_test

import (
	"encoding/json"
	"testing"

	"understudy/mock"
	"understudy/mock/mocktest"
)

const (
	pageOrder   = "309019176"
	pagePayment = "62272e917b12209e68751d94"
)

// account is one tenant of a simulator of this room alone.
type account struct {
	*mocktest.Server
	t    testing.TB
	name string
}

func open(t testing.TB, profile string) account {
	t.Helper()
	server := mocktest.Run(t, func(o *mock.Options) {
		o.Providers = []string{"fabric"}
		if profile != "" {
			o.Profiles = map[string]string{"fabric": profile}
		}
	})
	return account{server, t, "63310842f37ee100111e9fe3"}
}

func (a account) call(method, path string, body any, headers ...string) mocktest.Response {
	a.t.Helper()
	context, err := json.Marshal(map[string]string{"account": a.name})
	if err != nil {
		a.t.Fatal(err)
	}
	if text, ok := body.(string); ok {
		body = json.RawMessage(text)
	}
	own := []string{"Authorization: Bearer any", "x-site-context: " + string(context)}
	return a.Call(method, "/fabric/api/v2"+path, body, append(own, headers...)...)
}

func (a account) get(number string) mocktest.Response {
	a.t.Helper()
	return a.call("GET", "/order/"+number, nil)
}

func (a account) report(number, body string, headers ...string) mocktest.Response {
	a.t.Helper()
	return a.call("POST", "/order/payment-status/"+number, body, headers...)
}

func (a account) create(body string, headers ...string) mocktest.Response {
	a.t.Helper()
	return a.call("POST", "/order/", body, headers...)
}

// control takes an event of the orders' machine, as the control API does.
func (a account) control(number, event string) error {
	a.t.Helper()
	return a.Apply("fabric", a.name, "orders", number, event)
}

// refused checks a refusal: its status, its code, and the field that it names.
func refused(t *testing.T, r mocktest.Response, status int, code, field string) {
	t.Helper()
	var body struct {
		Code, Message string
		Errors        []struct{ Type, Message, Field string }
	}
	r.Want(status).Into(&body)
	if body.Code != code || body.Message == "" {
		t.Errorf("refused with code %q, want %q: %s", body.Code, code, r.Body)
	}
	if field == "" {
		return
	}
	if len(body.Errors) == 0 || body.Errors[0].Field != field || body.Errors[0].Message == "" || body.Errors[0].Type != "CLIENT_ERROR" {
		t.Errorf("the refusal does not name %s: %s", field, r.Body)
	}
}
