package soak

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/rgo-project/rgo/internal/slowlink"
)

// plan is what a connection has to go through.
type plan struct {
	via   string        // pipe, unix or tcp
	life  time.Duration // how long there is work for it
	hands [2]int        // how many work at either end; with one at one end and none at the other, calls are alone
	delay time.Duration // of the link, each way
	slow  time.Duration // of a reader, at most, before each Read; in one direction
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
	frozen                 // nothing is read from a byte on
	endings
)

func (e ending) String() string {
	return [...]string{"calm", "shutdown", "closed", "aborted", "cut", "silent", "frozen"}[e]
}

// linkEnds says whether it is the link that ends the connection, at whatever moment.
func (e ending) linkEnds() bool { return e == cut || e == silent || e == frozen }

func (p plan) String() string {
	s := fmt.Sprintf("%s, %v within %v, %v at work, delay %v, slow reader %v", p.via, p.end, p.life, p.hands, p.delay, p.slow)
	if p.end.linkEnds() {
		s += fmt.Sprintf(", bytes %v", p.at)
	}
	return s
}

const endless = 1<<62 - 1

// newPlan rolls the dice for connection i. Each kind of link meets each ending in 21 of them.
func newPlan(i int, life time.Duration, most int, rnd *rand.Rand) plan {
	p := plan{
		via:   [...]string{"pipe", "unix", "tcp"}[i%3],
		life:  life/20 + time.Duration(rnd.Int64N(int64(life))),
		hands: [2]int{1 + rnd.IntN(most), rnd.IntN(most + 1)},
		end:   ending(i % int(endings)),
		at:    [2]int64{endless, endless},
	}
	if rnd.IntN(3) == 0 {
		p.delay = time.Duration(rnd.Int64N(int64(5 * time.Millisecond)))
	}
	if rnd.IntN(3) == 0 {
		p.slow = time.Duration(rnd.Int64N(int64(2 * time.Millisecond)))
	}
	if p.end.linkEnds() {
		most := int64(1) << (8 + rnd.IntN(18)) // some in the handshake, some in the middle of large things
		p.at[rnd.IntN(2)] = rnd.Int64N(most)
	}
	return p
}

// ports are where connections of each kind are made.
type ports map[string]net.Listener

func listen(dir string) (ports, error) {
	unix, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		return nil, err
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = unix.Close() // the reason is better
		return nil, err
	}
	return ports{"unix": unix, "tcp": tcp}, nil
}

func (p ports) close() {
	for _, ln := range p {
		_ = ln.Close() // it has served its purpose
	}
}

// pair makes the two ends of a whole link.
func (p ports) pair(via string) (net.Conn, net.Conn, error) {
	ln := p[via]
	if ln == nil {
		a, b := net.Pipe()
		return a, b, nil
	}
	a, err := net.Dial(via, ln.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	b, err := ln.Accept() // the kernel has connected them
	if err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	return a, b, nil
}

// network is what lies between the two ends of a connection, if it is not whole: it carries what comes from one to the other. The ends
// themselves are what programs have, so that a connection takes the ways that it takes there.
type network struct {
	plan
	near  [2]net.Conn // the network's side of each end
	works sync.WaitGroup
	gone  chan struct{}
	once  sync.Once
}

// connect makes the ends of a link that goes by the plan.
func (p ports) connect(plan plan, seed uint64) (ends [2]net.Conn, n *network, err error) {
	if plan.delay == 0 && plan.slow == 0 && !plan.end.linkEnds() {
		ends[0], ends[1], err = p.pair(plan.via)
		return ends, nil, err
	}
	n = &network{plan: plan, gone: make(chan struct{})}
	for i := range ends {
		if ends[i], n.near[i], err = p.pair(plan.via); err != nil {
			n.hangUp()
			return ends, nil, err
		}
		if plan.delay > 0 {
			n.near[i] = slowlink.Delay(n.near[i], plan.delay)
		}
	}
	for i := range ends {
		n.works.Go(func() { n.carry(i, rand.New(rand.NewPCG(seed, uint64(2+i)))) }) // ends with either end; joined by remove
	}
	return ends, n, nil
}

// carry takes what end i writes to the other.
func (n *network) carry(i int, rnd *rand.Rand) {
	defer n.hangUp()
	left := n.at[i]
	buf := make([]byte, 32<<10)
	for {
		if i == 1 && n.slow > 0 {
			time.Sleep(time.Duration(rnd.Int64N(int64(n.slow))))
		}
		got, err := n.near[i].Read(buf)
		if err != nil {
			return
		}
		if arrives := min(int64(got), left); arrives > 0 {
			left -= arrives
			if _, err := n.near[1-i].Write(buf[:arrives]); err != nil {
				return
			}
		}
		if left > 0 || n.end == silent {
			continue
		}
		if n.end == frozen {
			<-n.gone
		}
		return
	}
}

// hangUp ends the link at both ends.
func (n *network) hangUp() {
	n.once.Do(func() { close(n.gone) })
	for _, c := range n.near {
		if c != nil {
			_ = c.Close() // that is what a broken link is
		}
	}
}

// remove ends the network, which may be nil, and waits for it.
func (n *network) remove() {
	if n != nil {
		n.hangUp()
		n.works.Wait()
	}
}
