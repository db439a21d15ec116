package commerceengine

import (
	"net/url"
	"strings"
	"testing"
)

// TestSign holds the signature to vectors that were made with another implementation of the published algorithm.
func TestSign(t *testing.T) {
	t.Parallel()
	cases := []struct{ query, want string }{
		{"order_id=ord_0001&status=CHARGED&status_id=21", "FBF5FJw7tHS5SGgfKQJVww2Go2JzK4d/smbzFDWku2k="},
		{"status_id=27&ref=a%3Db%26c&order_id=ord+2%2F%C3%A9&status=AUTHORIZATION_FAILED", "uPHdNbDSpuHfhwRULQjmCwPE5Ktb5qa8AfQtdNmf+lY="},
	}
	for _, c := range cases {
		query := append(readQuery(c.query), parameter{"signature", "of another time"}, parameter{"signature_algorithm", signingMethod})
		if got := sign(query, "test-response-key"); got != c.want {
			t.Errorf("%s is signed %s, want %s", c.query, got, c.want)
		}
	}
}

// TestVerify takes returned queries as a shop's server does, whole and tampered with.
func TestVerify(t *testing.T) {
	t.Parallel()
	a := &Attempt{Reference: "ORD 1/2-2", State: charged, Method: Method{ReturnURL: "https://shop.example.test/thanks?cart=7&b=%20&c&c=~*(x)&bad=%zz"}}
	u, err := url.Parse(a.back())
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(u.RawQuery); err != nil {
		t.Errorf("%s: %v", u.RawQuery, err)
	}
	turned := strings.Split(u.RawQuery, "&")
	for i := range turned[1:] {
		turned[0], turned[i+1] = turned[i+1], turned[0]
	}
	for _, c := range []struct{ name, query, says string }{
		{"the order of the parameters does not matter", strings.ReplaceAll(strings.Join(turned, "&"), "c=~*(x)&c&", "c&c=~*(x)&"), ""},
		{"another status is noticed", strings.Replace(u.RawQuery, "CHARGED", "NEW", 1), "not that of this query"},
		{"a change of the shop's own query is noticed", strings.Replace(u.RawQuery, "cart=7", "cart=8", 1), "not that of this query"},
		{"a query without a signature is not signed", "order_id=1&status=CHARGED", "no signature"},
	} {
		if err := verify(c.query); (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v\n%s", c.name, err, c.query)
		}
	}
}
