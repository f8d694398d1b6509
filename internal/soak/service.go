package soak

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// peer is what each side offers. The first argument of a method, behind a context, is the number of the call.
type peer struct {
	led *ledger

	mu    sync.Mutex
	stash []user // objects of the other side that were given to keep
}

// point is data.
type point struct {
	X, Y int
	Name string
	Next *point
}

// user is an object of the other side.
type user interface {
	Use(ctx context.Context, n uint64) (uint64, error)
}

func (p *peer) Add(n uint64, a, b int) int { p.led.ran(n); return a + b }
func (p *peer) Echo(n uint64, x any) any   { p.led.ran(n); return x }
func (p *peer) Note(n uint64)              { p.led.ran(n) }

// Bytes returns what it is given, which has to be what its caller meant.
func (p *peer) Bytes(n uint64, x []byte) []byte {
	p.led.ran(n)
	if !drawn(x, n) {
		p.led.wrongf("the bytes of call %d are not those that were passed", n)
	}
	return x
}

func (p *peer) Points(n uint64, k int) []point {
	p.led.ran(n)
	return slices.Repeat([]point{{X: int(n), Name: "p"}}, k)
}
func (p *peer) Sort(n uint64, xs []int)          { p.led.ran(n); slices.Sort(xs) }
func (p *peer) Quit(n uint64)                    { p.led.ran(n); runtime.Goexit() }
func (p *peer) Panic(n uint64, text string) bool { p.led.ran(n); panic(text) }

func (p *peer) Fail(n uint64, text string) error {
	p.led.ran(n)
	return &fs.PathError{Op: "fail", Path: text, Err: fs.ErrNotExist}
}

// Change changes all that it is lent.
func (p *peer) Change(n uint64, pt *point, m map[string]int) error {
	p.led.ran(n)
	pt.X, pt.Next.Y = int(n), int(n)
	m["n"] = int(n)
	delete(m, "old")
	return nil
}

// Nap waits.
func (p *peer) Nap(ctx context.Context, n uint64, d time.Duration) error {
	p.led.ran(n)
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Bounce goes to and fro.
func (p *peer) Bounce(ctx context.Context, n uint64, depth int, home *netproxy.Proxy) (int, error) {
	p.led.ran(n)
	if depth == 0 {
		return 0, nil
	}
	m := p.led.issue("nested Bounce")
	got, err := netproxy.Call[int](ctx, home, "Bounce", m, depth-1, p)
	p.led.settle(m, bounced(err), err)
	return got + 1, err
}

// Each calls back k times.
func (p *peer) Each(n uint64, k int, f func(n uint64, i int) (int, error)) (int, error) {
	p.led.ran(n)
	sum := 0
	for i := range k {
		m := p.led.issue("callback")
		got, err := f(m, i)
		p.led.settle(m, verdictOf(err), err)
		if err != nil {
			return sum, err
		}
		sum += got
	}
	return sum, nil
}

// thing is an object that knows what happens to it.
type thing struct {
	led  *ledger
	uses atomic.Uint64
	told atomic.Int64
}

func (t *thing) Use(n uint64) uint64 { t.led.ran(n); return t.uses.Add(1) }

// Unreferenced is called when nobody holds it any more.
func (t *thing) Unreferenced() {
	if t.told.Add(1) > 1 {
		t.led.wrongf("an object was told twice that nobody holds it")
	}
	t.led.hand(0, 1)
}

// Open gives out an object.
func (p *peer) Open(n uint64) *thing {
	p.led.ran(n)
	p.led.hand(1, 0)
	return &thing{led: p.led}
}

// Grant gives out a part of an object, and what takes it back.
func (p *peer) Grant(n uint64) (*netproxy.Facet, func()) {
	p.led.ran(n)
	f := netproxy.Only(&token{led: p.led}, "Use")
	return f, func() { f.Revoke(errors.New("enough")) }
}

// Stash keeps what it is given for a while, and uses it.
func (p *peer) Stash(ctx context.Context, n uint64, x user) error {
	p.led.ran(n)
	p.mu.Lock()
	p.stash = append(p.stash, x)
	if len(p.stash) > 20 {
		p.stash = slices.Delete(p.stash, 0, 10)
	}
	p.mu.Unlock()
	m := p.led.issue("use of what was given")
	_, err := x.Use(ctx, m)
	p.led.settle(m, verdictOf(err), err)
	return err
}

func (p *peer) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stash = nil
}

// Count gives a channel of the numbers below k.
func (p *peer) Count(ctx context.Context, n uint64, k int) <-chan int {
	p.led.ran(n)
	ch := make(chan int, 4)
	go func() { // ends when all are taken, or with the caller's context, or with the connection
		defer close(ch)
		for i := range k {
			select {
			case ch <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return ch
}

// Sum adds up what comes until the channel is closed.
func (p *peer) Sum(n uint64, in <-chan int) int {
	p.led.ran(n)
	sum := 0
	for x := range in {
		sum += x
	}
	return sum
}

// Seq is a sequence of the numbers below k.
func (p *peer) Seq(n uint64, k int) iter.Seq[int] {
	p.led.ran(n)
	return func(yield func(int) bool) {
		for i := range k {
			if !yield(i) {
				return
			}
		}
	}
}

// pattern is size bytes that anybody can tell from others.
type pattern struct{ at, size int }

func (r *pattern) Read(b []byte) (int, error) {
	if r.at == r.size {
		return 0, io.EOF
	}
	n := min(len(b), r.size-r.at)
	for i := range b[:n] {
		b[i] = byte((r.at + i) * 2654435761 >> 16)
	}
	r.at += n
	return n, nil
}

func sumOf(size int) uint32 {
	h := crc32.NewIEEE()
	_, _ = io.Copy(h, &pattern{size: size}) // neither fails
	return h.Sum32()
}

// Source gives bytes to read.
func (p *peer) Source(n uint64, size int) io.Reader {
	p.led.ran(n)
	return &pattern{size: size}
}

// sink takes bytes.
type sink struct {
	mu   sync.Mutex
	size int
	sum  uint32
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size, s.sum = s.size+len(b), crc32.Update(s.sum, crc32.IEEETable, b)
	return len(b), nil
}

func (s *sink) Written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%d %x", s.size, s.sum)
}

// Sink gives something to write to.
func (p *peer) Sink(n uint64) any { p.led.ran(n); return &sink{} }
