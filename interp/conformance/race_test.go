//go:build race

package conformance_test

// sample is how many programs of the tables one is taken of: the race detector slows each process down by far.
const sample = 8
