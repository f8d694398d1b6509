// Package load reads Go source packages from a file system and makes checked packages of them.
//
//	g, err := load.Dir(os.DirFS(root), "cmd/tool", load.Options{Compiled: known})
//	err = g.Check(importer)                 // every package's types.Package and types.Info
//	err = g.Build(importer)                 // and its ssa.Package, to be initialised in the order of g.Packages
//
// # Mental model
//
// A Graph is a package together with the source packages that it imports, however indirectly. Which files belong to a package is what
// package go/build says: file names, //go:build lines, tags. Where an import path leads is decided by modules, in this order: what the program that runs us
// has compiled in (Options.Compiled), the module of the tree itself with its replacements by directories and its go.work, its vendor
// directory, and the modules that a module cache holds (Options.Modules). Nothing is downloaded.
//
// A tree without a go.mod is a module all the same, whose path is Options.Module.
//
// What cannot be interpreted is refused at its line: cgo, funcs without a body (assembly, linkname). Cgo counts as disabled, and the tag purego, by
// which packages offer Go instead of assembly, as set.
//
// # Errors
//
// All that is wrong comes as one ErrorList, which prints what `go build` would: errors of loading alone if there are any, otherwise those of the
// compilation by package, without the packages that import a faulty one.
//
// # Concurrency
//
// A Graph is made and checked by one goroutine. Once checked it is only read.
package load
