package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"understudy/mock/internal/journal"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// Options make an engine.
type Options struct {
	Seed        string    // of the default world; other worlds are seeded from it and their name
	Start       time.Time // where every world's clock begins; zero is the real time
	Frozen      bool      // clocks stand still until told otherwise
	PublicURL   string    // what minted URLs begin with, in place of the caller's origin
	MaxWorlds   int       // how many worlds requests may bring into being; zero means 256
	MaxBody     int64     // the largest request body, in bytes; zero means 1 MiB
	Journal     int       // how many exchanges a world remembers; zero means 1000
	DenyFraming bool      // hosted pages may not be framed
	Twice       bool      // run every transaction twice and compare; for tests
	Log         *slog.Logger

	Recordings     []Recording // answer before the rooms do; nil is none
	RecordingsOnly bool        // nothing else answers
}

// Engine serves rooms. It is an http.Handler.
type Engine struct {
	options Options
	rooms   map[string]*room
	order   []string

	mu     sync.Mutex
	worlds map[string]*Universe
}

// Room is a provider to be served, with the way to get its document.
type Room struct {
	Provider Provider
	Profile  string
	Load     func() (*openapi.Document, error)
}

// New makes an engine. A document is read at its room's first request, or before that by Ready.
func New(o Options) *Engine {
	if o.MaxWorlds == 0 {
		o.MaxWorlds = 256
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	if o.Journal == 0 {
		o.Journal = 1000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{options: o, rooms: map[string]*room{}, worlds: map[string]*Universe{}}
}

// Serve adds rooms. All of them must be added before the first request.
func (e *Engine) Serve(rooms ...Room) {
	for _, r := range rooms {
		e.rooms[r.Provider.Name] = &room{Provider: r.Provider, profile: r.Profile, load: r.Load, opened: e.shelve}
		e.order = append(e.order, r.Provider.Name)
	}
}

// Ready reads every document, and returns what is wrong with them. One after another, so that a request meanwhile, which reads
// its own room's document at once, has a processor to do it on.
func (e *Engine) Ready(ctx context.Context) error {
	var problems []error
	for _, name := range e.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		e.rooms[name].open()
		problems = append(problems, e.rooms[name].failed)
	}
	return errors.Join(problems...)
}

// Close stops every world.
func (e *Engine) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, u := range e.worlds {
		u.Close()
	}
}

// Rooms lists the providers in order, with their documents, without those that act outside of worlds. It waits for the documents.
func (e *Engine) Rooms() []ServedRoom {
	var list []ServedRoom
	for _, name := range e.order {
		r := e.rooms[name]
		r.open()
		if !r.Outside && r.failed == nil {
			list = append(list, ServedRoom{Provider: r.Provider, Profile: r.profile, Document: r.document})
		}
	}
	return list
}

// ServedRoom is a provider as it is served.
type ServedRoom struct {
	Provider
	Profile  string
	Document *openapi.Document
}

// Universe returns a world, which comes into being at its first use.
func (e *Engine) Universe(name string) (*Universe, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if u := e.worlds[name]; u != nil {
		return u, nil
	}
	seed := e.options.Seed
	if name != world.Default {
		seed += "/" + name
	}
	return e.create(name, seed, e.options.Start, e.options.Frozen)
}

// Create makes a world with a seed and a start of its own; empty ones are the engine's.
func (e *Engine) Create(name, seed string, start time.Time, frozen bool) (*Universe, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.worlds[name] != nil {
		return nil, Refuse(Conflict, "a world called %q is there already; delete or reset it, or choose another name", name)
	}
	if seed == "" {
		seed = e.options.Seed + "/" + name
	}
	if start.IsZero() {
		start, frozen = e.options.Start, frozen || e.options.Frozen
	}
	return e.create(name, seed, start, frozen)
}

func (e *Engine) create(name, seed string, start time.Time, frozen bool) (*Universe, error) {
	if err := world.CheckName(name); err != nil {
		return nil, Refuse(Invalid, "%s", err)
	}
	if err := world.CheckTime(start); err != nil && !start.IsZero() {
		return nil, Refuse(Invalid, "start: %s", err)
	}
	if len(e.worlds) >= e.options.MaxWorlds {
		return nil, Refuse(Throttled, "there are %d worlds already, the most that --max-worlds allows; DELETE /_understudy/worlds/{world} takes one away", len(e.worlds))
	}
	j := journal.New(name, e.options.Journal)
	rooms := map[string]world.Room{"": {Kinds: []world.AnyKind{rules}}} // what belongs to the world itself
	for _, r := range e.rooms {
		rooms[r.Name] = r.world()
	}
	u := &Universe{Journal: j, World: world.New(world.Options{
		Name: name, Seed: seed, Start: start, Frozen: frozen, Rooms: rooms, Twice: e.options.Twice,
		Observe: func(c world.Commit) { observe(j, c) },
		Failed:  func(t world.Timer, err error) { e.timerFailed(j, t, err) },
	})}
	e.worlds[name] = u
	return u, nil
}

// Universes lists the worlds that have come into being, by name.
func (e *Engine) Universes() []*Universe {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []*Universe
	for _, name := range slices.Sorted(maps.Keys(e.worlds)) {
		list = append(list, e.worlds[name])
	}
	return list
}

// Known returns a world only if it has come into being.
func (e *Engine) Known(name string) (*Universe, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	u, ok := e.worlds[name]
	return u, ok
}

// Delete ends a world; the next use of its name begins another.
func (e *Engine) Delete(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	u, ok := e.worlds[name]
	if ok {
		u.Close()
		delete(e.worlds, name)
	}
	return ok
}

// Base is what the URLs of a provider begin with, for a caller that reached this server at origin.
func (e *Engine) Base(origin, worldName, provider string) string {
	if worldName != world.Default {
		return origin + "/w/" + worldName + "/" + provider
	}
	return origin + "/" + provider
}

// Origin is this server as the caller of r reached it, or as --public-url says.
func (e *Engine) Origin(r *http.Request) string {
	if e.options.PublicURL != "" {
		return strings.TrimSuffix(e.options.PublicURL, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s", scheme, r.Host)
}

// ServeHTTP answers one request.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.Answer(r).enact(w, r) }

// IsControl tells whether a request goes to a room that acts on worlds from outside.
func (e *Engine) IsControl(r *http.Request) bool {
	room := e.rooms[resolve(r, func(name string) bool { return e.rooms[name] != nil }).room]
	return room != nil && room.Outside
}
