package netproxy

import (
	"reflect"
	"strconv"
	"testing"
	"time"
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

// BenchmarkFlat writes 1,000 structs, and reads them.
func BenchmarkFlat(b *testing.B) {
	type entry struct {
		Name    string
		Size    int64
		Mode    uint32
		ModTime time.Time
		Dir     bool
	}
	base := time.Date(2025, 3, 4, 5, 6, 7, 123456789, time.UTC)
	list := make([]entry, 1000)
	for i := range list {
		list[i] = entry{"file-" + strconv.Itoa(100_000+i) + ".txt", int64(i) * 1237, 0o100644, base.Add(time.Duration(i) * time.Millisecond), i%10 == 0}
	}
	v, data := reflect.ValueOf(list), written(b, list, false)
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e := encoder{out: loopback{}}
			if err := e.dynamic(v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := newDecoder(loopback{}, data, nil).into(v.Type()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
