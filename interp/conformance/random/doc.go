// Package random makes Go programs by chance, to compare engines with.
//
//	p := random.Program(seed) // always the same for a seed
//
// A program is right Go, comes to an end and prints the same each time: what it computes, and the faults that it recovers from. It is as long as programs are that people write, and has nothing of their sense:
// loops in switches in closures in loops, values of all kinds in variables of all kinds, arithmetic that overflows, slices of slices, parallel assignments that use what they assign.
package random
