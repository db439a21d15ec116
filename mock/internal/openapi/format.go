package openapi

import (
	"errors"
	"net/mail"
	"net/url"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/shopspring/decimal"
)

// kin-openapi checks a format only if it was told how. These hold for the whole process.
func init() {
	define := func(name string, check func(string) error) {
		openapi3.DefineStringFormatValidator(name, openapi3.NewCallbackValidator(check))
	}
	define("date-time", func(s string) error {
		if _, err := time.Parse(time.RFC3339Nano, s); err != nil {
			return errors.New("is not a date-time of RFC 3339, such as 2026-01-31T09:30:00Z")
		}
		return nil
	})
	define("date", func(s string) error {
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return errors.New("is not a date, such as 2026-01-31")
		}
		return nil
	})
	define("uri", func(s string) error {
		if u, err := url.Parse(s); err != nil || u.Scheme == "" || (u.Host == "" && u.Opaque == "") {
			return errors.New("is not an absolute URI, such as https://example.test/path")
		}
		return nil
	})
	define("email", func(s string) error {
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
			return errors.New("is not an e-mail address, such as ada@example.test")
		}
		return nil
	})
	define("decimal", func(s string) error {
		if _, err := decimal.NewFromString(s); err != nil {
			return errors.New("is not a decimal, such as 19.99")
		}
		return nil
	})
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC4122))
}
