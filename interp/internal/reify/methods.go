package reify

import (
	"go/types"
	"reflect"

	"github.com/rgo-project/rgo/internal/rtype"
)

// methodSets are the methods of a type and of the pointer to it, promoted ones too.
type methodSets struct{ value, pointer []*types.Selection }

func methodSetsOf(typ types.Type) methodSets {
	if types.IsInterface(typ) {
		return methodSets{}
	}
	return methodSets{selections(typ), selections(types.NewPointer(typ))}
}

func selections(typ types.Type) []*types.Selection {
	set := types.NewMethodSet(typ)
	list := make([]*types.Selection, set.Len())
	for i := range list {
		list[i] = set.At(i)
	}
	return list
}

// methodName tells the methods of a type apart.
type methodName struct{ name, pkgPath string }

func nameOf(sel *types.Selection) methodName { return methodName{sel.Obj().Name(), pathOf(sel.Obj())} }

// methodTable has the session's methods of a runtime type.
type methodTable map[methodName]*types.Selection

func tableOf(list []*types.Selection) methodTable {
	table := methodTable{}
	for _, sel := range list {
		table[nameOf(sel)] = sel
	}
	return table
}

// Lookup returns which method of the session's the method of a runtime type is; pkgPath is that of an unexported name.
// It reports false for compiled types and their methods.
func (t *Types) Lookup(rt reflect.Type, name, pkgPath string) (*types.Selection, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sel, ok := t.methods[rt][methodName{name, pkgPath}]
	return sel, ok
}

// addMethods gives a declared type its methods.
func (t *Types) addMethods(d *rtype.Draft, typ types.Type, sets methodSets) {
	if len(sets.pointer) == 0 {
		return
	}
	rt := d.Type()
	onValue := tableOf(sets.value)
	t.methods[rt], t.methods[reflect.PointerTo(rt)] = onValue, tableOf(sets.pointer)

	codes := map[methodName]code{}
	var value, pointer []rtype.Method
	for _, sel := range sets.pointer {
		c := t.code(rt, typ, sel, onValue[nameOf(sel)])
		codes[nameOf(sel)] = c
		m := rtype.Method{Name: sel.Obj().Name(), PkgPath: pathOf(sel.Obj()), Type: c.method, Word: c.viaPointer, Func: c.viaPointer}
		pointer = append(pointer, m)
		if c.viaWord != nil {
			m.Word, m.Func = c.viaWord, c.viaValue
			value = append(value, m)
		}
	}
	if err := d.SetMethods(value, pointer); err != nil {
		panic(err)
	}
	t.batch.code = append(t.batch.code, func() { t.codes.Set(typ, codes) })
}
