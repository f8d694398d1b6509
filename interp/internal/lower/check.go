package lower

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/rgo-project/rgo/interp/symbols"
)

// checked is what the checker found out about an input.
type checked struct {
	info *types.Info
	pkg  *types.Package
}

// view says what of the session a check is to see beside the input's own declarations.
type view struct {
	hide  map[string]bool // names that the input declares anew
	extra []ast.Decl
	body  []ast.Stmt
}

// check runs the type checker over the session's declarations, the input's, and its statements as the body of a func.
func (f *Front) check(in *input, v view) (*checked, ErrorList) {
	file := &ast.File{Name: ident(in.pos, mainPath), Package: in.pos}
	paths := map[string]bool{}
	var decls []ast.Decl
	nodes := append(in.nodes(), nodesOf(v.extra)...)
	for _, name := range f.dynamics.names() { // an assertion asks for each of them
		nodes = append(nodes, ident(in.pos, name))
	}
	for _, obj := range f.reachable(nodes) {
		for _, d := range obj.decls {
			if !v.hide[declared(d)] {
				decls = append(decls, d)
				for p := range obj.packages {
					paths[p] = true
				}
			}
		}
	}
	for p := range in.packages {
		paths[p] = true
	}
	for p := range paths {
		file.Decls = append(file.Decls, importDecl(in.pos, packageIdent(p), p))
	}
	for name, path := range f.scope.imports {
		if !v.hide[name] && in.imports[name] == "" {
			file.Decls = append(file.Decls, importDecl(in.pos, name, path))
		}
	}
	for name, path := range in.imports {
		if !slices.Contains(in.importDecls, name) && in.hoisted[name] == nil { // found by itself
			file.Decls = append(file.Decls, importDecl(in.pos, name, path))
		}
	}
	file.Decls = append(file.Decls, in.importSpecs...)
	file.Decls = append(file.Decls, decls...)
	file.Decls = append(file.Decls, v.extra...)
	if v.body != nil {
		file.Decls = append(file.Decls, &ast.FuncDecl{Name: ident(in.pos, "_"), Type: funcType(in.pos, nil, nil), Body: block(in.pos, v.body...)})
	}
	return f.runChecker(in, file)
}

// reachable lists the objects whose names the nodes mention, and those that these mention in turn: a check is to cost what the input uses,
// not what the session has.
func (f *Front) reachable(nodes []ast.Node) []*object {
	byName := map[string]*object{}
	for _, obj := range f.scope.order {
		byName[obj.engine] = obj
	}
	for name, obj := range f.scope.current {
		byName[name] = obj
	}
	wanted := map[*object]bool{}
	var want func(ast.Node)
	want = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			if obj := byName[id.Name]; obj != nil && !wanted[obj] {
				wanted[obj] = true
				for _, d := range obj.decls {
					want(d)
				}
			}
			return true
		})
	}
	for _, n := range nodes {
		want(n)
	}
	var list []*object
	for _, obj := range f.scope.order {
		if wanted[obj] {
			list = append(list, obj)
		}
	}
	return list
}

func nodesOf(decls []ast.Decl) []ast.Node {
	nodes := make([]ast.Node, len(decls))
	for i, d := range decls {
		nodes[i] = d
	}
	return nodes
}

// declared is the name that a declaration for the checker declares; that of a method has its type's before it.
func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			base, _ := receiver(d)
			return base + "." + d.Name.Name
		}
		return d.Name.Name
	case *ast.GenDecl:
		switch spec := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return spec.Name.Name
		case *ast.ValueSpec:
			return spec.Names[0].Name
		}
	}
	return ""
}

func (f *Front) runChecker(in *input, file *ast.File) (*checked, ErrorList) {
	c := &checked{info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{},
	}}
	var list ErrorList
	conf := types.Config{Importer: f.importer, Error: func(err error) {
		var e types.Error
		if errors.As(err, &e) && !forgiven(e) {
			list = append(list, &Error{Pos: f.fset.Position(e.Pos), Msg: f.message(in, e.Msg)})
		}
	}}
	// The error is the first of those that the func above has had.
	c.pkg, _ = conf.Check(mainPath, f.fset, []*ast.File{file}, c.info)
	return c, list
}

// forgiven are the errors that a compiler makes of what a person at a prompt is free to do, or that come of how inputs are checked.
func forgiven(e types.Error) bool {
	for _, text := range []string{"declared and not used", "no new variables on left side", "missing function body"} {
		if e.Soft && strings.Contains(e.Msg, text) {
			return true
		}
	}
	if e.Soft && strings.Contains(e.Msg, " imported ") && strings.HasSuffix(e.Msg, "and not used") {
		return true
	}
	return strings.HasPrefix(e.Msg, "missing function body") || e.Msg == "func init must have a body" ||
		strings.HasPrefix(e.Msg, "\t") // the rest of a message that had several lines
}

// message puts a checker's message into the user's words.
func (f *Front) message(in *input, msg string) string {
	msg = strings.ReplaceAll(Plain(msg), "main.", "")
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		if pkg, sel, ok := strings.Cut(name, "."); ok {
			path := in.imports[pkg]
			if path == "" {
				path = f.scope.imports[pkg]
			}
			if slices.Contains(symbols.Generic(path), sel) {
				return fmt.Sprintf("%s is generic, and generic names of compiled packages cannot be used in a session yet", name)
			}
		}
	}
	return msg
}

// unresolved lists the names before a dot that stand for nothing.
func unresolved(c *checked, nodes []ast.Node) map[string]token.Pos {
	found := map[string]token.Pos{}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if id, ok := sel.X.(*ast.Ident); ok && c.info.Uses[id] == nil && c.info.Defs[id] == nil {
				if _, seen := found[id.Name]; !seen {
					found[id.Name] = id.Pos()
				}
			}
			return true
		})
	}
	return found
}
