package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/rgo-project/rgo/bench/internal/results"
	"github.com/rgo-project/rgo/bench/internal/sample"
)

// ways are the ways to call a method, as peer measures them, the first being what the others are held against.
var ways = []struct{ name, title string }{
	{"Call", "netproxy.Call[T]"},
	{"As", "an interface of the standard library: netproxy.As[io.Seeker]"},
	{"Bind", "a struct of funcs: netproxy.Bind"},
	{"Func", "a func: netproxy.Func"},
	{"Dynamic", "by name, with any result: Proxy.Call"},
	{"Async", "a promise: async.Call[T], then Await"},
}

// wrappers compares the ways to call a method, in one pair of processes on one core.
func wrappers(ctx context.Context, w *tabwriter.Writer, o options) error {
	systems, clean, err := build(ctx)
	if err != nil {
		return err
	}
	defer clean()
	l := workload{name: "wrappers"}
	r := results.New(4*cycles, 6*slice)
	for _, s := range systems {
		if s.name == "rgo" {
			r.Order = append(r.Order, s.name)
			if err := l.run([]system{s}, r); err != nil {
				return err
			}
		}
	}
	r.Over()
	fmt.Fprintln(w, "ways to call a method, both processes on one core, µs\tmedian\tspread\tmore than Call\tallocations here\tthere\t")
	of := func(name string) []float64 { return r.Samples["rgo"]["wrappers."+name] }
	for _, way := range ways {
		took := of(way.name + ".p50_us")
		more := make([]float64, len(took))
		for i := range took {
			more[i] = took[i] - of("Call.p50_us")[i]
		}
		fmt.Fprintf(w, "%s\t%.1f\t±%.0f%%\t%+.2f\t%.1f\t%.1f\t\n", way.title, sample.Median(took), 100*sample.Spread(took), sample.Middle(more),
			sample.Median(of(way.name+".client_allocs")), sample.Median(of(way.name+".server_allocs")))
	}
	return o.write(r, "wrappers")
}
