package reify_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"
	"unsafe"
)

//lint:file-ignore U1000 types are here to be looked at

// This file is compiled, and read by the tests: every type in it exists twice, once as the compiler made it, once as reify did.

type (
	Bool       bool
	Int        int
	Int8       int8
	Uint16     uint16
	Float      float64
	Float32    float32
	Complex    complex128
	Str        string
	Unsafe     unsafe.Pointer
	Uintptr    uintptr
	Bytes      []byte
	Strings    []string
	IntMap     map[string]int
	Array      [3]int
	Array0     [0]string
	Array1     [1]*int
	Big        [40]string
	Func       func(a int, rest ...string) (int, error)
	Chan       chan int
	Send       chan<- *Send
	Recv       <-chan Recv
	ChanOfRecv chan (<-chan int)
	Pointer    *int
	Empty      struct{}
	Any        any
	Alias      = Int
)

func (i Int) String() string              { return fmt.Sprintf("Int(%d)", int(i)) }
func (i *Int) Add(n int)                  { *i += Int(n) }
func (f Float) Half() Float               { return f / 2 }
func (f Float) Compare(g Float) int       { return int(f - g) }
func (s Str) Error() string               { return "error " + string(s) }
func (s Str) Is(err error) bool           { return errors.Is(err, io.EOF) }
func (m IntMap) Len() int                 { return len(m) }
func (m *IntMap) Make()                   { *m = IntMap{"made": 1} }
func (f Func) String() string             { return "a func" }
func (c Chan) String() string             { return fmt.Sprint("a channel of ", cap(c)) }
func (a Array1) Get() *int                { return a[0] }
func (a Array) Sum() (n, first, last int) { return a[0] + a[1] + a[2], a[0], a[2] }
func (b Big) First() string               { return b[0] }
func (Empty) Nothing()                    {}
func (p Complex) Mul(q Complex) Complex   { return p * q }
func (s Strings) Len() int                { return len(s) }
func (s Strings) Less(i, j int) bool      { return s[i] > s[j] }
func (s Strings) Swap(i, j int)           { s[i], s[j] = s[j], s[i] }
func (f Float32) Many(a int8, b float32, c string, d []int, e any, g [2]uint16, h struct{ X, Y float64 }, i ...Int) (string, float32, Array) {
	return fmt.Sprint(float32(f), a, b, c, d, e, g, h, i), b, Array{int(a), len(d), len(i)}
}

// Recursion.

type (
	Node struct {
		Value       int
		left, Right *Node
		children    []Node
		Index       map[string]Node
		byNode      map[NodeKey]NodeKey
		feed        chan Node
		visit       func(Node, ...*Node) Node
		Next        interface{ Walk(Node) *Node }
		pair        [2]*Node
		pairs       struct{ A, b map[NodeKey][2]Leaf }
	}
	NodeKey struct {
		name string
		f    float32
		_    int64
		any  any
	}
	Leaf     struct{ m map[string][3]Leaf }
	List     []List
	Tree     map[string]Tree
	Fun      func(Fun) Fun
	Pipe     chan Pipe
	PtrSelf  *PtrSelf
	Even     struct{ odd *Odd }
	Odd      struct{ evens [2]map[Even]Odd }
	MapOfArr map[[2]KeyOfMap]MapOfArr
	KeyOfMap struct {
		m *MapOfArr
		n int
	}
	ArrOfMap [2]map[string]ArrOfMap
	SelfFace interface {
		Self(SelfFace) SelfFace
		Other(MutualFace)
	}
	MutualFace interface{ Self(interface{ SelfFace }) }
	Matrix     [2][2]struct{ row *Matrix }
)

func (n Node) Walk(m Node) *Node               { return &Node{Value: n.Value + m.Value} }
func (n *Node) SetLeft(l *Node) *Node          { n.left = l; return n }
func (n Node) Keys(m map[NodeKey]Node) int     { return len(m) }
func (l List) Depth() int                      { return depth(l) }
func (k KeyOfMap) Ptr() *MapOfArr              { return k.m }
func (t Tree) String() string                  { return fmt.Sprintf("tree of %d", len(t)) }
func (e Even) Odd(o Odd) (Odd, map[Even][]Odd) { return o, nil }
func (m Matrix) Transpose(n *Matrix) [2]Matrix { return [2]Matrix{m, *n} }

func depth(l List) int {
	d := 0
	for _, e := range l {
		d = max(d, depth(e))
	}
	return d + 1
}

// Structs.

type (
	Point struct{ X, Y int }
	Mixed struct {
		A int8
		B int64
		c string `c:"c" d:"-"`
		D *Point `json:"dee,omitempty"`
		e error
		F func() `json:"-"`
		g complex64
		_ [3]byte
		H bool
		_ struct{} `blank:"yes"`
	}
	Padded struct {
		A int8
		B int16
	}
	Ends struct {
		A int
		B struct{}
	}
	OnePtr  struct{ p *int }
	OneMap  struct{ _, M IntMap2 }
	IntMap2 struct{ m map[string]int }
	Nested  struct {
		In struct {
			A, b int
			Deep struct{ Point }
		}
		Arr [2]struct{ k, V string }
	}
	Blanks struct {
		_ int
		A string
		_ func()
	}
	BlankInt struct {
		_ int32
		A int32
	}
	Regular struct {
		A, B int32
		c    int64
		d    [2]*int
	}
	Large struct {
		a [300]string
		b *Large
		C [1000]int
		d map[string]Large
	}
	Huge struct {
		a [1200][20]any
		n int
	}
	Ünïcode struct{ Größe, ärger int }
)

func (p Point) String() string      { return fmt.Sprintf("(%d,%d)", p.X, p.Y) }
func (p *Point) Scale(n int) *Point { p.X, p.Y = p.X*n, p.Y*n; return p }
func (p Point) Add(q Point) Point   { return Point{p.X + q.X, p.Y + q.Y} }
func (p Point) hidden() int         { return p.X }
func (p OnePtr) Deref() int         { return *p.p }
func (p *OnePtr) Set(n int)         { p.p = &n }
func (l Large) Last() int           { return l.C[999] }
func (u Ünïcode) Ärger() int        { return u.ärger }
func (u Ünïcode) ärgerlich()        {}
func (m Mixed) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"mixed": m.c})
}

// Embedding.

type (
	base       struct{ ID int }
	Named      struct{ name string }
	EmbedValue struct {
		Extra int
		Point
	}
	EmbedPtr struct {
		*Point
		Name string
	}
	EmbedOnly struct{ *Point }
	EmbedUnex struct {
		base
		Z int
	}
	EmbedUnexPtr struct{ *base }
	EmbedFace    struct {
		N int
		fmt.Stringer
	}
	EmbedError struct {
		error
		Code int
	}
	EmbedFaceOnly struct{ error }
	EmbedInt      struct {
		a int
		Int
		int
		Alias2
	}
	Alias2    = Str
	EmbedDeep struct {
		EmbedValue
		*Named
	}
	EmbedDeeper struct {
		x int
		*EmbedDeep
	}
	EmbedStd struct {
		sync.Mutex
		time.Time
		n int
	}
	EmbedSelf struct {
		*EmbedSelf
		Point
	}
	EmbedOverride struct{ Point }
	EmbedAmbig    struct {
		Point
		Int
	}
	EmbedHidden struct{ Hider }
	EmbedMap    struct{ IntMap }
	PtrToStruct *EmbedValue
	Derived     EmbedValue
	DerivedNone Point
)

func (b base) Describe() string           { return fmt.Sprint("base ", b.ID) }
func (b *base) SetID(n int)               { b.ID = n }
func (n *Named) SetName(s string)         { n.name = s }
func (n Named) GetName() string           { return n.name }
func (e EmbedOverride) String() string    { return "over " + e.Point.String() }
func (e EmbedOverride) hidden() int       { return -1 }
func (e *EmbedDeeper) Own(a, b, c string) { e.Extra = len(a + b + c) }

// Interfaces.

type (
	Walker interface {
		Walk(n Node) *Node
		fmt.Stringer
	}
	Hider interface {
		hidden() int
		String() string
	}
	Zoo interface {
		zebra()
		Ant(x interface{ Bee() }) (y interface{ bee() })
		Zebra(...int)
		_hyena()
	}
	EmptyFace interface{}
	FaceAlias = interface{ Foo(Point) }
)

// Generics.

type (
	Pair[A, B any] struct {
		First  A
		second B
	}
	Stack[T any] struct {
		items []T
		next  *Stack[T]
		byKey map[string]Stack[T]
	}
	Num[T ~int | ~string]       struct{ v T }
	GenFace[T any]              interface{ Get() T }
	GenFunc[K comparable]       func(K) GenFunc[K]
	GenMap[K comparable, V any] map[K]GenMap[K, V]
	GenEmbed[T any]             struct {
		Stack[T]
		*Pair[T, T]
	}
	PairAlias = Pair[string, Point]
)

func (p Pair[A, B]) String() string   { return fmt.Sprintf("<%v|%v>", p.First, p.second) }
func (p *Pair[A, B]) SetFirst(a A)    { p.First = a }
func (p Pair[A, B]) Swap() Pair[B, A] { return Pair[B, A]{p.second, p.First} }
func (s *Stack[T]) Push(v ...T)       { s.items = append(s.items, v...) }
func (s Stack[T]) Len() int           { return len(s.items) }
func (m GenMap[K, V]) Keys() []K      { return nil }

func locals() []any {
	type T struct{ a int }
	type U struct {
		T
		next *U
	}
	{
		type T string
		_ = Pair[T, U]{}
	}
	return []any{T{}, U{}, Pair[T, *U]{}}
}

// Text of this and that.

type Celsius float64

func (c Celsius) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("%.1f°", float64(c))), nil }

func (c *Celsius) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(strings.TrimSuffix(string(b), "°"), "%g", (*float64)(c))
	return err
}

type Weather struct {
	XMLName xml.Name           `xml:"weather" json:"-"`
	Where   string             `json:"where" xml:"where,attr"`
	Temp    Celsius            `json:"temp"`
	Days    map[string]Celsius `json:"days" xml:"-"`
	Points  []Point            `json:"points"`
	secret  string
	Opt     *Celsius `json:",omitempty"`
}

type Formatted struct{ n int }

func (f Formatted) Format(s fmt.State, verb rune) { _, _ = fmt.Fprintf(s, "<%c %d>", verb, f.n) }

type GoString struct{ n int }

func (g GoString) GoString() string { return "GoString!" }

type Failure struct {
	Code int
	err  error
}

func (f *Failure) Error() string { return fmt.Sprint("failure ", f.Code) }
func (f *Failure) Unwrap() error { return f.err }

type byX []Point

func (b byX) Len() int           { return len(b) }
func (b byX) Less(i, j int) bool { return b[i].X < b[j].X }
func (b byX) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

var _ sort.Interface = byX{}
