package main

import (
	"errors"
	"net"
	"sync"
	"time"
)

// split serves two protocols on one listener. The first byte that a client sends tells them apart: a TLS handshake begins with 0x16, which no
// HTTP request does. A client that says nothing for ten seconds is let go.
func split(l net.Listener) (plain, secure net.Listener) {
	p := &half{Listener: l, conns: make(chan net.Conn), done: make(chan struct{})}
	s := &half{Listener: l, conns: make(chan net.Conn), done: make(chan struct{})}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				if passing, ok := err.(net.Error); ok && passing.Timeout() {
					continue
				}
				p.Close()
				s.Close()
				return
			}
			go sort(conn, p, s)
		}
	}()
	return p, s
}

const (
	firstByteWithin = 10 * time.Second
	tlsHandshake    = 0x16
)

func sort(conn net.Conn, plain, secure *half) {
	first := make([]byte, 1)
	conn.SetReadDeadline(time.Now().Add(firstByteWithin))
	if n, err := conn.Read(first); n == 0 || err != nil {
		conn.Close()
		return
	}
	conn.SetReadDeadline(time.Time{})
	to := plain
	if first[0] == tlsHandshake {
		to = secure
	}
	select {
	case to.conns <- &begun{Conn: conn, first: first}:
	case <-to.done:
		conn.Close()
	}
}

// half is the part of a listener's connections that speaks one protocol.
type half struct {
	net.Listener
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (h *half) Accept() (net.Conn, error) {
	select {
	case conn := <-h.conns:
		return conn, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h *half) Close() (err error) {
	h.once.Do(func() {
		close(h.done)
		if err = h.Listener.Close(); errors.Is(err, net.ErrClosed) {
			err = nil // the other half was first
		}
	})
	return err
}

// begun is a connection whose first byte was read and has to be read again.
type begun struct {
	net.Conn
	first []byte
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) > 0 && len(p) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	return b.Conn.Read(p)
}
