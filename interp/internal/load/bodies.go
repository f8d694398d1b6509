package load

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"path"
	"slices"
	"strings"
)

// Some packages that many others import have funcs in assembly, or take them from the library by linkname, and offer no Go in their place. For these
// there is Go in _bodies, by import path: whole files, of which the funcs are taken that a package declares without a body.
//
//go:embed _bodies
var given embed.FS

// bodies gives funcs without a body one, and refuses those that there is none for. It returns the names of funcs that have one.
func (l *loader) bodies(p *Package) map[string]bool {
	more := l.given(p)
	named, wanted := map[string]bool{}, map[string]bool{}
	for _, f := range p.Files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := fn.Name.Name
			switch {
			case fn.Body != nil:
				named[name] = true
			case fn.Recv == nil && declares(more, name):
				named[name], wanted[name] = true, true
				forward(fn, name+suffix)
			case name == "_":
			case len(p.assembly) > 0:
				l.wrong(p, fn.Name.Pos(), "missing function body: assembly (%s) cannot be interpreted", strings.Join(p.assembly, ", "))
			default:
				l.wrong(p, fn.Name.Pos(), "missing function body")
			}
		}
	}
	if len(wanted) > 0 {
		p.Files = append(p.Files, only(more, wanted))
	}
	return named
}

// suffix tells the given funcs from those that forward to them.
const suffix = "·given"

// forward has a func call another one with its parameters.
func forward(fn *ast.FuncDecl, to string) {
	at := fn.Name.Pos()
	call := &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: to}, Lparen: at, Rparen: at}
	for i, field := range fn.Type.Params.List {
		if field.Names == nil {
			field.Names = []*ast.Ident{{NamePos: at, Name: fmt.Sprintf("p·%d", i)}}
		}
		for _, name := range field.Names {
			call.Args = append(call.Args, &ast.Ident{NamePos: at, Name: name.Name})
		}
	}
	fn.Body = &ast.BlockStmt{Lbrace: at, Rbrace: at, List: []ast.Stmt{&ast.ReturnStmt{Return: at, Results: []ast.Expr{call}}}}
}

// only takes all other funcs out of a file, and calls those that stay given ones.
func only(f *ast.File, wanted map[string]bool) *ast.File {
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && !wanted[fn.Name.Name]
	})
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			fn.Name.Name += suffix
		}
	}
	return f
}

// given is the file that there is for a package, nil if there is none.
func (l *loader) given(p *Package) *ast.File {
	name := path.Join("_bodies", p.Path+".go")
	text, err := given.ReadFile(name)
	if err != nil {
		return nil
	}
	f, err := parser.ParseFile(l.g.Fset, "rgo/"+name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	return f
}

func declares(f *ast.File, name string) bool {
	return f != nil && slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Name.Name == name
	})
}
