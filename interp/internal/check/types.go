package check

import (
	"go/types"
	"reflect"
	"strings"
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

// Type returns the checker's type for one of reflect's.
func (m *Importer) Type(t reflect.Type) types.Type {
	if known, ok := m.memo[t]; ok {
		return known
	}
	if t.Name() != "" && t.PkgPath() != "" {
		return m.named(t)
	}
	made := m.underlying(t)
	m.memo[t] = made
	return made
}

func (m *Importer) named(t reflect.Type) types.Type {
	pkg := m.pkg(t.PkgPath())
	obj := types.NewTypeName(0, pkg, t.Name(), nil)
	n := types.NewNamed(obj, nil, nil)
	m.memo[t] = n // before what it is made of: types are recursive
	if !strings.Contains(t.Name(), "[") {
		pkg.Scope().Insert(obj) // a type local to a func may find its name taken: nobody can name it anyway
	}
	n.SetUnderlying(m.underlying(t))
	if t.Kind() == reflect.Interface {
		return n
	}
	pt := reflect.PointerTo(t)
	for i := range pt.NumMethod() {
		method := pt.Method(i)
		var recv types.Type = n
		if _, onValue := t.MethodByName(method.Name); !onValue {
			recv = types.NewPointer(n)
		}
		sig := m.signature(method.Type, 1)
		sig = types.NewSignatureType(types.NewVar(0, pkg, "", recv), nil, nil, sig.Params(), sig.Results(), sig.Variadic())
		n.AddMethod(types.NewFunc(0, pkg, method.Name, sig))
	}
	return n
}

// signature makes a func's signature, without its first skip parameters.
func (m *Importer) signature(t reflect.Type, skip int) *types.Signature {
	var in, out []*types.Var
	for i := skip; i < t.NumIn(); i++ {
		in = append(in, types.NewParam(0, nil, "", m.Type(t.In(i))))
	}
	for i := range t.NumOut() {
		out = append(out, types.NewParam(0, nil, "", m.Type(t.Out(i))))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(in...), types.NewTuple(out...), t.IsVariadic())
}

func (m *Importer) underlying(t reflect.Type) types.Type {
	if b, ok := basics[t.Kind()]; ok {
		return types.Typ[b]
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(m.Type(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(m.Type(t.Elem()))
	case reflect.Array:
		return types.NewArray(m.Type(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(m.Type(t.Key()), m.Type(t.Elem()))
	case reflect.Chan:
		return types.NewChan(chanDirs[t.ChanDir()], m.Type(t.Elem()))
	case reflect.Func:
		return m.signature(t, 0)
	case reflect.Struct:
		return m.structure(t)
	case reflect.Interface:
		return m.iface(t)
	}
	return types.Typ[types.Invalid]
}

func (m *Importer) structure(t reflect.Type) types.Type {
	var fields []*types.Var
	var tags []string
	for i := range t.NumField() {
		f := t.Field(i)
		fields = append(fields, types.NewField(0, m.owner(f.PkgPath), f.Name, m.Type(f.Type), f.Anonymous))
		tags = append(tags, string(f.Tag))
	}
	return types.NewStruct(fields, tags)
}

func (m *Importer) iface(t reflect.Type) types.Type {
	var methods []*types.Func
	for i := range t.NumMethod() {
		method := t.Method(i)
		methods = append(methods, types.NewFunc(0, m.owner(method.PkgPath), method.Name, m.signature(method.Type, 0)))
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

// owner is the package of an unexported name; exported ones have none.
func (m *Importer) owner(path string) *types.Package {
	if path == "" {
		return nil
	}
	return m.pkg(path)
}
