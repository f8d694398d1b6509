package vm

import (
	_ "embed"
	"reflect"
	"strings"
	"testing"
)

//go:embed loops_samples_test.go
var loopSamplesSource string

// TestLoops runs the loops of loops_samples_test.go as compiled code and as interpreted code.
func TestLoops(t *testing.T) {
	p := runnable(t, strings.Replace(loopSamplesSource, "package vm", "package main", 1))
	got, want := p.fn("loopSamples").(func() [][]int)(), loopSamples()
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("sample %d: %v, want %v", i, got[i], want[i])
		}
	}
}

func BenchmarkSieve1e6(b *testing.B) {
	benchmark(b, `package main
var primes int
func main() {
	const n = 1000000
	composite := make([]bool, n+1)
	count := 0
	for i := 2; i <= n; i++ {
		if composite[i] { continue }
		count++
		for j := i * 2; j <= n; j += i { composite[j] = true }
	}
	primes = count
}`)
}

func BenchmarkNestedLoops(b *testing.B) {
	benchmark(b, `package main
var count int
func main() {
	x := 0
	for a := 0; a < 24; a++ { for b := 0; b < 24; b++ { for c := 0; c < 24; c++ { for d := 0; d < 24; d++ { x += a ^ b + c*d } } } }
	count = x
}`)
}

func BenchmarkMatrix100(b *testing.B) {
	benchmark(b, `package main
var trace float64
func main() {
	const n = 100
	a, b, c := matrix(n), matrix(n), matrix(n)
	for i := range n {
		for j := range n {
			sum := 0.0
			for k := 0; k < n; k++ { sum += a[i][k] * b[k][j] }
			c[i][j] = sum
		}
	}
	trace = c[3][4]
}
func matrix(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] { m[i][j] = float64(i-j) * float64(i+j) / float64(n) }
	}
	return m
}`)
}

func BenchmarkStrings1e4(b *testing.B) {
	benchmark(b, `package main
var length int
func main() {
	s, t := "", []byte(nil)
	for i := 0; i < 10000; i++ {
		if i%100 == 0 { s = "" }
		s += "x"
		t = append(t, s[len(s)-1])
	}
	length = len(s) + len(string(t))
}`)
}

func BenchmarkCollatz(b *testing.B) {
	benchmark(b, `package main
var longest int
func main() {
	best := 0
	for i := 1; i < 30000; i++ {
		n, steps := i, 0
		for n != 1 {
			if n%2 == 0 { n /= 2 } else { n = 3*n + 1 }
			steps++
		}
		if steps > best { best = steps }
	}
	longest = best
}`)
}

func BenchmarkBubbleSort(b *testing.B) {
	benchmark(b, `package main
func main() {
	a := make([]int, 1000)
	for i := range a { a[i] = (i * 7919) % 1000 }
	for i := 0; i < len(a); i++ {
		for j := 0; j < len(a)-1-i; j++ {
			if a[j] > a[j+1] { a[j], a[j+1] = a[j+1], a[j] }
		}
	}
}`)
}

func BenchmarkStructs(b *testing.B) {
	benchmark(b, `package main
type particle struct{ x, y, vx, vy float64 }
func (p *particle) move(dt float64) { p.x += p.vx * dt; p.y += p.vy * dt; if p.x > 100 { p.vx = -p.vx } }
func main() {
	ps := make([]particle, 100)
	for i := range ps { ps[i] = particle{float64(i), 0, 1, 2} }
	for range 1000 { for i := range ps { ps[i].move(0.1) } }
}`)
}

func BenchmarkMap1e5(b *testing.B) {
	benchmark(b, `package main
func main() {
	m := map[int]int{}
	for i := 0; i < 100000; i++ { m[i%1000] += i }
}`)
}
