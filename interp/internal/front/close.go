package front

import (
	"go/token"
	"go/types"
)

// close lets go of what the checker needed and later inputs do not. Objects hold on to the scopes that they stand in, and these to all that they contain:
// a variable that is declared again and again from its own last value would keep all of them.
func (f *Front) close(in *input) {
	for _, s := range in.info.Scopes {
		*s = *types.NewScope(f.pkg.Scope(), s.Pos(), s.End(), "") // by its extent ssa knows the types that generic code declares
	}
	f.clear()
	scope := in.pkg.Scope()
	for _, obj := range in.objects {
		if obj.Pkg() == in.pkg {
			scope.Insert(obj)
		}
	}
	if g := newGenerics(in.fset, in.decls, in.info); len(g.funcs) > 0 {
		carry(in.pkg, g)
	}
	in.source, in.info, in.funcs, in.late, in.blocks, in.entry = nil, nil, nil, nil, nil, nil
}

// clear empties the package that the checker puts declarations into.
func (f *Front) clear() {
	*f.pkg.Scope() = *emptyScope(types.Universe)
	f.pkg.SetImports(nil)
}

func emptyScope(parent *types.Scope) *types.Scope {
	return types.NewScope(parent, token.NoPos, token.NoPos, "")
}
