package netproxy

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"

	"github.com/rgo-project/rgo/conn"
)

// String says what the object is, for dumps of a connection. It asks nothing of the object itself.
func (o *object) String() string {
	switch {
	case o.far != nil:
		return fmt.Sprintf("object %d of %s, passed on", o.far.ID(), o.at.peer())
	case o.tuple:
		return plural(len(o.results()), "result")
	case o.of != nil:
		return fmt.Sprintf("method %s of %s", o.name, o.of)
	case !o.v.IsValid():
		return "nil"
	case o.v.Kind() == reflect.Func:
		if f := runtime.FuncForPC(o.v.Pointer()); f != nil && !o.v.IsNil() {
			file, line := f.FileLine(f.Entry())
			return fmt.Sprintf("%s, %s at %s:%d", o.v.Type(), f.Name(), filepath.Base(file), line)
		}
	case o.loc:
		return fmt.Sprintf("variable of type %s", o.v.Type().Elem())
	}
	return o.v.Type().String()
}

// OpName names an operation, for dumps of a connection.
func (s *Space) OpName(op conn.Op) string { return opName(op) }
