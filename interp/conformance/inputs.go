package conformance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Inputs cuts a program into what somebody gives to a prompt, piece by piece: the imports, each declaration behind those that it needs (those that
// need one another at once), and main's statements one by one. Where the statements belong together (labels, defer, return, or a name that
// means something else in the declarations), main is declared and called.
func Inputs(source string) ([]string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	cut := func(from, to token.Pos) string {
		return source[fset.Position(from).Offset:fset.Position(to).Offset]
	}
	var inputs []string
	var decls []*declaration
	var body *ast.BlockStmt
	var mainText string
	for _, d := range file.Decls {
		text := cut(d.Pos(), d.End())
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
			inputs = append(inputs, text)
			continue
		}
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
			switch f.Name.Name {
			case "main":
				body, mainText = f.Body, text
				continue
			case "init":
				return nil, fmt.Errorf("an init is a file's, not a prompt's")
			}
		}
		decls = append(decls, newDeclaration(d, text))
	}
	if body == nil {
		return nil, fmt.Errorf("no main")
	}
	for _, together := range ordered(decls) {
		inputs = append(inputs, strings.Join(together, "\n\n"))
	}
	if belongTogether(body, decls) {
		return append(inputs, mainText, "main()"), nil
	}
	for _, s := range body.List {
		inputs = append(inputs, cut(s.Pos(), s.End()))
	}
	return inputs, nil
}

// belongTogether reports whether statements mean something else when each is given for itself.
func belongTogether(body *ast.BlockStmt, decls []*declaration) bool {
	names := map[string]bool{}
	for _, d := range decls {
		for _, n := range d.names {
			names[n] = true
		}
	}
	together := false
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.LabeledStmt:
			together = true
		case *ast.AssignStmt:
			for _, l := range s.Lhs {
				id, ok := l.(*ast.Ident)
				together = together || ok && s.Tok == token.DEFINE && names[id.Name]
			}
		case *ast.DeclStmt:
			together = together || slices.ContainsFunc(newDeclaration(s.Decl, "").names, func(n string) bool { return names[n] })
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.DeferStmt:
			together = true
		case *ast.BranchStmt:
			together = together || n.Tok == token.GOTO
		}
		return true
	})
	return together
}

// declaration is a declaration of a program's top level, with the names that it declares and those that it mentions.
type declaration struct {
	text     string
	names    []string // for a method, its name behind a point
	receiver string   // the type of a method
	mentions map[string]bool

	// of ordered
	index, low int
	onStack    bool
}

func newDeclaration(d ast.Decl, text string) *declaration {
	decl := &declaration{text: text, mentions: map[string]bool{}}
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			decl.receiver, name = receiver(d.Recv.List[0].Type), "."+name
		}
		decl.names = append(decl.names, name)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				decl.names = append(decl.names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					decl.names = append(decl.names, n.Name)
				}
			}
		}
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			decl.mentions[n.Name] = true
		case *ast.SelectorExpr:
			decl.mentions["."+n.Sel.Name] = true
		}
		return true
	})
	return decl
}

func receiver(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// needs reports whether d can only stand behind other. A type needs nothing of its methods, but who mentions a type, other than its methods, needs all of them: its values may become interfaces.
func (d *declaration) needs(other *declaration) bool {
	if other.receiver != "" && d.mentions[other.receiver] && d.receiver != other.receiver && !slices.Contains(d.names, other.receiver) {
		return true
	}
	return slices.ContainsFunc(other.names, func(n string) bool { return d.mentions[n] })
}

// ordered puts every declaration behind those that it needs, and those that need one another together (Tarjan's strongly connected components).
func ordered(decls []*declaration) [][]string {
	var out [][]string
	var stack []*declaration
	counter := 0
	var visit func(d *declaration)
	visit = func(d *declaration) {
		counter++
		d.index, d.low, d.onStack = counter, counter, true
		stack = append(stack, d)
		for _, o := range decls {
			switch {
			case o == d || !d.needs(o):
			case o.index == 0:
				visit(o)
				d.low = min(d.low, o.low)
			case o.onStack:
				d.low = min(d.low, o.index)
			}
		}
		if d.low != d.index {
			return
		}
		at := slices.Index(stack, d)
		var together []string
		for _, o := range decls { // in the order of the program
			if i := slices.Index(stack, o); i >= at {
				together = append(together, o.text)
			}
		}
		for _, o := range stack[at:] {
			o.onStack = false
		}
		stack = stack[:at]
		out = append(out, together)
	}
	for _, d := range decls {
		if d.index == 0 {
			visit(d)
		}
	}
	return out
}
