// Package mock is the simulator: five providers' payment endpoints, in memory, with a clock that you hold in your hand.
//
//	server, err := mock.New(mock.Options{})
//	http.ListenAndServe("127.0.0.1:4242", server)
package mock

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/cors"

	"understudy/mock/commerceengine"
	"understudy/mock/commercelayer"
	"understudy/mock/fabric"
	"understudy/mock/internal/control"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
	"understudy/mock/nextcommerce"
	"understudy/mock/norce"
	"understudy/specs"
)

// providers is the one list of the rooms.
var providers = []func() engine.Provider{
	commerceengine.New,
	fabric.New,
	norce.New,
	nextcommerce.New,
	commercelayer.New,
}

// Options make a server. The zero value serves every provider with the real time and a fixed seed.
type Options struct {
	Seed         string            // decides ids, tokens and keys; default "understudy"
	Clock        time.Time         // every world's clock stands still here; zero lets it run with the real time
	PublicURL    string            // what minted URLs begin with; default: the origin that the caller used
	Providers    []string          // which to serve; default all
	Profiles     map[string]string // provider → profile, another reading of its document
	MaxWorlds    int               // how many worlds requests may bring into being; default 256
	Journal      int               // how many exchanges a world remembers; default 1000
	CORS         []string          // origins that may call the providers; default any
	ControlToken string            // lets callers from other machines and origins use the control API
	Version      string            // what the control API says that this is a build of; default "(devel)"
	Authority    []byte            // the certificate that vouches for this server over https, as PEM; clients can fetch it
	DenyFraming  bool              // hosted pages may not be shown in a frame
	Twice        bool              // run every transaction twice and compare the two; for tests
	Fixtures     fs.FS             // recordings (.har) that answer what they match before the rooms do; nil is none
	FixturesOnly bool              // nothing but recordings answers
	Log          *slog.Logger      // default: silent
}

// Server is the simulator as an http.Handler.
type Server struct {
	engine  *engine.Engine
	handler http.Handler
}

// New makes a server. A document is read at its first use; Ready reads them all, and tells whether they are sound.
func New(o Options) (*Server, error) {
	if o.Seed == "" {
		o.Seed = "understudy"
	}
	if err := world.CheckTime(o.Clock); err != nil && !o.Clock.IsZero() {
		return nil, fmt.Errorf("the clock is set to %s: %w", o.Clock.Format(time.RFC3339), err)
	}
	recorded, err := recordings(o.Fixtures)
	if err != nil {
		return nil, fmt.Errorf("fixtures: %w", err)
	}
	if o.FixturesOnly && recorded == nil {
		return nil, fmt.Errorf("only fixtures are to answer, and there are none: say where they are")
	}
	e := engine.New(engine.Options{
		Recordings: recorded, RecordingsOnly: o.FixturesOnly,
		Seed: o.Seed, Start: o.Clock, Frozen: !o.Clock.IsZero(), PublicURL: o.PublicURL,
		MaxWorlds: o.MaxWorlds, Journal: o.Journal, Twice: o.Twice, DenyFraming: o.DenyFraming, Log: o.Log,
	})
	rooms, err := rooms(o)
	if err != nil {
		return nil, err
	}
	about := control.Options{Token: o.ControlToken, PublicURL: o.PublicURL, Version: cmp.Or(o.Version, "(devel)"), Authority: o.Authority}
	e.Serve(append(rooms, engine.Room{Provider: control.New(e, about), Load: document(specs.Control, "")})...)
	return &Server{engine: e, handler: crossOrigin(o, e)}, nil
}

// Ready reads every document, and returns what is wrong with them. Requests are answered meanwhile.
func (s *Server) Ready(ctx context.Context) error { return s.engine.Ready(ctx) }

// Close stops the timers of every world.
func (s *Server) Close() { s.engine.Close() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// rooms picks the providers to serve and finds their documents.
func rooms(o Options) ([]engine.Room, error) {
	var list []engine.Room
	var known []string
	for _, make := range providers {
		p := make()
		known = append(known, p.Name)
		if len(o.Providers) > 0 && !slices.Contains(o.Providers, p.Name) {
			continue
		}
		profile := o.Profiles[p.Name]
		if _, ok := specs.Overlay(p.Name, profile); profile != "" && !ok {
			return nil, fmt.Errorf("%s has no profile %q; it has: %s", p.Name, profile, orNone(specs.Profiles(p.Name)))
		}
		list = append(list, engine.Room{Provider: p, Profile: profile, Load: document(p.Name, profile)})
	}
	for _, name := range o.Providers {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("there is no provider %q; these are: %s", name, strings.Join(known, ", "))
		}
	}
	for name := range o.Profiles {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("a profile is set for %q, which is no provider; these are: %s", name, strings.Join(known, ", "))
		}
	}
	return list, nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// documents are read once in a process, however many servers there are: they do not change.
var documents sync.Map

func document(provider, profile string) func() (*openapi.Document, error) {
	load := sync.OnceValues(func() (*openapi.Document, error) {
		yaml, ok := specs.Document(provider)
		if !ok {
			return nil, fmt.Errorf("there is no document")
		}
		if overlay, ok := specs.Overlay(provider, profile); ok {
			return openapi.Load(yaml, overlay)
		}
		return openapi.Load(yaml)
	})
	once, _ := documents.LoadOrStore(provider+" "+profile, load)
	return once.(func() (*openapi.Document, error))
}

// crossOrigin lets browsers' pages of the given origins call the providers, and the control API too if it has a token to ask them for.
func crossOrigin(o Options, e *engine.Engine) http.Handler {
	allow := cors.New(cors.Options{
		AllowedOrigins: o.CORS, // none means any
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{"Understudy-Exchange", "Preference-Applied", "Location", "Retry-After", "Allow",
			"X-Ratelimit-Limit", "X-Ratelimit-Interval", "X-Ratelimit-Remaining"},
		MaxAge: 600,
	})
	open := allow.Handler(e)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.ControlToken == "" && e.IsControl(r) {
			e.ServeHTTP(w, r)
			return
		}
		open.ServeHTTP(w, r)
	})
}
