// Package lower compiles what a user types to declarations that the engine does right.
//
//	front := lower.NewFront(lower.Config{FileSet: engine.FileSet(), Importer: importer, Packages: byName})
//	prog, err := front.Compile("prompt:1", `h, err := os.Hostname()`)
//	… engine.Load(prog.Imports), engine.Load(prog.File), run prog.Entry …
//	front.Commit(prog)
//
// An input is parsed (source.go), checked together with what the inputs before it declared (scope.go, check.go), and then goes
// through small passes over the checked tree, one idea each: see passes in lower.go for their order. What comes out is a file of
// package-level declarations and one func, the entry, that does what the input's statements say. Every node keeps the position of the
// user's text that it stands for, so that errors and stack frames point there.
//
// A declaration gets a name that no other one ever has (x۰1, x۰2 …): code compiled with an old one goes on with it. The old
// definition of a func looks, on entry, whether there is a new one of the same type, and calls that.
//
// A Front is not safe for concurrent use. Compile changes nothing: an input that fails leaves everything as it was, and one that does
// not is remembered by Commit.
package lower
