package stderrors

import "reflect"

// ErrnoType is nil: there are no errnos here.
var ErrnoType reflect.Type

// ErrnoName knows none.
func ErrnoName(uintptr) (string, bool) { return "", false }

// ErrnoNamed knows none.
func ErrnoNamed(string) (uintptr, bool) { return 0, false }
