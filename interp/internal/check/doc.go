// Package check gives go/types the packages that exist only as symbol tables.
//
//	imp := check.NewImporter(tables)
//	conf := types.Config{Importer: imp, Context: imp.Context()}
//	conf.Check("main", fset, files, info) // exact types of every expression, and errors as the compiler puts them
//	imp.Reflect(named)                    // the compiled type that a named type stands for
//	imp.Generic(fn.Pkg())                 // the source that a generic func is instantiated from
//
// Types are made from reflect's, once each. What no table can hold, the generic names of the standard library, is checked from
// the sources of package generic, into a package of its own that has the path of the compiled one: for go/types the two are the
// same package, and what the sources export is in the scope of the compiled one. Instances that are compiled, such as the
// iter.Seq[string] of strings.Lines, are instances of these types.
//
// What reflection does not tell is known from elsewhere: untyped constants, how a package spells byte and rune, and which methods are
// an embedded field's come with the tables, and unexported methods from the interfaces that a type implements. Names of parameters
// are not known.
package check
