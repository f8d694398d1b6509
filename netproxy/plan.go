package netproxy

import (
	"context"
	"encoding"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/internal/wire"
)

// class says how the values of a type cross.
type class uint8

const (
	classRefused   class = iota // cannot cross at all
	classBool                   // by value: basics
	classInt                    //
	classUint                   //
	classFloat                  //
	classComplex                //
	classString                 //
	classBytes                  // a slice of bytes
	classSlice                  // by value here; whether a slice or a map is shared is decided where it stands alone
	classArray                  //
	classMap                    //
	classStruct                 // field by field: all fields are exported
	classRecord                 // a Record: as the struct that it is a copy of
	classTime                   // time.Time, with its zone
	classBinary                 // by its own MarshalBinary
	classText                   // by its own MarshalText
	classCoded                  // by a codec of ours
	classRebuilt                // by a stand-in: see rebuilt.go
	classInterface              // what is in it crosses, with its type
	classPointer                // shared, or copied where copies are asked for
	classShared                 // by reference: funcs, channels, structs with unexported state
)

// plan is how values of one type cross. It never changes once made.
type plan struct {
	typ     reflect.Type
	class   class
	name    string   // of the type on the wire
	fields  []*field // of a classStruct
	codec   codec    // of a classCoded
	told    bool     // written with its definition: there are structs without names in it, which a name cannot tell
	remote  bool     // an implementation of an interface that stands for a proxy
	special bool     // means something here: an error, a proxy, ...
	snap    snapKind // crosses as a snapshot of what its methods say
	inside  bool     // copied only where this very type is wanted
	copied  bool     // a pointer to what everybody treats as a value, such as *big.Int: copied in every place

	flat   bool    // see flat.go
	parts  []part  // of a flat struct
	size   uintptr // of a variable
	values int     // in a flat one

	methods bool          // a value is wanted for its methods
	basic   bool          // a predeclared type of a basic class
	natural bool          // CBOR itself tells its values apart
	head    string        // what stands in front of a value of a basic type to tell the type
	shape   string        // of a classStruct: the names of its fields, as they are written
	names   []string      // the same
	typed   string        // of a classStruct with a name: what stands in front of one that is the first value of a message with its type
	plain   atomic.Int32  // whether values are plain data: 1, or -1; 0 until that is asked for
	want    atomic.Uint32 // how a result is wanted that will be one, and 1; 0 until that is asked for
}

// field is a field of a struct. It is exported, or the embedded struct of a type that is not, whose own fields are.
type field struct {
	name   string
	index  int
	offset uintptr
	typ    reflect.Type
	its    atomic.Pointer[plan] // made when it is first asked for: types may contain themselves
}

// plan is how the field crosses.
func (f *field) plan() *plan {
	p := f.its.Load()
	if p == nil {
		p = planOf(f.typ)
		f.its.Store(p)
	}
	return p
}

// plans remembers the plan of each type: what is in it is a function of the type alone.
var plans sync.Map // reflect.Type -> *plan

// predeclared are the plans of the predeclared types, by their kinds: no table need be asked for these.
var predeclared [reflect.UnsafePointer + 1]*plan

func init() {
	for k, t := range basicKinds {
		predeclared[k] = planOf(t)
	}
}

func planOf(t reflect.Type) *plan {
	if p := predeclared[t.Kind()]; p != nil && p.typ == t {
		return p
	}
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p, _ := plans.LoadOrStore(t, makePlan(t))
	return p.(*plan)
}

var (
	timeType      = reflect.TypeFor[time.Time]()
	proxyType     = reflect.TypeFor[*Proxy]()
	errorType     = reflect.TypeFor[error]()
	contextType   = reflect.TypeFor[context.Context]()
	resultType    = reflect.TypeFor[*async.Result]()
	objectType    = reflect.TypeFor[*object]()
	recordType    = reflect.TypeFor[Record]()
	sharingType   = reflect.TypeFor[*sharing]()
	copyingType   = reflect.TypeFor[*copying]()
	releasingType = reflect.TypeFor[*releasing]()
	reflectType   = reflect.TypeFor[reflect.Value]()
	anyType       = reflect.TypeFor[any]()

	binaryMarshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
	textMarshaler     = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler   = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func makePlan(t reflect.Type) *plan {
	p := &plan{typ: t, class: classOf(t), name: typeName(t), special: isSpecial(t), remote: isRemote(t)}
	if !p.remote {
		p.snap = snapKindOf(t)
	}
	p.methods = wantsMethods(t)
	p.natural = t == basics[0] || t == basics[1] || t == basics[13] || t == basics[16] || t == basics[17] // bool, int, float64, string, []byte
	if n, ok := basicNumbers[t]; ok && p.class.basic() {
		p.basic = t.PkgPath() == ""
		p.head = string(wire.AppendUint(wire.AppendArray(wire.AppendTag(nil, tagTyped), 2), n))
	}
	p.told = unnamed(t, nil) == unnamedThere
	switch p.class {
	case classStruct:
		for i := range t.NumField() {
			if f := t.Field(i); f.Name != "_" && !withheld(t, f.Index) {
				p.fields = append(p.fields, &field{name: f.Name, index: i, offset: f.Offset, typ: f.Type})
				p.names = append(p.names, f.Name)
			}
		}
		p.shape = string(appendNames(nil, p.names))
		if !p.told {
			p.typed = string(wire.AppendText(wire.AppendArray(wire.AppendTag(nil, tagTyped), 2), p.name))
		}
	case classCoded:
		p.codec = codecOf(t)
	case classPointer:
		_, p.copied = values[t.Elem()]
		if r, ok := rebuilt[t.Elem()]; ok {
			p.copied, p.inside = true, r.inside
		}
	}
	p.layout()
	return p
}

func isSpecial(t reflect.Type) bool {
	switch t {
	case proxyType, resultType, objectType, sharingType, copyingType, releasingType, reflectType:
		return true
	}
	return t.Kind() != reflect.Interface && (isRemote(t) || t.Implements(errorType) || t.Implements(contextType))
}

func classOf(t reflect.Type) class {
	switch t.Kind() {
	case reflect.Bool:
		return classBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return classInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return classUint
	case reflect.Float32, reflect.Float64:
		return classFloat
	case reflect.Complex64, reflect.Complex128:
		return classComplex
	case reflect.String:
		return classString
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return classBytes
		}
		return classSlice
	case reflect.Array:
		return classArray
	case reflect.Map:
		return classMap
	case reflect.Struct:
		return classOfStruct(t)
	case reflect.Interface:
		return classInterface
	case reflect.Pointer:
		return classPointer
	case reflect.Func, reflect.Chan:
		return classShared
	}
	return classRefused
}

func classOfStruct(t reflect.Type) class {
	switch t {
	case timeType:
		return classTime
	case recordType:
		return classRecord
	}
	if _, ok := rebuilt[t]; ok {
		return classRebuilt
	}
	if c, ok := values[t]; ok {
		return c
	}
	pointer := reflect.PointerTo(t)
	switch {
	case pointer.Implements(binaryMarshaler) && pointer.Implements(binaryUnmarshaler) && !promoted(t, "MarshalBinary", binaryMarshaler):
		return classBinary
	case pointer.Implements(textMarshaler) && pointer.Implements(textUnmarshaler) && !promoted(t, "MarshalText", textMarshaler):
		return classText
	}
	for i := range t.NumField() {
		switch f := t.Field(i); {
		case f.IsExported() || f.Name == "_":
		case f.Anonymous && f.Type.Kind() == reflect.Struct && classOfStruct(f.Type) == classStruct:
			// embedded, of a type that is not exported: its fields are
		default:
			return classShared
		}
	}
	return classStruct
}

// promoted says whether a struct has a method only because a field that is embedded in it has: what the method says is not the whole struct.
func promoted(t reflect.Type, name string, by reflect.Type) bool {
	embedded := false
	for i := range t.NumField() {
		f := t.Field(i)
		embedded = embedded || f.Anonymous && (f.Type.Implements(by) || reflect.PointerTo(f.Type).Implements(by))
	}
	if !embedded {
		return false
	}
	m, ok := t.MethodByName(name) // on the value, if it is declared there: a pointer's would be a wrapper anyway
	if !ok {
		m, _ = reflect.PointerTo(t).MethodByName(name)
	}
	pc := m.Func.Pointer()
	f := runtime.FuncForPC(pc)
	if f == nil {
		return false
	}
	file, _ := f.FileLine(pc)
	return file == "<autogenerated>"
}
