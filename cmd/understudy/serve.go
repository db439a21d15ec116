package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"understudy/mock"
)

type serve struct {
	Listen       string            `default:"127.0.0.1:4242" placeholder:"HOST:PORT" help:"Address to listen on; port 0 takes a free one (${default})."`
	AddrFile     string            `type:"path" placeholder:"FILE" help:"Write the address that was taken to this file, once it answers."`
	PublicURL    string            `name:"public-url" placeholder:"URL" help:"What the URLs in answers begin with, where callers reach this server by another name."`
	TLS          bool              `name:"tls" help:"Speak https on the same port too, with certificates of a local authority made once for this machine."`
	Seed         string            `default:"understudy" help:"Decides every id, token and key; \"random\" draws one and prints it (${default})."`
	Clock        string            `placeholder:"TIME" help:"Freeze every world's clock here, as in 2026-03-02T09:30:00Z; default is the real time, running."`
	Providers    []string          `placeholder:"NAME,…" help:"Serve these providers only."`
	Profile      map[string]string `placeholder:"PROVIDER=NAME" help:"Serve another reading of a provider's document."`
	MaxWorlds    int               `default:"256" help:"How many worlds requests may bring into being (${default})."`
	CORS         []string          `name:"cors" placeholder:"ORIGIN,…" help:"Origins whose pages may call the providers; default is any."`
	ControlToken string            `placeholder:"TOKEN" help:"Let callers from other machines and origins use the control API, with this bearer token."`
	Fixtures     string            `type:"path" placeholder:"DIR" help:"Answer what was recorded from the recordings in this folder (PROVIDER/*.har), and everything else from the simulator."`
	FixturesOnly bool              `help:"With --fixtures: answer from recordings only, and refuse what none matches."`
	DenyFraming  bool              `help:"Do not let hosted pages be shown in a frame."`
	Log          string            `enum:"off,errors,requests" default:"requests" help:"What to write to standard error: off, errors or requests (${default})."`
	JSON         bool              `name:"json" help:"Announce the server as one JSON object on standard output's first line."`
}

// Run serves until it is told to stop.
func (s *serve) Run(out output, msg messages) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return s.run(ctx, out, msg)
}

func (s *serve) run(ctx context.Context, out, msg io.Writer) error {
	options, err := s.options(msg)
	if err != nil {
		return err
	}
	var a *authority
	if s.TLS {
		if a, err = localAuthority(); err != nil {
			return err
		}
		options.Authority = a.pem()
	}
	simulator, err := mock.New(options)
	if err != nil {
		return usage("%w", err)
	}
	defer simulator.Close()
	// The listener first, so that a caller who is quick waits instead of being turned away.
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return cannotListen(s.Listen, err)
	}
	server := &http.Server{
		Handler: simulator, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	failed := make(chan error, 2)
	listen(server, listener, a, failed)
	if a != nil {
		fmt.Fprint(msg, a.trust(listener.Addr()))
	}
	defer server.Close()
	if err := simulator.Ready(ctx); err != nil {
		return fmt.Errorf("the documents cannot be served:\n%w", err)
	}
	debug.FreeOSMemory() // reading the documents leaves several times what is kept of them
	if err := s.announce(ctx, listener, out, options.Seed); err != nil {
		return err
	}
	if s.AddrFile != "" {
		defer os.Remove(s.AddrFile)
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// A caller in the middle of an answer gets it; one that waits for something to happen is let go.
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// cannotListen says what to do about an address that somebody else has.
func cannotListen(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return usage("--listen %s: another program listens there, perhaps an Understudy of before; --listen 127.0.0.1:0 takes a free port (make run LISTEN=127.0.0.1:0)", address)
	}
	return usage("--listen %s: %w", address, err)
}

// listen begins to serve: http, and https beside it if there is an authority to vouch for it.
func listen(server *http.Server, listener net.Listener, a *authority, failed chan<- error) {
	serve := func(l net.Listener) {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}
	if a == nil {
		go serve(listener)
		return
	}
	plain, secure := split(listener)
	go serve(plain)
	go serve(tls.NewListener(secure, a.config()))
}

// options reads the flags; what is wrong with one is said with what would be right.
func (s *serve) options(msg io.Writer) (mock.Options, error) {
	o := mock.Options{
		Seed: s.Seed, Providers: s.Providers, Profiles: s.Profile, MaxWorlds: s.MaxWorlds, CORS: s.CORS, ControlToken: s.ControlToken, DenyFraming: s.DenyFraming, Version: buildVersion(),
		PublicURL: strings.TrimSuffix(s.PublicURL, "/"),
	}
	if err := s.recordings(&o); err != nil {
		return o, err
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return o, usage("--listen %q is not host:port, as in 127.0.0.1:4242 or :0", s.Listen)
	}
	if u, err := url.Parse(s.PublicURL); s.PublicURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "") {
		return o, usage("--public-url %q is not an http or https URL without a query, as in https://mock.example.test", s.PublicURL)
	}
	for _, origin := range s.CORS {
		if !isOrigin(origin) {
			return o, usage("--cors %q is no origin that a browser sends; scheme://host or scheme://host:port would be right, as in https://shop.example.test, https://*.example.test or http://localhost:3000", origin)
		}
	}
	if err := writable(s.AddrFile); err != nil {
		return o, err
	}
	if s.MaxWorlds < 1 {
		return o, usage("--max-worlds %d: at least 1 is needed", s.MaxWorlds)
	}
	if s.Seed == "" {
		return o, usage("--seed is empty: give any text, or \"random\"")
	}
	if s.Seed == "random" {
		b := make([]byte, 8)
		if _, err := rand.Read(b); err != nil {
			return o, err
		}
		o.Seed = hex.EncodeToString(b)
	}
	if s.Clock != "" {
		at, err := time.Parse(time.RFC3339Nano, s.Clock)
		if err != nil {
			return o, usage("--clock %q is not a time of RFC 3339, as in 2026-03-02T09:30:00Z", s.Clock)
		}
		o.Clock = at.UTC()
	}
	levels := map[string]slog.Level{"errors": slog.LevelError, "requests": slog.LevelInfo}
	if level, ok := levels[s.Log]; ok {
		o.Log = slog.New(slog.NewTextHandler(msg, &slog.HandlerOptions{Level: level}))
	}
	return o, nil
}

// isOrigin tells whether a browser can name itself so: a scheme and a host, with one * in it perhaps; or "null", which pages from files are; or "*", any.
func isOrigin(s string) bool {
	if s == "*" || s == "null" {
		return true
	}
	u, err := url.Parse(strings.Replace(s, "*", "any", 1))
	return err == nil && u.Scheme != "" && u.Host != "" && u.Scheme+"://"+strings.ToLower(u.Host) == strings.ToLower(strings.Replace(s, "*", "any", 1)) && !strings.Contains(u.Host, "*")
}

// recordings finds the folder that --fixtures names.
func (s *serve) recordings(o *mock.Options) error {
	switch folder, err := os.Stat(s.Fixtures); {
	case s.Fixtures == "" && s.FixturesOnly:
		return usage("--fixtures-only needs --fixtures, the folder with the recordings")
	case s.Fixtures == "":
		return nil
	case err != nil:
		return usage("--fixtures: %w", err)
	case !folder.IsDir():
		return usage("--fixtures %s is a file: give the folder that holds PROVIDER/*.har", s.Fixtures)
	}
	o.Fixtures, o.FixturesOnly = os.DirFS(s.Fixtures), s.FixturesOnly
	return nil
}

// announcement is the first line of standard output with --json.
type announcement struct {
	URL       string              `json:"url"`
	HTTPS     string              `json:"https,omitempty"` // the same with --tls; all that stands below URL stands below it too
	Control   string              `json:"control"`
	Seed      string              `json:"seed"`
	Providers []announcedProvider `json:"providers"`
}

type announcedProvider struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	Curl string `json:"curl"`
}

// announce tells where everything is and gives one runnable call of each provider.
func (s *serve) announce(ctx context.Context, listener net.Listener, out io.Writer, seed string) error {
	origin := "http://" + reachable(listener.Addr())
	list, err := control{origin}.providers(ctx)
	if err != nil {
		return err
	}
	public := origin
	if s.PublicURL != "" {
		public = strings.TrimSuffix(s.PublicURL, "/")
	}
	a := announcement{URL: public, Control: public + "/_understudy/", Seed: seed, Providers: list}
	if s.TLS && s.PublicURL == "" {
		a.HTTPS = "https://" + reachable(listener.Addr())
	}
	if s.JSON {
		if err := json.NewEncoder(out).Encode(a); err != nil {
			return err
		}
	} else {
		a.print(out)
	}
	if s.AddrFile == "" {
		return nil
	}
	return writeAside(s.AddrFile, listener.Addr().String()+"\n")
}

func (a announcement) print(out io.Writer) {
	at := a.URL
	if a.HTTPS != "" {
		at += ", and the same at " + a.HTTPS
	}
	fmt.Fprintf(out, "Understudy %s plays %d providers at %s (seed %s)\n", buildVersion(), len(a.Providers), at, a.Seed)
	for _, p := range a.Providers {
		fmt.Fprintf(out, "\n%s at %s\n%s\n", p.Name, p.URL, p.Curl)
	}
	fmt.Fprintf(out, "\nA shop to click through: %sdemo\nThe control API and a page that shows what happens: %s\nOrders and values that make something happen: understudy triggers\n", a.Control, a.Control)
}

// reachable is an address of this machine at which a listener answers.
func reachable(a net.Addr) string {
	host, port, _ := net.SplitHostPort(a.String())
	return onThisMachine(host, port)
}

// onThisMachine is where this machine reaches what listens on a host of its own, all of them perhaps.
func onThisMachine(host, port string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// writeAside makes a file whole or not at all: a reader never sees half of it.
func writeAside(file, text string) error {
	aside := file + ".new"
	err := os.WriteFile(aside, []byte(text), 0o644)
	if err == nil {
		err = os.Rename(aside, file)
	}
	return cannotWrite(file, err)
}

// writable tries whether the address can be written, while nothing has been announced yet. "" is no file.
func writable(file string) error {
	if file == "" {
		return nil
	}
	if folder, err := os.Stat(file); err == nil && folder.IsDir() {
		return usage("--addr-file %s is a folder: give a file in it", file)
	}
	aside := file + ".new"
	if err := os.WriteFile(aside, nil, 0o644); err != nil {
		return cannotWrite(file, err)
	}
	return os.Remove(aside)
}

// cannotWrite names the file that was asked for, whatever it is written through.
func cannotWrite(file string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if err == nil {
		return nil
	}
	return usage("--addr-file %s cannot be written: %w", file, err)
}
