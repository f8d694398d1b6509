package check_test

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/rgo-project/rgo/interp/symbols"
)

// library imports the standard library as the compiler sees it, from its own export data.
type library struct {
	files map[string]string // of export data, by import path
	pkgs  map[string]*types.Package
	fset  *token.FileSet
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-f", "{{.ImportPath}} {{.Export}}", "std").Output()
	if err != nil {
		t.Skipf("no export data to compare with: %v", err)
	}
	l := &library{map[string]string{}, map[string]*types.Package{}, token.NewFileSet()}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		l.files[path] = file
	}
	return l
}

func (l *library) load(t *testing.T, path string) *types.Package {
	t.Helper()
	data, err := os.ReadFile(l.files[path])
	if err != nil {
		t.Skipf("no export data to compare with: %v", err)
	}
	//lint:ignore SA1019 what go list shows is an archive
	r, err := gcexportdata.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := gcexportdata.Read(r, l.fset, l.pkgs, path)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// TestLibrary compares all packages with what the compiler knows of them: names, types, constants, fields, methods, sizes, and
// which types implement which interfaces.
func TestLibrary(t *testing.T) {
	lib := newLibrary(t)
	imp := importer()
	for _, path := range symbols.Std() {
		if path == "syscall" && runtime.GOOS+runtime.GOARCH != "linuxamd64" {
			continue
		}
		got, err := imp.Import(path)
		if err != nil {
			t.Error(err)
			continue
		}
		want := lib.load(t, path)
		c := comparison{t: t, seen: map[[2]types.Type]bool{}}
		for _, name := range want.Scope().Names() {
			if token.IsExported(name) {
				c.object(path+"."+name, got.Scope().Lookup(name), want.Scope().Lookup(name))
			}
		}
		for _, name := range got.Scope().Names() {
			if token.IsExported(name) && want.Scope().Lookup(name) == nil {
				t.Errorf("%s.%s is not in the library", path, name)
			}
		}
		if got.Name() != want.Name() {
			t.Errorf("%s is called %s, not %s", path, got.Name(), want.Name())
		}
		c.implementations(got, want)
	}
}

type comparison struct {
	t    *testing.T
	seen map[[2]types.Type]bool
}

func (c comparison) object(where string, got, want types.Object) {
	if got == nil {
		c.t.Errorf("%s is lost", where)
		return
	}
	if reflect.TypeOf(got) != reflect.TypeOf(want) {
		c.t.Errorf("%s is a %T, not a %T", where, got, want)
		return
	}
	c.same(where, got.Type(), want.Type())
	switch want := want.(type) {
	case *types.Const:
		if v := got.(*types.Const).Val(); v.ExactString() != want.Val().ExactString() || v.Kind() != want.Val().Kind() {
			c.t.Errorf("%s is %s, not %s", where, v.ExactString(), want.Val().ExactString())
		}
	case *types.TypeName:
		got := got.(*types.TypeName)
		if got.IsAlias() != want.IsAlias() {
			c.t.Errorf("%s is an alias: %v, not %v", where, got.IsAlias(), want.IsAlias())
		}
		if named, ok := want.Type().(*types.Named); ok {
			c.named(where, types.Unalias(got.Type()).(*types.Named), named)
		}
	}
}

// named compares two types of one name: what they are made of, and their methods.
func (c comparison) named(where string, got, want *types.Named) {
	if c.seen[[2]types.Type{got, want}] {
		return
	}
	c.seen[[2]types.Type{got, want}] = true
	c.parameters(where, got.TypeParams(), want.TypeParams())
	c.same(where, got.Underlying(), want.Underlying())
	if want.TypeParams().Len() > 0 {
		for i := range want.NumMethods() {
			if m := want.Method(i); m.Exported() {
				c.method(where+"."+m.Name(), got, m.Name(), m.Type())
			}
		}
		return
	}
	if g, w := sizes.Sizeof(got), sizes.Sizeof(want); g != w {
		c.t.Errorf("%s is of %d bytes, not %d", where, g, w)
	}
	for _, ptr := range []bool{false, true} {
		g, w := methods(got, ptr), methods(want, ptr)
		for name, m := range w {
			if g[name] == nil {
				c.t.Errorf("%s.%s is lost (pointer: %v)", where, name, ptr)
				continue
			}
			c.same(where+"."+name, g[name].Type(), m.Type())
			if got, want := len(g[name].Index()) > 1, len(m.Index()) > 1; got != want {
				c.t.Errorf("%s.%s is of an embedded field: %v (pointer: %v)", where, name, got, ptr)
			}
		}
		for name := range g {
			if w[name] == nil {
				c.t.Errorf("%s.%s is not in the library (pointer: %v)", where, name, ptr)
			}
		}
	}
}

var sizes = types.SizesFor("gc", runtime.GOARCH)

// methods lists the exported methods of a type, or of pointers to it.
func methods(t types.Type, ptr bool) map[string]*types.Selection {
	if ptr {
		t = types.NewPointer(t)
	}
	found := map[string]*types.Selection{}
	for m := range types.NewMethodSet(t).Methods() {
		if m.Obj().Exported() {
			found[m.Obj().Name()] = m
		}
	}
	return found
}

func (c comparison) method(where string, got *types.Named, name string, want types.Type) {
	for i := range got.NumMethods() {
		if m := got.Method(i); m.Name() == name {
			c.same(where, m.Type(), want)
			return
		}
	}
	c.t.Errorf("%s is lost", where)
}

func (c comparison) parameters(where string, got, want *types.TypeParamList) {
	if got.Len() != want.Len() {
		c.t.Errorf("%s has %d type parameters, not %d", where, got.Len(), want.Len())
		return
	}
	for i := range want.Len() {
		if g, w := got.At(i).Obj().Name(), want.At(i).Obj().Name(); g != w {
			c.t.Errorf("%s has a type parameter %s, not %s", where, g, w)
		}
		c.same(where, got.At(i).Constraint(), want.At(i).Constraint())
	}
}

// same compares what two types look like, with all names of packages and without names of parameters.
func (c comparison) same(where string, got, want types.Type) {
	if g, w := look(got), look(want); g != w {
		c.t.Errorf("%s is\n\t%s, not\n\t%s", where, g, w)
	}
	if g, ok := got.(*types.Signature); ok {
		c.parameters(where, g.TypeParams(), want.(*types.Signature).TypeParams())
	}
	c.reached(where, got, want)
}

// reached goes on to the types that no name is exported of, but that exported names have values of.
func (c comparison) reached(where string, got, want types.Type) {
	switch want := types.Unalias(want).(type) {
	case *types.Named:
		if got, ok := types.Unalias(got).(*types.Named); ok && !want.Obj().Exported() && want.Obj().Pkg() != nil {
			c.named(where+"("+want.Obj().Name()+")", got, want)
		}
	case *types.Pointer:
		if got, ok := got.(*types.Pointer); ok {
			c.reached(where, got.Elem(), want.Elem())
		}
	case *types.Signature:
		if got, ok := got.(*types.Signature); ok && got.Results().Len() == want.Results().Len() {
			for i := range want.Results().Len() {
				c.reached(where, got.Results().At(i).Type(), want.Results().At(i).Type())
			}
		}
	case *types.Struct:
		if got, ok := got.(*types.Struct); ok && got.NumFields() == want.NumFields() {
			for i := range want.NumFields() {
				if f := want.Field(i); f.Exported() || f.Embedded() {
					c.reached(where+"."+f.Name(), got.Field(i).Type(), f.Type())
				}
			}
		}
	}
}

func look(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return types.Typ[t.Kind()].Name() // byte and rune are other names of uint8 and int32
	case *types.Named:
		return named(t)
	case *types.Pointer:
		return "*" + look(t.Elem())
	case *types.Slice:
		return "[]" + look(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), look(t.Elem()))
	case *types.Map:
		return "map[" + look(t.Key()) + "]" + look(t.Elem())
	case *types.Chan:
		return fmt.Sprintf("chan%d %s", t.Dir(), look(t.Elem()))
	case *types.Signature:
		return fmt.Sprintf("func%s%s variadic=%v", look(t.Params()), look(t.Results()), t.Variadic())
	case *types.Tuple:
		var b strings.Builder
		for v := range t.Variables() {
			fmt.Fprintf(&b, "%s, ", look(v.Type()))
		}
		return "(" + b.String() + ")"
	case *types.Struct:
		return structure(t)
	case *types.Interface:
		return iface(t)
	case *types.Union:
		var b strings.Builder
		for term := range t.Terms() {
			fmt.Fprintf(&b, "%v%s|", term.Tilde(), look(term.Type()))
		}
		return b.String()
	}
	return t.String()
}

func named(t *types.Named) string {
	name := t.Obj().Name()
	if t.Obj().Pkg() != nil {
		name = t.Obj().Pkg().Path() + "." + name
	}
	if t.TypeArgs().Len() == 0 {
		return name
	}
	var args []string
	for arg := range t.TypeArgs().Types() {
		args = append(args, look(arg))
	}
	return name + "[" + strings.Join(args, ",") + "]"
}

func structure(t *types.Struct) string {
	var b strings.Builder
	for i := range t.NumFields() {
		f := t.Field(i)
		name := f.Name()
		if !f.Exported() {
			name = f.Pkg().Path() + "." + name
		}
		fmt.Fprintf(&b, "%s %v %s %q; ", name, f.Embedded(), look(f.Type()), t.Tag(i))
	}
	return "struct{" + b.String() + "}"
}

func iface(t *types.Interface) string {
	var b strings.Builder
	for m := range t.Methods() {
		name := m.Name()
		if !m.Exported() {
			name = m.Pkg().Path() + "." + name
		}
		fmt.Fprintf(&b, "%s%s; ", name, look(m.Type()))
	}
	if !t.IsMethodSet() {
		for e := range t.EmbeddedTypes() {
			fmt.Fprintf(&b, "%s; ", look(e))
		}
	}
	if t.Empty() {
		return "interface {}"
	}
	return fmt.Sprintf("interface{%scomparable=%v}", b.String(), t.IsComparable())
}

// implementations compares which of a package's types implement which of its interfaces.
func (c comparison) implementations(got, want *types.Package) {
	for _, iname := range want.Scope().Names() {
		w, ok := declared(want, iname)
		if !ok || !types.IsInterface(w) {
			continue
		}
		g, _ := declared(got, iname)
		for _, tname := range want.Scope().Names() {
			wt, ok := declared(want, tname)
			if !ok {
				continue
			}
			gt, _ := declared(got, tname)
			for _, ptr := range []bool{false, true} {
				if implements(gt, g, ptr) != implements(wt, w, ptr) {
					c.t.Errorf("%s.%s implements %s: %v (pointer: %v)", want.Path(), tname, iname, !implements(wt, w, ptr), ptr)
				}
			}
		}
	}
}

func declared(pkg *types.Package, name string) (*types.Named, bool) {
	obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok || !obj.Exported() {
		return nil, false
	}
	n, ok := types.Unalias(obj.Type()).(*types.Named)
	return n, ok && n.TypeParams().Len() == 0
}

func implements(t, iface types.Type, ptr bool) bool {
	if ptr {
		t = types.NewPointer(t)
	}
	return types.Implements(t, iface.Underlying().(*types.Interface))
}
