package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheContainerFile holds the container file to what it promises: nothing but the binary, nobody's rights, and command lines that this binary has.
func TestTheContainerFile(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../.container/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, line := range []string{"FROM scratch\n", "USER 65532:65532\n", "ENV UNDERSTUDY_LISTEN=0.0.0.0:4242\n", "EXPOSE 4242\n", `ENTRYPOINT ["/understudy"]` + "\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("it lacks %s", line)
		}
	}
	commands := regexp.MustCompile(`(?m)CMD (\[.*\])$`).FindAllStringSubmatch(text, -1)
	if len(commands) != 2 {
		t.Fatalf("it runs %d commands, want the health check and the server", len(commands))
	}
	for _, c := range commands {
		var args []string
		if err := json.Unmarshal([]byte(c[1]), &args); err != nil {
			t.Fatalf("%s: %v", c[1], err)
		}
		if args[0] == "/understudy" {
			args = args[1:]
		}
		var out, msg bytes.Buffer
		if code := run(append(args, "--help"), &out, &msg); code != 0 {
			t.Errorf("%v: exit %d: %s", args, code, msg.String())
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	yes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }))
	defer yes.Close()
	a, stop := startServe(t, serve{})
	address := strings.TrimPrefix(a.URL, "http://")
	_, port, _ := strings.Cut(address, ":")
	for _, c := range []struct {
		args, says string
		code       int
	}{
		{"health --listen " + address, "healthy: commerceengine, fabric", 0},
		{"health --listen 0.0.0.0:" + port, "at " + a.URL, 0},
		{"health --listen :" + port, "at " + a.URL, 0},
		{"health --url " + a.URL + "/", "healthy", 0},
		{"health --url " + yes.URL, `status is "" with 0 providers; healthy with one at least would be right`, exitFailed},
		{"health --listen 127.0.0.1:1", "no server answers", exitFailed},
		{"health --url " + a.URL + "/nothing", "404", exitFailed},
		{"health --listen 4242", "host:port", exitUsage},
		{"health --listen :0", "host:port", exitUsage},
	} {
		var out, msg bytes.Buffer
		if code := run(strings.Fields(c.args), &out, &msg); code != c.code || !strings.Contains(out.String()+msg.String(), c.says) {
			t.Errorf("%s: exit %d, %s%s; want %d with %s", c.args, code, out.String(), msg.String(), c.code, c.says)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
