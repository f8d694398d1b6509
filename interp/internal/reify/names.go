package reify

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
)

// typeName writes a defined type as the compiler does for reflection: the name of its package, and type arguments with their paths.
func typeName(n *types.Named) string {
	name := n.Obj().Name() + typeArgs(n)
	if pkg := n.Obj().Pkg(); pkg != nil {
		return pkg.Name() + "." + name
	}
	return name
}

func typeArgs(n *types.Named) string {
	if n.TypeArgs().Len() == 0 {
		return ""
	}
	args := make([]string, n.TypeArgs().Len())
	for i := range args {
		args[i] = linkName(n.TypeArgs().At(i))
	}
	return "[" + strings.Join(args, ",") + "]"
}

// linkName writes a type as a type argument in another type's name. It is how the linker tells types apart: packages are paths, also
// of unexported fields and methods, and types that are local to a func have a number.
func linkName(typ types.Type) string {
	switch typ := types.Unalias(typ).(type) {
	case *types.Basic:
		if typ.Kind() == types.UnsafePointer {
			return "unsafe.Pointer"
		}
		return types.Typ[typ.Kind()].Name() // not byte, nor rune
	case *types.Named:
		name := typ.Obj().Name() + typeArgs(typ)
		if n := localNumber(typ.Obj()); n > 0 {
			name += fmt.Sprintf("·%d", n)
		}
		return qualified(typ.Obj().Pkg(), name)
	case *types.Pointer:
		return "*" + linkName(typ.Elem())
	case *types.Slice:
		return "[]" + linkName(typ.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", typ.Len(), linkName(typ.Elem()))
	case *types.Map:
		return "map[" + linkName(typ.Key()) + "]" + linkName(typ.Elem())
	case *types.Chan:
		return chanName(typ)
	case *types.Signature:
		return "func" + signatureName(typ)
	case *types.Struct:
		return structLinkName(typ)
	case *types.Interface:
		return interfaceLinkName(typ)
	}
	panic(&Error{typ, "it is no type argument"})
}

func qualified(pkg *types.Package, name string) string {
	if pkg == nil {
		return name
	}
	return escapePath(pkg.Path()) + "." + name
}

// escapePath writes a package's path as the linker does: a dot in its last element would end it.
func escapePath(path string) string {
	var b strings.Builder
	slash := strings.LastIndexByte(path, '/')
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c == '.' && i > slash || c == '%' || c == '"' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func chanName(typ *types.Chan) string {
	elem := linkName(typ.Elem())
	switch typ.Dir() {
	case types.SendOnly:
		return "chan<- " + elem
	case types.RecvOnly:
		return "<-chan " + elem
	}
	if strings.HasPrefix(elem, "<") {
		elem = "(" + elem + ")"
	}
	return "chan " + elem
}

func signatureName(sig *types.Signature) string {
	results := ""
	switch sig.Results().Len() {
	case 0:
	case 1:
		results = " " + linkName(sig.Results().At(0).Type())
	default:
		results = " " + tupleName(sig.Results(), false)
	}
	return tupleName(sig.Params(), sig.Variadic()) + results
}

func tupleName(vars *types.Tuple, variadic bool) string {
	parts := make([]string, vars.Len())
	for i := range parts {
		typ := vars.At(i).Type()
		if variadic && i == len(parts)-1 {
			parts[i] = "..." + linkName(typ.(*types.Slice).Elem())
		} else {
			parts[i] = linkName(typ)
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func structLinkName(typ *types.Struct) string {
	parts := make([]string, typ.NumFields())
	for i := range parts {
		f := typ.Field(i)
		name := f.Name()
		if !f.Exported() {
			name = qualified(f.Pkg(), name)
		}
		switch {
		case !f.Embedded():
			name += " "
		case namedLike(f):
			name = ""
		default:
			name += " = "
		}
		parts[i] = " " + name + linkName(f.Type())
		if tag := typ.Tag(i); tag != "" {
			parts[i] += fmt.Sprintf(" %q", tag)
		}
	}
	return braces("struct", parts)
}

// namedLike reports whether an embedded field's name is the whole name of its type: no alias, not predeclared, no instance, not local.
func namedLike(f *types.Var) bool {
	typ := types.Unalias(f.Type())
	if p, ok := typ.(*types.Pointer); ok {
		typ = types.Unalias(p.Elem())
	}
	n, ok := typ.(*types.Named)
	if !ok || n.TypeArgs().Len() > 0 || n.Obj().Name() != f.Name() || localNumber(n.Obj()) > 0 {
		return false
	}
	return f.Exported() || n.Obj().Pkg() == f.Pkg()
}

func interfaceLinkName(typ *types.Interface) string {
	parts := make([]string, typ.NumMethods())
	for i, m := range sortedMethods(typ) {
		name := m.Name()
		if !m.Exported() {
			name = qualified(m.Pkg(), name)
		}
		parts[i] = " " + name + signatureName(m.Signature())
	}
	return braces("interface", parts)
}

func braces(keyword string, parts []string) string {
	if len(parts) == 0 {
		return keyword + " {}"
	}
	return keyword + " {" + strings.Join(parts, ";") + " }"
}

// localNumber numbers the types that are declared in funcs of a package, in the order of the source; it is 0 for others.
func localNumber(obj *types.TypeName) int {
	if obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() || !obj.Pos().IsValid() {
		return 0
	}
	n := 0
	for file := range obj.Pkg().Scope().Children() {
		for decl := range file.Children() {
			n += typesBefore(decl, obj.Pos())
		}
	}
	return n
}

func typesBefore(scope *types.Scope, pos token.Pos) int {
	n := 0
	for _, name := range scope.Names() {
		if obj, ok := scope.Lookup(name).(*types.TypeName); ok && obj.Pos() <= pos && !obj.IsAlias() && !isParam(obj) {
			n++
		}
	}
	for child := range scope.Children() {
		n += typesBefore(child, pos)
	}
	return n
}

func isParam(obj *types.TypeName) bool {
	_, ok := obj.Type().(*types.TypeParam)
	return ok
}
