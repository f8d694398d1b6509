package front

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
)

// Names lists the names that the session has declared or imported, sorted.
func (f *Front) Names() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(f.scope.objects)), maps.Keys(f.scope.imports))
	slices.Sort(names)
	return names
}

// Imported returns the path that the session imports under a name, or "".
func (f *Front) Imported(name string) string { return f.scope.imports[name] }

// Lookup returns what the session has declared under a name, nil if there is nothing.
func (f *Front) Lookup(name string) types.Object { return f.scope.objects[name] }

// Members lists what may follow a dot after expr: names of a package, fields, methods; nothing if expr has no type yet.
func (f *Front) Members(expr string) []string {
	in, err := f.read("complete", expr)
	if err != nil || len(in.stmts) != 1 {
		return nil
	}
	x, ok := in.stmts[0].(*ast.ExprStmt)
	if !ok || in.sort() != nil {
		return nil
	}
	if id, ok := x.X.(*ast.Ident); ok {
		in.beforeDot[id.Name] = true
		if p, ok := f.meaning(in, id.Name).(*types.PkgName); ok {
			return slices.DeleteFunc(p.Imported().Scope().Names(), func(n string) bool { return !ast.IsExported(n) })
		}
	}
	if f.check(in) != nil {
		return nil
	}
	t := in.info.Types[x.X].Type
	if t == nil {
		return nil
	}
	return members(t)
}

// members lists the fields and methods of a type that code of the session can name, promoted ones included.
func members(t types.Type) []string {
	var recv types.Type = t
	if _, ok := t.Underlying().(*types.Pointer); !ok && !types.IsInterface(t) {
		recv = types.NewPointer(t)
	}
	names := map[string]bool{}
	for m := range types.NewMethodSet(recv).Methods() {
		names[m.Obj().Name()] = reaches(m.Obj())
	}
	addFields(names, t, map[types.Type]bool{})
	maps.DeleteFunc(names, func(name string, visible bool) bool { return !visible || name == "_" })
	return slices.Sorted(maps.Keys(names))
}

func addFields(names map[string]bool, t types.Type, seen map[types.Type]bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return
	}
	seen[t] = true
	for v := range s.Fields() {
		names[v.Name()] = names[v.Name()] || reaches(v)
		if v.Embedded() {
			addFields(names, v.Type(), seen)
		}
	}
}

// reaches tells whether code of the session can name a member.
func reaches(obj types.Object) bool {
	return obj.Exported() || obj.Pkg() != nil && obj.Pkg().Path() == mainPath
}

// TypeName is a type as people write it in package main.
func TypeName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == mainPath {
			return ""
		}
		return p.Name()
	})
}
