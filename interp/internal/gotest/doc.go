// Package gotest runs tests in this process as the binary that `go test` builds would.
//
//	r := gotest.NewRunner(host)
//	… // a machine whose Config.Method is r.Method, and which has r.Symbols in the place of package testing's own
//	code, err := r.Run(gotest.Options{Args: []string{"p.test", "-test.v"}, Stdout: out, Stderr: out}, func() (*gotest.Suite, error) {
//		… // initialise the package
//		return &gotest.Suite{Path: "example.com/p", Tests: tests}, nil
//	})
//
// # Mental model
//
// Package testing does the work: its own flags, matching, output, subtests, benchmarks. What a test binary gets linked in beside it, which is not to be had outside of the Go
// distribution, is here: how patterns match, profiles, the seeds of fuzz targets in testdata/fuzz.
//
// A test binary has its process to itself. So Run makes what is global its own for as long as it lasts: os.Args, os.Stdout, os.Stderr, the working directory and
// flag.CommandLine, with nothing in it but package testing's flags. One Run is under way at a time.
//
// Two things package testing cannot do for interpreted code, since it looks at the compiled stack. It would name lines of the machine where a test logs, and a panic in a
// goroutine that it has started would end the process. So methods of *testing.T and its kin that log, or take funcs, are replaced for callers in interpreted code: see Runner.Method.
//
// # Errors
//
// What ends a test binary before its time ends Run: a panic in a test, wrong flags, the end of the host's run. None of these ends the process.
//
// What is not possible here is refused: fuzzing beyond the seeds, coverage.
package gotest
