package netproxy

import (
	"context"
	"io"
	"iter"
	"reflect"
	"sync"
)

// Item is one step of an iteration: an index or a key, and the element there. A sequence of single values (a channel, an iter.Seq) has them as
// Key and as Value.
type Item struct {
	Key, Value *Proxy
}

// All iterates over whatever range does: slices, arrays, pointers to arrays, strings, maps, channels, integers, and iterator funcs. Elements come in
// pages, so that there is not a round trip for each; of an iterator func or a channel, whose steps may have effects, the pages begin small. The
// iteration ends after an error. Leaving the loop early ends it at the other side, too.
func (p *Proxy) All(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		at, op := p, opAll
		for {
			page, err := at.do(ctx, op, "")
			if err != nil {
				yield(Item{}, err)
				return
			}
			items := page.Results()
			more := items[0]
			for i := 1; i+1 < len(items); i += 2 {
				if !yield(Item{items[i], items[i+1]}, nil) {
					more.Release()
					return
				}
			}
			if more.Interface() == nil {
				return
			}
			at, op = more, opNext
		}
	}
}

// Bounds of a page: elements, and about how many bytes are in them.
const (
	pageItems = 1000
	pageBytes = 256 << 10
)

// cursor is an iteration under way.
type cursor struct {
	mu   sync.Mutex // held while a page is collected, which runs the iterator: it has one consumer at a time, whoever asks
	next func(ctx context.Context, wait bool) (key, value reflect.Value, state step, err error)
	stop func()
	size int // of the next page
	grow int

	ending sync.Mutex
	closed bool // nobody wants more; guarded by ending
}

// step says what came of a step of an iteration.
type step int

const (
	stepGot  step = iota
	stepEnd       // there are no more elements
	stepWait      // there is none yet, and one was not to wait for it
)

func stepOf(ok bool) step {
	if ok {
		return stepGot
	}
	return stepEnd
}

// firstPage begins an iteration over v.
func firstPage(ctx context.Context, v reflect.Value, args arguments) ([]reflect.Value, error) {
	if err := count(opAll, args, 0); err != nil {
		return nil, err
	}
	c, err := newCursor(v)
	if err != nil {
		return nil, err
	}
	return c.page(ctx, nil)
}

// nextPage goes on with an iteration.
func nextPage(ctx context.Context, o *object, args arguments) ([]reflect.Value, error) {
	if err := count(opNext, args, 0); err != nil {
		return nil, err
	}
	if o.tuple || !o.v.IsValid() || o.v.Type() != reflect.TypeFor[*cursor]() {
		return nil, fail(ErrMalformed, "no iteration is under way there")
	}
	return o.v.Interface().(*cursor).page(ctx, o)
}

func newCursor(v reflect.Value) (*cursor, error) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, fail(ErrUnsupported, "a nil %s has no elements", v.Type())
	}
	c := &cursor{size: pageItems, grow: 1}
	switch {
	case v.Kind() == reflect.Chan:
		if v.Type().ChanDir()&reflect.RecvDir == 0 {
			return nil, fail(ErrUnsupported, "nothing is received from a %s", v.Type())
		}
		c.size, c.grow = 1, 4
		c.next = receiver(v)
		c.stop = func() {}
	case v.Type().CanSeq2():
		next, stop := iter.Pull2(v.Seq2())
		c.next = func(context.Context, bool) (reflect.Value, reflect.Value, step, error) {
			k, v, ok := next()
			return k, v, stepOf(ok), nil
		}
		c.stop = stop
	case v.Type().CanSeq():
		next, stop := iter.Pull(v.Seq())
		c.next = func(context.Context, bool) (reflect.Value, reflect.Value, step, error) {
			v, ok := next()
			return v, v, stepOf(ok), nil
		}
		c.stop = stop
	default:
		return nil, fail(ErrUnsupported, "a %s cannot be iterated over", v.Type())
	}
	if v.Kind() == reflect.Func {
		if v.IsNil() {
			return nil, fail(ErrUnsupported, "a nil %s cannot be iterated over", v.Type())
		}
		c.size, c.grow = 1, 4
	}
	return c, nil
}

// receiver receives from a channel.
func receiver(v reflect.Value) func(context.Context, bool) (key, value reflect.Value, state step, err error) {
	return func(ctx context.Context, wait bool) (x, _ reflect.Value, state step, err error) {
		if !wait {
			x, ok := v.TryRecv()
			if !ok && !x.IsValid() {
				return x, x, stepWait, nil
			}
			return x, x, stepOf(ok), nil
		}
		got, err := channel(ctx, v, opRecv, nil)
		if err == io.EOF { //nolint:errorlint // our own, for closed
			return x, x, stepEnd, nil
		} else if err != nil {
			return x, x, stepEnd, err
		}
		return got[0], got[0], stepGot, nil
	}
}

// page collects elements: the object for the rest, or nil, then the keys and values by turns. o is that object, if there is one already.
func (c *cursor) page(ctx context.Context, o *object) ([]reflect.Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	done := true // also when the iterator panics
	defer func() {
		c.ending.Lock()
		c.closed = c.closed || done
		stop := c.closed
		c.ending.Unlock()
		if stop {
			c.stop()
		}
	}()
	items := []reflect.Value{{}}
	for n, bytes := 0, 0; n < c.size && bytes < pageBytes; n++ {
		key, value, state, err := c.next(ctx, n == 0)
		if err != nil {
			return nil, err
		}
		if state == stepEnd {
			return items, nil
		}
		if state == stepWait {
			break
		}
		items = append(items, key, value)
		bytes += weight(key) + weight(value)
	}
	c.size = min(c.size*c.grow, pageItems)
	done = false
	if o == nil {
		o = &object{v: reflect.ValueOf(c), close: c.close}
	}
	items[0] = reflect.ValueOf(o)
	return items, nil
}

// close ends an iteration that nobody holds any more: now, or, if a page is being collected, behind that.
func (c *cursor) close() {
	c.ending.Lock()
	c.closed = true
	c.ending.Unlock()
	if c.mu.TryLock() {
		defer c.mu.Unlock()
		c.stop()
	}
}

// weight is about how many bytes a value comes to.
func weight(v reflect.Value) int {
	v = open(v)
	if !v.IsValid() {
		return 1
	}
	switch v.Kind() {
	case reflect.String:
		return 16 + v.Len()
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return 16 + v.Len()
		}
	}
	return 16 + int(v.Type().Size())
}
