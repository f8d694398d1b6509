package check

import (
	"go/types"
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/interp/symbols"
)

var basics = map[reflect.Kind]types.BasicKind{
	reflect.Bool: types.Bool, reflect.String: types.String, reflect.UnsafePointer: types.UnsafePointer,
	reflect.Int: types.Int, reflect.Int8: types.Int8, reflect.Int16: types.Int16, reflect.Int32: types.Int32, reflect.Int64: types.Int64,
	reflect.Uint: types.Uint, reflect.Uint8: types.Uint8, reflect.Uint16: types.Uint16, reflect.Uint32: types.Uint32, reflect.Uint64: types.Uint64,
	reflect.Uintptr: types.Uintptr, reflect.Float32: types.Float32, reflect.Float64: types.Float64,
	reflect.Complex64: types.Complex64, reflect.Complex128: types.Complex128,
}

var chanDirs = map[reflect.ChanDir]types.ChanDir{
	reflect.BothDir: types.SendRecv, reflect.RecvDir: types.RecvOnly, reflect.SendDir: types.SendOnly,
}

// maker makes types as one package spells them: reflection does not tell a byte from a uint8, nor a rune from an int32, and
// messages should.
type maker struct {
	*Importer
	spelling
}

// spelling is what a package calls the two types that have two names each.
type spelling struct{ uint8, int32 types.Type }

// spelled is an unnamed type, as it is spelled.
type spelled struct {
	reflect.Type
	spelling
}

// in makes types as the package at path spells them.
func (m *Importer) in(path string) maker {
	uint8Name, int32Name := symbols.Spelling(path)
	return maker{m, spelling{types.Universe.Lookup(uint8Name).Type(), types.Universe.Lookup(int32Name).Type()}}
}

// typ makes the type of anything.
func (m maker) typ(t reflect.Type) types.Type {
	if known, ok := m.memo[t]; ok {
		return known
	}
	if t.Name() == "" || t.PkgPath() == "" {
		known, ok := m.unnamed[spelled{t, m.spelling}]
		if !ok {
			known = m.underlying(t, nil)
			m.unnamed[spelled{t, m.spelling}] = known
		}
		return known
	}
	if inst := m.instance(t); inst != nil {
		m.memo[t] = inst
		m.instances.Set(inst, t)
		return inst
	}
	return m.in(t.PkgPath()).declared(t)
}

// declared makes a named type, as its own package spells it.
func (m maker) declared(t reflect.Type) types.Type {
	pkg := m.pkg(t.PkgPath())
	obj := types.NewTypeName(0, pkg, t.Name(), nil)
	n := types.NewNamed(obj, nil, nil)
	m.memo[t] = n // before what it is made of: types are recursive
	m.named[obj] = t
	if !strings.Contains(t.Name(), "[") {
		pkg.Scope().Insert(obj) // a type local to a func may find its name taken: nobody can name it anyway
	}
	n.SetUnderlying(m.underlying(t, n))
	if t.Kind() != reflect.Interface {
		m.methods(n, t)
	}
	m.seal(n, t)
	return n
}

// methods gives a named type the exported methods that it declares. Those of embedded fields count as its own where it is not
// known whose they are.
func (m maker) methods(n *types.Named, t reflect.Type) {
	pt := reflect.PointerTo(t)
	for i := range pt.NumMethod() {
		method := pt.Method(i)
		if embeds(t, method.Name) && symbols.Promotes(t.PkgPath(), t.Name(), method.Name) {
			continue
		}
		_, onValue := t.MethodByName(method.Name)
		n.AddMethod(m.method(n, method.Name, onValue, m.signature(method.Type, 1, nil)))
	}
}

// embeds reports whether a struct has an embedded field with a method of that name.
func embeds(t reflect.Type, method string) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous {
			continue
		}
		if f.Type.Kind() != reflect.Interface && f.Type.Kind() != reflect.Pointer {
			f.Type = reflect.PointerTo(f.Type)
		}
		if _, ok := f.Type.MethodByName(method); ok {
			return true
		}
	}
	return false
}

// method makes a method of a named type, on its values or on pointers to them.
func (m maker) method(n *types.Named, name string, onValue bool, sig *types.Signature) *types.Func {
	var recv types.Type = n
	if !onValue {
		recv = types.NewPointer(n)
	}
	pkg := n.Obj().Pkg()
	return types.NewFunc(0, pkg, name,
		types.NewSignatureType(types.NewVar(0, pkg, "", recv), nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
}

// signature makes a func's signature, without its first skip parameters.
func (m maker) signature(t reflect.Type, skip int, recv *types.Var) *types.Signature {
	var in, out []*types.Var
	for i := skip; i < t.NumIn(); i++ {
		in = append(in, types.NewParam(0, nil, "", m.typ(t.In(i))))
	}
	for i := range t.NumOut() {
		out = append(out, types.NewParam(0, nil, "", m.typ(t.Out(i))))
	}
	return types.NewSignatureType(recv, nil, nil, types.NewTuple(in...), types.NewTuple(out...), t.IsVariadic())
}

// underlying makes the type that t is without its name. of is the named type that it is made for, nil if there is none.
func (m maker) underlying(t reflect.Type, of *types.Named) types.Type {
	switch {
	case of == nil && t.Kind() == reflect.Uint8:
		return m.uint8
	case of == nil && t.Kind() == reflect.Int32:
		return m.int32
	}
	if b, ok := basics[t.Kind()]; ok {
		return types.Typ[b]
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(m.typ(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(m.typ(t.Elem()))
	case reflect.Array:
		return types.NewArray(m.typ(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(m.typ(t.Key()), m.typ(t.Elem()))
	case reflect.Chan:
		return types.NewChan(chanDirs[t.ChanDir()], m.typ(t.Elem()))
	case reflect.Func:
		return m.signature(t, 0, nil)
	case reflect.Struct:
		return m.structure(t, of)
	case reflect.Interface:
		return m.iface(t, of)
	}
	return types.Typ[types.Invalid]
}

func (m maker) structure(t reflect.Type, of *types.Named) types.Type {
	var fields []*types.Var
	var tags []string
	for i := range t.NumField() {
		f := t.Field(i)
		fields = append(fields, types.NewField(0, m.owner(f.PkgPath, of), f.Name, m.typ(f.Type), f.Anonymous))
		tags = append(tags, string(f.Tag))
	}
	return types.NewStruct(fields, tags)
}

func (m maker) iface(t reflect.Type, of *types.Named) types.Type {
	var methods []*types.Func
	for i := range t.NumMethod() {
		method := t.Method(i)
		pkg := m.owner(method.PkgPath, of)
		var recv *types.Var
		if of != nil {
			recv = types.NewVar(0, pkg, "", of)
		}
		methods = append(methods, types.NewFunc(0, pkg, method.Name, m.signature(method.Type, 0, recv)))
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

// owner is the package of a field or method: of an unexported name the one that reflection tells, of an exported one that of the
// type it is declared in, if it has a name.
func (m maker) owner(path string, of *types.Named) *types.Package {
	switch {
	case path != "":
		return m.pkg(path)
	case of != nil:
		return of.Obj().Pkg()
	}
	return nil
}
