package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"understudy/fixtures/jsonpointer"
)

// line is one line of a text; a marked one is what somebody should look at.
type line struct {
	Text   string
	Marked bool
}

const (
	longest    = 400 // bytes of a line
	mostLines  = 160 // of a body
	aroundMark = 8   // lines kept before and after a marked one
)

// indent prints JSON one member a line, and marks the lines of what the pointers name; ok is false if it is no JSON.
func indent(body []byte, pointers []string) (lines []line, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	p := &printer{decoder: d, pointers: pointers}
	if err := p.value("", 0, "", ""); err != nil {
		return nil, false
	}
	if rest, _ := io.ReadAll(io.MultiReader(d.Buffered(), bytes.NewReader(body[d.InputOffset():]))); len(bytes.TrimSpace(rest)) > 0 {
		p.lines = append(p.lines, line{"after the JSON value: " + strconv.Quote(string(body[d.InputOffset():])), true})
	}
	return p.lines, true
}

type printer struct {
	decoder  *json.Decoder
	pointers []string
	lines    []line
}

// value prints one value: at its pointer, so deep, after a lead (a member's name), before a trail (a comma).
func (p *printer) value(pointer string, depth int, lead, trail string) error {
	token, err := p.decoder.Token()
	if err != nil {
		return err
	}
	open, isDelimiter := token.(json.Delim)
	if !isDelimiter {
		text, err := json.Marshal(token)
		p.print(pointer, depth, lead+string(text)+trail)
		return err
	}
	closing := map[json.Delim]string{'{': "}", '[': "]"}[open]
	p.print(pointer, depth, lead+open.String())
	for i := 0; p.decoder.More(); i++ {
		part, name := strconv.Itoa(i), ""
		if open == '{' {
			key, err := p.decoder.Token()
			if err != nil {
				return err
			}
			part = fmt.Sprint(key)
			quoted, _ := json.Marshal(part)
			name = string(quoted) + ": "
		}
		if err := p.value(pointer+jsonpointer.Of(part), depth+1, name, ""); err != nil {
			return err
		}
		if p.decoder.More() {
			p.lines[len(p.lines)-1].Text += ","
		}
	}
	if _, err := p.decoder.Token(); err != nil {
		return err
	}
	p.lines = append(p.lines, line{strings.Repeat("  ", depth) + closing + trail, false})
	return nil
}

func (p *printer) print(pointer string, depth int, text string) {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	p.lines = append(p.lines, line{strings.Repeat("  ", depth) + text, slices.Contains(p.pointers, pointer)})
}

// shorten leaves out what is far from every marked line, where a text is long.
func shorten(lines []line) (short []line) {
	if len(lines) <= mostLines {
		return lines
	}
	keep := make([]bool, len(lines))
	for i, l := range lines {
		for j := max(0, i-aroundMark); j <= min(len(lines)-1, i+aroundMark); j++ {
			keep[j] = keep[j] || l.Marked
		}
		keep[i] = keep[i] || i < mostLines/2
	}
	left := 0
	for i, l := range lines {
		if !keep[i] {
			left++
			continue
		}
		if left > 0 {
			short, left = append(short, line{fmt.Sprintf("… %d lines", left), false}), 0
		}
		short = append(short, l)
	}
	if left > 0 {
		short = append(short, line{fmt.Sprintf("… %d lines", left), false})
	}
	return short
}
