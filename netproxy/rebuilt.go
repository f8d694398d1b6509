package netproxy

import (
	"context"
	"reflect"
)

// Some types of the standard library have unexported state, are wanted by parameters of these very types, and can be made anew of what they show. They
// cross as a stand-in, a struct of what can be seen of them.

// rebuilding is how a type crosses as a stand-in.
type rebuilding struct {
	standIn reflect.Type
	inside  bool // only where its very type is wanted, not in an interface: there it is shared
	// take makes the stand-in of what pointer points to.
	take func(pointer any) reflect.Value
	// build fills what pointer points to. The context is that of the call in which it arrives as an argument.
	build func(ctx context.Context, standIn reflect.Value, pointer any) error
}

// rebuilt are the types that are made anew, and their names. They are filled by init funcs.
var (
	rebuilt      = make(map[reflect.Type]rebuilding)
	rebuiltNamed = make(map[string]reflect.Type)
)

// rebuilds says that a T crosses as an S.
func rebuilds[T, S any](take func(x *T) S, build func(ctx context.Context, s S, x *T) error) {
	t := reflect.TypeFor[T]()
	rebuiltNamed[typeName(t)] = t
	rebuilt[t] = rebuilding{
		inside:  t.PkgPath() == "bufio",
		standIn: reflect.TypeFor[S](),
		take:    func(p any) reflect.Value { return reflect.ValueOf(take(p.(*T))) },
		build: func(ctx context.Context, s reflect.Value, p any) error {
			return build(ctx, s.Interface().(S), p.(*T))
		},
	}
}

// standIn writes v as its stand-in.
func (e *encoder) standIn(v reflect.Value) error {
	s := rebuilt[v.Type()].take(addressed(v).Interface())
	return e.bare(s, planOf(s.Type()))
}

// rebuild reads a stand-in into v.
func (d *decoder) rebuild(v reflect.Value) error {
	r := rebuilt[v.Type()]
	s, err := d.into(r.standIn)
	if err != nil {
		return within(err, "a %s", v.Type())
	}
	ctx := context.Background()
	if in, ok := d.in.(*inCall); ok && in.scope.in != nil {
		ctx = in.scope.in.HoldContext()
	}
	return r.build(ctx, s, v.Addr().Interface())
}
