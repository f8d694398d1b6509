package soak

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/rgo-project/rgo/internal/slowlink"
)

// plan is what a connection has to go through.
type plan struct {
	life  time.Duration // how long there is work for it
	delay time.Duration // of the link, each way
	slow  time.Duration // of a reader, at most, before each Read; one end only
	end   ending
	at    [2]int64 // the bytes of each direction that arrive, where the link ends it
}

// ending is how a connection ends.
type ending int

const (
	calm     ending = iota // the work ends; what is held is given back; then it is closed
	shutdown               // is shut down in an orderly way, under load
	closed                 // is closed under load
	aborted                // is aborted under load
	cut                    // the link breaks at a byte
	silent                 // what is written vanishes from a byte on
	endings
)

func (e ending) String() string {
	return [...]string{"calm", "shutdown", "closed", "aborted", "cut", "silent"}[e]
}

func (p plan) String() string {
	return fmt.Sprintf("%v within %v, delay %v, slow reader %v, bytes %v", p.end, p.life, p.delay, p.slow, p.at)
}

// newPlan rolls the dice.
func newPlan(rnd *rand.Rand) plan {
	p := plan{life: 50*time.Millisecond + time.Duration(rnd.Int64N(int64(time.Second))), end: ending(rnd.IntN(int(endings)))}
	if rnd.IntN(3) == 0 {
		p.delay = time.Duration(rnd.Int64N(int64(5 * time.Millisecond)))
	}
	if rnd.IntN(3) == 0 {
		p.slow = time.Duration(rnd.Int64N(int64(2 * time.Millisecond)))
	}
	for i := range p.at {
		p.at[i] = 1<<62 - 1
	}
	if p.end == cut || p.end == silent {
		most := int64(1) << (8 + rnd.IntN(18)) // some in the handshake, some in the middle of large things
		p.at[rnd.IntN(2)] = rnd.Int64N(most)
	}
	return p
}

// links makes the two ends of a link that goes by the plan.
func (p plan) links(a, b net.Conn, seed uint64) (io.ReadWriteCloser, io.ReadWriteCloser) {
	x := net.Conn(&link{Conn: a, left: p.at[0], silent: p.end == silent})
	y := net.Conn(&link{Conn: b, left: p.at[1], silent: p.end == silent, slow: p.slow, rnd: rand.New(rand.NewPCG(seed, 2))})
	if p.delay > 0 {
		x, y = slowlink.Delay(x, p.delay), slowlink.Delay(y, p.delay)
	}
	return x, y
}

// link is one end of a link with a fault.
type link struct {
	net.Conn
	silent bool
	slow   time.Duration
	rnd    *rand.Rand // of the one who reads

	mu   sync.Mutex
	left int64 // bytes until the fault
}

func (l *link) Read(p []byte) (int, error) {
	if l.slow > 0 {
		time.Sleep(time.Duration(l.rnd.Int64N(int64(l.slow))))
	}
	return l.Conn.Read(p)
}

func (l *link) Write(p []byte) (int, error) {
	l.mu.Lock()
	n := min(int64(len(p)), l.left)
	l.left -= n
	l.mu.Unlock()
	if n == int64(len(p)) {
		return l.Conn.Write(p)
	}
	done, err := l.Conn.Write(p[:n])
	if l.silent && err == nil {
		return len(p), nil
	}
	_ = l.Close() // that is the fault
	return done, io.ErrClosedPipe
}
