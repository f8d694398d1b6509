package main

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/sessionproc"
)

// parting is how much longer than the drain a session process may take before it is killed.
const parting = 3 * time.Second

// server accepts and authenticates peers, and gives each to a session process of its own.
type server struct {
	inv *invocation
	log *slog.Logger

	accepting sync.WaitGroup // one goroutine for each listener, until it is closed and its handshakes are done
	keepers   sync.WaitGroup // one goroutine for each session, until its process has ended

	mu       sync.Mutex
	sessions map[*sessionproc.Process]bool
	draining bool
}

func newServer(inv *invocation, log *slog.Logger) *server {
	return &server{inv: inv, log: log, sessions: make(map[*sessionproc.Process]bool)}
}

// serve listens until a signal comes, then drains.
func (s *server) serve(ctx context.Context, signals <-chan os.Signal) error {
	listeners, err := s.listen()
	if err != nil {
		return err
	}
	failed := make(chan error, len(listeners))
	shaking, refuse := context.WithCancel(ctx)
	defer refuse()
	for _, ln := range listeners {
		s.accepting.Go(func() { // ends with shaking, or with ln, of which it tells
			if err := s.front(ln).Serve(shaking, ln); shaking.Err() == nil {
				failed <- err
			}
		})
	}
	select {
	case sig := <-signals:
		s.log.Info("draining", "signal", sig.String(), "sessions", s.count(), "within", s.inv.drain)
	case err = <-failed:
		s.log.Error("draining, for a listener has failed", "error", err, "sessions", s.count(), "within", s.inv.drain)
	}
	refuse()
	s.drain(signals)
	s.log.Info("ended")
	return err
}

// listen opens all addresses, or none.
func (s *server) listen() ([]net.Listener, error) {
	var listeners []net.Listener
	for _, addr := range s.inv.listen {
		ln, err := conn.Listen(addr)
		if err != nil {
			for _, ln := range listeners {
				_ = ln.Close()
			}
			return nil, err
		}
		listeners = append(listeners, ln)
	}
	for _, ln := range listeners {
		addr := ln.Addr().Network() + "://" + ln.Addr().String()
		if ln.Addr().Network() == "tcp" && s.inv.insecure {
			s.log.Warn("listening without a token, insecure: every user of this machine can run code as this one", "addr", addr)
		}
		s.log.Info("listening", "addr", addr)
	}
	return listeners, nil
}

// drain asks all sessions to end, sees to it that they do, and waits. A second signal ends them at once.
func (s *server) drain(signals <-chan os.Signal) {
	for _, p := range s.close() {
		p.End(s.inv.drain, "the server is shutting down")
	}
	over := make(chan struct{})
	go func() { // joined below
		defer close(over)
		s.accepting.Wait() // first: it begins sessions
		s.keepers.Wait()
	}()
	select {
	case <-over:
		return
	case sig := <-signals:
		s.log.Warn("ending at once", "signal", sig.String(), "sessions", s.count())
	case <-time.After(s.inv.drain + parting):
		s.log.Warn("sessions do not end: killing them", "sessions", s.count())
	}
	for _, p := range s.close() {
		p.Kill()
	}
	<-over
}

// close makes track refuse sessions from now on, and returns those that there are.
func (s *server) close() []*sessionproc.Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
	return slices.Collect(maps.Keys(s.sessions))
}

// track takes note of a session, and reports whether it comes too late.
func (s *server) track(p *sessionproc.Process) (late bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[p] = true
	return s.draining
}

func (s *server) untrack(p *sessionproc.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, p)
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}
