package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/contracts/harness"
)

// TestMain lets the program under test run itself as a worker, as the built one does.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "contract" && os.Args[2] == "work" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// contractCommand runs one command line of understudy contract.
func contractCommand(args ...string) (code int, out, msg string) {
	var o, e bytes.Buffer
	code = run(append([]string{"contract"}, args...), &o, &e)
	return code, o.String(), e.String()
}

func TestContractIsKeptByTheMock(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.json")
	code, out, msg := contractCommand("--provider", "norce", "--focus", "getPayment", "--report", file)
	if code != 0 || !strings.Contains(out, "contracts kept") || msg != "" {
		t.Fatalf("%d\n%s\n%s", code, out, msg)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r harness.Report
	if err := json.Unmarshal(raw, &r); err != nil || len(r.Results) != 1 || harness.Count(r.Entries()).Passed < 10 {
		t.Errorf("%v: %+v", err, harness.Count(r.Entries()))
	}
	_, listed, _ := contractCommand("list", "--provider", "norce", "--focus", "getPayment")
	if want := len(r.Entries()); strings.Count(listed, "\n") != want {
		t.Errorf("%d are listed, %d were run", strings.Count(listed, "\n"), want)
	}
}

func TestContractExitCodes(t *testing.T) {
	t.Parallel()
	settings := filepath.Join(t.TempDir(), "understudy.yaml")
	if err := os.WriteFile(settings, []byte("sandbox:\n  norce:\n    url: http://127.0.0.1:1\n    credentials: {Bearer: '${UNDERSTUDY_TEST_NOT_SET}'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"another provider":         {[]string{"--provider", "nobody"}, exitUsage, "--provider"},
		"another target":           {[]string{"--target", "moon"}, exitUsage, "--target"},
		"another effect":           {[]string{"--effects", "writes"}, exitUsage, "--effects"},
		"labels that do not read":  {[]string{"--labels", "kind:refusals &&"}, exitUsage, "--labels"},
		"a report of no kind":      {[]string{"--report", "x.pdf"}, exitUsage, ".pdf"},
		"a profile of nobody":      {[]string{"--profile", "nobody=x"}, exitUsage, "nobody"},
		"a profile that is none":   {[]string{"--profile", "fabric=x"}, exitUsage, "it has: strict"},
		"a profile of its own":     {[]string{"--url", "http://127.0.0.1:1", "--profile", "fabric=strict"}, exitUsage, "--profile"},
		"nothing to list":          {[]string{"list", "--provider", "norce", "--focus", "nothing is called so"}, exitUsage, "--focus 'nothing is called so'"},
		"no folder":                {[]string{"--target", "recordings", "--recordings", "nowhere"}, exitUsage, "is no folder"},
		"fewer than no workers":    {[]string{"--workers=-1"}, exitUsage, "--workers"},
		"a URL that is none":       {[]string{"--url", "localhost"}, exitUsage, "--url"},
		"nothing to run":           {[]string{"--provider", "norce", "--focus", "nothing is called so"}, exitUsage, "--focus 'nothing is called so'"},
		"nobody there":             {[]string{"--provider", "norce", "--url", "http://127.0.0.1:1"}, exitAway, "reached"},
		"too little":               {[]string{"--provider", "norce", "--focus", "getPayment", "--min-coverage", "99"}, exitFailed, "--min-coverage"},
		"too few properties":       {[]string{"--provider", "norce", "--focus", "getPayment", "--min-coverage", "answers=0,properties=99"}, exitFailed, "properties of norce"},
		"too few transitions":      {[]string{"--provider", "norce", "--focus", "goes from", "--labels", "kind:transitions && operation:payments", "--min-coverage", "transitions=101"}, exitUsage, "101"},
		"a floor of no kind":       {[]string{"--min-coverage", "lines=80"}, exitUsage, "answers, properties, transitions"},
		"a floor that is none":     {[]string{"--min-coverage", "answers=most"}, exitUsage, "most"},
		"no credentials":           {[]string{"--provider", "norce", "--target", "sandbox", "--config", settings}, 0, ""},
		"no credentials, required": {[]string{"--provider", "norce", "--target", "sandbox", "--config", settings, "--require"}, exitAway, "UNDERSTUDY_TEST_NOT_SET"},
		"no settings":              {[]string{"--config", "nowhere.yaml"}, exitUsage, "--config"},
	} {
		if code, out, msg := contractCommand(c.args...); code != c.code || !strings.Contains(msg, c.want) {
			t.Errorf("%s: %d, want %d\n%s\n%s", name, code, c.code, out, msg)
		}
	}
}
