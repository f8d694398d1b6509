// Command conform compares an engine with the Go compiler, program by program.
//
//	go run ./interp/conformance/conform                            # the Go distribution's own tests
//	go run ./interp/conformance/conform fixedbugs chan/sieve1.go   # other directories and files of GOROOT/test
//	go run ./interp/conformance/conform -command 'rgo-shell local' # another command than this tree's rgo-shell
//	go run ./interp/conformance/conform -random 100 -seed 1        # programs made by chance
//	go run ./interp/conformance/conform -engine pasted interp/conformance/testdata/*/*.txtar
//
// Files and directories are taken from GOROOT/test if they are there; tables are what ends in .txtar. What the compiled programs do is kept in a cache, so that it is found out once.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rgo-project/rgo/interp/conformance"
	"github.com/rgo-project/rgo/interp/conformance/random"
)

func main() { os.Exit(run()) }

// flags are what the command line asks for.
type flags struct {
	engine, command, cache, root string
	only                         string
	jobs, random                 int
	seed                         uint64
	timeout                      time.Duration
	json, list, verbose, serve   bool
}

func run() int {
	var f flags
	flag.StringVar(&f.engine, "engine", "command", "what runs the programs: command, or a session in a process of its own for each, which is given them as a script or pasted")
	flag.StringVar(&f.command, "command", "", "the command that is given a program's path and arguments; rgo-shell of this tree by default")
	flag.StringVar(&f.cache, "cache", defaultCache(), "the directory that keeps what compiled programs do")
	flag.StringVar(&f.only, "only", "", "run only programs whose name this regular expression matches")
	flag.StringVar(&f.root, "root", conformance.GoTestDir(), "the directory from which files and directories are taken")
	flag.IntVar(&f.random, "random", 0, "run this many programs that are made by chance")
	flag.Uint64Var(&f.seed, "seed", 1, "the first of the seeds of -random; the others follow it")
	flag.IntVar(&f.jobs, "jobs", 2, "how many programs run at a time")
	flag.DurationVar(&f.timeout, "timeout", time.Minute, "how long one program may take")
	flag.BoolVar(&f.json, "json", false, "print one JSON object for each program instead of the tables")
	flag.BoolVar(&f.list, "list", false, "only find out which programs plain go run passes, and print their names")
	flag.BoolVar(&f.verbose, "v", false, "print each program's verdict as it ends")
	flag.BoolVar(&f.serve, "serve", false, "run the program in a directory that conform has made (it starts itself so)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := f.run(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "conform:", err)
		return 1
	}
	return 0
}

func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "rgo-conformance")
}

func (f *flags) run(ctx context.Context, names []string) error {
	if f.serve && len(names) == 1 {
		return conformance.Serve(names[0], f.engine == "pasted")
	}
	w, err := f.gather(ctx, names)
	if err != nil || f.list {
		return err
	}
	tmp, err := os.MkdirTemp("", "conform")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	e, err := f.newEngine(ctx, tmp)
	if err != nil {
		return err
	}
	return f.compare(ctx, e, w)
}

// newEngine makes the engine that the flags name; dir is for what it builds.
func (f *flags) newEngine(ctx context.Context, dir string) (conformance.Engine, error) {
	switch f.engine {
	case "command":
		argv := strings.Fields(f.command)
		if len(argv) == 0 {
			var err error
			if argv, err = buildShell(ctx, dir); err != nil {
				return nil, err
			}
		}
		return &conformance.Command{Argv: argv}, nil
	case "script", "pasted":
		self, err := os.Executable()
		return &conformance.Isolated{Argv: []string{self, "-serve", "-engine", f.engine}}, err
	}
	return nil, fmt.Errorf("no engine %q: command, script or pasted", f.engine)
}

// buildShell builds the rgo-shell of the module that the working directory is in.
func buildShell(ctx context.Context, dir string) ([]string, error) {
	shell := filepath.Join(dir, "rgo-shell")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", shell, "github.com/rgo-project/rgo/cmd/rgo-shell")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("building rgo-shell: %w", err)
	}
	return []string{shell}, nil
}

// work is what is to be compared: programs, and what the compiled ones do.
type work struct {
	programs []*conformance.Program
	want     []conformance.Outcome
}

// gather reads the programs that the arguments name, and leaves those out that the flags do not want, and those that go run does not pass.
func (f *flags) gather(ctx context.Context, names []string) (w work, err error) {
	only, err := regexp.Compile(f.only)
	if err != nil {
		return w, err
	}
	if f.random > 0 {
		w.programs, w.want = f.passing(ctx, f.byChance(), &conformance.Compiled{})
	} else if len(names) == 0 {
		names = conformance.GoTests
	}
	for _, name := range names {
		var programs []*conformance.Program
		var want []conformance.Outcome
		if strings.HasSuffix(name, ".txtar") {
			programs, want, err = f.table(name)
		} else {
			programs, err = conformance.ReadGoTests(f.root, []string{name})
		}
		if err != nil {
			return w, err
		}
		programs, want = chosen(only, programs, want)
		if want == nil {
			programs, want = f.passing(ctx, programs, &conformance.Compiled{Cache: f.cache, Twice: true})
		}
		w.programs, w.want = append(w.programs, programs...), append(w.want, want...)
	}
	if len(w.programs) == 0 && err == nil {
		err = errors.New("no programs")
	}
	return w, errors.Join(err, ctx.Err())
}

// byChance makes programs by chance.
func (f *flags) byChance() (programs []*conformance.Program) {
	for seed := f.seed; seed < f.seed+uint64(f.random); seed++ {
		programs = append(programs, &conformance.Program{Name: fmt.Sprintf("random/%d.go", seed), Source: random.Program(seed)})
	}
	return programs
}

// table reads the programs of a table that can be run as the flags want it.
func (f *flags) table(file string) (programs []*conformance.Program, want []conformance.Outcome, err error) {
	cases, err := conformance.ReadTable(file)
	for _, c := range cases {
		if c.Want != nil && (f.engine != "pasted" || c.Unpasted == "") {
			programs, want = append(programs, &c.Program), append(want, *c.Want)
		}
	}
	return programs, want, err
}

func chosen(only *regexp.Regexp, programs []*conformance.Program, want []conformance.Outcome) (p []*conformance.Program, w []conformance.Outcome) {
	for i := range programs {
		if !only.MatchString(programs[i].Name) {
			continue
		}
		p = append(p, programs[i])
		if want != nil {
			w = append(w, want[i])
		}
	}
	return p, w
}

// passing leaves the programs that end with status 0 if they are compiled, and says what they do.
func (f *flags) passing(ctx context.Context, programs []*conformance.Program, c *conformance.Compiled) (pass []*conformance.Program, want []conformance.Outcome) {
	if err := os.MkdirAll(f.cache, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, "conform: the cache:", err)
	}
	outcomes := make([]conformance.Outcome, len(programs))
	suite := conformance.Suite{Engine: c, Timeout: f.timeout}
	suite.Run(ctx, programs, func(i int, o conformance.Outcome, _ time.Duration) {
		outcomes[i] = o
		if f.list && o.End == conformance.Exited && o.Exit == 0 {
			fmt.Println(programs[i].Name)
		}
	})
	for i, o := range outcomes {
		if o.End == conformance.Exited && o.Exit == 0 {
			pass, want = append(pass, programs[i]), append(want, o)
		}
	}
	return pass, want
}

// compare runs the programs and reports.
func (f *flags) compare(ctx context.Context, e conformance.Engine, w work) error {
	var report conformance.Report
	enc := json.NewEncoder(os.Stdout)
	suite := conformance.Suite{Engine: e, Jobs: f.jobs, Timeout: f.timeout}
	suite.Run(ctx, w.programs, func(i int, o conformance.Outcome, took time.Duration) {
		entry := report.Add(w.programs[i], o, w.want[i], took)
		switch {
		case f.json:
			_ = enc.Encode(entry) // if nobody reads, there is nobody to tell
		case f.verbose:
			fmt.Fprintf(os.Stderr, "%-8s %-40s %6.1fs  %s\n", entry.Verdict, entry.Name, took.Seconds(), entry.Why)
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if !f.json {
		_, err := io.WriteString(os.Stdout, report.String())
		return err
	}
	return nil
}
