package front

import (
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// methodsField is where go/types keeps the methods that a type declares. It has no way to take one away again, or to put another
// in its place.
var methodsField = func() reflect.StructField {
	f, ok := reflect.TypeFor[types.Named]().FieldByName("methods")
	if !ok || f.Type != reflect.TypeFor[[]*types.Func]() {
		panic("front: go/types keeps methods in some other way than in the Go that this was written for")
	}
	return f
}()

// methodList is the list of the methods that a type declares. Others may hold on to its array: it is replaced, not changed.
func methodList(n *types.Named) *[]*types.Func {
	return (*[]*types.Func)(unsafe.Add(unsafe.Pointer(n), methodsField.Offset))
}

// setMethods has a declared type have these methods, and no others. Instances of a generic type keep copies of its methods, and
// count on their number: those that code can get hold of are made anew.
func setMethods(f *Front, n *types.Named, list []*types.Func) {
	n.NumMethods() // the type is whole from now on
	*methodList(n) = list
	if n.TypeParams() == nil {
		return
	}
	seen := map[types.Type]bool{}
	for _, obj := range f.scope.objects {
		eachNamed(obj.Type(), seen, func(t *types.Named) bool {
			if t.Origin() == n && t != n {
				renewInstance(t)
			}
			return f.ofSource(t)
		})
	}
}

// renewInstance makes an instance as it was when nobody had asked for its methods.
func renewInstance(inst *types.Named) {
	reflect.ValueOf(inst).Elem().Set(reflect.ValueOf(freshInstance(inst)).Elem())
}

// freshInstance instantiates a type again.
func freshInstance(inst *types.Named) *types.Named {
	fresh, err := types.Instantiate(types.NewContext(), inst.Origin(), slices.Collect(inst.TypeArgs().Types()), false)
	if err != nil {
		panic(err) // cannot be: nothing is validated
	}
	return fresh.(*types.Named)
}

// ofSource tells whether a named type is made of more than compiled code.
func (f *Front) ofSource(t *types.Named) bool {
	return t.Obj().Pkg().Path() == mainPath || t.TypeArgs() != nil || f.generics(t.Obj().Pkg()) != nil
}

// eachNamed calls do with the named types that t is made of: those that code can get at by selecting, indexing, calling and so on. do tells
// whether to go on with what the type it has got is made of. Instances are not asked for methods that nobody has asked for before.
func eachNamed(t types.Type, seen map[types.Type]bool, do func(*types.Named) bool) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		eachNamed(types.Unalias(t), seen, do)
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return
		}
		for arg := range t.TypeArgs().Types() {
			eachNamed(arg, seen, do)
		}
		if !do(t) {
			return
		}
		eachNamed(t.Underlying(), seen, do)
		for _, m := range *methodList(t) {
			if m != nil {
				eachNamed(m.Type(), seen, do)
			}
		}
	case *types.Pointer:
		eachNamed(t.Elem(), seen, do)
	case *types.Slice:
		eachNamed(t.Elem(), seen, do)
	case *types.Array:
		eachNamed(t.Elem(), seen, do)
	case *types.Chan:
		eachNamed(t.Elem(), seen, do)
	case *types.Map:
		eachNamed(t.Key(), seen, do)
		eachNamed(t.Elem(), seen, do)
	case *types.Struct:
		for f := range t.Fields() {
			eachNamed(f.Type(), seen, do)
		}
	case *types.Interface:
		for m := range t.Methods() {
			eachNamed(m.Type(), seen, do)
		}
	case *types.Tuple:
		for v := range t.Variables() {
			eachNamed(v.Type(), seen, do)
		}
	case *types.Signature:
		eachNamed(t.Params(), seen, do)
		eachNamed(t.Results(), seen, do)
	}
}
