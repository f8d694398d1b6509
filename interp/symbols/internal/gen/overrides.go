package main

import "go/types"

// overrides lists the methods that structs declare although a field that they embed has one of the same name, as "Type.Method".
// Reflection lists methods without a word on whose they are: with these known, all others that an embedded field has are its.
func overrides(pkg *types.Package) []string {
	var found []string
	for _, name := range pkg.Scope().Names() {
		tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 {
			continue
		}
		st, ok := named.Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for m := range named.Methods() {
			if m.Exported() && embeds(st, m.Name()) {
				found = append(found, name+"."+m.Name())
			}
		}
	}
	return found
}

// embeds reports whether a struct has an embedded field with a method of that name.
func embeds(st *types.Struct, method string) bool {
	for f := range st.Fields() {
		if obj, _, _ := types.LookupFieldOrMethod(f.Type(), true, nil, method); f.Embedded() && obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}
