package main

import (
	"context"
	"fmt"
	"math"
	"text/tabwriter"
	"time"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"

	rgo "github.com/rgo-project/rgo/interp"
)

// loop is a program whose time is taken: source declares what call calls, which gives want.
type loop struct {
	name, source, call string
	want               int
}

var programs = []loop{
	{"fib(30)", `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }`, "fib(30)", 832040},
	{"1e8 additions", `func add() int { s := 0; for i := 0; i < 100000000; i++ { s += i }; return s }`, "add()", 4999999950000000},
	{"map-heavy loop", `func count() int {
	m := map[int]int{}
	for i := 0; i < 2000000; i++ { m[i%1000] += i }
	n := 0
	for _, v := range m { n += v }
	return n
}`, "count()", 1999999000000},
	{"alloc-heavy loop", `type node struct { next *node; n int }
func chain() int {
	n := 0
	for i := 0; i < 20000; i++ {
		var list *node
		for j := 0; j < 50; j++ { list = &node{list, j} }
		for l := list; l != nil; l = l.next { n += l.n }
	}
	return n
}`, "chain()", 24500000},
}

// loops compares the time of loops.
func loops(ctx context.Context, w *tabwriter.Writer, o options) error {
	fmt.Fprintln(w, "loop\tyaegi\trgo\trgo / yaegi\t")
	for _, p := range programs {
		old, err := p.yaegi(o.times)
		if err != nil {
			return fmt.Errorf("yaegi: %s: %w", p.name, err)
		}
		ours, err := p.rgo(ctx, o.times)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Fprintf(w, "%s\t%.0f ms\t%.0f ms\t%.2f\t\n", p.name, ms(old), ms(ours), float64(ours)/float64(old))
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// best takes the time of f several times.
func best(times int, f func() error) (time.Duration, error) {
	d := time.Duration(math.MaxInt64)
	for range max(times, 1) {
		began := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		d = min(d, time.Since(began))
	}
	return d, nil
}

func (p loop) yaegi(times int) (time.Duration, error) {
	i := interp.New(interp.Options{})
	if err := i.Use(stdlib.Symbols); err != nil {
		return 0, err
	}
	if _, err := i.Eval(p.source); err != nil {
		return 0, err
	}
	return best(times, func() error {
		v, err := i.Eval(p.call)
		if err == nil && v.Interface() != any(p.want) {
			err = fmt.Errorf("%v, not %d", v, p.want)
		}
		return err
	})
}

func (p loop) rgo(ctx context.Context, times int) (time.Duration, error) {
	s, err := rgo.NewSession(rgo.Options{})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	if _, err := s.Run(ctx, rgo.Input{Source: p.source}); err != nil {
		return 0, err
	}
	return best(times, func() error {
		v, err := s.Run(ctx, rgo.Input{Source: p.call})
		if err == nil && v[0].Any() != any(p.want) {
			err = fmt.Errorf("%v, not %d", v[0].Any(), p.want)
		}
		return err
	})
}
