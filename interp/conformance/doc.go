// Package conformance compares engines that run Go with the Go compiler, program by program.
//
//	go test ./interp/conformance                                    # the project's own programs, and a sample of the Go distribution's tests
//	go test ./interp/conformance -update                            # what they print is recorded anew, from the compiler
//	go run ./interp/conformance/conform -v                          # all of the Go distribution's runnable tests
//
// # Mental model
//
// A Program is one file. An Engine runs it and says what came of it: an Outcome. Judge compares that with the compiled program's: a program passes if it prints the very
// same, on both streams, and ends the same way. If it does not pass, what matters most is whether its user is told. Refused is an error at a line before anything has run. Wrong is the worst: the
// program ran, and did something else than it says.
//
// The tables in testdata are txtar files: for each program NAME.go its source, NAME.out what it prints, and, where there is something to say, NAME.err, NAME.end, NAME.in, NAME.args.
// matrix has one construct of the language in each program, programs has programs as people write them, dialect has what is known to differ and how.
//
// Programs of the tables run twice: as a script, and pasted at a prompt (Inputs): declaration by declaration, then main's statements one by one.
package conformance
