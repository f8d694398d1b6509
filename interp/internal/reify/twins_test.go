package reify_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"reflect"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/reify"
)

// twins are the compiled types that are made a second time, by the names they have in decls_test.go.
var twins = []struct {
	expr string
	typ  reflect.Type
}{
	{"Bool", reflect.TypeFor[Bool]()},
	{"Int", reflect.TypeFor[Int]()},
	{"Int8", reflect.TypeFor[Int8]()},
	{"Uint16", reflect.TypeFor[Uint16]()},
	{"Float", reflect.TypeFor[Float]()},
	{"Float32", reflect.TypeFor[Float32]()},
	{"Complex", reflect.TypeFor[Complex]()},
	{"Str", reflect.TypeFor[Str]()},
	{"Unsafe", reflect.TypeFor[Unsafe]()},
	{"Uintptr", reflect.TypeFor[Uintptr]()},
	{"Bytes", reflect.TypeFor[Bytes]()},
	{"Strings", reflect.TypeFor[Strings]()},
	{"IntMap", reflect.TypeFor[IntMap]()},
	{"Array", reflect.TypeFor[Array]()},
	{"Array0", reflect.TypeFor[Array0]()},
	{"Array1", reflect.TypeFor[Array1]()},
	{"Big", reflect.TypeFor[Big]()},
	{"Func", reflect.TypeFor[Func]()},
	{"Chan", reflect.TypeFor[Chan]()},
	{"Send", reflect.TypeFor[Send]()},
	{"Recv", reflect.TypeFor[Recv]()},
	{"ChanOfRecv", reflect.TypeFor[ChanOfRecv]()},
	{"Pointer", reflect.TypeFor[Pointer]()},
	{"Empty", reflect.TypeFor[Empty]()},
	{"Any", reflect.TypeFor[Any]()},
	{"Alias", reflect.TypeFor[Alias]()},

	{"Node", reflect.TypeFor[Node]()},
	{"NodeKey", reflect.TypeFor[NodeKey]()},
	{"Leaf", reflect.TypeFor[Leaf]()},
	{"List", reflect.TypeFor[List]()},
	{"Tree", reflect.TypeFor[Tree]()},
	{"Fun", reflect.TypeFor[Fun]()},
	{"Pipe", reflect.TypeFor[Pipe]()},
	{"PtrSelf", reflect.TypeFor[PtrSelf]()},
	{"Even", reflect.TypeFor[Even]()},
	{"Odd", reflect.TypeFor[Odd]()},
	{"MapOfArr", reflect.TypeFor[MapOfArr]()},
	{"KeyOfMap", reflect.TypeFor[KeyOfMap]()},
	{"ArrOfMap", reflect.TypeFor[ArrOfMap]()},
	{"SelfFace", reflect.TypeFor[SelfFace]()},
	{"MutualFace", reflect.TypeFor[MutualFace]()},
	{"Matrix", reflect.TypeFor[Matrix]()},

	{"Point", reflect.TypeFor[Point]()},
	{"Mixed", reflect.TypeFor[Mixed]()},
	{"Padded", reflect.TypeFor[Padded]()},
	{"Ends", reflect.TypeFor[Ends]()},
	{"OnePtr", reflect.TypeFor[OnePtr]()},
	{"OneMap", reflect.TypeFor[OneMap]()},
	{"IntMap2", reflect.TypeFor[IntMap2]()},
	{"Nested", reflect.TypeFor[Nested]()},
	{"Blanks", reflect.TypeFor[Blanks]()},
	{"BlankInt", reflect.TypeFor[BlankInt]()},
	{"Regular", reflect.TypeFor[Regular]()},
	{"Large", reflect.TypeFor[Large]()},
	{"Huge", reflect.TypeFor[Huge]()},
	{"Ünïcode", reflect.TypeFor[Ünïcode]()},

	{"base", reflect.TypeFor[base]()},
	{"Named", reflect.TypeFor[Named]()},
	{"EmbedValue", reflect.TypeFor[EmbedValue]()},
	{"EmbedPtr", reflect.TypeFor[EmbedPtr]()},
	{"EmbedOnly", reflect.TypeFor[EmbedOnly]()},
	{"EmbedUnex", reflect.TypeFor[EmbedUnex]()},
	{"EmbedUnexPtr", reflect.TypeFor[EmbedUnexPtr]()},
	{"EmbedFace", reflect.TypeFor[EmbedFace]()},
	{"EmbedError", reflect.TypeFor[EmbedError]()},
	{"EmbedFaceOnly", reflect.TypeFor[EmbedFaceOnly]()},
	{"EmbedInt", reflect.TypeFor[EmbedInt]()},
	{"EmbedDeep", reflect.TypeFor[EmbedDeep]()},
	{"EmbedDeeper", reflect.TypeFor[EmbedDeeper]()},
	{"EmbedStd", reflect.TypeFor[EmbedStd]()},
	{"EmbedSelf", reflect.TypeFor[EmbedSelf]()},
	{"EmbedOverride", reflect.TypeFor[EmbedOverride]()},
	{"EmbedAmbig", reflect.TypeFor[EmbedAmbig]()},
	{"EmbedHidden", reflect.TypeFor[EmbedHidden]()},
	{"EmbedMap", reflect.TypeFor[EmbedMap]()},
	{"PtrToStruct", reflect.TypeFor[PtrToStruct]()},
	{"Derived", reflect.TypeFor[Derived]()},
	{"DerivedNone", reflect.TypeFor[DerivedNone]()},

	{"Walker", reflect.TypeFor[Walker]()},
	{"Hider", reflect.TypeFor[Hider]()},
	{"Zoo", reflect.TypeFor[Zoo]()},
	{"EmptyFace", reflect.TypeFor[EmptyFace]()},
	{"FaceAlias", reflect.TypeFor[FaceAlias]()},

	{"Pair[string, Point]", reflect.TypeFor[Pair[string, Point]]()},
	{"PairAlias", reflect.TypeFor[PairAlias]()},
	{"Stack[int]", reflect.TypeFor[Stack[int]]()},
	{"Stack[Stack[*Point]]", reflect.TypeFor[Stack[Stack[*Point]]]()},
	{"Num[Str]", reflect.TypeFor[Num[Str]]()},
	{"GenFace[[]byte]", reflect.TypeFor[GenFace[[]byte]]()},
	{"GenFunc[Point]", reflect.TypeFor[GenFunc[Point]]()},
	{"GenMap[NodeKey, Node]", reflect.TypeFor[GenMap[NodeKey, Node]]()},
	{"GenEmbed[rune]", reflect.TypeFor[GenEmbed[rune]]()},
	{"GenEmbed[Alias]", reflect.TypeFor[GenEmbed[Alias]]()},
	{
		"Pair[struct{ A int; b Point `t:\"x\"`; int; EmbedPtr; Stack[int]; *Point; Alias2 }, interface{ M(...Point) int; n(); error }]",
		reflect.TypeFor[Pair[struct {
			A int
			b Point `t:"x"`
			int
			EmbedPtr
			Stack[int]
			*Point
			Alias2
		}, interface {
			M(...Point) int
			n()
			error
		}]](),
	},
	{"Pair[map[string]time.Time, func(chan (<-chan int), ...any) (a, b json.Decoder)]", reflect.TypeFor[Pair[map[string]time.Time, func(chan (<-chan int), ...any) (a, b json.Decoder)]]()},
	{"Pair[[3]chan<- unsafe.Pointer, struct{}]", reflect.TypeFor[Pair[[3]chan<- unsafe.Pointer, struct{}]]()},

	{"*Point", reflect.TypeFor[*Point]()},
	{"**Point", reflect.TypeFor[**Point]()},
	{"[]Point", reflect.TypeFor[[]Point]()},
	{"[7]Node", reflect.TypeFor[[7]Node]()},
	{"map[NodeKey]Node", reflect.TypeFor[map[NodeKey]Node]()},
	{"chan Large", reflect.TypeFor[chan Large]()},
	{"<-chan (<-chan Point)", reflect.TypeFor[<-chan (<-chan Point)]()},
	{"func(Point, ...*Node) (Func, error)", reflect.TypeFor[func(Point, ...*Node) (Func, error)]()},
	{"struct{ A, b Point; c int `t:\"x\"`; D any }", reflect.TypeFor[struct {
		A, b Point
		c    int `t:"x"`
		D    any
	}]()},
	{"struct{ Point }", reflect.TypeFor[struct{ Point }]()},
	{"*struct{ Point }", reflect.TypeFor[*struct{ Point }]()},
	{"struct{ X int; *Point; Hider }", reflect.TypeFor[struct {
		X int
		*Point
		Hider
	}]()},
	{"struct{ *Point }", reflect.TypeFor[struct{ *Point }]()},
	{"struct{ base; error; int; _ string; Stack[string] }", reflect.TypeFor[struct {
		base
		error
		int
		_ string
		Stack[string]
	}]()},
	{"struct{ _ int; A string }", reflect.TypeFor[struct {
		_ int
		A string
	}]()},
	{"interface{ Foo(Point) }", reflect.TypeFor[interface{ Foo(Point) }]()},
	{"interface{ hidden() int; Z(); a() }", reflect.TypeFor[interface {
		hidden() int
		Z()
		a()
	}]()},
	{"interface{ Hider; String() string }", reflect.TypeFor[interface {
		Hider
		String() string
	}]()},
	{"any", reflect.TypeFor[any]()},
	{"error", reflect.TypeFor[error]()},
	{"fmt.Stringer", reflect.TypeFor[fmt.Stringer]()},
	{"struct{}", reflect.TypeFor[struct{}]()},

	{"Celsius", reflect.TypeFor[Celsius]()},
	{"Weather", reflect.TypeFor[Weather]()},
	{"Formatted", reflect.TypeFor[Formatted]()},
	{"GoString", reflect.TypeFor[GoString]()},
	{"Failure", reflect.TypeFor[Failure]()},
	{"byX", reflect.TypeFor[byX]()},
}

// compiled are the types of the standard library that decls_test.go uses: they are not made a second time.
var compiled = map[string]reflect.Type{
	"fmt.Stringer": reflect.TypeFor[fmt.Stringer](), "fmt.State": reflect.TypeFor[fmt.State](), "sync.Mutex": reflect.TypeFor[sync.Mutex](),
	"time.Time": reflect.TypeFor[time.Time](), "time.Location": reflect.TypeFor[time.Location](), "encoding/json.Decoder": reflect.TypeFor[json.Decoder](),
	"encoding/xml.Name": reflect.TypeFor[xml.Name](), "io.Reader": reflect.TypeFor[io.Reader](), "time.Duration": reflect.TypeFor[time.Duration](),
	"time.Month": reflect.TypeFor[time.Month](), "time.Weekday": reflect.TypeFor[time.Weekday](),
}

// declarations is decls_test.go as the checker sees it.
var declarations = sync.OnceValues(func() (*types.Package, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "decls_test.go", nil, 0)
	if err != nil {
		return nil, err
	}
	path := reflect.TypeFor[Point]().PkgPath()
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	return conf.Check(path, fset, []*ast.File{file}, nil)
})

// world is a session in which the methods of made types run as those of their compiled twins.
type world struct {
	pkg   *types.Package
	types *reify.Types

	mu    sync.Mutex
	twins map[reflect.Type]reflect.Type // both ways
}

// newWorld returns the world of all tests: methods are too many to be made for each.
func newWorld(t testing.TB) *world {
	t.Helper()
	w, err := theWorld()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var theWorld = sync.OnceValues(func() (*world, error) {
	pkg, err := declarations()
	if err != nil {
		return nil, err
	}
	w := &world{pkg: pkg, twins: map[reflect.Type]reflect.Type{}}
	w.types = reify.New(reify.Config{
		Known: func(n *types.Named) (reflect.Type, bool) {
			if n.Obj().Pkg() == pkg {
				return nil, false
			}
			rt, ok := compiled[types.TypeString(n, nil)] // unexported ones are not: the table has what code can name
			return rt, ok
		},
		Method: w.method,
	})
	for _, twin := range twins {
		w.pair(w.of(twin.expr), twin.typ)
	}
	return w, nil
})

// of returns the type that an expression is.
func (w *world) of(expr string) reflect.Type {
	tv, err := types.Eval(token.NewFileSet(), w.pkg, token.NoPos, expr)
	if err != nil { // names of imported packages are in the file's scope
		tv, err = evalIn(w.pkg, w.pkg.Scope().Child(0), expr)
	}
	if err != nil {
		panic(err)
	}
	return w.types.Of(tv.Type)
}

func evalIn(pkg *types.Package, file *types.Scope, expr string) (types.TypeAndValue, error) {
	e, err := parser.ParseExpr(expr)
	if err != nil {
		return types.TypeAndValue{}, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	err = types.CheckExpr(token.NewFileSet(), pkg, file.End()-1, e, info)
	return info.Types[e], err
}

// pair notes that made is compiled's twin, and so are their parts.
func (w *world) pair(made, native reflect.Type) {
	if made == native || w.twins[made] == native || made.Kind() != native.Kind() {
		return
	}
	w.twins[made], w.twins[native] = native, made
	if made.Name() != "" || made.Kind() == reflect.Struct {
		w.pair(reflect.PointerTo(made), reflect.PointerTo(native))
		w.pair(reflect.SliceOf(made), reflect.SliceOf(native))
	}
	switch made.Kind() {
	case reflect.Map:
		w.pair(made.Key(), native.Key())
		w.pair(made.Elem(), native.Elem())
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		w.pair(made.Elem(), native.Elem())
	case reflect.Struct:
		for i := range min(made.NumField(), native.NumField()) {
			w.pair(made.Field(i).Type, native.Field(i).Type)
		}
	case reflect.Func:
		w.pairParams(made, native)
	}
	if made.Kind() != reflect.Interface || native.NumMethod() == made.NumMethod() {
		for i := range min(made.NumMethod(), native.NumMethod()) {
			w.pairParams(made.Method(i).Type, native.Method(i).Type)
		}
	}
}

func (w *world) pairParams(made, native reflect.Type) {
	for i := range min(made.NumIn(), native.NumIn()) {
		w.pair(made.In(i), native.In(i))
	}
	for i := range min(made.NumOut(), native.NumOut()) {
		w.pair(made.Out(i), native.Out(i))
	}
}

// method runs a method as the compiled twin has it.
func (w *world) method(sel *types.Selection) reify.Method {
	w.mu.Lock()
	defer w.mu.Unlock()
	made := w.types.Of(sel.Recv())
	native, ok := w.twins[made]
	if !ok {
		panic(fmt.Sprintf("%v has no twin", made))
	}
	sig := sel.Obj().Type().(*types.Signature)
	var in, out []reflect.Type
	for v := range sig.Params().Variables() {
		in = append(in, w.native(w.types.Of(v.Type())))
	}
	for v := range sig.Results().Variables() {
		out = append(out, w.types.Of(v.Type()))
	}
	name := sel.Obj().Name()
	return func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
		m := reflect.NewAt(native, recv).Elem().MethodByName(name)
		if !m.IsValid() {
			return w.unexported(reflect.NewAt(native, recv).Elem(), name)
		}
		for i := range args {
			args[i] = w.convert(args[i], in[i])
		}
		var results []reflect.Value
		if sig.Variadic() {
			results = m.CallSlice(args)
		} else {
			results = m.Call(args)
		}
		for i := range results {
			results[i] = w.convert(results[i], out[i])
		}
		return results
	}
}

// unexported calls a method that reflection cannot call.
func (w *world) unexported(recv reflect.Value, name string) []reflect.Value {
	if name == "hidden" {
		return []reflect.Value{reflect.ValueOf(recv.Interface().(interface{ hidden() int }).hidden())}
	}
	panic(fmt.Sprintf("no way to call %v.%s", recv.Type(), name))
}

// native returns the twin of a made type, and also the other way round; types that reflect knows as compiled are their own twins.
func (w *world) native(t reflect.Type) reflect.Type {
	if twin, ok := w.twins[t]; ok {
		return twin
	}
	return t
}

// convert sees a value as one of its twin's type: they are the same memory. Values in interfaces become their own twins.
func (w *world) convert(v reflect.Value, to reflect.Type) reflect.Value {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return reflect.Zero(to)
		}
		v = v.Elem()
		if twin, ok := w.twins[v.Type()]; ok {
			v = w.convert(v, twin)
		}
		return v.Convert(to)
	}
	if v.Type() == to {
		return v
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return reflect.NewAt(to, p.UnsafePointer()).Elem()
}

// made returns the twin of a compiled value, with the same content.
func (w *world) made(native any) any {
	v := reflect.ValueOf(native)
	return w.convert(v, w.native(v.Type())).Interface()
}

var errTest = errors.New("test")
