package interp

import (
	"flag"
	"fmt"
	"os"
	"reflect"

	"github.com/rgo-project/rgo/interp/symbols"
)

// ownFlag has a command line of the session's own. Where the session owns its process, that is the process's, but for the flags that compiled packages
// have put there.
func (s *Session) ownFlag() symbols.Table {
	if s.stdio == nil {
		flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
		flag.CommandLine.Usage = func() { flag.Usage() }
		return symbols.Table{"Parse": reflect.ValueOf(func() { _ = s.parseFlags(flag.CommandLine, os.Args[1:]) })}
	}
	flags := s.newFlagSet(s.args[0], flag.ExitOnError)
	usage := func() {
		fmt.Fprintf(flags.Output(), "Usage of %s:\n", s.args[0])
		flags.PrintDefaults()
	}
	flags.Usage = func() { usage() }
	own := symbols.Table{}
	overlay(own, "flag", func() reflect.Value { return reflect.ValueOf(flags) })
	own["CommandLine"] = reflect.ValueOf(&flags).Elem()
	own["Usage"] = reflect.ValueOf(&usage).Elem()
	own["NewFlagSet"] = reflect.ValueOf(s.newFlagSet)
	own["Parse"] = reflect.ValueOf(func() { _ = s.parseFlags(flags, s.args[1:]) })
	return own
}

func (s *Session) newFlagSet(name string, handling flag.ErrorHandling) *flag.FlagSet {
	flags := flag.NewFlagSet(name, handling)
	flags.SetOutput(errWriter{s.stdio})
	return flags
}

// parseFlags is FlagSet.Parse, but where that ends the process it ends the run.
func (s *Session) parseFlags(flags *flag.FlagSet, args []string) error {
	if flags.ErrorHandling() != flag.ExitOnError {
		return flags.Parse(args)
	}
	flags.Init(flags.Name(), flag.ContinueOnError)
	defer flags.Init(flags.Name(), flag.ExitOnError)
	switch err := flags.Parse(args); err {
	case nil:
	case flag.ErrHelp:
		s.exit(0)
	default:
		s.exit(2)
	}
	return nil
}
