// Package journal keeps what was said: each exchange is written once, when its answer is ready and before it is sent, and read by everyone.
package journal

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"understudy/mock/internal/world"
)

// Exchange is one request and its answer, or one thing that happened by itself (a timer, a tenant's cast).
type Exchange struct {
	ID     string    `json:"id"`
	Number int64     `json:"number"`
	At     time.Time `json:"at"` // in the world's time
	World  string    `json:"world"`

	Provider  string `json:"provider"`
	Tenant    string `json:"tenant,omitempty"`
	Operation string `json:"operation,omitempty"` // operationId; "page:NAME" on a hosted page, "timer:NAME" of a timer; empty if no operation was met
	Nearest   string `json:"nearest,omitempty"`   // the operation that an unknown path came closest to

	Method   string  `json:"method,omitempty"`
	Path     string  `json:"path,omitempty"` // the vendor's path
	URL      string  `json:"url,omitempty"`
	Request  Message `json:"request"`
	Response Message `json:"response"`

	Forced     bool     `json:"forced,omitempty"`    // Prefer or a rule asked for this answer; the handler did not run
	Recording  string   `json:"recording,omitempty"` // the file and entry that the answer was taken from; the handler did not run
	Applied    []string `json:"preference_applied,omitempty"`
	Rule       string   `json:"rule,omitempty"`       // the armed rule that it met
	Reason     *Reason  `json:"reason,omitempty"`     // why it was refused
	Violations []string `json:"violations,omitempty"` // where our own answer breaks the document: our bug
	Notes      []string `json:"notes,omitempty"`

	Commit  int64         `json:"commit"` // the world's last commit when this was answered
	Changes []string      `json:"changes,omitempty"`
	Events  []world.Event `json:"events,omitempty"`
}

// Message is one side of an exchange.
type Message struct {
	Status    int         `json:"status,omitempty"`
	Header    http.Header `json:"headers,omitempty"`
	Body      string      `json:"body,omitempty"`
	Truncated bool        `json:"truncated,omitempty"` // only the body's beginning was kept
}

// Reason says, for people, why a request was refused.
type Reason struct {
	Kind     string    `json:"kind"`
	Message  string    `json:"message"`
	Problems []Problem `json:"problems,omitempty"`
	Detail   string    `json:"detail,omitempty"` // of an internal error: what broke, for a bug report
}

// Problem is one thing wrong with a request.
type Problem struct {
	In      string `json:"in"`      // body, path, query or header
	Pointer string `json:"pointer"` // JSON pointer in the body, or the parameter's name
	Message string `json:"message"`
	Want    string `json:"want,omitempty"` // what would have been right
	Line    int    `json:"line,omitempty"` // in the provider's document
}

const (
	maxBody = 64 << 10 // how much of a body is kept
	maxKept = 16 << 20 // how much of all bodies
)

// Journal is the memory of one world: the last exchanges, oldest first.
type Journal struct {
	world string
	most  int

	mu      sync.Mutex
	last    int64
	entries []*Exchange
	kept    int           // bytes of bodies
	news    chan struct{} // closed when something is added; nil if nobody waits
}

// New makes an empty journal that keeps the last `most` exchanges of a world, and fewer if their bodies are beyond 16 MiB together.
func New(world string, most int) *Journal { return &Journal{world: world, most: max(most, 1)} }

// Add numbers and keeps an exchange. Bodies are cut to 64 KiB. Card numbers are masked wherever they stand, in the answer too: rooms never keep
// one, but refusals and free texts repeat what a caller sent. The members of the request that are named in secrets are masked as well.
// The exchange is not to be changed afterwards.
func (j *Journal) Add(x *Exchange, secrets []string) {
	x.Request.cut()
	x.Response.cut()
	x.mask(secrets)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	x.Number, x.World = j.last, j.world
	x.ID = j.world + "-" + strconv.FormatInt(j.last, 10)
	j.entries = append(j.entries, x)
	j.kept += x.size()
	if len(j.entries) > j.most || j.kept > maxKept {
		j.drop()
	}
	if j.news != nil {
		close(j.news)
		j.news = nil
	}
}

// drop forgets the oldest exchanges, an eighth of all at a time, so that dropping stays cheap.
func (j *Journal) drop() {
	n := 0
	for n < len(j.entries)-1 && (len(j.entries)-n > j.most-j.most/8 || j.kept > maxKept-maxKept/8) {
		j.kept -= j.entries[n].size()
		n++
	}
	j.entries = slices.Clone(j.entries[n:])
}

func (x *Exchange) size() int { return len(x.Request.Body) + len(x.Response.Body) }

// cut keeps the body's beginning. A number or a letter that was cut through goes too: half a card number would not be known as one.
func (m *Message) cut() {
	if len(m.Body) <= maxBody {
		return
	}
	m.Truncated = true
	m.Body = strings.TrimRight(strings.ToValidUTF8(m.Body[:maxBody], ""), "0123456789 +-")
}

func (x *Exchange) mask(secrets []string) {
	x.Request.Body = hideCards(hideSecrets(x.Request.Body, secrets))
	x.Response.Body = hideCards(x.Response.Body)
	x.URL, x.Path = hideCards(hideSecrets(x.URL, secrets)), hideCards(x.Path)
	for _, values := range x.Request.Header {
		for i, value := range values {
			values[i] = hideCards(value)
		}
	}
	if r := x.Reason; r != nil {
		r.Message, r.Detail = hideCards(r.Message), hideCards(r.Detail)
		for i := range r.Problems {
			r.Problems[i].Message = hideCards(r.Problems[i].Message)
		}
	}
}

// Find returns the exchanges that match, oldest first; nil matches all.
func (j *Journal) Find(match func(*Exchange) bool) []*Exchange {
	j.mu.Lock()
	entries := slices.Clone(j.entries)
	j.mu.Unlock()
	if match == nil {
		return entries
	}
	return slices.DeleteFunc(entries, func(x *Exchange) bool { return !match(x) })
}

// Get returns one exchange by its id.
func (j *Journal) Get(id string) (*Exchange, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, x := range slices.Backward(j.entries) { // it is most likely one of the last
		if x.ID == id {
			return x, true
		}
	}
	return nil, false
}

// Wait returns what matches as soon as there are n of it, or with ctx's error whatever there is by then.
func (j *Journal) Wait(ctx context.Context, n int, match func(*Exchange) bool) ([]*Exchange, error) {
	for {
		j.mu.Lock()
		if j.news == nil {
			j.news = make(chan struct{})
		}
		news := j.news
		j.mu.Unlock()
		if found := j.Find(match); len(found) >= n {
			return found, nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return j.Find(match), ctx.Err()
		}
	}
}

// Clear forgets every exchange. Numbers go on.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.kept = nil, 0
}

// Restart forgets every exchange and counts from one again, as the world does when it is reset.
func (j *Journal) Restart() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.kept, j.last = nil, 0, 0
}
