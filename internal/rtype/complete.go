package rtype

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Field is a field of a struct.
type Field struct {
	Name     string
	PkgPath  string // of an unexported name
	Type     reflect.Type
	Tag      string
	Embedded bool
}

// InterfaceMethod is a method that an interface asks for.
type InterfaceMethod struct {
	Name    string
	PkgPath string       // of an unexported name
	Type    reflect.Type // a func, without receiver
}

// SetFields gives a struct its fields, which must lie as those of its layout do.
func (d *Draft) SetFields(fields []Field) error {
	t := record[structRecord](d.head)
	if len(fields) != len(t.fields) {
		return fmt.Errorf("rtype: %s has %d fields, its layout %d", d.spec.Name, len(fields), len(t.fields))
	}
	final := make([]structField, len(fields))
	pkgPath := ""
	for i, f := range fields {
		typ, like := headerOf(f.Type), t.fields[i]
		if typ.size != like.typ.size || typ.align != like.typ.align || typ.ptrBytes != like.typ.ptrBytes ||
			d.head.equal != nil && typ.equal == nil {
			return fmt.Errorf("rtype: field %s of %s is a %v, which is not like the %v of its layout", f.Name, d.spec.Name, f.Type, like.typ.typ())
		}
		if f.PkgPath != "" && pkgPath == "" {
			pkgPath = f.PkgPath
		}
		final[i] = structField{name{text: f.Name, tag: f.Tag, exported: f.PkgPath == "", embedded: f.Embedded}.encode(), typ, like.offset}
	}
	t.pkgPath, t.fields = encodePkgPath(pkgPath), final
	return nil
}

// SetLike gives a type the elements, key, params or results of an unnamed type of its kind.
func (d *Draft) SetLike(like reflect.Type) error {
	from := headerOf(like)
	if from.kind != d.head.kind || from.size != d.head.size || from.align != d.head.align || from.ptrBytes != d.head.ptrBytes {
		return fmt.Errorf("rtype: %s is declared to be like %v, not like %v", d.spec.Name, d.spec.Layout, like)
	}
	switch like.Kind() {
	case reflect.Array:
		to := record[arrayRecord](d.head)
		to.elem, to.slice, to.len = headerOf(like.Elem()), headerOf(reflect.SliceOf(like.Elem())), uintptr(like.Len())
	case reflect.Chan:
		to := record[chanRecord](d.head)
		to.elem, to.dir = headerOf(like.Elem()), int(like.ChanDir())
	case reflect.Func:
		return d.setParams(like)
	case reflect.Map:
		to := record[mapRecord](d.head)
		head := to.header
		*to = *record[mapRecord](from)
		to.header = head
	case reflect.Pointer:
		record[pointerRecord](d.head).elem = headerOf(like.Elem())
	case reflect.Slice:
		record[sliceRecord](d.head).elem = headerOf(like.Elem())
	}
	return nil
}

func (d *Draft) setParams(like reflect.Type) error {
	if n := like.NumIn() + like.NumOut(); n != len(d.args) {
		return fmt.Errorf("rtype: %s is declared with %d params and results, %v has %d", d.spec.Name, len(d.args), like, n)
	}
	for i := range like.NumIn() {
		d.args[i] = headerOf(like.In(i))
	}
	for i := range like.NumOut() {
		d.args[like.NumIn()+i] = headerOf(like.Out(i))
	}
	from, to := record[funcRecord](headerOf(like)), record[funcRecord](d.head)
	to.in, to.out = from.in, from.out
	return nil
}

// SetInterface gives an interface its methods.
func (d *Draft) SetInterface(methods []InterfaceMethod) {
	sorted := slices.SortedFunc(slices.Values(methods), func(a, b InterfaceMethod) int {
		return CompareNames(a.Name, a.PkgPath, b.Name, b.PkgPath)
	})
	t := record[interfaceRecord](d.head)
	pkgPath := ""
	if d.spec.Defined {
		pkgPath = d.spec.PkgPath
	}
	t.pkgPath = encodePkgPath(pkgPath)
	t.methods = make([]interfaceMethod, len(sorted))
	for i, m := range sorted {
		t.methods[i] = interfaceMethod{methodName(m.Name, m.PkgPath, pkgPath), offsetOfType(headerOf(m.Type))}
	}
}

// methodName gives the runtime the name of a method; an unexported one of another package than its type's carries its own.
func methodName(text, pkgPath, typePkg string) offset {
	n := name{text: text, exported: pkgPath == ""}
	if pkgPath != typePkg {
		n.pkgPath = pkgPath
	}
	return offsetOfName(n)
}

// CompareNames is the order the runtime wants methods in, those of interfaces and those of types: exported ones first, which have no
// package path, then by name and package.
func CompareNames(a, aPkg, b, bPkg string) int {
	return cmp.Or(cmp.Compare(rank(aPkg), rank(bPkg)), strings.Compare(a, b), strings.Compare(aPkg, bPkg))
}

// rank puts exported names first.
func rank(pkgPath string) int {
	if pkgPath == "" {
		return 0
	}
	return 1
}

// Method is a method of a type made here.
type Method struct {
	Name    string
	PkgPath string       // of an unexported name
	Type    reflect.Type // a func, without receiver

	// Word is called with the receiver as the data word of an interface. Func, which reflection calls, has the receiver as its first
	// parameter; it may be Word where that is the same: if the receiver's type is Direct.
	Word, Func *Entry
}

// SetMethods gives the type and the pointer to it their methods: as many as were declared.
func (d *Draft) SetMethods(value, pointer []Method) error {
	if len(value) != len(d.value.methods) || len(pointer) != len(d.pointer.methods) {
		return fmt.Errorf("rtype: %s is declared with %d methods and %d on its pointer, not with %d and %d",
			d.spec.Name, len(d.value.methods), len(d.pointer.methods), len(value), len(pointer))
	}
	d.value.write(value, d.spec.PkgPath)
	d.pointer.write(pointer, d.spec.PkgPath)
	return nil
}

func (t *methodTable) write(methods []Method, typePkg string) {
	if t.uncommon == nil {
		return
	}
	sorted := slices.SortedFunc(slices.Values(methods), func(a, b Method) int { return CompareNames(a.Name, a.PkgPath, b.Name, b.PkgPath) })
	exported := 0
	for i, m := range sorted {
		if m.PkgPath == "" {
			exported++
		}
		t.methods[i] = method{
			name: methodName(m.Name, m.PkgPath, typePkg), mtyp: offsetOfType(headerOf(m.Type)),
			ifn: addReflectOff(m.Word.code()), tfn: addReflectOff(m.Func.code()),
		}
	}
	t.uncommon.mcount, t.uncommon.xcount = uint16(len(sorted)), uint16(exported)
	if len(sorted) > 0 {
		t.uncommon.moff = uint32(uintptr(unsafe.Pointer(&t.methods[0])) - uintptr(unsafe.Pointer(t.uncommon)))
	}
}
