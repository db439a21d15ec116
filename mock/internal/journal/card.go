package journal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"understudy/fixtures/luhn"
)

// hideCards masks every card number in a text but for its first six and last four digits. It works on text, so that a body which does not
// parse hides them too.
//
// A card number is 13 to 19 digits with an issuer's beginning and a right check digit, as a word of its own or in the groups that are printed
// on cards. Digits within a longer word (an id, a hash, a fraction) are none, so that order numbers and times stay readable.
func hideCards(text string) string {
	var out []byte
	// The first group of a number has four digits at least, so a look at every fourth byte is enough to find it.
	for i := 3; i < len(text); i += 4 {
		if !isDigit(text[i]) {
			continue
		}
		from, to, n := i, i, 0
		for from > 0 && joins(text[from-1]) {
			from--
		}
		for ; to < len(text) && joins(text[to]); to++ {
		}
		for _, c := range []byte(text[from:to]) {
			if isDigit(c) {
				n++
			}
		}
		if n >= 13 {
			for ; from > 0 && !parts(text[from-1]); from-- {
			}
			for ; to < len(text) && !parts(text[to]); to++ {
			}
			if out == nil {
				out = []byte(text)
			}
			hideWords(out, text[:to], from, true)
			if strings.Contains(text[from:to], "%") { // which may be just a percent sign
				hideWords(out, text[:to], from, false)
			}
		}
		i = to
	}
	if out == nil {
		return text
	}
	return string(out)
}

// joins tells the bytes that a number in groups is made of.
func joins(c byte) bool { return isDigit(c) || c == ' ' || c == '-' || c == '+' || c == '%' }

// parts tells the bytes that belong neither to a word nor to an escape nor between the groups of a number.
func parts(c byte) bool {
	return c < utf8.RuneSelf && !joins(c) && c != '.' && c != '\\' && c != '_' && (c|0x20 < 'a' || c|0x20 > 'z')
}

// hideWords masks the card numbers in text[at:], writing to out. What looks like an escape of a URL is read as one or not.
func hideWords(out []byte, text string, at int, url bool) {
	var row []group // of digits, with one space or hyphen between each two
	for last := at; ; {
		from, to := word(text, last, url)
		if from == to || !spaces(text[last:from]) || !onlyDigits(text[from:to]) {
			hideRow(out, text, row)
			row = row[:0]
		}
		if from == to {
			return
		}
		if onlyDigits(text[from:to]) {
			row = append(row, groups(text, from, to)...)
		}
		last = to
	}
}

// group is a run of digits. It is whole if it is a word by itself.
type group struct {
	from, to int
	whole    bool
}

// groups parts a word of digits at its hyphens.
func groups(text string, from, to int) []group {
	whole := !strings.Contains(text[from:to], "-")
	var list []group
	for {
		i := strings.IndexByte(text[from:to], '-')
		if i < 0 {
			return append(list, group{from, to, whole})
		}
		list, from = append(list, group{from, from + i, whole}), from+i+1
	}
}

// printed are the groups in which cards show their numbers.
var printed = [][]int{{4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 1}, {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {4, 3, 3, 3}}

// hideRow masks the card numbers in a row of groups.
func hideRow(out []byte, text string, row []group) {
	for len(row) > 0 {
		n := 0
		if length := row[0].to - row[0].from; row[0].whole && length >= 13 {
			n = hideNumber(out, text, row, []int{length})
		}
		for i := 0; n == 0 && i < len(printed); i++ {
			n = hideNumber(out, text, row, printed[i])
		}
		row = row[max(n, 1):]
	}
}

// hideNumber masks the card number that a row begins with in groups of the given lengths, and returns how many they are; 0 if it is none.
func hideNumber(out []byte, text string, row []group, lengths []int) int {
	var digits [19]byte
	var at [19]int
	n := 0
	for i, length := range lengths {
		if i == len(row) || row[i].to-row[i].from != length || n+length > len(at) {
			return 0
		}
		for k := row[i].from; k < row[i].to; k++ {
			digits[n], at[n] = text[k], k
			n++
		}
	}
	if !luhn.Card(digits[:n]) {
		return 0
	}
	for _, k := range at[6 : n-4] {
		out[k] = '*'
	}
	return len(lengths)
}

// word finds the next word in text[at:]: letters, digits and underscores, with single dots and hyphens within. Escapes of JSON and of URLs
// part words. from == to means that there is none.
func word(text string, at int, url bool) (from, to int) {
	for at < len(text) {
		if n := escape(text, at, url); n > 0 {
			at += n
			continue
		}
		n := wordRune(text, at)
		if n > 0 {
			break
		}
		at++
	}
	from = at
	for at < len(text) {
		n := wordRune(text, at)
		if n == 0 && (text[at] == '-' || text[at] == '.') && wordRune(text, at+1) > 0 {
			n = 1
		}
		if n == 0 {
			break
		}
		at += n
	}
	return from, at
}

// wordRune is the width of the letter, digit or underscore at a place of a text; 0 if there is none.
func wordRune(text string, at int) int {
	if at >= len(text) {
		return 0
	}
	r, n := rune(text[at]), 1
	if r >= utf8.RuneSelf {
		r, n = utf8.DecodeRuneInString(text[at:])
	}
	if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
		return n
	}
	return 0
}

// escape is the width of the escape at a place of a text, %2F, \n or \u002f; 0 if there is none.
func escape(text string, at int, url bool) int {
	hex := func(from, to int) bool {
		return to <= len(text) && strings.Trim(text[from:to], "0123456789abcdefABCDEF") == ""
	}
	switch {
	case text[at] == '%' && url && hex(at+1, at+3):
		return 3
	case text[at] != '\\' || at+1 == len(text):
		return 0
	case text[at+1] == 'u' && hex(at+2, at+6):
		return 6
	case strings.IndexByte(`"\/bfnrt`, text[at+1]) >= 0:
		return 2
	}
	return 0
}

// spaces tells whether what stands between two words is one space, written plainly or as in a form or a URL.
func spaces(between string) bool { return between == " " || between == "+" || between == "%20" }

func onlyDigits(word string) bool { return strings.Trim(word, "0123456789-") == "" }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
