// Rgo-server offers Go sessions to whoever may connect: by default only the user that runs it, on a unix socket.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/rgo-project/rgo/cmd/internal/local"
	"github.com/rgo-project/rgo/internal/sessionproc"
)

// The exit statuses, as --help has them.
const (
	statusOK     = 0
	statusFailed = 1
	statusUsage  = 2
)

func main() {
	if code, ok := sessionproc.Main(); ok {
		os.Exit(code)
	}
	os.Exit(doMain(os.Args[1:]))
}

func doMain(args []string) int {
	inv, err := parse(args)
	switch {
	case errors.Is(err, errHelp):
		fmt.Print(help())
		return statusOK
	case err != nil:
		fmt.Fprintf(os.Stderr, "rgo-server: %v\nrgo-server --help says more.\n", err)
		return statusUsage
	case inv.version:
		fmt.Printf("rgo-server %s %s %s/%s\n", local.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return statusOK
	case inv.stdio:
		return stdio(inv.offer)
	}
	log := inv.logger()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	if err := newServer(inv, log).serve(context.Background(), signals); err != nil {
		log.Error("cannot serve", "error", err)
		return statusFailed
	}
	return statusOK
}

// stdio is --stdio: this process is the session.
func stdio(offer sessionproc.Offer) int {
	code, err := sessionproc.Stdio(offer)
	if err != nil {
		fmt.Fprintf(os.Stderr, "rgo-server: %v\n", err)
		return statusUsage
	}
	return code
}

func (inv *invocation) logger() *slog.Logger {
	opts := &slog.HandlerOptions{Level: inv.level}
	if inv.json {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}
