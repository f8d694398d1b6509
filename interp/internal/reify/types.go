package reify

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/rgo-project/rgo/internal/rtype"
)

// Config is what a Types needs of its surroundings.
type Config struct {
	// Known returns the runtime type of a type that compiled code has. It is called with a lock held: it must not call back.
	Known func(*types.Named) (reflect.Type, bool)

	// Interface returns the runtime type of an unnamed interface that compiled code has, as Known does. It may be nil.
	Interface func(*types.Interface) (reflect.Type, bool)

	// Method returns how a method of a session's type is run. It is called once for each, when the method is first called.
	Method func(*types.Selection) Method
}

// Method runs a method. recv points to a value of the selection's receiver type: to a T, or to a *T that may be nil. The value must be
// copied, not changed. Arguments and results are of the types that the method's runtime type has; where a type was renewed since that was
// made, of the older one, which is the same memory.
type Method func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value

// Types has the runtime types of a session.
type Types struct {
	cfg Config

	mu      sync.Mutex
	memo    typeutil.Map // types.Type → reflect.Type
	reverse map[reflect.Type]types.Type
	methods map[reflect.Type]methodTable
	codes   typeutil.Map // types.Type → map[methodName]code, of the newest runtime type

	batch batch
}

// batch is what one call of Of makes: all of it or nothing.
type batch struct {
	made    []types.Type
	todo    []func() // completes what is declared
	entries []*rtype.Entry
	code    []func() // notes the code of methods
}

// New makes a Types.
func New(cfg Config) *Types {
	return &Types{cfg: cfg, reverse: map[reflect.Type]types.Type{}, methods: map[reflect.Type]methodTable{}}
}

// Error is a type that cannot exist at run time.
type Error struct {
	Type   types.Type
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("no type %v at run time: %s", e.Type, e.Reason) }

// Of returns the runtime type of typ: one for all that are identical. It panics with an *Error if there can be none.
func (t *Types) Of(typ types.Type) (made reflect.Type) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if known := t.lookup(typ); known != nil {
		return known
	}
	defer func() {
		if p := recover(); p != nil {
			t.undo()
			panic(failure(typ, p))
		}
	}()
	made = t.of(typ)
	for len(t.batch.todo) > 0 {
		complete := t.batch.todo[0]
		t.batch.todo = t.batch.todo[1:]
		complete()
	}
	for _, note := range t.batch.code {
		note()
	}
	t.batch = batch{}
	return made
}

// failure is what Of panics with. reflect panics with strings where a type would break its limits: an array too large, a channel of
// large elements.
func failure(typ types.Type, p any) any {
	switch p := p.(type) {
	case *Error, runtime.Error:
		return p
	case error:
		return &Error{typ, p.Error()}
	case string:
		return &Error{typ, p}
	}
	return p
}

func (t *Types) undo() {
	for _, typ := range t.batch.made {
		if rt := t.lookup(typ); rt != nil {
			t.memo.Delete(typ)
			delete(t.reverse, rt)
			delete(t.methods, rt)
			delete(t.methods, reflect.PointerTo(rt))
		}
	}
	for _, e := range t.batch.entries {
		e.Release()
	}
	t.batch = batch{}
}

func (t *Types) lookup(typ types.Type) reflect.Type {
	rt, _ := t.memo.At(types.Unalias(typ)).(reflect.Type)
	return rt
}

// remember makes rt the runtime type of typ.
func (t *Types) remember(typ types.Type, rt reflect.Type) {
	t.batch.made = append(t.batch.made, typ)
	t.memo.Set(typ, rt)
	if _, known := t.reverse[rt]; !known {
		t.reverse[rt] = typ
	}
}

// Reverse returns the type that rt is the runtime type of, if Of has made it or come by it.
func (t *Types) Reverse(rt reflect.Type) (types.Type, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	typ, ok := t.reverse[rt]
	return typ, ok
}

// of is Of within a batch: what it returns may still be incomplete.
func (t *Types) of(typ types.Type) reflect.Type {
	typ = types.Unalias(typ)
	if known := t.lookup(typ); known != nil {
		return known
	}
	if n, ok := typ.(*types.Named); ok {
		return t.named(n) // remembers itself, before it is complete
	}
	rt := t.unnamed(typ)
	t.remember(typ, rt)
	return rt
}
