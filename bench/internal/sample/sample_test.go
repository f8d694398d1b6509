package sample_test

import (
	"testing"

	"github.com/rgo-project/rgo/bench/internal/sample"
)

func TestQuartiles(t *testing.T) {
	for _, c := range []struct {
		xs             []float64
		low, mid, high float64
	}{
		{nil, -1, -1, -1},
		{[]float64{-1, -1}, -1, -1, -1},
		{[]float64{3}, 3, 3, 3},
		{[]float64{4, 2}, 2, 3, 4},
		{[]float64{5, 1, -1, 3}, 1, 3, 5},
		{[]float64{8, 7, 6, 5, 4, 3, 2, 1}, 3, 4.5, 7},
	} {
		if low, mid, high := sample.Quartiles(c.xs); low != c.low || mid != c.mid || high != c.high {
			t.Errorf("%v: %v %v %v, not %v %v %v", c.xs, low, mid, high, c.low, c.mid, c.high)
		}
	}
}

func TestRatios(t *testing.T) {
	got := sample.Ratios([]float64{2, -1, 9, 1}, []float64{4, 4, 3})
	if len(got) != 2 || got[0] != .5 || got[1] != 3 {
		t.Errorf("%v", got)
	}
}

func TestText(t *testing.T) {
	for x, want := range map[float64]string{0.123: "0.12", 12.34: "12.3", 1234: "1234", 123456: "123 k", 2345678: "2.35 M", -1.5: "-1.50"} {
		if got := sample.Text(x); got != want {
			t.Errorf("%v: %q, not %q", x, got, want)
		}
	}
}
