package lower

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// hidden is the tag of fields that packages of Go must not see. The engine can only make structs whose fields are all exported: it spells the unexported ones Xname,
// and encoding/json would print and set them.
const hidden = `json:"-" xml:"-"`

// hideFields puts the tag on the unexported fields of all struct types in file. Embedded ones are left, for their own fields may be exported.
func hideFields(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		t, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		var list []*ast.Field
		for _, field := range t.Fields.List {
			list = append(list, hide(field)...)
		}
		t.Fields.List = list
		return true
	})
}

// hide returns field with the tag, if it needs it; names that differ in that, as in "a, B int", become fields of their own.
func hide(field *ast.Field) []*ast.Field {
	var list []*ast.Field
	for _, name := range field.Names {
		one := *field
		one.Names = []*ast.Ident{name}
		if !name.IsExported() {
			one.Tag = hiddenTag(field)
		}
		list = append(list, &one)
	}
	if len(list) == 0 {
		return []*ast.Field{field}
	}
	return list
}

func hiddenTag(field *ast.Field) *ast.BasicLit {
	own := ""
	if field.Tag != nil {
		own, _ = strconv.Unquote(field.Tag.Value) // the parser has seen to it that it is a string
	}
	if !strings.HasPrefix(own, hidden) {
		own = strings.TrimSpace(hidden + " " + own)
	}
	return &ast.BasicLit{ValuePos: field.Pos(), Kind: token.STRING, Value: quote(own)}
}

// quote writes a tag the way people do.
func quote(tag string) string {
	if strconv.CanBackquote(tag) {
		return "`" + tag + "`"
	}
	return strconv.Quote(tag)
}
