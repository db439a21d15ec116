package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// authority is a certificate authority of this machine alone: made once, kept in the user's configuration folder, its key readable by its owner only.
// It signs for names that never leave the machine.
type authority struct {
	file        string // where the certificate lies, for whoever has to trust it
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	leafKey     *ecdsa.PrivateKey

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

// localAuthority is the one of this user, in their configuration folder.
func localAuthority() (*authority, error) {
	folder, err := authorityFolder()
	if err != nil {
		return nil, fmt.Errorf("--tls: there is no configuration folder to keep a certificate authority in: %w", err)
	}
	return openAuthority(folder)
}

// authorityFolder is where this user's authority lies, or would.
func authorityFolder() (string, error) {
	folder, err := os.UserConfigDir()
	return filepath.Join(folder, "understudy"), err
}

// authorityFile is the name of its certificate.
const authorityFile = "ca.pem"

// openAuthority reads the authority in a folder, or makes it there. A folder that holds only half of one, or an expired one, is an error
// that says what to do: replacing it silently would break the trust that somebody has set up.
func openAuthority(folder string) (*authority, error) {
	a := &authority{file: filepath.Join(folder, authorityFile), leaves: map[string]*tls.Certificate{}}
	keyFile := filepath.Join(folder, "ca-key.pem")
	_, err := os.Stat(a.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = a.create(folder, keyFile)
	case err == nil:
		err = a.read(keyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("the local certificate authority: %w", err)
	}
	a.leafKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return a, err
}

func (a *authority) create(folder, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"Understudy local CA"}, CommonName: "Understudy on " + host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost"},
		PermittedIPRanges: []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}, {IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	rawKey, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	// The key first: a certificate without its key would look like an authority.
	if err := writePEM(keyFile, "PRIVATE KEY", rawKey, 0o600); err != nil {
		return err
	}
	if err := writePEM(a.file, "CERTIFICATE", der, 0o644); err != nil {
		return err
	}
	a.key = key
	a.certificate, err = x509.ParseCertificate(der)
	return err
}

func (a *authority) read(keyFile string) error {
	again := fmt.Sprintf("remove %s and %s to have a new one made", a.file, keyFile)
	der, err := readPEM(a.file)
	if err != nil {
		return fmt.Errorf("%w; %s", err, again)
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		return fmt.Errorf("%s does not read: %w; %s", a.file, err, again)
	}
	if time.Now().After(a.certificate.NotAfter) {
		return fmt.Errorf("%s expired on %s; %s", a.file, a.certificate.NotAfter.Format(time.DateOnly), again)
	}
	// Windows tells no such mode; there the folder itself is the user's own.
	if info, err := os.Stat(keyFile); err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%s is readable by others than its owner: chmod 600 %s", keyFile, keyFile)
	}
	raw, err := readPEM(keyFile)
	if err != nil {
		return fmt.Errorf("%w; %s", err, again)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok || !key.PublicKey.Equal(a.certificate.PublicKey) {
		return fmt.Errorf("%s is not the key of %s; %s", keyFile, a.file, again)
	}
	a.key = key
	return nil
}

// config serves a certificate for whatever name of this machine a client asks for. HTTP/1.1 only: a reset or cut answer has to mean one exchange.
func (a *authority) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			name := strings.ToLower(hello.ServerName)
			if name == "" {
				name = "localhost" // a client that connects to an address names nobody
			}
			if name != "localhost" && !strings.HasSuffix(name, ".localhost") {
				return nil, fmt.Errorf("%q is not a name of this machine; localhost and names that end in .localhost are", name)
			}
			return a.leaf(name)
		},
	}
}

// maxLeaves bounds how many certificates are remembered.
const maxLeaves = 1000

func (a *authority) leaf(name string) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known := a.leaves[name]; known != nil {
		return known, nil
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 3, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, a.leafKey.Public(), a.key)
	if err != nil {
		return nil, err
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	a.leaves[name] = &tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: a.leafKey}
	return a.leaves[name], nil
}

// pem is the certificate, for whoever asks for it.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// trust says how each kind of client comes to accept the certificates.
func (a *authority) trust(at net.Addr) string {
	_, port, _ := net.SplitHostPort(at.String())
	return fmt.Sprintf(`To trust https here (the certificate is also at http://localhost:%[2]s/_understudy/ca.pem):
  curl      curl --cacert '%[1]s' https://localhost:%[2]s/_understudy/health
  Node      NODE_EXTRA_CA_CERTS='%[1]s' node app.js
  Go        SSL_CERT_FILE='%[1]s' go run .   (Linux; elsewhere, trust it in the system's store)
  browsers  import it as an authority: Chrome at chrome://certificate-manager, Firefox at about:preferences#privacy

`, a.file, port)
}

func serial() *big.Int {
	n, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	return n
}

func writePEM(file, kind string, der []byte, mode os.FileMode) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}

func readPEM(file string) ([]byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM", file)
	}
	return block.Bytes, nil
}
