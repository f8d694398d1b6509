package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/rgo-project/rgo/cmd/internal/local"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/sessionproc"
)

// maxShaking bounds the strangers that are in the handshake at one time.
const maxShaking = 64

// accept takes peers from ln until it is closed, and waits for the handshakes under way.
func (s *server) accept(ctx context.Context, ln net.Listener) {
	cfg := conn.Config{Name: "rgo-server", Logger: s.log}
	if ln.Addr().Network() == "tcp" {
		cfg.Token = s.inv.token // on a unix socket the kernel says who it is
	}
	var shaking sync.WaitGroup
	defer shaking.Wait()
	slots := make(chan struct{}, maxShaking)
	for {
		slots <- struct{}{}
		nc, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of descriptors, most likely: it may pass, and others may still be served.
			s.log.Warn("cannot accept", "addr", ln.Addr().String(), "error", err)
			<-slots
			time.Sleep(100 * time.Millisecond)
			continue
		}
		shaking.Go(func() {
			defer func() { <-slots }()
			a, err := conn.Handshake(ctx, nc, cfg)
			if err != nil {
				s.log.Warn("peer refused", "addr", ln.Addr().String(), "error", err)
				return
			}
			if err := s.begin(nc, a); err != nil {
				s.log.Error("no session", "peer", a.Peer().Name, "error", err)
			}
			_ = nc.Close() // the session process has its own
		})
	}
}

// begin gives an authenticated connection to a session process of its own.
func (s *server) begin(nc net.Conn, a *conn.Accepted) error {
	filer, ok := nc.(interface{ File() (*os.File, error) })
	if !ok {
		return fmt.Errorf("a connection over %s has no descriptor to hand on", nc.LocalAddr().Network())
	}
	f, err := filer.File()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	p, err := sessionproc.Start(sessionproc.Spec{Socket: f, State: a.State(), Version: local.Version()})
	if err != nil {
		return err
	}
	peer := a.Peer()
	log := s.log.With("session", p.PID())
	log.Info("session began", "peer", peer.Name, "from", peer.Addr, "uid", peer.UID, "pid", peer.PID)
	if s.track(p) {
		p.End(0, "the server is shutting down")
	}
	began := time.Now()
	s.keepers.Go(func() { // ends with the process
		how := p.Wait()
		s.untrack(p)
		attrs := []any{"duration", time.Since(began).Round(time.Millisecond), "status", how.Code, "reason", how.String()}
		if how.Orderly() {
			log.Info("session ended", attrs...)
			return
		}
		log.Error("session died", append(attrs, "said", how.Crash)...)
	})
	return nil
}
