// Package sql is the generic part of the standard library's package database/sql.
package sql

import (
	"database/sql/driver"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// Null is a value that may be NULL in the database: then Valid is false.
type Null[T any] struct {
	V     T
	Valid bool
}

// Scan sets n to a value of a driver.
func (n *Null[T]) Scan(value any) error {
	var zero T
	if n.Valid = value != nil; !n.Valid {
		n.V = zero
		return nil
	}
	return compiled.ConvertAssign(&n.V, value)
}

// Value returns n as a driver takes it.
func (n Null[T]) Value() (driver.Value, error) {
	return compiled.DriverValue(n.V, n.Valid)
}
