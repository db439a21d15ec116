package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/fixtures"
	"understudy/specs"
)

// line runs one command line.
func line(args ...string) (code int, said string) {
	var out, msg bytes.Buffer
	code = run(args, &out, &msg)
	return code, out.String() + msg.String()
}

const export = `{"log":{"version":"1.2","creator":{"name":"Insomnia","version":"9"},"entries":[
{"startedDateTime":"2026-01-31T09:30:00.000Z","time":3,"request":{"method":"GET","url":"https://uat01.example.test/api/v2/order/309019176","headers":[{"name":"Authorization","value":"Bearer exported-Secret-1"}]},
"response":{"status":200,"content":{"mimeType":"application/json","text":"{\"orderId\":\"1\"}"}}},
{"startedDateTime":"2026-01-31T09:30:01.000Z","time":3,"request":{"method":"GET","url":"https://ads.example.test/x"},"response":{"status":204}}]}}`

func TestAnExportBecomesAStoryWithoutSecrets(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	from, to := filepath.Join(folder, "export.har"), filepath.Join(folder, "story.har")
	if err := os.WriteFile(from, []byte(export), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := line("fixtures", "scan", from); code != exitFailed || !strings.Contains(said, "entry 1, request.headers[0].value: looks like a secret (token)") || strings.Contains(said, "exported-Secret") {
		t.Errorf("%d %s", code, said)
	}
	for _, args := range []string{"fixtures import " + from + " --provider fabric --out ", "fixtures redact " + from + " --out ", "record --provider fabric --upstream http://x.test --out "} {
		if code, said := line(strings.Fields(args + folder + "/none/x.har")...); code != exitUsage || !strings.Contains(said, "--out: there is no folder "+folder+"/none; make it first") {
			t.Errorf("%s: %d %s", args, code, said)
		}
	}
	if code, said := line("fixtures", "import", from, "--provider", "fabric", "--out", to); code != 0 || !strings.Contains(said, "1 exchange left out: they do not go to") {
		t.Fatalf("%d %s", code, said)
	}
	browsers := strings.TrimSuffix(export, "]}}") + `,
{"startedDateTime":"2026-01-31T09:30:02.000Z","request":{"method":"GET","url":"data:image/png;base64,iVBORw0KGgo="},"response":{"status":200}},
{"startedDateTime":"2026-01-31T09:30:03.000Z","request":{"method":"GET","url":"wss://live.example.test/x"},"response":{"status":101}},
{"startedDateTime":"2026-01-31T09:30:04.000Z","request":{"method":"GET","url":"https://sandbox.example.test/x"},"response":{"status":0,"_error":"net::ERR_ABORTED"}}]}}`
	if err := os.WriteFile(from+".har", []byte(browsers), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := line("fixtures", "import", from+".har", "--provider", "fabric", "--out", filepath.Join(folder, "browser.har")); code != 0 || !strings.Contains(said, "3 exchanges left out: no server answered over HTTP") || !strings.Contains(said, "browser.har holds 1 exchange;") {
		t.Errorf("%d %s", code, said)
	}
	raw, err := os.ReadFile(to)
	if err != nil || bytes.Contains(raw, []byte("exported-Secret")) || !bytes.Contains(raw, []byte(`"operation": "getOrder"`)) {
		t.Errorf("%v %s", err, raw)
	}
	if code, said := line("fixtures", "scan", from+".har"); code != exitFailed || !strings.Contains(said, "in 5 exchanges of 1 file") {
		t.Errorf("%d %s", code, said)
	}
	if code, said := line("fixtures", "redact", from+".har", "--out", filepath.Join(folder, "clean2.har")); code != 0 || !strings.Contains(said, "3 exchanges left out") || !strings.Contains(said, "clean2.har holds 2 exchanges") {
		t.Errorf("%d %s", code, said)
	}
	if code, said := line("fixtures", "scan", folder+"/story.har", folder+"/browser.har"); code != 0 {
		t.Errorf("%d %s", code, said)
	}
	if code, said := line("fixtures", "redact", from, "--out", filepath.Join(folder, "clean.har")); code != 0 || !strings.Contains(said, "clean.har holds 2 exchanges; secrets were taken out") {
		t.Errorf("%d %s", code, said)
	}
	if code, _ := line("fixtures", "scan", filepath.Join(folder, "clean.har")); code != 0 {
		t.Error("what was redacted does not pass")
	}
}

func TestWhatIsAskedWronglyIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{"record --provider norse --upstream http://x.test --out OUT", `there is no provider "norse"`},
		{"record --provider norce --out OUT", "one of --upstream and --from-journal is needed"},
		{"record --provider norce --upstream x.test --out OUT", `--upstream "x.test" is not an http or https URL`},
		{"record --provider norce --upstream https://a.api-se.norce.tech --out OUT", "say --live if that is meant"},
		{"record --provider norce --upstream http://x.test --from-journal http://x.test --out OUT", "give only one"},
		{"triggers --url 127.0.0.1:4242", `--url "127.0.0.1:4242" is not an http or https URL`},
		{"fixtures recover OUT", "nothing was cut off"},
		{"fixtures scan " + os.DevNull + "x", "no such file"},
		{"fixtures import nowhere.har --provider norce --out OUT", "nowhere.har"},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "OUT", filepath.Join(t.TempDir(), "s.har")))
		if code, said := line(args...); code != exitUsage || !strings.Contains(said, c.want) {
			t.Errorf("%s: %d %s", c.args, code, said)
		}
	}
}

func TestNobodyThereHasAnExitCodeOfItsOwn(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, args := range []string{"triggers --url " + gone.URL, "record --provider norce --from-journal " + gone.URL + " --out " + filepath.Join(t.TempDir(), "s.har")} {
		if code, said := line(strings.Fields(args)...); code != exitUnreachable || !strings.Contains(said, "no server answers at "+gone.URL) {
			t.Errorf("%s: %d %s", args, code, said)
		}
	}
}

func TestAFileThatCannotBeReadIsWrongUse(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{"a.har": "no HAR", "b.har": export, "c.har": `{"log":{"entries":[{"startedDateTime":"2026-01-31T09:30:00Z"}]}}`} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, c, out := filepath.Join(folder, "a.har"), filepath.Join(folder, "c.har"), filepath.Join(folder, "out.har")
	for _, l := range []struct {
		args, want string
		code       int
	}{
		{"fixtures scan " + folder, a + ": ", exitUsage},
		{"fixtures scan --keep-going " + folder, "1 suspect in 2 exchanges of 2 files", exitFailed},
		{"fixtures scan --keep-going " + a + " " + c, "1 of 2 files cannot be read; nothing looks like a secret in 0 exchanges of the others", exitUsage},
		{"fixtures scan " + c, "entry 1, request.method: is missing; as \"POST\"; --keep-going leaves it out", exitUsage},
		{"fixtures redact " + a + " --out " + out, a + ": ", exitUsage},
		{"fixtures import " + a + " --provider fabric --out " + out, a + ": ", exitUsage},
	} {
		if code, said := line(strings.Fields(l.args)...); code != l.code || !strings.Contains(said, l.want) {
			t.Errorf("%s: %d %s", l.args, code, said)
		}
	}
}

func TestOurOwnStoriesReplayClean(t *testing.T) {
	t.Parallel()
	for _, provider := range specs.Providers() {
		for _, scenario := range fixtures.Stories(provider) {
			if h, err := fixtures.Story(provider, scenario); err != nil || h.Log.Mark.Provenance != fixtures.Synthetic {
				continue
			}
			if code, said := line("replay", filepath.Join("..", "..", "fixtures", provider, scenario+".har")); code != 0 {
				t.Errorf("%s/%s: %d\n%s", provider, scenario, code, said)
			}
		}
	}
}
