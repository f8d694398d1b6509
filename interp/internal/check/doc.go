// Package check gives go/types the packages that exist only as symbol tables.
//
//	imp := check.NewImporter(tables)
//	conf := types.Config{Importer: imp}
//	conf.Check("main", fset, files, info) // exact types of every expression, and errors as the compiler puts them
//
// Types are made from reflect's, once each. What reflection does not know is not there: names of parameters, generic funcs and types.
package check
