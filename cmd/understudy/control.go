package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"

	"understudy/mock"
)

// control asks a server over its control API.
type control struct{ origin string }

func (c control) get(ctx context.Context, path string, v any) error {
	return c.getWith(ctx, "", path, v)
}

// getWith shows the control token, if it is not empty.
func (c control) getWith(ctx context.Context, token, path string, v any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.origin+"/_understudy"+path, nil)
	if err != nil {
		return usage("%s is no server's address: %w", c.origin, err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return &noServer{fmt.Errorf("no server answers at %s: %w", c.origin, err)}
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var problem struct{ Detail string }
		json.NewDecoder(answer.Body).Decode(&problem)
		return fmt.Errorf("%s%s answers %s: %s", c.origin, path, answer.Status, problem.Detail)
	}
	if err := json.NewDecoder(answer.Body).Decode(v); err != nil {
		return fmt.Errorf("%s%s does not answer as an Understudy server does: %w", c.origin, path, err)
	}
	return nil
}

// noServer is that nobody answers.
type noServer struct{ error }

func (n *noServer) Unwrap() error { return n.error }

func (c control) providers(ctx context.Context) ([]announcedProvider, error) {
	var list struct{ Providers []announcedProvider }
	err := c.get(ctx, "/providers", &list)
	return list.Providers, err
}

// withServer calls f with a running server: the one at origin, or if that is empty one of its own that ends with f.
func withServer(ctx context.Context, origin string, f func(control) error) error {
	if origin != "" {
		return f(control{origin})
	}
	simulator, err := mock.New(mock.Options{})
	if err != nil {
		return err
	}
	defer simulator.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: simulator}
	defer server.Close()
	go server.Serve(listener)
	return f(control{"http://" + listener.Addr().String()})
}
