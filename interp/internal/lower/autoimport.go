package lower

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// autoImport finds packages for names before a dot that stand for nothing. It returns whether it has added an import, and, for the
// names that several packages have, what to write.
func (f *Front) autoImport(in *input, names map[string]token.Pos) (added bool, errs ErrorList) {
	for name, pos := range names {
		switch paths := f.packages(name); len(paths) {
		case 0:
		case 1:
			if in.imports[name] == "" {
				in.imports[name] = paths[0]
				added = true
			}
		default:
			errs = append(errs, &Error{Pos: f.fset.Position(pos), Msg: fmt.Sprintf(
				"%s may be any of %s: import the one you mean, as in  import %q", name, strings.Join(paths, ", "), paths[0])})
		}
	}
	return added, errs
}

// withoutUndefined drops errors that say of a name at the place of another error that it is undefined.
func (l ErrorList) withoutUndefined(by ErrorList) ErrorList {
	return slices.DeleteFunc(l, func(e *Error) bool {
		return strings.HasPrefix(e.Msg, "undefined: ") && slices.ContainsFunc(by, func(b *Error) bool {
			name, _, _ := strings.Cut(b.Msg, " ")
			return e.Msg == "undefined: "+name
		})
	})
}
