package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/sessionproc"
)

// front is what meets the peers of one listener.
func (s *server) front(ln net.Listener) *conn.Server {
	srv := &conn.Server{
		Config:   conn.Config{Name: "rgo-server", Logger: s.log},
		Insecure: s.inv.insecure,
		Handoff:  s.handOff,
	}
	if ln.Addr().Network() == "tcp" {
		srv.Token = s.inv.token // on a unix socket the kernel says who it is
	}
	return srv
}

// handOff gives an authenticated connection to a session process of its own.
func (s *server) handOff(_ context.Context, a *conn.Accepted) error {
	raw, ok := a.Raw().(interface{ File() (*os.File, error) })
	if !ok {
		return fmt.Errorf("a %T has no descriptor to hand on", a.Raw())
	}
	f, err := raw.File()
	if err != nil {
		return err
	}
	p, err := sessionproc.Start(sessionproc.Spec{Socket: f, State: a.State(), Offer: s.inv.offer})
	_ = f.Close()
	if err != nil {
		return err
	}
	_ = a.Close() // the session process has its own descriptor
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
