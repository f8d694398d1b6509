package rtype

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// release is the Go release whose records these are.
const release = "Go 1.26"

// Supported reports why no types can be made in this process: on this platform, or with the Go release it was built with.
func Supported() error { return supported() }

var supported = sync.OnceValue(func() error {
	if !haveEntries {
		return fmt.Errorf("rtype: types with methods cannot be made on %s/%s, only on amd64 and arm64", runtime.GOOS, runtime.GOARCH)
	}
	for _, check := range []func() error{checkEntries, checkRecords, checkNames, checkLive} {
		if err := check(); err != nil {
			return fmt.Errorf("rtype: types of %s are not made as %s makes them: %w", runtime.Version(), release, err)
		}
	}
	return nil
})

// One compiled type of each kind of record, all with one method.
type (
	sampleBasic  int
	sampleArray  [3]*int
	sampleChan   chan<- *int
	sampleFunc   func(*int, ...string) error
	sampleMap    map[string]*int
	sampleSlice  []*int
	sampleStruct struct {
		A *int
		//lint:ignore U1000 read by reflection
		b string `tag:"b"`
		//lint:ignore U1000 read by reflection
		sampleBasic
	}
	sampleInterface interface{ Sample() }
)

func (sampleBasic) Sample()  {}
func (sampleArray) Sample()  {}
func (sampleChan) Sample()   {}
func (sampleFunc) Sample()   {}
func (sampleMap) Sample()    {}
func (sampleSlice) Sample()  {}
func (sampleStruct) Sample() {}

var samples = []reflect.Type{
	reflect.TypeFor[sampleBasic](), reflect.TypeFor[sampleArray](), reflect.TypeFor[sampleChan](), reflect.TypeFor[sampleFunc](),
	reflect.TypeFor[sampleMap](), reflect.TypeFor[sampleSlice](), reflect.TypeFor[sampleStruct](), reflect.TypeFor[*sampleStruct](),
}

// checkRecords reads the records of compiled types and compares them with what reflect says of them.
func checkRecords() error {
	for _, t := range samples {
		if err := checkHeader(t); err != nil {
			return err
		}
		after := unsafe.Add(Word(t), recordOf(t.Kind()).Size())
		if u := (*uncommon)(after); u.mcount != 1 || u.xcount != 1 || uintptr(u.moff) < unsafe.Sizeof(*u) {
			return fmt.Errorf("the record of a %v has another size", t.Kind())
		}
	}
	if err := checkHeader(reflect.TypeFor[sampleInterface]()); err != nil {
		return err
	}
	return checkParts()
}

func checkHeader(t reflect.Type) error {
	h := headerOf(t)
	direct := false
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func:
		direct = true
	}
	switch {
	case h.size != t.Size(), int(h.align) != t.Align(), int(h.fieldAlign) != t.FieldAlign(), h.kind != uint8(t.Kind()):
	case (h.equal != nil) != t.Comparable(), (h.flags&isNamed != 0) != (t.Name() != ""), h.flags&hasUncommon == 0:
	case Direct(t) != direct, h.ptrBytes%word != 0, h.ptrBytes > h.size, h.gcdata == nil && h.ptrBytes > 0:
	default:
		return nil
	}
	return fmt.Errorf("the record of a %v reads otherwise", t.Kind())
}

// checkParts compares what records say of elements, fields, params and methods.
func checkParts() error {
	array := record[arrayRecord](headerOf(reflect.TypeFor[sampleArray]()))
	channel := record[chanRecord](headerOf(reflect.TypeFor[sampleChan]()))
	function := record[funcRecord](headerOf(reflect.TypeFor[sampleFunc]()))
	mapping := record[mapRecord](headerOf(reflect.TypeFor[sampleMap]()))
	slice := record[sliceRecord](headerOf(reflect.TypeFor[sampleSlice]()))
	structure := record[structRecord](headerOf(reflect.TypeFor[sampleStruct]()))
	pointer := record[pointerRecord](headerOf(reflect.TypeFor[*sampleStruct]()))
	iface := record[interfaceRecord](headerOf(reflect.TypeFor[sampleInterface]()))
	params := unsafe.Slice((**header)(unsafe.Add(unsafe.Pointer(function), unsafe.Sizeof(*function)+unsafe.Sizeof(uncommon{}))), 3)
	elem := headerOf(reflect.TypeFor[*int]())
	switch {
	case array.elem != elem, array.slice != headerOf(reflect.TypeFor[[]*int]()), array.len != 3:
	case channel.elem != elem, channel.dir != int(reflect.SendDir):
	case function.in != 2, function.out != 1|1<<15, params[0] != elem, params[2] != headerOf(reflect.TypeFor[error]()):
	case mapping.key != headerOf(reflect.TypeFor[string]()), mapping.elem != elem, mapping.hasher == nil:
	case mapping.group == nil, mapping.groupSize != mapping.group.size:
	case slice.elem != elem, pointer.elem != &structure.header:
	case len(iface.methods) != 1, len(structure.fields) != 3:
	default:
		return checkFields(structure, reflect.TypeFor[sampleStruct]())
	}
	return errors.New("the records of elements, params and methods read otherwise")
}

func checkFields(r *structRecord, t reflect.Type) error {
	for i, f := range r.fields {
		want := t.Field(i)
		if decode(f.name) != want.Name || f.typ.typ() != want.Type || f.offset != want.Offset {
			return errors.New("the fields of a struct read otherwise")
		}
	}
	if decode(r.pkgPath) != t.PkgPath() {
		return errors.New("the package of a struct reads otherwise")
	}
	return nil
}

// checkNames compares names as they are written here with those of compiled fields.
func checkNames() error {
	fields := record[structRecord](headerOf(reflect.TypeFor[sampleStruct]())).fields
	for i, n := range []name{{text: "A", exported: true}, {text: "b", tag: `tag:"b"`}, {text: "sampleBasic", embedded: true}} {
		size := 2 + len(n.text)
		if n.tag != "" {
			size += 1 + len(n.tag)
		}
		if unsafe.String(n.encode(), size) != unsafe.String(fields[i].name, size) {
			return fmt.Errorf("the name of a field %q is written otherwise", n.text)
		}
	}
	return nil
}

// checkLive makes a type with a method and uses it.
func checkLive() error {
	const answer = "made at run time"
	i, ok := takeEntry()
	if !ok {
		return ErrPool
	}
	e := &Entry{i}
	fn := reflect.ValueOf(func(unsafe.Pointer) string { return answer }).Interface()
	slots[i] = (*words)(unsafe.Pointer(&fn)).data

	d := declare(Spec{
		Name: "rtype.live", PkgPath: reflect.TypeFor[Spec]().PkgPath(), Defined: true, Layout: reflect.TypeFor[struct{ A, B *int }](), Methods: 1, PtrMethods: 1,
	})
	pointer := reflect.TypeFor[*int]()
	if err := d.SetFields([]Field{{Name: "A", Type: pointer}, {Name: "b", PkgPath: "p", Type: pointer}}); err != nil {
		return err
	}
	m := []Method{{Name: "String", Type: reflect.TypeFor[func() string](), Word: e, Func: e}}
	if err := d.SetMethods(m, m); err != nil {
		return err
	}
	t := d.Type()
	v, isStringer := reflect.New(t).Elem().Interface().(fmt.Stringer)
	switch {
	case t.String() != "rtype.live", t.Name() != "live", t.PkgPath() != d.spec.PkgPath, t.NumField() != 2, t.Field(1).PkgPath != "p":
	case t.NumMethod() != 1, t.Method(0).Name != "String", reflect.PointerTo(t).NumMethod() != 1, !isStringer:
	case strings.Compare(v.String(), answer) != 0:
	default:
		return nil
	}
	return errors.New("a type made as a trial is not what it should be")
}
