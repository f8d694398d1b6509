package lower

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// Error is something wrong in an input, at a place of the user's own text.
type Error struct {
	Pos token.Position
	Msg string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Pos.Filename, e.Pos.Line, e.Pos.Column, e.Msg)
}

// ErrorList is all that is wrong in an input, in the order of the text.
type ErrorList []*Error

func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted puts errors in the order of the text and drops those that were said before.
func (l ErrorList) sorted() ErrorList {
	slices.SortStableFunc(l, func(a, b *Error) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Column - b.Pos.Column
	})
	return slices.CompactFunc(l, func(a, b *Error) bool { return a.Error() == b.Error() })
}

// mark begins the part of a name that sets one declaration apart from later ones of the same name. It is a digit of the
// Arabic script: the scanner takes it in identifiers, and nobody types it.
const mark = "۰"

var marked = regexp.MustCompile(mark + `\d+`)

// Plain takes the marks out of a text that names declarations.
func Plain(s string) string { return marked.ReplaceAllString(s, "") }
