package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// generics is the generic code of a package, with what is known of it.
type generics struct {
	files []*token.File
	funcs map[*types.Func]*genericFunc // and methods
	of    *types.Info
}

// genericFunc is the source of a func or method.
type genericFunc struct {
	decl  *ast.FuncDecl
	uses  []types.Object // that it refers to
	types []types.Type   // of its expressions
}

// carrierName is where a unit's scope holds its generic code.
const carrierName = "·generics"

// carrier puts generic code into the scope of its package, so that it lives as long as anything that the package declares.
type carrier struct {
	*types.TypeName
	code *generics
}

// generics finds the generic code of a package, nil if it has none.
func (f *Front) generics(pkg *types.Package) *generics {
	if c, ok := pkg.Scope().Lookup(carrierName).(carrier); ok {
		return c.code
	}
	if f.config.Generic == nil {
		return nil
	}
	source := f.config.Generic(pkg)
	if source == nil {
		return nil
	}
	var decls []ast.Decl
	for _, file := range source.Files {
		decls = append(decls, file.Decls...)
	}
	g := newGenerics(source.Fset, decls, source.Info)
	carry(pkg, g)
	return g
}

func carry(pkg *types.Package, g *generics) {
	pkg.Scope().Insert(carrier{types.NewTypeName(token.NoPos, pkg, carrierName, types.Typ[types.Invalid]), g})
}

// newGenerics takes the generic funcs and methods out of a package's declarations.
func newGenerics(fset *token.FileSet, decls []ast.Decl, info *types.Info) *generics {
	g := &generics{funcs: map[*types.Func]*genericFunc{}, of: newInfo()}
	for _, d := range decls {
		d, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if fn, ok := info.Defs[d.Name].(*types.Func); ok && isGeneric(fn) {
			g.funcs[fn] = g.take(d, info)
			if file := fset.File(d.Pos()); !slices.Contains(g.files, file) {
				g.files = append(g.files, file)
			}
		}
	}
	return g
}

func isGeneric(fn *types.Func) bool {
	return fn.Signature().TypeParams() != nil || fn.Signature().RecvTypeParams() != nil
}

// take copies what is known of the nodes of a declaration.
func (g *generics) take(d *ast.FuncDecl, info *types.Info) *genericFunc {
	uses, exprs := map[types.Object]bool{}, map[types.Type]bool{}
	ast.Inspect(d, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if x, ok := n.(ast.Expr); ok {
			copyEntry(g.of.Types, info.Types, x)
			exprs[info.Types[x].Type] = true
		}
		switch n := n.(type) {
		case *ast.Ident:
			copyEntry(g.of.Defs, info.Defs, n)
			copyEntry(g.of.Uses, info.Uses, n)
			copyEntry(g.of.Instances, info.Instances, n)
			uses[info.Uses[n]] = true
		case *ast.SelectorExpr:
			copyEntry(g.of.Selections, info.Selections, n)
		}
		copyEntry(g.of.Implicits, info.Implicits, n)
		return true
	})
	return &genericFunc{d, slices.Collect(maps.Keys(uses)), slices.Collect(maps.Keys(exprs))}
}

func copyEntry[K comparable, V any](to, from map[K]V, key K) {
	if v, ok := from[key]; ok {
		to[key] = v
	}
}

// info is what is known of the code, with definitions of other members of the package.
func (g *generics) info(defs map[*ast.Ident]types.Object) *types.Info {
	info := *g.of
	if len(defs) > 0 {
		info.Defs = maps.Clone(info.Defs)
		maps.Copy(info.Defs, defs)
	}
	return &info
}
