package interp

import (
	"fmt"
	"reflect"

	"github.com/rgo-project/rgo/interp/symbols"
)

// ownSymbols are the session's own names of packages of the standard library, by import path, each made at first use: what would end the process ends the
// run, and what has the process's streams and arguments has those of the session.
func (s *Session) ownSymbols() map[string]func() symbols.Table {
	runtimeNames, debugNames := s.machine.Runtime()
	s.caller = runtimeNames["Caller"].Interface().(func(int) (uintptr, string, int, bool))
	own := map[string]func() symbols.Table{
		"os": s.ownOS, "log": s.ownLog, "flag": s.ownFlag,
		"syscall":       func() symbols.Table { return symbols.Table{"Exit": reflect.ValueOf(s.exit)} },
		"runtime":       func() symbols.Table { return runtimeNames },
		"runtime/debug": func() symbols.Table { return debugNames },
	}
	for path, names := range s.tester.runner.Symbols() {
		own[path] = func() symbols.Table { return names }
	}
	if s.stdio != nil {
		own["fmt"] = s.ownFmt
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

// overlay puts methods of a value into own, under the names of the package's funcs of the same signature. The value is that of the moment of a call.
func overlay(own symbols.Table, path string, of func() reflect.Value) {
	table, _ := symbols.Lookup(path)
	for name, v := range table {
		if v.Kind() != reflect.Func || v.CanAddr() {
			continue
		}
		m := of().MethodByName(name)
		if !m.IsValid() || m.Type() != v.Type() {
			continue
		}
		own[name] = reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
			m := of().MethodByName(name)
			if v.Type().IsVariadic() {
				return m.CallSlice(args)
			}
			return m.Call(args)
		})
	}
}
