package harness_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"understudy/contracts/harness"
)

// TestCurl has a shell read the command: every word arrives as it was sent, but for secrets, which the shell puts in.
func TestCurl(t *testing.T) {
	t.Parallel()
	g := NewWithT(t)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	command := harness.Curl(harness.Request{
		Method: "POST", URL: "http://127.0.0.1/${ORDER}?q=$(id)&`id`", Body: []byte(`{"name": "O'Hara $HOME ${TOKEN}"}`),
		Header: http.Header{"Authorization": {"Bearer ${TOKEN}"}, "Note": {`a "b" \ $HOME`}},
	})
	c := exec.Command(sh, "-c", strings.Replace(command, "curl", `printf '%s\n'`, 1))
	c.Env = []string{"TOKEN=s e'cret", "ORDER=42", "HOME=/nowhere"}
	said, err := c.CombinedOutput()
	g.Expect(err).NotTo(HaveOccurred(), string(said))
	g.Expect(strings.Split(strings.TrimSpace(string(said)), "\n")).To(Equal([]string{
		"-sS", "-i", "-X", "POST", "http://127.0.0.1/42?q=$(id)&`id`",
		"-H", "Authorization: Bearer s e'cret", "-H", `Note: a "b" \ $HOME`,
		"--data-binary", `{"name": "O'Hara $HOME s e'cret"}`,
	}))
}
