package commerceengine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/internal/engine"
)

// responseKey signs what a customer's browser brings back to the shop. It is the same in every store and world, and public on purpose, so that a
// shop can be set up with it once.
const responseKey = "understudy-response-key"

// signingMethod is how Juspay names its signature.
const signingMethod = "HMAC-SHA256"

// parameter is one of a query, as it means, not as it is written.
type parameter struct{ name, value string }

// sign makes Juspay's signature of a returned query. Published: Juspay, payment response. Names and values are percent-encoded, sorted, joined, and
// the whole is percent-encoded again; of that, the base64 of an HMAC-SHA256. The signature's own parameters are left out.
func sign(query []parameter, key string) string {
	var parts []string
	for _, p := range query {
		if p.name != "signature" && p.name != "signature_algorithm" {
			parts = append(parts, encode(p.name)+"="+encode(p.value))
		}
	}
	slices.SortStableFunc(parts, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(encode(strings.Join(parts, "&"))))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// encode percent-encodes all but what RFC 3986 calls unreserved.
func encode(text string) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(url.QueryEscape(text))
}

// readQuery reads a query as a shop's server does, names that come twice included. What does not decode stands for itself.
func readQuery(raw string) (list []parameter) {
	plain := func(text string) string {
		if decoded, err := url.QueryUnescape(text); err == nil {
			return decoded
		}
		return text
	}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		list = append(list, parameter{plain(name), plain(value)})
	}
	return list
}

// verify is what a shop's server does with the query that came back: it makes the signature again.
func verify(raw string) error {
	query, shown := readQuery(raw), ""
	for _, p := range query {
		if p.name == "signature" {
			shown = p.value
		}
	}
	switch {
	case shown == "":
		return engine.Refuse(engine.Invalid, "there is no signature")
	case !hmac.Equal([]byte(shown), []byte(sign(query, responseKey))):
		return engine.Refuse(engine.Invalid, "the signature is not that of this query under the response key %q", responseKey)
	}
	return nil
}

// back is the shop's own URL, byte for byte, with what Juspay appends to it: order_id, status, status_id where one is published, and the
// signature, in which the shop's own query takes part. "" if the shop gave none.
func (a *Attempt) back() string {
	if a.Method.ReturnURL == "" {
		return ""
	}
	before, fragment, hasFragment := strings.Cut(a.Method.ReturnURL, "#")
	_, own, hasQuery := strings.Cut(before, "?")
	added := []parameter{{"order_id", a.Reference}, {"status", a.State}}
	if id := statusIDs[a.State]; id != "" {
		added = append(added, parameter{"status_id", id})
	}
	added = append(added, parameter{"signature", sign(append(readQuery(own), added...), responseKey)}, parameter{"signature_algorithm", signingMethod})
	joint := "?"
	if hasQuery {
		joint = "&"
	}
	for _, p := range added {
		before += joint + p.name + "=" + encode(p.value)
		joint = "&"
	}
	if hasFragment {
		before += "#" + fragment
	}
	return before
}
