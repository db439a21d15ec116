package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// serveBoth serves http and https on one port with the authority in a folder.
func serveBoth(t *testing.T, folder string) (address string, a *authority) {
	t.Helper()
	a, err := openAuthority(folder)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	plain, secure := split(l)
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			io.WriteString(w, "secure "+r.TLS.NegotiatedProtocol)
			return
		}
		io.WriteString(w, "plain")
	})}
	go server.Serve(plain)
	go server.Serve(tls.NewListener(secure, a.config()))
	t.Cleanup(func() { server.Close() })
	return l.Addr().String(), a
}

// get asks a URL whose host resolves to address, trusting the authorities in roots.
func get(t *testing.T, url, address string, roots *x509.CertPool) (string, error) {
	t.Helper()
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

func (a *authority) roots() *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	return roots
}

func TestOnePortSpeaksBoth(t *testing.T) {
	t.Parallel()
	address, a := serveBoth(t, t.TempDir())
	for url, want := range map[string]string{
		"http://localhost/":                               "plain",
		"https://localhost/":                              "secure",
		"https://acme.commercelayer.localhost/":           "secure",
		"https://acme.other.commercelayer.localhost/":     "secure",
		"https://" + strings.Split(address, ":")[0] + "/": "secure",
	} {
		got, err := get(t, url, address, a.roots())
		if err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, %v; want %s", url, got, err, want)
		}
	}
	if _, err := get(t, "https://example.test/", address, a.roots()); err == nil {
		t.Error("a name that is not of this machine got a certificate")
	}
}

// TestServingBothSchemes starts the server as its user does, fetches the authority over http, and trusts nothing else.
func TestServingBothSchemes(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AppData", t.TempDir())
	announced, stop := startServe(t, serve{TLS: true})
	defer stop()
	address := strings.TrimPrefix(announced.URL, "http://")
	_, port, _ := net.SplitHostPort(address)
	if announced.HTTPS != "https://"+address {
		t.Errorf("announced for https: %q", announced.HTTPS)
	}
	pem, err := get(t, announced.URL+"/_understudy/ca.pem", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(pem)) {
		t.Fatalf("no certificate: %s", pem)
	}
	for url, want := range map[string]string{
		"https://localhost:" + port + "/_understudy/providers":                                            `"https://localhost:` + port + `/norce"`,
		"http://localhost:" + port + "/_understudy/providers":                                             `"http://localhost:` + port + `/norce"`,
		"https://127.0.0.1:" + port + "/_understudy/providers":                                            `"https://127.0.0.1:` + port + `/norce"`,
		"https://auth.commercelayer.localhost:" + port + "/.well-known/jwks.json":                         `"keys"`,
		"https://acme.other.commercelayer.localhost:" + port + "/api/nothing":                             `"errors"`,
		"https://store-1.checkout-7.commerceengine.localhost:" + port + "/api/v1/store-1/storefront/none": `"success":false`,
	} {
		got, err := get(t, url, address, roots)
		if err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %s, %v; want %s", url, got, err, want)
		}
	}
}

func TestTheAuthorityIsMadeOnce(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "config")
	first, err := openAuthority(folder)
	if err != nil {
		t.Fatal(err)
	}
	second, err := openAuthority(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !first.certificate.Equal(second.certificate) {
		t.Error("a second start made another authority")
	}
	key := filepath.Join(folder, "ca-key.pem")
	if info, _ := os.Stat(key); info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v", info.Mode().Perm())
	}
	for name, spoil := range map[string]func(){
		"a key that others read": func() { os.Chmod(key, 0o644) },
		"a key that is gone":     func() { os.Remove(key) },
		"a key of somebody else": func() {
			other, _ := openAuthority(t.TempDir())
			copyFile(strings.Replace(other.file, "ca.pem", "ca-key.pem", 1), key)
		},
		"a certificate that is noise": func() { os.WriteFile(first.file, []byte("noise"), 0o644) },
	} {
		spoil()
		if _, err := openAuthority(folder); err == nil || !strings.Contains(err.Error(), "ca-key.pem") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func copyFile(from, to string) {
	raw, _ := os.ReadFile(from)
	os.Remove(to)
	os.WriteFile(to, raw, 0o600)
}
