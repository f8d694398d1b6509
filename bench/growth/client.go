package main

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/load"
)

// call is one of the calls whose cost is measured; it has to return what it is given.
type call func(x int64) (int64, error)

// subject is a system, and what of it grows.
type subject interface {
	grow(to int) (child.Measures, error) // has so many of what grows; what it measures of that
	calls() map[string]call              // by the names of their lines
	end() (child.Measures, error)        // has none any more
}

// subjects are made for the address of a server.
var subjects = map[string]func(addr string) (subject, error){
	"ours/rgo":       newOurs,
	"ours/net-rpc":   newBallast,
	"theirs/net-rpc": newBallast,
	"theirs/rgo":     newTheirs,
	"results/rgo":    newResults,
	"conns/rgo":      newConns,
	"conns/net-rpc":  newPlainConns,
	"calls/rgo":      newUnderWay,
	"calls/net-rpc":  newPlainUnderWay,
	"ahead/rgo":      newAhead,
	"ahead/net-rpc":  newPlainAhead,
}

// client is the process that a subject grows in: it is told to grow, to measure, to tell what memory it has, and to end.
func client(name, addr string) error {
	make := subjects[name]
	if make == nil {
		return fmt.Errorf("no subject %q", name)
	}
	s, err := make(addr)
	if err != nil {
		return err
	}
	return child.Answer("client", func(line string) (child.Measures, error) {
		verb, rest, _ := strings.Cut(line, " ")
		switch verb {
		case "grow":
			n, err := strconv.Atoi(rest)
			if err != nil {
				return nil, err
			}
			return s.grow(n)
		case "calls":
			d, err := time.ParseDuration(rest)
			if err != nil {
				return nil, err
			}
			return batches(s.calls(), d)
		case "end":
			return s.end()
		}
		return memory(line)
	})
}

// batches measures each call for d: the median of all, their mean, in which what the collector takes is included, and what all but one in a hundred stay within.
func batches(calls map[string]call, d time.Duration) (child.Measures, error) {
	m := child.Measures{}
	for name, f := range calls {
		x := int64(1 << 40)
		began := time.Now()
		took, err := load.Times(d, 3, 1<<20, func() error {
			x++
			y, err := f(x)
			if err == nil && y != x {
				err = load.ErrWrong
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		m[name+".p50"], m[name+".p99"] = load.Us(load.Percentile(took, .5)), load.Us(load.Percentile(took, .99))
		m[name+".mean"] = load.Us(time.Since(began)) / float64(len(took))
	}
	return m, nil
}

var serverBallast []*[20]*int // what a server without references has instead of them

// memory is what child.Memory tells after a collection, and what that collection has cost.
func memory(line string) (child.Measures, error) {
	if n, ok := strings.CutPrefix(line, "ballast "); ok {
		n, err := strconv.Atoi(n)
		serverBallast = loaded(n)
		return nil, err
	}
	if line != "gc" {
		return child.Memory(line)
	}
	runtime.GC() // so that the next one finds nothing to sweep, and cleanups have run
	before := collecting()
	runtime.GC()
	spent := collecting() - before
	m, err := child.Memory(line)
	if err == nil {
		m["gc_ms"], m["ballast"] = spent*1e3, float64(len(serverBallast))
	}
	return m, err
}

// collecting is how many seconds of processors the collector has had.
func collecting() float64 {
	s := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(s)
	return s[0].Value.Float64()
}
