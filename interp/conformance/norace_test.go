//go:build !race

package conformance_test

const sample = 1
