package vm

import "testing"

func benchmark(b *testing.B, source string) {
	m, p, main, _ := program(b, source)
	run := m.NewRun(nil)
	for b.Loop() {
		if _, err := p.Call(run, main.Func("main")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFib30(b *testing.B) {
	benchmark(b, `package main
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() { if fib(30) != 832040 { panic("wrong") } }`)
}

func BenchmarkAdditions1e7(b *testing.B) {
	benchmark(b, `package main
func main() { s := 0; for i := 0; i < 1e7; i++ { s += i }; if s != 49999995000000 { panic(s) } }`)
}

func BenchmarkMap(b *testing.B) {
	benchmark(b, `package main
func main() { m := map[int]int{}; for i := 0; i < 1e6; i++ { m[i&1023] += i }; if len(m) != 1024 { panic("wrong") } }`)
}

func BenchmarkAlloc(b *testing.B) {
	benchmark(b, `package main
type node struct { next *node; v int }
func main() { for j := 0; j < 100; j++ { var head *node; for i := 0; i < 10000; i++ { head = &node{head, i} }; if head.v != 9999 { panic("wrong") } } }`)
}
