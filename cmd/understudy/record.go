package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"understudy/fixtures"
	"understudy/fixtures/record"
	"understudy/fixtures/redact"
	"understudy/specs"
)

type recording struct {
	Provider     string `required:"" placeholder:"NAME" help:"Whose API it is: ${providers}."`
	Upstream     string `placeholder:"URL" help:"The sandbox: what stands before the vendor's own paths, as https://demo.commercelayer.io."`
	FromJournal  string `placeholder:"URL" help:"Take the story from the journal of the Understudy server there instead."`
	World        string `default:"default" help:"With --from-journal: of this world."`
	ControlToken string `placeholder:"TOKEN" help:"With --from-journal: the token that the server's control API wants."`
	Out          string `required:"" type:"path" placeholder:"FILE" help:"The story, a HAR file."`
	Listen       string `default:"127.0.0.1:0" help:"Where clients are to call."`
	Rules        string `type:"path" placeholder:"FILE" help:"More rules of what is secret, in YAML."`
	UpstreamCA   string `name:"upstream-ca" type:"path" placeholder:"FILE" help:"Trust this authority too, in PEM, when calling the sandbox."`
	Synthetic    bool   `help:"The upstream is a simulator, and the story is to say so."`
	Live         bool   `help:"Mean it, if the upstream's host is one where real money moves."`
	JSON         bool   `name:"json" help:"Tell of it as JSON: first the URL to call, then an object for each exchange."`
}

// Help ends the command's help.
func (*recording) Help() string {
	return `Start it, let your client call the URL that it prints instead of the sandbox, and end it with Ctrl-C. Secrets are taken out before anything is stored.

  understudy record --provider commercelayer --upstream https://demo.commercelayer.io --live --out fixtures/commercelayer/paid.har
  understudy record --provider norce --from-journal http://127.0.0.1:4242 --out fixtures/norce/rehearsed.har

A host that serves live and test accounts alike wants --live. If the recording is killed, understudy fixtures recover makes a story of what was kept.

It ends with 0 once the story is whole, 1 if there is none, 2 if it was asked for wrongly, 3 if nobody answers at --from-journal. That the upstream does not answer is told of each call, which gets a 502.`
}

// Run records until it is told to end.
func (r *recording) Run(out output, msg messages) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return r.run(ctx, out, msg)
}

func (r *recording) run(ctx context.Context, out, msg io.Writer) error {
	operations, err := record.OperationsOf(r.Provider)
	if err != nil {
		return usage("--provider: %w", err)
	}
	switch {
	case r.Upstream == "" && r.FromJournal == "":
		return usage("one of --upstream and --from-journal is needed")
	case r.Upstream != "" && r.FromJournal != "":
		return usage("--upstream and --from-journal are two ways to take a story; give only one")
	}
	rules, err := redactionRules(r.Rules)
	if err != nil {
		return err
	}
	mark := fixtures.Mark{Provider: r.Provider, Scenario: scenarioOf(r.Out), Provenance: fixtures.Recorded, Date: time.Now().UTC().Format(time.DateOnly)}
	if r.Synthetic || r.FromJournal != "" {
		mark.Provenance = fixtures.Synthetic
	}
	if r.FromJournal != "" {
		return r.fromJournal(ctx, mark, rules, msg)
	}
	up, err := r.upstream()
	if err != nil {
		return err
	}
	mark.Base = strings.TrimSuffix(up.URL.String(), "/")
	return r.proxy(ctx, up, mark, redact.New(rules, nil), operations, out, msg)
}

// upstream reads the flags that say where the sandbox is.
func (r *recording) upstream() (up record.Upstream, err error) {
	up.URL, err = httpURL("--upstream", r.Upstream, "https://sandbox.example.test")
	if err != nil {
		return up, err
	}
	if up.URL.User != nil {
		return up, usage("--upstream: leave user and password to your client; they are passed on, and not stored")
	}
	if specs.ProductionHost(up.URL.Hostname()) && !r.Live {
		return up, usage("--upstream: real money moves at %s, or may; say --live if that is meant", up.URL.Host)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true
	if r.UpstreamCA != "" {
		pem, err := os.ReadFile(r.UpstreamCA)
		if err != nil {
			return up, usage("--upstream-ca: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return up, usage("--upstream-ca %s holds no certificate in PEM", r.UpstreamCA)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	up.Transport = transport
	return up, nil
}

func httpURL(flag, value, example string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(value, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return nil, usage("%s %q is not an http or https URL without a query, as in %s", flag, value, example)
	}
	return u, nil
}

// proxy serves until ctx is done, and then makes the story whole.
func (r *recording) proxy(ctx context.Context, up record.Upstream, mark fixtures.Mark, redactor *redact.Redactor, operations *record.Operations, out, msg io.Writer) error {
	listener, err := net.Listen("tcp", r.Listen)
	if err != nil {
		return usage("--listen %s: %w", r.Listen, err)
	}
	defer listener.Close()
	story, err := record.Begin(r.Out, mark, redactor)
	if err != nil {
		return usage("--out: %w", err)
	}
	tell := teller(r.JSON, out)
	tell.begun("http://"+reachable(listener.Addr()), mark.Base, r.Out)
	proxy := record.NewProxy(up, story, operations, time.Now, tell.exchange)
	server := &http.Server{Handler: proxy, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close()
	}
	proxy.Wait()
	return errors.Join(err, finish(story, r.Out, msg))
}

func finish(story *record.Story, name string, msg io.Writer) error {
	entries := story.Len()
	if err := story.Close(); err != nil {
		return fmt.Errorf("%w\n%s holds what was kept; understudy fixtures recover %s makes a story of it", err, record.PartOf(name), name)
	}
	if entries == 0 {
		return errors.New("nothing was recorded, and no file was written")
	}
	written(msg, name, entries)
	return nil
}

func written(msg io.Writer, name string, entries int) {
	fmt.Fprintf(msg, "%s holds %s; secrets were taken out\n", name, counted(entries, "exchange"))
}

// fromJournal makes a story of what a running simulator remembers.
func (r *recording) fromJournal(ctx context.Context, mark fixtures.Mark, rules *redact.Rules, msg io.Writer) error {
	u, err := httpURL("--from-journal", r.FromJournal, "http://127.0.0.1:4242")
	if err != nil {
		return err
	}
	c := control{u.String()}
	var worlds struct {
		Worlds []struct {
			Name, URL, Seed string
			Clock           struct{ Start time.Time }
		}
	}
	var journal struct{ Requests []record.Exchange }
	if err := c.getWith(ctx, r.ControlToken, "/worlds", &worlds); err != nil {
		return unreachable(err)
	}
	found := false
	for _, w := range worlds.Worlds {
		if w.Name == r.World {
			found, mark.Seed, mark.Clock, mark.Base = true, w.Seed, w.Clock.Start, strings.TrimSuffix(w.URL, "/")+"/"+r.Provider
		}
	}
	if !found {
		return usage("--world: the server at %s has no world %q", r.FromJournal, r.World)
	}
	if r.World != "default" {
		c.origin += "/w/" + url.PathEscape(r.World)
	}
	if err := c.getWith(ctx, r.ControlToken, "/requests?limit=10000&provider="+r.Provider, &journal); err != nil {
		return err
	}
	mark.Source = "journal"
	story, err := record.Begin(r.Out, mark, redact.New(rules, nil))
	if err != nil {
		return usage("--out: %w", err)
	}
	origin := strings.TrimSuffix(mark.Base, "/"+r.Provider)
	if r.World != "default" {
		origin = strings.TrimSuffix(origin, "/w/"+r.World)
	}
	var kept []*record.Exchange
	for i := range journal.Requests {
		x := &journal.Requests[i]
		if why := x.Skip(r.Provider); why != "" {
			fmt.Fprintf(msg, "%s %s %s is left out: %s\n", x.ID, x.Method, x.URL, why)
			continue
		}
		e := x.Entry(origin)
		if _, _, err := story.Add(&e); err != nil {
			return errors.Join(err, story.Drop())
		}
		kept = append(kept, x)
	}
	made, err := r.madeOutside(ctx, c, kept)
	if err != nil {
		return errors.Join(unreachable(err), story.Drop())
	}
	moved, err := r.movedOutside(ctx, c, kept, made)
	if err != nil {
		return errors.Join(unreachable(err), story.Drop())
	}
	if err := finish(story, r.Out, msg); err != nil {
		return err
	}
	if len(made) > 0 {
		fmt.Fprintf(msg, "made outside of the story, by the control API or the demo shop, and in no world when it is replayed: %s\n"+
			"understudy replay --set %s=ORDER puts one that every tenant has in an order's place; understudy triggers %s lists them\n", strings.Join(made, ", "), made[0], r.Provider)
	}
	if len(moved) > 0 {
		fmt.Fprintf(msg, "done outside of the story, by the control API, and not done when it is replayed, so that answers may differ: %s\n", strings.Join(moved, ", "))
	}
	return nil
}

// madeOutside lists the orders of the story's tenants that neither the cast holds nor the story has made. The orders tell, and not what the control API did: a journal may have been emptied.
func (r *recording) madeOutside(ctx context.Context, c control, kept []*record.Exchange) (outside []string, err error) {
	var list triggerList
	if err := c.getWith(ctx, r.ControlToken, "/triggers", &list); err != nil {
		return nil, err
	}
	inside, tenants := map[string]bool{}, map[string]bool{}
	for _, p := range list.Providers {
		for _, o := range p.Orders {
			inside[o.ID] = inside[o.ID] || p.Provider == r.Provider
		}
	}
	for _, x := range kept {
		tenants[x.Tenant] = x.Tenant != ""
		for _, id := range x.Made() {
			inside[id] = true
		}
	}
	for _, tenant := range slices.Sorted(maps.Keys(tenants)) {
		var found struct{ Orders []struct{ ID string } }
		if !tenants[tenant] {
			continue
		}
		if err := c.getWith(ctx, r.ControlToken, "/"+r.Provider+"/"+url.PathEscape(tenant)+"/orders", &found); err != nil {
			return nil, err
		}
		for _, o := range found.Orders {
			if !inside[o.ID] {
				outside = append(outside, o.ID)
			}
		}
	}
	return outside, nil
}

// movedOutside lists what the control API did, before the story's end, to orders of its tenants that were there already: those of the cast, and those that the story made.
func (r *recording) movedOutside(ctx context.Context, c control, kept []*record.Exchange, made []string) (moved []string, err error) {
	var journal struct{ Requests []record.Exchange }
	if err := c.getWith(ctx, r.ControlToken, "/requests?cause=control&limit=10000&provider="+r.Provider, &journal); err != nil {
		return nil, err
	}
	for _, x := range journal.Requests {
		if !slices.ContainsFunc(kept, func(k *record.Exchange) bool { return k.Tenant == x.Tenant && k.Number > x.Number }) {
			continue
		}
		for _, id := range x.Moved() {
			if !slices.Contains(made, id) {
				moved = append(moved, strings.TrimPrefix(x.Operation, "control:")+" "+id)
			}
		}
	}
	return moved, nil
}

func scenarioOf(out string) string { return strings.TrimSuffix(filepath.Base(out), ".har") }

func redactionRules(file string) (*redact.Rules, error) {
	rules := redact.Default()
	if file == "" {
		return rules, nil
	}
	raw, err := os.ReadFile(file)
	if err == nil {
		rules, err = rules.With(raw)
	}
	if err != nil {
		return nil, usage("--rules %s: %w", file, err)
	}
	return rules, nil
}

// told writes what happens while a story is taken: for people, or as JSON.
type told struct {
	out  io.Writer
	json *json.Encoder
}

func teller(asJSON bool, out io.Writer) *told {
	t := &told{out: out}
	if asJSON {
		t.json = json.NewEncoder(out)
		t.json.SetEscapeHTML(false)
	}
	return t
}

func (t *told) begun(at, upstream, file string) {
	if t.json != nil {
		t.json.Encode(map[string]string{"url": at, "upstream": upstream, "out": file})
		return
	}
	fmt.Fprintf(t.out, "%s\ncalls go on to %s and are kept in %s; Ctrl-C ends the story\n", at, upstream, file)
}

func (t *told) exchange(x record.Told) {
	switch {
	case t.json != nil:
		t.json.Encode(x)
	case x.Error != "":
		fmt.Fprintf(t.out, "     %s %s: not kept: %s\n", x.Method, x.URL, x.Error)
		if hint := howToTrust(x.Error, "--upstream-ca FILE"); hint != "" {
			fmt.Fprintf(t.out, "     %s\n", hint)
		}
	default:
		fmt.Fprintf(t.out, "%4d %s %s → %d in %.0f ms  %s\n", x.Entry, x.Method, x.URL, x.Status, x.Took, x.Operation)
	}
}
