// Command soak keeps two peers under load and faults for as long as one likes, and ends with an error when something is lost, doubled, left over or mistaken:
//
//	go run -C bench ./soak -for 1h -seed 7
//	go run -C bench -race ./soak -for 10m
//
// Without -seed it takes a new one, which it prints.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/rgo-project/rgo/internal/soak"
)

func main() {
	cfg := soak.Config{Out: os.Stdout}
	flag.DurationVar(&cfg.For, "for", time.Minute, "how long")
	flag.Uint64Var(&cfg.Seed, "seed", uint64(time.Now().UnixNano()), "what the choices are made of")
	flag.DurationVar(&cfg.Report, "report", 10*time.Second, "the time between two lines")
	flag.IntVar(&cfg.Workers, "workers", 6, "how many goroutines call on either side")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Println("seed", cfg.Seed)
	if _, err := soak.Run(ctx, cfg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
