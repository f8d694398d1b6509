package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/constant"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
)

// declare gives everything that an input declares its object, and checks the input once more with all of it at package level, where funcs
// see the variables too.
func (f *Front) declare(in *input) ErrorList {
	if !in.file {
		extra, errs := f.hoist(in)
		if len(errs) > 0 {
			return errs
		}
		if len(extra) > 0 || len(in.funcs) > 0 {
			if errs := f.settle(in, true, extra); len(errs) > 0 {
				return errs
			}
		}
	}
	var errs ErrorList
	note := func(pos token.Pos, err error) {
		if err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(pos), Msg: Plain(err.Error())})
		}
	}
	for _, d := range in.vars {
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				if v, ok := in.info.Defs[id].(*types.Var); ok && id.Name != "_" {
					obj, _, err := f.newVariable(in, v, false)
					if err != nil {
						errs = append(errs, err)
						continue
					}
					in.hoisted[id.Name] = obj
				}
			}
		}
	}
	for _, spec := range in.types {
		note(spec.Pos(), f.declareType(in, spec))
	}
	for _, d := range in.consts {
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				note(id.Pos(), f.declareConst(in, id))
			}
		}
	}
	for _, d := range in.funcs {
		note(d.Pos(), f.declareFunc(in, d))
	}
	return errs
}

// checkWriter writes types for the checker.
func (f *Front) checkWriter(in *input, pos token.Pos) *writer {
	return &writer{pos: pos, packages: map[string]bool{}, foreign: f.foreign, embedded: func(n *types.TypeName) string {
		if name := Plain(n.Name()); in.engine[name] == n.Name() {
			return name
		}
		return f.scope.embeddedName(n)
	}}
}

func (f *Front) declareType(in *input, spec *ast.TypeSpec) error {
	engine := spec.Name.Name
	if engine == "_" {
		return nil
	}
	obj := &object{name: Plain(engine), engine: engine, kind: typename, pos: spec.Name.Pos(), methods: map[string]*object{}}
	in.objects = append(in.objects, obj)
	if spec.TypeParams != nil {
		obj.generic = true
		d, err := reparse(f.fset, genDecl(spec.Pos(), token.TYPE, spec))
		obj.decls = []ast.Decl{d}
		return err
	}
	tn := in.pkg.Scope().Lookup(engine).(*types.TypeName)
	w := f.checkWriter(in, obj.pos)
	t := tn.Type().Underlying()
	if tn.IsAlias() {
		t = types.Unalias(tn.Type())
	}
	x, err := w.typ(t)
	if err != nil {
		return err
	}
	obj.packages = w.packages
	obj.embedded = f.embeds(in, t)
	obj.decls = []ast.Decl{genDecl(obj.pos, token.TYPE, &ast.TypeSpec{Name: ident(obj.pos, engine), Type: x})}
	if tn.IsAlias() {
		obj.decls[0].(*ast.GenDecl).Specs[0].(*ast.TypeSpec).Assign = obj.pos
	}
	obj.decls = append(obj.decls, alias(obj.pos, obj.name, engine))
	return nil
}

// embeds lists the types of the session that a struct embeds.
func (f *Front) embeds(in *input, t types.Type) []*object {
	st, ok := t.(*types.Struct)
	if !ok {
		return nil
	}
	var list []*object
	for i := range st.NumFields() {
		if v := st.Field(i); v.Embedded() {
			if tn := sessionType(v.Type()); tn != nil {
				if obj := f.typeObject(in, tn.Name()); obj != nil {
					list = append(list, obj)
				}
			}
		}
	}
	return list
}

// sessionType is the declared type that t is, or points to, if the session declares it.
func sessionType(t types.Type) *types.TypeName {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == mainPath {
		return n.Obj()
	}
	return nil
}

// typeObject finds the object of a type by its engine name.
func (f *Front) typeObject(in *input, engine string) *object {
	for _, list := range [][]*object{in.objects, f.scope.order} {
		for _, obj := range list {
			if obj.kind == typename && obj.engine == engine {
				return obj
			}
		}
	}
	return nil
}

// reparse copies a declaration by way of its text: the copy is for later checks, the original for the passes.
func reparse(fset *token.FileSet, d ast.Decl) (ast.Decl, error) {
	if fd, ok := d.(*ast.FuncDecl); ok {
		c := *fd
		c.Body = block(fd.Pos(), do(call(ident(fd.Pos(), "panic"), &ast.BasicLit{Kind: token.STRING, Value: `""`})))
		d = &c
	}
	var b bytes.Buffer
	b.WriteString("package main\n")
	if err := format.Node(&b, fset, d); err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", b.Bytes(), parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	moveTo(file.Decls[0], d.Pos())
	return file.Decls[0], nil
}

// moveTo gives all of a tree the position pos: its own are of another file set.
func moveTo(n ast.Node, pos token.Pos) {
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		v := reflect.ValueOf(n).Elem()
		for i := range v.NumField() {
			if p, ok := v.Field(i).Addr().Interface().(*token.Pos); ok && p.IsValid() {
				*p = pos
			}
		}
		return true
	})
}

func (f *Front) declareConst(in *input, id *ast.Ident) error {
	c, ok := in.info.Defs[id].(*types.Const)
	if !ok || id.Name == "_" {
		return nil
	}
	obj := &object{name: id.Name, engine: f.scope.fresh(id.Name), kind: constant_, pos: id.Pos()}
	in.engine[obj.name] = obj.engine
	in.objects = append(in.objects, obj)
	w := f.checkWriter(in, obj.pos)
	spec := &ast.ValueSpec{Names: []*ast.Ident{ident(obj.pos, obj.name)}, Values: []ast.Expr{literal(obj.pos, c.Val(), c.Type())}}
	if b, basic := c.Type().(*types.Basic); !basic || b.Info()&types.IsUntyped == 0 {
		t, err := w.typ(c.Type())
		if err != nil {
			return err
		}
		spec.Type = t
	}
	obj.packages = w.packages
	obj.decls = []ast.Decl{genDecl(obj.pos, token.CONST, spec)}
	return nil
}

// literal writes a constant down.
func literal(pos token.Pos, v constant.Value, t types.Type) ast.Expr {
	lit := func(kind token.Token, text string) ast.Expr {
		return &ast.BasicLit{ValuePos: pos, Kind: kind, Value: text}
	}
	basic, _ := t.Underlying().(*types.Basic)
	switch {
	case v.Kind() == constant.Bool:
		return ident(pos, v.ExactString())
	case v.Kind() == constant.String:
		return lit(token.STRING, v.ExactString())
	case v.Kind() == constant.Complex || basic != nil && basic.Info()&types.IsComplex != 0:
		return call(ident(pos, "complex"), literal(pos, constant.Real(v), types.Typ[types.UntypedFloat]), literal(pos, constant.Imag(v), types.Typ[types.UntypedFloat]))
	case basic != nil && basic.Info()&types.IsInteger == 0:
		num, den := constant.ToFloat(constant.Num(v)), constant.ToFloat(constant.Denom(v))
		if constant.Compare(den, token.EQL, constant.MakeInt64(1)) {
			return lit(token.FLOAT, constant.ToInt(num).ExactString()+".0")
		}
		return &ast.ParenExpr{Lparen: pos, Rparen: pos, X: &ast.BinaryExpr{
			X: lit(token.FLOAT, constant.ToInt(num).ExactString()+".0"), OpPos: pos, Op: token.QUO,
			Y: lit(token.FLOAT, constant.ToInt(den).ExactString()+".0"),
		}}
	case basic != nil && basic.Kind() == types.UntypedRune:
		return &ast.ParenExpr{Lparen: pos, Rparen: pos, X: &ast.BinaryExpr{
			X: lit(token.CHAR, `'\x00'`), OpPos: pos, Op: token.ADD, Y: lit(token.INT, v.ExactString()),
		}}
	}
	return lit(token.INT, constant.ToInt(v).ExactString())
}

func (f *Front) declareFunc(in *input, d *ast.FuncDecl) error {
	if d.Body == nil {
		return fmt.Errorf("missing function body")
	}
	if d.Recv != nil {
		return f.declareMethod(in, d)
	}
	name := d.Name.Name
	if name == "_" || name == "init" {
		return nil
	}
	obj := &object{name: name, engine: f.scope.fresh(name), kind: function, pos: d.Name.Pos(), generic: d.Type.TypeParams != nil}
	in.engine[name] = obj.engine
	in.objects = append(in.objects, obj)
	if obj.generic {
		decl, err := reparse(f.fset, d)
		obj.decls = []ast.Decl{decl}
		return err
	}
	w := f.checkWriter(in, obj.pos)
	sig := in.info.Defs[d.Name].(*types.Func).Signature()
	t, err := w.typ(sig)
	if err != nil {
		return err
	}
	obj.packages, obj.typ = w.packages, types.ExprString(t)
	obj.decls = []ast.Decl{&ast.FuncDecl{Name: ident(obj.pos, name), Type: t.(*ast.FuncType)}}
	if old := f.scope.current[name]; old != nil && old.kind == function && old.typ == obj.typ {
		obj.hooks = old.hooks
	}
	return nil
}

// declareMethod gives a method its object, or finds that it replaces one of an earlier input.
func (f *Front) declareMethod(in *input, d *ast.FuncDecl) error {
	base, pointer := receiver(d)
	owner := f.typeObject(in, f.engineName(in, base))
	if owner == nil {
		return fmt.Errorf("cannot declare a method of %s", base)
	}
	m := &object{name: d.Name.Name, kind: function, pos: d.Name.Pos(), generic: owner.generic}
	in.methods = append(in.methods, newMethod{owner, m, d})
	if owner.generic {
		decl, err := reparse(f.fset, d)
		m.decls = []ast.Decl{decl}
		return err
	}
	w := f.checkWriter(in, m.pos)
	t, err := w.typ(in.info.Defs[d.Name].(*types.Func).Signature())
	if err != nil {
		return err
	}
	var recv ast.Expr = ident(m.pos, owner.engine)
	if pointer {
		recv = &ast.StarExpr{Star: m.pos, X: recv}
	}
	m.packages, m.typ = w.packages, types.ExprString(recv)+" "+types.ExprString(t)
	m.decls = []ast.Decl{&ast.FuncDecl{Recv: &ast.FieldList{List: []*ast.Field{{Type: recv}}}, Name: ident(m.pos, m.name), Type: t.(*ast.FuncType)}}
	if old := owner.methods[m.name]; old != nil {
		if old.typ != m.typ {
			return fmt.Errorf("%s.%s was declared with another signature: declare type %s anew to change it", owner.name, m.name, owner.name)
		}
		m.hooks = old.hooks
	}
	return nil
}

// newMethod is a method that an input declares.
type newMethod struct {
	owner, method *object
	decl          *ast.FuncDecl
}

// attach makes the method known to later checks.
func (m newMethod) attach() {
	if old := m.owner.methods[m.method.name]; old == nil {
		m.owner.decls = append(m.owner.decls, m.method.decls...)
		for p := range m.method.packages {
			if m.owner.packages == nil {
				m.owner.packages = map[string]bool{}
			}
			m.owner.packages[p] = true
		}
	}
	m.owner.methods[m.method.name] = m.method
}

// engineName is the engine's name for a name of the package level.
func (f *Front) engineName(in *input, name string) string {
	if engine, ok := in.engine[name]; ok {
		return engine
	}
	if obj := f.scope.current[name]; obj != nil {
		return obj.engine
	}
	return name
}
