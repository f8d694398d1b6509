package interp

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"io"
	"log"
	"os"
	"path"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/engine"
	"github.com/rgo-project/rgo/interp/internal/lower"
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

	// OwnProcess says that the session has the process to itself: os.Args, the standard streams, log and flag are the process's own,
	// and os.Exit ends it, by way of Exit.
	OwnProcess bool
	// Exit is called for os.Exit in a session that owns its process. By default it is os.Exit. If it returns, the run ends with an *ExitError.
	Exit func(code int)
}

// Session runs Go code, one input after another or several at once, on one set of variables, funcs, types and imports.
type Session struct {
	opts   Options
	stdio  *stdio // nil for a session that owns its process
	roster *roster
	logger *log.Logger
	args   []string

	panicking counter
	results   sync.Map // of runs by their number, until Run takes them

	runs sync.WaitGroup

	mu       sync.Mutex // held while an input is compiled; never while one runs
	closed   bool
	engine   *engine.Engine
	front    *lower.Front
	importer *check.Importer
	loaded   map[string]bool // import paths that the engine has
	host     map[string]hostPackage
	own      map[string]symbols.Table
	runTable symbols.Table
	byName   map[string][]string // import paths by package name
	types    map[reflect.Type]string
	named    map[*types.TypeName]string
}

type hostPackage struct {
	name  string
	table symbols.Table
}

// NewSession makes a session. Close it when it is no longer wanted.
func NewSession(o Options) (*Session, error) {
	if o.Exit == nil {
		o.Exit = os.Exit
	}
	if len(o.Args) == 0 {
		o.Args = os.Args
	}
	s := &Session{
		opts: o, roster: newRoster(), args: slices.Clone(o.Args), engine: engine.New(),
		loaded: map[string]bool{}, host: map[string]hostPackage{}, byName: map[string][]string{}, types: map[reflect.Type]string{}, named: map[*types.TypeName]string{},
	}
	if len(s.args) == 0 {
		s.args = []string{"rgo"}
	}
	if !o.OwnProcess {
		var err error
		if s.stdio, err = newStdio(o); err != nil {
			return nil, err
		}
	}
	s.runTable = s.runSymbols()
	s.own = s.ownSymbols()
	s.wrapLike(s.engine)
	for p, table := range o.Symbols {
		s.host[p] = hostPackage{name: path.Base(p), table: table}
	}
	s.importer = check.NewImporter(s.table)
	s.front = lower.NewFront(lower.Config{FileSet: s.engine.FileSet(), Importer: s.importer, Packages: s.packagesNamed, Foreign: s.foreign})
	s.byName["unsafe"] = []string{"unsafe"}
	for _, p := range s.Modules() {
		name, _, _ := s.table2(p)
		s.byName[name] = append(s.byName[name], p)
	}
	return s, nil
}

// table2 is table without making a copy of it.
func (s *Session) table2(p string) (name string, std bool, ok bool) {
	if t, ok := s.host[p]; ok {
		return t.name, false, true
	}
	name = symbols.Name(p)
	return name, true, name != ""
}

func (s *Session) packagesNamed(name string) []string { return s.byName[name] }

// Use makes a package of the host's importable, or adds names to one that is. Names that inputs have used keep their meaning for them.
func (s *Session) Use(importPath string, table symbols.Table) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	p, ok := s.host[importPath]
	if !ok {
		if symbols.Name(importPath) != "" {
			return fmt.Errorf("interp: %s is a package of the standard library: give it in Options.Symbols to take its place", importPath)
		}
		p = hostPackage{name: path.Base(importPath), table: symbols.Table{}}
		s.byName[p.name] = append(s.byName[p.name], importPath)
	}
	for name, v := range table {
		p.table[name] = v
	}
	s.host[importPath] = p
	s.importer.Add(importPath, table)
	if s.loaded[importPath] {
		s.engine.Use(importPath, p.name, table)
	}
	return nil
}

// load gives the engine the packages that a program needs.
func (s *Session) load(p *lower.Program) error {
	for _, importPath := range p.Packages {
		if s.loaded[importPath] || importPath == "unsafe" {
			continue
		}
		name, table, ok := s.table(importPath)
		if !ok {
			return fmt.Errorf("interp: no package %q", importPath)
		}
		s.engine.Use(importPath, name, table)
		s.loaded[importPath] = true
	}
	flags := symbols.Table{}
	for _, name := range p.Hooks {
		flags[name] = reflect.ValueOf(s.roster.addFlag(name))
	}
	if len(flags) > 0 {
		s.engine.Use(lower.RunPath, lower.RunPath, flags)
	}
	if p.Imports != nil {
		if err := s.engine.Load(p.Imports); err != nil {
			return err
		}
		s.front.MarkLoaded(p)
	}
	return s.engine.Load(p.File)
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
	s.roster.endAll(ErrClosed)
	ended := make(chan struct{})
	go func() { // ends with the last run, which may be blocked in compiled code
		s.runs.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(2 * grace):
	}
	s.roster.close()
	if s.stdio != nil {
		return s.stdio.close()
	}
	return nil
}

// keepResults is what lowered code calls with the values of an input's last expression.
func (s *Session) keepResults(id int, values ...any) {
	s.results.Store(id, slices.Clone(values))
}

// startGoroutine starts a goroutine of interpreted code. It belongs to the run of the one that starts it, which interrupts it; nobody waits for it.
func (s *Session) startGoroutine(body func()) {
	e := s.roster.execution()
	if e == nil { // started by compiled code's goroutine: it belongs to no run
		e = newExecution(nil, "a callback")
	}
	go s.runGoroutine(e, body)
}

// runGoroutine runs the body of a goroutine of interpreted code.
func (s *Session) runGoroutine(e *execution, body func()) {
	leave := s.roster.enter(e)
	defer leave()
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if _, ok := p.(unwind); ok {
			return
		}
		failed := s.panicError(p)
		if e.strict {
			e.end(context.Canceled, failed)
			s.roster.interrupt(e)
			return
		}
		_, _ = io.WriteString(s.stderr(), describe(failed, e.where)) // there is nobody else to tell
	}()
	body()
}

// Get returns the value of a variable, func or constant of the session.
func (s *Session) Get(name string) (Value, error) {
	rs, err := s.Run(context.Background(), Input{Name: "get", Source: name})
	if err != nil {
		return Value{}, err
	}
	if len(rs) != 1 {
		return Value{}, errors.New("interp: " + name + " has no value")
	}
	return rs[0], nil
}
