package netproxy

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Types have names on the wire, as one would write them in Go but with whole import paths: []io/fs.FileMode, func(string) (*os.File, error).

// basics are the types whose names are numbers on the wire. The order is part of the protocol; new ones come at the end.
var basics = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](),
	reflect.TypeFor[int64](), reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](),
	reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](), reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](),
	reflect.TypeFor[complex128](), reflect.TypeFor[string](), reflect.TypeFor[[]byte](), reflect.TypeFor[error](), reflect.TypeFor[any](),
	reflect.TypeFor[[]string](), reflect.TypeFor[[]int](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](),
	reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](),
}

// firstNamed is the number of the first type name that a message spells out; smaller ones are of basics.
const firstNamed = 64

var (
	basicNumbers = func() map[reflect.Type]uint64 {
		m := make(map[reflect.Type]uint64, len(basics))
		for i, t := range basics {
			m[t] = uint64(i)
		}
		return m
	}()
	// basicKinds are the basic types by their kinds.
	basicKinds = func() map[reflect.Kind]reflect.Type {
		m := make(map[reflect.Kind]reflect.Type)
		for _, t := range basics[:17] {
			m[t.Kind()] = t
		}
		return m
	}()
	basicNames = func() map[string]reflect.Type {
		m := make(map[string]reflect.Type, len(basics))
		for _, t := range basics {
			m[typeName(t)] = t
		}
		m["byte"], m["rune"] = reflect.TypeFor[byte](), reflect.TypeFor[rune]()
		return m
	}()
)

// typeName writes the name of a type with whole import paths.
func typeName(t reflect.Type) string {
	if t.Name() != "" {
		if t.PkgPath() == "" {
			return t.Name()
		}
		return t.PkgPath() + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	case reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + typeName(t.Elem())
	case reflect.Map:
		return "map[" + typeName(t.Key()) + "]" + typeName(t.Elem())
	case reflect.Chan:
		return chanName(t.ChanDir()) + typeName(t.Elem())
	case reflect.Func:
		return funcName(t)
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return "any"
		}
	}
	return t.String() // a struct or an interface without a name: for people to read
}

func chanName(dir reflect.ChanDir) string {
	switch dir {
	case reflect.RecvDir:
		return "<-chan "
	case reflect.SendDir:
		return "chan<- "
	}
	return "chan "
}

func funcName(t reflect.Type) string {
	var b strings.Builder
	b.WriteString("func(")
	for i := range t.NumIn() {
		if i > 0 {
			b.WriteString(", ")
		}
		if t.IsVariadic() && i == t.NumIn()-1 {
			b.WriteString("..." + typeName(t.In(i).Elem()))
		} else {
			b.WriteString(typeName(t.In(i)))
		}
	}
	b.WriteString(")")
	switch t.NumOut() {
	case 0:
	case 1:
		b.WriteString(" " + typeName(t.Out(0)))
	default:
		for i := range t.NumOut() {
			b.WriteString([]string{" (", ", "}[min(i, 1)] + typeName(t.Out(i)))
		}
		b.WriteString(")")
	}
	return b.String()
}

// shortName is the name of a type as Go programmers know it: without the directories of import paths.
func shortName(name string) string {
	var b strings.Builder
	start := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && !strings.ContainsRune("*[](){}, ", rune(name[i])) {
			continue
		}
		word := name[start:i]
		if cut := strings.LastIndexByte(word, '/'); cut >= 0 {
			word = word[cut+1:]
		}
		b.WriteString(word)
		if i < len(name) {
			b.WriteByte(name[i])
		}
		start = i + 1
	}
	return b.String()
}

// Bounds of the types that a peer may have us make by naming them: reflect never forgets a type it has made.
const (
	maxTypeName  = 1 << 10
	maxTypeDepth = 8
	maxTypeSize  = 64 << 10
	maxParams    = 50
)

// typeParser makes a type from its name. Only types that lookup knows and compositions of them can come out.
type typeParser struct {
	rest   string
	lookup func(name string) (reflect.Type, bool)
}

// parseType returns the type of that name; ok is false if any part of it is unknown.
func parseType(name string, lookup func(string) (reflect.Type, bool)) (t reflect.Type, ok bool) {
	if len(name) > maxTypeName {
		return nil, false
	}
	p := typeParser{name, lookup}
	t, err := p.parse(maxTypeDepth)
	if err != nil || p.rest != "" || t.Size() > maxTypeSize {
		return nil, false
	}
	return t, true
}

func (p *typeParser) eat(prefix string) bool {
	rest, found := strings.CutPrefix(p.rest, prefix)
	if found {
		p.rest = rest
	}
	return found
}

func (p *typeParser) parse(depth int) (reflect.Type, error) {
	if depth == 0 {
		return nil, fmt.Errorf("netproxy: the name of a type is nested too deep")
	}
	switch {
	case p.eat("*"):
		return p.composed(depth, reflect.PointerTo)
	case p.eat("[]"):
		return p.composed(depth, reflect.SliceOf)
	case p.eat("["):
		return p.array(depth)
	case p.eat("map["):
		return p.mapping(depth)
	case p.eat("<-chan "):
		return p.channel(depth, reflect.RecvDir)
	case p.eat("chan<- "):
		return p.channel(depth, reflect.SendDir)
	case p.eat("chan "):
		return p.channel(depth, reflect.BothDir)
	case p.eat("func("):
		return p.function(depth)
	}
	return p.named()
}

func (p *typeParser) composed(depth int, make func(reflect.Type) reflect.Type) (reflect.Type, error) {
	elem, err := p.parse(depth - 1)
	if err != nil {
		return nil, err
	}
	return make(elem), nil
}

func (p *typeParser) channel(depth int, dir reflect.ChanDir) (reflect.Type, error) {
	elem, err := p.parse(depth - 1)
	if err != nil {
		return nil, err
	}
	if elem.Size() >= 1<<16 {
		return nil, fmt.Errorf("netproxy: elements of channels are smaller than 64 KiB")
	}
	return reflect.ChanOf(dir, elem), nil
}

func (p *typeParser) array(depth int) (reflect.Type, error) {
	digits, rest, _ := strings.Cut(p.rest, "]")
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("netproxy: the length of an array: %w", err)
	}
	p.rest = rest
	elem, err := p.parse(depth - 1)
	if err != nil {
		return nil, err
	}
	if n > 0 && elem.Size() > maxTypeSize/uintptr(n) {
		return nil, fmt.Errorf("netproxy: an array type that large is not made for a peer")
	}
	return reflect.ArrayOf(int(n), elem), nil
}

func (p *typeParser) mapping(depth int) (reflect.Type, error) {
	key, err := p.parse(depth - 1)
	if err != nil {
		return nil, err
	}
	if !p.eat("]") || !key.Comparable() {
		return nil, fmt.Errorf("netproxy: %q: not a map type", p.rest)
	}
	elem, err := p.parse(depth - 1)
	if err != nil {
		return nil, err
	}
	return reflect.MapOf(key, elem), nil
}

func (p *typeParser) function(depth int) (reflect.Type, error) {
	in, variadic, err := p.list(depth)
	if err != nil {
		return nil, err
	}
	var out []reflect.Type
	switch {
	case p.eat(" ("):
		if out, _, err = p.list(depth); err != nil {
			return nil, err
		}
	case p.eat(" "):
		one, err := p.parse(depth - 1)
		if err != nil {
			return nil, err
		}
		out = []reflect.Type{one}
	}
	return reflect.FuncOf(in, out, variadic), nil
}

// list reads types up to a closing parenthesis.
func (p *typeParser) list(depth int) (types []reflect.Type, variadic bool, err error) {
	for !p.eat(")") {
		if len(types) > 0 && !p.eat(", ") || variadic || len(types) == maxParams {
			return nil, false, fmt.Errorf("netproxy: %q: not a list of types", p.rest)
		}
		variadic = p.eat("...")
		t, err := p.parse(depth - 1)
		if err != nil {
			return nil, false, err
		}
		if variadic {
			t = reflect.SliceOf(t)
		}
		types = append(types, t)
	}
	return types, variadic, nil
}

// named reads a name, which may hold brackets of its own: that of an instance of a generic type.
func (p *typeParser) named() (reflect.Type, error) {
	depth, end := 0, 0
scan:
	for ; end < len(p.rest); end++ {
		switch p.rest[end] {
		case '[':
			depth++
		case ']', ')', ',':
			if depth == 0 {
				break scan
			}
			if p.rest[end] == ']' {
				depth--
			}
		}
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	if t, ok := basicNames[name]; ok {
		return t, nil
	}
	if t, ok := p.lookup(name); ok {
		return t, nil
	}
	return nil, fmt.Errorf("netproxy: no type %q is known here", name)
}
