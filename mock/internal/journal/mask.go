package journal

import (
	"regexp"
	"strings"
)

// digits finds what may be a card number: 13 to 19 digits, single spaces or hyphens between them.
var digits = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){12,18}`)

// mask hides card numbers but for their first six and last four digits, and the values of JSON or form members named in secrets.
// It works on text, so that a body which does not parse hides them too.
func mask(text string, secrets []string) string {
	if strings.IndexFunc(text, isDigit) < 0 && len(secrets) == 0 {
		return text
	}
	text = digits.ReplaceAllStringFunc(text, func(run string) string {
		if !luhn(run) {
			return run
		}
		return hideMiddle(run)
	})
	for _, name := range secrets {
		if !strings.Contains(text, name) {
			continue
		}
		q := regexp.QuoteMeta(name)
		json := regexp.MustCompile(`("` + q + `"\s*:\s*)("(?:[^"\\]|\\.)*"|[0-9.eE+-]+)`)
		text = json.ReplaceAllString(text, `${1}"***"`)
		form := regexp.MustCompile(`((?:^|&)` + q + `=)[^&]*`)
		text = form.ReplaceAllString(text, `${1}***`)
	}
	return text
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// luhn checks the sum that card numbers end in.
func luhn(run string) bool {
	sum, n := 0, 0
	for i := len(run) - 1; i >= 0; i-- {
		if !isDigit(rune(run[i])) {
			continue
		}
		d := int(run[i] - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return sum%10 == 0 && strings.Trim(run, "0 -") != ""
}

// hideMiddle keeps the first six and the last four digits, and every separator.
func hideMiddle(run string) string {
	total := 0
	for _, r := range run {
		if isDigit(r) {
			total++
		}
	}
	seen := 0
	return strings.Map(func(r rune) rune {
		if !isDigit(r) {
			return r
		}
		seen++
		if seen > 6 && seen <= total-4 {
			return '*'
		}
		return r
	}, run)
}
