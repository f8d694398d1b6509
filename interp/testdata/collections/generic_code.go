package main

import "runtime"

type box[T any] struct{ v *T }

func (b *box[T]) get() *T      { runtime.GC(); return b.v }
func keep[T any](v *T) *box[T] { return &box[T]{v} }
func main() {
	b := keep(made("boxed"))
	show("boxed")
	o := b.get()
	show("got")
	use(o)
	show("end")
}
