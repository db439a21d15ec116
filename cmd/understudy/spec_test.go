package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/specs"
)

func TestSpecCommands(t *testing.T) {
	t.Parallel()
	document, _ := specs.Document("norce")
	changed := filepath.Join(t.TempDir(), "norce.yaml")
	os.WriteFile(changed, bytes.ReplaceAll(document, []byte("operationId: getPayment"), []byte("operationId: read_payment")), 0o644)
	for _, c := range []struct {
		args         string
		code         int
		says, moaned string
	}{
		{"spec lint", 0, "specs/control.yaml: sound", ""},
		{"spec lint norce " + changed, exitFailed, changed + ":", "1 problem"},
		{"spec show nextcommerce", 0, "collectPayment", ""},
		{"spec show nextcommerce --json", 0, `"effect": "charge"`, ""},
		{"spec diff norce norce", 0, "0 changes, 0 of them breaking", ""},
		{"spec diff norce " + changed, exitFailed, "BREAKING paths", "1 breaking"},
		{"spec diff norce nobody", exitUsage, "", "the providers are: commerceengine"},
		{"spec lint ./nothing.yaml", exitUsage, "", "nothing.yaml"},
	} {
		var out, moans bytes.Buffer
		if code := run(strings.Fields(c.args), &out, &moans); code != c.code {
			t.Errorf("understudy %s: exit %d, want %d\n%s%s", c.args, code, c.code, &out, &moans)
		}
		if !strings.Contains(out.String(), c.says) || !strings.Contains(moans.String(), c.moaned) {
			t.Errorf("understudy %s says\n%s%s, want %q and %q", c.args, &out, &moans, c.says, c.moaned)
		}
	}
}
