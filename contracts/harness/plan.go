package harness

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"understudy/contracts/harness/document"
	"understudy/specs"
)

// Plan is what one worker is to do: one provider before one target. It survives JSON and holds no secret.
type Plan struct {
	Provider   string   `json:"provider"`
	Target     string   `json:"target"`
	URL        string   `json:"url,omitempty"`     // of a mock that runs already
	Token      string   `json:"token,omitempty"`   // the variable that holds its control token
	Profile    string   `json:"profile,omitempty"` // of a mock that is started
	Seed       string   `json:"seed,omitempty"`    // of a mock that is started
	Order      int64    `json:"order,omitempty"`   // 0: the documents' own order
	Focus      []string `json:"focus,omitempty"`
	Labels     string   `json:"labels,omitempty"`
	Sandbox    *Sandbox `json:"sandbox,omitempty"`
	Live       bool     `json:"live,omitempty"`
	Recordings string   `json:"recordings,omitempty"`
	FailOn     string   `json:"fail_on,omitempty"` // the weakest mark whose break counts before a sandbox; "" is documented
	Keep       bool     `json:"keep,omitempty"`    // keep every exchange
	Command    string   `json:"command,omitempty"` // what repeats it, up to its focus
}

// MissingError is why a target was not asked: the variables that hold its credentials are not set.
type MissingError struct{ Reason string }

func (e *MissingError) Error() string { return e.Reason }

// Open makes the target of a plan ready. It fails with a *MissingError if there are no credentials for it, with ErrAway if it does not answer.
func (p Plan) Open(ctx context.Context, token string) (*Target, error) {
	switch {
	case p.Target == TargetMock && p.URL != "":
		return ReachMock(ctx, p.Provider, p.URL, token)
	case p.Target == TargetMock:
		return StartMock(ctx, p.Provider, p.Profile, p.Seed)
	case p.Target == TargetSandbox:
		return p.openSandbox(ctx)
	}
	return nil, fmt.Errorf("there is no target %q; these are: %s", p.Target, strings.Join(Targets(), ", "))
}

func (p Plan) openSandbox(ctx context.Context) (*Target, error) {
	if p.Sandbox == nil {
		return nil, &MissingError{fmt.Sprintf("understudy.yaml says nothing of a sandbox of %s", p.Provider)}
	}
	d, err := document.Read(p.Provider, "")
	if err != nil {
		return nil, err
	}
	own := *p.Sandbox
	t := &Target{Name: TargetSandbox, Provider: p.Provider, Origin: strings.TrimSuffix(own.URL, "/"), Document: d, sandbox: &own}
	t.Client = newClient(t)
	t.Client.gap = own.gap()
	if missing := own.resolve(t.Client); len(missing) > 0 {
		return nil, &MissingError{"not set: " + strings.Join(missing, ", ")}
	}
	if own.unwritten(d) {
		return nil, &MissingError{fmt.Sprintf("sandbox.%s.credentials names none that its document asks for", p.Provider)}
	}
	if err := p.checkLive(); err != nil {
		return nil, err
	}
	return t, t.reach(ctx)
}

// LiveError is why a target is not asked: real money moves there.
type LiveError struct{ Host string }

func (e *LiveError) Error() string {
	return fmt.Sprintf("%s is known to move real money; --live says that you mean it", e.Host)
}

func (p Plan) checkLive() error {
	if at := host(p.Sandbox.URL); specs.ProductionHost(at) && !p.Live {
		return &LiveError{at}
	}
	return nil
}

// dialer opens a connection.
type dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// reach opens a connection, which over https also shows whether the target's certificate is trusted, and sends nothing.
func (t *Target) reach(ctx context.Context) error {
	u, err := url.Parse(t.Origin)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err == nil && proxy != nil {
		return nil // what stands behind a proxy can only be told by asking
	}
	var way dialer = new(net.Dialer)
	if u.Scheme == "https" {
		way = new(tls.Dialer)
	}
	connection, err := way.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return connection.Close()
}

// OpenRecordings makes a target of what was said before. Nothing can be sent to it.
func OpenRecordings(provider string) (*Target, error) {
	d, err := document.Read(provider, "")
	if err != nil {
		return nil, err
	}
	t := &Target{Name: TargetRecordings, Provider: provider, Document: d, sandbox: &Sandbox{}}
	t.Client = newClient(t)
	return t, nil
}
