package netproxy

import (
	"reflect"
	"strconv"
	"testing"
)

// BenchmarkCodec writes a value and reads it as what it was, without a connection.
func BenchmarkCodec(b *testing.B) {
	ints, floats, texts := make([]int, 1000), make([]float64, 1000), make([]string, 1000)
	books, table, loose := make([]Pair[string], 1000), make(map[string]string), make(map[string]any)
	for i := range 1000 {
		ints[i], floats[i], texts[i] = i*i, float64(i)/3, strconv.Itoa(i)
		books[i] = Pair[string]{texts[i], "b"}
		table[texts[i]], loose[texts[i]] = "v", i
	}
	for _, v := range []any{ints, floats, texts, books, table, loose, []any{1, "x", 2.5}, sample()} {
		t := reflect.TypeOf(v)
		b.Run(t.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := across(v, t, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
