package reify_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/reify"
)

// session checks one input after the other, each a package main that sees the names of the ones before.
type session struct {
	t     testing.TB
	types *reify.Types
	scope map[string]types.Object
	calls []string // methods as they were called
}

func newSession(t testing.TB) *session {
	s := &session{t: t, scope: map[string]types.Object{}}
	s.types = reify.New(reify.Config{
		Known: func(*types.Named) (reflect.Type, bool) { return nil, false },
		Method: func(sel *types.Selection) reify.Method {
			return func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
				s.calls = append(s.calls, types.SelectionString(sel, func(p *types.Package) string { return p.Name() }))
				var out []reflect.Value
				for v := range sel.Type().(*types.Signature).Results().Variables() {
					out = append(out, reflect.Zero(s.types.Of(v.Type())))
				}
				return out
			}
		},
	})
	return s
}

func (s *session) input(src string) *types.Package {
	s.t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "input.go", "package main; import . \"session\"\n"+src, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	conf := types.Config{Importer: s, Error: func(err error) {
		if !strings.Contains(err.Error(), "imported and not used") {
			s.t.Fatal(err)
		}
	}}
	pkg, _ := conf.Check("main", fset, []*ast.File{file}, nil)
	for _, name := range pkg.Scope().Names() {
		s.scope[name] = pkg.Scope().Lookup(name)
	}
	return pkg
}

// Import shows an input the exported names of those before.
func (s *session) Import(path string) (*types.Package, error) {
	earlier := types.NewPackage(path, path)
	for _, obj := range s.scope {
		earlier.Scope().Insert(obj)
	}
	earlier.MarkComplete()
	return earlier, nil
}

func (s *session) object(name string) types.Object {
	s.t.Helper()
	obj := s.scope[name]
	if obj == nil {
		s.t.Fatalf("no %s", name)
	}
	return obj
}

func (s *session) of(name string) reflect.Type {
	s.t.Helper()
	return s.types.Of(s.object(name).Type())
}

func (s *session) named(name string) *types.Named { return s.object(name).Type().(*types.Named) }

func (s *session) local(fn, name string) types.Type {
	s.t.Helper()
	scope := s.object(fn).(*types.Func).Scope()
	obj := scope.Lookup(name)
	if obj == nil {
		s.t.Fatalf("no %s in %s", name, fn)
	}
	return obj.Type()
}

// addMethod declares a method of a type of an earlier input, as front does.
func (s *session) addMethod(name, src string) {
	s.t.Helper()
	pkg := s.input("func " + src)
	fn := pkg.Scope().Lookup("method").(*types.Func)
	sig := fn.Signature()
	n := s.named(name)
	recv := types.NewParam(0, pkg, "", n)
	n.AddMethod(types.NewFunc(0, pkg, "String", types.NewSignatureType(recv, nil, nil, sig.Params(), sig.Results(), sig.Variadic())))
}

// TestIdentity checks that identical types are one, whichever input they are written in, and others are not.
func TestIdentity(t *testing.T) {
	s := newSession(t)
	s.input(`
type P struct { x int }
var a1 struct { P; b int }
var b1 interface { M(P); n() }
var c1 func(P, ...[]P) map[P]chan<- P
var d1 struct { _ int; f P }
var e1 []struct { A interface{ M() P }; b any }
type S = struct { P }`)
	s.input(`
var a2 struct { P; b int }
var b2 interface { n(); M(P) }
var c2 func(x P, rest ...[]P) (m map[P]chan<- P)
var d2 struct { _ int; f P }
var e2 []struct { A interface{ M() P }; b interface{} }
var s2 struct { P }
type Q P
type R struct { x int }
func f() { type P struct { x int } }
func g() { type P struct { x int } }`)
	for _, pair := range []string{"a1 a2", "b1 b2", "c1 c2", "d1 d2", "e1 e2", "S s2"} {
		x, y, _ := strings.Cut(pair, " ")
		if s.of(x) != s.of(y) {
			t.Errorf("%s and %s are %v and %v, not one type", x, y, s.of(x), s.of(y))
		}
	}
	p := []reflect.Type{s.of("P"), s.of("Q"), s.of("R"), s.types.Of(s.local("f", "P")), s.types.Of(s.local("g", "P"))}
	for i := range p {
		for j := range i {
			if p[i] == p[j] {
				t.Errorf("%v and %v are one type", p[i], p[j])
			}
		}
	}
	if p[3].String() != "main.P" || p[4].Name() != "P" {
		t.Errorf("local types are %v and %v", p[3], p[4])
	}
}

// TestCompiledTypes checks that types without a part of the session's are those that compiled code has.
func TestCompiledTypes(t *testing.T) {
	s := newSession(t)
	s.input(`
var a func(string, ...byte) (error, any)
var b map[[2]rune]*chan (<-chan float64)
var c struct { A int; B string "t:\"x\"" }
var d []error
var e interface{}
var f struct { error; N int }
var g *struct { int }`)
	for name, want := range map[string]reflect.Type{
		"a": reflect.TypeFor[func(string, ...byte) (error, any)](), "b": reflect.TypeFor[map[[2]rune]*chan (<-chan float64)](),
		"c": reflect.TypeFor[struct {
			A int
			B string `t:"x"`
		}](), "d": reflect.TypeFor[[]error](), "e": reflect.TypeFor[any](),
	} {
		if got := s.of(name); got != want {
			t.Errorf("%s is %v, another one than compiled", name, got)
		}
	}
	if got := s.of("f"); !got.Implements(reflect.TypeFor[error]()) || got.String() != "struct { error; N int }" {
		t.Errorf("f is %v", got)
	}
	if got := s.of("g"); got.Elem().Field(0).PkgPath != "main" {
		t.Errorf("the package of an embedded int is %q", got.Elem().Field(0).PkgPath)
	}
}

// TestLocalNames checks how types that are local to a func are written, alone and as type arguments.
func TestLocalNames(t *testing.T) {
	s := newSession(t)
	s.input(`
type G[A, B any] struct { a A; b B }
func f() { type T struct { a int }; type U[X any] struct { x X }; var v G[T, *T]; _ = v }
func g() { { type T int }; type T string; var w U2; _ = w; type A = int }
type U2 int
func h() { func() { type T []T; var _ T }() }`)
	generic := s.named("G")
	instance := func(args ...types.Type) string {
		inst, err := types.Instantiate(nil, generic, args, true)
		if err != nil {
			t.Fatal(err)
		}
		return s.types.Of(inst).String()
	}
	f, g := s.local("f", "T"), s.local("g", "T")
	u, err := types.Instantiate(nil, s.local("f", "U"), []types.Type{g}, true)
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		s.types.Of(f).String(): "main.T", s.types.Of(u).String(): "main.U[main.T·4]",
		instance(f, types.NewPointer(f)):                 "main.G[main.T·1,*main.T·1]",
		instance(g, u):                                   "main.G[main.T·4,main.U[main.T·4]·2]",
		instance(s.named("U2"), generic2(t, generic, f)): "main.G[main.U2,main.G[main.T·1,int]]",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func generic2(t *testing.T, g *types.Named, arg types.Type) types.Type {
	t.Helper()
	inst, err := types.Instantiate(nil, g, []types.Type{arg, types.Typ[types.Int]}, true)
	if err != nil {
		t.Fatal(err)
	}
	return inst
}

// TestPackagePaths checks names of packages whose path is not their name.
func TestPackagePaths(t *testing.T) {
	s := newSession(t)
	pkg := types.NewPackage("exam.ple/x-y.z/my.pkg", "mypkg")
	obj := types.NewTypeName(0, pkg, "T", nil)
	n := types.NewNamed(obj, types.NewStruct([]*types.Var{types.NewField(0, pkg, "f", types.Typ[types.Int], false)}, nil), nil)
	pkg.Scope().Insert(obj)
	if rt := s.types.Of(n); rt.String() != "mypkg.T" || rt.PkgPath() != pkg.Path() || rt.Field(0).PkgPath != pkg.Path() {
		t.Errorf("%v of %s", rt, rt.PkgPath())
	}
	s.input(`type G[A any] struct { a A }`)
	inst, err := types.Instantiate(nil, s.named("G"), []types.Type{n}, true)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.types.Of(inst).String(); got != "main.G[exam.ple/x-y.z/my%2epkg.T]" {
		t.Error(got)
	}
}

// TestRenew adds methods to types that have values already.
func TestRenew(t *testing.T) {
	s := newSession(t)
	s.input(`
type T struct { A int }
func (T) Old(T) int { return 0 }
func (*T) Other() {}
type U struct { T }
type V struct { f map[string][]*V; g func(U) }
type W struct { n int }
func (W) M() {}
type L []L`)
	names := []string{"T", "U", "V", "W", "L"}
	old := map[string]reflect.Type{}
	for _, name := range names {
		old[name] = s.of(name)
	}
	value := reflect.New(old["T"]).Elem().Interface()
	if _, ok := value.(fmt.Stringer); ok {
		t.Fatal("T is a Stringer too early")
	}
	s.addMethod("T", "method() string { return `` }")
	if s.of("T") != old["T"] {
		t.Error("T is another type before it is renewed")
	}
	s.types.Renew(s.named("T"))

	for _, name := range names {
		changes := slices.Contains([]string{"T", "U", "V"}, name)
		if (s.of(name) != old[name]) != changes {
			t.Errorf("%s is renewed: %v", name, !changes)
		}
		if s.types.Current(old[name]) != s.of(name) || s.types.Current(s.of(name)) != s.of(name) {
			t.Errorf("the current type of %s is %v", name, s.types.Current(old[name]))
		}
		typ, ok := s.types.Reverse(old[name])
		if !ok || !types.Identical(typ, s.named(name)) {
			t.Errorf("the old %s was made of %v", name, typ)
		}
	}
	for _, name := range []string{"T", "U"} {
		if _, ok := reflect.New(s.of(name)).Elem().Interface().(fmt.Stringer); !ok {
			t.Errorf("the new %s is no Stringer", name)
		}
	}
	if _, ok := value.(fmt.Stringer); ok || reflect.TypeOf(value) != old["T"] {
		t.Error("a value has changed its type")
	}
	if in := s.of("T").Method(0).Type.In(1); in != s.of("T") {
		t.Errorf("a method of the new type takes a %v of before", in)
	}
	if s.of("V").Field(1).Type.In(0) != s.of("U") || s.of("V").Field(0).Type.Elem().Elem().Elem() != s.of("V") {
		t.Error("a field's type is that of before")
	}
	if s.types.Current(reflect.TypeFor[int]()) != reflect.TypeFor[int]() {
		t.Error("int has a newer type")
	}
}

// TestOldValues calls methods of values whose type was renewed since, also such as mention it.
func TestOldValues(t *testing.T) {
	s := newSession(t)
	s.input(`
type T struct { A int }
func (T) Self(T) (T, []T, Face, error) { panic(0) }
type Face interface { Self(T) (T, []T, Face, error) }`)
	old := reflect.New(s.of("T")).Elem()
	s.addMethod("T", "method() string { return `` }")
	s.types.Renew(s.named("T"))
	for range 2 {
		out := old.MethodByName("Self").Call([]reflect.Value{old})
		if out[0].Type() != old.Type() || out[1].Type() != reflect.SliceOf(old.Type()) {
			t.Errorf("the results are %v", out)
		}
	}
	if len(s.calls) != 2 {
		t.Errorf("called %q", s.calls)
	}
}

// TestDeclaredAgain calls a method of an old value for the first time after it was declared with another signature.
func TestDeclaredAgain(t *testing.T) {
	s := newSession(t)
	s.input("type T int\nfunc (T) M() int { return 0 }")
	old := reflect.New(s.of("T")).Elem()
	pkg := s.input("func M(string) {}")
	m := s.named("T").Method(0)
	sig := pkg.Scope().Lookup("M").(*types.Func).Signature()
	*m = *types.NewFunc(0, pkg, "M", types.NewSignatureType(m.Signature().Recv(), nil, nil, sig.Params(), nil, false))
	s.types.Renew(s.named("T"))
	if got := s.of("T").Method(0).Type.String(); got != "func(main.T, string)" {
		t.Errorf("the new method is %s", got)
	}
	if text := call(old.Method(0)); !strings.Contains(text, "declared again") {
		t.Errorf("the old method says %q", text)
	}
}

// TestRefused lists types that cannot be: each is an *Error, and nothing half made is left behind.
func TestRefused(t *testing.T) {
	s := newSession(t)
	s.input(`
type G[A any] struct { a A }
type C interface { ~int | string }
type X chan [1<<17]byte
type Y struct { x X; ok Z }
type Z struct { p *Y; q *Z }
func (Z) M() {}
func f[A any](a A, g G[A]) {}
type Big [1<<62]struct { a, b, c, d int }`)
	params := s.object("f").(*types.Func).Signature().Params()
	for name, typ := range map[string]types.Type{
		"a generic type": s.named("G"), "a constraint": s.named("C"), "a type parameter": params.At(0).Type(), "in an instance": params.At(1).Type(),
		"a generic func": s.object("f").Type(), "too large for a channel": s.named("X"), "made of what is refused": s.named("Y"),
		"a tuple": params, "nil": types.Typ[types.UntypedNil], "nothing": types.Typ[types.Invalid], "too large": s.named("Big"),
	} {
		err := refusal(s.types, typ)
		if err == nil {
			t.Errorf("%s: %v is a type", name, typ)
		} else if err.Error() == "" || err.Type == nil {
			t.Errorf("%s: the error says nothing: %v", name, err)
		}
	}
	// Z is made of Y, which cannot be; but what does not lead there is as before.
	if err := refusal(s.types, s.named("Z")); err == nil {
		t.Error("Z was left behind half made")
	}
	s.input("type Fine struct { f *Fine }\nfunc (Fine) M() {}")
	if s.of("Fine").NumMethod() != 1 {
		t.Error("no more types after a refusal")
	}
}

func refusal(ts *reify.Types, typ types.Type) (refused *reify.Error) {
	defer func() {
		if err, ok := recover().(error); ok {
			errors.As(err, &refused)
		}
	}()
	ts.Of(typ)
	return nil
}

// TestConcurrently makes types from many goroutines while others use them.
func TestConcurrently(t *testing.T) {
	s := newSession(t)
	var b strings.Builder
	const n = 40
	for i := range n {
		fmt.Fprintf(&b, "type T%d struct { next *T%d; m *map[T%d]string; f interface{ M(T%d) } }\nfunc (T%d) M() {}\n", i, (i+1)%n, (i+7)%n, i, i)
	}
	s.input(b.String())
	var wg sync.WaitGroup
	made := make([][n]reflect.Type, 8)
	for g := range made {
		wg.Go(func() {
			for i := range n {
				k := (i*7 + g*5) % n
				rt := s.types.Of(s.scope[fmt.Sprintf("T%d", k)].Type())
				made[g][k] = rt
				_ = fmt.Sprintf("%+v", reflect.New(rt).Elem())
				m := reflect.MakeMap(reflect.MapOf(rt, rt))
				m.SetMapIndex(reflect.Zero(rt), reflect.Zero(rt))
				s.types.Lookup(rt, "M", "")
				s.types.Reverse(rt)
			}
		})
	}
	wg.Wait()
	for g := range made {
		if made[g] != made[0] {
			t.Error("goroutines have different types")
		}
	}
}
