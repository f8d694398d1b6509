package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// lateMethod is a method that an input declares for a type of an earlier one.
type lateMethod struct {
	decl *ast.FuncDecl
	base *types.Named
	fn   *types.Func
	old  *types.Func // the method that it takes the place of, nil if it is new
}

// addLate gives types of earlier inputs the methods that this one declares. It happens when the checker knows the methods
// by name, before it looks any up.
func (c *checking) addLate() {
	before := map[*types.Named][]*types.Func{}
	for _, d := range c.in.funcs {
		named := c.lateBase(d)
		if named == nil {
			continue
		}
		c.bringHere(named.Obj())
		m := &lateMethod{decl: d, base: named}
		m.fn, _ = c.in.info.Defs[d.Name].(*types.Func)
		c.in.late = append(c.in.late, m)
		if d.Name.Name == "_" {
			continue
		}
		if _, seen := before[named]; !seen {
			list := *methodList(named)
			before[named] = list
			c.in.undone = append(c.in.undone, func() { setMethods(c.f, named, list) })
		}
		m.old = methodNamed(before[named], d.Name.Name)
		c.putMethod(m)
	}
}

// lateBase is the type of an earlier input that d declares a method of, nil if it does not.
func (c *checking) lateBase(d *ast.FuncDecl) *types.Named {
	if d.Recv == nil || len(d.Recv.List) == 0 || c.in.own[receiverBase(d)] {
		return nil
	}
	obj, ok := c.f.scope.objects[receiverBase(d)].(*types.TypeName)
	if !ok {
		return nil
	}
	named, ok := types.Unalias(obj.Type()).(*types.Named)
	if !ok || named.TypeArgs() != nil || named.Obj().Pkg() != c.f.pkg {
		return nil
	}
	return named
}

// putMethod gives a type a late method, in the place of the old one if there is one.
func (c *checking) putMethod(m *lateMethod) {
	list := slices.Clone(*methodList(m.base))
	i := slices.IndexFunc(list, func(f *types.Func) bool { return f.Name() == m.decl.Name.Name })
	switch {
	case i < 0:
		list = append(list, m.fn)
	case list[i] == m.old:
		list[i] = m.fn
	default:
		c.in.fail(m.decl.Name.Pos(), fmt.Sprintf("method %s.%s already declared at %v",
			m.base.Obj().Name(), m.decl.Name.Name, c.in.fset.Position(list[i].Pos())))
		return
	}
	setMethods(c.f, m.base, list)
}

// bringHere gives a type's name a place in this input: the checker asks for the file in which a receiver's type is declared.
func (c *checking) bringHere(obj *types.TypeName) {
	*obj = *types.NewTypeName(c.in.start(), obj.Pkg(), obj.Name(), obj.Type())
	scope := obj.Pkg().Scope()
	now := *scope
	*scope = *emptyScope(types.Universe)
	scope.Insert(obj) // is its parent, though it does not hold it
	*scope = now
}

func methodNamed(list []*types.Func, name string) *types.Func {
	if i := slices.IndexFunc(list, func(f *types.Func) bool { return f.Name() == name }); i >= 0 {
		return list[i]
	}
	return nil
}

// receiverBase is the name of the type that a method belongs to, "" if it has no form of one.
func receiverBase(d *ast.FuncDecl) string {
	t := ast.Unparen(d.Recv.List[0].Type)
	if star, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(star.X)
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// checkLate says of late methods what the checker says of others when it collects them.
func (c *checking) checkLate() {
	for _, m := range c.in.late {
		u, ok := m.base.Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for field := range u.Fields() {
			if field.Name() == m.decl.Name.Name && field.Name() != "_" {
				c.in.fail(m.decl.Name.Pos(), "field and method with the same name "+field.Name())
			}
		}
	}
}

// takeLate notes what the unit's late methods are to its surroundings.
func (in *input) takeLate(u *Unit) {
	for _, m := range in.late {
		if m.decl.Name.Name == "_" {
			continue
		}
		if m.old != nil && sameMethod(m.old, m.fn) {
			u.Redefined = append(u.Redefined, [2]*types.Func{m.old, m.fn})
		} else if !slices.Contains(u.Renewed, m.base) {
			u.Renewed = append(u.Renewed, m.base)
		}
	}
}

// lateTypes makes types of earlier units members of this one, so that its methods of them are found.
func (in *input) lateTypes() []ast.Decl {
	var decls []ast.Decl
	seen := map[*types.Named]bool{}
	for _, m := range in.late {
		if !seen[m.base] {
			seen[m.base] = true
			id := ast.NewIdent(m.base.Obj().Name())
			in.info.Defs[id] = m.base.Obj()
			decls = append(decls, &ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{&ast.TypeSpec{Name: id}}})
		}
	}
	return decls
}

// sameMethod tells whether callers of one method can call the other. Generic code is compiled with each of its callers.
func sameMethod(a, b *types.Func) bool {
	_, ptrA := a.Signature().Recv().Type().(*types.Pointer)
	_, ptrB := b.Signature().Recv().Type().(*types.Pointer)
	return ptrA == ptrB && a.Signature().RecvTypeParams() == nil && types.Identical(a.Signature(), b.Signature())
}
