// Package generic holds the generic names of the standard library as source.
//
//	files, err := generic.Files("slices") // *ast.File: funcs to type-check and to instantiate with any types
//	pos := generic.FileSet.Position(files[0].Pos())
//
// No symbol table can hold a generic func: it has no value before it is instantiated. So each package of the standard library
// that has such names has a folder here, of the same path, with our own implementation of them: the same results, capacities,
// panics and orders of evaluation as the library's. They are ordinary packages of this module, whose tests compare them with
// the library's own; no program links them, they are embedded as text. An importer checks them into packages of the library's
// own paths.
//
// Every func and type is generic (but for constraints and types without methods), and there are no variables: the code of an
// instance is all there is to run, and what has state or must be fast is in package compiled.
//
// Everything here may be used concurrently. The trees are shared and must not be changed.
package generic
