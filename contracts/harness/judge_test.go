package harness

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"understudy/contracts/harness/document"
)

const smallAPI = `
openapi: 3.0.3
info: {title: Small, version: "1"}
servers: [{url: /v1}]
x-refusals:
  '404': {$ref: '#/components/responses/NotFound'}
paths:
  /things/{id}:
    get:
      operationId: getThing
      x-provenance: documented
      x-effect: read
      parameters: [{name: id, in: path, required: true, schema: {type: string}, example: a}]
      responses:
        '200':
          description: it
          headers: {X-Version: {required: true, schema: {type: integer}}, X-Page: {x-provenance: assumed, schema: {type: string, pattern: '^p'}}}
          content:
            application/json:
              schema:
                type: object
                required: [id, amount]
                x-provenance: published
                properties:
                  id: {type: string}
                  amount: {type: string, format: decimal}
                  at: {type: string, format: date-time}
                  kind: {type: string, enum: [a, b]}
                  note: {type: string, nullable: true}
                  more: {type: object, additionalProperties: true}
        '204': {description: gone}
        '302': {description: elsewhere}
components:
  responses:
    NotFound:
      description: no
      x-provenance: assumed
      content: {application/json: {schema: {type: object, required: [detail], properties: {detail: {type: string}}}}}
`

func smallJudge(t *testing.T) *Judge {
	t.Helper()
	d, err := document.Parse([]byte(smallAPI))
	if err != nil {
		t.Fatal(err)
	}
	j, err := NewJudge(d)
	if err != nil {
		t.Fatal(err)
	}
	j.Strict = true
	return j
}

// thing is an exchange that keeps to the document, until it is changed.
func thing(change func(*Exchange)) Exchange {
	x := Exchange{Operation: "getThing", Request: Request{Method: "GET", URL: "http://localhost/v1/things/a"}, Response: Response{Status: 200,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "X-Version": {"3"}, "X-Page": {"p1"}},
		Body:   []byte(`{"id":"a","amount":"1.50","at":"2026-03-02T09:30:00Z","kind":"a","note":null,"more":{"x":{"y":1}}}` + "\n")}}
	change(&x)
	return x
}

func TestTheJudgeFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	j := smallJudge(t)
	body := func(text string) func(*Exchange) {
		return func(x *Exchange) { x.Response.Body = []byte(text) }
	}
	both := []string{readerKin, readerLibopenapi}
	for name, c := range map[string]struct {
		change        func(*Exchange)
		rule, pointer string
		readers       []string
	}{
		"nothing":                       {func(*Exchange) {}, "", "", nil},
		"an undeclared status":          {func(x *Exchange) { x.Response.Status = 418 }, RuleStatus, "", nil},
		"another media type":            {func(x *Exchange) { x.Response.Header.Set("Content-Type", "text/html") }, RuleMedia, "Content-Type", nil},
		"no media type":                 {func(x *Exchange) { x.Response.Header.Del("Content-Type") }, RuleMedia, "Content-Type", nil},
		"bytes behind the value":        {func(x *Exchange) { x.Response.Body = append(x.Response.Body, "{}"...) }, RuleTrailing, "", nil},
		"an empty body":                 {body(``), RuleBody, "", nil},
		"half a body":                   {body(`{"id":`), RuleBody, "", nil},
		"a required member less":        {body(`{"id":"a"}`), RuleBody, "/amount", both},
		"a member of another type":      {body(`{"id":7,"amount":"1"}`), RuleBody, "/id", both},
		"a member that is null":         {body(`{"id":null,"amount":"1"}`), RuleBody, "/id", both},
		"a value outside its enum":      {body(`{"id":"a","amount":"1","kind":"c"}`), RuleBody, "/kind", both},
		"another format of money":       {body(`{"id":"a","amount":"1,50"}`), RuleBody, "/amount", both},
		"another format of time":        {body(`{"id":"a","amount":"1","at":"2026-03-02 09:30"}`), RuleBody, "/at", both},
		"a member that nobody declared": {body(`{"id":"a","amount":"1","extra":1}`), RuleUndeclared, "/extra", nil},
		"a list in place of an object":  {body(`[]`), RuleBody, "", both},
		"a required header less":        {func(x *Exchange) { x.Response.Header.Del("X-Version") }, RuleHeader, "X-Version", nil},
		"an optional header less":       {func(x *Exchange) { x.Response.Header.Del("X-Page") }, "", "", nil},
		"another value in a header":     {func(x *Exchange) { x.Response.Header.Set("X-Page", "1st") }, RuleHeader, "X-Page", both},
		"a body where there is none":    {func(x *Exchange) { x.Response.Status = 204 }, RuleUnwanted, "", nil},
		"a redirect to nowhere":         {func(x *Exchange) { x.Response.Status, x.Response.Body = 302, nil }, RuleLocation, "Location", nil},
		"no answer":                     {func(x *Exchange) { x.Response = Response{} }, RuleNoAnswer, "", nil},
		"an answer to nothing": {func(x *Exchange) {
			x.Operation, x.Response.Status, x.Response.Body = "", 404, []byte(`{}`)
		}, RuleBody, "/detail", both},
		"a kept answer to nothing": {func(x *Exchange) {
			x.Operation, x.Response.Status, x.Response.Body = "", 404, []byte(`{"detail":"no"}`)
		}, "", "", nil},
	} {
		found := j.Judge(thing(c.change), nil)
		if c.rule == "" {
			if len(found) > 0 {
				t.Errorf("%s: %v", name, found)
			}
			continue
		}
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Rule == c.rule && f.Pointer == c.pointer })
		if i < 0 {
			t.Errorf("%s: want %s at %q, have %v", name, c.rule, c.pointer, found)
			continue
		}
		if f := found[i]; c.readers != nil && !slices.Equal(f.Readers, c.readers) {
			t.Errorf("%s: said by %v, want %v (%v)", name, f.Readers, c.readers, found)
		}
		if i := slices.IndexFunc(found, func(f Finding) bool { return f.Rule == RuleDisagreement }); i >= 0 {
			t.Errorf("%s: %v", name, found[i])
		}
	}
}

func TestTheMockTellsWhatTheDocumentNames(t *testing.T) {
	t.Parallel()
	api := strings.Replace(smallAPI, "note: {type: string, nullable: true}", "note: {type: string, x-absent: where nobody wrote one}", 1)
	d, err := document.Parse([]byte(strings.Replace(api, "kind: {type: string,", "kind: {type: string, x-absent: never, x-provenance: documented,", 1)))
	if err != nil {
		t.Fatal(err)
	}
	j, err := NewJudge(d)
	if err != nil {
		t.Fatal(err)
	}
	short := thing(func(x *Exchange) { x.Response.Body = []byte(`{"id":"a","amount":"1.50","kind":"a","more":{}}`) })
	if found := j.Judge(short, nil); len(found) > 0 {
		t.Errorf("nobody asked for the whole: %v", found)
	}
	j.Whole = true
	if found := j.Judge(short, nil); len(found) != 1 || found[0].Rule != RuleAbsent || found[0].Pointer != "/at" || found[0].Provenance != "published" || found[0].Line == 0 {
		t.Errorf("at is missing, and note may be: %v", found)
	}
	short.Shape = true
	if found := j.Judge(short, nil); len(found) > 0 {
		t.Errorf("an example may lack what it likes: %v", found)
	}
	if stale := j.Needless(); len(stale) != 1 || stale[0].Rule != RuleStale || !strings.Contains(stale[0].Message, "never") {
		t.Errorf("kind was told always, and note was not: %v", stale)
	}
}

func TestTheMockSendsTheHeadersThatTheDocumentNames(t *testing.T) {
	t.Parallel()
	without := thing(func(x *Exchange) { x.Response.Header.Del("X-Page") })
	j := smallJudge(t)
	j.Whole = true
	if found := j.Judge(without, nil); len(found) != 1 || found[0].Rule != RuleAbsent || found[0].Pointer != "X-Page" || found[0].Provenance != "assumed" || found[0].Line == 0 {
		t.Errorf("X-Page is missing: %v", found)
	}
	d, err := document.Parse([]byte(strings.Replace(smallAPI, "X-Page: {", "X-Page: {x-absent: of what has one page, ", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if j, err = NewJudge(d); err != nil {
		t.Fatal(err)
	}
	j.Whole = true
	if stale := j.Needless(); len(stale) != 1 || stale[0].Rule != RuleStale {
		t.Errorf("nothing was without X-Page: %v", stale)
	}
	if found := j.Judge(without, nil); len(found) > 0 {
		t.Errorf("X-Page may be missing: %v", found)
	}
	if stale := j.Needless(); len(stale) > 0 {
		t.Errorf("something was without X-Page: %v", stale)
	}
}

func TestOnlyTheMockIsHeldToAllThatTheDocumentNames(t *testing.T) {
	t.Parallel()
	mock, err := StartMock(t.Context(), "norce", "", "judge")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mock.Close)
	recordings, err := OpenRecordings("norce")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []*Target{mock, recordings} {
		stage, err := NewStage(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		if want := target == mock; stage.Judge.Strict != want || stage.Judge.Whole != want {
			t.Errorf("%s: strict %t, whole %t", target.Name, stage.Judge.Strict, stage.Judge.Whole)
		}
	}
}

func TestAFindingNamesLineAndMark(t *testing.T) {
	t.Parallel()
	found := smallJudge(t).Judge(thing(func(x *Exchange) { x.Response.Body = []byte(`{"id":7,"amount":"1"}`) }), nil)
	before, _, _ := strings.Cut(smallAPI, "id: {type: string}")
	if want := strings.Count(before, "\n") + 1; len(found) != 1 || found[0].Line != want || found[0].Provenance != "published" {
		t.Errorf("%+v", found)
	}
}

func TestTheJudgeCountsWhatAnAnswerShows(t *testing.T) {
	t.Parallel()
	j := smallJudge(t)
	var cover Coverage
	j.Expect(&cover)
	j.Judge(thing(func(*Exchange) {}), &cover)
	j.Judge(thing(func(x *Exchange) { x.Shape, x.Response.Status, x.Response.Body = true, 204, nil }), &cover)
	answers, properties, _ := cover.Shares()
	if answers != (Share{3, 1, 1}) || properties != (Share{6, 6, 0}) {
		t.Errorf("%+v %+v", answers, properties)
	}
}
