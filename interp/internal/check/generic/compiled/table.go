package compiled

import (
	"reflect"

	"github.com/rgo-project/rgo/interp/symbols"
)

// Path is the package's import path.
const Path = "github.com/rgo-project/rgo/interp/internal/check/generic/compiled"

// Table returns the funcs that generic code calls, under their names.
func Table() symbols.Table {
	return symbols.Table{
		"AddCleanup":        reflect.ValueOf(AddCleanup),
		"ConvertAssign":     reflect.ValueOf(ConvertAssign),
		"DriverValue":       reflect.ValueOf(DriverValue),
		"Grow":              reflect.ValueOf(Grow),
		"HKDFExpand":        reflect.ValueOf(HKDFExpand),
		"HKDFExtract":       reflect.ValueOf(HKDFExtract),
		"HKDFKey":           reflect.ValueOf(HKDFKey),
		"HashComparable":    reflect.ValueOf(HashComparable),
		"PBKDF2Key":         reflect.ValueOf(PBKDF2Key),
		"Pull":              reflect.ValueOf(Pull),
		"Sort":              reflect.ValueOf(Sort),
		"SortFunc":          reflect.ValueOf(SortFunc),
		"SortIndexes":       reflect.ValueOf(SortIndexes),
		"SortIndexesStable": reflect.ValueOf(SortIndexesStable),
		"SortStableFunc":    reflect.ValueOf(SortStableFunc),
		"Strong":            reflect.ValueOf(Strong),
		"Unique":            reflect.ValueOf(Unique),
		"Weak":              reflect.ValueOf(Weak),
		"WriteComparable":   reflect.ValueOf(WriteComparable),
	}
}
