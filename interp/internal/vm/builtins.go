package vm

import (
	"cmp"
	"go/token"
	"reflect"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// builtin compiles the call of a builtin func whose result goes to dst: all but those of panics and deferred calls.
func (c *compiler) builtin(call *ssa.CallCommon, dst slot, at token.Pos) op {
	name, pos := call.Value.Name(), c.pos(at)
	switch name {
	case "append":
		return c.appendOp(call, dst, pos)
	case "cap":
		return c.capOp(call, dst)
	case "clear":
		return c.clearOp(call)
	case "close":
		return c.closeOp(call, pos)
	case "complex", "real", "imag":
		return c.complexParts(call, dst)
	case "copy":
		return c.copyOp(call, dst)
	case "delete":
		return c.deleteOp(call, pos)
	case "len":
		return c.lenOp(call, dst)
	case "max", "min":
		return c.extreme(call, dst)
	case "print", "println":
		return c.printOp(call)
	case "ssa:wrapnilchk":
		return c.checkReceiver(call, dst, pos)
	}
	if o := c.unsafeOp(call, dst, pos); o != nil {
		return o
	}
	c.unsupported(at, "the builtin %s cannot be called here", name)
	return nil
}

func (c *compiler) lenOp(call *ssa.CallCommon, dst slot) op {
	x := c.slot(call.Args[0])
	switch t := c.typeOf(call.Args[0]); t.Kind() {
	case reflect.String, reflect.Slice: // both have it in the same place
		return func(fr *frame) { *at[int](fr, dst) = at[stringHeader](fr, x).len }
	case reflect.Map:
		return func(fr *frame) { *at[int](fr, dst) = len(*at[map[int]int](fr, x)) }
	case reflect.Chan:
		return func(fr *frame) { *at[int](fr, dst) = len(*at[chan int](fr, x)) }
	default:
		return setInt(dst, lengthOf(t))
	}
}

func (c *compiler) capOp(call *ssa.CallCommon, dst slot) op {
	x := c.slot(call.Args[0])
	switch t := c.typeOf(call.Args[0]); t.Kind() {
	case reflect.Slice:
		return func(fr *frame) { *at[int](fr, dst) = at[sliceHeader](fr, x).cap }
	case reflect.Chan:
		return func(fr *frame) { *at[int](fr, dst) = cap(*at[chan int](fr, x)) }
	default:
		return setInt(dst, lengthOf(t))
	}
}

// lengthOf is the length of arrays of type t, or of those that it points to.
func lengthOf(t reflect.Type) int {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Len()
}

//go:noinline
func setInt(dst slot, n int) op {
	return func(fr *frame) { *at[int](fr, dst) = n }
}

// extreme is min or max.
func (c *compiler) extreme(call *ssa.CallCommon, dst slot) op {
	args := make([]slot, len(call.Args))
	for i, a := range call.Args {
		args[i] = c.slot(a)
	}
	largest := call.Value.Name() == "max"
	switch t := call.Args[0].Type(); kindOf(t) {
	case reflect.Int8:
		return extremeOf[int8](dst, args, largest)
	case reflect.Int16:
		return extremeOf[int16](dst, args, largest)
	case reflect.Int32:
		return extremeOf[int32](dst, args, largest)
	case reflect.Int64:
		return extremeOf[int64](dst, args, largest)
	case reflect.Uint8:
		return extremeOf[uint8](dst, args, largest)
	case reflect.Uint16:
		return extremeOf[uint16](dst, args, largest)
	case reflect.Uint32:
		return extremeOf[uint32](dst, args, largest)
	case reflect.Uint64:
		return extremeOf[uint64](dst, args, largest)
	case reflect.Float32:
		return extremeOf[float32](dst, args, largest)
	case reflect.Float64:
		return extremeOf[float64](dst, args, largest)
	case reflect.String:
		return extremeOf[string](dst, args, largest)
	default:
		c.unsupported(call.Pos(), "%s of %s", call.Value.Name(), t)
		return nil
	}
}

//go:noinline
func extremeOf[T cmp.Ordered](dst slot, args []slot, largest bool) op {
	of := func(x, y T) T { return min(x, y) }
	if largest {
		of = func(x, y T) T { return max(x, y) }
	}
	first, rest := args[0], args[1:]
	return func(fr *frame) {
		v := *at[T](fr, first)
		for _, a := range rest {
			v = of(v, *at[T](fr, a))
		}
		*at[T](fr, dst) = v
	}
}

// complexParts is complex, real or imag.
func (c *compiler) complexParts(call *ssa.CallCommon, dst slot) op {
	kind := kindOf(call.Args[0].Type())
	x := c.slot(call.Args[0])
	half := slot(4)
	if kind == reflect.Float64 || kind == reflect.Complex128 {
		half = 8
	}
	part := exact[uint32]{}.move
	if half == 8 {
		part = exact[uint64]{}.move
	}
	switch call.Value.Name() {
	case "real":
		return part(dst, x)
	case "imag":
		return part(dst, x+half)
	}
	re, im := part(dst, x), part(dst+half, c.slot(call.Args[1]))
	return func(fr *frame) {
		re(fr)
		im(fr)
	}
}

// checkReceiver gives a pointer on that a method is called with whose receiver is what it refers to.
func (c *compiler) checkReceiver(call *ssa.CallCommon, dst slot, pos int32) op {
	p, recv, method := c.slot(call.Args[0]), c.slot(call.Args[1]), c.slot(call.Args[2])
	return func(fr *frame) {
		q := *at[unsafe.Pointer](fr, p)
		if q == nil {
			fr.pos = pos
			faultReceiver(*at[string](fr, recv), *at[string](fr, method))
		}
		*at[unsafe.Pointer](fr, dst) = q
	}
}

// faultReceiver is the fault of p.m() where p is nil and m is a method of what it should refer to, called by way of an interface.
func faultReceiver(recv, method string) {
	name := recv[strings.LastIndex(recv, ".")+1:]
	panic(plainError("value method " + recv + "." + method + " called using nil *" + name + " pointer"))
}

// plainError makes an error of the kind that the runtime has for faults that it tells in its own words.
func plainError(text string) any {
	var ch chan int
	return reworded(func() { close(ch) }, text)
}

// runtimeError makes an error of the kind that the runtime has for faults whose text begins with "runtime error: ".
func runtimeError(text string) any { return reworded(faultMakeLen, text) }

// reworded is what fault panics with, with another text.
func reworded(fault func(), text string) (err any) {
	defer func() {
		v := reflect.New(reflect.TypeOf(recover())).Elem()
		v.SetString(text)
		err = v.Interface()
	}()
	fault()
	return nil
}
