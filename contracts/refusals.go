package contracts

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"understudy/contracts/harness"
	"understudy/contracts/harness/document"
)

// refusals makes a contract of each place of each operation's request: whatever the document forbids there is refused, as declared. Any 4xx is not enough: it has to be one that the operation
// declares, its body has to be as declared, and it must not be about something else (a credential, say, where the body is wrong).
func refusals(s *harness.Stage) (list []harness.Contract) {
	for _, op := range simulated(s) {
		sample := s.Target.Sample(op, "")
		list = append(list, refusal(op, "credential", credentials(s, op, sample)))
		list = append(list, refusal(op, "media type", mediaProbes(op, sample)))
		list = append(list, places(op, "", op.Probes(sample))...)
		if op.Body == nil {
			continue
		}
		for _, m := range op.Body.Media {
			if other := s.Target.Sample(op, m.Type); m.Type != sample.Media {
				only := slices.DeleteFunc(op.Probes(other), func(p document.Probe) bool { return !strings.HasPrefix(p.Place, "body") })
				list = append(list, places(op, " ("+m.Type+")", only)...)
			}
		}
	}
	return slices.DeleteFunc(list, func(c harness.Contract) bool { return c.Play == nil })
}

// attempt is a request that has to be refused.
type attempt struct {
	document.Probe
	statuses []int // those that fit; none: any that is about what was sent
}

// places makes a contract of each place that probes break.
func places(op *document.Operation, suffix string, probes []document.Probe) (list []harness.Contract) {
	var order []string
	byPlace := map[string][]attempt{}
	for _, p := range probes {
		if byPlace[p.Place] == nil {
			order = append(order, p.Place)
		}
		byPlace[p.Place] = append(byPlace[p.Place], attempt{Probe: p})
	}
	for _, place := range order {
		list = append(list, refusal(op, place+suffix, byPlace[place]))
	}
	return list
}

// refusal is the contract of one place. Nothing to try makes no contract.
func refusal(op *document.Operation, place string, attempts []attempt) harness.Contract {
	if len(attempts) == 0 {
		return harness.Contract{}
	}
	return contract(harness.Refusals, op, "refuses a wrong "+place, func(s *harness.Scene) {
		tried := 0
		for _, a := range attempts {
			if a.statuses == nil && s.Target.Mock() {
				a.statuses = fitting(a.Place)
			}
			if a.Certain || s.Judge.Forbids(op, a.Request) {
				tried++
				try(s, op, a)
			}
		}
		if tried == 0 {
			s.Skip("every wrong %s that was made is permitted by one alternative or another", place)
		}
	})
}

// fitting are the statuses that speak of a place of the request. A vendor may have others; the mock has to be exact.
func fitting(place string) []int {
	if strings.HasPrefix(place, "path") {
		return []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity}
	}
	return []int{http.StatusBadRequest, http.StatusUnprocessableEntity}
}

// notAbout are statuses that speak of something else than what was sent.
var notAbout = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusTooManyRequests}

// try sends what has to be refused.
func try(s *harness.Scene, op *document.Operation, a attempt) {
	told := s.Send(a.Request, a.Place+" "+a.What)
	status := told.Response.Status
	finding := harness.Finding{In: "request", Pointer: a.Place, Message: fmt.Sprintf("%s %s, and it is answered %d", a.Place, a.What, status)}
	switch {
	case status == 0:
		return // the judge has said so
	case status >= 500:
		finding.Rule = harness.RuleServerError
	case status < 400:
		finding.Rule = harness.RuleAccepted
	case a.statuses != nil && !slices.Contains(a.statuses, status), a.statuses == nil && slices.Contains(notAbout, status):
		finding.Rule = harness.RuleWrongStatus
		if a.statuses != nil {
			finding.Message += fmt.Sprintf("; %v would be right", a.statuses)
		}
	default:
		return
	}
	placed := finding
	s.Judge.Place(told.Exchange, &placed)
	finding.Provenance = harness.Weaker(placed.Provenance, promised(op, a))
	s.Find(told, finding)
}

// promised is how sure the document is that an attempt is refused at all: the mark of the surest refusal that fits. Where a page says what is right, it need not say what becomes
// of what is wrong.
func promised(op *document.Operation, a attempt) (mark string) {
	statuses := a.statuses
	if statuses == nil {
		statuses = fitting(a.Place)
	}
	for _, status := range statuses {
		if r := op.Response(status); r != nil && (mark == "" || harness.Sure(r.Provenance, mark)) {
			mark = r.Provenance
		}
	}
	return mark
}

// credentials are missing, of another scheme, empty, and, on the mock, those that are refused on purpose.
func credentials(s *harness.Stage, op *document.Operation, sample document.Request) (list []attempt) {
	if op.Optional() {
		return nil
	}
	refuse := func(what string, r document.Request, statuses ...int) {
		list = append(list, attempt{document.Probe{Place: "credential", What: what, Request: r, Certain: true}, statuses})
	}
	refuse("is missing", sample.Bare(), http.StatusUnauthorized)
	for _, scheme := range op.Security[0] {
		if scheme.Type == "http" || strings.EqualFold(scheme.Key, "Authorization") {
			for _, odd := range []string{"Bearer", "Token " + document.Accepted, "Basic !!!", document.Accepted} {
				r := sample.Bare()
				r.Header.Set("Authorization", odd)
				refuse(fmt.Sprintf("is sent as %q", odd), r, http.StatusUnauthorized)
			}
		} else {
			refuse("is empty", sample.Carrying(scheme, ""), http.StatusUnauthorized)
		}
		if s.Target.Mock() {
			for _, bad := range []string{"expired", "revoked", "invalid"} {
				refuse("is "+bad, sample.Carrying(scheme, bad), http.StatusUnauthorized)
			}
			refuse("has not the right", sample.Carrying(scheme, "no-scope"), http.StatusForbidden, http.StatusUnauthorized)
		} else {
			refuse("is nobody's", sample.Carrying(scheme, harness.Nobody), http.StatusUnauthorized, http.StatusForbidden)
		}
	}
	return list
}

// mediaProbes send the body as what it may not be.
func mediaProbes(op *document.Operation, sample document.Request) (list []attempt) {
	if sample.Body == nil {
		return nil
	}
	want := []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType}
	if op.Response(http.StatusUnsupportedMediaType) != nil {
		want = want[2:]
	}
	for _, media := range []string{"text/plain", "application/xml", "application/", "json", ""} {
		r := sample.Sending(sample.Body)
		r.Header.Set("Content-Type", media)
		what := fmt.Sprintf("is %q", media)
		if media == "" {
			r.Header.Del("Content-Type")
			what = "is missing"
		}
		list = append(list, attempt{document.Probe{Place: "media type", What: what, Request: r, Certain: true}, want})
	}
	return list
}
