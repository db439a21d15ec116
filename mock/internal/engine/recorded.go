package engine

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"understudy/fixtures/shelf"
)

// Recording is an exchange that was recorded, to be given as an answer again.
type Recording struct {
	shelf.Recording
	Provider string
	URL      string // what was asked for, absolute; Request's path, query and operation are read from it
}

// shelve gives a room its recordings, if there are any at all, and tells once of those that it has no operation for: a customer's visits to pages, above all.
func (e *Engine) shelve(r *room) {
	if e.options.Recordings == nil || r.Outside {
		return
	}
	if strays := r.shelve(e.options.Recordings); len(strays) > 0 {
		e.options.Log.Warn("recordings that no operation of their provider answers, pages among them, are left out", "provider", r.Name, "count", len(strays), "first", strays[0].Name(), "url", strays[0].URL)
	}
}

// shelve puts the room's recordings on its shelf, by the operations that their URLs lead to. What leads to none is returned.
func (r *room) shelve(recordings []Recording) (strays []Recording) {
	var placed []*shelf.Recording
	for _, recording := range recordings {
		if recording.Provider != r.Name {
			continue
		}
		if !r.place(&recording) {
			strays = append(strays, recording)
			continue
		}
		placed = append(placed, &recording.Recording)
	}
	r.shelf = shelf.New(placed)
	return strays
}

// place finds a recording's operation. What stands before the vendor's path is what the recording says, or else the least that makes the rest a path of the document.
func (r *room) place(recording *Recording) bool {
	u, err := url.Parse(recording.URL)
	if err != nil {
		return false
	}
	path, before := u.EscapedPath(), strings.TrimSuffix(recording.URL, u.RequestURI())
	if rest, ok := strings.CutPrefix(before+path, strings.TrimSuffix(recording.Base, "/")); ok && recording.Base != "" {
		path, before = rest, strings.TrimSuffix(recording.Base, "/")
	}
	for path != "" {
		t, _, ok := r.find(recording.Request.Method, path)
		if op := t.methods[recording.Request.Method]; ok && op != nil && (recording.Request.Operation == "" || recording.Request.Operation == op.ID) {
			recording.Base, recording.Request.Operation, recording.Request.Path, recording.Request.Query = before, op.ID, path, u.RawQuery
			return true
		}
		next := strings.IndexByte(path[1:], '/') + 1
		if next == 0 {
			break
		}
		before, path = before+path[:next], path[next:]
	}
	return false
}

// recall answers from a recording. It stands before the caller's credentials are read and the request is compared with the document, because a recorded answer
// has settled both. What was recorded changes nothing in the world but how often it has been given.
func (e *Engine) recall(c *Call) error {
	if c.room.shelf == nil || c.page != nil || c.room.Outside {
		return nil
	}
	c.Place.Tenant = cmp.Or(c.label, c.room.DefaultTenant)
	match := c.room.shelf.Find(shelf.Request{
		Operation: c.Operation.ID, Method: c.Method, Path: c.Path, Query: c.request.URL.RawQuery, Header: c.Header, Body: c.Body,
	})
	switch {
	case len(match.Found) > 0:
	case e.options.RecordingsOnly:
		// Not a 404: a test that expects one would pass for the wrong reason.
		return Refuse(Injected, "no recording answers this request: %s", match.Miss)
	default:
		c.Note("not answered from a recording: " + match.Miss)
		return nil
	}
	if err := checkTenant(c.Place.Tenant); err != nil {
		return err
	}
	c.done = true
	return c.transact(func() (Reply, error) {
		turn := int(c.Tx.Next("recording " + match.Found[0].Name()))
		given := match.Found[min(turn, len(match.Found))-1]
		c.recording = given.Name()
		return c.recorded(given), nil
	})
}

// unsaid are headers that belong to a connection or to the one who answers, not to what is said.
var unsaid = []string{
	"Connection", "Keep-Alive", "Transfer-Encoding", "Trailer", "Upgrade", "Content-Length", "Content-Encoding", "Content-Type", "Date", "Server", "Alt-Svc",
	"Strict-Transport-Security", "Understudy-Exchange", "Preference-Applied", "Vary",
}

// recorded makes the answer again. Links to the server that gave it lead here.
func (c *Call) recorded(r *shelf.Recording) Reply {
	reply := Reply{Status: r.Status, Header: http.Header{}, MediaType: r.Header.Get("Content-Type"), Raw: moved(r.Body, r.Base, c.base)}
	for name, values := range r.Header {
		if !strings.HasPrefix(name, "Access-Control-") {
			for _, value := range values {
				reply.Header.Add(name, string(moved([]byte(value), r.Base, c.base)))
			}
		}
	}
	for _, name := range unsaid {
		reply.Header.Del(name)
	}
	return reply
}

// moved makes the URLs in text that begin with one base begin with another, in JSON's escaped spelling too.
func moved(text []byte, from, to string) []byte {
	if from == "" || from == to {
		return text
	}
	escaped := func(s string) string { return strings.ReplaceAll(s, "/", `\/`) }
	return movedPlain(movedPlain(text, from, to), escaped(from), escaped(to))
}

func movedPlain(text []byte, from, to string) []byte {
	if !bytes.Contains(text, []byte(from)) {
		return text
	}
	var out bytes.Buffer
	for {
		before, after, found := bytes.Cut(text, []byte(from))
		out.Write(before)
		if !found {
			return out.Bytes()
		}
		if len(after) > 0 && strings.IndexByte(`/?#"'\ <&`, after[0]) < 0 { // a longer name that only begins so
			fmt.Fprint(&out, from)
		} else {
			fmt.Fprint(&out, to)
		}
		text = after
	}
}
