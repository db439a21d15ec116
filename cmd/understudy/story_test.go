package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/mock/mocktest"
)

// TestAStoryFromRecordingToReplay is what QA does: record a session with a sandbox over https, see that no secret is left, replay it, and have it served.
func TestAStoryFromRecordingToReplay(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "commercelayer", "paid.har")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	recordPayment(t, file)
	ends := func(code int, wants string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(args, &out, &out); got != code || !strings.Contains(out.String(), wants) {
			t.Errorf("%s ended with %d and said\n%s", strings.Join(args, " "), got, out.String())
		}
	}
	ends(0, "", "fixtures", "scan", file)
	ends(0, "3 entries, 3 same, 0 differ, 0 skipped", "replay", file)

	simulator := mocktest.Run(t)
	target, _ := url.Parse(simulator.URL)
	changed := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ModifyResponse: func(a *http.Response) error {
			body, err := io.ReadAll(a.Body)
			if a.Request.Method == http.MethodGet {
				body = bytes.Replace(body, []byte(`"mismatched_amounts":false`), []byte(`"mismatched_amounts":true`), 1)
			}
			a.Body, a.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			a.Header.Del("Content-Length")
			return err
		},
	})
	t.Cleanup(changed.Close)
	ends(1, "  body /data/attributes/mismatched_amounts (exact, documented)\n    recorded false\n    now      true\n  curl ", "replay", file, "--url", changed.URL)
	ends(1, "3 entries, 2 same, 1 differ, 0 skipped", "replay", file, "--url", changed.URL)

	a, stop := startServe(t, serve{Fixtures: filepath.Dir(filepath.Dir(file)), FixturesOnly: true})
	defer stop()
	answer, err := http.Post(a.URL+"/commercelayer/oauth/token", "application/json", strings.NewReader(tokenRequest))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK { // the recorded client's secret is an alias, and matches whatever stands there
		t.Errorf("the recording answers %s", answer.Status)
	}
}

const tokenRequest = `{"grant_type":"client_credentials","client_id":"my-client","client_secret":"my-secret","scope":"market:all"}`

// recordPayment pays at a simulator that stands in for a sandbox, through understudy record.
func recordPayment(t *testing.T, file string) {
	t.Helper()
	sandbox := httptest.NewTLSServer(mocktest.Run(t).Mock)
	t.Cleanup(sandbox.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: sandbox.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		r := &recording{Provider: "commercelayer", Upstream: sandbox.URL + "/commercelayer", Out: file, Listen: "127.0.0.1:0", UpstreamCA: authority, Synthetic: true, JSON: true}
		err := r.run(ctx, write, io.Discard)
		write.CloseWithError(io.EOF)
		ended <- err
	}()
	lines := bufio.NewScanner(read)
	lines.Scan()
	var proxy struct{ URL string }
	if err := json.Unmarshal(lines.Bytes(), &proxy); err != nil || proxy.URL == "" {
		cancel()
		t.Fatalf("it began with %q: %v", lines.Bytes(), <-ended)
	}
	go io.Copy(io.Discard, read)
	call := func(method, path, body, bearer string) (value struct {
		AccessToken string `json:"access_token"`
		Data        struct{ ID string }
	}) {
		r, _ := http.NewRequestWithContext(t.Context(), method, proxy.URL+path, strings.NewReader(body))
		r.Header.Set("Accept", "application/vnd.api+json")
		r.Header.Set("Content-Type", "application/vnd.api+json")
		if bearer == "" {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Del("Accept")
		} else {
			r.Header.Set("Authorization", "Bearer "+bearer)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(&value); err != nil || answer.StatusCode > 299 {
			t.Fatalf("%s %s answers %s: %v", method, path, answer.Status, err)
		}
		return value
	}
	token := call("POST", "/oauth/token", tokenRequest, "").AccessToken
	made := call("POST", "/api/checkout_com_payments",
		`{"data":{"type":"checkout_com_payments","attributes":{"payment_type":"token","token":"tok_4gzeau5o2uqubbk6fufs3m7p54"},"relationships":{"order":{"data":{"type":"orders","id":"ABCRtyUpBa"}}}}}`, token).Data.ID
	call("GET", "/api/checkout_com_payments/"+made, "", token)
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || bytes.Contains(text, []byte("my-secret")) || bytes.Contains(text, []byte(token)) {
		t.Errorf("the story holds a secret, or %v", err)
	}
}

// A simulator's journal holds what clients said. Orders that the control API made are no part of that: who records is told, and the story still replays on an order of the cast.
func TestAStoryFromAJournalTellsOfOrdersMadeOutsideOfIt(t *testing.T) {
	t.Parallel()
	const retry = `{"payment_method": {"payment_provider_slug": "juspay", "integration_type": "hyper-checkout", "return_url": "https://shop.example.test/thanks", "action": "paymentPage"}}`
	for name, given := range map[string]bool{"the cast's order": false, "an order of the control API": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, order := mocktest.Run(t), "ORD-1001"
			if given {
				order = s.Given("commerceengine", "store_01", "failed")
			}
			s.Call("POST", "/commerceengine/api/v1/store_01/storefront/orders/"+order+"/retry-payment", retry, "Authorization: Bearer x", "Content-Type: application/json").Want(200)
			file := filepath.Join(t.TempDir(), "retried.har")
			code, said := line("record", "--provider", "commerceengine", "--from-journal", s.URL, "--out", file)
			told := "made outside of the story, by the control API or the demo shop, and in no world when it is replayed: " + order
			if code != 0 || strings.Contains(said, told) != given || strings.Contains(said, "outside of the story") != given {
				t.Errorf("%d %s", code, said)
			}
			if code, said := line("replay", file, "--set", order+"=ORD-1001"); code != 0 {
				t.Errorf("%d %s", code, said)
			}
		})
	}
}

// What the control API did to an order of the cast before the story comes to it is in no story either.
func TestAStoryFromAJournalTellsOfOrdersMovedOutsideOfIt(t *testing.T) {
	t.Parallel()
	const orders = "/commerceengine/api/v1/store_01/storefront/orders/"
	s := mocktest.Run(t)
	look := func(order string) {
		s.Call("GET", orders+order+"/payment-status", nil, "Authorization: Bearer x").Want(200)
	}
	pay := func(order string) {
		found := s.Call("GET", "/_understudy/commerceengine/store_01/orders/"+order, nil).Want(200)
		s.Call("POST", "/_understudy/commerceengine/store_01/payments/"+found.Text("payments.0.id")+"/approve", nil).Want(200)
	}
	look("ORD-1001")
	pay("ORD-1002")
	look("ORD-1002")
	pay(s.Given("commerceengine", "store_01", "payable"))
	look("ORD-1001")
	pay(s.Given("commerceengine", "store_01", "payable")) // the story is over
	file := filepath.Join(t.TempDir(), "paid.har")
	code, said := line("record", "--provider", "commerceengine", "--from-journal", s.URL, "--out", file)
	if want := "done outside of the story, by the control API, and not done when it is replayed, so that answers may differ: approve ORD-1002\n"; code != 0 || !strings.Contains(said, want) {
		t.Errorf("%d %s, want %s", code, said, want)
	}
	if code, said := line("replay", file); code != 1 || !strings.Contains(said, "2 same, 1 differ") {
		t.Errorf("%d %s", code, said)
	}
}
