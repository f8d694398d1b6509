package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

const (
	// EntryName is the name of the func whose body are an input's statements. No source can mention it.
	EntryName = "main·entry"

	sessionPath = "rgo·session" // what the hook imports
	endMark     = "end۰"        // the statement behind the entry's last one
)

// checking is one run of the checker over an input.
type checking struct {
	f  *Front
	in *input

	stmts, decls *ast.File // of an input without a package clause, the file of its statements and that of its declarations
	hook         *ast.File
	values       map[token.Pos]bool // places of expressions that stand alone at the top level
	end          token.Pos
}

// check runs the type checker. The statements are the body of a func, so that they mean what they would in any func. The declarations
// stand in a file of their own, in whose scope the variables of the statements are put once these have been checked, which
// is before the bodies of the funcs are.
//
// Two things that go/types does on the way are our entries into it. It imports the packages of a file when it has made the files' scopes and
// has not looked up anything yet: there the session's objects are put into them. And it reports an undefined name when it comes to it.
func (f *Front) check(in *input) error {
	c := &checking{f: f, in: in, values: map[token.Pos]bool{}, end: in.end()}
	in.pkg = types.NewPackage(mainPath, mainPath)
	in.info = newInfo()
	f.clear()
	conf := types.Config{Importer: c, Sizes: f.sizes, Error: c.report}
	checker := types.NewChecker(&conf, in.fset, f.pkg, in.info)
	_ = checker.Files(c.files()) // the error is the first of those that report has had
	c.checkLate()
	if err := in.errs.err(); err != nil {
		return err
	}
	c.takeImports()
	return nil
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
}

// files lays the input out for the checker: the entry is declared first, so that its body is the first to be checked.
func (c *checking) files() []*ast.File {
	in, at := c.in, c.in.start()
	c.hook = &ast.File{Package: at, Name: ast.NewIdent(mainPath), Decls: []ast.Decl{importDecl(at, "_", sessionPath)}}
	if in.file != nil {
		c.decls = in.file
		return []*ast.File{in.file, c.hook}
	}
	for _, s := range in.stmts {
		if x, ok := s.(*ast.ExprStmt); ok {
			c.values[x.X.Pos()] = true
		}
	}
	body := *in.blocks[0]
	if len(in.shared) > 0 {
		body.List = append(body.List[:len(body.List):len(body.List)], &ast.ExprStmt{X: &ast.Ident{NamePos: c.end, Name: endMark}})
	}
	in.entry = &ast.FuncDecl{Name: &ast.Ident{NamePos: at, Name: EntryName}, Type: &ast.FuncType{Func: at, Params: &ast.FieldList{}}, Body: &body}
	c.stmts = &ast.File{Package: at, Name: ast.NewIdent(mainPath), Decls: []ast.Decl{in.entry}}
	c.decls = &ast.File{Package: at, Name: ast.NewIdent(mainPath), Decls: in.decls}
	return []*ast.File{c.stmts, c.decls, c.hook}
}

func importDecl(pos token.Pos, name, path string) ast.Decl {
	return &ast.GenDecl{TokPos: pos, Tok: token.IMPORT, Specs: []ast.Spec{&ast.ImportSpec{
		Name: &ast.Ident{NamePos: pos, Name: name}, Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(path)},
	}}}
}

// Import imports a package for the checker, which asks for the session when the scopes of all files are there.
func (c *checking) Import(path string) (*types.Package, error) {
	if path == sessionPath {
		c.fillScopes()
		c.addLate()
		session := types.NewPackage(sessionPath, "session")
		session.MarkComplete()
		return session, nil
	}
	return c.f.config.Importer.Import(path)
}

// fillScopes makes what the input mentions of the session visible in its files. What an import of the input itself has named in the file
// of its declarations is visible to its statements, too.
func (c *checking) fillScopes() {
	in, scope := c.in, c.in.info.Scopes
	decls := scope[c.decls]
	var stmts *types.Scope
	if c.stmts != nil {
		stmts = scope[c.stmts]
		for _, name := range decls.Names() {
			stmts.Insert(decls.Lookup(name))
		}
	}
	for name := range in.mentioned {
		if in.own[name] || decls.Lookup(name) != nil {
			continue
		}
		obj := c.f.meaning(in, name)
		if obj == nil {
			continue
		}
		if stmts != nil {
			stmts.Insert(obj)
		}
		if !in.shared[name] {
			decls.Insert(obj)
		}
	}
}

// share makes the variables of the statements visible to the funcs, the last one of each name.
func (c *checking) share() {
	scope := c.in.info.Scopes[c.decls]
	for i := len(c.in.top) - 1; i >= 0; i-- {
		if v, ok := c.in.info.Defs[c.in.top[i]].(*types.Var); ok && c.in.shared[v.Name()] {
			scope.Insert(v)
		}
	}
}

// takeImports notes the packages that later inputs know by a name of this one.
func (c *checking) takeImports() {
	in := c.in
	in.imports = map[string]string{}
	for _, d := range in.decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			for _, spec := range d.Specs {
				in.takeImport(spec.(*ast.ImportSpec))
			}
		}
	}
	for _, obj := range in.info.Uses {
		if p, ok := obj.(*types.PkgName); ok {
			in.imports[p.Name()] = p.Imported().Path()
		}
	}
}

func (in *input) takeImport(spec *ast.ImportSpec) {
	obj := in.info.Implicits[spec]
	if spec.Name != nil {
		obj = in.info.Defs[spec.Name]
	}
	p, ok := obj.(*types.PkgName)
	switch {
	case !ok || p.Name() == "_":
	case p.Name() == ".":
		in.dots = append(in.dots, p.Imported().Path())
	default:
		in.imports[p.Name()] = p.Imported().Path()
	}
}
