package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/rgo-project/rgo/cmd/internal/local"
	"github.com/rgo-project/rgo/interp"
)

const usage = `Usage: rgo-shell [FLAGS] [TARGET] [SCRIPT [ARGS...]]
       rgo-shell [FLAGS] [TARGET] run [-tags LIST] DIR|FILE.go... [ARGS...]
       rgo-shell [FLAGS] [TARGET] test [DIR...] [flags of go test]

Runs Go code in a session at TARGET, or, without one, in a session process of its own.

  rgo-shell                            a prompt
  rgo-shell local                      a prompt at your own rgo-server
  rgo-shell -c CODE [ARGS...]          run CODE
  rgo-shell local script.go a b        run a file with arguments
  echo CODE | rgo-shell                run what comes in (also: rgo-shell TARGET - ARGS...)
  rgo-shell local run ./cmd/tool a b   run a program of several files and packages
  rgo-shell local test ./... -v        run the tests of packages

TARGET is one of
  local                                the rgo-server of this user, at its default address
  unix:///PATH                         a unix socket
  tcp://127.0.0.1:PORT                 this machine's loopback; with a token, see --token-file
  exec:COMMAND                         a command that speaks the protocol, such as
                                       exec:'ssh web1 rgo-server --stdio'

FLAGS may stand before and after TARGET:
  -c CODE              run CODE instead of a script
  --token-file FILE    the token for a tcp target; $RGO_TOKEN does too
  --timeout DURATION   how long to try to reach TARGET (default 10s)
  --version            print the version and leave
  --help               print this and leave

With -c, a script or piped code, only what the code prints is printed, and standard
input is the code's. A script may be statements or a whole "package main", and may
begin with a #! line; os.Args is what it would be if it were a program.

run and test read packages as the go command does: the module that DIR belongs to, its
vendor directory, the module cache. What is needed of them is sent to TARGET, and unpacked
there while it runs. test prints what go test prints.

At the prompt: Enter runs what is complete and goes on with what is not; Tab completes;
Ctrl-C interrupts what runs, a second one kills the session; Ctrl-D leaves.

The exit status is the code's own os.Exit, 0 without, 1 for an error in the code or
output that cannot be written, 2 for wrong usage, 3 if TARGET cannot be reached or was
lost, 130 if interrupted.
`

// invocation is what the command line asks for.
type invocation struct {
	target    string // empty: a session process of our own
	code      string // of -c
	hasCode   bool
	script    string          // a file, or "-" for standard input
	pkg       *interp.Package // of run
	name      string          // what pkg is called
	testRun   *testRun        // of test
	args      []string        // of the script, the code or the program
	tokenFile string
	timeout   timeout
	version   bool
}

var errHelp = errors.New("help was asked for")

// parse reads the command line. Flags end at the script, whose own they are from there on.
func parse(args []string) (*invocation, error) {
	inv := &invocation{timeout: defaultTimeout}
	rest, err := inv.flags(args)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 && isTarget(rest[0]) {
		if inv.target, err = resolve(rest[0]); err != nil {
			return nil, err
		}
		if rest, err = inv.flags(rest[1:]); err != nil {
			return nil, err
		}
	}
	if !inv.hasCode && len(rest) > 0 {
		switch rest[0] {
		case "run":
			return inv, inv.run(rest[1:])
		case "test":
			inv.testRun, err = parseTest(rest[1:])
			return inv, err
		}
		inv.script, rest = rest[0], rest[1:]
		if err := isScript(inv.script); err != nil {
			return nil, err
		}
	}
	inv.args = rest
	return inv, nil
}

// run takes the arguments of `rgo-shell run`.
func (inv *invocation) run(args []string) error {
	var tags []string
	fs := flag.NewFlagSet("rgo-shell run", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Func("tags", "", func(s string) error {
		tags = strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	})
	if err := fs.Parse(args); err != nil {
		return err
	}
	args = fs.Args()
	n := 0
	for n < len(args) && strings.HasSuffix(args[n], ".go") {
		n++
	}
	switch {
	case len(args) == 0:
		return errors.New("run what? A directory, or files of Go")
	case n > 0:
		inv.name, inv.args = args[0], args[n:]
		return inv.locate(programOf(args[:n], tags))
	}
	inv.name, inv.args = args[0], args[1:]
	return inv.locate(packageIn(args[0], tags))
}

func (inv *invocation) locate(p *interp.Package, err error) error {
	inv.pkg = p
	return err
}

// flags takes the flags in front of args.
func (inv *invocation) flags(args []string) (rest []string, err error) {
	fs := flag.NewFlagSet("rgo-shell", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Func("c", "", func(s string) error { inv.code, inv.hasCode = s, true; return nil })
	fs.StringVar(&inv.tokenFile, "token-file", inv.tokenFile, "")
	fs.Var(&inv.timeout, "timeout", "")
	fs.BoolVar(&inv.version, "version", inv.version, "")
	err = fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil, errHelp
	}
	return fs.Args(), err
}

// scheme is how a target begins. Two letters at least: C:\ is not one.
var scheme = regexp.MustCompile(`^[a-z][a-z0-9+-]+:`)

func isTarget(arg string) bool { return arg == "local" || scheme.MatchString(arg) }

// resolve checks a target as far as that can be done without going there.
func resolve(arg string) (string, error) {
	name, rest, _ := strings.Cut(arg, ":")
	switch name {
	case "local":
		if rest == "" {
			return local.Target(), nil
		}
	case "unix", "tcp", "exec":
		if strings.Trim(rest, "/ ") == "" {
			return "", fmt.Errorf("target %q names nothing: %s wants more after the colon", arg, name)
		}
		return arg, nil
	}
	if regexp.MustCompile(`^[0-9]+$`).MatchString(rest) {
		return "", fmt.Errorf("target %q has no scheme: did you mean tcp://%s?", arg, arg)
	}
	return "", fmt.Errorf("target %q: the schemes are unix:, tcp: and exec:; for another machine, exec:'ssh HOST rgo-server --stdio'", arg)
}

// isScript says early, before anything is started, that there is no such script.
func isScript(name string) error {
	if name == "-" {
		return nil
	}
	st, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("%w (a target would be local, or begin with unix:, tcp: or exec:)", err)
	}
	if st.IsDir() {
		return fmt.Errorf("%s is a directory, not a script: rgo-shell run %s runs the package in it", name, name)
	}
	return nil
}
