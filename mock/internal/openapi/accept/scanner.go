package accept

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// scanner reads JSON once from front to back beside an acceptor. Each method moves over what it reads, and tells whether that is sure to be in
// order; the first false ends the reading.
type scanner struct {
	bytes     []byte
	at        int
	depth     int
	strangers bool // a member was met that its object's schema does not name
}

// deepest bounds how far values may lie within each other, and schemas within schemas on one value.
const deepest = 200

// next is the first byte of what comes, after white space; 0 at the end.
func (s *scanner) next() byte {
	for s.at < len(s.bytes) {
		switch c := s.bytes[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) ends() bool { return s.next() == 0 && s.at == len(s.bytes) }

// skip moves over a byte, if it comes next.
func (s *scanner) skip(c byte) bool {
	if s.next() != c {
		return false
	}
	s.at++
	return true
}

// value reads one value, and compares it with what is said of it; a nil acceptor takes anything.
func (s *scanner) value(a *acceptor) bool {
	if s.depth == deepest {
		return false
	}
	s.depth++
	ok := s.compared(a)
	s.depth--
	return ok
}

func (s *scanner) compared(a *acceptor) bool {
	if a == nil {
		return s.any()
	}
	first := s.next()
	start := s.at
	switch {
	case a.ask != nil:
		return s.any() && a.ask(s.bytes[start:s.at])
	case first == 'n' && a.takes&null != 0:
		return s.literal("null")
	}
	strangers := s.strangers
	for _, each := range a.all {
		if s.at = start; !s.value(each) {
			return false
		}
	}
	if len(a.either) > 0 && !s.either(a, start) {
		return false
	}
	if a.only && len(a.all)+len(a.either) > 0 {
		return true
	}
	s.at, s.strangers = start, strangers // a knows what the others name
	return s.own(a, first)
}

func (s *scanner) either(a *acceptor, start int) bool {
	strangers := s.strangers
	for _, each := range a.either {
		if s.at, s.strangers = start, strangers; s.value(each) {
			return true
		}
	}
	return false
}

// own compares a value with what a schema says by itself.
func (s *scanner) own(a *acceptor, first byte) bool {
	switch first {
	case '{':
		return a.takes&object != 0 && s.object(a)
	case '[':
		return a.takes&list != 0 && s.list(a)
	case '"':
		return a.takes&words != 0 && s.words(a)
	case 't':
		return a.takes&truth != 0 && s.literal("true")
	case 'f':
		return a.takes&truth != 0 && s.literal("false")
	case 'n':
		return false
	}
	return a.takes&number != 0 && s.number(a)
}

// anything is what any compares lists and objects with.
var anything = acceptor{many: math.MaxInt}

// any reads one value of any kind.
func (s *scanner) any() bool {
	switch s.next() {
	case '{':
		return s.object(&anything)
	case '[':
		return s.list(&anything)
	case '"':
		_, _, ok := s.quoted()
		return ok
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	_, _, ok := s.digits()
	return ok
}

func (s *scanner) literal(word string) bool {
	if !bytes.HasPrefix(s.bytes[s.at:], []byte(word)) {
		return false
	}
	s.at += len(word)
	return true
}

func (s *scanner) object(a *acceptor) bool {
	var seen memberSet
	s.at++
	for more := s.next() != '}'; more; more = s.skip(',') {
		if s.next() != '"' {
			return false
		}
		name, escaped, ok := s.quoted()
		if !ok || !s.skip(':') {
			return false
		}
		value := a.others
		if m, named := a.members[string(name)]; named {
			if m.hidden || seen.has(m.index) {
				return false
			}
			seen.add(m.index)
			value = m.value
		} else if a.closed || escaped {
			return false
		} else {
			s.strangers = true
		}
		if !s.value(value) {
			return false
		}
	}
	return s.skip('}') && seen.holds(a.required)
}

func (s *scanner) list(a *acceptor) bool {
	s.at++
	n := 0
	for more := s.next() != ']'; more; more = s.skip(',') {
		if !s.value(a.items) {
			return false
		}
		n++
	}
	return s.skip(']') && n >= a.few && n <= a.many
}

// words reads a string.
func (s *scanner) words(a *acceptor) bool {
	raw, escaped, ok := s.quoted()
	if !ok {
		return false
	}
	if a.words == nil && a.valid == nil && a.least == 0 && a.most >= len(raw) {
		return true
	}
	if escaped {
		var plain string
		if json.Unmarshal(s.bytes[s.at-len(raw)-2:s.at], &plain) != nil {
			return false
		}
		raw = []byte(plain)
	}
	if a.words != nil && !a.words[string(raw)] {
		return false
	}
	if n := utf8.RuneCount(raw); n < a.least || n > a.most {
		return false
	}
	return a.valid == nil || a.valid(string(raw))
}

// quoted reads a string and returns what stands between its quotes, and whether escapes are among it.
func (s *scanner) quoted() (raw []byte, escaped, ok bool) {
	start := s.at + 1
	for i := start; i < len(s.bytes); i++ {
		switch c := s.bytes[i]; {
		case c == '"':
			s.at = i + 1
			return s.bytes[start:i], escaped, true
		case c < ' ':
			return nil, false, false
		case c == '\\':
			escaped = true
			n := escape(s.bytes[i+1:])
			if n == 0 {
				return nil, false, false
			}
			i += n
		}
	}
	return nil, false, false
}

// escape is how long the escape is whose backslash was just read; 0 if it is none.
func escape(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case bytes.IndexByte([]byte(`"\/bfnrt`), b[0]) >= 0:
		return 1
	case b[0] == 'u' && len(b) > 4:
		if _, err := strconv.ParseUint(string(b[1:5]), 16, 16); err == nil {
			return 5
		}
	}
	return 0
}

// number reads a number, if it is one of the everyday kind whose value is beyond doubt.
func (s *scanner) number(a *acceptor) bool {
	raw, everyday, ok := s.digits()
	if !ok || !everyday || a.whole && bytes.IndexByte(raw, '.') >= 0 {
		return false
	}
	if a.bounded {
		n, err := strconv.ParseFloat(string(raw), 64)
		return err == nil && a.min <= n && n <= a.max
	}
	return true
}

// digits reads a number. An everyday one is short, and without an exponent.
func (s *scanner) digits() (raw []byte, everyday, ok bool) {
	start := s.at
	run := func() int {
		from := s.at
		for s.at < len(s.bytes) && '0' <= s.bytes[s.at] && s.bytes[s.at] <= '9' {
			s.at++
		}
		return s.at - from
	}
	at := func(c byte) bool {
		if s.at < len(s.bytes) && s.bytes[s.at] == c {
			s.at++
			return true
		}
		return false
	}
	at('-')
	if !at('0') && run() == 0 {
		return nil, false, false
	}
	if at('.') && run() == 0 {
		return nil, false, false
	}
	everyday = s.at-start <= 15
	if at('e') || at('E') {
		everyday = false
		_ = at('+') || at('-')
		if run() == 0 {
			return nil, false, false
		}
	}
	return s.bytes[start:s.at], everyday, true
}
