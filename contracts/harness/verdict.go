package harness

import "slices"

// The verdicts: who is wrong where an answer and the document, or two answers, do not agree.
const (
	VerdictDrifted = "the sandbox drifted"       // it does not do what the vendor's page shows
	VerdictClaimed = "our spec claimed too much" // it does not do what we took from elsewhere, or assumed
	VerdictMock    = "the mock is wrong"         // the sandbox keeps the document, and the mock says something else
)

// Verdicts lists them in the order in which they are shown.
func Verdicts() []string { return []string{VerdictDrifted, VerdictClaimed, VerdictMock} }

// Sides is how two answers to the same request stand to the document and to each other.
type Sides struct {
	Mock bool // what was judged is the mock itself
	Fits bool // what was judged keeps the document
	Same bool // the mock's answer says the same; true if it was not asked
}

// Verdict says who is wrong about a place of an answer, by the provenance of the nearest place of the document that has a mark; "" if nobody is. A place without any mark is taken for an assumed one.
func Verdict(s Sides, provenance string) string {
	switch {
	case s.Mock && s.Fits:
		return ""
	case s.Mock:
		return VerdictMock
	case !s.Fits && provenance == "documented":
		return VerdictDrifted
	case !s.Fits:
		return VerdictClaimed
	case !s.Same:
		return VerdictMock
	}
	return ""
}

// Provenances are the marks of a document, the surest first.
func Provenances() []string { return []string{"documented", "published", "assumed"} }

// Sure tells whether a mark is at least as sure as another; "" for that is documented. What has no mark is the least sure.
func Sure(provenance, least string) bool {
	at := slices.Index(Provenances(), provenance)
	if at < 0 {
		at = len(Provenances()) - 1
	}
	return at <= max(slices.Index(Provenances(), least), 0)
}

// Weaker is the less sure of two marks.
func Weaker(a, b string) string {
	if Sure(a, b) {
		return b
	}
	return a
}

// undisputed are rules about which no verdict can be given: the readers of the document disagree, nothing came back, or it is a file of ours that is stale.
var undisputed = []string{RuleDisagreement, RuleNoAnswer, RuleStale}

// rule gives a finding its verdict, and tells whether it counts: before the mock everything does, before others what is as sure as the run asks.
func (s *Scene) rule(f *Finding) {
	if slices.Contains(undisputed, f.Rule) {
		return
	}
	mock := s.Target.Name == TargetMock
	f.Verdict = Verdict(Sides{Mock: mock, Fits: f.Rule == RuleDiffers, Same: f.Rule != RuleDiffers}, f.Provenance)
	f.Minor = !mock && !Sure(f.Provenance, s.FailOn)
}
