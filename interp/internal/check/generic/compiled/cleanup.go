package compiled

import (
	"reflect"
	"runtime"
	"unsafe"
)

// AddCleanup has run called some time after ptr's object has become unreachable. arg is what run works with: the runtime
// knows which pointers would keep the object alive for ever, and panics.
func AddCleanup(ptr unsafe.Pointer, run func(), arg any) runtime.Cleanup {
	switch v := reflect.ValueOf(arg); v.Kind() {
	case reflect.Pointer, reflect.UnsafePointer:
		return runtime.AddCleanup((*byte)(ptr), func(unsafe.Pointer) { run() }, v.UnsafePointer())
	}
	return runtime.AddCleanup((*byte)(ptr), func(run func()) { run() }, run)
}
