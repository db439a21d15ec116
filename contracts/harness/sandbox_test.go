package harness

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"understudy/contracts/harness/document"
)

// standIn is a server that counts what reaches it, and a sandbox target before it.
func standIn(t *testing.T, s Sandbox) (*Target, *atomic.Int64) {
	t.Helper()
	var reached atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"seen":"` + r.Header.Get("Authorization") + `"}`))
	}))
	t.Cleanup(server.Close)
	s.URL, s.Rate = server.URL, 1000
	target, err := Plan{Provider: "nextcommerce", Target: TargetSandbox, Sandbox: &s}.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target, &reached
}

func TestOnlyWhatIsAllowedIsSent(t *testing.T) {
	t.Setenv("STAND_IN_TOKEN", "s3cr3t-of-the-store")
	credentials := map[string]string{"oauth2": "${STAND_IN_TOKEN}"}
	ids := map[string][]string{"number": {"4711"}}
	for _, c := range []struct {
		name      string
		sandbox   Sandbox
		operation string
		vars      map[string]string
		sent      bool
	}{
		{"a read, by default", Sandbox{}, "getOrder", map[string]string{"number": "1"}, true},
		{"a write, by default", Sandbox{IDs: ids}, "updateOrder", map[string]string{"number": "4711"}, false},
		{"a write on a listed id", Sandbox{IDs: ids, Effects: []string{"read", "write"}}, "updateOrder", map[string]string{"number": "4711"}, true},
		{"a write on another id", Sandbox{IDs: ids, Effects: []string{"read", "write"}}, "updateOrder", map[string]string{"number": "4712"}, false},
		{"a charge among writes", Sandbox{IDs: ids, Effects: []string{"read", "write"}}, "collectPayment", map[string]string{"number": "4711"}, false},
		{"a charge that is named", Sandbox{IDs: ids, Effects: []string{"charge"}}, "collectPayment", map[string]string{"number": "4711"}, true},
		{"a destroyer that is not named", Sandbox{IDs: ids, Effects: []string{"read", "write", "charge"}}, "cancelOrder", map[string]string{"number": "4711"}, false},
		{"a path without ids", Sandbox{IDs: ids, Effects: []string{"charge"}}, "createOrder", nil, false},
		{"a path without ids that is listed", Sandbox{Effects: []string{"charge"}, Operations: map[string]Requested{"createOrder": {}}}, "createOrder", nil, true},
	} {
		c.sandbox.Credentials = credentials
		target, reached := standIn(t, c.sandbox)
		op := target.Document.Operation(c.operation)
		r := target.Sample(op, "")
		for name, v := range c.vars {
			r.Path[name] = v
		}
		q, err := r.HTTP(target.Base(""))
		if err != nil {
			t.Fatal(err)
		}
		x, err := target.Client.Exchange(q)
		forbidden := (*ForbiddenError)(nil)
		if sent := reached.Load() == 1; sent != c.sent || sent == errors.As(err, &forbidden) {
			t.Errorf("%s: sent is %t, %v", c.name, sent, err)
		}
		if text := string(document.Written(x)) + string(x.Response.Body); strings.Contains(text, "s3cr3t") {
			t.Errorf("%s: the secret is in the exchange: %s", c.name, text)
		}
		if c.sent && !strings.Contains(string(x.Response.Body), "${STAND_IN_TOKEN}") {
			t.Errorf("%s: the credential was not sent: %s", c.name, x.Response.Body)
		}
	}
}

func TestNobodyElseIsAsked(t *testing.T) {
	t.Setenv("STAND_IN_TOKEN", "s3cr3t")
	target, reached := standIn(t, Sandbox{Credentials: map[string]string{"oauth2": "${STAND_IN_TOKEN}"}, Effects: Effects()})
	for _, url := range []string{"http://example.test/api/admin/orders/", strings.Replace(target.Origin, "http", "https", 1) + "/api/admin/orders/", target.Origin + "/elsewhere", target.Origin + "/api/admin/../admin/orders/"} {
		r, _ := http.NewRequest(http.MethodGet, url, nil)
		forbidden := (*ForbiddenError)(nil)
		if _, err := target.Client.Do(r); !errors.As(err, &forbidden) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestWhyASandboxIsNotAsked(t *testing.T) {
	missing, live := (*MissingError)(nil), (*LiveError)(nil)
	open := func(s *Sandbox) error {
		_, err := Plan{Provider: "nextcommerce", Target: TargetSandbox, Sandbox: s}.Open(t.Context(), "")
		return err
	}
	if err := open(nil); !errors.As(err, &missing) {
		t.Error(err)
	}
	if err := open(&Sandbox{URL: "http://127.0.0.1:1", Credentials: map[string]string{"oauth2": "${NOT_SET_HERE}"}}); !errors.As(err, &missing) || !strings.Contains(err.Error(), "NOT_SET_HERE") {
		t.Error(err)
	}
	t.Setenv("STAND_IN_TOKEN", "x")
	own := map[string]string{"oauth2": "${STAND_IN_TOKEN}"}
	if err := open(&Sandbox{URL: "https://shop.29next.store", Credentials: own}); !errors.As(err, &live) {
		t.Error(err)
	}
	if err := open(&Sandbox{URL: "http://127.0.0.1:1", Credentials: own}); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
}
