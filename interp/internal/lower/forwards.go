package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// lowerForwards has funcs look, on entry, whether the run is to end or a later input has declared them anew. One flag stands for both.
func (f *Front) lowerForwards(in *input) (errs ErrorList) {
	for _, d := range in.funcs {
		obj := f.funcObject(in, d)
		if obj == nil || obj.generic || d.Type.TypeParams != nil {
			continue
		}
		if err := f.forward(in, d, obj); err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(d.Pos()), Msg: err.Error()})
		}
	}
	return errs
}

func (f *Front) funcObject(in *input, d *ast.FuncDecl) *object {
	for _, m := range in.methods {
		if m.decl == d {
			return m.method
		}
	}
	for _, obj := range in.objects {
		if d.Recv == nil && obj.kind == function && obj.name == d.Name.Name {
			return obj
		}
	}
	return nil
}

func (f *Front) forward(in *input, d *ast.FuncDecl, obj *object) error {
	pos := d.Pos()
	if d.Recv != nil {
		in.nameParams(d.Recv)
		base, _ := receiver(d)
		owner := f.engineName(in, base)
		obj.engine = f.scope.fresh(owner + mark + obj.name)
		if len(obj.hooks) > 0 { // the method that the engine has calls this one
			d.Type.Params.List = append(d.Recv.List, d.Type.Params.List...)
			d.Recv = nil
			d.Name = ident(d.Name.Pos(), obj.engine)
		}
	}
	for _, h := range obj.hooks {
		in.before = append(in.before,
			set(ident(pos, h.Next), ident(pos, obj.engine)),
			do(call(selector(pos, run, "Redefined"), &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(h.Flag)})))
	}
	if d.Recv == nil && len(obj.hooks) > 0 && d.Name.Name == obj.engine {
		return nil // a method's later definition is reached by the method alone
	}
	in.nameParams(d.Type.Params)
	h := hook{Flag: "F" + strconv.Itoa(in.id) + "_" + strconv.Itoa(len(in.hooks)), Next: obj.engine + mark + "next"}
	obj.hooks = append(append([]hook{}, obj.hooks...), h)
	in.hooks = append(in.hooks, h.Flag)
	args, variadic := paramNames(d.Type.Params)
	if d.Recv != nil {
		recv, _ := paramNames(d.Recv)
		args = append(recv, args...)
	}
	next, err := f.nextType(in, d)
	if err != nil {
		return err
	}
	in.out = append(in.out, varDecl(pos, h.Next, next))
	forwarded := call(ident(pos, h.Next), idents(pos, args)...)
	if variadic {
		forwarded.Ellipsis = pos
	}
	then := []ast.Stmt{do(forwarded), ret(pos)}
	if d.Type.Results != nil && len(d.Type.Results.List) > 0 {
		then = []ast.Stmt{ret(pos, forwarded)}
	}
	d.Body.List = append([]ast.Stmt{when(raised(pos, h.Flag),
		do(call(selector(pos, run, "Poll"))),
		when(&ast.BinaryExpr{X: ident(pos, h.Next), OpPos: pos, Op: token.NEQ, Y: ident(pos, "nil")}, then...),
	)}, d.Body.List...)
	return nil
}

// nextType is the type of a func, with a method's receiver as its first parameter.
func (f *Front) nextType(in *input, d *ast.FuncDecl) (ast.Expr, error) {
	sig := in.info.Defs[d.Name].(*types.Func).Signature()
	t, err := in.writer(d.Pos()).typ(sig)
	if err != nil {
		return nil, err
	}
	ft := t.(*ast.FuncType)
	if recv := sig.Recv(); recv != nil {
		r, err := in.writer(d.Pos()).typ(recv.Type())
		if err != nil {
			return nil, err
		}
		ft.Params.List = append([]*ast.Field{{Type: r}}, ft.Params.List...)
	}
	return ft, nil
}

// nameParams gives names to parameters that have none.
func (in *input) nameParams(list *ast.FieldList) {
	for _, field := range list.List {
		if len(field.Names) == 0 {
			field.Names = []*ast.Ident{ident(field.Pos(), in.temp())}
		}
		for i, id := range field.Names {
			if id.Name == "_" {
				field.Names[i] = ident(id.Pos(), in.temp())
			}
		}
	}
}

func paramNames(list *ast.FieldList) (names []string, variadic bool) {
	for _, field := range list.List {
		for _, id := range field.Names {
			names = append(names, id.Name)
		}
		_, variadic = field.Type.(*ast.Ellipsis)
	}
	return names, variadic
}
