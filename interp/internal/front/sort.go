package front

import (
	"go/ast"
	"go/token"
	"maps"
)

// sort finds out what an input declares and what it mentions.
func (in *input) sort() error {
	in.own, in.mentioned, in.beforeDot = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, d := range in.decls {
		in.sortDecl(d)
		in.mentions(d)
	}
	in.shared = map[string]bool{}
	byDecls := maps.Clone(in.mentioned)
	in.nest(in.stmts)
	for _, s := range in.stmts {
		in.mentions(s)
		eachDeclared(s, func(id *ast.Ident) {
			if id.Name == "_" {
				return
			}
			if in.own[id.Name] {
				in.fail(id.Pos(), id.Name+" redeclared in this input")
			}
			in.top = append(in.top, id)
			if byDecls[id.Name] {
				in.shared[id.Name] = true
			}
		})
	}
	return in.errs.err()
}

// sortDecl notes the names that a declaration of the package level declares.
func (in *input) sortDecl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body == nil {
			in.fail(d.Name.Pos(), "missing function body")
		}
		in.funcs = append(in.funcs, d)
		if d.Recv == nil && d.Name.Name != "init" {
			in.own[d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				in.own[spec.Name.Name] = true
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					in.own[id.Name] = true
				}
			}
		}
	}
	delete(in.own, "_")
}

// mentions notes the names that occur in a node.
func (in *input) mentions(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			in.mentioned[n.Name] = true
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok {
				in.beforeDot[id.Name] = true
			}
		}
		return true
	})
}

// eachDeclared calls do with the names that a statement of the top level declares, or may declare.
func eachDeclared(s ast.Stmt, do func(*ast.Ident)) {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		eachDeclared(s.Stmt, do)
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			for _, x := range s.Lhs {
				if id, ok := x.(*ast.Ident); ok {
					do(id)
				}
			}
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
			for _, spec := range d.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					do(id)
				}
			}
		}
	}
}

// nest lets statements declare a name a second time, as if they had been given one input after another: from there on they
// stand in a block of their own. A := that declares something else besides assigns, as it does in Go.
func (in *input) nest(stmts []ast.Stmt) *ast.BlockStmt {
	block := &ast.BlockStmt{Lbrace: in.start(), List: stmts, Rbrace: in.end()}
	in.blocks = append(in.blocks, block)
	seen := map[string]bool{}
	for i, s := range stmts {
		if redeclares(s, seen) {
			block.List = append(stmts[:i:i], in.nest(stmts[i:]))
			break
		}
		eachDeclared(s, func(id *ast.Ident) { seen[id.Name] = id.Name != "_" })
	}
	return block
}

func redeclares(s ast.Stmt, seen map[string]bool) bool {
	old, fresh := 0, 0
	eachDeclared(s, func(id *ast.Ident) {
		switch {
		case seen[id.Name]:
			old++
		case id.Name != "_":
			fresh++
		}
	})
	_, short := s.(*ast.AssignStmt)
	return old > 0 && (fresh == 0 || !short)
}
