package engine

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"understudy/fixtures/shelf"
	"understudy/mock/internal/checkout"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// room is a provider with its document, which is read at its first use, or in the background before.
type room struct {
	Provider
	profile  string
	document *openapi.Document
	router   *mux.Router // one route a path; its name is an index into targets
	targets  []target
	failed   error
	load     func() (*openapi.Document, error)
	shelf    *shelf.Shelf // nil without recordings
	opened   func(*room)  // what else there is to do once the document is read
	once     sync.Once
}

// target is what a path leads to: operations by method, or a page.
type target struct {
	methods map[string]*openapi.Operation
	page    *Page
}

// open reads the room's document, once. Whoever comes meanwhile waits.
func (r *room) open() { r.once.Do(r.read) }

// read reads the room's document and checks that the two know the same operations.
func (r *room) read() {
	document, err := r.load()
	if err == nil {
		err = errors.Join(r.agree(document), r.world().Check())
	}
	if err != nil {
		r.failed = fmt.Errorf("%s: %w", r.Name, err)
		return
	}
	r.document = document
	r.router = mux.NewRouter().UseEncodedPath()
	for _, path := range document.Paths {
		r.route(path.Template, target{methods: path.Methods})
	}
	for i := range r.Pages {
		r.route(r.Pages[i].Path, target{page: &r.Pages[i]})
	}
	if r.opened != nil {
		r.opened(r)
	}
}

func (r *room) route(template string, t target) {
	r.router.Path(template).Name(strconv.Itoa(len(r.targets)))
	r.targets = append(r.targets, t)
}

// world is what a world has to know of the room: its own, and what its customers' journeys bring along.
func (r *room) world() world.Room {
	w := world.Room{Cast: r.Cast, Timers: maps.Clone(r.Timers), Kinds: slices.Clone(r.Kinds)}
	for _, p := range r.Pages {
		if p.Script == nil {
			continue
		}
		if w.Timers == nil {
			w.Timers = map[string]func(*world.Tx, world.Timer) error{}
		}
		w.Timers[checkout.Timer] = p.Script.Answer
		if !slices.Contains(w.Kinds, world.AnyKind(checkout.Journeys)) {
			w.Kinds = append(w.Kinds, checkout.Journeys)
		}
	}
	return w
}

// agree fails on an operation without a handler or a reason, and on a handler without an operation.
func (r *room) agree(d *openapi.Document) error {
	var problems []error
	own := r.Profiles[r.profile]
	for _, op := range d.Operations() {
		_, simulated := r.handler(op.ID)
		_, declined := r.Declined[op.ID]
		if simulated == declined {
			problems = append(problems, fmt.Errorf("operation %s is to have either a handler or a reason why it is declined", op.ID))
		}
	}
	handlers := slices.Sorted(maps.Keys(own))
	if r.profile == "" {
		handlers = slices.Sorted(maps.Keys(r.Operations))
	}
	for _, id := range handlers {
		if d.Operation(id) == nil {
			problems = append(problems, fmt.Errorf("handler %s has no operation in the document", id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.Declined)) {
		if d.Operation(id) == nil && r.profile == "" {
			problems = append(problems, fmt.Errorf("declined operation %s is not in the document", id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.Scenarios)) {
		if _, simulated := r.handler(id); !simulated {
			problems = append(problems, fmt.Errorf("scenarios are listed for %s, which is no operation here", id))
		}
	}
	return errors.Join(problems...)
}

// handler finds what carries out an operation in the profile that is served.
func (r *room) handler(id string) (Handler, bool) {
	if h, ok := r.Profiles[r.profile][id]; ok {
		return h, true
	}
	h, ok := r.Operations[id]
	return h, ok
}

// find looks a vendor path up. vars are unescaped, once.
func (r *room) find(method, path string) (t target, vars map[string]string, ok bool) {
	u := &url.URL{RawPath: path}
	if plain, err := url.PathUnescape(path); err == nil {
		u.Path = plain
	}
	var match mux.RouteMatch
	if !r.router.Match(&http.Request{Method: method, URL: u, Header: http.Header{}}, &match) || match.Route == nil {
		return target{}, nil, false
	}
	i, _ := strconv.Atoi(match.Route.GetName())
	for name, raw := range match.Vars {
		plain, err := url.PathUnescape(raw)
		if err != nil {
			return target{}, nil, false
		}
		match.Vars[name] = plain
	}
	return r.targets[i], match.Vars, true
}

// Leads tells whether a URL of this server leads to an operation or a page, whatever its method.
func (e *Engine) Leads(link string) bool {
	r, err := http.NewRequest(http.MethodGet, link, nil)
	if err != nil {
		return false
	}
	a := resolve(r, func(name string) bool { return e.rooms[name] != nil })
	room := e.rooms[a.room]
	if room == nil {
		return false
	}
	if room.open(); room.failed != nil {
		return false
	}
	if room.Outside {
		a.path = "/" + a.room + cmp.Or(a.path, "/")
	}
	_, _, found := room.find(http.MethodGet, a.path)
	return found
}

// allow lists the methods that a target takes.
func (t target) allow() []string {
	if t.page != nil {
		return []string{"GET", "HEAD", "OPTIONS", "POST"}
	}
	list := append(slices.Collect(maps.Keys(t.methods)), "OPTIONS")
	if t.methods["GET"] != nil {
		list = append(list, "HEAD")
	}
	return slices.Sorted(slices.Values(list))
}

// nearest names the operation whose path is most like an unknown one, for the journal.
func (r *room) nearest(method, path string) string {
	best, least := "", -1
	segments := strings.SplitN(path, "/", 33)
	for _, op := range r.document.Operations() {
		d := distance(segments, strings.Split(op.Path, "/"), 16, segmentsDiffer)
		if op.Method != method {
			d++
		}
		if least < 0 || d < least {
			best, least = fmt.Sprintf("%s (%s %s)", op.ID, op.Method, op.Path), d
		}
	}
	return best
}

// segmentsDiffer tells how far a segment is from a template's, up to 16: "payment" is nearer to "payments" than to "orders".
func segmentsDiffer(segment, want string) int {
	switch {
	case segment == want:
		return 0
	case strings.HasPrefix(want, "{") && segment != "":
		return 1
	}
	letters := []byte(segment[:min(len(segment), 64)])
	differ := distance(letters, []byte(want), 1, func(a, b byte) int {
		if a == b {
			return 0
		}
		return 1
	})
	return 4 + 12*differ/max(len(letters), len(want), 1)
}

// distance is what it costs to make b of a: `other` for each part that is added or taken away, and what differ says for one that is changed.
func distance[T any](a, b []T, other int, differ func(a, b T) int) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j * other
	}
	for i, part := range a {
		last := row[0]
		row[0] = (i + 1) * other
		for j, want := range b {
			last, row[j+1] = row[j+1], min(row[j+1]+other, row[j]+other, last+differ(part, want))
		}
	}
	return row[len(b)]
}
