// Package engine runs lowered Go. It is the only package that knows the interpreter below: all that the rest of rgo
// wants of one is in the methods of Engine, so that another can take its place.
//
//	e := engine.New()
//	e.Use("fmt", "fmt", table)
//	e.Load(file)             // an *ast.File parsed with e.FileSet: package-level declarations alone
//	main, err := e.Func("main1")
//	main()                   // panics as the code does; engine.Frames tells where
//
// Load and Func must not run at the same time as each other; funcs got from Func may run at any time, together, and while
// something else is loaded.
package engine
