package netproxy

import (
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"unsafe"

	"github.com/rgo-project/rgo/internal/wire"
)

// What errors of the standard library are about that is no plain data: types, addresses, places in source files.

func (r *dataReader) typeItself() (any, error) {
	name, err := r.text()
	if err != nil {
		return nil, err
	}
	if t, ok := r.typeCalled(name); ok {
		return t, nil
	}
	return foreignType{reflect.TypeFor[struct{}](), name}, nil
}

// typeCalled returns the type of that name, or one that is nothing but its name, for an error that is about it.
func (r *dataReader) typeCalled(name string) (reflect.Type, bool) {
	if t, ok := r.in.typeNamed(name); ok {
		return t, true
	}
	t, ok := parseType(name, func(name string) (reflect.Type, bool) {
		if t, ok := r.in.typeNamed(name); ok {
			return t, true
		}
		return makeType(&definition{name: name, kind: defStruct})
	})
	return t, ok && t.String() == shortName(name)
}

// foreignType stands for a type where none can be made, in errors that are about types: it has its name, and else is that of an empty struct.
type foreignType struct {
	reflect.Type
	name string
}

func (t foreignType) String() string { return shortName(t.name) }

func (r *dataReader) addr() (any, error) {
	pair, err := r.texts(2)
	if err == nil && len(pair) != 2 {
		err = fail(ErrMalformed, "the address in an error")
	}
	if err != nil {
		return nil, err
	}
	return foreignAddr{pair[0], pair[1]}, nil
}

// foreignAddr is an address of a type that is not known here.
type foreignAddr struct{ network, address string }

func (a foreignAddr) Network() string { return a.network }
func (a foreignAddr) String() string  { return a.address }

// position writes an error of the type checker with the place that it is about, which is all that its FileSet is to it.
func (w *dataWriter) position(x types.Error) error {
	var at token.Position
	if x.Fset != nil {
		at = x.Fset.Position(x.Pos)
	}
	w.e.buf = wire.AppendArray(w.e.buf, 6)
	w.text(at.Filename)
	for _, n := range []int{at.Offset, at.Line, at.Column} {
		w.e.buf = wire.AppendInt(w.e.buf, int64(n))
	}
	w.text(x.Msg)
	w.e.buf = wire.AppendBool(w.e.buf, x.Soft)
	return nil
}

// assertion writes a failed type assertion: the names of the types that its first fields point to, and of the missing method.
func (w *dataWriter) assertion(v reflect.Value) error {
	if !assertionFits {
		return fail(ErrUnsupported, "a failed type assertion of this Go release")
	}
	w.e.buf = wire.AppendArray(w.e.buf, 4)
	for i := range 3 {
		name := ""
		if p := fieldAt(v, i).UnsafePointer(); p != nil {
			name = typeName(typeAt(p))
		}
		w.text(name)
	}
	w.text(fieldAt(v, 3).String())
	return nil
}

// position makes an error of the type checker, with a FileSet that has for it the place that it is about.
func (r *dataReader) position(v reflect.Value) error {
	if err := r.tuple(6); err != nil {
		return err
	}
	name, err := r.text()
	if err != nil {
		return err
	}
	var at [3]int64
	for i := range at {
		if at[i], err = r.r.Int(); err != nil {
			return err
		}
		if at[i] < 0 || at[i] > 1<<30 {
			return fail(ErrMalformed, "a place in a file")
		}
	}
	var x types.Error
	if x.Msg, err = r.text(); err != nil {
		return err
	}
	if x.Soft, err = r.r.Bool(); err != nil {
		return err
	}
	x.Fset = token.NewFileSet()
	if at[1] > 0 { // a place at all
		f := x.Fset.AddFile(name, -1, int(at[0])+1)
		x.Pos = f.Pos(int(at[0]))
		f.AddLineColumnInfo(int(at[0]), name, int(at[1]), int(at[2]))
	}
	v.Set(reflect.ValueOf(x))
	return nil
}

// assertionFits says whether runtime.TypeAssertionError is as it is expected to be.
var assertionFits = func() bool {
	t := reflect.TypeFor[runtime.TypeAssertionError]()
	if t.NumField() != 4 || t.Field(3).Type.Kind() != reflect.String {
		return false
	}
	for i := range 3 {
		if t.Field(i).Type.Kind() != reflect.Pointer || t.Field(i).Type.Elem().Name() != "Type" {
			return false
		}
	}
	return true
}()

// typeWords are the two words of a reflect.Type: what it implements the interface by, and the runtime's record of the type.
type typeWords struct{ table, record unsafe.Pointer }

func typeAt(record unsafe.Pointer) reflect.Type {
	t := reflect.TypeFor[int]()
	(*typeWords)(unsafe.Pointer(&t)).record = record
	return t
}

// assertion makes a failed type assertion.
func (r *dataReader) assertion(v reflect.Value) error {
	parts, err := r.texts(4)
	if err != nil {
		return err
	}
	if len(parts) != 4 || !assertionFits {
		return fail(ErrMalformed, "a failed type assertion")
	}
	for i, name := range parts[:3] {
		if name == "" {
			continue
		}
		t, ok := r.typeCalled(name)
		if !ok {
			return fail(ErrUnsupported, "no type %s is known here", name)
		}
		*(*unsafe.Pointer)(fieldAt(v, i).Addr().UnsafePointer()) = (*typeWords)(unsafe.Pointer(&t)).record
	}
	fieldAt(v, 3).SetString(parts[3])
	return nil
}
