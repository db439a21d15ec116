// Package journal keeps what was said: each exchange is written once, when its answer is ready and before it is sent, and read by everyone.
package journal

import (
	"context"
	"fmt"
	"net/http"
	"slices"
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

	Forced     bool     `json:"forced,omitempty"` // Prefer asked for this answer; the handler did not run
	Applied    []string `json:"preference_applied,omitempty"`
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

// maxBody is how much of a body is kept.
const maxBody = 64 << 10

// Journal is the memory of one world: the last exchanges, oldest first.
type Journal struct {
	world string
	most  int

	mu      sync.Mutex
	last    int64
	entries []*Exchange
	news    chan struct{} // closed when something is added
}

// New makes an empty journal that keeps the last `most` exchanges of a world.
func New(world string, most int) *Journal {
	return &Journal{world: world, most: most, news: make(chan struct{})}
}

// Add numbers and keeps an exchange. Bodies are cut to 64 KiB, and card numbers in them masked. The exchange is not to be changed afterwards.
func (j *Journal) Add(x *Exchange, secrets []string) {
	for _, m := range []*Message{&x.Request, &x.Response} {
		if len(m.Body) > maxBody {
			m.Body, m.Truncated = strings.ToValidUTF8(m.Body[:maxBody], ""), true
		}
	}
	x.Request.Body = mask(x.Request.Body, secrets)
	x.URL, x.Path = mask(x.URL, nil), mask(x.Path, nil)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	x.Number, x.World = j.last, j.world
	x.ID = fmt.Sprintf("%s-%d", j.world, j.last)
	if len(j.entries) >= j.most {
		drop := len(j.entries) - j.most + 1
		j.entries = append(j.entries[:0:0], j.entries[drop+j.most/8:]...) // an eighth at a time, so that dropping stays cheap
	}
	j.entries = append(j.entries, x)
	close(j.news)
	j.news = make(chan struct{})
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
	found := j.Find(func(x *Exchange) bool { return x.ID == id })
	if len(found) == 0 {
		return nil, false
	}
	return found[0], true
}

// Wait returns what matches as soon as there are n of it, or with ctx's error whatever there is by then.
func (j *Journal) Wait(ctx context.Context, n int, match func(*Exchange) bool) ([]*Exchange, error) {
	for {
		j.mu.Lock()
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
	j.entries = nil
}

// Restart forgets every exchange and counts from one again, as the world does when it is reset.
func (j *Journal) Restart() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.last = nil, 0
}
