package soak

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// round is the life of one connection.
type round struct {
	plan
	cfg   Config
	tally *Tally
	seed  uint64
	ports ports
	led   *ledger

	peers [2]*peer
	ends  [2]*conn.Conn
	net   *network // between them; nil if that is nothing
}

func newRound(cfg Config, t *Tally, rnd *rand.Rand, ports ports) *round {
	return &round{plan: newPlan(t.Rounds, cfg.Life, cfg.Workers, rnd), cfg: cfg, tally: t, seed: rnd.Uint64(), ports: ports, led: &ledger{stop: func() {}}}
}

// run lives it. It returns what went wrong.
func (r *round) run(until time.Time) error {
	if connected, err := r.connect(); !connected {
		return err
	}
	stop := make(chan struct{})
	var once sync.Once
	halt := func() { once.Do(func() { close(stop) }) }
	r.led.mu.Lock()
	r.led.stop = halt
	r.led.mu.Unlock()

	var work sync.WaitGroup
	var busy atomic.Int64
	for side := range r.ends {
		for i := range r.hands[side] {
			w := newWorker(r, side, i, stop)
			busy.Add(1)
			work.Go(func() { // ends with stop or with the connection; joined below
				defer busy.Add(-1)
				w.work()
			})
		}
	}
	r.live(stop, until)
	if err := r.unbroken(); err != nil {
		r.led.wrongf("%w", err)
	}
	if r.end == calm {
		halt()
	} else {
		r.finish()
	}
	if !soon(func() bool { return busy.Load() == 0 }) {
		return fmt.Errorf("%d workers do not come back from their calls; wrong so far: %v\n%v\n%v\n%s", busy.Load(), r.led.err(), r.ends[0].Dump(), r.ends[1].Dump(), stacks())
	}
	halt()
	work.Wait()
	for _, p := range r.peers {
		p.forget()
	}
	if err := r.led.err(); err != nil {
		r.close()
		return err
	}
	if r.end == calm {
		if err := emptied(r.ends[0], r.ends[1]); err != nil {
			return err
		}
		if err := r.unbroken(); err != nil {
			return err
		}
	}
	r.close()
	return r.check()
}

// connect makes the connection. It may fail where the link does.
func (r *round) connect() (bool, error) {
	streams, network, err := r.ports.connect(r.plan, r.seed)
	if err != nil {
		return false, err
	}
	r.net = network
	for i := range r.peers {
		r.peers[i] = &peer{led: r.led}
	}
	cfg := func(i int) conn.Config {
		c := conn.Config{
			Name: [...]string{"left", "right"}[i], Bind: netproxy.Serve(r.peers[i]), Logger: slog.New(slog.DiscardHandler), HandshakeTimeout: patience,
		}
		if r.end.linkEnds() { // which nobody may ever notice otherwise
			c.HandshakeTimeout, c.KeepAlive, c.WriteTimeout = 2*time.Second, 200*time.Millisecond, time.Second
		}
		return c
	}
	var failed [2]error
	var both sync.WaitGroup
	both.Go(func() { r.ends[0], failed[0] = conn.Client(context.Background(), streams[0], cfg(0)) })
	both.Go(func() { r.ends[1], failed[1] = conn.Accept(context.Background(), streams[1], cfg(1)) })
	both.Wait()
	if failed[0] == nil && failed[1] == nil {
		return true, nil
	}
	r.close()
	for _, err := range failed {
		var refused *conn.RefusedError
		if err != nil && !errors.As(err, &refused) {
			return false, fmt.Errorf("a handshake failed with a %T: %w", err, err)
		}
	}
	if !r.end.linkEnds() {
		return false, fmt.Errorf("no handshake on a whole link: %w", errors.Join(failed[:]...))
	}
	r.tally.count("no handshake")
	return false, nil
}

// live lets the peers work.
func (r *round) live(stop <-chan struct{}, until time.Time) {
	end := time.NewTimer(min(r.life, max(time.Until(until), 50*time.Millisecond)))
	defer end.Stop()
	for look := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-look.C:
			for _, c := range r.ends {
				r.tally.look(c.Stats())
				_ = c.Dump() // which disturbs nobody
			}
			continue
		case <-end.C:
		case <-stop:
		case <-r.ends[0].Done():
		case <-r.ends[1].Done():
		}
		look.Stop()
		return
	}
}

// unbroken says what has ended the connection, if that is not in the plan.
func (r *round) unbroken() error {
	for i, c := range r.ends {
		var broke *conn.ProtocolError
		if err := c.Err(); errors.As(err, &broke) {
			return fmt.Errorf("end %d: %w", i, err)
		}
		if c.Context().Err() != nil && !r.end.linkEnds() {
			return fmt.Errorf("end %d has ended by itself: %w", i, context.Cause(c.Context()))
		}
	}
	return nil
}

// finish ends the connection under load.
func (r *round) finish() {
	c := r.ends[r.seed%2]
	switch r.end {
	case shutdown:
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		_ = c.Shutdown(ctx) // there may be calls that take longer
	case aborted:
		c.Abort("that is enough")
	default: // also where the link has not come to its fault
		_ = c.Close() // the other side may have been first
	}
}

func (r *round) close() {
	for _, c := range r.ends {
		if c != nil {
			_ = c.Close() // it may have been lost
		}
	}
	for _, c := range r.ends {
		if c != nil {
			_ = c.Wait() // for how it ended see check
		}
	}
	r.net.remove()
}

// check looks at what is left of it.
func (r *round) check() error {
	for i, c := range r.ends {
		var broke *conn.ProtocolError
		if err := c.Err(); errors.As(err, &broke) {
			return fmt.Errorf("end %d: %w", i, err)
		}
		if s := c.Stats(); s.Exports+s.Imports+s.PendingOut+s.PendingIn+s.Results+s.Held+s.HeldThere+s.Streams != 0 {
			return fmt.Errorf("end %d is closed, and holds %+v\n%v", i, s, c.Dump())
		}
	}
	var given, told int
	if !soon(func() bool {
		r.led.mu.Lock()
		defer r.led.mu.Unlock()
		given, told = r.led.given, r.led.told
		return given == told
	}) {
		return fmt.Errorf("%d objects were handed out, and %d were told that nobody holds them", given, told)
	}
	if err := r.led.err(); err != nil {
		return err
	}
	return r.led.balance(r.end)
}
