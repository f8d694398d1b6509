package interp

import (
	"flag"
	"fmt"
	"log"
	"reflect"

	"github.com/rgo-project/rgo/interp/symbols"
)

// ownSymbols are the session's own names of packages of the standard library, by import path, each made at first use: what would end the process ends the
// run, and what has the process's streams and arguments has those of the session.
func (s *Session) ownSymbols() map[string]func() symbols.Table {
	runtimeNames, debugNames := s.machine.Runtime()
	own := map[string]func() symbols.Table{
		"os": s.ownOS, "log": s.ownLog, "testing": s.ownTesting,
		"runtime":       func() symbols.Table { return runtimeNames },
		"runtime/debug": func() symbols.Table { return debugNames },
	}
	if s.stdio != nil {
		own["fmt"], own["flag"] = s.ownFmt, s.ownFlag
	}
	return own
}

func (s *Session) ownOS() symbols.Table {
	own := symbols.Table{"Exit": reflect.ValueOf(s.exit)}
	if s.stdio != nil {
		own["Stdin"] = reflect.ValueOf(&s.stdio.stdin).Elem()
		own["Stdout"] = reflect.ValueOf(&s.stdio.stdout).Elem()
		own["Stderr"] = reflect.ValueOf(&s.stdio.stderr).Elem()
		own["Args"] = reflect.ValueOf(&s.args).Elem()
	}
	return own
}

func (s *Session) ownLog() symbols.Table {
	logger := log.Default()
	own := symbols.Table{}
	if s.stdio != nil {
		logger = log.New(errWriter{s.stdio}, "", log.LstdFlags)
		overlay(own, "log", reflect.ValueOf(logger))
		own["Default"] = reflect.ValueOf(func() *log.Logger { return logger })
	}
	fatal := func(text string) {
		_ = logger.Output(3, text)
		s.exit(1)
	}
	own["Fatal"] = reflect.ValueOf(func(v ...any) { fatal(fmt.Sprint(v...)) })
	own["Fatalf"] = reflect.ValueOf(func(format string, v ...any) { fatal(fmt.Sprintf(format, v...)) })
	own["Fatalln"] = reflect.ValueOf(func(v ...any) { fatal(fmt.Sprintln(v...)) })
	return own
}

func (s *Session) ownFmt() symbols.Table {
	std := s.stdio
	return symbols.Table{
		"Print":   reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(std.out(), a...) }),
		"Printf":  reflect.ValueOf(func(format string, a ...any) (int, error) { return fmt.Fprintf(std.out(), format, a...) }),
		"Println": reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(std.out(), a...) }),
		"Scan":    reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscan(std.stdin, a...) }),
		"Scanf":   reflect.ValueOf(func(format string, a ...any) (int, error) { return fmt.Fscanf(std.stdin, format, a...) }),
		"Scanln":  reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscanln(std.stdin, a...) }),
	}
}

func (s *Session) ownFlag() symbols.Table {
	flags := flag.NewFlagSet(s.args[0], flag.ContinueOnError)
	flags.SetOutput(errWriter{s.stdio})
	own := symbols.Table{}
	overlay(own, "flag", reflect.ValueOf(flags))
	own["CommandLine"] = reflect.ValueOf(&flags).Elem()
	own["Parse"] = reflect.ValueOf(func() {
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
		if v.Kind() != reflect.Func || v.CanAddr() {
			continue
		}
		if m := methods.MethodByName(name); m.IsValid() && m.Type() == v.Type() {
			own[name] = m
		}
	}
}
