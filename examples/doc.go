// Package examples is a tour of rgo in programs that run; README.md has the order.
package examples
