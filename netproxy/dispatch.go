package netproxy

import (
	"context"
	"fmt"
	"io"
	"reflect"

	"github.com/rgo-project/rgo/conn"
)

// dispatch carries an operation out on an object of this process. An error of a call is the last result that the callee returned; the other results
// are returned with it.
func dispatch(ctx context.Context, o *object, op conn.Op, name string, args arguments) ([]reflect.Value, error) {
	if p, ok := o.proxy(); ok {
		return relay(ctx, p, op, name, args)
	}
	if f, method := facetOf(o); method {
		return f.dispatchMethod(ctx, o, op, name, args)
	} else if f != nil {
		return f.dispatch(ctx, o, op, name, args)
	}
	switch op {
	case opGet:
		return get(o, name, args)
	case opSet:
		return nil, set(o, name, args)
	case opCall:
		return call(ctx, o, name, args)
	case opIndex:
		return index(o, args)
	case opSetIndex:
		return nil, setIndex(o, args)
	case opDescribe:
		return describe(o, args)
	}
	if o.tuple {
		return nil, fail(ErrUnsupported, "%d results are not one value: choose one with Index", len(o.results()))
	}
	v := open(o.value())
	if o.loc && op == opAppend {
		v = o.value()
	}
	if !v.IsValid() {
		return nil, fail(ErrUnsupported, "%s of nil", opName(op))
	}
	switch op {
	case opAppend:
		return nil, appendTo(v, args)
	case opMerge:
		return nil, merge(v, args)
	case opDelete:
		return nil, deleteFrom(v, args)
	case opLen:
		return length(v)
	case opSend, opRecv, opClose:
		return channel(ctx, v, op, args)
	case opElem:
		if v.Kind() != reflect.Pointer {
			return nil, fail(ErrUnsupported, "a %s is no pointer", v.Type())
		}
		if v.IsNil() {
			return nil, fail(ErrElement, "a nil %s points to nothing", v.Type())
		}
		return []reflect.Value{v.Elem()}, nil
	case opValue:
		return []reflect.Value{v}, nil
	case opDisplay:
		return []reflect.Value{reflect.ValueOf(display(v))}, nil
	case opNames:
		return []reflect.Value{reflect.ValueOf(names(v))}, nil
	}
	return nil, fail(ErrUnsupported, "there is no operation %d", op)
}

func get(o *object, name string, args arguments) ([]reflect.Value, error) {
	if err := count(opGet, args, 0); err != nil {
		return nil, err
	}
	m, err := member(o, name)
	if err != nil {
		return nil, err
	}
	if m.IsValid() && m.Kind() == reflect.Func && isMethod(o, name) {
		m = reflect.ValueOf(methodObject(o, name))
	}
	return []reflect.Value{m}, nil
}

func set(o *object, name string, args arguments) error {
	if err := count(opSet, args, 1); err != nil {
		return err
	}
	m, err := member(o, name)
	if err != nil {
		return err
	}
	if !m.CanSet() {
		return fail(ErrMember, "%s cannot be set: it is no variable, or one in a copy (a %s)", name, m.Type())
	}
	x, err := args.next(planOf(m.Type()))
	if err != nil {
		return within(err, "%s", name)
	}
	m.Set(x)
	return nil
}

// call calls a member, or the object itself.
func call(ctx context.Context, o *object, name string, args arguments) ([]reflect.Value, error) {
	if m, receiver := ownMethodOf(o, name); m != nil {
		return m.called(ctx, o, name, receiver, args)
	}
	var f reflect.Value
	label := name
	if name == "" {
		if o.tuple {
			return nil, fail(ErrUnsupported, "%d results cannot be called: choose one with Index", len(o.results()))
		}
		f, label = open(o.value()), "the func"
	} else {
		m, err := member(o, name)
		if err != nil {
			return nil, err
		}
		f = open(m)
	}
	switch {
	case !f.IsValid():
		return nil, fail(ErrUnsupported, "%s is nil and cannot be called", label)
	case f.Type() == proxyType && !f.IsNil():
		p := f.Interface().(*Proxy)
		if _, ok := args.(received); ok && p.far() {
			return nil, &handOn{p}
		}
		return relay(ctx, p, opCall, "", args)
	case f.Kind() != reflect.Func:
		return nil, fail(ErrUnsupported, "%s is a %s and cannot be called", label, f.Type())
	case f.IsNil():
		return nil, fail(ErrUnsupported, "%s is a nil %s", label, f.Type())
	}
	c := ownFunc{f: f, funcPlan: funcPlanOf(f.Type())}
	return c.called(ctx, o, label, reflect.Value{}, args)
}

// at finds the element that the next argument names. For a map, it is the value and the key, and not there if invalid.
func at(v reflect.Value, args arguments) (elem, key reflect.Value, err error) {
	if v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Array {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Map:
		key, err = args.next(planOf(v.Type().Key()))
		if err != nil {
			return elem, key, within(err, "the key")
		}
		if !key.Comparable() {
			return elem, key, fail(ErrElement, "a %s cannot be the key of a map", key.Type())
		}
		return v.MapIndex(key), key, nil
	case reflect.Slice, reflect.Array, reflect.String:
		key, err = args.next(planOf(reflect.TypeFor[int]()))
		if err != nil {
			return elem, key, within(err, "the index")
		}
		i, n := int(key.Int()), v.Len()
		if i < 0 {
			i += n
		}
		if i < 0 || i >= n {
			return elem, key, fail(ErrElement, "index %d of %s", key.Int(), plural(n, "element"))
		}
		return v.Index(i), key, nil
	}
	return elem, key, fail(ErrUnsupported, "a %s has no elements", v.Type())
}

func index(o *object, args arguments) ([]reflect.Value, error) {
	if err := count(opIndex, args, 1); err != nil {
		return nil, err
	}
	var v reflect.Value
	if o.tuple {
		v = o.v
	} else if v = open(o.value()); !v.IsValid() {
		return nil, fail(ErrUnsupported, "nil has no elements")
	}
	elem, key, err := at(v, args)
	if err != nil {
		return nil, err
	}
	if !elem.IsValid() {
		return nil, fail(ErrElement, "the map has no element %v", key)
	}
	if o.tuple {
		elem = elem.Interface().(reflect.Value)
	}
	return []reflect.Value{elem}, nil
}

func setIndex(o *object, args arguments) error {
	if err := count(opSetIndex, args, 2); err != nil {
		return err
	}
	if o.tuple {
		return fail(ErrUnsupported, "results cannot be set")
	}
	v := open(o.value())
	if !v.IsValid() {
		return fail(ErrUnsupported, "nil has no elements")
	}
	elem, key, err := at(v, args)
	if err != nil {
		return err
	}
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.String || v.Kind() != reflect.Map && !elem.CanSet() {
		return fail(ErrUnsupported, "the elements of this %s cannot be set: it is no variable", t)
	}
	x, err := args.next(planOf(t.Elem()))
	if err != nil {
		return within(err, "element %v", key)
	}
	if v.Kind() == reflect.Map {
		if v.IsNil() {
			return fail(ErrUnsupported, "a nil %s takes no elements", t)
		}
		v.SetMapIndex(key, x)
		return nil
	}
	elem.Set(x)
	return nil
}

// appendTo appends to the slice in a variable.
func appendTo(v reflect.Value, args arguments) error {
	if v.Kind() != reflect.Slice {
		return fail(ErrUnsupported, "a %s cannot be appended to", v.Type())
	}
	if !v.CanSet() {
		return fail(ErrUnsupported, "this %s is in no variable that could be appended to", v.Type())
	}
	var more []reflect.Value
	for i := range args.len() {
		x, err := args.next(planOf(v.Type().Elem()))
		if err != nil {
			return within(err, "value %d", i+1)
		}
		more = append(more, x)
	}
	v.Set(reflect.Append(v, more...))
	return nil
}

func deleteFrom(v reflect.Value, args arguments) error {
	if err := count(opDelete, args, 1); err != nil {
		return err
	}
	if v.Kind() != reflect.Map {
		return fail(ErrUnsupported, "nothing can be deleted from a %s, only from a map", v.Type())
	}
	key, err := args.next(planOf(v.Type().Key()))
	if err != nil {
		return within(err, "the key")
	}
	if !key.Comparable() {
		return fail(ErrElement, "a %s cannot be the key of a map", key.Type())
	}
	if !v.IsNil() {
		v.SetMapIndex(key, reflect.Value{})
	}
	return nil
}

func length(v reflect.Value) ([]reflect.Value, error) {
	if v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Array {
		return []reflect.Value{reflect.ValueOf(v.Type().Elem().Len())}, nil
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.String, reflect.Chan:
		return []reflect.Value{reflect.ValueOf(v.Len())}, nil
	}
	return nil, fail(ErrUnsupported, "a %s has no length", v.Type())
}

// channel carries an operation out on a channel. It waits no longer than ctx.
func channel(ctx context.Context, v reflect.Value, op conn.Op, args arguments) ([]reflect.Value, error) {
	if v.Kind() != reflect.Chan {
		return nil, fail(ErrUnsupported, "%s wants a channel, not a %s", opName(op), v.Type())
	}
	dir := v.Type().ChanDir()
	if op == opRecv && dir&reflect.RecvDir == 0 || op != opRecv && dir&reflect.SendDir == 0 {
		return nil, fail(ErrUnsupported, "%s does not go with a %s", opName(op), v.Type())
	}
	done := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())}
	switch op {
	case opClose:
		v.Close()
		return nil, nil
	case opSend:
		if err := count(opSend, args, 1); err != nil {
			return nil, err
		}
		x, err := args.next(planOf(v.Type().Elem()))
		if err != nil {
			return nil, within(err, "the value")
		}
		if which, _, _ := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: v, Send: x}, done}); which == 1 {
			return nil, context.Cause(ctx)
		}
		return nil, nil
	}
	which, x, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: v}, done})
	switch {
	case which == 1:
		return nil, context.Cause(ctx)
	case !ok:
		return nil, io.EOF
	}
	return []reflect.Value{x}, nil
}

// maxDisplay bounds what Display returns.
const maxDisplay = 64 << 10

func display(v reflect.Value) string {
	if v.CanAddr() && v.Addr().Type().Implements(reflect.TypeFor[fmt.Stringer]()) {
		v = v.Addr()
	}
	s := ""
	if _, own := v.Interface().(fmt.Stringer); !own && hides(v.Type()) {
		s = "a " + v.Type().String() // whose fields are not all for peers
	} else {
		s = fmt.Sprint(v.Interface())
	}
	if len(s) > maxDisplay {
		s = s[:maxDisplay] + "…"
	}
	return s
}
