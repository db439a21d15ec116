package mock_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// The environment in which this test binary does not test, but writes down what a server answers.
const (
	transcriptFile = "UNDERSTUDY_TEST_TRANSCRIPT"
	transcriptSeed = "UNDERSTUDY_TEST_SEED"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(transcriptFile); file != "" {
		if err := os.WriteFile(file, transcribe(os.Getenv(transcriptSeed)), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestTwoProcessesAnswerAlike makes the same calls, one after another, in two processes: with seed, clock and public URL given, every answer is
// the same to the byte, its headers too. Another seed makes a difference.
func TestTwoProcessesAnswerAlike(t *testing.T) {
	t.Parallel()
	first, second := inAnotherProcess(t, "a seed"), inAnotherProcess(t, "a seed")
	a, b := bytes.Split(first, []byte("\n\n")), bytes.Split(second, []byte("\n\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			t.Fatalf("answer %d differs:\n%s\n\n%s", i, a[i], b[i])
		}
	}
	if len(a) != len(b) {
		t.Errorf("%d and %d answers", len(a), len(b))
	}
	for _, name := range platforms() {
		if !bytes.Contains(first, []byte(name+" other ")) {
			t.Errorf("%s was not asked", name)
		}
	}
	if bytes.Equal(first, inAnotherProcess(t, "another seed")) {
		t.Error("another seed makes no difference")
	}
}

func inAnotherProcess(t *testing.T, seed string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "transcript")
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), transcriptFile+"="+file, transcriptSeed+"="+seed)
	if output, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// transcribe makes every call that the documents have an example of, and each page's own, in two worlds, with time passing between, and writes
// down what is answered.
func transcribe(seed string) []byte {
	var text bytes.Buffer
	t := &narrator{}
	m, err := mock.New(mock.Options{Seed: seed, Clock: mocktest.Start, PublicURL: "https://understudy.test"})
	t.check(err)
	t.check(m.Ready(t.Context()))
	server := httptest.NewServer(m)
	defer server.Close()
	for _, worldName := range []string{"default", "other"} {
		for _, name := range platforms() {
			p := &platform{name: name, mock: m, engine: m.Engine(), origin: server.URL, wire: wire()}
			t.check(p.read())
			var requests []request
			for _, op := range p.document.Operations() {
				if op.ID != "waitForRequests" && op.ID != "resumeClock" { // which take real time, or let it in
					requests = append(requests, sample(op, ""))
				}
			}
			if name != control {
				requests = append(requests, readPage(t, p).request)
			}
			for _, r := range requests {
				a, err := p.send(worldName, r)
				t.check(err)
				fmt.Fprintf(&text, "%s %s %s %s\n%d\n", name, worldName, r.method, r.path, a.status)
				for header, values := range inOrder(a.header) {
					fmt.Fprintf(&text, "%s: %s\n", header, strings.Join(values, ", "))
				}
				fmt.Fprintf(&text, "%s\n\n", a.body)
			}
			t.check(m.Advance(worldName, 16*time.Minute))
		}
	}
	return text.Bytes()
}

// narrator is a testing.TB for a process that does not test: what would fail a test ends it.
type narrator struct{ testing.TB }

func (n *narrator) Helper() {}

func (n *narrator) Context() context.Context { return context.Background() }

func (n *narrator) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}

func (n *narrator) Fatalf(format string, args ...any) { n.Fatal(fmt.Sprintf(format, args...)) }

func (n *narrator) check(err error) {
	if err != nil {
		n.Fatal(err)
	}
}
