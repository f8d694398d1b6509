package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// dynamics is what a session knows of the types that its interface values have. In the engine, a value of a type of the session that is in an
// interface has the form of the type and not its name: it is known by its form alone. As long as one form is one type, that is enough.
type dynamics struct {
	converted map[string]map[string]types.Type // by form and name: the types of values that went into an interface
	asserted  map[string]map[string]types.Type // those that interface values are asserted to
	generic   bool                             // generic code converts values of its parameters
}

func newDynamics() *dynamics {
	return &dynamics{converted: map[string]map[string]types.Type{}, asserted: map[string]map[string]types.Type{}}
}

func note(m map[string]map[string]types.Type, t types.Type) {
	key := form(t)
	if m[key] == nil {
		m[key] = map[string]types.Type{}
	}
	m[key][identity(t)] = t
}

// merge adds what another one knows.
func (d *dynamics) merge(other *dynamics) {
	d.generic = d.generic || other.generic
	for _, pair := range [][2]map[string]map[string]types.Type{{d.converted, other.converted}, {d.asserted, other.asserted}} {
		for _, ts := range pair[1] {
			for _, t := range ts {
				note(pair[0], t)
			}
		}
	}
}

// identity names a type: no two have the same.
func identity(t types.Type) string { return spell(t, nil, func(n *types.Named) bool { return false }) }

// form is a type with the types of the session written out, as the engine has it.
func form(t types.Type) string {
	return spell(t, nil, func(n *types.Named) bool { return sessionType(n) != nil })
}

// spell writes a type without aliases; of named types for which through says so what they are made of.
func spell(t types.Type, open []*types.TypeName, through func(*types.Named) bool) string {
	next := func(t types.Type) string { return spell(t, open, through) }
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if through(t) && !slices.Contains(open, t.Obj()) {
			return spell(t.Underlying(), append(open, t.Obj()), through)
		}
		name := types.TypeString(t, nil)
		if tn := sessionType(t); tn != nil && tn.Parent() != tn.Pkg().Scope() {
			name = fmt.Sprint(name, "@", tn.Pos()) // local to a func
		}
		return name
	case *types.Pointer:
		return "*" + next(t.Elem())
	case *types.Slice:
		return "[]" + next(t.Elem())
	case *types.Array:
		return fmt.Sprint("[", t.Len(), "]", next(t.Elem()))
	case *types.Map:
		return "map[" + next(t.Key()) + "]" + next(t.Elem())
	case *types.Chan:
		return fmt.Sprint("chan", t.Dir(), " ", next(t.Elem()))
	case *types.Signature:
		s := "func"
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			s += "("
			for v := range tuple.Variables() {
				s += next(v.Type()) + ","
			}
			s += ")"
		}
		return s
	case *types.Struct:
		s := "struct{"
		for f := range t.Fields() {
			s += f.Name() + " " + next(f.Type()) + ";"
		}
		return s + "}"
	case *types.Interface:
		return "interface"
	default:
		return types.TypeString(t, nil)
	}
}

// checkDynamics refuses assertions that could not tell two types apart, and conversions that would have earlier assertions do so.
func (f *Front) checkDynamics(in *input) (errs ErrorList) {
	in.dynamics = newDynamics()
	refuse := func(pos token.Pos, t, other types.Type) {
		errs = append(errs, &Error{Pos: f.fset.Position(pos), Msg: fmt.Sprintf(
			"a session cannot tell %s and %s apart in an interface, as both are made of the same: put one of them into a struct with a field that the other has not",
			TypeName(t), TypeName(other))})
	}
	in.conversions(func(x ast.Expr, from, to types.Type) {
		if _, param := types.Unalias(from).(*types.TypeParam); param {
			in.dynamics.generic = true
		}
		if types.IsInterface(from) || untypedNil(from) {
			return
		}
		from = types.Default(from)
		note(in.dynamics.converted, from)
		if other := confused(f.dynamics.asserted, from); other != nil {
			refuse(x.Pos(), from, other)
		}
	})
	if in.dynamics.generic || f.dynamics.generic { // any type argument may be what is converted
		for _, inst := range in.info.Instances {
			for t := range inst.TypeArgs.Types() {
				if _, param := types.Unalias(t).(*types.TypeParam); !param && !types.IsInterface(t) {
					note(in.dynamics.converted, t)
				}
			}
		}
	}
	all := newDynamics()
	all.merge(f.dynamics)
	all.merge(in.dynamics)
	in.assertions(func(pos token.Pos, operand, t types.Type) {
		if types.IsInterface(t) { // a type parameter too
			return
		}
		note(in.dynamics.asserted, t)
		if other := confused(all.converted, t); other != nil && in.mayHold(operand, other) {
			refuse(pos, t, other)
		}
	})
	return errs
}

// mayHold tells whether values of an interface type may be of another.
func (in *input) mayHold(operand, t types.Type) bool {
	iface, ok := operand.Underlying().(*types.Interface)
	t = in.today(t)
	return !ok || t == nil || types.Implements(t, iface)
}

func untypedNil(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == types.UntypedNil
}

// confused is another type of t's form.
func confused(m map[string]map[string]types.Type, t types.Type) types.Type {
	self, of := identity(t), m[form(t)]
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if name != self {
			return of[name]
		}
	}
	return nil
}

// assertions calls visit with each type that an interface value is asserted to, in assertions, type switches and by errors.As.
func (in *input) assertions(visit func(pos token.Pos, operand, t types.Type)) {
	in.inspect(func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeAssertExpr:
			if n.Type != nil {
				visit(n.Type.Pos(), in.info.Types[n.X].Type, in.info.Types[n.Type].Type)
			}
		case *ast.CallExpr:
			if t := in.errorsAs(n); t != nil {
				visit(n.Args[1].Pos(), types.Universe.Lookup("error").Type(), t)
			}
		case *ast.TypeSwitchStmt:
			x := switchOperand(n)
			for _, clause := range n.Body.List {
				for _, t := range clause.(*ast.CaseClause).List {
					if tv := in.info.Types[t]; tv.IsType() {
						visit(t.Pos(), in.info.Types[x].Type, tv.Type)
					}
				}
			}
		}
		return true
	})
}

// switchOperand is what a type switch looks at.
func switchOperand(s *ast.TypeSwitchStmt) ast.Expr {
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		x = a.Rhs[0]
	case *ast.ExprStmt:
		x = a.X
	}
	return ast.Unparen(x).(*ast.TypeAssertExpr).X
}

// names are the engine's names of the session's types whose values went into an interface.
func (d *dynamics) names() []string {
	var list []string
	for _, ts := range d.converted {
		for _, t := range ts {
			if tn := sessionType(t); tn != nil {
				list = append(list, tn.Name())
			}
		}
	}
	return list
}
