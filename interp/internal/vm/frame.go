package vm

import (
	"reflect"
	"unsafe"
)

// frame is the activation of a function: a typed heap object that begins with this header and goes on with a slot for each constant and each
// value of the function, in their natural layout. The collector knows it by Func.layout.
type frame struct {
	th     *thread
	fn     *Func
	caller *frame   // of interpreted code, nil at the bottom of a thread
	defers *pending // deferred calls, last first
	panics *unwinding
	reason *frame // the panicking frame that runs this one as a deferred call: what recover asks
	pos    int32  // index into Func.lines of what is being done, for stacks
	depth  int32  // of calls, here
	done   bool   // it has returned
}

// A slot is the place of a value in its frame: an offset in bytes.
type slot uintptr

// at returns the place of a slot as a pointer to its type.
func at[T any](fr *frame, s slot) *T { return (*T)(unsafe.Add(unsafe.Pointer(fr), s)) }

// addr returns the place of a slot.
func addr(fr *frame, s slot) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(fr), s) }

// value views a slot as a reflect.Value, which can be set.
func value(fr *frame, s slot, t reflect.Type) reflect.Value {
	return reflect.NewAt(t, addr(fr, s)).Elem()
}

// op is one compiled instruction.
type op func(fr *frame)

// string, slice and interface values in memory.
type (
	stringHeader struct {
		data unsafe.Pointer
		len  int
	}
	sliceHeader struct {
		data     unsafe.Pointer
		len, cap int
	}
	// ifaceHeader is both forms of interface values: the first word is a type for those without methods, a table for the others.
	ifaceHeader struct{ tab, data unsafe.Pointer }
)
