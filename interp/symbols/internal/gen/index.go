package main

import (
	"bytes"
	"fmt"
	"go/types"
	"os"
	"runtime"
	"strings"
)

// entry is a package as the index shows it: with what its values do not tell.
type entry struct {
	path, name   string
	generic      []string
	runes        []string
	overrides    []string
	uint8, int32 string
}

func newEntry(pkg *types.Package) entry {
	e := entry{path: pkg.Path(), name: pkg.Name(), overrides: overrides(pkg)}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		if isGeneric(obj) {
			e.generic = append(e.generic, name)
		}
		if _, isConst := obj.(*types.Const); isConst && obj.Type() == types.Typ[types.UntypedRune] {
			e.runes = append(e.runes, name)
		}
	}
	e.uint8, e.int32 = spelling(pkg)
	return e
}

// isGeneric reports whether no table can hold a name, since a generic func or type has no value before it is instantiated, and a
// constraint is no type of values.
func isGeneric(obj types.Object) bool {
	switch t := obj.Type().(type) {
	case *types.Signature:
		return t.TypeParams().Len() > 0
	case *types.Named:
		if _, isType := obj.(*types.TypeName); !isType {
			return false
		}
		iface, _ := t.Underlying().(*types.Interface)
		return t.TypeParams().Len() > 0 || iface != nil && !iface.IsMethodSet()
	}
	return false
}

func writeIndex(index []entry) error {
	var b bytes.Buffer
	b.WriteString(header() + "package symbols\n\n")
	fmt.Fprintf(&b, "// Release is the Go release that the tables show.\nconst Release = %q\n\n", runtime.Version())
	b.WriteString("var std = map[string]*entry{\n")
	for _, e := range index {
		fmt.Fprintf(&b, "%q: newEntry(%q, %s)", e.path, e.name, tableFunc(e.path))
		if len(e.generic) > 0 {
			fmt.Fprintf(&b, ".lacking(%s)", quoted(e.generic))
		}
		if len(e.runes) > 0 {
			fmt.Fprintf(&b, ".withRunes(%s)", quoted(e.runes))
		}
		if len(e.overrides) > 0 {
			fmt.Fprintf(&b, ".overriding(%s)", quoted(e.overrides))
		}
		if e.uint8 != "byte" || e.int32 != "int32" {
			fmt.Fprintf(&b, ".spelling(%q, %q)", e.uint8, e.int32)
		}
		b.WriteString(",\n")
	}
	b.WriteString("}\n")
	text, err := formatted(b.Bytes())
	if err != nil {
		return err
	}
	return os.WriteFile("std.go", text, 0o644)
}

func quoted(names []string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", name)
	}
	return b.String()
}
