package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/rpyc"
	"github.com/rgo-project/rgo/internal/slowlink"
	"github.com/rgo-project/rgo/netproxy"
)

// How many files remote_ls lists, and what a question and its answer take on the link that it does so over.
const (
	remoteFiles = 1000
	rpycFiles   = 100 // which RPyC lists: it takes its time
	roundTrip   = 10 * time.Millisecond
)

// remote measures objects of another process, and beside them RPyC where it is installed.
func remote(ctx context.Context, w *tabwriter.Writer, _ options) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	few := filepath.Join(dir, "few")
	if err := errors.Join(fill(few, rpycFiles), fill(filepath.Join(dir, "many"), remoteFiles)); err != nil {
		return err
	}
	link, shut, err := overLink()
	if err != nil {
		return err
	}
	defer shut()
	fmt.Fprintf(w, "round trips, on a link on which each takes %v\tround trips\ttime\twaits that the profile finds needless\t\n", roundTrip)
	for _, m := range measures(filepath.Join(dir, "many")) {
		if err := m.print(ctx, w, link); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	took, err := rpycList(ctx, few)
	if err := beside(w, "remote_ls of 100 files by RPyC, the plain loop", took, err); err != nil {
		return err
	}
	fmt.Fprintln(w, "\t\t\t\t\nover a unix socket\ttime\t\t\t")
	return local(ctx, w)
}

// fill makes a directory of n files.
func fill(dir string, n int) error {
	err := os.Mkdir(dir, 0o755)
	for i := range n {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, fmt.Sprintf("file%04d", i)), make([]byte, i), 0o644))
	}
	return err
}

// measure is a thing to do, and what to hold against its round trips.
type measure struct {
	name string
	do   func(ctx context.Context, root *netproxy.Proxy) error
}

func (m measure) print(ctx context.Context, w *tabwriter.Writer, root *netproxy.Proxy) error {
	prof := netproxy.StartProfile(root.Conn())
	before := root.Conn().Stats().RoundTrips
	began := time.Now()
	err := m.do(ctx, root)
	took := time.Since(began)
	prof.Stop()
	if err != nil {
		return err
	}
	needless := 0
	for _, s := range prof.Sites() {
		if s.Owed > 0 {
			needless += s.Trips
		}
	}
	fmt.Fprintf(w, "%s\t%d\t%.1f ms\t%d\t\n", m.name, root.Conn().Stats().RoundTrips-before, ms(took), needless)
	return nil
}

func measures(dir string) []measure {
	return []measure{
		{"o.m(x) on a held proxy", func(ctx context.Context, root *netproxy.Proxy) error {
			_, err := netproxy.Call[int](ctx, root, "Double", 21)
			return err
		}},
		{"modules.os.path.join(a, b), as a chain", func(ctx context.Context, root *netproxy.Proxy) error {
			_, err := async.Call[string](async.Of(root).Get("OS").Get("Path"), "Join", "a", "b").Await(ctx)
			return err
		}},
		{"ten new objects of a known type, one by one", func(ctx context.Context, root *netproxy.Proxy) error {
			for range 10 {
				if _, err := root.Call(ctx, "Thing", 1); err != nil {
					return err
				}
			}
			return nil
		}},
		{"a field of each of 1,000 objects, all at once", func(ctx context.Context, root *netproxy.Proxy) error {
			things, err := netproxy.Call[[]*netproxy.Proxy](ctx, root, "Things", 1000)
			if err != nil {
				return err
			}
			_, err = async.Each(ctx, 0, things, func(p *netproxy.Proxy) *async.Promise[int] { return async.Get[int](async.Of(p), "N") })
			return err
		}},
		{"remote_ls of 1,000 files, typed", func(ctx context.Context, root *netproxy.Proxy) error { return lsTyped(ctx, root, dir) }},
		{"remote_ls of 1,000 files, async", func(ctx context.Context, root *netproxy.Proxy) error { return lsAsync(ctx, root, dir) }},
		{"remote_ls of 1,000 files, the plain loop", func(ctx context.Context, root *netproxy.Proxy) error { return lsPlain(ctx, root, dir) }},
	}
}

// local measures what takes no link: calls and callbacks.
func local(ctx context.Context, w *tabwriter.Writer) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ln, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		return err
	}
	defer ln.Close()
	dial := func() (net.Conn, net.Conn, error) {
		near, err := net.Dial("unix", ln.Addr().String())
		if err != nil {
			return nil, nil, err
		}
		far, err := ln.Accept()
		return near, far, err
	}
	root, shut, err := between(dial)
	if err != nil {
		return err
	}
	defer shut()
	const n = 20_000
	if _, err := netproxy.Call[int](ctx, root, "Times", 1000, func(i int) int { return i }); err != nil { // warms up
		return err
	}
	began := time.Now()
	if _, err := netproxy.Call[int](ctx, root, "Times", n, func(i int) int { return i }); err != nil {
		return err
	}
	fmt.Fprintf(w, "a callback inside a call\t%.1f µs\t\t\t\n", float64(time.Since(began).Microseconds())/n)
	each, err := rpyc.Callback(ctx, 5000)
	if err := beside(w, "… of RPyC", each, err); err != nil {
		return err
	}
	began = time.Now()
	for range n {
		if _, err := netproxy.Call[int](ctx, root, "Double", 21); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "a call\t%.1f µs\t\t\t\n", float64(time.Since(began).Microseconds())/n)
	each, err = rpyc.Call(ctx, 5000)
	return beside(w, "… of RPyC", each, err)
}

// beside prints what RPyC takes, or that it is not there.
func beside(w *tabwriter.Writer, what string, took time.Duration, err error) error {
	switch {
	case errors.Is(err, rpyc.ErrAbsent):
		fmt.Fprintf(w, "%s\t(not installed)\t\t\t\n", what)
		return nil
	case err != nil:
		return err
	case took > time.Second:
		fmt.Fprintf(w, "%s\t\t%.1f s\t\t\n", what, took.Seconds())
	default:
		fmt.Fprintf(w, "%s\t%.1f µs\t\t\t\n", what, float64(took.Nanoseconds())/1e3)
	}
	return nil
}

// overLink connects two peers by a link that takes its time, and returns what the other one offers.
func overLink() (root *netproxy.Proxy, shut func(), err error) {
	return between(func() (net.Conn, net.Conn, error) { return slowlink.Pair(roundTrip / 2) })
}

// between connects two peers.
func between(link func() (near, far net.Conn, err error)) (root *netproxy.Proxy, shut func(), err error) {
	near, far, err := link()
	if err != nil {
		return nil, nil, err
	}
	type end struct {
		c   *conn.Conn
		err error
	}
	accepted := make(chan end, 1)
	go func() {
		c, err := conn.Accept(context.Background(), far, conn.Config{Name: "there", Bind: netproxy.Serve(newHost())})
		accepted <- end{c, err}
	}()
	c, err := conn.Client(context.Background(), near, conn.Config{Name: "here"})
	there := <-accepted
	if err := errors.Join(err, there.err); err != nil {
		return nil, nil, err
	}
	return netproxy.Root(c), func() { c.Close(); there.c.Close() }, nil
}
