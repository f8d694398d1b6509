package front

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// source is one input, parsed.
type source struct {
	name  string
	fset  *token.FileSet
	file  *ast.File     // of an input with a package clause: variables are initialised in Go's order, then main runs
	decls []ast.Decl    // imports, constants, types, funcs; in a file also variables
	stmts []ast.Stmt    // the rest, in order
	files []*token.File // one for each stretch
}

// start and end are places before and behind all that the user wrote.
func (s *source) start() token.Pos { return token.Pos(s.files[0].Base()) }

func (s *source) end() token.Pos {
	last := s.files[len(s.files)-1]
	return token.Pos(last.Base() + last.Size())
}

// newFileSet makes a set whose positions begin at base.
func newFileSet(base int) *token.FileSet {
	fset := token.NewFileSet()
	if base > fset.Base() {
		fset.RemoveFile(fset.AddFile("", base-1, 0))
	}
	return fset
}

// parse takes an input apart. Go's grammar has no mixture of declarations and statements, so each stretch is parsed in a wrapping of its
// own; the line table of its token.File is then bent so that all positions are those of the user's text.
func parse(fset *token.FileSet, name, text string) (*source, error) {
	s := &source{name: name, fset: fset}
	pieces, err := split(name, text)
	if err != nil {
		return nil, err
	}
	if len(pieces) == 1 && pieces[0].end < 0 {
		return s, s.parseFile(text)
	}
	var list ErrorList
	for _, p := range pieces {
		list = append(list, s.parsePiece(text, p)...)
	}
	return s, list.err()
}

const parseMode = parser.SkipObjectResolution | parser.AllErrors

func (s *source) parseFile(text string) error {
	f, err := parser.ParseFile(s.fset, s.name, text, parseMode)
	if f != nil {
		s.files = append(s.files, s.fset.File(f.FileStart))
	}
	if err != nil {
		return syntaxErrors(s.name, text, err, 0, len(text)+1)
	}
	if f.Name.Name != mainPath {
		return ErrorList{{Pos: s.fset.Position(f.Name.Pos()), Msg: fmt.Sprintf("package %s: a session is package main; other packages can only be imported", f.Name.Name)}}
	}
	s.file, s.decls = f, f.Decls
	return nil
}

const (
	declOpen            = "package main;"
	stmtOpen, stmtClose = "package main;func _(){", "\n}"
)

func (s *source) parsePiece(text string, p piece) ErrorList {
	open, wrapped := declOpen, declOpen+text[p.start:p.end]+"\n"
	if !p.decl {
		open, wrapped = stmtOpen, stmtOpen+text[p.start:p.end]+stmtClose
	}
	f, err := parser.ParseFile(s.fset, s.name, wrapped, parseMode)
	if f != nil {
		tf := s.fset.File(f.FileStart)
		s.files = append(s.files, tf)
		line, col := lineCol(text, p.start)
		tf.AddLineColumnInfo(len(open), s.name, line, col)
	}
	if err != nil {
		return syntaxErrors(s.name, text, err, p.start-len(open), p.end)
	}
	if p.decl {
		s.decls = append(s.decls, f.Decls...)
		return nil
	}
	if n := len(f.Decls); n != 1 {
		return ErrorList{{Pos: s.fset.Position(f.Decls[1].Pos()), Msg: "unexpected declaration"}}
	}
	s.stmts = append(s.stmts, f.Decls[0].(*ast.FuncDecl).Body.List...)
	return nil
}

// syntaxErrors moves the parser's errors by shift bytes, from the wrapped text to the user's.
func syntaxErrors(name, text string, err error, shift, end int) ErrorList {
	var found scanner.ErrorList
	if !errors.As(err, &found) {
		return ErrorList{{Pos: token.Position{Filename: name}, Msg: err.Error()}}
	}
	var list ErrorList
	for _, e := range found {
		msg := e.Msg
		if e.Pos.Offset+shift >= end {
			if len(list) > 0 {
				break // the parser goes on complaining about what follows the text
			}
			if wanted, _, ok := strings.Cut(msg, ", found "); ok {
				msg = wanted + ", found the end of the input" // and not what the text is wrapped in
			}
		}
		list = append(list, &Error{Pos: position(name, text, e.Pos.Offset+shift), Msg: msg})
	}
	return list
}

// position is the place of an offset in text, or of text's end.
func position(name, text string, offset int) token.Position {
	offset = min(max(offset, 0), len(text))
	line, col := lineCol(text, offset)
	return token.Position{Filename: name, Offset: offset, Line: line, Column: col}
}

func lineCol(text string, offset int) (line, col int) {
	line = 1 + strings.Count(text[:offset], "\n")
	return line, offset - strings.LastIndexByte(text[:offset], '\n')
}
