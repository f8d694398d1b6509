//go:build !plan9

package stderrors

import (
	"reflect"
	"sync"
	"syscall"
)

// An errno is a number that means something else on every system, so it has its name on the wire.
type errno struct {
	name  string
	errno syscall.Errno
}

// ErrnoType is syscall.Errno, where there is one.
var ErrnoType = reflect.TypeFor[syscall.Errno]()

var errnoTable = sync.OnceValues(func() (map[string]syscall.Errno, map[syscall.Errno]string) {
	byName, byNumber := make(map[string]syscall.Errno), make(map[syscall.Errno]string)
	for _, e := range errnos() {
		byName[e.name] = e.errno
		if _, ok := byNumber[e.errno]; !ok {
			byNumber[e.errno] = e.name
		}
	}
	return byName, byNumber
})

// ErrnoName returns the name of an errno, such as ENOENT.
func ErrnoName(number uintptr) (string, bool) {
	_, byNumber := errnoTable()
	name, ok := byNumber[syscall.Errno(number)]
	return name, ok
}

// ErrnoNamed returns the number that the errno of that name has here.
func ErrnoNamed(name string) (uintptr, bool) {
	byName, _ := errnoTable()
	number, ok := byName[name]
	return uintptr(number), ok
}
