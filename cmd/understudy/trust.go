package main

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// untrusted is how errors about a certificate read for which no known authority vouches; the second is macOS's. They are told by their words, since
// those of a contract's worker, a process of its own, arrive as text.
var untrusted = []string{x509.UnknownAuthorityError{}.Error(), "certificate is not trusted"}

// howToTrust says what to do about a failure that is about such a certificate, after the way that the command has of its own, if it has one.
// It is empty for any other failure.
func howToTrust(failure, way string) string {
	if !slices.ContainsFunc(untrusted, func(words string) bool { return strings.Contains(failure, words) }) {
		return ""
	}
	file := authorityFile
	if folder, err := authorityFolder(); err == nil {
		if _, err := os.Stat(filepath.Join(folder, file)); err == nil {
			file = filepath.Join(folder, file)
		}
	}
	if way != "" {
		return way + " trusts it; that of serve --tls is " + word(file)
	}
	hint := "No authority that is trusted here vouches for that certificate. Of a server started with --tls: SSL_CERT_FILE=" + word(file) +
		" before the command trusts it (Linux; elsewhere, trust it in the system's store)."
	if !filepath.IsAbs(file) {
		hint += " The server has it at /_understudy/ca.pem."
	}
	return hint
}
