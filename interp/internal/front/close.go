package front

import (
	"go/token"
	"go/types"
)

// close lets go of what the checker needed and later inputs do not. Objects hold on to the scopes that they stand in, and these to all that they contain:
// a variable that is declared again and again from its own last value would keep all of them.
func (in *input) close() {
	for _, s := range in.info.Scopes {
		*s = *types.NewScope(nil, token.NoPos, token.NoPos, "")
	}
	scope := in.pkg.Scope()
	*scope = *types.NewScope(types.Universe, token.NoPos, token.NoPos, "")
	for _, obj := range in.objects {
		if obj.Pkg() == in.pkg {
			scope.Insert(obj)
		}
	}
	if g := newGenerics(in.fset, in.decls, in.info); len(g.decls) > 0 {
		carry(in.pkg, g)
	}
	in.source, in.info, in.funcs, in.late, in.blocks, in.entry = nil, nil, nil, nil, nil, nil
}
