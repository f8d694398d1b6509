package interp

import (
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"reflect"

	"github.com/rgo-project/rgo/interp/internal/engine"
	"github.com/rgo-project/rgo/interp/internal/lower"
	"github.com/rgo-project/rgo/interp/symbols"
)

// runSymbols are the funcs that lowered code calls.
func (s *Session) runSymbols() symbols.Table {
	return symbols.Table{
		"Stop":      reflect.ValueOf(s.roster.stop),
		"Poll":      reflect.ValueOf(s.roster.poll),
		"Redefined": reflect.ValueOf(s.roster.keepUp),
		"Go":        reflect.ValueOf(s.startGoroutine),
		"Ret":       reflect.ValueOf(s.keepResults),
		"NewDefers": reflect.ValueOf(func() *Defers { return &Defers{s: s} }),
		"NewSelect": reflect.ValueOf(func() *selection { return &selection{s: s} }),
		"As":        reflect.ValueOf(as),
		"Lacks":     reflect.ValueOf(lacks),
		"Same":      reflect.ValueOf(same),
		"ErrorsAs":  reflect.ValueOf(errorsAs),
		"Not":       reflect.ValueOf(notAsserted),
		"At":        reflect.ValueOf(s.roster.at),
		"Recover":   reflect.ValueOf(s.recover),
		"Print":     reflect.ValueOf(func(a ...any) { s.printBuiltin(a, "", "") }),
		"Println":   reflect.ValueOf(func(a ...any) { s.printBuiltin(a, " ", "\n") }),
	}
}

// table finds the session's table of the package at path. The tables of os, fmt, log and flag are its own: they have its streams, its
// arguments and its exit.
func (s *Session) table(path string) (name string, table symbols.Table, ok bool) {
	if path == lower.RunPath {
		return lower.RunPath, s.runTable, true
	}
	if t, ok := s.host[path]; ok {
		return t.name, t.table, true
	}
	table, ok = symbols.Lookup(path)
	if !ok {
		return "", nil, false
	}
	if own := s.own[path]; own != nil {
		table = maps.Clone(table)
		maps.Copy(table, own)
	}
	return symbols.Name(path), table, true
}

// ownSymbols are the session's own names of compiled packages.
func (s *Session) ownSymbols() map[string]symbols.Table {
	own := map[string]symbols.Table{
		"os": {"Exit": reflect.ValueOf(s.exit)},
		"log": {
			"Fatal":   reflect.ValueOf(func(v ...any) { s.fatal(fmt.Sprint(v...)) }),
			"Fatalf":  reflect.ValueOf(func(format string, v ...any) { s.fatal(fmt.Sprintf(format, v...)) }),
			"Fatalln": reflect.ValueOf(func(v ...any) { s.fatal(fmt.Sprintln(v...)) }),
		},
	}
	own["fmt"] = symbols.Table{"_Stringer": reflect.ValueOf((*stringer)(nil))}
	if s.stdio == nil {
		s.logger = log.Default()
		return own
	}
	io := s.stdio
	maps.Copy(own["os"], symbols.Table{
		"Stdin": reflect.ValueOf(&io.stdin).Elem(), "Stdout": reflect.ValueOf(&io.stdout).Elem(), "Stderr": reflect.ValueOf(&io.stderr).Elem(),
		"Args": reflect.ValueOf(&s.args).Elem(),
	})
	maps.Copy(own["fmt"], symbols.Table{
		"Print":   reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(io.out(), a...) }),
		"Printf":  reflect.ValueOf(func(format string, a ...any) (int, error) { return fmt.Fprintf(io.out(), format, a...) }),
		"Println": reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(io.out(), a...) }),
		"Scan":    reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscan(io.stdin, a...) }),
		"Scanf":   reflect.ValueOf(func(format string, a ...any) (int, error) { return fmt.Fscanf(io.stdin, format, a...) }),
		"Scanln":  reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscanln(io.stdin, a...) }),
	})
	s.logger = log.New(errWriter{io}, "", log.LstdFlags)
	overlay(own["log"], "log", reflect.ValueOf(s.logger))
	own["log"]["Default"] = reflect.ValueOf(func() *log.Logger { return s.logger })
	flags := flag.NewFlagSet(s.args[0], flag.ContinueOnError)
	flags.SetOutput(errWriter{io})
	own["flag"] = symbols.Table{}
	overlay(own["flag"], "flag", reflect.ValueOf(flags))
	own["flag"]["CommandLine"] = reflect.ValueOf(&flags).Elem()
	own["flag"]["Parse"] = reflect.ValueOf(func() {
		switch err := flags.Parse(s.args[1:]); err {
		case nil:
		case flag.ErrHelp:
			s.exit(0)
		default:
			s.exit(2)
		}
	})
	return own
}

// overlay puts the methods of a value into own, under the names of the package's funcs of the same signature.
func overlay(own symbols.Table, path string, methods reflect.Value) {
	table, _ := symbols.Lookup(path)
	for name, v := range table {
		if _, done := own[name]; done || v.Kind() != reflect.Func || v.CanAddr() {
			continue
		}
		if m := methods.MethodByName(name); m.IsValid() && m.Type() == v.Type() {
			own[name] = m
		}
	}
}

// wrapLike has the engine wrap values for the session's own funcs as it does for those they stand for.
func (s *Session) wrapLike(e *engine.Engine) {
	for path, own := range s.own {
		table, _ := symbols.Lookup(path)
		for name, v := range own {
			if v.Kind() == reflect.Func {
				e.Wrap(v, table[name])
			}
		}
	}
}

type errWriter struct{ s *stdio }

func (w errWriter) Write(p []byte) (int, error) { return w.s.err().Write(p) }

// exit is os.Exit for interpreted code.
func (s *Session) exit(code int) {
	s.flush()
	if s.opts.OwnProcess {
		s.opts.Exit(code)
	}
	s.roster.exit(code)
}

func (s *Session) fatal(text string) {
	_ = s.logger.Output(3, text)
	s.exit(1)
}

// stderr is where the session itself reports.
func (s *Session) stderr() io.Writer {
	if s.stdio != nil {
		return direct{s.stdio, 1}
	}
	return os.Stderr
}

func (s *Session) flush() {
	if s.stdio != nil {
		s.stdio.flush()
	}
}

// printBuiltin is print and println.
func (s *Session) printBuiltin(args []any, between, end string) {
	var text []byte
	for i, a := range args {
		if i > 0 {
			text = append(text, between...)
		}
		text = appendBuiltin(text, engine.Unwrap(reflect.ValueOf(a)))
	}
	text = append(text, end...)
	w := io.Writer(os.Stderr)
	if s.stdio != nil {
		w = s.stdio.err()
	}
	_, _ = w.Write(text) // like the predeclared funcs, which say nothing either
}

func appendBuiltin(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Invalid:
		return append(b, "nil"...)
	case reflect.Float32, reflect.Float64:
		return fmt.Appendf(b, "%+.6e", v.Float())
	case reflect.Complex64, reflect.Complex128:
		return fmt.Appendf(b, "(%+.6e%+.6ei)", real(v.Complex()), imag(v.Complex()))
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return fmt.Appendf(b, "%v", basicOf(v))
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Chan, reflect.UnsafePointer:
		return fmt.Appendf(b, "%#x", v.Pointer())
	case reflect.Slice:
		return fmt.Appendf(b, "[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	}
	return fmt.Appendf(b, "(%v)", v.Type())
}

// basicOf is a value of a basic kind without the methods of its type.
func basicOf(v reflect.Value) any {
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	}
	return v.String()
}
