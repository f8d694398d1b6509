//go:build unix

package netproxy

import (
	"reflect"
	"syscall"
)

// systemValues are data types of this system that a peer may name: what Sys of a FileInfo returns.
var systemValues = []reflect.Type{reflect.TypeFor[syscall.Stat_t](), reflect.TypeFor[syscall.Timespec]()}
