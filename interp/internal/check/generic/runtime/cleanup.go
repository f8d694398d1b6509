// Package runtime is the generic part of the standard library's package runtime.
package runtime

import (
	"runtime"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// AddCleanup has cleanup(arg) run some time after ptr's object has become unreachable.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	return compiled.AddCleanup(unsafe.Pointer(ptr), func() { cleanup(arg) }, arg)
}
