package lower

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// source is one input, parsed.
type source struct {
	name  string
	file  bool       // it has a package clause: variables are initialised in Go's order, then main runs
	decls []ast.Decl // imports, constants, types, funcs; in a file also variables
	stmts []ast.Stmt // the rest, in order
	files []*token.File
}

// A piece is a stretch of an input that one kind of text of the grammar covers.
type piece struct {
	decl       bool
	start, end int
}

// parse takes an input apart. Go's grammar has no mixture of declarations and statements, so each stretch is parsed in a wrapping of its
// own; the line table of its token.File is then bent so that all positions are those of the user's text.
func parse(fset *token.FileSet, name, text string) (*source, error) {
	s := &source{name: name}
	pieces, err := split(name, text)
	if err != nil {
		return nil, err
	}
	if len(pieces) == 1 && pieces[0].end < 0 {
		s.file = true
		err = s.parseFile(fset, text)
	} else {
		var list ErrorList
		for _, p := range pieces {
			list = append(list, s.parsePiece(fset, text, p)...)
		}
		if len(list) > 0 {
			err = list
		}
	}
	if err != nil {
		s.forget(fset)
		return nil, err
	}
	return s, nil
}

// forget takes the input's files out of the set again.
func (s *source) forget(fset *token.FileSet) {
	for _, f := range s.files {
		fset.RemoveFile(f)
	}
}

const parseMode = parser.SkipObjectResolution | parser.AllErrors

func (s *source) parseFile(fset *token.FileSet, text string) error {
	f, err := parser.ParseFile(fset, s.name, text, parseMode)
	if f != nil {
		s.files = append(s.files, fset.File(f.FileStart))
	}
	if err != nil {
		return syntaxErrors(s.name, text, err, 0, len(text)+1)
	}
	if f.Name.Name != "main" {
		return ErrorList{{Pos: fset.Position(f.Name.Pos()), Msg: fmt.Sprintf("package %s: a session is package main; other packages can only be imported", f.Name.Name)}}
	}
	s.decls = f.Decls
	return nil
}

const (
	declOpen            = "package main;"
	stmtOpen, stmtClose = "package main;func _(){", "\n}"
)

func (s *source) parsePiece(fset *token.FileSet, text string, p piece) ErrorList {
	open, wrapped := declOpen, declOpen+text[p.start:p.end]+"\n"
	if !p.decl {
		open, wrapped = stmtOpen, stmtOpen+text[p.start:p.end]+stmtClose
	}
	f, err := parser.ParseFile(fset, s.name, wrapped, parseMode)
	if f != nil {
		tf := fset.File(f.FileStart)
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
		return ErrorList{{Pos: fset.Position(f.Decls[1].Pos()), Msg: "unexpected declaration"}}
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
	line, col = 1, 1
	for i := range offset {
		col++
		if text[i] == '\n' {
			line, col = line+1, 1
		}
	}
	return line, col
}

// split finds the stretches of declarations and of statements. A text with a package clause is one piece that has no end.
func split(name, text string) ([]piece, error) {
	toks, err := tokens(name, text)
	if err != nil {
		return nil, err
	}
	if len(toks) > 0 && toks[0].tok == token.PACKAGE {
		return []piece{{decl: true, end: -1}}, nil
	}
	var pieces []piece
	depth, first := 0, 0
	for i, t := range toks {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 {
				return nil, ErrorList{{Pos: position(name, text, t.offset), Msg: "unexpected " + t.tok.String()}}
			}
		}
		if (t.tok != token.SEMICOLON || depth > 0) && i < len(toks)-1 {
			continue
		}
		p := piece{decl: isDecl(toks[first:]), start: toks[first].offset, end: t.offset}
		if t.tok != token.SEMICOLON || i == len(toks)-1 {
			p.end = len(text)
		}
		first = i + 1
		if last := len(pieces) - 1; last >= 0 && !p.decl && !pieces[last].decl {
			pieces[last].end = p.end
		} else {
			pieces = append(pieces, p)
		}
	}
	return pieces, nil
}

// isDecl tells whether tokens begin a declaration of the package level. A func is one if it has a name: a literal has none.
func isDecl(toks []lexeme) bool {
	switch toks[0].tok {
	case token.IMPORT, token.CONST, token.TYPE:
		return true
	case token.FUNC:
		rest := toks[1:]
		if len(rest) > 0 && rest[0].tok == token.LPAREN { // a receiver, or a literal's parameters
			depth := 0
			end := slices.IndexFunc(rest, func(t lexeme) bool {
				switch t.tok {
				case token.LPAREN:
					depth++
				case token.RPAREN:
					depth--
				}
				return depth == 0
			})
			rest = rest[end+1:]
			return end >= 0 && len(rest) > 1 && rest[0].tok == token.IDENT && rest[1].tok == token.LPAREN
		}
		return len(rest) > 0 && rest[0].tok == token.IDENT
	}
	return false
}

type lexeme struct {
	tok    token.Token
	offset int
	lit    string
}

// tokens scans a text without its comments.
func tokens(name, text string) ([]lexeme, error) {
	var list ErrorList
	var sc scanner.Scanner
	file := token.NewFileSet().AddFile(name, -1, len(text))
	sc.Init(file, []byte(text), func(pos token.Position, msg string) {
		list = append(list, &Error{Pos: position(name, text, pos.Offset), Msg: msg})
	}, 0)
	var toks []lexeme
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			break
		}
		toks = append(toks, lexeme{tok, file.Offset(pos), lit})
	}
	if len(list) > 0 {
		return nil, list
	}
	return toks, nil
}
