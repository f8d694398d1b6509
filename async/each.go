package async

import (
	"context"
	"iter"
)

// DefaultLimit is how many operations Each has under way where no limit is given.
const DefaultLimit = 1000

// Each begins an operation for each item, with limit of them under way at most (0: DefaultLimit), and returns their values in the order of the
// items. The first error cancels those still under way and begins no more; it is an *ItemError, returned with the values that were there by then. The end
// of ctx does the same.
//
// What begin begins on one Handle is carried out one after the other; on handles of their own, or on results of which each has its own,
// operations run side by side.
func Each[I, T any, R Awaited[T]](ctx context.Context, limit int, items []I, begin func(item I) R) ([]T, error) {
	values := make([]T, len(items))
	n := 0
	for i, out := range EachReady[I, T](ctx, limit, items, begin) {
		values[i] = out.Value
		if n++; out.Err != nil {
			return values, &ItemError{Index: i, Err: out.Err}
		}
	}
	if n < len(items) {
		return values, context.Cause(ctx)
	}
	return values, nil
}

// EachReady is Each for who wants outcomes as they come, errors among them: it yields the index of an item and what its operation has come to, and goes
// on after errors. Leaving the loop cancels the operations still under way and begins no more; so does the end of ctx, which ends the loop.
func EachReady[I, T any, R Awaited[T]](ctx context.Context, limit int, items []I, begin func(item I) R) iter.Seq2[int, Outcome[T]] {
	if limit <= 0 {
		limit = DefaultLimit
	}
	limit = min(limit, len(items))
	return func(yield func(int, Outcome[T]) bool) {
		w := newWatch(ctx, limit)
		defer w.stop()
		under := make(map[int]R, limit)
		defer func() {
			for _, r := range under {
				r.Cancel()
			}
		}()
		begun := 0
		for {
			for ; begun < len(items) && len(under) < limit && ctx.Err() == nil; begun++ {
				r := begin(items[begun])
				under[begun] = r
				w.await(begun, r)
			}
			if len(under) == 0 {
				return
			}
			i, ok := w.next()
			if !ok {
				return
			}
			out := outcome[T](ctx, under[i])
			delete(under, i)
			if !yield(i, out) {
				return
			}
		}
	}
}
