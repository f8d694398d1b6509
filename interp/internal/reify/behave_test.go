package reify_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"testing"
	"text/template"
	"time"
)

var celsius = Celsius(21.5)

// values are given to each behaviour twice: as they are compiled, and as values of the made twin with the same content.
var values = []any{
	Bool(true), Int(5), Int8(-3), Uint16(9), Float(2.5), Float32(1.5), Complex(1 + 2i), Str("text"), Bytes("bytes"),
	Strings{"a", "c", "b"},
	IntMap{"one": 1},
	IntMap(nil),
	Array{1, 2, 3},
	Array0{},
	Array1{},
	Big{"first"},
	Func(nil), Chan(nil),
	Empty{},
	Uintptr(3),

	Node{Value: 1, children: []Node{{Value: 2}}, Index: map[string]Node{"k": {Value: 3}}, byNode: map[NodeKey]NodeKey{{name: "n"}: {f: 2}}},
	NodeKey{name: "n", f: 1.5, any: 3},
	Leaf{m: map[string][3]Leaf{"x": {}}},
	List{nil, List{}, List{List{}}},
	Tree{"a": {"b": nil}},
	Even{},
	Odd{},
	Matrix{},

	Point{3, 4},
	&Point{5, 6},
	Mixed{A: 1, c: "c", D: &Point{1, 1}, e: errTest, H: true},
	Padded{1, 2},
	Ends{A: 1},
	OnePtr{},
	Nested{},
	Blanks{A: "a"},
	BlankInt{A: 4},
	Regular{A: 1, c: 2},
	Ünïcode{1, 2},

	base{1},
	Named{"n"},
	EmbedValue{1, Point{1, 2}},
	&EmbedValue{1, Point{1, 2}},
	EmbedPtr{&Point{7, 8}, "n"},
	EmbedOnly{&Point{1, 2}},
	EmbedUnex{base{1}, 2},
	EmbedUnexPtr{&base{3}},
	EmbedFace{1, Int(4)},
	EmbedError{errTest, 5},
	EmbedFaceOnly{errTest},
	EmbedInt{1, 2, 3, "four"},
	EmbedDeep{EmbedValue{1, Point{2, 3}}, &Named{"deep"}},
	&EmbedDeeper{1, &EmbedDeep{EmbedValue{1, Point{2, 3}}, &Named{"deep"}}},
	EmbedOverride{Point{1, 1}},
	EmbedAmbig{Point{1, 1}, 2},
	EmbedHidden{Point{9, 9}},
	EmbedMap{IntMap{"m": 1}},
	Derived{1, Point{1, 2}},
	DerivedNone{1, 2},

	Pair[string, Point]{"first", Point{1, 2}},
	Stack[int]{items: []int{1, 2}},
	Num[Str]{"v"},
	GenMap[NodeKey, Node]{},
	GenEmbed[rune]{Stack[rune]{items: []rune("xy")}, &Pair[rune, rune]{'a', 'b'}},

	Celsius(20),
	Weather{Where: "here", Temp: 20, Days: map[string]Celsius{"mon": 1}, Points: []Point{{1, 2}}, secret: "s", Opt: &celsius},
	Formatted{1},
	GoString{2},
	&Failure{3, io.EOF},
	byX{{3, 1}, {1, 1}, {2, 1}},
	[]Point{{1, 2}, {3, 4}},
	struct{ Point }{Point{1, 2}},
	&struct{ Point }{Point{1, 2}},
	struct{ *Point }{&Point{1, 2}},
	struct {
		_ int
		A string
	}{A: "a"},
	map[NodeKey]Node{{name: "n"}: {Value: 1}},
}

// behaviours do something with a value and tell what came of it.
var behaviours = map[string]func(v any) string{
	"%v":  func(v any) string { return fmt.Sprintf("%v %v", v, []any{v}) },
	"%+v": func(v any) string { return fmt.Sprintf("%+v", v) },
	"%#v": func(v any) string { return fmt.Sprintf("%#v", v) },
	"%T":  func(v any) string { return fmt.Sprintf("%T %T", v, []any{v}) },
	"%s %d %q": func(v any) string {
		return fmt.Sprintf("%s %d %q %x", v, v, v, v)
	},
	"json": func(v any) string {
		b, err := json.Marshal(v)
		back := reflect.New(reflect.TypeOf(v))
		err2 := json.Unmarshal(b, back.Interface())
		return fmt.Sprintf("%s %v %v %+v", b, err, err2, back.Elem())
	},
	"xml": func(v any) string {
		b, err := xml.Marshal(v)
		back := reflect.New(reflect.TypeOf(v))
		err2 := xml.Unmarshal(b, back.Interface())
		return fmt.Sprintf("%s %v %v %+v", b, err, err2, back.Elem())
	},
	"gob": func(v any) string {
		var b bytes.Buffer
		err := gob.NewEncoder(&b).Encode(v)
		back := reflect.New(reflect.TypeOf(v))
		err2 := gob.NewDecoder(&b).Decode(back.Interface())
		return fmt.Sprintf("%v %v %+v", err, err2, back.Elem())
	},
	"methods": callMethods,
	"methods of the type": func(v any) string {
		t := reflect.TypeOf(v)
		out := ""
		for i := range t.NumMethod() {
			if m := t.Method(i); m.Type.NumIn() == 1 {
				out += call(m.Func, reflect.ValueOf(v))
			}
		}
		return out
	},
	"methods of the pointer": func(v any) string {
		p := reflect.New(reflect.TypeOf(v))
		p.Elem().Set(reflect.ValueOf(v))
		return callMethods(p.Interface()) + fmt.Sprintf("%+v", p.Elem())
	},
	"nil pointer": func(v any) string {
		return fmt.Sprintf("%v", reflect.Zero(reflect.PointerTo(reflect.TypeOf(v))).Interface())
	},
	"interfaces": func(v any) string {
		out := ""
		if s, ok := v.(fmt.Stringer); ok {
			out += s.String()
		}
		if e, ok := v.(error); ok {
			out += fmt.Sprint(e.Error(), errors.Is(e, io.EOF), errors.Unwrap(e) == io.EOF)
		}
		if h, ok := v.(interface{ hidden() int }); ok {
			out += fmt.Sprint(h.hidden())
		}
		if h, ok := v.(Hider); ok {
			out += fmt.Sprint(h.hidden(), h)
		}
		if s, ok := v.(sort.Interface); ok {
			sort.Sort(s)
			out += fmt.Sprint(s)
		}
		return out
	},
	"==": func(v any) string {
		return try(func() any { w := reflect.ValueOf(v).Interface(); return v == w && w == v })
	},
	"map key": func(v any) string {
		return try(func() any {
			m := map[any]int{v: 1}
			m[v]++
			typed := reflect.MakeMap(reflect.MapOf(reflect.TypeOf(v), reflect.TypeFor[int]()))
			typed.SetMapIndex(reflect.ValueOf(v), reflect.ValueOf(3))
			typed.SetMapIndex(reflect.ValueOf(v), reflect.ValueOf(4))
			return fmt.Sprint(m[v], len(m), typed.Len(), typed.MapIndex(reflect.ValueOf(v)))
		})
	},
	"DeepEqual": func(v any) string {
		return fmt.Sprint(reflect.DeepEqual(v, v), reflect.DeepEqual(v, reflect.Zero(reflect.TypeOf(v)).Interface()))
	},
	"IsZero": func(v any) string { return fmt.Sprint(reflect.ValueOf(v).IsZero()) },
	"template": func(v any) string {
		var b strings.Builder
		const text = `{{.}} {{printf "%T" .}} {{with $.V}}{{.}}{{end}}`
		err := template.Must(template.New("t").Parse(text)).Execute(&b, map[string]any{"V": v})
		return fmt.Sprint(b.String(), err)
	},
}

func callMethods(v any) string {
	rv, out := reflect.ValueOf(v), ""
	for i := range rv.NumMethod() {
		if m := rv.Method(i); m.Type().NumIn() == 0 {
			out += rv.Type().Method(i).Name + call(m)
		}
	}
	return out
}

func call(fn reflect.Value, args ...reflect.Value) string {
	return try(func() any {
		out := fn.Call(args)
		text := ""
		for _, v := range out {
			text += fmt.Sprintf("%+v;", v)
		}
		return text
	})
}

func try(f func() any) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprint("panic: ", p)
		}
	}()
	return fmt.Sprint(f())
}

// address is a pointer as it is printed: those of what was allocated on the way differ.
var address = regexp.MustCompile(`0x[0-9a-f]{7,}`)

// TestBehaviour uses values of made types through the library and the runtime, as it does their compiled twins.
func TestBehaviour(t *testing.T) {
	w := newWorld(t)
	for _, native := range values {
		made := w.made(native)
		for name, behaviour := range behaviours {
			got := try(func() any { return behaviour(made) })
			want := try(func() any { return behaviour(w.fresh(native)) })
			if got = address.ReplaceAllString(got, "0x…"); got != address.ReplaceAllString(want, "0x…") {
				t.Errorf("%T, %s:\n got %s\nwant %s", native, name, got, want)
			}
		}
	}
}

// fresh copies a value, as made does: pointers that are printed must not tell them apart.
func (w *world) fresh(v any) any {
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	return p.Elem().Interface()
}

// TestArguments passes what methods take and give through the code of a method: in registers, on the stack, spread over both.
func TestArguments(t *testing.T) {
	w := newWorld(t)
	type many interface {
		Many(a int8, b float32, c string, d []int, e any, g [2]uint16, h struct{ X, Y float64 }, i ...Int) (string, float32, Array)
	}
	_ = many.Many
	made := reflect.ValueOf(w.made(Float32(1.5)))
	args := []any{int8(-1), float32(2.5), "c", []int{1, 2}, errTest, [2]uint16{3, 4}, struct{ X, Y float64 }{5, 6}}
	var in []reflect.Value
	for _, a := range args {
		in = append(in, reflect.ValueOf(a))
	}
	in = append(in, reflect.ValueOf(w.made(Int(7))), reflect.ValueOf(w.made(Int(8))))
	const want = "1.5 -1 2.5c[1 2] test [3 4] {5 6} [Int(7) Int(8)]|2.5|[-1 2 2]"
	for _, out := range [][]reflect.Value{
		made.MethodByName("Many").Call(in),
		reflect.PointerTo(made.Type()).Method(0).Func.Call(append([]reflect.Value{pointerTo(made)}, in...)),
		made.Type().Method(0).Func.Call(append([]reflect.Value{made}, in...)),
	} {
		if got := fmt.Sprintf("%v|%v|%v", out[0], out[1], out[2]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	add := reflect.ValueOf(w.made(Point{1, 2})).MethodByName("Add").Call([]reflect.Value{reflect.ValueOf(w.made(Point{10, 20}))})
	if got := fmt.Sprint(add[0]); got != "(11,22)" {
		t.Errorf("got %s", got)
	}
	p := pointerTo(reflect.ValueOf(w.made(Point{1, 2})))
	q := p.MethodByName("Scale").Call([]reflect.Value{reflect.ValueOf(3)})[0]
	if q.Pointer() != p.Pointer() || fmt.Sprint(p) != "(3,6)" {
		t.Errorf("a method on a pointer changed %v, not %v", q, p)
	}
}

func pointerTo(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}

// TestErrorsAs finds errors by types that were made.
func TestErrorsAs(t *testing.T) {
	w := newWorld(t)
	wrapped := fmt.Errorf("wrapped: %w", w.made(&Failure{3, io.EOF}).(error))
	target := reflect.New(w.of("*Failure"))
	if !errors.As(wrapped, target.Interface()) || fmt.Sprint(target.Elem()) != "failure 3" {
		t.Errorf("found %v", target.Elem())
	}
	if !errors.Is(wrapped, io.EOF) {
		t.Error("what the error wraps is lost")
	}
	if other := reflect.New(w.of("Str")); errors.As(wrapped, other.Interface()) {
		t.Error("found an error of another type")
	}
	if str := w.made(Str("x")).(error); !errors.Is(str, io.EOF) {
		t.Error("the error's own Is was not asked")
	}
}

// TestTemplate calls methods and reads fields, promoted ones too, from a template.
func TestTemplate(t *testing.T) {
	w := newWorld(t)
	const text = `{{.X}} {{.String}} {{.Extra}} {{.Point.Y}} {{(.Add .Point).X}}`
	tmpl := template.Must(template.New("t").Parse(text))
	var got, want strings.Builder
	native := &EmbedValue{1, Point{2, 3}}
	if err := tmpl.Execute(&want, native); err != nil {
		t.Fatal(err)
	}
	if err := tmpl.Execute(&got, w.made(native)); err != nil || got.String() != want.String() {
		t.Errorf("got %s, %v, want %s", got.String(), err, want.String())
	}
}

// TestLocks uses a compiled type's methods through a struct that embeds it.
func TestLocks(t *testing.T) {
	w := newWorld(t)
	p := reflect.New(w.of("EmbedStd")).Interface()
	l := p.(interface {
		Lock()
		Unlock()
		TryLock() bool
	})
	l.Lock()
	if l.TryLock() {
		t.Error("locked twice")
	}
	l.Unlock()
	if year := p.(interface{ AddDate(y, m, d int) time.Time }).AddDate(1, 0, 0).Year(); year != 2 {
		t.Errorf("the year is %d", year)
	}
}
