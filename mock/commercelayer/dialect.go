package commercelayer

import (
	"fmt"
	"maps"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
)

const (
	mediaType = "application/vnd.api+json"
	plainJSON = "application/json" // what is spoken where tokens are made
)

// defaultOrganization is the slug that the document's host has.
const defaultOrganization = "yourdomain"

// organization is the slug of the request's host, else of its token. The token host is nobody's.
func organization(c *engine.Call) string {
	if label := c.Label(); label != "" && label != "auth" {
		return label
	}
	return c.Principal.Tenant
}

// negotiate refuses what the API does not speak: answers in another media type, bodies in another, query parameters of no meaning.
func negotiate(c *engine.Call) error {
	if ofTokens(c) {
		return nil
	}
	if accept := c.Header.Values("Accept"); !acceptable(accept) {
		return engine.Refuse(engine.NotAcceptable, "the header Accept is %q; %s, */* or none would be right", strings.Join(accept, ", "), mediaType)
	}
	if takes, _ := c.Operation.TakesBody(); takes && !strings.EqualFold(strings.TrimSpace(c.Header.Get("Content-Type")), mediaType) {
		return engine.Refuse(engine.UnsupportedMedia, "the header Content-Type is %q; %s without parameters would be right", c.Header.Get("Content-Type"), mediaType)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Query())) {
		if err := checkParameter(name); err != nil {
			return err
		}
	}
	return nil
}

// acceptable tells whether an Accept header has room for JSON:API. None at all has.
func acceptable(accept []string) bool {
	ranges := strings.Split(strings.Join(accept, ","), ",")
	if strings.TrimSpace(strings.Join(ranges, "")) == "" {
		return true
	}
	return slices.ContainsFunc(ranges, func(r string) bool {
		media, parameters, err := mime.ParseMediaType(r)
		quality, weighted := parameters["q"]
		if q, bad := strconv.ParseFloat(quality, 64); weighted && (bad != nil || q == 0) {
			return false
		}
		delete(parameters, "q")
		return err == nil && len(parameters) == 0 && (media == mediaType || media == "*/*" || media == "application/*")
	})
}

// checkParameter refuses query parameters that JSON:API does not have, and filters, which are not simulated.
func checkParameter(name string) error {
	family, member, _ := strings.Cut(name, "[")
	switch family {
	case "__code", "__example", "include", "sort":
		return nil
	case "page":
		if member != "number]" && member != "size]" {
			return refuseParameter(name, "INVALID_PAGE_OBJECT", name+" is not a page parameter; page[number] and page[size] are")
		}
		return nil
	case "fields":
		if member == "" || !strings.HasSuffix(member, "]") {
			return refuseParameter(name, "INVALID_FIELD_FORMAT", "fields needs a resource type, as in fields[orders]=number,status")
		}
		return nil
	case "filter":
		return refuseParameter(name, "FILTER_NOT_ALLOWED", "filters are not simulated")
	}
	return refuseParameter(name, "PARAM_NOT_ALLOWED", name+" is not allowed")
}

// ofTokens tells whether a call is about tokens, where plain JSON is spoken.
func ofTokens(c *engine.Call) bool {
	return c.Operation != nil && (c.Operation.ID == "createToken" || c.Operation.ID == "getJWKS")
}

// refuse is a refusal with the vendor's code, of a place in the body.
func refuse(code, pointer, message string) *engine.Error {
	e := engine.RefuseField(pointer, message, "").Coded(code)
	e.Problems[0].Keyword = ""
	return e
}

// refuseParameter is a refusal of a query parameter, with the vendor's code.
func refuseParameter(name, code, message string) *engine.Error {
	e := engine.RefuseParameter("query", name, message, "").Coded(code)
	e.Problems[0].Keyword = ""
	return e
}

// invalid is a failed validation: reason is what programs read in meta.error, message what people read.
func invalid(pointer, reason, message string) *engine.Error {
	e := engine.RefuseField(pointer, message, "").Coded(codeValidation)
	e.Problems[0].Keyword = reason
	return e
}

// limited is a failed validation of a number beyond its limit.
func limited(pointer, reason string, limit int64) *engine.Error {
	e := invalid(pointer, reason, fmt.Sprintf("must be %s %d", strings.ReplaceAll(reason, "_", " "), limit))
	e.Problems[0].Want = strconv.FormatInt(limit, 10)
	return e
}

// unknown refuses an id that leads nowhere.
func unknown(id string) *engine.Error {
	return engine.Refuse(engine.NotFound, "The record identified by %s could not be found.", id)
}

// sameID refuses a body that is about another resource than its path.
func sameID(body *string, path string) error {
	if body != nil && *body != path {
		return refuse("KEY_NOT_INCLUDED_IN_URL", "/data/id", fmt.Sprintf("is %s, but the URL is of %s", *body, path))
	}
	return nil
}

// How money is printed: cents, units, and text as people of the euro, pound or dollar write it.

func triple(a money.Amount) (cents int64, units float64, text string) {
	return a.Minor, a.Float(), formatted(a)
}

var symbols = map[string]string{"EUR": "€", "USD": "$", "GBP": "£"}

func formatted(a money.Amount) string {
	whole, fraction, _ := strings.Cut(a.Text(), ".")
	sign, digits := "", whole
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, digits = "-", rest
	}
	thousands, point := ",", "."
	if a.Currency == "EUR" {
		thousands, point = ".", ","
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + thousands + digits[i:]
	}
	if fraction != "" {
		digits += point + fraction
	}
	symbol, ok := symbols[a.Currency]
	if !ok {
		symbol = a.Currency + " "
	}
	return sign + symbol + digits
}

// taxRate is the rate contained in every price, Italy's.
var taxRate = decimal.RequireFromString("0.22")

// containedTax is the part of a price that is tax.
func containedTax(total money.Amount) money.Amount {
	net := decimal.NewFromInt(total.Minor).DivRound(taxRate.Add(decimal.NewFromInt(1)), 0)
	return money.Amount{Minor: total.Minor - net.IntPart(), Currency: total.Currency}
}
