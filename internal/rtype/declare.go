package rtype

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Spec says what is known of a type before the types it is made of exist.
type Spec struct {
	Name    string // as %T prints it: with its package if the type is defined, all of it if not
	PkgPath string
	Defined bool

	// Layout is a type of the same kind and memory, which may be compared where the new type may. Of what may not exist yet, the place
	// is taken by a type that looks the same: any pointer for a pointer, any map for a map. An interface's layout has methods if it has.
	Layout reflect.Type

	Params     int // of a func: its params and results
	Methods    int // in the method set of the type
	PtrMethods int // in the method set of a pointer to it
}

// Draft is a type on its way: declared, not yet complete. No values of it may be made.
type Draft struct {
	spec Spec
	head *header
	args []*header // of a func

	value, pointer methodTable
}

// methodTable is where the methods of a type are written.
type methodTable struct {
	uncommon *uncommon
	methods  []method
}

// types holds all types made here: interface values point to them unseen by the collector.
var types struct {
	sync.Mutex
	all []unsafe.Pointer
}

var declared atomic.Uint32 // so that types of one name have different hashes

// Declare makes a type that has all of Spec, but neither fields, elements nor methods.
func Declare(spec Spec) (*Draft, error) {
	if err := Supported(); err != nil {
		return nil, err
	}
	return declare(spec), nil
}

func declare(spec Spec) *Draft {
	d := &Draft{spec: spec}
	layout := headerOf(spec.Layout)
	size := recordOf(spec.Layout.Kind()).Size()
	d.head, d.value, d.args = newRecord(spec.Layout.Kind(), spec.Defined || spec.Methods > 0, spec.Params, spec.Methods)
	typedmemmove(Word(recordOf(spec.Layout.Kind())), unsafe.Pointer(d.head), unsafe.Pointer(layout))
	d.head.flags &^= hasUncommon | extraStar | isNamed
	if spec.Defined {
		d.head.flags |= isNamed
	}
	d.head.str = offsetOfName(name{text: spec.Name})
	d.head.hash = newHash(spec.Name)
	d.head.ptrToThis = 0
	d.head.equal = d.equality(layout.equal)
	if spec.Layout.Kind() == reflect.Func {
		record[funcRecord](d.head).in, record[funcRecord](d.head).out = 0, 0
	}
	d.value.describe(d.head, size, spec.PkgPath)
	if spec.PtrMethods > 0 {
		d.declarePointer()
	}
	return d
}

// declarePointer makes the type *T that has T's methods. Without one, reflect makes *T when it is wanted.
func (d *Draft) declarePointer() {
	h, table, _ := newRecord(reflect.Pointer, true, 0, d.spec.PtrMethods)
	p := record[pointerRecord](h)
	*p = *record[pointerRecord](headerOf(reflect.TypeFor[*unsafe.Pointer]()))
	p.flags &^= hasUncommon | extraStar | isNamed
	p.str = offsetOfName(name{text: "*" + d.spec.Name})
	p.hash = newHash("*" + d.spec.Name)
	p.ptrToThis = 0
	p.elem = d.head
	d.pointer = table
	d.pointer.describe(h, unsafe.Sizeof(*p), d.spec.PkgPath)
	d.head.ptrToThis = offsetOfType(h)
}

// newRecord makes the memory of a type: its kind's record and, as they are needed, the uncommon record, params and methods.
func newRecord(kind reflect.Kind, withUncommon bool, params, methods int) (*header, methodTable, []*header) {
	fields := []reflect.StructField{{Name: "Record", Type: recordOf(kind)}}
	add := func(name string, t reflect.Type) int {
		fields = append(fields, reflect.StructField{Name: name, Type: t})
		return len(fields) - 1
	}
	uncommonAt, paramsAt, methodsAt := 0, 0, 0
	if withUncommon {
		uncommonAt = add("Uncommon", reflect.TypeFor[uncommon]())
	}
	if params > 0 {
		paramsAt = add("Params", reflect.ArrayOf(params, reflect.TypeFor[*header]()))
	}
	if methods > 0 {
		methodsAt = add("Methods", reflect.ArrayOf(methods, reflect.TypeFor[method]()))
	}
	layout := reflect.StructOf(fields)
	p := New(layout)
	types.Lock()
	types.all = append(types.all, p)
	types.Unlock()

	var table methodTable
	if withUncommon {
		table.uncommon = (*uncommon)(unsafe.Add(p, layout.Field(uncommonAt).Offset))
	}
	if methods > 0 {
		table.methods = unsafe.Slice((*method)(unsafe.Add(p, layout.Field(methodsAt).Offset)), methods)
	}
	var args []*header
	if params > 0 {
		args = unsafe.Slice((**header)(unsafe.Add(p, layout.Field(paramsAt).Offset)), params)
	}
	return (*header)(p), table, args
}

// describe fills in the uncommon record, which says where the methods are. As long as none is written, the type has none.
func (t *methodTable) describe(h *header, recordSize uintptr, pkgPath string) {
	if t.uncommon == nil {
		return
	}
	if unsafe.Pointer(t.uncommon) != unsafe.Add(unsafe.Pointer(h), recordSize) {
		panic(fmt.Sprintf("rtype: the uncommon record of a %v is not behind its record", h.typ().Kind()))
	}
	h.flags |= hasUncommon
	if pkgPath != "" {
		t.uncommon.pkgPath = offsetOfName(name{text: pkgPath})
	}
}

func newHash(text string) uint32 {
	h := fnv.New32()
	_, _ = h.Write([]byte(text))
	return h.Sum32() ^ declared.Add(1)*0x9e3779b1
}

// Type is the type. Other types may be made of it at once.
func (d *Draft) Type() reflect.Type { return d.head.typ() }
