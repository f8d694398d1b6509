package netproxy

import (
	"fmt"
	"reflect"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
)

// The operations, by their numbers on the wire. The first are those of package async.
const (
	opGet      = conn.Op(async.OpGet)
	opSet      = conn.Op(async.OpSet)
	opCall     = conn.Op(async.OpCall)
	opIndex    = conn.Op(async.OpIndex)
	opSetIndex = conn.Op(async.OpSetIndex)
	opAppend   = conn.Op(async.OpAppend)
	opDelete   = conn.Op(async.OpDelete)
	opLen      = conn.Op(async.OpLen)
	opSend     = conn.Op(async.OpSend)
	opRecv     = conn.Op(async.OpRecv)
	opElem     = conn.Op(async.OpElem)
)

const (
	opValue conn.Op = iota + 32 // the object itself, as a value
	opAll                       // the first elements, and a cursor for the rest
	opNext                      // of a cursor: the next elements

	opDisplay = conn.Op(async.OpDisplay)   // fmt.Sprint
	opNames   = conn.Op(async.OpNames)     // of the members
	opClose   = conn.Op(async.OpCloseSend) // of a channel

	opRestore conn.Op = 38 // a call that is lent memory: see loan.go
)

const (
	opDescribe conn.Op = 40 // the type, and what can be called of it
	opMerge    conn.Op = 58 // elements into a map, and others out of it
)

var moreOpNames = map[conn.Op]string{
	opValue: "Value", opAll: "All", opNext: "All", opRestore: "Call",
	opDescribe: "Describe", opMerge: "SetIndex",
	opFill: "Read", opPour: "WriteTo", opDrain: "ReadFrom", opReceive: "Recv", opPost: "Send", opStop: "All",
}

func opName(op conn.Op) string {
	if name, ok := moreOpNames[op]; ok {
		return name
	}
	return async.Op(op).String()
}

// How results are wanted: two bits of a conn.Want for each of the first three, and two for all others.
const (
	wantAuto  = 0 // plain data by value, slices and maps by reference
	wantValue = 1 // slices and maps by value, too
	wantDeep  = 2 // what pointers point to by value, too
)

func wantAt(want conn.Want, i int) conn.Want { return want >> (2 * min(i, 3)) & 3 }

// wantOf tells how a result is wanted that will be a t.
func wantOf(t reflect.Type) conn.Want {
	p := planOf(t)
	want := p.want.Load()
	if want == 0 {
		want = 1 + uint32(howWanted(t))
		p.want.Store(want)
	}
	return conn.Want(want - 1)
}

func howWanted(t reflect.Type) conn.Want {
	switch planOf(t).class {
	case classInterface, classShared:
		return wantAuto
	}
	if t == proxyType {
		return wantAuto
	}
	if pointsIn(t, nil) {
		return wantDeep
	}
	return wantValue
}

// pointsIn says whether there are pointers in values of type t.
func pointsIn(t reflect.Type, seen map[reflect.Type]bool) bool {
	switch p := planOf(t); p.class {
	case classPointer:
		return t != proxyType
	case classSlice, classArray:
		return pointsIn(t.Elem(), seen)
	case classMap:
		return pointsIn(t.Key(), seen) || pointsIn(t.Elem(), seen)
	case classStruct:
		if seen[t] {
			return false
		}
		if seen == nil {
			seen = make(map[reflect.Type]bool)
		}
		seen[t] = true
		for _, f := range p.fields {
			if pointsIn(t.Field(f.index).Type, seen) {
				return true
			}
		}
	}
	return false
}

// wantsOf packs how several results are wanted.
func wantsOf(types []reflect.Type) (want conn.Want) {
	for i, t := range types {
		w := wantOf(t)
		if i > 3 {
			w = max(w, wantAt(want, 3))
			want &^= 3 << 6
		}
		want |= w << (2 * min(i, 3))
	}
	return want
}

// arguments are the arguments of an operation. They are taken in order.
type arguments interface {
	len() int
	next(p *plan) (reflect.Value, error)
}

// received are arguments that came over a connection.
type received struct{ d *decoder }

func (a received) len() int { return a.d.args }

func (a received) next(p *plan) (reflect.Value, error) {
	copied := p.methods && a.d.isCopy()
	v := a.d.passing(p)
	err := a.d.planned(v, p)
	a.d.wanted = a.d.wanted || copied && err != nil
	return v, err
}

// given are arguments of an operation on what is here.
type given struct{ list []any }

func (a *given) len() int { return len(a.list) }

func (a *given) next(p *plan) (reflect.Value, error) {
	t, x := p.typ, a.list[0]
	a.list = a.list[1:]
	switch y := x.(type) {
	case *sharing:
		x = y.v.Interface()
	case *copying:
		x = y.v.Interface()
	case *releasing:
		x = y.x
	case *Proxy:
		if t != proxyType && y.copy {
			x = y.Interface()
		}
	}
	return fit(loopback{}, x, t)
}

// count checks the number of arguments of an operation.
func count(op conn.Op, args arguments, want int) error {
	if got := args.len(); got != want {
		return fail(ErrArgument, "%s takes %s, not %d", opName(op), plural(want, "argument"), got)
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
