package contracts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
)

// agreements make a contract of each operation and each read that tells of the same thing: asked right after it, the read tells the same. The scene's memory does the comparing.
func agreements(s *harness.Stage) (list []harness.Contract) {
	if !s.Target.Mock() {
		return nil // elsewhere things happen by themselves, and ids are not to be had for the asking
	}
	all := simulated(s)
	for _, op := range all {
		for _, read := range readsOf(op, all) {
			list = append(list, contract(harness.Conformance, op, "is told alike by "+read.ID, func(scene *harness.Scene) { ask(scene, op, read) }))
		}
		if gives(op, token) {
			list = append(list, contract(harness.Conformance, op, "gives a token that is taken", func(scene *harness.Scene) { carry(scene, op, all) }))
		}
		for _, other := range all {
			if gives(op, renewal) && takes(s, other, renewal) {
				list = append(list, contract(harness.Conformance, op, "gives a token for which "+other.ID+" gives another", func(scene *harness.Scene) { renew(scene, op, other) }))
			}
		}
	}
	return list
}

// readsOf picks the reads that can be asked about what an operation answers: itself, if it is one, and one for each thing that it tells of.
func readsOf(op *document.Operation, all []*document.Operation) (list []*document.Operation) {
	for _, name := range op.Things() {
		var found *document.Operation
		for _, r := range all {
			of := r.Things()
			if r != op && isRead(r) && !ofAnother(r) && len(of) > 0 && of[0] == name && (found == nil || endsInVariable(r) && !endsInVariable(found)) {
				found = r
			}
		}
		if found != nil && !slices.Contains(list, found) {
			list = append(list, found)
		}
	}
	if isRead(op) {
		list = append(list, op)
	}
	return list
}

// token is how an answer calls what later requests carry as their credential, and renewal what a body holds for which there are new tokens.
const (
	token   = "access_token"
	renewal = "refresh_token"
)

// gives tells whether a success holds a member of a name.
func gives(op *document.Operation, name string) (gives bool) {
	for _, r := range op.Responses {
		for _, m := range r.Media {
			m.Schema.EachProperty(func(pointer string, _ *document.Schema) {
				gives = gives || r.Status >= 200 && r.Status < 300 && strings.HasSuffix(pointer, "/"+name)
			})
		}
	}
	return gives
}

// takes tells whether an operation's example has a member of a name in its body.
func takes(s *harness.Stage, op *document.Operation, name string) bool {
	members, _ := s.Target.Sample(op, "").Value.(map[string]any)
	return members[name] != nil
}

// tokenOf has an operation give a token, under one of the names. Without one, the scene ends.
func tokenOf(s *harness.Scene, op *document.Operation, name string) string {
	told := s.Send(s.Target.Sample(op, ""), "the document's example")
	var answer any
	if json.Unmarshal(told.Response.Body, &answer) != nil || find(answer, name) == "" {
		s.Skip("it gives none")
	}
	return find(answer, name)
}

// renew has an operation give a token, and another take it in its body.
func renew(s *harness.Scene, op, other *document.Operation) {
	sample, given := s.Target.Sample(other, ""), tokenOf(s, op, renewal)
	body := maps.Clone(sample.Value.(map[string]any))
	body[renewal] = given
	if told := s.Send(sample.Writing(sample.Media, body), other.ID+" with the token"); told.Response.Status >= 300 {
		s.Find(told, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("the token that %s gave is answered %d", op.ID, told.Response.Status)})
	}
}

// carry has an operation give a token, and looks for a read that takes it. It need not have the right to every one.
func carry(s *harness.Scene, op *document.Operation, all []*document.Operation) {
	given := tokenOf(s, op, token)
	var read harness.Told
	for _, other := range all {
		if !isRead(other) || other.Optional() {
			continue
		}
		sample := s.Target.Sample(other, "").Bare()
		sample.Header.Set("Authorization", "Bearer "+given)
		if read = s.Send(sample, other.ID+" with the token"); read.Response.Status != http.StatusUnauthorized {
			return
		}
	}
	s.Find(read, harness.Finding{Rule: harness.RuleWrongStatus, In: "status", Message: fmt.Sprintf("no read takes the token that %s gave", op.ID)})
}

// find looks for a member's text, however deep.
func find(v any, name string) (text string) {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := v[name].(string); ok {
			return text
		}
		for _, inner := range v {
			text = cmp.Or(text, find(inner, name))
		}
	case []any:
		for _, inner := range v {
			text = cmp.Or(text, find(inner, name))
		}
	}
	return text
}

// endsInVariable tells whether a path names the very thing that is read.
func endsInVariable(op *document.Operation) bool {
	return strings.HasSuffix(strings.TrimSuffix(op.Path, "/"), "}")
}

// ofAnother tells whether a path leads to what is read from something else that has an id: nothing in what is read says which.
func ofAnother(op *document.Operation) bool {
	return strings.Contains(op.Path, "/{id}/") && !endsInVariable(op)
}

func isRead(op *document.Operation) bool { return op.Effect == "read" && op.Method == http.MethodGet }

// ask has an operation answer, and then a read about each thing that the answer told of.
func ask(s *harness.Scene, op, read *document.Operation) {
	sample := s.Target.Sample(op, "")
	told := s.Send(sample, "the document's example")
	if told.Response.Status >= 300 {
		s.Skip("%s answers %d", op.ID, told.Response.Status)
	}
	if !askAbout(s, sample.Path, told, read) {
		s.Skip("nothing in the answer says what to ask %s for", read.ID)
	}
}

// askAgain has the reads tell, right after a write that succeeded, of the things that it told of.
func askAgain(s *harness.Scene, told harness.Told) {
	op := s.Target.Document.Operation(told.Operation)
	if op == nil || op.Effect == "read" || told.Response.Status >= 300 {
		return
	}
	_, vars := s.Target.Document.Match(op.Method, s.Target.Path(s.World, told.Request.URL))
	for _, read := range readsOf(op, simulated(s.Stage)) {
		askAbout(s, vars, told, read)
	}
}

// askAbout sends a read about each thing of an answer; it tells whether there is any.
func askAbout(s *harness.Scene, vars map[string]string, told harness.Told, read *document.Operation) bool {
	requests := about(s, vars, told, read)
	for _, r := range requests {
		s.Send(r, read.ID+" of the same")
	}
	return len(requests) > 0
}

// mostAsked is how many things of one answer are asked about.
const mostAsked = 3

// about makes a read's requests about the things of an answer: its variables are what the first request had, or what the thing calls itself.
func about(s *harness.Scene, vars map[string]string, told harness.Told, read *document.Operation) (list []document.Request) {
	foreign := func(name string) bool { return name == "id" && read.ID != told.Operation } // everything has one
	plain := s.Target.Sample(read, "")
	open := slices.DeleteFunc(slices.Collect(maps.Keys(plain.Path)), func(name string) bool {
		_, same := vars[name]
		return same && !foreign(name)
	})
	for name := range plain.Path {
		if value, same := vars[name]; same && !foreign(name) {
			plain.Path[name] = value
		}
	}
	if len(open) == 0 {
		return []document.Request{plain}
	}
	all := harness.Things(s.Target.Document.Operation(told.Operation), told.Response)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		thing := all[key]
		if thing.Name != read.Things()[0] || len(list) == mostAsked {
			continue
		}
		r := s.Target.Sample(read, "")
		maps.Copy(r.Path, plain.Path)
		for _, name := range open {
			r.Path[name] = document.Identity(thing.Name, thing.Members)
			if own, ok := thing.Members[name]; ok && own != nil {
				r.Path[name] = fmt.Sprint(own)
			}
		}
		list = append(list, r)
	}
	return list
}
