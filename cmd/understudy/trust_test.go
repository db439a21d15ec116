package main

import (
	"bytes"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/fixtures/record"
	"understudy/mock/mocktest"
)

// TestHowToTrust asks a server for whose certificate no known authority vouches, by every command that asks one.
func TestHowToTrust(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("HOME", config)
	server := httptest.NewUnstartedServer(mocktest.Run(t).Mock)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	settings := filepath.Join(t.TempDir(), "understudy.yaml")
	sandbox := "sandbox: {norce: {url: '" + server.URL + "/norce', credentials: {Bearer: '${UNTRUSTED_TOKEN}'}}}"
	if err := os.WriteFile(settings, []byte(sandbox), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("UNTRUSTED_TOKEN", "a-token-of-a-test")
	commands := []string{
		"health --url " + server.URL,
		"triggers --url " + server.URL,
		"replay ../../fixtures/norce/page.har --url " + server.URL,
		"record --provider norce --from-journal " + server.URL + " --out " + filepath.Join(t.TempDir(), "x.har"),
		"contract --provider norce --url " + server.URL,
		"contract --provider norce --target sandbox --config " + settings,
	}
	complain := func(t *testing.T, hint string) {
		for _, command := range commands {
			var out, msg bytes.Buffer
			if code := run(strings.Fields(command), &out, &msg); code == 0 || strings.Count(msg.String(), hint) != 1 {
				t.Errorf("%s: exit %d, and not once %q in %s%s", command, code, hint, msg.String(), out.String())
			}
		}
	}
	t.Run("without an authority on this machine", func(t *testing.T) {
		complain(t, "SSL_CERT_FILE=ca.pem before the command trusts it (Linux; elsewhere, trust it in the system's store). The server has it at /_understudy/ca.pem.")
	})
	a, err := localAuthority()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("with one", func(t *testing.T) {
		complain(t, "SSL_CERT_FILE="+a.file+" before the command trusts it")
	})
	t.Run("record has a flag of its own", func(t *testing.T) {
		var out bytes.Buffer
		teller(false, &out).exchange(record.Told{Error: "tls: failed to verify certificate: " + untrusted[0]})
		if !strings.Contains(out.String(), "--upstream-ca FILE trusts it") || !strings.Contains(out.String(), a.file) {
			t.Error(out.String())
		}
	})
	t.Run("nothing is said of other failures", func(t *testing.T) {
		if hint := howToTrust("no server answers at http://127.0.0.1:1: connection refused", ""); hint != "" {
			t.Error(hint)
		}
	})
}
