package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

type health struct {
	Listen string `default:"127.0.0.1:4242" placeholder:"HOST:PORT" help:"Where the server on this machine listens, as serve was told (${default})."`
	URL    string `name:"url" placeholder:"URL" help:"Ask the server that runs there instead."`
}

// askedFor is how long a server may take to say that it is well.
const askedFor = 5 * time.Second

// Run asks a server whether every provider can be called. It suits a container's health check: what it finds is its exit code.
func (h *health) Run(out output) error {
	origin := strings.TrimSuffix(h.URL, "/")
	if origin == "" {
		host, port, err := net.SplitHostPort(h.Listen)
		if err != nil || port == "" || port == "0" {
			return usage("--listen %q is not host:port of a server that runs, as in 127.0.0.1:4242", h.Listen)
		}
		origin = "http://" + onThisMachine(host, port)
	}
	ctx, cancel := context.WithTimeout(context.Background(), askedFor)
	defer cancel()
	var answer struct {
		Status    string
		Providers []string
	}
	if err := (control{origin}).get(ctx, "/health", &answer); err != nil {
		return err
	}
	if answer.Status != "healthy" || len(answer.Providers) == 0 {
		return fmt.Errorf("%s answers, but not as an Understudy server that is well: status is %q with %d providers; healthy with one at least would be right", origin, answer.Status, len(answer.Providers))
	}
	_, err := io.WriteString(out, fmt.Sprintf("healthy: %s at %s\n", strings.Join(answer.Providers, ", "), origin))
	return err
}
