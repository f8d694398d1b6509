package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// measure measures one slice of a workload, of about the given length.
type measure func(d time.Duration) (metrics, error)

var errWrong = errors.New("wrong answer")

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
		err = errWrong
	}
	return err
}

func (p *peer) put(b []byte) error {
	n, err := netproxy.Call[int](p.ctx, p.root, "Put", b)
	if err == nil && n != len(b) {
		err = errWrong
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
		return p.alone, nil
	case "W2":
		return p.together(64), nil
	case "W2S":
		return p.together(4), nil
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
	}
	return nil, fmt.Errorf("workload %s: %w", workload, errors.ErrUnsupported)
}

// times runs f again and again for d, at least least and at most most times.
func times(d time.Duration, least, most int, f func() error) (took []time.Duration, err error) {
	for began := time.Now(); len(took) < most && (len(took) < least || time.Since(began) < d); {
		at := time.Now()
		if err := f(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	return took, nil
}

func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)]
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
func us(d time.Duration) float64 { return float64(d) / 1e3 }

func mallocs() (objects, size float64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Mallocs), float64(m.TotalAlloc)
}

func connects(dial func() (*conn.Conn, error)) measure {
	return func(d time.Duration) (metrics, error) {
		took, err := times(d, 5, 1000, func() error {
			p, err := open(dial)
			if err != nil {
				return err
			}
			return p.c.Close()
		})
		return metrics{"ms": ms(percentile(took, .5))}, err
	}
}

// idle opens connections and leaves them alone.
func idle(dial func() (*conn.Conn, error), n int, upload bool) measure {
	var all []*peer
	return func(time.Duration) (metrics, error) {
		began := time.Now()
		for range n {
			p, err := open(dial)
			if err != nil {
				return nil, err
			}
			if upload {
				if err := p.put(payload()); err != nil {
					return nil, err
				}
			}
			all = append(all, p)
		}
		return metrics{"open_ms": ms(time.Since(began)) / float64(n)}, nil
	}
}

func (p *peer) alone(d time.Duration) (metrics, error) {
	objects, size := mallocs()
	began, x := time.Now(), int64(1<<40)
	took, err := times(d, 1, 1<<20, func() error {
		x++
		return p.echo(x)
	})
	spent := time.Since(began)
	moreObjects, moreSize := mallocs()
	ops := float64(len(took))
	return metrics{
		"calls_s": ops / spent.Seconds(), "p50_us": us(percentile(took, .5)), "p99_us": us(percentile(took, .99)),
		"client_allocs": (moreObjects - objects) / ops, "client_B": (moreSize - size) / ops, "ops": ops,
	}, err
}

func (p *peer) together(callers int) measure {
	return func(d time.Duration) (metrics, error) {
		var stop atomic.Bool
		var made atomic.Int64
		var all sync.WaitGroup
		failed := make(chan error, callers)
		objects, _ := mallocs()
		began := time.Now()
		for caller := range callers {
			all.Go(func() {
				n := int64(0)
				for x := int64(caller) << 32; !stop.Load(); x++ {
					if err := p.echo(x); err != nil {
						failed <- err
						return
					}
					n++
				}
				made.Add(n)
			})
		}
		time.Sleep(d)
		stop.Store(true)
		all.Wait()
		spent := time.Since(began)
		more, _ := mallocs()
		select {
		case err := <-failed:
			return nil, err
		default:
		}
		ops := float64(made.Load())
		return metrics{"calls_s": ops / spent.Seconds(), "client_allocs": (more - objects) / ops, "ops": ops}, nil
	}
}

// ahead issues calls without waiting, and then awaits them all.
func (p *peer) ahead(d time.Duration) (metrics, error) {
	const n = 10_000
	took, err := times(d, 1, 100, func() error {
		results := make([]*async.Promise[int64], n)
		for i := range results {
			results[i] = async.Call[int64](async.Of(p.root), "Echo", int64(i))
		}
		for i, r := range results {
			if got, err := r.Await(p.ctx); err != nil || got != int64(i) {
				return errors.Join(err, errWrong)
			}
		}
		return nil
	})
	return metrics{"calls_s": n / percentile(took, .5).Seconds(), "ops": float64(n * len(took))}, err
}

func (p *peer) list(d time.Duration) (metrics, error) {
	want := entries(1000)
	list := func() ([]entry, error) { return netproxy.Call[[]entry](p.ctx, p.root, "List", 1000) }
	got, err := list()
	if err != nil || !reflect.DeepEqual(got, want) {
		return nil, errors.Join(err, errWrong)
	}
	objects, _ := mallocs()
	took, err := times(d, 3, 100_000, func() error { _, err := list(); return err })
	more, _ := mallocs()
	return metrics{"ms": ms(percentile(took, .5)), "client_allocs": (more - objects) / float64(len(took)), "ops": float64(len(took))}, err
}

const payloadSize = 1 << 20

// payload cannot be compressed.
var payload = sync.OnceValue(func() []byte {
	b := make([]byte, payloadSize)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // which never fails
	return b
})

func (p *peer) bulk(time.Duration) (metrics, error) {
	b := payload()
	m := metrics{}
	for _, step := range []struct {
		name string
		per  int
		f    func() error
	}{
		{"put_MB_s", 1, func() error { return p.put(b) }},
		{"pipe_MB_s", 32, func() error {
			_, err := async.Each(p.ctx, 4, make([]struct{}, 32), func(struct{}) *async.Promise[int] {
				return async.Call[int](async.Of(p.root), "Put", b)
			})
			return err
		}},
		{"echo_MB_s", 1, func() error {
			got, err := netproxy.Call[[]byte](p.ctx, p.root, "EchoBytes", b)
			if err == nil && !bytes.Equal(got, b) {
				err = errWrong
			}
			return err
		}},
	} {
		began, n := time.Now(), 0
		for n < 32 && (n == 0 || time.Since(began) < time.Second) {
			if err := step.f(); err != nil {
				return nil, err
			}
			n += step.per
		}
		m[step.name] = float64(n) * payloadSize / 1e6 / time.Since(began).Seconds()
	}
	return m, nil
}

// chain takes ten dependent steps, one by one and at once.
func (p *peer) chain(d time.Duration) (metrics, error) {
	const steps, end = 10, 2
	hops, err := times(d, 3, 2000, func() error {
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
	plan, err := times(d, 3, 2000, func() error {
		at := async.Of(p.root).Get("Head")
		for range steps {
			at = at.Call("Next")
		}
		n, err := async.Get[int](at, "N").Await(p.ctx)
		if err == nil && n != end {
			err = errWrong
		}
		return err
	})
	return metrics{"hops_ms": ms(percentile(hops, .5)), "plan_ms": ms(percentile(plan, .5))}, err
}

// ls lists a directory, with a call for each file, with all these begun at once, and with one call in all.
func (p *peer) ls(dir string) measure {
	names := func() ([]string, error) { return netproxy.Call[[]string](p.ctx, p.root, "Names", dir) }
	chatty := func() (int, error) {
		list, err := names()
		for _, name := range list {
			if _, err := netproxy.Call[entry](p.ctx, p.root, "Stat", filepath.Join(dir, name)); err != nil {
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
		all, err := async.Each(p.ctx, len(list), list, func(name string) *async.Promise[entry] {
			return async.Call[entry](async.Of(p.root), "Stat", filepath.Join(dir, name))
		})
		return len(all), err
	}
	whole := func() (int, error) {
		list, err := netproxy.Call[[]entry](p.ctx, p.root, "Ls", dir)
		return len(list), err
	}
	return func(d time.Duration) (metrics, error) {
		m := metrics{}
		for name, f := range map[string]func() (int, error){"chatty_ms": chatty, "pipelined_ms": pipelined, "whole_ms": whole} {
			took, err := times(d, 1, 50, func() error {
				n, err := f()
				if err == nil && n == 0 {
					err = errWrong
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			m[name] = ms(percentile(took, .5))
		}
		return m, nil
	}
}

func (p *peer) callbacks(d time.Duration) (metrics, error) {
	const n = 1000
	took, err := times(d, 1, 1000, func() error {
		_, err := p.root.Call(p.ctx, "Callbacks", func(x int64) int64 { return x + 1 }, n)
		return err
	})
	return metrics{"us": us(percentile(took, .5)) / n, "ops": float64(n * len(took))}, err
}

// beside makes small calls while large payloads go over the same connection.
func (p *peer) beside(d time.Duration) (metrics, error) {
	var stop atomic.Bool
	puts, ended := 0, make(chan error, 1)
	began := time.Now()
	go func() { // ends when it is told to; joined by the receive below
		var err error
		for !stop.Load() && err == nil {
			err = p.put(payload())
			puts++
		}
		ended <- err
	}()
	took, err := times(max(d, 100*time.Millisecond), 5, 1<<20, func() error { return p.echo(5) })
	stop.Store(true)
	err = errors.Join(err, <-ended)
	return metrics{
		"p50_us": us(percentile(took, .5)), "p99_us": us(percentile(took, .99)),
		"put_MB_s": float64(puts) * payloadSize / 1e6 / time.Since(began).Seconds(),
	}, err
}
