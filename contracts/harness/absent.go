package harness

import (
	"fmt"
	"maps"
	"net/url"
	"slices"

	"understudy/contracts/harness/document"
)

// absent looks for properties that stand in the document and not in the answer. Where the document says when one is not told (x-absent), it may be missing; an answer that
// is only the document's example (Prefer: code=) may lack what it likes, and so may one to a request that asks for less than all.
func (c *trial) absent() {
	u, err := url.Parse(c.exchange.Request.URL)
	if c.exchange.Shape || c.media.Schema == nil || err == nil && c.op != nil && c.op.Narrowed(u.Query()) {
		return
	}
	for _, l := range c.media.Schema.Lacks(c.value) {
		if l.Schema.Absent == "" {
			c.find(RuleAbsent, "body", l.Pointer, "the document names %s, and the mock does not tell it", l.Pointer)
			continue
		}
		c.judge.need(l.Schema.Line)
	}
}

// unsent finds that a header which the document names is missing, as absent does of properties.
func (c *trial) unsent(h *document.Header) {
	switch {
	case c.exchange.Shape:
	case h.Absent == "":
		c.find(RuleAbsent, "header", h.Name, "the document names the header %s, and the mock does not send it", h.Name)
	default:
		c.judge.need(h.Line)
	}
}

// need notes that a property or header was missing where the document says that it may be.
func (j *Judge) need(line int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.needed[line] = true
}

// Needless finds each x-absent of which no answer made use, so that it excuses what never happens.
func (j *Judge) Needless() (list []Finding) {
	absent := map[int]string{} // by line
	collect := func(responses []*document.Response) {
		for _, r := range responses {
			for _, h := range r.Headers {
				if h.Absent != "" {
					absent[h.Line] = h.Absent
				}
			}
			for _, m := range r.Media {
				m.Schema.EachProperty(func(_ string, p *document.Schema) {
					if p != nil && p.Absent != "" {
						absent[p.Line] = p.Absent
					}
				})
			}
		}
	}
	for _, op := range j.Document.Operations {
		collect(op.Responses)
	}
	collect(j.Document.Refusals)
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range slices.Sorted(maps.Keys(absent)) {
		if !j.needed[line] {
			list = append(list, Finding{Rule: RuleStale, File: j.Document.File, Line: line, Exchange: -1, Readers: []string{readerOwn},
				Message: fmt.Sprintf("x-absent says %q, and every answer tells it; remove it", absent[line])})
		}
	}
	return list
}
