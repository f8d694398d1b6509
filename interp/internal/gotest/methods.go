package gotest

import (
	"fmt"
	"reflect"
	"testing"
)

// Method returns the func that interpreted code is to call for a method of package testing, with the receiver first; it is invalid for other methods.
func (r *Runner) Method(recv reflect.Type, name string) reflect.Value {
	switch recv {
	case reflect.TypeFor[*testing.T]():
		return r.method(name, methodsOf[*testing.T](r), map[string]any{"Run": r.runTest})
	case reflect.TypeFor[*testing.B]():
		return r.method(name, methodsOf[*testing.B](r), map[string]any{"Run": r.runBenchmark, "RunParallel": r.runParallel})
	case reflect.TypeFor[*testing.F]():
		return r.method(name, methodsOf[*testing.F](r), map[string]any{"Fuzz": r.runTarget})
	}
	return reflect.Value{}
}

func (r *Runner) method(name string, lists ...map[string]any) reflect.Value {
	for _, list := range lists {
		if f, ok := list[name]; ok {
			return reflect.ValueOf(f)
		}
	}
	return reflect.Value{}
}

// methodsOf are the methods that tests, benchmarks and fuzz targets have in common.
func methodsOf[T testing.TB](r *Runner) map[string]any {
	return map[string]any{
		"Helper": func(t T) { r.helper(t) },
		"Cleanup": func(t T, f func()) {
			clean := guardFunc(r, t, func(struct{}) { f() })
			t.Cleanup(func() { clean(struct{}{}) })
		},
		"Log":    func(t T, args ...any) { r.log(t, fmt.Sprintln(args...)) },
		"Logf":   func(t T, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)) },
		"Error":  func(t T, args ...any) { r.log(t, fmt.Sprintln(args...)); t.Fail() },
		"Errorf": func(t T, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)); t.Fail() },
		"Fatal":  func(t T, args ...any) { r.log(t, fmt.Sprintln(args...)); t.FailNow() },
		"Fatalf": func(t T, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)); t.FailNow() },
		"Skip":   func(t T, args ...any) { r.log(t, fmt.Sprintln(args...)); t.SkipNow() },
		"Skipf":  func(t T, format string, args ...any) { r.log(t, fmt.Sprintf(format, args...)); t.SkipNow() },
	}
}

func (r *Runner) runTest(t *testing.T, name string, f func(*testing.T)) bool {
	return t.Run(name, guard(r, f, r.scope(t), r.host.Stack()))
}

func (r *Runner) runBenchmark(b *testing.B, name string, f func(*testing.B)) bool {
	return b.Run(name, guard(r, f, r.scope(b), r.host.Stack()))
}

func (r *Runner) runParallel(b *testing.B, body func(*testing.PB)) {
	b.RunParallel(guardFunc(r, b, body))
}

func (r *Runner) runTarget(f *testing.F, target any) {
	f.Fuzz(r.guardTarget(target, r.scope(f), r.host.Stack()))
}

// Symbols are funcs of package testing as interpreted code is to see them.
func (r *Runner) Symbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Testing": reflect.ValueOf(func() bool { return r.active() }),
		"Benchmark": reflect.ValueOf(func(f func(*testing.B)) testing.BenchmarkResult {
			return testing.Benchmark(guard(r, f, nil, nil))
		}),
	}
}

// active reports whether a test binary runs.
func (r *Runner) active() bool {
	if r.running.TryLock() {
		r.running.Unlock()
		return false
	}
	return true
}
