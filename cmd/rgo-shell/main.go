// Rgo-shell runs Go code in a session: at a prompt, from a script, or from its command line; in a session process of its own or at a server.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/rgo-project/rgo/cmd/internal/local"
	"github.com/rgo-project/rgo/internal/sessionproc"
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
		fmt.Print(usage)
		return statusOK
	case err != nil:
		fmt.Fprintf(os.Stderr, "rgo-shell: %v\nrgo-shell --help says more.\n", err)
		return statusUsage
	case inv.version:
		fmt.Printf("rgo-shell %s %s %s/%s\n", local.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return statusOK
	}
	open, err := inv.opener()
	if err != nil {
		fmt.Fprintf(os.Stderr, "rgo-shell: %v\n", err)
		return statusUsage
	}
	interrupts := make(chan os.Signal, 4)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	if inv.testRun != nil {
		return inv.tests(open, interrupts)
	}
	if !inv.hasCode && inv.script == "" && inv.pkg == nil && term.IsTerminal(int(os.Stdin.Fd())) {
		return interactive(inv, open, interrupts)
	}

	in, err := inv.program()
	if err != nil {
		fmt.Fprintf(os.Stderr, "rgo-shell: %v\n", err)
		return statusUsage
	}
	p, code := inv.begin(open)
	if p == nil {
		return code
	}
	defer p.close()
	return batch(context.Background(), p, in, interrupts)
}

// begin opens the session, or says why it cannot.
func (inv *invocation) begin(open opener) (p peer, code int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(inv.timeout))
	defer cancel()
	p, err := open(ctx)
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w (--timeout is %s)", err, &inv.timeout)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "rgo-shell: %v\n", err)
		return nil, statusLost
	}
	return p, statusOK
}

// interactive is the prompt.
func interactive(inv *invocation, open opener, interrupts <-chan os.Signal) int {
	p, code := inv.begin(open)
	if p == nil {
		return code
	}
	st := styleOf(os.Stdout)
	r := &repl{session: p, tty: os.Stdin, out: &screen{column: column{w: os.Stdout}}, style: st, interrupts: interrupts}
	defer func() { r.session.close() }()
	if inv.target == "" {
		r.renew = open
	}
	path, err := historyPath()
	if err != nil {
		path = ""
	}
	h, err := openHistory(path)
	if err != nil {
		r.complain("The history is not kept: " + err.Error())
	}
	ed, err := newEditor(h, incomplete, func() peer { return r.session }, st.dim)
	if err != nil {
		r.complain(err.Error())
		return statusCode
	}
	r.in = ed
	fmt.Fprintln(r.out, banner(p, inv.target))
	return r.loop(context.Background())
}
