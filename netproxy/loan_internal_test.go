package netproxy

import (
	"reflect"
	"testing"

	"github.com/rgo-project/rgo/internal/wire"
)

type loaned struct {
	N    int
	S    string
	Kids []*loaned
	M    map[string][]int
	Any  any
	B    []byte
	A    [2]int8
}

func loanedSample() *loaned {
	kid := &loaned{N: 1, S: "kid", B: []byte("abc")}
	xs := []int{1, 2, 3, 4}
	return &loaned{
		S: "x", Kids: []*loaned{kid, kid, {N: 2}}, M: map[string][]int{"a": xs[:2], "b": xs[1:]}, Any: []any{kid, xs, 1, map[string]any{"k": "v"}},
	}
}

// lendAll writes values as the arguments of a call that lends them.
func lendAll(t testing.TB, values ...any) (*loan, []byte) {
	t.Helper()
	list := make([]reflect.Value, len(values))
	for i, x := range values {
		list[i] = reflect.ValueOf(x)
	}
	l := &loan{id: 1, in: loopback{}}
	e := encoder{out: loopback{}, lending: &lending{l: l, more: true, blocks: blocksOf(list)}}
	for _, v := range list {
		if err := e.dynamic(v); err != nil {
			t.Fatal(err)
		}
	}
	return l, e.buf
}

// FuzzBorrow reads what is lent, whatever it is, changes nothing or something, and gives it back.
func FuzzBorrow(f *testing.F) {
	_, buf := lendAll(f, loanedSample(), []int{1}, map[string]int{"a": 1})
	f.Add(buf)
	tree := loanedSample()
	_, buf = lendAll(f, tree, &tree.N, tree.M["b"], tree.M["b"][1:])
	f.Add(buf)
	targets := []reflect.Type{
		anyType, reflect.TypeFor[*loaned](), reflect.TypeFor[[]int](), reflect.TypeFor[map[string][]int](), reflect.TypeFor[[]*int](),
		reflect.TypeFor[*[4]int](), reflect.TypeFor[[]any](), reflect.TypeFor[**int](), reflect.TypeFor[[][]struct{}](), proxyType,
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, typ := range targets {
			l := &loan{id: 1, side: 1, in: loopback{}}
			d := newDecoder(loopback{}, data, nil)
			d.loan = l
			for d.r.Len() > 0 {
				if _, err := d.into(typ); err != nil {
					break
				}
			}
			l.watch()
			if err := l.collect(true); err != nil || len(l.unacked) > 0 {
				t.Fatalf("what nobody has touched has changed: %v, %x", err, l.unacked)
			}
		}
	})
}

// FuzzRestore reads changes, whatever they are, of what was lent.
func FuzzRestore(f *testing.F) {
	record := func(l *loan) []byte {
		e := encoder{}
		l.record(&e)
		return e.buf
	}
	_, buf := lendAll(f, loanedSample(), []int{1, 2}, []byte("abc"))
	there := &loan{id: 1, side: 1, in: loopback{}}
	d := newDecoder(loopback{}, buf, nil)
	d.loan = there
	got, err := d.into(reflect.TypeFor[*loaned]())
	if err != nil {
		f.Fatal(err)
	}
	there.watch()
	tree := got.Interface().(*loaned)
	tree.M["b"][0], tree.Kids[0].B[1], tree.S, tree.Any = 9, 'x', "y", tree.Kids
	delete(tree.M, "a")
	if err := there.collect(false); err != nil {
		f.Fatal(err)
	}
	tree.Kids = append(tree.Kids, &loaned{Kids: tree.Kids})
	if err := there.collect(true); err != nil {
		f.Fatal(err)
	}
	f.Add(record(there))
	f.Add(wire.AppendUint(wire.AppendArray(nil, 1), 7))
	f.Fuzz(func(t *testing.T, data []byte) {
		here, _ := lendAll(t, loanedSample(), []int{1, 2}, []byte("abc"))
		here.watch()
		r := wire.NewReader(data)
		if err := here.read(&r, nil); err != nil {
			return
		}
		if err := here.collect(false); err != nil || len(here.unacked) > 0 {
			t.Fatalf("what the other side has said comes back to it: %v, %x", err, here.unacked)
		}
	})
}
