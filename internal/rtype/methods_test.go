package rtype_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

// methodsOf makes a type of a layout with methods whose code gets the data word of an interface as its first parameter.
func methodsOf(t *testing.T, layout reflect.Type, methods map[string]any) reflect.Type {
	t.Helper()
	spec := rtype.Spec{Name: "p.T", PkgPath: "example.org/p", Defined: true, Layout: layout, Methods: len(methods), PtrMethods: len(methods)}
	d, err := rtype.Declare(spec)
	if err != nil {
		t.Fatal(err)
	}
	if layout.Kind() != reflect.Struct {
		err = d.SetLike(layout)
	}
	var list []rtype.Method
	for name, fn := range methods {
		f := reflect.ValueOf(fn)
		var in, out []reflect.Type
		for i := range f.Type().NumIn() - 1 {
			in = append(in, f.Type().In(i+1))
		}
		for i := range f.Type().NumOut() {
			out = append(out, f.Type().Out(i))
		}
		e, entryErr := rtype.NewEntry(f)
		if entryErr != nil {
			t.Fatal(entryErr)
		}
		m := rtype.Method{Name: name, Type: reflect.FuncOf(in, out, f.Type().IsVariadic()), Word: e, Func: e}
		if name[0] >= 'a' {
			m.PkgPath = "example.org/p"
		}
		list = append(list, m)
	}
	if err := errors.Join(err, d.SetMethods(list, list)); err != nil {
		t.Fatal(err)
	}
	return d.Type()
}

type sums interface {
	Ints(a, b, c, d, e, f, g, h, i, j, k int) int
	Mixed(a int8, x float64, s string, b []byte, y float32, v any, p *int) (string, float64, error)
	Large([20]int) [20]int
	None()
}

// TestRegisters calls methods whose arguments fill all registers, from compiled code.
func TestRegisters(t *testing.T) {
	seven := 7
	typ := methodsOf(t, reflect.TypeFor[uint64](), map[string]any{
		"Ints": func(p *uint64, a, b, c, d, e, f, g, h, i, j, k int) int {
			return int(*p) + a + 2*b + 3*c + 4*d + 5*e + 6*f + 7*g + 8*h + 9*i + 10*j + 11*k
		},
		"Mixed": func(p *uint64, a int8, x float64, s string, b []byte, y float32, v any, q *int) (string, float64, error) {
			return fmt.Sprint(*p, a, x, s, b, cap(b), y, v, *q), x + float64(y), io.EOF
		},
		"Large": func(p *uint64, a [20]int) [20]int { a[0] = int(*p); return a },
		"None":  func(*uint64) {},
	})
	v := reflect.New(typ).Elem()
	v.SetUint(1000)
	s := v.Interface().(sums)
	if n := s.Ints(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11); n != 1506 {
		t.Errorf("the sum is %d", n)
	}
	text, sum, err := s.Mixed(-1, 1.5, "s", make([]byte, 1, 99), 2.5, 'v', &seven)
	if text != "1000 -1 1.5s[0] 99 2.5 118 7" || err != io.EOF || sum != 4 {
		t.Errorf("got %s, %v, %v", text, sum, err)
	}
	if a := s.Large([20]int{19: 5}); a != [20]int{0: 1000, 19: 5} {
		t.Errorf("got %v", a)
	}
	s.None()
}

type walker interface{ Walk(depth int, next any) int }

// TestStack calls methods so deep that stacks grow and shrink under them, while the collector runs.
func TestStack(t *testing.T) {
	typ := methodsOf(t, reflect.TypeFor[[2]*int](), map[string]any{
		"Walk": func(p *[2]*int, depth int, next any) int {
			if depth%100 == 0 {
				runtime.GC()
			}
			if depth == 0 {
				return *p[1]
			}
			return next.(walker).Walk(depth-1, next) + *p[0]
		},
	})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			v := reflect.New(typ).Elem()
			for i := range 2 {
				n := i + 1
				v.Index(i).Set(reflect.ValueOf(&n))
			}
			boxed := v.Interface()
			if n := boxed.(walker).Walk(3000, boxed); n != 3002 {
				t.Errorf("walked %d", n)
			}
		})
	}
	wg.Wait()
}

// TestUnwinding panics through a method, leaves its goroutine in one, recovers in one that is deferred.
func TestUnwinding(t *testing.T) {
	typ := methodsOf(t, reflect.TypeFor[map[string]int](), map[string]any{
		"Panic": func(m map[string]int) { panic(m["x"]) },
		"Exit":  func(map[string]int) { runtime.Goexit() },
		"Close": func(m map[string]int) { m["closed"]++ },
	})
	m := reflect.MakeMap(typ)
	m.SetMapIndex(reflect.ValueOf("x"), reflect.ValueOf(42))
	v := m.Interface()
	func() {
		defer func() {
			if p := recover(); p != 42 {
				t.Errorf("recovered %v", p)
			}
		}()
		defer v.(interface{ Close() }).Close()
		v.(interface{ Panic() }).Panic()
	}()
	done := make(chan bool)
	go func() {
		defer close(done)
		defer v.(interface{ Close() }).Close()
		v.(interface{ Exit() }).Exit()
		t.Error("did not exit")
	}()
	<-done
	if n := m.MapIndex(reflect.ValueOf("closed")).Int(); n != 2 {
		t.Errorf("closed %d times", n)
	}
}

// TestDirect makes types whose values are the data words of interfaces.
func TestDirect(t *testing.T) {
	n := 5
	for _, layout := range []reflect.Type{
		reflect.TypeFor[*int](), reflect.TypeFor[func()](), reflect.TypeFor[chan int](), reflect.TypeFor[unsafe.Pointer](), reflect.TypeFor[[1]*int](),
	} {
		typ := methodsOf(t, layout, map[string]any{"Word": func(p unsafe.Pointer) unsafe.Pointer { return p }})
		if !rtype.Direct(typ) {
			t.Errorf("a %v is not direct", layout)
		}
		v := reflect.New(typ)
		*(**int)(v.UnsafePointer()) = &n
		if p := v.Elem().Interface().(interface{ Word() unsafe.Pointer }).Word(); p != unsafe.Pointer(&n) {
			t.Errorf("the word of a %v is not its value", layout)
		}
		if p := typ.Method(0).Func.Call([]reflect.Value{v.Elem()})[0].UnsafePointer(); p != unsafe.Pointer(&n) {
			t.Errorf("the receiver of a %v is not its value", layout)
		}
	}
	if rtype.Direct(reflect.TypeFor[uintptr]()) || rtype.Direct(reflect.TypeFor[string]()) {
		t.Error("values that are no pointers are direct")
	}
}

// TestWords reads and makes the first words of interfaces.
func TestWords(t *testing.T) {
	typ := methodsOf(t, reflect.TypeFor[struct{ a, b int }](), map[string]any{"Close": func(*struct{ a, b int }) error { return io.EOF }})
	v := reflect.New(typ).Elem().Interface()
	words := (*[2]unsafe.Pointer)(unsafe.Pointer(&v))
	if words[0] != rtype.Word(typ) || rtype.Of(words[0]) != typ {
		t.Error("the word of an empty interface is not the type's")
	}
	closer, err := v.(io.Closer), v.(interface{ Close() error })
	for iface, itab := range map[reflect.Type]unsafe.Pointer{
		reflect.TypeFor[io.Closer]():                  *(*unsafe.Pointer)(unsafe.Pointer(&closer)),
		reflect.TypeFor[interface{ Close() error }](): *(*unsafe.Pointer)(unsafe.Pointer(&err)),
		reflect.TypeFor[any]():                        words[0],
	} {
		if got, ok := rtype.Itab(iface, typ); !ok || got != itab {
			t.Errorf("the word of a %v is another one", iface)
		}
		if iface.NumMethod() > 0 && rtype.OfItab(itab) != typ {
			t.Errorf("the type in a %v is %v", iface, rtype.OfItab(itab))
		}
	}
	if _, ok := rtype.Itab(reflect.TypeFor[io.Reader](), typ); ok {
		t.Error("a type without Read is a Reader")
	}
	if _, ok := rtype.Itab(reflect.TypeFor[io.Reader](), reflect.TypeFor[int]()); ok {
		t.Error("int is a Reader")
	}
	if rtype.Of(nil) != nil || rtype.OfItab(nil) != nil {
		t.Error("nil has a type")
	}
}

// TestPool asks for more methods than there can be.
func TestPool(t *testing.T) {
	if err := rtype.Supported(); err != nil {
		t.Fatal(err)
	}
	before, size := rtype.Entries()
	var taken []*rtype.Entry
	var err error
	for err == nil {
		var e *rtype.Entry
		if e, err = rtype.NewEntry(reflect.ValueOf(func() {})); err == nil {
			taken = append(taken, e)
		}
	}
	if !errors.Is(err, rtype.ErrPool) || len(taken) != size-before {
		t.Errorf("%d entries, then %v", len(taken), err)
	}
	for _, e := range taken {
		e.Release()
	}
	if after, _ := rtype.Entries(); after != before {
		t.Errorf("%d entries are not free again", after-before)
	}
	typ := methodsOf(t, reflect.TypeFor[[2]int](), map[string]any{"Close": func(p *[2]int) error { return fmt.Errorf("closed %d", p[1]) }})
	if err := reflect.New(typ).Interface().(io.Closer).Close(); err.Error() != "closed 0" {
		t.Error(err)
	}
}

// TestRefused lists what does not go together.
func TestRefused(t *testing.T) {
	declare := func(spec rtype.Spec) *rtype.Draft {
		spec.Name, spec.PkgPath, spec.Defined = "p.T", "p", true
		d, err := rtype.Declare(spec)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	ints := reflect.TypeFor[struct{ A, B int }]()
	for name, err := range map[string]error{
		"too few fields":    declare(rtype.Spec{Layout: ints}).SetFields([]rtype.Field{{Name: "A", Type: reflect.TypeFor[int]()}}),
		"another size":      declare(rtype.Spec{Layout: ints}).SetFields([]rtype.Field{{Name: "A", Type: reflect.TypeFor[int]()}, {Name: "B", Type: reflect.TypeFor[int8]()}}),
		"a pointer":         declare(rtype.Spec{Layout: ints}).SetFields([]rtype.Field{{Name: "A", Type: reflect.TypeFor[int]()}, {Name: "B", Type: reflect.TypeFor[*int]()}}),
		"incomparable":      declare(rtype.Spec{Layout: reflect.TypeFor[struct{ p *int }]()}).SetFields([]rtype.Field{{Name: "f", PkgPath: "p", Type: reflect.TypeFor[func()]()}}),
		"another kind":      declare(rtype.Spec{Layout: reflect.TypeFor[[]int]()}).SetLike(reflect.TypeFor[string]()),
		"another length":    declare(rtype.Spec{Layout: reflect.TypeFor[[2]int]()}).SetLike(reflect.TypeFor[[3]int]()),
		"too many params":   declare(rtype.Spec{Layout: reflect.TypeFor[func()](), Params: 1}).SetLike(reflect.TypeFor[func(int) int]()),
		"missing methods":   declare(rtype.Spec{Layout: ints, Methods: 1, PtrMethods: 1}).SetMethods(nil, nil),
		"undeclared method": declare(rtype.Spec{Layout: ints}).SetMethods([]rtype.Method{{Name: "M"}}, nil),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestChanOf makes channels where reflect copies what it must not: there is a type of pointers to chan unsafe.Pointer in this program.
func TestChanOf(t *testing.T) {
	var known any = (*chan unsafe.Pointer)(nil)
	type local [3]int8
	for _, dir := range []reflect.ChanDir{reflect.BothDir, reflect.RecvDir, reflect.SendDir} {
		c := rtype.ChanOf(dir, reflect.TypeFor[local]())
		if p := reflect.PointerTo(c); p.Elem() != c {
			t.Errorf("a pointer to %v is %v", c, p)
		}
	}
	if rtype.ChanOf(reflect.BothDir, reflect.TypeFor[unsafe.Pointer]()) != reflect.TypeOf(known).Elem() ||
		reflect.PointerTo(reflect.TypeOf(known).Elem()) != reflect.TypeOf(known) {
		t.Error("a compiled type was repaired")
	}
}

// TestNames reads long names, tags and paths back.
func TestNames(t *testing.T) {
	long := fmt.Sprintf("%0300d", 7)
	d, err := rtype.Declare(rtype.Spec{
		Name: "p.N" + long, PkgPath: "example.org/" + long, Defined: true, Layout: reflect.TypeFor[struct{ A int }](),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetFields([]rtype.Field{{Name: "x" + long, PkgPath: "example.org/" + long, Tag: `t:"` + long + `"`, Type: reflect.TypeFor[int]()}}); err != nil {
		t.Fatal(err)
	}
	typ := d.Type()
	f := typ.Field(0)
	if typ.Name() != "N"+long || typ.PkgPath() != "example.org/"+long || f.Name != "x"+long || f.Tag.Get("t") != long || f.PkgPath != typ.PkgPath() {
		t.Errorf("%v of %s with %+v", typ, typ.PkgPath(), f)
	}
}

// TestUnexportedMethods tells methods of one name apart by their packages.
func TestUnexportedMethods(t *testing.T) {
	typ := methodsOf(t, reflect.TypeFor[[2]int](), map[string]any{"hidden": func(*[2]int) {}, "Shown": func(*[2]int) {}})
	iface := func(path string) reflect.Type {
		d, err := rtype.Declare(rtype.Spec{Name: "interface { p.hidden() }", Layout: reflect.TypeFor[error]()})
		if err != nil {
			t.Fatal(err)
		}
		d.SetInterface([]rtype.InterfaceMethod{{Name: "hidden", PkgPath: path, Type: reflect.TypeFor[func()]()}})
		return d.Type()
	}
	if !typ.Implements(iface("example.org/p")) || typ.Implements(iface("example.org/q")) || typ.NumMethod() != 1 {
		t.Error("a hidden method is another package's")
	}
	if _, ok := rtype.Itab(iface("example.org/q"), typ); ok {
		t.Error("the runtime calls another package's hidden method")
	}
	if _, ok := rtype.Itab(iface("example.org/p"), typ); !ok {
		t.Error("the runtime does not find a hidden method")
	}
}
