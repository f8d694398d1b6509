package conn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// ErrServerClosed is returned by a Server's methods after Shutdown.
var ErrServerClosed = errors.New("conn: server closed")

// maxShaking bounds the strangers that are in the handshake at one time.
const maxShaking = 64

// Server accepts connections. Its fields must not be changed once it serves.
type Server struct {
	Config

	// Insecure allows listening on tcp without a token: any process of this machine, of any user, may then connect.
	Insecure bool

	// Handoff, if not nil, gets each connection that has passed the handshake, instead of its being served here. The Accepted is Handoff's from
	// then on. It is called in a goroutine of its own; an error is logged, and the connection closed.
	Handoff func(ctx context.Context, a *Accepted) error

	// Closed, if not nil, is called when a connection that was served here is over, with what Conn.Wait returned.
	Closed func(c *Conn, err error)

	mu        sync.Mutex
	down      bool
	listeners map[net.Listener]struct{}
	conns     map[*Conn]struct{}
}

// ListenAndServe listens on all addrs (see Listen) and serves until ctx ends or Shutdown is called. If one of them cannot be had, none is served.
func (s *Server) ListenAndServe(ctx context.Context, addrs ...string) error {
	if len(addrs) == 0 {
		return errors.New("conn: no address to listen on")
	}
	var all []net.Listener
	for _, addr := range addrs {
		ln, err := Listen(addr)
		if err == nil {
			all = append(all, ln)
			err = s.mayServe(ln)
		}
		if err != nil {
			for _, ln := range all {
				_ = ln.Close() // the reason is better
			}
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make(chan error, len(all))
	for _, ln := range all {
		go func() { // ends with ctx; joined below
			defer cancel() // one fails, all end
			errs <- s.Serve(ctx, ln)
		}()
	}
	var first error
	for range all {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

// mayServe refuses a listener that is less safe than what was asked for.
func (s *Server) mayServe(ln net.Listener) error {
	addr, ok := ln.Addr().(*net.TCPAddr)
	if !ok {
		return nil
	}
	if !addr.IP.IsLoopback() {
		return fmt.Errorf("conn: %v reaches beyond this machine, and plain tcp is neither encrypted nor authenticated: listen on 127.0.0.1 or on a unix socket", addr)
	}
	if s.Token == "" && !s.Insecure {
		return fmt.Errorf("conn: any user of this machine could connect to %v: set a token, allow it explicitly as insecure, or listen on a unix socket", addr)
	}
	return nil
}

// Serve serves the connections that come in on ln until ctx ends or Shutdown is called, and closes ln. When ctx ends, its connections are closed and waited
// for.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if err := s.mayServe(ln); err != nil {
		return closed(ln, err)
	}
	if !s.track(ln) {
		return closed(ln, ErrServerClosed)
	}
	defer s.untrack(ln)
	stop := context.AfterFunc(ctx, func() { _ = ln.Close() }) // the error of Accept is what is told
	defer stop()
	var serving sync.WaitGroup
	defer serving.Wait()
	slots := make(chan struct{}, maxShaking)
	for pause := time.Duration(0); ; {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		nc, err := ln.Accept()
		switch {
		case err == nil:
			pause = 0
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case s.isDown():
			return ErrServerClosed
		case isTemporary(err): // out of file descriptors, for one
			<-slots
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			s.logger().Warn("cannot accept", "listener", ln.Addr(), "error", err, "pause", pause)
			wait(ctx, pause)
			continue
		default:
			return closed(ln, fmt.Errorf("conn: accept on %v: %w", ln.Addr(), err))
		}
		serving.Go(func() { // ends with the connection, which ctx ends; joined above
			s.serveConn(ctx, nc, func() { <-slots })
		})
	}
}

func isTemporary(err error) bool {
	var temporary interface{ Temporary() bool }
	return errors.As(err, &temporary) && temporary.Temporary()
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// serveConn takes one connection from its first byte to its end.
func (s *Server) serveConn(ctx context.Context, nc net.Conn, shaken func()) {
	a, err := Handshake(ctx, nc, s.Config)
	shaken()
	if err != nil {
		s.logger().Warn("peer refused", "address", address(nc), "error", err)
		return
	}
	if s.Handoff != nil {
		if err := s.Handoff(ctx, a); err != nil {
			s.logger().Error("connection could not be handed on", "peer", a.Peer().title(), "error", err)
			_ = a.Close() // whoever got it may have closed it
		}
		return
	}
	c, err := a.Start()
	if err != nil {
		s.logger().Error("connection could not be started", "error", err)
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	if !s.trackConn(c) {
		_ = c.Close() // always nil
	}
	err = c.Wait()
	s.untrackConn(c)
	if err != nil {
		s.logger().Info("connection lost", "peer", c.Peer().title(), "error", err)
	}
	if s.Closed != nil {
		s.Closed(c, err)
	}
}

func (s *Server) logger() *slog.Logger {
	if s.Logger != nil {
		return s.Logger
	}
	return slog.Default()
}

func (s *Server) track(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return false
	}
	if s.listeners == nil {
		s.listeners = make(map[net.Listener]struct{})
	}
	s.listeners[ln] = struct{}{}
	return true
}

func (s *Server) untrack(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
}

func (s *Server) trackConn(c *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return false
	}
	if s.conns == nil {
		s.conns = make(map[*Conn]struct{})
	}
	s.conns[c] = struct{}{}
	return true
}

func (s *Server) untrackConn(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

func (s *Server) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// Conns returns the connections that are being served.
func (s *Server) Conns() []*Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*Conn, 0, len(s.conns))
	for c := range s.conns {
		all = append(all, c)
	}
	return all
}

// Shutdown stops listening and shuts every connection down: no new calls, those under way end, or are cut off when ctx ends. The error
// tells of those.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.down = true
	for ln := range s.listeners {
		_ = ln.Close() // Serve tells
	}
	s.mu.Unlock()
	all := s.Conns()
	errs := make([]error, len(all))
	var ending sync.WaitGroup
	for i, c := range all {
		ending.Go(func() { errs[i] = c.Shutdown(ctx) }) // ends soon after ctx
	}
	ending.Wait()
	return errors.Join(errs...)
}
