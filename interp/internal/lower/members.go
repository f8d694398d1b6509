package lower

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
)

// Names lists the names that the session has declared or imported, sorted.
func (f *Front) Names() []string {
	return slices.Sorted(maps.Keys(f.scope.current))
}

// Imported returns the path that the session imports under a name, or "".
func (f *Front) Imported(name string) string { return f.scope.imports[name] }

// Members lists the fields and methods that may follow a dot after expr; none if expr has no type yet.
func (f *Front) Members(expr string) []string {
	src, err := parse(f.fset, "complete", expr)
	if err != nil {
		return nil
	}
	defer src.forget(f.fset)
	if len(src.stmts) != 1 || src.file {
		return nil
	}
	x, ok := src.stmts[0].(*ast.ExprStmt)
	if !ok {
		return nil
	}
	in := &input{source: src, pos: x.Pos(), packages: map[string]bool{}, imports: map[string]string{}, engine: map[string]string{}}
	if errs := f.resolve(in); len(errs) > 0 {
		return nil
	}
	t := in.info.Types[x.X].Type
	if t == nil {
		return nil
	}
	names := map[string]bool{}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	var recv types.Type = t
	if !types.IsInterface(t) {
		recv = types.NewPointer(t)
	}
	for m := range types.NewMethodSet(recv).Methods() {
		names[m.Obj().Name()] = f.reaches(m.Obj())
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for v := range s.Fields() {
			names[v.Name()] = f.reaches(v)
		}
	}
	maps.DeleteFunc(names, func(_ string, visible bool) bool { return !visible })
	return slices.Sorted(maps.Keys(names))
}

// reaches tells whether code of the session can name a member.
func (f *Front) reaches(obj types.Object) bool {
	return obj.Exported() || obj.Pkg() != nil && obj.Pkg().Path() == mainPath
}
