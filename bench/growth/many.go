package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/rpc"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/floor"
	"github.com/rgo-project/rgo/bench/internal/load"
	"github.com/rgo-project/rgo/netproxy"
)

// conns are connections, all open at once.
type conns struct {
	dial  func() (echo call, shut func() error, err error)
	line  string
	all   []call
	shuts []func() error
}

func newConns(addr string) (subject, error) {
	return &conns{line: "rgo", dial: func() (call, func() error, error) {
		root, err := dial(addr)
		if err != nil {
			return nil, nil, err
		}
		return echo(root), root.Conn().Close, nil
	}}, nil
}

func newPlainConns(addr string) (subject, error) {
	return &conns{line: "net/rpc", dial: func() (call, func() error, error) {
		c, err := floor.Dial("net-rpc", addr)
		if err != nil {
			return nil, nil, err
		}
		return c.Echo, c.Close, nil
	}}, nil
}

func (s *conns) grow(to int) (child.Measures, error) {
	began, n := time.Now(), to-len(s.all)
	for range n {
		echo, shut, err := s.dial()
		if err != nil {
			return nil, fmt.Errorf("connection %d: %w", len(s.all), err)
		}
		s.all, s.shuts = append(s.all, echo), append(s.shuts, shut)
		if _, err := echo(1); err != nil { // so that all that a connection has when it is used is there
			return nil, err
		}
	}
	return child.Measures{"acquire_us": load.Us(time.Since(began)) / float64(max(n, 1))}, nil
}

func (s *conns) calls() map[string]call {
	return map[string]call{
		s.line + ", always on one of them":  s.all[0],
		s.line + ", on any of them in turn": func(x int64) (int64, error) { return s.all[rand.IntN(len(s.all))](x) },
	}
}

func (s *conns) end() (child.Measures, error) {
	for _, shut := range s.shuts {
		if err := shut(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// underWay are calls that have not returned.
type underWay struct {
	line  string
	echo  call
	start func() (wait func() error)
	letGo func() error
	shut  func() error
	waits []func() error
}

func newUnderWay(addr string) (subject, error) {
	root, err := dial(addr)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	return &underWay{
		line: "rgo", echo: echo(root), shut: root.Conn().Close,
		start: func() func() error {
			p := async.Call[int64](async.Of(root), "Hold", int64(1)) // a handle of its own: calls of one handle wait for one another
			return func() error { _, err := p.Await(ctx); return err }
		},
		letGo: func() error { _, err := root.Call(ctx, "LetGo"); return err },
	}, nil
}

func newPlainUnderWay(addr string) (subject, error) {
	c, err := floor.Dial("net-rpc", addr)
	if err != nil {
		return nil, err
	}
	client := c.(*floor.RPC)
	none := 0
	return &underWay{
		line: "net/rpc", echo: c.Echo, shut: c.Close,
		start: func() func() error {
			call := client.Go("S.Hold", &none, new(int), make(chan *rpc.Call, 1))
			return func() error { return (<-call.Done).Error }
		},
		letGo: func() error { return client.Call("S.LetGo", &none, new(int)) },
	}, nil
}

func (s *underWay) grow(to int) (child.Measures, error) {
	for len(s.waits) < to {
		s.waits = append(s.waits, s.start())
	}
	_, err := s.echo(1) // is there once all that went before is
	return nil, err
}

func (s *underWay) calls() map[string]call {
	return map[string]call{s.line + ", a call beside N others": s.echo}
}

func (s *underWay) end() (child.Measures, error) {
	err := s.letGo()
	for _, wait := range s.waits {
		if failed := wait(); err == nil {
			err = failed
		}
	}
	return nil, errors.Join(err, s.shut())
}

// ahead are calls that are issued together, and then awaited.
type ahead struct {
	line  string
	n     int
	issue func(n int) error
	shut  func() error
}

func newAhead(addr string) (subject, error) {
	root, err := dial(addr)
	if err != nil {
		return nil, err
	}
	return &ahead{line: "rgo", issue: func(n int) error { return together(root, n) }, shut: root.Conn().Close}, nil
}

func together(root *netproxy.Proxy, n int) error {
	all := make([]*async.Promise[int64], n)
	for i := range all {
		all[i] = async.Call[int64](async.Of(root), "Echo", int64(i))
	}
	for i, p := range all {
		if x, err := p.Await(context.Background()); err != nil || x != int64(i) {
			return errors.Join(err, load.ErrWrong)
		}
	}
	return nil
}

func newPlainAhead(addr string) (subject, error) {
	c, err := floor.Dial("net-rpc", addr)
	if err != nil {
		return nil, err
	}
	return &ahead{line: "net/rpc", issue: c.Ahead, shut: c.Close}, nil
}

func (s *ahead) grow(to int) (child.Measures, error) { s.n = to; return nil, nil }

// calls issues as many as there are to be under way until there have been enough to measure: what one call of it takes is what the whole round takes, divided.
func (s *ahead) calls() map[string]call {
	return map[string]call{s.line: func(x int64) (int64, error) { return x, s.issue(s.n) }}
}

func (s *ahead) end() (child.Measures, error) { return nil, s.shut() }
