package journal

import "strings"

// hideSecrets masks the values of members with the given names, whatever their case, in JSON, in forms and queries, and in multipart forms.
// It works on text, so that a body which does not parse, or whose end was cut off, hides them too.
func hideSecrets(text string, names []string) string {
	for _, name := range names {
		text = hideSecret(text, name)
	}
	return text
}

func hideSecret(text, name string) string {
	var b strings.Builder
	done := 0
	for i := 0; i+len(name) <= len(text); i++ {
		if !strings.EqualFold(text[i:i+len(name)], name) {
			continue
		}
		from, to, mask := valueOf(text, i, i+len(name))
		if from < to {
			b.WriteString(text[done:from])
			b.WriteString(mask)
			done, i = to, to-1
		}
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// valueOf finds the value of the member whose name is text[i:j], and what is to stand there instead. from == to if it is no member's name.
func valueOf(text string, i, j int) (from, to int, mask string) {
	before, after := text[:i], text[j:]
	if strings.HasSuffix(before, `"`) && strings.HasPrefix(after, `"`) {
		rest := strings.TrimLeft(after[1:], " \t\r\n")
		if strings.HasPrefix(rest, ":") {
			rest = strings.TrimLeft(rest[1:], " \t\r\n")
			from = len(text) - len(rest)
			return from, from + jsonLen(rest), `"***"`
		}
		_, body, ok := strings.Cut(after, "\r\n\r\n")
		if ok && strings.HasSuffix(strings.ToLower(before), `name="`) {
			value, _, _ := strings.Cut(body, "\r\n--")
			from = len(text) - len(body)
			return from, from + len(value), "***"
		}
		return 0, 0, ""
	}
	if before != "" && !endsIn(before, "&", "?", ";", "[", "%5b", "%5B") {
		return 0, 0, ""
	}
	for _, equals := range []string{"=", "]=", "%5d=", "%5D="} {
		if rest, ok := strings.CutPrefix(after, equals); ok {
			from = len(text) - len(rest)
			value, _, _ := strings.Cut(rest, "&")
			return from, from + len(value), "***"
		}
	}
	return 0, 0, ""
}

func endsIn(text string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(text, s) {
			return true
		}
	}
	return false
}

// jsonLen is the length of the JSON value that a text begins with, or of the text if the value does not end.
func jsonLen(text string) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"':
			if quoted = !quoted; !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case depth == 0 && strings.IndexByte(",}] \t\r\n", c) >= 0:
			return i
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}
