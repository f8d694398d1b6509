package compiled

import (
	"database/sql"
	"database/sql/driver"
	_ "unsafe" // for linkname
)

// ConvertAssign stores a driver's value in what dest points to, as Rows.Scan does. Package sql has no exported name for it, but
// promises that this one stays.
//
//go:linkname ConvertAssign database/sql.convertAssign
func ConvertAssign(dest, src any) error

// DriverValue is sql.Null.Value of a value in an interface.
func DriverValue(v any, valid bool) (driver.Value, error) {
	return sql.Null[any]{V: v, Valid: valid}.Value()
}
