package harness

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"understudy/contracts/harness/document"
	"understudy/fixtures/compare"
)

// Counterpart is the mock beside a target that is not the mock. It is put the same requests, in a world of its own for each contract.
type Counterpart struct {
	mock     *Target
	outlines *compare.Document
	about    About
}

// Compared counts the exchanges that were put to the mock too.
type Compared struct {
	Alike     int `json:"alike"`     // both answers are made of the same
	Differing int `json:"differing"` // they are not
	Apart     int `json:"apart"`     // the two sides hold different things, so that their answers cannot be compared
}

// Face puts a mock beside the stage's target, so that what both answer to the same requests is compared.
func (s *Stage) Face(ctx context.Context) error {
	t, err := StartMock(ctx, s.Target.Provider, "", "understudy")
	if err != nil {
		return err
	}
	outlines, err := compare.ReadDocument(t.Document.Bytes)
	if err != nil {
		t.Close()
		return err
	}
	about, err := t.About(ctx)
	if err != nil {
		t.Close()
		return err
	}
	s.facing = &Counterpart{t, outlines, about}
	return nil
}

// facing is what a scene knows of the two sides: what stands on the mock's for what the target said.
type facing struct {
	*Counterpart
	scene *Scene
	world string
	pairs *compare.Story
	cast  []string // ids of the tenant's orders and payments; nil until somebody asks
}

func (s *Scene) face() *facing {
	if s.faced == nil {
		s.faced = &facing{Counterpart: s.facing, scene: s, world: World(*s.entry), pairs: compare.NewStory(nil, s.facing.outlines)}
	}
	return s.faced
}

// beside puts an exchange to the mock too, and finds where the mock says something else although the target keeps the document.
func (s *Scene) beside(t Told) {
	op := s.Target.Document.Operation(t.Operation)
	if s.facing == nil || op == nil || t.Shape || t.Response.Status == 0 || s.facing.about.Declined[op.ID] != "" {
		return
	}
	f := s.face()
	asked, err := f.request(op, t.Exchange)
	if err != nil {
		s.Result.Compared.Apart++
		return
	}
	told, found, ok := f.put(asked, t)
	if told != nil {
		s.all[t.index].Mock = told
	}
	found = slices.DeleteFunc(found, func(d compare.Difference) bool { return s.known(t, d) })
	switch {
	case !ok:
		s.Result.Compared.Apart++
	case len(found) == 0:
		s.Result.Compared.Alike++
	default:
		s.Result.Compared.Differing++
	}
	if ok {
		for _, d := range found {
			s.differs(t, d)
		}
	}
}

// Lead puts what was said before to the mock alone, so that it holds what the recorded server held.
func (s *Scene) Lead(earlier []Exchange) {
	for _, x := range earlier {
		op := s.Target.Document.Operation(x.Operation)
		if s.facing == nil || op == nil || s.facing.about.Declined[op.ID] != "" {
			continue
		}
		f := s.face()
		r, err := f.request(op, x)
		if err != nil {
			continue
		}
		if mine, err := f.ask(r); err == nil {
			f.compare(Told{Exchange: x}, mine) // for the ids' sake
		}
	}
}

// known tells whether the target's own break of the document explains a difference.
func (s *Scene) known(t Told, d compare.Difference) bool {
	return slices.ContainsFunc(s.entry.Findings, func(f Finding) bool {
		if f.Exchange != t.index || f.Rule == RuleDiffers {
			return false
		}
		return f.In == "status" || f.In == d.In && (strings.HasPrefix(d.Pointer+"/", f.Pointer+"/") || strings.HasPrefix(f.Pointer+"/", d.Pointer+"/"))
	})
}

func (s *Scene) differs(t Told, d compare.Difference) {
	side := "the sandbox"
	if s.Target.Name == TargetRecordings {
		side = "the recording"
	}
	f := Finding{Rule: RuleDiffers, In: d.In, Pointer: d.Pointer, Exchange: t.index, Readers: []string{readerOwn}}
	switch {
	case d.In == "status":
		f.Message = fmt.Sprintf("%s answers %s, and the mock %s", side, d.Was, d.Now)
	case d.Now == "":
		f.Message = fmt.Sprintf("%s gives %s, which the document has and the mock leaves out", side, d.Was)
	default:
		f.Message = fmt.Sprintf("%s gives %s, and the mock %s (%s)", side, d.Was, d.Now, d.Rule)
	}
	s.Judge.Place(t.Exchange, &f)
	s.entry.Findings = append(s.entry.Findings, f)
}

// put asks the mock. Where the answer to a read may depend on what is read, all that the mock's tenant holds is asked for, and only what differs from all of it
// is a difference. ok is false if nothing of the mock's is in a state to be compared.
func (f *facing) put(r document.Request, t Told) (told *Response, found []compare.Difference, ok bool) {
	for i, one := range f.variants(r, t) {
		x, err := f.ask(one)
		if err != nil || x.Response.Status == 0 {
			continue
		}
		if i == 0 {
			told = &x.Response
		}
		differences, comparable := f.compare(t, x)
		switch {
		case !comparable:
			continue
		case !ok:
			found, ok, told = differences, true, &x.Response
		default:
			found = slices.DeleteFunc(found, func(d compare.Difference) bool { return !slices.ContainsFunc(differences, same(d)) })
		}
		if len(found) == 0 {
			return told, nil, true
		}
	}
	return told, found, ok
}

func same(d compare.Difference) func(compare.Difference) bool {
	return func(other compare.Difference) bool { return d.In == other.In && d.Pointer == other.Pointer }
}

func (f *facing) ask(r document.Request) (Exchange, error) {
	q, err := r.HTTP(f.mock.Base(f.world))
	if err != nil {
		return Exchange{}, err
	}
	return f.mock.Client.Exchange(q.WithContext(f.scene))
}

// stateless are refusals of what was sent, whatever it was sent to.
var stateless = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge,
	http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}

// bothRefuse tells whether two different statuses refuse what was sent. A mock that takes it is found out before the document; a sandbox may take a credential
// that the mock was told to refuse.
func bothRefuse(was, now int) bool {
	credentials := func(status int) bool { return status == http.StatusUnauthorized || status == http.StatusForbidden }
	return slices.Contains(stateless, was) && slices.Contains(stateless, now) && (credentials(was) || !credentials(now))
}

// compare compares two answers by what they are made of. Two statuses can only be compared if the request was wrong by itself.
func (f *facing) compare(t Told, mine Exchange) (found []compare.Difference, comparable bool) {
	was := compare.Answer{Status: t.Response.Status, Header: t.Response.Header, Body: t.Response.Body, Base: f.scene.Target.Base("")}
	now := compare.Answer{Status: mine.Response.Status, Header: mine.Response.Header, Body: mine.Response.Body, Base: f.mock.Base(f.world)}
	if was.Status != now.Status && !(f.scene.entry.Kind == Refusals && bothRefuse(was.Status, now.Status)) {
		return nil, false
	}
	if was.Status == now.Status {
		f.pairs.Compare(t.Operation, was, now) // to learn which id stands for which
	}
	return compare.Outlines(f.outlines, t.Operation, was, now), true
}

// variants are the request, and, of a successful read, the same for everything else that the tenant holds.
func (f *facing) variants(r document.Request, t Told) []document.Request {
	list := []document.Request{r}
	if r.Operation.Effect != "read" || t.Response.Status >= 300 {
		return list
	}
	held := f.held()
	for name, v := range r.Path {
		if !slices.Contains(held, v) {
			continue
		}
		for _, other := range held {
			if other != v {
				again := r
				again.Path = maps.Clone(r.Path)
				again.Path[name] = other
				list = append(list, again)
			}
		}
	}
	return list
}

// mostHeld bounds how many of a tenant's orders and payments are asked for.
const mostHeld = 40

func (f *facing) held() []string {
	if f.cast != nil {
		return f.cast
	}
	f.cast = []string{}
	var answer struct {
		Orders []struct {
			ID       string
			Payments []struct{ ID string }
		}
	}
	if f.mock.Control(f.scene, http.MethodGet, f.world, "/"+f.mock.Provider+"/"+url.PathEscape(f.about.DefaultTenant)+"/orders", nil, &answer) != nil {
		return f.cast // it is asked for the one thing only
	}
	for _, o := range answer.Orders {
		f.cast = append(f.cast, o.ID)
		for _, p := range o.Payments {
			f.cast = append(f.cast, p.ID)
		}
	}
	f.cast = f.cast[:min(len(f.cast), mostHeld)]
	return f.cast
}

// request is an exchange's request as the mock is put it: what the target calls by an id of its own is called by the mock's, and credentials are such as the mock takes, or refuses.
func (f *facing) request(op *document.Operation, x Exchange) (document.Request, error) {
	own := f.mock.Document.Operation(op.ID)
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		return document.Request{}, err
	}
	vars, err := variables(f.mock.Document, own, u.EscapedPath())
	if err != nil {
		return document.Request{}, err
	}
	r, example := document.Request{Operation: own, Method: x.Request.Method, Path: vars, Query: u.Query(), Header: http.Header{}}, own.Sample("")
	for name, v := range vars {
		if s := f.scene.Target.sandbox; s != nil && slices.Contains(s.IDs[name], v) {
			f.pairs.Bind(v, example.Path[name]) // which the mock's cast has
		}
	}
	if x.Response.Status < 300 {
		f.bindExamples(own, r, example, x)
	}
	for name, v := range r.Path {
		r.Path[name] = f.mine(v)
	}
	for _, values := range r.Query {
		for i, v := range values {
			values[i] = f.mine(v)
		}
	}
	for name, values := range x.Request.Header {
		if slices.Contains(transport, name) {
			continue
		}
		for _, v := range values {
			r.Header.Add(name, f.mine(v))
		}
	}
	f.credentials(r, x.Response.Status)
	r.Body = f.body(x.Request.Body)
	return r, nil
}

// transport are headers of the connection, and what would make the answer another than it is by itself.
var transport = []string{"Host", "Content-Length", "Connection", "Accept-Encoding", "Transfer-Encoding", "Keep-Alive", "Te", "Trailer", "Upgrade", "Via", "Cookie", "Prefer"}

// variables finds those of an operation's path in a path before which anything may stand.
func variables(d *document.Document, op *document.Operation, path string) (map[string]string, error) {
	for at := 0; at < len(path); at++ {
		if path[at] != '/' {
			continue
		}
		if found, vars := d.Match(op.Method, path[at:]); found == op {
			return vars, nil
		}
	}
	return nil, fmt.Errorf("%s does not end in a path of %s", path, op.ID)
}

// bindExamples lets what a successful request names by an id stand for what the document's example names there.
func (f *facing) bindExamples(op *document.Operation, r, example document.Request, x Exchange) {
	for name, v := range r.Path {
		f.pairs.Bind(v, example.Path[name])
	}
	for _, p := range op.Parameters {
		if v := x.Request.Header.Get(p.Name); p.In == "header" && v != "" && example.Header.Get(p.Name) != "" {
			f.pairs.Bind(v, example.Header.Get(p.Name))
		}
	}
	if sent, _, err := decoded(x.Request.Body); err == nil {
		f.bindMembers("", sent, example.Value)
	}
}

func (f *facing) bindMembers(name string, sent, example any) {
	switch sent := sent.(type) {
	case map[string]any:
		shown, _ := example.(map[string]any)
		for member, v := range sent {
			f.bindMembers(member, v, shown[member])
		}
	case []any:
		shown, _ := example.([]any)
		for i := range min(len(sent), len(shown)) {
			f.bindMembers(name, sent[i], shown[i])
		}
	case string:
		if shown, ok := example.(string); ok && compare.Volatile(name, sent) && compare.Volatile(name, shown) {
			f.pairs.Bind(sent, shown)
		}
	}
}

// mine is what stands on the mock's side for a value of the target's.
func (f *facing) mine(v string) string {
	if now, ok := f.pairs.Now(v); ok {
		return now
	}
	return v
}

func (f *facing) body(raw []byte) []byte {
	value, rest, err := decoded(raw)
	if len(raw) == 0 || err != nil || rest > 0 {
		return raw
	}
	return document.Written(f.translated(value))
}

func (f *facing) translated(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = f.translated(member)
		}
	case []any:
		for i, item := range v {
			v[i] = f.translated(item)
		}
	case string:
		return f.mine(v)
	case json.Number:
		if now := f.mine(v.String()); json.Valid([]byte(now)) && now != v.String() {
			return json.Number(now)
		}
	}
	return v
}

// hidden is the name of a variable, in a secret's place.
var hidden = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// Nobody is a credential that no sandbox knows.
const Nobody = "understudy-none"

// credentials puts what the mock takes into the place of a secret that nobody wrote down, and what it refuses into that of one that is nobody's. A recording does not
// tell why a credential was refused; there the answer does.
func (f *facing) credentials(r document.Request, answered int) {
	stand := document.Accepted
	if f.scene.Target.Name == TargetRecordings {
		switch answered {
		case http.StatusUnauthorized:
			stand = "invalid"
		case http.StatusForbidden:
			stand = "no-scope"
		}
	}
	for _, values := range []map[string][]string{r.Header, r.Query} {
		for name := range values {
			secret := f.scene.Target.Name == TargetRecordings && carries(r.Operation, name)
			for i, v := range values[name] {
				values[name][i] = credential(v, stand, secret)
			}
		}
	}
}

// carries tells whether a header or parameter of this name carries an operation's credential.
func carries(op *document.Operation, name string) bool {
	for _, way := range op.Security {
		for _, s := range way {
			if strings.EqualFold(name, cmp.Or(s.Key, "Authorization")) {
				return true
			}
		}
	}
	return false
}

func credential(v, stand string, secret bool) string {
	scheme, rest, two := strings.Cut(v, " ")
	if two && strings.EqualFold(scheme, "Basic") && (secret || hidden.MatchString(rest)) {
		return scheme + " " + base64.StdEncoding.EncodeToString([]byte(stand))
	}
	switch {
	case v == "Basic "+base64.StdEncoding.EncodeToString([]byte(Nobody)):
		return "Basic " + base64.StdEncoding.EncodeToString([]byte("invalid"))
	case secret && two:
		return scheme + " " + stand
	case secret && v != "":
		return stand
	}
	return strings.ReplaceAll(hidden.ReplaceAllLiteralString(v, stand), Nobody, "invalid")
}
