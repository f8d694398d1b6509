package netproxy

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// The elements of an iteration go over the wire in pages: [kind, element…, rest], where rest is a cursor, or, from the second page on, true; it is nil if there
// are no more. An element of a kind of two values is written as two.
const (
	seqOfOne     = 1 // an iterator func, whose steps may have effects: nothing is prefetched before the consumer has shown that it wants more
	seqOfTwo     = 2
	seqOfData    = 3 // two values each; pages are filled before they are sent
	seqOfChannel = 4 // one value each, and one at a time, since what has been received cannot be put back
)

// kindWidth is how many values an element has.
func kindWidth(kind int) int {
	if kind == seqOfTwo || kind == seqOfData {
		return 2
	}
	return 1
}

// maxCursors bounds the iterations that a peer may have under way, each of which is a goroutine.
const maxCursors = 4096

// stopTime is how long the end of a loop waits for the producer to have returned: long enough for one that is at work between two elements, and
// not for one that waits for something.
const stopTime = 100 * time.Millisecond

// cursor is an iteration under way. The producer runs in a goroutine of its own, ahead of the consumer as far as that has allowed it.
type cursor struct {
	s    *Space
	v    reflect.Value
	kind int
	how  [2]conn.Want

	turn chan struct{} // held by the one consumer at a time
	more chan struct{} // one slot: the producer has something, or has ended
	room chan struct{} // one slot: the producer may go on, or has to end
	done chan struct{} // closed when the producer has returned

	begun bool // by who has the turn

	mu      sync.Mutex
	page    *page // being filled; nil while the producer writes to it
	most    int   // how many values may be in it
	over    bool  // the producer has returned
	failed  error // why, if it has not come to its end
	stopped bool  // nobody wants more
}

// firstPage begins an iteration. Arguments: as for nextPage, and how keys and values are wanted.
func (s *Space) firstPage(ctx context.Context, o *object, args arguments) ([]reflect.Value, error) {
	if err := count(opAll, args, 4); err != nil {
		return nil, err
	}
	most, ahead, err := pageArguments(args)
	if err != nil {
		return nil, err
	}
	var how [2]conn.Want
	for i := range how {
		w, err := args.next(planOf(reflect.TypeFor[conn.Want]()))
		if err != nil {
			return nil, err
		}
		how[i] = conn.Want(w.Uint()) & 3
	}
	if o.tuple {
		return nil, fail(ErrUnsupported, "%d results are not one value: choose one with Index", len(o.results()))
	}
	v := open(o.value())
	if !v.IsValid() {
		return nil, fail(ErrUnsupported, "nil has no elements")
	}
	kind, err := iterable(v)
	if err != nil {
		return nil, err
	}
	if s.cursors.Add(1) > maxCursors {
		s.cursors.Add(-1)
		return nil, fail(ErrUnsupported, "%d iterations are under way at %s already: end some", maxCursors, "this peer")
	}
	c := &cursor{
		s: s, v: v, kind: kind, how: how, page: s.newPage(),
		turn: make(chan struct{}, 1), more: make(chan struct{}, 1), room: make(chan struct{}, 1), done: make(chan struct{}),
	}
	if err := c.page.add(reflect.ValueOf(kind), wantAuto); err != nil {
		return nil, err
	}
	return c.next(ctx, most, ahead, true)
}

// nextPage goes on with an iteration. Arguments: how many elements are wanted at most, and how many may be produced ahead.
func (s *Space) nextPage(ctx context.Context, o *object, args arguments) ([]reflect.Value, error) {
	c, err := cursorOf(o)
	if err != nil {
		return nil, err
	}
	if err := count(opNext, args, 2); err != nil {
		return nil, err
	}
	most, ahead, err := pageArguments(args)
	if err != nil {
		return nil, err
	}
	return c.next(ctx, most, ahead, false)
}

func pageArguments(args arguments) (most, ahead int, err error) {
	for _, at := range []*int{&most, &ahead} {
		n, err := args.next(planOf(reflect.TypeFor[uint16]()))
		if err != nil {
			return 0, 0, err
		}
		*at = min(int(n.Uint()), pageItems)
	}
	return max(most, 1), ahead, nil
}

func cursorOf(o *object) (*cursor, error) {
	if o.tuple || !o.v.IsValid() || o.v.Type() != reflect.TypeFor[*cursor]() {
		return nil, fail(ErrMalformed, "no iteration is under way there")
	}
	return o.v.Interface().(*cursor), nil
}

// stopPages ends an iteration, and waits a little for the producer to have returned.
func (s *Space) stopPages(ctx context.Context, o *object) ([]reflect.Value, error) {
	c, err := cursorOf(o)
	if err != nil {
		return nil, err
	}
	c.stop()
	timer := time.NewTimer(stopTime)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, nil
}

// iterable says what kind of sequence v is.
func iterable(v reflect.Value) (kind int, err error) {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Chan:
		if t.ChanDir()&reflect.RecvDir == 0 {
			return 0, fail(ErrUnsupported, "nothing is received from a %s", t)
		}
		return seqOfChannel, nil
	case (t.Kind() == reflect.Pointer || t.Kind() == reflect.Func) && v.IsNil():
		return 0, fail(ErrUnsupported, "a nil %s has no elements", t)
	case t.Kind() == reflect.Func && t.CanSeq2():
		return seqOfTwo, nil
	case t.Kind() == reflect.Func && t.CanSeq():
		return seqOfOne, nil
	case t.CanSeq2(), t.CanSeq():
		return seqOfData, nil
	}
	return 0, fail(ErrUnsupported, "a %s cannot be iterated over", t)
}

// next makes the next page.
func (c *cursor) next(ctx context.Context, most, ahead int, first bool) ([]reflect.Value, error) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-c.turn }()
	if c.kind == seqOfChannel {
		return c.receive(ctx, first)
	}
	if c.kind == seqOfData {
		most, ahead = dataItems, dataItems
	}
	width, head := kindWidth(c.kind), 0
	if first {
		head = 1
	}
	c.allow(head + most*width)
	if !c.begun {
		c.begun = true
		if !c.s.c.Go(c.produce) { // ends when the sequence does, or the next element is refused; joined by the connection's Wait
			c.s.cursors.Add(-1)
			return nil, context.Cause(c.s.c.Context())
		}
	}
	for {
		p, over, err := c.take(head, head+most*width, ahead*width)
		switch {
		case err != nil:
			return nil, err
		case p != nil:
			return c.finish(p, over, first)
		}
		select {
		case <-c.more:
		case <-ctx.Done():
			c.stop() // what this page would have had is missing in the next one
			return nil, context.Cause(ctx)
		}
	}
}

// finish adds what says whether there is more.
func (c *cursor) finish(p *page, over, first bool) ([]reflect.Value, error) {
	rest := reflect.Value{}
	switch {
	case over:
	case first:
		rest = reflect.ValueOf(&object{v: reflect.ValueOf(c), close: c.stop})
	default:
		rest = reflect.ValueOf(true)
	}
	if err := p.add(rest, wantAuto); err != nil {
		return nil, err
	}
	return p.results(), nil
}

// allow lets the producer fill the page up to most values.
func (c *cursor) allow(most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = most
	signal(c.room)
}

// take takes the page if there is something in it besides its head, or, of data, if it is full. Until the next call the producer may go
// on for ahead values.
func (c *cursor) take(head, most, ahead int) (p *page, over bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.over && c.failed != nil && c.page.n <= head:
		return nil, true, c.failed
	case c.over:
	case c.page == nil, c.page.n <= head, c.kind == seqOfData && !c.page.full(most):
		return nil, false, nil
	}
	p, c.page = c.page, c.s.newPage()
	c.most = ahead
	if ahead > 0 {
		signal(c.room)
	}
	return p, c.over && c.failed == nil, nil
}

// signal wakes the one who waits at a channel of one slot.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// stop ends the iteration: the producer's yield returns false. It does not wait.
func (c *cursor) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	signal(c.room)
}

// produce runs the sequence.
func (c *cursor) produce() {
	returned := false
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch p := recover(); {
		case returned:
		case p != nil:
			c.failed = &PanicError{Value: p, Stack: string(debug.Stack())}
		default:
			c.failed = fmt.Errorf("%w in an iterator", ErrGoexit)
		}
		c.over = true
		if c.page == nil { // it was being written to
			c.page = c.s.newPage()
		}
		c.s.cursors.Add(-1)
		close(c.done)
		signal(c.more)
	}()
	if kindWidth(c.kind) == 2 && c.v.Type().CanSeq2() {
		c.v.Seq2()(func(k, v reflect.Value) bool { return c.yield(k, v) })
	} else if c.kind == seqOfData { // an integer
		c.v.Seq()(func(v reflect.Value) bool { return c.yield(v, v) })
	} else {
		c.v.Seq()(func(v reflect.Value) bool { return c.yield(v) })
	}
	returned = true
}

// yield puts an element into the page, and waits until the producer may go on.
func (c *cursor) yield(element ...reflect.Value) bool {
	c.mu.Lock()
	p := c.page
	if c.stopped {
		c.mu.Unlock()
		return false
	}
	c.page = nil
	c.mu.Unlock()

	err := c.put(p, element) // no lock is held: values may write themselves

	c.mu.Lock()
	defer c.mu.Unlock()
	c.page = p
	if err != nil {
		c.failed = within(err, "an element")
		c.stopped = true
		return false
	}
	signal(c.more)
	for !c.stopped && c.page.full(c.most) {
		c.mu.Unlock()
		select {
		case <-c.room:
		case <-c.s.c.Context().Done():
			c.mu.Lock()
			return false
		}
		c.mu.Lock()
	}
	return !c.stopped
}

// put writes an element to a page, all of it or nothing.
func (c *cursor) put(p *page, element []reflect.Value) error {
	if len(element) == 1 {
		return p.add(element[0], c.how[1])
	}
	n, back := p.n, p.e.mark()
	for i, v := range element {
		if err := p.add(v, c.how[i]); err != nil {
			p.n = n
			back()
			return err
		}
	}
	return nil
}

// receive makes a page of one value received from a channel.
func (c *cursor) receive(ctx context.Context, first bool) ([]reflect.Value, error) {
	p := c.page
	c.page = c.s.newPage()
	got, err := channel(ctx, c.v, opRecv, nil)
	over := err == io.EOF //nolint:errorlint // our own, for closed
	if over {
		err = nil
	} else if err == nil {
		err = p.add(got[0], c.how[1])
	}
	if first {
		c.s.cursors.Add(-1) // it has no goroutine
		close(c.done)
	}
	if err != nil {
		return nil, err
	}
	return c.finish(p, over, first)
}
