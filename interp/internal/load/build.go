package load

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/interp/internal/check/generic"
)

// An Importer has the packages that need no source. A check.Importer is one.
type Importer interface {
	types.Importer
	// Context is where types are instantiated.
	Context() *types.Context
	// Generic returns the source of a package that generic names come from. It is a file of package generic, or of the graph's own set.
	Generic(*types.Package) (files []*ast.File, info *types.Info, ok bool)
}

// Build makes SSA of a checked graph, in one program: functions of source packages with their code, those of others without, and instances of generic
// ones with theirs. Packages are initialised by calling their init, once each, in the order of g.Packages: an init does not call those of imports.
func (g *Graph) Build(imp Importer) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("load: %s cannot be run: the compiler failed: %v", g.Root.Path, p)
		}
	}()
	prog := ssa.NewProgram(g.Fset, ssa.InstantiateGenerics|ssa.BareInits|ssa.BuildSerially)
	g.createOthers(prog, imp)
	for _, p := range g.Packages {
		p.SSA = prog.CreatePackage(p.Types, p.Files, p.Info, true)
	}
	for _, p := range g.Packages {
		p.SSA.Build()
	}
	return nil
}

// createOthers gives the program what the graph's packages refer to besides each other.
func (g *Graph) createOthers(prog *ssa.Program, imp Importer) {
	seen := map[*types.Package]bool{nil: true, types.Unsafe: true}
	for _, p := range g.Packages {
		seen[p.Types] = true
	}
	var infos []*types.Info
	for _, p := range g.Packages {
		infos = append(infos, p.Info)
	}
	var create func(*types.Package)
	create = func(pkg *types.Package) {
		if seen[pkg] {
			return
		}
		seen[pkg] = true
		files, info, ok := imp.Generic(pkg)
		if !ok {
			prog.CreatePackage(pkg, nil, nil, true)
			for _, shadow := range pkg.Imports() {
				create(shadow)
			}
			return
		}
		for _, f := range files {
			if file := generic.FileSet.File(f.FileStart); file != nil { // others are of our own set
				g.Fset.AddExistingFiles(file)
			}
		}
		prog.CreatePackage(pkg, files, info, false)
		infos = append(infos, info)
	}
	for i := 0; i < len(infos); i++ {
		for _, obj := range infos[i].Uses {
			create(obj.Pkg())
		}
	}
}
