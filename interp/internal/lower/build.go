package lower

import (
	"go/ast"
	"go/token"
	"strconv"
)

// The builders of new nodes. Each takes the position that errors and stack frames in the new node are to show.

func ident(pos token.Pos, name string) *ast.Ident { return &ast.Ident{NamePos: pos, Name: name} }

func selector(pos token.Pos, pkg, name string) ast.Expr {
	return &ast.SelectorExpr{X: ident(pos, pkg), Sel: ident(pos, name)}
}

func number(pos token.Pos, n int) ast.Expr {
	return &ast.BasicLit{ValuePos: pos, Kind: token.INT, Value: strconv.Itoa(n)}
}

func call(fun ast.Expr, args ...ast.Expr) *ast.CallExpr {
	return &ast.CallExpr{Fun: fun, Lparen: fun.Pos(), Args: args, Rparen: fun.Pos()}
}

func do(x ast.Expr) ast.Stmt { return &ast.ExprStmt{X: x} }

func assign(pos token.Pos, tok token.Token, lhs, rhs []ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: lhs, TokPos: pos, Tok: tok, Rhs: rhs}
}

func set(lhs, rhs ast.Expr) ast.Stmt {
	return assign(lhs.Pos(), token.ASSIGN, []ast.Expr{lhs}, []ast.Expr{rhs})
}

func define(name string, x ast.Expr) ast.Stmt {
	return assign(x.Pos(), token.DEFINE, []ast.Expr{ident(x.Pos(), name)}, []ast.Expr{x})
}

func block(pos token.Pos, list ...ast.Stmt) *ast.BlockStmt {
	return &ast.BlockStmt{Lbrace: pos, List: list, Rbrace: pos}
}

func when(cond ast.Expr, list ...ast.Stmt) *ast.IfStmt {
	return &ast.IfStmt{If: cond.Pos(), Cond: cond, Body: block(cond.Pos(), list...)}
}

func ret(pos token.Pos, xs ...ast.Expr) ast.Stmt { return &ast.ReturnStmt{Return: pos, Results: xs} }

func param(name string, t ast.Expr) *ast.Field {
	return &ast.Field{Names: []*ast.Ident{ident(t.Pos(), name)}, Type: t}
}

func funcType(pos token.Pos, params, results []*ast.Field) *ast.FuncType {
	t := &ast.FuncType{Func: pos, Params: &ast.FieldList{Opening: pos, List: params, Closing: pos}}
	if len(results) > 0 {
		t.Results = &ast.FieldList{Opening: pos, List: results, Closing: pos}
	}
	return t
}

func funcLit(t *ast.FuncType, list ...ast.Stmt) *ast.FuncLit {
	return &ast.FuncLit{Type: t, Body: block(t.Func, list...)}
}

func varDecl(pos token.Pos, name string, t ast.Expr) *ast.GenDecl {
	return genDecl(pos, token.VAR, &ast.ValueSpec{Names: []*ast.Ident{ident(pos, name)}, Type: t})
}

func genDecl(pos token.Pos, tok token.Token, spec ast.Spec) *ast.GenDecl {
	return &ast.GenDecl{TokPos: pos, Tok: tok, Specs: []ast.Spec{spec}}
}

func importDecl(pos token.Pos, name, path string) *ast.GenDecl {
	return genDecl(pos, token.IMPORT, &ast.ImportSpec{
		Name: ident(pos, name), Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(path)},
	})
}
