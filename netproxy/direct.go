package netproxy

import (
	"reflect"
	"unsafe"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Package reflect takes longer to call a func than all that stands around the call here, and makes garbage of arguments and results. So a func that takes a
// number or a string, or nothing, and returns a number, a string or a bool, perhaps with an error, is called as what it is. In such a call there is nothing
// that could be lent, called back, or held by anybody when it is over: it needs no scope. What is not as simple as that is left to the general way before
// anything has run.

// direct is how funcs of one type are called.
type direct struct {
	method func(f, receiver unsafe.Pointer, args wire.Reader) directly // f points to a variable with the method, which takes the receiver, a pointer, first
	plain  func(f any, args wire.Reader) directly
}

// directly is what came of such a call.
type directly struct {
	done   bool   // false: nothing has been called
	body   []byte // the encoded result
	result any    // the same, as it is, where it is not encoded
	err    error  // what it came with, then
}

// directs are those that there are, by the types of the funcs without receivers.
var directs = make(map[reflect.Type]*direct)

func init() {
	directCalls[int]()
	directCalls[int64]()
	directCalls[float64]()
	directCalls[string]()
	directCalls[nothing]()
}

// nothing stands for the argument of funcs that take none.
type nothing struct{}

func directCalls[A any]() {
	directCall[A, int]()
	directCall[A, int64]()
	directCall[A, float64]()
	directCall[A, string]()
	directCall[A, bool]()
}

// directCall adds the funcs of an A that return an R. A pointer is passed in one way, whatever it points to, so that a method of any *T is a func of an
// unsafe.Pointer: only that spares us the names of all types that have methods.
func directCall[A, R any]() {
	if reflect.TypeFor[A]() == reflect.TypeFor[nothing]() {
		directs[reflect.TypeFor[func() R]()] = &direct{
			method: func(f, receiver unsafe.Pointer, args wire.Reader) directly {
				return answer(args, func(nothing) (R, error) { return (*(*func(unsafe.Pointer) R)(f))(receiver), nil })
			},
			plain: func(f any, args wire.Reader) directly {
				return answer(args, func(nothing) (R, error) { return f.(func() R)(), nil })
			},
		}
		directs[reflect.TypeFor[func() (R, error)]()] = &direct{
			method: func(f, receiver unsafe.Pointer, args wire.Reader) directly {
				return answer(args, func(nothing) (R, error) { return (*(*func(unsafe.Pointer) (R, error))(f))(receiver) })
			},
			plain: func(f any, args wire.Reader) directly {
				return answer(args, func(nothing) (R, error) { return f.(func() (R, error))() })
			},
		}
		return
	}
	directs[reflect.TypeFor[func(A) R]()] = &direct{
		method: func(f, receiver unsafe.Pointer, args wire.Reader) directly {
			return answer(args, func(a A) (R, error) { return (*(*func(unsafe.Pointer, A) R)(f))(receiver, a), nil })
		},
		plain: func(f any, args wire.Reader) directly {
			return answer(args, func(a A) (R, error) { return f.(func(A) R)(a), nil })
		},
	}
	directs[reflect.TypeFor[func(A) (R, error)]()] = &direct{
		method: func(f, receiver unsafe.Pointer, args wire.Reader) directly {
			return answer(args, func(a A) (R, error) { return (*(*func(unsafe.Pointer, A) (R, error))(f))(receiver, a) })
		},
		plain: func(f any, args wire.Reader) directly {
			return answer(args, func(a A) (R, error) { return f.(func(A) (R, error))(a) })
		},
	}
}

// answer reads the argument, calls the func, and writes the result.
func answer[A, R any](args wire.Reader, call func(A) (R, error)) directly {
	n, err := args.Array()
	if err != nil {
		return directly{}
	}
	var a A
	if _, none := any(a).(nothing); none && n != 0 || !none && (n != 1 || !readBasic(&args, &a)) {
		return directly{}
	}
	r, err := call(a)
	if err != nil {
		return directly{done: true, err: err, result: r}
	}
	body, ok := basicArguments([]any{r})
	if !ok {
		return directly{done: true, result: r}
	}
	return directly{done: true, body: body}
}

// serveDirectly carries out a call if that can be done so.
func (s *Space) serveDirectly(in *conn.Inbound) (reply conn.Reply, done bool) {
	if in.Op != opCall || in.Keep || len(in.Body.Refs) > 0 || s.laneElsewhere(in.Lane) {
		return reply, false
	}
	done = true // also if it panics
	defer s.panicked(&reply)
	o, err := s.targetOf(in)
	if err != nil {
		return reply, false
	}
	got := o.callDirectly(in)
	if got.done && got.body == nil {
		return s.replyDirectly(o, in, got), true
	}
	reply.Body.Data = got.body
	return reply, got.done
}

// replyDirectly makes the reply of a call that has failed, or has returned a string that is not UTF-8.
func (s *Space) replyDirectly(o *object, in *conn.Inbound, got directly) conn.Reply {
	results := []reflect.Value{reflect.ValueOf(got.result)}
	if got.err != nil {
		return s.failure(results, got.err, trace(o, in, got.err))
	}
	return s.success(new(callScope), in, results)
}

// callDirectly calls a method, or the object, which is a func or a method by itself, if that can be done so.
func (o *object) callDirectly(in *conn.Inbound) directly {
	args := wire.NewReader(in.Body.Data)
	of, name := o, in.Name
	switch {
	case name != "":
	case o.of == nil:
		if o.tuple || o.loc || o.v.Kind() != reflect.Func || o.v.IsNil() || !o.v.CanInterface() {
			return directly{}
		}
		if d := directs[o.v.Type()]; d != nil {
			return d.plain(o.v.Interface(), args)
		}
		return directly{}
	case o.of.v.Kind() == reflect.Pointer && !o.of.loc: // and no value, of which the method has a copy
		of, name = o.of, o.name
	}
	m, receiver := ownMethodOf(of, name)
	if m == nil || m.direct == nil {
		return directly{}
	}
	if receiver.Kind() != reflect.Pointer {
		if !receiver.CanAddr() {
			return directly{}
		}
		receiver = receiver.Addr() // which has the method, too
		m = methodsOf(receiver.Type()).named(name)
	}
	return m.direct.method(m.at, receiver.UnsafePointer(), args)
}
