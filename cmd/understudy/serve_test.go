package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startServe runs `understudy serve` on a free port and returns what it announces, and a way to stop it that waits for its end.
func startServe(t *testing.T, s serve) (announcement, func() error) {
	t.Helper()
	s.Listen, s.JSON, s.MaxWorlds = "127.0.0.1:0", true, 10
	if s.Seed == "" {
		s.Seed = "understudy"
	}
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := s.run(ctx, write, io.Discard)
		write.CloseWithError(io.EOF)
		ended <- err
	}()
	line, err := bufio.NewReader(read).ReadBytes('\n')
	if err != nil {
		cancel()
		t.Fatalf("it announced nothing: %v", <-ended)
	}
	var a announcement
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatalf("the first line is no JSON: %s", line)
	}
	return a, func() error { cancel(); return <-ended }
}

func TestEveryPrintedCallWorksAsPasted(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Fatal("curl is not installed: this test pastes the printed calls into a shell")
	}
	a, stop := startServe(t, serve{})
	if len(a.Providers) != 5 {
		t.Fatalf("announced: %+v", a)
	}
	for _, p := range a.Providers {
		pasted := exec.CommandContext(t.Context(), "sh", "-c", p.Curl+` -o /dev/null -w '%{http_code}'`)
		out, err := pasted.Output()
		if status := string(out); err != nil || !strings.HasPrefix(status, "2") {
			t.Errorf("%s answered %s, %v:\n%s", p.Name, status, err, p.Curl)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestTheAddressFileComesAndGoes(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "address")
	a, stop := startServe(t, serve{AddrFile: file, PublicURL: "https://mock.example.test/", Providers: []string{"norce"}})
	if a.URL != "https://mock.example.test" || len(a.Providers) != 1 || !strings.HasPrefix(a.Providers[0].URL, "https://mock.example.test/norce") {
		t.Errorf("announced: %+v", a)
	}
	// The file is written after the announcement; wait for it without sleeping blindly.
	var address []byte
	for range 1000 {
		var err error
		if address, err = os.ReadFile(file); err == nil {
			break
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-t.Context().Done():
		}
	}
	answer, err := http.Get("http://" + strings.TrimSpace(string(address)) + "/_understudy/health")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the address in the file, %q: %v", address, err)
	}
	stop()
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestCommandLines(t *testing.T) {
	t.Parallel()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	taken := other.Addr().String()
	cases := []struct {
		line, says string
		code       int
	}{
		{"--help", "Start the simulator", 0},
		{"version", "understudy", 0},
		{"triggers fabric", "309019176", 0},
		{"triggers fabric", "Prefer: scenario=declined", 0},
		{"triggers fabric --json", `"value": "insufficient_funds"`, 0},
		{"triggers acme", "commerceengine, fabric, norce", exitUsage},
		{"triggers --url http://127.0.0.1:1", "no server answers", exitUnreachable},
		{"serve --clock yesterday", "RFC 3339", exitUsage},
		{"serve --listen 4242", "127.0.0.1:4242", exitUsage},
		{"serve --listen 256.0.0.1:0", "--listen", exitUsage},
		{"serve --public-url mock.test", "https://", exitUsage},
		{"serve --max-worlds 0", "at least 1", exitUsage},
		{"serve --max-worlds many", "max-worlds", exitUsage},
		{"serve --providers acme --listen 127.0.0.1:0", "these are: commerceengine", exitUsage},
		{"serve --profile fabric=loose --listen 127.0.0.1:0", "strict", exitUsage},
		{"serve --log loudly", "requests", exitUsage},
		{"serve --listen " + taken, "--listen 127.0.0.1:0 takes a free port (make run LISTEN=127.0.0.1:0)", exitUsage},
		{"serve --addr-file /nowhere/at/all --listen 127.0.0.1:0", "--addr-file /nowhere/at/all cannot be written: no such file or directory", exitUsage},
		{"serve --addr-file /tmp --listen 127.0.0.1:0", "--addr-file /tmp is a folder", exitUsage},
		{"serve --cors notanorigin", "--cors \"notanorigin\" is no origin", exitUsage},
		{"serve --cors *,https://shop.example.test/ --listen 127.0.0.1:0", "--cors \"https://shop.example.test/\" is no origin", exitUsage},
		{"act", "unexpected argument act", exitUsage},
		{"act", "understudy --help\"", exitUsage},
		{"", "Start the simulator", 0},
		{"serve --loud", "Run \"understudy serve --help\" to see what there is", exitUsage},
		{"spec show norce --loud", "Run \"understudy spec show --help\"", exitUsage},
		{"spec", "Run \"understudy spec --help\"", exitUsage},
	}
	for _, c := range cases {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			var out, msg bytes.Buffer
			code := run(strings.Fields(c.line), &out, &msg)
			if said := out.String() + msg.String(); code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("exit %d, want %d; it said\n%s\nwant %q in it", code, c.code, said, c.says)
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]bool{
		"*": true, "null": true, "http://localhost:3000": true, "https://*.example.test": true, "HTTPS://Shop.example.test": true, "capacitor://localhost": true, "http://[::1]:3000": true,
		"": false, "localhost": false, "localhost:3000": false, "shop.example.test": false, "https://shop.example.test/": false, "https://shop.example.test/a": false,
		"https://a@shop.example.test": false, "https://shop.example.test?": false, "https://": false, "https://*.*.test": false,
	} {
		if isOrigin(origin) != want {
			t.Errorf("%q is an origin: %v", origin, !want)
		}
	}
}

func TestEveryFlagHasATwinInTheEnvironment(t *testing.T) {
	for name, value := range map[string]string{"UNDERSTUDY_CLOCK": "noon", "UNDERSTUDY_LISTEN": "nowhere", "UNDERSTUDY_MAX_WORLDS": "-1"} {
		t.Setenv(name, value)
		var out, msg bytes.Buffer
		if code := run([]string{"serve"}, &out, &msg); code != exitUsage || !strings.Contains(msg.String(), value) {
			t.Errorf("%s=%s: exit %d, %s", name, value, code, msg.String())
		}
		os.Unsetenv(name)
	}
}
