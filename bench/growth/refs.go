package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/floor"
	"github.com/rgo-project/rgo/bench/internal/load"
	"github.com/rgo-project/rgo/netproxy"
)

// atOnce is how many references go in one message.
const atOnce = 10_000

// chunks grows from n to to by so many at a time, and takes the time for each of them.
func chunks(from, to int, more func(n int) error) (child.Measures, error) {
	began := time.Now()
	for n := from; n < to; n += atOnce {
		if err := more(min(atOnce, to-n)); err != nil {
			return nil, err
		}
	}
	return child.Measures{"acquire_us": load.Us(time.Since(began)) / float64(max(to-from, 1))}, nil
}

// gone waits until a count is back at zero, and says what each of n took.
func gone(n int, left func() int, collect func() error) (child.Measures, error) {
	began := time.Now()
	for limit := began.Add(2 * time.Minute); left() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			return nil, fmt.Errorf("%d of %d are still held", left(), n)
		}
		if err := collect(); err != nil {
			return nil, err
		}
	}
	return child.Measures{"drop_us": load.Us(time.Since(began)) / float64(max(n, 1))}, nil
}

// ours are objects of the client that the server holds.
type ours struct {
	root *netproxy.Proxy
	all  []*thing
}

func newOurs(addr string) (subject, error) {
	root, err := dial(addr)
	return &ours{root: root}, err
}

func (s *ours) grow(to int) (child.Measures, error) {
	m, err := chunks(len(s.all), to, func(n int) error {
		more := things(n)
		s.all = append(s.all, more...)
		_, err := s.root.Call(context.Background(), "Keep", more)
		return err
	})
	if held := s.root.Conn().Stats().Exports; err == nil && held != to {
		err = fmt.Errorf("the peer holds %d, not %d", held, to)
	}
	return m, err
}

func (s *ours) calls() map[string]call {
	return map[string]call{
		"a call; the peer holds N of our objects": echo(s.root),
		"a call that has any of these as an argument": func(x int64) (int64, error) {
			return netproxy.Call[int64](context.Background(), s.root, "Pass", s.all[rand.IntN(len(s.all))], x)
		},
		"a call that always has the same of these as an argument": func(x int64) (int64, error) {
			return netproxy.Call[int64](context.Background(), s.root, "Pass", s.all[0], x)
		},
	}
}

func (s *ours) end() (child.Measures, error) {
	ctx, n := context.Background(), len(s.all)
	if _, err := s.root.Call(ctx, "Drop"); err != nil {
		return nil, err
	}
	s.all = nil
	return gone(n, func() int { return s.root.Conn().Stats().Exports }, func() error {
		_, err := s.root.Call(ctx, "Collect")
		return err
	})
}

// theirs are objects of the server that the client holds.
type theirs struct {
	root *netproxy.Proxy
	all  []*netproxy.Proxy
}

func newTheirs(addr string) (subject, error) {
	root, err := dial(addr)
	return &theirs{root: root}, err
}

func (s *theirs) grow(to int) (child.Measures, error) {
	m, err := chunks(len(s.all), to, func(n int) error {
		more, err := netproxy.Call[[]*netproxy.Proxy](context.Background(), s.root, "Things", n)
		s.all = append(s.all, more...)
		return err
	})
	if held := s.root.Conn().Stats().Imports; err == nil && held != to {
		err = fmt.Errorf("%d are held, not %d", held, to)
	}
	return m, err
}

func (s *theirs) calls() map[string]call {
	return map[string]call{
		"a call; we hold N objects of the peer": echo(s.root),
		"a call of a method of any of these": func(x int64) (int64, error) {
			return netproxy.Call[int64](context.Background(), s.all[rand.IntN(len(s.all))], "Ask", x)
		},
		"a call of a method of always the same of these": func(x int64) (int64, error) {
			return netproxy.Call[int64](context.Background(), s.all[0], "Ask", x)
		},
	}
}

func (s *theirs) end() (child.Measures, error) {
	n := len(s.all)
	s.all = nil
	return gone(n, func() int { return s.root.Conn().Stats().Imports }, func() error { runtime.GC(); return nil })
}

// kept are results that the server keeps for the client to build upon.
type kept struct {
	root *netproxy.Proxy
	all  []*async.Result
}

func newResults(addr string) (subject, error) {
	root, err := dial(addr)
	return &kept{root: root}, err
}

func (s *kept) grow(to int) (child.Measures, error) {
	handle := async.Of(s.root)
	m, err := chunks(len(s.all), to, func(n int) error {
		began := len(s.all)
		for range n {
			s.all = append(s.all, handle.Call("Thing"))
		}
		for _, r := range s.all[began:] {
			if _, err := r.Await(context.Background()); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && s.left() != to {
		err = fmt.Errorf("%d are kept, not %d", s.left(), to)
	}
	return m, err
}

// left is how many are kept; -1 if the server does not say.
func (s *kept) left() int {
	n, err := netproxy.Call[int](context.Background(), s.root, "Results")
	if err != nil {
		return -1
	}
	return n
}

func (s *kept) calls() map[string]call {
	return map[string]call{
		"a call; the peer keeps N results for us": echo(s.root),
		"a call of a method of any of these": func(x int64) (int64, error) {
			return async.Call[int64](s.all[rand.IntN(len(s.all))], "Ask", x).Await(context.Background())
		},
	}
}

func (s *kept) end() (child.Measures, error) {
	n := len(s.all)
	s.all = nil
	return gone(n, s.left, func() error { runtime.GC(); return nil })
}

// ballast is what a system without references may have of the same size: so many objects of the client's own, and of the server's (see loaded). The collector looks at them as it looks
// at anything.
type ballast struct {
	c   floor.Client
	all []*[20]*int
}

func newBallast(addr string) (subject, error) {
	c, err := floor.Dial("net-rpc", addr)
	return &ballast{c: c}, err
}

func (s *ballast) grow(to int) (child.Measures, error) { s.all = loaded(to); return nil, nil }

func (s *ballast) calls() map[string]call {
	return map[string]call{"a call of net/rpc, with N objects of 320 bytes in both programs": s.c.Echo}
}

func (s *ballast) end() (child.Measures, error) { s.all = nil; return nil, s.c.Close() }

// loaded are n objects of 320 bytes in two halves, one of which points to the other.
func loaded(n int) []*[20]*int {
	all := make([]*[20]*int, n)
	for i := range all {
		all[i] = new([20]*int)
		all[i][0] = &new([20]int)[0]
	}
	return all
}
