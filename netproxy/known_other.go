//go:build !unix

package netproxy

import "reflect"

var systemValues []reflect.Type
