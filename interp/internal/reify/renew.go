package reify

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/types/typeutil"
)

// Renew says that a type of the session has other methods than before. The next Of makes a new runtime type of it, and new ones of all
// types that mention it; values that exist keep the types they have.
func (t *Types) Renew(n *types.Named) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, typ := range t.mentioning(n) {
		t.memo.Delete(typ)
	}
}

// Current returns the newest runtime type of the type that rt is one of: rt itself unless that was renewed.
func (t *Types) Current(rt reflect.Type) reflect.Type {
	if typ, ok := t.Reverse(rt); ok {
		return t.Of(typ)
	}
	return rt
}

// mentioning returns the types made so far that are n or an instance of it, or lead to one.
func (t *Types) mentioning(n *types.Named) []types.Type {
	var stale, others typeutil.Map // the others with what they mention
	t.memo.Iterate(func(typ types.Type, _ any) {
		if m, ok := typ.(*types.Named); ok && m.Origin() == n.Origin() {
			stale.Set(typ, true)
		} else {
			others.Set(typ, mentionedBy(typ))
		}
	})
	for grown := true; grown; {
		grown = false
		for _, typ := range others.Keys() {
			if anyIn(&stale, others.At(typ).([]*types.Named)) {
				stale.Set(typ, true)
				others.Delete(typ)
				grown = true
			}
		}
	}
	return stale.Keys()
}

func anyIn(set *typeutil.Map, list []*types.Named) bool {
	for _, n := range list {
		if set.At(n) != nil {
			return true
		}
	}
	return false
}

// mentionedBy lists the defined types that a type is directly made of, or has methods with.
func mentionedBy(typ types.Type) []*types.Named {
	var list []*types.Named
	var walk func(types.Type)
	tuple := func(vars *types.Tuple) {
		for v := range vars.Variables() {
			walk(v.Type())
		}
	}
	walk = func(typ types.Type) {
		switch typ := types.Unalias(typ).(type) {
		case *types.Named:
			list = append(list, typ)
		case *types.Map:
			walk(typ.Key())
			walk(typ.Elem())
		case *types.Struct:
			for f := range typ.Fields() {
				walk(f.Type())
			}
		case *types.Signature:
			tuple(typ.Params())
			tuple(typ.Results())
		case *types.Interface:
			for m := range typ.Methods() {
				walk(m.Type())
			}
		case interface{ Elem() types.Type }:
			walk(typ.Elem())
		}
	}
	n, ok := types.Unalias(typ).(*types.Named)
	if !ok {
		walk(typ)
		return list
	}
	walk(n.Underlying())
	for arg := range n.TypeArgs().Types() {
		walk(arg)
	}
	for m := range n.Methods() {
		walk(m.Type())
	}
	return list
}
