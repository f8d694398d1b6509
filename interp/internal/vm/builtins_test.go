package vm

import (
	"strings"
	"testing"
)

// What compiled code cannot be asked in a test that is built to check pointers: it would end.
func TestUnsafeFaults(t *testing.T) {
	got := output(t, `package main

import ("fmt"; "unsafe"; "runtime")

func try(f func()) {
	defer func() {
		p := recover()
		_, ok := p.(runtime.Error)
		fmt.Println(p, ok)
	}()
	f()
}

func main() {
	var a [4]int
	b := []byte("bytes")
	for _, n := range []int{-1, 1<<63 - 1} {
		try(func() { fmt.Println(len(unsafe.Slice(&a[0], n))) })
		try(func() { fmt.Println(len(unsafe.Slice((*int)(nil), n))) })
		try(func() { fmt.Println(len(unsafe.String(&b[0], n))) })
		try(func() { fmt.Println(len(unsafe.String(nil, n))) })
	}
	try(func() { fmt.Println(len(unsafe.Slice((*struct{})(nil), len(b)))) })
	try(func() { fmt.Println(len(unsafe.Slice(&struct{}{}, len(b)))) })
	try(func() { fmt.Println(len(unsafe.Slice(&a, uint64(1)<<63+uint64(len(b))))) })
}`)
	want := `runtime error: unsafe.Slice: len out of range true
runtime error: unsafe.Slice: len out of range true
runtime error: unsafe.String: len out of range true
runtime error: unsafe.String: len out of range true
runtime error: unsafe.Slice: len out of range true
runtime error: unsafe.Slice: ptr is nil and len is not zero true
9223372036854775807
<nil> false
runtime error: unsafe.String: ptr is nil and len is not zero true
runtime error: unsafe.Slice: ptr is nil and len is not zero true
5
<nil> false
runtime error: unsafe.Slice: len out of range true
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestPrint(t *testing.T) {
	got := output(t, `package main

import "math"

type (
	temperature float64
	label string
	flags uint8
)

func main() {
	println()
	println("text", 1, -2, true, false, 'a', label("l"), flags(3))
	println(1.0, 1.5e300, -0.1, 1e6, 123456789.0, 1e21, float32(0.1), temperature(36.6), math.Inf(1), math.NaN(), math.Copysign(0, -1))
	println(1i, complex64(-1.5+2i), complex(math.NaN(), math.Inf(-1)))
	println(uint64(math.MaxUint64), int64(math.MinInt64), uintptr(10), int8(-128), uint16(9))
	var (
		p *int
		m map[string]int
		f func()
		c chan int
		s []string
		e any
		i error
	)
	println(p, m, f, c, s, e, i)
	println(len([]int{1}), cap(make([]int, 2, 5)), "a"+"b")
	print("a", 1, "b", 2.5, "\n")
	print()
	defer println("deferred", 7)
}`)
	want := `
text 1 -2 true false 97 l 3
1 1.5e+300 -0.1 1e+06 1.23456789e+08 1e+21 0.1 36.6 +Inf NaN -0
(0+1i) (-1.5+2i) (NaN-Infi)
18446744073709551615 -9223372036854775808 10 -128 9
0x0 0x0 0x0 0x0 [0/0]0x0 (0x0,0x0) (0x0,0x0)
1 5 ab
a1b2.5
deferred 7
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestPrintPointers(t *testing.T) {
	got := output(t, `package main

import "fmt"

func main() {
	x := 1
	p, s := &x, make([]int, 2, 4)
	var e any = p
	println(p, s, e)
	fmt.Printf("%p [2/4]%p %p\n", p, s, e)
}`)
	lines := strings.Split(got, "\n")
	printed, formatted := strings.Fields(lines[0]), strings.Fields(lines[1])
	if printed[0] != formatted[0] || printed[1] != formatted[1] || !strings.HasSuffix(printed[2], ","+formatted[2]+")") {
		t.Error(got)
	}
}
