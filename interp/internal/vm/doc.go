// Package vm runs the SSA form of Go as closures, on the goroutines, channels, maps and memory of the process that it is part of.
//
//	m := vm.New(vm.Config{Types: types, Compiled: compiled, Print: print, Uncaught: uncaught})
//	pkg, err := m.Load(ssaPackage, fset)
//	results, err := pkg.Call(m.NewRun(nil), ssaPackage.Func("f"))
//
// # How it works
//
// Every value has the memory layout that compiled Go gives it, and every type is a reflect.Type that the runtime knows (see reify and rtype). So compiled
// code and interpreted code share values with no conversion. A function's values have fixed places in its frame, a typed heap object; an instruction
// is a closure over the places that it reads and writes, chosen by type when the function is compiled. Blocks are slices of such closures.
//
// A func value of interpreted code is a Go func value: its code is a stub in assembly that leads compiled callers to reflect.MakeFunc. Interpreted callers
// see by the stub's address that they can do without. Interface values have the runtime's own tables.
//
// Panics are Go panics. A function that defers runs below a deferred call of compiled Go, which makes the deferred calls of interpreted code, so that panics and
// runtime.Goexit pass through interpreted and compiled frames alike.
//
// A run is interrupted by a flag that jumps backwards, calls, and blocked channel operations look at. It unwinds by a panic that interpreted code cannot recover.
//
// Machines, packages and runs may be used concurrently.
package vm
