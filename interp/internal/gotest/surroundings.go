package gotest

import (
	"log"
	"os"
	"runtime"
)

// Options say in which surroundings a test binary runs.
type Options struct {
	// Args are os.Args: the name of the binary, its flags and arguments.
	Args []string
	// Dir is the working directory: that of the package.
	Dir string
	// Stdout and Stderr are the standard streams.
	Stdout, Stderr *os.File
}

// enter makes the surroundings those of the binary; leave makes them what they were.
func (o Options) enter() (leave func(), err error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if err := os.Chdir(o.Dir); err != nil {
		return nil, err
	}
	args, stdout, stderr, logged, procs := os.Args, os.Stdout, os.Stderr, log.Writer(), runtime.GOMAXPROCS(0)
	flags := ownFlags(o.Args[0])
	os.Args, os.Stdout, os.Stderr = o.Args, o.Stdout, o.Stderr
	log.SetOutput(o.Stderr)
	return func() {
		flags()
		os.Args, os.Stdout, os.Stderr = args, stdout, stderr
		log.SetOutput(logged)
		runtime.GOMAXPROCS(procs) // -test.cpu changes it
		_ = os.Chdir(dir)         // it may be gone, which is not ours to mend
	}, nil
}
