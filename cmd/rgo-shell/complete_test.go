package main

import (
	"testing"
)

func TestWords(t *testing.T) {
	var w words
	w.note("func fibonacci(n int) int { return n } // nothing")
	for _, test := range []struct {
		source string
		want   string // the first candidate
		from   int
	}{
		{"strings.HasSuf", "HasSuffix", 8},
		{"x := os.Hostn", "Hostname", 8},
		{"fibo", "fibonacci", 0},
		{"1 + fibo", "fibonacci", 4},
		{"fallthr", "fallthrough", 0},
		{"strcon", "strconv", 0},
		{"noth", "", 0},
		{"", "", 0},
		{"a.b.c", "", 0},
	} {
		got := w.at(test.source, len(test.source))
		if test.want == "" {
			if len(got) > 0 {
				t.Errorf("%q: %v", test.source, got)
			}
			continue
		}
		if len(got) == 0 || got[0].text != test.want || got[0].from != test.from {
			t.Errorf("%q: %v, want %s from %d", test.source, got, test.want, test.from)
		}
	}
	if got := w.at("slices.", 7); len(got) < 20 {
		t.Errorf("slices. has only %v", got)
	}
}
