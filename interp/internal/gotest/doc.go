// Package gotest runs tests in this process as the binary that `go test` builds would.
//
//	code := gotest.Main(gotest.Options{Args: []string{"p.test", "-test.v"}, Stdout: out, Stderr: errs}, func() (*gotest.Suite, error) {
//		… // initialise the package
//		return &gotest.Suite{Path: "example.com/p", Tests: tests}, nil
//	})
//
// # Mental model
//
// Package testing does the work: its own flags, matching, output, subtests, benchmarks. What a test binary gets linked in beside it, which is not to be had outside of the Go
// distribution, is here: how patterns match, profiles, the seeds of fuzz targets in testdata/fuzz.
//
// A test binary has its process to itself. So Main makes what is global its own for as long as it runs: os.Args, os.Stdout, os.Stderr, the working directory and
// flag.CommandLine, with nothing in it but package testing's flags. One Main runs at a time.
//
// # Errors
//
// What ends a test binary before its time ends Main: a panic in a test (given to Options.Crash), wrong flags, a time-out. None of these
// ends the process.
//
// What is not possible here is refused: fuzzing beyond the seeds, coverage.
package gotest
