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

// printsItself reports whether source is a call of one of fmt's printing functions.
func printsItself(source string) bool {
	x, err := parser.ParseExpr(source)
	if err != nil {
		return false
	}
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := f.X.(*ast.Ident)
	return ok && pkg.Name == "fmt" && (strings.HasPrefix(f.Sel.Name, "Print") || strings.HasPrefix(f.Sel.Name, "Fprint"))
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
