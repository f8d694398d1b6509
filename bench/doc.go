// Command bench measures the interpreter, and beside it yaegi v0.16.1, the engine that rgo stood on before it had its own; and remote objects, beside RPyC
// where a python3 with it is installed.
//
//	go run -C bench .                 # all figures, a few minutes
//	go run -C bench . -only loops     # loops, start, inputs or memory
//
// It is a module of its own, so that rgo does not depend on what it is compared with. Both run in one process, one after the other; each loop counts with its
// best time of several.
package main
