// Package compiled is what the generic code of the standard library leaves to compiled code.
//
//	import "github.com/rgo-project/rgo/interp/internal/check/generic/compiled" // in the sources of package generic alone
//
// A generic func that runs in the interpreter has the values of its type parameters in their real memory. Where the runtime
// must do the work on that memory (coroutines, weak pointers, cleanups), or where it would take long (sorting), it comes here
// with an unsafe.Pointer or with the value in an interface, and the compiled library does it.
//
// Everything here may be used concurrently. The canonical values of Unique are the one state, of the process, as package
// unique's own are.
package compiled
