package harness

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"understudy/contracts/harness/document"
	"understudy/mock"
)

// The targets by name.
const (
	TargetMock       = "mock"
	TargetSandbox    = "sandbox"
	TargetRecordings = "recordings"
)

// Targets lists them in the order in which they are shown.
func Targets() []string { return []string{TargetMock, TargetSandbox, TargetRecordings} }

// mockStart is where the clock of the in-process mock stands, so that two runs are the same.
var mockStart = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// Target is a provider's API that can be asked: the mock, or a sandbox. Its client is the only way to it.
type Target struct {
	Name     string
	Provider string
	Origin   string // the mock's, or the sandbox's URL: what stands before the vendor's path
	Seed     string // of a mock that was started here; empty otherwise
	Document *document.Document
	Client   *Client

	sandbox *Sandbox // nil: a mock
	close   func()
}

// ErrAway is why nothing could be asked: the target does not answer.
var ErrAway = errors.New("the target cannot be reached")

// StartMock serves a provider in this process, on a loopback port of its own.
func StartMock(ctx context.Context, provider, profile, seed string) (*Target, error) {
	d, err := document.Read(provider, profile)
	if err != nil {
		return nil, err
	}
	o := mock.Options{Seed: seed, Clock: mockStart, Providers: []string{provider}, MaxWorlds: 100_000, Journal: 200}
	if profile != "" {
		o.Profiles = map[string]string{provider: profile}
	}
	simulator, err := mock.New(o)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		simulator.Close()
		return nil, err
	}
	server := &http.Server{Handler: simulator, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener)
	t := &Target{Name: TargetMock, Provider: provider, Origin: "http://" + listener.Addr().String(), Seed: seed, Document: d}
	t.Client = newClient(t)
	t.close = func() {
		server.Close()
		simulator.Close()
	}
	return t, nil
}

// ReachMock takes a mock that runs already. The profile that it serves decides how the document is read.
func ReachMock(ctx context.Context, provider, origin, token string) (*Target, error) {
	t := &Target{Name: TargetMock, Provider: provider, Origin: strings.TrimSuffix(origin, "/")}
	t.Client = newClient(t)
	t.Client.controlToken = token
	var served struct{ Profile string }
	if err := t.Control(ctx, http.MethodGet, "", "/providers/"+provider, nil, &served); err != nil {
		return nil, err
	}
	var err error
	t.Document, err = document.Read(provider, served.Profile)
	return t, err
}

// Close ends what was started for the target.
func (t *Target) Close() {
	t.Client.wire.CloseIdleConnections()
	if t.close != nil {
		t.close()
	}
}

// Mock tells whether there are worlds, a control API and Prefer.
func (t *Target) Mock() bool { return t.sandbox == nil }

// Base is what stands before the vendor's path, in a world of the mock's.
func (t *Target) Base(world string) string {
	if !t.Mock() {
		return t.Origin
	}
	if world == "" {
		return t.Origin + "/" + t.Provider
	}
	return t.Origin + "/w/" + world + "/" + t.Provider
}

// ControlBase is what stands before a path of the control API's document.
func (t *Target) ControlBase(world string) string {
	if world == "" {
		return t.Origin + "/_understudy"
	}
	return t.Origin + "/w/" + world + "/_understudy"
}

// Control asks the mock's control API about a world; body and into may be nil. An answer that is no success is an error that says what the mock said.
func (t *Target) Control(ctx context.Context, method, world, path string, body, into any) error {
	var reader io.Reader
	if body != nil {
		reader = strings.NewReader(string(document.Written(body)))
	}
	r, err := http.NewRequestWithContext(ctx, method, t.ControlBase(world)+path, reader)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := t.Client.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrAway, t.Origin, err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return err
	case answer.StatusCode >= 300:
		return &ControlError{answer.StatusCode, fmt.Sprintf("%s %s: %s", method, path, oneLine(string(raw)))}
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s %s does not answer as Understudy's control API: %w", method, path, err)
	}
	return nil
}

// ControlError is a refusal of the control API.
type ControlError struct {
	Status  int
	Message string
}

func (e *ControlError) Error() string {
	return fmt.Sprintf("the control API answers %d: %s", e.Status, e.Message)
}

// World names the world in which a contract runs. The name is made of what the contract is, so that it is the same in every run.
func World(e Entry) string {
	sum := sha256.Sum256([]byte(e.ID()))
	return "contract-" + hex.EncodeToString(sum[:8])
}

// Move is an arrow of a state machine.
type Move struct {
	From       string `json:"from"`
	Event      string `json:"event"`
	To         string `json:"to"`
	Provenance string `json:"provenance"`
	By         string `json:"by"` // an operationId, timer or control
}

// State is a state of a machine.
type State struct {
	Name    string `json:"name"`
	Initial bool   `json:"initial"`
	Final   bool   `json:"final"`
}

// Machine is a provider's state machine, as the control API tells it.
type Machine struct {
	Name   string  `json:"machine"`
	States []State `json:"states"`
	Moves  []Move  `json:"moves"`
}

// About is what the control API tells of a provider.
type About struct {
	DefaultTenant string
	Declined      map[string]string // operations that are not simulated, and why
	Machines      []Machine
	Call          Call
}

// Call is the call of the vendor's page.
type Call struct {
	Operation string              `json:"operation"`
	Status    int                 `json:"status"`
	Method    string              `json:"method"`
	URL       string              `json:"url"`
	Headers   map[string][]string `json:"headers"`
	Body      string              `json:"body"`
}

// About asks the mock about its provider.
func (t *Target) About(ctx context.Context) (About, error) {
	a := About{Declined: map[string]string{}}
	var provider struct {
		Tenant string `json:"default_tenant"`
		Call   Call   `json:"call"`
	}
	var operations struct {
		Operations []struct {
			ID        string
			Simulated bool
			Reason    string
		}
	}
	var states struct{ Machines []Machine }
	at := "/providers/" + t.Provider
	err := errors.Join(t.Control(ctx, "GET", "", at, nil, &provider), t.Control(ctx, "GET", "", at+"/operations", nil, &operations), t.Control(ctx, "GET", "", at+"/states", nil, &states))
	for _, op := range operations.Operations {
		if !op.Simulated {
			a.Declined[op.ID] = op.Reason
		}
	}
	a.DefaultTenant, a.Call, a.Machines = provider.Tenant, provider.Call, states.Machines
	return a, err
}

// host is the host of a URL, for messages.
func host(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Host
	}
	return raw
}
