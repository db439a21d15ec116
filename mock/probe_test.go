package mock_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"understudy/mock/internal/openapi"
)

// probe is one request that is wrong, or unusual, and what may be answered.
type probe struct {
	name     string
	request  request
	refused  bool  // it has to be refused, unless the provider is known to be lenient here
	statuses []int // it has to be answered with one of these
	in       string
	at       []string // where it is wrong; nil if a refusal need not name a place
}

// probes are what an operation has to stand.
func probes(op *openapi.Operation) []probe {
	base := sample(op, "")
	return slices.Concat(authProbes(op, base), methodProbes(op, base), pathProbes(op, base), parameterProbes(op, base), preferenceProbes(base), bodyProbes(op, base), mutantProbes(op, base))
}

// authProbes come without a credential, with a broken one, and with those that are refused on purpose.
func authProbes(op *openapi.Operation, base request) (list []probe) {
	optional := slices.ContainsFunc(op.Security, func(way openapi.Requirement) bool { return len(way) == 0 })
	if len(op.Security) == 0 || optional {
		return nil
	}
	refuse := func(name string, r request, status int) {
		list = append(list, probe{name: "auth: " + name, request: r, statuses: []int{status}})
	}
	bare := base
	for _, way := range op.Security {
		for _, scheme := range way {
			header, _ := credential(scheme)
			bare = bare.without(header)
		}
	}
	refuse("missing", bare, http.StatusUnauthorized)
	for _, scheme := range op.Security[0] {
		header, _ := credential(scheme)
		bad := []string{" ", "\t"}
		if header == "Authorization" {
			bad = append(bad, "Bearer", "Bearer  ", "Token abc", "Basic !!!", "suite-credential", "Bearer\tx", "\xff\xfe")
		}
		for _, value := range bad {
			refuse(fmt.Sprintf("%s is %q", header, value), bare.with(header, value), http.StatusUnauthorized)
		}
		for value, status := range inOrder(map[string]int{"expired": 401, "revoked": 401, "invalid": 401, "no-scope": 403}) {
			refuse(value, base.with(header, carrying(scheme, value)), status)
		}
		for _, odd := range []string{"a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.!!.x", strings.Repeat("x", 60_000), "\xff\xfe", "a b c"} {
			list = append(list, probe{name: fmt.Sprintf("auth: the credential %.30q", odd), request: base.with(header, carrying(scheme, odd))})
		}
	}
	return list
}

// carrying is the header's value for a credential of one's own.
func carrying(s openapi.Scheme, value string) string {
	switch {
	case s.Type == "apiKey" && !strings.EqualFold(s.Header, "Authorization"):
		return value
	case s.Scheme == "basic":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(value+":"))
	}
	return "Bearer " + value
}

// methodProbes use methods that the path may not take.
func methodProbes(_ *openapi.Operation, base request) (list []probe) {
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW", "get"} {
		r := base
		r.method = method
		list = append(list, probe{name: "method " + method, request: r})
	}
	return list
}

// pathProbes put odd values into the path's variables, and go astray near the path.
func pathProbes(op *openapi.Operation, base request) (list []probe) {
	s := op.Sample("")
	for name, value := range inOrder(s.Path) {
		for what, text := range inOrder(map[string]string{
			"is unknown": url.PathEscape(another(value)), "holds an escaped slash": "a%2Fb", "is a NUL": "%00", "is no UTF-8": "%ff", "is dots": "..", "is escaped dots": "%2e%2e",
			"is blank": "%20", "is a percent sign": "%25", "holds a line break": "a%0d%0ab", "is long": strings.Repeat("q", 4000), "is beyond the basic plane": "%F0%9D%94%98%E2%80%AE",
			"is markup": "%3Cb%3E%22%27%26", "holds a semicolon": "a;b=c", "is empty": "", "is a template": "{" + name + "}",
		}) {
			r := base
			rest := expand(strings.Replace(op.Path, "{"+name+"}", "\x00", 1), s.Path)
			r.path = strings.Replace(rest, "\x00", text, 1)
			list = append(list, probe{name: "path variable " + name + " " + what, request: r, refused: text != "" && what != "is dots"})
		}
	}
	at := func(name, path string, refused bool) {
		r := base
		r.path = path
		list = append(list, probe{name: "path " + name, request: r, refused: refused})
	}
	at("with each slash twice", strings.ReplaceAll(base.path, "/", "//"), false)
	at("with a slash more", base.path+"/", false)
	at("with a slash less", strings.TrimSuffix(base.path, "/"), false)
	at("with a segment more", strings.TrimSuffix(base.path, "/")+"/understudy-none/x", true)
	at("in other letters", strings.ToUpper(base.path), false)
	at("with dots", "/."+base.path, true)
	at("that leads nowhere", "/understudy-none", true)
	return list
}

// parameterProbes leave each parameter out, and break what the document says of its value.
func parameterProbes(op *openapi.Operation, base request) (list []probe) {
	for _, p := range op.Parameters() {
		if p.In == openapi3.ParameterInPath {
			continue
		}
		add := func(what string, r request, refused bool) {
			list = append(list, probe{name: p.In + " " + p.Name + " " + what, request: r, refused: refused, in: p.In, at: []string{p.Name}})
		}
		if p.Required {
			add("is missing", setParameter(base, p, nil), true)
		}
		for what, value := range inOrder(wrongTexts(p)) {
			add(what, setParameter(base, p, []string{value}), true)
		}
		for what, values := range inOrder(map[string][]string{
			"is empty": {""}, "is blank": {" "}, "is long": {strings.Repeat("x", 30_000)}, "is no UTF-8": {"\xff\xfe"}, "is beyond the basic plane": {"𝔘\u202e"},
			"is huge": {"1e999"}, "has 400 digits": {strings.Repeat("9", 400)}, "is negative": {"-1"}, "is zero": {"0"}, "comes twice": {p.Text(), "understudy none"},
			"is JSON": {`{"a":[1]}`}, "is no JSON": {`{"a":`}, "is deep": {strings.Repeat("[", 9000) + strings.Repeat("]", 9000)}, "is a list": {"a,b,,c"},
		}) {
			add(what, setParameter(base, p, values), false)
		}
	}
	for what, query := range inOrder(map[string]string{"with a broken escape": "a=%zz", "with a NUL": "a=%00", "with a semicolon": "a=1;b=2", "that is unknown": "understudy_none=1", "with brackets": "a[b][c]=1&[]=2&filter[q][x]=1", "of one name": "&&=&="}) {
		r := base
		r.query = strings.TrimPrefix(r.query+"&"+query, "&")
		list = append(list, probe{name: "query " + what, request: r})
	}
	return list
}

// setParameter gives a parameter of the query or a header other values; none takes it out.
func setParameter(r request, p openapi.Parameter, values []string) request {
	r = r.copy()
	if p.In == openapi3.ParameterInHeader {
		r.header.Del(p.Name)
		for _, v := range values {
			r.header.Add(p.Name, strings.NewReplacer("\x00", "", "\n", "", "\r", "").Replace(v))
		}
		return r
	}
	query, _ := url.ParseQuery(r.query)
	for name := range p.Query() {
		delete(query, name)
	}
	if values != nil {
		query[p.Name] = values
	}
	r.query = query.Encode()
	return r
}

// wrongTexts are texts that break a parameter's schema, by what is wrong with them.
func wrongTexts(p openapi.Parameter) map[string]string {
	wrong := map[string]string{}
	s := p.Schema
	if s == nil {
		return wrong
	}
	if p.Media != "" {
		wrong["is no JSON"] = `{"a":`
		if s.Type.Is("object") {
			wrong["is JSON of another type"] = `[1]`
		}
		for _, name := range s.Required {
			wrong["lacks "+name] = `{}`
		}
		return wrong
	}
	if s.Type.Is("array") && s.Items != nil {
		s = s.Items.Value
	}
	switch {
	case s.Type.Is("integer"):
		wrong["is text"], wrong["is a fraction"] = "understudy", "1.5"
	case s.Type.Is("number"), s.Type.Is("boolean"):
		wrong["is text"] = "understudy"
	}
	if len(s.Enum) > 0 {
		wrong["is no value of its enum"] = "understudy_none"
	}
	if broken, ok := breaksPattern(s.Pattern); ok && broken != "" {
		wrong["breaks its pattern"] = broken
	}
	if broken, ok := badForms[s.Format]; ok {
		wrong["breaks its format"] = broken
	}
	if s.Min != nil {
		wrong["is below its minimum"] = fmt.Sprint(*s.Min - 1)
	}
	if s.Max != nil {
		wrong["is above its maximum"] = fmt.Sprint(*s.Max + 1)
	}
	if s.MaxLength != nil {
		wrong["is too long"] = strings.Repeat("x", int(*s.MaxLength+1))
	}
	return wrong
}

// preferenceProbes ask the simulator itself for what it cannot give.
func preferenceProbes(base request) (list []probe) {
	for _, value := range []string{"code=abc", "code=99", "code=299", "example=understudy-none", "scenario=understudy-none", "delay=-1s", "delay=2h"} {
		list = append(list, probe{name: "Prefer: " + value, request: base.with("Prefer", value), refused: true, in: "header", at: []string{"Prefer"}})
	}
	return append(list, probe{name: "Prefer: ,;=\"", request: base.with("Prefer", `,;="`)})
}

// huge is a body of 10 MB.
var huge = sync.OnceValue(func() []byte { return fmt.Appendf(nil, `{"padding":"%s"}`, strings.Repeat("x", 10<<20)) })

// bodyProbes break the body as a whole: its syntax, its encoding, its size, its type.
func bodyProbes(op *openapi.Operation, base request) (list []probe) {
	takes, required := op.TakesBody()
	add := func(name string, r request, refused bool, statuses ...int) {
		list = append(list, probe{name: "body " + name, request: r, refused: refused && takes, statuses: statuses})
	}
	if !takes {
		add("where none is declared", base.with("Content-Type", "application/json").carrying([]byte(`{"a":`)), false)
		add("of 10 MB where none is declared", base.with("Content-Type", "application/json").carrying(huge()), false)
		return list
	}
	body := base.body
	for name, text := range inOrder(map[string]string{
		"is no JSON": `{"a" 1}`, "is text": `understudy`, "has single quotes": `{'a': 1}`, "has a comment": `{} // x`, "has a trailing comma": `{"a":1,}`, "is NaN": `NaN`,
		"is blank": "  \n", "begins with a byte order mark": "\xef\xbb\xbf" + string(body), "is cut after its first byte": string(body[:1]), "is cut in the middle": string(body[:len(body)/2]),
		"is cut before its last byte": string(body[:len(body)-1]), "goes on with text": string(body) + "x", "goes on with another value": string(body) + string(body), "goes on with a bracket": string(body) + "]",
		"is no UTF-8": "{\"a\": \"\xff\"}", "is UTF-16": "\xff\xfe{\x00}\x00", "is 10,001 deep in arrays": strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
		"is 10,001 deep in objects": strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001), "is 100,000 deep and never ends": strings.Repeat("[", 100_000),
		"is a huge number": "1e999", "has a control character": "{\"a\":\"\x01\"}",
	}) {
		add(name, base.carrying([]byte(text)), true)
	}
	add("is missing", base.carrying(nil), required)
	add("is empty", base.carrying([]byte{}), required)
	add("has a member twice", base.carrying(append([]byte(`{"understudy_none":1,"understudy_none":2,`), bytes.TrimPrefix(body, []byte("{"))...)), false)
	add("is 9,999 deep", base.carrying([]byte(strings.Repeat("[", 9_999)+strings.Repeat("]", 9_999))), false)
	add("is 10 MB", base.carrying(huge()), true, http.StatusRequestEntityTooLarge)
	for _, media := range []string{"text/plain", "application/xml", "application/", "json", "application/json; charset=\"", "\xff"} {
		add("is of type "+fmt.Sprintf("%q", media), base.with("Content-Type", media), true)
	}
	add("has no type", base.without("Content-Type"), true)
	for _, media := range []string{"APPLICATION/JSON", "application/json;charset=utf-8", "application/json; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"} {
		add("is of type "+media, base.with("Content-Type", media), false)
	}
	return list
}

// mutantProbes send bodies with one thing changed.
func mutantProbes(op *openapi.Operation, base request) (list []probe) {
	for _, media := range op.MediaTypes() {
		schema := op.BodySchema(media)
		if schema == nil {
			continue
		}
		if r := sample(op, media); openapi.IsJSON(r.header) {
			for _, m := range mutants(schema, r.body) {
				p := probe{name: "body " + media + " " + m.String(), request: r.carrying(m.body), refused: m.wrong}
				if m.pinned {
					p.in, p.at = "body", m.at
				}
				list = append(list, p)
			}
		} else {
			list = append(list, formProbes(media, r, schema)...)
		}
	}
	return list
}

// formProbes break a form, whose members are all text.
func formProbes(media string, r request, schema *openapi3.Schema) (list []probe) {
	for name, ref := range inOrder(schema.Properties) {
		for what, text := range inOrder(wrongTexts(openapi.Parameter{Schema: ref.Value})) {
			form := url.Values{name: {text}}
			q := r.with("Content-Type", "application/x-www-form-urlencoded").carrying([]byte(form.Encode()))
			if media != "application/x-www-form-urlencoded" {
				q = r.carrying([]byte("--b\r\nContent-Disposition: form-data; name=\""+name+"\"\r\n\r\n"+text+"\r\n--b--\r\n")).with("Content-Type", media+"; boundary=b")
			}
			list = append(list, probe{name: "body " + media + " " + name + " " + what, request: q, refused: true, in: "body", at: []string{name}})
		}
	}
	for _, text := range []string{"%zz", "a=1;b=2", "\xff=\xfe", strings.Repeat("a=1&", 20_000), "--b", "--b\r\n\r\n\r\n--b--"} {
		list = append(list, probe{name: fmt.Sprintf("body %s %.20q", media, text), request: r.carrying([]byte(text))})
	}
	return list
}
