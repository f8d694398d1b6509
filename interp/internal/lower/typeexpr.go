package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// writer writes types down as syntax.
type writer struct {
	pos      token.Pos
	packages map[string]bool                // the import paths that what was written needs
	embedded func(n *types.TypeName) string // the name by which a type of the session is embedded
	foreign  func(*types.TypeName) (name string, ok bool)
}

// unwritable is the panic with a type that no syntax can name; typ makes it an error.
type unwritable struct{ t types.Type }

func (u unwritable) Error() string {
	return fmt.Sprintf("the type %s has no name outside its package; give the variable another type, such as an interface", types.TypeString(u.t, (*types.Package).Name))
}

// typ writes a type, or says that it cannot be written.
func (w *writer) typ(t types.Type) (x ast.Expr, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case unwritable:
			x, err = nil, r
		default:
			panic(r)
		}
	}()
	return w.expr(t), nil
}

func (w *writer) expr(t types.Type) ast.Expr {
	switch t := t.(type) {
	case *types.Basic:
		return w.basic(t)
	case *types.Alias:
		if t.Obj().Pkg() == nil { // any
			return ident(w.pos, t.Obj().Name())
		}
		return w.expr(types.Unalias(t))
	case *types.Named:
		return w.named(t)
	case *types.TypeParam:
		return ident(w.pos, t.Obj().Name())
	case *types.Pointer:
		return &ast.StarExpr{Star: w.pos, X: w.expr(t.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: w.pos, Elt: w.expr(t.Elem())}
	case *types.Array:
		return &ast.ArrayType{Lbrack: w.pos, Len: number(w.pos, int(t.Len())), Elt: w.expr(t.Elem())}
	case *types.Map:
		return &ast.MapType{Map: w.pos, Key: w.expr(t.Key()), Value: w.expr(t.Elem())}
	case *types.Chan:
		return w.channel(t)
	case *types.Signature:
		return w.signature(t, "")
	case *types.Struct:
		return w.structure(t)
	case *types.Interface:
		return w.iface(t)
	case *types.Union:
		return w.union(t)
	}
	panic(unwritable{t})
}

func (w *writer) basic(t *types.Basic) ast.Expr {
	switch t.Kind() {
	case types.UnsafePointer:
		w.packages["unsafe"] = true
		return selector(w.pos, packageIdent("unsafe"), "Pointer")
	case types.UntypedNil, types.Invalid:
		panic(unwritable{t})
	}
	return ident(w.pos, types.Default(t).(*types.Basic).Name())
}

func (w *writer) named(t *types.Named) ast.Expr {
	obj := t.Obj()
	var x ast.Expr
	switch pkg := obj.Pkg(); {
	case pkg == nil || pkg.Path() == mainPath:
		x = ident(w.pos, obj.Name())
	case !obj.Exported() || w.foreignName(obj) != "":
		name := w.foreignName(obj)
		if name == "" {
			panic(unwritable{t})
		}
		w.packages[RunPath] = true
		return selector(w.pos, run, name)
	default:
		w.packages[pkg.Path()] = true
		x = selector(w.pos, packageIdent(pkg.Path()), obj.Name())
	}
	args := t.TypeArgs()
	if args.Len() == 0 {
		return x
	}
	var list []ast.Expr
	for i := range args.Len() {
		list = append(list, w.expr(args.At(i)))
	}
	return index(x, list)
}

// foreignName is the name that the session has given a type, "" if it has none.
func (w *writer) foreignName(obj *types.TypeName) string {
	if w.foreign == nil {
		return ""
	}
	name, _ := w.foreign(obj)
	return name
}

// index writes an instantiation.
func index(x ast.Expr, args []ast.Expr) ast.Expr {
	if len(args) == 1 {
		return &ast.IndexExpr{X: x, Lbrack: x.Pos(), Index: args[0], Rbrack: x.Pos()}
	}
	return &ast.IndexListExpr{X: x, Lbrack: x.Pos(), Indices: args, Rbrack: x.Pos()}
}

func (w *writer) channel(t *types.Chan) ast.Expr {
	c := &ast.ChanType{Begin: w.pos, Dir: ast.SEND | ast.RECV, Value: w.expr(t.Elem())}
	switch t.Dir() {
	case types.SendOnly:
		c.Dir = ast.SEND
	case types.RecvOnly:
		c.Dir = ast.RECV
	}
	if inner, ok := types.Unalias(t.Elem()).(*types.Chan); ok && inner.Dir() == types.RecvOnly {
		c.Value = &ast.ParenExpr{Lparen: w.pos, X: c.Value, Rparen: w.pos}
	}
	return c
}

// signature writes a func's type; its parameters and results get the names prefix0, prefix1 … unless prefix is empty.
func (w *writer) signature(t *types.Signature, prefix string) *ast.FuncType {
	n := 0
	list := func(tuple *types.Tuple, variadic bool) []*ast.Field {
		var fields []*ast.Field
		for i := range tuple.Len() {
			x := w.expr(tuple.At(i).Type())
			if arr, ok := x.(*ast.ArrayType); ok && variadic && i == tuple.Len()-1 {
				x = &ast.Ellipsis{Ellipsis: w.pos, Elt: arr.Elt}
			}
			f := &ast.Field{Type: x}
			if prefix != "" {
				f.Names = []*ast.Ident{ident(w.pos, prefix+strconv.Itoa(n))}
				n++
			}
			fields = append(fields, f)
		}
		return fields
	}
	return funcType(w.pos, list(t.Params(), t.Variadic()), list(t.Results(), false))
}

func (w *writer) structure(t *types.Struct) ast.Expr {
	fields := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for i := range t.NumFields() {
		f := t.Field(i)
		if !f.Exported() && f.Pkg() != nil && f.Pkg().Path() != mainPath {
			panic(unwritable{t})
		}
		field := &ast.Field{}
		if f.Embedded() {
			field.Type = w.embed(f.Type())
		} else {
			field.Names = []*ast.Ident{ident(w.pos, f.Name())}
			field.Type = w.expr(f.Type())
		}
		if tag := t.Tag(i); tag != "" {
			field.Tag = &ast.BasicLit{ValuePos: w.pos, Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		fields.List = append(fields.List, field)
	}
	return &ast.StructType{Struct: w.pos, Fields: fields}
}

func (w *writer) embed(t types.Type) ast.Expr {
	if p, ok := t.(*types.Pointer); ok {
		return &ast.StarExpr{Star: w.pos, X: w.embed(p.Elem())}
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && w.embedded != nil && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == mainPath && n.TypeArgs().Len() == 0 {
		return ident(w.pos, w.embedded(n.Obj()))
	}
	return w.expr(t)
}

func (w *writer) iface(t *types.Interface) ast.Expr {
	list := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		if !m.Exported() && m.Pkg() != nil && m.Pkg().Path() != mainPath {
			panic(unwritable{t})
		}
		list.List = append(list.List, &ast.Field{Names: []*ast.Ident{ident(w.pos, m.Name())}, Type: w.signature(m.Signature(), "")})
	}
	for i := range t.NumEmbeddeds() {
		list.List = append(list.List, &ast.Field{Type: w.expr(t.EmbeddedType(i))})
	}
	return &ast.InterfaceType{Interface: w.pos, Methods: list}
}

func (w *writer) union(t *types.Union) ast.Expr {
	var x ast.Expr
	for i := range t.Len() {
		term := w.expr(t.Term(i).Type())
		if t.Term(i).Tilde() {
			term = &ast.UnaryExpr{OpPos: w.pos, Op: token.TILDE, X: term}
		}
		if x == nil {
			x = term
		} else {
			x = &ast.BinaryExpr{X: x, OpPos: w.pos, Op: token.OR, Y: term}
		}
	}
	return x
}
