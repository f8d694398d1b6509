// Package errors is the generic part of the standard library's package errors.
package errors

import "errors"

// AsType finds the first error of type E in err's tree.
func AsType[E error](err error) (E, bool) {
	var found, zero E
	if !errors.As(err, &found) {
		return zero, false // an As method may have set found, and declined all the same
	}
	return found, true
}
