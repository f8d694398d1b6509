package main

import "go/types"

// spelling tells what a package mostly calls the types that have two names.
func spelling(pkg *types.Package) (uint8Name, int32Name string) {
	s := speller{}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		s.read(obj.Type())
		if named, ok := obj.Type().(*types.Named); ok {
			s.read(named.Underlying())
			for m := range named.Methods() {
				if m.Exported() {
					s.read(m.Type())
				}
			}
		}
	}
	uint8Name, int32Name = "byte", "int32"
	if s["uint8"] > s["byte"] {
		uint8Name = "uint8"
	}
	if s["rune"] > s["int32"] {
		int32Name = "rune"
	}
	return uint8Name, int32Name
}

// speller counts the basic types that a package writes, by their names.
type speller map[string]int

func (s speller) read(t types.Type) {
	switch t := t.(type) {
	case *types.Basic:
		s[t.Name()]++
	case *types.Pointer:
		s.read(t.Elem())
	case *types.Slice:
		s.read(t.Elem())
	case *types.Array:
		s.read(t.Elem())
	case *types.Chan:
		s.read(t.Elem())
	case *types.Map:
		s.read(t.Key())
		s.read(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				s.read(f.Type())
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			s.read(m.Type())
		}
	case *types.Signature:
		for v := range t.Params().Variables() {
			s.read(v.Type())
		}
		for v := range t.Results().Variables() {
			s.read(v.Type())
		}
	}
}
