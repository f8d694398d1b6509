package netproxy

import (
	"context"
	"encoding"
	"math/big"
	"net/url"
	"reflect"
	"sync"
	"time"

	"github.com/rgo-project/rgo/async"
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
	classInterface              // what is in it crosses, with its type
	classPointer                // shared, or copied where copies are asked for
	classShared                 // by reference: funcs, channels, structs with unexported state
)

// plan is how values of one type cross. It never changes once made.
type plan struct {
	typ     reflect.Type
	class   class
	name    string  // of the type on the wire
	fields  []field // of a classStruct
	special bool    // means something here: an error, a proxy, ...
	copied  bool    // a pointer to what everybody treats as a value, such as *big.Int: copied in every place
}

type field struct {
	name  string
	index int
}

// plans remembers the plan of each type: what is in it is a function of the type alone.
var plans sync.Map // reflect.Type -> *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p, _ := plans.LoadOrStore(t, makePlan(t))
	return p.(*plan)
}

var (
	timeType    = reflect.TypeFor[time.Time]()
	proxyType   = reflect.TypeFor[*Proxy]()
	errorType   = reflect.TypeFor[error]()
	contextType = reflect.TypeFor[context.Context]()
	resultType  = reflect.TypeFor[*async.Result]()
	objectType  = reflect.TypeFor[*object]()
	recordType  = reflect.TypeFor[Record]()
	sharingType = reflect.TypeFor[*sharing]()
	copyingType = reflect.TypeFor[*copying]()
	reflectType = reflect.TypeFor[reflect.Value]()
	anyType     = reflect.TypeFor[any]()

	binaryMarshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
	textMarshaler     = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler   = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// values are types whose state is unexported and whose pointers everybody hands around as if they were values.
var values = map[reflect.Type]class{
	reflect.TypeFor[big.Int]():   classText,
	reflect.TypeFor[big.Rat]():   classText,
	reflect.TypeFor[big.Float](): classText,
	reflect.TypeFor[url.URL]():   classBinary,
}

func makePlan(t reflect.Type) *plan {
	p := &plan{typ: t, class: classOf(t), name: typeName(t), special: isSpecial(t)}
	switch p.class {
	case classStruct:
		for i := range t.NumField() {
			if f := t.Field(i); f.Name != "_" {
				p.fields = append(p.fields, field{f.Name, i})
			}
		}
	case classPointer:
		_, p.copied = values[t.Elem()]
	}
	return p
}

func isSpecial(t reflect.Type) bool {
	switch t {
	case proxyType, resultType, objectType, sharingType, copyingType, reflectType:
		return true
	}
	return t.Kind() != reflect.Interface && (t.Implements(errorType) || t.Implements(contextType))
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
	if c, ok := values[t]; ok {
		return c
	}
	pointer := reflect.PointerTo(t)
	switch {
	case t.Implements(binaryMarshaler) && pointer.Implements(binaryUnmarshaler):
		return classBinary
	case t.Implements(textMarshaler) && pointer.Implements(textUnmarshaler):
		return classText
	}
	for i := range t.NumField() {
		if f := t.Field(i); !f.IsExported() && f.Name != "_" {
			return classShared
		}
	}
	return classStruct
}
