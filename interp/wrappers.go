package interp

import (
	"fmt"
	"reflect"

	"github.com/rgo-project/rgo/interp/internal/engine"
)

// stringer stands for an interpreted value with a String method where compiled code takes an any. The engine fills its fields, by their names.
// Unlike the generated wrapper it formats as the value itself under the verbs that do not ask for text.
type stringer struct {
	IValue  any
	WString func() string
}

func (w stringer) String() string {
	if w.WString == nil {
		return ""
	}
	return w.WString()
}

// Format implements fmt.Formatter.
func (w stringer) Format(f fmt.State, verb rune) {
	format := fmt.FormatString(f, verb)
	switch {
	case (verb == 'v' || verb == 's' || verb == 'q' || verb == 'x' || verb == 'X') && !f.Flag('#'):
		_, _ = fmt.Fprintf(f, format, w.String())
	default:
		_, _ = fmt.Fprintf(f, format, inner(w.IValue))
	}
}

// inner is the value that an interpreted one holds.
func inner(x any) any {
	if v := engine.Unwrap(reflect.ValueOf(x)); v.IsValid() && v.CanInterface() {
		return v.Interface()
	}
	return nil
}
