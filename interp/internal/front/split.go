package front

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// A piece is a stretch of an input that one kind of text of the grammar covers.
type piece struct {
	decl       bool
	start, end int
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
		last := i == len(toks)-1
		if (t.tok != token.SEMICOLON || depth > 0) && !last {
			continue
		}
		p := piece{decl: isDecl(toks[first:]), start: toks[first].offset, end: t.offset}
		if t.tok != token.SEMICOLON || last {
			p.end = len(text)
		}
		first = i + 1
		if prev := len(pieces) - 1; prev >= 0 && !p.decl && !pieces[prev].decl {
			pieces[prev].end = p.end
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
			end := closing(rest)
			rest = rest[end+1:]
			return end >= 0 && len(rest) > 1 && rest[0].tok == token.IDENT && rest[1].tok == token.LPAREN
		}
		return len(rest) > 0 && rest[0].tok == token.IDENT
	}
	return false
}

// closing is the index of the parenthesis that closes the first one, -1 if there is none.
func closing(toks []lexeme) int {
	depth := 0
	return slices.IndexFunc(toks, func(t lexeme) bool {
		switch t.tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		return depth == 0
	})
}

type lexeme struct {
	tok    token.Token
	offset int
}

// tokens scans a text without its comments. Directives that cannot be heeded are refused.
func tokens(name, text string) ([]lexeme, error) {
	var list ErrorList
	var sc scanner.Scanner
	file := token.NewFileSet().AddFile(name, -1, len(text))
	sc.Init(file, []byte(text), func(pos token.Position, msg string) {
		list = append(list, &Error{Pos: position(name, text, pos.Offset), Msg: msg})
	}, scanner.ScanComments)
	var toks []lexeme
	for {
		pos, tok, lit := sc.Scan()
		switch tok {
		case token.EOF:
			return toks, list.err()
		case token.COMMENT:
			if why := unheeded(lit); why != "" {
				list = append(list, &Error{Pos: position(name, text, file.Offset(pos)), Msg: why})
			}
		default:
			toks = append(toks, lexeme{tok, file.Offset(pos)})
		}
	}
}

// unheeded says why a comment is a directive that an input cannot have; empty if it is none.
func unheeded(comment string) string {
	switch words := strings.Fields(comment); {
	case len(words) > 1 && words[0] == "//go:embed":
		return "//go:embed: an input has no directory whose files it could embed"
	case len(words) == 3 && words[0] == "//go:linkname":
		return comment + ": interpreted code cannot be linked by name"
	}
	return ""
}
