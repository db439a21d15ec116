// Package harness puts a target (the mock, a sandbox, recordings) before a judge: what is sent to it, what is allowed to be sent, what is read from the
// answers, and what is kept of it all. The judge's measure is the OpenAPI documents alone; they are read here a second time, by other readers than the simulator's.
//
// This file is the data model. Everything in it survives JSON, because a run is carried out by workers, one for each provider and target, and told by their parent.
package harness

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Kind says what sort of contract an entry is about.
type Kind string

// The kinds of contracts.
const (
	Conformance Kind = "conformance" // what is answered is what the document declares
	Refusals    Kind = "refusals"    // what the document forbids is refused as it declares
	Workflows   Kind = "workflows"   // several calls, told as an Arazzo document
	Transitions Kind = "transitions" // the arrows of a state table, and those that are missing
)

// Kinds lists them in the order in which they are shown.
func Kinds() []Kind { return []Kind{Conformance, Refusals, Workflows, Transitions} }

// Status is how a contract ended.
type Status string

// The ends of a contract.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped" // Entry.Reason tells why
)

// Request is what was sent. Secrets are replaced by the names of the variables that hold them, as ${NAME}.
type Request struct {
	Method string      `json:"method"`
	URL    string      `json:"url"`
	Header http.Header `json:"header,omitempty"`
	Body   []byte      `json:"body,omitempty"` // nil: none
}

// Response is what came back, its body down to the byte.
type Response struct {
	Status int         `json:"status"` // 0: nothing came back; Exchange.Error tells why
	Header http.Header `json:"header,omitempty"`
	Body   []byte      `json:"body,omitempty"`
}

// Exchange is one request and its answer.
type Exchange struct {
	Provider  string        `json:"provider"`
	Operation string        `json:"operation,omitempty"` // operationId; empty if the request meets none
	Target    string        `json:"target"`
	World     string        `json:"world,omitempty"`
	Note      string        `json:"note,omitempty"`   // what was tried, as "body /amount is missing"
	Source    string        `json:"source,omitempty"` // of a recording: file and entry, as "nextcommerce/collect.har#3"
	Shape     bool          `json:"shape,omitempty"`  // brought by Prefer: code=, so it tells of the answer's shape only
	Request   Request       `json:"request"`
	Response  Response      `json:"response"`
	Mock      *Response     `json:"mock,omitempty"` // what the mock answered to the same request; nil if it was not put to it
	Error     string        `json:"error,omitempty"`
	At        time.Time     `json:"at"`
	Took      time.Duration `json:"took"` // nanoseconds
}

// The rules that a finding can say were broken. A rule is a word that people and accepted.yaml can name.
const (
	RuleStatus       = "undeclared-status"
	RuleMedia        = "undeclared-media-type"
	RuleBody         = "body"             // the body does not satisfy its schema
	RuleHeader       = "header"           // a declared header is missing or does not satisfy its schema
	RuleTrailing     = "trailing-bytes"   // after the JSON value
	RuleUnwanted     = "unwanted-body"    // where there must be none
	RuleUndeclared   = "undeclared-field" // strict mode: a member that the schema does not name
	RuleLocation     = "location"         // a redirect that leads nowhere
	RuleAbsent       = "absent-field"     // on the mock, every field of the document is expected
	RuleAccepted     = "not-refused"      // what the document forbids was taken
	RuleServerError  = "server-error"     // 5xx because of what a client sent
	RuleWrongStatus  = "wrong-status"     // declared, but not what this request has to bring
	RuleNoAnswer     = "no-answer"        // the connection broke
	RuleTransition   = "transition"       // an arrow led elsewhere, or one that is missing was taken
	RuleLinkage      = "linkage"          // JSON:API: resources do not lead to each other as they say
	RuleEcho         = "echo"             // what was sent comes back as something else
	RuleLifetime     = "lifetime"         // something is told to last longer than the document says
	RuleUnlike       = "told-unlike"      // two answers speak differently of the same thing, and nothing happened between them
	RuleWorkflow     = "workflow"         // a step's criterion does not hold
	RuleDisagreement = "readers-disagree" // one reader of the document passes what the other does not
	RuleDiffers      = "mock-differs"     // what was judged keeps the document, and the mock answers otherwise
	RuleStale        = "stale"            // something is excused that does not happen any more
)

// Rules lists them.
func Rules() []string {
	return []string{RuleStatus, RuleMedia, RuleBody, RuleHeader, RuleTrailing, RuleUnwanted, RuleUndeclared, RuleLocation, RuleAbsent, RuleAccepted, RuleServerError, RuleWrongStatus,
		RuleNoAnswer, RuleTransition, RuleLinkage, RuleEcho, RuleLifetime, RuleUnlike, RuleWorkflow, RuleDisagreement, RuleDiffers, RuleStale}
}

// Finding is one thing that was broken.
type Finding struct {
	Rule       string   `json:"rule"`
	Message    string   `json:"message"`              // one sentence: what is, and what would be right
	In         string   `json:"in,omitempty"`         // status, header or body of the answer
	Pointer    string   `json:"pointer,omitempty"`    // JSON pointer into the answer's body, or the header's name
	File       string   `json:"file,omitempty"`       // of the document, as specs/nextcommerce.yaml
	Line       int      `json:"line,omitempty"`       // in File, counted from 1
	Provenance string   `json:"provenance,omitempty"` // of what was broken: documented, published or assumed
	Readers    []string `json:"readers,omitempty"`    // which readers of the document say so: kin-openapi, libopenapi-validator, understudy
	Exchange   int      `json:"exchange"`             // index into Entry.Exchanges; -1 if it is about none
	Verdict    string   `json:"verdict,omitempty"`    // who is wrong, once both sides are known
	Minor      bool     `json:"minor,omitempty"`      // its provenance is weaker than the run asks for: told, and does not count
	Accepted   string   `json:"accepted,omitempty"`   // the reason why this does not count, from accepted.yaml
}

// Repeat is all that is needed to see a failure again.
type Repeat struct {
	Command string `json:"command"`         // an understudy command line
	Seed    string `json:"seed,omitempty"`  // of the world's ids and tokens
	World   string `json:"world,omitempty"` // in which it happened
	Curl    string `json:"curl,omitempty"`  // the exchange of the first finding, by itself
}

// Entry is one contract and how it ended.
type Entry struct {
	Provider  string        `json:"provider"`
	Operation string        `json:"operation"` // operationId; the name of a workflow, of a state machine, of a recording
	Target    string        `json:"target"`
	Kind      Kind          `json:"kind"`
	Effect    string        `json:"effect"` // the strongest of what it sends: read, write, charge or destroy
	Name      string        `json:"name"`   // the rest of the sentence: "answers 404 as application/json"
	Status    Status        `json:"status,omitempty"`
	Reason    string        `json:"reason,omitempty"` // why it was skipped
	Findings  []Finding     `json:"findings,omitempty"`
	Exchanges []Exchange    `json:"exchanges,omitempty"` // those that findings speak of; all of them if the plan keeps them
	Sent      int           `json:"sent,omitempty"`      // how many exchanges there were
	Repeat    Repeat        `json:"repeat,omitzero"`
	Took      time.Duration `json:"took,omitempty"` // nanoseconds
}

// Title is the entry's whole sentence.
func (e Entry) Title() string { return e.Provider + " " + e.Operation + " " + e.Name }

// ID names the entry within a target; two runs give the same contract the same ID.
func (e Entry) ID() string { return string(e.Kind) + ": " + e.Title() }

// Labels are what a run can be narrowed by.
func (e Entry) Labels() []string {
	return []string{"provider:" + e.Provider, "operation:" + e.Operation, "target:" + e.Target, "kind:" + string(e.Kind), "effect:" + e.Effect}
}

// Counts tells whether a finding breaks its contract: nothing excuses it, and it is about something sure enough.
func (f Finding) Counts() bool { return f.Accepted == "" && !f.Minor }

// Broken lists the findings that count.
func (e Entry) Broken() []Finding {
	return slices.DeleteFunc(slices.Clone(e.Findings), func(f Finding) bool { return !f.Counts() })
}

// Disputes lists the findings that have a verdict and are not excused, whether they count or not.
func (e Entry) Disputes() []Finding {
	return slices.DeleteFunc(slices.Clone(e.Findings), func(f Finding) bool { return f.Verdict == "" || f.Accepted != "" })
}

// Result is what one worker did: one provider before one target.
type Result struct {
	Provider string        `json:"provider"`
	Target   string        `json:"target"`
	URL      string        `json:"url,omitempty"`
	Seed     string        `json:"seed,omitempty"`
	Order    int64         `json:"order,omitempty"` // decides the order of the contracts; --order repeats it
	Started  time.Time     `json:"started"`
	Took     time.Duration `json:"took"`
	Entries  []Entry       `json:"entries"`
	Coverage Coverage      `json:"coverage"`
	Compared Compared      `json:"compared,omitzero"` // with the mock's answers to the same requests

	Whole         bool           `json:"whole,omitempty"`         // nothing was left out, of the document as the vendor's page has it
	Excused       []string       `json:"excused,omitempty"`       // excuses that were needed
	Needless      []Finding      `json:"needless,omitempty"`      // each x-absent of the document that was not, on the mock
	Disagreements map[string]int `json:"disagreements,omitempty"` // known mistakes of a reader, and how often each was met

	Missing string `json:"missing,omitempty"` // why nothing was run: the credentials that are not there
	Trouble string `json:"trouble,omitempty"` // why the worker did not come to its end
	Away    bool   `json:"away,omitempty"`    // the target could not be reached
}

// Report is a whole run.
type Report struct {
	Version  string        `json:"version"`
	Command  []string      `json:"command,omitempty"`
	Started  time.Time     `json:"started"`
	Took     time.Duration `json:"took"`
	Results  []Result      `json:"results"`
	Findings []Finding     `json:"findings,omitempty"` // about the run itself: stale excuses
}

// Merge puts the results of all workers together, in the order of target and provider.
func Merge(results ...Result) Report {
	r := Report{Results: slices.Clone(results)}
	slices.SortStableFunc(r.Results, func(a, b Result) int {
		return cmp.Or(strings.Compare(a.Target, b.Target), strings.Compare(a.Provider, b.Provider))
	})
	for _, one := range r.Results {
		if r.Started.IsZero() || one.Started.Before(r.Started) {
			r.Started = one.Started
		}
	}
	for _, one := range r.Results {
		r.Took = max(r.Took, one.Started.Add(one.Took).Sub(r.Started))
	}
	return r
}

// Entries lists all contracts of the run.
func (r Report) Entries() (all []Entry) {
	for _, one := range r.Results {
		all = append(all, one.Entries...)
	}
	return all
}

// Tally counts entries by how they ended.
type Tally struct{ Passed, Failed, Skipped int }

// Count tallies entries.
func Count(entries []Entry) (t Tally) {
	for _, e := range entries {
		switch e.Status {
		case Passed:
			t.Passed++
		case Failed:
			t.Failed++
		case Skipped:
			t.Skipped++
		}
	}
	return t
}
