package gotest

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

// ownFlags gives the process a command line that has the flags of package testing alone, as if none had been set before. It returns what undoes that.
func ownFlags(name string) (undo func()) {
	testing.Init() // where they are registered for good
	before := flag.CommandLine
	own := flag.NewFlagSet(name, flag.PanicOnError)
	var undos []func()
	before.VisitAll(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") {
			return
		}
		was := f.Value.String()
		undos = append(undos, func() { reset(f, was) })
		reset(f, f.DefValue)
		own.Var(f.Value, f.Name, f.Usage)
	})
	said := &complaint{}
	own.SetOutput(said)
	own.Usage = func() {
		code := 2
		if !said.any {
			code = 0 // usage was what was asked for
		}
		fmt.Fprintf(os.Stderr, "Usage of %s:\n", name)
		own.PrintDefaults()
		panic(&misuse{code: code})
	}
	flag.CommandLine = own
	return func() {
		flag.CommandLine = before
		for _, u := range undos {
			u()
		}
	}
}

// reset gives a flag a value that it has had. Not every flag takes its default from a command line.
func reset(f *flag.Flag, value string) {
	if f.Value.String() != value {
		_ = f.Value.Set(value)
	}
}

// complaint is where package flag says what is wrong with a command line.
type complaint struct{ any bool }

func (c *complaint) Write(p []byte) (int, error) {
	c.any = true
	return os.Stderr.Write(p)
}
