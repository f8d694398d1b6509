package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"io"
	"strings"
)

// show prints the values of an input, each with its type.
func show(w io.Writer, st style, source string, values []shown) {
	if len(values) == 2 && values[1].text == "nil" && printsItself(source) {
		return // nobody asks how many bytes fmt.Println wrote
	}
	for _, v := range values {
		fmt.Fprintln(w, v.text, st.dim(v.kind))
	}
}

// printsItself reports whether the last statement of source is a call of one of fmt's printing functions, or writes to a standard stream.
func printsItself(source string) bool {
	call, ok := lastExpr(source).(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch x := f.X.(type) {
	case *ast.Ident:
		return x.Name == "fmt" && (strings.HasPrefix(f.Sel.Name, "Print") || strings.HasPrefix(f.Sel.Name, "Fprint"))
	case *ast.SelectorExpr:
		pkg, ok := x.X.(*ast.Ident)
		return ok && pkg.Name == "os" && strings.HasPrefix(x.Sel.Name, "Std") && strings.HasPrefix(f.Sel.Name, "Write")
	}
	return false
}

// lastExpr is the expression that source, which is known to be right, ends in; nil if it finds none.
func lastExpr(source string) ast.Expr {
	source = strings.TrimRight(source, "; \t\r\n")
	for end := len(source); end > 0; {
		end = strings.LastIndexAny(source[:end], ";\n")
		if x, err := parser.ParseExpr(source[end+1:]); err == nil {
			return x
		}
	}
	return nil
}

// column is a writer to the terminal that knows whether the last line was ended.
type column struct {
	w    io.Writer
	open bool
}

func (c *column) Write(b []byte) (int, error) {
	if len(b) > 0 {
		c.open = b[len(b)-1] != '\n'
	}
	return c.w.Write(b)
}
