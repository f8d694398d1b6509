// Package soak puts connections under load and faults for as long as one likes, and finds out whether they keep what they promise.
//
//	tally, err := soak.Run(ctx, soak.Config{Seed: 7, For: time.Hour, Out: os.Stdout})
//
// Two peers of this process speak with each other over pipes and sockets, each calling the other from many goroutines: typed and dynamic calls, async and pipelined ones,
// callbacks, channels, sequences, streams, references, facets, scopes, with cancels and deadlines at random times. The link may be slow, and breaks at a random byte, falls
// silent, freezes, or is closed in one of the ways that there are; then the peers connect anew. Every call has a number, which its callee counts; every result is compared with what
// it has to be, every error must be one that can be there at that time. After each connection nothing may be left: no goroutine, reference, stream, descriptor. The first
// thing that is wrong ends the run, and the error says the seed.
//
// What is tried depends on the seed alone; what happens, on the scheduler too.
package soak

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"time"
)

// Config says how to soak. The zero value of a field takes the default named beside it.
type Config struct {
	Seed    uint64        // 0 is a seed like others
	For     time.Duration // 5 s
	Report  time.Duration // 10 s: between two lines
	Life    time.Duration // 1 s: how long a connection is at work, at most
	Workers int           // 6: goroutines on either side, at most
	Out     io.Writer     // nil: nothing is reported
}

// Run soaks until the time is over, ctx ends or something is wrong.
func Run(ctx context.Context, cfg Config) (*Tally, error) {
	if cfg.For == 0 {
		cfg.For = 5 * time.Second
	}
	if cfg.Report == 0 {
		cfg.Report = 10 * time.Second
	}
	if cfg.Life == 0 {
		cfg.Life = time.Second
	}
	if cfg.Workers == 0 {
		cfg.Workers = 6
	}
	if cfg.Out == nil {
		cfg.Out = io.Discard
	}
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // nothing but a socket was in it
	ports, err := listen(dir)
	if err != nil {
		return nil, err
	}
	defer ports.close()

	t := &Tally{errors: map[string]int{}}
	rnd := rand.New(rand.NewPCG(cfg.Seed, 1))
	before := measure()
	began := heap()
	end, line := time.Now().Add(cfg.For), time.Now()
	for t.Rounds = 0; time.Now().Before(end) && ctx.Err() == nil; t.Rounds++ {
		r := newRound(cfg, t, rnd, ports)
		err := r.run(end)
		if err == nil {
			err = nothingLeft(before)
		}
		if err != nil {
			return t, fmt.Errorf("soak: seed %d, connection %d (%s): %w", cfg.Seed, t.Rounds, r.plan, err)
		}
		if time.Since(line) >= cfg.Report {
			line = time.Now()
			fmt.Fprintf(cfg.Out, "%s; %s, heap %d KiB\n", t, measure(), heap()>>10)
		}
	}
	most := began + 3<<20 + 512*uint64(t.Rounds) // for caches of what types have been seen, and for each connection a little
	if !soon(func() bool { return heap() < most }) {
		return t, fmt.Errorf("soak: seed %d: the heap has grown from %d KiB to %d KiB in %d connections", cfg.Seed, began>>10, heap()>>10, t.Rounds)
	}
	fmt.Fprintf(cfg.Out, "%s; %s, heap %d KiB; nothing is left\n", t, measure(), heap()>>10)
	return t, nil
}

// heap is the size of what is in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // now what pools have kept is gone as well
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
