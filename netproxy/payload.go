package netproxy

import (
	"reflect"
	"sync"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Large byte strings are not copied on their way where that can be avoided. The connection writes those of the arguments of a call that somebody waits for
// from where they are, and never reads them after the call. Who receives a message keeps the byte string that is most of it as a part of it.

// leastApart is from which size on this is worth the while.
const leastApart = 16 << 10

// apart is a byte string that belongs into an encoder's buffer, behind so many of its bytes.
type apart struct {
	behind int
	bytes  []byte
}

// largeBytes says how an encoder writes a byte string that is large.
type largeBytes uint8

const (
	largeInside    largeBytes = iota // in its buffer, like all others
	largeInSpares                    // in a spare: whoever it belongs to may change it at once
	largeAsTheyLie                   // nobody changes it before the message has been read
)

// bytes writes a byte string. What is in pointers may be moved before it is sent: see outermost.
func (e *encoder) bytes(b []byte) {
	if e.large == largeInside || len(b) < leastApart || e.shared.inside {
		e.buf = wire.AppendBytes(e.buf, b)
		return
	}
	if e.large == largeInSpares {
		s := takeSpare(len(b))
		e.spares = append(e.spares, s)
		copy(s.b, b)
		b = s.b
	}
	e.buf = wire.AppendBytesHead(e.buf, len(b))
	e.apart = append(e.apart, apart{len(e.buf), b})
}

// body is the message that was written.
func (e *encoder) body() conn.Message {
	m := conn.Message{Data: e.buf, Refs: e.refs}
	if len(e.apart) == 0 {
		return m
	}
	from := e.apart[0].behind
	m.Data = e.buf[:from:from]
	for i, a := range e.apart {
		to := len(e.buf)
		if i+1 < len(e.apart) {
			to = e.apart[i+1].behind
		}
		m.Tail = append(m.Tail, a.bytes, e.buf[a.behind:to:to])
	}
	if spares := e.spares; len(spares) > 0 {
		m.Free = func() { giveSpares(spares) }
	}
	return m
}

// keeps says whether a byte string of the message stays where it is.
func (d *decoder) keeps(b []byte) bool {
	return d.owns && len(b) >= leastApart && len(b) >= d.size/2
}

// kept is a byte string of the message, for somebody to keep and to write to.
func (d *decoder) kept(b []byte) []byte {
	if d.keeps(b) {
		return b // nothing can be appended to it in place: its capacity is its length
	}
	return append(make([]byte, 0, len(b)), b...)
}

// spare is memory for the copy of a large byte string: one that is sent, until the connection has read it; one that was lent, as long as its loan compares
// with it. Then the next takes it.
type spare struct{ b []byte }

var spares = sync.Pool{New: func() any { return new(spare) }}

func takeSpare(n int) *spare {
	s := spares.Get().(*spare)
	if cap(s.b) < n {
		s.b = make([]byte, n)
	}
	s.b = s.b[:n]
	return s
}

func giveSpares(all []*spare) {
	for _, s := range all {
		spares.Put(s)
	}
}

// clear ends the comparing: nothing that changes from now on is of interest.
func (l *loan) clear() {
	l.watching = false
	for r := range l.all {
		if r.spare != nil {
			spares.Put(r.spare)
			r.spare = nil
		}
		r.was, r.codes = reflect.Value{}, nil
	}
}
