package reify

import (
	"go/types"
	"strings"
)

// typeName writes a defined type as the compiler does.
func typeName(n *types.Named) string {
	name := n.Obj().Name()
	if pkg := n.Obj().Pkg(); pkg != nil {
		name = pkg.Name() + "." + name
	}
	if args := n.TypeArgs(); args.Len() > 0 {
		parts := make([]string, args.Len())
		for i := range parts {
			parts[i] = types.TypeString(args.At(i), nil)
		}
		name += "[" + strings.Join(parts, ",") + "]"
	}
	return name
}
