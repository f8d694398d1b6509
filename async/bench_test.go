package async_test

import (
	"context"
	"testing"

	"github.com/rgo-project/rgo/async"
)

// there is an object all of whose operations are over at once, with an int.
type there struct{ done chan struct{} }

func (t *there) Done() <-chan struct{}                               { return t.done }
func (t *there) Wait(context.Context) error                          { return nil }
func (t *there) Outcome() (any, error)                               { return 42, nil }
func (t *there) Cancel(error)                                        {}
func (t *there) Line() async.Line                                    { return t }
func (t *there) NewLine() async.Line                                 { return t }
func (t *there) Begin(context.Context, async.Operation) async.Source { return t }
func (t *there) Notify(context.Context, async.Operation) error       { return nil }

// BenchmarkAwait is what the package itself adds to an operation: beside what anybody pays who waits for a value of somebody else's, a channel for it.
func BenchmarkAwait(b *testing.B) {
	over := &there{done: make(chan struct{})}
	close(over.done)
	ctx := context.Background()
	b.Run("via=promise", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := async.Call[int](async.Of(over), "Answer").Await(ctx); v != 42 || err != nil {
				b.Fatal(v, err)
			}
		}
	})
	b.Run("via=result", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := async.Of(over).Call("Answer").Await(ctx); v != 42 || err != nil {
				b.Fatal(v, err)
			}
		}
	})
	b.Run("via=channel", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			answer := make(chan any, 1)
			answer <- 42
			if v := <-answer; v != 42 {
				b.Fatal(v)
			}
		}
	})
}
