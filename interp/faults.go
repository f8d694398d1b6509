package interp

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"github.com/rgo-project/rgo/interp/internal/engine"
	"github.com/rgo-project/rgo/interp/internal/lower"
)

// panicValue is the value that interpreted code panicked with. The engine panics with reflect.Values, and with reflect's own faults
// where compiled code has runtime errors.
func panicValue(p any) any {
	if v, ok := p.(reflect.Value); ok {
		if !v.IsValid() || !v.CanInterface() {
			return nil
		}
		return panicValue(v.Interface())
	}
	text := ""
	switch p := p.(type) {
	case runtime.Error:
		return p
	case *reflect.ValueError:
		text = p.Error()
	case string:
		text = p
	case error:
		text = p.Error()
	default:
		return p
	}
	if fault, ok := runtimeFault(text); ok {
		return fault
	}
	return p
}

// fault is a runtime error as Go words it.
type fault string

func (f fault) Error() string { return "runtime error: " + string(f) }

// RuntimeError makes a fault a runtime.Error, which is what user code asks for.
func (f fault) RuntimeError() {}

func runtimeFault(text string) (error, bool) {
	switch {
	case strings.Contains(text, "on zero Value"), strings.Contains(text, "reflect: indirection through nil"):
		return fault("invalid memory address or nil pointer dereference"), true
	case strings.HasPrefix(text, "reflect: ") && strings.Contains(text, "index out of range"):
		return fault("index out of range"), true
	case strings.HasPrefix(text, "reflect.Value.Slice") && strings.Contains(text, "out of bounds"):
		return fault("slice bounds out of range"), true
	}
	return nil, false
}

// panicText is what Go prints after "panic: ".
func panicText(p any) string {
	switch v := engine.Unwrap(reflect.ValueOf(p)); {
	case !v.IsValid():
		return "nil"
	case v.CanInterface():
		p = v.Interface()
	}
	switch p := p.(type) {
	case error:
		return errorText(p)
	case fmt.Stringer:
		return p.String()
	case string:
		return p
	}
	v := reflect.ValueOf(p)
	switch v.Kind() {
	case reflect.String:
		return fmt.Sprintf("%T(%s)", p, strconv.Quote(v.String()))
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return fmt.Sprintf("%T(%v)", p, p)
	}
	return fmt.Sprintf("%+v", p)
}

// errorText survives an Error method that panics itself.
func errorText(err error) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("%T (its Error method panicked: %v)", err, r)
		}
	}()
	return err.Error()
}

// panicError describes a panic that has come out of interpreted code in this goroutine.
func (s *Session) panicError(p any) *PanicError {
	e := &PanicError{Value: panicValue(p)}
	e.Text = lower.Plain(panicText(e.Value))
	var last Frame
	for _, f := range s.engine.Frames().Take() {
		frame := Frame{Func: lower.Plain(f.Func), File: f.File, Line: f.Line}
		frame.Func = strings.Replace(frame.Func, "main.in"+"۰", "main", 1)
		if frame != last {
			e.Stack = append(e.Stack, frame)
		}
		last = frame
	}
	if line := s.roster.panicLine(); line > 0 && len(e.Stack) > 0 {
		e.Stack[0].Line = line
	}
	return e
}
