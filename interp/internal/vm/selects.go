package vm

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

const (
	sends    = uintptr(reflect.SelectSend)
	receives = uintptr(reflect.SelectRecv)
	defaults = uintptr(reflect.SelectDefault)
)

// wait does one of the cases of a select, which waits for the end of the run as well.
func (fr *frame) wait(cases ...selectCase) (chosen int, ok bool) {
	for {
		end := fr.th.cancel()
		chosen, ok = rselect(append(cases, selectCase{dir: receives, ch: *(*unsafe.Pointer)(unsafe.Pointer(&end))}))
		if chosen < len(cases) {
			return chosen, ok
		}
		fr.th.unwind()
	}
}

// try does one of the cases of a select if it need not wait; chosen is -1 if it would have to.
func (fr *frame) try(cases ...selectCase) (chosen int, ok bool) {
	chosen, ok = rselect(append(cases, selectCase{dir: defaults}))
	if chosen == len(cases) {
		chosen = -1
	}
	return chosen, ok
}

// tryOne is try for a single case.
func (fr *frame) tryOne(cases ...selectCase) (chosen int, ok bool) {
	s := cases[0]
	selected := false
	if s.dir == sends {
		selected = chansend(s.ch, s.v, true)
	} else {
		selected, ok = chanrecv(s.ch, true, s.v)
	}
	if !selected {
		return -1, false
	}
	return 0, ok
}

// choice is a case of a select statement.
type choice struct {
	dir   uintptr
	ch, v slot                   // v is what is sent, or where what is received goes
	clear func(p unsafe.Pointer) // of what is received
}

// selectOp is a select statement, up to the code of its cases: it yields which one was chosen, whether something was received, and what
// each of the receiving cases has received.
func (c *compiler) selectOp(in *ssa.Select) op {
	tuple, base := c.shape(in), c.slot(in)
	choices := c.choices(in)
	ok := base + slot(tuple.Field(1).Offset)
	pos := c.pos(in.Pos())
	choose := (*frame).wait
	if !in.Blocking {
		choose = (*frame).try
		if len(choices) == 1 {
			choose = (*frame).tryOne
		}
	}
	return func(fr *frame) {
		fr.pos = pos
		cases := make([]selectCase, len(choices), len(choices)+1)
		for i := range choices {
			k := &choices[i]
			if k.clear != nil {
				k.clear(addr(fr, k.v))
			}
			cases[i] = selectCase{dir: k.dir, ch: *at[unsafe.Pointer](fr, k.ch), v: addr(fr, k.v)}
		}
		*at[int](fr, base), *at[bool](fr, ok) = choose(fr, cases...)
	}
}

func (c *compiler) choices(in *ssa.Select) []choice {
	tuple, base := c.shape(in), c.slot(in)
	list := make([]choice, len(in.States))
	received := 2 // the element of the tuple for the next receiving case
	for i, s := range in.States {
		list[i] = choice{dir: sends, ch: c.slot(s.Chan)}
		if s.Dir == types.SendOnly {
			list[i].v = c.slot(s.Send)
			continue
		}
		f := tuple.Field(received)
		received++
		list[i].dir, list[i].v, list[i].clear = receives, base+slot(f.Offset), clearer(f.Type)
	}
	return list
}
