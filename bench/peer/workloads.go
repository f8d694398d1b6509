package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/load"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// measure measures one slice of a workload, of about the given length.
type measure func(d time.Duration) (child.Measures, error)

// peer is a connection, as the workloads use it.
type peer struct {
	ctx  context.Context
	c    *conn.Conn
	root *netproxy.Proxy
}

func open(dial func() (*conn.Conn, error)) (*peer, error) {
	c, err := dial()
	if err != nil {
		return nil, err
	}
	p := &peer{context.Background(), c, netproxy.Root(c)}
	return p, p.echo(1 << 40)
}

func (p *peer) echo(x int64) error {
	got, err := netproxy.Call[int64](p.ctx, p.root, "Echo", x)
	if err == nil && got != x {
		err = load.ErrWrong
	}
	return err
}

func (p *peer) put(b []byte) error {
	n, err := netproxy.Call[int](p.ctx, p.root, "Put", b)
	if err == nil && n != len(b) {
		err = load.ErrWrong
	}
	return err
}

// prepare connects and returns what measures a workload.
func prepare(workload string, dial func() (*conn.Conn, error), n int) (measure, error) {
	switch workload {
	case "W7", "W7T":
		return connects(dial), nil
	case "W6", "W6B":
		return idle(dial, n, workload == "W6B"), nil
	}
	p, err := open(dial)
	if err != nil {
		return nil, err
	}
	switch workload {
	case "W1", "W1C", "W1X":
		return func(d time.Duration) (child.Measures, error) { return load.Alone(d, p.echo) }, nil
	case "W2":
		return func(d time.Duration) (child.Measures, error) { return load.Together(d, 64, p.echo) }, nil
	case "W2S":
		return func(d time.Duration) (child.Measures, error) { return load.Together(d, 4, p.echo) }, nil
	case "W3":
		return p.ahead, nil
	case "W4":
		return p.list, nil
	case "W5":
		return p.bulk, nil
	case "W8", "W8D":
		return p.chain, nil
	case "W9", "W9D":
		return p.ls(os.Getenv("BENCH_DIR")), nil
	case "W10", "W10C":
		return p.callbacks, nil
	case "W11":
		return p.beside, nil
	case "wrappers":
		return p.wrappers()
	}
	return nil, fmt.Errorf("workload %s: %w", workload, errors.ErrUnsupported)
}

func connects(dial func() (*conn.Conn, error)) measure {
	return func(d time.Duration) (child.Measures, error) {
		took, err := load.Times(d, 5, 1000, func() error {
			p, err := open(dial)
			if err != nil {
				return err
			}
			return p.c.Close()
		})
		return child.Measures{"ms": load.Ms(load.Percentile(took, .5))}, err
	}
}

// idle opens connections and leaves them alone.
func idle(dial func() (*conn.Conn, error), n int, upload bool) measure {
	var all []*peer
	return func(time.Duration) (child.Measures, error) {
		began := time.Now()
		for range n {
			p, err := open(dial)
			if err != nil {
				return nil, err
			}
			if upload {
				if err := p.put(load.Payload()); err != nil {
					return nil, err
				}
			}
			all = append(all, p)
		}
		return child.Measures{"open_ms": load.Ms(time.Since(began)) / float64(n)}, nil
	}
}

// ahead issues calls without waiting, and then awaits them all.
func (p *peer) ahead(d time.Duration) (child.Measures, error) {
	const n = 10_000
	took, err := load.Times(d, 1, 100, func() error {
		results := make([]*async.Promise[int64], n)
		for i := range results {
			results[i] = async.Call[int64](async.Of(p.root), "Echo", int64(i))
		}
		for i, r := range results {
			if got, err := r.Await(p.ctx); err != nil || got != int64(i) {
				return errors.Join(err, load.ErrWrong)
			}
		}
		return nil
	})
	return child.Measures{"calls_s": n / load.Percentile(took, .5).Seconds(), "ops": float64(n * len(took))}, err
}

func (p *peer) list(d time.Duration) (child.Measures, error) {
	want := load.Entries(1000)
	list := func() ([]load.Entry, error) { return netproxy.Call[[]load.Entry](p.ctx, p.root, "List", 1000) }
	got, err := list()
	if err != nil || !reflect.DeepEqual(got, want) {
		return nil, errors.Join(err, load.ErrWrong)
	}
	objects, _ := load.Mallocs()
	took, err := load.Times(d, 3, 100_000, func() error { _, err := list(); return err })
	more, _ := load.Mallocs()
	return child.Measures{"ms": load.Ms(load.Percentile(took, .5)), "client_allocs": (more - objects) / float64(len(took)), "ops": float64(len(took))}, err
}

func (p *peer) bulk(time.Duration) (child.Measures, error) {
	b := load.Payload()
	return load.Bulks(
		load.Bulk{Name: "put", Per: 1, Round: func() error { return p.put(b) }},
		load.Bulk{Name: "pipe", Per: 32, Round: func() error {
			_, err := async.Each(p.ctx, 4, make([]struct{}, 32), func(struct{}) *async.Promise[int] {
				return async.Call[int](async.Of(p.root), "Put", b)
			})
			return err
		}},
		load.Bulk{Name: "echo", Per: 1, Round: func() error {
			got, err := netproxy.Call[[]byte](p.ctx, p.root, "EchoBytes", b)
			if err == nil && !bytes.Equal(got, b) {
				err = load.ErrWrong
			}
			return err
		}},
	)
}

// chain takes ten dependent steps, one by one and at once.
func (p *peer) chain(d time.Duration) (child.Measures, error) {
	const steps, end = 10, 2
	hops, err := load.Times(d, 3, 2000, func() error {
		at, err := p.root.Get(p.ctx, "Head")
		for range steps {
			if err == nil {
				at, err = at.Call(p.ctx, "Next")
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	plan, err := load.Times(d, 3, 2000, func() error {
		at := async.Of(p.root).Get("Head")
		for range steps {
			at = at.Call("Next")
		}
		n, err := async.Get[int](at, "N").Await(p.ctx)
		if err == nil && n != end {
			err = load.ErrWrong
		}
		return err
	})
	return child.Measures{"hops_ms": load.Ms(load.Percentile(hops, .5)), "plan_ms": load.Ms(load.Percentile(plan, .5))}, err
}

// ls lists a directory, with a call for each file, with all these begun at once, and with one call in all.
func (p *peer) ls(dir string) measure {
	names := func() ([]string, error) { return netproxy.Call[[]string](p.ctx, p.root, "Names", dir) }
	chatty := func() (int, error) {
		list, err := names()
		for _, name := range list {
			if _, err := netproxy.Call[load.Entry](p.ctx, p.root, "Stat", filepath.Join(dir, name)); err != nil {
				return 0, err
			}
		}
		return len(list), err
	}
	pipelined := func() (int, error) {
		list, err := names()
		if err != nil {
			return 0, err
		}
		all, err := async.Each(p.ctx, len(list), list, func(name string) *async.Promise[load.Entry] {
			return async.Call[load.Entry](async.Of(p.root), "Stat", filepath.Join(dir, name))
		})
		return len(all), err
	}
	whole := func() (int, error) {
		list, err := netproxy.Call[[]load.Entry](p.ctx, p.root, "Ls", dir)
		return len(list), err
	}
	return func(d time.Duration) (child.Measures, error) {
		m := child.Measures{}
		for name, f := range map[string]func() (int, error){"chatty_ms": chatty, "pipelined_ms": pipelined, "whole_ms": whole} {
			took, err := load.Times(d, 1, 50, func() error {
				n, err := f()
				if err == nil && n == 0 {
					err = load.ErrWrong
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			m[name] = load.Ms(load.Percentile(took, .5))
		}
		return m, nil
	}
}

func (p *peer) callbacks(d time.Duration) (child.Measures, error) {
	const n = 1000
	took, err := load.Times(d, 1, 1000, func() error {
		_, err := p.root.Call(p.ctx, "Callbacks", func(x int64) int64 { return x + 1 }, n)
		return err
	})
	return child.Measures{"us": load.Us(load.Percentile(took, .5)) / n, "ops": float64(n * len(took))}, err
}

// beside makes small calls while large payloads go over the same connection.
func (p *peer) beside(d time.Duration) (child.Measures, error) {
	return load.Beside(d, func() error { return p.echo(5) }, func() error { return p.put(load.Payload()) })
}
