package vm

import (
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// makeChan is make(chan T, n).
func (c *compiler) makeChan(in *ssa.MakeChan) op {
	dst, n, w, pos := c.slot(in), c.indexOf(in.Size), rtype.Word(c.typeOf(in)), c.pos(in.Pos())
	return func(fr *frame) {
		fr.pos = pos
		*at[unsafe.Pointer](fr, dst) = makechan(w, n.get(fr))
	}
}

// send is ch <- v.
func (c *compiler) send(in *ssa.Send) op {
	return shapeOf(c.typeOf(in.Chan).Elem()).send(c.slot(in.Chan), c.slot(in.X), c.pos(in.Pos()))
}

// recv is <-ch, with or without ok.
func (c *compiler) recv(in *ssa.UnOp) op {
	elem, dst, ch := shapeOf(c.typeOf(in.X).Elem()), c.slot(in), c.slot(in.X)
	pos := c.pos(in.Pos())
	if !in.CommaOk {
		return elem.recv(dst, ch, pos)
	}
	return elem.recvOk(dst, c.okOf(in), ch, pos)
}

// closeOp is close(ch).
func (c *compiler) closeOp(call *ssa.CallCommon, pos int32) op {
	ch := c.slot(call.Args[0])
	return func(fr *frame) {
		fr.pos = pos
		close(*at[chan struct{}](fr, ch))
	}
}

// Operations on channels that have to wait wait for the end of the run as well. When deferred calls still have time then, they wait on.

//go:noinline
func (exact[T]) send(ch, v slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos // the channel may be closed
		ch, v := *at[chan T](fr, ch), *at[T](fr, v)
		select {
		case ch <- v:
			return
		default:
		}
		for {
			select {
			case ch <- v:
				return
			case <-fr.th.cancel():
				fr.th.unwind()
			}
		}
	}
}

// receive is <-ch, for the thread of fr.
func receive[T any](fr *frame, ch chan T) (v T, ok bool) {
	select {
	case v, ok = <-ch:
		return v, ok
	default:
	}
	for {
		select {
		case v, ok = <-ch:
			return v, ok
		case <-fr.th.cancel():
			fr.th.unwind()
		}
	}
}

//go:noinline
func (exact[T]) recv(dst, ch slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		*at[T](fr, dst), _ = receive(fr, *at[chan T](fr, ch))
	}
}

//go:noinline
func (exact[T]) recvOk(dst, ok, ch slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		*at[T](fr, dst), *at[bool](fr, ok) = receive(fr, *at[chan T](fr, ch))
	}
}

//go:noinline
func (o opaque) send(ch, v slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		ch, v := *at[unsafe.Pointer](fr, ch), addr(fr, v)
		if !chansend(ch, v, true) {
			fr.wait([]selectCase{{dir: sends, ch: ch, v: v}})
		}
	}
}

//go:noinline
func (o opaque) recv(dst, ch slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		o.receive(fr, *at[unsafe.Pointer](fr, ch), addr(fr, dst))
	}
}

//go:noinline
func (o opaque) recvOk(dst, ok, ch slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		*at[bool](fr, ok) = o.receive(fr, *at[unsafe.Pointer](fr, ch), addr(fr, dst))
	}
}

func (o opaque) receive(fr *frame, ch, v unsafe.Pointer) (ok bool) {
	selected, ok := chanrecv(ch, true, v)
	if !selected {
		_, ok = fr.wait([]selectCase{{dir: receives, ch: ch, v: v}})
	}
	return ok
}
