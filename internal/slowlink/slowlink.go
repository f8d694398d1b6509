// Package slowlink makes connections that take their time, as those to another machine do, for tests, benchmarks and examples.
//
//	a, b, err := slowlink.Pair(5 * time.Millisecond)   // two ends; a question and its answer take 10 ms
//	nc = slowlink.Delay(nc, 5*time.Millisecond)        // what is written to nc arrives 5 ms later
//
// Nothing is lost and nothing changes its order; bandwidth is not limited. Close drops what is still on its way.
package slowlink

import (
	"net"
	"sync"
	"time"
)

// Pair makes the two ends of a link on which everything takes each to arrive, both ways.
func Pair(each time.Duration) (a, b net.Conn, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // the loopback has buffers, as links do
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = ln.Close() }() // it has served its purpose
	if a, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		return nil, nil, err
	}
	if b, err = ln.Accept(); err != nil {
		_ = a.Close() // the reason is better
		return nil, nil, err
	}
	return Delay(a, each), Delay(b, each), nil
}

// Delay makes a connection of nc whose writes reach nc some time later. Closing it closes nc.
func Delay(nc net.Conn, by time.Duration) net.Conn {
	l := &link{Conn: nc, by: by, queue: make(chan packet, 1<<12), stop: make(chan struct{})}
	go l.deliver() // ends with Close, or when nc takes no more
	return l
}

type link struct {
	net.Conn
	by    time.Duration
	queue chan packet
	stop  chan struct{} // closed by Close
	once  sync.Once
}

type packet struct {
	due  time.Time
	data []byte
}

func (l *link) deliver() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case p := <-l.queue:
			if wait := time.Until(p.due); wait > 0 {
				timer.Reset(wait)
				select {
				case <-timer.C:
				case <-l.stop:
					return
				}
			}
			if _, err := l.Conn.Write(p.data); err != nil {
				return
			}
		case <-l.stop:
			return
		}
	}
}

// Write hands p to the link. It waits if the link is full.
func (l *link) Write(p []byte) (int, error) {
	select {
	case <-l.stop:
		return 0, net.ErrClosed
	default:
	}
	select {
	case l.queue <- packet{time.Now().Add(l.by), append([]byte(nil), p...)}:
		return len(p), nil
	case <-l.stop:
		return 0, net.ErrClosed
	}
}

func (l *link) Close() error {
	l.once.Do(func() { close(l.stop) })
	return l.Conn.Close()
}
