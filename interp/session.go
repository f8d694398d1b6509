package interp

import (
	"fmt"
	"go/types"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/rgo-project/rgo/internal/rtype"
	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/front"
	"github.com/rgo-project/rgo/interp/internal/reify"
	"github.com/rgo-project/rgo/interp/internal/vm"
	"github.com/rgo-project/rgo/interp/symbols"
)

// Options say what a session has. The zero value is a session with the standard library, no input, and output that nobody sees.
type Options struct {
	// Symbols are packages of the host's own, by import path. One with the path of a standard package takes its place.
	Symbols map[string]symbols.Table

	// Stdin, Stdout and Stderr are the code's standard streams. They are not used by a session that owns its process.
	// Stdin is read ahead once an input uses it. Writes are not made concurrently if Stdout and Stderr are not used elsewhere.
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Args is the code's os.Args; by default the process's own. Not used by a session that owns its process.
	Args []string

	// Source is a directory of a module whose packages inputs can import, too: those that code in this directory could. By default, in a session
	// that owns its process, it is the working directory. A package is read when it is first imported, and not again.
	Source string

	// Packages are the packages that there are for inputs and for peers, by import paths; a path that ends in /... stands for all below it, too. None means
	// all. It is what is offered that gets smaller by this, not what a process can do: code that has reflect, unsafe, syscall, os/exec or plugin can do all
	// that the account can, os is the account's files, and many another package reaches files or the network in some way (html/template.ParseFiles,
	// archive/zip.OpenReader, net/http.Dir). So list what is needed, not what seems harmless.
	Packages []string

	// Grant is what the peers may do that the session is offered to.
	Grant Grant

	// OwnProcess says that the session has the process to itself: os.Args, the standard streams, log and flag are the process's own,
	// and os.Exit ends it, by way of Exit.
	OwnProcess bool
	// Exit is called for os.Exit in a session that owns its process. By default it is os.Exit. If it returns, the run ends with an *ExitError.
	Exit func(code int)
}

// Session runs Go code, one input after another or several at once, on one set of variables, funcs, types and imports.
type Session struct {
	opts     Options
	stdio    *stdio // nil for a session that owns its process
	args     []string
	packages *packages
	types    *reify.Types
	machine  *vm.Machine
	tester   *tester
	root     *vm.Run // of which all runs are a part
	runs     sync.WaitGroup
	caller   func(skip int) (pc uintptr, file string, line int, ok bool) // as runtime.Caller, for the session's code
	logging  sync.Mutex

	mu       sync.Mutex // held while an input is compiled; never while one runs
	closed   bool
	importer *check.Importer
	sources  *sources
	front    *front.Front
}

// NewSession makes a session. Close it when it is no longer wanted.
func NewSession(o Options) (*Session, error) {
	if err := rtype.Supported(); err != nil {
		return nil, fmt.Errorf("interp: there are no sessions here: %w", err)
	}
	if err := grants(o.Packages).valid(); err != nil {
		return nil, err
	}
	if o.Exit == nil {
		o.Exit = os.Exit
	}
	if len(o.Args) == 0 {
		o.Args = os.Args
	}
	s := &Session{opts: o, args: slices.Clone(o.Args)}
	if len(s.args) == 0 {
		s.args = []string{"rgo"}
	}
	if !o.OwnProcess {
		var err error
		if s.stdio, err = newStdio(o); err != nil {
			return nil, err
		}
	}
	s.importer = check.NewImporter(func(path string) (string, symbols.Table, bool) { return s.packages.table(path) })
	s.types = reify.New(reify.Config{Known: s.importer.Reflect, Method: func(sel *types.Selection) reify.Method { return s.machine.Method(sel) }})
	s.tester = newTester(s)
	s.machine = vm.New(vm.Config{
		Types: s.types, Compiled: s.importer.Compiled, Method: s.standIn, Print: s.print, Uncaught: s.uncaught,
	})
	s.packages = newPackages(o.Symbols, s.ownSymbols(), o.Packages)
	s.root = s.machine.NewRun(nil)
	s.sources = newSources(s)
	s.front = front.New(front.Config{Importer: s.sources, Packages: s.packages.named, Paths: s.packages.paths, Generic: s.sources.generic})
	return s, nil
}

// Close ends what the session runs and lets go of its streams. Code that is blocked in compiled funcs goes on until it comes back from there.
func (s *Session) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.root.End(&interruptedError{ErrClosed})
	s.machine.Background().End(ErrClosed)
	ended := make(chan struct{})
	go func() { // ends with the last run, which may be blocked in compiled code
		s.runs.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(2 * grace):
	}
	if s.stdio != nil {
		return s.stdio.close()
	}
	return nil
}

// Use makes a package of the host's importable, or adds names to one that is. Names that inputs have used keep their meaning for them.
func (s *Session) Use(importPath string, table symbols.Table) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if err := s.packages.add(importPath, table); err != nil {
		return err
	}
	s.importer.Add(importPath, table)
	return nil
}
