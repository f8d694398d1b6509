package vm

import (
	"go/types"
	"math/rand/v2"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

const (
	sends    = uintptr(reflect.SelectSend)
	receives = uintptr(reflect.SelectRecv)
	defaults = uintptr(reflect.SelectDefault)
)

// selectOp is a select statement, up to the code of its cases: it yields which one was chosen, whether something was received, and what
// each of the receiving cases has received.
func (c *compiler) selectOp(in *ssa.Select) op {
	chosen, ok, pos := c.slot(in), c.okOf(in), c.pos(in.Pos())
	choices := c.choices(in)
	switch {
	case in.Blocking:
		return func(fr *frame) {
			fr.pos = pos // channels may be closed
			var few [5]selectCase
			*at[int](fr, chosen), *at[bool](fr, ok) = fr.await(choices.cases(fr, few[:0]))
		}
	case len(choices) == 1:
		return func(fr *frame) {
			fr.pos = pos
			var one [1]selectCase
			if selected, received := choices.cases(fr, one[:0])[0].try(); selected {
				*at[int](fr, chosen), *at[bool](fr, ok) = 0, received
			} else {
				*at[int](fr, chosen), *at[bool](fr, ok) = -1, false
			}
		}
	}
	return func(fr *frame) {
		fr.pos = pos
		var few [5]selectCase
		i, received := rselect(append(choices.cases(fr, few[:0]), selectCase{dir: defaults}))
		if i == len(choices) {
			i = -1
		}
		*at[int](fr, chosen), *at[bool](fr, ok) = i, received
	}
}

// choices are the cases of a select statement.
type choices []choice

type choice struct {
	dir   uintptr
	ch, v slot                   // v is what is sent, or where what is received goes
	clear func(p unsafe.Pointer) // of what is received
}

func (c *compiler) choices(in *ssa.Select) choices {
	tuple, base := c.shape(in), c.slot(in)
	list := make(choices, len(in.States))
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

// cases appends the cases to list as the runtime takes them.
func (s choices) cases(fr *frame, list []selectCase) []selectCase {
	for i := range s {
		k := &s[i]
		if k.clear != nil {
			k.clear(addr(fr, k.v))
		}
		list = append(list, selectCase{dir: k.dir, ch: *at[unsafe.Pointer](fr, k.ch), v: addr(fr, k.v)})
	}
	return list
}

// try does a case if it need not wait.
func (s *selectCase) try() (selected, received bool) {
	if s.dir == sends {
		return chansend(s.ch, s.v, true), false
	}
	return chanrecv(s.ch, true, s.v)
}

// await does one of some cases, which are few in most selects. Each of those that need not wait is as likely as the others.
func (fr *frame) await(cases []selectCase) (chosen int, received bool) {
	var order [8]int
	if len(cases) > len(order) {
		return fr.wait(cases)
	}
	for i := range cases {
		j := rand.IntN(i + 1)
		order[i], order[j] = order[j], i
	}
	for _, i := range order[:len(cases)] {
		if selected, received := cases[i].try(); selected {
			return i, received
		}
	}
	return fr.wait(cases)
}

// wait does one of some cases, or ends with the run.
func (fr *frame) wait(cases []selectCase) (chosen int, received bool) {
	for {
		end := fr.th.cancel()
		chosen, received = rselect(append(cases, selectCase{dir: receives, ch: *(*unsafe.Pointer)(unsafe.Pointer(&end))}))
		if chosen < len(cases) {
			return chosen, received
		}
		fr.th.unwind()
	}
}
