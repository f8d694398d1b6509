package load

import (
	"cmp"
	"fmt"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// An Error is one thing that is wrong with the source.
type Error struct {
	// Package is the package that does not compile, as the go command names it; empty for errors of loading.
	Package string
	// Chain is how loading came to the error, from the package asked for; empty where Pos says enough.
	Chain []string
	Pos   token.Position
	Msg   string
}

// Error returns what the go command prints, without the line that names the package.
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Chain) > 0 {
		b.WriteString("package " + strings.Join(e.Chain, "\n\timports "))
		if e.Pos.IsValid() {
			b.WriteString("\n\t")
		} else {
			b.WriteString(": ")
		}
	}
	if e.Pos.IsValid() {
		b.WriteString(e.Place().String() + ": ")
	}
	b.WriteString(e.Msg)
	return b.String()
}

// Place is Pos as it is printed: files in the working directory are ./file in errors of the compiler, and file in errors of loading.
func (e *Error) Place() token.Position {
	at := e.Pos
	if e.Package != "" && at.Filename != "" && !strings.Contains(at.Filename, "/") {
		at.Filename = "./" + at.Filename
	}
	return at
}

// ErrorList is all that is wrong with a graph, in the order in which it is told.
type ErrorList []*Error

// Error returns what the go command prints.
func (l ErrorList) Error() string {
	var b strings.Builder
	of := ""
	for i, e := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		if e.Package != of {
			b.WriteString("# " + e.Package + "\n")
			of = e.Package
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// err is l as an error: nil if there is none.
func (l ErrorList) err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// most is how many errors of a package are told.
const most = 10

// told returns errs of one package, which come as they were found, as the compiler tells them: the first few, by line, each once.
func told(errs ErrorList) ErrorList {
	var last *Error
	if len(errs) >= most {
		last = errs[most-1]
		errs = errs[:most]
	}
	slices.SortStableFunc(errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	errs = slices.CompactFunc(errs, func(a, b *Error) bool {
		return a.Pos.Filename == b.Pos.Filename && a.Pos.Line == b.Pos.Line && a.Msg == b.Msg
	})
	if last != nil {
		errs = append(errs, &Error{Package: last.Package, Pos: last.Pos, Msg: "too many errors"})
	}
	return errs
}

// syntax returns the errors of a parser, one a line.
func syntax(pkg string, err error) ErrorList {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return ErrorList{{Package: pkg, Msg: err.Error()}}
	}
	list.RemoveMultiples()
	var errs ErrorList
	for _, e := range list {
		errs = append(errs, &Error{Package: pkg, Pos: e.Pos, Msg: e.Msg})
	}
	return errs
}

func errorf(at token.Position, format string, args ...any) *Error {
	return &Error{Pos: at, Msg: fmt.Sprintf(format, args...)}
}
