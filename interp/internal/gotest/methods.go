package gotest

import (
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
)

// Method returns the func that interpreted code is to call for a method of package testing, with the receiver first; it is invalid for other methods.
func (r *Runner) Method(recv reflect.Type, name string) reflect.Value {
	switch recv {
	case reflect.TypeFor[*testing.T]():
		if name == "Run" {
			return reflect.ValueOf(r.runTest)
		}
	case reflect.TypeFor[*testing.B]():
		switch name {
		case "Run":
			return reflect.ValueOf(r.runBenchmark)
		case "RunParallel":
			return reflect.ValueOf(r.runParallel)
		}
	case reflect.TypeFor[*testing.F]():
		if name == "Fuzz" {
			return reflect.ValueOf(r.runTarget)
		}
	default:
		if recv != common {
			return reflect.Value{}
		}
	}
	return r.shared(recv, name)
}

// common is the type that tests, benchmarks and fuzz targets embed at their beginning, and have most of their methods from.
var common = reflect.PointerTo(reflect.TypeFor[testing.T]().Field(0).Type)

// shared returns the func for a method that they have in common.
func (r *Runner) shared(recv reflect.Type, name string) reflect.Value {
	f := reflect.ValueOf(r.method(name))
	if !f.IsValid() {
		return f
	}
	in := []reflect.Type{recv}
	for i := 1; i < f.Type().NumIn(); i++ {
		in = append(in, f.Type().In(i))
	}
	return reflect.MakeFunc(reflect.FuncOf(in, nil, f.Type().IsVariadic()), func(args []reflect.Value) []reflect.Value {
		args[0] = reflect.ValueOf(args[0].Interface().(testing.TB))
		if f.Type().IsVariadic() {
			return f.CallSlice(args)
		}
		return f.Call(args)
	})
}

// method is the func for a method of testing.TB, nil for a method that can be called as it is.
func (r *Runner) method(name string) any {
	type tb = testing.TB
	switch name {
	case "Helper":
		return r.helper
	case "Cleanup":
		return func(t tb, f func()) { t.Cleanup(r.guardFunc(t, f)) }
	case "Log":
		return func(t tb, args ...any) { r.log(t, fmt.Sprintln(args...)) }
	case "Logf":
		return func(t tb, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)) }
	case "Error":
		return func(t tb, args ...any) { r.log(t, fmt.Sprintln(args...)); t.Fail() }
	case "Errorf":
		return func(t tb, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)); t.Fail() }
	case "Fatal":
		return func(t tb, args ...any) { r.log(t, fmt.Sprintln(args...)); t.FailNow() }
	case "Fatalf":
		return func(t tb, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)); t.FailNow() }
	case "Skip":
		return func(t tb, args ...any) { r.log(t, fmt.Sprintln(args...)); t.SkipNow() }
	case "Skipf":
		return func(t tb, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)); t.SkipNow() }
	}
	return nil
}

func (r *Runner) runTest(t *testing.T, name string, f func(*testing.T)) bool {
	return t.Run(name, guard(r, f, r.scope(t), r.host.Stack()))
}

func (r *Runner) runBenchmark(b *testing.B, name string, f func(*testing.B)) bool {
	return b.Run(name, guard(r, f, r.scope(b), r.host.Stack()))
}

func (r *Runner) runParallel(b *testing.B, body func(*testing.PB)) {
	do := r.host.Here()
	b.RunParallel(func(pb *testing.PB) {
		if err := do(func() { body(pb) }); err != nil {
			r.crash(err)
			b.Fail()
		}
	})
}

func (r *Runner) runTarget(f *testing.F, target any) {
	f.Fuzz(r.guardTarget(target, r.scope(f), r.host.Stack()))
}

// Symbols are funcs as interpreted code is to see them, by import path and name.
func (r *Runner) Symbols() map[string]map[string]reflect.Value {
	return map[string]map[string]reflect.Value{
		"testing": {
			"Testing": reflect.ValueOf(r.active),
			"Benchmark": reflect.ValueOf(func(f func(*testing.B)) testing.BenchmarkResult {
				return testing.Benchmark(guard(r, f, nil, nil))
			}),
		},
		"testing/synctest": {"Test": reflect.ValueOf(r.runBubble)},
	}
}

// runBubble runs a test with a clock of its own, which goes on when all that the test has started waits.
func (r *Runner) runBubble(t *testing.T, f func(*testing.T)) {
	parent, creator := r.scope(t), r.host.Stack()
	synctest.Test(t, func(t *testing.T) { guardWith(r, r.host.Apart(), f, parent, creator)(t) })
}

// active reports whether a test binary runs.
func (r *Runner) active() bool {
	if r.running.TryLock() {
		r.running.Unlock()
		return false
	}
	return true
}
