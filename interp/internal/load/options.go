package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"io/fs"

	"golang.org/x/tools/go/ssa"
)

// Options say how a tree is read.
type Options struct {
	// GOOS and GOARCH are the system that files are chosen for; empty for the one that we run on.
	GOOS, GOARCH string
	// Tags are build tags, beside those that always hold.
	Tags []string
	// Tests asks for the test files of the package in question, too.
	Tests bool
	// Module is the module path of a tree without a go.mod; empty for "main".
	Module string
	// Compiled tells import paths that need no source. It must know the standard library.
	Compiled func(path string) bool
	// Modules is a module cache (go env GOMODCACHE), nil for none.
	Modules fs.FS
	// Fset is the file set that positions are of; nil for a new one.
	Fset *token.FileSet
	// Name says how a file or directory of the tree is called in errors and in the positions of code; nil for its name in the tree.
	Name func(file string) string
}

// A Graph is a package and the source packages that it imports, however indirectly.
type Graph struct {
	Fset *token.FileSet
	// Packages are in the order of their initialisation: each after those that it imports, by path where that leaves a choice.
	Packages []*Package
	// Root is the package that was asked for: with its test files, if these were asked for.
	Root *Package
	// XTest is Root's external test package, if it has one and tests were asked for.
	XTest *Package

	opts Options
	mods *modules
	read []*Package // Packages, and Root if it has no files of its own
}

// A Package is the source of one package.
type Package struct {
	// Path is the import path. The external tests of a package have its path with _test behind it.
	Path string
	// Name is what the package clauses say.
	Name string
	// Dir is the directory, as a path in its file system.
	Dir string
	// Files are those that belong to the package, by name, with comments.
	Files []*ast.File
	// Imports are the packages of the graph that it imports itself.
	Imports []*Package
	// Embeds are the variables that //go:embed fills.
	Embeds []*Embed

	// Types and Info are set by Graph.Check, SSA by Graph.Build.
	Types *types.Package
	Info  *types.Info
	SSA   *ssa.Package

	tree     *tree
	assembly []string  // files of it that are left out
	errs     ErrorList // what is wrong with it, as far as that can be said without types
	tests    bool      // Root of a graph with tests, or its XTest
	faulty   bool      // it, or a package that it imports, does not compile
}

// label is how the go command names the package in errors of the compiler.
func (p *Package) label(g *Graph) string {
	if p.tests {
		return p.Path + " [" + g.Root.Path + ".test]"
	}
	return p.Path
}
