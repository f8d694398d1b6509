package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/rgo-project/rgo/cmd/internal/local"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/sessionproc"
	"github.com/rgo-project/rgo/interp"
)

const usage = `Usage: rgo-server [FLAGS]

Offers sessions: whoever may connect can run Go code here, as the user that runs this
server. Each connection gets a session process of its own.

  rgo-server                             for yourself, on a unix socket that only you can open
  rgo-server --listen tcp://127.0.0.1:7070 --token-file FILE
  rgo-server --stdio                     one session on standard input and output, for
                                         rgo-shell exec:'ssh HOST rgo-server --stdio'

FLAGS
  --listen ADDR         unix:///PATH or tcp://127.0.0.1:PORT (port 0 takes a free one); may be
                        repeated. Default: %s
  --token-file FILE     a secret that peers on tcp must know, too; $RGO_TOKEN does as well.
                        At least %d bytes; this makes one: openssl rand -hex 32
  --insecure            allow tcp without a token: anybody on this machine can then run
                        code as you
  --stdio               speak the protocol on standard input and output
  --grant WHAT          what peers may do: execute (run code, the default), modules (call funcs of
                        packages and use their variables, but run no code), or nothing
  --packages LIST       the packages that there are, for code and for modules: import paths,
                        separated by commas; net/... stands for net and all below it. Default: all.
                        With os/exec, syscall, unsafe, reflect or plugin among them peers can do
                        all that you can, whatever --grant says; os is your files
  --drain DURATION      how long running calls may take to end at SIGTERM or SIGINT (default 5s);
                        a second signal ends them at once
  --log-format FORMAT   text or json, on standard error (default text)
  --log-level LEVEL     debug, info, warn or error (default info)
  --version             print the version and leave
  --help                print this and leave

Exit status: 0 after an orderly end, 1 if it cannot serve, 2 for wrong usage.
`

// invocation is what the command line asks for.
type invocation struct {
	listen    []string
	tokenFile string
	token     string // read from tokenFile or the environment
	insecure  bool
	stdio     bool
	drain     time.Duration
	json      bool
	level     slog.Level
	offer     sessionproc.Offer
	version   bool
}

var errHelp = errors.New("help was asked for")

func help() string { return fmt.Sprintf(usage, local.Target(), conn.MinToken) }

// parse reads the command line and refuses what makes no sense together.
func parse(args []string) (*invocation, error) {
	inv := &invocation{}
	fs := flag.NewFlagSet("rgo-server", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Func("listen", "", func(s string) error { inv.listen = append(inv.listen, s); return checkAddress(s) })
	fs.StringVar(&inv.tokenFile, "token-file", "", "")
	fs.BoolVar(&inv.insecure, "insecure", false, "")
	fs.BoolVar(&inv.stdio, "stdio", false, "")
	fs.TextVar(&inv.offer.Grant, "grant", interp.GrantExecute, "")
	fs.Func("packages", "", func(s string) (err error) { inv.offer.Packages, err = packages(s); return err })
	fs.DurationVar(&inv.drain, "drain", 5*time.Second, "")
	fs.Func("log-format", "", func(s string) error {
		inv.json = s == "json"
		if s != "json" && s != "text" {
			return errors.New("want text or json")
		}
		return nil
	})
	fs.TextVar(&inv.level, "log-level", slog.LevelInfo, "")
	fs.BoolVar(&inv.version, "version", false, "")
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, errHelp
	case err != nil:
		return nil, err
	case fs.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q: addresses go after --listen", fs.Arg(0))
	case inv.drain < 0:
		return nil, errors.New("--drain: want a duration of nothing or more")
	case inv.stdio && (len(inv.listen) > 0 || inv.insecure):
		return nil, errors.New("--stdio does not go together with --listen and --insecure: it serves one session on standard input and output")
	case inv.version:
		return inv, nil
	}
	if len(inv.listen) == 0 {
		inv.listen = []string{local.Target()}
	}
	if err := inv.readToken(); err != nil {
		return nil, err
	}
	return inv, inv.checkTrust()
}

// packages reads a list of import paths. What stands for no package is a slip that would be noticed too late.
func packages(list string) ([]string, error) {
	patterns := strings.Split(list, ",")
	for _, p := range patterns {
		if !interp.Matches(p) {
			return nil, fmt.Errorf("%q stands for no package of the standard library", p)
		}
	}
	return patterns, nil
}

// checkAddress refuses early what is no address to listen on.
func checkAddress(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return err
	}
	switch {
	case u.Scheme == "unix" && u.Path+u.Opaque != "":
		return nil
	case u.Scheme == "tcp" && u.Port() != "":
		return nil
	}
	return errors.New("want unix:///PATH or tcp://127.0.0.1:PORT")
}

func isTCP(addr string) bool { return strings.HasPrefix(addr, "tcp:") }

// readToken takes the token from its file or the environment. It is never an argument, where other users could read it.
func (inv *invocation) readToken() error {
	inv.token = os.Getenv("RGO_TOKEN")
	if inv.tokenFile != "" {
		var err error
		if inv.token, err = local.ReadToken(inv.tokenFile); err != nil {
			return fmt.Errorf("--token-file: %w", err)
		}
	}
	if inv.token != "" && len(inv.token) < conn.MinToken {
		return fmt.Errorf("the token has %d bytes; at least %d are needed, for a stranger can try short ones offline", len(inv.token), conn.MinToken)
	}
	return nil
}

// checkTrust keeps a listener that others on this machine can reach from starting without a token.
func (inv *invocation) checkTrust() error {
	if inv.token != "" && inv.insecure {
		return errors.New("there is a token, and --insecure says to ask for none: choose one of the two")
	}
	for _, addr := range inv.listen {
		if isTCP(addr) && inv.token == "" && !inv.insecure {
			return fmt.Errorf("%s can be reached by every user of this machine, who could then run code as you: give --token-file FILE or $RGO_TOKEN, or say --insecure", addr)
		}
	}
	return nil
}
