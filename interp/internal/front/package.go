package front

import (
	"go/ast"
	"go/types"
)

// moveOut takes what an input declares into the package of its unit. The checker had it in a package that it takes for that of all inputs: so
// unexported fields can be named everywhere, and methods declared later. SSA tells units apart by the packages of funcs and variables; types
// and constants stay where they are.
func (in *input) moveOut() {
	for _, d := range in.decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if fn, ok := in.info.Defs[d.Name].(*types.Func); ok {
				*fn = *types.NewFunc(fn.Pos(), in.pkg, fn.Name(), fn.Signature())
			}
			if d.Recv == nil && d.Name.Name != "init" {
				in.declare(d.Name)
			}
		case *ast.GenDecl:
			in.moveSpecs(d)
		}
	}
}

func (in *input) moveSpecs(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			in.declare(spec.Name)
		case *ast.ValueSpec:
			for _, id := range spec.Names {
				if v, ok := in.info.Defs[id].(*types.Var); ok {
					in.moveVar(v)
				}
				in.declare(id)
			}
		}
	}
}

// moveVar makes a variable one of the package level.
func (in *input) moveVar(v *types.Var) {
	*v = *types.NewVar(v.Pos(), in.pkg, v.Name(), v.Type())
}

// declare lists an object for later inputs.
func (in *input) declare(id *ast.Ident) {
	if obj := in.info.Defs[id]; obj != nil && id.Name != "_" {
		in.objects = append(in.objects, obj)
	}
}
