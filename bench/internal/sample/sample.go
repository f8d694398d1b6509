// Package sample says what many measurements of one thing amount to.
package sample

import (
	"fmt"
	"slices"
)

// Quartiles are the lower quartile, the median and the upper quartile. A number below 0 stands for a measurement that was not made; all three are -1 if none was.
func Quartiles(xs []float64) (low, mid, high float64) {
	ys := slices.DeleteFunc(slices.Clone(xs), func(x float64) bool { return x < 0 })
	n := len(ys)
	if n == 0 {
		return -1, -1, -1
	}
	mid = Middle(ys)
	slices.Sort(ys)
	return ys[n/4], mid, ys[min(n*3/4, n-1)]
}

// Middle is the middle of numbers of which some may be below 0, such as differences.
func Middle(xs []float64) float64 {
	ys := slices.Sorted(slices.Values(xs))
	n := len(ys)
	return (ys[(n-1)/2] + ys[n/2]) / 2
}

// Median is the middle of xs.
func Median(xs []float64) float64 {
	_, m, _ := Quartiles(xs)
	return m
}

// Ratios are x / y, measurement by measurement: a disturbance of the machine falls on both.
func Ratios(x, y []float64) (q []float64) {
	for i := range min(len(x), len(y)) {
		if x[i] > 0 && y[i] > 0 {
			q = append(q, x[i]/y[i])
		}
	}
	return q
}

// Spread is half the distance of the quartiles, as a part of the median.
func Spread(xs []float64) float64 {
	low, mid, high := Quartiles(xs)
	if mid <= 0 {
		return 0
	}
	return (high - low) / 2 / mid
}

// Text writes a number with three digits or so.
func Text(x float64) string {
	switch a := max(x, -x); {
	case a >= 1e6:
		return fmt.Sprintf("%.2f M", x/1e6)
	case a >= 1e4:
		return fmt.Sprintf("%.0f k", x/1e3)
	case a >= 100:
		return fmt.Sprintf("%.0f", x)
	case a >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}
