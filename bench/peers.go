package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/results"
	"github.com/rgo-project/rgo/bench/internal/sample"
)

// workload is what all systems are to do, each in two processes.
type workload struct {
	name, title string
	measures    []string // the first is the one that ratios are of
	n           int      // how many connections
	client      int      // the processor of the client; the server's is 0, unless this is child.Anywhere
}

var workloads = []workload{
	{"W1C", "a call, one caller, both processes on one core", []string{"p50_us", "p99_us", "client_allocs", "server_allocs"}, 0, 0},
	{"W1X", "the same, the processes on a core each", []string{"p50_us", "p99_us"}, 0, 1},
	{"W2", "64 callers on one connection", []string{"calls_s"}, 0, child.Anywhere},
	{"W3", "10,000 calls issued, then awaited", []string{"calls_s"}, 0, child.Anywhere},
	{"W4", "one call that returns 1,000 structs", []string{"ms"}, 0, child.Anywhere},
	{"W5", "payloads of 1 MiB: one at a time, several under way", []string{"put_MB_s", "pipe_MB_s"}, 0, child.Anywhere},
	{"W6", "1,000 idle connections: memory of the server for each", []string{"rss_KB_conn", "goroutines_conn"}, 1000, child.Anywhere},
	{"W6B", "200 idle connections after an upload of 1 MiB on each: memory after a collection", []string{"gc_rss_KB_conn", "rss_KB_conn", "goroutines_conn"}, 200, child.Anywhere},
	{"W7", "connect, first call, close", []string{"ms"}, 0, child.Anywhere},
	{"W10C", "a callback inside a call, both processes on one core", []string{"us"}, 0, 0},
	{"W11", "a call while payloads go over the same connection", []string{"p50_us", "p99_us", "put_MB_s"}, 0, child.Anywhere},
}

// prefix is what the names of a workload's measures begin with.
func (l workload) prefix() string {
	if l.n > 0 {
		return fmt.Sprintf("%s.%d.", l.name, l.n)
	}
	return l.name + "."
}

// system is a program that speaks the children's protocol.
type system struct {
	name    string
	command []string
}

const (
	cycles = 12
	slice  = 60 * time.Millisecond
)

// peers compares rgo with net/rpc and with what lies below any protocol.
func peers(ctx context.Context, w *tabwriter.Writer, o options) error {
	systems, clean, err := build(ctx)
	if err != nil {
		return err
	}
	defer clean()
	r := results.New(cycles, slice)
	for _, s := range systems {
		r.Order = append(r.Order, s.name)
	}
	for _, load := range workloads {
		if load.client >= runtime.NumCPU() {
			continue
		}
		if err := load.run(systems, r); err != nil {
			return err
		}
		load.print(w, r)
		w.Flush()
	}
	for _, failure := range r.Errors {
		fmt.Fprintln(w, failure)
	}
	r.Over()
	return o.write(r, "peers")
}

// write writes results where the user wants them, if anywhere.
func (o options) write(r *results.Results, name string) error {
	if o.out == "" {
		return nil
	}
	return errors.Join(os.MkdirAll(o.out, 0o777), r.Write(filepath.Join(o.out, name+".json")))
}

// build builds the systems.
func build(ctx context.Context) (all []system, clean func(), err error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", dir+string(filepath.Separator),
		"github.com/rgo-project/rgo/bench/peer", "github.com/rgo-project/rgo/bench/floor")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		os.RemoveAll(dir)
		return nil, nil, fmt.Errorf("building the systems: %w", err)
	}
	floor := filepath.Join(dir, "floor")
	return []system{
		{"raw-tcp", []string{floor, "raw-tcp"}},
		{"raw-yamux", []string{floor, "raw-yamux"}},
		{"net-rpc", []string{floor, "net-rpc"}},
		{"rgo", []string{filepath.Join(dir, "peer")}},
	}, func() { os.RemoveAll(dir) }, nil
}

// pair is a server and its client, of one system.
type pair struct {
	name           string
	server, client *child.Child
	began          child.Measures // what the server had before
	rss            float64
	ops            float64
}

func (p *pair) stop() {
	p.client.Stop()
	p.server.Stop()
}

func (l workload) start(s system) (*pair, error) {
	at := child.Anywhere
	if l.client != child.Anywhere {
		at = 0
	}
	server, err := child.Start(at, append(slices.Clone(s.command), "server")...)
	if err != nil {
		return nil, err
	}
	p := &pair{name: s.name, server: server}
	if p.began, err = server.Ask("gc"); err == nil {
		p.rss = server.RSS()
		p.client, err = child.Start(l.client, append(slices.Clone(s.command), "client", server.Ready, l.name, fmt.Sprint(l.n))...)
	}
	if err != nil {
		server.Stop()
	}
	return p, err
}

// run measures a workload: all systems are started, and then each has a short slice in turn, so that what disturbs the machine disturbs all alike.
func (l workload) run(systems []system, r *results.Results) error {
	var pairs []*pair
	defer func() {
		for _, p := range pairs {
			p.stop()
		}
	}()
	for _, s := range systems {
		p, err := l.start(s)
		if errors.Is(err, child.ErrSkip) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", l.name, s.name, err)
		}
		pairs = append(pairs, p)
	}
	times := cycles
	if l.n > 0 {
		times = 1
	}
	for cycle := -1; cycle < times; cycle++ { // that of -1 warms up
		if l.n > 0 && cycle < 0 {
			continue
		}
		for _, p := range pairs {
			if err := l.slice(p, cycle, r); err != nil {
				return fmt.Errorf("%s %s: %w", l.name, p.name, err)
			}
		}
		slices.Reverse(pairs)
	}
	for _, p := range pairs {
		if m, err := p.server.Ask("stats"); err == nil && p.ops > 0 {
			r.Put(p.name, l.prefix()+"server_allocs", 0, (m["mallocs"]-p.began["mallocs"])/p.ops)
		}
	}
	return nil
}

func (l workload) slice(p *pair, cycle int, r *results.Results) error {
	cpu := p.server.CPU() + p.client.CPU()
	m, err := p.client.Ask(fmt.Sprint(slice.Seconds()))
	if err != nil {
		return err
	}
	if ops := m["ops"]; ops > 0 {
		m["cpu_us"] = float64((p.server.CPU() + p.client.CPU() - cpu).Nanoseconds()) / 1e3 / ops
		p.ops += ops
	}
	if l.n > 0 {
		time.Sleep(time.Second) // idle is what they are by then
		m["rss_KB_conn"] = (p.server.RSS() - p.rss) / 1024 / float64(l.n)
		after, err := p.server.Ask("gc")
		if err != nil {
			return err
		}
		m["gc_rss_KB_conn"] = (p.server.RSS() - p.rss) / 1024 / float64(l.n)
		m["goroutines_conn"] = (after["goroutines"] - p.began["goroutines"]) / float64(l.n)
	}
	if cycle < 0 {
		return nil
	}
	for name, v := range m {
		if name != "ops" {
			r.Put(p.name, l.prefix()+name, cycle, v)
		}
	}
	return nil
}

// print prints what a workload came to: the median, half the distance of the quartiles, and rgo's against each other system.
func (l workload) print(w *tabwriter.Writer, r *results.Results) {
	fmt.Fprintf(w, "%s\t%s\t\trgo / it\t\n", l.name+": "+l.title, strings.Join(l.measures, "\t"))
	first := l.prefix() + l.measures[0]
	for _, s := range r.Systems(first) {
		fmt.Fprintf(w, "  %s", s)
		for i, m := range l.measures {
			samples := r.Samples[s][l.prefix()+m]
			text := ""
			if mid := sample.Median(samples); mid >= 0 {
				text = sample.Text(mid)
			}
			if i == 0 && len(samples) > 1 {
				text += fmt.Sprintf(" ±%.0f%%", 100*sample.Spread(samples))
			}
			fmt.Fprintf(w, "\t%s", text)
		}
		ratio := sample.Median(sample.Ratios(r.Samples["rgo"][first], r.Samples[s][first]))
		fmt.Fprintf(w, "\t\t%.2f\t\n", ratio)
	}
	fmt.Fprintln(w)
}
