package interp

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"reflect"
)

// standIn returns what the session's code calls for a method of a compiled type, if that is not the method itself: for those of package testing, and for those that would
// end the process and not the run.
func (s *Session) standIn(recv reflect.Type, name string) reflect.Value {
	switch {
	case recv == reflect.TypeFor[*flag.FlagSet]() && name == "Parse":
		return reflect.ValueOf(s.parseFlags)
	case recv == reflect.TypeFor[*log.Logger]():
		switch name {
		case "Fatal":
			return reflect.ValueOf(func(l *log.Logger, v ...any) { s.fatal(l, fmt.Sprint(v...)) })
		case "Fatalf":
			return reflect.ValueOf(func(l *log.Logger, format string, v ...any) { s.fatal(l, fmt.Sprintf(format, v...)) })
		case "Fatalln":
			return reflect.ValueOf(func(l *log.Logger, v ...any) { s.fatal(l, fmt.Sprintln(v...)) })
		}
	}
	return s.tester.runner.Method(recv, name)
}

// fatal is what loggers do whose code has met its end.
func (s *Session) fatal(l *log.Logger, text string) {
	_ = l.Output(3, text) // as log does, it says nothing of errors
	s.exit(1)
}

// parseFlags is Parse of a set that may be one of those that leave the process.
func (s *Session) parseFlags(f *flag.FlagSet, args []string) error {
	if f.ErrorHandling() != flag.ExitOnError {
		return f.Parse(args)
	}
	f.Init(f.Name(), flag.ContinueOnError)
	err := f.Parse(args)
	f.Init(f.Name(), flag.ExitOnError)
	switch {
	case errors.Is(err, flag.ErrHelp):
		s.exit(0)
	case err != nil:
		s.exit(2)
	}
	return nil
}

// parseCommandLine is flag.Parse in a session that owns its process.
func (s *Session) parseCommandLine() { _ = s.parseFlags(flag.CommandLine, os.Args[1:]) }
