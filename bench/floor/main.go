// Command floor is a system that rgo is compared with: raw-tcp, raw-yamux or net-rpc, its first argument. It speaks the same protocol as command peer.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"reflect"
	"strconv"
	"time"

	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/floor"
	"github.com/rgo-project/rgo/bench/internal/load"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[1] == "server":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		go func() { log.Fatal(floor.Serve(args[0], l)) }() // for as long as the process lives
		return child.Answer(strconv.Itoa(l.Addr().(*net.TCPAddr).Port), child.Memory)
	case len(args) == 5 && args[1] == "client":
		n, err := strconv.Atoi(args[4])
		if err != nil {
			return err
		}
		measure, err := prepare(args[0], "127.0.0.1:"+args[2], args[3], n)
		if errors.Is(err, errors.ErrUnsupported) {
			fmt.Println("SKIP")
			return nil
		}
		if err != nil {
			return err
		}
		return child.Measure(measure)
	}
	return errors.New("usage: floor NAME server | floor NAME client PORT WORKLOAD N")
}

// prepare connects and returns what measures a workload.
func prepare(name, addr, workload string, n int) (func(time.Duration) (child.Measures, error), error) {
	switch workload {
	case "W6", "W6B":
		return idle(name, addr, n, workload == "W6B"), nil
	case "W7":
		return connects(name, addr), nil
	}
	c, err := floor.Dial(name, addr)
	if err != nil {
		return nil, err
	}
	switch workload {
	case "W1", "W1C", "W1X":
		return func(d time.Duration) (child.Measures, error) { return load.Alone(d, echo(c)) }, nil
	case "W3":
		return ahead(c), nil
	case "W5":
		return bulk(c), nil
	}
	many, ok := c.(*floor.RPC)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	switch workload {
	case "W2":
		return func(d time.Duration) (child.Measures, error) { return load.Together(d, 64, echo(c)) }, nil
	case "W4":
		return list(many), nil
	case "W11":
		return func(d time.Duration) (child.Measures, error) {
			return load.Beside(d, func() error { return echo(c)(5) }, put(c))
		}, nil
	}
	return nil, errors.ErrUnsupported
}

func echo(c floor.Client) func(int64) error {
	return func(x int64) error {
		y, err := c.Echo(x)
		if err == nil && y != x {
			err = load.ErrWrong
		}
		return err
	}
}

func put(c floor.Client) func() error {
	return func() error {
		n, err := c.Put(load.Payload())
		if err == nil && n != load.PayloadSize {
			err = load.ErrWrong
		}
		return err
	}
}

func connects(name, addr string) func(time.Duration) (child.Measures, error) {
	return func(d time.Duration) (child.Measures, error) {
		took, err := load.Times(d, 5, 1000, func() error {
			c, err := floor.Dial(name, addr)
			if err != nil {
				return err
			}
			return errors.Join(echo(c)(7), c.Close())
		})
		return child.Measures{"ms": load.Ms(load.Percentile(took, .5))}, err
	}
}

// idle opens connections, makes a call on each, and maybe an upload, and leaves them alone.
func idle(name, addr string, n int, upload bool) func(time.Duration) (child.Measures, error) {
	var all []floor.Client
	return func(time.Duration) (child.Measures, error) {
		began := time.Now()
		for range n {
			c, err := floor.Dial(name, addr)
			if err != nil {
				return nil, err
			}
			err = echo(c)(7)
			if upload && err == nil {
				err = put(c)()
			}
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		return child.Measures{"open_ms": load.Ms(time.Since(began)) / float64(n)}, nil
	}
}

func ahead(c floor.Client) func(time.Duration) (child.Measures, error) {
	const n = 10_000
	return func(d time.Duration) (child.Measures, error) {
		took, err := load.Times(d, 1, 100, func() error { return c.Ahead(n) })
		return child.Measures{"calls_s": n / load.Percentile(took, .5).Seconds(), "ops": float64(n * len(took))}, err
	}
}

func list(c *floor.RPC) func(time.Duration) (child.Measures, error) {
	return func(d time.Duration) (child.Measures, error) {
		got, err := c.List(1000)
		if err != nil || !reflect.DeepEqual(got, load.Entries(1000)) {
			return nil, errors.Join(err, load.ErrWrong)
		}
		objects, _ := load.Mallocs()
		took, err := load.Times(d, 3, 100_000, func() error { _, err := c.List(1000); return err })
		more, _ := load.Mallocs()
		return child.Measures{"ms": load.Ms(load.Percentile(took, .5)), "client_allocs": (more - objects) / float64(len(took)), "ops": float64(len(took))}, err
	}
}

func bulk(c floor.Client) func(time.Duration) (child.Measures, error) {
	return func(time.Duration) (child.Measures, error) {
		return load.Bulks(
			load.Bulk{Name: "put", Per: 1, Round: put(c)},
			load.Bulk{Name: "pipe", Per: 32, Round: func() error { return c.PutAll(load.Payload(), 32) }},
		)
	}
}
