package conn

import (
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// Config says how one end of a connection behaves. The zero value offers nothing, asks for no token, and takes the defaults.
type Config struct {
	// Bind is called once for each connection, before anything of the peer is read, and returns what serves the peer's
	// calls. If it is nil or returns nil, calls are refused until Attach gives the connection a handler. It may start calls
	// but not wait for them.
	Bind func(*Conn) Handler

	// Limits bound what the peer may cost. Zero fields take their defaults.
	Limits Limits

	// Token, if not empty, is a secret that both ends must know. It never crosses the connection. It must have MinToken
	// bytes at least, for a stranger can try short ones offline; NewToken makes a good one.
	Token string

	// Name is what this end calls itself, for the peer's messages to people.
	Name string

	// Logger gets what nobody else is told: refused peers, lost connections. Nil means slog.Default.
	Logger *slog.Logger

	// Stderr is where the standard error of a peer started by exec: goes. Nil means os.Stderr.
	Stderr io.Writer

	// Origins has the connection remember, for Dump, where each reference came from: the message, and the user's code that made the call. It
	// costs a stack for each call, some microseconds.
	Origins bool

	// HandshakeTimeout bounds the time until both ends have agreed. Zero means 10 seconds.
	HandshakeTimeout time.Duration

	// KeepAlive is the time between two questions to a silent peer whether it is still there; it has WriteTimeout to answer.
	// Zero means 30 seconds, a negative time means never.
	KeepAlive time.Duration

	// WriteTimeout bounds how long the peer may leave what we write unread. Zero means 30 seconds.
	WriteTimeout time.Duration
}

func (cfg Config) withDefaults() Config {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.HandshakeTimeout == 0 {
		cfg.HandshakeTimeout = 10 * time.Second
	}
	if cfg.KeepAlive == 0 {
		cfg.KeepAlive = 30 * time.Second
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = 30 * time.Second
	}
	return cfg
}

// Limits bound what a peer may cost its other end. A zero field takes the default named beside it.
type Limits struct {
	MaxFrame   int // 64 KiB, and 8 MiB at most: a body above it goes in pieces
	MaxValue   int // 256 MiB: any body
	MaxBulk    int // 1 GiB: all bodies that are arriving at one time, or are those of calls that have not returned
	MaxRefs    int // 16,384, and 262,144 at most: references in one message
	MaxCalls   int // 16,384: the peer's calls that have not returned; and as many again nested in each call of ours
	MaxNested  int // 65,536: all of the peer's calls that are nested in calls of ours
	MaxDepth   int // 1,024: calls nested in calls, to and fro
	MaxResults int // 65,536: results that the peer keeps
	MaxExports int // 1,048,576: objects that the peer holds references to
	MaxImports int // 1,048,576: objects of the peer's that we hold references to
	MaxStreams int // 256: streams that the peer has open
}

// DefaultLimits are the limits that a zero Limits stands for.
func DefaultLimits() Limits {
	return Limits{
		MaxFrame: 64 << 10, MaxValue: 256 << 20, MaxBulk: 1 << 30, MaxRefs: 1 << 14, MaxCalls: 1 << 14, MaxNested: 1 << 16,
		MaxDepth: 1 << 10, MaxResults: 1 << 16, MaxExports: 1 << 20, MaxImports: 1 << 20, MaxStreams: 1 << 8,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int }{
		{&l.MaxFrame, &d.MaxFrame},
		{&l.MaxValue, &d.MaxValue},
		{&l.MaxBulk, &d.MaxBulk},
		{&l.MaxRefs, &d.MaxRefs},
		{&l.MaxCalls, &d.MaxCalls},
		{&l.MaxNested, &d.MaxNested},
		{&l.MaxDepth, &d.MaxDepth},
		{&l.MaxResults, &d.MaxResults},
		{&l.MaxExports, &d.MaxExports},
		{&l.MaxImports, &d.MaxImports},
		{&l.MaxStreams, &d.MaxStreams},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	l.MaxFrame, l.MaxRefs = min(l.MaxFrame, 8<<20), min(l.MaxRefs, 1<<18) // together they fit a frame (wire.MaxFrame)
	return l
}

// Sizes of what stands around the body and the references in a frame.
const (
	maxName      = 4 << 10
	maxReason    = 1 << 10
	frameRest    = 256      // the other fields, generously
	refBytes     = 12       // one reference, at most: two heads and an id of nine bytes
	releaseBatch = 1 << 10  // counts in one release frame
	writeBatch   = 64 << 10 // bytes of frames written at once
)

// frameMax is the size of the largest frame that is taken from a peer.
func (l Limits) frameMax() int {
	return max(l.MaxFrame+maxName+frameRest+l.MaxRefs*refBytes, 32<<10)
}

// checker returns what checks the frames of a peer. That of most connections is made once.
func (l Limits) checker() (*wire.Checker, error) {
	if l == DefaultLimits() {
		return defaultChecker()
	}
	return l.newChecker()
}

var defaultChecker = sync.OnceValues(DefaultLimits().newChecker)

func (l Limits) newChecker() (*wire.Checker, error) {
	return wire.NewChecker(wire.Limits{
		MaxValue:    l.frameMax(),
		MaxNesting:  8,
		MaxElements: max(l.MaxRefs, 2*releaseBatch),
	})
}

// Peer says who is at the other end, as far as is known.
type Peer struct {
	Name    string // what it calls itself
	Version string // of its software, as it says
	Addr    string // where it is or was found
	UID     int    // its user on this machine; -1 if unknown
	PID     int    // its process on this machine; 0 if unknown
}
