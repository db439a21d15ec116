package journal

import "testing"

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"cvv":"123"}`:                     `{"cvv":"***"}`,
		`{"CVV":"123"}`:                     `{"CVV":"***"}`,
		`{ "cvv" :	"1\"2\\", "x":"y"}`:      `{ "cvv" :	"***", "x":"y"}`,
		`{"cvv":123,"x":1}`:                 `{"cvv":"***","x":1}`,
		`{"cvv":-1.5e3}`:                    `{"cvv":"***"}`,
		`{"cvv":null}`:                      `{"cvv":"***"}`,
		`{"cvv":{"a":["}",{"b":1}]},"x":1}`: `{"cvv":"***","x":1}`,
		`{"cvv":["1","2"],"x":1}`:           `{"cvv":"***","x":1}`,
		`{"cvv":"1","b":{"cvv":"2"}}`:       `{"cvv":"***","b":{"cvv":"***"}}`,
		`[{"cvv":"1"},{"cvv":"2"}]`:         `[{"cvv":"***"},{"cvv":"***"}]`,
		`{"token":"a","cvv":"b"}`:           `{"token":"***","cvv":"***"}`,
		"{\n  \"cvv\": \"1\"\n}":            "{\n  \"cvv\": \"***\"\n}",
		`{"cvv":"12`:                        `{"cvv":"***"`, // cut off, or broken
		`{"cvv":{"a":1`:                     `{"cvv":"***"`,
		`{"cvv":12`:                         `{"cvv":"***"`,
		`{"cvv":"1"x`:                       `{"cvv":"***"x`,
		"cvv=123&x=1":                       "cvv=***&x=1",
		"x=1&cvv=123":                       "x=1&cvv=***",
		"x=1&CVV=12%26&y=2":                 "x=1&CVV=***&y=2",
		"cvv=1&cvv=2":                       "cvv=***&cvv=***",
		"card[cvv]=123&x=1":                 "card[cvv]=***&x=1",
		"card%5Bcvv%5D=123&x=1":             "card%5Bcvv%5D=***&x=1",
		"/token?cvv=123&x=1":                "/token?cvv=***&x=1",
		"--b\r\nContent-Disposition: form-data; name=\"cvv\"\r\n\r\n123\r\n--b--\r\n":                            "--b\r\nContent-Disposition: form-data; name=\"cvv\"\r\n\r\n***\r\n--b--\r\n",
		"--b\r\ncontent-disposition: form-data; Name=\"cvv\"\r\nContent-Type: text/plain\r\n\r\n1\r\n2\r\n--b--": "--b\r\ncontent-disposition: form-data; Name=\"cvv\"\r\nContent-Type: text/plain\r\n\r\n***\r\n--b--",
		"--b\r\nContent-Disposition: form-data; name=\"cvv\"\r\n\r\n12":                                          "--b\r\nContent-Disposition: form-data; name=\"cvv\"\r\n\r\n***",

		// what stays
		"":                           "",
		`{"cvv":""}`:                 `{"cvv":"***"}`,
		`{"cvv2":"123","mycvv":"1"}`: `{"cvv2":"123","mycvv":"1"}`,
		`{"x":"cvv"}`:                `{"x":"cvv"}`,
		`{"x":"cvv","y":"z"}`:        `{"x":"cvv","y":"z"}`,
		`{"note":"the cvv=1"}`:       `{"note":"the cvv=1"}`,
		"mycvv=1&cvv2=2":             "mycvv=1&cvv2=2",
		"cvv=&x=1":                   "cvv=&x=1",
		"cvv":                        "cvv",
		`"cvv"`:                      `"cvv"`,
		`{"cvv":`:                    `{"cvv":`,
		"/cvv/1":                     "/cvv/1",
	} {
		if got := hideSecrets(text, []string{"cvv", "token"}); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if text := `{"cvv":"1"}`; hideSecrets(text, nil) != text {
		t.Error("nothing was to be hidden")
	}
}
