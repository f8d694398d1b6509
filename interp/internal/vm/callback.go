package vm

import "reflect"

// forCompiled is the closure as a func of compiled Go, if its type is one of those that the library calls most: reflect.MakeFunc takes far longer. It is
// invalid for others.
func (cl *closure) forCompiled(t reflect.Type, run *Run) reflect.Value {
	if t.Name() != "" {
		return reflect.Value{}
	}
	own := &closure{code: stubCode, fn: cl.fn, vars: cl.vars, run: run, of: cl.of}
	switch f := reflect.Zero(t).Interface().(type) {
	case func(int, int) bool:
		f = func(i, j int) bool { return callback2[int, int, bool](own, i, j) }
		return reflect.ValueOf(f)
	case func(int, int) int:
		f = func(i, j int) int { return callback2[int, int, int](own, i, j) }
		return reflect.ValueOf(f)
	case func(int) bool:
		f = func(i int) bool { return callback1[int, bool](own, i) }
		return reflect.ValueOf(f)
	case func(rune) bool:
		f = func(r rune) bool { return callback1[rune, bool](own, r) }
		return reflect.ValueOf(f)
	case func(rune) rune:
		f = func(r rune) rune { return callback1[rune, rune](own, r) }
		return reflect.ValueOf(f)
	case func(string) string:
		f = func(s string) string { return callback1[string, string](own, s) }
		return reflect.ValueOf(f)
	}
	return reflect.Value{}
}

func callback1[A, R any](cl *closure, a A) (r R) {
	cl.callback(func(nf *frame) {
		*at[A](nf, nf.fn.params[0].slot) = a
	}, func(nf *frame) {
		r = *at[R](nf, nf.fn.results[0].slot)
	})
	return r
}

func callback2[A, B, R any](cl *closure, a A, b B) (r R) {
	cl.callback(func(nf *frame) {
		*at[A](nf, nf.fn.params[0].slot) = a
		*at[B](nf, nf.fn.params[1].slot) = b
	}, func(nf *frame) {
		r = *at[R](nf, nf.fn.results[0].slot)
	})
	return r
}

// callback makes a call for compiled code: in puts the arguments into the frame, out takes the results from it.
func (cl *closure) callback(in, out func(*frame)) {
	th := cl.fn.m.thread()
	if th == nil {
		cl.callFromStranger(in, out)
		return
	}
	cl.callOn(th, in, out)
}
