package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"understudy/contracts/harness/document"
)

// skew is how far a sandbox's clock may be from ours.
const skew = time.Minute

// outlasting finds what an answer tells to last longer than the document says (x-lifetime), by the clock after it was told. A recording does not tell what time it was there.
func (s *Scene) outlasting(x Exchange) (list []Finding) {
	media := s.Judge.tellsEnds(x)
	if media == nil || s.Target.Name == TargetRecordings {
		return nil
	}
	value, _, err := decoded(x.Response.Body)
	if err != nil {
		return nil
	}
	now, err := s.clock(x)
	if err != nil {
		s.Skip("the clock cannot be read: %v", err)
	}
	document.Visit{Declared: func(pointer, _ string, p *document.Schema, v any) {
		if p.Lifetime == nil {
			return
		}
		if left, told := lasts(v, now); told && left > p.Lifetime.Most {
			list = append(list, Finding{Rule: RuleLifetime, In: "body", Pointer: pointer, File: s.Target.Document.File, Line: p.Line, Provenance: p.Lifetime.Provenance,
				Exchange: -1, Readers: []string{readerOwn}, Message: fmt.Sprintf("it lasts %s from now; the document says %s at most", left, p.Lifetime.Most)})
		}
	}}.Walk(media.Schema, value)
	return list
}

// tellsEnds is the body of an answer, if the document says of something in it how long it lasts; else nil.
func (j *Judge) tellsEnds(x Exchange) *document.Media {
	op := j.Document.Operation(x.Operation)
	if op == nil || x.Shape || op.Response(x.Response.Status) == nil {
		return nil
	}
	media := op.Response(x.Response.Status).Content(x.Response.Header.Get("Content-Type"))
	if media == nil || !document.IsJSON(media.Type) {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	ends, known := j.ending[media]
	if !known {
		media.Schema.EachProperty(func(_ string, p *document.Schema) { ends = ends || p != nil && p.Lifetime != nil })
		j.ending[media] = ends
	}
	if !ends {
		return nil
	}
	return media
}

// clock is what time it is where an answer came from: a mock's world has a clock of its own.
func (s *Scene) clock(x Exchange) (time.Time, error) {
	if !s.Target.Mock() {
		return x.At.Add(x.Took + skew), nil
	}
	var world struct{ Now time.Time }
	err := s.Control(http.MethodGet, "/clock", nil, &world)
	return world.Now, err
}

// lasts is how long something still lasts whose end is told as a moment, or which is told to last for so many seconds. told is false if it is neither.
func lasts(end any, now time.Time) (left time.Duration, told bool) {
	switch end := end.(type) {
	case json.Number:
		seconds, err := end.Float64()
		return time.Duration(seconds * float64(time.Second)), err == nil
	case string:
		moment, err := time.Parse(time.RFC3339, end)
		return moment.Sub(now), err == nil
	}
	return 0, false
}
