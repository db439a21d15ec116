package harness

import "testing"

func TestSecretsAreShownByTheirNames(t *testing.T) {
	t.Parallel()
	c := newClient(&Target{})
	c.hide("x", "${KEY}")
	c.hide("long-enough", "${TOKEN}")
	c.hide("long-enough-too", "${OTHER}")
	c.hide("", "${NONE}")
	c.hide("K", "${K}")
	for text, want := range map[string]string{
		"Bearer x":                        "Bearer ${KEY}",
		"x":                               "${KEY}",
		`{"expires":"x","next":"xx"}`:     `{"expires":"${KEY}","next":"xx"}`,
		"an extra box":                    "an extra box",
		"x,x x":                           "${KEY},${KEY} ${KEY}",
		"Bearer K":                        "Bearer ${K}",
		"Bearer long-enough-too":          "Bearer ${OTHER}",
		"prefix-long-enoughsuffix":        "prefix-${TOKEN}suffix",
		"Basic bG9uZy1lbm91Z2g=":          "Basic ${TOKEN}",
		"https://sandbox.example.test/?k": "https://sandbox.example.test/?k",
	} {
		if got := c.masked(text); got != want {
			t.Errorf("%s is shown as %s, wanted %s", text, got, want)
		}
	}
}
