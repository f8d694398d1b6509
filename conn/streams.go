package conn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/rgo-project/rgo/internal/wire"
)

// claimTime bounds how long a stream and the one who asks for it may miss each other.
const claimTime = 30 * time.Second

// streams are the bulk streams of a connection. Guarded by the connection's mutex, except for slots, which guards itself.
type streams struct {
	slots     chan struct{}         // one for each stream that we have opened
	live      map[uint32]*Stream    // in somebody's hands
	unclaimed map[uint32]*arrived   // opened by the peer, nobody has asked for them yet
	claims    map[uint32]chan taken // asked for, not yet here
	refused   map[uint32]bool       // to be closed when they come
	last      uint32                // the latest that has come
}

// arrived is a stream that waits to be claimed.
type arrived struct {
	s        *yamux.Stream
	expire   *time.Timer
	rejected string // the peer reads it no more
	since    time.Duration
}

// taken is what a claim gets: a stream, or nil when the connection has ended.
type taken struct {
	s *Stream
}

func (st *streams) init(slots int) {
	st.slots = make(chan struct{}, slots)
	st.live = make(map[uint32]*Stream)
	st.unclaimed = make(map[uint32]*arrived)
	st.claims = make(map[uint32]chan taken)
	st.refused = make(map[uint32]bool)
}

func (st *streams) count() int { return len(st.live) + len(st.unclaimed) }

// end wakes everybody who waits; the streams themselves end with the multiplexer.
func (st *streams) end() {
	for _, claim := range st.claims {
		claim <- taken{} // has room for one
	}
	for _, a := range st.unclaimed {
		a.expire.Stop()
	}
	st.claims, st.unclaimed = nil, nil
}

// multiplexer returns the session of yamux, and starts it when it is needed first. It reads when the reader hands over to it.
func (c *Conn) multiplexer() (*yamux.Session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.s.ended {
		return nil, &LostError{Cause: c.s.cause}
	}
	if c.mux != nil {
		return c.mux, nil
	}
	mux, err := c.multiplex()
	if err != nil { // a configuration of ours that yamux does not know
		c.endLocked(fmt.Errorf("conn: bulk streams: %w", err), nil)
		return nil, err
	}
	c.mux = mux
	c.spawn(func() { c.acceptStreams(mux) }) // ends with the session; joined by Wait
	return mux, nil
}

// multiplex makes a session of yamux on the transport.
func (c *Conn) multiplex() (*yamux.Session, error) {
	cfg := &yamux.Config{
		// More than honest peers ever have on the way: they hold themselves to the limit that we have told them.
		AcceptBacklog:          2*c.limits.MaxStreams + 8,
		EnableKeepAlive:        false, // see pulse
		KeepAliveInterval:      time.Second,
		ConnectionWriteTimeout: c.cfg.WriteTimeout,
		MaxStreamWindowSize:    1 << 20,
		StreamOpenTimeout:      0, // would end the session; our own is on the claim
		StreamCloseTimeout:     0, // would cut off a slow reader of a half-closed stream; reset frames do this work
		Logger:                 muxLog{c.log},
	}
	if c.dialed {
		return yamux.Client(c.carrier, cfg)
	}
	return yamux.Server(c.carrier, cfg)
}

// OpenStream opens a bulk stream. Its ID goes to the peer inside some message, and the peer takes the stream by it. If as many are open as the peer
// allows, it waits for one to be closed.
func (c *Conn) OpenStream(ctx context.Context) (*Stream, error) {
	select {
	case c.s.streams.slots <- struct{}{}:
	case <-c.ending:
		return nil, c.lostError(false)
	case <-ctx.Done():
		return nil, fmt.Errorf("conn: opening a stream, %d are open, the limit (the smaller Limits.MaxStreams of both ends): %w", cap(c.s.streams.slots), canceled(ctx, false))
	}
	s, err := c.openMux(ctx)
	if err != nil {
		<-c.s.streams.slots
		return nil, err
	}
	stream := &Stream{c: c, s: s, ours: true, since: c.now()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.streams.live[stream.ID()] = stream
	return stream, nil
}

// openMux opens a stream of yamux's, which may block, and does not know contexts.
func (c *Conn) openMux(ctx context.Context) (*yamux.Stream, error) {
	type opened struct {
		s   *yamux.Stream
		err error
	}
	mux, err := c.multiplexer()
	if err != nil {
		return nil, err
	}
	got := make(chan opened)
	left := make(chan struct{})
	defer close(left)
	c.mu.Lock()
	if c.s.ended {
		c.mu.Unlock()
		return nil, c.lostError(false)
	}
	c.spawn(func() { // ends with the session at the latest; joined by Wait
		s, err := mux.OpenStream()
		select {
		case got <- opened{s, err}:
		case <-left:
			if err == nil {
				c.forgo(s)
			}
		}
	})
	c.mu.Unlock()
	select {
	case o := <-got:
		if o.err != nil {
			return nil, c.openFailed(o.err)
		}
		return o.s, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("conn: opening a stream: %w", canceled(ctx, false))
	}
}

// forgo closes a stream that was opened too late for whoever wanted it: nobody over there will ask for it.
func (c *Conn) forgo(s *yamux.Stream) {
	c.mu.Lock()
	c.queueFrame(&wire.Reset{Stream: s.StreamID(), Code: wire.ResetUnused, Reason: "opened too late"})
	c.mu.Unlock()
	_ = s.Close() // of no use to anybody
}

// openFailed ends a connection that cannot open streams any more.
func (c *Conn) openFailed(err error) error {
	if !errors.Is(err, yamux.ErrSessionShutdown) {
		lost := c.lost(err)
		c.end(lost, lost, nil)
	}
	<-c.ending
	return c.lostError(false)
}

// lostError is the error of what cannot be done since the connection has ended.
func (c *Conn) lostError(mayHaveRun bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &LostError{Cause: c.s.cause, MayHaveRun: mayHaveRun}
}

// AcceptStream takes the stream that the peer has opened and named by id. It waits for the stream to arrive, though not for long.
func (c *Conn) AcceptStream(ctx context.Context, id uint32) (*Stream, error) {
	s, err := c.claim(ctx.Done(), id)
	if errors.Is(err, errGivenUp) {
		return nil, fmt.Errorf("conn: waiting for stream %d: %w", id, canceled(ctx, false))
	}
	return s, err
}

// claim takes a stream that the peer has opened, or waits for it.
func (c *Conn) claim(stop <-chan struct{}, id uint32) (*Stream, error) {
	c.mu.Lock()
	st := &c.s.streams
	if c.s.ended {
		c.mu.Unlock()
		return nil, c.lostError(true)
	}
	if have := st.unclaimed[id]; have != nil {
		defer c.mu.Unlock()
		have.expire.Stop()
		delete(st.unclaimed, id)
		return c.adopt(have.s, have.rejected), nil
	}
	if st.claims[id] != nil || st.live[id] != nil {
		c.mu.Unlock()
		return nil, refuse(CodeBadTarget, "stream %d is taken already", id)
	}
	claim := make(chan taken, 1)
	st.claims[id] = claim
	c.mu.Unlock()

	timer := time.NewTimer(claimTime)
	defer timer.Stop()
	var err error
	select {
	case t := <-claim:
		if t.s == nil {
			return nil, c.lostError(true)
		}
		return t.s, nil
	case <-stop:
		err = errGivenUp
	case <-timer.C:
		err = refuse(CodeBadTarget, "stream %d has not come within %v", id, claimTime)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if st.claims[id] == claim {
		delete(st.claims, id)
		st.refuse(c, id, "given up")
	} else if t := <-claim; t.s != nil { // it came at the last moment
		c.spawn(func() { _ = t.s.Close() }) // joined by Wait
	}
	return nil, err
}

// adopt makes a Stream of one that was opened by the peer. The mutex is held.
func (c *Conn) adopt(s *yamux.Stream, rejected string) *Stream {
	stream := &Stream{c: c, s: s, since: c.now()}
	c.s.streams.live[stream.ID()] = stream
	if rejected != "" {
		stream.reject(rejected)
	}
	return stream
}

// acceptStreams takes every stream that the peer opens and puts it where it will be looked for. It ends with the session.
func (c *Conn) acceptStreams(mux *yamux.Session) {
	for {
		s, err := mux.AcceptStream()
		if err != nil {
			c.endMux(err)
			return
		}
		if err := c.mayOpen(); err != nil {
			c.end(err, err, &wire.Abort{Code: wire.AbortLimit, Reason: err.Error()})
			continue // until the session ends
		}
		if !c.place(s) {
			_ = s.Close() // a stream that nobody wants; how its end fails is of no interest
		}
	}
}

// mayOpen ends the connection of a peer that opens streams and does not close its half of those that nobody wants: yamux keeps what was sent on them. That
// is asked of yamux, with no lock held, for it waits for the transport with its own held.
func (c *Conn) mayOpen() error {
	if most := 8*c.limits.MaxStreams + 64; c.mux.NumStreams() > most {
		return tooMuch("it has more than %d streams that are not closed at both ends, and may have %d open (Limits.MaxStreams)", most, c.limits.MaxStreams)
	}
	return nil
}

// endMux ends the connection for an error that only the multiplexer has met, such as a frame of its own that makes no sense. The end of
// the transport is met by the reader of our frames first, which knows more about it.
func (c *Conn) endMux(err error) {
	for again := false; ; again = true {
		select {
		case <-c.ending:
			return
		default:
		}
		if again {
			_, err = c.mux.AcceptStream()
		}
		if err != nil && !errors.Is(err, yamux.ErrSessionShutdown) { // else it is about a stream that had come before; the session knows why it ended
			break
		}
	}
	for _, broken := range []error{yamux.ErrInvalidMsgType, yamux.ErrDuplicateStream, yamux.ErrRecvWindowExceeded, yamux.ErrUnexpectedFlag} {
		if errors.Is(err, broken) {
			err = &ProtocolError{Text: "frames of its multiplexer make no sense: " + err.Error()}
			c.end(err, err, &wire.Abort{Code: wire.AbortProtocol, Reason: err.Error()})
			c.carrier.drain() // its reader, which has met the error, reads no more
			return
		}
	}
	lost := c.lost(err)
	c.end(lost, lost, nil)
}

func (c *Conn) place(s *yamux.Stream) bool {
	id := s.StreamID()
	c.mu.Lock()
	defer c.mu.Unlock()
	st := &c.s.streams
	st.last = max(st.last, id)
	refused := st.refused[id]
	delete(st.refused, id)
	switch claim := st.claims[id]; {
	case c.s.ended:
		return false
	case claim != nil:
		delete(st.claims, id)
		claim <- taken{c.adopt(s, "")} // has room for one
	case refused:
		return false
	case len(st.unclaimed) >= c.limits.MaxStreams:
		c.queueFrame(&wire.Reset{Stream: id, Reason: fmt.Sprintf("%d streams are waiting to be asked for, the limit (Limits.MaxStreams)", c.limits.MaxStreams)})
		return false
	default:
		st.unclaimed[id] = &arrived{s: s, since: c.now(), expire: time.AfterFunc(claimTime, func() { c.expire(id) })}
	}
	return true
}

// expire runs in a timer's goroutine; it does not wait.
func (c *Conn) expire(id uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.s.ended && c.s.streams.unclaimed[id] != nil {
		c.s.streams.refuse(c, id, "nobody has asked for it")
	}
}

// refuse closes a stream of the peer's, at once or when it comes. The mutex is held.
func (st *streams) refuse(c *Conn, id uint32, reason string) {
	if c.s.ended {
		return
	}
	c.queueFrame(&wire.Reset{Stream: id, Reason: reason})
	st.drop(c, id)
}

// drop closes a stream of the peer's that nobody will ask for. The mutex is held.
func (st *streams) drop(c *Conn, id uint32) {
	if have := st.unclaimed[id]; have != nil {
		have.expire.Stop()
		delete(st.unclaimed, id)
		c.spawn(func() { _ = have.s.Close() }) // may have to wait for the transport; joined by Wait
	} else if id > st.last && len(st.refused) < 4*c.limits.MaxStreams {
		st.refused[id] = true
	}
}

// receiveReset handles a reset frame: the peer reads the stream no more.
func (c *Conn) receiveReset(f *wire.Reset) {
	reason := clip(f.Reason, maxReason)
	if reason == "" {
		reason = "no reason given"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	st := &c.s.streams
	if s := st.live[f.Stream]; s != nil {
		s.reject(reason)
	} else if f.Code == wire.ResetUnused {
		st.drop(c, f.Stream)
	} else if have := st.unclaimed[f.Stream]; have != nil {
		have.rejected = reason
	}
}
