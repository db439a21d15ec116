package contracts

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
	"understudy/fixtures/jsonpointer"
)

// conformance makes a contract of every operation, declared status and media type, of every other way to ask for the success, and of what the document says about requests that meet nothing.
func conformance(s *harness.Stage) (list []harness.Contract) {
	for _, op := range simulated(s) {
		for _, r := range op.Responses {
			if r.Status == 0 {
				continue // default: stands for statuses that nobody can name
			}
			for _, media := range mediaTypes(r) {
				list = append(list, contract(harness.Conformance, op, answers(r, media), func(scene *harness.Scene) { bring(scene, op, r, media) }))
			}
		}
		list = append(list, variants(s, op)...)
	}
	if s.Target.Mock() {
		list = append(list, strays(s)...)
		if op := s.Target.Document.Operation(s.About.Call.Operation); op != nil {
			list = append(list, contract(harness.Conformance, op, "answers the page's own call with every documented field", func(scene *harness.Scene) { whole(scene, op) }))
		}
	}
	return list
}

// whole plays the call of the vendor's page: every field that the page documents is expected in the mock's answer, whether its schema requires it or not. The judge asks that of every
// answer; here neither x-absent nor an empty list is an excuse.
func whole(s *harness.Scene, op *document.Operation) {
	var about struct{ Call harness.Call }
	if err := s.Control("GET", "/providers/"+s.Target.Provider, nil, &about); err != nil {
		s.Skip("%v", err)
	}
	told := s.SendCall(about.Call, op)
	if s.Untaken(told) {
		s.Skip("the profile %s does not take the page's own call", s.Target.Document.Profile)
	}
	r := op.Response(about.Call.Status)
	if told.Response.Status != about.Call.Status || r == nil {
		s.Find(told, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("the page's call is answered %d, not %d", told.Response.Status, about.Call.Status)})
		return
	}
	media := r.Content(told.Response.Header.Get("Content-Type"))
	if media == nil {
		return // the judge has said so
	}
	var seen harness.Coverage
	found := s.Judge.Judge(told.Exchange, &seen)
	var without []string // what is missing, with all below it
	media.Schema.EachProperty(func(pointer string, p *document.Schema) {
		cell := harness.Cell{Provider: op.Provider, Operation: op.ID, Status: r.Status, Media: media.Type, Property: pointer}
		if seen.Of(cell).Real > 0 || slices.ContainsFunc(without, func(above string) bool { return strings.HasPrefix(pointer, above+"/") }) {
			return
		}
		known := slices.ContainsFunc(found, func(f harness.Finding) bool { is, _ := path.Match(pointer, f.Pointer); return is })
		if p.Provenance == "documented" && !known {
			s.Find(told, harness.Finding{Rule: harness.RuleAbsent, In: "body", Pointer: pointer, Line: p.Line, File: s.Target.Document.File, Provenance: p.Provenance,
				Message: "the page documents it, and the mock does not tell it in answer to the page's own call"})
		}
		without = append(without, pointer)
	})
}

// simulated lists the operations that a target can be asked: the mock declines some, and says so.
func simulated(s *harness.Stage) (ops []*document.Operation) {
	for _, op := range s.Target.Document.Operations {
		if _, declined := s.About.Declined[op.ID]; !declined {
			ops = append(ops, op)
		}
	}
	return ops
}

func contract(kind harness.Kind, op *document.Operation, name string, play func(*harness.Scene)) harness.Contract {
	return harness.Contract{Play: play, Entry: harness.Entry{Provider: op.Provider, Operation: op.ID, Kind: kind, Effect: op.Effect, Name: name}}
}

func mediaTypes(r *document.Response) []string {
	if len(r.Media) == 0 {
		return []string{""}
	}
	var names []string
	for _, m := range r.Media {
		names = append(names, m.Type)
	}
	return names
}

func answers(r *document.Response, media string) string {
	if media == "" {
		return fmt.Sprintf("answers %d without a body", r.Status)
	}
	return fmt.Sprintf("answers %d as %s", r.Status, media)
}

// way is a request that may well bring a status.
type way struct {
	note    string
	request document.Request
	twice   bool // it is the second time that does
	certain bool // it cannot but bring it, on the mock
}

// bring tries what brings a status, and then, on the mock, asks for it outright. What is answered on the way is judged all the same.
func bring(s *harness.Scene, op *document.Operation, r *document.Response, media string) {
	var told harness.Told
	tried := ways(s, op, r.Status, media)
	for _, w := range tried {
		if w.twice {
			s.Send(w.request, w.note+", the first time")
		}
		told = s.Send(w.request, w.note)
		if told.Response.Status == r.Status && (media == "" || mediaIs(told, media)) {
			return
		}
		if unknown := unlisted(s, w.request, told); unknown != "" && r.Status < 300 {
			s.Skip("the sandbox does not know the document's example; list an id of its own under ids.%s", unknown)
		}
		if r.Status < 300 {
			if told.Sound() { // else it is told already what is wrong with it
				s.Find(told, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("the document's own example is answered %d, not %d", told.Response.Status, r.Status)})
			}
			return
		}
	}
	if !s.Target.Mock() {
		s.Skip("nothing that the document says brings %d", r.Status)
	}
	if len(tried) > 0 && (tried[len(tried)-1].certain || slices.Contains(certain, r.Status)) {
		s.Find(told, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("%s, and it is answered %d; %d would be right", tried[len(tried)-1].note, told.Response.Status, r.Status)})
	}
	sample := s.Target.Sample(op, "")
	sample.Header.Set("Prefer", fmt.Sprintf("code=%d", r.Status))
	if media != "" {
		sample.Header.Set("Accept", media)
	}
	told = s.Send(sample, fmt.Sprintf("Prefer: code=%d", r.Status))
	if told.Response.Status != r.Status || media != "" && !mediaIs(told, media) {
		s.Find(told, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("asked for %d as %s, it answers %d as %s",
			r.Status, media, told.Response.Status, told.Response.Header.Get("Content-Type"))})
		return
	}
	exemplary(s, told, r)
}

// exemplary holds an answer that only Prefer brings to the document's examples: each of their members stands in it, whichever example it is.
func exemplary(s *harness.Scene, told harness.Told, r *document.Response) {
	media := r.Content(told.Response.Header.Get("Content-Type"))
	var answer map[string]any
	if media == nil || len(media.Examples) == 0 || json.Unmarshal(told.Response.Body, &answer) != nil {
		return
	}
	var lacking []string
	for _, e := range media.Examples {
		shown, _ := e.Value.(map[string]any)
		lacking = nil
		for _, name := range slices.Sorted(maps.Keys(shown)) {
			if _, there := answer[name]; !there {
				lacking = append(lacking, name)
			}
		}
		if len(lacking) == 0 {
			return
		}
	}
	s.Find(told, harness.Finding{Rule: harness.RuleAbsent, In: "body", Pointer: jsonpointer.Of(lacking[0]), Message: fmt.Sprintf("asked for its example, it leaves out %s", strings.Join(lacking, ", "))})
}

// unlisted is the path variable for which a sandbox that answers 404 was given no id of its own.
func unlisted(s *harness.Scene, r document.Request, told harness.Told) string {
	if told.Response.Status != http.StatusNotFound || !told.Sound() {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(r.Path)) {
		if !s.Target.Lists(name) {
			return name
		}
	}
	return ""
}

func mediaIs(t harness.Told, media string) bool {
	return strings.HasPrefix(strings.ToLower(t.Response.Header.Get("Content-Type")), strings.ToLower(media))
}

// certain are the statuses that a mock's declared operation cannot but give, once it is asked in the way that HTTP has for it.
var certain = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}

// ways lists what may bring a status, by what HTTP and the document say of it.
func ways(s *harness.Scene, op *document.Operation, status int, media string) (list []way) {
	sample := s.Target.Sample(op, "")
	if media != "" {
		sample = sample.Accepting(media)
	}
	switch {
	case status < 300:
		if first := slices.IndexFunc(op.Responses, func(r *document.Response) bool { return r.Status >= 200 && r.Status < 300 }); op.Responses[first].Status == status {
			list = append(list, way{note: "the document's example", request: sample})
		}
	case status == http.StatusUnauthorized && !op.Optional():
		list = append(list, way{note: "no credential", request: sample.Bare()})
	case status == http.StatusForbidden && s.Target.Mock() && !op.Optional():
		list = append(list, way{note: "a credential without the right", request: sample.Carrying(op.Security[0][0], "no-scope")})
	case status == http.StatusNotFound:
		for _, p := range op.Parameters {
			if p.In == "query" && p.Name == "cursor" {
				list = append(list, way{note: "query cursor is nobody's", request: sample.With(p, "understudy-none")})
			}
			if p.In == "path" && p.Schema != nil { // not one of the server's: a tenant may come into being when it is named
				list = append([]way{{note: "path " + p.Name + " is unknown", request: sample.With(p, another(sample.Path[p.Name]))}}, list...)
			}
		}
	case status == http.StatusConflict && op.Effect != "read" && sample.Body != nil && s.Target.Mock():
		list = append(list, way{note: "the document's example once more", request: sample, twice: true})
	case status == http.StatusNotAcceptable:
		list = append(list, way{note: "Accept: text/understudy-none", request: sample.Accepting("text/understudy-none")})
	case status == http.StatusRequestEntityTooLarge && sample.Body != nil && s.Target.Mock():
		list = append(list, way{note: "a body of 4 MB", request: sample.Sending([]byte(`{"understudy_none":"` + strings.Repeat("x", 4<<20) + `"}`))})
	case status == http.StatusUnsupportedMediaType && sample.Body != nil:
		r := sample.Sending(sample.Body)
		r.Header.Set("Content-Type", "text/plain")
		list = append(list, way{note: "a body of type text/plain", request: r})
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity:
		for _, p := range op.Probes(sample) {
			if p.Certain && len(list) < 3 {
				list = append(list, way{note: p.Place + " " + p.What, request: p.Request})
			}
		}
		if harness.IsJSONAPI(op) && status == http.StatusBadRequest { // which has it refused, whatever the document says
			stray := sample.With(&document.Parameter{In: "query", Name: "understudynone"}, "1")
			list = append(list, way{note: "query understudynone is of no family that JSON:API knows", request: stray, certain: true})
		}
	}
	return list
}

// another is a text of the same shape that nothing is called by.
func another(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '7'
		case r >= 'a' && r <= 'z':
			return 'q'
		case r >= 'A' && r <= 'Z':
			return 'Q'
		}
		return r
	}, text)
}

// variants ask for the success in every other way that the document offers: other media types of the body, and the optional parameters, one by one and all at once.
func variants(s *harness.Stage, op *document.Operation) (list []harness.Contract) {
	succeed := func(name string, r document.Request) {
		list = append(list, contract(harness.Conformance, op, name, func(scene *harness.Scene) {
			told := scene.Send(r, name)
			if status := told.Response.Status; status < 200 || status >= 300 {
				scene.Find(told, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("what the document offers is answered %d", status)})
			}
		}))
	}
	if op.Body != nil {
		first := s.Target.Sample(op, "").Media
		for _, m := range op.Body.Media {
			if m.Type != first {
				succeed("takes "+m.Type, s.Target.Sample(op, m.Type))
			}
		}
	}
	sample := s.Target.Sample(op, "")
	for _, p := range op.Parameters {
		if p.Required && p.In != "path" && p.Defaulted() {
			list = append(list, contract(harness.Conformance, op, "is asked without "+p.In+" "+p.Name+", which has a default", func(scene *harness.Scene) { leaveOut(scene, sample, p) }))
		}
	}
	if !s.Target.Mock() {
		return list
	}
	all, optional := sample, 0
	for _, p := range op.Parameters {
		if p.In == "query" && !p.Required && p.Example != nil {
			all, optional = all.With(p, p.Example), optional+1
			succeed("takes "+p.Name+" alone", sample.With(p, p.Example)) // one may leave out what another asks for
		}
	}
	if optional > 1 {
		succeed("takes every optional parameter", all)
	}
	return list
}

// leaveOut leaves out what is required and has a default. The document may be read either way: the default is taken, or it is refused, as declared.
func leaveOut(s *harness.Scene, sample document.Request, p *document.Parameter) {
	told := s.Send(sample.Without(p), fmt.Sprintf("%s %s is left out", p.In, p.Name))
	if status := told.Response.Status; told.Sound() && (status >= 300 && status < 400 || status >= 400 && !slices.Contains(fitting(p.In), status)) {
		s.Find(told, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("%s %s has a default, and leaving it out is answered %d; a success or %v would be right", p.In, p.Name, status, fitting(p.In))})
	}
}

// strays are requests that meet no operation; the document says what answers them.
func strays(s *harness.Stage) (list []harness.Contract) {
	op := s.Target.Document.Operations[0]
	sample := s.Target.Sample(op, "")
	nowhere, method := sample, sample
	nowhere.RawPath = strings.TrimSuffix(op.Path, "/") + "/understudy-none/x"
	for name, v := range sample.Path {
		nowhere.RawPath = strings.ReplaceAll(nowhere.RawPath, "{"+name+"}", v)
	}
	method.Method = "BREW"
	for note, r := range map[string]document.Request{"answers an unknown path": nowhere, "answers an unknown method": method} {
		list = append(list, harness.Contract{
			Entry: harness.Entry{Provider: op.Provider, Operation: "anything", Kind: harness.Conformance, Effect: "read", Name: note + " as declared"},
			Play: func(scene *harness.Scene) {
				if told := scene.SendAstray(r, note); told.Response.Status < 400 {
					scene.Find(told, harness.Finding{Rule: harness.RuleAccepted, In: "status", Message: fmt.Sprintf("what is nowhere declared is answered %d", told.Response.Status)})
				}
			},
		})
	}
	slices.SortFunc(list, func(a, b harness.Contract) int { return strings.Compare(a.Name, b.Name) })
	return list
}
