package harness

import (
	"strings"

	"understudy/contracts/harness/document"
)

// Place says where the document speaks of what a finding is about, and how sure it is there: the property, else what holds it, the answer, the operation.
func (j *Judge) Place(x Exchange, f *Finding) {
	c := &trial{judge: j, exchange: x}
	if c.op = j.Document.Operation(x.Operation); c.op != nil && f.In != "request" && f.Rule != RuleWrongStatus {
		if c.response = c.op.Response(x.Response.Status); c.response != nil {
			c.media = c.response.Content(x.Response.Header.Get("Content-Type"))
		}
	}
	c.place(f)
}

func (c *trial) place(f *Finding) {
	f.File = c.judge.Document.File
	if c.op != nil {
		f.Line, f.Provenance = c.op.Line, c.op.Provenance
	}
	if f.In == "request" && c.op != nil {
		c.placeRequest(f)
	}
	if c.response == nil {
		return
	}
	f.Line, f.Provenance = c.response.Line, c.response.Provenance
	if f.In == "body" && c.media != nil && c.media.Schema != nil {
		f.Line, f.Provenance = c.media.Schema.At(f.Pointer).Line, c.media.Schema.MarkAt(f.Pointer, c.response.Provenance)
	}
	if f.Rule == RuleEcho {
		f.Provenance = "assumed" // no document says that what is sent comes back
	}
	for _, h := range c.response.Headers {
		if f.In == "header" && strings.EqualFold(h.Name, f.Pointer) {
			f.Line, f.Provenance = h.Line, h.Provenance
		}
	}
}

// placeRequest finds a place of the request, as a probe names it: "body /amount", "query page".
func (c *trial) placeRequest(f *Finding) {
	in, name, _ := strings.Cut(f.Pointer, " ")
	for _, p := range c.op.Parameters {
		if p.In == in && p.Name == name && p.Line > 0 {
			f.Line, f.Provenance = p.Line, p.Provenance
		}
	}
	if s := bodySchema(c.op); in == "body" && s != nil && s.At(name).Line > 0 {
		f.Line, f.Provenance = s.At(name).Line, s.MarkAt(name, c.op.Body.Provenance)
	}
}

// bodySchema is what the document says of an operation's body in JSON, or of its first.
func bodySchema(op *document.Operation) (s *document.Schema) {
	if op.Body == nil {
		return nil
	}
	for _, m := range op.Body.Media {
		if s == nil || document.IsJSON(m.Type) {
			s = m.Schema
		}
	}
	return s
}
