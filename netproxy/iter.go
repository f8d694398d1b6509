package netproxy

import (
	"context"
	"iter"
	"reflect"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Item is one step of an iteration: an index or a key, and the element there. A sequence of single values (a channel, an iter.Seq) has them as
// Key and as Value.
type Item struct {
	Key, Value *Proxy
}

// All iterates over whatever range does: slices, arrays, pointers to arrays, strings, maps, channels, integers, and iterator funcs. Elements come in
// pages, so that there is not a round trip for each, and while one page is used the next is on its way. Of an iterator func, whose steps may have
// effects, the pages begin with one element and grow as long as the consumer keeps up, so that the func runs ahead of the loop, by some two pages at
// most. Of a channel, values come one by one: none is received that is not delivered.
//
// The iteration ends after an error. Leaving the loop early ends it at the other side, too: yield returns false there.
func (p *Proxy) All(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		if p.broken == nil && p.copy {
			p.allHere(yield)
			return
		}
		err := iterate(ctx, p, [2]conn.Want{}, readItem, func(it Item) bool { return yield(it, nil) })
		if err != nil {
			yield(Item{}, err)
		}
	}
}

// allHere iterates over a copy.
func (p *Proxy) allHere(yield func(Item, error) bool) {
	v := open(p.held)
	if !v.IsValid() {
		yield(Item{}, fail(ErrUnsupported, "nil has no elements"))
		return
	}
	if _, err := iterable(v); err != nil {
		yield(Item{}, err)
		return
	}
	if v.Type().CanSeq2() {
		v.Seq2()(func(k, v reflect.Value) bool { return yield(Item{proxyOfLocal(k), proxyOfLocal(v)}, nil) })
		return
	}
	v.Seq()(func(v reflect.Value) bool {
		x := proxyOfLocal(v)
		return yield(Item{x, x}, nil)
	})
}

// readItem reads one element of any type.
func readItem(r *pageReader, width int) (it Item, err error) {
	for i := range width {
		v, err := r.into(proxyType)
		if err != nil {
			return it, err
		}
		x := v.Interface().(*Proxy)
		if x == nil {
			x = newHeld(reflect.Value{})
		}
		if it.Value = x; i == 0 {
			it.Key = x
		}
	}
	return it, nil
}

// iteration is the consumer's end of one.
type iteration struct {
	p      *Proxy
	how    [2]conn.Want
	kind   int
	cursor *Proxy        // nil before the first page
	asked  int           // pages so far
	size   int           // of the next page
	next   *conn.Pending // the next page, if it is on its way
}

// iterate iterates over p. Keys and values come as how says, and are made by read. An error that yield has nothing to do with is returned.
func iterate[E any](ctx context.Context, p *Proxy, how [2]conn.Want, read func(*pageReader, int) (E, error), yield func(E) bool) error {
	it := &iteration{p: p, how: how, size: 1}
	left := true // also by a panic of the loop's body, or runtime.Goexit
	defer func() {
		if it.cursor != nil {
			it.end(ctx, left)
		}
	}()
	for {
		r, err := it.page(ctx)
		if err != nil {
			left = false
			return err
		}
		elements, more, err := readElements(it, r, read)
		if err == nil && more && len(elements) == 0 { // it would go on for ever
			err = fail(ErrMalformed, "a page without elements, with more to come")
		}
		if err == nil && more {
			it.prefetch(ctx)
		}
		for _, e := range elements {
			if !yield(e) {
				return nil
			}
		}
		if err != nil {
			return err
		}
		if !more {
			left = false
			return nil
		}
	}
}

// readElements reads a page: whole, before any of it is used, for what says whether there is more stands at its end. What came before an error counts.
func readElements[E any](it *iteration, r *pageReader, read func(*pageReader, int) (E, error)) (elements []E, more bool, err error) {
	if it.asked == 1 {
		v, err := r.into(intType)
		if err != nil {
			return nil, false, within(err, "the first page")
		}
		it.kind = int(v.Int())
	}
	width := kindWidth(it.kind)
	elements = make([]E, 0, min(r.left/width, pageItems))
	for r.left > 1 {
		e, err := read(r, width)
		if err != nil {
			return elements, false, within(err, "an element")
		}
		elements = append(elements, e)
	}
	if it.asked > 1 {
		v, err := r.into(anyType)
		return elements, err == nil && !v.IsNil(), err
	}
	v, err := r.into(proxyType)
	if err != nil {
		return elements, false, err
	}
	it.cursor = v.Interface().(*Proxy)
	return elements, it.cursor != nil, nil
}

// page gets the next page.
func (it *iteration) page(ctx context.Context) (*pageReader, error) {
	s := it.p.space
	keptUp := true
	var ret conn.Return
	var err error
	if next := it.next; next != nil {
		it.next = nil
		select {
		case <-next.Done():
			keptUp = false
		default:
		}
		ret, err = next.Wait(ctx)
	} else {
		var req *conn.Request
		if req, err = it.request(); err == nil {
			ret, err = s.c.Call(ctx, req)
		}
	}
	if err != nil {
		return nil, lost(err)
	}
	if keptUp {
		it.size = min(it.size*2, pageItems)
	}
	return s.readPage(ret)
}

// request makes the request for the next page.
func (it *iteration) request() (*conn.Request, error) {
	at, op, ahead := it.p, opAll, 0
	if it.cursor != nil {
		at, op = it.cursor, opNext
	}
	if it.asked > 1 {
		ahead = it.size
	}
	if at.broken != nil {
		return nil, at.broken
	}
	target, err := at.target()
	if err != nil {
		return nil, err
	}
	b := wire.AppendArray(nil, 2)
	if op == opAll {
		b = wire.AppendArray(nil, 4)
	}
	b = wire.AppendUint(b, uint64(it.size))
	b = wire.AppendUint(b, uint64(ahead))
	if op == opAll {
		b = wire.AppendUint(b, uint64(it.how[0]))
		b = wire.AppendUint(b, uint64(it.how[1]))
	}
	it.asked++
	return &conn.Request{Target: target, Op: op, Body: conn.Message{Data: b}}, nil
}

// prefetch asks for the next page while this one is used: of what has no effects at once, of an iterator func when the consumer has come
// back for more, of a channel never.
func (it *iteration) prefetch(ctx context.Context) {
	if it.kind == seqOfChannel || it.kind != seqOfData && it.asked < 2 {
		return
	}
	req, err := it.request()
	if err != nil {
		return // the next page will tell
	}
	if it.next, err = it.p.space.c.Start(ctx, req); err != nil {
		it.next = nil
		it.asked--
	}
}

// end ends the iteration at the other side. Where a loop was left early, it waits for the producer to have returned, if that is not long.
func (it *iteration) end(ctx context.Context, early bool) {
	if it.next != nil {
		it.next.Cancel(nil)
	}
	if early && it.kind != seqOfData && it.kind != seqOfChannel {
		if target, err := it.cursor.target(); err == nil {
			stop := &conn.Request{Target: target, Op: opStop, Body: conn.Message{Data: wire.AppendArray(nil, 0)}}
			_, _ = it.p.space.c.Call(ctx, stop) // the release below does it otherwise
		}
	}
	it.cursor.Release()
}
