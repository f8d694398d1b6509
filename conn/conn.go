package conn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/rgo-project/rgo/internal/wire"
)

// Conn is one end of a connection. All its methods may be called by many goroutines at once, and, except for Wait, from inside handlers.
type Conn struct {
	// Fixed after creation.
	cfg     Config
	limits  Limits // what we allow the peer
	theirs  Limits // what the peer allows us, as far as it has said
	peer    Peer
	log     *slog.Logger
	began   time.Time // what ages are reckoned from
	dialed  bool      // we have opened the connection
	raw     io.ReadWriteCloser
	carrier *carrier
	frames  *wire.FrameReader // of the carrier's reader
	ctx     context.Context   // the connection's own: parent of all handlers' contexts
	cancel  context.CancelCauseFunc

	ending chan struct{} // closed when the connection has ended: nothing begins any more
	parted chan struct{} // closed when the peer has been told, where nothing could get lost: nobody waits for its hanging up
	done   chan struct{} // closed when the peer has been told and the transport is closed

	goroutines sync.WaitGroup // Wait joins them
	w          writer
	counts     counters
	oneWay     lostCalls
	sites      sites
	watchers   atomic.Pointer[[]*watcher]
	lanes      atomic.Uint64 // the last lane given

	// Channels with one slot, each for one who waits in Call: it is his from before the call is queued until he has received from it, once. They stay with the
	// connection, or a connection in one bubble of testing/synctest would get those of another.
	waiters sync.Pool

	attaching sync.Mutex // held while a handler is made, and for nothing else
	handler   atomic.Pointer[Handler]

	mu    sync.Mutex
	s     state
	mux   *yamux.Session // made for the first bulk stream, of either end; nil before
	pulse pulse
	bye   *wire.Abort // set when the connection ends, and the peer is to be told
}

// start makes the connection of a stream whose ends have shaken hands.
func start(raw io.ReadWriteCloser, agreed *agreement, cfg Config) (*Conn, error) {
	check, err := cfg.Limits.checker()
	if err != nil {
		return nil, err
	}
	c := &Conn{
		cfg:    cfg,
		limits: cfg.Limits,
		theirs: agreed.limits,
		peer:   agreed.peer,
		log:    cfg.Logger,
		dialed: agreed.dialed,
		began:  time.Now(),
		raw:    raw,
		frames: wire.NewFrameReader(check, cfg.Limits.frameMax()),
		ending: make(chan struct{}),
		parted: make(chan struct{}),
		done:   make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancelCause(context.WithValue(context.Background(), connKey{}, c))
	c.carrier = newCarrier(raw, c.readFrame, cfg.WriteTimeout, c.stuck)
	c.w.init(c.carrier, func() { c.spawn(c.write) }) // ends when there is nothing to write, or when the keeper closes the transport; joined by Wait
	c.s.calls = make(map[uint64]*Pending)
	c.s.answers = make(map[uint64]*answer)
	c.s.streams.init(min(c.theirs.MaxStreams, c.limits.MaxStreams))
	if cfg.Bind != nil {
		if h := cfg.Bind(c); h != nil {
			c.Attach(func() Handler { return h })
		}
	}
	c.begin()
	return c, nil
}

// begin starts the connection's goroutines: each ends when the transport is closed, if not before, and is joined by Wait.
func (c *Conn) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spawn(c.read)
	c.beginPulse()
}

// write is the writer's goroutine.
func (c *Conn) write() {
	if err := c.w.run(c.takeReleases); err != nil {
		lost := c.lost(err)
		c.end(lost, lost, nil)
	}
}

// stuck ends the connection to a peer that takes nothing.
func (c *Conn) stuck(err error) {
	lost := c.lost(err)
	c.end(lost, lost, nil)
}

// lost makes the reason of an end that nobody asked for.
func (c *Conn) lost(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, yamux.ErrSessionShutdown) {
		err = io.ErrUnexpectedEOF
		err = fmt.Errorf("the peer went away without a goodbye: %w", err)
	}
	if raw, ok := c.raw.(explainer); ok {
		err = raw.explain(err)
	}
	return fmt.Errorf("conn: connection to %s lost: %w", c.peer.title(), err)
}

// explainer is a transport that knows more about its end than an error of reading, such as the exit status of a process.
type explainer interface{ explain(err error) error }

func (p Peer) title() string {
	switch {
	case p.Name == "":
		return p.Addr
	case p.Addr == "":
		return p.Name
	}
	return p.Name + " (" + p.Addr + ")"
}

// Peer says who is at the other end.
func (c *Conn) Peer() Peer { return c.peer }

// Close ends the connection: the peer is told, calls under way fail with an error that wraps ErrClosed, the contexts of handlers end. It takes about a second
// at most, however the peer behaves, and does not wait for handlers. It may be called again, and inside a handler.
//
// What was sent before still reaches the peer, also if the process ends now: unless it is known to have been read, Close waits until the peer hangs up.
func (c *Conn) Close() error {
	c.end(nil, ErrClosed, &wire.Abort{Code: wire.AbortBye, Reason: "closed"})
	select {
	case <-c.parted:
	case <-c.done:
	}
	return nil
}

// Done is closed when the connection has ended and its transport is closed. Handlers may still be running; see Wait.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Wait waits until the connection has ended and everything that ran for it has returned, handlers included, and says why it ended: nil if either
// end closed it. A handler that calls it waits for itself.
func (c *Conn) Wait() error {
	<-c.done
	c.goroutines.Wait()
	return c.Err()
}

// Err says why the connection ended; nil if it has not, or if either end closed it.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.s.why
}

// Context ends with the connection, its cause being the reason.
func (c *Conn) Context() context.Context { return c.ctx }

// Abort ends the connection at once and tells the peer why. It does not wait for anything; see Wait.
func (c *Conn) Abort(reason string) {
	err := fmt.Errorf("conn: connection aborted: %s", reason)
	c.end(err, err, &wire.Abort{Code: wire.AbortKilled, Reason: clip(reason, maxReason)})
}

// Attach returns the connection's handler. If it has none yet, it becomes the one that make returns; make must not call Attach.
func (c *Conn) Attach(make func() Handler) Handler {
	c.attaching.Lock()
	defer c.attaching.Unlock()
	if h := c.handler.Load(); h != nil {
		return *h
	}
	h := make()
	if h != nil {
		c.handler.Store(&h)
	}
	return h
}

// NewLane returns a number for the calls of one line of work. The peer runs calls of one lane one after the other, in the order in which they were
// sent. A call that is nested in one of the peer's own goes past its lane, which might be waiting for it.
func (c *Conn) NewLane() uint64 { return c.lanes.Add(1) }

// Shutdown ends the connection in an orderly way: the peer is told to begin no more calls, those under way are waited for, then the connection is closed. When
// ctx ends first, it is closed all the same, and the error says so.
func (c *Conn) Shutdown(ctx context.Context) error {
	idle := c.drain("shutting down")
	var err error
	select {
	case <-idle:
	case <-ctx.Done():
		err = fmt.Errorf("conn: closed with calls of %s still running: %w", c.peer.title(), context.Cause(ctx))
	}
	if sent := c.w.bodiesSent(); sent != nil && err == nil {
		select {
		case <-sent:
		case <-ctx.Done():
			err = fmt.Errorf("conn: closed with results still on their way to %s: %w", c.peer.title(), context.Cause(ctx))
		}
	}
	return errors.Join(err, c.Close())
}

// drain refuses all new calls from now on, and returns a channel that is closed when none is running.
func (c *Conn) drain(reason string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.s.draining && !c.s.ended {
		c.s.draining = true
		c.queueFrame(&wire.GoAway{Last: c.s.lastAnswer, Reason: reason})
	}
	if c.s.idle == nil {
		idle := make(chan struct{})
		if c.s.running == 0 || c.s.ended {
			close(idle)
			return idle
		}
		c.s.idle = idle
	}
	return c.s.idle
}

// clip bounds a text for the wire, at a character, and makes it one if it is not: the peer ends the connection over text that is not UTF-8.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xc0 == 0x80 {
		most--
	}
	return s[:most]
}
