package conn

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// Accepted is a connection whose handshake is done and whose protocol has not begun. Nothing of it has been read ahead.
type Accepted struct {
	raw    io.ReadWriteCloser
	agreed *agreement
	cfg    Config
}

// Handshake does the acceptor's half of the handshake on nc, and no more. On a unix socket the process at the other end must belong to our
// own user. A peer that is refused is told why, and nc is closed.
func Handshake(ctx context.Context, nc net.Conn, cfg Config) (*Accepted, error) {
	a, err := handshake(ctx, nc, cfg)
	if err != nil {
		return nil, err
	}
	if err := nc.SetDeadline(time.Time{}); err != nil {
		return nil, closed(nc, &RefusedError{Reason: "the stream has ended behind the handshake", Cause: err})
	}
	return a, nil
}

func handshake(ctx context.Context, raw io.ReadWriteCloser, cfg Config) (*Accepted, error) {
	cfg = cfg.withDefaults()
	addr := address(raw)
	creds, err := credentials(raw)
	if err != nil {
		s := &shaker{rw: raw, cfg: cfg}
		s.refuse("not you", "only the user who runs this end may connect to it")
		return nil, closed(raw, &RefusedError{Reason: err.Error()})
	}
	agreed, err := shake(ctx, raw, cfg, addr, (*shaker).accept)
	if err != nil {
		return nil, closed(raw, err)
	}
	agreed.peer.UID, agreed.peer.PID = creds.uid, creds.pid
	return &Accepted{raw: raw, agreed: agreed, cfg: cfg}, nil
}

// closed closes what failed, and keeps the reason.
func closed(raw io.Closer, err error) error {
	_ = raw.Close() // the reason is better
	return err
}

// address names the other end of a transport.
func address(raw io.ReadWriteCloser) string {
	if nc, ok := raw.(interface{ RemoteAddr() net.Addr }); ok && nc.RemoteAddr() != nil {
		a := nc.RemoteAddr()
		if a.String() == "" || a.String() == "@" { // a client of a unix socket has no name
			return a.Network()
		}
		return a.Network() + "://" + a.String()
	}
	return "stream"
}

// Peer says who is at the other end.
func (a *Accepted) Peer() Peer { return a.agreed.peer }

// Raw returns the stream, for who hands its descriptor on.
func (a *Accepted) Raw() io.ReadWriteCloser { return a.raw }

// Start begins the protocol.
func (a *Accepted) Start() (*Conn, error) {
	c, err := start(a.raw, a.agreed, a.cfg)
	if err != nil {
		return nil, closed(a.raw, err)
	}
	return c, nil
}

// Close gives the connection up, without a word.
func (a *Accepted) Close() error { return a.raw.Close() }

// State returns what another process needs, beside the file descriptor, to go on with Resume. It holds no secret.
func (a *Accepted) State() []byte {
	p := a.agreed.peer
	b := wire.AppendArray(nil, 6)
	b = wire.AppendText(b, p.Name)
	b = wire.AppendText(b, p.Version)
	b = wire.AppendText(b, p.Addr)
	b = wire.AppendInt(b, int64(p.UID))
	b = wire.AppendInt(b, int64(p.PID))
	h := hello{limits: a.agreed.limits}
	return h.appendLimits(b)
}

// Resume begins the protocol on a stream whose handshake was done elsewhere; state is what State returned there.
func Resume(raw io.ReadWriteCloser, state []byte, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	agreed, err := parseState(state)
	if err != nil {
		return nil, closed(raw, fmt.Errorf("conn: resume: %w", err))
	}
	c, err := start(raw, agreed, cfg)
	if err != nil {
		return nil, closed(raw, err)
	}
	return c, nil
}

func parseState(state []byte) (*agreement, error) {
	if err := wire.Check(state, helloLimits); err != nil {
		return nil, err
	}
	r := wire.NewReader(state)
	if n, err := r.Array(); err != nil || n != 6 {
		return nil, fmt.Errorf("%d elements of state, want 6 (%v)", n, err)
	}
	var agreed agreement
	p := &agreed.peer
	var err error
	for _, text := range []*string{&p.Name, &p.Version, &p.Addr} {
		if *text, err = r.Text(); err != nil {
			return nil, err
		}
	}
	for _, number := range []*int{&p.UID, &p.PID} {
		v, err := r.Int()
		if err != nil {
			return nil, err
		}
		*number = int(v)
	}
	var h hello
	if err := h.parseLimits(&r); err != nil {
		return nil, err
	}
	agreed.limits = h.limits.withDefaults()
	return &agreed, nil
}

// Accept does the acceptor's half of the handshake on any stream of bytes, and begins the protocol. Closing raw must wake whoever reads from it or writes to
// it; the connection closes it in the end, and so does an error.
func Accept(ctx context.Context, raw io.ReadWriteCloser, cfg Config) (*Conn, error) {
	if nc, ok := raw.(net.Conn); ok {
		a, err := Handshake(ctx, nc, cfg)
		if err != nil {
			return nil, err
		}
		return a.Start()
	}
	a, err := handshake(ctx, raw, cfg)
	if err != nil {
		return nil, err
	}
	return a.Start()
}

// Client does the dialler's half of the handshake on any stream of bytes, and begins the protocol. For raw see Accept.
func Client(ctx context.Context, raw io.ReadWriteCloser, cfg Config) (*Conn, error) {
	return client(ctx, raw, cfg, address(raw))
}

func client(ctx context.Context, raw io.ReadWriteCloser, cfg Config, addr string) (*Conn, error) {
	cfg = cfg.withDefaults()
	creds, err := credentials(raw)
	if err != nil {
		return nil, closed(raw, &RefusedError{Reason: err.Error()})
	}
	agreed, err := shake(ctx, raw, cfg, addr, (*shaker).dial)
	if err != nil {
		if knows, ok := raw.(explainer); ok {
			err = knows.explain(err)
		}
		return nil, closed(raw, err)
	}
	agreed.peer.UID, agreed.peer.PID = creds.uid, creds.pid
	c, err := start(raw, agreed, cfg)
	if err != nil {
		return nil, closed(raw, err)
	}
	return c, nil
}

// Pipe makes a connection within this process, both ends of which have shaken hands. It is for tests, and for what offers itself to itself.
func Pipe(a, b Config) (*Conn, *Conn) {
	left, right := net.Pipe()
	a, b = a.withDefaults(), b.withDefaults()
	agree := func(peer Config, dialed bool) *agreement {
		return &agreement{dialed: dialed, peer: Peer{Name: peer.Name, Version: Version, Addr: "pipe", UID: -1}, limits: peer.Limits}
	}
	cb, errB := start(right, agree(a, false), b)
	ca, errA := start(left, agree(b, true), a)
	if errA != nil || errB != nil {
		panic(fmt.Sprintf("conn: Pipe: limits that cannot be: %v %v", errA, errB))
	}
	return ca, cb
}
